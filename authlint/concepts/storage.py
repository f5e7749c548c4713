"""Writes to storage that any script of the page can read: localStorage, sessionStorage, IndexedDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.unit import Unit
from authlint.facts import Call, Const, Text, Value
from authlint.source import Span


@dataclass(frozen=True, slots=True)
class StorageWrite:
    """A value is kept under a key, empty where that is not known text; ``initial``: the value is only a default."""

    store: str
    key: str
    key_value: Value | None
    value: Value | None
    span: Span
    scope: int
    initial: bool = False


def storage_writes(unit: Unit) -> Iterator[StorageWrite]:
    """Every write by method, hook, bracket or property."""
    for meant in unit.meaning("storage-write"):
        key_value = unit.argument(meant, "key")
        value = unit.argument(meant, "value")
        yield StorageWrite(
            meant.row.attributes.get("store", ""),
            unit.folder.literal(key_value) or "",
            key_value,
            value,
            meant.call.span,
            meant.call.scope,
            initial=meant.is_("value", "initial"),
        )
    for binding in unit.facts.bindings:
        owner, _, key = binding.path.rpartition(".")
        row = unit.meanings.reads.get(unit.names.canonical(owner, binding.scope)) if owner else None
        if row is not None and row.means == "storage":
            store = row.attributes.get("store", "")
            yield StorageWrite(store, "" if key == "[]" else key, None, binding.value, binding.span, binding.scope)


def is_cleared(value: Value | None) -> bool:
    """Whether a write stores nothing worth taking: empty, null, a flag or a number."""
    return isinstance(value, Const) or (isinstance(value, Text) and not value.parts)


def is_encrypted(value: Value | None) -> bool:
    """Whether a value went through something called encryption. The key is on the same page: no more than a doubt."""
    return isinstance(value, Call) and "encrypt" in value.callee.lower()
