"""Sources that are hidden in a source by an encoding: what it says once decoded, with positions that lead back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from authlint.secret.encodings import DEPTH, Piece, holds, pieces
from authlint.source import Source, Span

_MOST = 200  # in a file, of one layer
_BEFORE, _AFTER = 300, 3_000  # bytes around the beginning of a key
_LONGEST_OUTER = 30_000  # bytes of what has another layer in it
_ASCII = 0x80


class Decoded(Source):
    """What an encoded piece of the source around says. ``encoding`` says how it is hidden."""

    def __init__(self, parent: Source, piece: Piece, span: Span) -> None:
        """``span`` is the part of the piece that is kept. What is no text in it becomes question marks."""
        data = piece.data[slice(*span)]
        segments = tuple(piece.segments(parent.data, *span))
        super().__init__(parent.path, _ascii(data), "text", parent, segments, piece.encoding)
        self.encoding = piece.encoding


def decoded(source: Source, beginnings: Sequence[bytes], depth: int = DEPTH) -> Iterator[Decoded]:
    """The surroundings of each of these beginnings in what a source hides, layer after layer."""
    found = [piece for piece in pieces(source.data) if piece.data]
    ends = list(accumulate(len(piece.data) + 1 for piece in found))
    hidden = b"\n".join(piece.data for piece in found)
    kept: dict[int, list[Span]] = {}
    for at in _occurrences(hidden, beginnings):
        number = bisect_right(ends, at)
        first = ends[number - 1] if number else 0
        _keep(kept.setdefault(number, []), at - first, len(found[number].data))
    for number, spans in kept.items():
        yield from (Decoded(source, found[number], span) for span in spans)
    if depth > 1 and holds(hidden, beginnings, depth - 1):
        inner = [piece for piece in found if holds(piece.data, beginnings, depth - 1)]
        for piece in inner[:_MOST]:
            yield from decoded(Decoded(source, piece, (0, min(len(piece.data), _LONGEST_OUTER))), beginnings, depth - 1)


def _occurrences(text: bytes, beginnings: Sequence[bytes]) -> list[int]:
    places: list[int] = []
    for beginning in beginnings:
        at = text.find(beginning)
        while at >= 0 and len(places) < _MOST:
            places.append(at)
            at = text.find(beginning, at + 1)
    return sorted(places)


def _keep(spans: list[Span], at: int, size: int) -> None:
    """Add the surroundings of a place, in one with those before if they touch."""
    start, end = max(0, at - _BEFORE), min(size, at + _AFTER)
    if spans and start <= spans[-1][1]:
        start = spans.pop()[0]
    spans.append((start, end))


def _ascii(data: bytes) -> bytes:
    return data if data.isascii() else bytes(byte if byte < _ASCII else ord("?") for byte in data)
