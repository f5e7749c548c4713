"""Commands of the shell: calls, pipelines, lists, redirections, assignments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from authlint.facts import Opaque, Ref, Value
from authlint.frontends.builder import Builder
from authlint.frontends.shell_conditions import Conditions
from authlint.frontends.shell_words import MAX_DEPTH, Piece
from authlint.source import Span

_SPREAD = re.compile(rb'"?\$(?:[@*]|\{(?:[@*]|\w{1,100}\[[@*]\])[^}"]{0,100}\})"?')
_EXPANDING = frozenset((b'"', b"$"))
_MAX_PIPE = 100
_LIST_PARTS = 3
_JOINTS = {"&&": "and", "||": "or"}
_REDIRECTS = frozenset(("file_redirect", "heredoc_redirect", "herestring_redirect"))
_WORDS = frozenset((
    "word", "number", "string", "raw_string", "ansi_c_string", "concatenation", "simple_expansion", "expansion",
    "command_substitution", *_REDIRECTS,
))  # fmt: skip


@dataclass(slots=True)
class _Words:
    """What a call is made of, as it is being read. ``after``: what stands behind a here-document's start."""

    args: list[Value] = field(default_factory=list)
    named: list[tuple[str, Value]] = field(default_factory=list)
    after: list[Node] = field(default_factory=list)
    open: bool = False


class Commands(Conditions):
    """Lowers statements that run commands; each gives the value of what it writes, or ``None``."""

    def __init__(self, builder: Builder) -> None:
        super().__init__(builder)
        self.statements: dict[str, Callable[[Node], Value | None]] = {
            "command": self._command,
            "redirected_statement": self._redirected,
            "pipeline": self._pipeline,
            "list": self._list,
            "negated_command": self._negated,
            "variable_assignment": self._assignment,
            "variable_assignments": lambda node: self.run(node.children),
            "declaration_command": self._declaration,
            "unset_command": self._plain_command,
            "ERROR": self._error,
        }

    def run(self, nodes: list[Node]) -> Value | None:
        """Lower statements; the value of the last one that has one."""
        value: Value | None = None
        for node in nodes:
            if node.is_named and not node.is_missing:
                value = self.statement(node) or value
        return value

    def statement(self, node: Node) -> Value | None:
        """Lower one statement."""
        handler = self.statements.get(node.type)
        if node.type == "comment":
            self.builder.comment(node.byte_range)
            return None
        if handler is None:
            return self._lone_redirect(node) if node.type in _REDIRECTS else self.value(node)
        if self.depth > MAX_DEPTH:
            return None
        self.depth += 1
        value = handler(node)
        self.depth -= 1
        return value

    def _command(self, node: Node) -> Value | None:
        return self._call(node.children, node.byte_range)

    def _call(
        self, children: list[Node], span: Span, redirects: Sequence[Node] = (), receiver: Value | None = None
    ) -> Value | None:
        """A command from its parts: variables set for it, its name, its words, its redirections."""
        name: Node | None = None
        callee = ""
        words = _Words()
        for child in children:
            kind = child.type
            if kind == "command_name":
                name, callee = child, _callee(self.nested(child))
            elif kind == "variable_assignment":
                path, value, _ = self._variable(child)
                words.named.append((path, value))
            elif kind in _REDIRECTS:
                self._redirect(child, words)
            elif kind == "comment":
                self.statement(child)
            elif kind != "$":
                self._argument(child, words)
        for redirect in redirects:
            self._redirect(redirect, words)
        if name is None:
            result = words.named[-1][1] if words.named else None
        else:
            result = self._finish_call(callee, words, span, name.byte_range, receiver)
        return self._continue(result, words.after, span)

    def _finish_call(self, callee: str, words: _Words, span: Span, name_span: Span, receiver: Value | None) -> Value:
        if callee == "test" and not words.named:
            compared = self.compare_words(words.args, span)
            if compared is not None:
                return compared
        return self.builder.call(callee, words.args, words.named, span, name_span, open=words.open, receiver=receiver)

    def _argument(self, node: Node, words: _Words) -> None:
        if node.is_named:
            value = self.statement(node)
            words.args.append(Opaque("", (), node.byte_range) if value is None else value)
            start, end = node.byte_range
            if self.data[start : start + 1] in _EXPANDING and _SPREAD.fullmatch(self.data, start, end):
                words.open = True
        else:
            words.args.append(self.text(self.raw(*node.byte_range).strip(), node.byte_range))

    def _redirect(self, node: Node, words: _Words) -> None:
        """Add a redirection. The grammar puts what follows one on its line, words and pipes, inside it."""
        operator, targets, body, quoted = "", [], None, False
        for child in node.children:
            kind = child.type
            if kind == "heredoc_body":
                body = child
            elif kind == "heredoc_start":
                quoted = any(mark in self.raw(*child.byte_range) for mark in "'\"\\")
            elif kind in _REDIRECTS:
                self._redirect(child, words)
            elif kind == "pipeline" or words.after or kind in _JOINTS:
                words.after.append(child)
            elif not child.is_named or kind == "file_descriptor":
                operator += self.raw(*child.byte_range).strip()
            elif kind != "heredoc_end":
                targets.append(child)
        if node.type == "heredoc_redirect":
            words.named.append((operator, self.heredoc(body, quoted=quoted, span=node.byte_range)))
        elif targets:
            words.named.append((operator, self.value(targets.pop(0))))
        for target in targets:
            self._argument(target, words)

    def _continue(self, value: Value | None, after: list[Node], span: Span) -> Value | None:
        """What stands behind a here-document's start on the same line: ``cat <<END | base64 && rm x``."""
        operators: list[str] = []
        operands = [] if value is None else [value]
        for node in after:
            if node.type == "pipeline":
                value = self._pipeline(node, (), operands.pop() if operands else None)
            elif node.type in _JOINTS:
                operators.append(_JOINTS[node.type])
                continue
            else:
                value = self.statement(node)
            operands.append(Opaque("", (), node.byte_range) if value is None else value)
        if len(operands) == len(operators) + 1:
            return self.join(operators, operands, span)
        return operands[-1] if operands else None

    def _redirected(self, node: Node) -> Value | None:
        body, *redirects = node.children
        if body.type in _REDIRECTS:
            return self._call([], node.byte_range, node.children)
        return self._with_redirects(body, redirects, None)

    def _lone_redirect(self, node: Node) -> Value | None:
        """``$(<file)``: what is in the file."""
        words = _Words()
        self._redirect(node, words)
        return Opaque("<", tuple(value for _, value in words.named), node.byte_range)

    def _with_redirects(self, body: Node, redirects: Sequence[Node], receiver: Value | None) -> Value | None:
        if body.type == "command":
            return self._call(body.children, body.byte_range, redirects, receiver)
        if body.type == "redirected_statement" and body.children[0].type not in _REDIRECTS:
            return self._with_redirects(body.children[0], [*body.children[1:], *redirects], receiver)
        if body.type == "pipeline":
            return self._pipeline(body, redirects, receiver)
        if body.type == "list" and not redirects:
            return self._list(body, receiver)
        value = self.statement(body)
        words = _Words()
        for redirect in redirects:
            self._redirect(redirect, words)
        return self._continue(value, words.after, body.byte_range)

    def _pipeline(self, node: Node, redirects: Sequence[Node] = (), receiver: Value | None = None) -> Value | None:
        """``a | b``: each command is the receiver of the next; what is redirected is the last one's."""
        stages = [child for child in node.children if child.is_named and child.type not in ("comment", "ERROR")]
        last = len(stages) - 1
        for index, stage in enumerate(stages):
            receiver = self._stage(
                stage, redirects if index == last else (), receiver if index % _MAX_PIPE or not index else None
            )
        return receiver

    def _stage(self, node: Node, redirects: Sequence[Node], receiver: Value | None) -> Value | None:
        if self.depth > MAX_DEPTH:
            return None
        self.depth += 1
        value = self._with_redirects(node, redirects, receiver)
        self.depth -= 1
        return value

    def _list(self, node: Node, receiver: Value | None = None) -> Value | None:
        """``a && b || c …``, a chain that leans to the left, in a loop."""
        rights: list[tuple[str, Node]] = []
        first = node
        while first.type == "list" and first.child_count == _LIST_PARTS:
            left, operator, right = first.children
            rights.append((_JOINTS.get(operator.type, "and"), right))
            first = left
        if first is node:
            return self.run(node.children)
        values = [self._stage(first, (), receiver) or Opaque("", (), first.byte_range)]
        for _, right in reversed(rights):
            values.append(self.statement(right) or Opaque("", (), right.byte_range))
        return self.join([operator for operator, _ in reversed(rights)], values, node.byte_range)

    def _negated(self, node: Node) -> Value | None:
        value = self.run(node.children)
        return None if value is None else Opaque("not", (value,), node.byte_range)

    def _variable(self, node: Node) -> tuple[str, Value, str]:
        """Path, value and operator of ``X=v``."""
        children = node.children
        path = self.variable_path(children[0])
        operator = "+=" if any(child.type == "+=" for child in children[1:2]) else "="
        words = [child for child in children[2:] if child.is_named and child.type != "ERROR"]
        value = self.value(words[-1]) if words else self.text("", (node.end_byte, node.end_byte))
        return path, value, operator

    def _assignment(self, node: Node, *, const: bool = False) -> None:
        path, value, operator = self._variable(node)
        self.builder.bind(path, value, node.byte_range, node.children[0].byte_range, op=operator, const=const)

    def _declaration(self, node: Node) -> Value | None:
        """``export``, ``local``, ``readonly`` …: its assignments, or a call if it has none."""
        keyword, *rest = node.children
        if not any(child.type == "variable_assignment" for child in rest):
            return self._plain_command(node)
        words = [self.raw(*child.byte_range) for child in rest if child.type == "word"]
        const = keyword.type == "readonly" or any(word.startswith("-") and "r" in word for word in words)
        for child in rest:
            if child.type == "variable_assignment":
                self._assignment(child, const=const)
            elif child.is_named and child.type != "variable_name":
                self.statement(child)
        return None

    def _plain_command(self, node: Node) -> Value | None:
        """A command for which the grammar has a rule of its own: its name is a keyword."""
        keyword, *rest = node.children
        words = _Words()
        for child in rest:
            if child.type == "variable_name":
                words.args.append(self.text(self.raw(*child.byte_range), child.byte_range))
            else:
                self._argument(child, words)
        return self.builder.call(
            self.raw(*keyword.byte_range), words.args, (), node.byte_range, keyword.byte_range, open=words.open
        )

    def _error(self, node: Node) -> Value | None:
        """What did not parse: a command in it is still a command."""
        value: Value | None = None
        pending: list[Node] = []
        for child in [*node.children, None]:
            if child is not None and pending and child.type in _WORDS:
                pending.append(child)
                continue
            if pending:
                value = self._call(pending, (pending[0].start_byte, pending[-1].end_byte))
                pending = []
            if child is not None and child.type == "command_name":
                pending = [child]
            elif child is not None and child.is_named and not child.is_missing:
                value = self.statement(child)
        return value


def _callee(name: list[Piece]) -> str:
    """The last component of a command's path; ``$NAME`` for a variable; empty where it cannot be known."""
    if len(name) == 1 and isinstance(name[0], Ref):
        return f"${name[0].path}"
    known = "".join(piece for piece in name if isinstance(piece, str))
    directory, slash, last = known.rpartition("/")
    whole = all(isinstance(piece, str) for piece in name)
    ends_known = bool(name) and isinstance(name[-1], str) and "/" in name[-1]
    return (last or directory) if whole or (slash and ends_known) else ""
