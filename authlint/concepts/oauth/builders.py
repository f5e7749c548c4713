"""Authorization requests that a library builds; its row says who adds the state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from authlint.concepts.oauth.authorization import AuthorizationRequest, made_request, parts_of_call, variable_of
from authlint.concepts.unit import Meant, Unit
from authlint.concepts.web.urls import Url, parse
from authlint.facts import Const, Map, Opaque, Ref, Text, Value
from authlint.values.texts import is_nothing, key_of, query_entries

_State: TypeAlias = tuple[int, Value]
"""The number of a call, and the state that it is given."""


def built(unit: Unit) -> Iterator[AuthorizationRequest]:
    """Every request that a library row tells of."""
    for meant in unit.meaning("authorization-request"):
        if any(meant.row.arguments.get(need) and unit.argument(meant, need) is None for need in ("needs", "also")):
            continue
        if _is_another(unit, meant):
            continue
        parameters, unknown = _builder_parameters(unit, meant)
        state = unit.argument(meant, "state")
        state = _given_elsewhere(unit, meant) if state is None else state
        if state is not None and not _is_switched_off(state):
            parameters["state"] = state
        if meant.is_("flow", "implicit"):
            parameters["response_type"] = Text(("token",), meant.call.name_span)
        variable = variable_of(unit, meant)
        if isinstance(variable, Ref):  # url.searchParams.set("state", …) on what the builder made
            added = unit.folder.added(variable.path, variable.scope)
            parameters.update({key: entry.value for entry in added if (key := key_of(entry)) is not None})
        url = _url_argument(unit, meant)
        how: Literal["builder", "library"] = "library" if meant.is_("state", "library") else "builder"
        call = meant.call
        request = made_request(call.span, call.scope, how, url, call, parts_of_call(unit, call), parameters, unknown)
        yield replace(request, supplies=frozenset(key for key, by in meant.row.attributes.items() if by == "library"))


def _is_another(unit: Unit, meant: Meant) -> bool:
    """Whether an argument or an import shows that it is something else of the same name (``unlike`` of the row)."""
    given = unit.argument(meant, "unlike")
    library = meant.row.attributes.get("unlike", "")
    named = bool(library) and any(item.name.startswith(library) for item in unit.facts.imports)
    return named or (given is not None and not is_nothing(given))


def _given_elsewhere(unit: Unit, meant: Meant) -> Value | None:
    """The state that a client is given when it is made, or the method that sends people off (``later`` of the row)."""
    methods, makers = unit.derived(_states)
    later, maker = meant.row.attributes.get("later"), meant.name.rpartition(".")[0]
    given = [found for found in (methods.get(later) if later else None, makers.get(maker)) if found is not None]
    return min(given, key=lambda found: found[0])[1] if given else None


def _states(unit: Unit) -> tuple[dict[str, _State], dict[str, _State]]:
    """The first state that a method of a name is given, and that a client is made with, by what makes it."""
    methods: dict[str, _State] = {}
    makers: dict[str, _State] = {}
    for number, call in enumerate(unit.facts.calls):
        state = next((value for name, value in call.named if name == "state"), None)
        if state is not None:
            methods.setdefault(call.callee.rpartition(".")[2], (number, state))
            makers.setdefault(f"{unit.names.callee(call)}()", (number, state))
    return methods, makers


def _is_switched_off(state: Value) -> bool:
    return isinstance(state, Const) and not state.value


def _builder_parameters(unit: Unit, meant: Meant) -> tuple[dict[str, Value], bool]:
    """The parameters a builder is given and whether there may be others."""
    call = meant.call
    parameters = dict(call.named)
    if meant.row.arguments.get("parameters") == ("named",):
        maps = [folded for argument in call.args if isinstance(folded := unit.folder.fold(argument), Map)]
        parameters.update({key: entry.value for found in maps for entry in found.entries if (key := key_of(entry))})
        return parameters, call.open or len(maps) < len(call.args) or any(found.open for found in maps)
    given = meant.argument("parameters")
    if given is None:
        return parameters, call.open
    folded = unit.folder.fold(given)
    if isinstance(folded, Map):
        if not folded.entries:
            return parameters, True  # everything comes from the client's own settings
        parameters.update({key: entry.value for entry in folded.entries if (key := key_of(entry)) is not None})
        return parameters, folded.open or call.open or any(key_of(entry) is None for entry in folded.entries)
    if isinstance(folded, Text):
        parameters.update({key: entry.value for entry in query_entries(folded) if (key := key_of(entry)) is not None})
        return parameters, any(isinstance(entry.key, Opaque) for entry in query_entries(folded))
    return parameters, True


def _url_argument(unit: Unit, meant: Meant) -> Url | None:
    value = unit.argument(meant, "url")
    folded = unit.folder.fold(value) if value is not None else None
    return parse(folded) if isinstance(folded, Text) else None
