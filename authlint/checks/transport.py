"""How credentials travel (AUT3xx)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.requests import http_requests
from authlint.concepts.unit import Unit
from authlint.concepts.urls import Url, is_internal, is_loopback, is_reserved, parse
from authlint.facts import Binding, Text, Value
from authlint.match import Match
from authlint.names import is_secret_name, split

_CLEARTEXT = ("http", "ws")
_OAUTH_PATH = re.compile(
    r"(?i)/(?:oauth2?(?:/v\d)?/[\w.-]*(?:token|authorize|authorise|revoke|introspect)[\w.-]*|connect/(?:token|authorize)"
    r"|\.well-known/(?:openid-configuration|oauth-authorization-server|jwks\.json)|openid-connect/(?:token|auth|certs)"
    r"|introspect|jwks|scim(?:/v2)?)(?:[/?\s{}]|$)"
)
_ENDPOINT_NAMES = frozenset(
    {
        "token_url", "token_uri", "token_endpoint", "access_token_url", "refresh_token_url", "authorize_url",
        "authorization_url", "auth_url", "auth_uri", "authorization_endpoint", "oauth_url", "issuer", "issuer_url",
        "authority", "jwks_uri", "jwks_url", "discovery_url", "introspection_endpoint", "introspection_url",
        "userinfo_endpoint", "revocation_endpoint", "oidc_issuer",
    }
)  # fmt: skip
_ADDRESS_WORDS = frozenset({"url", "uri", "host", "endpoint", "base", "address"})
_CONFIG = frozenset({"yaml", "json", "toml", "ini", "properties", "dotenv", "dockerfile"})


def cleartext_auth_url(unit: Unit) -> Iterator[Match]:
    """A credential, a provider's API or an OAuth endpoint is reached without TLS."""
    seen: set[int] = set()
    for origin, url, reason in _cleartext(unit):
        if id(origin) in seen or is_loopback(url.known_host) or _is_example(unit, url):
            continue
        seen.add(id(origin))
        case = "internal" if is_internal(url.known_host, unit.internal_hosts) else _CASES.get(reason, "")
        yield Match(origin.span, {"host": url.host, "what": reason}, case)


def _is_example(unit: Unit, url: Url) -> bool:
    """Documentation and tests may name hosts that nobody can reach."""
    host = url.known_host
    if not (unit.context.docs or unit.context.test):
        return False
    return is_reserved(host) or (unit.context.test and is_internal(host, unit.internal_hosts))


_API = "an API"
_PROVIDER = "the provider's API"
_API_PATH = re.compile(r"(?i)/(?:api|rest|graphql)(?:/|$)")
_CASES = {
    _PROVIDER: "provider",
    "the API whose key stands beside it": "implied",
    "an API with security requirements": "implied",
    _API: "implied",
}


def _cleartext(unit: Unit) -> Iterator[tuple[Text, Url, str]]:
    """Texts that begin with ``http://`` and matter, and why, the surest reason first.

    A URL is reported where its scheme is written, however far from there it is called.
    """
    origins = {id(text): text for text in unit.facts.texts if _is_cleartext(text)}
    if not origins:
        return
    names = _names_of_texts(unit)
    for text, folded in unit.folded_texts:
        origin = text if id(text) in origins else _origin_of(unit, text, origins)
        if origin is None:
            continue
        url = parse(folded)
        if url.scheme not in _CLEARTEXT or url.host in ("", "{}") or " " in url.host:
            continue
        found = unit.knowledge.host(url.known_host)
        if found and {"api", "auth"} & set(found[0].roles):
            yield origin, url, _PROVIDER
        elif _is_endpoint(url, names.get(id(text), "")):
            yield origin, url, "an OAuth endpoint"
    yield from _of_requests(unit, origins)
    if unit.source.language in _CONFIG:
        yield from _of_settings(unit, origins)


def _is_cleartext(text: Text) -> bool:
    first = text.parts[0] if text.parts else ""
    return isinstance(first, str) and first.lstrip().lower().startswith(("http://", "ws://"))


def _origin_of(unit: Unit, value: Value, origins: dict[int, Text]) -> Text | None:
    """The text in which the scheme of a URL that is put together is written."""
    if isinstance(value, Text) and value.literal is not None:
        return None
    parts = unit.folder.traced(value).parts
    return min((origins[part] for part in parts if part in origins), key=lambda text: text.span, default=None)


def _is_endpoint(url: Url, name: str) -> bool:
    words = "_".join(split(name.rpartition(".")[2]))
    if "redirect" in words or "callback" in words:
        return False  # AUT408 looks at redirect URIs
    if words in _ENDPOINT_NAMES:
        return bool(url.known_host)
    return bool(url.known_host and _OAUTH_PATH.search(url.path + " "))


def _names_of_texts(unit: Unit) -> dict[int, str]:
    """The name that each text is given to: a variable, a keyword, a key of a map or of a configuration."""
    names = {id(binding.value): binding.path for binding in unit.facts.bindings}
    for call in unit.facts.calls:
        names.update({id(value): name for name, value in call.named})
    for found in unit.facts.maps:
        names.update({id(e.value): e.key.literal for e in found.entries if isinstance(e.key, Text) and e.key.literal})
    return names


def _of_requests(unit: Unit, origins: dict[int, Text]) -> Iterator[tuple[Text, Url, str]]:
    for request in http_requests(unit):
        url, value = request.url, request.url_value
        if url is None or value is None or url.scheme not in _CLEARTEXT or not url.known_host:
            continue
        origin = origins.get(id(value)) or _origin_of(unit, value, origins)
        if origin is not None and request.credential:
            yield origin, url, f"a request with a credential ({request.credential})"
        elif origin is not None and _API_PATH.search(url.path):
            yield origin, url, _API


def _of_settings(unit: Unit, origins: dict[int, Text]) -> Iterator[tuple[Text, Url, str]]:
    """``API_URL`` beside ``API_KEY``; the servers of an OpenAPI document that has security requirements."""
    paths = {binding.path for binding in unit.facts.bindings}
    secured = bool(paths & {"openapi", "swagger"}) and any(".security" in f".{path}" for path in paths)
    for binding in unit.facts.bindings:
        text = origins.get(id(binding.value))
        if text is None:
            continue
        if secured and re.match(r"servers\.\d+\.url$", binding.path):
            yield text, parse(text), "an API with security requirements"
        elif _secret_beside(unit, binding):
            yield text, parse(text), "the API whose key stands beside it"


def _secret_beside(unit: Unit, binding: Binding) -> bool:
    parent, _, name = binding.path.rpartition(".")
    words = split(name)
    if len(words) < 2 or words[-1] not in _ADDRESS_WORDS:  # noqa: PLR2004 - a stem and a word for an address
        return False
    if words[0] in ("redirect", "callback"):
        return False
    for other in unit.facts.bindings:
        owner, _, sibling = other.path.rpartition(".")
        if owner == parent and split(sibling)[:1] == words[:1] and is_secret_name(sibling):
            return True
    return False
