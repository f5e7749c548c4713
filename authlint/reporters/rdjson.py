"""The diagnostic format of reviewdog: columns are 1-based and count the bytes of UTF-8, the end is exclusive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from authlint.reporters.common import Columns, Extent, by_file, replacements
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Finding, Report
    from authlint.reporters import Sources, Totals, Write

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


class RdjsonReporter:
    """One document; reviewdog takes paths relative to where it is started, as they are reported."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Begin the document."""
        self._write = write
        self._sources = sources
        self._separator = "\n"
        write('{"source": {"name": "authlint"},\n "diagnostics": [')

    def report(self, report: Report) -> None:
        """Write the diagnostics of a file."""
        for path, findings in by_file(report.findings).items():
            columns = Columns(path, self._sources)
            for finding in findings:
                self._write(f"{self._separator}  {json.dumps(self._diagnostic(finding, columns))}")
                self._separator = ",\n"

    def close(self, totals: Totals) -> None:
        """End the document."""
        self._write("]}\n" if self._separator == "\n" else "\n ]}\n")

    def _diagnostic(self, finding: Finding, columns: Columns) -> dict[str, Any]:
        rule = self._sources.rule(finding)
        code = {"value": finding.code}
        if rule is not None and rule.references:
            code["url"] = rule.references[0]
        diagnostic: dict[str, Any] = {
            "message": f"{clean(finding.message)} ({finding.name})",
            "location": {"path": clean(finding.path), "range": _range(finding, columns)},
            "severity": _SEVERITIES[finding.level],
            "code": code,
        }
        texts = replacements(finding, columns)
        if len(texts) == 1:  # several are alternatives to reviewdog, and what stands between them is not ours to tell
            ((extent, text),) = texts
            if columns.in_bytes(extent) is not None:
                diagnostic["suggestions"] = [{"range": _range(extent, columns), "text": text}]
        return diagnostic


def _range(finding: Finding | Extent, columns: Columns) -> dict[str, dict[str, int]]:
    extent = columns.in_bytes(finding)
    if extent is None:
        return {"start": {"line": finding.line}, "end": {"line": finding.end_line}}
    start = {"line": extent.line, "column": extent.column}
    return {"start": start, "end": {"line": extent.end_line, "column": extent.end_column}}
