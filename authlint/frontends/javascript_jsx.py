"""JSX elements as calls: attributes are named arguments, children are arguments."""

from __future__ import annotations

from tree_sitter import Node

from authlint.facts import Const, Items, Opaque, Value
from authlint.frontends.builder import Builder
from authlint.frontends.entities import unescape
from authlint.frontends.javascript_expressions import Expressions


class Jsx(Expressions):
    """Lowers JSX."""

    def __init__(self, builder: Builder) -> None:
        """Register the handlers of this layer."""
        super().__init__(builder)
        self.values |= {
            "jsx_element": self._element,
            "jsx_self_closing_element": self._element,
            "jsx_expression": self.inner,
            "jsx_text": self._text,
        }

    def _element(self, node: Node) -> Value:
        opening = node.child_by_field_name("open_tag") or node
        name = opening.child_by_field_name("name")
        named: list[tuple[str, Value]] = []
        more = False
        for child in opening.named_children:
            kind = child.type
            if kind == "jsx_attribute":
                named.append(self._attribute(child))
            elif kind == "jsx_expression":
                self.inner(child)  # {...props}
                more = True
        args = [] if opening is node else self._children(node)
        if name is None:  # a fragment
            return Items(tuple(args), False, node.byte_range)
        callee = "".join(self.text(name).split())
        return self.builder.call(callee, args, named, node.byte_range, name.byte_range, open=more)

    def _attribute(self, node: Node) -> tuple[str, Value]:
        children = [child for child in node.named_children if child.type != "comment"]
        name = self.text(children[0]) if children else ""
        if len(children) < 2:  # noqa: PLR2004 - a name without a value
            return name, Const(True, node.byte_range)
        value = children[-1]
        if value.type != "string":
            return name, self.value(value)
        start, end = value.byte_range
        raw = self.data[start + 1 : end - 1].decode("utf-8", "replace")
        return name, self.builder.text((unescape(raw),), (start, end))

    def _children(self, node: Node) -> list[Value]:
        args: list[Value] = []
        for child in node.named_children:
            kind = child.type
            if kind in ("jsx_opening_element", "jsx_closing_element", "comment"):
                continue
            if kind == "jsx_expression":
                args.extend(self.value(inner) for inner in child.named_children if inner.type != "comment")
            elif kind != "jsx_text" or not self.data[child.start_byte : child.end_byte].isspace():
                args.append(self.value(child))
        return args

    def _text(self, node: Node) -> Value:
        start, end = node.byte_range
        raw = self.data[start:end]
        start += len(raw) - len(raw.lstrip())
        raw = raw.strip()
        if not raw:
            return Opaque("", (), (start, start))
        return self.builder.text((unescape(raw.decode("utf-8", "replace")),), (start, start + len(raw)))
