"""JavaScript's functions, their parameters, and classes."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from authlint.facts import Choice, Items, Lambda, Opaque, Parameter, Value
from authlint.frontends.builder import Builder
from authlint.frontends.javascript_targets import Targets

_ACCESSORS = ("get", "set")
_NAMED = ("identifier", "this")
_MODIFIERS = ("accessibility_modifier", "readonly", "override_modifier")
_TYPES = ("type_identifier", "nested_type_identifier", "predefined_type")
_PATTERN = "{}"


class Functions(Targets):
    """Lowers whatever opens a function's or a class's scope."""

    def __init__(self, builder: Builder) -> None:
        """Register the handlers of this layer."""
        super().__init__(builder)
        self.functions |= {
            "arrow_function": self._function_value,
            "function_expression": self._function_value,
            "generator_function": self._function_value,
            "class": self._class_value,
        }
        self.statements |= {
            "function_declaration": self._function_declaration,
            "generator_function_declaration": self._function_declaration,
            "class_declaration": self.class_scope,
            "abstract_class_declaration": self.class_scope,
        }

    # functions

    def _function_value(self, node: Node, name: str) -> Value:
        own = node.child_by_field_name("name")
        return self.function(node, name if own is None else self.text(own))

    def _function_declaration(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        text = "" if name is None else self.text(name)
        self.function(node, text, bound=text)

    def function(self, node: Node, name: str, decorators: Iterable[Value] = (), *, bound: str = "") -> Value:
        """The scope of a function of any kind; the function as a value, which ``bound`` is a name of."""
        field = node.child_by_field_name
        parameters, body = field("parameters"), field("body")
        if parameters is None:
            single = field("parameter")
            nodes = [] if single is None else [single]
        else:
            nodes = parameters.named_children
        span = node.byte_range
        params: list[Parameter] = []
        patterns: list[tuple[Node, Value | None]] = []
        properties: list[Node] = []
        for child in nodes:
            self._parameter(child, params, patterns, properties)
        result = Lambda(len(self.builder.facts.scopes), span)
        if bound:
            place = field("name") or node
            self.builder.bind(bound, result, span, place.byte_range, const=True)
        with self.builder.inside("function", name, span, params=params, decorators=decorators):
            self._bind_parameters(patterns, properties)
            self._body(node, body)
        return result

    def _body(self, node: Node, body: Node | None) -> None:
        if body is None:
            self.other(node)
        elif body.type == "statement_block":
            for statement in body.named_children:
                self.visit(statement)
        else:
            self.builder.returns(self.value(body), body.byte_range)

    def _parameter(
        self,
        node: Node,
        params: list[Parameter],
        patterns: list[tuple[Node, Value | None]],
        properties: list[Node],
    ) -> None:
        kind = node.type
        if kind == "comment":
            return
        target, default, written = node, None, ""
        if kind in ("required_parameter", "optional_parameter"):
            target, default, written = self._typed(node, properties)
        elif kind == "assignment_pattern":
            target, default = node.children[0], self.value(node.children[-1])
        if target.type == "rest_pattern" and target.named_child_count:
            target = target.named_children[0]
        if target.type in _NAMED:
            name = "self" if target.type == "this" else self.text(target)
            params.append(Parameter(name, default, node.byte_range, written))
        elif target.type in ("object_pattern", "array_pattern"):
            params.append(Parameter(_PATTERN, default, node.byte_range))
            patterns.append((target, default))
        else:
            self.value(node)

    def _typed(self, node: Node, properties: list[Node]) -> tuple[Node, Value | None, str]:
        field = node.child_by_field_name
        pattern, default = field("pattern"), field("value")
        for child in node.children:
            kind = child.type
            if kind == "decorator":
                self.value(child)
            elif kind in _MODIFIERS and pattern is not None and pattern not in properties:
                properties.append(pattern)
        written = field("type")
        return (
            pattern or node,
            None if default is None else self.value(default),
            "" if written is None else self._type(written),
        )

    def _type(self, annotation: Node) -> str:
        """The name of a type as it is written; empty for one that is no name."""
        inner = annotation.named_children[:1]
        while inner and inner[0].type == "generic_type":
            inner = inner[0].named_children[:1]
        return self.text(inner[0]) if inner and inner[0].type in _TYPES else ""

    def _bind_parameters(self, patterns: list[tuple[Node, Value | None]], properties: list[Node]) -> None:
        for pattern, default in patterns:
            value: Value = self.builder.ref(_PATTERN, pattern.byte_range)
            if default is not None:
                value = Choice((value, default), pattern.byte_range)
            self.bind(pattern, value, pattern.byte_range)
        for name in properties:  # TypeScript's constructor(private http: Http)
            text = self.text(name)
            self.builder.bind(f"self.{text}", self.builder.ref(text, name.byte_range), name.byte_range, name.byte_range)

    # classes

    def _class_value(self, node: Node, name: str) -> Value:
        self.class_scope(node, name)
        return Opaque("class", (), node.byte_range)

    def class_scope(self, node: Node, name: str = "", decorators: Iterable[Value] = ()) -> None:
        """The scope of a class and all that is in it."""
        own = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        all_decorators = list(decorators)
        head: Value | None = None
        for child in node.named_children:
            if child.type == "decorator":
                all_decorators.append(self.value(child))
            elif child.type == "class_heritage":
                head = self._heritage(child)
        text = name if own is None else self.text(own)
        with self.builder.inside("class", text, node.byte_range, decorators=all_decorators, head=head):
            self.depth += 1  # a class takes twice the stack that other nesting does
            if body is not None:
                self._members(body)
            self.depth -= 1

    def _heritage(self, node: Node) -> Value | None:
        bases: list[Value] = []
        for child in node.named_children:
            if child.type == "extends_clause":
                bases.append(self.value(child.child_by_field_name("value")))
            elif child.type not in ("implements_clause", "comment"):
                bases.append(self.value(child))
        return Items(tuple(bases), False, node.byte_range) if bases else None

    def _members(self, body: Node) -> None:
        decorators: list[Value] = []
        for child in body.named_children:
            kind = child.type
            if kind == "decorator":
                decorators.append(self.value(child))
                continue
            if kind == "method_definition":
                self._method_definition(child, decorators)
            elif kind in ("field_definition", "public_field_definition"):
                self._field(child)
            elif kind == "comment":
                continue
            else:
                self.visit(child)
            decorators = []

    def _method_definition(self, node: Node, decorators: list[Value]) -> None:
        name = node.child_by_field_name("name")
        accessor = False
        for child in node.children:
            if child.type == "decorator":
                decorators.append(self.value(child))
            accessor = accessor or child.type in _ACCESSORS
        text = self._member_name(name)
        callable_ = text and not accessor and text != "constructor"
        self.function(node, text, decorators, bound=f"self.{text}" if callable_ else "")

    def _member_name(self, name: Node | None) -> str:
        """The name of a method or field; empty for a computed one."""
        if name is None:
            return ""
        if name.type == "computed_property_name":
            self.inner(name)
            return ""
        return self.literal(name) if name.type == "string" else self.text(name)

    def _field(self, node: Node) -> None:
        field = node.child_by_field_name
        name, right = field("property") or field("name"), field("value")
        for child in node.children:
            if child.type == "decorator":
                self.value(child)
        text = self._member_name(name)
        if right is not None:
            value = self.value(right, text)
            if name is not None and text:
                self.builder.bind(f"self.{text}", value, node.byte_range, name.byte_range)
