"""CSV for spreadsheets: no cell is taken for a formula, whatever a file or a folder is called."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Finding, Report
    from authlint.reporters import Sources, Totals, Write

HEAD = (
    "code", "name", "level", "confidence", "path", "line", "column", "end_line", "end_column", "message", "language",
    "provider", "fingerprint", "commit",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class CsvReporter:
    """A row for each finding, after one with the names of the columns (RFC 4180, with LF)."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Write the names of the columns."""
        self._write = write
        self._row(HEAD)

    def report(self, report: Report) -> None:
        """Write the rows of a file."""
        for finding in report.findings:
            self._row(_cells(finding))

    def close(self, totals: Totals) -> None:
        """Nothing stands at the end."""

    def _row(self, cells: tuple[object, ...]) -> None:
        row = io.StringIO()
        csv.writer(row, lineterminator="\n").writerow(cells)
        self._write(row.getvalue())


def _cells(finding: Finding) -> tuple[object, ...]:
    *names, _ = HEAD
    cells = [getattr(finding, name) for name in names] + [finding.commit.id if finding.commit else ""]
    return tuple(value if isinstance(value, int) else _harmless(clean(value or "")) for value in cells)


def _harmless(text: str) -> str:
    """A text that no spreadsheet calculates: what would be a formula gets an apostrophe, which is not shown."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
