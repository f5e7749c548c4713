"""Ruby: statements, methods, classes and modules → facts. Templates (ERB) are Ruby and text between."""

from __future__ import annotations

import re
from functools import cache

import tree_sitter_ruby
from tree_sitter import Language, Node, Parser

from authlint.facts import Choice, Facts, Items, Lambda, Opaque, Value
from authlint.frontends import erb
from authlint.frontends.builder import Builder
from authlint.frontends.lowering import MAX_DEPTH, comments, significant
from authlint.frontends.ruby_targets import Targets
from authlint.frontends.trees import broken, parse, release
from authlint.source import Source

_SILENT = ("alias", "undef", "redo", "retry", "empty_statement", ";")
_BODIES = (
    "parenthesized_statements", "begin", "body_statement", "block_body", "then", "do", "else", "ensure", "begin_block",
    "end_block", "ERROR",
)  # fmt: skip
_MODIFIERS = ("if_modifier", "unless_modifier")
_HANDLERS = frozenset(("rescue", "else", "ensure"))
_PAIR = 2
_PERCENT = {
    pair[:1]: (pair[1:], re.compile(rb"%(?=[qQwWiIrsx]?" + re.escape(pair[:1]) + rb")"))
    for pair in (b"[]", b"()", b"{}", b"<>")
}
_MAX_UNCLOSED = 50
_COMMENT = re.compile(rb"#|^=begin", re.MULTILINE)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_ruby.language()))


def lower(source: Source) -> Facts:
    """The facts of a Ruby source, or of the Ruby in a template."""
    builder = Builder(source)
    data = erb.ruby_of(source, builder) if source.path.endswith(".erb") and source.parent is None else source.data
    root = parse(_parser(), _readable(data))
    builder.facts.broken.extend(broken(root) if data is source.data else ())
    program = _Statements(builder)
    program.find_heredocs(root)
    program.body(significant(root.named_children))
    release(program)
    comments(root, builder, _COMMENT)
    return builder.finish()


def _readable(data: bytes) -> bytes:
    """What the parser reads: of ``%w[%w[%w[…`` it would look for each end up to the end of the file."""
    for opening, (closing, pattern) in _PERCENT.items():
        if data.count(opening) > data.count(closing) + _MAX_UNCLOSED:
            data = pattern.sub(b" ", data)
    return data


class _Statements(Targets):
    """Lowers control flow and definitions."""

    def __init__(self, builder: Builder) -> None:
        super().__init__(builder)
        self.handlers |= dict.fromkeys(_BODIES, self._body)
        self.handlers |= dict.fromkeys(_MODIFIERS, self._modified)
        self.handlers |= dict.fromkeys(("while_modifier", "until_modifier"), self._repeated)
        self.handlers |= dict.fromkeys(("while", "until"), self._while)
        self.handlers |= dict.fromkeys(("if", "unless", "elsif"), self._if)
        self.handlers |= dict.fromkeys(("return", "next"), self._return)
        self.handlers |= dict.fromkeys(("method", "singleton_method"), self._method)
        self.handlers |= dict.fromkeys(("class", "module"), self._class)
        self.handlers |= dict.fromkeys(_SILENT, self.silent)
        self.handlers |= {
            "for": self._for,
            "case": self._case,
            "case_match": self._case,
            "rescue": self._rescue,
            "break": self._break,
            "singleton_class": self._singleton_class,
        }

    def body(self, nodes: list[Node], *, used: bool = False) -> Value | None:
        """Lower statements; the value of the last one."""
        if self.depth >= MAX_DEPTH:
            return None
        value: Value | None = None
        last = next((i for i in range(len(nodes) - 1, -1, -1) if nodes[i].type not in _HANDLERS), -1)
        for index, node in enumerate(nodes):
            lowered = self.visit(node) if used and index == last else self.statement(node)
            value = lowered if index == last else value
        return value

    def _body(self, node: Node) -> Value | None:
        return self.body(significant(node.named_children), used=self.used)

    # branches

    def _branch(self, node: Node | None, name: str, head: Value | None, *, used: bool) -> Value | None:
        if node is None:
            return None
        with self.builder.inside("branch", name, node.byte_range, head=head):
            nodes = significant(node.named_children) if node.type in ("then", "else") else [node]
            return self.body(nodes, used=used)

    def _if(self, node: Node) -> Value | None:
        used = self.used
        field = node.child_by_field_name
        options: list[Value | None] = []
        clause: Node | None = node
        while clause is not None and clause.type != "else":
            field = clause.child_by_field_name
            condition = field("condition")
            head = None if condition is None else self.value(condition)
            if head is not None and clause.type == "unless":
                head = Opaque("not", (head,), head.span)
            options.append(self._branch(field("consequence"), "", head, used=used))
            clause = field("alternative")
        if clause is not None:
            options.append(self._branch(clause, "else", None, used=used))
        return _choice(options, node)

    def _modified(self, node: Node) -> Value | None:
        used = self.used
        children = significant(node.named_children)
        if len(children) != _PAIR:
            return self.other(node)
        head = self.value(children[1])
        if node.type == "unless_modifier":
            head = Opaque("not", (head,), head.span)
        return self._branch(children[0], "", head, used=used)

    def _case(self, node: Node) -> Value | None:
        used = self.used
        subject: Value | None = None
        options: list[Value | None] = []
        for child in significant(node.named_children):
            if child.type == "when":
                options.append(self._when(child, subject, used=used))
            elif child.type == "in_clause":
                options.append(self._in(child, subject, used=used))
            elif child.type == "else":
                options.append(self._branch(child, "else", None, used=used))
            else:
                subject = self.value(child)
        return _choice(options, node)

    def _when(self, node: Node, subject: Value | None, *, used: bool) -> Value | None:
        tests: list[Value] = []
        body: Node | None = None
        for child in significant(node.named_children):
            if child.type == "then":
                body = child
                continue
            for pattern in significant(child.named_children) if child.type == "pattern" else [child]:
                value = self.value(pattern)
                tests.append(value if subject is None else self.builder.compare("==", subject, value, value.span))
        head = tests[0] if len(tests) == 1 else Choice(tuple(tests), node.byte_range) if tests else None
        return self._branch(body, "", head, used=used)

    def _in(self, node: Node, subject: Value | None, *, used: bool) -> Value | None:
        subject = Opaque("", (), node.byte_range) if subject is None else subject
        field = node.child_by_field_name
        pattern, guard, body = field("pattern"), field("guard"), field("body")
        with self.builder.inside("branch", "", node.byte_range, head=Opaque("case", (subject,), node.byte_range)):
            if pattern is not None:
                self._capture(pattern, subject, pattern.byte_range)
            if guard is not None:
                self.visit(guard)
            return self.body(significant(body.named_children), used=used) if body is not None else None

    # loops

    def _while(self, node: Node) -> None:
        field = node.child_by_field_name
        self._loop(node, field("condition"), field("body"))

    def _repeated(self, node: Node) -> None:
        children = significant(node.named_children)
        self._loop(node, children[-1], children[0] if len(children) == _PAIR else None)

    def _loop(self, node: Node, condition: Node | None, body: Node | None) -> None:
        head = None if condition is None else self.value(condition)
        if head is not None and node.type.startswith("until"):
            head = Opaque("not", (head,), head.span)
        with self.builder.inside("loop", "", node.byte_range, head=head):
            if body is not None:
                self.statement(body)

    def _for(self, node: Node) -> None:
        field = node.child_by_field_name
        target, source, body = field("pattern"), field("value"), field("body")
        if target is None or source is None:
            self.other(node)
            return
        iterable = self.inner(source) or Opaque("", (), source.byte_range)
        with self.builder.inside("loop", "each", node.byte_range, head=iterable):
            element = self.builder.member(iterable, "[]", source.byte_range)
            self.bind(target, element, (target.start_byte, source.end_byte))
            if body is not None:
                self.statement(body)

    # handlers and jumps

    def _rescue(self, node: Node) -> Value | None:
        used = self.used
        field = node.child_by_field_name
        exceptions, variable, body = field("exceptions"), field("variable"), field("body")
        values = [self.value(child) for child in significant(exceptions.named_children)] if exceptions else []
        head: Value | None = values[0] if len(values) == 1 else None
        if len(values) > 1 and exceptions is not None:
            head = Items(tuple(values), False, exceptions.byte_range)
        targets = [] if variable is None else significant(variable.named_children)
        name = self.text(targets[0]) if targets and targets[0].type == "identifier" else ""
        with self.builder.inside("catch", name, node.byte_range, head=head):
            for target in targets:
                caught = Opaque("", (head,) if head is not None else (), target.byte_range)
                start = exceptions.start_byte if exceptions is not None else target.start_byte
                self.bind(target, caught, (start, target.end_byte))
            return self.body(significant(body.named_children), used=used) if body is not None else None

    def _return(self, node: Node) -> None:
        for child in node.named_children:
            if child.type == "argument_list":
                items, more = self.spread(child)
                value = items[0] if len(items) == 1 and not more else Items(tuple(items), more, child.byte_range)
                self.builder.returns(value, node.byte_range)

    def _break(self, node: Node) -> None:
        self.other(node)

    # methods, classes, modules

    def _method(self, node: Node) -> Value:
        field = node.child_by_field_name
        name, parameters, body = field("name"), field("parameters"), field("body")
        span = node.byte_range
        kept, outer = self.locals, self.outer
        self.locals, self.outer = set(), frozenset()
        params = [] if parameters is None else self.parameters(parameters)
        self.locals |= {parameter.name for parameter in params}
        text = "" if name is None else self.text(name)
        function = Lambda(len(self.builder.facts.scopes), span)
        if name is not None and text:
            self.builder.bind(text, function, span, name.byte_range, const=True)
        with self.builder.inside("function", text, span, params=params):
            value = None if body is None else self.value_of_body(body)
            if value is not None and text != "initialize":
                self.builder.returns(value, value.span)
        self.locals, self.outer = kept, outer
        return function

    def value_of_body(self, body: Node) -> Value | None:
        """The value of a method's body: of its last statement, or of its one expression."""
        if body.type != "body_statement":
            return self.visit(body)
        return self.body(significant(body.named_children), used=True)

    def _class(self, node: Node) -> None:
        field = node.child_by_field_name
        name, base, body = field("name"), field("superclass"), field("body")
        head: Items | None = None
        if base is not None:
            values = tuple(self.value(child) for child in significant(base.named_children))
            head = Items(values, False, base.byte_range)
        kept, self.locals = self.locals, set()
        text = "" if name is None else self.text(name).replace("::", ".").strip(".")
        with self.builder.inside("class", text, node.byte_range, head=head):
            if body is not None:
                self.body(significant(body.named_children))
        self.locals = kept

    def _singleton_class(self, node: Node) -> None:
        for child in significant(node.named_children)[1:]:
            self.statement(child)


def _choice(options: list[Value | None], node: Node) -> Value | None:
    """The value of branches of which one runs."""
    known = tuple(option for option in options if option is not None)
    if len(known) < _PAIR:
        return known[0] if known else None
    return Choice(known, node.byte_range)
