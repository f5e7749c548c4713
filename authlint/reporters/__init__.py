"""How reports are written. Each format is a module; all write as results come in, and keep none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from authlint.finding import HARMLESS, Finding, Problem, Report
from authlint.rules import LEVELS, Level

if TYPE_CHECKING:
    from authlint.rules import Rule
    from authlint.settings import FailOn

    Write = Callable[[str], object]


class Totals:
    """What a run came to, for the last line and the exit code."""

    def __init__(self, files: int = 0, bytes: int = 0) -> None:
        """The number of files that were looked at, and their size."""
        self.files, self.bytes = files, bytes
        self.suppressed = self.known = self.skipped = self.problems = self.failures = 0
        self.explained = False
        self.looked_at = 0
        self.commits: int | None = None
        self.levels: dict[Level, int] = dict.fromkeys(LEVELS, 0)

    @property
    def findings(self) -> int:
        """The number of findings of any level."""
        return sum(self.levels.values())

    def add(self, report: Report) -> None:
        """Count what one report holds."""
        self.bytes += report.bytes
        self.suppressed += report.suppressed
        for finding in report.findings:
            self.levels[finding.level] += 1
        for problem in report.problems:
            self.problem(problem)

    def problem(self, problem: Problem) -> None:
        """Count a problem; one that is not harmless fails the run."""
        self.problems += 1
        self.failures += problem.kind not in HARMLESS

    def reach(self, level: FailOn) -> bool:
        """Whether there are findings of this level or above."""
        return level != "never" and any(self.levels[each] for each in LEVELS[LEVELS.index(level) :])


class Reporter(Protocol):
    """Writes the findings of one report after the other."""

    def report(self, report: Report) -> None:
        """Write what one file gave."""

    def close(self, totals: Totals) -> None:
        """Write what stands at the end."""


class Sources(NamedTuple):
    """Where a reporter that shows more than the findings gets it from: the text of rules, and the bytes of files."""

    rule: Callable[[Finding], Rule | None]
    read: Callable[[str], bytes | None]


def create(name: str, write: Write, sources: Sources, *, color: bool = False) -> Reporter:
    """The reporter of that name."""
    if name == "text":
        from authlint.reporters.text import TextReporter  # noqa: PLC0415 - only one of them is ever needed

        return TextReporter(write, sources, color=color)
    if name == "concise":
        from authlint.reporters.concise import ConciseReporter  # noqa: PLC0415

        return ConciseReporter(write, color=color)
    from authlint.reporters import structured  # noqa: PLC0415

    return structured.JsonReporter(write) if name == "json" else structured.JsonLinesReporter(write)
