"""Small files that make the next run faster, in the user's cache folder. Part of the edge: does I/O.

A cache is never needed and never trusted: what cannot be read, was cut short, changed or belongs to somebody else is as
good as absent, and what cannot be written is not.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

_NEWLINE = b"\n"


def directory() -> Path | None:
    """The folder for authlint's caches; it need not exist. ``None`` where there is no place for one."""
    if chosen := os.environ.get("AUTHLINT_CACHE_DIR"):
        return Path(chosen)
    xdg = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if xdg.is_absolute():
        return xdg / "authlint"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", ""))
    else:
        base = Path(os.path.expanduser("~"), "Library/Caches" if sys.platform == "darwin" else ".cache")
    return base / "authlint" if base.is_absolute() else None


def read(name: str) -> bytes | None:
    """What was written under a name, if it is all there and unchanged."""
    folder = directory()
    if folder is None:
        return None
    try:
        with open(folder / name, "rb") as file:
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
    target = folder / name
    temporary = folder / f"{name}.{os.getpid()}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            temporary.write_bytes(_seal(payload) + _NEWLINE + payload)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        alike = sorted(folder.glob(f"{name.partition('-')[0]}-*"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in alike[keep:]:
            old.unlink(missing_ok=True)


def _seal(payload: bytes) -> bytes:
    return hashlib.sha256(payload).hexdigest().encode()
