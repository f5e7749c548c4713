"""What an editor has open: its text as UTF-8, kept up to date by edits, and where a byte stands by the client's count.

Lines end at LF, CRLF or a lone CR, as in the protocol and in ``authlint.source``, and nowhere else.
"""

from __future__ import annotations

from authlint.lsp.jobs import Text
from authlint.source import Source

_WIDTH = {"utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
_MARK = b"\xef\xbb\xbf"


class Document:
    """One open document. ``encoding`` is what the client counts characters in: ``utf-8``, ``utf-16`` or ``utf-32``.

    Offsets are those of ``text``, which is without a byte order mark; for the client that is a character like others.
    """

    def __init__(self, path: str, content: str, version: int, encoding: str, language_id: str = "") -> None:
        self.version = version
        self._path = path
        self._language_id = language_id
        self._encoding = encoding
        self._source = self._made(content.encode("utf-8", "replace"))

    def _made(self, data: bytes) -> Source:
        return Source(self._path, data)

    @property
    def text(self) -> Text:
        """What is to be looked at."""
        return Text(self._path, self._source.data[self._mark :], self._language_id)

    @property
    def _mark(self) -> int:
        return len(_MARK) if self._source.data.startswith(_MARK) else 0

    def plain(self, written: str) -> str:
        """What the client is to insert where ``written`` is to be inserted into ``text``."""
        return written

    def replace(self, content: str, start: tuple[int, int] | None = None, end: tuple[int, int] | None = None) -> None:
        """New text for all of it, or for what is between two positions."""
        new, data = content.encode("utf-8", "replace"), self._source.data
        if start is not None and end is not None:
            first, last = self._offset(*start), self._offset(*end)
            new = data[:first] + new + data[max(first, last) :]
        self._source = self._made(new)

    def offset(self, line: int, character: int) -> int:
        """The byte offset of a position, which counts lines and units from 0; past the end of a line is its end."""
        return max(0, self._offset(line, character) - self._mark)

    def _offset(self, line: int, character: int) -> int:
        starts, data = self._source.line_starts, self._source.data
        if line >= len(starts):
            return len(data)
        begin = starts[line]
        end = starts[line + 1] if line + 1 < len(starts) else len(data)
        text = data[begin:end].rstrip(b"\r\n")
        if self._encoding not in _WIDTH:
            return begin + min(character, len(text))
        name, width = _WIDTH[self._encoding]
        units = text.decode().encode(name)[: character * width]
        return begin + len(units.decode(name, "ignore").encode())

    def byte(self, line: int, column: int) -> int:
        """The byte offset of a line and a column of characters, both from 1, in ``text``."""
        column += 1 if self._mark and line == 1 else 0
        before = self._source.line(line)[: column - 1]
        return self._source.line_starts[line - 1] + len(before.encode()) - self._mark

    def position(self, offset: int) -> tuple[int, int]:
        """Line and units, from 0, of a byte offset."""
        return self._position(offset + self._mark)

    def _position(self, offset: int) -> tuple[int, int]:
        line = self._source.line_of(offset) - 1
        before = self._source.data[self._source.line_starts[line] : offset]
        if self._encoding not in _WIDTH or before.isascii():
            return line, len(before)
        name, width = _WIDTH[self._encoding]
        return line, len(before.decode("utf-8", "ignore").encode(name)) // width
