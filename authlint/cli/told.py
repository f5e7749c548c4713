"""What a run says on standard error beside its findings: problems, skipped values, a baseline's unused lines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from authlint.finding import Problem, Report
from authlint.project.settings import shown

if TYPE_CHECKING:
    from authlint.project.baseline import Baseline

_TOLD = 20
"""How many problems are told one by one."""


def tell(what: str, problem: Problem) -> None:
    """A line for a problem: ``what`` it is, where, and why."""
    from authlint.secret.redact import clean  # noqa: PLC0415 - a run without problems does not need it

    where = f"{clean(problem.path)}: " if problem.path else ""
    click.echo(f"{what}: {where}{clean(problem.message)}", err=True)


def explain(report: Report) -> None:
    """What was held to be made up, a line each; JSON has it in the document."""
    from authlint.secret.redact import clean  # noqa: PLC0415 - seldom wanted

    for item in report.skipped:
        given = f" (given to '{item.name}')" if item.name else ""
        place = f"{clean(report.path)}:{item.line}:{item.column}"
        click.echo(f"skipped: {place}: {item.value}{given} {item.reason}", err=True)


def tell_together(problems: list[Problem]) -> None:
    """A line for a problem of a kind that changes nothing, and the number of the others."""
    if problems:
        more = len(problems) - 1
        rest = f" (and {more} more file{'s' if more > 1 else ''} like it)" if more else ""
        first = problems[0]
        tell("warning", Problem(first.path, first.kind, first.message + rest))


def tell_each(problems: list[Problem]) -> None:
    """A line for each problem, since each has a reason of its own; and the number of those that are too many."""
    for problem in problems[:_TOLD]:
        tell("warning", problem)
    if len(problems) > _TOLD:
        click.echo(f"warning: {len(problems) - _TOLD:,} more are not fixed", err=True)


def warn_of_unused(baseline: Baseline, paths: tuple[str, ...]) -> None:
    """Say how many lines of a baseline are of no use; of files that are gone only if all paths were looked at."""
    from authlint.secret.redact import clean  # noqa: PLC0415 - as above

    walked = (os.path.join(os.path.abspath(path), "") for path in paths)
    everything = any(os.path.join(baseline.folder, "").startswith(path) for path in walked)
    unused = len(baseline.unused(everything=everything))
    if unused:
        lines = "1 line no longer applies" if unused == 1 else f"{unused:,} lines no longer apply"
        where = clean(shown(baseline.file))
        click.echo(f"warning: {where}: {lines}; 'authlint baseline prune' takes out what does not", err=True)


def warn(message: str) -> None:
    """Say something on standard error."""
    from authlint.secret.redact import clean  # noqa: PLC0415 - seldom needed

    click.echo(f"warning: {clean(message)}", err=True)
