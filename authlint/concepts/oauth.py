"""Authorization requests: every way of sending a browser to an authorization server (RFC 6749 §4.1.1, §4.2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import unquote_plus

from authlint.concepts.options import givens, map_paths
from authlint.concepts.requests import http_requests
from authlint.concepts.unit import Meant, Unit
from authlint.concepts.urls import Url, parse
from authlint.facts import Binding, Call, Const, Map, Opaque, Ref, Text, Value
from authlint.names import last, split
from authlint.source import Span
from authlint.texts import join, key_of, query_entries

AUTHORIZE_PATH = re.compile(
    r"/(?:authorize|authorise|authorization|oauth2?/(?:v\d+/)?auth|o/oauth2/(?:v\d+/)?auth|connect/authorize"
    r"|protocol/openid-connect/auth|dialog/oauth|oauth2?/v\d+/authorize|oauth/login|login/oauth/authorize)/?$",
    re.I,
)
_HINT = re.compile(r"client_id|response_type|authori[sz]e|oauth|redirect_uri", re.I)
_TEXT_METHODS = frozenset({"format", "join", "concat"})
_NOT_REQUESTS = frozenset({"grant_type", "code", "code_verifier", "assertion", "device_code", "refresh_token"})
_SETTINGS = frozenset(
    {
        "client_name", "redirect_uris", "authority", "issuer", "metadata", "metadata_url", "token_endpoint",
        "token_url", "authorization_endpoint", "post_logout_redirect_uri", "userinfo_endpoint", "jwks",
    }
)  # fmt: skip
_SECRETS = frozenset({"client_secret", "secret", "jwks_uri"})
_CONFIGURED = frozenset({"authorization", "authorizationParams", "authorizationUrl", "authorization_params"})
_FORM = re.compile(r"=<[A-Za-z][\w -]{1,40}>")
_MERGING = re.compile(r"(?i)(?:^|[._])(?:deep_?)?(?:merge|extend|assign|defaults?)(?:_?\w{0,12})?$")
_PUSHED = frozenset({"request", "request_uri"})


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One authorization request.

    ``parameters`` are those that are known, ``open``: there may be more. ``how`` tells who made it: ``url`` (put
    together by hand), ``builder`` (a library that leaves state to its caller) or ``library`` (one that adds it);
    ``supplies`` are the parts that the library adds. ``parts``: identities of the values it was put together from.
    ``built`` is where the URL is put together, if that is elsewhere than ``span``, where the parameters stand.
    """

    span: Span
    scope: int
    how: Literal["url", "builder", "library"]
    host: str
    parameters: dict[str, Value]
    open: bool
    value: Value
    parts: frozenset[int] = field(repr=False)
    built: Span | None = None
    supplies: frozenset[str] = frozenset()

    @property
    def response_type(self) -> str | None:
        """The response type if it is known text; ``code`` where a builder leaves it out."""
        value = self.parameters.get("response_type", self.parameters.get("responseType"))
        if value is None:
            return "code"
        literal = value.literal if isinstance(value, Text) else None
        return None if literal is None else unquote_plus(literal)


def authorization_requests(unit: Unit) -> list[AuthorizationRequest]:
    """Every authorization request of a source, each once: what became part of a larger one is not listed."""
    makers = (_from_builders, _from_appended, _from_texts, _from_queries, _from_maps, _from_forms)
    found = [request for maker in makers for request in maker(unit)]
    kept: list[AuthorizationRequest] = []
    for request in sorted(found, key=lambda r: (r.span[0] - r.span[1], r.span[0])):
        inside = any(_contains(other.span, request.span) or id(request.value) in other.parts for other in kept)
        if not inside:
            kept.append(request)
    whole = [r for r in kept if not any(id(r.value) in other.parts for other in kept if other is not r)]
    return sorted((_at_its_parameters(unit, request) for request in whole), key=lambda r: r.span)


def _at_its_parameters(unit: Unit, request: AuthorizationRequest) -> AuthorizationRequest:
    """The request at the map its parameters are written in, if that stands apart from where the URL is built."""
    for found in unit.facts.maps:
        apart = id(found) in request.parts and not _contains(request.span, found.span)
        if apart and any(key_of(entry) in ("client_id", "response_type") for entry in found.entries):
            return replace(request, span=found.span, built=request.span)
    return request


def _contains(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


# -- hand-built ------------------------------------------------------------------------------------------------------


def _from_texts(unit: Unit) -> Iterator[AuthorizationRequest]:
    texts = [text for text in unit.facts.texts if not _is_plain(text)]
    built = [call for call in unit.facts.calls if call.callee.rpartition(".")[2] in _TEXT_METHODS]
    candidates: list[Text | Call] = [*texts, *built]
    for value in candidates:
        traced = unit.folder.traced(value)
        if isinstance(traced.value, Text) and _looks_like_one(traced.value):
            url = parse(_without_prose(traced.value))
            if "client_id" not in url.query and id(value) in unit.derived(_provider_urls):
                continue
            if _is_request(url.query, _is_endpoint(url)) and not _is_printed(unit, traced.value):
                yield _request(value.span, unit.facts.scope_at(value.span), "url", url, value, traced.parts)


def _provider_urls(unit: Unit) -> frozenset[int]:
    """Texts that tell a library where to send people: it adds the client and the rest."""
    return frozenset(
        id(given.value)
        for given in unit.derived(givens)
        if not given.bound and "".join(split(last(given.path))).startswith(("authorization", "authorizeurl"))
    )


def _from_appended(unit: Unit) -> Iterator[AuthorizationRequest]:
    """``url += "&client_id=" + id``: at the first piece that has parameters in it."""
    seen: set[tuple[int, str]] = set()
    for binding in unit.facts.bindings:
        key = unit.names.home_of(binding), binding.path
        if binding.op != "+=" or key in seen:
            continue
        seen.add(key)
        traced = unit.folder.traced(Ref(binding.path, binding.scope, binding.span))
        if isinstance(traced.value, Text) and _looks_like_one(traced.value):
            url = parse(_without_prose(traced.value))
            pieces = [other.value for other in unit.names.bindings(binding.path, binding.scope)]
            first = next((piece for piece in pieces if isinstance(piece, Text) and _looks_like_one(piece)), None)
            if first is not None and _is_request(url.query, _is_endpoint(url)):
                yield _request(first.span, binding.scope, "url", url, first, traced.parts - {id(first)})


def _is_printed(unit: Unit, text: Text) -> bool:
    """Whether a URL is a form that a person fills in: ``redirect_uri=<your URI>``. Documents print nothing else."""
    return not unit.context.docs and any(isinstance(part, str) and _FORM.search(part) for part in text.parts)


def _is_plain(text: Text) -> bool:
    return text.literal is not None and not _HINT.search(text.literal)


def _looks_like_one(text: Text) -> bool:
    """Whether a text has the parameters of a request in it, and is one line: a docstring that shows one is not one."""
    known = "".join(part if isinstance(part, str) else " " for part in text.parts).strip()
    start = min((at for at in (known.find("client_id"), known.find("response_type")) if at >= 0), default=-1)
    return start >= 0 and "\n" not in known[:start].replace("?\n", "").replace("&\n", "")


def _without_prose(text: Text) -> Text:
    """A text from the last white space before its ``?`` on: ``print("Open https://…?client_id=…")``."""
    for index, part in enumerate(text.parts):
        if isinstance(part, str):
            head, mark, _ = part.partition("?")
            cut = re.search(r"\s\S*$", head)
            if cut and (mark or index + 1 < len(text.parts)):
                rest = join((part[cut.start() + 1 :], *text.parts[index + 1 :]), text.span)
                return _without_prose(rest) if not mark and rest.parts != text.parts else rest
            if mark:
                return text
    return text


def _is_endpoint(url: Url) -> bool:
    return bool(AUTHORIZE_PATH.search(url.path.replace("{}", "x").rstrip("?& \"'")))


def _is_request(parameters: dict[str, Value], at_endpoint: bool) -> bool:
    names = set(parameters)
    if names & _NOT_REQUESTS:
        return False
    if "response_type" in names and not _is_oauth_type(parameters["response_type"]):
        return False
    if "client_id" in names and ("response_type" in names or at_endpoint):
        return True
    return ("response_type" in names and (at_endpoint or "redirect_uri" in names)) or {
        "client_id",
        "redirect_uri",
        "scope",
    } <= names


def _is_oauth_type(value: Value) -> bool:
    literal = value.literal if isinstance(value, Text) else None
    return literal is None or bool(re.search(r"code|token|none", literal.strip()))


def _request(
    span: Span,
    scope: int,
    how: Literal["url", "builder", "library"],
    url: Url | None,
    value: Value,
    parts: frozenset[int],
    parameters: dict[str, Value] | None = None,
    open_parameters: bool = False,
) -> AuthorizationRequest:
    known = {**(url.query if url else {}), **(parameters or {})}
    open_parameters |= _runs_on(known.get("response_type"))
    host = url.host if url and url.host else ""
    return AuthorizationRequest(
        span, scope, how, host, known, (url.open if url else False) or open_parameters, value, parts
    )


def _runs_on(kind: Value | None) -> bool:
    """Whether something unknown follows the response type at once (``"&response_type=code" + more``)."""
    return isinstance(kind, Text) and len(kind.parts) > 1 and kind.parts[0] in ("code", "token", "id_token")


def _from_queries(unit: Unit) -> Iterator[AuthorizationRequest]:
    """``urlencode({...})``, ``new URLSearchParams({...})`` and requests that are given the parameters apart."""
    for meant in unit.meaning("query-string"):
        traced = unit.folder.traced(meant.call)
        variable = _variable_of(unit, meant)
        if variable is not None:
            traced = unit.folder.traced(variable)
        if isinstance(traced.value, Text):
            url = parse(Text(("?", *traced.value.parts), meant.call.span))
            if _is_request(url.query, at_endpoint=False):
                yield _request(meant.call.span, meant.call.scope, "url", url, meant.call, traced.parts)
    for request in http_requests(unit):
        if request.url is not None and _is_request(request.query, _is_endpoint(request.url)):
            call = request.meant.call
            yield _request(
                call.span,
                call.scope,
                "url",
                request.url,
                call,
                _parts_of_call(unit, call),
                request.query,
                _open_query(unit, request.meant),
            )


def _variable_of(unit: Unit, meant: Meant) -> Value | None:
    """The variable that a query is bound to, so that what is added to it later counts."""
    for binding in unit.facts.bindings:
        if binding.value is meant.call and binding.op == "=":
            return Ref(binding.path, binding.scope, meant.call.span)
    return None


def _parts_of_call(unit: Unit, call: Call) -> frozenset[int]:
    parts: set[int] = {id(call)}
    for value in (*call.args, *(item for _, item in call.named)):
        parts |= unit.folder.traced(value).parts
    return frozenset(parts)


def _open_query(unit: Unit, meant: Meant) -> bool:
    query = unit.argument(meant, "query")
    folded = unit.folder.fold(query) if query is not None else None
    return (
        meant.call.open
        or (query is not None and not isinstance(folded, Map | Text))
        or (isinstance(folded, Map) and folded.open)
    )


def _from_maps(unit: Unit) -> Iterator[AuthorizationRequest]:
    """A map with ``client_id`` and ``response_type``: the parameters of a request, wherever it is made of them."""
    bound = {id(binding.value): binding for binding in unit.facts.bindings}
    merged = _merged(unit)
    for found in unit.facts.maps:
        names = {key for entry in found.entries if (key := key_of(entry))}
        if not {"client_id", "response_type"} <= names and not {"client_id", "redirect_uri", "scope"} <= names:
            continue
        if names & _SETTINGS or ("response_type" not in names and names & _SECRETS) or _is_provider(unit, found):
            continue
        binding = bound.get(id(found))
        value: Value = Ref(binding.path, binding.scope, found.span) if binding else found
        traced = unit.folder.traced(value)
        folded = traced.value if isinstance(traced.value, Map) else _grown(unit, found, binding)
        parameters = {key: entry.value for entry in folded.entries if (key := key_of(entry)) is not None}
        if _is_request(parameters, at_endpoint=False):
            unknown = folded.open or any(key_of(entry) is None for entry in folded.entries) or id(found) in merged
            scope = binding.scope if binding else 0
            yield _request(found.span, scope, "url", None, found, traced.parts | {id(found)}, parameters, unknown)


def _grown(unit: Unit, found: Map, binding: Binding | None) -> Map:
    """A map whose name has other values as well, with what is added to it under that name."""
    if binding is None:
        return found
    others = [other for other in unit.names.bindings(binding.path, binding.scope) if other.value is not found]
    unknown = found.open or any(not _is_text(unit, other.value) for other in others)
    return Map((*found.entries, *unit.folder.added(binding.path, binding.scope)), unknown, found.span)


def _is_text(unit: Unit, value: Value) -> bool:
    """Whether a value is text, such as the query that is made of a map and takes over its name."""
    if isinstance(value, Text) or (isinstance(value, Const) and value.value is None):
        return True
    row = unit.meanings.calls.get(unit.names.callee(value)) if isinstance(value, Call) else None
    method = value.callee.rpartition(".")[2] if isinstance(value, Call) else ""
    return method in _TEXT_METHODS or (row is not None and row.means in ("query-string", "same"))


def _merged(unit: Unit) -> frozenset[int]:
    """Maps that a function puts together with others."""
    calls = [call for call in unit.facts.calls if _MERGING.search(call.callee)]
    return frozenset(id(argument) for call in calls if len(call.args) > 1 for argument in call.args)


def _is_provider(unit: Unit, found: Map) -> bool:
    """Whether a map describes a provider to a library, which adds the rest: ``authorization: { url, params: {…} }``."""
    path = unit.derived(map_paths).get(id(found), "").removesuffix(".params").rpartition(".")[2]
    return path in _CONFIGURED


def _from_forms(unit: Unit) -> Iterator[AuthorizationRequest]:
    """An HTML form that is sent to an authorization endpoint: its fields are the parameters."""
    for call in unit.facts.calls:
        action = dict(call.named).get("action")
        if call.callee != "form" or not isinstance(action, Text):
            continue
        url = parse(action)
        inputs = [dict(other.named) for other in unit.facts.calls if other.callee in ("input", "select", "button")]
        names = {
            name.literal: inner.get("value", name)
            for inner in inputs
            if isinstance(name := inner.get("name"), Text) and name.literal
        }
        if _is_endpoint(url) and "client_id" in {*names, *url.query}:
            yield _request(call.span, call.scope, "url", url, call, frozenset({id(action)}), names)


# -- builders --------------------------------------------------------------------------------------------------------


def _from_builders(unit: Unit) -> Iterator[AuthorizationRequest]:
    for meant in unit.meaning("authorization-request"):
        if any(meant.row.arguments.get(need) and unit.argument(meant, need) is None for need in ("needs", "also")):
            continue
        parameters, unknown = _builder_parameters(unit, meant)
        state = unit.argument(meant, "state")
        if state is not None and not _is_switched_off(state):
            parameters["state"] = state
        if meant.is_("flow", "implicit"):
            parameters["response_type"] = Text(("token",), meant.call.name_span)
        variable = _variable_of(unit, meant)
        if isinstance(variable, Ref):  # url.searchParams.set("state", …) on what the builder made
            added = unit.folder.added(variable.path, variable.scope)
            parameters.update({key: entry.value for entry in added if (key := key_of(entry)) is not None})
        url = _url_argument(unit, meant)
        how: Literal["builder", "library"] = "library" if meant.is_("state", "library") else "builder"
        call = meant.call
        request = _request(call.span, call.scope, how, url, call, _parts_of_call(unit, call), parameters, unknown)
        yield replace(request, supplies=frozenset(key for key, by in meant.row.attributes.items() if by == "library"))


def _is_switched_off(state: Value) -> bool:
    return isinstance(state, Const) and not state.value


def _builder_parameters(unit: Unit, meant: Meant) -> tuple[dict[str, Value], bool]:
    """The parameters a builder is given and whether there may be others."""
    call = meant.call
    parameters = dict(call.named)
    if meant.row.arguments.get("parameters") == ("named",):
        return parameters, call.open or bool(call.args)
    given = meant.argument("parameters")
    if given is None:
        return parameters, call.open
    folded = unit.folder.fold(given)
    if isinstance(folded, Map):
        if not folded.entries:
            return parameters, True  # everything comes from the client's own settings
        parameters.update({key: entry.value for entry in folded.entries if (key := key_of(entry)) is not None})
        return parameters, folded.open or call.open or any(key_of(entry) is None for entry in folded.entries)
    if isinstance(folded, Text):
        parameters.update({key: entry.value for entry in query_entries(folded) if (key := key_of(entry)) is not None})
        return parameters, any(isinstance(entry.key, Opaque) for entry in query_entries(folded))
    return parameters, True


def _url_argument(unit: Unit, meant: Meant) -> Url | None:
    value = unit.argument(meant, "url")
    folded = unit.folder.fold(value) if value is not None else None
    return parse(folded) if isinstance(folded, Text) else None


def is_pushed(request: AuthorizationRequest) -> bool:
    """Whether the parameters were handed over beforehand (RFC 9101, RFC 9126): they are not in the URL."""
    return bool(request.parameters.keys() & _PUSHED)


def is_device_flow(request: AuthorizationRequest) -> bool:
    """Whether it is a device's page that asks for a code (RFC 8628): there is no redirect."""
    return "user_code" in request.parameters


def asks_for_openid(request: AuthorizationRequest) -> bool:
    """Whether its scope asks for an ID token."""
    scope = request.parameters.get("scope")
    known = "".join(part for part in scope.parts if isinstance(part, str)) if isinstance(scope, Text) else ""
    return bool(re.match(r"openid|.*[\s+,]openid|.*%20openid", known))
