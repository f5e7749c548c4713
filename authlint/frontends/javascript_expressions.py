"""JavaScript's calls and operators as values, and the wrappers that change no value."""

from __future__ import annotations

from typing import TypeAlias

from tree_sitter import Node

from authlint.facts import Choice, Const, Opaque, Text, Value, dotted
from authlint.frontends.builder import Builder
from authlint.frontends.javascript_values import MAX_DEPTH, Values
from authlint.source import Span

Runs: TypeAlias = list[tuple[str, list[Node], Span]]

_COMPARISONS = {"===": "==", "!==": "!=", **{op: op for op in ("==", "!=", "<", "<=", ">", ">=", "in")}}
_OPERATORS = {"&&": "and", "??": "||"}  # both || and ?? choose
_NESTING = frozenset((*_COMPARISONS, "**"))  # the operators whose runs are not flattened
_ONE = 3  # the brackets and one argument
_WRAPPERS = (
    "parenthesized_expression",
    "await_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "instantiation_expression",
)
_BINARY = 3  # left, operator, right


class Expressions(Values):
    """Lowers what has parts of its own: calls, ``new``, operators."""

    def __init__(self, builder: Builder) -> None:
        """Register the handlers of this layer."""
        super().__init__(builder)
        self.values |= {
            "call_expression": self._call,
            "new_expression": self._new,
            "binary_expression": self._operators,
            "unary_expression": self._unary,
            "ternary_expression": self._conditional,
            "sequence_expression": self._sequence,
            "yield_expression": self._yield,
            "decorator": self.inner,
        }
        self.functions |= dict.fromkeys(_WRAPPERS, self.inner)
        self.functions["type_assertion"] = self._asserted

    # calls

    def _call(self, node: Node) -> Value:
        children = node.children
        function = children[0]
        if len(children) != 2:  # noqa: PLR2004 - the function and its arguments
            field = node.child_by_field_name
            function = field("function") or function
            arguments = field("arguments")
        else:
            arguments = children[1]
        if arguments is not None and len(arguments.children) == _ONE and self.text(function) == "await":
            return self.value(arguments.children[1])  # the grammar takes ``await (x)`` for a call
        return self._called(node, function, arguments)

    def _new(self, node: Node) -> Value:
        field = node.child_by_field_name
        function = field("constructor")
        return self.other(node) if function is None else self._called(node, function, field("arguments"))

    def _called(self, node: Node, function: Node, arguments: Node | None) -> Value:
        callee, receiver = self._callee(function)
        args: list[Value] = []
        more = False
        if arguments is not None and arguments.type == "arguments":
            args, more = self.items(arguments)
        elif arguments is not None:
            args.append(self.value(arguments))  # tag`text`
        return self.builder.call(callee, args, (), node.byte_range, function.byte_range, open=more, receiver=receiver)

    def _callee(self, function: Node) -> tuple[str, Value | None]:
        """The dotted name of what is called and the value that the method belongs to."""
        kind = function.type
        if kind == "identifier":
            return self.text(function), None
        path = self.plain_path(function) if kind == "member_expression" else ""
        if path:
            start, end = function.byte_range
            base = path.rpartition(".")[0]
            return path, self.builder.ref(base, (start, self.data.rindex(b".", start, end)))
        if kind not in ("member_expression", "subscript_expression"):
            value = self.value(function)
            return dotted(value), value
        receiver = self.value(function.child_by_field_name("object"))
        name = self._method(function)
        base = dotted(receiver)
        return f"{base}.{name}" if base else name, receiver

    def _method(self, function: Node) -> str:
        field = function.child_by_field_name
        index = field("index")
        if index is None:
            method = field("property")
            return "[]" if method is None else self.text(method)
        name = self.literal_path(index)
        if name == "[]":
            self.value(index)
        return name

    # wrappers

    def _asserted(self, node: Node, name: str) -> Value:
        children = node.named_children
        return self.value(children[-1] if children else None, name)

    def _sequence(self, node: Node) -> Value:
        value: Value = Opaque("", (), node.byte_range)
        for child in node.named_children:
            if child.type != "comment":
                value = self.value(child)
        return value

    def _yield(self, node: Node) -> Value:
        for child in node.named_children:
            if child.type != "comment":
                self.builder.returns(self.value(child), node.byte_range)
        return Opaque("yield", (), node.byte_range)

    # operators

    def _operators(self, node: Node) -> Value:
        first, runs = _spine(node)
        if not runs:
            return self.other(node)
        if self.depth + len(runs) > MAX_DEPTH:
            runs = [("", [operand for _, operands, _ in runs for operand in operands], node.byte_range)]
        self.depth += len(runs)  # the value of the first operand will be that deep inside
        result = self.value(first)
        self.depth -= len(runs)
        for op, operands, span in runs:
            result = self._combine(op, (result, *[self.value(operand) for operand in operands]), span)
        return result

    def _combine(self, op: str, operands: tuple[Value, ...], span: Span) -> Value:
        if op in _COMPARISONS:
            return self.builder.compare(_COMPARISONS[op], operands[0], operands[1], span)
        if op == "+" and any(isinstance(operand, Text) for operand in operands):
            return self.builder.text(operands, span)
        return Choice(operands, span) if op == "||" else Opaque(op, operands, span)

    def _unary(self, node: Node) -> Value:
        children = node.children
        op, operand = children[0].type, self.value(children[-1])
        span = node.byte_range
        if op == "+":
            return operand
        if isinstance(operand, Const) and type(operand.value) in (int, float):
            number = operand.value or 0
            if op == "-":
                return Const(-number, span)
            if op == "!":
                return Const(not number, span)  # !0 is how minifiers write true
            if op == "void":
                return Const(None, span)
        return Opaque("not" if op == "!" else op, (operand,), span)

    def _conditional(self, node: Node) -> Value:
        span = node.byte_range
        options: list[Value] = []
        last: Node | None = node
        while last is not None and last.type == "ternary_expression":
            field = last.child_by_field_name
            condition, consequence = field("condition"), field("consequence")
            if condition is not None:
                self.value(condition)
            options.append(self.value(consequence))
            last = field("alternative")
        options.append(self.value(last))
        return Choice(tuple(options), span)


def _spine(node: Node) -> tuple[Node, Runs]:
    """The first operand of a left-deep chain, and its runs of one operator: ``a + b + c - d`` has two."""
    runs: Runs = []
    while node.type == "binary_expression":
        children = node.children
        if len(children) != _BINARY:
            children = [child for child in children if child.type != "comment"]
            if len(children) < _BINARY:
                break
        op = children[1].type
        op = _OPERATORS.get(op, op)
        if runs and runs[-1][0] == op and op not in _NESTING:
            runs[-1][1].append(children[-1])
        else:
            runs.append((op, [children[-1]], node.byte_range))
        node = children[0]
    for _, operands, _ in runs:
        operands.reverse()
    return node, runs[::-1]
