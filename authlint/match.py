"""What a check yields: a place and the words for it. Level, confidence and message come from the rule."""

from __future__ import annotations

from dataclasses import dataclass, field

from authlint.source import Span


@dataclass(frozen=True, slots=True)
class Match:
    """Something a rule is about, at a byte span of the unit's source.

    ``case`` names the rule's ``[cases.<name>]`` that applies, ``fields`` fill its message. ``related`` are further
    places (message, span) that explain it.
    """

    span: Span
    fields: dict[str, str] = field(default_factory=dict)
    case: str = ""
    provider: str | None = None
    related: tuple[tuple[str, Span], ...] = ()
