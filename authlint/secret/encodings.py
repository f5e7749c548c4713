"""Text that is hidden by an encoding: Base64, percent-encoding, escapes of JSON. Decoded with positions. Pure.

The pre-filter looks for what the beginnings of keys come to when they are encoded, and believes it only if they are
there once everything is decoded.
"""

from __future__ import annotations

import binascii
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice
from typing import NamedTuple

from authlint.source import Segment

DEPTH = 2
"""How many layers are taken off."""

_LONGEST = 12
_SHORTEST_FORM, _SHORTEST_TWICE = 6, 8
_BEFORE = "\"':= \n"
_SIGNS, _RESERVED = frozenset("_-.:/"), frozenset(":/")
_ESCAPES = (("%{:02x}", (_SIGNS, _RESERVED)), ("%25{:02x}", (_SIGNS, _RESERVED)), ("\\u{:04x}", (_SIGNS,)))
_PHASES = 4
_MOST_RUNS = 20_000
_MUCH = 200
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_RUN = re.compile(
    rb"[A-Za-z0-9+/_-]{56,}(?:(?:\\n|\r?\n[ \t]{0,60})[A-Za-z0-9+/_-]{4,})*|[A-Za-z0-9+/_-]{24,}"  # in lines, or one
)
_TEXT = re.compile(rb"[\t\n\r -~]{16,}")  # what is read from the wrong place is none
_BREAK = re.compile(rb"\\n|\s+")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})|\\u00([0-9A-Fa-f]{2})|\\x([0-9A-Fa-f]{2})")
_REACH_BEFORE, _REACH = 80, 400


class Piece(NamedTuple):
    """What an encoded piece of a text says: ``lines`` are the numbers of their first characters and their places."""

    data: bytes
    encoding: str
    lines: tuple[tuple[int, int], ...]
    phase: int = 0

    def segments(self, around: bytes, start: int, end: int) -> Iterator[Segment]:
        """Where these bytes of the data stand in the text around."""
        if self.encoding == ESCAPES:
            places = islice(_places(around, self.lines[0][1]), start, end)
            yield from (Segment(offset, 1, *place) for offset, place in enumerate(places))
            return
        lines = [first for first, _ in self.lines]
        for offset in range(start, end):
            char = self.phase + offset // 3 * 4 + offset % 3
            yield Segment(offset - start, 1, self._place(lines, char), self._place(lines, char + 1) + 1)

    def _place(self, lines: list[int], char: int) -> int:
        first, place = self.lines[bisect_right(lines, char) - 1]
        return place + char - first


BASE64, ESCAPES = "in Base64", "escaped"


def pieces(data: bytes) -> Iterator[Piece]:
    """Everything in a text that may be encoded, decoded. Base64 is read from each of the places where it may begin."""
    for number, match in enumerate(_RUN.finditer(data)):
        if number == _MOST_RUNS:
            break
        lines = _BREAK.split(match[0])
        starts = _line_starts(match, lines)
        text = b"".join(lines).translate(_STANDARD)
        for phase in range(_PHASES):
            yield Piece(_decoded(text[phase:]), BASE64, starts, phase)
    yield from _unescaped(data)


def is_inside_data(data: bytes, span: tuple[int, int]) -> bool:
    """Whether a place is in the middle of a picture, a program or the like that is written in Base64.

    A few letters of it may look like the beginning of a key.
    """
    start, end = span
    before, after = data[max(0, start - _MUCH) : start], data[end : end + _MUCH]
    return len(_NO_BASE64.split(before)[-1]) + len(_NO_BASE64.split(after, maxsplit=1)[0]) >= _MUCH


def holds(data: bytes, beginnings: Sequence[bytes], depth: int = DEPTH) -> bool:
    """Whether one of these beginnings is in what a text hides."""
    hidden = b"\n".join(chain.from_iterable(_TEXT.findall(piece.data) for piece in pieces(data)))
    if not hidden:
        return False
    return any(beginning in hidden for beginning in beginnings) or (depth > 1 and holds(hidden, beginnings, depth - 1))


def _line_starts(match: re.Match[bytes], lines: list[bytes]) -> tuple[tuple[int, int], ...]:
    """The number of the first character of each line, and where that stands."""
    if len(lines) == 1:
        return ((0, match.start()),)
    ends = [match.start() + found.end() for found in _BREAK.finditer(match[0])]
    return tuple(zip(accumulate(map(len, lines[:-1]), initial=0), [match.start(), *ends], strict=True))


def _decoded(text: bytes) -> bytes:
    """The bytes of Base64 without its padding; a character too many is left out."""
    rest = len(text) % 4
    text = text[:-1] if rest == 1 else text + b"=" * (-rest % 4)
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        return b""


def _unescaped(data: bytes) -> Iterator[Piece]:
    """The surroundings of escapes, a piece of a line at a time."""
    if b"%" not in data and b"\\u00" not in data and b"\\x" not in data:
        return
    covered = -1
    for match in _ESCAPED.finditer(data):
        if match.start() < covered:
            continue
        newline = data.find(b"\n", match.start(), match.start() + _REACH)
        covered = newline if newline >= 0 else match.start() + _REACH
        start = max(data.rfind(b"\n", 0, match.start()) + 1, match.start() - _REACH_BEFORE)
        end = min(covered + _REACH_BEFORE if newline < 0 else covered, len(data))
        yield Piece(_ESCAPED.sub(_character, data[start:end]), ESCAPES, ((0, start),))


def _character(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1] or match[2] or match[3], 16)])


def _places(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """From a place on, where each character stands: an escape is one."""
    while at < len(data):
        match = _ESCAPED.match(data, at)
        end = match.end() if match else at + 1
        yield at, end
        at = end


# --- for the pre-filter -----------------------------------------------------------------------------------------------


def expressions(beginnings: Iterable[str]) -> list[bytes]:
    """Expressions, compared without case, for the encoded forms of several beginnings."""
    return sorted({form for beginning in beginnings for form in _forms(beginning)})


def _forms(beginning: str) -> Iterator[bytes]:
    """Base64 at each of the three places where a beginning may stand, once and twice, and escapes."""
    once = set(_base64_forms(beginning[:_LONGEST]))
    for form in once:
        yield re.escape(form).encode()
        if len(beginning) < _SHORTEST_FORM:
            continue
        twice = (each for each in _base64_forms(form) if len(each) >= _SHORTEST_TWICE)
        yield from (re.escape(each).encode() for each in twice)
    start = _inner(beginning[:_LONGEST], 0)
    if start not in once:
        yield b"(?:^|[^A-Za-z0-9+/_-])" + re.escape(start).encode()
    yield from (re.escape(each).encode() for each in _escaped(beginning))


def _base64_forms(text: str) -> Iterator[str]:
    """What the Base64 of any text that holds this one has in it; with a character before it, if that is too little."""
    for offset in range(3):
        form = _inner(text, offset)
        if len(form) >= _SHORTEST_FORM:
            yield from _both(form)
        else:
            longer = (_inner(before + text, (offset - 1) % 3) for before in _BEFORE)
            yield from (each for form in longer for each in _both(form))


def _escaped(text: str) -> Iterator[str]:
    """A beginning with its signs escaped, or only those that addresses need escaped: ``ak%5flive%5f``."""
    for escape, kinds in _ESCAPES:
        for signs in kinds:
            if not signs.isdisjoint(text):
                yield "".join(escape.format(ord(char)) if char in signs else char for char in text)


def _inner(text: str, offset: int) -> str:
    """The characters of Base64 that depend on nothing but the text, if it begins at this place of three."""
    encoded = binascii.b2a_base64(b"\0" * offset + text.encode() + b"\0" * 3, newline=False).decode()
    return encoded[-(-8 * offset // 6) : 8 * (offset + len(text)) // 6]


def _both(form: str) -> Iterator[str]:
    """Standard Base64, and the kind for addresses where that differs."""
    yield form
    if "+" in form or "/" in form:
        yield form.replace("+", "-").replace("/", "_")
