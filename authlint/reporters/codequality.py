"""Code quality of GitLab: an array of issues, each with a fingerprint of its own, since equal ones become one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from authlint.reporters.common import Names, Rating, rating
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Report
    from authlint.reporters import Sources, Totals, Write

_SEVERITIES: dict[Rating, str] = {
    "info": "info", "low": "minor", "medium": "major", "high": "critical", "critical": "blocker",
}  # fmt: skip


class CodeQualityReporter:
    """``gl-code-quality-report.json``."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Begin the array."""
        self._write = write
        self._sources = sources
        self._names = Names()
        self._separator = "\n"
        write("[")

    def report(self, report: Report) -> None:
        """Write the issues of a file."""
        for finding in report.findings:
            issue = {
                "description": f"{finding.code} {finding.name}: {clean(finding.message)}",
                "check_name": finding.name,
                "fingerprint": self._names.of(finding),
                "severity": _SEVERITIES[rating(finding, self._sources.rule(finding))],
                "location": {
                    "path": clean(self._sources.locate(finding.path)),
                    "lines": {"begin": finding.line, "end": finding.end_line},
                },
            }
            self._write(f"{self._separator} {json.dumps(issue)}")
            self._separator = ",\n"

    def close(self, totals: Totals) -> None:
        """End the array."""
        self._write("]\n" if self._separator == "\n" else "\n]\n")
