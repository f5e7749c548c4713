"""What commits have brought: for each path the contents that it had, the oldest first, as git names them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from authlint.git.changes import LINK, SUBMODULE, unquoted
from authlint.git.repository import GitError, Repository

_FORMAT = "commit %H%n%aI%n%an"
_TREE = (
    "diff-tree", "--stdin", "-r", "-c", "--root", "--raw", "--no-abbrev", "--ignore-submodules", "--no-relative",
    f"--format={_FORMAT}",
)  # fmt: skip
_MOVES, _NO_MOVES = "--find-renames", "--no-renames"
_MANY = 20
"""How many commits are told without renames, as git cannot read what they are about, before all others are."""


class Change(NamedTuple):
    """A content that a path was given, the number of the commit that did, and the contents that this one changed."""

    path: bytes
    blob: str
    commit: int
    bases: tuple[str, ...]


class Log:
    """What some commits have brought: all that a branch, tag or stash has, or those of ``HEAD`` that ``since`` lacks.

    ``commits`` are their names, dates (the author's, ISO 8601) and authors, the oldest first. Git is slow to tell what
    was renamed: in all there is, it is asked only for what ``later`` is asked for.
    """

    def __init__(self, repository: Repository, since: str, paths: list[str]) -> None:
        """Nothing is read yet."""
        self._commits: list[bytes] = []
        self._moves: dict[bytes, set[bytes]] = {}
        self._removed: dict[bytes, list[int]] = {}
        self._repository = repository
        self._since = since
        self._limits = ["--", *paths] if paths != ["."] else []
        self._seen: dict[str, bytes] = {}
        """The first path of each content."""

    def changes(self) -> Iterator[Change]:
        """Each content as often as a path was given it."""
        commits = self._repository.run("rev-list", "--date-order", "--reverse", *self._which()).split(b"\n")[:-1]
        how = _MOVES if self._since else _NO_MOVES
        begin, without = 0, 0
        while begin < len(commits):
            try:
                yield from self._changes(commits[begin:], how)
                return
            except GitError:
                if how == _NO_MOVES:
                    raise
            last = self._commits[-1].split(b"\n")[0] if self._commits else b""
            begin = max(begin, commits.index(last) if last in commits else 0)
            yield from self._changes(commits[begin : begin + 2], _NO_MOVES)  # it was one of these
            begin, without = begin + 2, without + 1
            how = _MOVES if without < _MANY else _NO_MOVES

    def _changes(self, commits: Iterable[bytes], how: str) -> Iterator[Change]:
        for line in self._told(commits, how):
            if not line.startswith(b":"):
                if not self._commits or self._commits[-1] != line:
                    self._commits.append(line)
            elif change := self._change(line):
                first = self._seen.setdefault(change.blob, change.path)
                if first != change.path:
                    self._moves.setdefault(first, set()).add(change.path)
                yield change

    def _told(self, commits: Iterable[bytes], *words: str) -> Iterator[bytes]:
        """The lines that git has for some commits, and for each commit its name, date and author, with breaks."""
        with tempfile.TemporaryFile() as names:
            names.write(b"\n".join([*commits, b""]))
            names.seek(0)
            with self._repository.stream(*_TREE, *words, *self._limits, given=names) as lines:
                for line in lines:
                    if line.startswith(b":"):
                        yield line[:-1]
                    elif line.startswith(b"commit "):
                        yield line[len("commit ") :] + next(lines, b"") + next(lines, b"")

    def _change(self, line: bytes) -> Change | None:
        """What a line says, if it is that a path has a content."""
        what, *paths = line.split(b"\t")
        path = unquoted(paths[-1])
        parents = len(what) - len(what.lstrip(b":"))
        words = what[parents:].split(b" ")
        mode, before, blob = words[parents], words[parents + 1 : 2 * parents + 1], words[2 * parents + 1]
        commit = len(self._commits) - 1
        if len(paths) > 1:
            self._moves.setdefault(unquoted(paths[0]), set()).add(path)
        if not blob.strip(b"0"):
            self._removed.setdefault(path, []).append(commit)
        if mode in (LINK, SUBMODULE) or not blob.strip(b"0"):
            return None
        return Change(path, blob.decode(), commit, tuple(each.decode() for each in before if each.strip(b"0")))

    def __len__(self) -> int:
        """How many commits have been told so far."""
        return len(self._commits)

    def commit(self, number: int) -> tuple[str, str, str]:
        """The name of a commit, its author's date (ISO 8601), and the author."""
        name, date, author = self._commits[number].decode("utf-8", "replace").split("\n")[:3]
        return name, date, author

    def count(self) -> int:
        """How many commits there are."""
        return int(self._repository.text("rev-list", "--count", *self._which()))

    def _which(self) -> list[str]:
        head = ["HEAD"] if self._repository.head() else []
        return [*head, f"^{self._since}"] if self._since else ["--all", *head]

    def later(self, paths: set[bytes]) -> dict[bytes, set[bytes]]:
        """For each path all those, itself included, under which its content has stood later."""
        known, waiting = set(paths), set(paths)
        while waiting:
            self._find_moves(waiting)
            waiting = set().union(*(self._moves.get(path, ()) for path in waiting)) - known
            known |= waiting
        return {path: self._reachable(path) for path in paths}

    def _reachable(self, path: bytes) -> set[bytes]:
        found, waiting = {path}, [path]
        while waiting:
            more = self._moves.get(waiting.pop(), set()) - found
            found |= more
            waiting += more
        return found

    def _find_moves(self, paths: set[bytes]) -> None:
        """Learn what became of paths that are gone, from the commits that took them away."""
        numbers = sorted(set().union(*(self._removed.get(path, ()) for path in paths)))
        if self._since or not numbers:
            return
        commits = [self._commits[number].partition(b"\n")[0] for number in numbers]
        try:
            self._learn(commits)
        except GitError:
            for commit in commits:
                with suppress(GitError):  # git has lost what it would have to compare
                    self._learn([commit])

    def _learn(self, commits: list[bytes]) -> None:
        for line in self._told(commits, _MOVES, "--diff-filter=R"):
            if line.startswith(b":") and line.count(b"\t") > 1:
                _, before, after = line.split(b"\t")
                self._moves.setdefault(unquoted(before), set()).add(unquoted(after))
