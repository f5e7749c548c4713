"""Shell scripts: commands are calls, assignments are bindings, pipes are receivers.

The words of a command are its arguments, raw and in order: which of them are options, and which options take a value,
is not known here. A call's ``named`` are the variables set for it (``X=v cmd``), then its redirections (``">"``,
``"2>"``, ``"<<"``). A command whose name is a variable is called ``$NAME``.
"""

from __future__ import annotations

import re
from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from authlint.facts import Choice, Compare, Facts, Items, Lambda, Opaque, Ref, Text, Value
from authlint.frontends.builder import Builder
from authlint.frontends.shell_commands import Commands
from authlint.frontends.shell_transcript import readable
from authlint.frontends.trees import broken, parse, release
from authlint.source import Source, Span

_WIDE = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}")
_OPTIONAL = frozenset({";"})
"""What the grammar misses where a shell does not: ``f() { if …; fi }`` is valid."""
_NARROW = {3: "é_".encode(), 4: "éé".encode()}


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def lower(source: Source) -> Facts:
    """The facts of a shell script, or of commands in documentation (of a transcript's output only the text)."""
    builder = Builder(source)
    data, output = readable(source.data)
    root = parse(_parser(), _narrowed(data))
    builder.facts.broken.extend(broken(root, _OPTIONAL))
    script = _Shell(builder)
    script.run(root.children)
    release(script)
    for span in output:
        builder.text((source.slice(span),), span)
    return builder.finish()


def _narrowed(data: bytes) -> bytes:
    """Other letters for those beyond U+07FF, of the same length.

    The grammar's scanner looks what follows a ``{`` up in a table of bytes: further letters end the process.
    """
    return data if data.isascii() else _WIDE.sub(lambda match: _NARROW[len(match[0])], data)


class _Shell(Commands):
    """Lowers control flow."""

    def __init__(self, builder: Builder) -> None:
        super().__init__(builder)
        self.statements.update(
            {
                "if_statement": self._if,
                "case_statement": self._case,
                "for_statement": self._for,
                "c_style_for_statement": self._c_style_for,
                "while_statement": self._while,
                "function_definition": self._function,
                "compound_statement": self._group,
                "subshell": self._group,
                "do_group": self._group,
                "program": self._group,
                "else_clause": self._group,
            }
        )

    def _group(self, node: Node) -> Value | None:
        children = node.children
        if children and children[0].type == "((":
            values = [self.arithmetic(child) for child in children if child.is_named]
            return values[0] if len(values) == 1 else None
        return self.run(children)

    def _if(self, node: Node) -> Value | None:
        """``if`` and each ``elif``: conditions up to ``then``, a branch after it."""
        conditions: list[Node] = []
        body: list[Node] | None = None
        clauses: list[Node] = []
        for child in node.children:
            kind = child.type
            if kind in ("elif_clause", "else_clause"):
                clauses.append(child)
            elif kind == "then":
                body = []
            elif body is None:
                conditions.append(child)
            else:
                body.append(child)
        head = self.run(conditions)
        self._branch("", body or [], head, node)
        for clause in clauses:
            if clause.type == "elif_clause":
                self._if(clause)
            else:
                self._branch("else", clause.children, None, clause)
        return None

    def _branch(self, name: str, body: list[Node], head: Value | None, around: Node) -> None:
        span = (body[0].start_byte, body[-1].end_byte) if body else (around.end_byte, around.end_byte)
        with self.builder.inside("branch", name, span, head=head):
            self.run(body)

    def _case(self, node: Node) -> Value | None:
        subject: Value | None = None
        for child in node.children:
            if child.type == "case_item":
                self._case_item(child, subject)
            elif child.type == "comment":
                self.statement(child)
            elif child.is_named and subject is None:
                subject = self.value(child)
        return None

    def _case_item(self, node: Node, subject: Value | None) -> None:
        children = node.children
        close = next((index for index, child in enumerate(children) if child.type == ")"), -1)
        patterns = [self.value(child) for child in children[: close + 1] if child.is_named]
        default = len(patterns) == 1 and isinstance(patterns[0], Text) and patterns[0].literal == "*"
        head: Value | None = None
        if subject is not None and not default:
            tests = [self.builder.compare("==", subject, pattern, pattern.span) for pattern in patterns]
            head = tests[0] if len(tests) == 1 else Choice(tuple(tests), node.byte_range)
        self._branch("else" if default else "", children[close + 1 :], head, node)

    def _for(self, node: Node) -> Value | None:
        """``for x in words``: the words are what the loop runs over."""
        variable: Node | None = None
        values: list[Value] = []
        for child in node.children:
            if child.type in ("do_group", "compound_statement"):
                self._loop(child, variable, values)
            elif child.type == "comment":
                self.statement(child)
            elif child.is_named and variable is None:
                variable = child
            elif child.is_named:
                values.append(self.value(child))
        return None

    def _loop(self, body: Node, variable: Node | None, values: list[Value]) -> None:
        head: Value | None = None
        if len(values) == 1 and not isinstance(values[0], Text):
            head = values[0]
        elif values:
            head = Items(tuple(values), False, (values[0].span[0], values[-1].span[1]))
        with self.builder.inside("loop", "each", body.byte_range, head=head):
            if variable is not None:
                self.builder.bind(
                    self.raw(*variable.byte_range), self._item(head, variable.byte_range),
                    variable.byte_range, variable.byte_range,
                )  # fmt: skip
            self.run(body.children)

    def _item(self, iterated: Value | None, span: Span) -> Value:
        if iterated is None:
            return Opaque("", (), span)
        if isinstance(iterated, Ref) and iterated.path.endswith(".[]"):
            return iterated
        return self.builder.member(iterated, "[]", iterated.span)

    def _c_style_for(self, node: Node) -> Value | None:
        head: Value | None = None
        for child in node.children:
            if child.type in ("do_group", "compound_statement"):
                with self.builder.inside("loop", "", child.byte_range, head=head):
                    self.run(child.children)
            elif child.type == "variable_assignment":
                self.statement(child)
            elif child.is_named:
                value = self.arithmetic(child)
                head = value if isinstance(value, Compare) else head
        return None

    def _while(self, node: Node) -> Value | None:
        children = node.children
        body = next((index for index, child in enumerate(children) if child.type == "do_group"), len(children))
        head = self.run(children[:body])
        if head is not None and children[0].type == "until":
            head = Opaque("not", (head,), head.span)
        if body < len(children):
            with self.builder.inside("loop", "", children[body].byte_range, head=head):
                self.run(children[body].children)
        return None

    def _function(self, node: Node) -> Value | None:
        name = node.child_by_field_name("name")
        if name is None:
            return self.run(node.children)
        title = self.raw(*name.byte_range)
        with self.builder.inside("function", title, node.byte_range) as index:
            self.run([child for child in node.children if child != name])
        self.builder.bind(title, Lambda(index, node.byte_range), node.byte_range, name.byte_range, const=True)
        return None
