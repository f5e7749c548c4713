"""A summary in Markdown, for ``$GITHUB_STEP_SUMMARY`` and comments on merge requests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from authlint.reporters.common import Keeping, worst_first
from authlint.reporters.text import first_sentence, summary
from authlint.ruleset.rules import LEVELS
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.reporters import Totals

_ROWS = 200
"""How many findings, and how many problems, are listed: a summary of GitHub may have 1 MB, and nobody reads more."""

_ICONS = {"error": "🔴", "warning": "🟠", "info": "🔵"}
_SPECIAL = {**{char: f"\\{char}" for char in "\\`*_{}[]<>#|~&!$"}, "@": "@&#8203;"}  # nobody is mentioned


class MarkdownReporter(Keeping):
    """What was found, by rule and by place, the worst first."""

    def close(self, totals: Totals) -> None:
        """Write all of it."""
        self._write(f"## authlint\n\n{_totals(totals)}\n")
        if self._findings:
            self._write_rules()
            self._write_findings()
        if self._problems:
            self._write("\n### Could not be checked\n\n")
            for problem in self._problems[:_ROWS]:
                where = f"{code(problem.path)}: " if problem.path else ""
                self._write(f"- {where}{escape(problem.message)}\n")
            self._write_more(len(self._problems) - _ROWS)

    def _write_rules(self) -> None:
        counts = Counter(finding.code for finding in self._findings)
        first = {finding.code: finding for finding in reversed(worst_first(self._findings, self._sources))}
        order = sorted(counts, key=lambda code: (-LEVELS.index(first[code].level), -counts[code], code))
        self._write("\n| Rule | Found | What to do |\n| --- | ---: | --- |\n")
        for each in order:
            rule = self._sources.rule(first[each])
            title = escape(rule.summary) if rule else ""
            advice = escape(first_sentence(rule.fix)) if rule else ""
            icon = _ICONS[first[each].level]
            self._write(f"| {icon} **{each}** {code(first[each].name)}<br>{title} | {counts[each]:,} | {advice} |\n")

    def _write_findings(self) -> None:
        shown = worst_first(self._findings, self._sources)[:_ROWS]
        self._write("\n| Where | Rule | What |\n| --- | --- | --- |\n")
        for finding in shown:
            place = code(f"{finding.path}:{finding.line}:{finding.column}")
            self._write(f"| {_ICONS[finding.level]} {place} | {finding.code} | {escape(finding.message)} |\n")
        self._write_more(len(self._findings) - _ROWS)

    def _write_more(self, number: int) -> None:
        if number > 0:
            self._write(f"\n… and {number:,} more.\n")


def _totals(totals: Totals) -> str:
    sentence = summary(totals)
    return f"✅ {sentence}" if not totals.findings and not totals.failures else sentence


def escape(text: str) -> str:
    """Text in Markdown that stays text: no emphasis, no link, no element, no mention, no new cell."""
    return "".join(_SPECIAL.get(char, char) for char in clean(" ".join(text.split())))


def code(text: str) -> str:
    """Text as code in a cell of a table; where a backtick would end it, as escaped text."""
    shown = clean(text)
    return escape(text) if "`" in shown or "|" in shown or "\\" in shown else f"`{shown}`"
