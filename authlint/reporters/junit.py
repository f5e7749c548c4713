"""JUnit XML: a suite for each file with findings or problems. A run without any has one test that passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlint.finding import HARMLESS
from authlint.reporters.common import by_file
from authlint.reporters.xml import element, escape
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Finding, Problem, Report
    from authlint.reporters import Sources, Totals, Write


class JunitReporter:
    """A finding is a test that failed, or one that was skipped if it is of level ``info``; a problem is an error."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Begin the document."""
        self._write = write
        self._suites = 0
        write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="authlint">\n')

    def report(self, report: Report) -> None:
        """Write the suite of a file."""
        problems = [problem for problem in report.problems if problem.kind not in HARMLESS]
        files = by_file(report.findings)
        if problems:
            files.setdefault(report.path, [])
        for path, findings in files.items():
            self._file(path, findings, problems if path == report.path else [])

    def _file(self, path: str, findings: list[Finding], problems: list[Problem]) -> None:
        harmless = sum(finding.level == "info" for finding in findings)
        self._suite(
            path or "authlint",
            [*map(_finding, findings), *map(_problem, problems)],
            failures=len(findings) - harmless,
            errors=len(problems),
            skipped=harmless,
        )

    def close(self, totals: Totals) -> None:
        """A test that passed, if there was nothing to say; the end."""
        if not self._suites:
            self._suite("authlint", [element("testcase", {"classname": "authlint", "name": "no findings"})])
        self._write("</testsuites>\n")

    def _suite(self, name: str, cases: list[str], *, failures: int = 0, errors: int = 0, skipped: int = 0) -> None:
        counts = {"tests": len(cases), "failures": failures, "errors": errors, "skipped": skipped}
        lines = "".join(f"\n    {case}" for case in cases) + "\n  "
        self._write(f"  {element('testsuite', {'name': name, **counts, 'time': 0}, lines)}\n")
        self._suites += 1


def _finding(finding: Finding) -> str:
    place = f"{clean(finding.path)}:{finding.line}:{finding.column}"
    message = f"{finding.code} {finding.name}: {clean(finding.message)}"
    verdict = (
        element("skipped", {"message": message})
        if finding.level == "info"
        else element("failure", {"type": finding.level, "message": message}, escape(f"{place}: {message}"))
    )
    # the name is that of the place too: several findings of a rule in a file are several tests
    name = f"{finding.name} (line {finding.line}, column {finding.column})"
    attributes = {"classname": finding.path, "name": name, "file": finding.path, "line": finding.line, "time": 0}
    return element("testcase", attributes, verdict)


def _problem(problem: Problem) -> str:
    attributes = {"classname": problem.path or "authlint", "name": f"could be checked ({problem.kind})", "time": 0}
    return element("testcase", attributes, element("error", {"type": problem.kind, "message": problem.message}))
