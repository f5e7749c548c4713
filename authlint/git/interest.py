"""Which new lines of a file could be part of a finding that was not there before, told without parsing the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from authlint import places
from authlint.concepts.credentials.credential_values import may_hold_key
from authlint.engine.prefilter import ENCODED
from authlint.git.reading import NEAR

_BY_FORMAT = frozenset({"AUT101", "AUT102", "AUT103", "AUT110", ENCODED})
"""The rules that know credentials by what they look like; the others by the names that are given to them."""

_RANDOM_ELSEWHERE = {
    "test": frozenset({"AUT104", "AUT105", "AUT106", "AUT107", "AUT108"}),
    "docs": frozenset({"AUT104", "AUT105", "AUT108"}),
}
"""The rules that want a value to look random outside of code that runs."""

_CODE = frozenset({"python", "javascript", "typescript", "tsx", "ruby"})
"""Languages in which a text stands in quotes."""

_FEW = 16
"""How many new lines are told apart no further."""

_TEXT = re.compile(rb"[\"'`]|://")
_QUOTED = re.compile(rb"[\"'`][^\s\"'`]{6}|[A-Za-z0-9+/_-]{20}")
_BARE = re.compile(rb"\S{6}")
"""What may be a value, or a piece of one: a shorter one stands in the line of its name."""

Concerns = Callable[[bytes], frozenset[str]]


class Interest:
    """What could matter in one file."""

    def __init__(self, path: str, language: str, concerns: Concerns) -> None:
        """``path`` is that from the top of the repository; ``concerns`` says which rules lines may concern."""
        self._in_quotes = language in _CODE
        self._value = _QUOTED if self._in_quotes else _BARE
        self._random = (
            frozenset()
            if language == "dockerfile"
            else _RANDOM_ELSEWHERE.get(places.place_of(path, language), frozenset())
        )
        self._concerns = concerns

    def __call__(self, lines: list[bytes], new: list[int]) -> Iterator[int]:
        """Those of the new lines that could be part of a finding, and some beside them."""
        for group in _groups(new):
            codes = self._codes(lines, group)
            if not codes:
                continue
            if not codes.isdisjoint(_BY_FORMAT):
                yield from self._narrowed(lines, group)
            elif texts := self._texts(lines, group):
                yield from self._narrowed(lines, texts)

    def _texts(self, lines: list[bytes], new: list[int]) -> list[int]:
        """In code, rules that go by names want a text."""
        return [at for at in new if _TEXT.search(lines[at])] if self._in_quotes else new

    def _narrowed(self, lines: list[bytes], new: list[int]) -> Iterator[int]:
        if len(new) <= _FEW:
            yield from new
            return
        middle = len(new) // 2
        halves = [half for half in (new[:middle], new[middle:]) if self._codes(lines, half)]
        for half in halves or [new[:_FEW], new[_FEW:]]:  # if it is in none, it is where they meet
            yield from self._narrowed(lines, half)

    def _codes(self, lines: list[bytes], new: list[int]) -> frozenset[str]:
        """The rules that could find what was not there before.

        A new line may be of interest only beside the old ones around it: if it has what may be a value, or if more
        rules are concerned by all of them than by the old ones alone.
        """
        near = range(max(new[0] - NEAR, 0), min(new[-1] + NEAR + 1, len(lines)))
        around = b"\n".join([lines[at] for at in near])
        codes = self._concerns(around)
        if codes and not codes.isdisjoint(self._random) and not may_hold_key(around):
            codes -= self._random
        if not codes or len(near) == len(new) or self._concerns(b"\n".join([lines[at] for at in new])):
            return codes
        if any(self._value.search(lines[at]) for at in new):
            return codes
        fresh = set(new)
        old = self._concerns(b"\n".join([lines[at] for at in near if at not in fresh]))
        return frozenset() if codes <= old else codes


def _groups(numbers: list[int]) -> Iterator[list[int]]:
    """Numbers in order, in groups of those near each other."""
    group = numbers[:1]
    for number in numbers[1:]:
        if number - group[-1] > 2 * NEAR:
            yield group
            group = []
        group.append(number)
    yield group
