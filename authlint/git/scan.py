"""Looking at the versions of a file one after the other: at what is new in each, and at all of it if that says so."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence

from authlint.git.fresh import fresh
from authlint.git.history import Version
from authlint.git.repository import Blob, Objects

_KEPT = 4
"""How many contents are kept to be compared with later ones."""


def contents(versions: Sequence[Version], objects: Objects, limit: int) -> Iterator[tuple[Version, Blob, bytes]]:
    """Each version with its content and with what is new in it."""
    names = dict.fromkeys(name for version in versions for name in (*version.parents, version.blob))
    coming = objects.blobs(list(names), limit)
    recent: OrderedDict[str, Blob] = OrderedDict()
    for version in versions:
        while version.blob not in recent:
            blob = next(coming)
            recent[blob.name] = blob
            if len(recent) > _KEPT + len(version.parents):
                recent.popitem(last=False)
        blob = recent[version.blob]
        olds = [recent[name].data for name in version.parents if name in recent]
        before = [old for old in olds if old is not None]
        complete = len(before) == len(version.parents)
        yield version, blob, fresh(blob.data or b"", before if complete else [])
