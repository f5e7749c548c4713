"""Findings for other programs: JSON, and JSON with one finding a line. The formats are frozen by golden files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from authlint.edits import Fix
    from authlint.finding import Finding, Problem, Report
    from authlint.reporters import Sources, Totals, Write

SCHEMA_VERSION = 1


class JsonReporter:
    """One document: findings, problems and a summary. Findings are written as they come."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Begin the document."""
        self._write = write
        self._problems: list[Problem] = []
        self._skipped: list[dict[str, Any]] = []
        self._separator = "\n"
        write(f'{{"schema_version": {SCHEMA_VERSION},\n "findings": [')

    def report(self, report: Report) -> None:
        """Write the findings; keep the problems, which come after all findings."""
        for finding in report.findings:
            self._write(f"{self._separator}  {json.dumps(finding_object(finding))}")
            self._separator = ",\n"
        self._problems.extend(report.problems)
        self._skipped.extend({"path": report.path, **item._asdict()} for item in report.skipped)

    def close(self, totals: Totals) -> None:
        """Write problems and summary, and end the document."""
        from authlint.secret.redact import clean  # noqa: PLC0415 - a run without findings does not need it

        problems = [
            {"path": clean(problem.path), "kind": problem.kind, "message": clean(problem.message)}
            for problem in self._problems
        ]
        summary = {
            "files": totals.files,
            "bytes": totals.bytes,
            "findings": totals.findings,
            "problems": totals.problems,
            "suppressed": totals.suppressed,
        }
        rows = ",".join(f"\n  {json.dumps(problem)}" for problem in problems)
        self._write("]" if self._separator == "\n" else "\n ]")
        self._write(f',\n "problems": [{rows}' + ("\n ]" if rows else "]"))
        if totals.explained:
            skipped = ",".join(f"\n  {json.dumps({**item, 'path': clean(item['path'])})}" for item in self._skipped)
            self._write(f',\n "skipped": [{skipped}' + ("\n ]" if skipped else "]"))
        self._write(f',\n "summary": {json.dumps(summary)}}}\n')


class JsonLinesReporter:
    """One object a line and finding, for streams and editors."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """``write`` takes whole lines."""
        self._write = write

    def report(self, report: Report) -> None:
        """Write the findings."""
        for finding in report.findings:
            self._write(json.dumps(finding_object(finding)) + "\n")

    def close(self, totals: Totals) -> None:
        """Nothing stands at the end."""


def finding_object(finding: Finding) -> dict[str, Any]:
    """A finding as other programs see it: lines and columns are 1-based, columns count characters."""
    from authlint.secret.redact import clean  # noqa: PLC0415 - a run without findings does not need it

    commit = finding.commit
    past = {} if commit is None else {"commit": {**commit._asdict(), "author": clean(commit.author)}}
    return {
        "code": finding.code,
        "name": finding.name,
        "message": clean(finding.message),
        "level": finding.level,
        "confidence": finding.confidence,
        "path": clean(finding.path),
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "language": finding.language,
        "provider": finding.provider,
        "fingerprint": finding.fingerprint,
        "fix": None if finding.fix is None else _fix_object(finding.fix),
        "tags": list(finding.tags),
        "related": [
            {"message": clean(related.message), "line": related.line, "column": related.column}
            for related in finding.related
        ],
        **past,
    }


def _fix_object(fix: Fix) -> dict[str, Any]:
    """A fix as other programs see it: what to write where, never what was there."""
    return {
        "description": fix.description,
        "applicability": fix.applicability,
        "edits": [
            {
                "line": start.line,
                "column": start.column,
                "end_line": end.line,
                "end_column": end.column,
                "text": edit.text,
            }
            for edit, (start, end) in zip(fix.edits, fix.places, strict=True)
        ],
        "imports": list(fix.imports),
        "variables": list(fix.variables),
        "revoke": fix.revoke,
    }
