"""Something more is written where there is a list already: an argument of a call, an entry of a map."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.edits import Edit
from authlint.facts import Call, Map
from authlint.source import Span
from authlint.values.texts import key_of

_CLOSING = re.compile(rb"\s{0,80},?\s{0,80}\Z")
_LEAD = re.compile(rb"(?P<indent>[ \t]*)(?:\w{1,80}[ \t]?=[ \t]?|\w{1,80}:[ \t])?")
_ARROW = re.compile(rb"(?P<key>:?[\"']?)[\w-]{1,80}[\"']?(?P<arrow>\s?=>\s?)")
_QUOTED = re.compile(rb"(?P<quote>[\"'])[\w-]{1,80}[\"']\s?:")


def at_end(unit: Unit, call: Call, items: list[str]) -> Edit | None:
    """More arguments, after the last one."""
    spans = [value.span for value in (*call.args, *(value for _, value in call.named))]
    data, last = unit.source.data, call.span[1] - 1
    if not spans or data[last : last + 1] != b")":
        return None
    return _after(unit, max(spans), last, items)


def in_map(unit: Unit, options: Map, items: list[str]) -> Edit | None:
    """More entries, after the last one."""
    data, (start, end) = unit.source.data, options.span
    if data[start : start + 1] != b"{" or data[end - 1 : end] != b"}":
        return None
    if options.open or any(key_of(entry) is None for entry in options.entries):
        return None
    if not options.entries:
        return None if data[start + 1 : end - 1].strip() else Edit(options.span, f"{{ {', '.join(items)} }}")
    return _after(unit, max(entry.span for entry in options.entries), end - 1, items)


def is_written(unit: Unit, options: Map) -> bool:
    """Whether a map stands in the source as it is, rather than being put together from what does."""
    return id(options) in unit.derived(_written)


def _written(unit: Unit) -> frozenset[int]:
    return frozenset(id(found) for found in unit.facts.maps)


def entry(unit: Unit, options: Map, name: str, value: str) -> str:
    """An entry as those of a map are written: ``"name": value``, ``name: value``, ``:name => value``."""
    first = unit.source.data[options.entries[0].span[0] : options.entries[0].span[1]] if options.entries else b""
    arrow, quoted = _ARROW.match(first), _QUOTED.match(first)
    if unit.source.language == "ruby" and arrow:
        opening = arrow["key"].decode()
        return f"{opening}{name}{opening.lstrip(':')}{arrow['arrow'].decode()}{value}"
    if unit.source.language == "python" or quoted:
        quote = quoted["quote"].decode() if quoted else '"'
        return f"{quote}{name}{quote}: {value}"
    return f"{name}: {value}"


def _after(unit: Unit, last: Span, closing: int, items: list[str]) -> Edit | None:
    """More items after the last one: on lines of their own if that has one, beside it otherwise."""
    data, (start, end) = unit.source.data, last
    if not _CLOSING.match(data[end:closing]):
        return None
    lead = _LEAD.fullmatch(data, data.rfind(b"\n", 0, start) + 1, start)
    alone = lead is not None and b"\n" in data[end:closing]
    separator = ("," + ("\r\n" if b"\r\n" in data else "\n") + lead["indent"].decode()) if lead and alone else ", "
    return Edit((end, end), "".join(separator + item for item in items))
