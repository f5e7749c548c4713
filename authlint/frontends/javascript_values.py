"""JavaScript's names, literals, objects and arrays as values: the ground that everything else stands on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from tree_sitter import Node

from authlint.facts import Const, Entry, Items, Map, Member, Opaque, Ref, Text, Value
from authlint.frontends.builder import Builder
from authlint.frontends.javascript_strings import number, unescape

MAX_DEPTH = 150
_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
_PATH = re.compile(rb"(?:[A-Za-z_$][\w$]*\.)+[A-Za-z_$][\w$]*")
_KEYS = ("identifier", "string", "property_identifier")
LITERALS = ("string", "template_string", "number", "true", "false", "object", "array")
_MAX_PATH = 256  # bytes; a longer one is put together step by step
_MAX_ERRORS = 200
_MEMBER = 3  # object, dot, name


class Values:
    """Lowers expressions. Each is lowered once; its calls, reads and texts register themselves."""

    def __init__(self, builder: Builder) -> None:
        """Register the handlers of this layer."""
        self.builder = builder
        self.data = builder.source.data
        self.depth = 0
        self.statements: dict[str, Callable[[Node], None]] = {}
        self.functions: dict[str, Callable[[Node, str], Value]] = {}
        self.values: dict[str, Callable[[Node], Value]] = {
            "private_property_identifier": self._name,
            "shorthand_property_identifier": self._name,
            "meta_property": self._name,
            "super": self._name,
            "import": self._name,
            "this": self._this,
            "string": self._string,
            "template_string": self._template,
            "number": self._number,
            "regex": self._regex,
            "member_expression": self._member,
            "subscript_expression": self._subscript,
            "object": self._object,
            "array": self._array,
            "pair": self._stray_pair,
            "ERROR": self._error,
        }
        self.values |= dict.fromkeys(_CONSTANTS, self._constant)
        self._put_off: list[tuple[Node, int]] = []
        self._errors: set[int] = set()

    def value(self, node: Node | None, name: str = "") -> Value:
        """The value of an expression; ``name`` is what it is assigned to, should it be a function."""
        if node is None:
            return Opaque("", (), (0, 0))
        kind = node.type
        if kind == "identifier":
            return self._name(node)
        if self.depth >= MAX_DEPTH:
            self._put_off.append((node, self.builder.scope))
            return Opaque("", (), node.byte_range)
        self.depth += 1
        handler = self.values.get(kind)
        if handler is not None:
            result = handler(node)
        else:
            function = self.functions.get(kind)
            result = self.other(node) if function is None else function(node, name)
        self.depth -= 1
        return result

    def visit(self, node: Node) -> None:
        """Lower a statement, or an expression for its effects."""
        handler = self.statements.get(node.type)
        if handler is None:
            self.value(node)
        elif self.depth >= MAX_DEPTH:
            self._put_off.append((node, self.builder.scope))
        else:
            self.depth += 1
            handler(node)
            self.depth -= 1

    def finish(self, root: Node) -> None:
        """Lower what stood too deep or where nobody looked: on its own, so that nothing is lost but its place."""
        self._lower_put_off()
        for error in _errors(root):
            if error.id not in self._errors:
                self.builder.scope = self._scope_at(error.start_byte)
                self.visit(error)
                self._lower_put_off()
        self.builder.scope = 0

    def _lower_put_off(self) -> None:
        self.depth = 0
        while self._put_off:
            node, self.builder.scope = self._put_off.pop()
            self.visit(node)

    def _scope_at(self, offset: int) -> int:
        scopes = self.builder.facts.scopes
        return max(i for i, scope in enumerate(scopes) if scope.span[0] <= offset < scope.span[1] or not i)

    def _error(self, node: Node) -> Value:
        """What did not parse; ``key: 'value'`` in it, as in an excerpt of an object, is a map of its own."""
        self._errors.add(node.id)
        children: list[Node] = []
        for child in node.children:
            if child.type == "ERROR" and child.child_count == 2:  # noqa: PLR2004 - maybe a key and its colon
                self._errors.add(child.id)
                children.extend(child.children)
            else:
                children.append(child)
        operands: list[Value] = []
        at = 0
        while at < len(children):
            child = children[at]
            if _is_entry(children[at : at + 3]):
                operands.append(self.excerpt(child, children[at + 2]))
                at += 3
                continue
            at += 1
            if child.type in self.statements:
                self.visit(child)
            elif child.is_named:
                operands.append(self.value(child))
        return Opaque("", tuple(operands), node.byte_range)

    def excerpt(self, key: Node, value: Node) -> Value:
        """One entry of an object that is not there as a whole."""
        span = (key.start_byte, value.end_byte)
        name = self.literal(key) if key.type == "string" else self.text(key)
        entry = Entry(self.builder.text((name,), key.byte_range), self.value(value, name), span)
        return self.builder.map([entry], span, open=True)

    def _stray_pair(self, node: Node) -> Value:
        return self.builder.map([self._pair(node)], node.byte_range, open=True)

    def other(self, node: Node) -> Value:
        """Whatever has no handler: its parts are lowered, its value is unknown."""
        operands: list[Value] = []
        for child in node.named_children:
            if child.type in self.statements:
                self.visit(child)
            else:
                operands.append(self.value(child))
        return Opaque("", tuple(operands), node.byte_range)

    def text(self, node: Node) -> str:
        """The source text of a small node."""
        start, end = node.byte_range
        return self.data[start:end].decode("utf-8", "replace")

    # names and members

    def _name(self, node: Node) -> Value:
        start, end = span = node.byte_range
        if start == end:  # the parser put it in where something is missing
            return Opaque("", (), span)
        return self.builder.ref(self.data[start:end].decode("utf-8", "replace"), span)

    def _this(self, node: Node) -> Value:
        return self.builder.ref("self", node.byte_range)

    def plain_path(self, node: Node) -> str:
        """The path of a member expression that is names and dots only; empty for any other."""
        # What looks like a dotted name can only be one: no need to look at the nodes inside.
        start, end = node.byte_range
        match = _PATH.fullmatch(self.data, start, end) if end - start < _MAX_PATH else None
        if match is None:
            return ""
        path = match[0].decode()
        return "self" + path[4:] if path.startswith("this.") else path

    def _member(self, node: Node) -> Value:
        path = self.plain_path(node)
        if path:
            return self.builder.ref(path, node.byte_range)
        children = node.children
        if len(children) != _MEMBER:
            children = [child for child in children if child.type != "comment"]
            if len(children) < _MEMBER:
                return self.other(node)
        base = self.value(children[0])
        return self.builder.member(base, self.text(children[-1]) or "[]", node.byte_range)

    def _subscript(self, node: Node) -> Value:
        field = node.child_by_field_name
        target, index = field("object"), field("index")
        base = self.value(target)
        path = self.literal_path(index)
        if index is None or path != "[]":
            return self.builder.member(base, path, node.byte_range)
        reads = self.builder.facts.reads
        at = len(reads)
        self.value(index)
        if isinstance(base, Ref | Member) and at and reads[at - 1] is base:
            del reads[at - 1]  # a[i] reads a.[] and i, not a
        return self.builder.member(base, "[]", node.byte_range)

    def literal_path(self, node: Node | None) -> str:
        """What a subscript or key adds to a path: literals stand for themselves, anything else is ``[]``."""
        if node is None:
            return "[]"
        kind = node.type
        if kind == "string" or (kind == "template_string" and node.named_child_count <= 1):
            return self.literal(node) or "[]"
        if kind in ("number", "property_identifier"):
            return self.text(node)
        return "[]"

    # literals

    def literal(self, node: Node) -> str:
        """The text of a string; empty for a template with holes."""
        if node.type == "template_string" and any(c.type == "template_substitution" for c in node.children):
            return ""
        start, end = node.byte_range
        raw = self.data[start:end]
        inner = raw[1:-1] if len(raw) > 1 and raw[-1] == raw[0] else raw[1:]
        return unescape(inner.decode("utf-8", "replace"))

    def _string(self, node: Node) -> Value:
        return self.builder.text((self.literal(node),), node.byte_range)

    def _template(self, node: Node) -> Value:
        start, end = span = node.byte_range
        closed = end - start > 1 and self.data[end - 1] == self.data[start]
        parts: list[str | Value] = []
        at = start + 1
        for child in node.children:
            if child.type == "template_substitution":
                begin, stop = child.byte_range
                parts.append(self._cooked(at, begin))
                parts.append(self.inner(child))
                at = stop
        parts.append(self._cooked(at, end - closed))
        return self.builder.text(parts, span)

    def _cooked(self, start: int, end: int) -> str:
        return unescape(self.data[start:end].decode("utf-8", "replace").replace("\r\n", "\n"))

    def inner(self, node: Node, name: str = "") -> Value:
        """The value that a wrapper such as parentheses holds."""
        for child in node.named_children:
            if child.type != "comment":
                return self.value(child, name)
        return Opaque("", (), node.byte_range)

    def _number(self, node: Node) -> Value:
        value = number(self.text(node))
        return Opaque("", (), node.byte_range) if value is None else Const(value, node.byte_range)

    def _constant(self, node: Node) -> Value:
        return Const(_CONSTANTS[node.type], node.byte_range)

    def _regex(self, node: Node) -> Value:
        return Opaque("regex", (), node.byte_range)

    # objects and arrays

    def _object(self, node: Node) -> Value:
        entries: list[Entry] = []
        more = False
        for child in node.named_children:
            kind = child.type
            if kind == "pair":
                entries.append(self._pair(child))
            elif kind == "shorthand_property_identifier":
                span = child.byte_range
                name = self.text(child)
                key = self.builder.text((name,), span)
                entries.append(Entry(key, self.builder.ref(name, span), span))
            elif kind == "spread_element":
                more = not self._spread_entries(child, entries) or more
            elif kind == "method_definition":
                entries.append(self._method_entry(child))
            elif kind != "comment":
                self.visit(child)
                more = True
        return self.builder.map(entries, node.byte_range, open=more)

    def _pair(self, pair: Node) -> Entry:
        children = pair.children
        key = self.key(children[0])
        name = key.literal if isinstance(key, Text) else None
        return Entry(key, self.value(children[-1], name or ""), pair.byte_range)

    def key(self, node: Node) -> Value:
        """The key of an entry: a name stands for its text."""
        kind = node.type
        if kind in ("property_identifier", "private_property_identifier"):
            return self.builder.text((self.text(node),), node.byte_range)
        return self.inner(node) if kind == "computed_property_name" else self.value(node)

    def _spread_entries(self, spread: Node, entries: list[Entry]) -> bool:
        """Add what a spread object literal holds; false if more is spread than is known."""
        inner = self.inner(spread)
        if not isinstance(inner, Map):
            return False
        maps = self.builder.facts.maps
        if maps and maps[-1] is inner:
            maps.pop()  # it is a part of the map around it
        entries.extend(inner.entries)
        return not inner.open

    def _method_entry(self, node: Node) -> Entry:
        name = node.child_by_field_name("name")
        key = self.value(None) if name is None else self.key(name)
        literal = key.literal if isinstance(key, Text) else None
        return Entry(key, self.function(node, literal or ""), node.byte_range)

    def function(self, node: Node, name: str, decorators: Iterable[Value] = (), *, bound: str = "") -> Value:
        """A function as a value, which ``bound`` is a name of."""
        raise NotImplementedError

    def _array(self, node: Node) -> Value:
        items, more = self.items(node)
        return Items(tuple(items), more, node.byte_range)

    def items(self, node: Node) -> tuple[list[Value], bool]:
        """The elements of an array or the arguments of a call, and whether there may be more."""
        items: list[Value] = []
        more = False
        for child in node.named_children:
            kind = child.type
            if kind == "spread_element":
                inner = self.inner(child)
                if isinstance(inner, Items) and not inner.open:
                    items.extend(inner.items)
                else:
                    more = True
            elif kind != "comment":
                items.append(self.value(child))
        return items, more


def _is_entry(nodes: list[Node]) -> bool:
    kinds = tuple(node.type for node in nodes)
    return kinds[1:2] == (":",) and kinds[0] in _KEYS and kinds[-1] in LITERALS


def _errors(root: Node) -> Iterator[Node]:
    """The outermost nodes that did not parse."""
    stack = [root] if root.has_error else []
    left = _MAX_ERRORS
    while stack and left:
        node = stack.pop()
        if node.is_error:
            left -= 1
            yield node
        else:
            stack.extend(child for child in reversed(node.children) if child.has_error)
