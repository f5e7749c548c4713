"""JSON Web Tokens in plain text: found, decoded and read, as far as anybody can read them without a key."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import date, timedelta

TOKEN = re.compile(
    rb"(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{4,20000}\.[A-Za-z0-9_-]{16,4000}(?![A-Za-z0-9_-])"
)
"""A complete signed token in compact form."""

_ISSUER = re.compile(r"(?:https?://)?([A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){1,6})(?:[:/]|\Z)")
_LONGEST_NAME = 16
_DAY = 86_400
_END = 1e12
_LAST = (date.max - date(1970, 1, 1)).days
_PUBLISHED_ROLES = frozenset({"anon"})


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says of itself. ``expires``: its last day, ``None`` where it does not say. ``issuer``: a host."""

    algorithm: str
    expires: date | None
    issuer: str
    is_published: bool


def read(token: str) -> Token | None:
    """A token's own words, or ``None`` if it is none: its header must decode to an object with ``alg``."""
    header, payload, _ = token.split(".", 2)
    head, claims = _object(header), _object(payload)
    if head is None or claims is None or not isinstance(head.get("alg"), str):
        return None
    issuer = _ISSUER.match(str(claims.get("iss", "")))
    return Token(
        str(head["alg"])[:_LONGEST_NAME],
        _day(claims.get("exp")),
        issuer[1] if issuer else "",
        claims.get("role") in _PUBLISHED_ROLES,
    )


def _day(seconds: object) -> date | None:
    """The day of a number of seconds since 1970; what no calendar has is the last one there is."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not seconds >= 0:
        return None
    return date(1970, 1, 1) + timedelta(days=min(int(min(seconds, _END) // _DAY), _LAST))


def whole(text: str) -> Token | None:
    """What a text says if it is a complete signed token and nothing else."""
    return read(text) if TOKEN.fullmatch(text.encode("utf-8", "replace")) else None


def _object(part: str) -> dict[str, object] | None:
    try:
        decoded = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None
