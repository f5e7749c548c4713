"""What a rule finds that has no function of its own: its ``[match]``, the same few steps for every such rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from authlint.concepts.unit import Unit
from authlint.facts import Call, Const, Map, Text, Value
from authlint.match import Match
from authlint.ruleset.knowledge import Table
from authlint.ruleset.libraries import Row
from authlint.ruleset.rules import Pattern, Rule
from authlint.source import Span
from authlint.values.texts import key_of, pick

_CONSTANTS: dict[object, str] = {None: "null", True: "true", False: "false"}


def matches(rule: Rule, unit: Unit) -> Iterator[Match]:
    """Every place that a rule's ``[match]`` describes, each once and in source order."""
    pattern = rule.match
    found = _texts(unit, pattern) if pattern.text else _calls(unit, pattern) if pattern.call else _given(unit, pattern)
    told: dict[Span, Match] = {}
    for span, name in found:
        told.setdefault(span, Match(span, {"name": name}))
    yield from (told[span] for span in sorted(told))


def _texts(unit: Unit, pattern: Pattern) -> Iterator[tuple[Span, str]]:
    if not unit.is_file:
        return
    expression = re.compile(pattern.text.encode())
    group: str | int = "flag" if "flag" in expression.groupindex else 0
    for match in expression.finditer(unit.source.data):
        span = match.span(group)
        if span[0] < span[1]:
            yield span, ""


def _given(unit: Unit, pattern: Pattern) -> Iterator[tuple[Span, str]]:
    """Names that are given a value: bindings, entries of maps, keyword arguments."""
    wanted = [_glob(name) for name in pattern.binding]
    for name, value, span in _named(unit):
        if any(glob.fullmatch(name) for glob in wanted) and _has_value(unit, value, pattern.value):
            yield span, name


def _named(unit: Unit) -> Iterator[tuple[str, Value, Span]]:
    bound: set[int] = set()
    for binding in unit.facts.bindings:
        bound.add(id(binding.value))
        yield binding.path, binding.value, binding.span
    for found in unit.facts.maps:
        for entry in found.entries:
            if (key := key_of(entry)) is not None and id(entry.value) not in bound:
                yield key, entry.value, entry.span
    for call in unit.facts.calls:
        yield from ((name, value, value.span) for name, value in call.named)


def _calls(unit: Unit, pattern: Pattern) -> Iterator[tuple[Span, str]]:
    table: Table[Row] = Table()
    table.add(Row(pattern.call, "match"))
    for call in unit.facts.calls:
        if table.get(unit.names.callee(call)) is None:
            continue
        if pattern.absent and (call.open or any(_argument(unit, call, (name,)) is not None for name in pattern.absent)):
            continue
        if pattern.argument:
            value = _argument(unit, call, pattern.argument)
            if value is None or not _has_value(unit, value, pattern.value):
                continue
        yield call.span, call.callee


def _argument(unit: Unit, call: Call, selectors: Iterable[str]) -> Value | None:
    """An argument, in a map of options too: ``1.headers``."""
    found = pick(call, selectors)
    if found is not None:
        return found
    for selector in selectors:
        head, _, key = selector.partition(".")
        holder = pick(call, (head,)) if key else None
        if holder is not None and isinstance(unit.folder.fold(holder), Map):
            return unit.folder.entry(holder, key)
    return None


def _has_value(unit: Unit, value: Value, wanted: str) -> bool:
    """Whether a value is known, and all of it is as wanted; without a wish any value will do, known or not."""
    if not wanted:
        return True
    folded = unit.folder.fold(value)
    known: str | None = folded.literal if isinstance(folded, Text) else None
    if isinstance(folded, Const):
        constant = folded.value is None or isinstance(folded.value, bool)
        known = _CONSTANTS[folded.value] if constant else str(folded.value)
    return known is not None and re.fullmatch(wanted, known) is not None


@lru_cache(maxsize=256)
def _glob(name: str) -> re.Pattern[str]:
    """A dotted name with ``*`` for anything; one without a dot is the end of any longer name."""
    expression = ".*".join(re.escape(part) for part in name.split("*"))
    return re.compile(expression if "." in name else rf"(?:.*\.)?{expression}", re.IGNORECASE)
