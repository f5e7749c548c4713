"""What the credentials of a pack look like, as regular expressions over bytes, between natural boundaries. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from authlint.ruleset.providers import Credential

# A letter, digit or underscore before a value makes a longer word of it; the n of a "\n" that is written out does not.
_BEFORE = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt]))"
_BESIDE = 400
"""How far from a mark in the midst of a value, or beside it, the value may begin or end, in bytes."""
_LAST_CLASS = re.compile(r"\[([^\[\]]*)\](?:\{[\d,]+\}|\?)?\Z")


@lru_cache(maxsize=1024)
def shape(credential: Credential) -> re.Pattern[bytes] | None:
    """What matches a complete value and nothing longer; ``None`` where a value is told by name and position only."""
    if credential.prefix:
        return _of_prefix(credential, credential.min_body)
    if credential.anchored or not credential.pattern:
        return None
    last = _LAST_CLASS.search(credential.pattern)
    return _compiled(credential.pattern, last[1] if last else "")


@lru_cache(maxsize=1024)
def candidate(credential: Credential) -> re.Pattern[bytes]:
    """What a credential that tells itself is looked for with: values that are too short count where examples matter.

    A name such as ``peak_live_bytes`` or ``ak_live_test_secret_1`` is none.
    """
    pattern = _of_prefix(credential, 1) if credential.examples_matter else shape(credential)
    if pattern is None:
        raise ValueError(f"{credential.id} is told by its position only")
    return pattern


def occurrences(pattern: re.Pattern[bytes], mark: bytes, data: bytes, *, inside: bool) -> Iterator[re.Match[bytes]]:
    """Every match of a candidate's pattern in ``data``, in order of place.

    ``mark`` stands at the start of every value, or ``inside`` it or beside it. Looking for the mark first takes a
    fraction of the time, since what comes before a value keeps the pattern from beginning with a literal.
    """
    at, last = data.find(mark), 0
    while at >= 0:
        if not inside:
            match = pattern.match(data, at)
            if match is not None:
                yield match
            at = data.find(mark, match.end() if match else at + 1)
            continue
        end = min(len(data), at + _BESIDE)
        yield from pattern.finditer(data, max(last, at - _BESIDE), end)
        last = end
        at = data.find(mark, end)


def _of_prefix(credential: Credential, least: int) -> re.Pattern[bytes]:
    body = f"[{credential.charset}]{{{least},{credential.max_body}}}"
    return _compiled(re.escape(credential.prefix) + body, credential.charset)


def _compiled(source: str, alphabet: str) -> re.Pattern[bytes]:
    """Neither a character of a word nor one of the value's own alphabet may follow."""
    return re.compile(f"{_BEFORE}(?:{source})(?![A-Za-z0-9_{alphabet}])".encode())
