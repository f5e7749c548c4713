"""Whether a fixed file is at least as good as it was: it parses as well, what was to go is gone, nothing has come."""

from __future__ import annotations

from authlint.edits import Edit, moved
from authlint.finding import HARMLESS, Report
from authlint.frontends import lower
from authlint.source import Source

_DEPTH = 4


class Refused(Exception):  # noqa: N818 - it is no error: the file stays as it is
    """A fix is not applied; the message says why."""


def judge(before: Report, after: Report, rounds: list[list[Edit]]) -> None:
    """Refuse edits after which something is found that was not found before, at that place."""
    if len([p for p in after.problems if p.kind not in HARMLESS]) > len(
        [p for p in before.problems if p.kind not in HARMLESS]
    ):
        raise Refused("the file could not be looked at afterwards")
    touched = {(f.code, f.span) for f in before.findings if f.fix and set(f.fix.edits) <= set(rounds[0])}
    left = {
        (finding.code, place)
        for finding in before.findings
        if (finding.code, finding.span) not in touched
        for place in _places(finding.span[0], rounds)
    }
    for finding in after.findings:
        if (finding.code, finding.span[0]) not in left:
            gone = any(code == finding.code for code, _ in touched)
            raise Refused("it would still be found" if gone else f"{finding.code} would be found")
    if after.suppressed < before.suppressed:
        raise Refused("an ignore comment would lose what it is for")


def _places(offset: int, rounds: list[list[Edit]]) -> set[int]:
    """Where an offset may be afterwards: what is put in right at it comes before it or after it."""
    places = {offset}
    for edits in rounds:
        places = {moved(place, edits, at_end=at_end) for place in places for at_end in (False, True)}
    return places


def broken(source: Source, depth: int = _DEPTH) -> tuple[int, int]:
    """How many parts of a file, embedded ones included, do not parse; and minus the number of what is embedded."""
    facts = lower(source)
    parts, inside = len(facts.broken), -len(facts.embedded)
    for child in facts.embedded if depth else ():
        more, deeper = broken(child, depth - 1)
        parts, inside = parts + more, inside + deeper
    return parts, inside
