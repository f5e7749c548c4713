"""Names that mean the same wherever a value is given to them: variables, keys of maps and configurations, arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.unit import Unit
from authlint.facts import Call, Map, Value
from authlint.libraries import Row
from authlint.source import Span
from authlint.texts import key_of

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """A value is given to a name that a library row knows. ``holder`` is the map that has it as a key, if one has."""

    row: Row
    path: str
    value: Value
    span: Span
    holder: Map | None = None


def settings(unit: Unit, means: str) -> list[Setting]:
    """The settings of one meaning."""
    return [setting for setting in unit.derived(_all) if setting.row.means == means]


def _all(unit: Unit) -> list[Setting]:
    """Every setting of a source."""
    table = unit.meanings.settings
    words = table.last_words()
    found = []
    if words:
        for path, value, span, holder in _given(unit, words):
            row = table.get(path)
            if row is not None:
                found.append(Setting(row, path, value, span, holder))
    return found


def _given(unit: Unit, words: frozenset[str]) -> Iterator[tuple[str, Value, Span, Map | None]]:
    for binding in unit.facts.bindings:
        if binding.path.rpartition(".")[2] in words:
            yield binding.path, binding.value, binding.span, None
    for call in unit.facts.calls:
        for name, value in call.named:
            if name in words:
                yield name, value, value.span, None
    owners: dict[int, tuple[Map | None, str]] | None = None
    for holder in unit.facts.maps:
        for entry in holder.entries:
            key = key_of(entry)
            if key and key.rpartition(".")[2] in words:
                owners = _owners(unit) if owners is None else owners
                yield _path(holder, key, owners), entry.value, entry.span, holder


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
