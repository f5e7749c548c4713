"""Markdown, MDX and reStructuredText → the sources in their fences, and their comments.

Fences count at any indentation: documentation sites indent them below list items and components, where CommonMark
would see indented code and find nothing. What a fence holds keeps no indentation and no quote mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from authlint.facts import Facts
from authlint.frontends.builder import Builder
from authlint.languages import by_name
from authlint.source import Source, Span

_LEAD = rb"[ \t]*(?:>[ \t]*|[-*+][ \t]+|[0-9]{1,9}[.)][ \t]+)*"
_MARK = re.compile(
    rb"^(?P<lead>" + _LEAD + rb")(?:(?P<fence>`{3,}|~{3,})(?P<info>[^\r\n]*)"
    rb"|\.\.[ \t]+(?:code-block|code|sourcecode)::(?P<directive>[^\r\n]*))"
    rb"|(?P<html><!--)|(?P<jsx>\{/\*)|^(?P<rst>[ \t]*\.\.[ \t]+(?![^\s:]+::|[_\[|])[^\r\n]*)",
    re.MULTILINE,
)
_INDENT = re.compile(rb"[ \t]*")
_OPTION = re.compile(rb":[\w-]+:")
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")
_HTML_END, _JSX_END = re.compile(rb"-->"), re.compile(rb"\*/\}")
_WORD = re.compile(r"[\w+#-]+")
_CLASS = re.compile(r"\.([\w+#-]+)")
_ATTRIBUTE = re.compile(r"[\w-]+\s*=")
_COMMAND = re.compile(rb"(?:\$[ \t]+)?curl |wget |export ")
_MAX_CLOSING_INDENT = 3


class _Fence(NamedTuple):
    """Where the content of a fence begins, what closes it, and what its info string says."""

    start: int
    mark: bytes
    indent: int
    quotes: int
    info: str


class _Content(NamedTuple):
    """The lines of a fence without quote marks, and where the text behind it goes on."""

    lines: list[Span]
    end: int


def lower(source: Source) -> Facts:
    """The facts of a Markdown source: embedded sources and comments."""
    builder = Builder(source)
    data, at = source.data, 0
    comments = _Comments(builder)
    while match := _MARK.search(data, at):
        if match["fence"] is None and match["directive"] is None:
            at = comments.take(match)
            continue
        content, info = _fenced(data, match) if match["fence"] is not None else _directed(data, match)
        at = max(content.end, match.end())
        if content.lines:
            _embed(builder.facts, source, content.lines, info)
    return builder.finish()


def _embed(facts: Facts, source: Source, lines: list[Span], info: str) -> None:
    data = source.data
    lines = _dedented(data, lines)
    language = _language(info)
    if not language:
        language = "shell" if _starts_with_a_command(data, lines) else "text"
    if language != "text":
        facts.embedded.append(source.embed(language, _joined(lines), label="fence"))


# --- what an info string says ---------------------------------------------------------------------------------------


def _language(info: str) -> str:
    """The language an info string names, ``text`` for one that authlint does not know, empty if it names none."""
    info = info.strip()
    if info.startswith("{"):
        named = _CLASS.search(info)
        if named:
            return by_name(named[1])
        inside, _, outside = info[1:].partition("}")
        info = outside.strip() or inside.strip()  # {code-block} python, or {python, echo=FALSE}
    info = info.removeprefix(".")
    if not info or _ATTRIBUTE.match(info):
        return ""
    word = _WORD.match(info)
    return by_name(word[0]) if word else "text"


# --- what a fence holds ---------------------------------------------------------------------------------------------


def _fenced(data: bytes, match: re.Match[bytes]) -> tuple[_Content, str]:
    lead, mark, info = match["lead"], match["fence"], match["info"]
    if mark[:1] == b"`" and b"`" in info:
        return _Content([], match.end()), ""  # inline code: ```x``` in a sentence
    fence = _Fence(_next_line(data, match.end()), mark, len(lead), lead.count(b">"), info.decode("utf-8", "replace"))
    lines: list[Span] = []
    for start, end in _lines(data, fence.start):
        inner = _behind_quotes(data, start, end, fence.quotes)
        if inner < 0:
            return _Content(lines, start), fence.info
        if _closes(data, start, inner, end, fence):
            return _Content(lines, end), fence.info
        lines.append((inner, end))
    return _Content(lines, len(data)), fence.info


def _closes(data: bytes, start: int, inner: int, end: int, fence: _Fence) -> bool:
    line = data[inner:end].strip()
    if not line.startswith(fence.mark) or line.strip(fence.mark[:1]):
        return False
    return _indent_end(data, inner) - start <= fence.indent + _MAX_CLOSING_INDENT


def _directed(data: bytes, match: re.Match[bytes]) -> tuple[_Content, str]:
    """The block that is indented deeper than its directive, without the options at its beginning."""
    depth, info = len(match["lead"]), match["directive"].decode("utf-8", "replace")
    lines: list[Span] = []
    at, options = _next_line(data, match.end()), True
    for start, end in _lines(data, at):
        text = _indent_end(data, start)
        blank = not data[text:end].strip()
        if not blank and text - start <= depth:
            break
        at = end
        options = options and not blank and _OPTION.match(data, text) is not None
        if not options:
            lines.append((start, end))
    while lines and not data[lines[-1][0] : lines[-1][1]].strip():
        lines.pop()
    return _Content(lines, at), info


def _lines(data: bytes, at: int) -> Iterator[Span]:
    while at < len(data):
        end = _next_line(data, at)
        yield at, end
        at = end


def _next_line(data: bytes, at: int) -> int:
    return data.find(b"\n", at) + 1 or len(data)


def _indent_end(data: bytes, at: int) -> int:
    indent = _INDENT.match(data, at)
    return indent.end() if indent else at


def _behind_quotes(data: bytes, start: int, end: int, quotes: int) -> int:
    """Where a line's text begins after ``quotes`` quote marks; -1 if it has fewer, which ends the fence."""
    at = start
    for _ in range(quotes):
        mark = _indent_end(data, at)
        if mark >= end or data[mark] != ord(">"):
            return -1
        at = mark + 1
    return at + 1 if quotes and data[at : at + 1] == b" " else at


def _dedented(data: bytes, lines: list[Span]) -> list[Span]:
    """Lines without the white space that all of them begin with."""
    indents = [data[start : _indent_end(data, start)] for start, end in lines if data[start:end].strip()]
    if not indents:
        return lines
    least, most = min(indents), max(indents)
    common = next((at for at, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), len(least))
    if not common:
        return lines
    return [(min(start + common, _indent_end(data, start)), end) for start, end in lines]


def _starts_with_a_command(data: bytes, lines: list[Span]) -> bool:
    first = next((line for line in lines if data[slice(*line)].strip()), None)
    return first is not None and _COMMAND.match(data, *first) is not None


def _joined(lines: list[Span]) -> list[Span]:
    """Neighbouring lines as one span."""
    joined: list[Span] = []
    for start, end in lines:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


# --- comments -------------------------------------------------------------------------------------------------------


class _Comments:
    """Takes the comments among the marks: ``<!-- … -->``, ``{/* … */}`` in MDX, ``.. …`` in reStructuredText.

    Marks are offered in order. What is looked for ahead is looked for once: many openings without an end take no time.
    """

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._data = builder.source.data
        path = builder.source.path.lower()
        self._is_rst, self._is_mdx = path.endswith(".rst"), path.endswith(".mdx")
        self._ahead: dict[re.Pattern[bytes], int] = {}
        self._seen, self._text_before, self._ticks = 0, False, 0

    def take(self, match: re.Match[bytes]) -> int:
        """Note the comment that begins at a mark, if it is one; where to go on."""
        if match["rst"] is not None:
            if self._is_rst:
                self._builder.comment(match.span("rst"))
            return match.end()
        if match["jsx"] is not None and not self._is_mdx:
            return match.end()
        end = self._end(match.start(), _HTML_END if match["html"] else _JSX_END)
        if end:
            self._builder.comment((match.start(), end))
        return end or match.end()

    def _end(self, start: int, closing: re.Pattern[bytes]) -> int:
        self._read_line_before(start)
        end = self._next(closing, start)
        if end < 0 or self._ticks % 2:  # `<!--` is code
            return 0
        blank = self._next(_BLANK_LINE, start) if self._text_before else -1
        return 0 if 0 <= blank < end else end  # a comment inside a paragraph ends with it

    def _next(self, pattern: re.Pattern[bytes], start: int) -> int:
        """Where the next match at or behind ``start`` ends; -1 if there is none."""
        end = self._ahead.get(pattern, 0)
        if 0 <= end <= start:
            match = pattern.search(self._data, start)
            end = self._ahead[pattern] = match.end() if match else -1
        return end

    def _read_line_before(self, start: int) -> None:
        newline = self._data.rfind(b"\n", self._seen, start)
        before = self._data[max(self._seen, newline + 1) : start]
        if newline >= 0:
            self._text_before, self._ticks = False, 0
        self._text_before = self._text_before or bool(before.strip())
        self._ticks += before.count(b"`")
        self._seen = start
