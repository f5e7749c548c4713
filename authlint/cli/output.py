"""Where results go: standard output, or a file that is there in full or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from authlint.errors import InputError

_STDOUT = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
_DEVICES = ("/dev/", "/proc/")
"""Where even what is a regular file is one by another name, that some process has open."""


@contextmanager
def output(file: str) -> Iterator[Callable[[str], object]]:
    """A function that writes text; what it wrote is in ``file`` once the block is left without an error.

    A device or a pipe, such as ``/dev/null``, is written to and never replaced by a file; nor is a symbolic link.
    """
    if not file or file in _STDOUT:
        yield sys.stdout.write
        return
    try:
        if os.path.exists(file) and (not os.path.isfile(file) or os.path.abspath(file).startswith(_DEVICES)):
            with open(file, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                yield stream.write
            return
    except OSError as error:
        raise _unwritable(file, error, (file,)) from None
    with _complete(os.path.realpath(file), file) as write:
        yield write


@contextmanager
def _complete(target: str, file: str) -> Iterator[Callable[[str], object]]:
    """Write beside the target, and put that in its place at the end; ``file`` is what the user calls it."""
    unfinished = temporary(target)
    try:
        with open(unfinished, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            yield stream.write
        os.replace(unfinished, target)
    except OSError as error:
        raise _unwritable(file, error, (unfinished, target)) from None
    finally:
        with suppress(OSError):
            os.unlink(unfinished)


def _unwritable(file: str, error: OSError, mine: tuple[str, ...]) -> Exception:
    """What to say of an error of these files; one of another file is passed on as it is."""
    if error.filename not in (*mine, None):
        return error
    return InputError(f"{file}: cannot be written: {error.strerror}")


def temporary(file: str) -> str:
    """What a file is called until all of it is written."""
    return f"{file}.{os.getpid()}.tmp"
