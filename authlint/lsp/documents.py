"""What an editor has open: its text as UTF-8, kept up to date by edits, and where a byte stands by the client's count.

Lines end at LF, CRLF or a lone CR, as in the protocol and in ``authlint.source``, and nowhere else.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from authlint.edits import Edit
from authlint.source import Source

_WIDTH = {"utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


class Document:
    """One open document. ``encoding`` is what the client counts characters in: ``utf-8``, ``utf-16`` or ``utf-32``."""

    def __init__(self, path: str, text: str, version: int, encoding: str) -> None:
        self.path = path
        self.version = version
        self.encoding = encoding
        self.source = self._made(text.encode("utf-8", "replace"))

    def _made(self, data: bytes) -> Source:
        return Source(self.path, data)

    @property
    def data(self) -> bytes:
        """The text."""
        return self.source.data

    def replace(self, text: str, start: tuple[int, int] | None = None, end: tuple[int, int] | None = None) -> None:
        """New text for all of it, or for what is between two positions."""
        new = text.encode("utf-8", "replace")
        if start is not None and end is not None:
            first, last = self.offset(*start), self.offset(*end)
            new = self.data[:first] + new + self.data[max(first, last) :]
        self.source = self._made(new)

    def offset(self, line: int, character: int) -> int:
        """The byte offset of a position, which counts lines and units from 0; past the end of a line is its end."""
        starts = self.source.line_starts
        if line >= len(starts):
            return len(self.data)
        begin = starts[line]
        end = starts[line + 1] if line + 1 < len(starts) else len(self.data)
        text = self.data[begin:end].rstrip(b"\r\n")
        if self.encoding not in _WIDTH:
            return begin + min(character, len(text))
        name, width = _WIDTH[self.encoding]
        units = text.decode().encode(name)[: character * width]
        return begin + len(units.decode(name, "ignore").encode())

    def position(self, offset: int) -> tuple[int, int]:
        """Line and units, from 0, of a byte offset."""
        line = self.source.line_of(offset) - 1
        before = self.data[self.source.line_starts[line] : offset]
        if self.encoding not in _WIDTH:
            return line, len(before)
        name, width = _WIDTH[self.encoding]
        return line, len(before.decode("utf-8", "ignore").encode(name)) // width


def changes(before: bytes, after: bytes) -> Iterator[Edit]:
    """The lines of one text that another has anew, as edits."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for tag, first, last, begin, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Edit((starts[first], starts[last]), b"".join(new[begin:end]).decode())
