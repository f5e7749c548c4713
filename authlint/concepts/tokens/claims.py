"""What becomes of the claims that a call gives: which are depended on, and whether somebody else vouches for them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from authlint.concepts.tokens.token_reading import Reading, is_inside, readings
from authlint.concepts.unit import Unit
from authlint.facts import Binding, Call, Choice, Lambda, Member, Ref, Value, walk
from authlint.names import last

WHOLE = "*"
"""Stands for all claims, where a set of them is handed on as it is."""

_HARMLESS = frozenset((
    "exp", "iat", "nbf", "iss", "kid", "alg", "typ", "header", "headers", "protectedHeader", "aud", "jti", "x5t", "azp",
    "tid",
))  # fmt: skip
"""Claims that choose a key or tell the time: whoever forges them gains nothing by it."""

_PARTS = frozenset(("payload", "claims", "0", "[]"))
_GETTERS = frozenset(("get", "fetch", "dig", "has", "has_key", "key?", "getClaim"))
_LOGS = re.compile(
    r"(?i)(?:^|\.)(?:print|puts|pp|inspect|console\.\w+|log(?:ger|ging)?(?:\.\w+)?|debug|info|warn|warning)$"
)
_CHECKS = re.compile(r"(?i)(?<!un)verif|validat|introspect|authenticat|check_?token|check_?signature|is_?valid")
_MOST_VOUCHERS = 50  # of one function
_MOST_CALLERS = 20
_MOST_READS = 100  # of one name after one call


def are_trusted(used: frozenset[str]) -> bool:
    """Whether some of these claims matter: whoever can forge them gains something."""
    return bool(used - _HARMLESS)


class Claims:
    """The uses of values in one source, indexed once."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        facts = unit.facts
        self._members: dict[int, list[str]] = defaultdict(list)
        self._names: dict[str, list[Ref]] = defaultdict(list)
        for read in facts.reads:
            if isinstance(read, Member):
                self._members[id(read.base)].append(read.path)
            else:
                self._names[read.path.partition(".")[0]].append(read)
        self._bound: dict[int, list[Binding]] = defaultdict(list)
        for binding in facts.bindings:
            bases = (binding.value.base,) if isinstance(binding.value, Member) else ()
            for value in (*_options(binding.value), *bases):
                self._bound[id(value)].append(binding)
        self._returned = {id(value) for item in facts.returns for value in _options(item.value)}
        self._given_to: dict[int, list[Call]] = defaultdict(list)
        self._methods: dict[int, Call] = {}
        self._printed: set[int] = set()
        self._handed_on = {id(value) for binding in facts.bindings for value in _options(binding.value)}
        self._handed_on |= self._returned
        self._spread = sorted(found.span for found in facts.maps if found.open)
        for found in facts.maps:
            self._handed_on.update(id(value) for entry in found.entries for value in _options(entry.value))
        for call in facts.calls:
            self._methods[id(call.receiver)] = call
            for argument in (*call.args, *(value for _, value in call.named)):
                for value in _options(argument):
                    self._given_to[id(value)].append(call)
                if _LOGS.search(call.callee):
                    self._printed.update(id(inner) for inner in walk(argument))
                else:
                    self._handed_on.update(id(value) for value in _options(argument))
        self._sent = {id(meant.call) for meant in unit.meaning("http-request")}
        self._vouchers = self._by_function()
        self._left = {self._branch(item.scope) for item in facts.returns} - {0}

    def used(self, call: Call, depth: int = 1) -> frozenset[str]:
        """The claims of a call's result that something depends on, or ``WHOLE``; not those that are only printed."""
        used = {_claim(path) for path in self._members[id(call)]}
        for binding in self._bound[id(call)]:
            used |= self._by_binding(binding, call)
        if id(call) in self._returned:
            used |= self._by_callers(call) if depth else {WHOLE}
        if any(not _LOGS.search(other.callee) for other in self._given_to[id(call)]):
            used.add(WHOLE)
        method = self._methods.get(id(call))
        if method is not None:
            used |= self._taken_by(method)
        for argument in call.args:
            if isinstance(argument, Lambda) and (parameters := self.unit.facts.scopes[argument.body].params):
                used |= self._by_name(parameters[-1].name, argument.body, call)
        return frozenset(used)

    def _by_callers(self, call: Call) -> set[str]:
        """What those who call the function that returns a call's result use of it; everything if nobody here does."""
        callers = self._callers.get(self.unit.facts.function_of(call.scope), ())
        if not 0 < len(callers) <= _MOST_CALLERS:
            return {WHOLE}
        return {claim for caller in callers for claim in self.used(caller, depth=0)}

    @cached_property
    def _callers(self) -> dict[int, list[Call]]:
        found: dict[int, list[Call]] = defaultdict(list)
        for call in self.unit.facts.calls:
            function = self.unit.names.function(call)
            if function is not None:
                found[function].append(call)
        return found

    def _by_binding(self, binding: Binding, call: Call) -> set[str]:
        if isinstance(binding.value, Member):
            claim = _claim(binding.value.path)
            return self._by_name(binding.path, binding.scope, call) if claim == WHOLE else {claim}
        return {WHOLE} if "." in binding.path else self._by_name(binding.path, binding.scope, call)

    def _by_name(self, name: str, scope: int, call: Call) -> set[str]:
        """The claims that are read below a name after a call, in the function that holds the scope."""
        facts, used = self.unit.facts, set[str]()
        home = facts.function_of(scope)
        reads = self._names[name.partition(".")[0]]
        at = bisect_left(reads, call.span[0], key=_start)
        for read in reads[at : at + _MOST_READS]:
            if are_trusted(frozenset(used)):
                break
            if id(read) in self._printed or home not in facts.around(read.scope):
                continue
            if read.path.startswith(name + "."):
                used.add(_claim(read.path[len(name) + 1 :]))
            elif read.path == name:
                method = self._methods.get(id(read))
                if method is not None:
                    used |= self._taken_by(method)
                elif id(read) in self._handed_on or is_inside(self._spread, read.span):
                    used.add(WHOLE)
        return used

    def _taken_by(self, method: Call) -> set[str]:
        """What a method of the claims takes from them: ``claims.get("sub")``."""
        if last(method.callee) not in _GETTERS or not method.args:
            return set()
        keys = [self.unit.folder.literal(argument) or WHOLE for argument in method.args[:2]]
        return {keys[1] if keys[0].isdigit() and len(keys) > 1 else keys[0]}  # dig(0, "exp")

    # -- who vouches for them ------------------------------------------------------------------------------------------

    def _by_function(self) -> dict[int, list[_Voucher]]:
        """The calls of each function that verify a token, or show one to a server."""
        facts, found = self.unit.facts, defaultdict[int, list[_Voucher]](list)
        verified = {id(other.call) for other in readings(self.unit) if not other.why}
        for call in facts.calls:
            function = facts.function_of(call.scope)
            known = id(call) in verified or (function and _CHECKS.search(last(call.callee)))
            if (known or id(call) in self._sent) and len(found[function]) < _MOST_VOUCHERS:
                names = None if known else frozenset(_names_within(self.unit, call))
                found[function].append(_Voucher(call.span[0], self._branch(call.scope), names))
        return found

    def _branch(self, scope: int) -> int:
        """The innermost branch around a scope, in the same function; 0 if there is none."""
        facts = self.unit.facts
        inner = facts.enclosing(scope, "branch", "function")
        return inner if facts.scopes[inner].kind == "branch" else 0

    def is_vouched_for(self, reading: Reading) -> bool:
        """Whether the same token is verified in the function, or shown to somebody who does that.

        Not where only another branch does it, or what comes after a branch that returns. What a handler of exceptions
        reads was not verified: it runs when that has failed.
        """
        facts, call = self.unit.facts, reading.call
        if facts.scopes[facts.enclosing(call.scope, "function", "catch")].kind == "catch":
            return False
        names = _names_of(reading.token) if reading.token is not None else set()
        around = {0, *facts.around(call.scope)}
        leaves = self._branch(call.scope) in self._left
        return any(
            voucher.branch in around
            and not (leaves and voucher.start > call.span[0])
            and (voucher.names is None or not voucher.names.isdisjoint(names))
            for voucher in self._vouchers.get(facts.function_of(call.scope), ())
        )


@dataclass(frozen=True, slots=True)
class _Voucher:
    """A call that verifies a token, or that sends what is named to a server. ``branch`` is that in which it stands."""

    start: int
    branch: int
    names: frozenset[str] | None


def _start(read: Ref) -> int:
    return read.span[0]


def _options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Choice) else (value,)


def _claim(path: str) -> str:
    first, _, rest = path.partition(".")
    if first in _PARTS and rest:
        first = rest.partition(".")[0]
    return WHOLE if first in _PARTS else first


def _names_of(value: Value) -> set[str]:
    return {inner.path for inner in walk(value) if isinstance(inner, Ref)}


def _names_within(unit: Unit, call: Call) -> set[str]:
    values = (*call.args, *(value for _, value in call.named))
    return {name for value in values for part in (value, unit.folder.fold(value)) for name in _names_of(part)}
