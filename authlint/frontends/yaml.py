"""YAML: key paths are bindings, mappings are maps, scripts in workflows are shell.

Written by hand because what people keep in YAML files often is none yet: Helm and Jinja templates are read around
their ``{{ … }}`` and ``{% … %}``, and a mistake in one place leaves the rest readable.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from authlint.facts import Entry, Facts, Text, Value
from authlint.frontends import yaml_scalars
from authlint.frontends.builder import Builder
from authlint.frontends.yaml_flow import Flow
from authlint.frontends.yaml_values import MAX_DEPTH, Place
from authlint.languages import by_name
from authlint.source import Source, Span

_LINE_START = re.compile(rb"(?:[ \t]*\r?\n)*([ \t]*)")
_INDENT = re.compile(rb"[ \t]*")
_COMMENT = re.compile(rb"#[^\r\n]*")
_MARKER = re.compile(rb"(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
_TEMPLATE_LINE = re.compile(rb"(?:\{\{[^\r\n]*\}\}|\{%[^\r\n]*%\}|\{#[^\r\n]*#\}|<%[^\r\n]*%>)[ \t]*(?=\r?\n|\Z)")
_KEY = re.compile(
    rb"""(?:
      ("[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\n]*(?:''[^'\n]*)*')[ \t]*
    | ((?:[^\s\-?:,\[\]{}\#&*!|>'"%@`]|[\-?:](?=\S)|\{\{[^{}\n]{0,400}\}\})
        [^:\#\r\n]*(?:(?::(?=\S)|(?<=\S)\#)[^:\#\r\n]*)*)
    ):(?=\s|\Z)""",
    re.VERBOSE,
)
_LONG_KEY = re.compile(rb"""\?[ \t]+("[^"\n]*"|'[^'\n]*'|[^\s"'\[{|>&*!][^\r\n]*)\r?\n[ ]*:(?=\s|\Z)""")
_ITEM = re.compile(rb"-(?=\s|\Z)")
_SPACE = re.compile(rb"[ \t]*")
_PROPERTIES = re.compile(rb"(?:[&!][^\s,\[\]{}]*(?:[ \t]+|(?=\r?\n|\Z)))+")
_ALIAS = re.compile(rb"\*[^\s,\[\]{}]+")
_BLOCK_HEADER = re.compile(rb"([|>](?:[+-][1-9]?|[1-9][+-]?)?)(?=\s|\Z)")
_PLAIN = re.compile(rb"[^\s#][^\r\n#]*(?:(?<=\S)#[^\r\n#]*)*")
_CONTINUED = re.compile(rb"(?:[ \t]*\r?\n)+([ \t]*)(?=[^\s#])")
_UNUSUAL = (b"%", b"{", b"<")
_QUOTES = b"\"'"
_NOTHING = (-1, -1)
_Matcher: TypeAlias = Callable[[bytes, int], "re.Match[bytes] | None"]


def lower(source: Source) -> Facts:
    """The facts of a YAML file."""
    reader = _Yaml(Builder(source))
    reader.documents()
    reader.builder.facts.broken.sort()
    return reader.builder.finish()


def _key(data: bytes, at: int) -> re.Match[bytes] | None:
    return _LONG_KEY.match(data, at) if data.startswith(b"? ", at) else _KEY.match(data, at)


class _Yaml(Flow):
    """Reads lines: ``self.line`` is where the next unread one begins."""

    line = 0

    def documents(self) -> None:
        """Everything, document by document."""
        while True:
            column, at = self._next()
            if column >= 0:
                self._node(at, column, -1, Place("", None, ""))
            elif at >= 0:
                self._marker(at)
            else:
                return

    def _marker(self, at: int) -> None:
        after = _SPACE.match(self.data, at + 3)
        content = after.end() if after else at + 3
        if self.data[content : content + 1] in (b"", b"\r", b"\n", b"#"):
            self.line = self.finish_line(content)
        else:
            self._node(content, content - at, -1, Place("", None, ""))

    def _next(self) -> tuple[int, int]:
        """Column and offset of the next line's content; column -1 at a document's end, offset -1 at the file's."""
        data = self.data
        while self.line < len(data):
            match = _LINE_START.match(data, self.line)
            self.line, at = match.span(1) if match else (self.line, self.line)
            mark = data[at : at + 1]
            if mark == b"#":
                self.line = self.finish_line(at)
            elif mark in _UNUSUAL and self._is_directive(at, at - self.line):
                self._skip_line(at)
            elif not mark:
                self.line = len(data)
            elif at == self.line and _MARKER.match(data, at):
                return -1, at
            else:
                return at - self.line, at
        return _NOTHING

    def _is_directive(self, at: int, column: int) -> bool:
        """``%YAML``, and lines that are for a template engine alone."""
        if self.data.startswith(b"%", at):
            return not column and self.data[at + 1 : at + 2].isalpha()
        return bool(_TEMPLATE_LINE.match(self.data, at)) and not _key(self.data, at)

    def _skip_line(self, at: int) -> None:
        newline = self.data.find(b"\n", at)
        self.line = len(self.data) if newline < 0 else newline + 1

    def _node(self, at: int, column: int, parent: int, place: Place) -> Value:
        """What begins at ``at``: a block sequence or mapping, or anything that may stand behind a key."""
        if self.depth >= MAX_DEPTH:
            return self._skip_block(at, parent, place)
        self.depth += 1
        if _ITEM.match(self.data, at):
            value = self._block_sequence(at, column, place)
        elif _key(self.data, at):
            value = self._block_mapping(at, column, place)
        else:
            value = self._inline(at, parent, place)
        self.depth -= 1
        return value

    def _skip_block(self, at: int, parent: int, place: Place) -> Value:
        start = at
        self._skip_line(at)
        while (following := self._next())[0] > parent:
            self._skip_line(following[1])
        return self.unknown((start, max(start, min(self.line, len(self.data)))), place)

    def _block_sequence(self, at: int, column: int, place: Place) -> Value:
        start, end = at, at
        items: list[Value] = []
        while True:
            space = _SPACE.match(self.data, at + 1)
            content = space.end() if space else at + 1
            value = self._entry_value(content, at + 1, column, place.item(len(items)), content - at + column)
            items.append(value)
            end = max(end, at + 1, value.span[1])
            following, at = self._next_at(column, place, _ITEM.match)
            if following != column:
                return self.items(items, (start, end), place)

    def _block_mapping(self, at: int, column: int, place: Place) -> Value:
        start, end = at, at
        entries: list[Entry] = []
        scripts = len(self.builder.facts.embedded)
        merged, following = False, column
        while following == column:
            entry = self._block_entry(at, column, place)
            if entry is None:
                merged = True
            else:
                entries.append(entry)
                end = max(end, entry.span[1])
            following, at = self._next_at(column, place, _key)
        self._set_shell(entries, place, scripts)
        return self.map(entries, (start, end), place, open=merged)

    def _next_at(self, column: int, place: Place, wanted: _Matcher) -> tuple[int, int]:
        """The next line of the block at ``column``. Lines that belong nowhere are broken, but read."""
        while True:
            following, at = self._next()
            if following < column or (following == column and wanted(self.data, at)):
                return following, at
            if following == column and wanted == _ITEM.match and _key(self.data, at):
                return column - 1, at  # the next key of the mapping that the sequence is in
            self.broken((at, self.line_end(at)))
            if following > column:
                self._node(at, following, column, place)
            else:
                self._skip_line(at)

    def _block_entry(self, at: int, column: int, place: Place) -> Entry | None:
        """One ``key: value``; ``None`` for a merge key."""
        match = _key(self.data, at)
        if match is None:
            return None
        start, end = match.span(match.lastindex or 0)
        span = (start, start + len(self.data[start:end].rstrip()))
        title = self.title(span)
        space = _SPACE.match(self.data, match.end())
        content = space.end() if space else match.end()
        if title.literal == "<<":
            self._entry_value(content, match.end(), column, Place("", None, ""), None)
            return None
        compact = content - self.data.rfind(b"\n", 0, content) - 1 if self.data.startswith(b"?", at) else None
        value = self._entry_value(content, match.end(), column, place.member(title.literal or "", span), compact)
        return Entry(title, value, (span[0], max(match.end(), value.span[1])))

    def _entry_value(self, at: int, before: int, column: int, place: Place, compact: int | None) -> Value:
        """The value of a key or item at ``column``: on the same line, or in the lines below.

        ``compact`` is the column of the value where it may be a block itself (``- a: b``).
        """
        properties = _PROPERTIES.match(self.data, at)
        if properties:
            at = before = properties.end()
        mark = self.data[at : at + 1]
        if mark in (b"", b"\r", b"\n", b"#"):
            self.line = self.finish_line(at)
            following, content = self._next()
            in_mapping = compact is None
            if following > column or (following == column and in_mapping and _ITEM.match(self.data, content)):
                return self._node(content, following, column if following > column else column - 1, place)
            return self.null(before, place)
        if compact is not None and not properties:
            return self._node(at, compact, column, place)
        return self._inline(at, column, place)

    def _inline(self, at: int, parent: int, place: Place) -> Value:
        """A value that begins on this line and is no block collection. Its lines are deeper than ``parent``."""
        data = self.data
        properties = _PROPERTIES.match(data, at)
        if properties:
            return self._entry_value(properties.end(), properties.end(), parent, place, None)
        mark = data[at : at + 1]
        if mark in _QUOTES:
            end = self.close_quote(at, parent)
            self.line = self.finish_line(end)
            return self.quoted((at, end), place)
        if mark in (b"[", b"{") and not data.startswith((b"{{", b"{%"), at):
            value, end = self.flow(at, parent, place)
            self.line = self.finish_line(end)
            return value
        header = _BLOCK_HEADER.match(data, at)
        if header:
            return self._block_scalar(header, parent, place)
        alias = _ALIAS.match(data, at)
        if alias:
            self.line = self.finish_line(alias.end())
            return self.unknown(alias.span(), place, "alias")
        return self._plain_scalar(at, parent, place)

    def _plain_scalar(self, at: int, parent: int, place: Place) -> Value:
        end = self._line_text_end(at)
        while True:
            more = _CONTINUED.match(self.data, end)
            content = more.end() if more else 0
            if more is None or len(more[1]) <= parent or _key(self.data, content) or self._is_end(more[1], content):
                break
            end = self._line_text_end(content)
        self.line = self.finish_line(end)
        return self.plain((at, end), place)

    def _line_text_end(self, at: int) -> int:
        match = _PLAIN.match(self.data, at)
        return at + len(match[0].rstrip()) if match else at + 1

    def _is_end(self, indent: bytes, at: int) -> bool:
        return (not indent and bool(_MARKER.match(self.data, at))) or bool(_TEMPLATE_LINE.match(self.data, at))

    def _block_scalar(self, header: re.Match[bytes], parent: int, place: Place) -> Value:
        """The lines below that are deeper than ``parent``, or empty."""
        data = self.data
        at = self.finish_line(header.end())
        lines: list[Span] = []
        last = 0
        while at < len(data):
            newline = data.find(b"\n", at)
            end = len(data) if newline < 0 else newline + 1
            indent = _INDENT.match(data, at, end)
            content = indent.end() if indent else at
            if data[content:end].strip():
                if content - at <= parent and data[content : content + 1] != b"\t":
                    break
                last = len(lines) + 1
            lines.append((at, end))
            at = end
        self.line = at
        digits = [int(digit) for digit in header[1].decode() if digit.isdigit()]
        indentation = max(parent, 0) + digits[0] if digits else None
        kept = lines if b"+" in header[1] else lines[:last]
        decoded = yaml_scalars.block(data, kept, header[1], indentation)
        end = lines[last - 1][1] if last else header.end()
        span = (header.start(), header.end() + len(data[header.end() : end].rstrip()))
        return self.text(decoded.data, decoded.segments, span, place)

    def _set_shell(self, entries: list[Entry], place: Place, first: int) -> None:
        """``shell: pwsh`` beside ``run`` says what language the script is in."""
        shell = next(
            (entry.value for entry in entries if isinstance(entry.key, Text) and entry.key.literal == "shell"), None
        )
        name = shell.literal if isinstance(shell, Text) else None
        language = by_name(name.split()[0]) if name and name.strip() else "text"
        if language == "text":
            return
        scripts = self.builder.facts.embedded
        label = f"{place.path}.run" if place.path else "run"
        for index in range(first, len(scripts)):
            script = scripts[index]
            if script.label == label:
                scripts[index] = Source(script.path, script.data, language, script.parent, script.segments, label)
