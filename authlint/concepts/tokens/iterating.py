"""Which loops and functions run longer than a program that is run once: those that do not only go through a list."""

from __future__ import annotations

from authlint.concepts.unit import Unit
from authlint.facts import Call, Lambda
from authlint.names import last

_EACH = frozenset(
    ("ForEach-Object", "Foreach-Object", "foreach-object", "%", "foreach", "ForEach", "Where-Object", "?", "forEach",
     "map", "filter", "each", "each_with_index", "each_slice", "select", "collect", "flat_map")
)  # fmt: skip


def lasting(unit: Unit, scope: int) -> int:
    """The innermost loop or function around a scope that may run long after it, or again; the module if none does.

    ``for device in devices`` ends with its list, and so does ``devices.each { … }``.
    """
    facts = unit.facts
    inner = facts.enclosing(scope, "loop", "function")
    while inner and _ends(unit, inner):
        inner = facts.enclosing(facts.scopes[inner].parent, "loop", "function")
    return inner


def _ends(unit: Unit, place: int) -> bool:
    scope = unit.facts.scopes[place]
    if scope.kind == "function":
        return place in unit.derived(_blocks)
    return scope.name == "each" or (isinstance(scope.head, Call) and scope.head.callee == "read")


def _blocks(unit: Unit) -> frozenset[int]:
    """Functions that are given to what calls them once for each item of a list."""
    calls = [call for call in unit.facts.calls if last(call.callee) in _EACH]
    return frozenset(argument.body for call in calls for argument in call.args if isinstance(argument, Lambda))
