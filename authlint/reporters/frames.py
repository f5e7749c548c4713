"""Code frames: the lines of a finding with ``^`` under what it is about. Shows no secret and no control character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from authlint.reporters.style import LEVEL_COLORS, Style
from authlint.secret.redact import clean, credentials, mask, mask_line

if TYPE_CHECKING:
    from authlint.finding import Finding
    from authlint.source import Source

WIDTH = 120
_LEAD = 24  # how much of a long line is kept before what is marked
_REACH = 4_000  # how far around it secrets are looked for: a cut secret would not be known as one
_MAX_LINES = 4
_TAB = "    "
_WORD = re.compile(r"[\w.$-]{1,80}")
_Hidden: TypeAlias = tuple[int, int, str]


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


def line_frame(source: Source, line: int, column: int, style: Style) -> Iterator[str]:
    """One line of a source with ``^`` under the word that begins at a column: a place that explains a finding."""
    text = source.line(line)
    word = _WORD.match(text, column - 1)
    row = _marked(line, text, column - 1, word.end() if word else column)
    gutter, bar = len(str(line)) + 1, style("|", "blue")
    yield f"{' ' * gutter} {bar}"
    yield f"{style(str(line).rjust(gutter), 'blue')} {bar} {row.text}".rstrip()
    yield f"{' ' * gutter} {bar} {' ' * row.start}{style('^' * (row.end - row.start), 'bold')}"


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
        secret = finding.fix is not None and bool(finding.fix.revoke)
        yield _marked(number, line, start, max(end, start + 1) if number == finding.line else end, secret=secret)
    yield _context(source, finding.end_line + 1)


def _context(source: Source, number: int) -> _Row | None:
    line = source.line(number)
    if not line.strip():
        return None
    text = _visible(mask_line(line[:_REACH]))
    return _Row(number, text if len(text) <= WIDTH else text[: WIDTH - 1] + "…")


def _marked(number: int, line: str, start: int, end: int, *, secret: bool = False) -> _Row:
    """A line with a part of it marked; ``secret``: the part is to be revoked, and is never shown."""
    cut = max(0, (start // _REACH - 1) * _REACH)  # the same piece for many findings on one line
    original = line[cut : (end // _REACH + 2) * _REACH]
    masked, start, end = _masked(original, start - cut, end - cut, secret=secret)
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


def _masked(text: str, start: int, end: int, *, secret: bool = False) -> tuple[str, int, int]:
    """A piece of a line with the credentials in it masked, and where a part of it is afterwards."""
    shown, at = "", 0
    begin = finish = None
    for first, last, hidden in _with(_hidden(text), text, start, end) if secret else _hidden(text):
        shown += text[at:first]
        if begin is None and start < last:
            begin = len(shown) - max(first - start, 0)
        if finish is None and end <= last:
            finish = len(shown) + (len(hidden) if end > first else end - first)
        shown += hidden
        at = last
    rest = len(shown) - at
    return shown + text[at:], start + rest if begin is None else begin, end + rest if finish is None else finish


def _with(hidden: tuple[_Hidden, ...], text: str, start: int, end: int) -> tuple[_Hidden, ...]:
    """What is hidden, and a part of the text if nothing in it is hidden yet."""
    if any(first < end and start < last for first, last, _ in hidden):
        return hidden
    return tuple(sorted((*hidden, (start, end, mask(text[start:end])))))


@lru_cache(maxsize=4)
def _hidden(text: str) -> tuple[_Hidden, ...]:
    """Where there are credentials, and what is shown for them."""
    return tuple((start, end, mask(text[start:end])) for start, end in credentials(text))


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
