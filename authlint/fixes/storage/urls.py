"""Tokens leave the URL where there is another place for them (AUT206)."""

from __future__ import annotations

import re

from authlint.concepts.storage.url_credentials import sort_of_parameter
from authlint.concepts.unit import Unit
from authlint.concepts.web.requests import HttpRequest, http_requests
from authlint.edits import Edit, Fix
from authlint.facts import Call, Entry, Map, Member, Ref
from authlint.fixes.additions import at_end, entry, in_map, is_written
from authlint.fixes.removal import removed
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.source import Span
from authlint.values.texts import key_of

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_BEARER = "access_token"
"""The one name of which RFC 6750 says that it is the same as the header, which every server must take."""
_KEYS = frozenset({"api_key", "apikey", "api-key", "api_token", "token", "key", _BEARER})
"""What a provider that takes bearer tokens may take as one: no secret of a client, and no password."""

_MODE = re.compile(rb"\bmode:\s{0,4}(?P<mode>:query)\b")
_KEYWORD = re.compile(rb"\b(?P<name>params)\s{0,8}=\s{0,8}\Z")
_SIMPLE = re.compile(r"[\w.\[\]()'\"]{1,120}")
_REACH = 40


def token_in_url(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """Into a header or the body, whichever the request has a place for; a URL that is put together is left alone."""
    del variables
    found = _MODE.search(unit.source.data, *match.span) if unit.source.language == "ruby" else None
    if found is not None and match.case == "setting":
        return Fix("Send the token in the header", (Edit(found.span("mode"), ":header"),))
    if unit.source.language in ("shell", "powershell"):
        return _out_of_command(unit, match)
    request = next((request for request in http_requests(unit) if request.meant.call.span == match.span), None)
    if request is None or request.meant.call.open:
        return None
    if unit.source.language == "python" and _asks_for_token(unit, request):
        edit = _to_body(unit, request)
        return Fix("Send the parameters in the body", (edit,)) if edit else None
    edits = _to_header(unit, request, match.fields["param"])
    return Fix("Send the token in the Authorization header", edits) if edits else None


def _asks_for_token(unit: Unit, request: HttpRequest) -> bool:
    """Whether it is a request for a token (RFC 6749 §3.2), whose parameters belong into the body."""
    names, meant = request.query.keys(), request.meant
    is_one = "client_secret" in names and not names.isdisjoint(("grant_type", "code"))
    given = (
        any(name in ("data", "json", "content", "files") for name, _ in meant.call.named) or len(meant.call.args) > 1
    )
    return is_one and meant.name.endswith(".post") and not given and not (request.url and request.url.query)


def _to_body(unit: Unit, request: HttpRequest) -> Edit | None:
    query = request.meant.argument("query")
    start = query.span[0] if query is not None else 0
    found = _KEYWORD.search(unit.source.data, max(0, start - _REACH), start)
    return Edit(found.span("name"), "data") if found else None


# -- the header ------------------------------------------------------------------------------------------------------


def _takes_bearer(unit: Unit, request: HttpRequest | None, host: str, name: str) -> bool:
    """Whether a server takes what is called so as a bearer token: all do, or the pack of its provider says so."""
    if request is not None and ("authorization" in request.headers or unit.argument(request.meant, "auth") is not None):
        return False
    known = unit.knowledge.host(host) if host else None
    if known is None or known[1].generic:
        return name == _BEARER
    headers = known[1].header if name.lower() in _KEYS else ()
    return any(header.name.lower() == "authorization" and header.value.startswith("Bearer ") for header in headers)


def _to_header(unit: Unit, request: HttpRequest, name: str) -> tuple[Edit, ...]:
    query, headers = request.meant.argument("query"), request.meant.argument("headers")
    host = request.url.known_host if request.url else ""
    if not isinstance(query, Map) or not is_written(unit, query) or not _takes_bearer(unit, request, host, name):
        return ()
    credentials = [item for item in query.entries if sort_of_parameter(key_of(item) or "")]
    value = _bearer(unit, credentials[0]) if len(credentials) == 1 else ""
    slot = _slot(unit, request.meant.call, query)
    if not value or slot is None or query.open or not isinstance(headers, Map | None):
        return ()
    holder = next((m for m in unit.facts.maps if any(item.span == slot for item in m.entries)), None)
    alone = len(query.entries) == 1
    if headers is not None:
        added = in_map(unit, headers, [entry(unit, headers, "Authorization", value)])
    elif unit.source.language == "python":
        new = f'headers={{"Authorization": {value}}}'
        added = Edit(slot, new) if alone else at_end(unit, request.meant.call, [new])
    else:
        new = f"headers: {{ Authorization: {value} }}"
        added = Edit(slot, new) if alone else in_map(unit, holder, [new]) if holder is not None else None
    gone = None if alone and headers is None else removed(unit, slot if alone else credentials[0].span)
    if added is None or (gone is None and not (alone and headers is None)):
        return ()
    return tuple(edit for edit in (gone, added) if edit is not None)


def _bearer(unit: Unit, item: Entry) -> str:
    """``Bearer`` and a token, as text; empty where the token is more than a name or a call."""
    written = unit.source.slice(item.value.span)
    if not isinstance(item.value, Ref | Member | Call) or not _SIMPLE.fullmatch(written):
        return ""
    if unit.source.language in _SCRIPTS:
        return f"`Bearer ${{{written}}}`"
    if unit.source.language != "python" or ('"' in written and "'" in written):
        return ""
    inner = written.replace('"', "'")
    return f'f"Bearer {{{inner}}}"'


def _slot(unit: Unit, call: Call, query: Map) -> Span | None:
    """Where the query is given: an argument with its name, or an entry of the options."""
    if unit.source.language == "python":
        start = query.span[0]
        found = _KEYWORD.search(unit.source.data, max(0, start - _REACH), start)
        return (found.start("name"), query.span[1]) if found else None
    if unit.source.language not in _SCRIPTS:
        return None
    options = [m for m in unit.facts.maps if call.span[0] <= m.span[0] and m.span[1] <= call.span[1]]
    return next((item.span for m in options for item in m.entries if item.value is query), None)


# -- commands --------------------------------------------------------------------------------------------------------


def _out_of_command(unit: Unit, match: Match) -> Fix | None:
    """``curl -H``, ``Invoke-RestMethod -Headers``, for a URL that is a word of the command."""
    name, data, (start, end) = match.fields["param"], unit.source.data, match.span
    requests = [r for r in http_requests(unit) if r.url_value is not None and r.url_value.span == match.span]
    if len(requests) != 1 or data[start : start + 1] == b"'":
        return None
    request = requests[0]
    host = request.url.known_host if request.url else ""
    pattern = rb"(?P<mark>[?&])" + re.escape(name.encode()) + rb"=(?P<value>\$\{?\w{1,80}\}?)(?P<next>&|(?=\"?\Z))"
    found = list(re.finditer(pattern, data[start:end]))
    if len(found) != 1 or not _takes_bearer(unit, request, host, name):
        return None
    mark, value = found[0]["mark"], found[0]["value"].decode()
    first = start + (found[0].end("mark") if mark == b"?" and found[0]["next"] else found[0].start())
    last = start + (found[0].end() if mark == b"?" else found[0].end("value"))
    if unit.source.language == "shell" and request.meant.name == "curl":
        header = f' -H "Authorization: Bearer {value}"'
    elif unit.source.language == "powershell" and not request.headers and "{" not in value:
        header = f' -Headers @{{ Authorization = "Bearer {value}" }}'
    else:
        return None
    return Fix("Send the token in the Authorization header", (Edit((first, last), ""), Edit((end, end), header)))
