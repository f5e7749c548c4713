"""For people: each finding with its code, what is wrong with it and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from authlint.reporters.style import LEVEL_COLORS, Style
from authlint.source import Source, decode

if TYPE_CHECKING:
    from authlint.finding import Commit, Finding, Related, Report
    from authlint.reporters import Sources, Totals, Write

MARKS = {"safe": "[*]", "unsafe": "[?]"}
"""What stands beside a finding that has a fix: one that is made by itself, and one that somebody must look at."""

_SENTENCE = re.compile(r".+?[.!?](?=\s|$)|.+", re.DOTALL)


class TextReporter:
    """Findings with code frames, those of a file together."""

    def __init__(self, write: Write, sources: Sources, *, color: bool = False) -> None:
        """``write`` takes whole lines."""
        self._write = write
        self._sources = sources
        self._style = Style(color)

    def report(self, report: Report) -> None:
        """Write the findings of a file."""
        if not report.findings:
            return
        raw = self._sources.read(report.path)
        source = None if raw is None else Source(report.path, decode(raw))
        helped: set[str] = set()  # what to do is said once a file: it is the same for all findings of a rule
        for finding in report.findings:
            lines = self._lines(finding, source)
            if finding.code not in helped:
                lines.extend(self._help(finding))
                helped.add(finding.code)
            self._write("".join(f"{line}\n" for line in lines) + "\n")

    def close(self, totals: Totals) -> None:
        """Nothing stands at the end of the findings: the last line is not one of them."""

    def _lines(self, finding: Finding, source: Source | None) -> list[str]:
        from authlint.reporters.frames import frame  # noqa: PLC0415 - the same
        from authlint.secret.redact import clean  # noqa: PLC0415 - a run without findings does not need it

        style = self._style
        place = f"{style(clean(finding.path), 'bold')}:{finding.line}:{finding.column}"
        level = style(f"[{finding.level}]", LEVEL_COLORS[finding.level])
        fix = f" {style(MARKS[finding.fix.applicability], 'cyan')}" if finding.fix is not None else ""
        lines = [f"{place}: {style(finding.code, 'bold', LEVEL_COLORS[finding.level])} {finding.name} {level}{fix}"]
        lines.append(f"  {clean(finding.message)}")
        if source is not None and finding.line <= len(source.line_starts):
            lines.extend(frame(source, finding, style))
        if finding.commit is not None:
            lines.append(f"  {style('commit:', 'bold')} {came(finding.commit)}")
        for related in finding.related:
            lines.extend(self._related(finding, related, source))
        return lines

    def _related(self, finding: Finding, related: Related, source: Source | None) -> Iterator[str]:
        """A place that explains a finding, with its line where the finding's own frame does not show it."""
        from authlint.reporters.frames import line_frame  # noqa: PLC0415 - as above
        from authlint.secret.redact import clean  # noqa: PLC0415 - as above

        place = f"{clean(finding.path)}:{related.line}:{related.column}"
        yield f"  {self._style('note:', 'bold')} {clean(related.message)} ({place})"
        is_shown = finding.line - 1 <= related.line <= finding.end_line + 1
        if source is not None and related.line <= len(source.line_starts) and not is_shown:
            yield from line_frame(source, related.line, related.column, self._style)

    def _help(self, finding: Finding) -> Iterator[str]:
        rule = self._sources.rule(finding)
        if rule is not None and rule.fix:
            yield f"  {self._style('help:', 'bold')} {first_sentence(rule.fix)}"


def first_sentence(text: str) -> str:
    """The first sentence of a text of several lines, as one line."""
    match = _SENTENCE.match(" ".join(text.split()))
    return match[0] if match else ""


def came(commit: Commit) -> str:
    """When a finding came, with whom, and whether it has gone."""
    from authlint.secret.redact import clean  # noqa: PLC0415 - seldom wanted

    state = "still in HEAD" if commit.in_head else "no longer in HEAD"
    return f"{commit.id[:12]} of {commit.date[:10]} by {clean(commit.author) or 'nobody'}; {state}"


def summary(totals: Totals) -> str:
    """What a run came to, in one line."""
    files = count(totals.files, "file") + (f" of {count(totals.commits, 'commit')}" if totals.commits else "")
    known = f"; {totals.known:,} in the baseline" if totals.known else ""
    if not totals.findings:
        none = "No new findings" if known else "No findings"
        return f"{none} in {files} ({size(totals.bytes)}){known}."
    counts = totals.levels
    parts = [
        count(counts["error"], "error") if counts["error"] else "",
        count(counts["warning"], "warning") if counts["warning"] else "",
        f"{counts['info']:,} info" if counts["info"] else "",
    ]
    return f"Found {count(totals.findings, 'finding')} ({', '.join(filter(None, parts))}) in {files}{known}."


def fixable(totals: Totals) -> str:
    """How many findings have a fix, and by which options it is made; empty if none has."""
    safe, unsafe = totals.fixable, totals.fixable_unsafely
    if not safe:
        found = (
            f"{MARKS['unsafe']} {count(unsafe, 'finding')} can be fixed with --fix --unsafe-fixes; look at the result."
        )
        return found if unsafe else ""
    more = f" ({MARKS['unsafe']} {unsafe:,} more with --unsafe-fixes)" if unsafe else ""
    return f"{MARKS['safe']} {count(safe, 'finding')} can be fixed with --fix{more}."


def count(number: int, noun: str) -> str:
    """A number of things: ``1 file``, ``12,700 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def size(number: int) -> str:
    """A number of bytes: ``12.3 MB``."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return count(number, "byte")
