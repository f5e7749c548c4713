"""What is added to objects after they are made: by calls, and by loops that copy one object into another.

``params.set("state", s)``, ``Object.keys(q).forEach(k => url.searchParams.append(k, q[k]))``,
``for (const [k, v] of Object.entries(q)) params.append(k, v)``.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from authlint.facts import Call, Facts, Lambda, Member, Ref, Value, dotted
from authlint.values.resolve import Names

SETTERS = frozenset({"set", "append", "add", "setdefault", "put", "appendQueryParameter", "addQueryParam"})
"""Methods that add an entry: a key and its value."""

_MOST_PUSHES = 40
_PUSHING = frozenset(("push", "append"))
_ENTRIES = frozenset(("Object.entries", "_.entries", "_.toPairs"))
_EACH = frozenset(("forEach", "map", "each"))


class Additions:
    """What the calls and loops of one source add to objects."""

    def __init__(self, names: Names) -> None:
        """``names`` say what the variables of a loop are bound to."""
        self.names = names
        self.facts: Facts = names.facts

    @cached_property
    def calls(self) -> dict[str, list[Call]]:
        """Calls that add to an object, by the object's path; ``url.searchParams.set`` adds to ``url``."""
        index: dict[str, list[Call]] = defaultdict(list)
        for call in self.facts.calls:
            path, _, method = call.callee.rpartition(".")
            if method in SETTERS or method == "update":
                index[path.removesuffix(".searchParams")].append(call)
            elif call.callee == "Object.assign" and call.args:
                index[dotted(call.args[0])].append(call)
        return index

    def pushed(self, path: str, scope: int) -> tuple[Value, ...]:
        """What a list is given after it is made, one by one: ``params.push("client_id=" + id)``."""
        given = self._pushes.get(path, ())
        if len(given) > _MOST_PUSHES:
            return ()  # no query has so many parameters
        home = self.facts.enclosing(scope, "function", "class")
        calls = (call for call in given if not home or home in self.facts.around(call.scope))
        return tuple(call.args[0] for call in calls)

    @cached_property
    def _pushes(self) -> dict[str, list[Call]]:
        index: dict[str, list[Call]] = defaultdict(list)
        for call in self.facts.calls:
            path, _, method = call.callee.rpartition(".")
            if path and method in _PUSHING and len(call.args) == 1 and not call.named:
                index[path].append(call)
        return index

    def copied(self, key: Value, value: Value) -> Value | None:
        """The object whose entries a call adds, if it adds each of them by this key and this value."""
        if not isinstance(key, Ref) or not isinstance(value, Ref):
            return None
        if value.path.endswith(".[]"):
            return Ref(value.path.removesuffix(".[]"), value.scope, value.span)
        bound = self.names.bindings(value.path, value.scope)
        return self._gone_through(bound[-1].value, bound[-1].scope) if bound else None

    def _gone_through(self, value: Value, scope: int) -> Value | None:
        """What a loop goes through, by the value that its second variable is bound to."""
        around: Value | None = None
        if isinstance(value, Member) and value.path.endswith(".1"):
            around = value.base
        elif isinstance(value, Ref) and value.path == "{}.1":
            caller = self._callers.get(scope)
            around = caller.receiver if caller is not None else None
        return around.args[0] if isinstance(around, Call) and around.callee in _ENTRIES and around.args else None

    @cached_property
    def _callers(self) -> dict[int, Call]:
        """The call that each function is given to which is run for each item, by the scope of the function."""
        return {
            call.args[0].body: call
            for call in self.facts.calls
            if call.args and isinstance(call.args[0], Lambda) and call.callee.rpartition(".")[2] in _EACH
        }
