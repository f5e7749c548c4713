"""An option is taken out, with what separates it from its neighbours, or is given the opposite value."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.edits import Edit
from authlint.source import Span

_STATEMENT = re.compile(rb"[ \t]*(?:-[ \t]+|export[ \t]+|ENV[ \t]+)?\Z")
_LINE_END = re.compile(rb"[ \t]*[,;]?[ \t]*(?:\r?\n|\Z)")
_COMMA_BEFORE = re.compile(rb",[ \t\r\n]{0,200}\Z")
_COMMA_AFTER = re.compile(rb"[ \t]*,[ \t]*")
_OPENING, _CLOSING = re.compile(rb"[({\[][ \t]*\Z"), re.compile(rb"[ \t]*[)}\]]")
_SHORT_FLAGS = re.compile(rb"-[A-Za-z]{2,12}\Z")
_WORD = re.compile(rb"(?:[^\r\n]{0,200}[=:]\s{0,8})?[\"']?(?P<word>true|false)[\"']?\Z", re.IGNORECASE)
_REACH = 400


def removed(unit: Unit, span: Span) -> Edit | None:
    """The edit that takes out an option that is written at a span; ``None`` where more would have to change."""
    data, (start, end) = unit.source.data, span
    begin = data.rfind(b"\n", 0, start) + 1
    if unit.source.language in ("shell", "powershell") and data[start : start + 1] == b"-":
        return _flag(data, span)
    line_end = _LINE_END.match(data, end)
    if _STATEMENT.match(data[begin:start]) and line_end and not _continues(data, begin):
        alone = unit.source.language == "yaml" and _is_only_child(data, begin, line_end.end())
        return None if alone else Edit((begin, line_end.end()), "")
    before = _COMMA_BEFORE.search(data, max(0, start - _REACH), start)
    if before:
        return Edit((before.start(), end), "")
    after = _COMMA_AFTER.match(data, end)
    if after:
        return Edit((start, after.end()), "")
    opening, closing = _OPENING.search(data, max(0, start - _REACH), start), _CLOSING.match(data, end)
    if opening and closing:
        return Edit((opening.start() + 1, closing.end() - 1), "")
    if unit.source.language == "shell" and not data[begin:start].strip() and data[end : end + 1] == b" ":
        return Edit((start, end + 1), "")  # NAME=value before a command
    return None


def _continues(data: bytes, begin: int) -> bool:
    """Whether a line goes on with what stands on the line above."""
    return data[:begin].rstrip(b"\r\n").endswith(b"\\")


def _is_only_child(data: bytes, begin: int, end: int) -> bool:
    """Whether what stands around a line of YAML would be left with nothing in it, which few programs expect."""
    above = data[:begin].rstrip()
    below = data[end:].lstrip(b"\r\n")
    if not above.endswith(b":"):
        return False
    return not below or _indentation(below) < _indentation(data[begin:end])


def _indentation(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" "))


def _flag(data: bytes, span: Span) -> Edit | None:
    start, end = span
    word = data[start:end]
    if _SHORT_FLAGS.match(word) and b"k" in word and data[max(0, start - _REACH) : start].rfind(b"curl") >= 0:
        at = start + word.index(b"k")
        return Edit((at, at + 1), "")
    while start and data[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    return Edit((start, end), "") if start < span[0] else None


def flipped(unit: Unit, span: Span) -> Edit | None:
    """The edit that makes *no* of the *yes* that an option ends with, or *yes* of the *no*."""
    start, end = span
    found = _WORD.match(unit.source.data, start, end) if end - start <= _REACH else None
    if found is None:
        return None
    word = found["word"].decode()
    other = "false" if word.lower() == "true" else "true"
    return Edit(found.span("word"), other.capitalize() if word[0].isupper() else other)
