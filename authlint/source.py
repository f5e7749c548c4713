"""A file's bytes, its text, and where a byte stands: the only place that knows lines and columns.

Everything inside authlint speaks in *spans*: ``(start, end)`` byte offsets into ``Source.data``, which is always
UTF-8 without a byte order mark. Lines and columns exist only here and in the reporters.
"""

from __future__ import annotations

import bisect
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

Span = tuple[int, int]

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


_BLOCK = 1024
_CONTINUED = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 that begin no character."""


class Position(NamedTuple):
    """A place a person can find: ``line`` and ``column`` are 1-based, columns count characters, not bytes."""

    line: int
    column: int


class Segment(NamedTuple):
    """``length`` bytes at ``offset`` of an embedded source stand at ``start`` … ``end`` of the source around it.

    Where ``end - start`` equals ``length`` the bytes are the same, one for one; otherwise (an escape such as ``\\n``
    in a JSON string) the whole piece stands for the whole piece.
    """

    offset: int
    length: int
    start: int
    end: int


class Source:
    """One piece of text in one language: a file, or a fence, script or shell block embedded in one. Never changed.

    ``path`` is the file's path as it is reported, with ``/``. ``data`` is UTF-8 without a byte order mark.
    ``language`` is a name from ``authlint.languages`` or ``"text"``. For an embedded source ``parent`` is the source
    around it and ``segments`` map its offsets to the parent's, in order.
    """

    def __init__(
        self,
        path: str,
        data: bytes,
        language: str = "text",
        parent: Source | None = None,
        segments: tuple[Segment, ...] = (),
        label: str = "",
    ) -> None:
        """Nothing is decoded before it is asked for."""
        self.path = path
        self.data = data
        self.language = language
        self.parent = parent
        self.segments = segments
        self.label = label
        self._last_line = 0, ""

    @cached_property
    def text(self) -> str:
        """The whole text. Decoding cannot fail: ``data`` was made by :func:`decode`."""
        return self.data.decode("utf-8", "replace")

    @property
    def root(self) -> Source:
        """The file that this source is embedded in, or the source itself."""
        return self if self.parent is None else self.parent.root

    def slice(self, span: Span) -> str:
        """The text between two byte offsets."""
        return self.data[span[0] : span[1]].decode("utf-8", "replace")

    def to_root(self, span: Span) -> Span:
        """The same span in the file around: bytes of ``self.root.data``."""
        if self.parent is None:
            return span
        start, end = self._lift(span[0], at_end=False), self._lift(max(span[1] - 1, span[0]), at_end=True)
        return self.parent.to_root((start, max(start, end)))

    def _lift(self, offset: int, *, at_end: bool) -> int:
        index = bisect.bisect_right(self.segments, offset, key=lambda segment: segment.offset) - 1
        if index < 0:
            return self.segments[0].start if self.segments else 0
        segment = self.segments[index]
        inside = min(offset - segment.offset, segment.length)
        if segment.end - segment.start == segment.length:
            return min(segment.start + inside + (1 if at_end else 0), segment.end)
        return segment.end if at_end else segment.start

    @cached_property
    def line_starts(self) -> list[int]:
        """Byte offset at which each line of this source begins. Lines end at LF, CRLF or a lone CR, nowhere else."""
        starts = [0, *accumulate(map(len, self.data.splitlines(keepends=True)))]
        if len(starts) > 1 and not self.data.endswith((b"\n", b"\r")):
            starts.pop()
        return starts

    def line_of(self, offset: int) -> int:
        """1-based number of the line that a byte offset of this source stands on."""
        return bisect.bisect_right(self.line_starts, offset)

    def position(self, offset: int) -> Position:
        """1-based line and character column of a byte offset of this source."""
        line = self.line_of(offset)
        begin = self.line_starts[line - 1]
        if self._is_ascii:
            return Position(line, offset - begin + 1)
        return Position(line, self._characters(offset) - self._characters(begin) + 1)

    @cached_property
    def _is_ascii(self) -> bool:
        return self.data.isascii()

    def _characters(self, offset: int) -> int:
        """How many characters begin before a byte offset; counted from the last block, since lines may be long."""
        block = offset // _BLOCK
        return self._before_blocks[block] + len(self.data[block * _BLOCK : offset].translate(None, _CONTINUED))

    @cached_property
    def _before_blocks(self) -> list[int]:
        starts = range(0, len(self.data) + 1, _BLOCK)
        return list(accumulate((self._begun(start) for start in starts), initial=0))

    def _begun(self, start: int) -> int:
        return len(self.data[start : start + _BLOCK].translate(None, _CONTINUED))

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line ending; empty past the end."""
        if not 1 <= number <= len(self.line_starts):
            return ""
        if self._last_line[0] != number:  # many findings may stand on one long line
            self._last_line = number, self._line(number)
        return self._last_line[1]

    def _line(self, number: int) -> str:
        begin = self.line_starts[number - 1]
        end = self.line_starts[number] if number < len(self.line_starts) else len(self.data)
        return self.data[begin:end].decode("utf-8", "replace").rstrip("\r\n")

    def embed(self, language: str, spans: list[Span], label: str = "") -> Source:
        """A source made of pieces of this one, put one after another; positions lead back here."""
        pieces, segments, offset = [], [], 0
        for start, end in spans:
            if end > start:
                pieces.append(self.data[start:end])
                segments.append(Segment(offset, end - start, start, end))
                offset += end - start
        return Source(self.path, b"".join(pieces), language, self, tuple(segments), label)


def decode(raw: bytes) -> bytes:
    """Any file's bytes as UTF-8 without a byte order mark.

    UTF-8 and UTF-16 (with a mark, or recognisable by its zero bytes) are decoded as such; what is not valid UTF-8 is
    read as Latin-1, in which every byte is a character, so no file is ever lost to its encoding.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :] if encoding == "utf-8" else raw[2:].decode(encoding, "replace").encode()
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1").encode()
    return raw


def encode(data: bytes, raw: bytes) -> bytes:
    """UTF-8 as bytes of the encoding that ``raw`` is in, with its mark: the way back from :func:`decode`.

    Raises ``UnicodeError`` where the text has a character that the encoding does not.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return mark + data.decode().encode(encoding)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode().encode("latin-1")
    return data


def is_binary(raw: bytes) -> bool:
    """Whether the bytes are no text: a NUL among the first 8 kB and no UTF-16 mark."""
    return b"\0" in raw[:8192] and not raw.startswith((b"\xff\xfe", b"\xfe\xff"))
