"""Annotations of GitHub Actions: the worst first, since only ten of a kind are shown; the rest is summarised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlint.reporters.common import Keeping, worst_first
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Finding
    from authlint.reporters import Totals
    from authlint.ruleset.rules import Level

SHOWN = 10
"""How many annotations of a kind GitHub shows of one step."""

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "info": "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


class GithubReporter(Keeping):
    """Workflow commands, and a group of plain lines with what is not annotated."""

    def close(self, totals: Totals) -> None:
        """Write the annotations of each level, and all that there was no room for."""
        left: list[Finding] = []
        ordered = worst_first(self._findings, self._sources)
        problems = self._of_problems()
        for line in problems:
            self._write(line)
        for level, command in _COMMANDS.items():
            mine = [finding for finding in ordered if finding.level == level]
            free = SHOWN - len(problems) if level == "error" else SHOWN
            room = free if len(mine) <= free else free - 1
            for finding in mine[:room]:
                self._write(self._annotation(command, finding))
            if len(mine) > room:
                self._write(f"::{command} title=authlint::{_more(mine[room:])}\n")
            left += mine[room:]
        if left:
            self._write(f"::group::authlint: {len(left):,} findings that are not annotated\n")
            for finding in left:
                self._write(f"- {_inert(self._line(finding))}\n")
            self._write("::endgroup::\n")

    def _of_problems(self) -> list[str]:
        """Annotations for what could not be checked, at most half of those that are shown."""
        room = SHOWN // 2
        lines = []
        for problem in self._problems[: room if len(self._problems) <= room else room - 1]:
            where = f" file={_escape(clean(self._sources.locate(problem.path)), _PROPERTY)}," if problem.path else " "
            lines.append(
                f"::error{where}title=authlint could not check this::{_escape(clean(problem.message), _DATA)}\n"
            )
        more = len(self._problems) - len(lines)
        if more:
            lines.append(f"::error title=authlint::and {more:,} more files that could not be checked\n")
        return lines

    def _annotation(self, command: str, finding: Finding) -> str:
        place = {"file": self._sources.locate(finding.path), "line": finding.line, "endLine": finding.end_line}
        if finding.line == finding.end_line:  # columns of a place of several lines are refused
            place |= {"col": finding.column, "endColumn": finding.end_column}
        properties = {**place, "title": f"{finding.code} {finding.name}"}
        given = ",".join(f"{key}={_escape(clean(str(value)), _PROPERTY)}" for key, value in properties.items())
        return f"::{command} {given}::{_escape(clean(finding.message), _DATA)}\n"

    def _line(self, finding: Finding) -> str:
        place = f"{clean(finding.path)}:{finding.line}:{finding.column}"
        return f"{place}: {finding.code} {finding.name} [{finding.level}] {clean(finding.message)}"


def _more(findings: list[Finding]) -> str:
    files = len({finding.path for finding in findings})
    where = "1 file" if files == 1 else f"{files:,} files"
    kinds = ", ".join(sorted({finding.code for finding in findings}))
    return f"and {len(findings):,} more in {where}, which are in the log of this step ({kinds})"


def _escape(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)


def _inert(line: str) -> str:
    """A line that is no command, whatever stands in it: those of the older form may begin anywhere."""
    return line.replace("##[", "## [")
