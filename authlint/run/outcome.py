"""What came of one file, and the words for what could not be done with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from authlint.finding import Finding, Problem, ProblemKind, Report
from authlint.project.files import Item, Target
from authlint.project.ignore import Patterns
from authlint.source import decode

if TYPE_CHECKING:
    from authlint.run.results import Lesson

MISSING = "git does not have its content here"


class Outcome(NamedTuple):
    """The report of one file. It is ``scanned``, or has a problem, or is ``skipped``: no text, and not asked for.

    ``lessons`` are for later runs. Where so many ``versions`` of a file were looked at, ``origins`` are the number
    of the commit and the blob that each finding comes from, by its code and content.
    """

    report: Report
    scanned: bool = False
    skipped: bool = False
    lessons: tuple[Lesson, ...] = ()
    origins: Mapping[tuple[str, str], tuple[int, str]] | None = None
    versions: int = 0


def lost(item: Item, *, late: bool) -> Outcome:
    """The outcome for a file that took its process with it, or that was ``late`` so that it was ended."""
    if late and isinstance(item, Target):
        return too_long(item)
    return failed(item.path, "crash", "internal error (the process that checked it died), please report it")


def presented(
    report: Report, raw: bytes, target: Target, ignores: tuple[tuple[Patterns, frozenset[str]], ...]
) -> Report:
    """The report under the path the user knows, without what is ignored for that file."""
    if target.lines is not None and report.findings:
        report = report._replace(findings=tuple(_touching(report.findings, target.lines, raw)))
    codes: frozenset[str] = frozenset()
    if ignores and (report.findings or report.halves):
        absolute = os.path.abspath(target.path).replace(os.sep, "/")[1:]
        codes = codes.union(*(codes for patterns, codes in ignores if patterns.excludes(absolute)))
    if target.path == target.identity and not codes:
        return report
    findings: tuple[Finding, ...] = tuple(
        finding._replace(path=target.path) for finding in report.findings if finding.code not in codes
    )
    problems = tuple(problem._replace(path=target.path) for problem in report.problems)
    halves = tuple(
        half._replace(finding=half.finding._replace(path=target.path))
        for half in report.halves
        if half.finding.code not in codes
    )
    return report._replace(path=target.path, findings=findings, problems=problems, halves=halves)


def _touching(findings: Iterable[Finding], lines: tuple[tuple[int, int], ...], raw: bytes) -> Iterator[Finding]:
    """The findings that touch one of the lines. For git only a line feed ends a line."""
    data = decode(raw)
    for finding in findings:
        start, end = finding.span
        first = data.count(b"\n", 0, start) + 1
        last = first + data.count(b"\n", start, max(start, end - 1))
        if any(begin <= last and first <= finish for begin, finish in lines):
            yield finding


def failed(path: str, kind: ProblemKind, message: str) -> Outcome:
    """The outcome for a file of which something could not be done."""
    return Outcome(Report(path, problems=(Problem(path, kind, message),)))


def too_large(target: Target) -> Outcome:
    """The outcome for a file that is larger than its settings allow."""
    limit = target.config.settings.max_file_size
    return failed(target.path, "too-large", f"is larger than 'max-file-size' ({limit:,} bytes) and was not checked")


def crashed(path: str, error: Exception) -> Outcome:
    """The outcome for a file over which a check raised what it never should."""
    return failed(path, "crash", f"internal error ({place(error)}), please report it")


def too_long(target: Target) -> Outcome:
    """The outcome for a file that was given up."""
    limit = target.config.settings.max_file_seconds
    return failed(target.path, "timeout", f"took longer than 'max-file-seconds' ({limit:,} s) and was given up")


def binary(target: Target) -> Outcome:
    """The outcome for a file that is no text: a problem if somebody asked for this very file."""
    if target.explicit:
        return failed(target.path, "binary", "is not text and was not checked")
    return Outcome(Report(target.path), skipped=True)


def place(error: Exception) -> str:
    """The kind of an error and where it was raised; not its message, which may quote the file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + where
