"""A run over the history: what to look at, and what becomes of what is found.

A secret that a thousand versions of a file hold is one finding: that of the commit that brought it. Whether it is still
there is known when all is read; so the findings are kept until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from authlint.finding import Commit, Finding, Problem, Report
from authlint.git.history import Change, Log
from authlint.git.places import Place, Places
from authlint.git.repository import Repository
from authlint.git.series import Series, Step
from authlint.project.files import Target
from authlint.project.settings import Configs

if TYPE_CHECKING:
    from authlint.run.outcome import Outcome
    from authlint.run.runner import Lint

_USUAL_SIZE = 4_000
"""About how many bytes a version of a file has: the true number is known only when it is read."""

_TOGETHER = 48
"""How many versions of a file are looked at together: more take less time in all, but leave other processes idle."""

_Key = tuple[str, str]


class _Found(NamedTuple):
    finding: Finding
    commit: int
    blob: str


class _File:
    """What is known of a path so far: its place, its contents, and the steps that have not been handed on."""

    __slots__ = ("blobs", "place", "steps")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.blobs: set[str] = set()
        self.steps: list[Step] = []

    def add(self, change: Change) -> None:
        self.steps.append(
            Step(change.blob, change.commit, tuple(each for each in change.bases if each not in self.blobs))
        )
        self.blobs.add(change.blob)

    def series(self, *, whole: bool) -> Series:
        """The steps that are to be handed on. What comes after them goes on from the last."""
        steps, self.steps = tuple(self.steps), []
        self.blobs.clear()
        return Series(*self.place[:2], _USUAL_SIZE * len(steps), self.place.config, steps, whole)


class Past:
    """The history of a repository, and the findings in it."""

    def __init__(self, repository: Repository, configs: Configs, lint: Lint, since: str, paths: list[str]) -> None:
        """Nothing is read before it is asked for."""
        self.places = Places(repository, configs)
        self.repository = repository
        self.problems: list[Problem] = []
        self._files: dict[bytes, _File | None] = {}
        self._paths: dict[str, bytes] = {}
        self._looked: set[int] = set()
        self._found: dict[tuple[str, _Key], _Found] = {}
        self._limit = configs.at(repository.top).settings.max_file_size
        self._log = Log(repository, since, paths)
        self._since = since
        self._lint = lint
        self._all = self._given = self._taken = 0

    def items(self) -> Iterator[Series | Problem]:
        """The versions of each file, some of them at a time; and problems with settings."""
        for change in self._log.changes():
            file = self._file(change.path)
            if file is not None and self._is_new(change.blob, file.place):
                file.add(change)
                if len(file.steps) >= _TOGETHER:
                    yield self._give(file)
        for file in self._files.values():
            if file is not None and file.steps:
                yield self._give(file)
        yield from self.problems

    def _is_new(self, blob: str, place: Place) -> bool:
        """Whether a content has not yet stood in such a place."""
        content = hash((blob, place.kind))
        if content in self._looked:
            return False
        self._looked.add(content)
        return True

    def _give(self, file: _File) -> Series:
        series = file.series(whole=not self._since)
        self._given += len(series.steps)
        return series

    @property
    def commits(self) -> int:
        """How many commits there were."""
        return len(self._log)

    @property
    def files(self) -> int:
        """How many files there were."""
        return len(self._paths)

    def share(self) -> float:
        """How much of the history is done, from 0 to 1."""
        if not self._all:
            self._all = self._log.count()
        return min(self.commits / max(self._all, 1), 1) * self._taken / max(self._given, 1)

    @property
    def excluded(self) -> int:
        """How many paths settings leave out."""
        return self.places.excluded

    def take(self, outcome: Outcome) -> None:
        """Keep what is found in versions of a file, unless older ones had it already."""
        self._taken += outcome.versions
        for finding in outcome.report.findings:
            if outcome.origins is not None:
                key = finding.code, finding.content
                found = _Found(finding, *outcome.origins[key])
                known = self._found.get((finding.path, key))
                if known is None or found.commit < known.commit:
                    self._found[finding.path, key] = found

    def reports(self) -> Iterator[tuple[Report, str]]:
        """What was found, the oldest first, each report with the blob it is about."""
        later = self._log.later({self._paths[path] for path, _ in self._found})
        present = self._present(set().union(*later.values())) if later else {}
        together: dict[tuple[int, str, str], list[Finding]] = {}
        for (path, key), (finding, number, blob) in self._found.items():
            if self._has_moved_here(path, key, number, later):
                continue
            in_head = any(key in present.get(each, ()) for each in later[self._paths[path]])
            commit = Commit(*self._log.commit(number), in_head)
            together.setdefault((number, finding.path, blob), []).append(finding._replace(commit=commit))
        for (_, path, blob), findings in sorted(together.items(), key=lambda pair: pair[0]):
            yield Report(path, tuple(sorted(findings, key=lambda finding: finding.span))), blob

    def _has_moved_here(self, path: str, key: _Key, number: int, later: dict[bytes, set[bytes]]) -> bool:
        """Whether a finding is that of another file that came to be this one."""
        name = self._paths[path]
        for other, places in later.items():
            if other != name and name in places:
                first = self._found.get((self._shown(other), key))
                if first is not None and first.commit <= number:
                    return True
        return False

    def _present(self, paths: set[bytes]) -> dict[bytes, set[_Key]]:
        """What is found now in the files of these paths that are still there."""
        present: dict[bytes, set[_Key]] = {}
        for path, blob in self._head():
            file = self._file(path) if path in paths else None
            if file is not None and (raw := self.read(blob)) is not None:
                target = Target(*file.place[:2], len(raw), file.place.config)
                found = self._lint.bytes(raw, target).report.findings
                present[path] = {(finding.code, finding.content) for finding in found}
        return present

    def read(self, blob: str) -> bytes | None:
        """The bytes of a blob, if it is there and not too large."""
        return self._lint.blob(blob, self._limit).data

    def _head(self) -> Iterator[tuple[bytes, str]]:
        if not self.repository.head():
            return
        with self.repository.stream("ls-tree", "-r", "-z", "--full-tree", "HEAD") as tree:
            for entry in tree.read().split(b"\0"):
                what, _, path = entry.partition(b"\t")
                if path:
                    yield path, what.split()[2].decode()

    def _file(self, path: bytes) -> _File | None:
        """What is known of a path; ``None`` if it is left out."""
        if path not in self._files:
            place = self.places.of(path)
            if isinstance(place, Problem):
                self.problems.append(place)
                place = None
            self._files[path] = None if place is None else _File(place)
            if place is not None:
                self._paths[place.path] = path
        return self._files[path]

    def _shown(self, path: bytes) -> str:
        file = self._files[path]
        return file.place.path if file is not None else ""
