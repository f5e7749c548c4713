"""Names for environment variables: one for each secret, and none for two."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_TAKEN = frozenset(
    {
        "PATH", "HOME", "USER", "USERNAME", "LOGNAME", "SHELL", "PWD", "OLDPWD", "LANG", "TERM", "ENV", "HOST",
        "HOSTNAME", "TMP", "TEMP", "TMPDIR", "EDITOR", "PAGER", "MAIL", "IFS", "PS1", "UID", "EUID", "DISPLAY", "OS",
        "COMSPEC", "RANDOM", "SECONDS", "LINENO", "PORT", "DEBUG", "CI",
    }
)  # fmt: skip
"""Names that mean something to the system already: a variable ``PWD`` is the working directory, not a password."""


class Variables:
    """The names that a run has given. Holds digests of secrets, never the secrets."""

    def __init__(self) -> None:
        """Nothing is named yet."""
        self._names: dict[bytes, str] = {}
        self._owners: dict[str, bytes] = {}
        self._numbers: dict[str, int] = {}

    def name(self, secret: str, wanted: Iterable[str]) -> str:
        """The name for a secret: the one it has, or the first of those wanted that no other secret has."""
        digest = hashlib.sha256(secret.encode("utf-8", "replace")).digest()
        if digest not in self._names:
            name = self._free(wanted, digest)
            self._names[digest], self._owners[name] = name, digest
        return self._names[digest]

    def _free(self, wanted: Iterable[str], digest: bytes) -> str:
        names = _candidates(wanted)
        for name in names:
            if self._owners.get(name, digest) == digest:
                return name
        number = self._numbers.get(names[0], 2)
        while self._owners.get(f"{names[0]}_{number}", digest) != digest:
            number += 1
        self._numbers[names[0]] = number  # all before it are taken
        return f"{names[0]}_{number}"


def _candidates(wanted: Iterable[str]) -> list[str]:
    return [f"APP_{name}" if name in _TAKEN else name for name in dict.fromkeys(wanted) if name] or ["API_KEY"]
