"""What a module of Python is called where it is needed, and whether it has to be imported for that."""

from __future__ import annotations

from authlint.concepts.unit import Unit
from authlint.source import Span


def called(unit: Unit, module: str, name: str, place: Span) -> tuple[str, tuple[str, ...]] | None:
    """What ``module.name`` is called at a place, and the module to import for it; ``None`` if its name is taken."""
    facts = unit.facts
    late = bool(facts.function_of(facts.scope_at(place)))
    whole = f"{module}.{name}"
    for item in facts.imports:
        if item.name in (module, whole) and facts.scope_at(item.span) == 0:
            if item.span[0] > place[0] and not late:
                return None
            return item.alias if item.name == whole else f"{item.alias}.{name}", ()
    return None if module in unit.derived(_taken) else (whole, (module,))


def _taken(unit: Unit) -> set[str]:
    """The names that a file gives."""
    facts = unit.facts
    taken = {item.alias for item in facts.imports} | {binding.path for binding in facts.bindings}
    return taken | {parameter.name for scope in facts.scopes for parameter in scope.params}
