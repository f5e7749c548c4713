"""A process that looks at texts for the server: jobs come in on standard input, answers go out on standard output.

It can be ended at any time, and ends by itself when the server is gone, whatever it is doing.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, NamedTuple

from authlint.run.runner import collect_rarely, place
from authlint.run.session import Session

LENGTH = 8
"""How many bytes say how long a message is."""


class Setup(NamedTuple):
    """How texts are looked at. Where ``generation`` is another one, configuration and rules are read anew."""

    generation: int
    config: str = ""
    isolated: bool = False


class Job(NamedTuple):
    """A function of ours, which is given the session and these arguments."""

    setup: Setup
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class Crash(NamedTuple):
    """There is no answer: an error of ours, told by its kind and place."""

    place: str


def send(stream: IO[bytes], message: object) -> None:
    """Write a message."""
    data = pickle.dumps(message)
    stream.write(len(data).to_bytes(LENGTH, "big") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read a message. Raises ``EOFError`` if the other side is gone."""
    length = int.from_bytes(_exactly(stream, LENGTH), "big")
    return pickle.loads(_exactly(stream, length))  # noqa: S301 - the other side is a process of our own


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def main() -> None:
    """Do jobs until there is nobody to do them for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server is told
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anything prints must not get between the answers
    jobs: SimpleQueue[Job] = SimpleQueue()
    Thread(target=_listen, args=(jobs,), daemon=True).start()
    collect_rarely()
    setup, session = None, None
    while True:
        job = jobs.get()
        try:
            if session is None or setup != job.setup:
                setup, session = job.setup, Session(job.setup.config, job.setup.isolated, in_editor=True)
            answer = job.function(session, *job.arguments)
        except Exception as error:  # its message may quote the text
            answer = Crash(place(error))
        send(answers, answer)


def _listen(jobs: SimpleQueue[Job]) -> None:
    try:
        while True:
            jobs.put(receive(sys.stdin.buffer))
    finally:
        os._exit(0)
