"""TOML: key paths are bindings, tables are maps. Read line by line, so that a mistake leaves the rest readable."""

from __future__ import annotations

import re

from authlint.facts import Entry, Facts, Items, Opaque, Value
from authlint.frontends import yaml_scalars
from authlint.frontends.builder import Builder
from authlint.frontends.jsonstrings import decode_escapes
from authlint.frontends.yaml_scalars import Decoded
from authlint.frontends.yaml_values import MAX_DEPTH, Place, Values
from authlint.source import Segment, Source, Span

_PART = rb"""(?:[\w-]+|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\n]*')"""
_PART_PATTERN = re.compile(_PART)
_KEY = re.compile(rb"(" + _PART + rb"(?:[ \t]*\.[ \t]*" + _PART + rb")*)[ \t]*=[ \t]*")
_TABLE = re.compile(rb"(\[\[?)[ \t]*(" + _PART + rb"(?:[ \t]*\.[ \t]*" + _PART + rb")*)[ \t]*\]")
_SPACE = re.compile(rb"\s*")
_COMMENT = re.compile(rb"#[^\r\n]*")
_BARE = re.compile(rb"\d{4}-\d\d-\d\d[ T][\d:.Zz+-]+|[^\s,\[\]{}#=\"']+")
_STRINGS = {
    b'"': re.compile(rb'"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"'),
    b"'": re.compile(rb"'[^'\n]*'"),
    b'"""': re.compile(rb'"""[^"\\]*(?:(?:\\[\s\S]|"{1,2}(?!"))[^"\\]*)*"{3,5}'),
    b"'''": re.compile(rb"'''[^']*(?:'{1,2}(?!')[^']*)*'{3,5}"),
}
_CONTINUATION = re.compile(rb"\\[ \t]*\r?\n\s*")
_QUOTES = (b'"', b"'")
_MAX_PARTS = 100
_FENCE = 3  # quotes around a string of several lines


def lower(source: Source) -> Facts:
    """The facts of a TOML file."""
    reader = _Toml(Builder(source))
    reader.read()
    reader.builder.facts.broken.sort()
    return reader.builder.finish()


class _Toml(Values):
    """Reads from ``self.at``."""

    at = 0

    def read(self) -> None:
        """Everything, table by table."""
        self.arrays: dict[str, int] = {}
        table = Place("", None, "")
        entries: list[Entry] = []
        start = end = 0
        while self._skip_space():
            header = _TABLE.match(self.data, self.at) if self.data.startswith(b"[", self.at) else None
            key = None if header else _KEY.match(self.data, self.at)
            if header:
                self._close_table(entries, (start, end))
                entries, start, end = [], header.start(), header.end()
                table = self._table(header)
            elif key:
                entries.append(self._pair(key, table))
                end = entries[-1].span[1]
                self.at = self.finish_line(self.at)
            else:
                self.at = self._broken_line(self.at)
        self._close_table(entries, (start, end))

    def _close_table(self, entries: list[Entry], span: Span) -> None:
        if entries:
            self.builder.map(entries, (span[0] or entries[0].span[0], span[1]))

    def _skip_space(self) -> bool:
        """Go on to what counts, past comments; false at the end."""
        data = self.data
        while True:
            space = _SPACE.match(data, self.at)
            self.at = space.end() if space else self.at
            comment = _COMMENT.match(data, self.at)
            if comment is None:
                return self.at < len(data)
            self.builder.comment(comment.span())
            self.at = comment.end()

    def _broken_line(self, at: int) -> int:
        end = self.line_end(at)
        self.broken((at, end))
        return max(end, at + 1)

    def _names(self, span: Span) -> list[str]:
        """The parts of a dotted key."""
        names: list[str] = []
        at = span[0]
        for part in _PART_PATTERN.finditer(self.data, *span):
            raw = part[0]
            if raw[:1] == b'"':
                raw = decode_escapes(raw, 1, len(raw) - 1)[0]
            elif raw[:1] == b"'":
                raw = raw[1:-1]
            if len(names) == _MAX_PARTS:
                return [*names, self.data[at : span[1]].decode("utf-8", "replace")]
            names.append(raw.decode("utf-8", "replace"))
            at = part.end()
        return names

    def _table(self, header: re.Match[bytes]) -> Place:
        """Where the pairs below ``[a.b]`` or ``[[a.b]]`` belong; a table below an array is in its last item."""
        names = self._names(header.span(2))
        path = ""
        for index, name in enumerate(names):
            path = f"{path}.{name}" if path else name
            if header[1] == b"[[" and index == len(names) - 1:
                self.arrays[path] = self.arrays.get(path, -1) + 1
            if path in self.arrays:
                path = f"{path}.{self.arrays[path]}"
        closing = 1 if header[1] == b"[[" and self.data.startswith(b"]", header.end()) else 0
        self.at = self.finish_line(header.end() + closing)
        return Place(path, None, names[-1])

    def _pair(self, key: re.Match[bytes], table: Place) -> Entry:
        span = key.span(1)
        names = self._names(span)
        name = ".".join(names)
        place = Place(f"{table.path}.{name}" if table.path else name, span, names[-1])
        title = self.builder.text((name,) if name else (), span)
        self.at = key.end()
        value = self._value(place)
        return Entry(title, value, (span[0], max(span[1], value.span[1])))

    def _value(self, place: Place) -> Value:
        at = self.at
        mark = self.data[at : at + 1]
        if mark in _QUOTES:
            return self._string(at, mark, place)
        if mark in (b"[", b"{"):
            if self.depth >= MAX_DEPTH:
                self.at = self.line_end(at)
                return self.unknown((at, self.at), place)
            self.depth += 1
            value = self._array(place) if mark == b"[" else self._inline_table(place)
            self.depth -= 1
            return value
        bare = _BARE.match(self.data, at)
        if bare is None:
            self.broken((max(at - 1, 0), at))
            return self.leaf(Opaque("", (), (at, at)), place)
        self.at = bare.end()
        return self._bare(bare, place)

    def _bare(self, bare: re.Match[bytes], place: Place) -> Value:
        constant = yaml_scalars.constant(bare[0], bare.span())
        if constant:
            return self.leaf(constant, place)
        if not bare[0][:1].isdigit() and bare[0].lstrip(b"+-") not in (b"inf", b"nan"):
            self.broken(bare.span())
        return self.text(bare[0], [Segment(0, len(bare[0]), *bare.span())], bare.span(), place)

    def _string(self, at: int, mark: bytes, place: Place) -> Value:
        fence = mark * _FENCE
        several = self.data.startswith(fence, at) and fence not in self.unclosed
        match = _STRINGS[fence if several else mark].match(self.data, at)
        if match is None:
            if several:
                self.unclosed.add(fence)
            end = self.line_end(at)
            self.broken((at, end))
        else:
            end = match.end()
        self.at = end
        width = _FENCE if several and match else 1
        inside = (min(at + width, end), max(min(at + width, end), end - width if match else end))
        decoded = self._decode(inside, escapes=mark == b'"', several=width == _FENCE)
        return self.text(decoded.data, decoded.segments, (at, end), place)

    def _decode(self, span: Span, *, escapes: bool, several: bool) -> Decoded:
        start, end = span
        decoded = Decoded()
        if several:
            start += len(self.data[start : start + 2]) - len(_without_line_end(self.data[start : start + 2]))
        if not escapes:
            decoded.add(self.data[start:end], start, end)
            return decoded
        for joint in _CONTINUATION.finditer(self.data, start, end):
            decoded.extend(*decode_escapes(self.data, start, joint.start()))
            start = joint.end()
        decoded.extend(*decode_escapes(self.data, start, end))
        return decoded

    def _array(self, place: Place) -> Items:
        start, items = self.at, list[Value]()
        self.at += 1
        while self._skip_space():
            mark = self.data[self.at : self.at + 1]
            if mark == b"]":
                self.at += 1
                return self.items(items, (start, self.at), place)
            if mark == b",":
                self.at += 1
            elif mark in (b"}", b"=") or _KEY.match(self.data, self.at):
                break
            else:
                items.append(self._value(place.item(len(items))))
        self._give_up(start)
        return self.items(items, (start, self.at), place)

    def _inline_table(self, place: Place) -> Value:
        start, entries = self.at, list[Entry]()
        self.at += 1
        while self._skip_space():
            mark = self.data[self.at : self.at + 1]
            if mark == b"}":
                self.at += 1
                return self.map(entries, (start, self.at), place)
            key = _KEY.match(self.data, self.at)
            if mark == b",":
                self.at += 1
            elif key:
                entries.append(self._pair(key, place))
            else:
                break
        self._give_up(start)
        return self.map(entries, (start, self.at), place)

    def _give_up(self, start: int) -> None:
        """Nothing closes what was opened at ``start``: it ends with the line before."""
        self.broken((start, start + 1))
        newline = self.data.rfind(b"\n", start, self.at)
        self.at = newline if newline > start else self.at


def _without_line_end(text: bytes) -> bytes:
    return text.removeprefix(b"\r\n") if text.startswith(b"\r") else text.removeprefix(b"\n")
