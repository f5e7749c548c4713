"""Names that mean the same wherever a value is given to them: variables, keys of maps and configurations, arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from authlint.concepts.unit import Unit
from authlint.facts import Call, Map, Value
from authlint.knowledge import Table
from authlint.libraries import Row
from authlint.source import Span
from authlint.texts import key_of

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """A value is given to a name that a library row knows: a ``binding``, an ``entry`` of a map, a named ``argument``.

    ``span`` covers name and value, of an argument the value only, as ``whole`` does not. ``holder`` is the map that has
    it as a key, if one has.
    """

    row: Row
    path: str
    value: Value
    span: Span
    whole: Span
    scope: int
    how: Literal["binding", "entry", "argument"]
    holder: Map | None = None


def settings(unit: Unit, means: str) -> list[Setting]:
    """The settings of one meaning."""
    return [setting for setting in unit.derived(_all) if setting.row.means == means]


def once(unit: Unit, means: str) -> list[Setting]:
    """The settings of one meaning, each place once: what is an entry of a file is bound as well."""
    return list({setting.whole: setting for setting in reversed(settings(unit, means))}.values())[::-1]


def _all(unit: Unit) -> list[Setting]:
    """Every setting of a source. Where a row says what must be ``near``, that word must be in the source, too."""
    table = unit.meanings.settings
    words = table.last_words()
    if not words:
        return []
    data = unit.source.data.lower()
    found = (
        setting for setting in _given(unit, words, table) if setting.row.attributes.get("near", "").encode() in data
    )
    return list(found)


def _given(unit: Unit, words: frozenset[str], table: Table[Row]) -> Iterator[Setting]:
    facts = unit.facts
    for binding in facts.bindings:
        row = table.get(binding.path) if binding.path.rpartition(".")[2] in words else None
        if row is not None:
            yield Setting(row, binding.path, binding.value, binding.span, binding.span, binding.scope, "binding")
    for call in facts.calls:
        for name, value in call.named:
            row = table.get(name) if name in words else None
            if row is not None:
                start = unit.source.data.rfind(name.encode(), call.span[0], value.span[0])
                whole = (start if start >= 0 else value.span[0], value.span[1])
                yield Setting(row, name, value, value.span, whole, call.scope, "argument")
    owners: dict[int, tuple[Map | None, str]] | None = None
    for holder in facts.maps:
        for entry in holder.entries:
            key = key_of(entry)
            if not key or key.rpartition(".")[2] not in words:
                continue
            owners = _owners(unit) if owners is None else owners
            path = _path(holder, key, owners)
            row = table.get(path)
            if row is not None:
                scope = facts.scope_at(entry.span)
                yield Setting(row, path, entry.value, entry.span, entry.span, scope, "entry", holder)


def _owners(unit: Unit) -> dict[int, tuple[Map | None, str]]:
    """For each map that stands in another or is bound to a name: the other one, and the key or name."""
    owners: dict[int, tuple[Map | None, str]] = {}
    for outer in unit.facts.maps:
        for entry in outer.entries:
            if isinstance(entry.value, Map):
                owners[id(entry.value)] = (outer, key_of(entry) or "[]")
    for binding in unit.facts.bindings:
        held = binding.value.args if isinstance(binding.value, Call) else (binding.value,)
        for value in held:
            if isinstance(value, Map):
                owners.setdefault(id(value), (None, binding.path))
    for call in unit.facts.calls:
        for name, value in call.named:
            if isinstance(value, Map):
                owners.setdefault(id(value), (None, name))
    return owners


def _path(holder: Map, key: str, owners: dict[int, tuple[Map | None, str]]) -> str:
    """A key with the keys and the name that lead to it: ``msalConfig.cache.cacheLocation``."""
    names = [key]
    inner: Map | None = holder
    while inner is not None and id(inner) in owners and len(names) < _DEEPEST:
        inner, name = owners[id(inner)]
        names.append(name)
    return ".".join(reversed(names))
