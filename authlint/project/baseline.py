"""Findings that are known and left for later: the file ``.authlint-baseline``, one finding a line.

A line is ``PATH CODE CONTENT``, and perhaps ``# reason``. There is no line number, date, count or salt in the file, so
two branches write the same line for the same finding and lines can be put together in any way: the order of lines and
doubled ones do not matter when it is read. ``CONTENT`` is the part of the fingerprint that does not depend on the path;
``authlint.engine.fingerprint`` says why nothing can be guessed from it. Part of the edge: does I/O.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from authlint.errors import InputError
from authlint.finding import Finding
from authlint.project.settings import shown

NAME = ".authlint-baseline"
VERSION = 1

_TITLE = "# authlint baseline"
_HEADER = f"""{_TITLE} {VERSION}
# Known findings, one a line: path, rule, content, and after '#' a reason of yours, which is kept.
# 'authlint baseline prune' takes out what no longer applies; 'authlint baseline show' says where each one is.
"""
_VERSION = re.compile(re.escape(_TITLE) + r" ([0-9]{1,6})\b")
_LINE = re.compile(
    r"""(?P<path> "(?:[^"\\]|\\.)*" | [^\s"]\S* )
    [ ]+ (?P<code> [A-Z]{1,3}[0-9]{1,3} )
    [ ]+ (?P<content> [0-9a-f]{16} (?:-[0-9]{1,6})? )
    [ ]* (?: \#[ ]* (?P<reason> .*? ) [ ]* )?""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[^\s\"#\\<>=|][^\s\"\\]*")
_CONFLICT = ("<<<<<<< ", "||||||| ", ">>>>>>> ")
_CONFLICT_MIDDLE = "======="


class Entry(NamedTuple):
    """One known finding. ``path`` is relative to the folder of the baseline, with ``/``."""

    path: str
    code: str
    content: str
    reason: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What the entry is about."""
        return self.path, self.code, self.content

    def line(self) -> str:
        """The entry as it is written."""
        return f"{self.place()} {self.code} {self.content}{f'  # {self.reason}' if self.reason else ''}"

    def place(self) -> str:
        """The path, as a JSON string if it holds anything that would end it, hide it or drive a terminal."""
        from authlint.secret.redact import clean  # noqa: PLC0415 - patterns that a run without findings does not need

        plain = _PLAIN.fullmatch(self.path) and clean(self.path) == self.path
        return self.path if plain else json.dumps(self.path)


class Baseline:
    """The entries of a file, and which of them the findings of a run have used."""

    def __init__(self, file: str, entries: Iterable[Entry] = ()) -> None:
        """``file`` need not exist: paths are relative to its folder."""
        self.file = file
        self.folder = os.path.dirname(os.path.abspath(file))
        self.entries: dict[tuple[str, str, str], Entry] = {}
        for entry in entries:
            known = self.entries.get(entry.key)
            self.entries[entry.key] = entry if known is None or not known.reason else known
        self.used: dict[Entry, Finding] = {}
        self._seen: set[str] = set()
        self._existing: dict[str, bool] = {}

    @classmethod
    def load(cls, file: str) -> Baseline:
        """The baseline in a file; an ``InputError`` that says what is wrong where it cannot be followed."""
        return cls(file, parse(_read(file), shown(file)))

    def relative(self, path: str) -> str:
        """A path as entries have it."""
        return os.path.relpath(os.path.abspath(path), self.folder).replace(os.sep, "/")

    def absolute(self, entry: Entry) -> str:
        """Where the file of an entry is."""
        return os.path.normpath(os.path.join(self.folder, entry.path))

    def entry(self, finding: Finding, reason: str = "") -> Entry:
        """The entry that a finding would have."""
        return Entry(self.relative(finding.path), finding.code, finding.content, reason)

    def saw(self, path: str) -> None:
        """Note that a file was looked at, so that its entries are used or of no use."""
        self._seen.add(self.relative(path))

    def match(self, finding: Finding) -> Entry | None:
        """The entry that a finding uses: its own, or the same of a file that is gone and may have a new name."""
        entry = self.entries.get(self.entry(finding).key)
        if entry is None:
            orphans = self._orphans.get((finding.code, finding.content), ())
            entry = next((each for each in orphans if self.used.get(each, finding).path == finding.path), None)
        if entry is not None:
            self.used[entry] = finding
        return entry

    def knows(self, finding: Finding) -> bool:
        """Whether a finding is in it, as far as that can be told without looking at others."""
        return self.entry(finding).key in self.entries

    def present(self) -> list[Entry]:
        """The entries that findings have used, with the paths those have now."""
        return [entry._replace(path=self.relative(finding.path)) for entry, finding in self.used.items()]

    def unused(self, *, everything: bool) -> list[Entry]:
        """Entries of the files seen that no finding has used, and of the files that are gone if all files were seen."""
        return [
            entry
            for entry in self.entries.values()
            if entry not in self.used and (entry.path in self._seen or (everything and not self._exists(entry)))
        ]

    @cached_property
    def _orphans(self) -> dict[tuple[str, str], list[Entry]]:
        found: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries.values():
            if not self._exists(entry):
                found.setdefault((entry.code, entry.content), []).append(entry)
        return found

    def _exists(self, entry: Entry) -> bool:
        known = self._existing.get(entry.path)
        if known is None:
            known = self._existing[entry.path] = os.path.lexists(self.absolute(entry))
        return known


def text(entries: Iterable[Entry]) -> str:
    """The file with these entries, sorted."""
    lines = sorted({entry.key: entry.line() for entry in entries}.values())
    return _HEADER + "".join(f"{line}\n" for line in lines)


def parse(content: str, where: str) -> Iterator[Entry]:
    """The entries in the text of a baseline; ``where`` is what errors call it."""
    titled = False
    for number, raw in enumerate(content.split("\n"), 1):
        line = raw.strip()
        if line.startswith(_CONFLICT) or line == _CONFLICT_MIDDLE:
            raise InputError(f"{where}:{number}: is in a merge conflict; keep the lines of both sides, not the markers")
        if line and not titled:
            _check_title(line, where)
            titled = True
        elif line and not line.startswith("#"):
            yield _entry(line, f"{where}:{number}")
    if not titled:
        raise InputError(f"{where}: is empty, and no baseline; 'authlint baseline create' makes one")


def _check_title(line: str, where: str) -> None:
    title = _VERSION.match(line)
    if title is None:
        raise InputError(f"{where}: is no baseline of authlint's: it does not begin with '{_TITLE} {VERSION}'")
    if int(title[1]) != VERSION:
        raise InputError(f"{where}: is a baseline of version {title[1]}, and this authlint reads version {VERSION}")


def _entry(line: str, where: str) -> Entry:
    match = _LINE.fullmatch(line)
    try:
        if match is not None:
            path = json.loads(match["path"]) if match["path"].startswith('"') else match["path"]
            return Entry(path, match["code"], match["content"], match["reason"] or "")
    except ValueError:
        pass
    raise InputError(f"{where}: is not 'PATH CODE CONTENT', as 'authlint baseline create' writes it")


def _read(file: str) -> str:
    try:
        with open(file, "rb") as stream:
            return stream.read().removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except FileNotFoundError:
        raise InputError(f"{shown(file)}: there is no such baseline; 'authlint baseline create' makes one") from None
    except UnicodeDecodeError:
        raise InputError(f"{shown(file)}: is no baseline of authlint's: it is not UTF-8") from None
    except OSError as error:
        raise InputError(f"{shown(file)}: cannot be read: {error.strerror}") from None
