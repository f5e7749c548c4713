"""The flow style of YAML: ``[a, b]``, ``{k: v}``, over any number of lines."""

from __future__ import annotations

import re

from authlint.facts import Entry, Text, Value
from authlint.frontends.yaml_values import MAX_DEPTH, Place, Values
from authlint.source import Span

_BLANK = re.compile(rb"\s*")
_COMMENT = re.compile(rb"#[^\r\n]*")
_PLAIN = re.compile(
    rb"""(?:\$?\{\{[^{}\n]{0,400}\}\}|\$\{[^{}\n]{0,400}\}
       |[^\s,\[\]{}\#:]|:(?![\s,\[\]{}])|(?<=\S)\#|[ \t]+(?=[^\s,\[\]{}\#:]|\$?\{\{|:\S))+""",
    re.VERBOSE,
)
_PROPERTIES = re.compile(rb"(?:[&!][^\s,\[\]{}]*\s*)+")
_ALIAS = re.compile(rb"\*[^\s,\[\]{}]+")
_KEY = re.compile(rb"[\w.-]+:(?:[ \t][^,\n]*)?(?:\n|\Z)")
_QUOTES = b"\"'"
_OPENING = b"[{"
_CLOSING = b"]}"
_END = b""


class Flow(Values):
    """Reads flow collections from ``self.at``; ``self.column`` is that of the block around."""

    at = 0
    column = -1

    def flow(self, at: int, column: int, place: Place) -> tuple[Value, int]:
        """The collection that begins at ``at``, and where it ends."""
        self.at, self.column = at, column
        value = self._collection(place)
        return value, self.at

    def _peek(self) -> bytes:
        """The next character that counts; empty at the end, or where the block around obviously goes on."""
        data = self.data
        while True:
            match = _BLANK.match(data, self.at)
            start, self.at = self.at, match.end() if match else self.at
            mark = data[self.at : self.at + 1]
            if mark == b"#" and (self.at > start or start == 0):
                comment = _COMMENT.match(data, self.at)
                self.at = comment.end() if comment else self.at + 1
                self.builder.comment((self.at - len(comment[0]), self.at) if comment else (start, start))
                continue
            newline = data.rfind(b"\n", start, self.at)
            if newline >= 0 and self.at - newline - 1 <= self.column and _KEY.match(data, self.at):
                self.at = start
                return _END
            return mark

    def _collection(self, place: Place) -> Value:
        start = self.at
        if self.depth >= MAX_DEPTH:
            self._skip()
            return self.unknown((start, self.at), place)
        self.depth += 1
        value = self._mapping(place) if self.data[start] == ord("{") else self._sequence(place)
        self.depth -= 1
        return value

    def _mapping(self, place: Place) -> Value:
        start, entries = self.at, list[Entry]()
        self.at += 1
        while (mark := self._peek()) not in (b"}", _END):
            if mark in b",:?":
                self.at += 1
            elif mark == b"]":
                self._stray()
            else:
                span = self._scalar_span(mark)
                if span is None:
                    self._value(Place("", None, ""))
                    continue
                title = self.title(span)
                key = title.literal or ""
                value = self._after_colon(place.member(key, span), span[1])
                entries.append(Entry(title, value, (span[0], max(span[1], value.span[1]))))
        self._close(start, mark)
        return self.map(entries, (start, self.at), place)

    def _sequence(self, place: Place) -> Value:
        start, items = self.at, list[Value]()
        self.at += 1
        while (mark := self._peek()) not in (b"]", _END):
            if mark == b",":
                self.at += 1
            elif mark == b"}":
                self._stray()
            else:
                items.append(self._item(mark, place.item(len(items))))
        self._close(start, mark)
        return self.items(items, (start, self.at), place)

    def _item(self, mark: bytes, place: Place) -> Value:
        """An item of a sequence; ``[a: b]`` holds a mapping of one entry."""
        span = self._scalar_span(mark)
        if span is None:
            return self._value(place)
        if self._peek() != b":":
            return self._scalar(span, place)
        title: Text = self.title(span)
        value = self._after_colon(place.member(title.literal or "", span), span[1])
        end = max(span[1], value.span[1])
        return self.map([Entry(title, value, (span[0], end))], (span[0], end), place)

    def _after_colon(self, place: Place, end: int) -> Value:
        if self._peek() != b":":
            return self.null(end, place)
        self.at += 1
        mark = self._peek()
        if mark in (b",", b"}", b"]", _END):
            return self.null(min(self.at, len(self.data)), place)
        span = self._scalar_span(mark)
        return self._value(place) if span is None else self._scalar(span, place)

    def _scalar_span(self, mark: bytes) -> Span | None:
        """The scalar that begins here, read over; ``None`` if it is something else."""
        start = self.at
        if mark in _QUOTES:
            self.at = self.close_quote(start, -1)
            return (start, self.at)
        if mark in b"&!*" or (mark in _OPENING and not self.data.startswith(b"{{", start)):
            return None
        match = _PLAIN.match(self.data, start)
        if match is None:
            return None
        self.at = match.end()
        return (start, self.at)

    def _value(self, place: Place) -> Value:
        """What is no scalar by itself: a collection, an alias, something after a tag or an anchor."""
        start = self.at
        if self.data[start : start + 1] in _OPENING:
            return self._collection(place)
        alias = _ALIAS.match(self.data, start)
        if alias:
            self.at = alias.end()
            return self.unknown(alias.span(), place, "alias")
        properties = _PROPERTIES.match(self.data, start)
        self.at = properties.end() if properties else start + 1
        mark = self._peek()
        if properties is None or mark in (b",", b"]", b"}", _END):
            return self.null(start, place)
        span = self._scalar_span(mark)
        if span is not None:
            return self._scalar(span, place)
        if mark in _OPENING:
            return self._collection(place)
        self._stray()
        return self.null(start, place)

    def _scalar(self, span: Span, place: Place) -> Value:
        return self.quoted(span, place) if self.data[span[0]] in _QUOTES else self.plain(span, place)

    def _stray(self) -> None:
        self.broken((self.at, self.at + 1))
        self.at += 1

    def _close(self, start: int, mark: bytes) -> None:
        if mark == _END:
            self.broken((start, start + 1))
        else:
            self.at += 1

    def _skip(self) -> None:
        """Read over a collection that is nested too deeply."""
        depth = 0
        while (mark := self._peek()) != _END:
            if mark in _QUOTES:
                self.at = self.close_quote(self.at, -1)
                continue
            depth += (mark in _OPENING) - (mark in _CLOSING)
            self.at += 1
            if not depth:
                return
