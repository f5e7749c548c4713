"""The lines that a change adds, told from git's patch without lines around it. Text is never taken for a header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

from authlint.git.repository import Repository

Lines = tuple[tuple[int, int], ...]
"""Ranges of line numbers, first and last, in order."""

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_INDEX = re.compile(rb"index [0-9a-f]+\.\.([0-9a-f]+)(?: (\d+))?")
_PATCH = (
    "--patch", "--unified=0", "--text", "--full-index", "--find-renames", "--no-ext-diff", "--no-textconv",
    "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules", "--no-relative",
)  # fmt: skip
_PIECE = 65_536
LINK, SUBMODULE = b"120000", b"160000"
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class Change(NamedTuple):
    """A file with lines that are new: its path from the top, its blob in the index, and the lines.

    ``lines`` is ``None`` for a file that is in a merge conflict, so that nobody can say which are new.
    """

    path: bytes
    blob: str
    lines: Lines | None


def staged(repository: Repository, paths: list[str]) -> Iterator[Change]:
    """What the index adds to the commit that is checked out, or to nothing before the first one."""
    base = repository.head() or repository.text("hash-object", "-t", "tree", "--stdin").strip()
    yield from _between(repository, ["--cached", base], paths)


def since(repository: Repository, base: str, paths: list[str]) -> Iterator[Change]:
    """What the files of the work tree add to a commit."""
    yield from _between(repository, [base], paths)


def _between(repository: Repository, what: list[str], paths: list[str]) -> Iterator[Change]:
    with repository.stream("diff-index", *_PATCH, *what, "--", *paths) as patch:
        yield from parse(patch)


def parse(patch: IO[bytes]) -> Iterator[Change]:
    """The changes in a patch that has no lines around those that change."""
    path, blob, mode, left = b"", "", b"", 0
    ranges: list[tuple[int, int]] = []
    for line in _lines(patch):
        if left:  # lines of a hunk, which may look like anything
            left -= not line.startswith(b"\\")
        elif line.startswith(b"diff --git "):
            yield from _change(path, blob, mode, ranges)
            path, blob, mode, ranges = b"", "", b"", []
        elif line.startswith(b"+++ "):
            path = _path(line[4:])
        elif line.startswith((b"new mode ", b"new file mode ")):
            mode = line.split()[-1]
        elif found := _INDEX.match(line):
            blob, mode = found[1].decode(), found[2] or mode
        elif found := _HUNK.match(line):
            removed, first, added = int(found[1] or 1), int(found[2]), int(found[3] or 1)
            left = removed + added
            if added:
                ranges.append((first, first + added - 1))
        elif line.startswith(b"* Unmerged path "):
            yield Change(unquoted(line[16:].rstrip(b"\n")), "", None)
    yield from _change(path, blob, mode, ranges)


def _change(path: bytes, blob: str, mode: bytes, ranges: list[tuple[int, int]]) -> Iterator[Change]:
    if path and ranges and mode not in (LINK, SUBMODULE):
        yield Change(path, blob, tuple(ranges))


def _lines(patch: IO[bytes]) -> Iterator[bytes]:
    """The lines of a patch, of long ones only the beginning."""
    while line := patch.readline(_PIECE):
        yield line
        while len(line) == _PIECE and not line.endswith(b"\n"):
            line = patch.readline(_PIECE)


def _path(name: bytes) -> bytes:
    """The path in a header; empty for what was deleted. After a blank in a path that is not quoted stands a tab."""
    name = unquoted(name.rstrip(b"\n").removesuffix(b"\t"))
    return name[2:] if name.startswith(b"b/") else b""


def unquoted(name: bytes) -> bytes:
    """A path that git has put in quotes because of what is in it."""
    if not name.startswith(b'"'):
        return name
    return _ESCAPE.sub(_meant, name[1:-1])


def _meant(match: re.Match[bytes]) -> bytes:
    escape = match[1]
    return bytes([int(escape, 8) & 0xFF]) if escape.isdigit() else _ESCAPED.get(escape, escape)
