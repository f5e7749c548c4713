"""Writes to storage: localStorage, sessionStorage, IndexedDB, and what keeps values on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from authlint.concepts.tokens.carried import Carried, carried, is_nothing_kept, is_written_out
from authlint.concepts.tokens.helpers import Helpers
from authlint.concepts.tokens.token_names import is_other_key, token_key
from authlint.concepts.unit import Meant, Unit
from authlint.facts import Call, Items, Map, Member, Opaque, Ref, Text, Value, walk
from authlint.names import last, split
from authlint.secret.placeholders import Verdict, judge
from authlint.source import Span
from authlint.values.texts import key_of

_SURE = frozenset(["access", "refresh", "id", "jwt", "bearer"])


@dataclass(frozen=True, slots=True)
class StorageWrite:
    """A value is kept under a key, empty where that is not known text; ``initial``: the value is only a default.

    ``passed_on`` is where a function of the file does the writing for the call at ``span``.
    """

    store: str
    key: str
    key_value: Value | None
    value: Value | None
    span: Span
    scope: int
    initial: bool = False
    passed_on: Span | None = None


def storage_writes(unit: Unit) -> Iterator[StorageWrite]:
    """Every write to web storage by method, hook, bracket or property."""
    yield from _by_call(unit, "storage-write")
    for binding in unit.facts.bindings:
        owner, _, key = binding.path.rpartition(".")
        row = unit.meanings.reads.get(unit.names.canonical(owner, binding.scope)) if owner else None
        if row is not None and row.means == "storage":
            store = row.attributes.get("store", "")
            yield StorageWrite(store, "" if key == "[]" else key, None, binding.value, binding.span, binding.scope)


def sent_from_storage(unit: Unit) -> Iterator[tuple[str, Span]]:
    """The tokens that are read from web storage into an Authorization header: their store, and where that is."""
    reads = {meant.call.span: meant for meant in unit.meaning("storage-read")}
    if not reads:
        return
    headers = [(e.value, e.span) for m in unit.facts.maps for e in m.entries if _is_authorization(key_of(e))]
    headers += [(b.value, b.span) for b in unit.facts.bindings if _is_authorization(last(b.path))]
    for value, span in headers:
        for inner in walk(unit.folder.fold(value)):
            meant = reads.get(inner.span) if isinstance(inner, Call) else None
            if meant is not None and token_key(unit.folder.literal(meant.argument("key")) or ""):
                yield meant.row.attributes["store"], span


def _is_authorization(name: str | None) -> bool:
    return name is not None and name.lower() == "authorization"


def mobile_writes(unit: Unit) -> Iterator[StorageWrite]:
    """Every write to what an app keeps on a phone without encryption."""
    yield from _by_call(unit, "mobile-storage-write")


def _by_call(unit: Unit, means: str) -> Iterator[StorageWrite]:
    for meant in unit.meaning(means):
        if _is_guarded(unit, meant):
            continue
        for key_value, value in _pairs(unit, meant):
            yield StorageWrite(
                meant.row.attributes.get("store", ""),
                unit.folder.literal(key_value) or "",
                key_value,
                value,
                meant.call.span,
                meant.call.scope,
                initial=meant.is_("value", "initial"),
            )


def _pairs(unit: Unit, meant: Meant) -> Iterator[tuple[Value | None, Value | None]]:
    """The key and value of a call, or each pair of one that writes several (``multiSet([["token", t]])``)."""
    several = unit.argument(meant, "pairs")
    if several is None:
        yield unit.argument(meant, "key"), unit.argument(meant, "value")
        return
    folded = unit.folder.fold(several)
    if isinstance(folded, Map):
        yield from ((entry.key, entry.value) for entry in folded.entries)
    for item in folded.items if isinstance(folded, Items) else ():
        if isinstance(item, Items) and len(item.items) > 1:
            yield item.items[0], item.items[1]


def _is_guarded(unit: Unit, meant: Meant) -> bool:
    """Whether the store was made with an option that encrypts it: ``new MMKV({ encryptionKey })``."""
    option = meant.row.attributes.get("guarded_by")
    maker = unit.folder.fold(meant.call.receiver) if option and meant.call.receiver is not None else None
    if option is None or not isinstance(maker, Call):
        return False
    return maker.open or any(
        not isinstance(given := unit.folder.fold(argument), Map) or given.open or _has(given, option)
        for argument in maker.args
    )


def _has(options: Map, key: str) -> bool:
    return any(isinstance(entry.key, Text) and entry.key.literal == key for entry in options.entries)


def with_tokens(unit: Unit, writes: Iterator[StorageWrite]) -> Iterator[tuple[StorageWrite, Carried]]:
    """The writes that keep a token, and the token; where a helper only passes on, the calls that hand it one."""
    seen: set[Span] = set()
    for write, found in _with_tokens(unit, writes):
        if write.span not in seen:
            seen.add(write.span)
            yield write, found


def _with_tokens(unit: Unit, writes: Iterator[StorageWrite]) -> Iterator[tuple[StorageWrite, Carried]]:
    helpers = Helpers(unit)
    for write in writes:
        found = kept_token(unit, write)
        if found:
            yield write, found
            continue
        for call, key, value in helpers.handed(write.scope, write.key_value, write.value):
            passed = replace(
                write,
                key=write.key if key is write.key_value else unit.folder.literal(key) or "",
                key_value=key,
                value=value,
                span=call.span,
                scope=call.scope,
                passed_on=write.span,
            )
            found = kept_token(unit, passed)
            if found:
                yield passed, found


def kept_token(unit: Unit, write: StorageWrite) -> Carried | None:
    """The token that a write keeps: what its value carries comes first, then what its key says."""
    key = write.key or (last(write.key_value.path) if isinstance(write.key_value, Ref | Member) else "")
    value = write.value
    folded = unit.folder.fold(value) if value is not None else None
    if not write.initial and (folded is None or is_nothing_kept(folded)):
        return None
    found = carried(unit, value)
    if is_other_key(key):
        is_sure = found is not None and (found.how == "value" or not _SURE.isdisjoint(split(last(found.name))))
        is_sure = is_sure and "state" in split(key)
        return found if is_sure else None
    by_key = Carried(f"'{key}'", "name") if token_key(key) else None
    if isinstance(folded, Text) and is_written_out(folded) and not write.initial:
        return found or (by_key if judge(folded.literal or "").verdict is Verdict.REAL else None)
    if found and found.how == "login" and by_key:
        return by_key
    return found or (by_key if not _is_condition(value) else None)


def _is_condition(value: Value | None) -> bool:
    """Whether a value says something about a token (``String(token !== null)``) and is none."""
    return value is not None and any(isinstance(inner, Opaque) and inner.op == "not" for inner in walk(value))
