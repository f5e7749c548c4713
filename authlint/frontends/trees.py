"""What front-ends on tree-sitter share."""

from __future__ import annotations

from tree_sitter import Node

from authlint.source import Span

_MAX_BROKEN = 20


def broken(root: Node, optional: frozenset[str] = frozenset()) -> list[Span]:
    """Spans of what did not parse, in source order; the first twenty of them. ``optional`` tokens may be missing."""
    spans: list[Span] = []
    stack = [root] if root.has_error else []
    while stack and len(spans) < _MAX_BROKEN:
        node = stack.pop()
        if node.is_missing and node.type in optional:
            continue
        if node.is_error or node.is_missing:
            spans.append(node.byte_range)
        else:
            stack.extend(child for child in reversed(node.children) if child.has_error)
    return spans
