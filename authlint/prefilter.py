"""Which rules a file could concern at all, told from its raw bytes in one pass over one hyperscan database."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import hyperscan

from authlint.rules import Rule, RuleSet

MARK = "authlint:"
"""What every ignore comment begins with: a file that has one is looked at even if nothing else is in it."""


def keywords_of(rule: Rule, ruleset: RuleSet) -> Iterable[str]:
    """The literals of a rule, those that it takes from provider packs included."""
    yield from rule.keywords
    for provider in ruleset.providers:
        if rule.providers == "prefixes":
            yield from (c.prefix for c in provider.credential if c.prefix and c.kind != "identifier")
        elif rule.providers == "hosts":
            yield from (host.name.removeprefix("*.") for host in provider.host)


class Prefilter:
    """The literals of a rule set, compiled. Comparing is without regard to (ASCII) case."""

    def __init__(self, ruleset: RuleSet) -> None:
        """Compile one database of the literals of all rules."""
        self._rules: dict[bytes, set[str]] = defaultdict(set)
        self._also: dict[bytes, set[str]] = defaultdict(set)
        self._confirm: dict[str, re.Pattern[bytes]] = {}
        for rule in ruleset.rules:
            for keyword in keywords_of(rule, ruleset):
                self._rules[keyword.lower().encode()].add(rule.code)
            for keyword in rule.also:
                self._also[keyword.lower().encode()].add(rule.code)
            if rule.confirm:
                self._confirm[rule.code] = re.compile(rule.confirm.encode())
        self._needs_more = frozenset(rule.code for rule in ruleset.rules if rule.also)
        self._literals = sorted({MARK.encode(), *self._rules, *self._also})
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[re.escape(literal) for literal in self._literals],
            ids=list(range(len(self._literals))),
            flags=[hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH] * len(self._literals),
        )

    def wanted(self, data: bytes) -> tuple[frozenset[str], bool]:
        """The codes of the rules that could find something in ``data``, and whether it has an ignore comment."""
        hits: set[int] = set()
        self._database.scan(data, match_event_handler=lambda number, *_: hits.add(number))
        if not hits:
            return frozenset(), False
        literals = [self._literals[number] for number in hits]
        codes = set().union(*(self._rules[literal] for literal in literals if literal in self._rules))
        more = set().union(*(self._also[literal] for literal in literals if literal in self._also))
        codes -= self._needs_more - more
        unconfirmed = {code for code in codes & self._confirm.keys() if not self._confirm[code].search(data)}
        return frozenset(codes - unconfirmed), MARK.encode() in literals
