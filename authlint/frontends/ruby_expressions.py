"""Ruby's calls, blocks and operators as values."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from authlint.facts import Choice, Const, Items, Lambda, Map, Opaque, Parameter, Text, Value, dotted
from authlint.frontends.builder import Builder
from authlint.frontends.lowering import significant
from authlint.frontends.ruby_values import DOTS, Values
from authlint.source import Span

_COMPARISONS = {"==": "==", "===": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_JUNCTIONS = {"&&": "and", "||": "or"}
_FLAT = frozenset(("+", "-", "*", "/", "<<", "|", "&", "and", "or"))
_OPERANDS = 3
_BLOCKS = frozenset(("block", "do_block"))
_ARGUMENTS = "argument_list"
_FUNCTIONS = frozenset(("lambda", "proc"))
_REQUIRES = frozenset(("require", "require_relative"))
_SYNTAX = frozenset(("loop", *_FUNCTIONS, *_REQUIRES))


class Expressions(Values):
    """Lowers what has parts of its own: calls, blocks, operators."""

    def __init__(self, builder: Builder) -> None:
        """Add the handlers of calls, blocks and operators."""
        super().__init__(builder)
        self.outer: frozenset[str] = frozenset()
        """The local variables of the method around the block that is lowered."""
        self.handlers |= {
            "call": self._call,
            "super": self._super,
            "yield": self._yield,
            "lambda": self.lambda_value,
            "block": self.block_value,
            "do_block": self.block_value,
            "binary": self._binary,
            "unary": self._unary,
            "conditional": self._conditional,
            "range": self._range,
            "splat_argument": self.inner,
            "block_argument": self.inner,
            "interpolation": self.inner,
            "rescue_modifier": self._rescued,
        }

    # calls

    def _call(self, node: Node) -> Value | None:
        children = significant(node.children)
        dot = len(children) > 1 and children[1].type in DOTS
        if dot and self.used and self.is_attribute(children) and not self._is_of_constant(children):
            return self.path_or_member(node)
        block = children[-1] if children[-1].type in _BLOCKS else None
        last = children[-2] if block is not None and len(children) > 1 else children[-1]
        arguments = last if last.type == _ARGUMENTS else None
        method = children[2] if dot and len(children) > 2 else children[0]  # noqa: PLR2004 - receiver, dot, method
        name = "call" if method is arguments else self.text(method)
        if not dot and name in _SYNTAX:
            special = self._special(name, arguments, block, node)
            if special is not None:
                return special[0]
        return self._sent(node, children[0] if dot else None, (name, method), (arguments, block))

    def _sent(
        self, node: Node, sender: Node | None, method: tuple[str, Node], given: tuple[Node | None, Node | None]
    ) -> Value:
        receiver = None if sender is None else self._receiver(sender)
        base = dotted(receiver)
        callee = f"{base}.{method[0]}" if base else method[0]
        args, named, more = self.arguments(given[0])
        if given[1] is not None:
            args.append(self.block_value(given[1]))
        end = method[1].end_byte if method[1].type != _ARGUMENTS else method[1].start_byte
        span, name_span = node.byte_range, (node.start_byte, end)
        return self.builder.call(callee, args, named, span, name_span, open=more, receiver=receiver)

    def _receiver(self, node: Node) -> Value:
        if node.type == "call" and self.is_attribute(significant(node.children)):
            return self.path_or_member(node)
        return self.value(node)

    def _is_of_constant(self, children: list[Node]) -> bool:
        """``SecureRandom.hex``: what a constant answers to is a method, unless it is a constant itself."""
        return children[0].type in ("constant", "scope_resolution") and children[2].type == "identifier"

    def _special(self, name: str, arguments: Node | None, block: Node | None, node: Node) -> tuple[Value | None] | None:
        """Calls that are syntax to everybody but Ruby: ``loop``, ``lambda``, ``require``."""
        if name == "loop" and block is not None and arguments is None:
            with self.builder.inside("loop", "", node.byte_range):
                self.body(significant(block.children))
            return (None,)
        if name in _FUNCTIONS and block is not None and arguments is None:
            return (self.block_value(block),)
        if name in _REQUIRES and arguments is not None:
            inner = significant(arguments.named_children)
            parts = self.parts(inner[0]) if len(inner) == 1 and inner[0].type == "string" else []
            if len(parts) == 1 and isinstance(parts[0], str):
                self.builder.imports(parts[0], parts[0], node.byte_range)
                return (None,)
        return None

    def arguments(self, node: Node | None) -> tuple[list[Value], list[tuple[str, Value]], bool]:
        """The arguments of a call: positional, named, and whether there may be more."""
        args: list[Value] = []
        named: list[tuple[str, Value]] = []
        more = False
        for child in node.named_children if node is not None else ():
            kind = child.type
            if kind == "pair":
                key, value = self.pair(child)
                name = key.literal if isinstance(key, Text) else None
                if name is None:
                    more = True
                else:
                    named.append((name, value))
            elif kind == "hash_splat_argument":
                more = not self._named_splat(child, named) or more
            elif kind == "splat_argument":
                inner = self.inner(child)
                if isinstance(inner, Items) and not inner.open:
                    args.extend(inner.items)
                else:
                    more = True
            elif kind == "forward_argument":
                more = True
            elif kind != "comment":
                args.append(self.value(child))
        return args, named, more

    def _named_splat(self, splat: Node, named: list[tuple[str, Value]]) -> bool:
        inner = self.inner(splat)
        if not isinstance(inner, Map):
            return False
        keys = [entry.key.literal if isinstance(entry.key, Text) else None for entry in inner.entries]
        named.extend((key, entry.value) for key, entry in zip(keys, inner.entries, strict=True) if key is not None)
        return None not in keys and not inner.open

    def _super(self, node: Node) -> Value:
        return self.builder.call("super", (), (), node.byte_range, node.byte_range, open=True)

    def _yield(self, node: Node) -> Value:
        inner = [self.value(child) for item in node.named_children for child in significant(item.named_children)]
        return Opaque("yield", tuple(inner), node.byte_range)

    # blocks and lambdas

    def body(self, nodes: list[Node], *, used: bool = False) -> Value | None:
        """Lower statements; the value of the last one."""
        raise NotImplementedError

    def block_value(self, node: Node) -> Value:
        """The block of a call."""
        inner = significant(node.named_children)
        params = self.parameters(inner.pop(0)) if inner and inner[0].type == "block_parameters" else []
        return self._function(node, "", params, inner)

    def lambda_value(self, node: Node, name: str = "") -> Value:
        """``->(x) { … }``; ``name`` is what it is assigned to."""
        inner = significant(node.named_children)
        params = self.parameters(inner.pop(0)) if inner and inner[0].type == "lambda_parameters" else []
        body = [part for child in inner for part in significant(child.named_children)]
        return self._function(node, name, params, body)

    def _function(self, node: Node, name: str, params: list[Parameter], body: list[Node]) -> Value:
        kept, outer = self.locals, self.outer
        self.outer = frozenset(kept) if name or kept else outer
        self.locals = kept | {parameter.name for parameter in params}
        with self.builder.inside("function", name, node.byte_range, params=params) as index:
            self.depth += 1  # a block takes twice the stack that other nesting does
            value = self.body(body, used=True)
            self.depth -= 1
            if value is not None:
                self.builder.returns(value, value.span)
        self.locals, self.outer = kept, outer
        return Lambda(index, node.byte_range)

    def parameters(self, node: Node) -> list[Parameter]:
        """The parameters of a method, block or lambda; their defaults belong to the scope around it."""
        found: list[Parameter] = []
        for child in significant(node.named_children):
            inner = [child] if child.type == "identifier" else significant(child.named_children)
            if child.type == "destructured_parameter":
                found.extend(self.parameters(child))
            elif inner and inner[0].type == "identifier":
                default = self.value(inner[-1]) if len(inner) > 1 else None
                found.append(Parameter(self.text(inner[0]), default, child.byte_range))
        return found

    # operators

    def _binary(self, node: Node) -> Value:
        value = self.chain(node, _step, _FLAT)
        return self.other(node) if value is None else value

    def combine(self, op: str, operands: tuple[Value, ...], span: Span) -> Value:
        """The value of one operation."""
        if op in ("+", "<<") and any(isinstance(operand, Text) for operand in operands):
            return self.builder.text(operands, span)
        if op == "or":
            return Choice(operands, span)
        if op in _COMPARISONS:
            return self.builder.compare(_COMPARISONS[op], operands[0], operands[1], span)
        return Opaque(op, operands, span)

    def _unary(self, node: Node) -> Value:
        children = significant(node.children)
        op, operand = self.text(children[0]), self.value(children[-1])
        if op == "+":
            return operand
        if op == "-" and isinstance(operand, Const) and type(operand.value) in (int, float):
            return Const(-(operand.value or 0), node.byte_range)
        return Opaque("not" if op == "!" else op, (operand,), node.byte_range)

    def _conditional(self, node: Node) -> Value:
        span = node.byte_range
        options: list[Value] = []
        while node.type == "conditional":
            children = significant(node.named_children)
            if len(children) != _OPERANDS:
                break
            self.visit(children[0])
            options.append(self.value(children[1]))
            node = children[2]
        options.append(self.other(node) if node.type == "conditional" else self.value(node))
        return Choice(tuple(options), span)

    def _range(self, node: Node) -> Value:
        return Opaque("..", self._values(node.named_children), node.byte_range)

    def _rescued(self, node: Node) -> Value:
        return Choice(self._values(node.named_children), node.byte_range)

    def _values(self, nodes: Iterable[Node]) -> tuple[Value, ...]:
        return tuple(self.value(child) for child in significant(nodes))


def _step(node: Node) -> tuple[Node, str, Node] | None:
    if node.type != "binary":
        return None
    children = significant(node.children)
    if len(children) != _OPERANDS:
        return None
    op = children[1].type
    return children[0], _JUNCTIONS.get(op, op), children[2]
