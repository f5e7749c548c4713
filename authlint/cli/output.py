"""Where results go: standard output, or a file that is there in full or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from authlint.errors import InputError


@contextmanager
def output(file: str) -> Iterator[Callable[[str], object]]:
    """A function that writes text; what it wrote is in ``file`` once the block is left without an error."""
    if not file:
        yield sys.stdout.write
        return
    if os.path.exists(file) and not os.path.isfile(file):
        with _special(file) as write:
            yield write
        return
    target = os.path.realpath(file)  # a link stays what it is
    temporary = f"{target}.{os.getpid()}.tmp"
    try:
        with open(temporary, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            yield stream.write
        os.replace(temporary, target)
    except OSError as error:
        if error.filename not in (temporary, target, None):
            raise
        raise InputError(f"{file}: cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            os.unlink(temporary)


@contextmanager
def _special(file: str) -> Iterator[Callable[[str], object]]:
    """A device or a pipe, such as ``/dev/null``, is written to and never put another file in the place of."""
    try:
        with open(file, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            yield stream.write
    except OSError as error:
        if error.filename != file:
            raise
        raise InputError(f"{file}: cannot be written: {error.strerror}") from None
