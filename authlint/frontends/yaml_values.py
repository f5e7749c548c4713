"""What the block and the flow style of YAML share: leaves become bindings, scripts become sources of their own."""

from __future__ import annotations

import re
from typing import NamedTuple

from authlint import languages
from authlint.facts import Const, Entry, Items, Map, Opaque, Text, Value
from authlint.frontends import templates, yaml_scalars
from authlint.frontends.builder import Builder
from authlint.frontends.yaml_scalars import Decoded
from authlint.source import Segment, Source, Span

MAX_DEPTH = 150
"""Below this depth of nesting nothing is lowered any more."""

_MAX_BROKEN = 20
_ANY_QUOTED = {
    b'"': re.compile(rb'"[^"\\]*(?:\\[\s\S][^"\\]*)*"'),
    b"'": re.compile(rb"'[^']*(?:''[^']*)*'"),
}
_REST = re.compile(rb"[ \t]*(?:(#[^\r\n]*)|([^\s#][^\r\n]*))?(?:\r?\n|\Z|\r)?")
_LINE = re.compile(rb"[^\r\n]*")
_ENTRY = re.compile(rb"\n( *)(?:- |[\w.-]+:[ \r\n])")
_SCRIPTS = frozenset(("run", "script", "before_script", "after_script", "cmds"))
_JAVASCRIPT = re.compile(rb"(?m)^[ \t]*(?:const|let|var|await|async)[ \t]|=>[ \t]*[{(\n]")
_COMMANDS = frozenset(("command", "entrypoint", "args"))


class Place(NamedTuple):
    """Where a value stands: its path, its key's span (``None`` in a list), the nearest key's name."""

    path: str
    name_span: Span | None
    key: str
    in_list: bool = False

    def member(self, key: str, span: Span) -> Place:
        """The place of an entry of the mapping here."""
        return Place(f"{self.path}.{key}" if self.path else key, span, key)

    def item(self, index: int) -> Place:
        """The place of an item of the sequence here."""
        return Place(f"{self.path}.{index}" if self.path else str(index), None, self.key, True)


class Values:
    """Makes values and binds them."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.data = builder.source.data
        self.depth = 0
        self.unclosed: set[bytes] = set()

    def leaf(self, value: Value, place: Place) -> Value:
        """Bind a value that has nothing below it."""
        if place.path:
            name_span = place.name_span or value.span
            self.builder.bind(place.path, value, (name_span[0], max(name_span[1], value.span[1])), name_span)
        return value

    def map(self, entries: list[Entry], span: Span, place: Place, *, open: bool = False) -> Map:
        """A mapping; bound only if it is empty."""
        value = self.builder.map(entries, span, open=open)
        if not entries:
            self.leaf(value, place)
        return value

    def items(self, items: list[Value], span: Span, place: Place) -> Items:
        """A sequence; bound only if it is empty."""
        value = Items(tuple(items), False, span)
        if not items:
            self.leaf(value, place)
        return value

    def title(self, span: Span) -> Text:
        """A key."""
        raw = self.data[slice(*span)]
        decoded = self._decode_quoted(span).data if raw[:1] in _ANY_QUOTED else raw
        name = decoded.decode("utf-8", "replace")
        return self.builder.text((name,) if name else (), span)

    def plain(self, span: Span, place: Place) -> Value:
        """A plain scalar."""
        start, end = span
        raw = self.data[start:end]
        known = yaml_scalars.constant(raw, span)
        if known:
            return self.leaf(known, place)
        if b"\n" in raw:
            decoded = yaml_scalars.plain(self.data, span)
            return self.text(decoded.data, decoded.segments, span, place)
        return self.text(raw, [Segment(0, len(raw), start, end)], span, place)

    def quoted(self, span: Span, place: Place) -> Value:
        """A quoted scalar."""
        decoded = self._decode_quoted(span)
        return self.text(decoded.data, decoded.segments, span, place)

    def text(self, data: bytes, segments: list[Segment], span: Span, place: Place) -> Value:
        """A scalar that is text, and perhaps a script."""
        if place.key in _SCRIPTS or (place.key in _COMMANDS and _is_command(data, place)):
            source = self.builder.source
            script = Source(source.path, data, _script_language(data, place.key), source, tuple(segments), place.path)
            self.builder.facts.embedded.append(script)
        return self.leaf(templates.text(self.builder, data, segments, span), place)

    def null(self, at: int, place: Place) -> Value:
        """No value at all."""
        return self.leaf(Const(None, (at, at)), place)

    def unknown(self, span: Span, place: Place, op: str = "") -> Value:
        """A value that is not read: an alias, something nested too deeply."""
        return self.leaf(Opaque(op, (), span), place)

    def close_quote(self, at: int, column: int) -> int:
        """Where the quoted scalar at ``at`` ends: its line's end if an entry at ``column`` comes before the quote."""
        mark = self.data[at : at + 1]
        match = None if mark in self.unclosed else _ANY_QUOTED[mark].match(self.data, at)
        if match is None:
            self.unclosed.add(mark)
        elif all(len(line[1]) > column for line in _ENTRY.finditer(match[0])):
            return match.end()
        end = self.line_end(at)
        self.broken((at, end))
        return end

    def line_end(self, at: int) -> int:
        """Where the line around an offset ends, without its line ending."""
        line = _LINE.match(self.data, at)
        return line.end() if line else at

    def finish_line(self, at: int) -> int:
        """Skip the rest of a line, where only a comment may stand; gives the next line's start."""
        match = _REST.match(self.data, at)
        if match is None:
            return at
        if match[1]:
            self.builder.comment(match.span(1))
        elif match[2]:
            self.broken(match.span(2))
        return match.end()

    def broken(self, span: Span) -> None:
        """Something that did not parse."""
        if len(self.builder.facts.broken) < _MAX_BROKEN and span[1] > span[0]:
            self.builder.facts.broken.append(span)

    def _decode_quoted(self, span: Span) -> Decoded:
        double = self.data[span[0]] == ord('"')
        return (yaml_scalars.double_quoted if double else yaml_scalars.single_quoted)(self.data, span)


def _script_language(data: bytes, key: str) -> str:
    """A script is shell unless it begins with ``#!``; under ``script`` it may be JavaScript."""
    language = languages.detect("", data[:200])
    if language != "text":
        return language
    return "javascript" if key == "script" and _JAVASCRIPT.search(data) else "shell"


def _is_command(data: bytes, place: Place) -> bool:
    """A word of a command given as a list is no command, and neither is a list of options."""
    return not data.startswith(b"-") and (not place.in_list or any(blank in data for blank in b" \t\n"))
