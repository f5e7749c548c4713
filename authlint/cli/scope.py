"""What a run looks at: files below paths, what a change adds, or the history. ``check`` has one of these."""

from __future__ import annotations

import os
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

import click

from authlint.cli.told import warn
from authlint.finding import HARMLESS, Problem, Report
from authlint.project.files import Item, Target, TooLargeError, Walk, read
from authlint.run.outcome import MISSING

if TYPE_CHECKING:
    from authlint.git.past import Past
    from authlint.git.repository import Repository
    from authlint.project.settings import Configs
    from authlint.run.outcome import Outcome
    from authlint.run.runner import Lint

_SHOWN_PATHS = 3
_SLICE = 0.02
_GIT = ("staged", "diff", "since", "history")
_CREDENTIALS = "credentials"


class Scope(Protocol):
    """What a run looks at."""

    everything: bool
    """Whether files are looked at as they are and in full, so that what is known of them and not found is gone."""

    def items(self) -> Iterator[Item]:
        """The files, and problems where they come up."""

    def read(self, path: str) -> bytes | None:
        """The content of a file that was looked at, to show lines of it."""

    def is_on_disk(self, path: str) -> bool:
        """Whether what was looked at is the file as it is: only of that a fix can be made."""

    def share(self, done: int) -> float | None:
        """How much it is that ``done`` files are, from 0 to 1; ``None`` as long as that cannot be said."""

    def nothing(self, skipped: int) -> str:
        """What to say if there was nothing to look at; ``skipped`` files were no text."""


class Tree:
    """Files below some paths."""

    everything = True

    def __init__(self, paths: tuple[str, ...], walk: Walk, limit: int) -> None:
        """``limit`` is the greatest size of what is read to be shown."""
        self._paths = paths
        self._walk = walk
        self._limit = limit
        self._all = 0
        self._ahead: Iterator[Item] | None = None

    def items(self) -> Iterator[Item]:
        """The files, and problems where they come up."""
        return iter(self._walk)

    def share(self, done: int) -> float | None:
        """How many of the files are done: they are counted a little at a time, so that nobody waits for that."""
        if self._ahead is None:
            self._ahead = iter(self._walk.again())
        until = perf_counter() + _SLICE
        for _ in self._ahead:
            self._all += 1
            if perf_counter() > until:
                return None
        return done / self._all if self._all else None

    def read(self, path: str) -> bytes | None:
        """The content of a file that was looked at."""
        try:
            return read(path, self._limit)[0]
        except (OSError, TooLargeError):
            return None

    def is_on_disk(self, path: str) -> bool:
        """It is."""
        return True

    def nothing(self, skipped: int) -> str:
        """What to say if there was nothing to look at."""
        reasons = _reasons(self._walk.excluded, skipped)
        return f"no files to check under {_shown(self._paths)}{reasons}"


class Changed:
    """The lines that a change adds: what is staged, or what the work tree has and a revision has not."""

    everything = False

    def __init__(
        self, repository: Repository, configs: Configs, lint: Lint, paths: tuple[str, ...], revision: str | None
    ) -> None:
        """Without a revision it is about what is staged."""
        from authlint.git.places import Places  # noqa: PLC0415 - most runs do without git
        from authlint.git.repository import GitError  # noqa: PLC0415

        if not repository.has_work_tree:
            what = "index" if revision is None else "work tree"
            raise GitError(f"{repository.top}: is a repository without a work tree, so it has no {what} to check")
        self._repository = repository
        self._paths = paths
        self._within = [repository.relative(path) for path in paths]
        self._revision = revision
        self._base = "" if revision is None else self._common(revision)
        self._places = Places(repository, configs)
        self._blobs: dict[str, tuple[str, int]] = {}
        self._lint = lint

    def _common(self, revision: str) -> str:
        """Where the work that is checked out parted from a revision: what others have added since is not ours."""
        from authlint.git.repository import GitError  # noqa: PLC0415

        commit = self._repository.commit(revision)
        try:
            return self._repository.text("merge-base", commit, "HEAD").split("\n")[0]
        except GitError:
            what = f"'{revision}' and HEAD have no common commit here; they are compared as they are"
            warn(what + (" (this is a shallow clone)" if self._repository.is_shallow else ""))
            return commit

    def items(self) -> Iterator[Item]:
        """The files, and problems where they come up."""
        from authlint.git import changes  # noqa: PLC0415

        found = (
            changes.staged(self._repository, self._within)
            if self._revision is None
            else changes.since(self._repository, self._base, self._within)
        )
        for change in found:
            place = self._places.of(change.path)
            if isinstance(place, Problem):
                yield place
            elif place is not None and self._revision is None and change.lines is None:
                yield Problem(place.path, "unreadable", "is in a merge conflict; nothing of it is staged")
            elif place is not None and self._revision is None:
                self._blobs[place.path] = change.blob, place.config.settings.max_file_size
                yield Target(*place[:2], 0, place.config, blob=change.blob, lines=change.lines)
            elif place is not None and _is_file(place.path):
                yield Target(*place[:2], os.lstat(place.path).st_size, place.config, lines=change.lines)

    def read(self, path: str) -> bytes | None:
        """The content of a file that was looked at."""
        if path in self._blobs:
            return self._lint.blob(*self._blobs[path]).data
        try:
            return read(path, os.path.getsize(path))[0]
        except (OSError, TooLargeError):
            return None

    def is_on_disk(self, path: str) -> bool:
        """Whether nothing of it has changed since it was staged."""
        if path not in self._blobs:
            return True
        try:
            return read(path, os.path.getsize(path))[0] == self.read(path)
        except (OSError, TooLargeError):
            return False

    def share(self, done: int) -> float | None:
        """Not known: the change is read as it is looked at."""
        return None

    def nothing(self, skipped: int) -> str:
        """What to say if there was nothing to look at."""
        what = "nothing is staged that could be checked" if self._revision is None else "no line was added"
        since = "" if self._revision is None else f" since '{self._revision}'"
        return f"{what}{since}{_under(self._paths)}{_reasons(self._places.excluded, skipped)}"


class Versions:
    """Every version of every file that commits have brought."""

    everything = False

    def __init__(
        self, repository: Repository, configs: Configs, lint: Lint, paths: tuple[str, ...], revision: str | None
    ) -> None:
        """Without a revision it is about all there is."""
        from authlint.git.past import Past  # noqa: PLC0415

        self._paths = paths
        self._revision = revision
        since = "" if revision is None else repository.commit(revision)
        self.past: Past = Past(repository, configs, lint, since, [repository.relative(path) for path in paths])
        self._blob = ""
        self._said: set[Problem] = set()
        self._missing: list[Problem] = []
        if repository.is_shallow:
            warn("this is a shallow clone: what is older than its oldest commit is not checked")

    def items(self) -> Iterator[Item]:
        """The versions of the files, and problems where they come up."""
        return self.past.items()

    def take(self, outcome: Outcome) -> Report:
        """Keep what versions hold. What is left to be said now: problems that no version before them had."""
        self.past.take(outcome)
        report = outcome.report
        problems = [each for each in report.problems if each.kind not in HARMLESS]
        self._missing += [each for each in problems if each.message.endswith(MISSING)]
        new = tuple(each for each in problems if not each.message.endswith(MISSING) and each not in self._said)
        self._said.update(new)
        return Report(report.path, problems=new)

    def reports(self) -> Iterator[Report]:
        """What was found, once all is read."""
        if self._missing:
            first, more = self._missing[0], len(self._missing) - 1
            rest = f" ({more:,} more version{'s' if more > 1 else ''} of files like it)" if more else ""
            yield Report(first.path, problems=(first._replace(message=first.message + rest),))
        for report, blob in self.past.reports():
            self._blob = blob
            yield report

    def read(self, path: str) -> bytes | None:
        """The content of a file that was looked at."""
        return self.past.read(self._blob)

    def is_on_disk(self, path: str) -> bool:
        """It may be gone."""
        return False

    def share(self, done: int) -> float | None:
        """How many of the commits are done."""
        return self.past.share()

    def nothing(self, skipped: int) -> str:
        """What to say if there was nothing to look at."""
        since = "" if self._revision is None else f" since '{self._revision}'"
        return f"no commit{since} brought a file to check{_under(self._paths)}{_reasons(self.past.excluded, skipped)}"


def repository(options: dict[str, Any], paths: tuple[str, ...]) -> Repository | None:
    """The repository that the options are about, if they are about one; refuses what does not go together."""
    given = [f"--{name}" for name in _GIT if options[name] not in (None, False)]
    if not given:
        return None
    if len(given) > 1:
        raise click.UsageError(f"{given[0]} and {given[1]} cannot be given together")
    if "-" in paths:
        raise click.UsageError(f"{given[0]} cannot be given together with standard input")
    if options["show_files"] and given[0] in ("--since", "--history"):
        raise click.UsageError(f"--show-files cannot be given together with {given[0]}")
    from authlint.git.repository import Repository  # noqa: PLC0415

    return Repository.around(paths[0])


def family(options: dict[str, Any]) -> str:
    """The family of rules that a run is limited to: what is committed by mistake can be put right, old code cannot."""
    is_past = options["history"] or options["since"] is not None
    return _CREDENTIALS if is_past and not (options["select"] or options["extend_select"]) else ""


def scope(options: dict[str, Any], paths: tuple[str, ...], configs: Configs, walk: Walk, lint: Lint) -> Scope:
    """What the options say that a run looks at."""
    repository = lint.repository
    if repository is None:
        return Tree(paths, walk, configs.at(os.getcwd()).settings.max_file_size)
    if options["history"] or options["since"] is not None:
        return Versions(repository, configs, lint, paths, options["since"])
    return Changed(repository, configs, lint, paths, options["diff"])


def _is_file(path: str) -> bool:
    return os.path.isfile(path) and not os.path.islink(path)


def _under(paths: tuple[str, ...]) -> str:
    return "" if paths == (".",) else f" under {_shown(paths)}"


def _shown(paths: tuple[str, ...]) -> str:
    more = len(paths) - _SHOWN_PATHS
    return ", ".join(paths[:_SHOWN_PATHS]) + (f" and {more} more" if more > 0 else "")


def _reasons(excluded: int, skipped: int) -> str:
    counts = ((excluded, "excluded"), (skipped, "not text"))
    reasons = ", ".join(f"{count} {reason}" for count, reason in counts if count)
    return f" ({reasons})" if reasons else ""
