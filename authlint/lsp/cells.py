"""A cell of a notebook that an editor has open: looked at as a notebook that has no other, so that magics are known."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import NamedTuple

from authlint.frontends.jsonstrings import decode_string
from authlint.languages import by_name
from authlint.lsp.documents import Document
from authlint.lsp.jobs import NOTEBOOK, Text
from authlint.source import Segment, Source

_AROUND = (
    '{{"metadata": {{"kernelspec": {{"language": "{}"}}}}, "cells": [{{"cell_type": "{}", "source": [\n{}\n]}}]}}\n'
)


class _Written(NamedTuple):
    """The notebook that a cell is written as, and where each piece of the cell stands in it."""

    data: bytes
    segments: tuple[Segment, ...]


def _written(cell: Source, language_id: str) -> _Written:
    kind = "markdown" if by_name(language_id) == "markdown" else "code"
    lines = cell.text.splitlines(keepends=True)
    strings = ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    data = _AROUND.format(by_name(language_id), kind, strings).encode()
    segments, offset, at = [], 0, data.index(b"[\n") + 2
    for line in lines:
        end = at + len(json.dumps(line, ensure_ascii=False).encode())
        decoded, parts = decode_string(data, at, end)
        segments += [part._replace(offset=part.offset + offset) for part in parts]
        offset += len(decoded)
        at = end + 2
    return _Written(data, tuple(segments))


class Cell(Document):
    """A cell. Offsets are those of the notebook that it is written as, positions those in the cell."""

    def _made(self, data: bytes) -> Source:
        source = super()._made(data)
        self._written = _written(source, self._language_id)
        return source

    @property
    def text(self) -> Text:
        """The cell as a notebook."""
        return Text(self._path, self._written.data, NOTEBOOK)

    def offset(self, line: int, character: int) -> int:
        """The byte offset, in the notebook, of a position in the cell."""
        segments, offset = self._written.segments, self._offset(line, character)
        index = bisect_right(segments, offset, key=lambda segment: segment.offset) - 1
        if index < 0:
            return 0
        return min(segments[index].start + offset - segments[index].offset, segments[index].end)

    def position(self, offset: int) -> tuple[int, int]:
        """The position in the cell of a byte offset in the notebook."""
        segments = self._written.segments
        index = bisect_right(segments, offset, key=lambda segment: segment.start) - 1
        if index < 0:
            return 0, 0
        return self._position(segments[index].offset + min(offset - segments[index].start, segments[index].length))

    def plain(self, written: str) -> str:
        """What stands in a list of strings, as text."""
        return "".join(json.loads(f'["{written}"]'))
