"""JSON strings: their text, and where in the source each byte of it stands."""

from __future__ import annotations

import re

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
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()


def decode_string(data: bytes, start: int, end: int) -> tuple[bytes, list[Segment]]:
    """The string literal at ``start`` … ``end`` (quotes included) as UTF-8, and segments that lead back to ``data``.

    Never fails: half a surrogate pair becomes U+FFFD, an unknown escape the character itself.
    """
    first = min(start + 1, end)
    last = end - 1 if end - 1 > start and data[end - 1 : end] == data[start:first] else end
    return decode_escapes(data, first, last)


def decode_escapes(data: bytes, first: int, last: int) -> tuple[bytes, list[Segment]]:
    """The same for ``first`` … ``last`` of a string, without its quotes."""
    pieces: list[bytes] = []
    segments: list[Segment] = []
    offset, at = 0, first
    for match in _ESCAPE.finditer(data, first, last):
        if match.start() > at:
            pieces.append(data[at : match.start()])
            segments.append(Segment(offset, match.start() - at, at, match.start()))
            offset += match.start() - at
        at = match.end()
        decoded = _decode_escape(match[0])
        if decoded:
            pieces.append(decoded)
            segments.append(Segment(offset, len(decoded), match.start(), at))
            offset += len(decoded)
    if last > at:
        pieces.append(data[at:last])
        segments.append(Segment(offset, last - at, at, last))
    return b"".join(pieces), segments


def embed_string(source: Source, span: Span, language: str, label: str) -> Source:
    """The content of the string literal at ``span`` as a source of its own."""
    decoded, segments = decode_string(source.data, *span)
    return Source(source.path, decoded, language, source, tuple(segments), label)


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
