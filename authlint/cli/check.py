"""``authlint check``: lint files and say what was found."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable
from contextlib import ExitStack, closing
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from authlint.cli import CLEAN, FAILED, FINDINGS, INTERRUPTED, reports
from authlint.cli.asked import PREVIEW, STDIN, refuse_contradictions, settle
from authlint.cli.interrupts import Interrupts
from authlint.cli.options import FormatFile, PatternCodes, color_option, complete_rules, settings_changes, words
from authlint.cli.output import output
from authlint.cli.scope import Versions, family, repository, scope
from authlint.cli.told import explain, tell, tell_each, tell_together, warn, warn_of_unused
from authlint.errors import InputError
from authlint.finding import HARMLESS, Finding, Problem, Report
from authlint.project.files import Item, Walk
from authlint.project.settings import Config, Configs
from authlint.reporters import FORMATS, Reporter, Several, Sources, Totals
from authlint.run import clock
from authlint.run.outcome import Outcome
from authlint.run.runner import Lint, load_rules, run

if TYPE_CHECKING:
    from authlint.cli.fixing import Fixing
    from authlint.cli.progress import Progress
    from authlint.project.baseline import Baseline
    from authlint.ruleset.rules import Rule
    from authlint.run.results import Lesson

_NARROWING = ("select", "extend_select", "ignore", "per_file_ignores", "min_confidence")
"""Options that change what is found, so that a line of the baseline may be of use in other runs."""
_LEVELS = click.Choice(["error", "warning", "info", "never"])
_FORMATS = click.Choice(FORMATS)


@click.command("check", short_help="Lint files, folders, or standard input (-).")
@click.argument("paths", nargs=-1, metavar="[PATHS|-]...")
@words("--select", "Rules to run: codes, the beginning of codes (AUT1), names, or ALL.", complete_rules)
@words("--extend-select", "Rules to run in addition.", complete_rules)
@words("--ignore", "Rules not to run.", complete_rules)
@click.option(
    "--per-file-ignores",
    type=PatternCodes(),
    multiple=True,
    metavar="PATTERN:CODE",
    help="A rule not to report in files that fit; may be repeated.",
)
@click.option("--min-confidence", type=click.Choice(["low", "medium", "high"]), help="Least confidence to report.")
@click.option("--fail-on", type=_LEVELS, help="Least level that makes the exit code 1.  [default: warning]")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found; problems still exit with 2.")
@words("--exclude", "Patterns, as in .gitignore, not to walk into; instead of the configured ones.")
@words("--extend-exclude", "Patterns not to walk into, in addition.")
@click.option("--staged", is_flag=True, help="Only lines that are staged, as they are staged.")
@click.option(
    "--diff",
    is_flag=False,
    flag_value=PREVIEW,
    metavar="[REV]",
    help="Only lines that are new since a revision of git's; without one, or with a path: show what --fix would do.",
)
@click.option("--since", metavar="REV", help="Credentials in all that commits have brought since a revision.")
@click.option("--history", is_flag=True, help="Credentials in all that any commit has ever brought.")
@click.option("--force-exclude", is_flag=True, help="Leave out what is excluded even if it is named.")
@click.option("--no-respect-gitignore", is_flag=True, help="Also lint what .gitignore files name.")
@click.option("--baseline", metavar="FILE", help="Known findings, which are not reported; '' for none.")
@click.option("--stdin-filename", metavar="PATH", help="The file that standard input is the content of.")
@click.option("--config", metavar="FILE", help="A configuration file to use for all files.")
@click.option("--isolated", is_flag=True, help="Look for no configuration files.")
@click.option("--output-format", type=_FORMATS, help="How to write findings.  [default: text]")
@click.option("--output-file", "-o", metavar="FILE", default="", help="Write findings to a file.")
@click.option("--fix", is_flag=True, help="Put right what can be without a change of what the code does.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix: also what somebody must look at afterwards.")
@click.option("--fix-only", is_flag=True, help="Like --fix, and do not report what is left.")
@click.option("--show-fixes", is_flag=True, help="With --fix: list what was put right.")
@click.option("--dry-run", is_flag=True, help="With --fix: the same diff, and change nothing.")
@click.option("--report", type=FormatFile(), multiple=True, metavar="FORMAT:FILE", help="Also write a file like this.")
@click.option("--statistics", is_flag=True, help="Count findings by rule instead of writing them.")
@click.option("--explain-skipped", is_flag=True, help="Say what was held to be a placeholder or an example, and why.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day by which the age of things is told.  [default: SOURCE_DATE_EPOCH, or the real one]",
)
@click.option("--show-files", is_flag=True, help="List the files that would be linted, and stop.")
@click.option("--show-settings", is_flag=True, help="Show the settings for the first path, and stop.")
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=0, help="Number of processes; 0: as is best.")
@click.option("--no-cache", is_flag=True, help="Neither believe nor keep what is found in files that do not change.")
@click.option("--quiet", "-q", is_flag=True, help="Only findings, and problems that make the exit code 2.")
@color_option()
def command(**options: Any) -> int:
    """Lint PATHS (default: the working directory), or standard input where the path is "-".

    Exits with 0 if there is nothing to report, 1 if there are findings, 2 if something could not be done.
    """
    return _Check(options).run()


class _Check:
    """One run: its options, the settings it goes by, and what it has found."""

    def __init__(self, options: dict[str, Any]) -> None:
        settle(options)
        refuse_contradictions(options)
        reports.refuse_overwriting(options)
        self.options = options
        self.paths: tuple[str, ...] = options["paths"] or (".",)
        today = options["today"].date() if options["today"] else clock.today()
        explain, around = options["explain_skipped"], repository(options, self.paths)
        self.cached = not options["no_cache"] and self.paths != (STDIN,)
        self.lint = Lint(
            load_rules, explain=explain, today=today, cached=self.cached, family=family(options), repository=around
        )
        self.configs = Configs(
            file=options["config"] or "",
            isolated=options["isolated"],
            changes=settings_changes(options),
            check=self.lint.check,
        )
        self.config: Config = self.configs.at(os.getcwd())
        self.walk = Walk(self.paths, self.configs, force_exclude=options["force_exclude"])
        self.scope = scope(options, self.paths, self.configs, self.walk, self.lint)
        self.totals = Totals()
        self.totals.explained = options["explain_skipped"]
        self.baseline: Baseline | None = None
        self.stdin: bytes | None = None
        self.progress: Progress | None = None
        self.notes: list[Problem] = []
        self.fixing: Fixing | None = None
        if options["fix"] or options["fix_only"]:
            from authlint.cli.fixing import Fixing  # noqa: PLC0415 - seldom wanted

            self.fixing = Fixing(options, today)

    def run(self) -> int:
        if self.options["show_settings"]:
            return self._show_settings()
        if self.options["show_files"]:
            return self._show_files()
        if self.config.settings.baseline and (self.paths != (STDIN,) or self.options["stdin_filename"]):
            from authlint.project.baseline import Baseline  # noqa: PLC0415 - most runs have none

            self.baseline = Baseline.load(self.config.settings.baseline)
            if self.fixing is not None:
                self.fixing.known = self.baseline.knows
        with ExitStack() as files, closing(self.lint):
            reporter = self._reporter(files)
            if not self.options["quiet"] and self.paths != (STDIN,) and sys.stderr.isatty():
                from authlint.cli.progress import Progress, is_wanted  # noqa: PLC0415 - nobody waits for most runs

                self.progress = Progress(sys.stderr, self.scope.share) if is_wanted(sys.stderr, os.environ) else None
            interrupted = not self._look(reporter)
            if isinstance(self.scope, Versions):
                self.totals.files, self.totals.commits = self.scope.past.files, self.scope.past.commits
                for report in self.scope.reports():
                    self._write(report, reporter)
            reporter.close(self.totals)
        if self.options["output_file"] == "":
            sys.stdout.flush()
        if self.fixing is not None:
            self.fixing.finish()
        self._conclude(complete=not interrupted)
        return INTERRUPTED if interrupted else self._exit_code()

    def _look(self, reporter: Reporter) -> bool:
        """Look at everything, and say whether it came to its end."""
        lessons: list[Lesson] = []
        interrupts = Interrupts()
        interrupts.listen()
        try:
            with closing(self._outcomes()) as outcomes:
                for outcome in outcomes:
                    lessons += outcome.lessons
                    if self.progress and (outcome.report.findings or outcome.report.problems or outcome.report.skipped):
                        self.progress.hide()
                    with interrupts:  # or a report could be counted and not written, or half
                        self._take(outcome, reporter)
                    if self.progress:
                        self.totals.looked_at += 1
                        self.progress.step(self.totals)
        except KeyboardInterrupt:
            if self.progress:
                self.progress.hide()
            self._problem(Problem("", "interrupted", "interrupted; not all files were checked"))
            return False
        except InputError as error:  # from git, when it had begun
            self._problem(Problem("", "unreadable", str(error)))
        finally:
            interrupts.stop()
            if self.progress:
                self.progress.hide()
            if lessons:
                from authlint.run.results import save  # noqa: PLC0415 - a run without findings has none

                save(lessons)
        return True

    def _outcomes(self) -> Generator[Outcome]:
        if self.paths == (STDIN,):
            return self._standard_input()
        items = self.scope.items()
        if self.fixing is not None:
            items = self.fixing.watch(items)
        return run(reports.unwritten(items, self.options), self.lint, self.options["jobs"])

    def _standard_input(self) -> Generator[Outcome]:
        path = self.options["stdin_filename"] or ""
        target = self.walk.stands_for(path or "<stdin>", anywhere=not path)
        if self.fixing is not None:  # all of it is to be written again
            self.stdin = raw = self.fixing.given(target, sys.stdin.buffer)
        elif target is not None:
            self.stdin = raw = sys.stdin.buffer.read(target.config.settings.max_file_size + 1)
        if target is not None:
            yield self.lint.bytes(raw, target)

    def _take(self, outcome: Outcome, reporter: Reporter) -> None:
        if isinstance(self.scope, Versions):
            self.totals.bytes += outcome.report.bytes
            self._write(self.scope.take(outcome), reporter)
            return
        if outcome.skipped:
            self.totals.skipped += 1
            return
        if self.fixing is not None:
            outcome = self.fixing.fix(outcome)
            self.stdin = self.stdin if self.stdin is None else self.fixing.text
        self.totals.files += outcome.scanned
        if self.baseline is not None and self.scope.everything and outcome.scanned and _is_whole(outcome.report):
            self.baseline.saw(outcome.report.path)
        self._write(outcome.report, reporter)

    def _write(self, report: Report, reporter: Reporter) -> None:
        report = report if self.baseline is None else self._without_known(report, self.baseline)
        if any(finding.fix for finding in report.findings) and not self.scope.is_on_disk(report.path):
            report = report._replace(findings=tuple(finding._replace(fix=None) for finding in report.findings))
        self.totals.add(report)
        reporter.report(report)
        if report.skipped and self.config.settings.output_format != "json":
            explain(report)
        for problem in report.problems:
            self._say(problem)

    def _without_known(self, report: Report, baseline: Baseline) -> Report:
        new = tuple(finding for finding in report.findings if baseline.match(finding) is None)
        self.totals.known += len(report.findings) - len(new)
        return report._replace(findings=new)

    def _problem(self, problem: Problem) -> None:
        self.totals.problem(problem)
        self._say(problem)

    def _say(self, problem: Problem) -> None:
        """Problems are said as they come; those that change nothing once, at the end."""
        if problem.kind in HARMLESS:
            self.notes.append(problem)
        else:
            tell("error", problem)

    def _reporter(self, files: ExitStack) -> Reporter:
        if self.fixing is not None and self._says_no_more:
            self.fixing.write = files.enter_context(output(self.options["output_file"]))
            return Several(reports.besides(self.options, self._sources, files))
        aside = self.fixing is not None and self.paths == (STDIN,)  # standard output is for the text that is fixed
        return reports.reporter(self.options, self.config.settings, self._sources, files, aside=aside)

    @property
    def _sources(self) -> Sources:
        """What reporters ask for; what has no name of a file is not located."""
        is_file = self.paths != (STDIN,) or self.options["stdin_filename"]
        return Sources(self._rule, self._read, reports.Locator(self.walk.identity) if is_file else str)

    def _rule(self, finding: Finding) -> Rule | None:
        return self._full_rules.get(finding.code)

    @cached_property
    def _full_rules(self) -> dict[str, Rule]:
        return {rule.code: rule for rule in load_rules(self.config.settings.rule_paths, full=True).rules}

    def _read(self, path: str) -> bytes | None:
        return self.scope.read(path) if self.stdin is None else self.stdin

    def _conclude(self, *, complete: bool) -> None:
        if self.options["quiet"]:
            return
        for kind in ("binary", "syntax"):
            tell_together([problem for problem in self.notes if problem.kind == kind])
        tell_each([problem for problem in self.notes if problem.kind == "unfixed"])
        if self.fixing is not None:
            self.fixing.conclude(self.totals.files)
        if self.baseline is not None and self.scope.everything and not any(self.options[name] for name in _NARROWING):
            warn_of_unused(self.baseline, self.paths if complete else ())
        if not self.totals.files and not self.totals.problems:
            warn(self.scope.nothing(self.totals.skipped))
        elif self.config.settings.output_format == "text" and not (self.options["statistics"] or self._says_no_more):
            from authlint.reporters.text import fixable, summary  # noqa: PLC0415 - other formats do without

            click.echo(summary(self.totals), err=True)
            if self.fixing is None and self.scope.everything and (hint := fixable(self.totals)):
                click.echo(hint, err=True)
            if self.stdin is not None and self._is_unnamed_text(self.stdin):
                warn("standard input was read as plain text; --stdin-filename NAME says what language it is in")

    def _is_unnamed_text(self, content: bytes) -> bool:
        """Whether nothing said what standard input holds, and so no rule about code could find anything."""
        if self.options["stdin_filename"] or self.totals.findings:
            return False
        from authlint.languages import detect  # noqa: PLC0415 - files need it elsewhere

        return detect("<stdin>", content[:4096]) == "text"

    @property
    def _says_no_more(self) -> bool:
        """Whether findings are not what is asked for."""
        return bool(self.options["fix_only"] or self.options["dry_run"])

    def _exit_code(self) -> int:
        if self.totals.failures:
            return FAILED
        if self.fixing is not None and self._says_no_more:
            pending = self.options["dry_run"] and self.fixing.files and not self.options["exit_zero"]
            return FINDINGS if pending else CLEAN
        fails = self.totals.reach(self.config.settings.fail_on)
        return FINDINGS if fails and not self.options["exit_zero"] else CLEAN

    def _show_files(self) -> int:
        from authlint.secret.redact import clean  # noqa: PLC0415 - seldom wanted

        items: Iterable[Item] = [] if self.paths == (STDIN,) else self.scope.items()
        with output(self.options["output_file"]) as write:
            for item in items:
                if isinstance(item, Problem):
                    self._problem(item)
                else:
                    write(f"{clean(item.path)}\n")
        return self._exit_code()

    def _show_settings(self) -> int:
        from authlint.cli.config import settings_lines  # noqa: PLC0415 - seldom wanted

        path = os.path.abspath(self.options["stdin_filename"] or self.paths[0])
        config = self.configs.at(path if os.path.isdir(path) else os.path.dirname(path))
        with output(self.options["output_file"]) as write:
            write("".join(f"{line}\n" for line in settings_lines(config)))
        return CLEAN


def _is_whole(report: Report) -> bool:
    return all(problem.kind in HARMLESS for problem in report.problems)
