"""What commits have brought: git's patches, the oldest first, told apart and told what in them is new."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from authlint.git.changes import LINK, SUBMODULE, Lines, unquoted
from authlint.git.repository import Repository

_PIECE = 1_000_000
_BEGINNING = re.compile(rb"(?m)^(?=diff --(?:git|cc|combined) |commit [0-9a-f]{40})")
"""What stands in a file always has a sign in front of it, so that nothing in there looks like this."""

_FORMAT = "commit %H%n%aI%n%an"
_PATCH = (
    "diff-tree", "--stdin", "-r", "-c", "--root", "--patch", "--unified=3", "--full-index", "--find-renames",
    "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules",
    "--no-relative", f"--format={_FORMAT}",
)  # fmt: skip
_INDEX = re.compile(rb"(?m)^index [0-9a-f,]+\.\.([0-9a-f]+)(?: (\d+))?$")
_MODE = re.compile(rb"(?m)^new (?:file )?mode (\d+)$")
_NAME = re.compile(rb"(?m)^\+\+\+ (.+)$")
_RENAMED = re.compile(rb"(?m)^rename from (.+)\nrename to (.+)$")
_START = re.compile(rb" \+(\d+)(?:,\d+)? @")
_SECOND = re.compile(rb'diff --git ".*" "b/((?:[^"\\]|\\.)*)"$')


class Version(NamedTuple):
    """A content that a file had, and the number of the commit that brought it.

    ``around`` are the lines that are new and those around them, ``new`` those that are new, and ``patch`` says where
    they are. All are ``None`` where git does not say which are new, as of what it takes for binary.
    """

    path: bytes
    blob: str
    commit: int
    around: bytes | None = None
    new: bytes | None = None
    patch: bytes = b""

    @property
    def lines(self) -> Lines | None:
        """The ranges of lines that are new."""
        return None if self.around is None else tuple(_ranges(self.patch))

    def is_of_interest(self, concerns: Callable[[bytes], frozenset[str]]) -> frozenset[str]:
        """The rules that could find what was not there before; ``concerns`` says which could find anything.

        A new line may be of interest only beside the old ones around it: then more rules are concerned by all of them
        than by the old ones alone.
        """
        if self.around is None or self.new is None:
            return frozenset({""})
        if not self.new:
            return frozenset()
        around = concerns(self.around)
        if not around or self.new == self.around:
            return around
        if concerns(self.new):
            return around
        new = set(self.new.split(b"\n"))
        old = concerns(b"\n".join(line for line in self.around.split(b"\n") if line not in new))
        return frozenset() if around <= old else around


class Log:
    """What some commits have brought: all that a branch, tag or stash has, or those of ``HEAD`` that ``since`` lacks.

    ``commits`` are their names, dates (the author's, ISO 8601) and authors, the oldest first.
    """

    def __init__(self, repository: Repository, since: str, paths: list[str], limit: int) -> None:
        """Of contents with more than ``limit`` bytes it is not told what is new. Nothing is read yet."""
        self.commits: list[tuple[str, str, str]] = []
        self._moves: dict[bytes, set[bytes]] = {}
        self._repository = repository._replace(more=(*repository.more, f"core.bigFileThreshold={limit + 1}"))
        self._since = since
        self._limits = ["--", *paths] if paths != ["."] else []
        self._seen: dict[str, bytes] = {}

    def versions(self, wants: Callable[[bytes], bool]) -> Iterator[Version]:
        """Each content once, under the first path that is wanted."""
        with (
            self._repository.stream("rev-list", "--date-order", "--reverse", *self._which()) as commits,
            self._repository.stream(*_PATCH, *self._limits, given=commits) as patches,
        ):
            for part in _parts(patches):
                if part.startswith(b"commit "):
                    name, date, author = part.decode("utf-8", "replace").split("\n")[:3]
                    self.commits.append((name[len("commit ") :], date, author))
                    continue
                version = self._version(part)
                if version is not None and wants(version.path) and self._is_first(version):
                    yield version

    def count(self) -> int:
        """How many commits there are."""
        return int(self._repository.text("rev-list", "--count", *self._which()))

    def _which(self) -> list[str]:
        head = ["HEAD"] if self._repository.head() else []
        return [*head, f"^{self._since}"] if self._since else ["--all", *head]

    def later(self, path: bytes) -> set[bytes]:
        """A path and those under which its content has stood later."""
        found, waiting = {path}, [path]
        while waiting:
            more = self._moves.get(waiting.pop(), set()) - found
            found |= more
            waiting += more
        return found

    def _is_first(self, version: Version) -> bool:
        first = self._seen.get(version.blob)
        if first is None:
            self._seen[version.blob] = version.path
        elif first != version.path:
            self._moves.setdefault(first, set()).add(version.path)
        return first is None

    def _version(self, part: bytes) -> Version | None:
        header, _, body = part.partition(b"\n@@")
        renamed = _RENAMED.search(header)
        if renamed:
            self._moves.setdefault(unquoted(renamed[1]), set()).add(unquoted(renamed[2]))
        index = _INDEX.search(header)
        if index is None or not index[1].strip(b"0"):
            return None  # only its name or mode has changed, or it is gone
        mode = index[2] or (found[1] if (found := _MODE.search(header)) else b"")
        path = _path(header)
        if mode in (LINK, SUBMODULE) or not path:
            return None
        version = Version(path, index[1].decode(), len(self.commits) - 1)
        if not body:
            return version
        signs = _parents(body)
        lines = [line for line in body.split(b"\n")[1:] if line[:1] in (b"+", b" ") and b"-" not in line[:signs]]
        new = b"+" * signs
        return version._replace(
            around=b"\n".join([line[signs:] for line in lines]),
            new=b"\n".join([line[signs:] for line in lines if line.startswith(new)]),
            patch=body,
        )


def _parents(body: bytes) -> int:
    """How many signs stand in front of a line: one for each content that it is compared with."""
    return 1 + len(body) - len(body.lstrip(b"@"))


def _ranges(body: bytes) -> Iterator[tuple[int, int]]:
    """The lines in a patch that are new, compared with all that it came from."""
    signs = _parents(body)
    number = first = 0
    for line in (b"@@" + body + b"\n@").split(b"\n"):
        is_new = line.startswith(b"+" * signs)
        if first and not is_new:
            yield first, number - 1
            first = 0
        if line.startswith(b"@@"):
            number = int(found[1]) if (found := _START.search(line)) else number
        elif not line.startswith((b"\\", b"@")) and b"-" not in line[:signs]:
            first = first or (number if is_new else 0)
            number += 1


def _path(header: bytes) -> bytes:
    name = _NAME.search(header)
    if name is not None:
        path = unquoted(name[1].removesuffix(b"\t"))
        return path.removeprefix(b"b/") if path.startswith(b"b/") else b""
    first = header.partition(b"\n")[0]
    if quoted := _SECOND.match(first):
        return unquoted(b'"' + quoted[1] + b'"')
    if not first.startswith(b"diff --git "):
        return unquoted(first.split(b" ", 2)[2])
    names = first.removeprefix(b"diff --git ")
    return names[len(names) // 2 + 1 :].removeprefix(b"b/")  # a name twice


def _parts(patches: IO[bytes]) -> Iterator[bytes]:
    """The commits, and the patches of files that follow each."""
    rest = b""
    while piece := patches.read(_PIECE):
        *whole, rest = _BEGINNING.split(rest + piece)
        yield from filter(None, whole)
    if rest.strip():
        yield rest
