"""How reports are written. Each format is a module; all write as results come in, and keep none of them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from authlint.finding import HARMLESS, Finding, Problem, Report
from authlint.ruleset.rules import LEVELS, Level

if TYPE_CHECKING:
    from datetime import datetime

    from authlint.project.settings import FailOn
    from authlint.ruleset.rules import Rule

    Write = Callable[[str], object]


class Totals:
    """What a run came to, for the last line and the exit code."""

    def __init__(self, files: int = 0, bytes: int = 0) -> None:
        """The number of files that were looked at, and their size."""
        self.files, self.bytes = files, bytes
        self.suppressed = self.known = self.skipped = self.problems = self.failures = 0
        self.explained = False
        self.fixable = self.fixable_unsafely = 0
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
            if finding.fix is not None:
                safe = finding.fix.applicability == "safe"
                self.fixable, self.fixable_unsafely = self.fixable + safe, self.fixable_unsafely + (not safe)
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


def _as_it_is(path: str) -> str:
    return path


def _now() -> datetime:
    from authlint.run.clock import now  # noqa: PLC0415 - most formats have no use for the time

    return now()


class Several:
    """Writes all that it is given with each of some reporters, or with none."""

    def __init__(self, reporters: list[Reporter]) -> None:
        """In this order."""
        self._reporters = reporters

    def report(self, report: Report) -> None:
        """Write what one file gave."""
        for reporter in self._reporters:
            reporter.report(report)

    def close(self, totals: Totals) -> None:
        """Write what stands at the end."""
        for reporter in self._reporters:
            reporter.close(totals)


class Sources(NamedTuple):
    """Where a reporter gets what is not in a report: the text of rules, bytes of files, their paths, and the time.

    ``locate`` turns a path as it is reported into one from the root of the repository, with ``/``; a path outside of it
    stays absolute.
    """

    rule: Callable[[Finding], Rule | None]
    read: Callable[[str], bytes | None]
    locate: Callable[[str], str] = _as_it_is
    now: Callable[[], datetime] = _now


_REPORTERS = {
    "text": "text.TextReporter",
    "concise": "concise.ConciseReporter",
    "json": "structured.JsonReporter",
    "json-lines": "structured.JsonLinesReporter",
    "sarif": "sarif.SarifReporter",
    "github": "github.GithubReporter",
    "gitlab-sast": "gitlab.SastReporter",
    "gitlab-secrets": "gitlab.SecretsReporter",
    "gitlab-codequality": "codequality.CodeQualityReporter",
    "azure": "azure.AzureReporter",
    "junit": "junit.JunitReporter",
    "checkstyle": "checkstyle.CheckstyleReporter",
    "rdjson": "rdjson.RdjsonReporter",
    "sonarqube": "sonarqube.SonarqubeReporter",
    "csv": "table.CsvReporter",
    "markdown": "markdown.MarkdownReporter",
    "html": "html.HtmlReporter",
}
"""Each format's module and class; a run imports only those it writes."""

FORMATS = tuple(_REPORTERS)
COLORED = frozenset({"text", "concise"})


def create(name: str, write: Write, sources: Sources, *, color: bool = False) -> Reporter:
    """The reporter of that name."""
    module, _, kind = _REPORTERS[name].partition(".")
    reporter: Any = getattr(import_module(f"authlint.reporters.{module}"), kind)
    made: Reporter = reporter(write, sources, color=color) if name in COLORED else reporter(write, sources)
    return made
