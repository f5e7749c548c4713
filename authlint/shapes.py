"""What the credentials of a pack look like, as regular expressions over bytes, between natural boundaries. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from authlint.providers import Credential

# A letter, digit or underscore before a value makes a longer word of it; the n of a "\n" that is written out does not.
_BEFORE = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt]))"
_LAST_CLASS = re.compile(r"\[([^\[\]]*)\](?:\{[\d,]+\}|\?)?\Z")


@lru_cache(maxsize=1024)
def shape(credential: Credential) -> re.Pattern[bytes] | None:
    """What matches a complete value and nothing longer; ``None`` where a value is told by name and position only."""
    if credential.prefix:
        body = f"[{credential.charset}]{{{credential.min_body},{credential.max_body}}}"
        return _compiled(re.escape(credential.prefix) + body, credential.charset)
    if credential.anchored or not credential.pattern:
        return None
    last = _LAST_CLASS.search(credential.pattern)
    return _compiled(credential.pattern, last[1] if last else "")


def _compiled(source: str, alphabet: str) -> re.Pattern[bytes]:
    """Neither a character of a word nor one of the value's own alphabet may follow."""
    return re.compile(f"{_BEFORE}(?:{source})(?![A-Za-z0-9_{alphabet}])".encode())
