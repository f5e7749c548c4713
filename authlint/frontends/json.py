"""JSON, with what JSONC and JSON5 allow: key paths are bindings, objects are maps.

Read with regular expressions in one pass: faster than a syntax tree, and comments, trailing commas and bare keys need
no second attempt.
"""

from __future__ import annotations

import re

from authlint.facts import Const, Entry, Facts, Items, Map, Opaque, Value
from authlint.frontends import templates
from authlint.frontends.builder import Builder
from authlint.frontends.jsonstrings import Places, unescape
from authlint.source import Source, Span

_TOKEN = re.compile(
    rb"""\s*(?:
      ("[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'?)
    | ([{}\[\]:,])
    | (//[^\r\n]*|/\*[\s\S]*?(?:\*/|\Z)|\#[^\r\n]*)
    | ([^\s{}\[\]:,"'/]+)
    | (\S)
    )""",
    re.VERBOSE,
)
_STRING, _MARK, _COMMENT, _WORD, _OTHER = range(1, 6)
_PLAIN_KEY = re.compile(rb'\s*(?:,\s*)?("[^"\\\n]*")\s*:\s*(?:("[^"\\\n]*")|([\[{])|([\w.+-]+)(?=[\s,}\]]))')
_PLAIN_STRING, _PLAIN_OPENING = 2, 3
_CONSTANTS = {b"true": True, b"false": False, b"null": None, b"undefined": None}
_NUMBER = re.compile(
    rb"[+-]?(?:0[xX][0-9a-fA-F]{1,16}|\d{1,40}|(?:\d{1,40}\.?\d{0,400}|\.\d{1,400})(?:[eE][+-]?\d{1,4})?)"
)
_OPENING, _CLOSING = (b"{", b"["), (b"}", b"]")
_END = b"end"
_MAX_DEPTH = 150
_MAX_BROKEN = 20
_SCRIPTED = ("package.json", "composer.json")


def lower(source: Source) -> Facts:
    """The facts of a JSON file."""
    return _Json(Builder(source)).lower()


class _Json:
    """Reads from ``self.at``. A token is its mark (empty for a string or word) and its span."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.data = builder.source.data
        self.scripted = builder.source.path.rpartition("/")[2] in _SCRIPTED
        self.at = 0
        self.depth = 0

    def lower(self) -> Facts:
        """Every value at the top: one, or one a line."""
        while True:
            mark, start, end = self._next()
            if mark is _END:
                self.builder.facts.broken.sort()
                return self.builder.finish()
            if mark and mark not in _OPENING:
                self._broken((start, end))
            else:
                self._value(mark, (start, end), "", (start, end))

    def _next(self) -> tuple[bytes, int, int]:
        """The next token; comments are recorded on the way."""
        while True:
            match = _TOKEN.match(self.data, self.at)
            if match is None:
                self.at = len(self.data)
                return _END, self.at, self.at
            kind = match.lastindex or _OTHER
            start, self.at = match.span(kind)
            if kind == _COMMENT:
                self.builder.comment((start, self.at))
            elif kind == _OTHER:
                self._broken((start, self.at))
            else:
                return match[kind] if kind == _MARK else b"", start, self.at

    def _value(self, mark: bytes, span: Span, path: str, name_span: Span) -> Value:
        """A value and the bindings in it. ``name_span`` is the key's, or the value's own in a list."""
        if mark:
            return self._container(mark, span, path, name_span)
        value = self._string(span, path) if self.data[span[0]] in b"\"'" else self._constant(span)
        if path:
            self.builder.bind(path, value, (name_span[0], span[1]), name_span)
        return value

    def _string(self, span: Span, path: str) -> Value:
        decoded = self._decode(span)
        is_script = self.scripted and path.startswith("scripts.")
        segments = Places(self.data, *span) if is_script or templates.has_holes(decoded) else ()
        if is_script:
            source = self.builder.source
            embedded = Source(source.path, decoded, "shell", source, tuple(segments), path)
            self.builder.facts.embedded.append(embedded)
        return templates.text(self.builder, decoded, segments, span)

    def _container(self, mark: bytes, opening: Span, path: str, name_span: Span) -> Value:
        if self.depth >= _MAX_DEPTH:
            return self._skipped(opening)
        self.depth += 1
        value: Map | Items
        if mark == b"{":
            value = self._object(opening, path)
            is_empty = not value.entries
        else:
            value = self._array(opening, path)
            is_empty = not value.items
        self.depth -= 1
        if path and is_empty:
            self.builder.bind(path, value, (name_span[0], value.span[1]), name_span)
        return value

    def _object(self, opening: Span, path: str) -> Map:
        entries: list[Entry] = []
        prefix = f"{path}." if path else ""
        key: Span | None = None
        coming = False  # a colon was read: what follows is a value
        while True:
            plain = None if key else _PLAIN_KEY.match(self.data, self.at)
            if plain:
                entries.append(self._plain_entry(plain, prefix))
                continue
            mark, start, end = self._next()
            if mark == b"}" or mark is _END:
                break
            if coming and key is not None and (not mark or mark in _OPENING):
                entries.append(self._entry(key, mark, (start, end), prefix))
                key, coming = None, False
            elif mark == b":":
                coming = key is not None
            elif mark == b",":
                key, coming = None, False
            elif mark:
                self._broken((start, end))
                if mark in _OPENING:
                    self._skipped((start, end))
            else:
                key, coming = (start, end), False
        if mark is _END:
            self._broken(opening)
        return self.builder.map(entries, (opening[0], self.at))

    def _plain_entry(self, match: re.Match[bytes], prefix: str) -> Entry:
        """Most entries have a key without escapes, and nothing odd between the key and the value."""
        data = self.data
        start, end = span = match.span(1)
        name = data[start + 1 : end - 1].decode("utf-8", "replace")
        title = self.builder.text((name,) if name else (), span)
        kind = match.lastindex or _PLAIN_STRING
        self.at = match.end()
        mark = data[self.at - 1 : self.at] if kind == _PLAIN_OPENING else b""
        value = self._value(mark, match.span(kind), prefix + name, span)
        return Entry(title, value, (start, value.span[1]))

    def _entry(self, key: Span, mark: bytes, value_span: Span, prefix: str) -> Entry:
        decoded = self._decode(key) if self.data[key[0]] in b"\"'" else self.data[key[0] : key[1]]
        name = decoded.decode("utf-8", "replace")
        title = self.builder.text((name,) if name else (), key)
        value = self._value(mark, value_span, prefix + name, key)
        return Entry(title, value, (key[0], value.span[1]))

    def _array(self, opening: Span, path: str) -> Items:
        items: list[Value] = []
        prefix = f"{path}." if path else ""
        while True:
            mark, start, end = self._next()
            if mark == b"]" or mark is _END:
                break
            if not mark or mark in _OPENING:
                items.append(self._value(mark, (start, end), f"{prefix}{len(items)}", (start, end)))
            elif mark == b"}":
                self._broken((start, end))
        if mark is _END:
            self._broken(opening)
        return Items(tuple(items), False, (opening[0], self.at))

    def _skipped(self, opening: Span) -> Value:
        """What is nested too deeply to be read."""
        depth = 1
        while depth:
            mark, _, _ = self._next()
            if mark is _END:
                break
            depth += (mark in _OPENING) - (mark in _CLOSING)
        return Opaque("", (), (opening[0], self.at))

    def _constant(self, span: Span) -> Value:
        word = self.data[span[0] : span[1]]
        if word in _CONSTANTS:
            return Const(_CONSTANTS[word], span)
        if _NUMBER.fullmatch(word):
            digits = word.lower()
            if b"x" in digits:
                return Const(int(digits, 16), span)
            return Const(float(digits) if b"." in digits or b"e" in digits else int(digits), span)
        self._broken(span)
        return Opaque("", (), span)

    def _decode(self, span: Span) -> bytes:
        start, end = span
        data = self.data
        raw = data[start + 1 : end - 1]
        if end - start == 1 or data[end - 1] != data[start]:
            raw = data[start + 1 : end]
        return unescape(raw) if b"\\" in raw else raw

    def _broken(self, span: Span) -> None:
        if len(self.builder.facts.broken) < _MAX_BROKEN:
            self.builder.facts.broken.append(span)
