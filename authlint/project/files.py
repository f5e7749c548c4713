"""Which files a run looks at, and their bytes. Walking follows no symbolic links and has the same order each time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from authlint.errors import ConfigError
from authlint.finding import Problem
from authlint.project.ignore import Patterns
from authlint.project.settings import Config, Configs, Settings, shown
from authlint.source import is_binary

if TYPE_CHECKING:
    from authlint.git.series import Series

HEAD = 8192
_VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})


class Target(NamedTuple):
    """A file to be linted: its path as reported, from the project's root, its size, and whether it was asked for.

    ``blob`` is what git calls the content, if it is not that of the file on the disk. Where ``lines`` are given, ranges
    from first to last, only what is found there is reported.
    """

    path: str
    identity: str
    size: int
    config: Config
    explicit: bool = False
    blob: str = ""
    lines: tuple[tuple[int, int], ...] | None = None


class TooLargeError(Exception):
    """A file has more bytes than the settings allow."""


Item: TypeAlias = "Target | Problem | Series"


class _Folder(NamedTuple):
    path: str
    absolute: str
    ignores: tuple[tuple[int, Patterns], ...]


class Walk:
    """The files below some paths, once each. ``excluded`` counts what was left out on purpose, folders as one."""

    def __init__(self, paths: Iterable[str], configs: Configs, *, force_exclude: bool = False) -> None:
        """Nothing is read before the walk is iterated over."""
        self.excluded = 0
        self._paths = sorted({_normal(path) for path in paths})
        self._configs = configs
        self._force = force_exclude
        self._here = _slashed(os.getcwd())
        self._roots: dict[str, str] = {}
        self._excludes: dict[int, Patterns] = {}
        self._seen: set[str] = set()
        self._reported: set[str] = set()

    def __iter__(self) -> Iterator[Item]:
        """Files in order, and problems where they come up."""
        for path in self._paths:
            yield from self._one(path)

    def again(self) -> Walk:
        """The same walk once more, which counts by itself."""
        return Walk(self._paths, self._configs, force_exclude=self._force)

    def stands_for(self, path: str, *, anywhere: bool = False) -> Target | None:
        """The target for standard input, which stands for a file at ``path``; ``None`` if that is excluded.

        The path is only a name if it is ``anywhere``.
        """
        if anywhere:
            return Target(path, path, 0, self._configs.at(self._here), explicit=True)
        absolute = _slashed(os.path.abspath(path))
        if self._force and self._is_excluded(absolute, folder=False):
            self.excluded += 1
            return None
        config = self._configs.at(os.path.dirname(absolute))
        return Target(_normal(path), self.identity(absolute), 0, config, explicit=True)

    def _one(self, path: str) -> Iterator[Item]:
        absolute = _slashed(os.path.abspath(path))
        try:
            status = os.stat(path)
        except FileNotFoundError:
            what = "is a symbolic link to nothing" if os.path.islink(path) else "no such file or folder"
            yield Problem(path, "missing", what)
            return
        except (OSError, ValueError) as error:
            yield _unreadable(path, error)
            return
        if self._force and self._is_excluded(absolute, folder=stat.S_ISDIR(status.st_mode)):
            self.excluded += 1
        elif stat.S_ISDIR(status.st_mode):
            yield from self._below(_Folder("" if path == "." else path, absolute, self._above(absolute)))
        elif not stat.S_ISREG(status.st_mode):
            yield Problem(path, "unreadable", "is not a regular file")
        else:
            yield from self._asked_for(path, absolute, status.st_size)

    def _below(self, top: _Folder) -> Iterator[Item]:
        stack = [iter(self._entries(top))]
        while stack:
            for item in stack[-1]:
                if isinstance(item, _Folder):
                    stack.append(iter(self._entries(item)))
                    break
                if not isinstance(item, Target) or self._first(item):
                    yield item
            else:
                stack.pop()

    def _entries(self, folder: _Folder) -> list[Item | _Folder]:
        """What is in a folder, in the order of the full paths, without what is excluded."""
        try:
            with os.scandir(folder.absolute) as entries:
                found = sorted(entries, key=_order)
            config = self._configs.at(folder.absolute)
        except OSError as error:
            return [_unreadable(folder.path or ".", error)]
        except ConfigError as error:
            return list(self._config_problem(error))
        ignores = self._ignores(folder, config, found)
        prefix = folder.path + "/" if folder.path and folder.path != "/" else folder.path
        items: list[Item | _Folder] = []
        for entry in found:
            absolute = f"{folder.absolute}/{entry.name}" if folder.absolute != "/" else "/" + entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not entry.is_file(follow_symlinks=False):
                continue  # a symbolic link, a device, a pipe or a socket
            if self._leaves_out(absolute, is_folder, config) or _is_ignored(absolute, is_folder, ignores):
                self.excluded += 1
            elif is_folder:
                items.append(_Folder(prefix + entry.name, absolute, ignores))
            else:
                items.extend(self._found(prefix + entry.name, absolute, entry, config))
        return items

    def _found(self, path: str, absolute: str, entry: os.DirEntry[str], config: Config) -> Iterator[Item]:
        try:
            size = entry.stat(follow_symlinks=False).st_size
        except OSError as error:
            yield _unreadable(path, error)
        else:
            yield Target(path, self.identity(absolute), size, config)

    def _asked_for(self, path: str, absolute: str, size: int) -> Iterator[Item]:
        try:
            config = self._configs.at(os.path.dirname(absolute))
        except ConfigError as error:
            yield from self._config_problem(error)
            return
        target = Target(path, self.identity(absolute), size, config, explicit=True)
        if self._first(target):
            yield target

    def _first(self, target: Target) -> bool:
        """Whether the file was not yet found below another path that was asked for."""
        if len(self._paths) == 1:
            return True
        absolute = os.path.abspath(target.path)
        fresh = absolute not in self._seen
        self._seen.add(absolute)
        return fresh

    def _config_problem(self, error: ConfigError) -> Iterator[Problem]:
        """A configuration file that cannot be followed: the files it is for are not linted, the others are."""
        path, _, message = str(error).partition(": ")
        if str(error) not in self._reported:
            self._reported.add(str(error))
            yield Problem(path, "config", message)

    def identity(self, absolute: str) -> str:
        """The path from the project's root, which is the same wherever authlint is started."""
        root = self._root(absolute.rpartition("/")[0] or "/") or self._here
        prefix = root if root.endswith("/") else root + "/"
        return absolute[len(prefix) :] if absolute.startswith(prefix) else absolute

    def _root(self, folder: str) -> str:
        """The nearest folder upwards that holds a git repository; empty if there is none."""
        known = self._roots.get(folder)
        if known is None:
            above = folder.rpartition("/")[0] or "/"
            if os.path.lexists(folder + "/.git"):
                known = folder
            else:
                known = self._root(above) if above != folder and "/" in folder else ""
            self._roots[folder] = known
        return known

    def _above(self, absolute: str) -> tuple[tuple[int, Patterns], ...]:
        """The ignore files between the repository's root and a folder in it, the folder's own not included."""
        root = self._root(absolute)
        if not root or root == absolute:
            return ()
        found: tuple[tuple[int, Patterns], ...] = _ignore_files(root)
        at = root
        for part in absolute[len(root) :].strip("/").split("/")[:-1]:
            at += "/" + part
            found += _ignore_files(at)
        return found

    def _ignores(
        self, folder: _Folder, config: Config, entries: list[os.DirEntry[str]]
    ) -> tuple[tuple[int, Patterns], ...]:
        if not config.settings.respect_gitignore:
            return ()
        if any(entry.name in (".gitignore", ".git") for entry in entries):
            return folder.ignores + _ignore_files(folder.absolute)
        return folder.ignores

    def _leaves_out(self, absolute: str, folder: bool, config: Config) -> bool:
        if folder and absolute.rpartition("/")[2] in _VERSION_CONTROL:
            return True
        patterns = self._excludes.get(id(config))
        if patterns is None:
            patterns = self._excludes[id(config)] = excludes(config.settings)
        return bool(patterns.decide(absolute[1:], folder=folder))

    def _is_excluded(self, absolute: str, *, folder: bool) -> bool:
        """Whether a path that was asked for, or a folder it is in below the project's root, is excluded."""
        try:
            config = self._configs.at(absolute if folder else absolute.rpartition("/")[0] or "/")
        except ConfigError:
            return False  # it is reported when the file's turn comes
        inside = self.identity(absolute).strip("/").split("/")
        base = absolute[: len(absolute) - len("/".join(inside))]
        steps = ["/".join(inside[: end + 1]) for end in range(len(inside))]
        return any(self._leaves_out(base + step, folder or step != steps[-1], config) for step in steps)


def excludes(settings: Settings) -> Patterns:
    """The patterns of what is not walked."""
    return Patterns([*settings.exclude, *settings.extend_exclude])


def read(path: str, limit: int) -> tuple[bytes, bool]:
    """A file's bytes, and whether they are no text, in which case there are only the first of them."""
    with open(path, "rb", buffering=0) as stream:
        head = stream.read(HEAD) or b""
        if is_binary(head):
            return head, True
        expected = os.fstat(stream.fileno()).st_size
        if expected > limit:
            raise TooLargeError
        parts, size = [head], len(head)
        while size <= limit and (part := stream.read(min(limit, max(size, expected)) + 1 - size)):
            parts.append(part)
            size += len(part)
    if size > limit:
        raise TooLargeError
    return b"".join(parts), False


def _is_ignored(absolute: str, folder: bool, ignores: tuple[tuple[int, Patterns], ...]) -> bool:
    for start, patterns in reversed(ignores):
        decision = patterns.decide(absolute[start:], folder=folder)
        if decision is not None:
            return decision
    return False


def _ignore_files(folder: str) -> tuple[tuple[int, Patterns], ...]:
    """The patterns for a folder, the weaker ones first, each with where paths relative to the folder begin."""
    found = []
    for name in (".git/info/exclude", ".gitignore"):
        try:
            with open(f"{folder}/{name}", encoding="utf-8-sig", errors="surrogateescape", newline="\n") as stream:
                patterns = Patterns(stream)
        except OSError:
            continue
        if patterns:
            found.append((len(folder.rstrip("/")) + 1, patterns))
    return tuple(found)


def _order(entry: os.DirEntry[str]) -> str:
    return entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name


def _normal(path: str) -> str:
    """A path in its shortest form: relative, where it is below the working directory."""
    return shown(os.path.normpath(path)) if path else "."


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def _unreadable(path: str, error: Exception) -> Problem:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Problem(path, "unreadable", f"cannot be read: {reason}")
