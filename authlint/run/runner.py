"""Files in, reports out: one by one for little work, in several processes for more. One bad file stops nothing."""

from __future__ import annotations

import builtins
import gc
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from authlint.errors import InputError
from authlint.finding import Finding, Problem, ProblemKind, Report
from authlint.project.files import Item, Target, TooLargeError, read
from authlint.project.ignore import Patterns
from authlint.project.selection import enabled, matching
from authlint.project.settings import Config
from authlint.run.across import Across
from authlint.run.patience import TimeIsUpError, limited
from authlint.source import decode, is_binary

if TYPE_CHECKING:
    from datetime import date

    from authlint.engine.linter import Linter, Options
    from authlint.fixes.variables import Variables
    from authlint.git.repository import Blob, Objects, Repository
    from authlint.git.series import Series
    from authlint.ruleset.rules import GitState, RuleSet
    from authlint.run.results import Lesson, Results

PATIENCE, ENOUGH = 0.05, 8
"""Seconds of work before other processes are started, and the number of files there must be left for them."""


MISSING = "git does not have its content here"


class Outcome(NamedTuple):
    """The report of one file. It is ``scanned``, or has a problem, or is ``skipped``: no text, and not asked for.

    ``lessons`` are for later runs. Where so many ``versions`` of a file were looked at, ``origins`` are the number
    of the commit and the blob that each finding comes from, by its code and content.
    """

    report: Report
    scanned: bool = False
    skipped: bool = False
    lessons: tuple[Lesson, ...] = ()
    origins: Mapping[tuple[str, str], tuple[int, str]] | None = None
    versions: int = 0


class _Ready(NamedTuple):
    """What one configuration needs for each file."""

    linter: Linter
    results: _Earlier | None
    ignores: tuple[tuple[Patterns, frozenset[str]], ...]


class _Earlier:
    """What earlier runs found, read when the first file is to be looked up: most commits need none of it."""

    def __init__(self, read: Callable[[], Results]) -> None:
        self._read = read
        self._results: Results | None = None

    def get(self, path: str, language: str, raw: builtins.bytes) -> Report | None:
        """What a file gave, if that is known."""
        self._results = self._results or self._read()
        return self._results.get(path, language, raw)

    def put(self, path: str, language: str, raw: builtins.bytes, report: Report) -> None:
        """Remember what a file gave."""
        self._results = self._results or self._read()
        self._results.put(path, language, raw, report)

    def lessons(self) -> tuple[Lesson, ...]:
        """What is new since the last call."""
        return self._results.lessons() if self._results is not None else ()


class Lint:
    """Lints files, with one linter for each configuration, made when the first file needs it.

    ``load`` gives the rule set for the rule paths of a configuration; with ``explain``, reports say what was held to be
    made up; ``today`` is the day by which the age of things is told; where it is ``cached``, what earlier runs found is
    believed. ``family`` limits the rules to one family, ``repository`` is where contents are that git keeps. Goes to
    other processes with the rule sets it has loaded, but without the linters. The key with which secrets are compared
    is made with it and lives as long.
    """

    def __init__(
        self,
        load: Callable[[tuple[str, ...]], RuleSet],
        *,
        explain: bool = False,
        today: date | None = None,
        cached: bool = False,
        family: str = "",
        repository: Repository | None = None,
        variables: Variables | None = None,
    ) -> None:
        """Nothing is loaded before it is needed. ``variables`` are the names that fixes of all files share."""
        self._variables = variables
        self._load = load
        self._explain = explain
        self._today = today
        self._cached = cached
        self._family = family
        self.repository = repository
        self._rulesets: dict[tuple[str, ...], RuleSet] = {}
        self._ready: dict[str, _Ready] = {}
        self._objects: dict[int, Objects] = {}
        self._key = os.urandom(16)

    def __getstate__(self) -> dict[str, Any]:
        """All but the linters, which hold a database that cannot be sent anywhere, and what reads objects."""
        return self.__dict__ | {"_ready": {}, "_objects": {}}

    def ruleset(self, config: Config) -> RuleSet:
        """Everything that is known under a configuration."""
        paths = config.settings.rule_paths
        if paths not in self._rulesets:
            self._rulesets[paths] = self._load(paths)
        return self._rulesets[paths]

    def check(self, config: Config) -> frozenset[str]:
        """The codes that a configuration runs; refuses one that names a rule there is not."""
        ruleset = self.ruleset(config)
        return frozenset(
            code
            for code in enabled(config, ruleset)
            if not self._family or ruleset.by_code[code].family == self._family
        )

    def item(self, item: Item) -> Outcome:
        """The outcome for whatever a walk has found. Never raises."""
        if isinstance(item, Problem):
            return Outcome(Report(item.path, problems=(item,)))
        if not isinstance(item, Target):
            return self._series(item)
        try:
            raw, binary = self._read(item)
        except TooLargeError:
            return too_large(item)
        except (OSError, InputError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            return _failed(item.path, "unreadable", f"cannot be read: {reason or error}")
        return self._text(raw, item) if not binary else _binary(item)

    def _series(self, series: Series) -> Outcome:
        from authlint.git.series import look  # noqa: PLC0415 - most runs do without git

        try:
            return look(series, self)
        except InputError as error:
            return _failed(series.path, "unreadable", f"cannot be read: {error}")
        except Exception as error:
            if os.environ.get("AUTHLINT_DEBUG"):
                raise
            return _crashed(series.path, error)

    def _read(self, target: Target) -> tuple[builtins.bytes, bool]:
        """A file's bytes, from the disk or from git, and whether they are no text."""
        limit = target.config.settings.max_file_size
        if not target.blob:
            return read(target.path, limit)
        blob = self.blob(target.blob, limit)
        if blob.size > limit:
            raise TooLargeError
        if blob.data is None:
            raise InputError(MISSING)
        return blob.data, is_binary(blob.data)

    def blob(self, name: str, limit: int) -> Blob:
        """A content that git keeps."""
        return self._open().blob(name, limit)

    def blobs(self, names: Sequence[str], limit: int) -> Generator[Blob]:
        """Several of them. No other must be asked for before the last of these is there."""
        return self._open().blobs(names, limit)

    def _open(self) -> Objects:
        """What reads objects: one process of git's for each of ours."""
        from authlint.git.repository import Objects  # noqa: PLC0415 - most runs do without git

        assert self.repository is not None, "who names a blob says where it is"  # noqa: S101
        if os.getpid() not in self._objects:
            self._objects = {os.getpid(): Objects(self.repository)}
        return self._objects[os.getpid()]

    def prepare(self) -> None:
        """Load what the next files need: processes that are forked from this one then need not do it, each again."""
        for ready in self._ready.values():
            ready.linter.prepare()

    def close(self) -> None:
        """End what reads objects."""
        for objects in self._objects.values():
            objects.close()
        self._objects = {}

    def concerns(self, target: Target, language: str, piece: builtins.bytes) -> frozenset[str]:
        """The codes of the rules that could find something in a piece of a file's text."""
        return self._ready_for(target.config).linter.concerns(piece, target.identity, language)

    def bytes(self, raw: builtins.bytes, target: Target, language: str = "") -> Outcome:
        """The outcome for these bytes as the content of a file, in the language its name tells or this one."""
        if len(raw) > target.config.settings.max_file_size:
            return too_large(target)
        return _binary(target) if is_binary(raw) else self._text(raw, target, language)

    def _text(self, raw: builtins.bytes, target: Target, language: str = "") -> Outcome:
        try:
            ready = self._ready_for(target.config)
            with limited(target.config.settings.max_file_seconds):
                report = ready.linter.lint(target.identity, raw, language, partial(_git_state, target))
            lessons = ready.results.lessons() if ready.results else ()
            return Outcome(_presented(report, raw, target, ready.ignores), scanned=True, lessons=lessons)
        except TimeIsUpError:
            return _too_long(target)
        except Exception as error:
            if os.environ.get("AUTHLINT_DEBUG"):
                raise
            return _crashed(target.path, error)

    def _ready_for(self, config: Config) -> _Ready:
        ready = self._ready.get(config.source)
        if ready is None:
            ready = self._ready[config.source] = self._make(config)
        return ready

    def _make(self, config: Config) -> _Ready:
        from authlint.engine.linter import Linter, Options  # noqa: PLC0415
        from authlint.run import cache  # noqa: PLC0415 - neither it nor the engine is needed to explain a rule

        settings, ruleset = config.settings, self.ruleset(config)
        options = Options(
            settings.min_confidence,
            settings.examples_in_code,
            settings.internal_hosts,
            self._explain,
            self._today,
            self._key,
        )
        ignores = tuple((Patterns([key]), matching(codes, ruleset)) for key, codes in settings.per_file_ignores.items())
        chosen = ruleset.only(self.check(config))
        results = _Earlier(partial(self._results, chosen, options, settings.rule_paths)) if self._cached else None
        linter = Linter(chosen, options, cache, results)
        if self._variables is not None:
            linter.variables = self._variables
        return _Ready(linter, results, ignores)

    def _results(self, ruleset: RuleSet, options: Options, rule_paths: tuple[str, ...]) -> Results:
        from authlint.run import catalog  # noqa: PLC0415 - as above
        from authlint.run.results import Results, name_for  # noqa: PLC0415

        return Results(name_for(ruleset, options, catalog.digest(rule_paths)), ruleset)


def run(items: Iterable[Item], lint: Lint, jobs: int = 0) -> Generator[Outcome]:
    """The outcome for each file and problem of a walk, in its order, as soon as it is known.

    What only several files tell together is found in the last of them.
    """
    across = Across()
    for outcome in _run(items, lint, jobs):
        yield outcome._replace(report=across.complete(outcome.report)) if outcome.report.halves else outcome


def _run(items: Iterable[Item], lint: Lint, jobs: int) -> Generator[Outcome]:
    """The outcome for each file by itself.

    ``jobs`` is the number of processes, 0 for as many as there are processors. Others are started once this one has
    worked for a while and enough is left: what a file costs depends on what is in it, not on its size.
    """
    collect_rarely()
    waiting = iter(items)
    jobs = jobs or processors()
    if jobs > 1:
        started = perf_counter()
        for item in waiting:
            yield lint.item(item)
            if perf_counter() - started > PATIENCE:
                break
        left = list(islice(waiting, ENOUGH))
        if len(left) == ENOUGH:
            from authlint.run.pool import run_parallel  # noqa: PLC0415 - costs what small work takes

            lint.prepare()
            yield from run_parallel(chain(left, waiting), lint, jobs)
            return
        waiting = iter(left)
    for item in waiting:
        yield lint.item(item)


def collect_rarely() -> None:
    """Facts are many objects, few of them in cycles: looking for those as often as usual takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 5, 2)


def load_rules(rule_paths: tuple[str, ...], *, full: bool = False) -> RuleSet:
    """The rules that come with authlint and those below the paths; with their long texts if ``full``."""
    from authlint.run import catalog  # noqa: PLC0415 - only who loads rules needs it

    return catalog.load(rule_paths, full=full)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def lost(item: Item, *, late: bool) -> Outcome:
    """The outcome for a file that took its process with it, or that was ``late`` so that it was ended."""
    if late and isinstance(item, Target):
        return _too_long(item)
    return _failed(item.path, "crash", "internal error (the process that checked it died), please report it")


def _git_state(target: Target) -> GitState:
    """How git regards a file; what is read from git itself is tracked."""
    if target.blob:
        return "tracked"
    from authlint.project import tracking  # noqa: PLC0415 - few files are asked for

    return tracking.state(target.path)


def _presented(
    report: Report, raw: bytes, target: Target, ignores: tuple[tuple[Patterns, frozenset[str]], ...]
) -> Report:
    """The report under the path the user knows, without what is ignored for that file."""
    if target.lines is not None and report.findings:
        report = report._replace(findings=tuple(_touching(report.findings, target.lines, raw)))
    codes: frozenset[str] = frozenset()
    if ignores and (report.findings or report.halves):
        absolute = os.path.abspath(target.path).replace(os.sep, "/")[1:]
        codes = codes.union(*(codes for patterns, codes in ignores if patterns.excludes(absolute)))
    if target.path == target.identity and not codes:
        return report
    findings: tuple[Finding, ...] = tuple(
        finding._replace(path=target.path) for finding in report.findings if finding.code not in codes
    )
    problems = tuple(problem._replace(path=target.path) for problem in report.problems)
    halves = tuple(
        half._replace(finding=half.finding._replace(path=target.path))
        for half in report.halves
        if half.finding.code not in codes
    )
    return report._replace(path=target.path, findings=findings, problems=problems, halves=halves)


def _touching(findings: Iterable[Finding], lines: tuple[tuple[int, int], ...], raw: bytes) -> Iterator[Finding]:
    """The findings that touch one of the lines. For git only a line feed ends a line."""
    data = decode(raw)
    for finding in findings:
        start, end = finding.span
        first = data.count(b"\n", 0, start) + 1
        last = first + data.count(b"\n", start, max(start, end - 1))
        if any(begin <= last and first <= finish for begin, finish in lines):
            yield finding


def _failed(path: str, kind: ProblemKind, message: str) -> Outcome:
    return Outcome(Report(path, problems=(Problem(path, kind, message),)))


def too_large(target: Target) -> Outcome:
    """The outcome for a file that is larger than its settings allow."""
    limit = target.config.settings.max_file_size
    return _failed(target.path, "too-large", f"is larger than 'max-file-size' ({limit:,} bytes) and was not checked")


def _crashed(path: str, error: Exception) -> Outcome:
    return _failed(path, "crash", f"internal error ({place(error)}), please report it")


def _too_long(target: Target) -> Outcome:
    limit = target.config.settings.max_file_seconds
    return _failed(target.path, "timeout", f"took longer than 'max-file-seconds' ({limit:,} s) and was given up")


def _binary(target: Target) -> Outcome:
    if target.explicit:
        return _failed(target.path, "binary", "is not text and was not checked")
    return Outcome(Report(target.path), skipped=True)


def place(error: Exception) -> str:
    """The kind of an error and where it was raised; not its message, which may quote the file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + where
