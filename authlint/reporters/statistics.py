"""How often each rule was broken, instead of the findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from authlint.finding import Report
    from authlint.reporters import Totals, Write


class StatisticsReporter:
    """Counts while reports come in, and writes the counts at the end, the greatest first."""

    def __init__(self, write: Write, *, as_json: bool = False) -> None:
        """``write`` takes whole lines."""
        self._write = write
        self._as_json = as_json
        self._counts: Counter[tuple[str, str]] = Counter()

    def report(self, report: Report) -> None:
        """Count the findings."""
        self._counts.update((finding.code, finding.name) for finding in report.findings)

    def close(self, totals: Totals) -> None:
        """Write a line for each rule."""
        rows = sorted(self._counts.items(), key=lambda row: (-row[1], row[0]))
        if self._as_json:
            import json  # noqa: PLC0415 - only this form needs it

            counts = [{"code": code, "name": name, "count": count} for (code, name), count in rows]
            self._write(json.dumps({"schema_version": 1, "statistics": counts}) + "\n")
            return
        width = len(str(max(self._counts.values(), default=0)))
        for (code, name), count in rows:
            self._write(f"{count:>{width}}  {code}  {name}\n")
