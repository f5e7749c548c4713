"""Tokens that are issued for too long (AUT510)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authlint.checks.lifecycle.jwt import ENDLESS
from authlint.concepts.tokens.durations import DAY, HOUR, in_words
from authlint.concepts.tokens.issued import issued
from authlint.concepts.unit import Unit
from authlint.match import Match


@dataclass(frozen=True, slots=True)
class _Limit:
    """Beyond ``mild`` a lifetime is worth a word, beyond ``length`` it is too long."""

    length: float
    mild: float


_LIMITS = {"access": _Limit(DAY, HOUR), "session": _Limit(DAY, DAY), "refresh": _Limit(30 * DAY, 30 * DAY)}


def token_lifetime_too_long(unit: Unit) -> Iterator[Match]:
    """A token is issued for longer than a token of its kind should live."""
    for token in issued(unit):
        limit = _LIMITS.get(token.kind)
        if limit is None or token.length >= ENDLESS:  # AUT504 says that it has no end
            continue
        if token.length > limit.mild:
            case = "" if token.length > limit.length else "hours"
            fields = {"kind": token.kind, "lifetime": in_words(token.length), "limit": in_words(limit.mild)}
            yield Match(token.span, fields, case)
