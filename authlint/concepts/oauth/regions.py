"""What runs when a function runs: the function, the functions inside it, and those of the file that it calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TypeVar

from authlint.concepts.unit import Unit
from authlint.facts import Call, Compare, Value

T = TypeVar("T", Call, Compare)
_CALLS_AWAY = 2


class Regions:
    """The functions of one source, with what stands in each; ``unit.derived(Regions)`` makes it once."""

    def __init__(self, unit: Unit) -> None:
        """Index calls and comparisons by the function they stand in."""
        self.unit = unit
        facts = unit.facts
        self._inner: dict[int, list[int]] = defaultdict(list)
        for number, scope in enumerate(facts.scopes):
            if number and scope.kind == "function":
                self._inner[facts.function_of(scope.parent)].append(number)
        self._calls = self._by_function(facts.calls)
        self._compares = self._by_function(facts.compares)
        self._reached: dict[int, frozenset[int]] = {}

    def _by_function(self, facts: Iterable[T]) -> dict[int, list[T]]:
        index: dict[int, list[T]] = defaultdict(list)
        for fact in facts:
            index[self.unit.facts.function_of(fact.scope)].append(fact)
        return index

    def of(self, function: int) -> frozenset[int]:
        """The function, those inside it, and those it calls, one or two calls away; all there are for the module."""
        if function not in self._reached:
            self._reached[function] = self._reach(function)
        return self._reached[function]

    def _reach(self, function: int) -> frozenset[int]:
        reached = set(self.nested(function))
        edge = reached
        for _ in range(_CALLS_AWAY):
            called = {
                target
                for home in edge
                for call in self._calls[home]
                if (target := self.unit.names.function(call)) is not None
            }
            edge = {inner for target in called for inner in self.nested(target)} - reached
            reached |= edge
        return frozenset(reached)

    def nested(self, function: int) -> Iterator[int]:
        """A function and all functions inside it."""
        waiting = [function]
        while waiting:
            inner = waiting.pop()
            yield inner
            waiting.extend(self._inner[inner])

    def around(self, function: int) -> frozenset[int]:
        """What runs when the only function runs that calls this one; nothing if it is called from several or none."""
        callers = self._callers.get(function, set()) - {function}
        return self.of(*callers) if len(callers) == 1 else frozenset()

    @cached_property
    def _callers(self) -> dict[int, set[int]]:
        """For each function of the file those that call it."""
        index: dict[int, set[int]] = defaultdict(set)
        for home, calls in self._calls.items():
            for call in calls:
                target = self.unit.names.function(call)
                if target is not None:
                    index[target].add(home)
        return index

    def siblings(self, function: int) -> frozenset[int]:
        """All functions of the class that a function is a method of; none if it is no method."""
        facts = self.unit.facts
        home = facts.enclosing(function, "class")
        return frozenset(
            number
            for number, scope in enumerate(facts.scopes)
            if home and scope.kind == "function" and facts.enclosing(number, "class") == home
        )

    def calls(self, region: frozenset[int]) -> Iterator[Call]:
        """The calls in some functions."""
        return (call for function in sorted(region) for call in self._calls[function])

    def compares(self, region: frozenset[int]) -> Iterator[Compare]:
        """The comparisons in some functions."""
        return (compare for function in sorted(region) for compare in self._compares[function])

    def heads(self, region: frozenset[int]) -> Iterator[Value]:
        """What the branches in some functions test."""
        return (head for function in sorted(region) for head in self._heads.get(function, ()))

    @cached_property
    def _heads(self) -> dict[int, list[Value]]:
        facts = self.unit.facts
        index: dict[int, list[Value]] = defaultdict(list)
        for number, scope in enumerate(facts.scopes):
            if scope.kind == "branch" and scope.head is not None:
                index[facts.function_of(number)].append(scope.head)
        return index
