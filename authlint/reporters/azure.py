"""Issues of Azure Pipelines: logging commands, which are shown on the page of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Report
    from authlint.reporters import Sources, Totals, Write

_ESCAPES = {"%": "%AZP25", ";": "%3B", "\r": "%0D", "\n": "%0A", "]": "%5D"}


class AzureReporter:
    """A line for each finding. Azure knows errors and warnings only."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """``write`` takes whole lines."""
        self._write = write
        self._sources = sources

    def report(self, report: Report) -> None:
        """Write the findings of a file."""
        for finding in report.findings:
            properties = {
                "type": "error" if finding.level == "error" else "warning",
                "sourcepath": _escape(clean(self._sources.locate(finding.path))),
                "linenumber": finding.line,
                "columnnumber": finding.column,
                "code": finding.code,
            }
            given = "".join(f"{key}={value};" for key, value in properties.items())
            self._write(f"##vso[task.logissue {given}]{_escape(clean(finding.message))} ({finding.name})\n")

    def close(self, totals: Totals) -> None:
        """Nothing stands at the end."""


def _escape(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in text)
