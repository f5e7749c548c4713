"""Words of the shell: quoting, expansions, substitutions, as values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from tree_sitter import Node

from authlint.facts import Choice, Entry, Items, Opaque, Text, Value
from authlint.frontends import templates
from authlint.frontends.builder import Builder
from authlint.frontends.shell_transcript import TEMPLATE
from authlint.source import Span

Piece: TypeAlias = "str | Value"

MAX_DEPTH = 150
"""Below this depth of nesting nothing is lowered any more."""

_ESCAPED = re.compile(r"\\(\r?\n|[\s\S])")
_ESCAPED_IN_QUOTES = re.compile(r'\\(\r?\n|[$`"\\])')
_ESCAPED_IN_HEREDOC = re.compile(r"\\(\r?\n|[$`\\])")
_ANSI_C = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|c?[\s\S])")
_ANSI_C_LETTERS = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_MAX_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_DEFAULTS = frozenset((":-", "-", ":=", "="))
_REQUIRED = frozenset((":?", "?"))
_PREFIXES = frozenset(("!", "#"))
_ALL_ITEMS = frozenset(("@", "*"))
_KEYED = re.compile(rb"\[([\w.:\"'-]{1,200})\]=")
_LINE_ENDS = frozenset(("\n", "\r\n"))


class Words:
    """Lowers words. A subclass says what the commands in ``$(…)`` are worth."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.data = builder.source.data
        self.depth = 0
        self.values: dict[str, Callable[[Node], Value]] = {
            "simple_expansion": self._simple_expansion,
            "expansion": self._expansion,
            "command_substitution": self._substitution,
            "process_substitution": self._substitution,
            "arithmetic_expansion": self._arithmetic_expansion,
            "array": self._array,
            "variable_name": self.variable,
            "subscript": self.variable,
        }
        self.pieces: dict[str, Callable[[Node], list[Piece]]] = {
            "word": self._word,
            "number": self._word,
            "regex": self._word,
            "extglob_pattern": self._word,
            "raw_string": lambda node: self._known(node.start_byte + 1, node.end_byte - 1, None),
            "ansi_c_string": self._ansi_c,
            "string": self._string,
            "translated_string": self._concatenation,
            "concatenation": self._concatenation,
            "command_name": self._concatenation,
        }

    def run(self, nodes: list[Node]) -> Value | None:
        """Lower commands; the value is what the last of them writes."""
        raise NotImplementedError

    def arithmetic(self, node: Node) -> Value:
        """Lower an arithmetic expression."""
        raise NotImplementedError

    def raw(self, start: int, end: int) -> str:
        """The source between two offsets."""
        return self.data[start:end].decode("utf-8", "replace")

    def value(self, node: Node) -> Value:
        """The value of a word. A word that is nothing but one expansion is the value of that expansion."""
        if self.depth > MAX_DEPTH:
            return Opaque("", (), node.byte_range)
        self.depth += 1
        handler = self.values.get(node.type)
        value = handler(node) if handler else self._join(self._pieces(node), node.byte_range)
        self.depth -= 1
        return value

    def text(self, value: str, span: Span) -> Text:
        """Known text."""
        return self.builder.text((value,) if value else (), span)

    def heredoc(self, body: Node | None, *, quoted: bool, span: Span) -> Value:
        """The text of a here-document."""
        if body is None:
            return self.text("", span)
        if quoted:
            return self.builder.text(self._known(*body.byte_range, None), body.byte_range)
        return self.builder.text(self._filled(body.children, *body.byte_range, _ESCAPED_IN_HEREDOC), body.byte_range)

    def variable_path(self, node: Node) -> str:
        """The dotted path of a variable or of one item of an array."""
        if node.type != "subscript":
            return self.raw(*node.byte_range)
        name, index = node.child_by_field_name("name"), node.child_by_field_name("index")
        pieces = self.nested(index) if index else []
        key = "".join(piece for piece in pieces if isinstance(piece, str))
        known = key and key not in _ALL_ITEMS and all(isinstance(piece, str) for piece in pieces)
        return f"{self.raw(*name.byte_range) if name else ''}.{key if known else '[]'}"

    def variable(self, node: Node) -> Value:
        """A variable that is read."""
        path = self.variable_path(node)
        return self.builder.ref(path, node.byte_range)

    def _pieces(self, node: Node) -> list[Piece]:
        handler = self.pieces.get(node.type)
        if handler:
            return handler(node)
        if node.type in self.values:
            return [self.value(node)]
        if node.named_child_count:
            return self._filled(node.children, *node.byte_range, _ESCAPED)
        return self._word(node)

    def _join(self, pieces: list[Piece], span: Span) -> Value:
        if len(pieces) == 1 and not isinstance(pieces[0], str):
            return pieces[0]
        return self.builder.text(pieces, span)

    def _word(self, node: Node) -> list[Piece]:
        start, end = node.byte_range
        return self._known(end - len(self.data[start:end].lstrip()), end, _ESCAPED)

    def _known(self, start: int, end: int, escaped: re.Pattern[str] | None) -> list[Piece]:
        """Text without expansions of the shell; it may hold those of a workflow around the script."""
        text = self.raw(start, end)
        if "{{" not in text:
            return [_unescape(escaped, text)] if text else []
        pieces: list[Piece] = []
        for match in TEMPLATE.finditer(self.data, start, end):
            pieces.append(_unescape(escaped, self.raw(start, match.start())))
            pieces.append(templates.expression(self.builder, match[1].decode("utf-8", "replace"), match.span()))
            start = match.end()
        pieces.append(_unescape(escaped, self.raw(start, end)))
        return [piece for piece in pieces if piece != ""]

    def _concatenation(self, node: Node) -> list[Piece]:
        pieces: list[Piece] = []
        for child in node.children:
            if child.type != "$":
                pieces += self.nested(child)
        return pieces

    def nested(self, node: Node) -> list[Piece]:
        """The parts of a word: known text and the values between."""
        if self.depth > MAX_DEPTH:
            return [Opaque("", (), node.byte_range)]
        self.depth += 1
        pieces = self._pieces(node)
        self.depth -= 1
        return pieces

    def _string(self, node: Node) -> list[Piece]:
        start, end = node.byte_range
        start = self.data.find(b'"', start) + 1
        if end > start and self.data[end - 1 : end] == b'"':
            end -= 1
        return self._filled(node.children, start, end, _ESCAPED_IN_QUOTES)

    def _filled(self, children: Iterable[Node], start: int, end: int, escaped: re.Pattern[str]) -> list[Piece]:
        """Text with the expansions among ``children``; the grammar leaves out some of the text between them."""
        pieces: list[Piece] = []
        for child in children:
            if child.type in self.values and child.start_byte >= start:
                pieces += self._known(start, child.start_byte, escaped)
                pieces.append(self.value(child))
                start = child.end_byte
        return pieces + self._known(start, max(start, end), escaped)

    def _ansi_c(self, node: Node) -> list[Piece]:
        return [_ANSI_C.sub(_ansi_c_character, self.raw(node.start_byte + 2, node.end_byte - 1))]

    def _simple_expansion(self, node: Node) -> Value:
        names = node.named_children
        if not names:
            return self.text(self.raw(*node.byte_range), node.byte_range)
        return self.builder.ref(self.variable_path(names[0]), node.byte_range)

    def _expansion(self, node: Node) -> Value:
        """``${…}``: a name, perhaps after a prefix operator, perhaps followed by an operator and a word."""
        span = node.byte_range
        children = node.children[1:-1]
        prefix = ""
        if children and not children[0].is_named and self.raw(*children[0].byte_range) in _PREFIXES:
            prefix = self.raw(*children[0].byte_range)
            children = children[1:]
        if not children or not children[0].is_named:
            return Opaque(prefix, (), span)
        name = self.builder.ref(self.variable_path(children[0]), span)
        if prefix:
            return Opaque(prefix, (name,), span)
        if len(children) == 1:
            return name
        operator = self.raw(*children[1].byte_range)
        if operator in _REQUIRED:
            return name
        start = children[1].end_byte
        end = span[1] - 1 if self.data[span[1] - 1 : span[1]] == b"}" else span[1]
        if operator in _DEFAULTS:
            return self._choice(name, children[2:], (start, end), span)
        operands = tuple(self.value(child) for child in children[2:] if child.type in self.values)
        return Opaque(operator, (name, *operands), span)

    def _choice(self, name: Value, words: list[Node], default: Span, span: Span) -> Value:
        pieces: list[Piece] = []
        for word in words:
            pieces += self.nested(word)
        if not words:
            pieces = [self.raw(*default)] if default[1] > default[0] else []
        return Choice((name, self._join(pieces, default)), span)

    def _substitution(self, node: Node) -> Value:
        value = self.run(node.children)
        return Opaque("", (), node.byte_range) if value is None else value

    def _arithmetic_expansion(self, node: Node) -> Value:
        values = [self.arithmetic(child) for child in node.named_children]
        return values[0] if len(values) == 1 else Opaque("", tuple(values), node.byte_range)

    def _array(self, node: Node) -> Value:
        children = [child for child in node.named_children if child.type != "comment"]
        keyed = [_KEYED.match(self.data, child.start_byte, child.end_byte) for child in children]
        if children and all(keyed):
            entries = (self._entry(child, key) for child, key in zip(children, keyed, strict=True) if key)
            return self.builder.map(entries, node.byte_range)
        return Items(tuple(self.value(child) for child in children), False, node.byte_range)

    def _entry(self, node: Node, key: re.Match[bytes]) -> Entry:
        """``[name]=value`` of an associative array."""
        name = self.text(key[1].decode().strip("\"'"), key.span(1))
        rest = (key.end(), node.end_byte)
        pieces = [piece for child in node.children if child.start_byte >= rest[0] for piece in self._pieces(child)]
        return Entry(name, self._join(pieces, rest), node.byte_range)


def _unescape(escaped: re.Pattern[str] | None, text: str) -> str:
    return escaped.sub(_escaped_character, text) if escaped and "\\" in text else text


def _escaped_character(match: re.Match[str]) -> str:
    return "" if match[1] in _LINE_ENDS else match[1]


def _ansi_c_character(match: re.Match[str]) -> str:
    escape = match[1]
    kind = escape[0]
    if kind in "01234567":
        return chr(int(escape, 8))
    if kind in "xuU" and len(escape) > 1:
        code = int(escape[1:], 16)
        return chr(code) if code <= _MAX_CODE and code not in _SURROGATES else "\N{REPLACEMENT CHARACTER}"
    return _ANSI_C_LETTERS.get(escape, escape)
