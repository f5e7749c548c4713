"""Functions of the file that pass on what they are given: ``save(key, value)`` writes what its callers hand it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TypeAlias

from authlint.concepts.unit import Unit
from authlint.facts import Call, Lambda, Map, Ref, Value, walk

_OFTEN = 16

_Handed: TypeAlias = tuple[Call, Value | None, Value | None]


def parameter_in(unit: Unit, value: Value | None, scope: int) -> str:
    """The parameter of the function around ``scope`` that a value is, or is made of; empty if there is none."""
    function = unit.facts.function_of(scope)
    for inner in walk(value) if function and value is not None else ():
        if isinstance(inner, Ref) and unit.names.parameter_of(inner.path, inner.scope) == function:
            return inner.path
    return ""


class Helpers:
    """Which functions have been followed to their callers: one that writes very often is not followed each time."""

    def __init__(self, unit: Unit) -> None:
        """Nothing has been followed yet."""
        self._unit = unit
        self._followed: Counter[int] = Counter()

    def calls_of(self, scope: int) -> Iterator[tuple[Call, dict[str, Value]]]:
        """As :func:`calls_of`; nothing when it was asked for often."""
        function = self._unit.facts.function_of(scope)
        self._followed[function] += 1
        if self._followed[function] < _OFTEN:
            yield from calls_of(self._unit, scope)

    def handed(
        self, scope: int, name: Value | None, value: Value | None
    ) -> Iterator[tuple[Call, Value | None, Value | None]]:
        """Each call that hands on what a helper keeps under a name: the call, and the name and the value it gives.

        The name is the same object where the helper knows it by itself.
        """
        by_value = parameter_in(self._unit, value, scope)
        by_name = parameter_in(self._unit, name, scope)
        for call, given in self.calls_of(scope) if by_value else ():
            yield call, given.get(by_name) if by_name else name, given.get(by_value)


def calls_of(unit: Unit, scope: int) -> Iterator[tuple[Call, dict[str, Value]]]:
    """Each call of the function around ``scope`` in this file, with what it gives each parameter."""
    function = unit.facts.function_of(scope)
    parameters = [p for p in unit.facts.scopes[function].params if p.name not in ("self", "cls")]
    for call in unit.derived(_by_function).get(function, ()):
        given = {p.name: value for p, value in zip(parameters, call.args, strict=False)}
        given.update({name: value for name, value in call.named if any(p.name == name for p in parameters)})
        yield call, given


def _by_function(unit: Unit) -> dict[int, list[Call]]:
    """The calls of each function of the file: by its name, or as a method of a class or object of the file."""
    scopes = unit.facts.scopes
    methods: dict[tuple[str, str], int] = {}
    for number, scope in enumerate(scopes):
        owner = scopes[scope.parent] if number else scope
        if scope.kind == "function" and owner.kind == "class":
            methods[owner.name, scope.name] = number
    for binding in unit.facts.bindings:
        for entry in binding.value.entries if isinstance(binding.value, Map) else ():
            key = getattr(entry.key, "literal", None)
            if key and isinstance(entry.value, Lambda):
                methods[binding.path, key] = entry.value.body
    found: dict[int, list[Call]] = defaultdict(list)
    for call in unit.facts.calls:
        function = unit.names.function(call)
        if function is None and methods and "." in call.callee:
            owner_name, _, method = unit.names.canonical(call.callee, call.scope).rpartition(".")
            function = methods.get((owner_name.removesuffix("()"), method))
        if function is not None and not _is_inside(unit, call, function):
            found[function].append(call)
    return found


def _is_inside(unit: Unit, call: Call, function: int) -> bool:
    return function in unit.facts.around(call.scope)
