"""YAML scalars: what plain, quoted and block scalars say, with a way back to the source."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from authlint.facts import Const
from authlint.frontends.jsonstrings import decode_escapes
from authlint.source import Segment, Span

_INTEGER = re.compile(rb"[-+]?(?:0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}|\d[\d_]{0,40})")
_FLOAT = re.compile(rb"[-+]?(?:\.\d{1,40}|\d{1,40}\.\d{0,40}|\d{1,40}(?=[eE]))(?:[eE][-+]?\d{1,4})?")
_CONSTANTS: dict[bytes, bool | None] = {b"~": None, b"null": None, b"Null": None, b"NULL": None} | {
    spelling.encode(): value
    for word, value in {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.items()
    for spelling in (word, word.capitalize(), word.upper())
}
_BASES = {b"0x": 16, b"0o": 8}


class Decoded:
    """The bytes of a scalar and where each of them stands."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.segments: list[Segment] = []
        self.length = 0

    @property
    def data(self) -> bytes:
        """All bytes."""
        return b"".join(self.pieces)

    def add(self, piece: bytes, start: int, end: int) -> None:
        """Append ``piece``, which ``start`` … ``end`` stands for."""
        if piece:
            self.pieces.append(piece)
            self.segments.append(Segment(self.length, len(piece), start, end))
            self.length += len(piece)

    def extend(self, data: bytes, segments: Sequence[Segment]) -> None:
        """Append what was decoded elsewhere."""
        self.pieces.append(data)
        base = self.length
        self.segments += [segment._replace(offset=base + segment.offset) for segment in segments]
        self.length += len(data)


def constant(word: bytes, span: Span) -> Const | None:
    """The number, boolean or null that a plain scalar is, in YAML 1.1 or 1.2; ``None`` for text."""
    if word in _CONSTANTS:
        return Const(_CONSTANTS[word], span)
    if not word or word[0] not in b"0123456789+-.":
        return None
    if _INTEGER.fullmatch(word):
        digits = word.replace(b"_", b"").lower()
        base = _BASES.get(digits.lstrip(b"+-")[:2], 10)
        return Const(int(digits.replace(b"0o", b""), base), span)
    return Const(float(word), span) if _FLOAT.fullmatch(word) else None


def plain(data: bytes, span: Span) -> Decoded:
    """A plain scalar; its lines are folded."""
    decoded = Decoded()
    start, end = span
    if data.find(b"\n", start, end) < 0:
        decoded.add(data[start:end], start, end)
    else:
        _fold(decoded, data, span, _as_is)
    return decoded


def single_quoted(data: bytes, span: Span) -> Decoded:
    """A single-quoted scalar: two quotes are one."""
    decoded = Decoded()
    _fold(decoded, data, _inside(data, span), _halve_quotes)
    return decoded


def double_quoted(data: bytes, span: Span) -> Decoded:
    """A double-quoted scalar: the escapes of JSON."""
    decoded = Decoded()
    _fold(decoded, data, _inside(data, span), _unescape)
    return decoded


def block(data: bytes, lines: Sequence[Span], header: bytes, indent: int | None) -> Decoded:
    """A block scalar from its lines, each a span with its line ending: ``|`` keeps them, ``>`` folds them."""
    decoded = Decoded()
    last = len(lines)
    while last and b"+" not in header and not data[slice(*lines[last - 1])].strip():
        last -= 1
    if indent is None:
        indent = next((_indentation(data[slice(*line)]) for line in lines if data[slice(*line)].strip()), 0)
    folds = header.startswith(b">")
    for index, (start, end) in enumerate(lines[:last]):
        text = data[start:end].rstrip(b"\r\n")
        stop = start + len(text)
        begin = min(start + indent, stop)
        is_last = index == last - 1
        if not folds and end == stop + 1 and not (is_last and b"-" in header):
            decoded.add(data[begin:end], begin, end)
            continue
        decoded.add(data[begin:stop], begin, stop)
        if is_last and (b"-" in header or stop == end):
            break
        following = data[slice(*lines[index + 1])] if folds and not is_last else b""
        joins = text.strip() and following.strip() and _indentation(following) == indent == _indentation(text)
        decoded.add(b" " if joins else b"\n", stop, end)
    return decoded


def _indentation(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" "))


def _inside(data: bytes, span: Span) -> Span:
    start, end = span
    closed = end - start > 1 and data[end - 1] == data[start]
    return (start + 1, end - 1 if closed else end)


def _fold(decoded: Decoded, data: bytes, span: Span, add: Callable[[Decoded, bytes, Span], None]) -> None:
    """Add a scalar line by line: a line's end is a blank, empty lines are line ends."""
    start, end = span
    if data.find(b"\n", start, end) < 0:
        add(decoded, data, span)
        return
    begin, blank_lines, joint = start, 0, b""
    joint_start = start
    while begin <= end:
        newline = data.find(b"\n", begin, end)
        line_end = end if newline < 0 else newline
        line = data[begin:line_end]
        left = begin + (len(line) - len(line.lstrip()) if begin > start else 0)
        right = line_end - (len(line) - len(line.rstrip()) if newline >= 0 else 0)
        if right <= left and begin > start and newline >= 0:
            blank_lines += 1
        else:
            decoded.add(b"\n" * blank_lines or joint, joint_start, max(joint_start, left))
            escaped = add is _unescape and newline >= 0 and (right - len(data[left:right].rstrip(b"\\")) - left) % 2
            right -= 1 if escaped else 0
            add(decoded, data, (left, max(left, right)))
            blank_lines, joint, joint_start = 0, b"" if escaped else b" ", right
        if newline < 0:
            break
        begin = newline + 1


def _as_is(decoded: Decoded, data: bytes, span: Span) -> None:
    decoded.add(data[slice(*span)], *span)


def _halve_quotes(decoded: Decoded, data: bytes, span: Span) -> None:
    start, end = span
    while (quotes := data.find(b"''", start, end)) >= 0:
        decoded.add(data[start : quotes + 1], start, quotes + 1)
        start = quotes + 2
    decoded.add(data[start:end], start, end)


def _unescape(decoded: Decoded, data: bytes, span: Span) -> None:
    decoded.extend(*decode_escapes(data, *span))
