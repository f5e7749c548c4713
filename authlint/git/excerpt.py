"""The lines of a text that say whether it is worth a look: it takes a tenth of the time to lint those."""

from __future__ import annotations

import re
from bisect import bisect_left

_AROUND = 5
_NAME = re.compile(rb"[A-Za-z_]\w{0,80}")
_TEXT = re.compile(
    rb"[ \t]{0,200}(?:(?:export|const|let|var|final|static|private|public)[ \t]{1,8}){0,4}(?:self\.|this\.|@)?"
    rb"([A-Za-z_]\w{0,80})[ \t]{0,20}(?::[^=\n]{0,40})?[:=][ \t]{0,20}\(?[bfru]?[\"'`]"
)


def excerpt(text: bytes, ends: set[int]) -> bytes:
    """The lines in which something ends and those around them, with the lines that give their names a text."""
    lines = text.split(b"\n")
    last: list[int] = []
    at = 0
    for line in lines:
        at += len(line) + 1
        last.append(at - 1)
    wanted: set[int] = set()
    for number in {bisect_left(last, end) for end in ends}:
        wanted.update(range(max(number - _AROUND, 0), min(number + _AROUND + 1, len(lines))))
    names = {name for number in wanted for name in _NAME.findall(lines[number])}
    for number, line in enumerate(lines):
        if number not in wanted and (match := _TEXT.match(line)) and match[1] in names:
            wanted.add(number)
    return dedented([lines[number] for number in sorted(wanted)])


def dedented(lines: list[bytes]) -> bytes:
    """A text of these lines, without the blanks that all of them begin with."""
    widths = [len(line) - len(line.lstrip(b" \t")) for line in lines if line.strip()]
    least = min(widths, default=0)
    return b"\n".join(line[least:] for line in lines)
