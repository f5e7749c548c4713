"""How long credentials live (AUT5xx)."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.edits import Fix
from authlint.fixes.removal import removed
from authlint.fixes.variables import Variables
from authlint.match import Match

_OPTION = re.compile(rb"[\"':]?\w{1,60}[\"']?\s{0,8}(?::|=>?)\s{0,8}\w{1,10}\Z")
_RENEWS = re.compile(r"(?i)refresh|renew")


def jwt_expiry_check_disabled(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The option goes, which is stricter; a function that renews tokens may have to read one that is over."""
    del variables
    edit = removed(unit, match.span) if _OPTION.match(unit.source.data, *match.span) else None
    names = (unit.facts.scopes[place].name for place in unit.facts.around(unit.facts.scope_at(match.span)))
    unsafe = any(map(_RENEWS.search, names))
    return Fix("Let the expiry be checked", (edit,), "unsafe" if unsafe else "safe") if edit else None
