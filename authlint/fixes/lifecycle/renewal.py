"""When tokens are taken to have ended, and how another one is got (AUT502, AUT503)."""

from __future__ import annotations

from authlint.concepts.tokens.refreshing import refreshes_without_token
from authlint.concepts.tokens.time_units import bare_comparisons, mixtures, unit_of
from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.facts import Call, Member, Ref, Text, walk
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.source import Span

_MARGIN = 60
_ALWAYS_SECONDS = frozenset({"expires_in", "exp"})


def expiry_margin_or_unit(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """Seconds become milliseconds; a minute is taken off."""
    del variables
    if match.case == "margin":
        return _margin(unit, match.span)
    mixture = next((mixture for mixture in mixtures(unit) if mixture.span == match.span), None)
    if mixture is None or not isinstance(mixture.seconds, Ref | Member | Call):
        return None
    end = mixture.seconds.span[1]
    safe = mixture.name in _ALWAYS_SECONDS  # what a standard counts in seconds; another name may be anybody's
    return Fix("Count in milliseconds", (Edit((end, end), " * 1000"),), "safe" if safe else "unsafe")


def _margin(unit: Unit, span: Span) -> Fix | None:
    bare = next((bare for bare in bare_comparisons(unit) if bare.span == span), None)
    if bare is None or len(bare.ends) != 1:
        return None
    end = bare.ends[0]
    if not end.scaled and unit_of(unit, end.clock) == "ms":
        return None  # the units are to be put right first
    start, stop = end.length.span
    if end.scaled:
        return Fix("Take a minute off", (Edit((start, start), "("), Edit((stop, stop), f" - {_MARGIN})")))
    return Fix("Take a minute off", (Edit((stop, stop), f" - {_MARGIN}"),))


def refresh_path_broken(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """A client that acts for itself asks for another token as it asked for the first."""
    del variables
    if match.case:
        return None
    calls = {call.span: call for call in unit.facts.calls}
    obtained = next((first for span, first in refreshes_without_token(unit) if span == match.span), match.span)
    again, call = calls.get(match.span), calls.get(obtained)
    if again is None or call is None or obtained == match.span or again.args or again.named:
        return None
    written = unit.source.slice(call.span)
    if "\n" in written or not _can_be_repeated(unit, call, again):
        return None
    return Fix("Ask for another token", (Edit(match.span, written),))


def _can_be_repeated(unit: Unit, call: Call, again: Call) -> bool:
    """Whether a call means the same in another place; what is written in it as text might be a secret, and stays."""
    for inner in walk(call):
        if isinstance(inner, Text) and any(isinstance(part, str) for part in inner.parts):
            return False
        if isinstance(inner, Ref) and not _is_seen(unit, inner, again):
            return False
    root = call.callee.partition(".")[0]
    return root == "self" or unit.names.bindings(root, call.scope) == unit.names.bindings(root, again.scope)


def _is_seen(unit: Unit, name: Ref, again: Call) -> bool:
    root = name.path if name.path.startswith("self.") else name.path.partition(".")[0]
    return unit.names.bindings(root, name.scope) == unit.names.bindings(root, again.scope)
