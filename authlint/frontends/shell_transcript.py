"""Console transcripts: which bytes of one are commands. Prompts and output are blanked, every byte keeps its place."""

from __future__ import annotations

import re

from authlint.source import Span

_PROMPT = re.compile(
    rb"[ \t]*(?:\([\w.-]{1,40}\) ?)?(?:[\w.-]{1,64}@[\w.-]{1,64}[: ][^\s$#%]{0,200} ?[$#%]|[$%])(?:[ \t]+|(?=\r?\n|\Z))"
)
_MORE_PROMPT = re.compile(rb"[ \t]*>[ \t]")
_PLACEHOLDER = re.compile(rb"<[A-Za-z][\w-]{0,40}(?:[ .:/][\w-]{1,40}){0,8}>(?=[\s\"'`/&?:.,;)|@]|\Z)")
TEMPLATE = re.compile(rb"\$?\{\{([^{}\n]{0,400})\}\}")
"""An expression of the workflow or template that a script stands in."""

_PROMPT_ENDS = (b"$ ", b"$\t", b"% ", b"# ")
_QUOTED = re.compile(rb"\\[\s\S]|'[^']*'|\"(?:[^\"\\]|\\[\s\S])*\"|(?:^|(?<=\s))#[^\n]*|(['\"])")


def readable(data: bytes) -> tuple[bytes, list[Span]]:
    """What the parser reads, and the lines that are output. Prompts are blank, ``<your token>``, ``{{ x }}`` words.

    Only where the first line has a prompt is everything that has none, and continues nothing, taken for output.
    """
    if b"<" in data:
        data = _PLACEHOLDER.sub(_word, data)
    if b"{{" in data:
        data = TEMPLATE.sub(_word, data)
    if not any(mark in data for mark in _PROMPT_ENDS):
        return data, []
    stripped = len(data) - len(data.lstrip())
    begin = data.rfind(b"\n", 0, stripped) + 1
    if not _PROMPT.match(data, begin):
        return re.sub(rb"(?m)^" + _PROMPT.pattern, _spaces, data), []
    return _split(data)


def _split(data: bytes) -> tuple[bytes, list[Span]]:
    pieces: list[bytes] = []
    output: list[Span] = []
    at = 0
    open_quote, goes_on = b"", False
    for line in data.splitlines(keepends=True):
        prompt = None if open_quote else _PROMPT.match(line) or (goes_on and _MORE_PROMPT.match(line)) or None
        command = _spaces(prompt) + line[prompt.end() :] if prompt else line
        if prompt or open_quote or goes_on:
            open_quote = _quote_left_open(open_quote, command)
            goes_on = not open_quote and command.rstrip(b"\r\n").endswith(b"\\")
            pieces.append(command)
        else:
            text = line.rstrip()
            if text:
                output.append((at, at + len(text)))
            pieces.append(b" " * len(text) + line[len(text) :])
        at += len(line)
    return b"".join(pieces), output


def _quote_left_open(mark: bytes, line: bytes) -> bytes:
    """The quote that is open at the end of a line, given the one that is open at its start."""
    start = 0
    if mark:
        close = line.find(mark)
        while mark == b'"' and close > 0 and line[close - 1 : close] == b"\\":
            close = line.find(mark, close + 1)
        if close < 0:
            return mark
        start = close + 1
    for match in _QUOTED.finditer(line, start):
        if match[1]:
            return match[1]
    return b""


def _spaces(match: re.Match[bytes]) -> bytes:
    return b" " * len(match[0])


def _word(match: re.Match[bytes]) -> bytes:
    return b"_" * len(match[0])
