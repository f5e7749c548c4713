"""Ctrl-C, held back while something is done that must be done as a whole."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class Interrupts:
    """Raises ``KeyboardInterrupt`` as Python does, but for what is done ``with`` it: there, at its end.

    Whoever cannot wait, since nobody reads what is written, interrupts a second time.
    """

    def __init__(self) -> None:
        """Nothing changes before ``listen``."""
        self._former: Any = None
        self._inside = False
        self._waiting = False

    def listen(self) -> None:
        """Take over from Python's own handler; where there is another or none, that one stays."""
        if threading.current_thread() is threading.main_thread():
            former = signal.getsignal(signal.SIGINT)
            if former is signal.default_int_handler:
                self._former = former
                signal.signal(signal.SIGINT, self._interrupted)

    def stop(self) -> None:
        """Give back to Python's own handler."""
        if self._former is not None:
            signal.signal(signal.SIGINT, self._former)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self._inside and not self._waiting:
            self._waiting = True
            return
        self._waiting = False
        raise KeyboardInterrupt

    def __enter__(self) -> None:
        """Begin what is to be done as a whole."""
        self._inside = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It is done: what was held back comes now."""
        self._inside = False
        if self._waiting:
            self._waiting = False
            raise KeyboardInterrupt
