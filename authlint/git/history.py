"""Every version of every file that commits have brought, each content once, in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from authlint.git.repository import Repository

_FILES = (b"100644", b"100755", b"100664")
_FORMAT = "%H%x00%aI%x00%an"


class Version(NamedTuple):
    """A content that a file had, the contents it came from, and the number of the commit that brought it."""

    blob: str
    parents: tuple[str, ...]
    commit: int


class Log:
    """What some commits have brought: all that a branch, tag or stash has, or those of ``HEAD`` that ``since`` lacks.

    ``commits`` are their names, dates (the author's, ISO 8601) and authors, the oldest first.
    """

    def __init__(self, repository: Repository, since: str, paths: list[str], wants: Callable[[bytes], bool]) -> None:
        """``wants`` says of a path whether its content is of interest. Nothing is read yet."""
        self.commits: list[tuple[str, str, str]] = []
        self._moves: dict[bytes, list[set[bytes]]] = {}
        self._repository = repository
        self._since = since
        self._limits = ["--", *paths] if paths != ["."] else []
        self._wants = wants
        self._seen: dict[str, bytes] = {}

    def files(self) -> dict[bytes, list[Version]]:
        """The versions of each file. A content that several files had is a version of the first of them."""
        head = ["HEAD"] if self._repository.head() else []
        which = [*head, f"^{self._since}"] if self._since else ["--all", *head]
        found: dict[bytes, list[Version]] = {}
        with (
            self._repository.stream("rev-list", "--date-order", "--reverse", *which) as commits,
            self._repository.stream(
                "diff-tree", "--stdin", "-r", "-c", "--root", "--raw", "-z", "--no-renames", f"--format={_FORMAT}",
                *self._limits, given=commits,
            ) as changes,
        ):  # fmt: skip
            for path, version in self._versions(changes):
                found.setdefault(path, []).append(version)
        return found

    def later(self, path: bytes) -> set[bytes]:
        """A path and those under which its content may have stood later."""
        found, waiting = {path}, [path]
        while waiting:
            for paths in self._moves.get(waiting.pop(), ()):
                waiting += paths - found
                found |= paths
        return found

    def _versions(self, changes: IO[bytes]) -> Iterator[tuple[bytes, Version]]:
        words = _fields(changes)
        added: set[bytes] = set()
        for word in words:
            start = word.lstrip(b"\n")
            if not start.startswith(b":"):
                commit = (part.decode("utf-8", "replace") for part in (start, next(words, b""), next(words, b"")))
                self.commits.append((next(commit), next(commit), next(commit)))
                added = set()
                continue
            path = next(words, b"")
            blob, parents = _blobs(start)
            if start.endswith(b"A"):
                added.add(path)
            elif start.endswith(b"D"):
                self._moves.setdefault(path, []).append(added)  # those that are yet to come included
            if blob and self._wants(path):
                first = self._seen.get(blob)
                if first is not None:
                    if first != path:
                        self._moves.setdefault(first, []).append({path})
                else:
                    self._seen[blob] = path
                    yield path, Version(blob, parents, len(self.commits) - 1)


def _blobs(entry: bytes) -> tuple[str, tuple[str, ...]]:
    """The content that an entry tells of, and those it came from: one, or those of all parents of a merge.

    Empty if there is none any more, or if it is that of a symbolic link or the commit of a submodule.
    """
    words = entry.lstrip(b":").split()
    parents = len(entry) - len(entry.lstrip(b":"))
    if words[parents] not in _FILES:
        return "", ()
    before = zip(words[:parents], words[parents + 1 : 2 * parents + 1], strict=True)
    return words[2 * parents + 1].decode(), tuple(blob.decode() for mode, blob in before if mode in _FILES)


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    """What stands between zero bytes."""
    rest = b""
    while piece := stream.read(65_536):
        *whole, rest = (rest + piece).split(b"\0")
        yield from whole
    if rest.strip():
        yield rest
