"""How much memory a process has, and how often it looks for what can be given back."""

from __future__ import annotations

import gc
import os


def collect_rarely() -> None:
    """Facts are many objects, few of them in cycles: looking for those as often as usual takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 5, 2)


def resident() -> int:
    """How many bytes of memory this process has; 0 where the system does not say so."""
    try:
        with open("/proc/self/statm", encoding="ascii") as numbers:
            return int(numbers.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
