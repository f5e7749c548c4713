"""What Ruby's assignments, loops and patterns give values to."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from authlint.facts import Choice, Items, Opaque, Text, Value, dotted
from authlint.frontends.builder import Builder
from authlint.frontends.lowering import MAX_DEPTH, significant
from authlint.frontends.ruby_expressions import Expressions
from authlint.frontends.ruby_values import DOTS, NAMES
from authlint.source import Span

_PATHS = frozenset(("element_reference", "call", "scope_resolution"))
_SEQUENCES = frozenset(("left_assignment_list", "destructured_left_assignment", "array_pattern"))
_STARS = frozenset(("rest_assignment", "splat_parameter", "splat_argument"))
_PAIR = 2

Bind = Callable[[Node, Value, Span], None]


class Targets(Expressions):
    """Lowers assignments and patterns to bindings."""

    def __init__(self, builder: Builder) -> None:
        """Add the handlers of assignments and patterns."""
        super().__init__(builder)
        self.handlers |= {
            "assignment": self._assign,
            "operator_assignment": self._augment,
            "binary": self._append,
            "match_pattern": self._match_pattern,
            "test_pattern": self._match_pattern,
        }

    def _assign(self, node: Node) -> Value | None:
        span = node.byte_range
        targets: list[Node] = []
        last = node
        while last.type == "assignment":
            children = significant(last.named_children)
            if len(children) != _PAIR:
                return self.other(last)
            targets.append(children[0])
            last = children[1]
        value = self._assigned(last, targets[0])
        for target in targets:
            self.bind(target, value, span)
        return value

    def _assigned(self, node: Node, target: Node) -> Value:
        if node.type == "right_assignment_list":
            items, more = self.spread(node)
            return Items(tuple(items), more, node.byte_range)
        if node.type == "lambda" and target.type in NAMES:
            return self.lambda_value(node, self.text(target))
        return self.value(node)

    def _augment(self, node: Node) -> Value | None:
        children = significant(node.children)
        if len(children) != 3:  # noqa: PLR2004 - target, operator, value
            return self.other(node)
        target, operator, right = children
        op, span = self.text(operator), node.byte_range
        if op == "+=":
            value = self.value(right)
            self.bind(target, value, span, op)
            return value
        old, new = self.value(target), self.value(right)
        value = Choice((old, new), span) if op == "||=" else Opaque(_plain(op), (old, new), span)
        self.bind(target, value, span)
        return value

    def _append(self, node: Node) -> Value | None:
        """``url << "&state=x"`` appends to a name."""
        used, target, rights = self.used, node, list[Node]()
        while target.type == "binary":
            children = significant(target.children)
            if len(children) != 3 or children[1].type != "<<":  # noqa: PLR2004 - operands and operator
                return self._binary(node)
            target = children[0]
            rights.append(children[2])
        if not self._is_name(target):
            return self._binary(node)
        values = [self.value(right) for right in reversed(rights)]
        if used and not any(isinstance(value, Text) for value in values):
            return Opaque("<<", (self.value(target), *values), node.byte_range)
        span = (rights[-1].start_byte, rights[0].end_byte)
        value = values[0] if len(values) == 1 else self.builder.text(values, span)
        self.bind(target, value, node.byte_range, "+=", declares=False)
        return self.value(target) if used else None

    def _is_name(self, node: Node) -> bool:
        if node.type in NAMES or node.type == "element_reference":
            return True
        return node.type == "call" and self.is_attribute(significant(node.children))

    def bind(self, target: Node, value: Value, span: Span, op: str = "=", *, declares: bool = True) -> None:
        """Give ``value`` to an assignment target, taking both apart where the target is a list."""
        kind = target.type
        if kind in NAMES:
            self._bind_name(target, value, span, op, declares=declares)
        elif self.depth >= MAX_DEPTH:
            return
        elif kind in _SEQUENCES:
            self.depth += 1
            self._unpack(significant(target.named_children), value, span, self.bind)
            self.depth -= 1
        elif kind in _PATHS:
            path = self._target_path(target)
            if path:
                self.builder.bind(path, value, span, target.byte_range, op=op)
        else:
            self.visit(target)

    def _bind_name(self, target: Node, value: Value, span: Span, op: str, *, declares: bool) -> None:
        name = self.name(target)
        if not name:
            return
        if target.type == "identifier":
            declares = declares and name not in self.outer
            self.locals.add(name)
        elif target.type == "global_variable":
            declares = False
        const = target.type == "constant"
        self.builder.bind(name, value, span, target.byte_range, op=op, const=const, declares=declares)

    def _target_path(self, target: Node) -> str:
        """The dotted path of an attribute or subscript that is assigned to; this is no read."""
        children = significant(target.children)
        if target.type == "call" and len(children) > _PAIR and children[1].type in DOTS:
            base, path, indexes = self.path(children[0])
            path = ".".join(part for part in (path, self.text(children[2])) if part)
        else:
            base, path, indexes = self.path(target)
        root = "" if base is None else self.name(base) if base.type in NAMES else dotted(self.value(base))
        for index in indexes:
            self.visit(index)
        return f"{root}.{path}" if root else path

    def _unpack(self, targets: list[Node], value: Value, span: Span, bind: Bind) -> None:
        starred = next((i for i, target in enumerate(targets) if target.type in _STARS), len(targets))
        items = value.items if isinstance(value, Items) and not value.open else ()
        if starred == len(targets) != len(items):
            items = ()
        for i, target in enumerate(targets):
            if i < starred:
                part = items[i] if i < len(items) else self.builder.member(value, str(i), value.span)
                bind(target, part, span)
            elif i == starred:
                for inner in significant(target.named_children):
                    bind(inner, Opaque("", (value,), value.span), span)
            else:
                bind(target, self.builder.member(value, "[]", value.span), span)

    # patterns

    def _match_pattern(self, node: Node) -> Value | None:
        children = significant(node.named_children)
        if len(children) != _PAIR:
            return self.other(node)
        value = self.value(children[0])
        self._capture(children[1], value, node.byte_range)
        return Opaque("case", (value,), node.byte_range)

    def _capture(self, target: Node, value: Value, span: Span) -> None:
        """Bind the names that a pattern captures from a value."""
        kind = target.type
        if kind == "identifier":
            self.bind(target, value, span)
        elif kind in ("hash_pattern", "array_pattern", "as_pattern", "parenthesized_pattern", "find_pattern"):
            if self.depth < MAX_DEPTH:
                self.depth += 1
                self._capture_parts(target, value, span)
                self.depth -= 1
        else:
            self.visit(target)

    def _capture_parts(self, target: Node, value: Value, span: Span) -> None:
        children = significant(target.named_children)
        if target.type in ("array_pattern", "find_pattern"):
            self._unpack(children, value, span, self._capture)
        elif target.type != "hash_pattern":
            for child in children:
                self._capture(child, value, span)
        else:
            for child in children:
                self._capture_key(child, value, span)

    def _capture_key(self, pattern: Node, value: Value, span: Span) -> None:
        children = significant(pattern.named_children)
        if pattern.type != "keyword_pattern" or not children:
            return
        key = self.literal_path(children[0])
        part = self.builder.member(value, key, pattern.byte_range)
        if len(children) > 1:
            self._capture(children[1], part, span)
        else:
            self.locals.add(key)
            self.builder.bind(key, part, span, children[0].byte_range)


def _plain(op: str) -> str:
    return "and" if op == "&&=" else op[:-1]
