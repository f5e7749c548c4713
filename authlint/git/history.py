"""What commits have brought: git's patches, the oldest first, told apart and told what in them is new."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from authlint.git.changes import LINK, SUBMODULE, Lines, unquoted
from authlint.git.repository import GitError, Repository

_PIECE = 1_000_000
_BEGINNING = re.compile(rb"(?m)^(?=diff --(?:git|cc|combined) |commit [0-9a-f]{40}|:+\d{6} )")
"""What stands in a file always has a sign in front of it, so that nothing in there looks like this."""

_FORMAT = "commit %H%n%aI%n%an"
_TREE = ("diff-tree", "--stdin", "-r", "-c", "--root", "--ignore-submodules", "--no-relative", f"--format={_FORMAT}")
_PATCH = (
    "--patch", "--unified=3", "--full-index", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color",
    "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
_NAMES = ("--raw", "--no-abbrev", "--no-renames")
_MANY = 20
"""How many commits are told without patches, as git cannot read what they are about, before all others are."""
_INDEX = re.compile(rb"(?m)^index [0-9a-f,]+\.\.([0-9a-f]+)(?: (\d+))?$")
_MODE = re.compile(rb"(?m)^new (?:file )?mode (\d+)$")
_NAME = re.compile(rb"(?m)^\+\+\+ (.+)$")
_RENAMED = re.compile(rb"(?m)^rename from (.+)\nrename to (.+)$")
_START = re.compile(rb" \+(\d+)(?:,\d+)? @")
_REMOVED = re.compile(rb"\n-[^\n]*")
_TEXT = re.compile(rb"[\"'`]|://")
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

    def only_texts(self) -> Version:
        """The same with lines that have quotes or a URL in them, and those before, on which their names may stand."""
        return self._replace(around=_with_texts(self.around or b""), new=_with_texts(self.new or b""))

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

    def versions(
        self, wants: Callable[[bytes], bool], concerns: Callable[[bytes, bytes], frozenset[str]]
    ) -> Iterator[Version]:
        """Each content once, under the first path that is wanted, if there is something of concern in what is new."""
        commits = self._repository.run("rev-list", "--date-order", "--reverse", *self._which()).split(b"\n")[:-1]
        begin, without = 0, 0
        while begin < len(commits):
            try:
                for part in self._parts(commits[begin:], _PATCH if without < _MANY else _NAMES):
                    yield from self._version(part, wants, concerns)
                return
            except GitError:
                if without >= _MANY:
                    raise
            last = self.commits[-1][0].encode() if self.commits else b""
            begin = max(begin, commits.index(last) if last in commits else 0)
            for part in self._parts(commits[begin : begin + 2], _NAMES):  # it was one of these
                yield from self._version(part, wants, concerns)
            begin, without = begin + 2, without + 1

    def _parts(self, commits: list[bytes], how: tuple[str, ...]) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as names:
            names.write(b"\n".join([*commits, b""]))
            names.seek(0)
            with self._repository.stream(*_TREE, *how, *self._limits, given=names) as changes:
                for part in _parts(changes):
                    if part.startswith(b"commit "):
                        self._add(part)
                    else:
                        yield part

    def _add(self, part: bytes) -> None:
        name, date, author = part.decode("utf-8", "replace").split("\n")[:3]
        name = name[len("commit ") :]
        if not self.commits or self.commits[-1][0] != name:
            self.commits.append((name, date, author))

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

    def _version(
        self, part: bytes, wants: Callable[[bytes], bool], concerns: Callable[[bytes, bytes], frozenset[str]]
    ) -> Iterator[Version]:
        header, _, body = part.partition(b"\n@@")
        if renamed := _RENAMED.search(header):
            self._moves.setdefault(unquoted(renamed[1]), set()).add(unquoted(renamed[2]))
        number = len(self.commits) - 1
        version = _named(part, number) if part.startswith(b":") else _patched(header, number)
        if version is None or not wants(version.path) or not self._is_first(version):
            return
        if not body:
            yield version
        elif _parents(body) > 1 or concerns(version.path, _REMOVED.sub(b"", body).replace(b"\n+", b"\n ")):
            yield _with_lines(version, body)

    def _is_first(self, version: Version) -> bool:
        first = self._seen.get(version.blob)
        if first is None:
            self._seen[version.blob] = version.path
        elif first != version.path:
            self._moves.setdefault(first, set()).add(version.path)
        return first is None


def _patched(header: bytes, commit: int) -> Version | None:
    """The version that a patch leads to; ``None`` if only its name or mode has changed, or it is gone."""
    index = _INDEX.search(header)
    if index is None or not index[1].strip(b"0"):
        return None
    mode = index[2] or (found[1] if (found := _MODE.search(header)) else b"")
    path = _path(header)
    return Version(path, index[1].decode(), commit) if path and mode not in (LINK, SUBMODULE) else None


def _with_lines(version: Version, body: bytes) -> Version:
    signs = _parents(body)
    lines = [line for line in body.split(b"\n")[1:] if line[:1] in (b"+", b" ") and b"-" not in line[:signs]]
    new = b"+" * signs
    return version._replace(
        around=b"\n".join([line[signs:] for line in lines]),
        new=b"\n".join([line[signs:] for line in lines if line.startswith(new)]),
        patch=body,
    )


def _named(line: bytes, commit: int) -> Version | None:
    """The version in a line that tells the names of contents and a path."""
    what, _, path = line.rstrip(b"\n").partition(b"\t")
    parents = len(what) - len(what.lstrip(b":"))
    words = what.lstrip(b":").split()
    mode, blob = words[parents], words[2 * parents + 1]
    if mode in (LINK, SUBMODULE) or not blob.strip(b"0"):
        return None
    return Version(unquoted(path), blob.decode(), commit)


def _with_texts(text: bytes) -> bytes:
    lines = text.split(b"\n")
    wanted = {near for at, line in enumerate(lines) if _TEXT.search(line) for near in (at - 1, at)}
    return b"\n".join(lines[number] for number in sorted(wanted) if number >= 0)


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
