"""An authorization request: what is known of one, and what tells that something is one (RFC 6749 §4.1.1, §4.2.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal
from urllib.parse import unquote_plus

from authlint.concepts.unit import Meant, Unit
from authlint.concepts.web.urls import Url
from authlint.facts import Binding, Call, Ref, Text, Value, dotted
from authlint.names import last, split
from authlint.source import Span

AUTHORIZE_PATH = re.compile(
    r"/(?:authorize|authorise|authorization|oauth2?/(?:v\d+/)?auth|o/oauth2/(?:v\d+/)?auth|connect/authorize"
    r"|protocol/openid-connect/auth|dialog/oauth|oauth2?/v\d+/authorize|oauth/login|login/oauth/authorize)/?$",
    re.I,
)
_NOT_REQUESTS = frozenset({"grant_type", "code", "code_verifier", "assertion", "device_code", "refresh_token"})
_NAMES_ENDPOINT = frozenset(("authorize", "authorise", "authorization", "authorisation"))
_NAMES_LOGIN = frozenset(("auth", "oauth", "oauth2", "login", "signin"))
_NAMES_OTHER = frozenset(
    ("token", "tokens", "logout", "signout", "revoke", "refresh", "api", "user", "info", "callback")
)
_MORE = frozenset(("state", "param", "params", "query", "extra", "extras", "more", "options", "rest", "args", "suffix"))
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
        return None if literal is None else unquote_plus(literal).lower()


def is_endpoint(url: Url) -> bool:
    """Whether a URL is that of an authorization endpoint, by its path."""
    return bool(AUTHORIZE_PATH.search(url.path.replace("{}", "x").rstrip("?& \"'")))


def is_named_endpoint(base: Value | str, parameters: dict[str, Value]) -> bool:
    """Whether a URL whose address is only a name is that of an authorization endpoint: ``${URL.authorization}?…``.

    A name that says login may be a page of one's own: with a client and where to come back to, it is not.
    """
    words = set() if isinstance(base, str) else set(split(last(dotted(base))))
    if not words.isdisjoint(_NAMES_OTHER):
        return False
    if not words.isdisjoint(_NAMES_ENDPOINT):
        return True
    return not words.isdisjoint(_NAMES_LOGIN) and {"client_id", "redirect_uri"} <= parameters.keys()


def is_request(parameters: dict[str, Value], at_endpoint: bool) -> bool:
    """Whether these are the parameters of an authorization request."""
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
    return literal is None or bool(re.search(r"code|token|none", literal.strip().lower()))


def made_request(
    span: Span,
    scope: int,
    how: Literal["url", "builder", "library"],
    url: Url | None,
    value: Value,
    parts: frozenset[int],
    parameters: dict[str, Value] | None = None,
    open_parameters: bool = False,
) -> AuthorizationRequest:
    """A request with the parameters of a URL and those that are given apart."""
    known = {**(url.query if url else {}), **(parameters or {})}
    open_parameters |= _runs_on(known.get("response_type")) or any(_takes_more(value) for value in known.values())
    host = url.host if url and url.host else ""
    return AuthorizationRequest(
        span, scope, how, host, known, (url.open if url else False) or open_parameters, value, parts
    )


def _takes_more(value: Value) -> bool:
    """Whether something that may hold parameters follows a value at once (``"&scope=" + scope + more``)."""
    parts = value.parts if isinstance(value, Text) else ()
    behind = (part for before, part in pairwise(parts) if not isinstance(before, str) and not isinstance(part, str))
    return any(not _MORE.isdisjoint(split(last(dotted(part)))) for part in behind)


def _runs_on(kind: Value | None) -> bool:
    """Whether something unknown follows the response type at once (``"&response_type=code" + more``)."""
    return isinstance(kind, Text) and len(kind.parts) > 1 and kind.parts[0] in ("code", "token", "id_token")


def variable_of(unit: Unit, meant: Meant) -> Value | None:
    """The variable that a query is bound to, so that what is added to it later counts."""
    binding = unit.derived(_assigned).get(id(meant.call))
    return Ref(binding.path, binding.scope, meant.call.span) if binding is not None else None


def _assigned(unit: Unit) -> dict[int, Binding]:
    """The first name that each value is assigned to, by the value's identity."""
    bindings = (binding for binding in reversed(unit.facts.bindings) if binding.op == "=")
    return {id(binding.value): binding for binding in bindings}


def parts_of_call(unit: Unit, call: Call) -> frozenset[int]:
    """The identities of a call and of everything that its arguments are made of."""
    parts: set[int] = {id(call)}
    for value in (*call.args, *(item for _, item in call.named)):
        parts |= unit.folder.traced(value).parts
    return frozenset(parts)


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
