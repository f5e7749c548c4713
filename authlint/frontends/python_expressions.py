"""Python's calls, operators, lambdas and comprehensions as values."""

from __future__ import annotations

import re

from tree_sitter import Node

from authlint.facts import Choice, Const, Items, Lambda, Map, Opaque, Parameter, Text, Value, dotted
from authlint.frontends.builder import Builder
from authlint.frontends.python_values import MAX_DEPTH, Values, significant
from authlint.source import Span

_COMPARISONS = {"is": "==", "is not": "!=", "<>": "!="}
_NESTING = ("%", "**")  # the operators whose runs are not flattened: their operands have different roles
_DEFAULTS = ("default_parameter", "typed_default_parameter")
_DOTTED = re.compile(r"[A-Za-z_][\w.]*")
_OPERANDS = 3


class Expressions(Values):
    """Lowers what has parts of its own: calls, operators, functions, comprehensions."""

    def __init__(self, builder: Builder) -> None:
        """Add the handlers of calls, operators, functions and comprehensions."""
        super().__init__(builder)
        self.handlers |= {
            "call": self._call,
            "list_comprehension": self._comprehension,
            "set_comprehension": self._comprehension,
            "generator_expression": self._comprehension,
            "dictionary_comprehension": self._comprehension,
            "binary_operator": self._operators,
            "boolean_operator": self._operators,
            "unary_operator": self._unary,
            "not_operator": self._unary,
            "comparison_operator": self._comparison,
            "conditional_expression": self._conditional,
            "lambda": self.lambda_value,
            "named_expression": self._walrus,
            "yield": self._yield,
        }

    # calls

    def _call(self, node: Node) -> Value:
        children = node.named_children
        if len(children) != 2:  # noqa: PLR2004 - the function and its arguments
            children = significant(node)
            if len(children) != 2:  # noqa: PLR2004
                return self.other(node)
        function, arguments = children
        span, name_span = node.byte_range, function.byte_range
        kind = function.type
        if kind == "identifier":
            args, named, more = self.arguments(arguments)
            return self.builder.call(self.name(function), args, named, span, name_span, open=more)
        if kind != "attribute":
            target = self.value(function)
            args, named, more = self.arguments(arguments)
            return self.builder.call(target, args, named, span, name_span, open=more)
        callee, receiver = self._method(function)
        args, named, more = self.arguments(arguments)
        return self.builder.call(callee, args, named, span, name_span, open=more, receiver=receiver)

    def _method(self, function: Node) -> tuple[str, Value]:
        path = self.plain_path(function)
        if path:
            start, end = function.byte_range
            base = path.rpartition(".")[0]
            return path, self.builder.ref(base, (start, self.data.rindex(b".", start, end)))
        children = function.children
        receiver, name = self.value(children[0]), self.text(children[-1])
        base = dotted(receiver)
        return f"{base}.{name}" if base else name, receiver

    def arguments(self, node: Node) -> tuple[list[Value], list[tuple[str, Value]], bool]:
        """The arguments of a call or class: positional, named, and whether there may be more."""
        if node.type != "argument_list":
            return [self.value(node)], [], False  # f(x for x in y)
        args: list[Value] = []
        named: list[tuple[str, Value]] = []
        more = False
        for child in node.named_children:
            kind = child.type
            if kind == "keyword_argument":
                children = child.named_children
                named.append((self.text(children[0]), self.value(children[-1])))
            elif kind == "dictionary_splat":
                more = not self._named_splat(child, named) or more
            elif kind == "list_splat":
                inner = self.inner(child)
                if isinstance(inner, Items) and not inner.open:
                    args.extend(inner.items)
                else:
                    more = True
            elif kind != "comment":
                args.append(self.value(child))
        return args, named, more

    def _named_splat(self, splat: Node, named: list[tuple[str, Value]]) -> bool:
        inner = self.inner(splat)
        if not isinstance(inner, Map):
            return False
        known = True
        for entry in inner.entries:
            key = entry.key.literal if isinstance(entry.key, Text) else None
            if key is None:
                known = False
            else:
                named.append((key, entry.value))
        return known and not inner.open

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
        if op == "+" and any(isinstance(operand, Text) for operand in operands):
            return self.builder.text(operands, span)
        return Choice(operands, span) if op == "or" else Opaque(op, operands, span)

    def _unary(self, node: Node) -> Value:
        children = node.children
        op, operand = children[0].type, self.value(children[-1])
        if op == "+":
            return operand
        if op == "-" and isinstance(operand, Const) and type(operand.value) in (int, float):
            return Const(-(operand.value or 0), node.byte_range)
        return Opaque(op, (operand,), node.byte_range)

    def _comparison(self, node: Node) -> Value:
        operands: list[Value] = []
        ops: list[str] = []
        for child in node.children:
            if not child.is_named:
                ops.append(_COMPARISONS.get(child.type, child.type))
            elif child.type != "comment":
                operands.append(self.value(child))
        compare = self.builder.compare
        if len(ops) == 1 and len(operands) == 2:  # noqa: PLR2004 - not chained
            return compare(ops[0], operands[0], operands[1], node.byte_range)
        pairs = zip(ops, operands, operands[1:], strict=False)
        compares = [compare(op, left, right, (left.span[0], right.span[1])) for op, left, right in pairs]
        return Opaque("and", tuple(compares), node.byte_range)

    def _conditional(self, node: Node) -> Value:
        span = node.byte_range
        options: list[Value] = []
        while node.type == "conditional_expression":
            children = significant(node)
            if len(children) != _OPERANDS:
                break
            options.append(self.value(children[0]))
            self.visit(children[1])
            node = children[2]
        options.append(self.other(node) if node.type == "conditional_expression" else self.value(node))
        return Choice(tuple(options), span)

    def bind(self, target: Node, value: Value, span: Span, op: str = "=") -> None:
        """Give ``value`` to an assignment target."""
        raise NotImplementedError

    def _walrus(self, node: Node) -> Value:
        children = node.children
        value = self.value(children[-1])
        self.bind(children[0], value, node.byte_range)
        return value

    def _yield(self, node: Node) -> Value:
        for child in significant(node):
            self.builder.returns(self.value(child), node.byte_range)
        return Opaque("yield", (), node.byte_range)

    # functions and comprehensions

    def lambda_value(self, node: Node, name: str = "") -> Value:
        """A lambda; ``name`` is what it is assigned to."""
        span = node.byte_range
        children = significant(node)
        params = self.parameters(children[0]) if children and children[0].type == "lambda_parameters" else []
        with self.builder.inside("function", name, span, params=params) as index:
            if children and children[-1].type != "lambda_parameters":
                self.builder.returns(self.value(children[-1]), children[-1].byte_range)
        return Lambda(index, span)

    def parameters(self, node: Node) -> list[Parameter]:
        """The parameters of a function or lambda; their defaults belong to the scope around it."""
        result: list[Parameter] = []
        for child in node.named_children:
            kind = child.type
            name = child
            while name.type not in ("identifier", "tuple_pattern") and name.named_child_count:
                name = name.named_children[0]  # *args: str → *args → args
            default = self.value(child.children[-1]) if kind in _DEFAULTS else None
            names = significant(name) if name.type == "tuple_pattern" else [name]  # def f(a, (b, c)) in Python 2
            annotation = child.child_by_field_name("type")
            written = self.name(annotation) if annotation is not None else ""
            type_ = written if _DOTTED.fullmatch(written) else ""
            result.extend(
                Parameter(self.name(n), default, child.byte_range, type_) for n in names if n.type == "identifier"
            )
        return result

    def _comprehension(self, node: Node) -> Value:
        body, *clauses = significant(node) or [node]
        span = node.byte_range
        source = clauses[0].child_by_field_name("right") if clauses else None
        iterable = None if source is None else self.value(source)
        with self.builder.inside("loop", "each", span, head=iterable):
            for number_, clause in enumerate(clauses):
                self._clause(clause, iterable if number_ == 0 else None)
            if body.type == "pair":
                return self.builder.map([self.entry(body)], span, open=True)
            return Items((self.value(body),), True, span)

    def _clause(self, clause: Node, iterable: Value | None) -> None:
        target, source = clause.child_by_field_name("left"), clause.child_by_field_name("right")
        if target is None or source is None:
            self.visit(clause)
            return
        iterable = self.value(source) if iterable is None else iterable
        element = self.builder.member(iterable, "[]", source.byte_range)
        self.bind(target, element, (target.start_byte, source.end_byte))


def _spine(node: Node) -> tuple[Node, list[tuple[str, list[Node], Span]]]:
    """The first operand of a left-deep chain, and its runs of one operator: ``a + b + c - d`` has two."""
    kind = node.type
    runs: list[tuple[str, list[Node], Span]] = []
    while node.type == kind:
        children = node.children
        if len(children) < _OPERANDS:
            break
        op = next((child.type for child in children[1:-1] if not child.is_named), "")
        if runs and runs[-1][0] == op and op not in _NESTING:
            runs[-1][1].append(children[-1])
        else:
            runs.append((op, [children[-1]], node.byte_range))
        node = children[0]
    for _, operands, _ in runs:
        operands.reverse()
    return node, runs[::-1]
