"""The client that a request is made with: where its paths begin, and what it always sends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from authlint.concepts.unit import Meant, Unit, once
from authlint.facts import Binding, Call, Map, Ref, Text, Value
from authlint.source import Span
from authlint.values.texts import key_of

_MOST_HEADERS = 200
_BASES = ("baseURL", "base_url", "baseUrl", "defaults.baseURL", "prefixUrl", "BaseAddress")


def client_of(call: Call) -> str:
    """The name of the client whose method a call is; empty for a function of its own."""
    return call.callee.rpartition(".")[0]


def maker_of(unit: Unit, call: Call) -> Meant | None:
    """The call that made the client of a request, if its meaning is known: ``axios.create({ baseURL })``."""
    client = client_of(call)
    made: Value | None = call.receiver
    if client and not isinstance(made, Call):
        bindings = unit.names.bindings(client, call.scope)
        made = bindings[0].value if len(bindings) == 1 else None
    if not isinstance(made, Call):
        return None
    return _meant_by_span(unit).get(made.span)


@once
def _meant_by_span(unit: Unit) -> dict[Span, Meant]:
    return {meant.call.span: meant for meant in unit.meant}


@once
def _bindings_by_value(unit: Unit) -> dict[int, list[Binding]]:
    found: dict[int, list[Binding]] = defaultdict(list)
    for binding in unit.facts.bindings:
        found[id(binding.value)].append(binding)
    return found


@once
def _header_calls(unit: Unit) -> dict[str, list[Call]]:
    """Calls that give a client headers, by the client's name."""
    found: dict[str, list[Call]] = defaultdict(list)
    for call in unit.facts.calls:
        for ending in (".headers.update", ".setRequestHeader"):
            if call.callee.endswith(ending) and call.args:
                found[call.callee.removesuffix(ending)].append(call)
    return found


@once
def _calls_of_functions(unit: Unit) -> dict[int, list[Call]]:
    """Calls of functions of this file, by the function's scope."""
    found: dict[int, list[Call]] = defaultdict(list)
    for call in unit.facts.calls:
        function = unit.names.function(call)
        if function is not None:
            found[function].append(call)
    return found


def base_of(unit: Unit, call: Call) -> Value | None:
    """What the paths of a client's requests are appended to."""
    maker = maker_of(unit, call)
    if maker is not None:
        base = unit.argument(maker, "url")
        if base is not None:
            return base
    client = client_of(call)
    for name in _BASES if client else ():
        bindings = unit.names.bindings(f"{client}.{name}", call.scope)
        if bindings:
            return bindings[-1].value
    return None


def client_headers(unit: Unit, meant: Meant) -> dict[str, Value]:
    """Headers that the session or client of a request always sends: ``session.headers["Authorization"] = …``."""
    found: dict[str, Value] = {}
    if meant.is_("headers", "assigned"):  # request = Get.new(uri); request["Authorization"] = …
        for binding in _bindings_by_value(unit).get(id(meant.call), ()):
            assigned = unit.names.children(binding.path, binding.scope)
            found.update({name: bindings[-1].value for name, bindings in assigned.items()})
    client = client_of(meant.call)
    maker = maker_of(unit, meant.call)
    if maker is not None:
        found.update(_entries(unit, unit.argument(maker, "headers")))
    if client:
        given = unit.derived(_given_headers)
        key = client, meant.call.scope
        if key not in given:
            given[key] = _set_on(unit, *key)
        found.update(given[key])
    return found


def _given_headers(_: Unit) -> dict[tuple[str, int], dict[str, Value]]:
    """What :func:`_set_on` has found, by client and scope."""
    return {}


def _set_on(unit: Unit, client: str, scope: int) -> dict[str, Value]:
    """Headers that a client is given after it is made; the last of them where there are more than anybody sends."""
    found: dict[str, Value] = {}
    for holder in (f"{client}.headers", f"{client}.defaults.headers.common", f"{client}.defaults.headers"):
        for name, bindings in list(unit.names.children(holder, scope).items())[-_MOST_HEADERS:]:
            found[name] = bindings[-1].value
    for other in _header_calls(unit).get(client, ())[-_MOST_HEADERS:]:
        if other.callee.endswith(".update"):
            found.update(_entries(unit, other.args[0]))
        elif len(other.args) > 1:
            header = unit.folder.literal(other.args[0])
            found.update({header: other.args[1]} if header else {})
    return found


def client_auth(unit: Unit, call: Call) -> Value | None:
    """The credentials that a client was made with, or was given later (``session.auth = …``)."""
    maker = maker_of(unit, call)
    given = unit.argument(maker, "auth") if maker is not None else None
    client = client_of(call)
    if given is None and client:
        bindings = unit.names.bindings(f"{client}.auth", call.scope)
        given = bindings[-1].value if bindings else None
    return given


def _entries(unit: Unit, value: Value | None) -> Iterator[tuple[str, Value]]:
    folded = unit.folder.fold(value) if value is not None else None
    if isinstance(folded, Map):
        yield from ((key, entry.value) for entry in folded.entries if (key := key_of(entry)) is not None)


def given_for(unit: Unit, value: Value | None) -> Iterator[Value]:
    """What callers in this file give for the parameter that an address begins with: ``login(session, base_url)``."""
    folded = unit.folder.fold(value) if value is not None else None
    first = folded.parts[0] if isinstance(folded, Text) and folded.parts else folded
    if not isinstance(first, Ref) or "." in first.path:
        return
    owner = unit.names.parameter_of(first.path, first.scope)
    if owner is None:
        return
    parameters = [p.name for p in unit.facts.scopes[owner].params if p.name not in ("self", "cls")]
    for call in _calls_of_functions(unit).get(owner, ()):
        position = parameters.index(first.path) if first.path in parameters else len(call.args)
        given = dict(call.named).get(first.path) or (call.args[position] if position < len(call.args) else None)
        if given is not None:
            yield given
