"""What several formats need of a finding: how grave it is, a name that is its own, its place in other units."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from authlint.finding import HARMLESS
from authlint.ruleset.rules import LEVELS
from authlint.source import Source, decode

if TYPE_CHECKING:
    from authlint.edits import Edit
    from authlint.finding import Finding, Problem, Report
    from authlint.reporters import Sources, Write
    from authlint.ruleset.rules import Rule

Rating: TypeAlias = Literal["info", "low", "medium", "high", "critical"]

RATINGS: tuple[Rating, ...] = ("info", "low", "medium", "high", "critical")
_FLOORS: tuple[tuple[float, Rating], ...] = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.0, "low"))
_DEFAULT_SCORE = {"error": 7.0, "warning": 4.0, "info": 0.1}
_NAMES = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # the namespace of URLs, as RFC 9562 has it
_ASTRAL = 0xFFFF
_HEAD = 8192


def rating(finding: Finding, rule: Rule | None) -> Rating:
    """How grave a finding is: by the score of its rule, but never above what its level in its context allows."""
    if finding.level == "info":
        return "info"
    score = rule.security_severity if rule else _DEFAULT_SCORE[finding.level]
    graded = next(grade for floor, grade in _FLOORS if score >= floor)
    return "medium" if finding.level == "warning" and RATINGS.index(graded) > RATINGS.index("medium") else graded


def worst_first(findings: Iterable[Finding], sources: Sources) -> list[Finding]:
    """Findings by level and by the score of their rule, the worst first; equal ones in the order they were found in."""

    def weight(finding: Finding) -> tuple[int, float]:
        rule = sources.rule(finding)
        return -LEVELS.index(finding.level), -rule.security_severity if rule else 0.0

    return sorted(findings, key=weight)


def by_file(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by the file they are in, which need not be the one that a report is about."""
    files: dict[str, list[Finding]] = {}
    for finding in findings:
        files.setdefault(finding.path, []).append(finding)
    return files


class Keeping:
    """The part of a reporter that keeps all findings, and the problems that matter, until the end."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Nothing is written before the end: the worst comes first."""
        self._write = write
        self._sources = sources
        self._findings: list[Finding] = []
        self._problems: list[Problem] = []

    def report(self, report: Report) -> None:
        """Keep what was found."""
        self._findings.extend(report.findings)
        self._problems.extend(problem for problem in report.problems if problem.kind not in HARMLESS)


class Names:
    """Names for findings that are the same each time and never given twice: equal findings are counted."""

    def __init__(self) -> None:
        """Nothing has been named yet."""
        self._seen: Counter[str] = Counter()

    def of(self, finding: Finding) -> str:
        """The fingerprint, with a number behind it for all but the first of equal ones."""
        self._seen[finding.fingerprint] += 1
        count = self._seen[finding.fingerprint]
        return finding.fingerprint if count == 1 else f"{finding.fingerprint}-{count}"

    def uuid(self, finding: Finding) -> str:
        """A UUID that is made of the name."""
        return str(uuid.uuid5(_NAMES, f"authlint:{self.of(finding)}"))


class Extent(NamedTuple):
    """Where a finding begins and ends, in some unit: lines are 1-based, the columns as the unit has it."""

    line: int
    column: int
    end_line: int
    end_column: int


class Columns:
    """The columns of one file's findings in other units than characters; needs the file's text."""

    def __init__(self, path: str, sources: Sources) -> None:
        """The file is read when it is first asked for."""
        self._path, self._sources = path, sources
        self._source: Source | None = None
        self._is_read = False

    def in_bytes(self, finding: Finding | Extent) -> Extent | None:
        """1-based columns that count the bytes of UTF-8; ``None`` if the place is not in the file any more."""
        lines = self._lines(finding)
        if lines is None:
            return None
        start, end = (len(text.encode("utf-8", "replace")) + 1 for text in lines)
        return Extent(finding.line, start, finding.end_line, end)

    def in_utf16(self, finding: Finding) -> Extent | None:
        """0-based columns that count the units of UTF-16; ``None`` if the place is not in the file any more."""
        lines = self._lines(finding)
        if lines is None:
            return None
        start, end = (len(text) + sum(ord(char) > _ASTRAL for char in text) for text in lines)
        return Extent(finding.line, start, finding.end_line, end)

    def _lines(self, finding: Finding | Extent) -> tuple[str, str] | None:
        """The text before a finding's start on its line, and the text before its end."""
        source = self.source
        if source is None or finding.end_line > len(source.line_starts):
            return None
        first, last = source.line(finding.line), source.line(finding.end_line)
        start, end = finding.column - 1, finding.end_column - 1
        return None if start > len(first) or end > len(last) else (first[:start], last[:end])

    @property
    def source(self) -> Source | None:
        """The file, if it can be read."""
        if not self._is_read:
            raw = self._sources.read(self._path)
            self._source = None if raw is None else Source(self._path, decode(raw))
            self._is_read = True
        return self._source


def replacements(finding: Finding, columns: Columns) -> list[tuple[Extent, str]]:
    """What the fix of a finding writes where, imports too, in characters; nothing if that is not known."""
    fix = finding.fix
    if fix is None:
        return []
    texts = [(Extent(*start, *end), edit.text) for edit, (start, end) in zip(fix.edits, fix.places, strict=True)]
    if not fix.imports:
        return texts
    source = columns.source
    added = None if source is None else _imports(source, fix.edits[0], fix.imports)
    if source is None or not added:
        return []
    position = source.position
    more = [(Extent(*position(each.span[0]), *position(each.span[1])), each.text) for each in added]
    return sorted([*more, *texts])


def _imports(source: Source, edit: Edit, modules: tuple[str, ...]) -> list[Edit]:
    from authlint.languages import detect  # noqa: PLC0415 - few fixes need imports
    from authlint.repair import imports  # noqa: PLC0415 - libcst takes a while to load
    from authlint.repair.verify import Refused  # noqa: PLC0415 - as above

    try:
        return imports.added(
            Source(source.path, source.data, detect(source.path, source.data[:_HEAD])), [(edit.span[0], modules)]
        )
    except Refused:
        return []


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a rule's text, each as one line."""
    for part in text.strip().split("\n\n"):
        yield " ".join(part.split())


def flat(text: str) -> str:
    """A rule's text as one line."""
    return " ".join(text.split())


def cut(text: str, length: int) -> str:
    """A text of at most this many characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
