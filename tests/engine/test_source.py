"""Where lines begin: after LF, CRLF and a lone CR, and nowhere else."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from authlint.source import Source


@given(st.text("ab\n\r\x0b\x0c\x1c\x85\u2028é", max_size=20))
def test_lines(text: str) -> None:
    source = Source("a.py", text.encode())
    lines = re.split(r"\r\n|\n|\r", text)
    assert [source.line(number) for number in range(1, len(source.line_starts) + 1)] == lines
    assert source.line_of(len(source.data)) == len(lines)
