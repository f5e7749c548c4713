"""What is done when a token has ended: a 401 that is answered, a refresh that is asked for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.tokens.expiry import calls_within, is_401
from authlint.concepts.unit import Unit
from authlint.facts import Call, Compare, Const, Ref, Scope, Value, walk
from authlint.names import last
from authlint.source import Span

_REFRESH = re.compile(r"(?i)^_?(?:refresh|renew|reauth)\w*$")
_HARMLESS = re.compile(
    r"(?i)^(?:log|debug|info|warn|warning|error|print|puts|json|text|dispatch|clear\w*|set\w*|remove\w*)$"
)


_REFRESH_TOKEN = frozenset(("refresh_token", "refreshToken"))
_MOST_LATER = 100  # calls after a branch


@dataclass(frozen=True, slots=True)
class Answer:
    """A branch for 401 that renews the token. ``name`` is what renews it, ``problem`` what is wrong after that."""

    span: Span
    name: str
    problem: str


def broken_answers(unit: Unit) -> Iterator[Answer]:
    """Branches for 401 that renew the token and never send again, or that may do so for ever."""
    facts = unit.facts
    branches = {
        index
        for index, scope in enumerate(facts.scopes)
        if scope.kind == "branch" and scope.head is not None and any(is_401(value) for value in walk(scope.head))
    }
    by_branch = calls_within(unit, branches)
    in_order = sorted(facts.calls, key=_start) if by_branch else []
    for index, inside in by_branch.items():
        scope = facts.scopes[index]
        renewals = [call for call in inside if _REFRESH.match(last(call.callee))]
        if renewals and not _sends_again(unit, index, inside, renewals[0], in_order):
            yield Answer(renewals[0].span, renewals[0].callee, "no-retry")
        loop = _endless(unit, index, scope, inside)
        if loop is not None and (renewals or len(inside) > 1):
            yield Answer(loop.span, loop.callee, "loop")


def _sends_again(unit: Unit, branch: int, inside: list[Call], renewal: Call, in_order: list[Call]) -> bool:
    """Whether anything after a renewal could be the request again; what is not known to be harmless could."""
    facts = unit.facts
    function = facts.function_of(branch)
    if facts.scopes[facts.enclosing(branch, "function", "loop")].kind == "loop":
        return True
    after = bisect_right(in_order, facts.scopes[branch].span[1], key=_start)
    later = [call for call in in_order[after : after + _MOST_LATER] if facts.function_of(call.scope) == function]
    for call in (*inside, *later):
        if call is renewal or _REFRESH.match(last(call.callee)) or renewal.span[0] < call.span[0] < renewal.span[1]:
            continue
        if call.span[0] > renewal.span[0] and not _HARMLESS.match(last(call.callee)):
            return True
        if call.span[0] < renewal.span[0] and call.span[1] > renewal.span[1]:  # retry(await refresh())
            return True
    returned = [item for item in facts.returns if branch in facts.around(item.scope)]
    return any(any(inner is renewal for inner in walk(item.value)) for item in returned)


def _start(call: Call) -> int:
    return call.span[0]


def _endless(unit: Unit, branch: int, scope: Scope, inside: list[Call]) -> Call | None:
    """The call by which a function calls itself, with what it was given, where nothing but the 401 guards it."""
    facts = unit.facts
    if not isinstance(scope.head, Compare):
        return None
    function = facts.function_of(branch)
    if not function or any(facts.scopes[place].kind == "branch" for place in facts.around(scope.parent)):
        return None
    parameters = {parameter.name for parameter in facts.scopes[function].params}
    for call in inside:
        if unit.names.function(call) == function and not call.open:
            values: list[Value] = [*call.args, *(value for _, value in call.named)]
            if all(isinstance(value, Ref) and value.path in parameters for value in values):
                return call
    return None


def refreshes_without_token(unit: Unit) -> Iterator[tuple[Span, Span]]:
    """A refresh of what a client was given for itself, which has no refresh token: where, and where it was obtained."""
    for meant in unit.meaning("refresh-without-token"):
        yield meant.call.span, _first(unit, meant.call).span
    for meant in unit.meaning("oauth-session"):
        client, renews = unit.argument(meant, "client"), unit.argument(meant, "renews")
        if client is None or renews is None or (isinstance(renews, Const) and renews.value is None):
            continue
        folded = unit.folder.fold(client)
        if isinstance(folded, Call) and _means(unit, folded) == "client-credentials":
            yield meant.call.span, folded.span
    for call in unit.facts.calls:
        if last(call.callee) in ("refresh!", "refresh") and isinstance(call.receiver, Ref):
            given = [b.value for b in unit.names.bindings(call.receiver.path, call.scope) if b.value is not call]
            obtained = [
                value for value in given if isinstance(value, Call) and _grant(unit, value) == "client_credentials"
            ]
            if obtained and len(obtained) == len(given):
                yield call.span, obtained[0].span


def _first(unit: Unit, refresh: Call) -> Call:
    """The call that gave what is refreshed; the refresh itself if that is not known."""
    token = refresh.receiver
    bindings = unit.names.bindings(token.path, token.scope) if isinstance(token, Ref) else []
    given = [item.value for item in bindings if isinstance(item.value, Call) and item.value is not refresh]
    return given[0] if len(given) == 1 else refresh


def _means(unit: Unit, call: Call) -> str:
    row = unit.meanings.calls.get(unit.names.callee(call))
    return row.means if row is not None else ""


def _grant(unit: Unit, call: Call) -> str:
    row = unit.meanings.calls.get(unit.names.callee(call))
    return row.attributes.get("grant", "") if row is not None else ""


def unused_refresh_tokens(unit: Unit) -> Iterator[tuple[Span, str]]:
    """A refresh token that is taken from a response and never read again."""
    read = {inner.path.partition(".")[0] for inner in unit.facts.reads if isinstance(inner, Ref)}
    for binding in unit.facts.bindings:
        taken = last(getattr(binding.value, "path", "")) in _REFRESH_TOKEN
        if taken and binding.path in _REFRESH_TOKEN and binding.path not in read:
            yield binding.name_span, binding.path
