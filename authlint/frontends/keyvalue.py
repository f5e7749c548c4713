"""Files of keys and values: ``.ini`` and ``.cfg``, Java's ``.properties``, ``.env``."""

from __future__ import annotations

import re

from authlint.facts import Const, Entry, Facts, Value
from authlint.frontends import templates
from authlint.frontends.builder import Builder
from authlint.frontends.jsonstrings import decode_escapes
from authlint.frontends.yaml_scalars import Decoded
from authlint.source import Source, Span

_MAX_BROKEN = 20
_LINE = re.compile(rb"[^\r\n]*")
_SPACE = re.compile(rb"[ \t]*")
_LINE_END = re.compile(rb"\r?\n|\r|\Z")
_SECTION = re.compile(rb"\[([^\]\r\n]*)\][^\r\n]*")
_SUBSECTION = re.compile(r'(\S+)\s+"(.*)"')
_COMMENTS = {"ini": (b"#", b";"), "properties": (b"#", b"!"), "dotenv": (b"#",)}
_KEYS = {
    "ini": re.compile(rb"((?://|@)[^=\r\n]*(?==)|[^\s=:#;\[][^=:\r\n]*)[=:][ \t]*"),
    "properties": re.compile(
        rb"([^\s=:#!\\]*(?:\\[^\r\n][^\s=:\\]*|[#!][^\s=:\\]*)*)(?:[ \t]*[=:]|(?=[ \t\r\n]|\Z))[ \t]*"
    ),
    "dotenv": re.compile(rb"(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*"),
}
_BARE_KEY = re.compile(rb"([\w.-]+)[ \t]*(?=\r?\n|\Z)")
_INLINE_COMMENTS = {"ini": re.compile(rb"[ \t]([#;][ \t].*)"), "dotenv": re.compile(rb"(?:\A|[ \t])(#.*)")}
_LOGICAL_LINE = re.compile(rb"[^\\\r\n]*(?:\\(?:\r?\n|[^\r\n]|\Z)[^\\\r\n]*)*")
_JOINT = re.compile(rb"\\\r?\n[ \t]*")
_QUOTED = {
    b'"': re.compile(rb'"[^"\\]*(?:\\[\s\S][^"\\]*)*"'),
    b"'": re.compile(rb"'[^']*'"),
    b"`": re.compile(rb"`[^`]*`"),
}
_AFTER_QUOTE = re.compile(rb"[ \t]*(#[^\r\n]*)?(?=\r?\n|\r|\Z)")


def lower(source: Source) -> Facts:
    """The facts of a file of keys and values; the source's language says of which kind it is."""
    reader = _KeyValue(Builder(source))
    reader.read()
    return reader.builder.finish()


class _KeyValue:
    """Reads lines from ``self.at``."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.data = builder.source.data
        self.kind = builder.source.language if builder.source.language in _KEYS else "ini"
        self.at = 0
        self.prefix = ""
        self.entries: list[Entry] = []
        self.unclosed: set[bytes] = set()

    def read(self) -> None:
        """Everything, line by line."""
        while self.at < len(self.data):
            begin = self.at
            space = _SPACE.match(self.data, begin)
            start = space.end() if space else begin
            if self.data.startswith(_COMMENTS[self.kind], start):
                self._comment((start, self._line_end(start)))
            elif self.kind == "ini" and self.data.startswith(b"[", start):
                self._section(start)
            elif self.data[start : start + 1] not in (b"", b"\r", b"\n"):
                self._line(start, start - begin)
            else:
                self.at = start
            end = _LINE_END.match(self.data, self.at)
            self.at = end.end() if end else self.at + 1
            if self.at <= begin:
                self.at = begin + 1
        self._close_section()

    def _line_end(self, at: int) -> int:
        line = _LINE.match(self.data, at)
        return line.end() if line else at

    def _comment(self, span: Span) -> None:
        self.builder.comment(span)
        self.at = span[1]

    def _close_section(self) -> None:
        if self.entries:
            self.builder.map(self.entries, (self.entries[0].span[0], self.entries[-1].span[1]))
            self.entries = []

    def _section(self, start: int) -> None:
        match = _SECTION.match(self.data, start)
        if match is None:
            self._broken(start)
            return
        self._close_section()
        name = match[1].decode("utf-8", "replace").strip()
        subsection = _SUBSECTION.fullmatch(name)
        self.prefix = (f"{subsection[1]}.{subsection[2]}" if subsection else name) + "."
        self.at = match.end()

    def _line(self, start: int, indent: int) -> None:
        match = _KEYS[self.kind].match(self.data, start)
        if match is None:
            bare = _BARE_KEY.match(self.data, start) if self.kind == "ini" else None
            if bare is None:
                self._broken(start)
                return
            self.at = bare.end()
            self._bind(bare.span(1), Const(None, (bare.end(1), bare.end(1))))
            return
        key = (match.start(1), match.start(1) + len(match[1].rstrip()))
        self.at = match.end()
        if self.kind == "ini":
            value = self._ini_value(indent)
        elif self.kind == "dotenv":
            value = self._dotenv_value()
        else:
            value = self._properties_value()
        self._bind(key, value)

    def _bind(self, key: Span, value: Value) -> None:
        raw = self.data[slice(*key)]
        if b"\\" in raw and self.kind == "properties":
            raw = decode_escapes(self.data, *key)[0]
        name = raw.decode("utf-8", "replace")
        span = (key[0], max(key[1], value.span[1]))
        title = self.builder.text((name,) if name else (), key)
        self.entries.append(Entry(title, value, span))
        self.builder.bind(self.prefix + name, value, span, key)

    def _unquoted(self, start: int) -> Span:
        """The rest of a line without white space and without a comment, which is recorded."""
        end = self._line_end(start)
        self.at = end
        comment = _INLINE_COMMENTS[self.kind].search(self.data[start:end])
        if comment:
            self._comment((start + comment.start(1), end))
            end = start + comment.start()
        return (start, start + len(self.data[start:end].rstrip()))

    def _ini_value(self, indent: int) -> Value:
        """The rest of the line, and the lines below that are indented deeper than the key."""
        span = self._unquoted(self.at)
        decoded = Decoded()
        decoded.add(self.data[slice(*span)], *span)
        end = span[1]
        while line := self._continuation(indent):
            decoded.add(b"\n", end, line[0])
            decoded.add(self.data[slice(*line)], *line)
            end = line[1]
        return templates.text(self.builder, decoded.data, decoded.segments, (span[0], end))

    def _continuation(self, indent: int) -> Span | None:
        """The next line, if it continues a value; comments between are recorded."""
        while True:
            line_end = _LINE_END.match(self.data, self.at)
            begin = line_end.end() if line_end else len(self.data)
            space = _SPACE.match(self.data, begin)
            start = space.end() if space else begin
            if start - begin <= indent or self.data[start : start + 1] in (b"", b"\r", b"\n", b"["):
                return None
            if not self.data.startswith(_COMMENTS["ini"], start):
                return self._unquoted(start)
            self._comment((start, self._line_end(start)))

    def _properties_value(self) -> Value:
        """The rest of the line; a backslash at its end joins the next one."""
        line = _LOGICAL_LINE.match(self.data, self.at)
        start, end = line.span() if line else (self.at, self.at)
        self.at = end
        decoded = Decoded()
        at = start
        for joint in _JOINT.finditer(self.data, start, end):
            decoded.extend(*decode_escapes(self.data, at, joint.start()))
            at = joint.end()
        decoded.extend(*decode_escapes(self.data, at, end))
        return templates.text(self.builder, decoded.data, decoded.segments, (start, end))

    def _dotenv_value(self) -> Value:
        start = self.at
        mark = self.data[start : start + 1]
        end = self._close_quote(start, mark)
        decoded = Decoded()
        if end is None:
            span = self._unquoted(start)
            decoded.add(self.data[slice(*span)], *span)
            return templates.text(self.builder, decoded.data, decoded.segments, span)
        if mark == b'"':
            decoded.extend(*decode_escapes(self.data, start + 1, end - 1))
            return templates.text(self.builder, decoded.data, decoded.segments, (start, end))
        raw = self.data[start + 1 : end - 1].decode("utf-8", "replace")
        return self.builder.text((raw,) if raw else (), (start, end))

    def _close_quote(self, start: int, mark: bytes) -> int | None:
        """Where the value quoted with ``mark`` ends; ``None`` if there is more behind it than a comment."""
        if mark not in _QUOTED or mark in self.unclosed:
            return None
        match = _QUOTED[mark].match(self.data, start)
        if match is None:
            self.unclosed.add(mark)
            return None
        after = _AFTER_QUOTE.match(self.data, match.end())
        if after is None:
            return None
        if after[1]:
            self._comment(after.span(1))
        self.at = after.end()
        return match.end()

    def _broken(self, start: int) -> None:
        """A line of some other format: its text is kept."""
        span = (start, start + len(self.data[start : self._line_end(start)].rstrip()))
        if len(self.builder.facts.broken) < _MAX_BROKEN:
            self.builder.facts.broken.append(span)
        self.builder.text((self.data[slice(*span)].decode("utf-8", "replace"),), span)
        self.at = span[1]
