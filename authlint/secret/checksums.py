"""Checksums that some services put into their tokens: a value that fails is no token, whatever it looks like. Pure.

Each function takes a complete value of its pack's shape. The services publish these so that scanners can be sure
without asking them.
"""

from __future__ import annotations

import string
import zlib
from collections.abc import Callable

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LOWER_DIGITS = string.digits + string.ascii_lowercase
_CRC32_BASE62 = 6
_CRC32_BASE36 = 7
_CRC32_HEX = 8


def is_valid(kind: str, value: str) -> bool | None:
    """Whether a value holds the checksum that it must; ``None`` where there is none of that kind to look at."""
    check = KINDS.get(kind)
    return check(value) if check else None


def github(value: str) -> bool | None:
    """The last six characters are the CRC-32 of those between the prefix and them, in Base62 (0-9, A-Z, a-z).

    Source: "Behind GitHub's new authentication token formats" and "Announcing npm's new access token format" on
    github.blog. They leave open what is summed up and in which order the digits come: that is known from the samples
    that are printed in public.
    """
    body = value.rpartition("_")[2]
    if len(body) <= _CRC32_BASE62 or not _is_of(_DIGITS, body):
        return None
    return _number(_crc32(body[:-_CRC32_BASE62]), _DIGITS, _CRC32_BASE62) == body[-_CRC32_BASE62:]


def gitlab(value: str) -> bool | None:
    """The last seven characters are the CRC-32 of all before them, prefix included, in Base36.

    Source: "Cells: Routable tokens" in GitLab's handbook and ``lib/authn/token_field/generator/routable_token.rb``.
    Tokens without a dot are of the older kind, which has no checksum.
    """
    tail = value.rpartition(".")[2]
    if "." not in value or len(tail) < _CRC32_BASE36 or not _is_of(_LOWER_DIGITS, tail):
        return None
    return _number(_crc32(value[:-_CRC32_BASE36]), _LOWER_DIGITS, _CRC32_BASE36) == value[-_CRC32_BASE36:]


def grafana(value: str) -> bool | None:
    """What follows the last underscore is the CRC-32 of all before it: four bytes, the lowest first, in hexadecimal.

    Source: ``pkg/components/satokengen`` in Grafana's repository.
    """
    signed, _, checksum = value.rpartition("_")
    if not signed or len(checksum) != _CRC32_HEX or not _is_of(string.hexdigits, checksum):
        return None
    return _crc32(signed).to_bytes(4, "little").hex() == checksum.lower()


KINDS: dict[str, Callable[[str], bool | None]] = {
    "github-crc32": github,
    "npm-crc32": github,
    "gitlab-crc32": gitlab,
    "grafana-crc32": grafana,
}
"""What a pack may name as the ``checksum`` of a credential."""


def _crc32(text: str) -> int:
    return zlib.crc32(text.encode())


def _is_of(alphabet: str, text: str) -> bool:
    return set(alphabet).issuperset(text)


def _number(number: int, digits: str, width: int) -> str:
    """A number with these digits, the highest first, filled up with zeros."""
    written = ""
    while number:
        number, digit = divmod(number, len(digits))
        written = digits[digit] + written
    return written.rjust(width, digits[0])
