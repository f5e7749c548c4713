"""What the shell tests and computes: ``[ … ]``, ``[[ … ]]``, ``test``, ``((…))`` as comparisons and operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tree_sitter import Node

from authlint.facts import Choice, Const, Opaque, Text, Value
from authlint.frontends.builder import Builder
from authlint.frontends.shell_words import MAX_DEPTH, Words
from authlint.source import Span

_COMPARISONS = {
    "=": "==", "==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=",
    "-eq": "==", "-ne": "!=", "-lt": "<", "-le": "<=", "-gt": ">", "-ge": ">=",
}  # fmt: skip
_JUNCTIONS = {"&&": "and", "-a": "and", "||": "or", "-o": "or"}
_BINARY, _PAIR = 3, 2  # how many words or nodes there are


class Conditions(Words):
    """Lowers tests and arithmetic."""

    def __init__(self, builder: Builder) -> None:
        super().__init__(builder)
        self.values["test_command"] = self._test_command

    def join(self, operators: list[str], operands: list[Value], span: Span) -> Value:
        """Operands between left-associative operators as one value: runs of one operator are flat, however long."""
        groups: list[tuple[str, list[Value]]] = [(operators[0] if operators else "", operands[:1])]
        for operator, operand in zip(operators, operands[1:], strict=True):
            if groups[-1][0] != operator:
                groups.append((operator, []))
            groups[-1][1].append(operand)
        if len(groups) > MAX_DEPTH:
            return Opaque("", tuple(operands), span)
        value: Value | None = None
        for operator, members in groups:
            operands = members if value is None else [value, *members]
            value = operands[0] if len(operands) == 1 else self._operation(operator, operands, span)
        return value if value is not None else Opaque("", (), span)

    def compare_words(self, words: Sequence[Value], span: Span) -> Value | None:
        """What ``test WORDS`` compares; ``None`` where it is none of the usual forms."""
        literals = [word.literal if isinstance(word, Text) else None for word in words]
        if literals and literals[0] == "!":
            inner = self.compare_words(words[1:], span)
            return None if inner is None else Opaque("not", (inner,), span)
        if len(words) == _BINARY and literals[1] in _COMPARISONS:
            operator = literals[1] or ""
            left, right = (_as_number(word, operator) for word in (words[0], words[2]))
            return self.builder.compare(_COMPARISONS[operator], left, right, span)
        if len(words) == _PAIR and (literals[0] or "").startswith("-"):
            return _unary(literals[0] or "", words[1], span)
        return None

    def arithmetic(self, node: Node) -> Value:
        """An arithmetic expression: names are variables, ``<`` compares."""
        return self._expression(node, self._number)

    def _test_command(self, node: Node) -> Value:
        double = node.child_count > 0 and node.children[0].type == "(("
        values = [self._expression(child, self._number if double else self.value) for child in node.named_children]
        return values[0] if len(values) == 1 else Opaque("", tuple(values), node.byte_range)

    def _number(self, node: Node) -> Value:
        if node.type == "number":
            digits = self.raw(*node.byte_range)
            if digits.isdigit() and len(digits) < MAX_DEPTH:
                return Const(int(digits), node.byte_range)
        if node.type == "word":
            return self.variable(node)
        return self.value(node)

    def _expression(self, node: Node, operand: Callable[[Node], Value]) -> Value:
        if self.depth > MAX_DEPTH:
            return Opaque("", (), node.byte_range)
        self.depth += 1
        try:
            if node.type == "binary_expression":
                return self._binary(node, operand)
            if node.type in ("unary_expression", "postfix_expression", "negation_expression"):
                return self._prefixed(node, operand)
            if node.type == "parenthesized_expression":
                values = [self._expression(child, operand) for child in node.named_children]
                return values[0] if len(values) == 1 else Opaque("", tuple(values), node.byte_range)
            if node.type == "ternary_expression":
                values = [self._expression(child, operand) for child in node.named_children]
                return Choice(tuple(values[1:]), node.byte_range)
            return operand(node)
        finally:
            self.depth -= 1

    def _binary(self, node: Node, operand: Callable[[Node], Value]) -> Value:
        """A chain that leans to the left is taken apart in a loop; its length is no depth."""
        rights: list[tuple[str, Node]] = []
        first = node
        while first.type == "binary_expression" and first.child_count == _BINARY:
            left, operator, right = first.children
            rights.append((self.raw(*operator.byte_range), right))
            first = left
        operands = [
            self._expression(first, operand) if first.type != "binary_expression" else self._loose(first, operand)
        ]
        operands += [self._expression(right, operand) for _, right in reversed(rights)]
        operators = [_JUNCTIONS.get(operator_text, operator_text) for operator_text, _ in reversed(rights)]
        return self.join(operators, operands, node.byte_range)

    def _operation(self, operator: str, operands: list[Value], span: Span) -> Value:
        if operator == "or":
            return Choice(tuple(operands), span)
        comparison = _COMPARISONS.get(operator)
        if comparison and len(operands) == _PAIR:
            left, right = (_as_number(operand, operator) for operand in operands)
            return self.builder.compare(comparison, left, right, (left.span[0], right.span[1]))
        return Opaque(operator, tuple(operands), span)

    def _loose(self, node: Node, operand: Callable[[Node], Value]) -> Value:
        return Opaque("", tuple(self._expression(child, operand) for child in node.named_children), node.byte_range)

    def _prefixed(self, node: Node, operand: Callable[[Node], Value]) -> Value:
        children = node.children
        operator = next((child for child in children if not child.is_named or child.type == "test_operator"), None)
        values = [self._expression(child, operand) for child in children if child.is_named and child != operator]
        if operator is None or len(values) != 1:
            return Opaque("", tuple(values), node.byte_range)
        return _unary(self.raw(*operator.byte_range), values[0], node.byte_range)


def _as_number(value: Value, operator: str) -> Value:
    """What ``-lt`` and its like compare: a number is one there, though it is text everywhere else."""
    digits = value.literal if operator.startswith("-") and isinstance(value, Text) else None
    if digits is None or not digits.isascii() or not digits.isdigit() or len(digits) >= MAX_DEPTH:
        return value
    return Const(int(digits), value.span)


def _unary(operator: str, value: Value, span: Span) -> Value:
    if operator == "-n":
        return value
    return Opaque("not" if operator in ("!", "-z") else operator, (value,), span)
