"""Compares authlint with the peers that are there, and says how each ratio stands to its budget.

``python bench/run.py`` needs nothing but the standard library. See ``bench/README.md``.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from corpus import clean_file, history, mixed_tree, python_tree, worst_inputs
from measure import Result, in_turn
from peers import Peer, Words, installed

ROOT = Path(__file__).parents[1]
MEMORY = 200
"""MiB that a run may take, whatever it is given."""
KEYSTROKE = 0.05
"""Seconds until an editor has what is found in a file of 1,000 lines."""
WORST = 1.0
"""Seconds that the worst file of a megabyte may take."""


class Budget(NamedTuple):
    """``authlint`` takes at most ``ratio`` times as long as ``peer``."""

    peer: str
    ratio: float


BUDGETS = {
    "start": (Budget("detect-secrets-hook", 0.35), Budget("python -c pass", 7)),
    "python": (Budget("gitleaks", 0.5), Budget("bandit", 0.15), Budget("ruff S", 5)),
    "mixed": (Budget("gitleaks", 0.4), Budget("kingfisher", 1)),
    "again": (Budget("authlint --no-cache", 0.3),),
    "history": (Budget("gitleaks", 0.5),),
}


class Bench:
    """One run of the benchmark: what to compare, how often, and where to put the files."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.folder = folder
        self.peers, self.missing = installed(options.peers)
        self.authlint: list[str] = [options.authlint] if options.authlint else [sys.executable, "-m", "authlint"]
        self.environment = {"AUTHLINT_CACHE_DIR": str(folder / "cache")}
        if not options.authlint:
            self.environment["PYTHONPATH"] = str(ROOT)

    def lines(self) -> Iterator[str]:
        """The report, in Markdown."""
        host = f"{platform.python_implementation()} {platform.python_version()} on {platform.system()}"
        yield "# Benchmark"
        yield ""
        yield f"{host} with {os.cpu_count()} processors; {self.options.rounds} runs of each command count, in turn."
        yield "Seconds by the clock, processor seconds, and MiB of the largest process."
        if self.missing:
            yield f"Not installed, so not compared: {', '.join(self.missing)}."
        for part in self.options.parts:
            yield ""
            yield from getattr(self, part)()

    def start(self) -> Iterator[str]:
        """What a pre-commit user feels."""
        yield "## Start-up on one clean file"
        file = str(clean_file(self.folder))
        commands = {"authlint": [*self.authlint, "check", "--isolated", file]}
        commands["python -c pass"] = [sys.executable, "-c", "pass"]
        commands |= self._of_peers(file, tree=False)
        yield from self._table(commands, BUDGETS["start"], self.options.rounds * 3)

    def python(self) -> Iterator[str]:
        """A repository in which most files mention tokens."""
        repo = self.options.repo
        tree = Path(repo).absolute() if repo else python_tree(self.folder / "python", self.options.files)
        yield f"## A Python repository ({_size(tree)})"
        commands = {"authlint": [*self.authlint, "check", "--isolated", "--quiet", "--no-cache", str(tree)]}
        yield from self._table(commands | self._of_peers(str(tree), tree=True), BUDGETS["python"])

    def mixed(self) -> Iterator[str]:
        """A tree of several languages."""
        tree = mixed_tree(self.folder / "mixed", self.options.files * 4)
        yield f"## A tree of several languages ({_size(tree)})"
        commands = {"authlint": [*self.authlint, "check", "--isolated", "--quiet", "--no-cache", str(tree)]}
        yield from self._table(
            commands | self._of_peers(str(tree), tree=True, skip=("bandit", "ruff S")), BUDGETS["mixed"]
        )

    def again(self) -> Iterator[str]:
        """A tree once more: nothing has changed since."""
        tree = python_tree(self.folder / "again", self.options.files * 4)
        yield f"## A tree again, nothing changed ({_size(tree)})"
        command = [*self.authlint, "check", "--isolated", "--quiet", str(tree)]
        yield from self._table({"authlint": command, "authlint --no-cache": [*command, "--no-cache"]}, BUDGETS["again"])

    def history(self) -> Iterator[str]:
        """Every version of every file there has been."""
        repo = self.options.repo
        folder = Path(repo).absolute() if repo else history(self.folder / "history", self.options.files * 6)
        yield f"## The history of a git repository ({_commits(folder)})"
        commands = {
            "authlint": [*self.authlint, "check", "--isolated", "--quiet", "--no-cache", "--history", str(folder)]
        }
        for name, (peer, executable) in self.peers.items():
            if peer.on_history is not None:
                commands[name] = [executable, *peer.on_history(str(folder))]
        yield from self._table(commands, BUDGETS["history"])

    def worst(self) -> Iterator[str]:
        """Files that are made to take long."""
        yield "## The worst files"
        yield ""
        yield "| file | least s | median s | MiB | |"
        yield "|---|---:|---:|---:|---|"
        for name, file in worst_inputs(self.folder / "worst"):
            command = [*self.authlint, "check", "--isolated", "--quiet", "--no-cache", str(file)]
            result = self._run({name: command}, 1)[name]
            yield _worst_row(name, result)

    def server(self) -> Iterator[str]:
        """What an editor waits for once a keystroke's pause is over: a thousand lines, of which the first changes."""
        from server import keystrokes  # noqa: PLC0415 - needs pygls, which other parts do not

        yield "## Diagnostics for a file of 1,000 lines, after the pause"
        yield ""
        taken = sorted(keystrokes(self.authlint, self.environment, self.folder, self.options.rounds * 4))
        median = taken[len(taken) // 2]
        verdict = "ok" if median <= KEYSTROKE else "over"
        figures = f"least {taken[0] * 1000:.0f} ms, median {median * 1000:.0f} ms"
        yield f"{figures}; budget {KEYSTROKE * 1000:.0f} ms: {verdict}"

    def _of_peers(self, path: str, *, tree: bool, skip: Sequence[str] = ()) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, (peer, executable) in self.peers.items():
            words = _words(peer, tree=tree)
            if words is not None and name not in skip:
                found[name] = [executable, *words(path)]
        return found

    def _run(self, commands: dict[str, list[str]], repetitions: int) -> dict[str, Result]:
        return in_turn(
            commands, repetitions, cwd=str(self.folder), environment=self.environment, timeout=self.options.timeout
        )

    def _table(
        self, commands: dict[str, list[str]], budgets: Sequence[Budget], repetitions: int | None = None
    ) -> Iterator[str]:
        results = self._run(commands, repetitions or self.options.rounds)
        own = results["authlint"]
        yield ""
        yield "| program | least s | median s | cpu s | MiB | authlint takes | budget | |"
        yield "|---|---:|---:|---:|---:|---:|---:|---|"
        for name, result in results.items():
            budget = next((item.ratio for item in budgets if item.peer == name), None)
            yield _row(name, result, own, budget)


def _words(peer: Peer, *, tree: bool) -> Words | None:
    return peer.on_tree if tree else peer.on_file


def _row(name: str, result: Result, own: Result, budget: float | None) -> str:
    if not result.runs:
        return f"| {name} | {result.note} | | | | | | |"
    figures = f"{result.best:.3f} | {result.median:.3f} | {result.cpu:.3f} | {result.memory:.0f}"
    if result is own or not own.runs:
        verdict = "ok" if result.memory <= MEMORY else "over"
        return (
            f"| {name} | {figures} | | {MEMORY} MiB | {verdict} |" if result is own else f"| {name} | {figures} | | | |"
        )
    ratio = own.median / result.median
    if budget is None:
        return f"| {name} | {figures} | {ratio:.2f} x | | |"
    return f"| {name} | {figures} | {ratio:.2f} x | {budget:g} x | {'ok' if ratio <= budget else 'over'} |"


def _worst_row(name: str, result: Result) -> str:
    if not result.runs:
        return f"| {name} | {result.note} | | | over |"
    verdict = "ok" if result.best <= WORST and result.memory <= MEMORY else "over"
    return f"| {name} | {result.best:.2f} | {result.median:.2f} | {result.memory:.0f} | {verdict} |"


def _size(tree: Path) -> str:
    files = [file for file in tree.rglob("*") if file.is_file() and ".git" not in file.parts]
    return f"{len(files):,} files, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB"


def _commits(repository: Path) -> str:
    count = ["git", "-C", str(repository), "rev-list", "--all", "--count"]
    return f"{int(subprocess.run(count, capture_output=True, check=True).stdout):,} commits"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = ["start", "python", "mixed", "again", "history", "worst", "server"]
    parser.add_argument(
        "parts", nargs="*", default=parts, metavar="PART", help=f"of {', '.join(parts)}; all by default"
    )
    parser.add_argument("--repo", metavar="PATH", help="a real Python repository instead of made ones")
    parser.add_argument("--files", type=int, default=300, help="size of the made trees (default: 300)")
    parser.add_argument("--rounds", "-n", type=int, default=5, help="runs of each that count (default: 5)")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one run (default: 120)")
    parser.add_argument(
        "--authlint", metavar="PROGRAM", default="", help="an installed authlint instead of this checkout"
    )
    parser.add_argument("--peers", metavar="FOLDER", help="where the programs of the peers are (default: the PATH)")
    options = parser.parse_args(arguments)
    for part in options.parts:
        if part not in parts:
            parser.error(f"there is no part '{part}'")
    if options.authlint and shutil.which(options.authlint) is None:
        parser.error(f"there is no program '{options.authlint}'")
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as folder:
        for line in Bench(options, Path(folder)).lines():
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
