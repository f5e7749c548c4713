"""What Python's assignments, loops, ``with`` and ``case`` give values to."""

from __future__ import annotations

from typing import TypeAlias

from tree_sitter import Node

from authlint.facts import Choice, Const, Items, Opaque, Value, dotted
from authlint.frontends.python_expressions import Expressions
from authlint.frontends.python_values import MAX_DEPTH, significant
from authlint.source import Span

_NAMES = frozenset(("identifier", "attribute", "subscript"))
_SEQUENCES = frozenset(("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"))
_SPLATS = frozenset(("list_splat_pattern", "list_splat"))
_WRAPPERS = frozenset(("as_pattern_target", "parenthesized_expression"))
_LITERALS = frozenset(("string", "concatenated_string", "integer", "float", "true", "false", "none"))

Captures: TypeAlias = list[tuple[Node, Value]]
_PARENTHESISED = 3  # "(", a pattern, ")" and no comma


class Targets(Expressions):
    """Lowers assignment targets and ``case`` patterns to bindings."""

    outer: frozenset[str] = frozenset()
    """The names that the function around has declared ``global`` or ``nonlocal``."""

    def bind(self, target: Node, value: Value, span: Span, op: str = "=") -> None:
        """Give ``value`` to an assignment target, taking both apart where the target is a sequence."""
        kind = target.type
        if kind in _NAMES:
            self.bind_path(self.target_path(target), value, span, target.byte_range, op)
        elif self.depth >= MAX_DEPTH:
            return
        elif kind in _SEQUENCES:
            self.depth += 1
            self._unpack(significant(target), value, span)
            self.depth -= 1
        elif kind in _WRAPPERS or kind in _SPLATS:
            self.depth += 1
            for inner in significant(target):
                self.bind(inner, value, span, op)
            self.depth -= 1
        else:
            self.visit(target)

    def bind_path(self, path: str, value: Value, span: Span, name_span: Span, op: str = "=") -> None:
        """Give ``value`` to a name, attribute or subscript; a broken one has no path."""
        if path:
            self.builder.bind(path, value, span, name_span, op=op, declares=path not in self.outer)

    def target_path(self, target: Node) -> str:
        """The dotted path of a name, attribute or subscript that is assigned to; this is no read."""
        if target.type == "identifier":
            return self.name(target)
        path = self.plain_path(target)
        if path:
            return path
        base, path, indexes = self.chain(target)
        root = self.name(base) if base.type == "identifier" else dotted(self.value(base))
        for index in indexes:
            self.visit(index)
        return f"{root}.{path}" if root else path

    def _unpack(self, targets: list[Node], value: Value, span: Span) -> None:
        starred = next((i for i, target in enumerate(targets) if target.type in _SPLATS), len(targets))
        items = value.items if isinstance(value, Items) and not value.open else ()
        if starred == len(targets) != len(items):
            items = ()
        for i, target in enumerate(targets):
            if i < starred:
                part = items[i] if i < len(items) else self.builder.member(value, str(i), value.span)
            elif i == starred:
                part = value if isinstance(value, Opaque) else Opaque("", (value,), value.span)
            else:
                part = self.builder.member(value, "[]", value.span)
            self.bind(target, part, span)

    # case patterns

    def pattern(self, node: Node, subject: Value, captures: Captures) -> Value | None:
        """What a ``case`` tests, ``None`` if it always matches; the names that it captures are added to a list."""
        kind = node.type
        if kind in _LITERALS or (kind == "dotted_name" and node.named_child_count > 1):
            return self.builder.compare("==", subject, self._pattern_value(node), node.byte_range)
        if self.depth >= MAX_DEPTH:
            return Opaque("case", (subject,), node.byte_range)
        self.depth += 1
        test = self._inner_pattern(node, subject, captures)
        self.depth -= 1
        return test

    def _pattern_value(self, node: Node) -> Value:
        if node.type == "dotted_name":
            return self.builder.ref(self.text(node), node.byte_range)
        value = self.value(node)
        start = node.start_byte
        if isinstance(value, Const) and value.value and self.data[start - 1 : start] == b"-":
            return Const(-value.value, value.span)  # the sign is no part of the number's node here
        return value

    def _inner_pattern(self, node: Node, subject: Value, captures: Captures) -> Value | None:
        kind, children = node.type, significant(node)
        if kind == "case_pattern" or (kind == "tuple_pattern" and node.child_count == _PARENTHESISED):
            return self.pattern(children[0], subject, captures) if children else None
        if kind in ("dotted_name", "identifier"):
            captures.append((children[0] if children else node, subject))
            return None
        if kind == "splat_pattern":
            captures.extend((child, Opaque("", (subject,), node.byte_range)) for child in children)
            return None
        if kind == "as_pattern" and children:
            captures.extend((child, subject) for child in children[1:])
            return self.pattern(children[0], subject, captures)
        if kind == "union_pattern":
            tests = [test for child in children if (test := self.pattern(child, subject, captures)) is not None]
            return Choice(tuple(tests), node.byte_range) if tests else None
        if kind == "dict_pattern":
            self._dict_pattern(children, subject, captures)
        elif kind == "class_pattern":
            self._class_pattern(children, subject, captures)
        else:
            self.sequence_pattern(children, subject, captures)
        return Opaque("case", (subject,), node.byte_range)

    def _dict_pattern(self, children: list[Node], subject: Value, captures: Captures) -> None:
        key = "[]"
        for child in children:
            if child.type in ("case_pattern", "splat_pattern"):
                self.pattern(child, self.builder.member(subject, key, child.byte_range), captures)
                key = "[]"
            else:
                key = self.literal_path(child)

    def _class_pattern(self, children: list[Node], subject: Value, captures: Captures) -> None:
        for child in children:
            if child.type == "dotted_name":
                self.builder.ref(self.text(child), child.byte_range)
                continue
            inner = significant(child)[:1]
            named = significant(inner[0]) if inner and inner[0].type == "keyword_pattern" else []
            part = self.builder.member(subject, self.text(named[0]) if named else "[]", child.byte_range)
            self.pattern(named[-1] if named else child, part, captures)

    def sequence_pattern(self, children: list[Node], subject: Value, captures: Captures) -> None:
        """The parts of a sequence pattern, in brackets or without."""
        for i, child in enumerate(children):
            self.pattern(child, self.builder.member(subject, str(i), child.byte_range), captures)
