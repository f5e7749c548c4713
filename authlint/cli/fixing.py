"""``authlint check --fix``: files are put right as their reports come, or shown as they would be."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

import click

from authlint.edits import Fix
from authlint.finding import Finding, Problem, Report
from authlint.fixes.variables import Variables
from authlint.project.files import Item, Target, TooLargeError, read
from authlint.run.outcome import Outcome
from authlint.run.runner import Lint, load_rules
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from datetime import date

    from authlint.repair import Repaired


class Fixing:
    """The fixes of one run: which are wanted, what has been put right, what must be done besides."""

    def __init__(self, options: dict[str, Any], today: date | None) -> None:
        """``options`` are those of the command."""
        self._unsafe = options["unsafe_fixes"]
        self._dry = options["dry_run"]
        self._listed = options["show_fixes"]
        self._lint = Lint(load_rules, today=today, variables=Variables())
        self._targets: dict[str, Target] = {}
        self._given: bytes | None = None
        self.text: bytes = b""
        self.known: Callable[[Finding], bool] = lambda finding: False
        self.write: Callable[[str], object] = click.echo
        self.files = 0
        self._fixed = self._left_unsafe = 0
        self._variables: set[str] = set()
        self._revoke: dict[str, set[str]] = {}
        self._by_hand: dict[str, None] = {}

    def watch(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same items; what is a file is remembered until its report comes."""
        for item in items:
            if isinstance(item, Target):
                self._targets[item.path] = item
            yield item

    def given(self, target: Target | None, stream: IO[bytes]) -> bytes:
        """Standard input, which is written to standard output once it is put right; ``None``: it is left alone."""
        if target is not None:
            self._targets[target.path] = target
        self._given = self.text = stream.read()
        return self._given

    def fix(self, outcome: Outcome) -> Outcome:
        """The outcome once all that can be put right is; the same one if nothing can."""
        target = self._targets.pop(outcome.report.path, None)
        findings = outcome.report.findings
        self._left_unsafe += sum(
            not self._unsafe and _is_unsafe(finding) and not self.known(finding) for finding in findings
        )
        if target is not None:
            self._by_hand.update(dict.fromkeys(self._commands(target, findings)))
        if target is None or not any(map(self._is_wanted, findings)):
            return outcome
        from authlint.repair import Repair  # noqa: PLC0415 - libcst takes a while to load, and few files need it

        try:
            raw = self._given
            if raw is None:
                raw, _ = read(target.path, target.config.settings.max_file_size)
        except (OSError, TooLargeError) as error:
            return _with(outcome, Problem(target.path, "unwritten", f"cannot be read again: {type(error).__name__}"))

        def lint(data: bytes) -> Report:
            return self._lint.bytes(data, target).report

        repaired = Repair(target.path, lint, self._is_wanted).run(raw)
        problems = list(repaired.problems)
        if repaired.applied:
            problem = None if self._dry or self._given is not None else _written(target.path, repaired)
            if problem is not None:
                return _with(outcome, problem)
            self._tell(target.path, repaired)
            self.text = self.text if self._dry else repaired.after
        report = outcome.report if self._dry else repaired.report
        return outcome._replace(report=report._replace(problems=(*report.problems, *problems)))

    def _is_wanted(self, finding: Finding) -> bool:
        return finding.fix is not None and (self._unsafe or not _is_unsafe(finding)) and not self.known(finding)

    def _commands(self, target: Target, findings: Iterable[Finding]) -> Iterator[str]:
        """What people must do where no edit of the file would help."""
        folder, name = os.path.split(target.path)
        for code in dict.fromkeys(finding.code for finding in findings if not self.known(finding)):
            rule = self._lint.ruleset(target.config).find(code)
            for command in rule.by_hand if rule is not None else ():
                yield command.format(file=shlex.quote(name), folder=shlex.quote(folder or "."))

    def _tell(self, path: str, repaired: Repaired) -> None:
        self.files += 1
        self._fixed += len(repaired.applied)
        for one in repaired.applied:
            self._remember(one.fix)
        if self._dry:
            from authlint.repair.preview import diff  # noqa: PLC0415 - seldom wanted

            for line in diff(path, repaired):
                self.write(line)
        if self._listed:
            done = "would be fixed" if self._dry else "fixed"
            for one in repaired.applied:
                rule = f"{one.finding.code} {one.finding.name}"
                click.echo(f"{done}: {clean(path)}:{one.finding.line}: {rule} ({clean(one.fix.description)})", err=True)

    def _remember(self, fix: Fix) -> None:
        self._variables.update(fix.variables)
        if fix.revoke:
            self._revoke.setdefault(fix.revoke, set()).update(fix.variables)

    def finish(self) -> None:
        """Write what became of standard input, if that was to be put right."""
        if self._given is not None and not self._dry:
            sys.stdout.flush()
            sys.stdout.buffer.write(self.text)
            sys.stdout.buffer.flush()

    def conclude(self, files: int) -> None:
        """Say what was done to the files that were looked at, and what only people can do."""
        if self._fixed:
            verb = "Would fix" if self._dry else "Fixed"
            click.echo(f"{verb} {_count(self._fixed, 'finding')} in {_count(self.files, 'file')}.", err=True)
        elif self._dry and files:
            click.echo("Nothing would be fixed.", err=True)
        if self._left_unsafe:
            click.echo(f"{_count(self._left_unsafe, 'more fix', 'more fixes')} with --unsafe-fixes.", err=True)
        if self._variables:
            click.echo(f"To be set in the environment: {', '.join(sorted(self._variables))}.", err=True)
        for where, names in sorted(self._revoke.items()):
            old = ", ".join(sorted(names))
            click.echo(
                f"To be revoked at {clean(where)}, for it stays in the history: what was in the place of {old}.",
                err=True,
            )
        for command in self._by_hand:
            click.echo(f"By hand: {clean(command)}", err=True)


def _is_unsafe(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.applicability == "unsafe"


def _written(path: str, repaired: Repaired) -> Problem | None:
    from authlint.repair.files import ChangedError, replace  # noqa: PLC0415 - as above

    try:
        replace(path, repaired.before, repaired.after)
    except ChangedError:
        return Problem(path, "unwritten", "has changed meanwhile, and is not fixed")
    except OSError as error:
        return Problem(path, "unwritten", f"cannot be written: {error.strerror or error}")
    return None


def _with(outcome: Outcome, problem: Problem) -> Outcome:
    return outcome._replace(report=outcome.report._replace(problems=(*outcome.report.problems, problem)))


def _count(number: int, noun: str, nouns: str = "") -> str:
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
