"""A parameter is added to an authorization request, however that is put together."""

from __future__ import annotations

import re

from authlint.concepts.oauth.oauth import AuthorizationRequest, authorization_requests
from authlint.concepts.unit import Meant, Unit
from authlint.edits import Edit
from authlint.facts import Call, Map, Text
from authlint.fixes.additions import at_end, entry, in_map
from authlint.source import Span
from authlint.values.texts import key_of

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_KEYS = frozenset({"client_id", "clientId", "response_type", "redirect_uri", "redirectUri", "redirect_url", "scope"})
_TAIL = re.compile(
    rb"(?P<prefix>\b[A-Za-z]{1,2})?(?<![\"'`])(?P<quote>[\"'`])(?P<inner>[^\"'`\\\n]{0,600})(?P=quote)\Z"
)
_ENDS = re.compile(rb"[ \t]*(?:[)\],;}]|//|#|\r?\n|\Z)")
_METHOD = re.compile(rb"\s{0,80}(?:\.|\?\.|%|\[)")


def request_at(unit: Unit, span: Span) -> AuthorizationRequest | None:
    """The authorization request that was found at a place."""
    return next((request for request in unit.derived(authorization_requests) if request.span == span), None)


def meant_of(unit: Unit, request: AuthorizationRequest) -> Meant | None:
    """What the library's call means that builds a request."""
    calls = unit.meaning("authorization-request")
    return next((meant for meant in calls if meant.call.span == request.value.span), None)


def with_parameter(unit: Unit, request: AuthorizationRequest, name: str, code: str) -> tuple[Edit, ...]:
    """The edits that give a request one more parameter, whose value is code; none where there is no place for it."""
    edit = _in_its_map(unit, request, name, code)
    meant = meant_of(unit, request) if edit is None else None
    if meant is not None:
        edit = _in_call(unit, meant, name, code)
    elif edit is None and not (isinstance(request.value, Call) and request.how != "url"):
        return _in_text(unit, request, name, code)
    return (edit,) if edit else ()


def _in_its_map(unit: Unit, request: AuthorizationRequest, name: str, code: str) -> Edit | None:
    start, end = request.span
    inside = [m for m in unit.facts.maps if start <= m.span[0] and m.span[1] <= end]
    found = [m for m in inside if any(key_of(item) in _KEYS for item in m.entries)]
    return in_map(unit, found[0], [entry(unit, found[0], name, code)]) if len(found) == 1 else None


def _in_call(unit: Unit, meant: Meant, name: str, code: str) -> Edit | None:
    call, selectors = meant.call, meant.row.arguments.get(name, ())
    if name in selectors and not any(isinstance(argument, Map) for argument in call.args):
        named = {"python": f"{name}={code}", "ruby": f"{name}: {code}"}.get(unit.source.language)
        return at_end(unit, call, [named]) if named else None
    place = next((int(selector) for selector in selectors if selector.isdecimal()), None)
    if place is None or place != len(call.args) or call.named or call.open:
        return None
    return at_end(unit, call, [code])


def _in_text(unit: Unit, request: AuthorizationRequest, name: str, code: str) -> tuple[Edit, ...]:
    """At the end of a URL that is written or put together here."""
    span, data = request.span, unit.source.data
    text = next((text for text in unit.facts.texts if text.span == span), None)
    if text is None or not _takes_more(text) or _METHOD.match(data, span[1]):
        return ()
    tail = _TAIL.search(data, span[0], span[1])
    mark = "" if tail and tail["inner"].endswith((b"&", b"?")) else "&"
    inside = _hole(unit, tail, code) if tail else None
    if inside is not None and tail is not None:
        at = tail.end("inner")
        return (Edit((at, at), f"{mark}{name}={inside}"),)
    if not _ENDS.match(data, span[1]) or (tail is None and data[span[1] - 1 : span[1]] in (b'"', b"'", b"`")):
        return ()
    if tail is not None:
        return (Edit((tail.end("inner"), span[1]), f"{mark}{name}={tail['quote'].decode()} + {code}"),)
    quote = '"' if unit.source.language == "python" else "'"
    return (Edit((span[1], span[1]), f" + {quote}{mark}{name}={quote} + {code}"),)


def _takes_more(text: Text) -> bool:
    """Whether a text is a URL whose query is at its end, and in which no more is hidden."""
    known = "".join(part if isinstance(part, str) else "x" for part in text.parts)
    before, mark, query = known.partition("?")
    return "#" not in known and bool(mark or before.count("=")) and "=" in (query or before)


def _hole(unit: Unit, tail: re.Match[bytes], code: str) -> str | None:
    """Code as a hole of the text that a URL ends with; ``None`` where that has no holes."""
    prefix, quote, language = (tail["prefix"] or b"").decode().lower(), tail["quote"].decode(), unit.source.language
    if language == "python" and "f" in prefix:
        other = '"' if quote == "'" else "'"
        return f"{{{code.replace(quote, other)}}}" if not (quote in code and other in code) else None
    if language in _SCRIPTS and quote == "`":
        return f"${{{code}}}"
    return f"#{{{code}}}" if language == "ruby" and quote == '"' and '"' not in code else None
