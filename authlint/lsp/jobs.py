"""What a worker does with a text: look at it, find what can be done about what was found, say why it matters.

Whatever is offered was tried on the text first: the finding is gone, nothing new is found, it parses as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from authlint.edits import Edit, apply, together
from authlint.errors import AuthlintError
from authlint.finding import Finding, Problem, Report
from authlint.languages import by_name, detect
from authlint.lsp.comments import comments_in
from authlint.reporters.pages import is_ours, page_of
from authlint.run.patience import end_at
from authlint.run.session import Session
from authlint.source import Source

_HEAD = 8192
NOTEBOOK = "notebook"
_ITEM = re.compile(rb'(\s*"(?:[^"\\]|\\.)*?)(?:\\r)?(?:\\n)?",?\s*\Z')
"""A line of code in a notebook: a string in a list, on a line of its own."""


class Text(NamedTuple):
    """What an editor has open. ``language_id`` is the editor's name of its language."""

    path: str
    data: bytes
    language_id: str = ""

    @property
    def language(self) -> str:
        """The language that the path tells, as on the command line; if it tells none, that which the editor says."""
        if self.language_id == NOTEBOOK:  # the path may be that of a script that is shown as one
            return NOTEBOOK
        told = detect(self.path, self.data[:_HEAD])
        return told if told != "text" else by_name(self.language_id)


class Offer(NamedTuple):
    """Something that can be done about a finding, or about all that can be fixed safely."""

    title: str
    edits: tuple[Edit, ...]
    finding: Finding | None = None
    preferred: bool = False


def look(session: Session, text: Text) -> Report:
    """The report on a text; what keeps it from being made is a problem in it."""
    try:
        end_at(session.seconds(text.path))
        return session.look(text.path, text.data, text.language)
    except AuthlintError as error:
        return Report(text.path, problems=(Problem(text.path, "config", str(error)),))


def explained(session: Session, text: Text, findings: list[Finding]) -> list[str]:
    """Why findings matter and what to do about them, as Markdown."""
    parts = []
    for finding in findings:
        rule = session.rule(text.path, finding.code)
        if rule is not None:
            page = page_of(rule.name) if is_ours(rule.code) else ""
            more = f"\n\n[{rule.name}]({page})" if "://" in page else ""
            why, fix = rule.why.strip(), rule.fix.strip()
            head = f"**{rule.code} {rule.name}**: {finding.message}"
            parts.append(f"{head}\n\n**Why.** {why}\n\n**What to do.** {fix}{more}")
    return parts


def quick_fixes(session: Session, text: Text, report: Report, findings: list[Finding]) -> list[Offer]:
    """What can be done about findings of a report, one by one: their fixes, and comments that ignore them."""
    trial = _Trial(session, text, report)
    return [offer for finding in findings for offer in _about(trial, finding)]


def fix_all(session: Session, text: Text, report: Report) -> list[Offer]:
    """All safe fixes at once, if there are any."""
    edits = _Trial(session, text, report).fixed(None)
    return [Offer("Fix all that authlint can fix safely", edits)] if edits else []


def _about(trial: _Trial, finding: Finding) -> Iterator[Offer]:
    if finding.fix is not None:
        safe = finding.fix.applicability == "safe"
        edits = trial.fixed(finding)
        if edits:
            title = finding.fix.description + ("" if safe else " (unsafe: look at it)")
            yield Offer(title, edits, finding, safe)
    edits = trial.ignored(finding)
    if edits:
        yield Offer(f"Ignore {finding.name} on this line", edits, finding)


class _Trial:
    """Tries what could be offered for a text."""

    def __init__(self, session: Session, text: Text, report: Report) -> None:
        self._session = session
        self._text = text
        self._before = report
        self._source = Source(text.path, text.data, text.language)

    def _look(self, data: bytes) -> Report:
        return self._before if data == self._text.data else look(self._session, self._text._replace(data=data))

    def fixed(self, finding: Finding | None) -> tuple[Edit, ...]:
        """The edits that put a finding right, or all that can be fixed safely; none if that cannot be done."""
        from authlint.repair import Repair  # noqa: PLC0415 - libcst takes a while to load

        repair = Repair(self._text.path, self._look, partial(_is_wanted, finding), self._source.language)
        return tuple(together(repair.run(self._text.data).rounds, len(self._text.data)))

    def ignored(self, finding: Finding) -> tuple[Edit, ...]:
        """The edit that adds an ignore comment: at the end of a finding's line, or above where that does nothing."""
        from authlint.repair.verify import broken  # noqa: PLC0415 - as above

        before = self._before
        for edit in _comments(self._source, self._text, finding):
            after = apply(self._text.data, [edit])
            report = self._look(after)
            gone = report.suppressed > before.suppressed and len(report.findings) < len(before.findings)
            if gone and broken(Source(self._text.path, after, self._source.language)) <= broken(self._source):
                return (edit,)
        return ()


def _is_wanted(wanted: Finding | None, finding: Finding) -> bool:
    if wanted is None:
        return finding.fix is not None and finding.fix.applicability == "safe"
    return (wanted.code, wanted.span) == (finding.code, finding.span)


def _comments(source: Source, text: Text, finding: Finding) -> Iterator[Edit]:
    begin = source.line_starts[finding.line - 1]
    line = source.line(finding.line)
    end = begin + len(line.encode())
    item = _ITEM.match(line.encode()) if source.language == NOTEBOOK else None
    lead = line[: len(line) - len(line.lstrip())]
    newline = "\r\n" if b"\r\n" in source.data else "\n"
    kinds = (
        kind
        for language in (finding.language, source.language)
        for kind in comments_in(language, text.path, text.language_id)
    )
    for kind in dict.fromkeys(kinds):
        comment = f"{kind.opener}authlint: ignore[{finding.name}]{kind.closer}"
        if item is not None:
            yield Edit((begin + item.end(1), begin + item.end(1)), f"  {comment}")
        elif not kind.alone:
            yield Edit((end, end), f"  {comment}")
        if item is None:
            yield Edit((begin, begin), f"{lead}{comment}{newline}")
