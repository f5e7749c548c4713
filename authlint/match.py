"""What a check yields: a place and the words for it. Level, confidence and message come from the rule."""

from __future__ import annotations

from dataclasses import dataclass, field

from authlint.source import Span


@dataclass(frozen=True, slots=True)
class Across:
    """What makes a match a finding only together with one in another file: the same ``secret`` in another ``place``.

    The secret is hashed as soon as the check has given it, with a key that is new in each run.
    """

    secret: str = field(repr=False)
    place: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Something a rule is about, at a byte span of the unit's source.

    ``case`` names the rule's ``[cases.<name>]`` that applies, ``fields`` fill its message. ``related`` are further
    places (message, span) that explain it. With ``across`` it is one only if another file has its like. ``secret`` is
    what tells it from others where what is flagged does not: of a private key that is the headline. It is only hashed.
    """

    span: Span
    fields: dict[str, str] = field(default_factory=dict)
    case: str = ""
    provider: str | None = None
    related: tuple[tuple[str, Span], ...] = ()
    across: Across | None = None
    secret: str = field(default="", repr=False)
