"""JSON strings: their text, and where in the source each byte of it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import overload

from authlint.source import Segment, Source, Span

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|\r\n"
    rb"|[\xc0-\xff][\x80-\xbf]*|[\s\S]|\Z)"
)
_SHORT = {b"b": b"\b", b"e": b"\x1b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"0": b"\0"}
_LINE_ENDS = (b"\n", b"\r\n", b"\r")
_PAIR_LENGTH = 12  # \ud83d\ude00
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_WIDTH, _RECORD = 8, 32  # of a number, and of the four of a segment
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()


def decode_string(data: bytes, start: int, end: int) -> tuple[bytes, list[Segment]]:
    """The string literal at ``start`` … ``end`` (quotes included) as UTF-8, and segments that lead back to ``data``.

    Never fails: half a surrogate pair becomes U+FFFD, an unknown escape the character itself.
    """
    return decode_escapes(data, *_inside(data, start, end))


def decode_escapes(data: bytes, first: int, last: int) -> tuple[bytes, list[Segment]]:
    """The same for ``first`` … ``last`` of a string, without its quotes."""
    pieces: list[bytes] = []
    segments: list[Segment] = []
    offset = 0
    for piece, start, end in _pieces(data, first, last):
        pieces.append(piece)
        segments.append(Segment(offset, len(piece), start, end))
        offset += len(piece)
    return b"".join(pieces), segments


class Places(Sequence[Segment]):
    """The segments of a string, in a fifth of the memory that a list of them takes: one for each escape and between."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        """Of the string literal at ``start`` … ``end`` (quotes included)."""
        self._numbers = bytearray()
        offset = 0
        for piece, begin, finish in _pieces(data, *_inside(data, start, end)):
            packed = offset << 192 | len(piece) << 128 | begin << 64 | finish  # one number is made bytes of fastest
            self._numbers += packed.to_bytes(_RECORD, "big")
            offset += len(piece)

    def __len__(self) -> int:  # noqa: D105 - a sequence's
        return len(self._numbers) // _RECORD

    @overload
    def __getitem__(self, index: int) -> Segment: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Segment]: ...
    def __getitem__(self, index: int | slice) -> Segment | Sequence[Segment]:  # noqa: D105 - a sequence's
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        at = _RECORD * range(len(self))[index]  # raises what a sequence is to raise
        fields = range(at, at + _RECORD, _WIDTH)
        return Segment(*(int.from_bytes(self._numbers[start : start + _WIDTH], "big") for start in fields))


def _inside(data: bytes, start: int, end: int) -> Span:
    """A string literal without its quotes, of which the last may be missing."""
    first = min(start + 1, end)
    return first, end - 1 if end - 1 > start and data[end - 1 : end] == data[start:first] else end


def _pieces(data: bytes, first: int, last: int) -> Iterator[tuple[bytes, int, int]]:
    """What a string's text is made of, and where each piece stands."""
    at = first
    for match in _ESCAPE.finditer(data, first, last):
        if match.start() > at:
            yield data[at : match.start()], at, match.start()
        at = match.end()
        decoded = _decode_escape(match[0])
        if decoded:
            yield decoded, match.start(), at
    if last > at:
        yield data[at:last], at, last


def unescape(data: bytes) -> bytes:
    """The text of a string without its quotes, where nobody asks where in the source it stands."""
    return _ESCAPE.sub(_unescaped, data)


def embed_string(source: Source, span: Span, language: str, label: str) -> Source:
    """The content of the string literal at ``span`` as a source of its own."""
    decoded, segments = decode_string(source.data, *span)
    return Source(source.path, decoded, language, source, tuple(segments), label)


def _unescaped(match: re.Match[bytes]) -> bytes:
    return _decode_escape(match[0])


def _decode_escape(escape: bytes) -> bytes:
    if len(escape) == _PAIR_LENGTH:
        high, low = int(escape[2:6], 16), int(escape[8:12], 16)
        return chr(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF)).encode()
    rest = escape[1:]
    if rest in _LINE_ENDS:
        return b""
    if rest[0:1] in (b"u", b"x", b"U") and len(rest) > 1:
        code = int(rest[1:], 16)
        return _REPLACEMENT if code in _SURROGATES or code > _LAST_CHARACTER else chr(code).encode()
    return _SHORT.get(rest, rest)
