"""Linting texts one by one with the settings the command line would use: for hosts that hold the text themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from authlint.finding import HARMLESS, Report
from authlint.project.files import Walk
from authlint.project.settings import Configs
from authlint.run import clock
from authlint.run.runner import Lint, load_rules

if TYPE_CHECKING:
    from authlint.project.baseline import Baseline
    from authlint.ruleset.rules import Rule


class Session:
    """A linter for the time that a host such as flake8 runs. Rules and settings are loaded when first needed."""

    def __init__(self, config: str = "", isolated: bool = False, *, in_editor: bool = False) -> None:
        """``config`` and ``isolated`` are as on the command line.

        ``in_editor``: what is excluded is not linted, and rules have their long texts.
        """
        self._lint = Lint(partial(load_rules, full=in_editor), today=clock.today())
        self._walk = Walk((), Configs(config, isolated, check=self._lint.check), force_exclude=in_editor)
        self._baselines: dict[str, Baseline] = {}

    def report(self, path: str, text: str) -> Report:
        """The report on a text that is the content of the Python file at ``path``; an empty path is standard input."""
        target = self._walk.stands_for(path or "<stdin>", anywhere=not path)
        assert target is not None, "only --force-exclude leaves out a file that was asked for"  # noqa: S101
        report = self._lint.bytes(text.encode("utf-8", "surrogateescape"), target, "python").report
        return self._without_known(report, target.config.settings.baseline) if path else report

    def look(self, path: str, raw: bytes, language: str = "") -> Report:
        """The report on bytes that are the content of the file at ``path``, in the language it tells or this one."""
        target = self._walk.stands_for(path)
        if target is None:
            return Report(path)
        return self._without_known(self._lint.bytes(raw, target, language).report, target.config.settings.baseline)

    def seconds(self, path: str) -> float:
        """The processor time that the file at ``path`` may take; 0: any."""
        target = self._walk.stands_for(path)
        return target.config.settings.max_file_seconds if target else 0

    def rule(self, path: str, code: str) -> Rule | None:
        """A rule, as it is known where a file is."""
        target = self._walk.stands_for(path)
        return self._lint.ruleset(target.config).find(code) if target else None

    def _without_known(self, report: Report, file: str) -> Report:
        if not file or not report.findings:
            return report
        if file not in self._baselines:
            from authlint.project.baseline import Baseline  # noqa: PLC0415 - most projects have none

            self._baselines[file] = Baseline.load(file)
        match = self._baselines[file].match
        return report._replace(findings=tuple(finding for finding in report.findings if match(finding) is None))

    def messages(self, path: str, text: str) -> Iterator[tuple[int, int, str]]:
        """Line, column (from 0) and ``CODE message`` of what would fail a run of the command line."""
        report = self.report(path, text)
        for finding in report.findings:
            if finding.level != "info":
                yield finding.line, finding.column - 1, f"{finding.code} {' '.join(finding.message.split())}"
        for problem in report.problems:
            if problem.kind not in HARMLESS:
                yield 1, 0, f"AUT000 {os.path.basename(problem.path)} {problem.message}"
