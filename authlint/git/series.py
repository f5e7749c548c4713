"""A part of the history of one file, told by what its versions are called, and what is found in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from authlint import languages
from authlint.finding import Finding, Half, Problem, Report
from authlint.git.interest import Interest
from authlint.git.reading import Reading, Seen, found_in, key_of
from authlint.project.files import Target
from authlint.project.settings import Config
from authlint.run.outcome import MISSING, Outcome, too_large
from authlint.source import decode, is_binary

if TYPE_CHECKING:
    from authlint.git.repository import Blob
    from authlint.run.results import Lesson
    from authlint.run.runner import Lint


class Step(NamedTuple):
    """A content that the file had, the number of the commit that brought it, and the contents which this one changed.

    Of those only the ones that are in no step before.
    """

    blob: str
    commit: int
    bases: tuple[str, ...] = ()


class Series(NamedTuple):
    """Versions of a file, the oldest first: its path as reported, from the top, about how many bytes, its settings.

    ``whole``: what the first of them came from is looked at as well, here or in another series.
    """

    path: str
    identity: str
    size: int
    config: Config
    steps: tuple[Step, ...]
    whole: bool

    @property
    def target(self) -> Target:
        """The file, as if it were linted by itself."""
        return Target(self.path, self.identity, self.size, self.config, blob=self.steps[-1].blob)


def look(series: Series, lint: Lint) -> Outcome:
    """What the versions of a file hold, each finding once, and where each comes from."""
    return _Look(series, lint).outcome()


class _Look:
    """The way through a series."""

    def __init__(self, series: Series, lint: Lint) -> None:
        self._series = series
        self._lint = lint
        self._target = series.target
        self._limit = series.config.settings.max_file_size
        self._problems: list[Problem] = []
        self._lessons: list[Lesson] = []
        self._bytes = 0
        self._first: dict[int, tuple[Finding | Half, ...]] = {}

    def outcome(self) -> Outcome:
        seen = self._seen()
        whole = tuple(item.what for item in seen if isinstance(item.what, Finding))
        halves = tuple(item.what for item in seen if isinstance(item.what, Half))
        steps = self._series.steps
        report = Report(self._series.path, whole, tuple(self._problems), self._bytes, halves=halves)
        origins = {key_of(item.finding): (steps[item.origin].commit, steps[item.origin].blob) for item in seen}
        return Outcome(report, scanned=True, lessons=tuple(self._lessons), origins=origins, versions=len(steps))

    def _seen(self) -> list[Seen]:
        language = languages.detect(self._series.identity, b"")
        concerns = partial(self._lint.concerns, self._target, language)
        reading = Reading(
            Interest(self._series.identity, language, concerns), self._report, with_old=self._series.whole
        )
        for number, data in self._contents():
            if number < 0:
                reading.start(data)
            else:
                reading.add(number, data)
        reading.judge()
        return [self._where_it_began(seen) for seen in reading.found.values()]

    def _contents(self) -> Iterator[tuple[int, bytes]]:
        """The text of each step under its number, and before it, under a number below zero, what it came from."""
        numbers: list[int] = []
        names: list[str] = []
        for number, step in enumerate(self._series.steps):
            numbers += [-1] * len(step.bases) + [number]
            names += [*step.bases, step.blob]
        with closing(self._lint.blobs(names, self._limit)) as blobs:
            for number, blob in zip(numbers, blobs, strict=True):
                data = self._text(blob, say=number >= 0)
                if data is not None:
                    yield number, data

    def _text(self, blob: Blob, *, say: bool) -> bytes | None:
        if blob.data is not None:
            self._bytes += len(blob.data)
            return None if is_binary(blob.data) else decode(blob.data)
        if say and not blob.is_binary:
            lost = Problem(self._series.path, "unreadable", f"cannot be read: {MISSING}")
            self._problems += [lost] if blob.size < 0 else too_large(self._target).report.problems
        return None

    def _report(self, data: bytes) -> Report:
        outcome = self._lint.bytes(data, self._target)
        self._lessons.extend(outcome.lessons)
        self._problems.extend(problem for problem in outcome.report.problems if problem not in self._problems)
        return outcome.report

    def _where_it_began(self, seen: Seen) -> Seen:
        """A finding as it stood in the version that brought its lines, if it was one there already."""
        if seen.origin == seen.number:
            return seen
        if seen.origin not in self._first:
            data = self._lint.blob(self._series.steps[seen.origin].blob, self._limit).data
            self._first[seen.origin] = found_in(self._report(decode(data))) if data is not None else ()
        for what in self._first[seen.origin]:
            first = Seen(what, seen.origin, seen.origin)
            if key_of(first.finding) == key_of(seen.finding):
                return first
        return seen._replace(origin=seen.number)
