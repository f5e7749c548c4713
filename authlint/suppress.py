"""Ignore comments: ``authlint: ignore[rule, CODE] reason`` on the line of a finding or alone on the line above.

Strict on purpose: a comment names rules, an unknown rule is an error, an ignore that ignores nothing is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from authlint.rules import RuleSet
from authlint.source import Source, Span

_MARK = re.compile(rb"(?i)authlint:")
_COMMENT = re.compile(
    rb"(?:#|//|/\*|<!--|--|;|%|'|\{#)[ \t]*authlint:[ \t]*(?P<verb>[\w-]*)[ \t]*(?P<list>\[(?P<names>[^\]]*)\])?"
)


@dataclass(frozen=True, slots=True)
class Ignore:
    """One ignore comment: the codes it names, the 1-based lines it covers, and where it stands in the file."""

    codes: frozenset[str]
    lines: frozenset[int]
    span: Span


@dataclass(frozen=True, slots=True)
class Mistake:
    """An ignore comment that cannot be followed: what is wrong with it, and where."""

    what: str
    span: Span


def ignores(source: Source, ruleset: RuleSet, comments: Iterable[Span] | None) -> Iterator[Ignore | Mistake]:
    """The ignore comments of a file. ``comments``: where comments are (spans of the root), if a parser told."""
    spans = None if comments is None else list(comments)
    lines = dict.fromkeys(source.line_of(mark.start()) for mark in _MARK.finditer(source.data))
    for line in lines:
        begin = source.line_starts[line - 1]
        text = source.line(line).encode()
        match = _COMMENT.search(text)
        if match is None or (spans is not None and not any(s <= begin + match.start() < e for s, e in spans)):
            continue
        own_line = not text[: match.start()].strip()
        yield _read(source, ruleset, match, line, own_line=own_line)


def _read(source: Source, ruleset: RuleSet, match: re.Match[bytes], line: int, *, own_line: bool) -> Ignore | Mistake:
    begin = source.line_starts[line - 1]
    span = (begin + match.start(), begin + len(match.string.rstrip()))
    if match["verb"] != b"ignore":
        return Mistake(
            f"'authlint: {_show(match['verb'])}' is not a command; write 'authlint: ignore[rule] reason'", span
        )
    names = [name.strip() for name in (match["names"] or b"").decode("utf-8", "replace").split(",") if name.strip()]
    if not names:
        return Mistake("the comment names no rule; write 'authlint: ignore[rule] reason'", span)
    unknown = [name for name in names if ruleset.find(name) is None]
    if unknown:
        return Mistake(f"there is no rule '{_show(unknown[0].encode())}'", span)
    codes = frozenset(rule.code for name in names if (rule := ruleset.find(name)))
    return Ignore(codes, frozenset({line, line + 1} if own_line else {line}), span)


def _show(text: bytes) -> str:
    return text.decode("utf-8", "replace")[:60]
