"""Linting in several processes. Each has at most one chunk of files, so the loss of a process is the loss of one file.

A pool of the standard library waits forever for a process that dies, or gives up all work when one does.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from authlint.finding import Problem
from authlint.project.files import Item, Target
from authlint.run.memory import collect_rarely, resident
from authlint.run.outcome import Outcome, lost
from authlint.run.patience import end_at, was_ended

if TYPE_CHECKING:
    from authlint.run.runner import Lint

CHUNK_BYTES, CHUNK_FILES = 100_000, 64
"""Much to do at once keeps processes waiting for the last one at the end, little makes them wait for each other."""
_WINDOW = 2
"""How many chunks for each process are there to choose the largest from."""

_AHEAD = 32
"""How many chunks may be finished before an earlier one is: bounds what is kept in memory."""

_ENOUGH_MEMORY, _PER_BYTE = 170_000_000, 50
"""What a process may have in memory, and how much of it a byte of a file takes while the file is looked at.

What is freed in pieces is of no use for something large, so that the memory of a process grows with what it has done.
One that could come to have more than enough is ended, and another takes its place.
"""

_CAN_HOLD_BACK = hasattr(signal, "pthread_sigmask")

Chunk: TypeAlias = list[Item]


def run_parallel(items: Iterable[Item], lint: Lint, jobs: int) -> Iterator[Outcome]:
    """The outcome for each item, in order."""
    todo = enumerate(chunks(items))
    done: dict[int, list[Outcome]] = {}
    busy: dict[Connection, tuple[_Worker, int, Chunk]] = {}
    idle: list[_Worker] = []
    turn = 0
    waiting = dict(islice(todo, _WINDOW * jobs))
    try:
        while True:
            while waiting and len(busy) < jobs and (len(done) < _AHEAD or turn in waiting):
                number = min(waiting) if len(done) >= _AHEAD else _next(waiting)
                chunk = waiting.pop(number)
                waiting.update(islice(todo, 1))
                worker = _fit(idle.pop(), chunk, lint) if idle else _Worker(lint)
                worker.give(chunk)
                busy[worker.connection] = worker, number, chunk
            while turn in done:  # what is made of these takes a while: the processes are at work meanwhile
                yield from done.pop(turn)
                turn += 1
            if not busy and not waiting:
                return
            for connection in wait(list(busy)) if busy else ():
                worker, number, chunk = busy.pop(cast("Connection", connection))
                outcomes = worker.receive()
                done[number] = _singly(chunk, lint) if outcomes is None else outcomes
                if outcomes is not None:
                    idle.append(worker)
    finally:
        for worker in [*idle, *(entry[0] for entry in busy.values())]:
            worker.stop()


def _fit(worker: _Worker, chunk: Chunk, lint: Lint) -> _Worker:
    """The process, or another one if it has become large and might come to take too much memory over a chunk."""
    largest = max((item.size for item in chunk if not isinstance(item, Problem)), default=0)
    if worker.resident + min(largest * _PER_BYTE, _ENOUGH_MEMORY // 2) <= _ENOUGH_MEMORY:
        return worker
    worker.stop()
    return _Worker(lint)


def _next(waiting: dict[int, Chunk]) -> int:
    """The chunk to begin with: one with a large file, so that no process is left with it at the end, or the first."""
    largest = max(waiting, key=lambda number: (_size(waiting[number]), -number))
    return largest if _size(waiting[largest]) > 2 * CHUNK_BYTES else min(waiting)


def _size(chunk: Chunk) -> int:
    return sum(item.size for item in chunk if not isinstance(item, Problem))


def chunks(items: Iterable[Item]) -> Iterator[Chunk]:
    """Items in lots that take about the same time."""
    chunk: Chunk = []
    size = 0
    for item in items:
        chunk.append(item)
        size += 0 if isinstance(item, Problem) else item.size
        if size >= CHUNK_BYTES or len(chunk) >= CHUNK_FILES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def start_method(platform: str) -> Any:
    """How processes start: as copies of this one on Linux, which have all that is loaded by now, elsewhere anew.

    Anew is ``python -c``, which looks for modules in the working folder first: in the code that is looked at.
    """
    if platform == "linux":
        return multiprocessing.get_context("fork")
    os.environ.setdefault("PYTHONSAFEPATH", "1")  # heeded since Python 3.11
    return multiprocessing.get_context("spawn")


class _Worker:
    """A process that lints the chunks it is sent."""

    def __init__(self, lint: Lint) -> None:
        context = start_method(sys.platform)
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.connection, lint), daemon=True)
        with _held_back():
            self._process.start()
        theirs.close()
        self.resident = 0
        """How many bytes of memory it had after its last chunk."""

    def give(self, chunk: Chunk) -> None:
        """Send it a chunk. If it is dead already, ``receive`` says so."""
        with suppress(OSError):
            self.connection.send(chunk)

    def receive(self) -> list[Outcome] | None:
        """What it made of its chunk; ``None`` if it died over it."""
        try:
            outcomes: list[Outcome]
            outcomes, self.resident = self.connection.recv()
        except (EOFError, OSError):
            self._process.join(1)  # it is about to end, and how it ends tells why
            self.stop()
            return None
        return outcomes

    @property
    def was_late(self) -> bool:
        """Whether it was ended because it took too long."""
        return was_ended(self._process.exitcode)

    def stop(self) -> None:
        """End it, whatever it is doing."""
        self._process.terminate()
        self._process.join()
        self.connection.close()


@contextmanager
def _held_back() -> Iterator[None]:
    """Interrupts come later: a process that begins would die of one before it can say that it ignores them."""
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if _CAN_HOLD_BACK else set()
    try:
        yield
    finally:
        if _CAN_HOLD_BACK:
            signal.pthread_sigmask(signal.SIG_SETMASK, former)


def _serve(connection: Connection, other_end: Connection, lint: Lint) -> None:
    other_end.close()  # or this process would never see that the one that started it is gone
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    if _CAN_HOLD_BACK:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    collect_rarely()
    with suppress(EOFError, ConnectionError):  # who started this process is gone, or wants no more
        while True:
            chunk: Chunk = connection.recv()
            connection.send(([_timed(item, lint) for item in chunk], resident()))


def _timed(item: Item, lint: Lint) -> Outcome:
    if isinstance(item, Target) and not item.blob:  # git, which reads the others, would be ended as well
        end_at(item.config.settings.max_file_seconds)
    return lint.item(item)


def _singly(chunk: Chunk, lint: Lint) -> list[Outcome]:
    """The outcomes for a chunk over which a process died, one file at a time, so that only the guilty one is lost."""
    outcomes = []
    worker: _Worker | None = None
    for item in chunk:
        worker = worker or _Worker(lint)
        worker.give([item])
        outcome = worker.receive()
        outcomes.extend(outcome or [lost(item, late=worker.was_late)])
        if outcome is None:
            worker = None
    if worker is not None:
        worker.stop()
    return outcomes
