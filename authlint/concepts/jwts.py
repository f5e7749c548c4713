"""JSON Web Tokens in plain text: found, decoded and read, as far as anybody can read them without a key."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass

TOKEN = re.compile(
    rb"(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{4,20000}\.[A-Za-z0-9_-]{16,4000}(?![A-Za-z0-9_-])"
)
"""A complete signed token in compact form."""

_PUBLISHED_ROLES = frozenset({"anon"})


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says of itself. ``expires``: seconds since 1970, ``None`` where it does not say."""

    algorithm: str
    expires: float | None
    is_published: bool


def read(token: str) -> Token | None:
    """A token's own words, or ``None`` if it is none: its header must decode to an object with ``alg``."""
    header, payload, _ = token.split(".", 2)
    head, claims = _object(header), _object(payload)
    if head is None or claims is None or not isinstance(head.get("alg"), str):
        return None
    expires = claims.get("exp")
    known = expires if isinstance(expires, int | float) and not isinstance(expires, bool) else None
    return Token(str(head["alg"]), known, claims.get("role") in _PUBLISHED_ROLES)


def _object(part: str) -> dict[str, object] | None:
    try:
        decoded = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None
