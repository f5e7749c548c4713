"""How findings are put right: one module a family, one function a rule of the same name, beside the checks.

A function takes the unit, the match and the variables of the run, and gives a ``Fix`` with edits of the unit's source,
or ``None`` where it knows no way that is right. It changes nothing itself. A fix is safe if the rule says that it may
be and the function does not say that this one is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TypeAlias

from authlint.concepts.encoded import Decoded
from authlint.concepts.unit import Unit
from authlint.edits import Fix, inward, lifted
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.ruleset.rules import Case, Rule

Propose: TypeAlias = Callable[[Unit, Match, Variables], "Fix | None"]


def fix_of(rule: Rule, match: Match, unit: Unit, units: Sequence[Unit], variables: Variables) -> Fix | None:
    """The fix of what a rule found in a unit, with edits of the file; ``units`` are all units of the file.

    What is found in a file as a whole is put right in the language it stands in.
    """
    applicability = rule.cases.get(match.case, Case()).autofix or rule.autofix
    propose = _function(rule) if applicability in ("safe", "unsafe") else None
    if propose is None or isinstance(unit.source, Decoded):
        return None
    for inner, place in _innermost(match, unit, units):
        fix = propose(inner, place, variables)
        if fix is None:
            continue
        edits = tuple(lifted(inner.source, edit) for edit in fix.edits)
        if edits and None not in edits:
            safe = applicability == fix.applicability == "safe"
            return fix._replace(edits=edits, applicability="safe" if safe else "unsafe")  # type: ignore[arg-type]  # no None
    return None


def _innermost(match: Match, unit: Unit, units: Sequence[Unit]) -> list[tuple[Unit, Match]]:
    """The units inside a unit that hold a match, those that are deepest first, and the match in each."""
    found = [(unit, match)]
    for other in units:
        if other is unit or isinstance(other.source, Decoded) or other.source.parent is None or not unit.is_file:
            continue
        span = inward(other.source, match.span)
        if span is not None:
            found.append((other, replace(match, span=span)))
    return sorted(found, key=lambda pair: -_depth(pair[0]))


def _depth(unit: Unit) -> int:
    source, depth = unit.source, 0
    while source.parent is not None:
        source, depth = source.parent, depth + 1
    return depth


def _function(rule: Rule) -> Propose | None:
    try:
        module = import_module(f"authlint.fixes.{rule.family}")
    except ModuleNotFoundError:
        return None  # a family of the user's own
    function: Propose | None = getattr(module, rule.check, None)
    return function
