"""A callback compares the state with the one that the same source keeps (AUT403)."""

from __future__ import annotations

from authlint.concepts.oauth.callbacks import Callback, callbacks
from authlint.concepts.oauth.oauth import authorization_requests
from authlint.concepts.oauth.regions import Regions
from authlint.concepts.unit import Unit
from authlint.concepts.web.sessions import Place, forgets, is_free, kept_state, sessions_at
from authlint.edits import Fix
from authlint.facts import Call
from authlint.fixes.additions import at_end
from authlint.fixes.statements import before, body_of
from authlint.fixes.variables import Variables
from authlint.match import Match


def oauth_state_unverified(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The client is given the state that was kept, or the function ends where it is another one."""
    del variables
    if match.case not in ("", "local", "presence", "mentioned"):
        return None
    callback = next((found for found in unit.derived(callbacks) if found.span == match.span), None)
    if callback is None or not _is_sent_everywhere(unit):
        return None
    for place in sessions_at(unit, callback.function):
        key = kept_state(unit, place)
        if key:
            return _told(unit, callback, place, key) if callback.whole_url else _checked(unit, callback, place, key)
    return None


def _is_sent_everywhere(unit: Unit) -> bool:
    """Whether each request that begins here sends a state: a callback may be for any of them."""
    return all(r.how == "library" or r.open or "state" in r.parameters for r in unit.derived(authorization_requests))


def _told(unit: Unit, callback: Callback, place: Place, key: str) -> Fix | None:
    """The client that is made for the callback compares with the state it is given."""
    exchange = next((meant for meant in unit.meaning("token-request") if meant.call.span == callback.exchange), None)
    taken = place.take(key)
    if exchange is None or not taken:
        return None
    maker = exchange.name.rpartition(".")[0]
    region = unit.derived(Regions).calls(callback.region)
    made: list[Call] = [call for call in region if f"{unit.names.callee(call)}()" == maker]
    edit = at_end(unit, made[0], [f"state={taken}"]) if len(made) == 1 and unit.source.language == "python" else None
    description = "Let the client compare the state with the one that was kept"
    return Fix(description, (edit,), imports=place.imports((taken,))) if edit else None


def _checked(unit: Unit, callback: Callback, place: Place, key: str) -> Fix | None:
    lines = place.check(key)
    if lines is None or not is_free(unit, place.row.names[1:]):
        return None
    owner = unit.facts.function_of(callback.function)
    if any(unit.names.function(call) == owner for call in unit.facts.calls):
        return None  # what it gives back is not the answer that is sent
    inside = unit.facts.function_of(unit.facts.scope_at(callback.span)) == owner
    parameters = {parameter.span for parameter in unit.facts.scopes[owner].params}
    read = callback.span if inside and callback.span not in parameters else None
    if read and forgets(unit, unit.facts.scopes[owner].span[0], read[0]):
        read = None  # what was kept is not there any more
    edit = before(unit, read, *lines) if read else None
    first = body_of(unit, owner) if edit is None else None
    edit = before(unit, first, *lines) if first else edit
    description = "Stop where the state is not the one that was kept"
    return Fix(description, (edit,), imports=place.imports(lines)) if edit else None
