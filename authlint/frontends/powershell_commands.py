"""PowerShell's commands, method calls, operators and script blocks as values.

A command's parameters are a call's named arguments (``-Uri $u`` is ``Uri``), switches are true; what is piped into a
command is its receiver. ``-f``, ``-join`` and ``-replace`` are calls of ``format``, ``join`` and ``replace``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tree_sitter import Node

from authlint.facts import Choice, Const, Items, Lambda, Opaque, Parameter, Text, Value, dotted
from authlint.frontends.builder import Builder
from authlint.frontends.lowering import MAX_DEPTH, significant
from authlint.frontends.powershell_values import BINARY, VARIABLES, Values, unwrap
from authlint.source import Span

_COMPARISONS = {
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "in", "notin": "not in",
    "match": "==", "notmatch": "!=", "like": "==", "notlike": "!=",
}  # fmt: skip
_CONTAINS = {"contains": "in", "notcontains": "not in"}
_METHODS = {"f": "format", "join": "join", "replace": "replace"}
_FLAT = frozenset(("+", "-", "*", "/", "and", "or", "??"))
_OPERANDS = 3
_VARIANT = re.compile(r"^[ci](?=eq$|ne$|[lg][te]$|(?:not)?(?:match|like|contains|in)$|replace$|split$)")
_PATH = re.compile(r"[\\/]")
_RANGE = re.compile(r"\s*-?\d+\.\.-?\d+")


@dataclass(slots=True)
class _Given:
    """What a command is given, as it is being read. ``parameter`` still waits for its value, ``end`` is where it is."""

    args: list[Value] = field(default_factory=list)
    named: list[tuple[str, Value]] = field(default_factory=list)
    parameter: tuple[str, Span] | None = None
    end: int = -1
    open: bool = False

    def switch(self) -> None:
        """A parameter that got no value is a switch that is on."""
        if self.parameter is not None:
            self.named.append((self.parameter[0], Const(True, self.parameter[1])))
            self.parameter = None

    def add(self, value: Value) -> None:
        """A value belongs to the parameter before it, or to nobody."""
        if self.parameter is None:
            self.args.append(value)
        else:
            self.named.append((self.parameter[0], value))
            self.parameter = None


class Commands(Values):
    """Lowers commands, calls and operators."""

    def __init__(self, builder: Builder) -> None:
        """Add the handlers of commands, calls and operators."""
        super().__init__(builder)
        self.understood: set[Span] = set()
        """Spans of what the grammar does not know, but what is read here all the same."""
        self.handlers |= dict.fromkeys(BINARY, self._binary)
        self.handlers |= {
            "command": self.command,
            "command_name": self._lone_name,
            "pipeline_chain": self._pipeline,
            "invokation_expression": self._invocation,
            "expression_with_unary_operator": self._unary,
            "script_block_expression": self.script_block,
        }

    # commands

    def command(self, node: Node, receiver: Value | None = None) -> Value:
        """A command and its words; ``receiver`` is what is piped into it."""
        children = significant(node.children) if node.type == "command" else [node]
        callee, name = "", node
        given = _Given()
        for child in children:
            kind = child.type
            if kind == "command_name":
                callee, name = _base(self.text(child).strip()), child
            elif kind == "command_name_expr":
                callee, name = self._name(child), child
            elif kind == "command_elements":
                self._words(child, given)
        given.switch()
        return self.builder.call(
            callee, given.args, given.named, node.byte_range, name.byte_range, open=given.open, receiver=receiver
        )

    def _lone_name(self, node: Node) -> Value:
        """A command without words; the grammar takes ``1..3`` for one."""
        return Opaque("..", (), node.byte_range) if _RANGE.fullmatch(self.text(node)) else self.command(node)

    def _name(self, node: Node) -> str:
        """What ``& $cmd``, ``& "path/to/x.exe"`` or ``. ./x.ps1`` calls; a script block has no name."""
        inner = node.named_descendant_for_byte_range(*node.byte_range) or node
        if inner.type == "command_name":
            return _base(self.text(inner).strip())
        value = self.value(inner)
        if isinstance(value, Text):
            known = "".join(part for part in value.parts if isinstance(part, str))
            return _base(known)
        return f"${dotted(value)}" if inner.type in VARIABLES else ""

    def _words(self, node: Node, given: _Given) -> None:
        for child in node.children:
            kind = child.type
            if kind in ("comment", "redirection") or kind == "command_argument_sep":
                continue
            if kind == "command_parameter":
                given.switch()
                given.parameter = (self.text(child).strip().strip("-:"), child.byte_range)
            elif kind == "variable" or (kind == "array_literal_expression" and self._is_splat(child)):
                self._variable_word(unwrap(child), given)
            else:
                self._word(child, given)
            given.end = child.end_byte

    def _is_splat(self, node: Node) -> bool:
        return self.data[node.start_byte : node.start_byte + 1] == b"@" and unwrap(node).type == "variable"

    def _variable_word(self, node: Node, given: _Given) -> None:
        value = self.value(node)
        if self.text(node).startswith("@"):
            given.open = True
        else:
            given.add(value)

    def _word(self, node: Node, given: _Given) -> None:
        start, end = node.byte_range
        if node.type != "ERROR" and not (node.type == "member_access" and node.has_error):
            value = self.value(node)
        elif b"\n" in self.data[start:end]:
            self.visit(node)
            return
        else:  # $PSScriptRoot\lib\*: words that go on after a variable
            self.understood.add((start, end))
            value = self.word(node)
        targets = given.args if given.parameter is None else None
        if start == given.end and targets and isinstance(value, Text):
            targets[-1] = self.builder.text((targets[-1], value), (targets[-1].span[0], end))
        else:
            given.add(value)

    def _pipeline(self, node: Node) -> Value | None:
        """``a | b``: each stage is the receiver of the next."""
        value: Value | None = None
        for index, child in enumerate(significant(node.named_children)):
            stage = unwrap(child)
            if stage.type in ("command", "command_name"):
                value = self.command(stage, value if index % MAX_DEPTH else None)
            else:
                value = self.visit(child)
        return value

    # method calls

    def _invocation(self, node: Node) -> Value:
        children = [child for child in node.named_children if child.type not in ("comment", "ERROR")]
        arguments = children[-1] if children and children[-1].type == "argument_list" else None
        parts = children[:-1] if arguments is not None else children
        if len(parts) != 2:  # noqa: PLR2004 - what has the method, and its name
            return self.other(node)
        base, member = unwrap(parts[0]), unwrap(parts[1])
        name = self.literal_path(member)
        receiver: Value
        if base.type == "type_literal":
            receiver = self.builder.ref(self.type_name(base) or "[]", base.byte_range)
        else:
            receiver = self.value(base)
        if name == "[]":
            self.visit(member)
        owner = dotted(receiver)
        callee = f"{owner}.{name}" if owner else name
        args = [] if arguments is None else self._arguments(arguments)
        name_span = (node.start_byte, member.end_byte)
        return self.builder.call(callee, args, (), node.byte_range, name_span, receiver=receiver)

    def _arguments(self, node: Node) -> list[Value]:
        inner = significant(node.named_children)
        items = significant(inner[0].named_children) if len(inner) == 1 else inner
        return [self.value(item) for item in items]

    # script blocks

    def body(self, node: Node) -> Value | None:
        """Lower the statements of a block; the value of the last one."""
        raise NotImplementedError

    def parameters(self, node: Node) -> list[Parameter]:
        """The parameters of a function or script block; their defaults belong to the scope around it."""
        raise NotImplementedError

    def script_block(self, node: Node) -> Value:
        """``{ … }`` as a value."""
        blocks = [child for child in node.named_children if child.type == "param_block"]
        params = [parameter for block in blocks for parameter in self.parameters(block)]
        with self.builder.inside("function", "", node.byte_range, params=params) as index:
            value: Value | None = None
            for child in significant(node.named_children):
                if child.type != "param_block":
                    value = self.body(child)
            if value is not None:
                self.builder.returns(value, value.span)
        return Lambda(index, node.byte_range)

    # operators

    def _operator(self, node: Node) -> str:
        text = self.text(node).strip().lower()
        return _VARIANT.sub("", text[1:]) if len(text) > 1 and text.startswith("-") else text

    def _step(self, node: Node) -> tuple[Node, str, Node] | None:
        node = unwrap(node)
        if node.type not in BINARY:
            return None
        children = significant(node.children)
        return (children[0], self._operator(children[1]), children[2]) if len(children) == _OPERANDS else None

    def _binary(self, node: Node) -> Value:
        value = self.chain(node, self._step, _FLAT)
        return self.other(node) if value is None else value

    def combine(self, op: str, operands: tuple[Value, ...], span: Span) -> Value:
        """The value of one operation."""
        if op == "+" and any(isinstance(operand, Text) for operand in operands):
            return self.builder.text(operands, span)
        if op == "??":
            return Choice(operands, span)
        if op == "as":
            return operands[0]
        if op in _COMPARISONS:
            return self.builder.compare(_COMPARISONS[op], operands[0], operands[1], span)
        if op in _CONTAINS:
            return self.builder.compare(_CONTAINS[op], operands[1], operands[0], span)
        if op in _METHODS:
            return self._method(_METHODS[op], operands, span)
        return Opaque(op, operands, span)

    def _method(self, name: str, operands: tuple[Value, ...], span: Span) -> Value:
        left, right = operands
        args = right.items if isinstance(right, Items) and name != "join" else (right,)
        base = dotted(left)
        name_span = (left.span[1], max(left.span[1], right.span[0]))
        return self.builder.call(f"{base}.{name}" if base else name, args, (), span, name_span, receiver=left)

    def _unary(self, node: Node) -> Value:
        children = significant(node.children)
        op, operand = self._operator(children[0]), self.value(children[-1])
        if op == "+":
            return operand
        if op == ",":
            return Items((operand,), False, node.byte_range)
        if op == "-" and isinstance(operand, Const) and type(operand.value) in (int, float):
            return Const(-(operand.value or 0), node.byte_range)
        return Opaque("not" if op == "!" else op, (operand,), node.byte_range)


def _base(path: str) -> str:
    """The last component of a command's path or of ``Module\\Command``."""
    parts = [part for part in _PATH.split(path) if part]
    return parts[-1] if parts else path
