"""Examples of rules: ``«…»`` around what is flagged, ``{{fake:pattern}}`` for a credential that no scanner should find.

The marks are for people and tests; :func:`read` turns them into source and spans.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.source import Span

_FAKE = re.compile(r"\{\{fake:(.+?)\}\}(?!\})")
_PIECE = re.compile(r"\[((?:[^\]\\]|\\.)+)\](?:\{(\d+)\})?|(\\?.)", re.S)
_OPEN, _CLOSE = "«", "»"


@dataclass(frozen=True, slots=True)
class Marked:
    """An example without its marks: the text, and the byte spans (UTF-8) that were marked, in order."""

    text: str
    spans: tuple[Span, ...]


def read(example: str, seed: str) -> Marked:
    """Fill in the made-up credentials (the same for the same ``seed``) and take the marks out.

    Raises ``ValueError`` where a mark is not closed.
    """
    count = 0

    def fill(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return fake(match[1], f"{seed}:{count}")

    text, spans, start = "", [], -1
    for part in re.split(f"([{_OPEN}{_CLOSE}])", _FAKE.sub(fill, example)):
        if part == _OPEN:
            start = len(text.encode())
        elif part == _CLOSE:
            if start < 0:
                raise ValueError(f"'{_CLOSE}' without '{_OPEN}' in an example")
            spans.append((start, len(text.encode())))
            start = -1
        else:
            text += part
    if start >= 0:
        raise ValueError(f"'{_OPEN}' without '{_CLOSE}' in an example")
    return Marked(text, tuple(spans))


def fake(pattern: str, seed: str) -> str:
    """A value of a simple pattern: literals and ``[A-Za-z0-9]{n}`` classes; the same for the same seed."""
    made, stream = "", _letters(seed)
    for piece in _PIECE.finditer(pattern):
        characters, length, literal = piece.groups()
        if literal:
            made += literal[-1]
        else:
            alphabet = _alphabet(characters)
            made += "".join(alphabet[next(stream) % len(alphabet)] for _ in range(int(length or 1)))
    return made


def _alphabet(characters: str) -> str:
    expanded = re.sub(r"(\w)-(\w)", lambda m: "".join(chr(c) for c in range(ord(m[1]), ord(m[2]) + 1)), characters)
    return "".join(dict.fromkeys(expanded)) or string.ascii_letters


def _letters(seed: str) -> Iterator[int]:
    """An endless stream of bytes that depends on the seed alone."""
    block = hashlib.sha256(seed.encode()).digest()
    while True:
        yield from block
        block = hashlib.sha256(block).digest()
