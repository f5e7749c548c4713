"""The frame of a front-end on tree-sitter: nodes are dispatched by type, nesting is limited, long chains are flat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tree_sitter import Node

from authlint.facts import Opaque, Value
from authlint.frontends.builder import Builder
from authlint.source import Span

MAX_DEPTH = 100
"""Below this depth of nesting nothing is lowered any more; a level takes up to seven frames of the stack."""

Step = Callable[[Node], "tuple[Node, str, Node] | None"]


class Lowering:
    """Lowers nodes. Each is lowered once, when it is visited; its calls, reads and texts register themselves."""

    def __init__(self, builder: Builder) -> None:
        """``handlers`` say how each type of node is lowered; subclasses add theirs."""
        self.builder = builder
        self.data = builder.source.data
        self.depth = 0
        self.handlers: dict[str, Callable[[Node], Value | None]] = {}

    def visit(self, node: Node) -> Value | None:
        """Lower a node of any kind; its value, if it is an expression."""
        if self.depth >= MAX_DEPTH:
            return Opaque("", (), node.byte_range)
        self.depth += 1
        result = self.handlers.get(node.type, self.other)(node)
        self.depth -= 1
        return result

    def value(self, node: Node) -> Value:
        """The value of an expression."""
        result = self.visit(node)
        return Opaque("", (), node.byte_range) if result is None else result

    def text(self, node: Node) -> str:
        """The source text of a small node."""
        start, end = node.byte_range
        return self.data[start:end].decode("utf-8", "replace")

    def other(self, node: Node) -> Value:
        """Whatever has no handler: its parts are lowered, its value is unknown."""
        inner = [value for child in node.named_children if (value := self.visit(child)) is not None]
        return Opaque("", tuple(inner), node.byte_range)

    def silent(self, node: Node) -> None:
        """What says nothing."""

    # chains of operators

    def chain(self, node: Node, step: Step, flat: frozenset[str]) -> Value | None:
        """The value of ``a + b + c …``; ``step`` takes the last operator off, or says that there is none.

        Runs of an operator that is ``flat`` are one operation. ``None`` if the node is no chain at all.
        """
        runs: list[tuple[str, list[Node], Span]] = []
        begin = node.start_byte
        while (parts := step(node)) is not None:
            end = node.end_byte
            node, op, right = parts
            if runs and runs[-1][0] == op and op in flat:
                runs[-1][1].append(right)
            else:
                runs.append((op, [right], (begin, end)))
        if not runs:
            return None
        if self.depth + len(runs) > MAX_DEPTH:
            runs = [("", [right for _, rights, _ in runs for right in rights], runs[0][2])]
        self.depth += len(runs)  # the value of the first operand will be that deep inside
        result = self.value(node)
        self.depth -= len(runs)
        for op, rights, span in reversed(runs):
            operands = (result, *[self.value(right) for right in reversed(rights)])
            result = self.combine(op, operands, span) if op else Opaque("", operands, span)
        return result

    def combine(self, op: str, operands: tuple[Value, ...], span: Span) -> Value:
        """The value of one operation."""
        return Opaque(op, operands, span)


def significant(children: Iterable[Node]) -> list[Node]:
    """Nodes without the comments among them."""
    return [child for child in children if child.type != "comment"]


def comments(root: Node, builder: Builder, mark: re.Pattern[bytes]) -> None:
    """Register every comment. They may stand between any two nodes, so they are found by a mark that each has."""
    data = builder.source.data
    found = mark.search(data)
    cursor = root.walk()
    while found:
        node = cursor.node
        if node is None:
            return
        start, end = node.byte_range
        if found.start() < start:
            found = mark.search(data, start)
            if found is None:
                return
        if node.type == "comment":
            builder.comment((start, start + len(data[start:end].rstrip(b"\r\n"))))
            found = mark.search(data, end)
        elif start <= found.start() < end and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
