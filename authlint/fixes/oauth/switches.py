"""What protects an authorization request is switched on again (AUT404, AUT408, AUT409)."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.facts import Const
from authlint.fixes.removal import flipped, removed
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.values.texts import key_of

_CHECKS_NOTHING = re.compile(rb"checks:\s{0,8}\[\s{0,8}[\"']none[\"']\s{0,8}\]\Z")
_CLEARTEXT = re.compile(rb"[\"'`]?http(?=://)")


def oauth_state_check_disabled(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The check is switched on again, or nothing said of it, where that means the same."""
    del variables
    if _CHECKS_NOTHING.match(unit.source.data, *match.span):
        edit = removed(unit, match.span)
    else:
        edit = flipped(unit, match.span) or _state_option(unit, match)
    return Fix("Let state be checked", (edit,)) if edit else None


def _state_option(unit: Unit, match: Match) -> Edit | None:
    """``state: false`` in the options of a call."""
    start, end = match.span
    for found in unit.facts.maps:
        if start <= found.span[0] and found.span[1] <= end:
            for entry in found.entries:
                if key_of(entry) == "state" and isinstance(entry.value, Const) and entry.value.value is False:
                    return flipped(unit, entry.value.span)
    return None


def oidc_nonce_missing(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """An option that is off is switched on. A nonce that nothing compares would protect nothing, so none is added."""
    del variables
    edit = flipped(unit, match.span)
    return Fix("Switch the nonce on", (edit,)) if edit else None


def insecure_redirect_uri(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """``https``; the provider must know the new URI as well."""
    del variables
    found = _CLEARTEXT.match(unit.source.data, *match.span)
    return Fix("Write https://", (Edit((found.end(), found.end()), "s"),)) if found else None
