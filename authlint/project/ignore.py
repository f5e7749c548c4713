"""Patterns as in ``.gitignore``: what each line of one matches. No file is read here, and no library imported for it.

A file's lines become a few groups, each of one sign: sets for plain names and endings, one regular expression for the
rest. Looking a path up costs a microsecond or two, which matters as it is done for every file of a tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

_SPECIAL = re.compile(r"[*?\[\\]")
_POSIX = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
          "punct": "!-/:-@\\[-`{-~", "xdigit": "0-9A-Fa-f", "word": r"\w"}  # fmt: skip


class Patterns:
    """The lines of one ignore file, or a list of patterns written the same way."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Sort the lines into groups; the last one that matches a path decides."""
        self._groups: list[_Group] = []
        for line in lines:
            self._add(line)

    def __bool__(self) -> bool:
        """Whether any line says anything."""
        return bool(self._groups)

    def decide(self, path: str, *, folder: bool) -> bool | None:
        """Whether the path, relative and with ``/``, is ignored; ``None`` where no line says anything about it."""
        name = path.rpartition("/")[2]
        for group in reversed(self._groups):
            if group.matches(path, name, folder):
                return group.ignores
        return None

    def excludes(self, path: str) -> bool:
        """Whether the path of a file or one of the folders it is in is ignored."""
        parts = path.split("/")
        above = ("/".join(parts[:end]) for end in range(1, len(parts)))
        return any(self.decide(folder, folder=True) for folder in above) or bool(self.decide(path, folder=False))

    def _add(self, line: str) -> None:
        pattern = _strip(line.rstrip("\r\n"))
        if not pattern or pattern.startswith("#"):
            return
        ignores = not pattern.startswith("!")
        pattern = pattern if ignores else pattern[1:]
        if not pattern.strip("/") or pattern.endswith("//"):
            return
        if not self._groups or self._groups[-1].ignores is not ignores:
            self._groups.append(_Group(ignores))
        self._groups[-1].add(pattern)


class _Group:
    """Patterns that stand together and all ignore, or all bring back."""

    def __init__(self, ignores: bool) -> None:
        self.ignores = ignores
        self.names: set[str] = set()
        self.folders: set[str] = set()
        self.endings: tuple[str, ...] = ()
        self.by_name: list[str] = []
        self.by_path: list[str] = []

    def add(self, pattern: str) -> None:
        folder, body = pattern.endswith("/"), pattern.removesuffix("/")
        if "/" in body:
            self._add_regex(self.by_path, body.removeprefix("/"), folder)
        elif not _SPECIAL.search(body):
            (self.folders if folder else self.names).add(body)
        elif body[0] == "*" and body[1:] and not folder and not _SPECIAL.search(body[1:]):
            self.endings += (body[1:],)
        else:
            self._add_regex(self.by_name, body, folder)

    @staticmethod
    def _add_regex(into: list[str], body: str, folder: bool) -> None:
        regex = _translate(body)
        if regex is not None:
            into.append(regex + ("/" if folder else "/?"))

    def matches(self, path: str, name: str, folder: bool) -> bool:
        if name in self.names or (folder and name in self.folders) or name.endswith(self.endings):
            return True
        end = "/" if folder else ""
        return bool(
            (self.by_name and self._name_regex.fullmatch(name + end))
            or (self.by_path and self._path_regex.fullmatch(path + end))
        )

    @cached_property
    def _name_regex(self) -> re.Pattern[str]:
        return re.compile("|".join(self.by_name), re.DOTALL)

    @cached_property
    def _path_regex(self) -> re.Pattern[str]:
        return re.compile("|".join(self.by_path), re.DOTALL)


def escape(text: str) -> str:
    """A pattern that matches just this text."""
    return re.sub(r"([*?\[\]\\])", r"\\\1", text)


def anchor(pattern: str, base: str) -> str:
    """The same pattern for paths that start at the root, where it was written in the folder ``base``.

    A pattern without a slash matches at any depth and stays as it is.
    """
    sign, body = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    if "/" not in body.rstrip("/") or body.startswith(escape(base) + "/"):
        return pattern
    return f"{sign}{escape(base.rstrip('/'))}/{body.lstrip('/')}"


def _strip(line: str) -> str:
    """The line without the spaces at its end, of which one behind a backslash stays."""
    kept = line.rstrip(" ")
    escaped = (len(kept) - len(kept.rstrip("\\"))) % 2 == 1
    return kept + " " if escaped and kept != line else kept


def _translate(body: str) -> str | None:
    """A regular expression for a glob; ``None`` where the glob is not valid and so matches nothing."""
    regex, at, end = "", 0, len(body)
    while at < end:
        if body.startswith("**/", at) and (at == 0 or body[at - 1] == "/"):
            regex, at = regex + "(?:[^/]+/)*", at + 3
        elif body[at:] == "**" and at and body[at - 1] == "/":
            regex, at = regex + ".+", end
        elif body[at] == "*":
            while at < end and body[at] == "*":
                at += 1
            regex += "[^/]*"
        elif body[at] == "?":
            regex, at = regex + "[^/]", at + 1
        elif body[at] == "[":
            translated = _translate_class(body, at + 1)
            if translated is None:
                return None
            regex, at = regex + translated[0], translated[1]
        elif body[at] == "\\":
            if at + 1 == end:
                return None
            regex, at = regex + re.escape(body[at + 1]), at + 2
        else:
            regex, at = regex + re.escape(body[at]), at + 1
    return regex


def _translate_class(body: str, at: int) -> tuple[str, int] | None:
    """The expression for what stands in brackets from ``at``, and where it goes on after them."""
    negated = body[at : at + 1] in ("!", "^")
    at += negated
    inside, first = "", True
    while at < len(body):
        char = body[at]
        if char == "]" and not first:
            head = "^/" if negated else ""
            regex = f"(?!/)[{head}{inside}]"
            return (regex, at + 1) if _compiles(regex) else None
        first = False
        if posix := re.match(r"\[:(\w+):\]", body[at:]):
            if posix[1] not in _POSIX:
                return None
            inside, at = inside + _POSIX[posix[1]], at + posix.end()
        elif char == "\\" and at + 1 < len(body):
            inside, at = inside + re.escape(body[at + 1]), at + 2
        else:
            inside, at = inside + (char if char == "-" else re.escape(char)), at + 1
    return None


def _compiles(regex: str) -> bool:
    try:
        re.compile(regex)
    except re.error:
        return False
    return True
