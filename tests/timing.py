"""Does work grow with its input and no faster? A ratio of processor times says so on a busy machine, too."""

import time
from collections.abc import Callable

_TIMES = 4
_SLACK = 2.5  # a quadratic answer is four times the linear one
_NOISE = 0.03
_TRIES = 4


def grows_linearly(work: Callable[[int], object], size: int) -> bool:
    """Whether ``work(4 * size)`` takes about four times as long as ``work(size)``, in one of a few tries.

    What else the machine does spoils a try now and then; what is quadratic fails in all of them.
    """
    return any(_grows_linearly(work, size) for _ in range(_TRIES))


def _grows_linearly(work: Callable[[int], object], size: int) -> bool:
    small = min(_seconds(work, size) for _ in range(3))
    large = min(_seconds(work, _TIMES * size) for _ in range(2))
    return large < _TIMES * _SLACK * small + _NOISE


def _seconds(work: Callable[[int], object], size: int) -> float:
    begin = time.process_time()
    work(size)
    return time.process_time() - begin
