"""JSON Web Tokens that a source reads: how they are verified, and what is done with claims that nobody verified."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.settings import Setting, once
from authlint.concepts.unit import Meant, Unit
from authlint.facts import Call, Choice, Const, Items, Member, Ref, Text, Value, dotted, walk
from authlint.names import last
from authlint.source import Span

_FAR = 20  # calls between the beginning of a call and an option of it
_REQUESTS = frozenset(("req", "request", "ctx"))
_FROM_REQUEST = re.compile(
    r"(?i)(?:^|\.)(?:req|request|ctx|context|event|headers|cookies|authorization|handshake)(?:\.|$)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A call that gives the claims of a token. ``why`` says how it does without the signature; empty if it checks it.

    ``place`` is what switches the check off, if that is a part of the call.
    """

    meant: Meant
    token: Value | None
    why: str = ""
    place: Span | None = None

    @property
    def call(self) -> Call:
        """The call itself."""
        return self.meant.call


def readings(unit: Unit) -> list[Reading]:
    """Every call that verifies a token, or could and is told not to."""
    return unit.derived(_readings)


def _readings(unit: Unit) -> list[Reading]:
    off = sorted((g for g in once(unit, "jwt-signature-check") if is_switched_off(unit, g)), key=_start)
    return [_reading(unit, meant, off) for meant in unit.meaning("jwt-verify")]


def _reading(unit: Unit, meant: Meant, off: list[Setting]) -> Reading:
    token = unit.argument(meant, "token")
    at = bisect_left(off, meant.call.span[0], key=_start)
    if at < len(off) and within(meant.call.span, off[at].whole):
        return Reading(meant, token, last(off[at].path), off[at].whole)
    if is_false(unit, unit.argument(meant, "verify")):
        return Reading(meant, token, "verify")
    told = unit.argument(meant, "unverified")
    if told is not None and isinstance(known := unit.folder.fold(told), Const) and known.value is True:
        return Reading(meant, token, "noVerify")
    key = meant.argument("key")
    if key is not None and _stands_for_none(unit, meant, key):
        return Reading(meant, token, unit.folder.literal(key) or "")
    if meant.is_("keyless", "unverified") and key is not None and _is_no_key(unit.folder.fold(key)):
        return Reading(meant, token, "an empty key")
    return Reading(meant, token)


def is_switched_off(unit: Unit, given: Setting) -> bool:
    """Whether a setting has the value that its row calls off."""
    value = unit.folder.fold(given.value)
    wanted = given.row.attributes.get("off", "")
    return isinstance(value, Const) and isinstance(value.value, bool) and str(value.value).lower() == wanted


def is_false(unit: Unit, value: Value | None) -> bool:
    """Whether a value is known to be false."""
    folded = unit.folder.fold(value) if value is not None else None
    return isinstance(folded, Const) and folded.value is False


def _stands_for_none(unit: Unit, meant: Meant, key: Value) -> bool:
    """Whether what stands in the place of a key tells the library to look at none: ``:skip_verification``."""
    word = meant.row.attributes.get("no_key")
    return word is not None and unit.folder.literal(key) == word


def _is_no_key(value: Value) -> bool:
    return (isinstance(value, Const) and not value.value) or (isinstance(value, Text) and value.literal == "")


def algorithms(unit: Unit, value: Value) -> list[str]:
    """The algorithms that a value names, as far as they are known; ``none`` in any case is one."""
    folded = unit.folder.fold(value)
    parts = folded.items if isinstance(folded, Items) else folded.options if isinstance(folded, Choice) else (folded,)
    return [known for part in parts if (known := unit.folder.literal(part))]


def _start(given: Setting) -> int:
    return given.whole[0]


def within(outer: Span, inner: Span) -> bool:
    """Whether one span is inside another."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def is_inside(spans: list[Span], span: Span) -> bool:
    """Whether a span is inside one of these, which are sorted and apart."""
    at = bisect_left(spans, (span[0] + 1, 0))
    return at > 0 and within(spans[at - 1], span)


def innermost_calls(unit: Unit, spans: list[Span]) -> dict[Span, Call]:
    """For each of these spans the smallest call around it that is no more than a map away."""
    calls = sorted(unit.facts.calls, key=_call_start)
    found: dict[Span, Call] = {}
    for span in spans:
        at = bisect_left(calls, span[0], key=_call_start)
        for call in reversed(calls[max(0, at - _FAR) : at]):
            if within(call.span, span):
                found[span] = call
                break
    return found


def _call_start(call: Call) -> int:
    return call.span[0]


# -- whose tokens ------------------------------------------------------------------------------------------------------


def is_served(unit: Unit) -> bool:
    """Whether a source answers requests: a function takes one, or one is read."""
    facts = unit.facts
    if any(parameter.name in _REQUESTS for scope in facts.scopes for parameter in scope.params):
        return True
    return any(isinstance(read, Ref) and read.path.partition(".")[0] in _REQUESTS for read in facts.reads)


def is_from_request(unit: Unit, token: Value | None) -> bool:
    """Whether a token comes with a request that a server answers."""
    if token is None:
        return False
    return any(_FROM_REQUEST.search(dotted(inner)) for part in (token, unit.folder.fold(token)) for inner in walk(part))


# -- by hand -----------------------------------------------------------------------------------------------------------


def read_by_hand(unit: Unit) -> Iterator[Reading]:
    """``JSON.parse(atob(token.split('.')[1]))``: the claims of a token without any library."""
    for meant in unit.meaning("parsed"):
        value = unit.argument(meant, "value")
        token = _token_of_segment(unit, value) if value is not None else None
        if token is not None:
            yield Reading(meant, token, "by hand")


def _token_of_segment(unit: Unit, value: Value) -> Value | None:
    names = [inner for inner in walk(value) if isinstance(inner, Member | Ref)]
    behind = [inner for name in names for inner in walk(unit.folder.fold(name))]
    for name in (*names, *behind):
        if isinstance(name, Member | Ref) and (name.path == "1" or name.path.endswith(".1")):
            split = _split(unit, name)
            if split is not None:
                return split.receiver
    return None


def _split(unit: Unit, value: Member | Ref) -> Call | None:
    """The ``token.split(".")`` that a value takes a part of."""
    base: Value = (
        value.base if isinstance(value, Member) else Ref(value.path.removesuffix(".1"), value.scope, value.span)
    )
    folded = unit.folder.fold(base)
    if isinstance(folded, Call) and last(folded.callee) == "split" and folded.args:
        return folded if unit.folder.literal(folded.args[0]) == "." else None
    return None
