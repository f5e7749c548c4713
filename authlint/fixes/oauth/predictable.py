"""A state that can be guessed is replaced by one that cannot (AUT402)."""

from __future__ import annotations

import re
from itertools import pairwise

from authlint.concepts.oauth.oauth import AuthorizationRequest
from authlint.concepts.oauth.randomness import has_handlers
from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.facts import Binding, Ref, Text, Value
from authlint.fixes.oauth.parameters import meant_of, request_at
from authlint.fixes.oauth.state import keeping
from authlint.fixes.randomness import random_value
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.values.texts import key_of

_CARRIES = ("user", "address")
_ONCE = "made once"
_PARAMETER = re.compile(r"(?:^|[?&])state=\Z")


def oauth_state_predictable(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The variable gets another value, or the request one that is kept; what carries something is left alone."""
    del variables
    request = request_at(unit, match.span)
    reason = match.fields["reason"]
    if request is None or reason.startswith(_ONCE) or any(word in reason for word in _CARRIES):
        return None
    value = _written(unit, request)
    binding = _variable(unit, value) if value is not None else None
    if binding is not None:
        return _replaced(unit, request, binding)
    if value is None or isinstance(value, Ref) or not _stands_alone(unit, value) or _is_told_apart(unit, value):
        return None
    made = random_value(unit)
    if request.how == "library" and made is not None and not _is_for_all(unit, request, request.scope):
        return Fix("Make state at random", (Edit(value.span, made.code),), imports=made.imports)
    kept = keeping(unit, request)
    if kept is None:
        return None
    code, edits, imports = kept
    return Fix("Send a random state that is kept for this browser", (*edits, Edit(value.span, code)), imports=imports)


def _variable(unit: Unit, state: Value) -> Binding | None:
    """The one place where the variable gets its value that a state is read from."""
    found: Binding | None = None
    while isinstance(state, Ref):
        bindings = unit.names.bindings(state.path, state.scope)
        if len(bindings) != 1 or bindings[0].op != "=" or bindings[0] is found:
            return None
        found, state = bindings[0], bindings[0].value
    return found


def _replaced(unit: Unit, request: AuthorizationRequest, binding: Binding) -> Fix | None:
    made = random_value(unit)
    span = binding.value.span
    if made is None or not binding.span[0] <= span[0] < span[1] <= binding.span[1]:
        return None
    if _is_for_all(unit, request, binding.scope):
        return None
    if _is_told_apart(unit, binding.value):
        return None
    return Fix("Make state at random", (Edit(span, made.code),), imports=made.imports)


def _is_told_apart(unit: Unit, value: Value) -> bool:
    """Whether something is compared with a constant: it says which of several requests was answered."""
    literal = unit.folder.literal(value)
    sides = (side for compare in unit.facts.compares for side in (compare.left, compare.right))
    return literal is not None and any(isinstance(side, Text) and side.literal == literal for side in sides)


def _is_for_all(unit: Unit, request: AuthorizationRequest, scope: int) -> bool:
    """Whether what is made in a scope is made once, and used for everybody."""
    if unit.facts.function_of(scope) or unit.context.browser:
        return False
    return bool(unit.facts.function_of(request.scope)) or has_handlers(unit)


def _written(unit: Unit, request: AuthorizationRequest) -> Value | None:
    """The state as it is written in a request, whatever it comes to: a name is still a name."""
    meant = meant_of(unit, request)
    given = meant.argument("state") if meant is not None else None
    if given is not None:
        return given
    start, end = request.span
    maps = [m for m in unit.facts.maps if start <= m.span[0] and m.span[1] <= end]
    entries = [entry.value for found in maps for entry in found.entries if key_of(entry) == "state"]
    texts = [text for text in unit.facts.texts if start <= text.span[0] and text.span[1] <= end]
    holes = [
        hole
        for text in texts
        for before, hole in pairwise(text.parts)
        if isinstance(before, str) and not isinstance(hole, str) and _PARAMETER.search(before)
    ]
    found = [*entries, *holes]
    return found[0] if len(found) == 1 else None


def _stands_alone(unit: Unit, value: Value) -> bool:
    """Whether a value is an argument or an entry of its own, and not a part of something."""
    owned = [v.span for call in unit.facts.calls for v in (*call.args, *(item for _, item in call.named))]
    owned += [entry.value.span for found in unit.facts.maps for entry in found.entries]
    written = unit.source.slice(value.span)
    is_whole = not isinstance(value, Text) or (value.literal is not None and written[1:-1] == value.literal)
    return is_whole and value.span in owned
