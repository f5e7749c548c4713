"""Is the ``state`` of a callback compared with what was kept for this browser (RFC 6749 §10.12, RFC 9700 §4.7.1)?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, TypeAlias

from authlint.concepts.given import Given, named
from authlint.concepts.oauth.callbacks import Callback, reads_parameter
from authlint.concepts.oauth.regions import Regions
from authlint.concepts.unit import Unit
from authlint.facts import Call, Compare, Const, Lambda, Member, Opaque, Ref, Text, Value, children, dotted, walk
from authlint.names import is_state_name, last, split
from authlint.source import Span
from authlint.values.texts import is_nothing, key_of

Verdict: TypeAlias = Literal["compared", "unknown", "itself", "pkce", "presence", "mentioned", "shared", "unread"]
"""``unknown``: something is done with it that may be a comparison. ``itself``: it is compared with itself.

``pkce``: a verifier or a nonce is used instead. ``presence``: there must be one, whichever it is; ``mentioned``: only
whether there is one is looked at. ``shared``: it is looked up in something that all browsers share. ``unread``: nothing
looks at it.
"""

_IDLE = re.compile(
    r"(?i)(?:^|\.)(?:log|debug|info|warn|warning|error|print|puts|printf|log_?\w*|redirect|json|send|render"
    r"|decode_?URI\w*|atob|unquote\w*|unescape|str|string|repr|from|split|strip|trim|to_?string|to_s|urlencode|stringify"
    r"|append|p?format|push|encode\w*|b64decode|urlsafe_b64decode|dumps|escape|jsonify|return|parse_qsl?|urlparse|urlsplit|len|bool"
    r"|set_?(?:url_?)?(?:search|query)_?par\w{2,5}|use(?:Layout)?Effect|useCallback|useMemo)$"
    r"|^(?:json|base64|codecs|qs|querystring|url|buffer|pickle|ujson)\."
)
_NAVIGATION = re.compile(r"(?i)(?:^|[._])(?:navigate\w*|push|replace|redirect|(?:nav|router)?link|prefetch)$")
_VERIFIER = frozenset({"codeverifier", "verifier", "pkceverifier"})
_SESSION = re.compile(r"(?i)session|cookie|storage|cache|store|flash|redis|db")


_IDLE_MEANINGS = frozenset(
    ("same", "query-string", "url", "merge", "storage-write", "authorization-request", "strong-random", "digest")
)
_CHECKING = frozenset(("verify", "check", "validate", "valid", "compare"))
_MAKING = frozenset(("generate", "create", "make", "new", "random", "build", "gen"))


def state_check(unit: Unit, callback: Callback) -> Verdict:
    """What a callback does with the state it is given."""
    found = set(_looks(unit, callback))
    order: tuple[Verdict, ...] = ("compared", "unknown", "pkce", "itself", "shared", "presence", "mentioned")
    return next((verdict for verdict in order if verdict in found), "unread")


def _looks(unit: Unit, callback: Callback) -> Iterator[Verdict]:
    regions = unit.derived(Regions)
    if _is_guarded(unit, callback):
        yield "compared"
    for compare in regions.compares(callback.region):
        yield from _comparison(unit, compare)
    for call in regions.calls(callback.region):
        yield from _use(unit, call, callback)
    handed = unit.derived(_handed)
    for function in callback.region:
        for given in handed.get(function, ()):
            yield from _handed_over(unit, last(given.path), given.value)
    if unit.derived(_imports_pkce):
        yield "pkce"
    for head in regions.heads(callback.region):
        if any(
            isinstance(part, Opaque) and part.op == "not" and any(map(_is_state, part.operands)) for part in walk(head)
        ):
            yield "presence"
        elif _asks_whether(head):
            yield "mentioned"


def _handed(unit: Unit) -> dict[int, list[Given]]:
    """What is given by name in each function, other than to variables and to new authorization requests."""
    index: dict[int, list[Given]] = defaultdict(list)
    for given in unit.derived(named):
        if not given.bound and not _is_sent(given) and not _is_navigation(given):
            index[unit.facts.function_of(given.scope)].append(given)
    return index


def _is_navigation(given: Given) -> bool:
    """Whether a value goes along to another page: ``navigate("/", { state })``, ``<Redirect to={{ state }} />``."""
    return given.call is not None and _NAVIGATION.search(given.call.callee) is not None


def _imports_pkce(unit: Unit) -> bool:
    return any("pkce" in split(item.name) for item in unit.facts.imports)


def _asks_whether(head: Value) -> bool:
    """Whether a branch depends on there being a state, whatever it is."""
    if isinstance(head, Compare):
        return False
    return _is_state(head) or any(_asks_whether(inner) for inner in children(head))


def _is_guarded(unit: Unit, callback: Callback) -> bool:
    """Whether what runs before the callback is named for it: a decorator, a middleware, a filter of the class."""
    facts = unit.facts
    names: list[str] = []
    for scope in facts.around(callback.function):
        names += [dotted(decorator) for decorator in facts.scopes[scope].decorators]
    for call in unit.derived(_registrations).get(callback.function, ()):
        names += [dotted(argument) for argument in call.args if isinstance(argument, Ref | Call)]
    for meant in unit.meaning("guard"):
        names += [argument.literal or "" for argument in meant.call.args if isinstance(argument, Text)]
    return any("state" in split(name) for name in names)


def _registrations(unit: Unit) -> dict[int, list[Call]]:
    """For each function that is an argument of a call, the calls: ``app.get(path, check, (req, res) => …)``."""
    index: dict[int, list[Call]] = defaultdict(list)
    for call in unit.facts.calls:
        for argument in call.args:
            if isinstance(argument, Lambda):
                index[argument.body].append(call)
    return index


def _comparison(unit: Unit, compare: Compare) -> Iterator[Verdict]:
    left, right = compare.left, compare.right
    sides = [side for side in (left, right) if any(_is_state(inner) for inner in walk(side))]
    if not sides:
        if any("nonce" in split(dotted(inner)) for side in (left, right) for inner in walk(side)):
            yield "pkce"
        return
    other = right if sides[0] is left else left
    if is_nothing(other) or isinstance(other, Const) or (compare.op in ("in", "not in") and isinstance(left, Text)):
        yield "mentioned"
    elif isinstance(other, Text) and other.literal is not None:
        return  # what everybody can read in the source proves nothing
    elif dotted(left) and dotted(left) == dotted(right):
        yield "itself"
    elif compare.op in ("in", "not in") and _is_shared(unit, other):
        yield "shared"
    else:
        yield "compared"


def _is_shared(unit: Unit, container: Value) -> bool:
    """Whether a container is a variable of the module: whoever started a login, its state is in there."""
    if not isinstance(container, Ref) or _SESSION.search(container.path) or "." in container.path:
        return False
    bindings = unit.names.bindings(container.path, container.scope)
    return bool(bindings) and all(unit.names.home_of(binding) == 0 for binding in bindings)


def _is_sent(given: Given) -> bool:
    """Whether a value is a parameter of a new authorization request, rather than something to compare with."""
    keys = {key_of(entry) for entry in given.holder.entries} if given.holder else set()
    return "response_type" in keys or ("code" not in keys and not keys.isdisjoint(("scope", "prompt")))


def _use(unit: Unit, call: Call, callback: Callback) -> Iterator[Verdict]:
    """What a call in the callback does: it is named for a state, given one, or given all parameters of the request."""
    name = last(call.callee)
    words = split(name)
    if _MAKING.isdisjoint(words) and (is_state_name(name) or ("csrf" in words and not _CHECKING.isdisjoint(words))):
        yield "compared"
    if _is_idle(unit, call):
        return
    given = [*call.args, *(value for name, value in call.named if name != "state" or not _is_client(unit, call))]
    if any(_is_state(inner) for value in given for inner in walk(value)) and not reads_parameter(unit, call, "state"):
        yield "shared" if _is_lookup_in_shared(unit, call) else "unknown"
    known = callback.whole_url or unit.names.function(call) is not None
    if not known and any(_is_whole_request(unit, argument) for argument in call.args):
        yield "unknown"


def _is_client(unit: Unit, call: Call) -> bool:
    """Whether a call makes what exchanges the code: it compares with the state it is given, and does no more."""
    made = f"{unit.names.callee(call)}()."
    return any(meant.call is call or meant.name.startswith(made) for meant in unit.meaning("token-request"))


def _is_idle(unit: Unit, call: Call) -> bool:
    """Whether a call only shows, sends, takes apart or keeps what it is given."""
    if _IDLE.search(call.callee) or _NAVIGATION.search(call.callee):
        return True
    row = unit.meanings.calls.get(unit.names.callee(call))
    return row is not None and row.means in _IDLE_MEANINGS


def _is_lookup_in_shared(unit: Unit, call: Call) -> bool:
    holder, _, method = call.callee.rpartition(".")
    return method in ("has", "get", "includes", "pop", "delete") and _is_shared(
        unit, Ref(holder, call.scope, call.span)
    )


def _is_whole_request(unit: Unit, value: Value) -> bool:
    """Whether all parameters of the request are handed over: ``validate(req.query)``."""
    return isinstance(value, Ref) and reads_parameter(unit, Ref(f"{value.path}.code", value.scope, value.span), "code")


def _handed_over(unit: Unit, name: str, value: Value) -> Iterator[Verdict]:
    """A state, verifier or nonce that is given to a library by name."""
    words = "".join(split(name))
    if words in _VERIFIER and not (isinstance(value, Text) and value.literal is not None) and not is_nothing(value):
        yield "pkce"
    elif words in ("state", "expectedstate", "checks") and not isinstance(value, Const | Text | Lambda):
        from_request = any(reads_parameter(unit, inner, "state") for inner in (value, unit.folder.fold(value)))
        if not from_request:
            yield "compared"


def _is_state(value: Value) -> bool:
    match value:
        case Ref(path=path) | Member(path=path):
            return is_state_name(last(path))
        case Text():
            return value.literal is not None and is_state_name(value.literal)
        case _:
            return False


def switched_off(unit: Unit) -> Iterator[tuple[Span, str, bool]]:
    """Calls that are told not to look at the state: where, how, and whether a signature in it is verified instead."""
    for meant in unit.meaning("authorization-request"):
        state, store = unit.argument(meant, "state"), unit.argument(meant, "store")
        if isinstance(state, Const) and state.value is False:
            yield meant.call.span, "state: false", False
        elif store is not None and _keeps_nothing(unit, store):
            yield meant.call.span, "a store that keeps nothing", False
    for call in unit.facts.calls:
        for value in (*call.args, *(value for _, value in call.named)):
            if unit.read_means(value) == "state-check-off" and not unit.names.bindings(dotted(value), call.scope):
                yield value.span, last(dotted(value)), _verifies_signature(unit, call)


def _keeps_nothing(unit: Unit, store: Value) -> bool:
    """Whether a state store agrees to every state: ``{ verify: (req, state, done) => done(null, true) }``."""
    verify = unit.folder.entry(store, "verify")
    if not isinstance(verify, Lambda):
        return False
    facts = unit.facts
    calls = [call for call in facts.calls if verify.body in facts.around(call.scope)]
    agreed = [c for c in calls if len(c.args) > 1 and isinstance(c.args[1], Const) and c.args[1].value is True]
    return bool(agreed) and len(calls) == len(agreed)


def _verifies_signature(unit: Unit, call: Call) -> bool:
    regions = unit.derived(Regions)
    region = regions.of(unit.facts.function_of(call.scope))
    names = {unit.names.callee(other) for other in regions.calls(region)}
    rows = [row for name in names if (row := unit.meanings.calls.get(name)) is not None]
    return any(row.means in ("jwt-verify", "signed") for row in rows)
