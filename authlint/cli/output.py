"""Where results go: standard output, or a file that is there in full or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from authlint.errors import InputError


@contextmanager
def output(file: str) -> Iterator[Callable[[str], object]]:
    """A function that writes text; what it wrote is in ``file`` once the block is left without an error.

    A device or a pipe, such as ``/dev/null``, is written to as it is: who may, would put a file in its place.
    """
    if not file:
        yield sys.stdout.write
        return
    in_place = os.path.exists(file) and not os.path.isfile(file)
    temporary = file if in_place else f"{file}.{os.getpid()}.tmp"
    try:
        with open(temporary, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            yield stream.write
        if not in_place:
            os.replace(temporary, file)
    except OSError as error:
        if error.filename not in (temporary, file, None):
            raise
        raise InputError(f"{file}: cannot be written: {error.strerror}") from None
    finally:
        if not in_place:
            with suppress(OSError):
                os.unlink(temporary)
