"""Ruby's texts: escapes, quotes, the indentation that a squiggly here-document loses."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\\(?:(?P<end>\r?\n)|x(?P<byte>[0-9a-fA-F]{1,2})|(?P<octal>[0-7]{1,3})|u(?P<short>[0-9a-fA-F]{4})"
    r"|u\{(?P<points>[0-9a-fA-F\s]{1,200})\}|(?P<plain>[\s\S]))"
)
_LETTERS = {
    "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "s": " ", "t": "\t", "v": "\v",
}  # fmt: skip
_QUOTED = re.compile(r"\\([\\'()\[\]{}<>|!/])")
_LINE = re.compile(r"(?m)^([ \t]*)(?=[^\s])")
_TAB = 8
_MAX_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def unescape(text: str) -> str:
    """Text of a double-quoted literal with its escapes resolved and lines ended by LF."""
    if "\\" in text:
        text = _ESCAPE.sub(_escape, text)
    return text.replace("\r\n", "\n") if "\r" in text else text


def unquote(text: str) -> str:
    """Text of a single-quoted literal: only its own quotes and the backslash can be escaped."""
    if "\\" in text:
        text = _QUOTED.sub(r"\1", text)
    return text.replace("\r\n", "\n") if "\r" in text else text


def _escape(match: re.Match[str]) -> str:
    kind = match.lastgroup
    text = match[kind or 0]
    if kind == "end":
        return ""
    if kind == "plain":
        return _LETTERS.get(text, text)
    if kind == "points":
        return "".join(_character(int(point, 16)) for point in text.split())
    return _character(int(text, 8 if kind == "octal" else 16))


def _character(point: int) -> str:
    return "\N{REPLACEMENT CHARACTER}" if point > _MAX_CODE_POINT or point in _SURROGATES else chr(point)


def indentation(body: str) -> int:
    """How many columns every line of a here-document's body is indented by."""
    columns = (_columns(match[1]) for match in _LINE.finditer(body))
    return min(columns, default=0)


def _columns(blank: str) -> int:
    return len(blank.expandtabs(_TAB))


def dedent(piece: str, columns: int, *, first: bool) -> str:
    """A piece of a here-document without its lines' indentation; ``first``: it begins at the beginning of a line."""
    if not columns:
        return piece
    head, *lines = piece.split("\n")
    return "\n".join([_cut(head, columns) if first else head, *(_cut(line, columns) for line in lines)])


def _cut(line: str, columns: int) -> str:
    taken = 0
    for index, character in enumerate(line):
        if taken >= columns or character not in " \t":
            return line[index:]
        taken = taken + 1 if character == " " else (taken // _TAB + 1) * _TAB
    return ""
