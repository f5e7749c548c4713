"""Jupyter notebooks → the source of each cell. What a cell printed is not looked at.

Of the JSON only the members that lead to sources are read; outputs, which are nearly all of a large notebook, are
skipped token by token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from authlint.facts import Facts
from authlint.frontends.builder import Builder
from authlint.frontends.jsonstrings import decode_string
from authlint.languages import by_name, detect
from authlint.source import Segment, Source, Span

_Node: TypeAlias = "dict[bytes, _Node] | list[_Node] | Span | None"

_MAX_DEPTH = 8
_MAX_BROKEN = 20
_TOKEN = re.compile(rb'"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?|[{}\[\],:]|[^\s{}\[\],:"]+')
_CONSTANT = re.compile(rb"true|false|null|NaN|-?[0-9.]{1,400}(?:[eE][+-]?[0-9]{1,9})?")
_OPENING, _CLOSING = b"{[", b"}]"
_WANTED = frozenset(b"cells worksheets cell_type source input metadata kernelspec language_info language name".split())

_CELL_MAGIC = re.compile(rb"\s*%%(?P<name>[A-Za-z_]\w*)[ \t]*(?P<rest>[^\r\n]*)(?:\r?\n|\r|\Z)")
_PYTHON_MAGICS = frozenset(("time", "timeit", "capture", "prun", "debug", "memit", "mprun", "px", "pypy"))
_FILE_MAGICS = frozenset(("writefile", "file"))
_LINE_MAGIC = re.compile(
    rb"""(?m)^[ \t]*(?:[\w.,\ \t]{1,80}=[ \t]*)?
    (?: !{1,2}(?P<command>(?:[^\r\n\\]|\\(?:\r?\n)?)*)
      | %(?:set_)?env[ \t]+(?P<variable>\w+=[^\r\n]*)
      | %[A-Za-z_]\w+[^\r\n]*
      | \?{1,2}[\w.*]+[^\r\n]* | [\w.]{1,200}\?{1,2}[ \t]*(?=\r?$) )""",
    re.VERBOSE,
)
_MAGIC_MARKS = (b"%", b"!", b"?")
_NO_LINE_END = re.compile(rb"[^\r\n]")
_DEFAULT_LANGUAGE = "python"


def lower(source: Source) -> Facts:
    """The facts of a notebook: embedded sources."""
    builder = Builder(source)
    reader = _Reader(source.data)
    notebook = reader.read()
    builder.facts.broken = reader.broken
    language = _language(source.data, notebook)
    for number, cell in enumerate(_cells(notebook), 1):
        embedded = _cell(source, cell, language, f"cell {number}") if isinstance(cell, dict) else ()
        builder.facts.embedded.extend(child for child in embedded if child.language != "text" and child.data)
    return builder.finish()


# --- the JSON around the cells --------------------------------------------------------------------------------------


class _Reader:
    """Reads what is wanted of a JSON text: objects, lists, and the spans of strings."""

    def __init__(self, data: bytes) -> None:
        self.broken: list[Span] = []
        self._data = data
        self._tokens = _TOKEN.finditer(data)

    def read(self) -> _Node:
        """The first value; what follows it is broken."""
        first = next(self._tokens, None)
        node = self._value(first, 0) if first else None
        for token in self._tokens:
            self._say_broken(token)
            break
        return node

    def _value(self, token: re.Match[bytes], depth: int) -> _Node:
        mark = token[0][:1]
        if mark == b'"':
            if not token[0].endswith(b'"') or token[0] == b'"':
                self._say_broken(token)
            return token.span()
        if mark not in _OPENING:
            if not _CONSTANT.fullmatch(token[0]):
                self._say_broken(token)
            return None
        if depth >= _MAX_DEPTH:
            self._skip(token)
            return None
        return self._object(token, depth) if mark == b"{" else self._list(token, depth)

    def _object(self, opening: re.Match[bytes], depth: int) -> _Node:
        members: dict[bytes, _Node] = {}
        key, coming = b"", False
        for token in self._tokens:
            mark = token[0][:1]
            if mark == b"}":
                return members
            if mark == b",":
                key, coming = b"", False
            elif mark == b":":
                coming = True
            elif coming and mark != b"]":
                if key in _WANTED:
                    members[key] = self._value(token, depth + 1)
                else:
                    self._skip(token)
            elif mark == b'"':
                key = token[0][1:-1]
            else:
                self._say_broken(token)
        self._say_broken(opening)
        return members

    def _list(self, opening: re.Match[bytes], depth: int) -> _Node:
        items: list[_Node] = []
        for token in self._tokens:
            mark = token[0][:1]
            if mark == b"]":
                return items
            if mark in b"}:":
                self._say_broken(token)
            elif mark != b",":
                items.append(self._value(token, depth + 1))
        self._say_broken(opening)
        return items

    def _skip(self, opening: re.Match[bytes]) -> None:
        if opening[0] not in (b"{", b"["):
            return
        depth = 1
        for token in self._tokens:
            mark = token[0]
            if len(mark) == 1:
                depth += (mark in _OPENING) - (mark in _CLOSING)
            if not depth:
                return
        self._say_broken(opening)

    def _say_broken(self, token: re.Match[bytes]) -> None:
        if len(self.broken) < _MAX_BROKEN:
            self.broken.append(token.span())


def _at(node: _Node, *path: bytes) -> _Node:
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return node


def _text(data: bytes, node: _Node) -> str:
    return decode_string(data, *node)[0].decode("utf-8", "replace") if isinstance(node, tuple) else ""


def _cells(notebook: _Node) -> Iterator[_Node]:
    """The cells; until version 4 of the format they stood in worksheets."""
    sheets = _at(notebook, b"worksheets")
    for sheet in (notebook, *(sheets if isinstance(sheets, list) else ())):
        cells = _at(sheet, b"cells")
        yield from cells if isinstance(cells, list) else ()


def _language(data: bytes, notebook: _Node) -> str:
    for path in ((b"kernelspec", b"language"), (b"language_info", b"name")):
        name = _text(data, _at(notebook, b"metadata", *path))
        if name:
            return by_name(name)
    return _DEFAULT_LANGUAGE


# --- the cells ------------------------------------------------------------------------------------------------------


def _cell(source: Source, cell: dict[bytes, _Node], language: str, label: str) -> Iterator[Source]:
    kind = _text(source.data, cell.get(b"cell_type"))
    if kind not in ("code", "markdown"):
        return
    content = cell.get(b"source", cell.get(b"input"))
    data, segments = _joined(source.data, content if isinstance(content, list) else [content])
    if kind == "markdown":
        yield Source(source.path, data, "markdown", source, segments, label)
        return
    whole = Source(source.path, data, language, source, segments, label)
    magic = _CELL_MAGIC.match(data)
    if magic:
        name, body = magic["name"].decode().lower(), data[magic.end() :]
        language = _magic_language(name, magic["rest"].decode("utf-8", "replace"), body) or language
        if language != _DEFAULT_LANGUAGE or name in _FILE_MAGICS:
            yield whole.embed(language, [(magic.end(), len(data))], label)
            return
    if language != _DEFAULT_LANGUAGE:
        yield whole
        return
    yield Source(source.path, _python(data, magic.end() if magic else 0), language, source, segments, label)
    yield whole.embed("shell", list(_commands(data)), label)


def _joined(data: bytes, strings: list[_Node]) -> tuple[bytes, tuple[Segment, ...]]:
    pieces: list[bytes] = []
    segments: list[Segment] = []
    offset = 0
    for string in strings:
        if isinstance(string, tuple):
            decoded, parts = decode_string(data, *string)
            segments += [Segment(offset + at, length, start, end) for at, length, start, end in parts]
            pieces.append(decoded)
            offset += len(decoded)
    return b"".join(pieces), tuple(segments)


def _magic_language(name: str, rest: str, body: bytes) -> str:
    """The language of a cell that begins with ``%%name rest``; empty for the notebook's own."""
    if name in _PYTHON_MAGICS:
        return ""
    words = [word for word in rest.split() if not word.startswith("-")]
    if name in _FILE_MAGICS:
        return detect(words[0], body) if words else "text"
    if name == "script":
        return by_name(words[0].rpartition("/")[2]) if words else "text"
    return _DEFAULT_LANGUAGE if name.startswith("python") else by_name(name)


def _python(data: bytes, begin: int) -> bytes:
    """A cell's Python, each byte in its place: what only the notebook understands is blank."""
    if not begin and not any(mark in data for mark in _MAGIC_MARKS):
        return data
    return _spaces(data[:begin]) + _LINE_MAGIC.sub(lambda match: _spaces(match[0]), data[begin:])


def _spaces(text: bytes) -> bytes:
    return _NO_LINE_END.sub(b" ", text)


def _commands(data: bytes) -> Iterator[Span]:
    """Shell commands in a cell (``!curl …``), and what is put into the environment (``%env NAME=…``)."""
    for match in _LINE_MAGIC.finditer(data) if b"!" in data or b"%" in data else ():
        group = match.lastgroup
        if group:
            newline = data.find(b"\n", match.end())
            yield match.start(group), newline + 1 or len(data)
