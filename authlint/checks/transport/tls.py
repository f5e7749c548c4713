"""Connections whose other end is not known to be the right one."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.unit import Unit
from authlint.concepts.web.unverified import Unverified, unverified
from authlint.match import Match
from authlint.source import Span


def tls_verification_disabled(unit: Unit) -> Iterator[Match]:
    """Something turns off that certificates are checked."""
    for found in unverified(unit):
        plain = "shown" if unit.context.docs else "plain"
        case = "process" if found.process else "" if found.carries else plain
        fields = {"target": found.target, "what": found.carries, "switch": found.switch}
        yield Match(found.span, fields, case, related=tuple(_related(found)))


def _related(found: Unverified) -> Iterator[tuple[str, Span]]:
    if found.written is not None and not _overlap(found.written, found.span):
        yield "the value is given here", found.written
    if found.called is not None:
        yield "the request is made here", found.called


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
