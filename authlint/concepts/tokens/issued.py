"""How long the tokens live that a source issues: by signing them, or by what it tells a framework."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.tokens.durations import seconds
from authlint.concepts.tokens.signed_tokens import Signing, lifetimes, signings, time_left
from authlint.concepts.unit import Unit
from authlint.facts import Call, Opaque, Text, Value, dotted, walk
from authlint.names import last, split
from authlint.source import Span

SCALES = {
    "s": (1.0, 1.0),
    "ms": (0.001, 0.001),
    "m": (60.0, 60.0),
    "d": (86_400.0, 86_400.0),
    "npm": (1.0, 0.001),
    "text": (0.0, 0.0),
}
"""What a number and what a text of digits count in seconds, by the unit that a row names; ``text``: they say nothing.

``npm``: jsonwebtoken and its kin count numbers in seconds, and digits in quotes in milliseconds.
"""

_ONCE = frozenset((
    "reset", "verify", "verification", "email", "mail", "invite", "invitation", "activation", "activate", "confirm",
    "confirmation", "unsubscribe", "magic", "download", "upload", "share", "state", "link", "password", "device",
))  # fmt: skip
_ACCESS = frozenset(("access", "auth", "authentication", "session", "jwt", "login", "signin", "bearer"))


@dataclass(frozen=True, slots=True)
class Issued:
    """A token of a kind (``access``, ``refresh``, ``session``) is issued that lives ``length`` seconds.

    ``value`` is what says how long; ``scale`` is what a number in it counts in seconds, and text of digits.
    """

    span: Span
    kind: str
    length: float
    value: Value
    scale: tuple[float, float]


def issued(unit: Unit) -> Iterator[Issued]:
    """Every lifetime of a token that is written in the source."""
    for signing in signings(unit):
        kind = kind_of(unit, signing)
        said = _said(unit, signing) if kind else None
        length = seconds(unit, *said) if said else None
        if said is not None and length is not None:
            yield Issued(_place(signing), kind, length, said[0], said[1:])
    for lifetime in lifetimes(unit):
        if lifetime.value is not None:
            scale = SCALES[lifetime.unit]
            length = seconds(unit, lifetime.value, *scale)
            if length:
                yield Issued(lifetime.span, lifetime.kind, length, lifetime.value, scale)
    yield from _sessions(unit)


def _place(signing: Signing) -> Span:
    end = signing.end
    inside = end is not None and signing.span[0] <= end.span[0] and end.span[1] <= signing.span[1]
    return end.span if end is not None and inside else signing.span


def kind_of(unit: Unit, signing: Signing) -> str:
    """What kind of token is signed, told by what it is bound to, by its function and by the name of its key."""
    names = set(signing.names)
    key = unit.argument(signing.meant, "key")
    for inner in (*walk(key), *walk(unit.folder.fold(key))) if key is not None else ():
        names.update(split(inner.literal or "") if isinstance(inner, Text) else split(last(dotted(inner))))
    if not names.isdisjoint(_ONCE):
        return ""
    if "refresh" in names:
        return "refresh"
    return "access" if not names.isdisjoint(_ACCESS) else ""


def _said(unit: Unit, signing: Signing) -> tuple[Value, float, float] | None:
    """What says how long a token lives, and what a number and what digits count there; ``None`` if nothing does."""
    end = signing.end
    if end is None:
        return None
    if not signing.is_claim:
        bare = 0.001 if signing.meant.row.arguments.get("expires") else 1.0
        chained = signing.meant.row.attributes.get("expires")
        return None if chained and seconds(unit, end, 0.0) == 0.0 else (end, 1.0, bare)
    if _counts_milliseconds(unit, end):
        return None
    left = time_left(unit, end)
    if left is not None:
        return left, 1.0, 1.0
    return (end, 1.0, 1.0) if "from_now" in dotted(unit.folder.fold(end)) else None


def _counts_milliseconds(unit: Unit, end: Value) -> bool:
    """Whether a time is made of JavaScript's clock without a division: that is another mistake."""
    inner = list(walk(unit.folder.fold(end)))
    has_clock = any(
        isinstance(value, Call) and value.callee in ("Date.now", "Date", "Date().getTime") for value in inner
    )
    return has_clock and not any(isinstance(value, Opaque) and value.op == "/" for value in inner)


def _sessions(unit: Unit) -> Iterator[Issued]:
    """The cookie of a session that holds tokens lives as long as they can be used."""
    for meant in unit.meaning("session-secret"):
        age = unit.argument(meant, "lifetime")
        if age is None or not any(
            "session" in binding.path.lower() and "token" in last(binding.path).lower()
            for binding in unit.facts.bindings
        ):
            continue
        length = seconds(unit, age, 0.001)
        if length:
            yield Issued(age.span, "session", length, age, SCALES["ms"])
