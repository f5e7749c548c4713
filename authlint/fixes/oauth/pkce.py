"""PKCE is switched on where that is an option (AUT405)."""

from __future__ import annotations

import re

from authlint.concepts.oauth.authorization import AuthorizationRequest
from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.facts import Call
from authlint.fixes.additions import at_end
from authlint.fixes.oauth.parameters import meant_of, request_at
from authlint.fixes.oauth.state import with_option
from authlint.fixes.removal import flipped
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.values.texts import key_of

_PLAIN = re.compile(rb"plain(?=[\"']\Z)")
_HASH = re.compile(rb"(?i)sha-?256")


def pkce_missing_or_weak(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """An option that is off is switched on, and one that is not given is; a request is not put together anew."""
    del variables
    if match.case == "plain":
        edit = _named_as_it_is(unit, match)
        return Fix("Say that the challenge is a hash", (edit,)) if edit else None
    edit = flipped(unit, match.span)
    request = request_at(unit, match.span) if edit is None and match.case in ("", "confidential") else None
    if request is not None:
        edit = _switched_on(unit, request)
    return Fix("Switch PKCE on", (edit,)) if edit else None


def _named_as_it_is(unit: Unit, match: Match) -> Edit | None:
    """``S256`` for ``plain`` where the challenge is a hash already."""
    found = _PLAIN.search(unit.source.data, *match.span)
    for holder in unit.facts.maps if found else ():
        if any(entry.span == match.span for entry in holder.entries) and found is not None:
            challenge = next((e.value for e in holder.entries if key_of(e) == "code_challenge"), None)
            bindings = unit.names.bindings(getattr(challenge, "path", ""), unit.facts.scope_at(holder.span))
            spans = [b.value.span for b in bindings] or ([challenge.span] if challenge is not None else [])
            if spans and all(_HASH.search(unit.source.data, *span) for span in spans):
                return Edit(found.span(), "S256")
    return None


def _switched_on(unit: Unit, request: AuthorizationRequest) -> Edit | None:
    meant = meant_of(unit, request)
    option = meant.row.options.get("pkce") if meant is not None else None
    if meant is None or option is None:
        return None
    if option[0] == "made":
        maker = _maker(unit, meant.call)
        return at_end(unit, maker, [option[1]]) if maker is not None else None
    has_state = "state" in request.parameters or "state" not in meant.row.options
    return with_option(unit, request, "pkce") if has_state else with_option(unit, request, "pkce", "state")


def _maker(unit: Unit, call: Call) -> Call | None:
    """What made the object that a method is called on, if the same object exchanges the code: it has the verifier."""
    path = call.callee.rpartition(".")[0]
    bindings = unit.names.bindings(path, call.scope)
    if len(bindings) != 1 or not isinstance(bindings[0].value, Call) or bindings[0].value.open:
        return None
    home = unit.facts.function_of(call.scope)
    exchanges = (meant.call for meant in unit.meaning("token-request"))
    same = any(c.callee.rpartition(".")[0] == path and unit.facts.function_of(c.scope) == home for c in exchanges)
    return bindings[0].value if same else None
