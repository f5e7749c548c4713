"""Python's names, literals and collections as values: the ground that expressions, targets and statements stand on."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from authlint.facts import Const, Entry, Items, Map, Opaque, Value
from authlint.frontends.builder import Builder
from authlint.frontends.python_literals import number, opening, plain_string, unescape

MAX_DEPTH = 150
_PATH = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_CONSTANTS = {"true": True, "false": False, "none": None}
_SPLATS = ("list_splat", "dictionary_splat", "parenthesized_list_splat")
_FORM = 3  # the expression of f"{token=}" stands after "{" and before "="


class Values:
    """Lowers expressions. Each is lowered once, when it is visited; its calls, reads and texts register themselves."""

    def __init__(self, builder: Builder) -> None:
        """``handlers`` say how each type of node is lowered; subclasses add theirs."""
        self.builder = builder
        self.data = builder.source.data
        self.depth = 0
        self.handlers: dict[str, Callable[[Node], Value | None]] = {
            "identifier": self._name,
            "string": self._string,
            "concatenated_string": self._string,
            "integer": self._number,
            "float": self._number,
            "true": self._constant,
            "false": self._constant,
            "none": self._constant,
            "attribute": self._attribute,
            "subscript": self._member,
            "list": self._items,
            "tuple": self._items,
            "set": self._items,
            "expression_list": self._items,
            "dictionary": self._map,
            "parenthesized_expression": self.inner,
            "await": self.inner,
            "comment": _nothing,
        }

    def visit(self, node: Node) -> Value | None:
        """Lower a node of any kind; its value, if it is an expression."""
        if self.depth >= MAX_DEPTH:
            return Opaque("", (), node.byte_range)
        self.depth += 1
        result = self.handlers.get(node.type, self.other)(node)
        self.depth -= 1
        return result

    def value(self, node: Node) -> Value:
        """The value of an expression."""
        if self.depth >= MAX_DEPTH:
            return Opaque("", (), node.byte_range)
        self.depth += 1
        result = self.handlers.get(node.type, self.other)(node)
        self.depth -= 1
        return Opaque("", (), node.byte_range) if result is None else result

    def text(self, node: Node) -> str:
        """The source text of a small node."""
        start, end = node.byte_range
        return self.data[start:end].decode("utf-8", "replace")

    def name(self, node: Node) -> str:
        """An identifier as facts spell it."""
        text = self.text(node)
        return "self" if text == "cls" else text

    def other(self, node: Node) -> Value:
        """Whatever has no handler: its parts are lowered, its value is unknown."""
        inner = [value for child in node.named_children if (value := self.visit(child)) is not None]
        return Opaque("", tuple(inner), node.byte_range)

    def inner(self, node: Node) -> Value | None:
        """The value that a wrapper such as parentheses or a splat holds."""
        inner = significant(node)
        return self.value(inner[0]) if len(inner) == 1 else self.other(node)

    # names, attributes, subscripts

    def _name(self, node: Node) -> Value | None:
        start, end = span = node.byte_range
        name = self.data[start:end].decode()
        return self.builder.ref("self" if name == "cls" else name, span) if name else None

    def _attribute(self, node: Node) -> Value:
        path = self.plain_path(node)
        return self.builder.ref(path, node.byte_range) if path else self._member(node)

    def plain_path(self, node: Node) -> str:
        """The path of an attribute that is names and dots only; empty for any other."""
        # What looks like a dotted name can only be one: no need to look at the nodes inside.
        start, end = node.byte_range
        raw = self.data[start:end]
        if not _PATH.fullmatch(raw):
            return ""
        path = raw.decode()
        return "self" + path[3:] if path.startswith("cls.") else path

    def _member(self, node: Node) -> Value:
        base, path, indexes = self.chain(node)
        member: Value
        if base.type == "identifier":
            member = self.builder.ref(f"{self.name(base)}.{path}", node.byte_range)
        else:
            member = self.builder.member(self.value(base), path, node.byte_range)
        for index in indexes:
            self.visit(index)
        return member

    def chain(self, node: Node) -> tuple[Node, str, list[Node]]:
        """What attributes and subscripts stand below, the path they make, and the subscripts that are no literals."""
        segments: list[str] = []
        indexes: list[Node] = []
        while True:
            kind = node.type
            if kind == "attribute":
                children = node.children
                segments.append(self.text(children[-1]) or "[]")
            elif kind == "subscript":
                children = significant(node)
                segment = self.literal_path(children[1]) if len(children) == 2 else "[]"  # noqa: PLR2004
                if segment == "[]":
                    indexes.extend(reversed(children[1:]))
                segments.append(segment)
            else:
                break
            node = children[0]
        return node, ".".join(reversed(segments)), indexes[::-1]

    def literal_path(self, node: Node) -> str:
        """What a subscript or key adds to a path: literals stand for themselves, anything else is ``[]``."""
        start, end = node.byte_range
        kind = node.type
        if kind == "string":
            return plain_string(self.data[start:end]) or "[]"
        return self.data[start:end].decode() if kind == "integer" else "[]"

    # literals

    def _string(self, node: Node) -> Value:
        return self.builder.text(self._parts(node), node.byte_range)

    def _parts(self, node: Node) -> list[str | Value]:
        if node.type == "concatenated_string":
            parts: list[str | Value] = []
            for child in node.named_children:
                if child.type == "string":
                    parts.extend(self._parts(child))
            return parts
        start, end = node.byte_range
        raw = self.data[start:end]
        text = plain_string(raw)
        return self._template(node, opening(raw)[0]) if text is None else [text]

    def _template(self, node: Node, prefix: str) -> list[str | Value]:
        parts: list[str | Value] = []
        self.depth += 1  # a hole takes twice the stack that other nesting does
        for child in node.named_children:
            if child.type == "string_content":
                text = self.text(child).replace("{{", "{").replace("}}", "}")
                parts.append(unescape(text, prefix))
            elif child.type == "interpolation":
                self._hole(child, parts)
        self.depth -= 1
        return parts

    def _hole(self, node: Node, parts: list[str | Value]) -> None:
        children = node.children
        if len(children) > _FORM and children[2].type == "=":
            parts.append(self.text(children[1]) + "=")  # f"{token=}" says "token=" and then the value
        for child in children:
            kind = child.type
            if kind == "format_specifier":
                self.visit(child)
            elif child.is_named and kind not in ("type_conversion", "comment"):
                parts.append(self.value(child))

    def _number(self, node: Node) -> Value:
        value = number(self.text(node))
        return Opaque("", (), node.byte_range) if value is None else Const(value, node.byte_range)

    def _constant(self, node: Node) -> Value:
        return Const(_CONSTANTS[node.type], node.byte_range)

    def _items(self, node: Node) -> Value:
        items, more = self._spread(node)
        return Items(tuple(items), more, node.byte_range)

    def _spread(self, node: Node) -> tuple[list[Value], bool]:
        items: list[Value] = []
        more = False
        for child in node.named_children:
            kind = child.type
            if kind in _SPLATS:
                inner = self.inner(child)
                if isinstance(inner, Items) and not inner.open:
                    items.extend(inner.items)
                else:
                    more = True
            elif kind != "comment":
                items.append(self.value(child))
        return items, more

    def _map(self, node: Node) -> Value:
        entries: list[Entry] = []
        more = False
        for child in node.named_children:
            kind = child.type
            if kind == "pair":
                entries.append(self.entry(child))
            elif kind == "dictionary_splat":
                inner = self.inner(child)
                if isinstance(inner, Map):
                    entries.extend(inner.entries)
                more = more or not isinstance(inner, Map) or inner.open
            elif kind != "comment":
                self.visit(child)
                more = True
        return self.builder.map(entries, node.byte_range, open=more)

    def entry(self, pair: Node) -> Entry:
        """One ``key: value`` of a dict or dict comprehension."""
        children = pair.children
        return Entry(self.value(children[0]), self.value(children[-1]), pair.byte_range)


def significant(node: Node) -> list[Node]:
    """The named children of a node without the comments."""
    return [child for child in node.named_children if child.type != "comment"]


def _nothing(_: Node) -> None:
    return None
