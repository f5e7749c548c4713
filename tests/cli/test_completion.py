"""What shells are given to complete authlint: asked of the shells themselves, where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which ``authlint`` is the program of this checkout."""
    program = tmp_path / "authlint"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m authlint "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}


def shell(program: str, script: str, environment: dict[str, str]) -> list[str]:
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")
    command = [program, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("authlint bas", ["baseline"]),
        ("authlint rule oauth-state-m", ["oauth-state-missing"]),
        ("authlint check --select AUT401,oauth-state-p", ["AUT401,oauth-state-predictable"]),
        ("authlint check --ignore aut40", ["AUT401", "AUT402"]),
        ("authlint check --output-format gith", ["github"]),
        ("authlint check --report sar", ["sarif:"]),
        ("authlint check --exclude oauth", []),
    ],
)
def test_bash_completes(words: str, completed: list[str], environment: dict[str, str]) -> None:
    script = f"""
        eval "$(authlint completion bash)"
        COMP_WORDS=({words})
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _authlint_completion authlint
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    assert [line for line in shell("bash", script, environment) if line][: len(completed) or None] == completed


def test_fish_completes(environment: dict[str, str]) -> None:
    seen = shell("fish", 'authlint completion fish | source; complete -C "authlint rule oauth-state-m"', environment)
    assert [line.partition("\t")[0] for line in seen] == ["oauth-state-missing"]


def test_zsh_takes_the_script(environment: dict[str, str]) -> None:
    script = 'autoload -U compinit; compinit -u -D; eval "$(authlint completion zsh)"; echo ${_comps[authlint]}'
    assert shell("zsh", script, environment) == ["_authlint_completion"]


def test_another_shell_is_refused(environment: dict[str, str]) -> None:
    done = subprocess.run(["authlint", "completion", "tcsh"], env=environment, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"'tcsh' is not one of" in done.stderr
