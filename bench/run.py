"""Compares authlint with the peers that are installed, as whole processes, all in one run, and prints ratios.

    python bench/run.py [--repo PATH] [--rounds N] [--peers DIR]

Without ``--repo`` a tree of Python files with much authentication code is made. ``--peers`` names the folder whose
programs are used (default: those on PATH). Nothing is asserted: the budgets are the last column of the table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_MODULE = '''import requests

TOKEN_URL = "https://id.example.net/oauth/token"


class Client{n}:
    """Asks the service for what belongs to one account."""

    def __init__(self, client_id, client_secret):
        self.client_id, self.client_secret = client_id, client_secret
        self.token, self.until = None, 0

    def authorization_url(self, state, redirect_uri):
        query = {{"response_type": "code", "client_id": self.client_id, "state": state, "redirect_uri": redirect_uri}}
        return "https://id.example.net/oauth/authorize?" + urlencode(query)

    def fetch(self, code):
        data = {{"grant_type": "authorization_code", "code": code, "client_secret": self.client_secret}}
        answer = requests.post(TOKEN_URL, data=data).json()
        self.token, self.until = answer["access_token"], time.time() + answer["expires_in"] - 60
        return answer
'''


class Work(NamedTuple):
    """Something to be done by authlint and by peers: commands by name, and the budgets as ratios by peer."""

    name: str
    commands: dict[str, list[str]]
    budgets: dict[str, float]


def main() -> int:
    """Run everything and print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", type=Path)
    given = parser.parse_args()
    if given.repo and not given.repo.is_dir():
        print(f"error: {given.repo} is not a folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for work in works(Path(folder), given.repo, given.peers) for row in table(work, given.rounds)]
    print(
        "\n".join(
            ["| work | program | min s | median s | authlint / it | budget |", "|---|---|---|---|---|---|", *rows]
        )
    )
    return 0


def works(folder: Path, repo: Path | None, peers: Path | None) -> Iterator[Work]:
    """What is measured: start-up on a clean file, and a Python repository."""
    clean = folder / "clean.py"
    clean.write_text("x = 1\n")
    tree = repo or made(folder / "tree")
    lint = [sys.executable, "-m", "authlint", "check", "--isolated", "-q", "--exit-zero"]
    hook, gitleaks = found("detect-secrets-hook", peers), found("gitleaks", peers)
    start = {"authlint": [*lint, str(clean)], "python -c pass": [sys.executable, "-c", "pass"]}
    start |= {"detect-secrets-hook": [hook, str(clean)]} if hook else {}
    yield Work("start-up, one clean file", start, {"detect-secrets-hook": 0.5})
    much = {"authlint": [*lint, str(tree)]}
    much |= {"gitleaks": [gitleaks, "dir", str(tree), "--no-banner", "-l", "error"]} if gitleaks else {}
    for name, arguments in (("bandit", ["-q", "-r"]), ("ruff", ["check", "--select", "S", "-q", "--no-cache"])):
        if program := found(name, peers):
            much[name] = [program, *arguments, str(tree)]
    yield Work(f"Python repository, {sum(1 for _ in tree.rglob('*.py'))} files", much, {"gitleaks": 0.5})


def found(program: str, folder: Path | None) -> str | None:
    """Where a peer's program is; says on stderr if it is missing."""
    path = shutil.which(program, path=str(folder) if folder else None)
    if path is None:
        print(f"{program} is not installed and not compared", file=sys.stderr)
    return path


def made(folder: Path) -> Path:
    """A tree of 300 modules that mention authentication."""
    folder.mkdir()
    for number in range(300):
        (folder / f"client_{number}.py").write_text(_MODULE.format(n=number) * 4)
    return folder


def table(work: Work, rounds: int) -> Iterator[str]:
    """The rows of one piece of work; the programs take turns, so that all meet the same noise."""
    times: dict[str, list[float]] = {name: [] for name in work.commands}
    for _ in range(rounds + 1):
        for name, command in work.commands.items():
            times[name].append(seconds(command))
    ours = statistics.median(times["authlint"][1:])
    for name, all_times in times.items():
        warm = all_times[1:]  # the first round fills caches
        ratio = ours / statistics.median(warm)
        budget = f"≤ {work.budgets[name]}" if name in work.budgets else ""
        yield f"| {work.name} | {name} | {min(warm):.3f} | {statistics.median(warm):.3f} | {ratio:.2f} | {budget} |"


def seconds(command: list[str]) -> float:
    """How long a process takes, from start to end."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    begin = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=environment)
    return time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
