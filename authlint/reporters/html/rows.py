"""The rows of the table: what a finding is, and below it, where it is opened, its code and what to do."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from authlint.reporters.style import Style
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Finding
    from authlint.ruleset.rules import Rule
    from authlint.source import Source

_MARKS = re.compile(r"^( *\| *)(\^+)$")
_DEPTH = 2
"""How many folders of a path the chart of folders tells apart."""


class Shown:
    """A finding, its rule, and what it is grouped by."""

    def __init__(self, finding: Finding, rule: Rule | None) -> None:
        """``rule`` is the rule of the finding, if it is known."""
        self.finding = finding
        self.rule = rule

    @cached_property
    def groups(self) -> dict[str, str]:
        """What each chart counts it under; empty where it does not count."""
        folders = self.finding.path.rpartition("/")[0].split("/")[:_DEPTH]
        return {
            "family": self.rule.family if self.rule else "",
            "language": self.finding.language,
            "provider": self.finding.provider or "",
            "folder": clean("/".join(folders) or "."),
        }


def escape(text: str) -> str:
    """Text as it can stand anywhere in the page, between tags and in quoted attributes."""
    return html.escape(clean(" ".join(text.split("\n"))), quote=True)


def row(number: int, item: Shown, details: str) -> str:
    """The two rows of a finding: the one that is always there, and the one that opens."""
    finding = item.finding
    place = f"{finding.path}:{finding.line}:{finding.column}"
    known = {"level": finding.level, "code": finding.code, "confidence": finding.confidence, **item.groups}
    data = "".join(f' data-{key}="{escape(value)}"' for key, value in known.items())
    unsure = "" if finding.confidence == "high" else f' <span class="quiet">{finding.confidence} confidence</span>'
    return (
        f'<tbody class="finding" data-number="{number}" data-path="{escape(finding.path)}"{data}>'
        f'<tr><td><span class="pill {finding.level}">{finding.level}</span></td>'
        f'<td class="rule"><code>{escape(finding.code)}</code> <span>{escape(finding.name)}</span></td>'
        f'<td class="where"><code>{escape(place).replace("/", "/<wbr>")}</code></td>'
        f'<td><button type="button" class="open" aria-expanded="true" aria-controls="d{number}">'
        f"{escape(finding.message)}</button>{unsure}</td></tr>"
        f'<tr class="details" id="d{number}"><td colspan="4">{details}</td></tr></tbody>\n'
    )


def details(finding: Finding, rule: Rule | None, source: Source | None) -> str:
    """What is shown of a finding that is opened: its code with every credential masked, why and what to do."""
    from authlint.reporters.frames import frame, line_frame  # noqa: PLC0415 - not needed where nothing was found
    from authlint.reporters.text import came  # noqa: PLC0415 - as above

    parts = []
    last = len(source.line_starts) if source is not None else 0
    if source is not None and finding.line <= last:
        parts.append(_code(frame(source, finding, Style(False)), finding))
    for related in finding.related:
        parts.append(f"<p><b>Note:</b> {escape(related.message)} (line {related.line}, column {related.column})</p>")
        is_shown = finding.line - 1 <= related.line <= finding.end_line + 1
        if source is not None and related.line <= last and not is_shown:
            parts.append(_code(line_frame(source, related.line, related.column, Style(False)), finding))
    if finding.commit is not None:
        parts.append(f'<p title="{escape(finding.commit.id)}"><b>Commit:</b> {escape(came(finding.commit))}</p>')
    if rule is not None:
        parts.append(f"<p><b>What to do:</b> {escape(rule.fix)}</p>")
        parts.append(f'<p><a href="#rule-{escape(rule.code)}">Why it matters</a></p>')
    known = [finding.language, finding.provider or "", f"fingerprint {finding.fingerprint}", *finding.tags]
    parts.append(f'<p class="quiet">{escape(" · ".join(filter(None, known)))}</p>')
    return "".join(parts)


def _code(lines: Iterable[str], finding: Finding) -> str:
    """A code frame, in which the marks have the colour of the finding's level."""
    escaped = (html.escape(line) for line in lines)
    shown = "\n".join(_MARKS.sub(rf'\1<span class="{finding.level}">\2</span>', line) for line in escaped)
    return f'<pre tabindex="0">{shown}</pre>'
