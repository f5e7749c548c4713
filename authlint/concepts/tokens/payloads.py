"""What is about to be signed: the names it goes by, and whether somebody could have added to it on its way."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

from authlint.concepts.unit import Meant, Unit
from authlint.facts import Binding, Call, Ref, Value
from authlint.names import split
from authlint.source import Span

_LOOKS_ONLY = re.compile(
    r"(?i)(?:^|\.)(?:print|log|debug|info|warn|error|dumps?|stringify|str|repr|len|inspect|puts|p)$"
)
_NESTED = 4  # assignments inside one another


class Payloads:
    """What a source hands around, indexed once."""

    def __init__(self, unit: Unit, signing: list[Meant]) -> None:
        """``signing`` are the calls that sign: those add nothing."""
        self.unit = unit
        facts = unit.facts
        self._added: dict[int, set[str]] | None = None
        self._signs = {id(meant.call) for meant in signing}
        self._changed: dict[tuple[int, str], int] = {}
        for call in facts.calls:
            for position, argument in enumerate(call.args):
                if isinstance(argument, Ref) and self._may_add(call, position):
                    key = (facts.function_of(call.scope), argument.path)
                    self._changed[key] = min(call.span[0], self._changed.get(key, call.span[0]))
        self._bound: dict[int, list[Binding]] = defaultdict(list)
        for binding in facts.bindings:
            self._bound[binding.scope].append(binding)
        for bindings in self._bound.values():
            bindings.sort(key=_place)

    def names_around(self, call: Call) -> frozenset[str]:
        """The words of what a call's result is bound to, and of the functions around it."""
        facts = self.unit.facts
        scopes = map(facts.scopes.__getitem__, facts.around(call.scope))
        names = [scope.name for scope in scopes if scope.kind == "function"]
        bindings = self._bound.get(call.scope, [])
        at = bisect_right(bindings, (call.span[0], call.span[1]), key=_place)
        names += [b.path for b in bindings[max(0, at - _NESTED) : at] if call.span[0] < b.span[1]]
        return frozenset(word for name in names for word in split(name))

    def is_handed_on(self, payload: Value, signing: Call) -> bool:
        """Whether a payload's name is given to some function on its way, which could add to it."""
        if not isinstance(payload, Ref):
            return False
        changed = self._changed.get((self.unit.facts.function_of(signing.scope), payload.path))
        return changed is not None and changed < signing.span[0]

    def _may_add(self, call: Call, position: int) -> bool:
        """Whether a function could add to a map it is given; one of this file does only where that is seen."""
        if id(call) in self._signs:
            return False
        function = self.unit.names.function(call)
        if function is None:
            return not _LOOKS_ONLY.search(call.callee)
        parameters = [p.name for p in self.unit.facts.scopes[function].params if p.name not in ("self", "cls")]
        name = parameters[position] if position < len(parameters) else ""
        return not name or name in self._added_to().get(function, ())

    def _added_to(self) -> dict[int, set[str]]:
        """The names that each function sets something below, or calls a method of."""
        if self._added is None:
            facts = self.unit.facts
            self._added = defaultdict(set)
            paths = [(binding.path, binding.scope) for binding in facts.bindings]
            for path, scope in (*paths, *((call.callee, call.scope) for call in facts.calls)):
                name, dot, _ = path.partition(".")
                if dot:
                    self._added[facts.function_of(scope)].add(name)
        return self._added


def _place(binding: Binding) -> Span:
    return binding.span
