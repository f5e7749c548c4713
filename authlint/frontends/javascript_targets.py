"""What JavaScript's assignments, declarations, patterns and imports give names to."""

from __future__ import annotations

from typing import TypeAlias

from tree_sitter import Node

from authlint.facts import Choice, Const, Items, Member, Opaque, Ref, Value, dotted
from authlint.frontends.builder import Builder
from authlint.frontends.javascript_jsx import Jsx
from authlint.frontends.javascript_values import MAX_DEPTH
from authlint.source import Span

_NAMES = ("identifier", "shorthand_property_identifier_pattern", "shorthand_property_identifier")
_OBJECTS = ("object_pattern", "object")
_PATTERNS = (*_OBJECTS, "array_pattern", "array")
_DEFAULTS = ("assignment_pattern", "object_assignment_pattern", "assignment_expression")
_RESTS = ("rest_pattern", "spread_element")
_CHOICES = ("||=", "??=")
_LOADING = (b"require", b"await", b"import", b"(")

Parts: TypeAlias = list[tuple[Node, Value, int]]


class Targets(Jsx):
    """Lowers whatever binds a name."""

    def __init__(self, builder: Builder) -> None:
        """Register the handlers of this layer."""
        super().__init__(builder)
        self.values |= {
            "assignment_expression": self._assign,
            "augmented_assignment_expression": self._augment,
            "update_expression": self._update,
        }
        self.statements |= {
            "lexical_declaration": self._declare,
            "variable_declaration": self._declare,
            "using_declaration": self._declare,
            "import_statement": self._import,
            "import_alias": self._import_alias,
        }

    # declarations and assignments

    def _declare(self, node: Node) -> None:
        children = node.children
        const = children[0].type == "const"
        declarators = [child for child in children if child.type == "variable_declarator"]
        for declarator in declarators:
            span = declarator.byte_range
            if len(declarators) == 1:
                span = (node.start_byte, span[1])
            self._declarator(declarator, span, const)

    def _declarator(self, node: Node, span: Span, const: bool) -> None:
        field = node.child_by_field_name
        target, right = field("name"), field("value")
        if target is None:
            self.other(node)
        elif right is None:
            if target.type == "identifier":
                nothing = Const(None, target.byte_range)
                self.builder.bind(self.text(target), nothing, span, target.byte_range, const=const)
        elif not self._loads(target, right, span):
            name = self.text(target) if target.type == "identifier" else ""
            self.bind(target, self.value(right, name), span, const=const)

    def _assign(self, node: Node) -> Value:
        field = node.child_by_field_name
        left, right = field("left"), field("right")
        if left is None or right is None:
            return self.other(node)
        span = node.byte_range
        if left.type in _PATTERNS:
            value = self.value(right)
            self.bind(left, value, span, declares=False)
            return value
        if left.type == "identifier" and self._loads(left, right, span):
            return self.builder.ref(self.text(left), left.byte_range)
        path = self.target_path(left)
        value = self.value(right, path.rpartition(".")[2])
        if path:
            self.builder.bind(path, value, span, left.byte_range, declares=False)
        return value

    def _augment(self, node: Node) -> Value:
        field = node.child_by_field_name
        left, right, operator = field("left"), field("right"), field("operator")
        if left is None or right is None or operator is None:
            return self.other(node)
        op, span = operator.type, node.byte_range
        if op == "+=":
            path, value = self.target_path(left), self.value(right)
            result: Value = Opaque(op, (value,), span)
        else:
            old = self.value(left)
            path, operands = dotted(old), (old, self.value(right))
            value = result = Choice(operands, span) if op in _CHOICES else Opaque(_operator(op), operands, span)
        if path:
            bound = op if op == "+=" else "="
            self.builder.bind(path, value, span, left.byte_range, op=bound, declares=False)
        return result

    def _update(self, node: Node) -> Value:
        target = node.child_by_field_name("argument")
        old = self.value(target)
        operator = node.child_by_field_name("operator")
        result = Opaque("++" if operator is None else operator.type, (old,), node.byte_range)
        if target is not None and dotted(old):
            self.builder.bind(dotted(old), result, node.byte_range, target.byte_range, declares=False)
        return result

    def target_path(self, target: Node) -> str:
        """The dotted path of what is assigned to; this is no read."""
        kind = target.type
        if kind in _NAMES:
            return self.text(target)
        path = self.plain_path(target) if kind == "member_expression" else ""
        if path:
            return path
        value = self.value(target)
        reads = self.builder.facts.reads
        if isinstance(value, Ref | Member) and reads and reads[-1] is value:
            reads.pop()
        return dotted(value) if isinstance(value, Ref | Member) else ""

    # patterns

    def bind(self, target: Node, value: Value, span: Span, *, const: bool = False, declares: bool = True) -> None:
        """Give ``value`` to a name or pattern; a pattern is taken apart."""
        stack: Parts = [(target, value, 0)]
        while stack:
            node, value, depth = stack.pop()
            kind = node.type
            if kind in _PATTERNS and depth < MAX_DEPTH:
                parts = self._properties(node, value) if kind in _OBJECTS else self._elements(node, value)
                stack.extend((part, inner, depth + 1) for part, inner in reversed(parts))
            elif kind in _DEFAULTS:
                self._default(node, value, stack, depth)
            elif kind in _RESTS:
                rest = Opaque("", (value,), node.byte_range)
                stack.extend((child, rest, depth + 1) for child in node.named_children[:1])
            elif kind not in _PATTERNS:
                path = self.target_path(node)
                if path:
                    self.builder.bind(path, value, span, node.byte_range, const=const, declares=declares)

    def _default(self, node: Node, value: Value, stack: Parts, depth: int) -> None:
        field = node.child_by_field_name
        left, right = field("left"), field("right")
        if left is not None and right is not None:
            name = self.text(left) if left.type in _NAMES else ""
            stack.append((left, Choice((value, self.value(right, name)), node.byte_range), depth))

    def _properties(self, pattern: Node, value: Value) -> list[tuple[Node, Value]]:
        parts: list[tuple[Node, Value]] = []
        for child in pattern.named_children:
            kind = child.type
            if kind in _NAMES:
                parts.append((child, self.builder.member(value, self.text(child), child.byte_range)))
            elif kind in ("pair_pattern", "pair"):
                key, target = child.children[0], child.children[-1]
                if key.type == "computed_property_name":
                    self.inner(key)
                parts.append((target, self.builder.member(value, self.literal_path(key), key.byte_range)))
            elif kind in _DEFAULTS:
                name = child.children[0]
                parts.append((child, self.builder.member(value, self.text(name), name.byte_range)))
            elif kind in _RESTS:
                parts.append((child, value))
        return parts

    def _elements(self, pattern: Node, value: Value) -> list[tuple[Node, Value]]:
        items = value.items if isinstance(value, Items) and not value.open else ()
        parts: list[tuple[Node, Value]] = []
        index = 0
        for child in pattern.children:
            kind = child.type
            if kind == ",":
                index += 1
            elif kind in _RESTS:
                parts.append((child, value))
            elif child.is_named and kind != "comment":
                known = index < len(items)
                part = items[index] if known else self.builder.member(value, str(index), child.byte_range)
                parts.append((child, part))
        return parts

    # imports

    def _loads(self, target: Node, right: Node, span: Span) -> bool:
        """Whether a declaration is an import: ``x = require('y')``, ``x = await import('y')``, ``.z`` of them."""
        if not self.data.startswith(_LOADING, right.start_byte):
            return False
        module = self._module(right)
        if not module:
            return False
        if target.type == "identifier":
            self.builder.imports(module, self.text(target), span)
            return True
        if target.type != "object_pattern":
            return False
        names = [self._imported(child) for child in target.named_children if child.type != "comment"]
        known = [name for name in names if name is not None]
        for name, alias, place in known:
            self.builder.imports(f"{module}.{name}", alias, place)
        return len(known) == len(names)

    def _imported(self, part: Node) -> tuple[str, str, Span] | None:
        """The name and the alias that one part of ``const { a, b: c } = require('y')`` imports."""
        if part.type == "shorthand_property_identifier_pattern":
            return self.text(part), self.text(part), part.byte_range
        if part.type != "pair_pattern" or part.children[-1].type != "identifier":
            return None
        name = self.literal_path(part.children[0])
        return None if name == "[]" else (name, self.text(part.children[-1]), part.byte_range)

    def _module(self, node: Node) -> str:
        """The name of the module that an expression loads, with the name below it; empty for any other."""
        names: list[str] = []
        while node.type in ("parenthesized_expression", "await_expression", "member_expression"):
            children = node.children
            if node.type == "member_expression":
                if children[-1].type != "property_identifier":
                    return ""
                names.append(self.text(children[-1]))
                node = children[0]
            else:
                node = children[1]
        if node.type != "call_expression" or self.text(node.children[0]) not in ("require", "import"):
            return ""
        arguments = node.children[-1].named_children
        if len(arguments) != 1 or arguments[0].type not in ("string", "template_string"):
            return ""
        return ".".join([self.literal(arguments[0]), *reversed(names)]).removesuffix(".default")

    def _import(self, node: Node) -> None:
        source = node.child_by_field_name("source")
        for child in node.named_children:
            kind = child.type
            if kind == "import_require_clause":
                source = child.child_by_field_name("source")
                if source is not None:
                    self.builder.imports(self.literal(source), self.text(child.children[0]), node.byte_range)
            elif kind == "import_clause" and source is not None:
                self._clause(child, self.literal(source))

    def _clause(self, clause: Node, module: str) -> None:
        for child in clause.named_children:
            kind = child.type
            if kind == "identifier":
                self.builder.imports(module, self.text(child), child.byte_range)
            elif kind == "namespace_import":
                self.builder.imports(module, self.text(child.children[-1]), child.byte_range)
            elif kind == "named_imports":
                for specifier in child.named_children:
                    if specifier.type == "import_specifier":
                        self._specifier(specifier, module)

    def _specifier(self, specifier: Node, module: str) -> None:
        field = specifier.child_by_field_name
        name, alias = field("name"), field("alias")
        if name is None:
            return
        text = self.literal(name) if name.type == "string" else self.text(name)
        path = module if text == "default" else f"{module}.{text}"
        self.builder.imports(path, text if alias is None else self.text(alias), specifier.byte_range)

    def _import_alias(self, node: Node) -> None:
        children = [child for child in node.named_children if child.type != "comment"]
        if len(children) == 2:  # noqa: PLR2004 - the alias and the name
            name, target = children
            value = self.builder.ref(self.text(target), target.byte_range)
            self.builder.bind(self.text(name), value, node.byte_range, name.byte_range, const=True)


def _operator(op: str) -> str:
    return "and" if op == "&&=" else op[:-1]
