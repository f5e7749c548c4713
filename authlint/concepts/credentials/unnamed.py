"""Credentials that no name beside them tells of, but what becomes of them.

A key of a query, a pair that is encoded for ``Basic``, what a function of the file calls its parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.credentials.credential_names import sort_of
from authlint.concepts.credentials.credentials import NamedValue
from authlint.concepts.unit import Unit
from authlint.concepts.web.urls import parse
from authlint.facts import Call, Ref, Text
from authlint.names import last
from authlint.source import Span
from authlint.values.texts import key_of

_NAMES = re.compile(r"(?i)(?:app_?id|(?:api|app|access)?[_-]?key)")
_OPENS = re.compile(r"(?i)[?&](?:app_?id|\w{0,8}key)=$")
_WEATHER = re.compile(r"(?i)appid")
_HEX = re.compile(r"[0-9a-f]{32}")
_ENCODERS = frozenset(("b64encode", "urlsafe_b64encode", "standard_b64encode", "btoa", "strict_encode64"))
_MAKERS = frozenset(("__init__", "constructor", "initialize"))
_OWNER = frozenset(("self", "cls"))
_PAIR = re.compile(r"[\w.@-]{3,80}:([^\s:/]{12,200})")


def unnamed(unit: Unit) -> Iterator[NamedValue]:
    """Values that are credentials by their use; whether they are written down is for others to say."""
    yield from _in_queries(unit)
    yield from _in_maps(unit)
    yield from _in_pairs(unit)
    yield from _by_position(unit)


def _in_queries(unit: Unit) -> Iterator[NamedValue]:
    """``f"{URL}?appid={weather}"``: the key of an API, whatever it is called."""
    for text in unit.facts.texts:
        if text.literal is not None or not any(isinstance(part, str) and _OPENS.search(part) for part in text.parts):
            continue
        url = parse(text)
        if unit.knowledge.takes_public_keys(url.known_host):
            continue
        for name, value in url.query.items():
            if isinstance(value, Ref) and _NAMES.fullmatch(name):
                yield NamedValue(name, value, "argument", "api-key")


def _in_maps(unit: Unit) -> Iterator[NamedValue]:
    """``{"q": city, "appid": "…"}``: 32 digits are no name of an application."""
    for found in unit.facts.maps:
        for entry in found.entries:
            name = key_of(entry) or ""
            if _WEATHER.fullmatch(name) and isinstance(entry.value, Text) and _HEX.fullmatch(entry.value.literal or ""):
                yield NamedValue(name, entry.value, "entry", "api-key")


def _in_pairs(unit: Unit) -> Iterator[NamedValue]:
    """``b64encode("id:secret")``, as ``Basic`` wants it."""
    for call in unit.facts.calls:
        if last(call.callee) not in _ENCODERS or not call.args:
            continue
        folded = unit.folder.fold(call.args[0])
        pair = _PAIR.fullmatch(folded.literal or "") if isinstance(folded, Text) else None
        if pair is not None:
            secret = Text((pair[1],), _written(unit, pair[1], call))
            yield NamedValue("client secret", secret, "position", "client-secret")


def _by_position(unit: Unit) -> Iterator[NamedValue]:
    """``Client("me", "…")``, where the class of this file calls its second parameter a password."""
    scopes, makers = unit.facts.scopes, unit.derived(_makers)
    for call in unit.facts.calls:
        if not any(isinstance(value, Text) and value.literal for value in call.args):
            continue
        function = unit.names.function(call) or makers.get(call.callee.removesuffix(".new"))
        parameters = [p.name for p in scopes[function].params if p.name not in _OWNER] if function else []
        for name, value in zip(parameters, call.args, strict=False):
            sort = sort_of(name) if isinstance(value, Text) else ""
            if sort:
                yield NamedValue(name, value, "argument", sort)


def _makers(unit: Unit) -> dict[str, int]:
    """The function that is given what a class is made with, by the class's name."""
    scopes = unit.facts.scopes
    made = [(scopes[scope.parent], number) for number, scope in enumerate(scopes) if scope.name in _MAKERS]
    return {owner.name: number for owner, number in made if owner.kind == "class"}


def _written(unit: Unit, secret: str, call: Call) -> Span:
    """Where a secret stands: among what is encoded, or elsewhere in the source."""
    raw = secret.encode()
    at = unit.source.data.find(raw, *call.span)
    at = unit.source.data.find(raw) if at < 0 else at
    return (at, at + len(raw)) if at >= 0 else call.span
