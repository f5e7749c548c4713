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
    temporary = f"{file}.{os.getpid()}.tmp"
    try:
        with open(temporary, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            yield stream.write
        os.replace(temporary, file)
    except OSError as error:
        if error.filename not in (temporary, file, None):
            raise
        raise InputError(f"{file}: cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            os.unlink(temporary)
