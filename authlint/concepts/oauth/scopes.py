"""Lists of scopes that are asked for: in authorization and token requests, where keys are made, in configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.credentials.credentials import CONFIGURATION
from authlint.concepts.oauth.oauth import authorization_requests
from authlint.concepts.unit import Unit
from authlint.concepts.web.exchanges import exchanges
from authlint.facts import Items, Text, Value
from authlint.names import split
from authlint.ruleset.providers import Provider
from authlint.source import Span
from authlint.values.texts import key_of

_SEPARATORS = re.compile(r"(?:[\s,]|%20|\+)+")
_NAMES = frozenset({"scope", "scopes"})
_ANSWERS = frozenset({"access_token", "token_type", "expires_in"})
_ASKED_BESIDE = frozenset({"client_id", "clientid", "client_secret", "clientsecret", "grant_type", "response_type"})
_DISTINCT = re.compile(r"[:/.]|_.*_")


@dataclass(frozen=True, slots=True)
class ScopeList:
    """Scopes that are asked for. ``host`` is that of the request, ``near`` words beside the list, lower case."""

    scopes: tuple[str, ...]
    span: Span
    host: str
    near: frozenset[str]


def scope_lists(unit: Unit) -> list[ScopeList]:
    """Every list of scopes that a source asks for, each once."""
    found: dict[Span, ScopeList] = {}
    for item in _all(unit):
        known = found.get(item.span)
        if item.scopes and (known is None or (item.host and not known.host)):
            found[item.span] = item
    return [found[span] for span in sorted(found)]


def _all(unit: Unit) -> Iterator[ScopeList]:
    for request in authorization_requests(unit):
        value = request.parameters.get("scope")
        if value is not None:
            yield _list(unit, value, request.host, frozenset())
    yield from _of_exchanges(unit)
    if unit.source.language in CONFIGURATION:
        if not (unit.context.docs and unit.source.language == "json"):
            yield from _of_settings(unit)
    else:
        yield from _of_code(unit)


def _list(unit: Unit, value: Value, host: str, near: frozenset[str]) -> ScopeList:
    return ScopeList(tuple(_scopes(unit, value)), _written(unit, value), host, near)


def _written(unit: Unit, value: Value) -> Span:
    folded = unit.folder.fold(value)
    return folded.span if isinstance(folded, Text | Items) else value.span


def _scopes(unit: Unit, value: Value) -> Iterator[str]:
    folded = unit.folder.fold(value)
    for item in folded.items if isinstance(folded, Items) else (folded,):
        inner = unit.folder.fold(item)
        for part in inner.parts if isinstance(inner, Text) else ():
            if isinstance(part, str):
                yield from (word for word in _SEPARATORS.split(part) if word)


def _of_exchanges(unit: Unit) -> Iterator[ScopeList]:
    for exchange in exchanges(unit):
        request, endpoint = exchange.request, exchange.endpoint
        host = request.url.known_host if request.url else ""
        wanted = _NAMES | ({endpoint.scope_field} if endpoint and endpoint.scope_field else set())
        for name, value in request.body.items():
            if name in wanted:
                yield _list(unit, value, host, frozenset())
        body = unit.argument(request.meant, "body")
        folded = unit.folder.fold(body) if body is not None else None
        if isinstance(folded, Text) and folded.literal and folded.literal.lstrip().startswith("{"):
            for name, words in _of_json(folded.literal):
                if name in wanted:
                    yield ScopeList(words, folded.span, host, frozenset())


def _of_json(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return
    for name, value in table.items() if isinstance(table, dict) else ():
        words = value if isinstance(value, list) else [value]
        if all(isinstance(word, str) for word in words):
            yield name, tuple(part for word in words for part in _SEPARATORS.split(word) if part)


def _of_settings(unit: Unit) -> Iterator[ScopeList]:
    """``scopes: [admin]`` and lists over several lines; what describes scopes is a map and has no such values."""
    grouped: dict[str, list[tuple[str, Span]]] = {}
    beside: dict[str, set[str]] = {}
    for binding in unit.facts.bindings:
        owner, _, name = binding.path.rpartition(".")
        beside.setdefault(owner, set()).add(name.lower())
        if name.isdigit() or name == "[]":
            owner, name = binding.path, owner.rpartition(".")[2]
            owner = owner.rpartition(".")[0]
        else:
            owner = binding.path
        if name.lower() in _NAMES and isinstance(binding.value, Text | Items):
            span = binding.value.span
            grouped.setdefault(owner, []).extend((word, span) for word in _scopes(unit, binding.value))
    for path, words in grouped.items():
        parent = path.rpartition(".")[0]
        if (
            not words
            or beside.get(parent, set()) & _ANSWERS
            or re.search(r"(?:^|\.)(?:paths|components|securitySchemes)\.", path)
        ):
            continue
        near = frozenset(split(path)) | frozenset(beside.get(parent, set()))
        span = (min(span[0] for _, span in words), max(span[1] for _, span in words))
        yield ScopeList(tuple(word for word, _ in words), span, "", near)


def _of_code(unit: Unit) -> Iterator[ScopeList]:
    """``scope`` in a map or call beside a client, and constants called ``SCOPES``."""
    for found in unit.facts.maps:
        yield from _beside_a_client(unit, {key: e.value for e in found.entries if (key := key_of(e))})
    for call in unit.facts.calls:
        yield from _beside_a_client(unit, dict(call.named))
    for binding in unit.facts.bindings:
        name = binding.path.rpartition(".")[2]
        if split(name)[-1:] in (("scope",), ("scopes",)) and isinstance(binding.value, Text | Items):
            yield _list(unit, binding.value, "", frozenset(split(name)))


def _beside_a_client(unit: Unit, entries: dict[str, Value]) -> Iterator[ScopeList]:
    names = frozenset(name.lower() for name in entries)
    if names & _ANSWERS:
        return
    for name, value in entries.items():
        if name.lower() in _NAMES and names & _ASKED_BESIDE:
            yield _list(unit, value, "", names)


def provider_of(unit: Unit, scopes: ScopeList) -> Provider | None:
    """The provider that a list of scopes is meant for: by the host, by a name beside it, or by the scopes."""
    if scopes.host:
        known = unit.knowledge.host(scopes.host)
        return known[1] if known else None
    best: Provider | None = None
    most = 1
    for provider in unit.knowledge.providers:
        if provider.generic or not provider.scope:
            continue
        mine = {scope.name for scope in provider.scope} & set(scopes.scopes)
        if not mine:
            continue
        if provider.id in scopes.near or any(name.startswith("https://") for name in mine):
            return provider
        count = len([name for name in mine if _DISTINCT.search(name)]) + len(mine) - 1
        if count > most or (count == most and _is_named(unit, provider)):
            best, most = provider, count
    return best


def _is_named(unit: Unit, provider: Provider) -> bool:
    """Whether the file is about a provider: one of its hosts or its own name is in it."""
    data = unit.source.root.data.lower()
    return provider.id.encode() in data or any(h.name.removeprefix("*.").encode() in data for h in provider.host)
