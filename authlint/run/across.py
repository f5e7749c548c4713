"""Findings that only several files show together: the same secret in two places. Part of the edge: sees all files.

Each file gives halves: a finding to be, with a hash of its secret. One that meets another of the same hash, for another
place, is a finding in the later file. Hashes are made with a key that is new in each run; they are compared here, and
neither they nor the key are written anywhere.
"""

from __future__ import annotations

from authlint.finding import THERE, Half, Report


class Across:
    """What the files of a run have shown so far."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._seen: dict[bytes, dict[str, Half]] = {}

    def complete(self, report: Report) -> Report:
        """A report with the halves that have met another one as findings, and without the others."""
        from authlint.places import are_apart  # noqa: PLC0415 - most runs have no halves

        findings = list(report.findings)
        for half in report.halves:
            known = self._seen.setdefault(half.digest, {})
            others = [
                other
                for place, other in sorted(known.items())
                if other.finding.path != half.finding.path and are_apart(half.place, place, half.kind)
            ]
            known.setdefault(half.place, half)
            if others:
                where = f"{others[0].place} ({others[0].finding.path}:{others[0].finding.line})"
                message = half.finding.message.replace(THERE, where)
                findings.append(half.finding._replace(message=message))
        findings.sort(key=lambda finding: (finding.span, finding.code))
        return report._replace(findings=tuple(findings), halves=())
