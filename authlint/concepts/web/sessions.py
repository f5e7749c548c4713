"""Where a source keeps what is for one browser only: the session of its framework, a cookie, the page's storage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from authlint.concepts.unit import Unit, once
from authlint.facts import Ref, dotted
from authlint.names import is_state_name, last
from authlint.ruleset.libraries import Session
from authlint.source import Span

_FORGETS = re.compile(
    r"(?i)session(?:\.\w+)?\.(?:clear|flush|destroy|regenerate|invalidate)$|^(?:self\.)?reset_session$"
)
_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Place:
    """A session as it is reached from one function: its row, and what the holes of the row's code are called there.

    ``missing`` are the objects that would have to be imported, by hole.
    """

    row: Session
    names: dict[str, str]
    missing: dict[str, str]

    def keep(self, value: str) -> tuple[str, ...] | None:
        """Statements that keep a value under the key that is usual."""
        return self._filled(self.row.keep, key=self.row.key, value=value)

    @property
    def kept(self) -> str:
        """What the value is called once it is kept."""
        filled = self._filled((self.row.kept,), key=self.row.key)
        return filled[0] if filled else ""

    def check(self, key: str) -> tuple[str, ...] | None:
        """Statements that end the function unless the state of the request is the one that was kept."""
        return self._filled(self.row.check, key=key) or None

    def take(self, key: str) -> str:
        """The expression that reads what was kept for the last time; empty where there is none."""
        filled = self._filled((self.row.take,), key=key)
        return filled[0] if filled else ""

    def imports(self, lines: Iterable[str]) -> tuple[str, ...]:
        """What must be imported for the code of the row that some lines are made of."""
        text = "\n".join(lines)
        return tuple(name for hole, name in self.missing.items() if re.search(rf"\b{self.names[hole]}\b", text))

    def _filled(self, lines: tuple[str, ...], **more: str) -> tuple[str, ...] | None:
        names = {**self.names, **more}
        known = {*self.names, *more, "request", "response", "key", "value"}
        if any(hole in known and hole not in names for line in lines for hole in _HOLE.findall(line)):
            return None
        return tuple(_HOLE.sub(lambda hole: names.get(hole[1], hole[0]), line) for line in lines)


def session_at(unit: Unit, scope: int) -> Place | None:
    """The session that can be reached from a scope; none where the source does not show that there is one."""
    return next(sessions_at(unit, scope), None)


def sessions_at(unit: Unit, scope: int) -> Iterator[Place]:
    """All of them, the best first."""
    facts = unit.facts
    function = facts.function_of(scope)
    for row in unit.meanings.sessions:
        if (row.kind == "page") != unit.context.browser or (row.kind != "page" and not function):
            continue
        names = _around(unit, row, scope)
        if row.imports and not any(item.name.startswith(row.imports) for item in facts.imports):
            continue
        if not _is_shown(unit, row, names) or _needs_request(row, names):
            continue
        begin = facts.scopes[function].span[0]
        if row.function and not re.match(row.function, unit.source.data[begin : begin + 80].decode("utf-8", "replace")):
            continue
        called = {hole: _called(unit, name) for hole, name in row.objects.items()}
        names.update((hole, called[hole] or last(name)) for hole, name in row.objects.items())
        missing = {hole: name for hole, name in row.objects.items() if not called[hole]}
        if not unit.derived(_taken).isdisjoint(map(last, missing.values())):
            continue
        yield Place(row, names, missing)


def _called(unit: Unit, name: str) -> str:
    """What something is called in a source that imports it, or the module that it is in; empty if it does neither."""
    module = name.rpartition(".")[0]
    aliases = {item.name: item.alias for item in unit.facts.imports}
    return aliases.get(name) or (f"{aliases[module]}.{last(name)}" if module in aliases else "")


def _around(unit: Unit, row: Session, scope: int) -> dict[str, str]:
    """What the request and the response are called in the function around a scope that has them."""
    for name in row.request:
        owner = unit.names.parameter_of(name, scope)
        if owner is not None:
            parameters = [parameter.name for parameter in unit.facts.scopes[owner].params]
            behind = parameters[parameters.index(name) + 1 :]
            return {"request": name, **({"response": behind[0]} if behind else {})}
    return {}


def _needs_request(row: Session, names: dict[str, str]) -> bool:
    return "request" not in {*names, *row.objects} and any("{request}" in line for line in row.keep)


def _is_shown(unit: Unit, row: Session, names: dict[str, str]) -> bool:
    wanted = [_HOLE.sub(lambda hole: names.get(hole[1], "?"), pattern) for pattern in row.shown]
    mentioned = unit.derived(_mentioned)
    for pattern in wanted:
        if pattern.startswith("*"):
            if any(name.endswith(pattern[1:]) for name in mentioned):
                return True
        elif pattern in mentioned:
            return True
    return not wanted


@once
def _mentioned(unit: Unit) -> frozenset[str]:
    """Every name that is imported, read, called or bound, and what each of them begins with."""
    facts = unit.facts
    paths = {item.name for item in facts.imports}
    for path in (
        *(b.path for b in facts.bindings),
        *(dotted(r) for r in facts.reads),
        *(c.callee for c in facts.calls),
    ):
        while path and path not in paths:
            paths.add(path)
            path = path.rpartition(".")[0]  # noqa: PLW2901 - from the whole to its beginning
    return frozenset(paths)


def kept_state(unit: Unit, place: Place) -> str:
    """The key under which the source keeps a state in a session; empty if there is none, or more than one."""
    keys = {key for kind, key in unit.derived(_kept_states) if kind == place.row.kind}
    return keys.pop() if len(keys) == 1 else ""


def keeps_state(unit: Unit, place: Place, span: Span) -> bool:
    """Whether a state was kept under the usual key on the way to a place."""
    kept = [(scope, end) for name, scope, end in unit.derived(_named) if name == place.row.key]
    before = frozenset(unit.facts.around(unit.facts.scope_at(span))) if kept else ()
    return any(scope in before and end <= span[0] for scope, end in kept)


@once
def _named(unit: Unit) -> list[tuple[str, int, int]]:
    """What is called as a state is kept: the last name, its scope, and where it ends."""
    keys = {row.key for row in unit.meanings.sessions}
    found = [(last(b.path), b.scope, b.span[1]) for b in unit.facts.bindings if last(b.path) in keys]
    for call in unit.facts.calls:
        literal = unit.folder.literal(call.args[0]) if call.args else None
        if literal in keys and literal is not None:
            found.append((literal, call.scope, call.span[1]))
    return found


def forgets(unit: Unit, start: int, end: int) -> bool:
    """Whether a session is emptied between two places."""
    return any(start <= at < end for at in unit.derived(_emptied))


@once
def _emptied(unit: Unit) -> list[int]:
    return [call.span[0] for call in unit.facts.calls if _FORGETS.search(call.callee)]


@once
def _kept_states(unit: Unit) -> frozenset[tuple[str, str]]:
    found = set()
    for binding in unit.facts.bindings:
        owner, _, key = binding.path.rpartition(".")
        if last(owner) == "session" and is_state_name(key):
            found.add(("session", key))
    for meant in unit.meaning("cookie-write"):
        name = unit.folder.literal(unit.argument(meant, "name")) or ""
        if is_state_name(name):
            found.add(("cookie", name))
    return frozenset(found)


def is_free(unit: Unit, names: Iterable[str]) -> bool:
    """Whether nothing in a source has one of these names yet, nor is one read that comes from elsewhere."""
    return unit.derived(_used).isdisjoint(names)


@once
def _used(unit: Unit) -> frozenset[str]:
    return unit.derived(_taken).union(read.path for read in unit.facts.reads if isinstance(read, Ref))


@once
def _taken(unit: Unit) -> frozenset[str]:
    facts = unit.facts
    taken = {b.path for b in facts.bindings} | {item.alias for item in facts.imports}
    return frozenset(taken | {parameter.name for scope in facts.scopes for parameter in scope.params})
