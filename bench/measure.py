"""Whole processes, one after the other in turn, so that what slows the machine down slows all of them down."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import NamedTuple


class Run(NamedTuple):
    """One run: seconds by the clock and of processor time, and the most memory a process of it had, in MiB."""

    wall: float
    cpu: float
    memory: float


class Result(NamedTuple):
    """What several runs of a command came to. ``note`` says why there is no figure, if there is none."""

    runs: tuple[Run, ...] = ()
    note: str = ""

    @property
    def best(self) -> float:
        """The shortest time by the clock."""
        return min(run.wall for run in self.runs)

    @property
    def median(self) -> float:
        """The median time by the clock."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """The least processor time."""
        return min(run.cpu for run in self.runs)

    @property
    def memory(self) -> float:
        """The most memory of any run."""
        return max(run.memory for run in self.runs)


def in_turn(
    commands: Mapping[str, Sequence[str]],
    repetitions: int,
    *,
    cwd: str | None = None,
    environment: Mapping[str, str] | None = None,
    timeout: float = 300,
) -> dict[str, Result]:
    """Run all commands once to warm up, then each once a round. One that takes too long is left out from then on."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    slow: dict[str, str] = {}
    for turn in range(repetitions + 1):
        for name, command in commands.items():
            if name in slow:
                continue
            run = once(command, cwd=cwd, environment=environment, timeout=timeout)
            if run is None:
                slow[name] = f"more than {timeout:.0f} s"
            elif turn:
                runs[name].append(run)
    return {name: Result(tuple(runs[name]), slow.get(name, "")) for name in commands}


def once(
    command: Sequence[str],
    *,
    cwd: str | None = None,
    environment: Mapping[str, str] | None = None,
    timeout: float = 300,
) -> Run | None:
    """One run with its output thrown away; ``None`` if it took longer than ``timeout`` seconds."""
    full = {**os.environ, **(environment or {})}
    with tempfile.TemporaryFile() as output:
        started = perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=full, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        alarm = threading.Timer(timeout, process.kill)
        alarm.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            alarm.cancel()
        wall = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if wall >= timeout:
        return None
    kib = usage.ru_maxrss / 1024 if _counts_bytes() else usage.ru_maxrss
    return Run(wall, usage.ru_utime + usage.ru_stime, kib / 1024)


def _counts_bytes() -> bool:
    return os.uname().sysname == "Darwin"
