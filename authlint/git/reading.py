"""Versions of one file, the oldest first, and what is found in them.

Not each version is linted. Lines that could be part of a finding wait until a version lacks one of them: then the last
one that has them all is linted for all of them. What is found is that of the version which brought its lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from authlint.finding import Finding, Half, Report
from authlint.source import Span

NEAR = 3
"""How many lines before and after a new one it may mean something together with."""

_OPEN = frozenset({b"=", b"\\", b"(", b":", b"+"})
"""What a line ends with that goes on in the next one."""

_OLD = -1
"""What stands for the version that brought a line which no version here did."""


class Seen(NamedTuple):
    """A finding, or half of one, the number of the content it was seen in, and of the one that brought its lines."""

    what: Finding | Half
    number: int
    origin: int

    @property
    def finding(self) -> Finding:
        """The finding, or what would be one."""
        return self.what.finding if isinstance(self.what, Half) else self.what


Interest = Callable[[list[bytes], list[int]], Iterable[int]]
"""Which of some lines, given with the numbers of those that are new, could be part of a finding and are new."""

Lint = Callable[[bytes], Report]


class Reading:
    """The contents of a file, as they are read one after the other."""

    def __init__(self, interest: Interest, lint: Lint, *, with_old: bool) -> None:
        """``lint`` says what is found in a content; ``with_old``, whether what is in old lines counts."""
        self._with_old = with_old
        self._interest = interest
        self._lint = lint
        self._origin: dict[int, int] = {}
        """The first number under which a line came, by its mark."""
        self._waiting: set[int] = set()
        self._last: tuple[int, bytes] = (_OLD, b"")
        self.found: dict[tuple[str, str], Seen] = {}

    def start(self, data: bytes) -> None:
        """The lines of this content were there before."""
        for mark in _marks(data.split(b"\n")):
            self._origin.setdefault(mark, _OLD)

    def add(self, number: int, data: bytes) -> None:
        """The next content."""
        before = self._last[1]
        begin, old_end, end = changed(before, data)
        if end < len(data):  # what comes after the lines that differ may go on from another one now
            old_end, end = _line_end(before, old_end + 1), _line_end(data, end + 1)
        above = _last_lines(data[: max(begin - 1, 0)] if begin else b"")
        lines = data[begin:end].split(b"\n")
        hashes = _marks(lines, *above[-1:])
        if self._waiting:
            gone = set(_marks(before[begin:old_end].split(b"\n"), *above[-1:])).difference(hashes)
            if not self._waiting.isdisjoint(gone):
                self.judge()
        self._last = number, data
        new = [at for at, line in enumerate(hashes) if line not in self._origin]
        if not new:
            return
        for at in new:
            self._origin.setdefault(hashes[at], number)
        below = _first_lines(data, end + 1)
        around = [*above, *lines, *below]
        for at in self._interest(around, [len(above) + at for at in new]):
            self._waiting.add(hashes[at - len(above)])

    def judge(self) -> None:
        """Lint the last content, if lines wait for it."""
        if not self._waiting:
            return
        self._waiting.clear()
        number, data = self._last
        for what in found_in(self._lint(data)):
            seen = Seen(what, number, 0)
            origin = self._brought(data, seen.finding.span)
            if origin == _OLD and self._with_old:  # what has changed elsewhere may have made a finding of it
                origin = number
            if origin != _OLD:
                self.found.setdefault(key_of(seen.finding), seen._replace(origin=origin))

    def _brought(self, data: bytes, span: Span) -> int:
        """The number of the content that brought the last of the lines."""
        start = _line_start(data, span[0])
        lines = data[start : _line_end(data, max(span[0], span[1] - 1))].split(b"\n")
        before = data[_line_start(data, start - 1) : start - 1] if start else b""
        return max(self._origin.get(mark, _OLD) for mark in _marks(lines, before))


def key_of(finding: Finding) -> tuple[str, str]:
    """What is the same for a finding in all contents of a file."""
    return finding.code, finding.content


def found_in(report: Report) -> tuple[Finding | Half, ...]:
    """The findings of a report, whole and half."""
    return (*report.findings, *report.halves)


def changed(old: bytes, new: bytes) -> tuple[int, int, int]:
    """Where the lines in which two texts differ begin in both, and where they end in the one and in the other."""
    most = min(len(old), len(new))
    begin = new.rfind(b"\n", 0, _most(most, lambda low, high: old[low:high] == new[low:high])) + 1
    ends = len(old), len(new)
    same = _most(
        most - begin,
        lambda low, high: old[ends[0] - high : ends[0] - low] == new[ends[1] - high : ends[1] - low],
    )
    end = new.find(b"\n", len(new) - same)
    if end < 0:
        return begin, len(old), len(new)
    return begin, len(old) - (len(new) - end), end


def _most(most: int, is_same: Callable[[int, int], bool]) -> int:
    """How many of ``most`` bytes are the same before the first that differs; ``is_same`` compares those between two."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if is_same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _marks(lines: list[bytes], before: bytes = b"") -> list[int]:
    """What lines are told again by: what they say, and where the line before goes on in one, what that one says."""
    marks = []
    for line in lines:
        marks.append(hash((before, line)) if before.rstrip()[-1:] in _OPEN else hash(line))
        before = line
    return marks


def _last_lines(text: bytes) -> list[bytes]:
    return text.rsplit(b"\n", NEAR)[-NEAR:] if text else []


def _first_lines(data: bytes, start: int) -> list[bytes]:
    end = start
    for _ in range(NEAR):
        end = _line_end(data, end) + 1
    return data[start : end - 1].split(b"\n") if start < len(data) else []


def _line_start(data: bytes, offset: int) -> int:
    return data.rfind(b"\n", 0, offset) + 1


def _line_end(data: bytes, offset: int) -> int:
    end = data.find(b"\n", offset)
    return end if end >= 0 else len(data)
