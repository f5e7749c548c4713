"""Asks git how it regards a file. Part of the edge: starts processes."""

from __future__ import annotations

import os
import subprocess

from authlint.ruleset.rules import GitState

_SECONDS = 10
_KNOWN, _NOT = 0, 1
_ENCRYPTING = ("git-crypt", "transcrypt", "git-secret", "crypt")


def state(path: str) -> GitState:
    """Whether a file is tracked, or would be, since nothing ignores it. Encrypted by a filter counts as ignored.

    Also empty where there is no git, no repository, or no answer within seconds. No hook and no program that a
    repository's configuration names is run.
    """
    folder, name = os.path.split(os.path.abspath(path))
    if _git(folder, "ls-files", "--error-unmatch", "--", name)[0] == _KNOWN:
        filters = _git(folder, "check-attr", "filter", "--", name)[1]
        return "" if filters.rpartition(": ")[2].strip().startswith(_ENCRYPTING) else "tracked"
    return "unignored" if _git(folder, "check-ignore", "-q", "--", name)[0] == _NOT else ""


def _git(folder: str, *arguments: str) -> tuple[int, str]:
    """The exit code, and what was written; 128 is git's own for a failure."""
    try:
        done = subprocess.run(  # noqa: S603 - git itself, with arguments of ours and a name behind "--"
            ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments],  # noqa: S607
            cwd=folder,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return 128, ""
    return done.returncode, done.stdout.decode("utf-8", "replace")
