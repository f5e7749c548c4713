"""What a run reports: findings, and problems where something could not be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from authlint.edits import Fix
    from authlint.ruleset.rules import Confidence, Level
    from authlint.source import Span

ProblemKind: TypeAlias = Literal[
    "unreadable",
    "binary",
    "too-large",
    "timeout",
    "crash",
    "syntax",
    "config",
    "missing",
    "interrupted",
    "unfixed",
    "unwritten",
]

PATH_DIGITS = 8
"""How many hexadecimal digits of a fingerprint stand for the path; those after them stand for rule and code."""

HARMLESS: frozenset[ProblemKind] = frozenset({"syntax", "binary", "unfixed"})
"""Problems that do not fail a run: the file was still scanned as text, or holds no text to scan, or keeps a finding."""


class Related(NamedTuple):
    """Another place that explains a finding. Lines and columns are 1-based characters."""

    message: str
    line: int
    column: int


class Commit(NamedTuple):
    """What brought a finding, where the history was looked at: its name, the author's date (ISO 8601) and name.

    ``in_head``: the finding is still there in the commit that is checked out.
    """

    id: str
    date: str
    author: str
    in_head: bool


class Finding(NamedTuple):
    """One mistake. Holds no secret: the message is masked, the place is given by position.

    Lines and columns are 1-based, columns count characters, ``end_column`` is the column just past the end. ``span`` is
    the same place in bytes of the UTF-8 text. ``fingerprint`` identifies the finding by content, without line numbers.
    ``fix`` is how it can be put right, if that is known.
    """

    code: str
    name: str
    message: str
    level: Level
    confidence: Confidence
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    language: str
    fingerprint: str
    span: Span
    provider: str | None = None
    tags: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    commit: Commit | None = None

    @property
    def content(self) -> str:
        """The part of the fingerprint that says what was found, whatever the file is called."""
        return self.fingerprint[PATH_DIGITS:]


class Problem(NamedTuple):
    """Something that could not be done, in one sentence. Kinds other than ``HARMLESS`` make the run exit with 2."""

    path: str
    kind: ProblemKind
    message: str


class Skipped(NamedTuple):
    """What could have been a credential and was held to be none: ``value`` is masked, ``reason`` completes "it …"."""

    line: int
    column: int
    value: str
    name: str
    reason: str


THERE = "{there}"
"""What stands in the message of half a finding for the place of the other half."""


class Half(NamedTuple):
    """A finding if another file has the same secret in another place.

    ``digest`` is a hash of the secret under the key of this run: it is compared, and written nowhere. ``place`` is what
    the secret is for, ``kind`` whether it is a live one.
    """

    finding: Finding
    digest: bytes
    place: str
    kind: str


class Report(NamedTuple):
    """What linting one file gave. ``bytes`` is its size, ``suppressed`` how many findings an ignore comment took.

    ``skipped`` is what was held to be made up, if that was asked for. ``halves`` are findings only with those of other
    files; ``authlint.run.across`` puts them together.
    """

    path: str
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    bytes: int = 0
    suppressed: int = 0
    skipped: tuple[Skipped, ...] = ()
    halves: tuple[Half, ...] = ()
