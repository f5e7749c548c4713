"""One line a finding: ``path:line:column: CODE message``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlint.reporters.style import LEVEL_COLORS, Style

if TYPE_CHECKING:
    from authlint.finding import Report
    from authlint.reporters import Sources, Totals, Write


class ConciseReporter:
    """For editors, and for eyes that know the rules."""

    def __init__(self, write: Write, sources: Sources, *, color: bool = False) -> None:
        """``write`` takes whole lines."""
        self._write = write
        self._style = Style(color)

    def report(self, report: Report) -> None:
        """Write a line for each finding."""
        if not report.findings:
            return
        from authlint.secret.redact import clean  # noqa: PLC0415 - a run without findings does not need it

        for finding in report.findings:
            place = f"{self._style(clean(finding.path), 'bold')}:{finding.line}:{finding.column}"
            code = self._style(finding.code, "bold", LEVEL_COLORS[finding.level])
            commit = f" (commit {finding.commit.id[:12]})" if finding.commit else ""
            self._write(f"{place}: {code} {clean(finding.message)}{commit}\n")

    def close(self, totals: Totals) -> None:
        """Nothing stands at the end."""
