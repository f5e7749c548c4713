"""What would change, as a unified diff in which no secret can be read."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from authlint.repair import Repaired
from authlint.secret.redact import clean, mask, mask_line
from authlint.source import decode

_SECRETS = "AUT1"
_SHORTEST, _WORD = 3, 8


def diff(path: str, repaired: Repaired) -> Iterator[str]:
    """The lines of the diff, with their ends."""
    before, after = (decode(raw).decode("utf-8", "replace").splitlines() for raw in (repaired.before, repaired.after))
    name = clean(path)
    secrets = sorted(_removed(repaired), key=len, reverse=True)
    for line in difflib.unified_diff(before, after, name, name, lineterm=""):
        if line.startswith(("---", "+++", "@@")):
            yield line + "\n"
        else:
            known = secrets if line[0] == "-" else [secret for secret in secrets if len(secret) >= _WORD]
            yield line[0] + clean(mask_line(_hidden(line[1:], known))) + "\n"


def _removed(repaired: Repaired) -> set[str]:
    """What fixes took out that is a credential, line by line and without its quotes."""
    pieces = (piece for one in repaired.applied if one.finding.code.startswith(_SECRETS) for piece in one.removed)
    lines = (line.strip().strip("\"'`") for piece in pieces for line in piece.splitlines())
    return {line for line in lines if len(line) >= _SHORTEST}


def _hidden(line: str, secrets: list[str]) -> str:
    for secret in secrets:
        line = line.replace(secret, mask(secret))
    return line
