"""Libraries that keep tokens by themselves: authentication clients, and state that outlives the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.settings import Setting, settings
from authlint.concepts.tokens.token_names import is_action, token_key
from authlint.concepts.unit import Meant, Unit
from authlint.facts import Call, Choice, Const, Items, Lambda, Map, Member, Ref, Text, Value
from authlint.names import last
from authlint.source import Span
from authlint.values.texts import key_of

_BY_WORD = {
    "localstorage": "localStorage",
    "local": "localStorage",
    "sessionstorage": "sessionStorage",
    "session": "sessionStorage",
    "indexeddb": "IndexedDB",
}
WEB_STORES = frozenset(_BY_WORD.values())
_PARTS = ("pick", "paths", "whitelist", "partialize", "include")


@dataclass(frozen=True, slots=True)
class TokenKeeper:
    """An authentication client is told to keep its tokens in ``store``, by an option at ``span``."""

    store: str
    attributes: dict[str, str]
    span: Span


@dataclass(frozen=True, slots=True)
class PersistedToken:
    """A token is part of a state that a library keeps in ``store``."""

    name: str
    store: str
    library: str
    only: str
    span: Span
    kept: Span


def store_of(unit: Unit, value: Value | None, depth: int = 4) -> str:
    """The store of the browser that a value stands for: a word for it, the object, or what wraps it; or empty."""
    folded = unit.folder.fold(value) if value is not None and depth else None
    match folded:
        case Text(parts=(str(word),)):
            return _BY_WORD.get(word.lower(), "")
        case Ref() | Member():
            row = unit.meanings.reads.get(unit.names.of(folded))
            if row is not None and row.means in ("storage", "web-store", "mobile-store"):
                return row.attributes.get("store", "")
            function = unit.names.function_named(folded.path) if isinstance(folded, Ref) else None
            return _returned(unit, function, depth) if function is not None else ""
        case Call():
            row = unit.meanings.calls.get(unit.names.callee(folded))
            if row is not None and row.means == "store-wrapper":
                return store_of(unit, unit.argument(Meant(folded, "", row), "store"), depth - 1)
        case Lambda(body=body):
            return _returned(unit, body, depth)
        case Items(items=options) | Choice(options=options):
            return next((store for option in options if (store := store_of(unit, option, depth - 1))), "")
    return ""


def _returned(unit: Unit, function: int, depth: int) -> str:
    stores = (store_of(unit, value, depth - 1) for value in unit.names.returns.get(function, ()))
    return next(filter(None, stores), "")


def _entries(unit: Unit) -> dict[Span, Span]:
    """Where the key and value of each option are, by where the value is."""
    return {entry.value.span: entry.span for found in unit.facts.maps for entry in found.entries}


def token_keepers(unit: Unit) -> Iterator[TokenKeeper]:
    """Every authentication client that is told where to keep tokens."""
    seen: set[Span] = set()
    for meant in unit.meaning("token-keeper"):
        value = unit.argument(meant, "store")
        store = store_of(unit, value)
        if value is not None and store:
            seen.add(value.span)
            yield TokenKeeper(store, meant.row.attributes, _option_at(unit, meant.call, value))
    for setting in settings(unit, "token-keeper"):
        store = "" if setting.value.span in seen or not _provides(setting) else store_of(unit, setting.value)
        if store:
            yield TokenKeeper(store, setting.row.attributes, setting.span)


def _provides(setting: Setting) -> bool:
    """Whether the map around a setting is about what its row says (``{ provide: OAuthStorage, useValue: … }``)."""
    wanted = setting.row.attributes.get("provides")
    if wanted is None:
        return True
    entries = setting.holder.entries if setting.holder is not None else ()
    return any(
        key_of(e) == "provide" and isinstance(e.value, Ref | Member) and last(e.value.path) == wanted for e in entries
    )


def _option_at(unit: Unit, call: Call, value: Value) -> Span:
    """The key and value of an option, or the value where it has no key."""
    return unit.derived(_entries).get(value.span, value.span if call.named else call.span)


def persisted_tokens(unit: Unit) -> Iterator[PersistedToken]:
    """Every token in a state that is kept in the storage of the browser."""
    for meant in unit.meaning("persisted-state"):
        needed = unit.argument(meant, "needs")
        if needed is None or (isinstance(needed, Const) and not needed.value):
            continue
        options = unit.argument(meant, "options")
        store = _where(unit, meant, options)
        if not store:
            continue
        for name, span in _kept(unit, meant, options):
            if token_key(last(name)) and not is_action(last(name)):
                only = meant.row.attributes["only"]
                yield PersistedToken(name, store, meant.row.attributes["library"], only, span, meant.call.name_span)


def _where(unit: Unit, meant: Meant, options: Value | None) -> str:
    """The store of a persisted state; empty if the options name one that is not known."""
    given = unit.folder.entry(options, "storage") if options is not None else None
    return meant.row.attributes.get("store", "") if given is None else store_of(unit, given)


def _kept(unit: Unit, meant: Meant, options: Value | None) -> Iterator[tuple[str, Span]]:
    """The names of what is kept: those that the options pick, else all of the state."""
    for part in _PARTS if options is not None else ():
        picked = unit.folder.entry(options, part) if options is not None else None
        if picked is not None:
            yield from _names(unit, picked)
            return
    state = unit.argument(meant, "state")
    if state is not None:
        yield from _names(unit, state)


def _names(unit: Unit, value: Value) -> Iterator[tuple[str, Span]]:
    """The keys of a map, of the map that a function gives, or the texts of a list."""
    folded = unit.folder.fold(value)
    if isinstance(folded, Lambda):
        for given in unit.names.returns.get(folded.body, ()):
            if not isinstance(given, Lambda):
                yield from _names(unit, given)
    elif isinstance(folded, Items):
        yield from ((item.literal, item.span) for item in folded.items if isinstance(item, Text) and item.literal)
    elif isinstance(folded, Map):
        for entry in folded.entries:
            key = key_of(entry)
            if key and not isinstance(entry.value, Lambda):
                yield key, entry.span
                if isinstance(entry.value, Map):
                    yield from _names(unit, entry.value)
