"""API keys: requests that create one, requests that revoke one, and how long a key is to live."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from authlint.concepts.tokens.durations import DAY, seconds
from authlint.concepts.unit import Unit
from authlint.concepts.web.requests import HttpRequest, http_requests
from authlint.concepts.web.urls import Url
from authlint.facts import Const, Entry, Map, Text, Value
from authlint.names import last, split
from authlint.ruleset.providers import Endpoint, Provider
from authlint.source import Span
from authlint.values.texts import json_entries, key_of

DEFAULT_DAYS = 90
"""How often a key is to be changed where its provider does not say."""

_CREATES = re.compile(r"(?i)/(?:api[-_]?keys|access[-_]?keys|tokens|personal[-_]access[-_]tokens)/?$")
_ABOUT_KEYS = frozenset(("name", "permissions", "scopes", "scope", "description", "roles"))
_OAUTH = frozenset(("grant_type", "username", "password", "refresh_token", "code", "card", "email"))
_LIFETIME = re.compile(
    r"(?i)^(?:expires?_?(?:in|at|after|on)?(?:_?(?:days|seconds|minutes|hours))?|expir(?:ation|y)(?:_?(?:days|date|seconds))?"
    r"|ttl|validity|lifetime|valid_?(?:for|days|until))$"
)
_NEVER = frozenset(("never", "none", "0", "unlimited", "infinite", ""))
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$")


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A request that creates an API key. ``lifetime`` is the entry that says how long it lives, if one does.

    ``could_end``: the endpoint takes a lifetime, in ``lifetime_field``, and it is certain that none is given. ``body``
    is what is sent, as it is written.
    """

    span: Span
    scope: int
    host: str
    provider: Provider | None
    lifetime: Entry | None
    could_end: bool
    lifetime_field: str
    body: Value | None

    @property
    def days(self) -> int:
        """After how many days the provider wants its keys to be changed; 0 if it does not care."""
        return self.provider.rotation.days if self.provider else DEFAULT_DAYS


def key_requests(unit: Unit) -> Iterator[KeyRequest]:
    """Every request that creates an API key: at an endpoint of a provider, or by what it looks like."""
    for request in http_requests(unit):
        if request.url is None or _method(unit, request) != "POST":
            continue
        provider, endpoint = _documented(unit, request.url, "key_create")
        entries, is_whole = _entries(unit, request)
        names = {key for entry in entries if (key := key_of(entry))}
        looks_like_one = bool(_CREATES.search(_path(request.url))) and names & _ABOUT_KEYS and not names & _OAUTH
        if endpoint is None and not looks_like_one:
            continue
        lifetime = next((entry for entry in entries if _LIFETIME.match(key_of(entry) or "")), None)
        could_end = endpoint is not None and bool(endpoint.lifetime_field) and is_whole and lifetime is None
        call = request.meant.call
        field, body = endpoint.lifetime_field if endpoint else "", unit.argument(request.meant, "body")
        host = request.url.known_host
        yield KeyRequest(call.span, call.scope, host, provider, lifetime, could_end, field, body)


def revocations(unit: Unit) -> Iterator[tuple[Span, Provider]]:
    """Requests that revoke a key at an endpoint of a provider."""
    for request in http_requests(unit):
        if request.url is not None and _method(unit, request) == "DELETE":
            provider, endpoint = _documented(unit, request.url, "key_revoke")
            if endpoint is not None and provider is not None:
                yield request.meant.call.span, provider


def _documented(unit: Unit, url: Url, role: str) -> tuple[Provider | None, Endpoint | None]:
    """The provider a URL belongs to, and its endpoint for a role, if the URL is that."""
    found = unit.knowledge.host(url.known_host) if url.known_host else None
    if found is None:
        return None, None
    for endpoint in found[1].endpoint:
        if endpoint.role == role:
            path = re.sub(r"\{[^{}]*\}", "{}", endpoint.url.partition("://")[2].partition("/")[2])
            wanted = "/".join("[^/]+" if part == "{}" else re.escape(part) for part in path.split("/"))
            if re.fullmatch(wanted, _path(url).strip("/")):
                return found[1], endpoint
    return found[1], None


def _path(url: Url) -> str:
    return url.path.rstrip("/?\"' ")


def _method(unit: Unit, request: HttpRequest) -> str:
    """The method of a request, by its callee, by an argument, or because it has a body."""
    call = request.meant.call
    callee = last(call.callee).upper()
    if callee in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        return callee
    candidates = [value for name, value in call.named if name.lower() in ("method", "request")]
    candidates += [
        entry.value
        for argument in call.args
        if isinstance(folded := unit.folder.fold(argument), Map)
        for entry in folded.entries
        if key_of(entry) in ("method", "type")
    ]
    candidates += call.args[:1] if callee == "REQUEST" else ()
    told = next((literal for value in candidates if (literal := unit.folder.literal(value))), "")
    return told.upper() or ("POST" if request.body or unit.argument(request.meant, "body") is not None else "GET")


def _entries(unit: Unit, request: HttpRequest) -> tuple[tuple[Entry, ...], bool]:
    """The entries of a body that are known, each with its place, and whether there are no others."""
    body = unit.argument(request.meant, "body")
    folded = unit.folder.fold(body) if body is not None else None
    if isinstance(folded, Map):
        return folded.entries, not folded.open and all(key_of(entry) is not None for entry in folded.entries)
    if isinstance(folded, Text):
        found = tuple(json_entries(folded, unit.source.data))
        return found, bool(found) and folded.literal is not None
    return (), False


def days_of(unit: Unit, entry: Entry) -> float | None:
    """How many days a lifetime is; ``inf`` if it never ends, ``None`` if nothing is known."""
    value = unit.folder.fold(entry.value)
    words = split(key_of(entry) or "")
    if isinstance(value, Const) and not value.value:
        return None if value.value is True else float("inf")
    literal = unit.folder.literal(value)
    if literal is not None and literal.strip().lower() in _NEVER:
        return float("inf")
    ends = _DATE.fullmatch(literal or "")
    if ends:
        return _days_until(unit, int(ends[1]), int(ends[2]), int(ends[3]))
    length = seconds(unit, value, scale_of(words))
    return None if length is None else length / DAY


def scale_of(words: tuple[str, ...]) -> float:
    """What a number counts in seconds, as the words of its name say: 1 where they say nothing."""
    return next((scale for word, scale in _SCALES.items() if word in words), 1.0)


_SCALES = {"days": DAY, "day": DAY, "hours": 3600.0, "minutes": 60.0}


def _days_until(unit: Unit, year: int, month: int, day: int) -> float | None:
    try:
        return float((date(year, month, day) - unit.today).days) if unit.today else None
    except ValueError:
        return None
