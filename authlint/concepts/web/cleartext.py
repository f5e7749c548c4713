"""URLs without TLS that matter: what is reached over ``http://`` or ``ws://``, why that matters, who calls it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from authlint.concepts.unit import Unit, once
from authlint.concepts.web.requests import HttpRequest, http_requests
from authlint.concepts.web.urls import Url, parse
from authlint.facts import Binding, Text, Value, dotted, walk
from authlint.names import is_secret_name, is_token_name, split
from authlint.source import Span

_CLEARTEXT = ("http", "ws")
_OAUTH_PATH = re.compile(
    r"(?i)/(?:oauth2?(?:/v?\d(?:\.\d)?)?/[\w.-]*(?:token|authorize|authorise|revoke|introspect)[\w.-]*|connect/(?:token|authorize)"
    r"|\.well-known/(?:openid-configuration|oauth-authorization-server|jwks\.json)|openid-connect/(?:token|auth|certs)"
    r"|introspect|jwks|scim(?:/v2)?)(?:[/?\s{}]|$)"
)
_TOKEN_PATH = re.compile(r"(?i)/(?:token|access_token|oauth2?(?:/v?\d(?:\.\d)?)?/[\w.-]*token)(?:[/?\s]|$)")
_LOGIN_PATH = re.compile(
    r"(?i)(?:^|[/_-])(?:log-?_?in|sign-?_?in|sign-?_?up|auth(?:enticate|entication)?|session|register)(?:[/?.\s{}]|$)"
)
_API_PATH = re.compile(r"(?i)/(?:api|rest|graphql)(?:/|$)")
_API_HOST = re.compile(r"(?i)^api[\w-]{0,20}\.|[.-]api\.")
_OAUTH_PARAMETERS = frozenset({"client_id", "client_secret", "response_type", "grant_type"})
_ENDPOINT_NAMES = frozenset(
    {
        "token_url", "token_uri", "token_endpoint", "access_token_url", "refresh_token_url", "authorize_url",
        "authorization_url", "auth_url", "auth_uri", "authorization_endpoint", "oauth_url", "issuer", "issuer_url",
        "authority", "jwks_uri", "jwks_url", "discovery_url", "introspection_endpoint", "introspection_url",
        "userinfo_endpoint", "userinfo_url", "user_info_url", "revocation_endpoint", "revocation_url", "oidc_issuer",
        "issuer_uri", "jwk_set_uri", "token_host", "authorize_host", "auth_server_url", "auth_endpoint", "auth_host",
        "oauth_server", "auth_server", "oidc_url", "sso_url", "login_url", "idp_url", "token_server",
    }
)  # fmt: skip
_ADDRESS_WORDS = frozenset({"url", "uri", "host", "endpoint", "base", "address"})
_API_WORDS = frozenset({"api", "backend"})
_RUN_TOGETHER = frozenset({"apiurl", "apiuri", "apihost", "apiserver", "apiendpoint", "apibaseurl", "baseapiurl"})
_NOT_CALLED = frozenset({"doc", "docs", "documentation", "reference", "help", "schema", "spec", "redirect", "callback"})
_CONFIG = frozenset({"yaml", "json", "toml", "ini", "properties", "dotenv", "dockerfile"})
_SERVERS = re.compile(r"servers\.\d+\.url$")

PROVIDER = "the provider's API"


@dataclass(frozen=True, slots=True)
class Cleartext:
    """A URL without TLS. ``text`` is where its scheme is written, ``why`` what it is, in words.

    ``implied``: that credentials are sent there is likely rather than seen. ``called`` is where a request to it is
    made, if one is seen.
    """

    text: Text
    url: Url
    why: str
    implied: bool = False
    called: Span | None = None


def cleartext(unit: Unit) -> Iterator[Cleartext]:
    """Each text that begins with ``http://`` and matters, once, for the surest reason.

    A URL is found where its scheme is written, however far from there it is called.
    """
    origins = {id(text): text for text in unit.facts.texts if _is_cleartext(text)}
    if _is_config(unit):
        yield from _of_schemes(unit)
    if not origins:
        return
    requests = list(_requests(unit, origins))
    calls = {id(text): request.meant.call.name_span for text, request in reversed(requests)}
    settings = _of_settings(unit, origins) if _is_config(unit) else iter(())
    named = _of_names(unit, origins, calls)
    seen: set[int] = set()
    secret = _of_secrets(unit, origins)
    for found in chain(_of_texts(unit, origins, calls), _of_requests(requests), secret, settings, named):
        if id(found.text) not in seen:
            seen.add(id(found.text))
            yield found


def is_token_request(request: HttpRequest) -> bool:
    """Whether a request asks for a token, by where it goes, by what the address is called or by what it sends."""
    if "grant_type" in request.body or (request.url is not None and _TOKEN_PATH.search(request.url.path + " ")):
        return True
    words = split(dotted(request.url_value).rpartition(".")[2])
    return "_".join(words) in _ENDPOINT_NAMES and "token" in words


def _is_cleartext(text: Text) -> bool:
    first = text.parts[0] if text.parts else ""
    return isinstance(first, str) and first.lstrip().lower().startswith(("http://", "ws://"))


def _of_texts(unit: Unit, origins: dict[int, Text], calls: dict[int, Span]) -> Iterator[Cleartext]:
    names, claims = _names_of_texts(unit), _claims(unit)
    for text, folded in unit.folded_texts:
        origin = text if id(text) in origins else _origin_of(unit, text, origins)
        if origin is None:
            continue
        url = parse(folded)
        if url.scheme not in _CLEARTEXT or url.host in ("", "{}") or " " in url.host:
            continue
        found = unit.knowledge.host(url.known_host)
        if found and {"api", "auth"} & set(found[0].roles):
            yield Cleartext(origin, url, PROVIDER, called=calls.get(id(origin)))
        elif id(text) not in claims and _is_endpoint(url, names.get(id(text), "")):
            yield Cleartext(origin, url, "an OAuth endpoint", called=calls.get(id(origin)))
        elif unit.context.place == "code" and url.known_host and any(_is_key(name) for name in url.query):
            yield Cleartext(origin, url, "a URL with a credential in it", called=calls.get(id(origin)))


def _claims(unit: Unit) -> set[int]:
    """Texts that name an issuer or an audience inside a token: nobody calls those."""
    signed = (*unit.meaning("jwt-sign"), *unit.meaning("jwt-verify"))
    return {id(value) for meant in signed for value in walk(meant.call)}


def _is_key(name: str) -> bool:
    """Whether a parameter lets its holder in; a lone ``token`` may be the one of a mail that is clicked once."""
    return is_token_name(name) and split(name) != ("token",)


def _origin_of(unit: Unit, value: Value, origins: dict[int, Text]) -> Text | None:
    """The text in which the scheme of a URL that is put together is written."""
    if isinstance(value, Text) and value.literal is not None:
        return None
    parts = unit.folder.traced(value).parts
    return min((origins[part] for part in parts if part in origins), key=lambda text: text.span, default=None)


def _is_endpoint(url: Url, name: str) -> bool:
    words = "_".join(split(name.rpartition(".")[2]))
    if not url.known_host or "redirect" in words or "callback" in words:
        return False  # AUT408 looks at redirect URIs
    if _names_an_endpoint(words) or not _OAUTH_PARAMETERS.isdisjoint(url.query):
        return True
    return _OAUTH_PATH.search(url.path + " ") is not None


def _names_an_endpoint(words: str) -> bool:
    """Whether a name is that of an endpoint, perhaps with that of its provider before it: ``BAIDU_AUTHORIZE_URL``."""
    return words in _ENDPOINT_NAMES or words.partition("_")[2] in _ENDPOINT_NAMES


def _names_of_texts(unit: Unit) -> dict[int, str]:
    """The name that each text is given to: a variable, a keyword, a key of a map or of a configuration."""
    names = {id(binding.value): binding.path for binding in unit.facts.bindings}
    for call in unit.facts.calls:
        names.update({id(value): name for name, value in call.named})
    for found in unit.facts.maps:
        names.update({id(e.value): e.key.literal for e in found.entries if isinstance(e.key, Text) and e.key.literal})
    return names


def _requests(unit: Unit, origins: dict[int, Text]) -> Iterator[tuple[Text, HttpRequest]]:
    """Requests without TLS, each with the text in which its scheme is written."""
    for request in http_requests(unit):
        url, value = request.url, request.base or request.url_value
        if url is None or value is None or url.scheme not in _CLEARTEXT or not url.known_host:
            continue
        origin = origins.get(id(value)) or _origin_of(unit, value, origins)
        if origin is not None:
            yield origin, request


def _of_requests(requests: list[tuple[Text, HttpRequest]]) -> Iterator[Cleartext]:
    for text, request in requests:
        if request.url is not None and request.credential:
            why = f"a request with a credential ({request.credential})"
            yield Cleartext(text, request.url, why, called=request.meant.call.name_span)
    for text, request in requests:
        url = request.url
        if url is not None and _LOGIN_PATH.search(url.path + " "):
            yield Cleartext(text, url, "where people log in", implied=True, called=request.meant.call.name_span)
        elif url is not None and (_API_PATH.search(url.path) or _API_HOST.search(url.known_host)):
            yield Cleartext(text, url, "an API", implied=True, called=request.meant.call.name_span)


def _of_secrets(unit: Unit, origins: dict[int, Text]) -> Iterator[Cleartext]:
    """Clients that are made with a secret, which they send to an address without TLS."""
    for meant in unit.meaning("secret-position"):
        value = unit.argument(meant, "url")
        origin = origins.get(id(value)) or (_origin_of(unit, value, origins) if value is not None else None)
        url = parse(origin) if origin is not None else None
        if origin is not None and url is not None and url.known_host:
            yield Cleartext(origin, url, "where a client sends its secret", called=meant.call.name_span)


def _is_config(unit: Unit) -> bool:
    return unit.source.language in _CONFIG


def _of_schemes(unit: Unit) -> Iterator[Cleartext]:
    """An API that its Swagger document offers over http alone, though it has security requirements."""
    given = {binding.path: binding.value for binding in unit.facts.bindings}
    schemes = [value for path, value in given.items() if path.startswith("schemes.") and isinstance(value, Text)]
    host = given.get("host")
    names = {scheme.literal for scheme in schemes}
    if "swagger" in given and names and names <= set(_CLEARTEXT) and isinstance(host, Text) and _is_secured(given):
        url = parse(Text(("http://", *host.parts), host.span))
        yield Cleartext(schemes[0], url, "an API with security requirements", implied=True)


def _is_secured(paths: Iterable[str]) -> bool:
    return any(".security" in f".{path}" for path in paths)


def _of_settings(unit: Unit, origins: dict[int, Text]) -> Iterator[Cleartext]:
    """``API_URL`` beside ``API_KEY``; the servers of an OpenAPI document that has security requirements."""
    paths = {binding.path for binding in unit.facts.bindings}
    secured = bool(paths & {"openapi", "swagger"}) and _is_secured(paths)
    for binding in unit.facts.bindings:
        text = origins.get(id(binding.value))
        if text is None:
            continue
        if secured and _SERVERS.match(binding.path):
            yield Cleartext(text, parse(text), "an API with security requirements", implied=True)
        elif _secret_beside(unit, binding):
            yield Cleartext(text, parse(text), "the API whose key stands beside it", implied=True)


def _of_names(unit: Unit, origins: dict[int, Text], calls: dict[int, Span]) -> Iterator[Cleartext]:
    """``API_URL``, ``apiBaseUrl``: what is called an API's address is one, wherever it is called."""
    for key, name in _names_of_texts(unit).items():
        words = split(name.rpartition(".")[2])
        if key not in origins or not _names_api(words):
            continue
        url = parse(origins[key])
        if "." in url.known_host:
            yield Cleartext(origins[key], url, "an API", implied=True, called=calls.get(key))


def _names_api(words: tuple[str, ...]) -> bool:
    """Whether a name is that of an API's address."""
    if not _RUN_TOGETHER.isdisjoint(words):
        return True
    is_address = not _API_WORDS.isdisjoint(words) and not _ADDRESS_WORDS.isdisjoint(words)
    return is_address and _NOT_CALLED.isdisjoint(words)


def _secret_beside(unit: Unit, binding: Binding) -> bool:
    parent, _, name = binding.path.rpartition(".")
    words = split(name)
    if len(words) < 2 or words[-1] not in _ADDRESS_WORDS:  # noqa: PLR2004 - a stem and a word for an address
        return False
    return words[0] not in ("redirect", "callback") and (parent, words[0]) in _secrets(unit)


@once
def _secrets(unit: Unit) -> frozenset[tuple[str, str]]:
    """Where the secrets of a configuration stand, and the first word of each one's name."""
    found = set()
    for binding in unit.facts.bindings:
        parent, _, name = binding.path.rpartition(".")
        if is_secret_name(name):
            found.add((parent, split(name)[0]))
    return frozenset(found)
