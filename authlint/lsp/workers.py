"""Processes that look at texts: the server answers whatever is looked at, and what takes too long can be ended."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from authlint.lsp.worker import Crash, Job, receive, send
from authlint.run.patience import was_ended

_MOST = 2
"""How many processes there are at most: one that is held up leaves another."""

_LATE = "took too long and was given up"
_DIED = "internal error (the process that checked it died), please report it"
_START = "import sys; sys.path[:] = sys.argv[1:]; from authlint.lsp.worker import main; main()"
"""Nothing is imported from the working folder, which is whatever the editor has open."""


class LostError(Exception):
    """A job came to nothing. The message says why and quotes nothing."""


class Workers:
    """Does jobs, each in a process of its own while it lasts.

    ``patience``: seconds after which a job that nobody waits for any more is ended with its process. ``limit``: those
    after which any job is.
    """

    def __init__(self, patience: float = 1, limit: float = 60) -> None:
        """No process is started before there is a job."""
        self._patience = patience
        self._limit = limit
        self._free = asyncio.Semaphore(_MOST)
        self._threads = ThreadPoolExecutor(_MOST)
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()

    async def do(self, job: Job) -> Any:
        """The answer to a job. Raises ``LostError``. If this is cancelled, so is the job, unless it is nearly done."""
        await self._free.acquire()
        work = asyncio.get_running_loop().create_task(self._do(job))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(self._patience, work.cancel)
            raise

    async def _do(self, job: Job) -> Any:
        process = None
        try:
            process = self._idle.pop() if self._idle else _Process()
            self._busy.add(process)
            asked = asyncio.get_running_loop().run_in_executor(self._threads, process.ask, job)
            asked.add_done_callback(_seen)
            await asyncio.wait({asked}, timeout=self._limit)
            if not asked.done():
                raise LostError(_LATE)
            answer = asked.result()
            self._idle.append(process)
        except (OSError, EOFError):
            late = process is not None and process.was_late()
            raise LostError(_LATE if late else _DIED) from None
        finally:
            self._free.release()
            if process is not None:
                self._busy.discard(process)
                if process not in self._idle:
                    process.end()
        if isinstance(answer, Crash):
            raise LostError(f"internal error ({answer.place}), please report it")
        return answer

    def close(self) -> None:
        """End all processes."""
        for process in [*self._idle, *self._busy]:
            process.end()


def _seen(future: asyncio.Future[Any]) -> None:
    """Nobody may be left to hear of an error."""
    if not future.cancelled():
        future.exception()


class _Process:
    """A worker, and the pipes to it."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-c", _START, *sys.path]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - ours

    def ask(self, job: Job) -> Any:
        """The answer to a job. Waits for it; raises ``OSError`` or ``EOFError`` if the process ends."""
        assert self._process.stdin and self._process.stdout, "they are pipes"  # noqa: S101, PT018
        send(self._process.stdin, job)
        return receive(self._process.stdout)

    def was_late(self) -> bool:
        """Whether the system ended it because it took too long."""
        with suppress(subprocess.TimeoutExpired):
            return was_ended(self._process.wait(1))
        return False

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()  # what still waits for it has come to its end by now
