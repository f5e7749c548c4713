"""Small files that make the next run faster, in the user's cache folder. Part of the edge: does I/O.

A cache is never needed and never trusted: what cannot be read, was cut short, changed or belongs to somebody else is as
good as absent, and what cannot be written is not.
"""

from __future__ import annotations

import os
import sys
import zlib
from contextlib import suppress

_NEWLINE = b"\n"


def directory() -> str | None:
    """The folder for authlint's caches; it need not exist. ``None`` where there is no place for one."""
    if chosen := os.environ.get("AUTHLINT_CACHE_DIR"):
        return chosen
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(xdg):
        return os.path.join(xdg, "authlint")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    else:
        base = os.path.join(os.path.expanduser("~"), "Library/Caches" if sys.platform == "darwin" else ".cache")
    return os.path.join(base, "authlint") if os.path.isabs(base) else None


def read(name: str) -> bytes | None:
    """What was written under a name, if it is all there and unchanged."""
    folder = directory()
    if folder is None:
        return None
    try:
        with open(os.path.join(folder, name), "rb") as file:
            if hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
                return None
            seal, _, payload = file.read().partition(_NEWLINE)
    except OSError:
        return None
    return payload if seal == _seal(payload) else None


def write(name: str, payload: bytes, keep: int) -> None:
    """Write a file at once or not at all. Of files whose names begin alike, up to ``-``, the newest ``keep`` stay."""
    folder = directory()
    if folder is None:
        return
    target = os.path.join(folder, name)
    temporary = f"{target}.{os.getpid()}"
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        try:
            with open(temporary, "wb") as file:
                file.write(_seal(payload) + _NEWLINE + payload)
            os.replace(temporary, target)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
        _forget(folder, f"{name.partition('-')[0]}-", keep)


def _forget(folder: str, beginning: str, keep: int) -> None:
    """Remove all but the newest files whose names begin like this."""
    alike = [os.path.join(folder, name) for name in os.listdir(folder) if name.startswith(beginning)]
    for old in sorted(alike, key=os.path.getmtime, reverse=True)[keep:]:
        os.unlink(old)


def _seal(payload: bytes) -> bytes:
    """Tells a file that was cut short or damaged. Who wants to deceive can seal too: hence the look at the owner."""
    return b"%08x-%d" % (zlib.crc32(payload), len(payload))
