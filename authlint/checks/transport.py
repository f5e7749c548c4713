"""How credentials travel (AUT3xx)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.requests import http_requests
from authlint.concepts.unit import Unit
from authlint.concepts.urls import Url, is_internal, is_loopback, is_reserved, parse
from authlint.facts import Binding, Text
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
        "token_url", "token_uri", "token_endpoint", "access_token_url", "refresh_token_url", "authorize_url", "authorization_url",
        "auth_url", "auth_uri", "authorization_endpoint", "oauth_url", "issuer", "issuer_url", "authority", "jwks_uri", "jwks_url",
        "discovery_url", "introspection_endpoint", "introspection_url", "userinfo_endpoint", "revocation_endpoint", "oidc_issuer",
    }
)  # fmt: skip
_ADDRESS_WORDS = frozenset({"url", "uri", "host", "endpoint", "base", "address"})
_CONFIG = frozenset({"yaml", "json", "toml", "ini", "properties", "dotenv", "dockerfile"})


def cleartext_auth_url(unit: Unit) -> Iterator[Match]:
    """A credential, a provider's API or an OAuth endpoint is reached without TLS."""
    seen: set[int] = set()
    for text, url, reason, scope in _cleartext(unit):
        if id(text) in seen or is_loopback(url.known_host) or _is_example(unit, url):
            continue
        seen.add(id(text))
        case = "internal" if is_internal(url.known_host, unit.internal_hosts) else _CASES.get(reason, "")
        yield Match(text.span, {"host": url.host, "what": reason}, case, scope)


def _is_example(unit: Unit, url: Url) -> bool:
    """Documentation and tests may name hosts that nobody can reach."""
    host = url.known_host
    if not (unit.context.docs or unit.context.test):
        return False
    return is_reserved(host) or (unit.context.test and is_internal(host, unit.internal_hosts))


_CASES = {"the API whose key stands beside it": "implied", "an API with security requirements": "implied"}


def _cleartext(unit: Unit) -> Iterator[tuple[Text, Url, str, int]]:
    """Texts that are URLs without TLS and matter, and why, the surest reason first."""
    urls = _cleartext_texts(unit)
    names = _names_of_texts(unit)
    for text, url in urls:
        if unit.knowledge.host(url.known_host):
            yield text, url, "the provider's API", 0
        elif _is_endpoint(url, names.get(id(text), "")):
            yield text, url, "an OAuth endpoint", 0
    yield from _of_requests(unit, {id(text): (text, url) for text, url in urls})
    if unit.source.language in _CONFIG:
        yield from _of_settings(unit, urls)


def _cleartext_texts(unit: Unit) -> list[tuple[Text, Url]]:
    """The texts of a source that begin with ``http://`` or ``ws://`` and a host that is known in part."""
    found = []
    for text, folded in unit.folded_texts:
        first = folded.parts[0] if folded.parts else ""
        if isinstance(first, str) and first.lstrip().lower().startswith(("http://", "ws://")):
            url = parse(folded)
            if url.scheme in _CLEARTEXT and url.host not in ("", "{}") and " " not in url.host:
                found.append((text, url))
    return found


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


def _of_requests(unit: Unit, urls: dict[int, tuple[Text, Url]]) -> Iterator[tuple[Text, Url, str, int]]:
    for request in http_requests(unit):
        if request.url is None or request.url.scheme not in _CLEARTEXT or not request.credential:
            continue
        if request.url_value is None or not request.url.known_host:
            continue
        parts = unit.folder.traced(request.url_value).parts
        origin = next((item for identity, item in urls.items() if identity in parts), None)
        if origin is not None:
            yield (
                origin[0],
                request.url,
                f"a request with a credential ({request.credential})",
                request.meant.call.scope,
            )


def _of_settings(unit: Unit, urls: list[tuple[Text, Url]]) -> Iterator[tuple[Text, Url, str, int]]:
    """``API_URL`` beside ``API_KEY``; the servers of an OpenAPI document that has security requirements."""
    by_value = {id(text): (text, url) for text, url in urls}
    secured = any(".security" in f".{b.path}" for b in unit.facts.bindings) and any(
        b.path in ("openapi", "swagger") for b in unit.facts.bindings
    )
    for binding in unit.facts.bindings:
        found = by_value.get(id(binding.value))
        if found is None:
            continue
        if secured and re.match(r"servers\.\d+\.url$", binding.path):
            yield (*found, "an API with security requirements", 0)
        elif _secret_beside(unit, binding):
            yield (*found, "the API whose key stands beside it", 0)


def _secret_beside(unit: Unit, binding: Binding) -> bool:
    parent, _, name = binding.path.rpartition(".")
    words = split(name)
    if len(words) < 2 or words[-1] not in _ADDRESS_WORDS:  # noqa: PLR2004 - a stem and a word for an address
        return False
    for other in unit.facts.bindings:
        owner, _, sibling = other.path.rpartition(".")
        if (
            owner == parent
            and is_secret_name(sibling)
            and split(sibling)[:1] == words[:1]
            and words[0] not in ("redirect", "callback")
        ):
            return True
    return False
