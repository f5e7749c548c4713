"""Settings that a library row knows by name: options of calls, keys of maps and of configurations, attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from authlint.concepts.unit import Unit
from authlint.facts import Call, Choice, Const, Items, Map, Text, Value, dotted, walk
from authlint.libraries import Switch
from authlint.names import last, split
from authlint.source import Span
from authlint.texts import key_of, pairs

_DEEPEST = 8
_CODE = frozenset({"python", "javascript", "typescript", "tsx", "ruby", "powershell", "shell"})
_INDEX = re.compile(r"\.(?:\d+|\[\])$")


@dataclass(frozen=True, slots=True)
class Given:
    """A value that is given to a dotted name; ``scope`` is where, ``bound`` says that it is an assignment."""

    path: str
    value: Value
    span: Span
    scope: int
    holder: Map | None = None
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A switch that has one of the values its row tells of, and where it is given it."""

    switch: Switch
    given: Given

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.given.span

    @property
    def scope(self) -> int:
        """The scope in which it stands."""
        return self.given.scope

    @property
    def shown(self) -> str:
        """The switch as a message shows it: ``checks: [none]``."""
        value = word(self.given.value)
        return f"{last(self.given.path)}: {value}" if value else last(self.given.path)


def options(unit: Unit, means: str) -> list[Option]:
    """The switches of one meaning that have a value for which they mean it."""
    return [option for option in unit.derived(_all) if option.switch.means == means]


def _all(unit: Unit) -> list[Option]:
    return [
        Option(switch, given)
        for given in unit.derived(givens)
        for switch in unit.meanings.switches.get(given.path)
        if _is_used(unit, given, switch) and _has_value(unit, given.value, switch)
        if _is_in_company(unit, given, switch)
    ]


def extends(unit: Unit, option: Option) -> bool:
    """Whether a switch of a class stands in one that extends what its row says."""
    scope = unit.facts.scopes[option.scope]
    wanted = option.switch.attributes.get("extends", "")
    return scope.head is not None and any(wanted in dotted(base) for base in walk(scope.head))


def _is_used(unit: Unit, given: Given, switch: Switch) -> bool:
    """Whether a value is handed to somebody, rather than kept in a variable of code that may do anything with it."""
    constant = given.path.isupper() and given.path in switch.name
    owned = "." in given.path.removeprefix("self.")
    return not given.bound or owned or unit.source.language not in _CODE or constant


def _is_in_company(unit: Unit, given: Given, switch: Switch) -> bool:
    """Whether one of the names that a switch stands among is there: in the same map, or in the same file."""
    if not switch.beside:
        return True
    wanted = {split(name) for name in switch.beside}
    around = given.path.rpartition(".")[0]
    if given.holder is not None:
        return any(split(key) in wanted for entry in given.holder.entries if (key := key_of(entry)))
    return any(split(last(o.path)) in wanted and o.path.rpartition(".")[0] == around for o in unit.derived(givens))


def _has_value(unit: Unit, value: Value, switch: Switch) -> bool:
    if "*" in switch.values:
        return True
    folded = unit.folder.fold(value)
    alternatives = folded.options if isinstance(folded, Choice) else (folded,)
    words = [word(each) for each in alternatives]
    return all(any(_pattern(wanted).fullmatch(given) for wanted in switch.values) for given in words)


@lru_cache(256)
def _pattern(wanted: str) -> re.Pattern[str]:
    """``*`` and ``?`` stand for any characters, everything else for itself."""
    return re.compile(re.escape(wanted).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def word(value: Value) -> str:
    """A plain value in lower case, the same for every language: ``false``, ``none``, ``[state,pkce]``; else empty."""
    match value:
        case Const(value=None):
            return "none"
        case Const(value=constant):
            return str(constant).lower()
        case Text():
            return (value.literal or "").strip().lower()
        case Items(items=items, open=False):
            return "[" + ",".join(word(item) for item in items) + "]"
        case _:
            return ""


def givens(unit: Unit) -> list[Given]:
    """Every value that is given to a name: bindings, named arguments, entries of maps, ``set("name", value)``."""
    return [*_of_bindings(unit), *_of_calls(unit), *_of_maps(unit)]


def _of_bindings(unit: Unit) -> Iterator[Given]:
    for binding in unit.facts.bindings:
        path = _INDEX.sub("", binding.path)
        yield Given(path, binding.value, binding.span, binding.scope, bound=True)
        yield from _of_pairs(binding.value, binding.scope)


def _of_calls(unit: Unit) -> Iterator[Given]:
    for call in unit.facts.calls:
        owner = call.callee.rpartition(".")[2]
        for argument in (*call.args, *(value for _, value in call.named)):
            yield from _of_pairs(argument, call.scope)
        for name, value in call.named:
            span = value.span if value.span[0] >= call.span[0] else call.span
            yield Given(f"{owner}.{name}", value, span, call.scope)
        if owner in ("set", "append", "add_argument", "use") and len(call.args) == 2:  # noqa: PLR2004 - a name and its value
            name = unit.folder.literal(call.args[0]) or ""
            if name.isidentifier():
                yield Given(name, call.args[1], call.span, call.scope)
        elif len(call.args) == 1 and isinstance(call.args[0], Items) and not call.named:
            yield Given(call.callee, call.args[0], call.span, call.scope)


def _of_pairs(value: Value, scope: int) -> Iterator[Given]:
    """``[("grant_type", "password"), …]``"""
    for entry in pairs(value) if isinstance(value, Items) else ():
        key = key_of(entry)
        if key and key.isidentifier():
            yield Given(key, entry.value, entry.span, scope)


def _of_maps(unit: Unit) -> Iterator[Given]:
    owners = unit.derived(_owners)
    for holder in unit.facts.maps:
        around = _path(holder, owners)
        for entry in holder.entries:
            key = key_of(entry)
            if key:
                yield Given(f"{around}{key}", entry.value, entry.span, _scope(unit, holder, owners), holder)


def map_paths(unit: Unit) -> dict[int, str]:
    """For each map (by identity) the keys and the name that lead to it, where there are any."""
    owners = unit.derived(_owners)
    return {id(found): _path(found, owners).rstrip(".") for found in unit.facts.maps if id(found) in owners}


def _scope(unit: Unit, holder: Map, owners: dict[int, tuple[Map | None, str, int]]) -> int:
    found = owners.get(id(holder))
    return found[2] if found and found[2] >= 0 else unit.facts.scope_at(holder.span)


def _owners(unit: Unit) -> dict[int, tuple[Map | None, str, int]]:
    """For each map inside another, or given to a name: the other one, the key or name, and the scope if known."""
    owners: dict[int, tuple[Map | None, str, int]] = {}
    for outer in unit.facts.maps:
        for entry in outer.entries:
            for inner in _maps_in(entry.value):
                owners[id(inner)] = (outer, key_of(entry) or "[]", -1)
    for binding in unit.facts.bindings:
        for inner in _maps_in(binding.value):
            owners.setdefault(id(inner), (None, binding.path, binding.scope))
    for call in unit.facts.calls:
        _own_arguments(call, owners)
    return owners


def _own_arguments(call: Call, owners: dict[int, tuple[Map | None, str, int]]) -> None:
    for value in call.args:
        for inner in _maps_in(value):
            owners.setdefault(id(inner), (None, call.callee, call.scope))
    for name, value in call.named:
        for inner in _maps_in(value):
            owners.setdefault(id(inner), (None, f"{call.callee}.{name}", call.scope))


def _maps_in(value: Value) -> Iterator[Map]:
    if isinstance(value, Map):
        yield value
    elif isinstance(value, Items):
        yield from (item for item in value.items if isinstance(item, Map))


def _path(holder: Map, owners: dict[int, tuple[Map | None, str, int]]) -> str:
    """The keys and the name that lead to a map, with a dot behind each."""
    names: list[str] = []
    inner: Map | None = holder
    while inner is not None and id(inner) in owners and len(names) < _DEEPEST:
        inner, name, _ = owners[id(inner)]
        names.append(name)
    return "".join(f"{name}." for name in reversed(names))
