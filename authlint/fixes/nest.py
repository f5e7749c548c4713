"""Which of many spans is the innermost around a place, without looking at all of them each time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from authlint.source import Span


class Nest:
    """Spans of a syntax: of two that touch, one holds the other."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """Of equal spans the first counts as the innermost."""
        order = sorted(range(len(spans)), key=lambda at: (spans[at][0], -spans[at][1], -at))
        self._numbers = order
        self._spans = [spans[at] for at in order]
        self._starts = [start for start, _ in self._spans]
        self._outer: list[int] = []
        open_: list[int] = []
        for at, (start, end) in enumerate(self._spans):
            while open_ and not (self._spans[open_[-1]][0] <= start and end <= self._spans[open_[-1]][1]):
                open_.pop()
            self._outer.append(open_[-1] if open_ else -1)
            open_.append(at)

    def around(self, span: Span) -> Iterator[int]:
        """The numbers of the spans that hold a span, from the innermost."""
        at = bisect_right(self._starts, span[0]) - 1
        while at >= 0:
            if self._spans[at][0] <= span[0] and span[1] <= self._spans[at][1]:
                yield self._numbers[at]
            at = self._outer[at]
