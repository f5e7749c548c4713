"""A request gets a state, which is kept where the callback finds it (AUT401)."""

from __future__ import annotations

import re

from authlint.concepts.oauth.oauth import AuthorizationRequest, authorization_requests
from authlint.concepts.unit import Unit
from authlint.concepts.web.sessions import forgets, is_free, keeps_state, session_at
from authlint.edits import Edit, Fix
from authlint.facts import Map, Ref, dotted
from authlint.fixes.additions import at_end, in_map, is_written
from authlint.fixes.oauth.parameters import meant_of, request_at, with_parameter
from authlint.fixes.randomness import random_value
from authlint.fixes.statements import before, statement_around
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.source import Span

_LEAVES = re.compile(
    rb"(?:return\s)?(?:window\.|document\.|self\.|top\.)?(?:location(?:\.href)?\s{0,4}=|location\.(?:assign|replace)\()"
)


def oauth_state_missing(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """A random state, kept in the session; or the library is told to do all that itself."""
    del variables
    request = request_at(unit, match.span)
    if request is None:
        return None
    meant = meant_of(unit, request)
    if meant is not None and "state" in meant.row.options:
        edit = with_option(unit, request, "state")
        return Fix("Let the library make and compare a state, in the session", (edit,)) if edit else None
    if meant is not None and meant.row.attributes.get("later"):
        return None  # what is given here is the same for everybody
    adding = _added_later(unit, request)
    kept = keeping(unit, request, adding)
    if kept is None:
        return None
    code, edits, imports = kept
    added = () if adding and edits else with_parameter(unit, request, "state", code)
    return (
        Fix("Send a random state that is kept for this browser", (*edits, *added), imports=imports)
        if added or adding
        else None
    )


def with_option(unit: Unit, request: AuthorizationRequest, *names: str) -> Edit | None:
    """The edit that switches on what a library does itself, where its row says how."""
    meant = meant_of(unit, request)
    options = [meant.row.options[name] for name in names if name in meant.row.options] if meant else []
    if meant is None or len(options) < len(names) or len({where for where, _ in options}) != 1:
        return None
    where, written = options[0][0], [text for _, text in options]
    if not where:
        return at_end(unit, meant.call, written)
    holder = (
        meant.call.args[int(where.partition(".")[0])] if len(meant.call.args) > int(where.partition(".")[0]) else None
    )
    for key in where.split(".")[1:]:
        holder = unit.folder.entry(holder, key) if holder is not None else None
    return in_map(unit, holder, written) if isinstance(holder, Map) and is_written(unit, holder) else None


def _added_later(unit: Unit, request: AuthorizationRequest) -> str:
    """The method by which a URL gets its parameters one after the other, before it is used."""
    text = next((text for text in unit.facts.texts if text.span == request.span), None)
    name = dotted(text.parts[0]) if text is not None and len(text.parts) == 1 and isinstance(text.parts[0], Ref) else ""
    calls = (m.call.callee for m in unit.meaning("url-parameter-set") if m.call.scope == request.scope)
    return next((callee for callee in calls if name and callee.startswith(f"{name}.")), "")


def keeping(
    unit: Unit, request: AuthorizationRequest, adding: str = ""
) -> tuple[str, tuple[Edit, ...], tuple[str, ...]] | None:
    """What a state that is kept for this browser is called, the edits that make and keep one, and their imports.

    ``adding`` is a method that adds it to a request which is about to be used.
    """
    scope = unit.facts.scope_at(request.span)
    place, value = session_at(unit, scope), random_value(unit)
    if place is None or value is None or not place.kept or not is_free(unit, place.row.names):
        return None
    if place.row.kind == "page" and not _leaves(unit, request.built or request.span):
        return None  # made when the page is drawn, it would be made anew when the visitor comes back
    if place.row.kind == "page" and "token" in (request.response_type or "token"):
        return None  # nothing would see to it that the page compares it
    function = unit.facts.scopes[unit.facts.function_of(scope)]
    if forgets(unit, request.span[0], function.span[1]):
        return None
    if keeps_state(unit, place, request.span):
        return (place.kept, (), ()) if not adding else None
    if _comes_later(unit, request):
        return None  # the one before it first, then both have the same
    lines = place.keep(value.code)
    lines = (*lines, f"{adding}('state', {place.kept});") if lines and adding else lines
    edit = before(unit, request.span, *lines) if lines else None
    if lines is None or edit is None:
        return None
    return place.kept, (edit,), (*value.imports, *place.imports((*lines, place.kept)))


def _comes_later(unit: Unit, request: AuthorizationRequest) -> bool:
    """Whether another request without a state is made on the way to this one."""
    before = frozenset(unit.facts.around(unit.facts.scope_at(request.span)))
    return any(scope in before and end <= request.span[0] for scope, end in unit.derived(_without_state))


def _without_state(unit: Unit) -> list[tuple[int, int]]:
    requests = (r for r in unit.derived(authorization_requests) if r.how != "library" and "state" not in r.parameters)
    return [(unit.facts.scope_at(request.span), request.span[1]) for request in requests]


def _leaves(unit: Unit, span: Span) -> bool:
    """Whether a page is left by the statement around a span."""
    around = statement_around(unit, span)
    return around is not None and _LEAVES.match(unit.source.data, around[0]) is not None
