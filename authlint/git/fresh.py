"""What is new in a text, compared with those it came from.

What a version of a file has in common with the one before was looked at there. So of a file that changes a thousand
times the changes are looked at, and not a thousand files.
"""

from __future__ import annotations

from collections.abc import Callable

_AROUND = 3
"""Lines on both sides: a name may stand on the line before its value."""

_FEW = 2_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def fresh(new: bytes, olds: list[bytes]) -> bytes:
    """The lines that are new, with a few lines around them; all of them if there was nothing before."""
    if not olds or new.startswith(_UTF_16):
        return new
    start, end = _changed(new, olds[0])
    for _ in range(_AROUND + 1):
        start = max(new.rfind(b"\n", 0, start), 0)
        end = new.find(b"\n", end) + 1 or len(new)
    if end - start <= _FEW:
        return new[start:end]
    known = {line for old in olds for line in old.split(b"\n")}
    lines = new[start:end].split(b"\n")
    wanted: set[int] = set()
    for number, line in enumerate(lines):
        if line not in known:
            wanted.update(range(number - _AROUND, number + _AROUND + 1))
    return b"\n".join(lines[number] for number in sorted(wanted) if 0 <= number < len(lines))


def _changed(new: bytes, old: bytes) -> tuple[int, int]:
    """The part of a text that another does not share with it at its beginning or its end."""
    ends = len(new), len(old)
    start = _longest(min(ends), lambda low, high: new[low:high] == old[low:high])
    tail = _longest(
        min(ends) - start,
        lambda low, high: new[ends[0] - high : ends[0] - low] == old[ends[1] - high : ends[1] - low],
    )
    return start, ends[0] - tail


def _longest(most: int, agree: Callable[[int, int], bool]) -> int:
    """How far two texts agree, at most; compared in halves, each part once or twice."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if agree(low, middle) else (low, middle - 1)
    return low
