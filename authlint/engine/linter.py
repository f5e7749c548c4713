"""The pure core: bytes in, a report out. No file is read, no environment, no clock.

Pre-filter → front-end → facts → concepts → checks → context → ignore comments → report. The pre-filter is here; what
comes after it is in ``authlint.engine.inspection``, which is imported with the first file that could hold something.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from authlint.engine.prefilter import CREDENTIALS, Prefilter, Store
from authlint.finding import Report
from authlint.ruleset.rules import Confidence, GitState, RuleSet
from authlint.source import Source, decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from authlint.fixes.variables import Variables
    from authlint.ruleset.knowledge import Knowledge

_HEAD = 8192


class Options(NamedTuple):
    """What a run wants to see, beyond the choice of rules. ``today`` is the day it is: without one, nothing is old.

    ``key`` is that of the hashes by which secrets of several files are compared: something random, new in each run.
    """

    min_confidence: Confidence = "medium"
    examples_in_code: str = "warning"
    internal_hosts: tuple[str, ...] = ()
    explain: bool = False
    today: date | None = None
    key: bytes = b""


class Known(Protocol):
    """Knows what files gave in earlier runs."""

    def get(self, path: str, language: str, raw: bytes) -> Report | None:
        """What a file gave, if that is known."""

    def put(self, path: str, language: str, raw: bytes, report: Report) -> None:
        """Remember what a file gave."""


class Linter:
    """A rule set made ready: build one, then lint any number of files with it."""

    def __init__(
        self,
        ruleset: RuleSet,
        options: Options | None = None,
        store: Store | None = None,
        known: Known | None = None,
    ) -> None:
        """Make the pre-filter of a rule set. Everything else is loaded when a file first needs it.

        ``store`` is where the pre-filter may keep what takes long to compile, ``known`` what earlier runs have found.
        """
        self.ruleset = ruleset
        self.variables: Variables | None = None
        """The names that fixes give to secrets, if they are to hold for more than one file."""
        self.options = options or Options()
        self._prefilter = Prefilter(ruleset, store)
        self._known = None if self.options.explain else known
        self._has_looked = False

    def lint(self, path: str, raw: bytes, language: str = "", ask_git: Callable[[], GitState] | None = None) -> Report:
        """Lint one file. ``path`` is what is reported, with ``/``; ``raw`` the bytes as they are on disk.

        ``language`` overrides what the path and the first bytes say. ``ask_git`` tells how git regards the file, if a
        rule wants to know. Never raises: what goes wrong is a problem in the report.
        """
        utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        codes, has_ignores = self._prefilter.wanted(decode(raw) if utf16 else raw)
        has_ignores = has_ignores or self.options.explain
        if not codes and not has_ignores:
            return Report(path, bytes=len(raw))
        from authlint import languages  # noqa: PLC0415 - patterns that a clean file need not wait for

        data = decode(raw)
        source = Source(path, data, language or languages.detect(path, data[:_HEAD]))
        codes = self._relevant(codes, path, source.language)
        if not codes and not has_ignores:
            return Report(path, bytes=len(raw))
        report = self._known.get(path, source.language, raw) if self._known is not None else None
        if report is None:
            from authlint.engine.inspection import Inspection  # noqa: PLC0415 - facts, concepts and a parser come with it

            self._has_looked = True
            inspection = Inspection(self, source, codes, ask_git)
            report = inspection.report(len(raw))
            if self._known is not None and not inspection.depends_on_more and not report.halves:
                self._known.put(path, source.language, raw, report)
        return report

    def prepare(self) -> None:
        """Load what files will need, if any so far had something to find."""
        self._prefilter.prepare()
        if self._has_looked:
            from authlint.engine.inspection import load  # noqa: PLC0415 - loaded already

            load(self)

    def concerned(self, codes: frozenset[str], language: str) -> frozenset[str]:
        """Those of the rules that mean something in a language, or in what may be embedded in it."""
        from authlint.languages import CONTAINERS  # noqa: PLC0415 - as above

        if language in CONTAINERS:
            return codes
        return frozenset(code for code in codes if not (only := self._only.get(code)) or language in only)

    def _relevant(self, codes: frozenset[str], path: str, language: str) -> frozenset[str]:
        """Those of the rules that report something in a file of this path and language."""
        from authlint import places  # noqa: PLC0415 - as above

        codes = self.concerned(codes, language) - self._switched_off(places.place_of(path, language))
        return codes - self._elsewhere(codes, path)

    def _elsewhere(self, codes: frozenset[str], path: str) -> frozenset[str]:
        """Those of the rules that mean something in other files only."""
        limited = ((code, self._paths.get(code)) for code in codes)
        return frozenset(code for code, pattern in limited if pattern and not pattern.search(path))

    @cached_property
    def _paths(self) -> dict[str, re.Pattern[str]]:
        return {rule.code: re.compile(rule.paths) for rule in self.ruleset.rules if rule.paths}

    @cached_property
    def _only(self) -> dict[str, tuple[str, ...]]:
        return {rule.code: rule.languages for rule in self.ruleset.rules if rule.languages}

    def _switched_off(self, place: str) -> frozenset[str]:
        """The codes of the rules that report nothing in documentation or in tests, whatever they find."""
        return self._off.get(place, frozenset())

    @cached_property
    def _off(self) -> dict[str, frozenset[str]]:
        rules = self.ruleset.rules
        return {
            "docs": frozenset(rule.code for rule in rules if rule.contexts.docs == "off"),
            "test": frozenset(rule.code for rule in rules if rule.contexts.test == "off"),
        }

    @cached_property
    def knowledge(self) -> Knowledge:
        """Libraries and providers, indexed."""
        from authlint.ruleset.knowledge import Knowledge  # noqa: PLC0415 - as above

        return Knowledge(self.ruleset)

    def wanted_of_decoded(self, data: bytes, around: Source) -> frozenset[str]:
        """The codes of the rules about credentials that could find something in what a file hides by an encoding."""
        from authlint import places  # noqa: PLC0415 - as above

        codes = self.wanted(data) & frozenset(rule.code for rule in self.ruleset.rules if rule.family == CREDENTIALS)
        return self.concerned(codes, "text") - self._switched_off(places.place_of(around.path, around.language))

    def concerns(self, piece: bytes, path: str, language: str) -> frozenset[str]:
        """The codes of the rules that could find something in a piece of the text of a file."""
        codes = self.wanted(piece)
        return self._relevant(codes, path, language) if codes else codes

    def wanted(self, data: bytes) -> frozenset[str]:
        """The codes of the rules that could find something in these bytes."""
        return self._prefilter.wanted(data)[0]
