"""A file gets new bytes: all of them or none, with the permissions and links it has."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import suppress


class ChangedError(Exception):
    """The file is not what it was when it was read."""


def replace(path: str, before: bytes, after: bytes) -> None:
    """Put new bytes into a file, unless it has changed meanwhile. Raises ``OSError`` or ``ChangedError``.

    What a symbolic link leads to is replaced, not the link; a file with several names is written where it is.
    """
    target = os.path.realpath(path)
    state = os.stat(target)
    if not os.access(target, os.W_OK):  # in its place another file could be put, but that is not what this is for
        raise PermissionError(errno.EACCES, "it is read-only", path)
    if state.st_nlink > 1:
        with open(target, "r+b") as stream:
            if stream.read() != before:
                raise ChangedError
            stream.seek(0)
            stream.write(after)
            stream.truncate()
        return
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(target)}.", dir=os.path.dirname(target))
    except PermissionError:
        raise PermissionError(errno.EACCES, "no file can be put into its folder", path) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(after)
        shutil.copystat(target, temporary)
        os.utime(temporary)
        if hasattr(os, "chown") and os.stat(temporary).st_uid != state.st_uid:
            os.chown(temporary, state.st_uid, state.st_gid)
        with open(target, "rb") as stream:
            if stream.read() != before:
                raise ChangedError
        os.replace(temporary, target)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
