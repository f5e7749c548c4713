"""PowerShell's variables, members and literals as values: the ground that commands and statements stand on.

The grammar puts a dozen nodes around every operand, one for each precedence there is; they are passed in one step.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from authlint.facts import Const, Entry, Items, Opaque, Text, Value
from authlint.frontends.builder import Builder
from authlint.frontends.lowering import MAX_DEPTH, Lowering, significant
from authlint.frontends.powershell_strings import here, number, split_name, unescape, verbatim

_LEVELS = ("logical", "bitwise", "comparison", "additive", "multiplicative", "format", "range")
BINARY = frozenset(f"{level}{middle}_expression" for level in _LEVELS for middle in ("", "_argument"))
_WRAPPERS = BINARY | frozenset((
    "pipeline", "pipeline_chain", "array_literal_expression", "unary_expression", "expression_with_unary_operator",
    "argument_expression", "string_literal", "integer_literal", "left_assignment_expression", "while_condition",
    "statement_list", "key_expression", "for_initializer", "for_condition", "for_iterator", "member_name",
    "redirected_file_name",
))  # fmt: skip
_CONSTANTS = {"true": True, "false": False, "null": None}
_NUMBERS = ("decimal_integer_literal", "hexadecimal_integer_literal", "real_literal")
VARIABLES = frozenset(("variable", "braced_variable"))
_HOLES = frozenset(("variable", "sub_expression"))
_EXPANDED = re.compile(r"`[\s\S]|\$(\{[^{}]{1,100}\}|[A-Za-z_]\w{0,100}(?::\w{1,100})?)")
_LIST = re.compile(r"[\w.-]{1,200}(?:,\s*[\w.-]{1,200}){1,200}")
_MARK = re.compile(r"`(.)", re.DOTALL)
_PAIR, _MEMBER = 2, 3


class Values(Lowering):
    """Lowers variables, members and literals."""

    def __init__(self, builder: Builder) -> None:
        """Add the handlers of variables, members and literals."""
        super().__init__(builder)
        self.spelling: dict[str, str] = {}
        """Each variable as the file first writes it: case makes no difference."""
        self.handlers |= dict.fromkeys(VARIABLES, self.variable)
        self.handlers |= dict.fromkeys(_NUMBERS, self._number)
        self.handlers |= dict.fromkeys(("member_access", "element_access"), self._member)
        self.handlers |= dict.fromkeys(("expandable_string_literal", "expandable_here_string_literal"), self._string)
        self.handlers |= dict.fromkeys(("generic_token", "simple_name"), self.word)
        self.handlers |= {
            "verbatim_string_characters": self._verbatim,
            "verbatim_here_string_characters": self._here,
            "array_literal_expression": self._items,
            "array_expression": self._array,
            "hash_literal_expression": self._map,
            "parenthesized_expression": self.inner,
            "argument_list": self.inner,
            "type_literal": self._type,
            "cast_expression": self._cast,
            "comment": self.silent,
            "empty_statement": self.silent,
        }

    def visit(self, node: Node) -> Value | None:
        """Lower a node of any kind, or what it is only a wrapper of; its value, if it is an expression."""
        if self.depth >= MAX_DEPTH:
            return Opaque("", (), node.byte_range)
        node = unwrap(node)
        self.depth += 1
        result = self.handlers.get(node.type, self.other)(node)
        self.depth -= 1
        return result

    def inner(self, node: Node) -> Value | None:
        """The value that parentheses or the like hold."""
        inner = significant(node.named_children)
        return self.value(inner[0]) if len(inner) == 1 else self.other(node)

    # variables and members

    def name(self, node: Node) -> tuple[str, bool]:
        """The path of a variable, and whether it says that it belongs to the script or the session."""
        path, outer = split_name(self.text(node))
        lower = path.lower()
        if lower == "this":
            return "self", False
        return self.spelling.setdefault("_" if lower == "psitem" else lower, "_" if lower == "psitem" else path), outer

    def variable(self, node: Node) -> Value | None:
        """A variable that is read."""
        path, _ = self.name(node)
        if path.lower() in _CONSTANTS:
            return Const(_CONSTANTS[path.lower()], node.byte_range)
        return self.builder.ref(path, self.extent(node)) if path else None

    def extent(self, node: Node) -> tuple[int, int]:
        """Where a node stands without the white space that the grammar may put into its first token."""
        start, end = node.byte_range
        if self.data[start : start + 1].isspace():
            start += end - start - len(self.data[start:end].lstrip())
        return start, end

    def _member(self, node: Node) -> Value:
        base, path, indexes = self.path(node)
        member: Value
        if base.type in VARIABLES:
            member = self.builder.ref(f"{self.name(base)[0]}.{path}", node.byte_range)
        elif base.type == "type_literal":
            member = self.builder.ref(f"{self.type_name(base)}.{path}", node.byte_range)
        elif not path:
            member = self.other(base)
        else:
            member = self.builder.member(self.value(base), path, node.byte_range)
        for index in indexes:
            self.visit(index)
        return member

    def path(self, node: Node) -> tuple[Node, str, list[Node]]:
        """What members and subscripts stand below, the path they make, and the subscripts that are no literals."""
        segments: list[str] = []
        indexes: list[Node] = []
        while True:
            children = [child for child in node.named_children if child.type not in ("comment", "ERROR")]
            if node.type not in ("member_access", "element_access") or not children:
                break
            inner = unwrap(children[1]) if len(children) == _PAIR else None
            segment = "[]" if inner is None else self.literal_path(inner)
            if segment == "[]":
                indexes.extend(reversed(children[1:]))
            segments.append(segment)
            node = unwrap(children[0])
        return node, ".".join(reversed(segments)), indexes[::-1]

    def literal_path(self, node: Node) -> str:
        """What a member name or subscript adds to a path: literals stand for themselves, anything else is ``[]``."""
        kind = node.type
        if kind in ("simple_name", "decimal_integer_literal"):
            return self.text(node).strip() or "[]"
        if kind == "verbatim_string_characters":
            return verbatim(self.text(node)) or "[]"
        if kind == "expandable_string_literal" and not node.named_child_count:
            return unescape(self.text(node)[1:-1]) or "[]"
        return "[]"

    def type_name(self, node: Node) -> str:
        """The dotted name of ``[Type]``; ``System.`` goes without saying."""
        name = self.text(node).strip("[] \t").partition("[")[0]
        return name[7:] if name.lower().startswith("system.") else name

    def _type(self, node: Node) -> Value:
        return self.builder.ref(self.type_name(node) or "[]", node.byte_range)

    def _cast(self, node: Node) -> Value:
        children = [child for child in node.named_children if child.type not in ("comment", "type_literal", "ERROR")]
        return self.value(children[-1]) if children else self.other(node)

    # literals

    def _string(self, node: Node) -> Value:
        start, end = node.byte_range
        opening, closing = (2, b'"@') if node.type == "expandable_here_string_literal" else (1, b'"')
        stop = end - len(closing) if self.data.endswith(closing, start + opening, end) else end
        parts = self._filled(node, start + opening, stop)
        if opening > 1:
            _trim_lines(parts)
        return self.builder.text(parts, node.byte_range)

    def _filled(self, node: Node, start: int, end: int) -> list[str | Value]:
        """Text with the variables and expressions in it; the grammar has no nodes for the text between."""
        parts: list[str | Value] = []
        for child in node.named_children:
            begin, stop = self.extent(child)
            if child.type in _HOLES and begin >= start:
                parts.extend(self._expanded(start, begin, unescape))
                parts.append(self.value(child))
                start = stop
        return [*parts, *self._expanded(start, max(start, end), unescape)]

    def _raw(self, start: int, end: int) -> str:
        return self.data[start:end].decode("utf-8", "replace")

    def _verbatim(self, node: Node) -> Value:
        return self.builder.text((verbatim(self.text(node).strip()),), node.byte_range)

    def _here(self, node: Node) -> Value:
        return self.builder.text((here(self.text(node).strip()),), node.byte_range)

    def word(self, node: Node) -> Value:
        """A bare word, in which variables are expanded, or a list of them."""
        start, end = self.extent(node)
        text = self._raw(start, end)
        if "," in text and _LIST.fullmatch(text):
            items = [self.builder.text((item.strip(),), (start, end)) for item in text.split(",")]
            return Items(tuple(items), False, (start, end))
        return self.builder.text(self._expanded(start, end, _unmark), (start, end))

    def _expanded(self, start: int, end: int, unmark: Callable[[str], str]) -> list[str | Value]:
        """Text with its variables, where the grammar has no nodes for them (or was not let see them)."""
        text = self._raw(start, end)
        if "$" not in text:
            return [unmark(text)]
        parts: list[str | Value] = []
        at = 0
        for match in _EXPANDED.finditer(text):
            if match[1] is None:
                continue
            parts.append(unmark(text[at : match.start()]))
            begin = start + len(text[: match.start()].encode())
            path, _ = split_name(match[1])
            spelled = self.spelling.setdefault(path.lower(), path)
            parts.append(self.builder.ref(spelled, (begin, begin + len(match[0].encode()))))
            at = match.end()
        return [*parts, unmark(text[at:])]

    def _number(self, node: Node) -> Value:
        value = number(self.text(node))
        return Opaque("", (), node.byte_range) if value is None else Const(value, node.byte_range)

    def _items(self, node: Node) -> Value:
        items = tuple(self.value(child) for child in significant(node.named_children))
        return Items(items, False, node.byte_range)

    def _array(self, node: Node) -> Value:
        statements = [part for child in significant(node.named_children) for part in significant(child.named_children)]
        items: list[Value] = []
        for statement in statements:
            value = self.visit(statement)
            if isinstance(value, Items) and not value.open:
                items.extend(value.items)  # @(a, b) is a, b
            elif value is not None:
                items.append(value)
        return Items(tuple(items), False, node.byte_range)

    def _map(self, node: Node) -> Value:
        entries: list[Entry] = []
        for body in significant(node.named_children):
            for entry in significant(body.named_children) if body.type == "hash_literal_body" else [body]:
                children = significant(entry.named_children)
                if entry.type != "hash_entry" or len(children) < _PAIR:
                    self.visit(entry)
                    continue
                end = children[1].end_byte
                entries.append(Entry(self._key(children[0]), self.value(children[1]), (entry.start_byte, end)))
        return self.builder.map(entries, node.byte_range)

    def _key(self, node: Node) -> Value:
        key = unwrap(node)
        if key.type == "simple_name":  # a name and no text that somebody wrote
            return Text((self.text(key).strip(),), key.byte_range)
        return self.value(key)


def unwrap(node: Node) -> Node:
    """The innermost node of a wrapper's extent: what the wrapper is about."""
    if node.type not in _WRAPPERS:
        return node
    start, end = node.byte_range
    return node.named_descendant_for_byte_range(start, end) or node


def _unmark(text: str) -> str:
    return _MARK.sub(r"\1", text) if "`" in text else text


def _trim_lines(parts: list[str | Value]) -> None:
    """Take off the line ends after ``@"`` and before ``"@``."""
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip(" \t").removeprefix("\n")
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].removesuffix("\n")
