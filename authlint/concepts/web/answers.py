"""Answers to requests whose errors nobody looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from authlint.concepts.unit import Unit
from authlint.concepts.web.answer_uses import Use, index_of
from authlint.concepts.web.exchanges import Exchange, exchanges, is_switched
from authlint.facts import (
    Call,
    Compare,
    Const,
    Member,
    Ref,
    Value,
    dotted,
)
from authlint.names import split
from authlint.source import Span

_WAITS = re.compile(rb"(?i)429|retry|back_?off|sleep|throttl|rate_?limit|too_?many|delay|wait")

Kind = Literal["unchecked", "swallowed", "switched-off"]


@dataclass(frozen=True, slots=True)
class Unhandled:
    """An answer that is read although nothing looks at whether it is an error; ``exchange`` is the request."""

    exchange: Exchange
    span: Span
    kind: Kind


def unhandled(unit: Unit) -> Iterator[Unhandled]:
    """The answers to requests whose errors nobody looks at, in source order."""
    if _raises_everywhere(unit):
        return
    for exchange in exchanges(unit):
        client = exchange.client
        if client is None or not _may_authenticate(unit, exchange):
            continue
        tolerant = bool(client.tolerant) and is_switched(unit, exchange.call, client.tolerant)
        if is_switched(unit, exchange.call, client.strict) or (client.errors == "raised" and not tolerant):
            continue
        for call in _sent_by(unit, exchange):
            use = Use(unit, call, any_attribute=tolerant)
            if use.swallowed:
                yield Unhandled(exchange, call.span, "swallowed")
            elif use.consumed and not use.checked:
                yield Unhandled(exchange, call.span, "switched-off" if tolerant else "unchecked")


def _may_authenticate(unit: Unit, exchange: Exchange) -> bool:
    """Whether a request carries a credential or asks for one; headers that are not known may hold one."""
    request = exchange.request
    if request.credential or "grant_type" in request.body or (exchange.endpoint and exchange.endpoint.role == "token"):
        return True
    headers = unit.argument(request.meant, "headers")
    if headers is None or request.headers:
        return False
    folded = unit.folder.fold(headers)
    return isinstance(folded, Ref | Member) and not _is_plain(folded)


def _is_plain(value: Value) -> bool:
    words = set(split(dotted(value)))
    return not words.isdisjoint(("agent", "agents", "ua", "browser", "random", "fake", "default", "cors"))


def _sent_by(unit: Unit, exchange: Exchange) -> Iterator[Call]:
    """The call whose result is the answer: the request itself, or what a request that is an object is given to."""
    call = exchange.call
    if not exchange.request.meant.is_("headers", "assigned"):
        yield index_of(unit).written.get(call.span, call)  # a command's words are put in order by its row
        return
    index = index_of(unit)
    function = unit.facts.function_of(call.scope)
    takers = [*index.arguments.get(id(call), ())]
    for binding in index.bound.get(id(call), ()):
        uses = index.uses(binding.path, binding.span[1], index.until(binding))
        takers += [taker for rest, use in uses if not rest for taker in index.arguments.get(id(use), ())]
    for taker in takers:
        if taker.callee.rpartition(".")[2] == "request" and function in set(unit.facts.around(taker.scope)):
            yield _block_around(unit, taker) or taker


def _block_around(unit: Unit, call: Call) -> Call | None:
    """``Net::HTTP.start(…) { |http| http.request(req) }``: the answer is what the call with the block gives."""
    scope = unit.facts.scopes[call.scope]
    if scope.kind != "function" or scope.name or not call.callee.startswith(tuple(p.name + "." for p in scope.params)):
        return None
    return index_of(unit).blocks.get(call.scope)


def blocks_that_send(unit: Unit) -> Iterator[Call]:
    """Calls of a client with a block that sends a request which is not made in this source."""
    index = index_of(unit)
    for body, outer in index.blocks.items():
        client = unit.meanings.clients.get(unit.names.callee(outer))
        scope = unit.facts.scopes[body]
        if client is None or client.errors != "returned" or not scope.params:
            continue
        for item in unit.facts.returns:
            inner = item.value
            if item.scope == body and isinstance(inner, Call) and inner.callee == f"{scope.params[0].name}.request":
                argument = inner.args[0] if inner.args else None
                if isinstance(argument, Ref) and not unit.names.bindings(argument.path, argument.scope):
                    use = Use(unit, outer)
                    if use.consumed and not use.checked:
                        yield outer


def _raises_everywhere(unit: Unit) -> bool:
    """Whether a session is told to raise, or a hook looks at every answer."""
    if any(name == "raise_for_status" for call in unit.facts.calls for name, _ in call.named):
        return True
    if any(name in ("event_hooks", "hooks") for call in unit.facts.calls for name, _ in call.named):
        return True
    if any(".hooks" in binding.path for binding in unit.facts.bindings):
        return True
    return any(call.callee.endswith((".interceptors.response.use", ".hooks.update")) for call in unit.facts.calls)


def refreshes_on_403(unit: Unit) -> Iterator[Span]:
    """Branches for 403, and not for 401, that get a new token: it would not have more permissions."""
    for number, scope in enumerate(unit.facts.scopes):
        if scope.kind != "branch" or not isinstance(scope.head, Compare) or scope.head.op != "==":
            continue
        sides = (scope.head.left, scope.head.right)
        if not any(isinstance(side, Const) and side.value == 403 for side in sides):  # noqa: PLR2004 - Forbidden
            continue
        for call in unit.facts.calls:
            words = set(split(call.callee.rpartition(".")[2]))
            if number in unit.facts.around(call.scope) and {"refresh", "renew"} & words and "page" not in words:
                yield call.span
                break


def is_repeated_at_once(unit: Unit, exchange: Exchange) -> bool:
    """Whether a loop calls an API that limits the rate of calls, and nothing in the source waits or knows of 429."""
    provider = exchange.provider
    if provider is None or not (provider.rate_limit or any(status.startswith("429") for status in provider.errors)):
        return False
    facts = unit.facts
    around = facts.scopes[facts.enclosing(exchange.call.scope, "loop", "function")]
    return around.kind == "loop" and not _WAITS.search(unit.source.data)
