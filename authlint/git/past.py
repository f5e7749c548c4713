"""A run over the history: what to look at, and what becomes of what is found.

A secret that a thousand versions of a file hold is one finding: that of the commit that brought it. Whether it is still
there is known when all is read; so the findings are kept until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from authlint.files import Chain, Item, Target
from authlint.finding import Commit, Finding, Problem, Report
from authlint.git.history import Log, Version
from authlint.git.places import Place, Places
from authlint.git.repository import Objects, Repository
from authlint.settings import Configs

_TOGETHER = 64
"""How many versions of a file are looked at in one go."""

_USUAL_SIZE = 4_000
"""About how many bytes a version of a file has: the true number is known only when it is read."""

_Key = tuple[str, str]


class _Found(NamedTuple):
    finding: Finding
    version: Version


class Past:
    """The history of a repository, and the findings in it."""

    def __init__(self, repository: Repository, configs: Configs, since: str, paths: list[str]) -> None:
        """Nothing is read before it is asked for."""
        self.places = Places(repository, configs)
        self.repository = repository
        self.problems: list[Problem] = []
        self.files = 0
        self._of: dict[bytes, Place | None] = {}
        self._identities: dict[str, bytes] = {}
        self._log = Log(repository, since, paths, self._wants)
        self._found: dict[tuple[str, _Key], _Found] = {}
        self._limit = configs.at(repository.top).settings.max_file_size
        self._objects = Objects(repository)

    def items(self) -> Iterator[Item]:
        """Each file's versions, in lots; and problems with the settings for them."""
        files = self._log.files()
        self.files = len(files)
        yield from self.problems
        for path, versions in sorted(files.items()):
            place = self._of[path]
            assert place is not None, "only what is wanted is in the log"  # noqa: S101
            for start in range(0, len(versions), _TOGETHER):
                lot = tuple(versions[start : start + _TOGETHER])
                yield Chain(Target(*place[:2], len(lot) * _USUAL_SIZE, place.config), lot)

    @property
    def commits(self) -> int:
        """How many commits there were."""
        return len(self._log.commits)

    @property
    def excluded(self) -> int:
        """How many paths settings leave out."""
        return self.places.excluded

    def take(self, version: Version, report: Report) -> None:
        """Keep what is found in a version, unless an earlier one of the file had it already."""
        for finding in report.findings:
            key = (finding.path, (finding.code, finding.content))
            known = self._found.get(key)
            if known is None or version.commit < known.version.commit:
                self._found[key] = _Found(finding, version)

    def reports(self, lint: Callable[[bytes, Target], Report]) -> Iterator[tuple[Report, str]]:
        """What was found, the oldest first, each report with the blob it is about."""
        later = self._later()
        present = self._present(lint, set().union(*later.values())) if later else {}
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

    def _present(self, lint: Callable[[bytes, Target], Report], paths: set[bytes]) -> dict[bytes, set[_Key]]:
        """What is found now in the files of these paths that are still there."""
        present: dict[bytes, set[_Key]] = {}
        for path, blob in self._head():
            place = self._of.get(path) if path in paths else None
            if place is not None and (raw := self.read(blob)) is not None:
                found = lint(raw, Target(*place[:2], len(raw), place.config)).findings
                present[path] = {(finding.code, finding.content) for finding in found}
        return present

    def read(self, blob: str) -> bytes | None:
        """The bytes of a blob, if it is there and not too large."""
        return self._objects.blob(blob, self._limit).data

    def close(self) -> None:
        """End what reads objects."""
        self._objects.close()

    def _head(self) -> Iterator[tuple[bytes, str]]:
        if not self.repository.head():
            return
        with self.repository.stream("ls-tree", "-r", "-z", "--full-tree", "HEAD") as tree:
            for entry in tree.read().split(b"\0"):
                what, _, path = entry.partition(b"\t")
                if path:
                    yield path, what.split()[2].decode()

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
