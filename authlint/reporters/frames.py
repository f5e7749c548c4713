"""Code frames: the lines of a finding with ``^`` under what it is about. Shows no secret and no control character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from authlint.redact import clean, mask_line
from authlint.reporters.style import LEVEL_COLORS, Style

if TYPE_CHECKING:
    from authlint.finding import Finding
    from authlint.source import Source

WIDTH = 120
_LEAD = 24  # how much of a long line is kept before what is marked
_REACH = 4_000  # how far around it secrets are looked for: a cut secret would not be known as one
_MAX_DIFF = 600
_MAX_LINES = 4
_TAB = "    "


class _Row(NamedTuple):
    number: int
    text: str
    start: int = 0
    end: int = 0


def frame(source: Source, finding: Finding, style: Style) -> Iterator[str]:
    """The lines of a frame, without line endings."""
    rows = [row for row in _rows(source, finding) if row is not None]
    gutter = len(str(max(row.number for row in rows))) + 1
    bar = style("|", "blue")
    yield f"{' ' * gutter} {bar}"
    last = rows[0].number - 1
    for row in rows:
        if row.number > last + 1:
            yield f"{' ' * (gutter - 1)}{style('…', 'blue')} {bar}"
        last = row.number
        yield f"{style(str(row.number).rjust(gutter), 'blue')} {bar} {row.text}".rstrip()
        if row.end > row.start:
            marks = style("^" * (row.end - row.start), "bold", LEVEL_COLORS[finding.level])
            yield f"{' ' * gutter} {bar} {' ' * row.start}{marks}"


def _rows(source: Source, finding: Finding) -> Iterator[_Row | None]:
    """The finding's lines, first and last if they are many, and the line before and after where it says something."""
    yield _context(source, finding.line - 1)
    numbers = list(range(finding.line, finding.end_line + 1))
    if len(numbers) > _MAX_LINES:
        numbers = [*numbers[: _MAX_LINES - 1], numbers[-1]]
    for number in numbers:
        line = source.line(number)
        start = finding.column - 1 if number == finding.line else len(line) - len(line.lstrip())
        end = finding.end_column - 1 if number == finding.end_line else len(line)
        yield _marked(number, line, start, max(end, start + 1) if number == finding.line else end)
    yield _context(source, finding.end_line + 1)


def _context(source: Source, number: int) -> _Row | None:
    line = source.line(number)
    if not line.strip():
        return None
    text = _visible(mask_line(line[:_REACH]))
    return _Row(number, text if len(text) <= WIDTH else text[: WIDTH - 1] + "…")


def _marked(number: int, line: str, start: int, end: int) -> _Row:
    cut = max(0, start - _REACH)
    original = line[cut : end + _REACH]
    masked = mask_line(original)
    start, end = _moved(original, masked, start - cut, end - cut)
    left, right = 0, len(masked)
    if len(masked) > WIDTH:
        left = max(0, min(start - _LEAD, len(masked) - WIDTH))
        right = min(len(masked), left + WIDTH)
        end = min(end, right)
    lead = "…" if left or cut else ""
    before, marked = lead + _visible(masked[left:start]), _visible(masked[start:end])
    after = _visible(masked[end:right]) + ("…" if right < len(masked) or cut + len(original) < len(line) else "")
    begin = cells(before)
    return _Row(number, before + marked + after, begin, begin + max(cells(marked), 1))


def _moved(original: str, masked: str, start: int, end: int) -> tuple[int, int]:
    """Where a part of a line is after the secrets in it were masked."""
    if original == masked:
        return start, end
    same = next((at for at, (a, b) in enumerate(zip(original, masked, strict=False)) if a != b), len(masked))
    room = min(len(original), len(masked)) - same
    tail = 0
    while tail < room and original[-1 - tail] == masked[-1 - tail]:
        tail += 1
    changed, change = original[same : len(original) - tail], masked[same : len(masked) - tail]
    bounds = (same, len(original) - tail, len(masked) - tail)
    if len(changed) <= _MAX_DIFF and len(change) <= _MAX_DIFF:
        from difflib import SequenceMatcher  # noqa: PLC0415 - only a line with a secret needs it

        steps: Sequence[tuple[str, int, int, int, int]] = SequenceMatcher(
            None, changed, change, autojunk=False
        ).get_opcodes()
    else:
        steps = []
    return _move(start, bounds, steps, at_end=False), max(_move(end, bounds, steps, at_end=True), 0)


def _move(
    column: int, bounds: tuple[int, int, int], steps: Sequence[tuple[str, int, int, int, int]], *, at_end: bool
) -> int:
    same, old_end, new_end = bounds
    if column <= same:
        return column
    if column >= old_end:
        return new_end + column - old_end
    inside = column - same
    for tag, old, old_to, new, new_to in steps:
        if old < inside < old_to or (inside == old_to if at_end else inside == old):
            return same + (new + inside - old if tag == "equal" else new_to if at_end else new)
    return new_end if at_end else same


def _visible(text: str) -> str:
    return clean(text.replace("\t", _TAB))


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
