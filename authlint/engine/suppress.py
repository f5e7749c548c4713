"""Ignore comments: ``authlint: ignore[rule, CODE] reason`` on the line of a finding or alone on the line above.

Strict on purpose: a comment names rules, an unknown rule is an error, an ignore that ignores nothing is a finding. The
comments of detect-secrets, ``pragma: allowlist secret``, are honoured as they are: by the line, whatever the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from authlint.ruleset.rules import RuleSet
from authlint.source import Source, Span

_MARK = re.compile(rb"authlint:")
_COMMENT = re.compile(
    rb"(?:#|//|/\*|<!--|--|;|%|'|\{#)[ \t]*authlint:[ \t]*(?P<verb>[\w-]*)[ \t]*(?P<list>\[(?P<names>[^\]]*)\])?"
)

_PRAGMA = re.compile(rb"pragma: ?(?:(?:allow|white)list|(?P<next>allowlist[ -]nextline))[ -]secret")
_LONGEST_OPENER = 200  # of bytes, blanks included
_OPENERS = ((b"//", b""), (b"/*", b"*/"), (b"'", b""), (b"--", b""), (b"#", b""))


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


def allowlisted(source: Source) -> frozenset[int]:
    """The lines (1-based) whose secrets a pragma of detect-secrets allows: its own, or with ``nextline`` the next."""
    lines: set[int] = set()
    for match in _PRAGMA.finditer(source.data):
        number = source.line_of(match.start())
        begin = source.line_starts[number - 1]
        before = source.data[max(begin, match.start() - _LONGEST_OPENER) : match.start()].rstrip(b" \t")
        opener, closer = _opened(before, only_hash=source.path.endswith(".yaml"))
        end = source.line_starts[number] if number < len(source.line_starts) else len(source.data)
        rest = source.data[max(match.end(), end - _LONGEST_OPENER) : end]
        if not opener or not rest.rstrip().endswith(closer):
            continue
        if not match["next"]:
            lines.add(number)
        elif not before.removesuffix(opener).strip() and match.start() - begin <= _LONGEST_OPENER:
            lines.add(number + 1)
    return frozenset(lines)


def _opened(before: bytes, *, only_hash: bool) -> tuple[bytes, bytes]:
    """What opens the comment that a line ends with, and what must close it. detect-secrets knows only # in YAML."""
    if only_hash:
        return (b"#", b"") if before.endswith(b"#") else (b"", b"")
    markup = before.rstrip(b"# \t")
    if markup.endswith(b"<!--"):
        return before[len(markup) - 4 :], b"-->"
    return next((each for each in _OPENERS if before.endswith(each[0])), (b"", b""))


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
