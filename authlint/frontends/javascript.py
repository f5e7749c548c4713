"""JavaScript (with JSX) and TypeScript: statements, modules and comments → facts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from authlint.facts import Const, Facts, Opaque, Value
from authlint.frontends import lexical
from authlint.frontends.builder import Builder
from authlint.frontends.javascript_functions import Functions
from authlint.frontends.javascript_values import LITERALS
from authlint.frontends.trees import broken, parse, release
from authlint.source import Source

_GRAMMARS: dict[str, Callable[[], object]] = {
    "javascript": tree_sitter_javascript.language,
    "typescript": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
}
_SILENT = (
    "comment", "html_comment", "hash_bang_line", "empty_statement", "break_statement", "continue_statement",
    "debugger_statement", "statement_identifier", "interface_declaration", "type_alias_declaration",
    "function_signature", "method_signature", "abstract_method_signature", "index_signature", "type_annotation",
    "type_arguments", "type_parameters", "type_identifier", "predefined_type", "accessibility_modifier",
    "implements_clause", "import_attribute", "ambient_declaration",
)  # fmt: skip
_BLOCKS = ("program", "statement_block", "class_static_block", "finally_clause", "with_statement")
_CLASSES = ("class_declaration", "abstract_class_declaration")
_MARK = re.compile(rb"//|/\*|<!--|-->")
_OPENING = b"([{"
_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))
_MAX_BRACKETS = 2000  # inside each other; far more of them make the parser overflow the stack, which ends the process
_STEPS = 5000
_STEPS_PER_BYTE = 0.1  # programs take 0.003, minified ones 0.02, ";;;" 0.07; "}-}-}-" takes more the longer it is


@cache
def _parser(language: str) -> Parser:
    return Parser(Language(_GRAMMARS[language]()))


def lower(source: Source) -> Facts:
    """The facts of a JavaScript or TypeScript source; of one that no parser can take, what its texts look like."""
    root = None if _too_deep(source.data) else _parse(source)
    if root is None:
        facts = lexical.lower(source)
        facts.broken.append((0, len(source.data)))
        return facts
    builder = Builder(source)
    builder.facts.broken.extend(broken(root))
    statements = _Statements(builder)
    statements.visit(root)
    statements.finish(root)
    release(statements)
    _comments(root, builder)
    return builder.finish()


def _parse(source: Source) -> Node | None:
    root = _tree(source.data, source.language)
    if root is not None and root.has_error and source.language != "tsx":  # types in JavaScript, JSX in TypeScript
        other = _tree(source.data, "tsx")
        if other is not None and (not other.has_error or len(broken(other)) < len(broken(root))):
            return other
    return root


def _tree(data: bytes, language: str) -> Node | None:
    """The root of the syntax tree, unless the parser needs far more steps than any program makes necessary."""
    steps = 0

    def is_too_much(_offset: int, _has_error: bool) -> bool:
        nonlocal steps
        steps += 1
        return steps > limit

    limit = _STEPS + len(data) * _STEPS_PER_BYTE
    try:
        return parse(_parser(language), data, is_too_much)
    except ValueError:
        return None


def _too_deep(data: bytes) -> bool:
    depth = 0
    for bracket in data.translate(None, _NO_BRACKETS):
        if bracket in _OPENING:
            depth += 1
            if depth > _MAX_BRACKETS:
                return True
        elif depth:
            depth -= 1
    return False


class _Statements(Functions):
    """Lowers statements."""

    def __init__(self, builder: Builder) -> None:
        super().__init__(builder)
        self.statements |= {
            "expression_statement": self._expressions,
            "throw_statement": self._expressions,
            "labeled_statement": self._labeled,
            "if_statement": self._if,
            "for_statement": self._for,
            "for_in_statement": self._for_in,
            "while_statement": self._while,
            "do_statement": self._while,
            "switch_statement": self._switch,
            "try_statement": self._try,
            "return_statement": self._return,
            "export_statement": self._export,
            "enum_declaration": self._enum,
        }
        self.statements |= dict.fromkeys(_BLOCKS, self._block)
        self.statements |= dict.fromkeys(_SILENT, self._silent)

    def _block(self, node: Node) -> None:
        for child in node.named_children:
            self.visit(child)

    def _expressions(self, node: Node) -> None:
        for child in node.named_children:
            if child.type != "comment":
                self.value(child)

    def _labeled(self, node: Node) -> None:
        label, *body = _significant(node)
        inner = _significant(body[0]) if body and body[0].type == "expression_statement" else []
        if len(inner) == 1 and inner[0].type in LITERALS:
            self.excerpt(label, inner[0])  # not a label, but the first line of an object
        else:
            for statement in body:
                self.visit(statement)

    def _silent(self, node: Node) -> None:
        pass

    def _return(self, node: Node) -> None:
        for child in node.named_children:
            if child.type != "comment":
                self.builder.returns(self.value(child), node.byte_range)

    # branches, loops, handlers

    def _if(self, node: Node) -> None:
        last: Node | None = node
        while last is not None:
            field = last.child_by_field_name
            condition, body, alternative = field("condition"), field("consequence"), field("alternative")
            head = self.value(condition)
            if body is not None:
                with self.builder.inside("branch", "", body.byte_range, head=head):
                    self.visit(body)
            inner = [] if alternative is None else _significant(alternative)
            last = None
            if inner and inner[0].type == "if_statement":
                last = inner[0]
            elif inner:
                with self.builder.inside("branch", "else", inner[0].byte_range):
                    self.visit(inner[0])

    def _for(self, node: Node) -> None:
        field = node.child_by_field_name
        initializer, condition, increment, body = (
            field("initializer"),
            field("condition"),
            field("increment"),
            field("body"),
        )
        if initializer is not None:
            self.visit(initializer)
        tests = condition is not None and condition.type not in ("empty_statement", ";")
        head = self.value(condition) if tests else None
        with self.builder.inside("loop", "", node.byte_range, head=head):
            for part in (body, increment):
                if part is not None:
                    self.visit(part)

    def _for_in(self, node: Node) -> None:
        field = node.child_by_field_name
        target, source, body, operator = field("left"), field("right"), field("body"), field("operator")
        kind = field("kind")
        if target is None or source is None:
            self.other(node)
            return
        iterable = self.value(source)
        with self.builder.inside("loop", "each", node.byte_range, head=iterable):
            if operator is not None and operator.type == "in":
                element: Value = Opaque("in", (iterable,), source.byte_range)
            else:
                element = self.builder.member(iterable, "[]", source.byte_range)
            span = ((kind or target).start_byte, source.end_byte)
            const = kind is not None and kind.type == "const"
            self.bind(target, element, span, const=const, declares=kind is not None)
            if body is not None:
                self.visit(body)

    def _while(self, node: Node) -> None:
        field = node.child_by_field_name
        condition, body = field("condition"), field("body")
        head = self.value(condition)
        with self.builder.inside("loop", "", node.byte_range, head=head):
            if body is not None:
                self.visit(body)

    def _switch(self, node: Node) -> None:
        field = node.child_by_field_name
        condition, body = field("value"), field("body")
        subject = self.value(condition)
        for case in [] if body is None else _significant(body):
            tested = case.child_by_field_name("value")
            head: Value | None = None
            if tested is not None:
                value = self.value(tested)
                head = self.builder.compare("==", subject, value, value.span)
            with self.builder.inside("branch", "" if head else "else", case.byte_range, head=head):
                for statement in case.named_children[1 if head else 0 :]:
                    self.visit(statement)

    def _try(self, node: Node) -> None:
        for child in node.named_children:
            if child.type == "catch_clause":
                self._catch(child)
            else:
                self.visit(child)

    def _catch(self, node: Node) -> None:
        field = node.child_by_field_name
        parameter, body = field("parameter"), field("body")
        name = self.text(parameter) if parameter is not None and parameter.type == "identifier" else ""
        with self.builder.inside("catch", name, node.byte_range):
            if parameter is not None:
                span = parameter.byte_range
                self.bind(parameter, Opaque("", (), span), span)
            if body is not None:
                self.visit(body)

    # modules and enums

    def _export(self, node: Node) -> None:
        decorators: list[Value] = []
        equals = default = False
        for child in node.children:
            kind = child.type
            if kind == "decorator":
                decorators.append(self.value(child))
            elif kind in _CLASSES:
                self.class_scope(child, decorators=decorators)
            elif kind in ("=", "default"):
                equals, default = kind == "=", kind == "default"
            elif child.is_named and kind in self.statements:
                self.visit(child)
            elif child.is_named and (equals or default):
                self._exported(node, child, "module.exports" if equals else "default", decorators)

    def _exported(self, node: Node, child: Node, name: str, decorators: list[Value]) -> None:
        if child.type == "class":
            self.class_scope(child, name, decorators)
            return
        self.builder.bind(
            name, self.value(child, name.rpartition(".")[2]), node.byte_range, child.byte_range, const=True
        )

    def _enum(self, node: Node) -> None:
        field = node.child_by_field_name
        name, body = field("name"), field("body")
        prefix = "" if name is None else self.text(name) + "."
        following: int | None = 0
        for member in [] if body is None else _significant(body):
            label, value = member, None
            if member.type == "enum_assignment":
                label, value = member.children[0], self.value(member.children[-1])
            if value is None:
                span = member.byte_range
                value = Opaque("", (), span) if following is None else Const(following, span)
            number = value.value if isinstance(value, Const) else None
            following = number + 1 if type(number) is int else None
            text = self.literal(label) if label.type == "string" else self.text(label)
            self.builder.bind(prefix + text, value, member.byte_range, label.byte_range, const=True)


def _significant(node: Node) -> list[Node]:
    """The named children of a node without the comments."""
    return [child for child in node.named_children if child.type != "comment"]


def _comments(root: Node, builder: Builder) -> None:
    """Register every comment. They may stand between any two nodes, so they are found by their marks."""
    data = builder.source.data
    match = _MARK.search(data)
    cursor = root.walk()
    while match:
        mark, node = match.start(), cursor.node
        if node is None:
            return
        start, end = node.byte_range
        if mark < start:
            match = _MARK.search(data, start)
            continue
        if node.type in ("comment", "html_comment"):
            builder.comment((start, end - 1 if data[end - 1 : end] == b"\r" else end))
            match = _MARK.search(data, end)
        elif mark < end and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
