"""What front-ends on tree-sitter share."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node, Parser

from authlint.source import Span

_MAX_BROKEN = 20
_PIECE = 65536


def never(_offset: int, _has_error: bool) -> bool:
    """Let a parser go on."""
    return False


def parse(parser: Parser, data: bytes, is_too_much: Callable[[int, bool], bool] = never) -> Node:
    """The root of the syntax tree; a ``ValueError`` if ``is_too_much``, which the parser asks now and then, says so.

    That it asks at all lets a signal end a parse that takes too long, which is one long call otherwise.
    """
    try:
        return parser.parse(lambda at, _: data[at : at + _PIECE], progress_callback=is_too_much).root_node
    except BaseException:
        parser.reset()  # or it would go on with this text when it is given the next
        raise


def release(walk: object) -> None:
    """Free what has walked a tree: its tables of its own methods would keep it until the collector comes by.

    Collecting the facts of hundreds of files took a seventh of the time of a run.
    """
    vars(walk).clear()


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
