"""An end to work that takes too long: one file must not keep a run from the others. Part of the edge: has a clock.

Processor time counts, not the clock: on a busy machine the same files are checked. The limit is a signal, which Python
hears between two of its own steps. Where a single call into a parser takes all the time, the parser calls back now and
then (``authlint.frontends.trees``); what is deaf for good is ended with its process, where it has one of its own.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE = 5
"""Seconds after the limit at which a process that does not hear the signal is ended."""


class TimeIsUpError(BaseException):
    """Not an ``Exception``: what takes care of the crash of one rule must let it pass."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise ``TimeIsUpError`` in the block once it has taken that much processor time; no limit where that is 0.

    Windows has no such signal, and only the main thread hears one: there the block takes as long as it takes.
    """
    if sys.platform == "win32" or not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def end_at(seconds: float) -> None:
    """Have the system end this process once it has taken that much processor time more, and a little; 0: never."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none

    _, most_core = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most_core))  # what is in memory is not to be left on the disk
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 1 + GRACE if seconds else resource.RLIM_INFINITY
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def was_ended(exit_code: int | None) -> bool:
    """Whether a process ended because ``end_at`` had said so."""
    return sys.platform != "win32" and exit_code == -signal.SIGXCPU


def _end(_number: int, _frame: FrameType | None) -> None:
    raise TimeIsUpError
