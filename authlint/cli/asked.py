"""What the options ask for, taken together: what ``--diff`` means, and what cannot be asked for at once."""

from __future__ import annotations

import os
from typing import Any

import click

STDIN = "-"
PREVIEW = "\0"
"""``--diff`` without a value; nobody can type it."""


def settle(options: dict[str, Any]) -> None:
    """Make of ``--diff`` what it means: a revision stays, a path or nothing asks for a diff of fixes.

    As to git, it is a revision if it is the name of one, and otherwise a path if there is one.
    """
    given = options["diff"]
    if given is None or (given != PREVIEW and any(options[name] for name in ("staged", "since", "history"))):
        return
    if given != PREVIEW:
        is_path = given == STDIN or os.path.lexists(given)
        only_path = is_path and (options["fix"] or options["fix_only"])
        why = "" if only_path else _no_revision(given, options["paths"])
        if not (why or only_path):
            return
        if not is_path:
            raise click.UsageError(f"--diff '{given}' is neither a revision to compare with nor a path to fix: {why}")
        options["paths"] = (given, *options["paths"])
    options.update(diff=None, dry_run=True, fix=options["fix"] or not options["fix_only"])


def _no_revision(name: str, paths: tuple[str, ...]) -> str:
    """Why a name is no revision; empty if it is one."""
    from authlint.git.repository import GitError, Repository  # noqa: PLC0415 - most runs do without git

    try:
        Repository.around(paths[0] if paths and paths[0] != STDIN else ".").commit(name)
    except GitError as error:
        return str(error)
    return ""


def refuse_contradictions(options: dict[str, Any]) -> None:
    """A usage error where options do not go together."""
    if options["isolated"] and options["config"]:
        raise click.UsageError("--isolated and --config cannot be given together")
    if not (options["fix"] or options["fix_only"]):
        alone = next((name for name in ("unsafe_fixes", "show_fixes", "dry_run") if options[name]), None)
        if alone:
            raise click.UsageError(f"--{alone.replace('_', '-')} needs --fix")
    elif any(options[name] not in (None, False) for name in ("staged", "diff", "since", "history")):
        raise click.UsageError(
            "--fix looks at whole files, as they are: not with --staged, --diff REV, --since or --history"
        )
    if STDIN in options["paths"] and len(options["paths"]) > 1:
        raise click.UsageError("'-' (standard input) must be the only path")
    if options["stdin_filename"] and STDIN not in options["paths"]:
        raise click.UsageError("--stdin-filename needs the path '-'")
    if "" in options["paths"]:  # of a script's variable that is not set
        raise click.UsageError("a path is empty; the working directory is '.'")
    if options["select"] and not any((*options["select"], *options["extend_select"])):
        raise click.UsageError("--select names no rule; see 'authlint rules'")
