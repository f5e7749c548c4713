"""The programs that authlint is compared with, and how each is started on a file or a tree."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

Words: TypeAlias = Callable[[str], list[str]]


class Peer(NamedTuple):
    """A program: its name in tables, the executable, and the words after it for a file, a folder and a history.

    ``on_file``, ``on_tree`` or ``on_history`` is ``None`` where the program has no such mode.
    """

    name: str
    executable: str
    on_file: Words | None
    on_tree: Words | None
    on_history: Words | None = None


PEERS = (
    Peer("detect-secrets-hook", "detect-secrets-hook", lambda path: [path], None),
    Peer("detect-secrets", "detect-secrets", None, lambda path: ["scan", "--all-files", path]),
    Peer(
        "gitleaks",
        "gitleaks",
        lambda path: ["dir", "--no-banner", "--log-level", "error", path],
        lambda path: ["dir", "--no-banner", "--log-level", "error", path],
        lambda path: ["git", "--no-banner", "--log-level", "error", path],
    ),
    Peer(
        "kingfisher",
        "kingfisher",
        lambda path: ["scan", "--no-validate", "--no-update-check", "--quiet", "--git-history", "none", path],
        lambda path: ["scan", "--no-validate", "--no-update-check", "--quiet", "--git-history", "none", path],
        lambda path: ["scan", "--no-validate", "--no-update-check", "--quiet", path],
    ),
    Peer("bandit", "bandit", lambda path: ["-q", path], lambda path: ["-q", "-r", path]),
    Peer(
        "ruff S",
        "ruff",
        lambda path: ["check", "--isolated", "--no-cache", "--quiet", "--select", "S", path],
        lambda path: ["check", "--isolated", "--no-cache", "--quiet", "--select", "S", path],
    ),
)


def installed(folder: str | None) -> tuple[dict[str, tuple[Peer, str]], list[str]]:
    """The peers there are, by name, with their executables; and the names of those there are not.

    They are looked for in ``folder``, or on the PATH.
    """
    found: dict[str, tuple[Peer, str]] = {}
    missing: list[str] = []
    for peer in PEERS:
        path = shutil.which(peer.executable, path=folder)
        if path is None:
            missing.append(peer.name)
        else:
            found[peer.name] = peer, os.path.abspath(path)
    return found, missing
