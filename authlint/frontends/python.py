"""Python 2 and 3: statements, functions, classes and imports → facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from authlint.facts import Facts, Items, Lambda, Opaque, Value, dotted
from authlint.frontends.builder import Builder
from authlint.frontends.python_targets import Captures, Targets
from authlint.frontends.python_values import MAX_DEPTH, significant
from authlint.frontends.trees import broken, parse, release
from authlint.source import Source

_SILENT = (
    "pass_statement",
    "break_statement",
    "continue_statement",
    "delete_statement",
    "type",
    "type_parameter",
)
_SESSION = re.compile(rb"\s*>>> ")
_BLANKED = re.compile(rb"^[ \t]*(?:>>>|\.\.\.)(?=[ \r\n]|$)|^(?![ \t]*(?:>>>|\.\.\.)(?:[ \r\n]|$))[^\r\n]+")


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))


def lower(source: Source) -> Facts:
    """The facts of a Python source."""
    builder = Builder(source)
    root = parse(_parser(), _readable(source.data))
    builder.facts.broken.extend(broken(root))
    statements = _Statements(builder)
    statements.block(root)
    release(statements)
    _comments(root, builder)
    return builder.finish()


def _readable(data: bytes) -> bytes:
    """What the parser reads of an interpreter session: prompts and output are blank; every byte keeps its place."""
    if not _SESSION.match(data):
        return data
    lines = data.splitlines(keepends=True)
    return b"".join(_BLANKED.sub(lambda match: b" " * len(match[0]), line) for line in lines)


class _Statements(Targets):
    """Lowers statements; their handlers give no value."""

    def __init__(self, builder: Builder) -> None:
        super().__init__(builder)
        self.handlers |= {
            "module": self.block,
            "block": self.block,
            "expression_statement": self._each,
            "assignment": self._assign,
            "augmented_assignment": self._augment,
            "return_statement": self._return,
            "print_statement": self._command,
            "exec_statement": self._command,
            "if_statement": self._if,
            "elif_clause": self._if,
            "else_clause": self._else,
            "for_statement": self._for,
            "while_statement": self._while,
            "try_statement": self._try,
            "finally_clause": self._each,
            "except_clause": self._except,
            "with_statement": self._each,
            "with_clause": self._each,
            "with_item": self._each,
            "as_pattern": self._as,
            "match_statement": self._match,
            "function_definition": self._function,
            "class_definition": self._class,
            "decorated_definition": self._decorated,
            "import_statement": self._import,
            "import_from_statement": self._import_from,
            "future_import_statement": self._import_from,
            "type_alias_statement": self._type_alias,
            "global_statement": self._global,
            "nonlocal_statement": self._global,
            "assert_statement": self._each,
            "raise_statement": self._each,
        }
        self.handlers |= dict.fromkeys(_SILENT, self._silent)

    def block(self, node: Node) -> None:
        """Lower every statement of a module or block."""
        if self.depth >= MAX_DEPTH:
            return
        self.depth += 1
        handlers, other = self.handlers, self.other
        for child in node.named_children:
            handlers.get(child.type, other)(child)
        self.depth -= 1

    _each = block

    def _silent(self, node: Node) -> None:
        pass

    # assignments

    def _assign(self, node: Node) -> None:
        span = node.byte_range
        targets: list[Node] = []
        last: Node | None = node
        while last is not None and last.type == "assignment":
            left = last.child_by_field_name("left")
            if left is not None:
                targets.append(left)
            last = last.child_by_field_name("right")
        if last is None:  # only annotated
            return
        value = self._named_value(last, targets[0])
        for target in targets:
            self.bind(target, value, span)

    def _named_value(self, node: Node, target: Node) -> Value:
        if node.type == "lambda" and target.type in ("identifier", "attribute"):
            return self.lambda_value(node, self.text(target.children[-1] if target.children else target))
        return self.value(node)

    def _augment(self, node: Node) -> None:
        children = significant(node)
        if len(children) != 2:  # noqa: PLR2004 - target and value
            self._each(node)
            return
        target, right = children
        operator = node.child_by_field_name("operator")
        op = operator.type if operator else "="
        if op == "+=":
            self.bind(target, self.value(right), node.byte_range, op)
        else:
            before = self.value(target)
            value = Opaque(op[:-1], (before, self.value(right)), node.byte_range)
            self.bind_path(dotted(before), value, node.byte_range, target.byte_range)

    def _return(self, node: Node) -> None:
        for child in significant(node):
            self.builder.returns(self.value(child), node.byte_range)

    def _command(self, node: Node) -> None:
        # Python 2's print and exec are what their functions are in Python 3: print >>f, x is print(x, file=f).
        word = node.children[0]
        args: list[Value] = []
        named: list[tuple[str, Value]] = []
        for child in significant(node):
            if child.type == "chevron":
                named.extend(("file", self.value(inner)) for inner in significant(child))
            else:
                args.append(self.value(child))
        self.builder.call(self.text(word), args, named, node.byte_range, word.byte_range)

    # branches, loops, handlers

    def _branch(self, block: Node, name: str, head: Value | None) -> None:
        with self.builder.inside("branch", name, block.byte_range, head=head):
            self.block(block)

    def _if(self, node: Node) -> None:
        condition: Value | None = None
        for child in significant(node):
            kind = child.type
            if kind == "block":
                self._branch(child, "", condition)
            elif kind in ("elif_clause", "else_clause"):
                self.visit(child)
            else:
                condition = self.value(child)

    def _else(self, node: Node) -> None:
        for child in significant(node):
            if child.type == "block":
                self._branch(child, "else", None)
            else:
                self.visit(child)

    def _for(self, node: Node) -> None:
        field = node.child_by_field_name
        target, source, body = field("left"), field("right"), field("body")
        if target is None or source is None or body is None:
            self._each(node)
            return
        iterable = self.value(source)
        with self.builder.inside("loop", "each", node.byte_range, head=iterable):
            element = self.builder.member(iterable, "[]", source.byte_range)
            self.bind(target, element, (target.start_byte, source.end_byte))
            self.block(body)
        self._alternative(node)

    def _while(self, node: Node) -> None:
        field = node.child_by_field_name
        condition, body = field("condition"), field("body")
        head = None if condition is None else self.value(condition)
        if body is not None:
            with self.builder.inside("loop", "", node.byte_range, head=head):
                self.block(body)
        self._alternative(node)

    def _alternative(self, node: Node) -> None:
        alternative = node.child_by_field_name("alternative")
        if alternative is not None:
            self.visit(alternative)

    def _try(self, node: Node) -> None:
        for child in significant(node):
            if child.type == "else_clause":  # runs whenever nothing was raised: no branch
                self._each(child)
            else:
                self.visit(child)

    def _except(self, node: Node) -> None:
        heads = [child for child in significant(node) if child.type != "block"]
        target: Node | None = None
        if len(heads) == 1 and heads[0].type == "as_pattern":
            heads, target = significant(heads[0])[:1], heads[0].named_children[-1]
        elif len(heads) > 1 and heads[-1].type == "identifier" and self.text(heads[-1])[:1].islower():
            target = heads.pop()  # Python 2: except E, e
        values = tuple(self.value(head) for head in heads)
        head: Value | None = values[0] if len(values) == 1 else None
        if len(values) > 1:
            head = Items(values, False, (heads[0].start_byte, heads[-1].end_byte))
        name = self.text(target) if target and target.named_child_count <= 1 else ""
        with self.builder.inside("catch", name, node.byte_range, head=head):
            if target:
                caught = Opaque("", (head,) if head else (), target.byte_range)
                self.bind(target, caught, (heads[0].start_byte if heads else target.start_byte, target.end_byte))
            for child in significant(node):
                if child.type == "block":
                    self.block(child)

    def _as(self, node: Node) -> Value | None:
        children = significant(node)
        if len(children) != 2:  # noqa: PLR2004 - the value and its name
            return self.other(node)
        value = self.value(children[0])
        self.bind(children[1], value, node.byte_range)
        return value

    def _match(self, node: Node) -> None:
        *subjects, body = significant(node) or [node]
        if not subjects or body.type != "block":
            self._each(node)
            return
        values = tuple(self.value(subject) for subject in subjects)
        span = (subjects[0].start_byte, subjects[-1].end_byte)
        subject = values[0] if len(values) == 1 else Items(values, False, span)
        for child in significant(body):
            if child.type == "case_clause":
                self._case(child, subject)
            else:
                self.visit(child)

    def _case(self, node: Node, subject: Value) -> None:
        children = significant(node)
        patterns = [child for child in children if child.type == "case_pattern"]
        captures: Captures = []
        head: Value | None = None
        if len(patterns) == 1:
            head = self.pattern(patterns[0], subject, captures)
        elif patterns:
            self.sequence_pattern(patterns, subject, captures)
            head = Opaque("case", (subject,), (patterns[0].start_byte, patterns[-1].end_byte))
        for guard in (child for child in children if child.type == "if_clause"):
            tested = self.inner(guard)
            head = tested if head is None or tested is None else Opaque("and", (head, tested), tested.span)
        for block in (child for child in children if child.type == "block"):
            with self.builder.inside("branch", "" if head else "else", block.byte_range, head=head):
                for target, part in captures:
                    self.bind(target, part, (node.start_byte, block.start_byte))
                self.block(block)

    # functions, classes, imports

    def _decorated(self, node: Node) -> None:
        decorators: list[Value] = []
        for child in significant(node):
            if child.type == "decorator":
                decorators.extend(self.value(inner) for inner in significant(child))
            elif child.type == "function_definition":
                self._function(child, decorators)
            elif child.type == "class_definition":
                self._class(child, decorators)
            else:
                self.visit(child)

    def _function(self, node: Node, decorators: Iterable[Value] = ()) -> None:
        field = node.child_by_field_name
        name, parameters, body = field("name"), field("parameters"), field("body")
        span = node.byte_range
        params = [] if parameters is None else self.parameters(parameters)
        text = "" if name is None else self.text(name)
        if name is not None and text:
            function = Lambda(len(self.builder.facts.scopes), span)
            self.builder.bind(text, function, span, name.byte_range, const=True)
        outer, self.outer = self.outer, frozenset()
        with self.builder.inside("function", text, span, params=params, decorators=decorators):
            if body is not None:
                self.block(body)
            self._errors(node)
        self.outer = outer

    def _global(self, node: Node) -> None:
        self.outer |= {self.text(child) for child in significant(node)}

    def _type_alias(self, node: Node) -> None:
        keyword = node.children[0].end_byte
        if self.data[keyword : keyword + 1] == b"(":  # type(a).b = c(d) is taken for an alias
            for child in significant(node):
                self.other(child)

    def _class(self, node: Node, decorators: Iterable[Value] = ()) -> None:
        field = node.child_by_field_name
        name, bases, body = field("name"), field("superclasses"), field("body")
        head: Items | None = None
        if bases is not None:
            args, named, more = self.arguments(bases)
            head = Items((*args, *(value for _, value in named)), more, bases.byte_range)
        text = "" if name is None else self.text(name)
        with self.builder.inside("class", text, node.byte_range, decorators=decorators, head=head):
            if body is not None:
                self.block(body)
            self._errors(node)

    def _errors(self, node: Node) -> None:
        if node.has_error:
            for child in node.named_children:
                if child.is_error:
                    self.visit(child)

    def _import(self, node: Node) -> None:
        for child in significant(node):
            if child.type == "aliased_import":
                name, alias = self._alias(child)
                self.builder.imports(name, alias, child.byte_range)
            elif child.type == "dotted_name" and (first := self._dotted(child).partition(".")[0]):
                self.builder.imports(first, first, child.byte_range)

    def _import_from(self, node: Node) -> None:
        module = node.child_by_field_name("module_name")
        prefix = "__future__" if module is None else self._dotted(module)
        prefix = prefix if prefix.endswith(".") else prefix + "."
        for child in significant(node):
            if child.type == "wildcard_import":
                self.builder.imports(prefix + "*", "*", child.byte_range)
            elif child.type == "aliased_import":
                name, alias = self._alias(child)
                self.builder.imports(prefix + name, alias, child.byte_range)
            elif child.type == "dotted_name" and (module is None or child.start_byte != module.start_byte):
                name = self._dotted(child)
                self.builder.imports(prefix + name, name, child.byte_range)

    def _alias(self, node: Node) -> tuple[str, str]:
        children = significant(node)
        return self._dotted(children[0]), self.text(children[-1])

    def _dotted(self, node: Node) -> str:
        return "".join(self.text(node).split())


def _comments(root: Node, builder: Builder) -> None:
    """Register every comment. They may stand between any two nodes, so they are found by their ``#``."""
    data = builder.source.data
    mark = data.find(b"#")
    cursor = root.walk()
    while mark >= 0:
        node = cursor.node
        if node is None:
            return
        start, end = node.byte_range
        if mark < start:
            mark = data.find(b"#", start)
        if node.type == "comment":
            builder.comment((start, end - 1 if data[end - 1 : end] == b"\r" else end))
            mark = data.find(b"#", end)
        elif start <= mark < end and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
