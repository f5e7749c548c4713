"""Checkstyle XML, which Jenkins, reviewdog and many others read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlint.reporters.common import by_file
from authlint.reporters.xml import element, escape

if TYPE_CHECKING:
    from authlint.finding import Finding, Report
    from authlint.reporters import Sources, Totals, Write


class CheckstyleReporter:
    """An element for each file with findings. Columns are 1-based characters."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Begin the document."""
        self._write = write
        write('<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n')

    def report(self, report: Report) -> None:
        """Write the findings of a file."""
        for path, findings in by_file(report.findings).items():
            self._write(f'  <file name="{escape(path)}">\n')
            for finding in findings:
                self._write(f"    {_error(finding)}\n")
            self._write("  </file>\n")

    def close(self, totals: Totals) -> None:
        """End the document."""
        self._write("</checkstyle>\n")


def _error(finding: Finding) -> str:
    attributes = {
        "line": finding.line,
        "column": finding.column,
        "severity": finding.level,
        "message": f"{finding.message} ({finding.name})",
        "source": f"authlint.{finding.code}",
    }
    return element("error", attributes)
