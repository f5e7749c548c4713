"""Which rules a file could concern at all, told from its raw bytes before anything is decoded or parsed.

For the first few bytes each expression is looked for in turn; for more, all of them at once, with a hyperscan database.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any, Protocol

from authlint.ruleset.rules import Rule, RuleSet, Shape

MARK = "authlint:"
"""What every ignore comment begins with: a file that has one is looked at even if nothing else is in it."""

ENCODED, CREDENTIALS = "encoded", "credentials"
"""What stands among the codes where a text hides what keys begin with, and the family that then looks at it."""

FEW_BYTES = 32_768
"""What is searched before the database is made: looking for 500 literals in it takes less time than compiling them."""
_KEPT = 4


_MAY_HIDE = re.compile(rb"[A-Za-z0-9+/_-]{24}|%[0-9A-Fa-f]{2}|\\[ux]")
_GOES_ON = r"""["'`]\s{0,40}[+"'`]"""  # a text after which another one is added
_CASED = b"(?-i:"  # what begins a part of an expression in which case counts
_UPPER = re.compile(rb"\\.|[A-Z]", re.DOTALL)  # an escape such as \S is left as it is


def _lower(match: re.Match[bytes]) -> bytes:
    return match[0] if match[0].startswith(b"\\") else match[0].lower()


@lru_cache(maxsize=1024)
def _uncased(source: bytes) -> re.Pattern[bytes]:
    """What is looked for in text that is in lower case: three times as fast as ``re.IGNORECASE``."""
    return re.compile(source, re.IGNORECASE) if _CASED in source else re.compile(_UPPER.sub(_lower, source))


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode())


class Store(Protocol):
    """Keeps bytes for later runs, or forgets them."""

    def read(self, name: str) -> bytes | None:
        """What was written under a name."""

    def write(self, name: str, payload: bytes, keep: int) -> None:
        """Write, and forget all but ``keep`` of the names that begin alike."""


def keywords_of(rule: Rule, ruleset: RuleSet) -> Iterable[str]:
    """The literals of a rule, those that it takes from provider packs included."""
    outline = ruleset.packs.outline
    return rule.keywords + (outline.hosts if rule.providers == "hosts" else ())


class Expressions:
    """Bounded regular expressions, compared without case: looked for one by one in little text, all at once in much."""

    def __init__(self, sources: Iterable[bytes], store: Store | None, beginnings: Sequence[str] = ()) -> None:
        """Nothing is compiled yet; ``store`` may keep the compiled database.

        What ``beginnings`` come to when they are encoded is looked for at once only, and has numbers after the last.
        """
        self.sources = sorted(sources)
        self._beginnings = tuple(beginnings)
        self._store = store

    def found_singly(self, data: bytes, sources: Iterable[bytes] | None = None) -> list[bytes]:
        """The expressions, or those of ``sources``, that match somewhere in ``data``, each looked for in turn."""
        lower = data.lower()
        return [
            source
            for source in (self.sources if sources is None else sources)
            if (pattern := _uncased(source)).search(data if pattern.flags & re.IGNORECASE else lower)
        ]

    def found_at_once(self, data: bytes) -> list[bytes]:
        """The same, in one pass."""
        return [self.sources[number] for number in self.scan(data) if number < len(self.sources)]

    def scan(self, data: bytes) -> set[int]:
        """The numbers of what is found, in one pass."""
        hits: set[int] = set()
        self._database.scan(data, match_event_handler=lambda number, *_: hits.add(number))
        return hits

    @property
    def is_stored(self) -> bool:
        """Whether an earlier run has left the database: loading it takes less time than looking for anything singly."""
        return self._stored is not None

    @cached_property
    def _made_of(self) -> bytes:
        import hyperscan  # noqa: PLC0415 - few bytes are searched without it

        return repr((getattr(hyperscan, "__version__", ""), self.sources, self._beginnings)).encode()

    @cached_property
    def _name(self) -> str:
        return f"expressions-{zlib.crc32(self._made_of):08x}"

    @cached_property
    def _stored(self) -> Any:
        """The database that was stored, ``None`` if there is none or it was made on a machine of another kind."""
        stored = None if self._store is None else self._store.read(self._name)
        if not stored or not stored.startswith(self._made_of):
            return None
        import hyperscan  # noqa: PLC0415 - as above

        try:
            database = hyperscan.loadb(stored[len(self._made_of) :], hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
        except hyperscan.error:
            return None
        return database

    @cached_property
    def _database(self) -> Any:
        """The expressions as a database: what was stored, or a new one."""
        if self._stored is not None:
            return self._stored
        import hyperscan  # noqa: PLC0415 - as above

        from authlint.secret.encodings import expressions  # noqa: PLC0415 - as above

        encoded = expressions(self._beginnings)
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=self.sources + encoded,
            ids=list(range(len(self.sources) + len(encoded))),  # one for all takes forty times as long
            flags=[hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH] * (len(self.sources) + len(encoded)),
        )
        if self._store is not None:
            self._store.write(self._name, self._made_of + hyperscan.dumpb(database), keep=_KEPT)
        return database


class Prefilter:
    """What a rule set looks for, in two stages: literals first, then shapes. Comparing is without regard to case."""

    def __init__(self, ruleset: RuleSet, store: Store | None = None) -> None:
        """Nothing is compiled yet; ``store`` may keep the compiled databases."""
        self._rules: dict[bytes, set[str]] = defaultdict(set)
        self._also: dict[bytes, set[str]] = defaultdict(set)
        self._shapes = {
            rule.code: [[shape.encode() for shape in shapes] for shapes in (rule.shapes, rule.also_shapes) if shapes]
            for rule in ruleset.rules
            if rule.shapes or rule.also_shapes
        }
        for rule in ruleset.rules:
            for keyword in keywords_of(rule, ruleset):
                self._rules[keyword.lower().encode()].add(rule.code)
            for keyword in rule.also:
                self._also[keyword.lower().encode()].add(rule.code)
        self._patterns = {rule.code: rule.confirm for rule in ruleset.rules if rule.confirm}
        self._confirm: dict[str, re.Pattern[bytes]] = {}
        self._needs_more = frozenset(rule.code for rule in ruleset.rules if rule.also)
        self._by_shape = frozenset(rule.code for rule in ruleset.rules if rule.providers == "credentials")
        self._shapes_of: dict[bytes, list[Shape]] = defaultdict(list)
        for shape in ruleset.packs.outline.shapes if self._by_shape else ():
            self._shapes_of[shape.mark.lower().encode()].append(shape)
        literals = {MARK.encode(), *self._rules, *self._also, *self._shapes_of}
        self._literals = {re.escape(literal): literal for literal in sorted(literals)}
        about_credentials = any(rule.family == CREDENTIALS for rule in ruleset.rules)
        self._beginnings = ruleset.packs.outline.beginnings if about_credentials else ()
        self._first = Expressions(self._literals, store, self._beginnings)
        groups = (group for groups in self._shapes.values() for group in groups)
        self._second = Expressions({shape for group in groups for shape in group}, store)
        self._searched = 0

    def prepare(self) -> None:
        """Have the databases ready, if enough was searched that they will be used."""
        if self._searched >= FEW_BYTES:
            self._first.found_at_once(b"")
            self._second.found_at_once(b"")

    def wanted(self, data: bytes) -> tuple[frozenset[str], bool]:
        """The codes of the rules that could find something in ``data``, and whether it has an ignore comment."""
        self._searched += len(data)
        literals, encoded = self._found(data)
        if not literals and not encoded:
            return frozenset(), False
        codes = set().union(*(self._rules[literal] for literal in literals if literal in self._rules))
        if not self._by_shape <= codes and self._has_credential(literals, data):
            codes |= self._by_shape
        more = set().union(*(self._also[literal] for literal in literals if literal in self._also))
        codes -= self._needs_more - more
        codes -= self._shapeless(codes & self._shapes.keys(), data)
        confirmed = frozenset(code for code in codes if self._is_confirmed(code, data))
        return confirmed | {ENCODED} if encoded else confirmed, MARK.encode() in literals

    def _found(self, data: bytes) -> tuple[list[bytes], bool]:
        """The literals that occur, and whether something encoded in it is what keys begin with."""
        if self._searched < FEW_BYTES:
            return self.found_singly(data), self._hides(data)
        hits = self._first.scan(data)
        last = len(self._first.sources)
        literals = [self._literals[self._first.sources[number]] for number in hits if number < last]
        return literals, max(hits, default=-1) >= last and self._hides(data)

    def _hides(self, data: bytes) -> bool:
        if not self._beginnings or not _MAY_HIDE.search(data):
            return False
        from authlint.secret.encodings import holds  # noqa: PLC0415 - not needed where nothing is known of keys

        return holds(data, [beginning.encode() for beginning in self._beginnings])

    def found_singly(self, data: bytes) -> list[bytes]:
        """The literals that occur in ``data``, each looked for in turn."""
        lower = data.lower()
        return [literal for literal in self._literals.values() if literal in lower]

    def found_at_once(self, data: bytes) -> list[bytes]:
        """The same, in one pass."""
        return [self._literals[source] for source in self._first.found_at_once(data)]

    def _has_credential(self, literals: Iterable[bytes], data: bytes) -> bool:
        """Whether something has the shape of a provider's credential, or one may be put together of texts.

        A pattern is compiled when its mark is there.
        """
        marks = [literal for literal in literals if literal in self._shapes_of]
        if not marks:
            return False
        from authlint.ruleset.shapes import occurrences  # noqa: PLC0415 - most files have no mark

        shapes = [shape for mark in marks for shape in self._shapes_of[mark]]
        if any(
            any(occurrences(_compiled(shape.pattern), shape.mark.encode(), data, inside=shape.inside))
            for shape in shapes
        ):
            return True
        pieces = "|".join(re.escape(shape.mark) for shape in shapes if not shape.inside) or "(?!)"
        return _compiled(f"(?:{pieces}){_GOES_ON}").search(data) is not None

    def _shapeless(self, codes: set[str], data: bytes) -> set[str]:
        """Of rules whose literals were found, those that miss a shape: none of a group is there."""
        if not codes:
            return set()
        if self._searched >= FEW_BYTES or self._second.is_stored:
            shapes = set(self._second.found_at_once(data))
        else:
            needed = {shape for code in codes for group in self._shapes[code] for shape in group}
            shapes = set(self._second.found_singly(data, needed))
        return {code for code in codes if any(shapes.isdisjoint(group) for group in self._shapes[code])}

    def _is_confirmed(self, code: str, data: bytes) -> bool:
        """Whether the last stage agrees; its pattern is compiled when it is first needed."""
        if code not in self._patterns:
            return True
        if code not in self._confirm:
            self._confirm[code] = re.compile(self._patterns[code].encode())
        return self._confirm[code].search(data) is not None
