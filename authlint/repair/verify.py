"""Whether a fixed file is at least as good as it was: it parses as well, what was to go is gone, nothing has come."""

from __future__ import annotations

from authlint.edits import Edit, moved
from authlint.finding import HARMLESS, Finding, Report
from authlint.frontends import lower
from authlint.source import Source, Span

_DEPTH = 4


class Refused(Exception):  # noqa: N818 - it is no error: the file stays as it is
    """A fix is not applied; the message says why. ``spans``: what was found there is to blame, if that is known."""

    def __init__(self, reason: str, spans: frozenset[tuple[str, Span]] = frozenset()) -> None:
        super().__init__(reason)
        self.spans = spans


def judge(before: Report, after: Report, chosen: list[Finding], edits: list[Edit]) -> None:
    """Refuse edits after which something is found that was not found before, at that place."""
    if _failures(after) > _failures(before):
        raise Refused("the file could not be looked at afterwards")
    touched = {(finding.code, finding.span) for finding in chosen}
    left = {
        (finding.code, place)
        for finding in before.findings
        if (finding.code, finding.span) not in touched
        for place in _places(finding.span[0], edits)
    }
    for finding in after.findings:
        if (finding.code, finding.span[0]) not in left:
            to_blame = frozenset((code, span) for code, span in touched if _is_at(finding, span, edits))
            gone = any(code == finding.code for code, _ in to_blame)
            raise Refused("it would still be found" if gone else f"{finding.code} would be found", to_blame)
    if after.suppressed < before.suppressed:
        raise Refused("an ignore comment would lose what it is for")


def _failures(report: Report) -> int:
    return sum(problem.kind not in HARMLESS for problem in report.problems)


def _is_at(finding: Finding, span: Span, edits: list[Edit]) -> bool:
    """Whether a finding is where something was found before."""
    start, end = moved(span[0], edits), moved(span[1], edits, at_end=True)
    return start <= finding.span[0] <= end or finding.span[0] <= start <= finding.span[1]


def _places(offset: int, edits: list[Edit]) -> set[int]:
    """Where an offset may be afterwards: what is put in right at it comes before it or after it."""
    return {moved(offset, edits, at_end=at_end) for at_end in (False, True)}


def broken(source: Source, depth: int = _DEPTH) -> tuple[int, int]:
    """How many parts of a file, embedded ones included, do not parse; and minus the number of what is embedded."""
    facts = lower(source)
    parts, inside = len(facts.broken), -len(facts.embedded)
    for child in facts.embedded if depth else ():
        more, deeper = broken(child, depth - 1)
        parts, inside = parts + more, inside + deeper
    return parts, inside
