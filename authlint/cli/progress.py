"""How far a long run is, on the terminal of a person who waits: files, bytes, rate and time left."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, TextIO

from authlint.reporters.text import count, size

if TYPE_CHECKING:
    from authlint.reporters import Totals

_FIRST, _AGAIN = 1.0, 0.1
"""Seconds after which it is shown at all, and after which it is shown anew."""

_NOBODY = ("CI", "PRE_COMMIT", "GITHUB_ACTIONS", "BUILD_ID", "TF_BUILD")
"""What is in the environment where nobody waits, even if there is a terminal."""

_HOUR, _MINUTE = 3600, 60


class Progress:
    """One line that is written over again and again, and taken away before anything else is written."""

    def __init__(self, stream: TextIO, share: Callable[[int], float | None], clock: Callable[[], float] = perf_counter):
        """``share`` says how much so many files are, from 0 to 1, or ``None`` while that is not known."""
        self._stream = stream
        self._share = share
        self._clock = clock
        self._begun = self._shown = clock()
        self._width = 0

    def step(self, totals: Totals) -> None:
        """One more file is done."""
        now = self._clock()
        if now - self._begun < _FIRST or now - self._shown < _AGAIN:
            return
        self._shown = now
        line = self._line(totals, now - self._begun)[: shutil.get_terminal_size().columns - 1]
        self._write("\r" + line.ljust(self._width))
        self._width = len(line)

    def hide(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("\r" + " " * self._width + "\r")
            self._width = 0

    def _line(self, totals: Totals, seconds: float) -> str:
        line = f"{count(totals.looked_at, 'file')}, {size(totals.bytes)}, {size(int(totals.bytes / seconds))}/s"
        share = self._share(totals.looked_at)
        return line if not share else f"{line}, {share:.0%}, {duration(seconds / share - seconds)} left"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def is_wanted(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether somebody looks at a terminal and waits."""
    somebody = not any(environment.get(name, "") not in ("", "0", "false") for name in _NOBODY)
    return somebody and environment.get("TERM") != "dumb" and stream.isatty()


def duration(seconds: float) -> str:
    """A time in two units at most."""
    whole = max(round(seconds), 0)
    if whole >= _HOUR:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
    return f"{whole // _MINUTE} min {whole % _MINUTE} s" if whole >= _MINUTE else f"{whole} s"
