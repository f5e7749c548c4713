"""Secrets that are shipped to whoever loads a page: in its code, its requests and the variables of its build."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from authlint.concepts.unit import Unit
from authlint.concepts.web.requests import http_requests
from authlint.facts import Binding, Const, Map, Member, Ref, Text, Value, dotted, walk
from authlint.names import last, split
from authlint.source import Span
from authlint.values.texts import is_nothing, key_of

How: TypeAlias = Literal["variable", "secret", "key", "dummy"]

_PUBLIC = re.compile(
    r"(?:NEXT_PUBLIC|VITE|REACT_APP|VUE_APP|NUXT_PUBLIC|EXPO_PUBLIC|GATSBY|PUBLIC|NG_APP)_[A-Z0-9_]{3,80}"
)
_MEANT_TO_BE_SEEN = frozenset(
    ("publishable", "public", "anon", "site", "sitekey", "recaptcha", "mapbox", "maps", "storefront", "search", "pk")
)
_TOKEN_PAIRS = frozenset(
    (a, "token") for a in ("refresh", "access", "bot", "api", "auth", "admin", "service", "private", "personal")
)
_FIELD = re.compile(r"(?:^|[?&\s\"'`])(?:client_secret|clientSecret)\"?\s?[=:]")
_FLOW_KEYS = frozenset(
    ("grant_type", "granttype", "code", "client_id", "clientid", "redirect_uri", "redirecturi", "refresh_token")
)
_KEY_HEADERS = frozenset(("authorization", "x-api-key", "api-key", "x-auth-key", "apikey"))
_SET_BY_USER = re.compile(r"(?i)localStorage|sessionStorage|useState|prompt|input|getItem|atom|form|value")
_OF_APPS = ("react-native", "expo", "@capacitor", "@ionic", "nativescript", "@nativescript")
_SETTINGS_PATH = re.compile(r"(?i)environment|config|constants|settings\.\w+$")
_NEXT_CONFIG = re.compile(r"(^|/)next\.config\.(?:[cm]?js|ts)$")

_ON_SERVER = frozenset(("getServerSideProps", "getStaticProps"))
"""What a page of Next.js exports that runs before it is sent."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A secret that leaves with the code. ``others`` are further places where it is used."""

    what: str
    how: How
    span: Span
    others: tuple[Span, ...] = ()


def shipped(unit: Unit) -> Iterator[Shipped]:
    """Every secret of a source that its users get."""
    variables = list(_public_variables(unit))
    yield from variables
    yield from _inlined(unit)
    if not unit.context.browser and not _is_app(unit):
        yield from _of_public_clients(unit)
        return
    yield from _documented(unit)
    places = [place for place in (*_fields(unit), *_declared(unit)) if not _overlaps(place, variables)]
    if places and not any("SECRET" in found.what for found in variables):
        yield Shipped("the client secret", "secret", places[0], tuple(places[1:4]))
    yield from _keys_in_headers(unit)


def _is_app(unit: Unit) -> bool:
    """Whether code is that of an app on a phone or of a browser's extension, which can be read like a page."""
    imported = any(item.name.partition(".")[0].startswith(_OF_APPS) for item in unit.facts.imports)
    return imported or any(call.callee.startswith("chrome.") for call in unit.facts.calls)


def _documented(unit: Unit) -> Iterator[Shipped]:
    """``dummyClientSecret``: a server asks for one, and everybody may know it."""
    for found in unit.facts.maps:
        for entry in found.entries:
            words = split(key_of(entry) or "")
            if words == ("dummy", "client", "secret"):
                yield Shipped("dummyClientSecret", "dummy", entry.span)


def _overlaps(place: Span, found: list[Shipped]) -> bool:
    return any(place[0] <= item.span[0] <= place[1] for item in found)


# -- variables that a build writes into its bundle ------------------------------------------------------------------


def _public_variables(unit: Unit) -> Iterator[Shipped]:
    seen: set[str] = set()
    named = [(binding.path, binding.name_span) for binding in unit.facts.bindings]
    named += [(read.path, read.span) for read in unit.facts.reads]
    named += [(item.name, item.span) for item in unit.facts.imports if item.name.startswith("$env")]
    for path, span in sorted(named, key=lambda item: item[1]):
        name = last(path)
        if name in seen or not _PUBLIC.fullmatch(name):
            continue
        seen.add(name)
        if is_public_secret(unit, name):
            yield Shipped(name, "variable", span)


def is_public_secret(unit: Unit, name: str) -> bool:
    """Whether a variable that every user gets promises a secret: ``VITE_CLIENT_SECRET``, ``PUBLIC_OPENAI_API_KEY``."""
    words = split(name)
    if not _MEANT_TO_BE_SEEN.isdisjoint(words[_prefix_length(words) :]):
        return False
    pairs = set(pairwise(words))
    if not {"secret", "secrets"}.isdisjoint(words) or ("private", "key") in pairs or ("service", "role") in pairs:
        return True
    if not pairs.isdisjoint(_TOKEN_PAIRS) or words[-1] in ("password", "passwd"):
        return True
    return words[-2:] in (("api", "key"), ("secret", "key")) and _is_of_provider(unit, "_".join(words).upper())


def _prefix_length(words: tuple[str, ...]) -> int:
    return 2 if words[:2] in (("next", "public"), ("nuxt", "public"), ("expo", "public")) else 1


def _is_of_provider(unit: Unit, name: str) -> bool:
    """Whether a variable is that of a provider none of whose keys belongs in a page."""
    for provider in unit.knowledge.providers:
        for variable in provider.env_vars:
            stem = variable.removesuffix("*")
            if variable.endswith("_*") and f"_{stem}" in name:
                is_own_name = stem.rstrip("_").lower() == provider.id
                return not (is_own_name and any(host.public_keys for host in provider.host))
    return False


def _inlined(unit: Unit) -> Iterator[Shipped]:
    """``env`` of a Next.js configuration: its values are written into the bundle, whatever they are called."""
    if not _NEXT_CONFIG.search(unit.source.path):
        return
    for found in unit.facts.maps:
        for entry in found.entries:
            inner = entry.value if key_of(entry) == "env" and isinstance(entry.value, Map) else None
            for variable in inner.entries if inner is not None else ():
                name = key_of(variable) or ""
                if is_public_secret(unit, f"PUBLIC_{name}"):
                    yield Shipped(name, "variable", variable.span)


# -- client secrets -------------------------------------------------------------------------------------------------


def is_client_secret(name: str) -> bool:
    """Whether a name is that of the secret of an OAuth client."""
    words = split(last(name))
    if "dummy" in words or words[-1:] in (("expires",), ("hint",), ("field",)):
        return False
    return ("client", "secret") in set(pairwise(words)) or words == ("clientsecret",)


def _fields(unit: Unit) -> Iterator[Span]:
    """A client secret as a field of a request: an entry of a map, a part of a text, something added to a form."""
    for found in unit.facts.maps:
        keys = {(key_of(entry) or "").lower() for entry in found.entries}
        for entry in found.entries:
            key = key_of(entry) or ""
            if is_client_secret(key) and not keys.isdisjoint(_FLOW_KEYS) and not _is_elsewhere(entry.value):
                yield entry.span
    for text in unit.facts.texts:
        if any(isinstance(part, str) and _FIELD.search(part) for part in text.parts) and len(text.parts) > 1:
            yield text.span
    for call in unit.facts.calls:
        first = call.args[0] if len(call.args) > 1 and last(call.callee) in ("append", "set") else None
        if isinstance(first, Text) and is_client_secret(first.literal or ""):
            yield call.span


def _declared(unit: Unit) -> Iterator[Span]:
    """A variable or an entry of the settings of a page that is a client secret."""
    if _ON_SERVER & unit.derived(_function_names):
        return  # the bundler takes what only these need out of what is sent to the browser
    in_settings = _SETTINGS_PATH.search(unit.source.path) is not None  # elsewhere '' is the first state of a form
    for binding in unit.facts.bindings:
        if is_client_secret(binding.path) and _is_value(binding):
            yield binding.span
    for found in unit.facts.maps:
        for entry in found.entries:
            is_written = isinstance(entry.value, Text) and (bool(entry.value.parts) or in_settings)
            if is_written and is_client_secret(key_of(entry) or ""):
                yield entry.span


def _function_names(unit: Unit) -> frozenset[str]:
    return frozenset(scope.name for scope in unit.facts.scopes if scope.kind == "function")


def _is_value(binding: Binding) -> bool:
    """Whether a name is given a secret, rather than taken from what a server or a user has given."""
    value = binding.value
    if isinstance(value, Text):
        return True
    return (
        isinstance(value, Ref | Member)
        and bool(re.search(r"(?i)env|config|settings", value.path))
        and not (
            value.path.startswith(
                ("props.", "self.props", "self.state", "event.", "form", "data.", "response.", "res.")
            )
        )
    )


def _is_elsewhere(value: Value) -> bool:
    """Whether a field is no secret of the page: a type, a flag, or what a user has typed in."""
    if isinstance(value, Const) or is_nothing(value) or (isinstance(value, Ref) and value.path in ("String", "string")):
        return True
    return last(dotted(value)) in ("val", "value")


def _of_public_clients(unit: Unit) -> Iterator[Shipped]:
    """A library for clients that cannot keep a secret is given one."""
    for meant in unit.meant:
        secret = unit.argument(meant, "public_secret") if "public_secret" in meant.row.arguments else None
        if secret is not None and not is_nothing(secret):
            yield Shipped("the client secret", "secret", meant.call.span)


# -- keys -----------------------------------------------------------------------------------------------------------


def _keys_in_headers(unit: Unit) -> Iterator[Shipped]:
    for request in http_requests(unit):
        for header, value in request.headers.items():
            if header not in _KEY_HEADERS:
                continue
            key = next((v for v in walk(value) if isinstance(v, Ref | Member) and _is_key(unit, v)), None)
            if key is not None:
                yield Shipped(dotted(key), "key", request.meant.call.span)
                break


def _is_key(unit: Unit, value: Ref | Member) -> bool:
    """Whether a name is that of an API key that is not the user's own: no parameter, nothing that was typed in."""
    words = split(last(value.path))
    if words[-2:] not in (("api", "key"), ("secret", "key")) and words[-1:] != ("apikey",):
        return False
    root = value.path.partition(".")[0]
    if root in ("props", "self", "state", "form", "user", "settings") or not isinstance(value, Ref):
        return False
    if unit.names.parameter_of(root, value.scope) is not None:
        return False
    bindings = unit.names.bindings(root, value.scope)
    return not any(_SET_BY_USER.search(dotted(inner)) for b in bindings for inner in walk(b.value))
