"""Pages that hand the code of a redirect to a server of their own, and routes that hand it to another file.

The page is the callback then: it has the browser's storage, and the server sees one code as good as another. Likewise
the route: the session is there, and who is given the code alone cannot compare anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.unit import Unit
from authlint.concepts.web.requests import HttpRequest, http_requests
from authlint.facts import Call, Member, Ref, Text, Value, dotted, walk
from authlint.names import last, split

_LOGIN = re.compile(
    r"(?i)o?auth|sso|log_?in|sign_?in|callback|redirect|token|session|exchange|connect"
    r"|github|gitlab|google|discord|spotify|facebook|linked_?in|twit(?:ch|ter)|slack|microsoft|azure|kakao|naver|strava"
)
_OTHER_CODE = re.compile(
    r"(?i)verif|reset|invit|promo|coupon|discount|referr|voucher|confirm|activat|otp|[2m]fa|sms|phone|passw|forgot|redeem"
    r"|gift|room|join|magic|e_?mail"
)
_CODES = (("code",), ("auth", "code"), ("authorization", "code"))
_CALLBACK_CALL = re.compile(
    r"(?i)^(?:handle|process|complete|finish|do|on|run)_?\w{0,12}callback$|^(?:o?auth|log_?in|sso|github|google|discord|code)\w{0,12}_?callback"
    r"|^callback_?(?:manager|handler|service|controller|usecase)$"
)
_REQUEST = re.compile(r"(?i)^(?:self\.|this\.)?_?(?:req(?:uest)?|ctx|context|event|session|cookies?)$")
_LOGIN_CALL = re.compile(r"(?i)(?:log|sign)_?in|o?auth(?:enticate|orize)?(?:with|user|code|[A-Z_]|$)|exchange")


def handovers(unit: Unit) -> Iterator[Call]:
    """The requests and calls that carry a code to where it is exchanged, if their names say that it is a login's."""
    if _OTHER_CODE.search(unit.source.path.rpartition("/")[2]):
        return
    for request in http_requests(unit) if unit.context.browser else ():
        if "code" in (request.body.keys() | request.query.keys()) and _is_for_login(unit, request):
            yield request.meant.call
    for call in unit.facts.calls:
        method = last(call.callee)
        if call.args and not _OTHER_CODE.search(method) and _is_code(call.args[0]) and _logs_in(unit, call, method):
            yield call


def _logs_in(unit: Unit, call: Call, method: str) -> bool:
    """Whether a function is named for a login; on a server, one of another file, whose work is not seen here."""
    named = _CALLBACK_CALL.search(method) or _LOGIN_CALL.search(method)
    if unit.context.browser or not named:
        return named is not None
    if any(
        isinstance(value, Ref) and _REQUEST.search(value.path) for value in (*call.args, *dict(call.named).values())
    ):
        return False  # whoever has the request can compare
    return unit.names.function(call) is None and unit.meanings.calls.get(unit.names.callee(call)) is None


def _is_for_login(unit: Unit, request: HttpRequest) -> bool:
    """Whether the address of a request, the functions around it or the file are named for a login."""
    facts = unit.facts
    around = [facts.scopes[place].name for place in facts.around(request.meant.call.scope)]
    address = " ".join(_words(request.url_value)) if request.url_value is not None else ""
    if _OTHER_CODE.search(address) or any(_OTHER_CODE.search(name) for name in around):
        return False
    return any(_LOGIN.search(name) for name in (address, *around, unit.source.path.rpartition("/")[2]))


def _words(url: Value) -> Iterator[str]:
    for inner in walk(url):
        if isinstance(inner, Text):
            yield from (part for part in inner.parts if isinstance(part, str))
        elif isinstance(inner, Ref | Member):
            yield last(dotted(inner))


def _is_code(value: Value) -> bool:
    return isinstance(value, Ref) and split(last(value.path)) in _CODES
