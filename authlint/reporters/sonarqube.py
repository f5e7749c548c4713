"""Generic issues of SonarQube (10.3 and newer): columns are 0-based and count the units of UTF-16."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from authlint.reporters.common import Columns, Rating, by_file, flat, rating
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Finding, Report
    from authlint.reporters import Sources, Totals, Write
    from authlint.ruleset.rules import Rule

_IMPACTS: dict[Rating, str] = {"info": "LOW", "low": "LOW", "medium": "MEDIUM", "high": "HIGH", "critical": "HIGH"}
_SEVERITIES: dict[Rating, str] = {
    "info": "INFO", "low": "MINOR", "medium": "MAJOR", "high": "CRITICAL", "critical": "BLOCKER",
}  # fmt: skip
_ENGINE = "authlint"


class SonarqubeReporter:
    """Issues are written as they come, the rules they are of at the end. Severities belong to rules."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Begin the document."""
        self._write = write
        self._sources = sources
        self._rules: dict[str, Finding] = {}
        self._separator = "\n"
        write('{"issues": [')

    def report(self, report: Report) -> None:
        """Write the issues of a file."""
        for path, findings in by_file(report.findings).items():
            columns = Columns(path, self._sources)
            for finding in findings:
                self._rules.setdefault(finding.code, finding)
                self._write(f"{self._separator}  {json.dumps(_issue(finding, columns))}")
                self._separator = ",\n"

    def close(self, totals: Totals) -> None:
        """Write the rules, and end the document."""
        rules = [_rule(finding, self._sources.rule(finding)) for finding in self._rules.values()]
        rows = ",".join(f"\n  {json.dumps(rule)}" for rule in rules)
        self._write("]" if self._separator == "\n" else "\n ]")
        self._write(f',\n "rules": [{rows}' + ("\n ]}\n" if rows else "]}\n"))


def _issue(finding: Finding, columns: Columns) -> dict[str, Any]:
    path = clean(finding.path)
    place = {"message": clean(finding.message), "filePath": path, "textRange": _range(finding, columns)}
    issue: dict[str, Any] = {"ruleId": finding.code, "primaryLocation": place}
    if finding.related:
        issue["secondaryLocations"] = [
            {"message": clean(related.message), "filePath": path, "textRange": {"startLine": related.line}}
            for related in finding.related
        ]
    return issue


def _range(finding: Finding, columns: Columns) -> dict[str, int]:
    """The place; whole lines where the columns say nothing: SonarQube refuses a report with an empty range."""
    extent = columns.in_utf16(finding)
    if extent is None or (extent.line == extent.end_line and extent.column >= extent.end_column):
        return {"startLine": finding.line}
    return {
        "startLine": extent.line,
        "endLine": extent.end_line,
        "startColumn": extent.column,
        "endColumn": extent.end_column,
    }


def _rule(finding: Finding, rule: Rule | None) -> dict[str, Any]:
    grade = rating(finding._replace(level=rule.level if rule else finding.level), rule)
    return {
        "id": finding.code,
        "name": rule.summary if rule else finding.name,
        "description": f"{flat(rule.why)} {flat(rule.fix)}" if rule else finding.name,
        "engineId": _ENGINE,
        "cleanCodeAttribute": "TRUSTWORTHY",
        "type": "VULNERABILITY",
        "severity": _SEVERITIES[grade],
        "impacts": [{"softwareQuality": "SECURITY", "severity": _IMPACTS[grade]}],
    }
