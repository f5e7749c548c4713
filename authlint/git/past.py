"""A run over the history: what to look at, and what becomes of what is found.

A secret that a thousand versions of a file hold is one finding: that of the commit that brought it. Whether it is still
there is known when all is read; so the findings are kept until then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from authlint import languages
from authlint.engine.prefilter import ENCODED
from authlint.finding import Commit, Finding, Problem, Report
from authlint.git.history import Log, Version
from authlint.git.places import Place, Places
from authlint.git.repository import Repository
from authlint.project.files import Item, Target
from authlint.project.settings import Configs

if TYPE_CHECKING:
    from authlint.run.runner import Lint

_BY_FORMAT = frozenset({"", "AUT101", "AUT102", "AUT103", "AUT110", ENCODED})
"""The rules that know credentials by what they look like; the others by the names that are given to them."""

_CODE = frozenset({"python", "javascript", "typescript", "tsx", "ruby"})
"""Languages in which a text stands in quotes."""

_USUAL_SIZE = 4_000
"""About how many bytes a version of a file has: the true number is known only when it is read."""

_Key = tuple[str, str]


class _Found(NamedTuple):
    finding: Finding
    version: Version


class Past:
    """The history of a repository, and the findings in it."""

    def __init__(self, repository: Repository, configs: Configs, lint: Lint, since: str, paths: list[str]) -> None:
        """Nothing is read before it is asked for."""
        self.places = Places(repository, configs)
        self.repository = repository
        self.problems: list[Problem] = []
        self._of: dict[bytes, Place | None] = {}
        self._identities: dict[str, bytes] = {}
        self._found: dict[tuple[str, _Key], _Found] = {}
        self._limit = configs.at(repository.top).settings.max_file_size
        self._log = Log(repository, since, paths, self._limit)
        self._given: deque[Version] = deque()
        self._lint = lint
        self._all = 0

    def items(self) -> Iterator[Item]:
        """Each version in which something could be found that was not there before; and problems with settings."""
        for version in self._log.versions(self._wants, self._concerns):
            place = self._of[version.path]
            assert place is not None, "only what is wanted is given"  # noqa: S101
            if self._is_of_interest(version, place):
                self._given.append(version._replace(around=None, new=None, patch=b""))
                yield Target(*place[:2], _USUAL_SIZE, place.config, blob=version.blob, lines=version.lines)
        yield from self.problems

    @property
    def commits(self) -> int:
        """How many commits there were."""
        return len(self._log.commits)

    @property
    def files(self) -> int:
        """How many files there were."""
        return sum(place is not None for place in self._of.values())

    def share(self) -> float:
        """How much of the history is done, from 0 to 1."""
        if not self._all:
            self._all = self._log.count()
        return min(self.commits / max(self._all, 1), 1)

    @property
    def excluded(self) -> int:
        """How many paths settings leave out."""
        return self.places.excluded

    def take(self, report: Report) -> None:
        """Keep what is found in the next version, unless an earlier one of the file had it already."""
        if not self._given:
            return
        version = self._given.popleft()
        for finding in report.findings:
            self._found.setdefault((finding.path, (finding.code, finding.content)), _Found(finding, version))

    def reports(self) -> Iterator[tuple[Report, str]]:
        """What was found, the oldest first, each report with the blob it is about."""
        later = self._later()
        present = self._present(set().union(*later.values())) if later else {}
        together: dict[tuple[int, str, str], list[Finding]] = {}
        for (path, key), (finding, version) in self._found.items():
            if self._has_moved_here(path, key, version, later):
                continue
            in_head = any(key in present.get(each, ()) for each in later[path])
            commit = Commit(*self._log.commits[version.commit], in_head)
            place = version.commit, finding.path, version.blob
            together.setdefault(place, []).append(finding._replace(commit=commit))
        for (_, path, blob), findings in sorted(together.items(), key=lambda pair: pair[0]):
            yield Report(path, tuple(sorted(findings, key=lambda finding: finding.span))), blob

    def _later(self) -> dict[str, set[bytes]]:
        """For each path with findings, where what it held may be now."""
        return {path: self._log.later(self._identities[path]) for path in {path for path, _ in self._found}}

    def _has_moved_here(self, path: str, key: _Key, version: Version, later: dict[str, set[bytes]]) -> bool:
        """Whether a finding is that of another file that came to be this one."""
        identity = self._identities[path]
        others = (other for other in later if other != path and identity in later[other])
        return any(
            (other, key) in self._found and self._found[other, key].version.commit <= version.commit for other in others
        )

    def _present(self, paths: set[bytes]) -> dict[bytes, set[_Key]]:
        """What is found now in the files of these paths that are still there."""
        present: dict[bytes, set[_Key]] = {}
        for path, blob in self._head():
            place = self._of[path] if path in paths and self._wants(path) else None
            if place is not None and (raw := self.read(blob)) is not None:
                found = self._lint.bytes(raw, Target(*place[:2], len(raw), place.config)).report.findings
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

    def _is_of_interest(self, version: Version, place: Place) -> bool:
        """Whether something could be found that was not there before: in code, rules that go by names want a text."""
        concerns = partial(self._lint.concerns, place.config)
        codes = version.is_of_interest(concerns)
        if not codes.isdisjoint(_BY_FORMAT) or languages.detect(place.identity, b"") not in _CODE:
            return bool(codes)
        return bool(codes and version.only_texts().is_of_interest(concerns))

    def _concerns(self, path: bytes, text: bytes) -> frozenset[str]:
        place = self._of[path]
        return self._lint.concerns(place.config, text) if place is not None else frozenset()

    def _wants(self, path: bytes) -> bool:
        if path not in self._of:
            place = self.places.of(path)
            if isinstance(place, Problem):
                self.problems.append(place)
                place = None
            self._of[path] = place
            if place is not None:
                self._identities[place.path] = path
        return self._of[path] is not None
