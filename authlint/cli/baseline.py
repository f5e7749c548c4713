"""``authlint baseline``: make, tidy and show the file of known findings. ``check`` reads it and never writes it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from authlint.cli import CLEAN, FAILED, FINDINGS
from authlint.cli.output import output
from authlint.finding import HARMLESS, Finding
from authlint.project.baseline import NAME, Baseline, Entry, text
from authlint.project.files import Walk
from authlint.project.settings import Configs, shown
from authlint.run import clock
from authlint.run.runner import Lint, load_rules, run
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.project.baseline_import import Foreign

_ATTRIBUTES = ".gitattributes"
_UNION = "merge=union"


@click.group("baseline", short_help="Make and tidy a file of known findings.", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Keep known findings in a file, so that 'authlint check --baseline FILE' reports only new ones."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(FAILED)


def _shared(function: Callable[..., int]) -> Callable[..., int]:
    """The options that all commands here take."""
    default = f"The baseline.  [default: the setting 'baseline', or {NAME}]"
    for option in (
        click.option("--isolated", is_flag=True, help="Look for no configuration files."),
        click.option("--config", metavar="FILE", help="A configuration file to use for all files."),
        click.option("--baseline", "file", metavar="FILE", default="", help=default),
    ):
        function = option(function)
    return function


def _attributes_option() -> Callable[[Any], Any]:
    what = f"Do not add '{_UNION}' for the baseline to {_ATTRIBUTES}."
    return click.option("--no-gitattributes", is_flag=True, help=what)


@command.command("create", short_help="Write the findings there are now.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--reason", default="", metavar="TEXT", help="A reason to put to each finding that has none.")
@_attributes_option()
@_shared
def create(paths: tuple[str, ...], reason: str, no_gitattributes: bool, **options: Any) -> int:
    """Write the findings below PATHS (default: the working directory) to the baseline.

    In a baseline that is there, lines for files elsewhere stay, and so do all reasons.
    """
    work = _Work(options, must_exist=False)
    reason = clean(" ".join(reason.split()))
    entries = {entry.key: entry for entry in (work.baseline.entry(found) for found in work.findings(paths or (".",)))}
    entries.update((entry.key, entry) for entry in (*work.baseline.present(), *work.untouched()))
    written = [entry if entry.reason else entry._replace(reason=reason) for entry in entries.values()]
    work.write(written)
    files = len({entry.path for entry in written})
    click.echo(f"Wrote {work.name}: {_count(len(written), 'finding')} in {_count(files, 'file')}.")
    return work.made(no_gitattributes)


@command.command("prune", short_help="Take out what no longer applies.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if there is something to take out.")
@_shared
def prune(check: bool, **options: Any) -> int:
    """Take the lines out of the baseline that no finding matches any more, and follow files that were renamed."""
    work = _Work(options)
    _exhaust(work.findings(work.everything()))
    unused = work.baseline.unused(everything=True)
    left = [*work.baseline.present(), *work.untouched()]
    changed = {entry.key for entry in left} != set(work.baseline.entries)
    for entry in sorted(unused):
        click.echo(f"{entry.place()}: {entry.code} no longer applies")
    if not check:
        work.write(left)
    verb = "would take out" if check else "took out"
    click.echo(f"{work.name}: {verb} {_count(len(unused), 'line')}, {len(left):,} left")
    return work.code or (FINDINGS if check and changed else CLEAN)


@command.command("show", short_help="Say where each known finding is.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="Text, or all as JSON.")
@_shared
def show(output_format: str, **options: Any) -> int:
    """Say for each line of the baseline where its finding is now, what it is, and why it was left."""
    work = _Work(options)
    _exhaust(work.findings(work.everything()))
    unused = set(work.baseline.unused(everything=True))
    rows = [
        _row(entry, work.baseline.used.get(entry), entry in unused) for entry in sorted(work.baseline.entries.values())
    ]
    if output_format == "json":
        import json  # noqa: PLC0415 - only this form needs it

        click.echo(json.dumps({"schema_version": 1, "entries": rows}, indent=1))
        return work.code
    for row in rows:
        place = f"{row['path']}:{row['line']}" if row["line"] else row["path"]
        what = row["message"] or _STATES[row["state"]]
        click.echo(f"{place}: {row['code']} {what}{f'  # {reason}' if (reason := row['reason']) else ''}")
    return work.code


_STATES = {"unused": "no longer applies", "unknown": "was not checked"}


def _row(entry: Entry, finding: Finding | None, unused: bool) -> dict[str, Any]:
    path = finding.path if finding else entry.path
    return {
        "path": clean(path),
        "line": finding.line if finding else None,
        "code": entry.code,
        "content": entry.content,
        "state": "applies" if finding else "unused" if unused else "unknown",
        "message": clean(finding.message) if finding else "",
        "reason": clean(entry.reason),
    }


@command.command("import", short_help="Take over a baseline of another tool's.")
@click.argument("source", metavar="FILE")
@_attributes_option()
@_shared
def import_command(source: str, no_gitattributes: bool, **options: Any) -> int:
    """Add what FILE knows to the baseline: a .secrets.baseline of detect-secrets, or a JSON report or .gitleaksignore
    of gitleaks.

    Only what authlint finds itself is added; what is left of FILE is listed on standard error.
    """
    from authlint.project.baseline_import import Matcher, read  # noqa: PLC0415 - seldom wanted

    foreign = read(source)
    work = _Work(options, must_exist=False)
    matcher = Matcher(foreign, source, work.baseline.folder)
    paths = (*work.everything(), *matcher.files)
    matched = {
        work.baseline.entry(finding).key: work.baseline.entry(finding, matcher.reason(item))
        for finding in work.findings(paths)
        for item in matcher.matching(finding, secret=work.is_secret(finding))[:1]
    }
    known = matched.keys() & work.baseline.entries.keys()
    _tell_unmatched(matcher.unmatched())
    work.write([*matched.values(), *work.baseline.entries.values()])
    click.echo(f"Wrote {work.name}: added {_count(len(matched) - len(known), 'finding')}, {len(known):,} known before.")
    return work.made(no_gitattributes)


def _tell_unmatched(unmatched: Iterable[tuple[Foreign, str]]) -> None:
    for item, why in unmatched:
        place = f"{item.path}:{item.line}" if item.line else item.path
        click.echo(f"warning: {clean(place)}: {item.rule}: {why}", err=True)


class _Work:
    """One run of a command: the baseline, and a linter that goes by the settings of each folder."""

    def __init__(self, options: dict[str, Any], *, must_exist: bool = True) -> None:
        if options["isolated"] and options["config"]:
            raise click.UsageError("--isolated and --config cannot be given together")
        self._lint = Lint(load_rules, today=clock.today())
        self._configs = Configs(options["config"] or "", options["isolated"], check=self._lint.check)
        self._config = self._configs.at(os.getcwd())
        file = options["file"] or self._config.settings.baseline or NAME
        self.baseline = Baseline.load(file) if must_exist or os.path.lexists(file) else Baseline(file)
        self.name = clean(shown(file))
        self.code = CLEAN

    def everything(self) -> tuple[str, ...]:
        """All that a line of the baseline can be about: what is beside and below it, and the files of its lines."""
        files = {self.baseline.absolute(entry) for entry in self.baseline.entries.values()}
        return (self.baseline.folder, *sorted(file for file in files if os.path.isfile(file)))

    def findings(self, paths: Iterable[str]) -> Iterator[Finding]:
        """The findings below some paths, each matched with the baseline. Problems are said."""
        with closing(run(Walk(paths, self._configs), self._lint)) as outcomes:
            for outcome in outcomes:
                failed = [problem for problem in outcome.report.problems if problem.kind not in HARMLESS]
                for problem in failed:
                    self.code = FAILED
                    click.echo(f"error: {clean(problem.path)}: {clean(problem.message)}", err=True)
                if outcome.scanned and not failed:
                    self.baseline.saw(outcome.report.path)
                for finding in outcome.report.findings:
                    self.baseline.match(finding)
                    yield finding

    def is_secret(self, finding: Finding) -> bool:
        """Whether what is flagged is a credential."""
        rule = self._lint.ruleset(self._config).find(finding.code)
        return rule is not None and rule.family == "credentials"

    def untouched(self) -> list[Entry]:
        """The entries that the run can say nothing about."""
        told = {*self.baseline.used, *self.baseline.unused(everything=True)}
        return [entry for entry in self.baseline.entries.values() if entry not in told]

    def write(self, entries: Iterable[Entry]) -> None:
        """Put the file in place with these entries."""
        with output(self.baseline.file) as write:
            write(text(entries))

    def made(self, no_gitattributes: bool) -> int:
        """What is left to do once the file is there; the exit code."""
        if not no_gitattributes and _make_mergeable(self.baseline):
            line = f"{os.path.basename(self.baseline.file)} {_UNION}"
            click.echo(f"Added '{clean(line)}' to {_ATTRIBUTES}, so that git keeps the lines of both branches.")
        if not self._config.settings.baseline:
            click.echo(
                f'To use it: authlint check --baseline {self.name}, or baseline = "{self.name}" in authlint.toml.'
            )
        return self.code


def _make_mergeable(baseline: Baseline) -> bool:
    """Tell git to keep the lines of both sides where two branches add some at the same place; whether that was new."""
    name, file = os.path.basename(baseline.file), os.path.join(baseline.folder, _ATTRIBUTES)
    if not name.replace("-", "").replace(".", "").replace("_", "").isalnum() or not _in_repository(baseline.folder):
        return False
    try:
        with open(file, "a+", encoding="utf-8", errors="surrogateescape", newline="") as stream:
            stream.seek(0)
            content = stream.read()
            words = [line.split() for line in content.splitlines()]
            if any(line and line[0].lstrip("/") == name and "merge" in " ".join(line[1:]) for line in words):
                return False
            stream.write(f"{'' if not content or content.endswith(chr(10)) else chr(10)}{name} {_UNION}\n")
    except OSError:
        return False
    return True


def _in_repository(folder: str) -> bool:
    above = os.path.dirname(folder)
    return os.path.lexists(os.path.join(folder, ".git")) or (above != folder and _in_repository(above))


def _exhaust(findings: Iterable[Finding]) -> None:
    for _ in findings:
        pass


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
