"""Something more is written where there is a list already: an argument of a call, an entry of a map."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit, once
from authlint.edits import Edit
from authlint.facts import Call, Map
from authlint.source import Span
from authlint.values.texts import key_of

_CLOSING = re.compile(rb"\s{0,80}[,;]?\s{0,80}\Z")
_ENTRY = re.compile(
    r"(?P<colon>:?)(?P<quote>[\"']?)[\w.-]{1,80}(?P=quote)(?P<separator>\s{0,8}(?:=>|[:=])\s{0,8})(?P<mark>[\"']?)"
)
_LEAD = re.compile(rb"(?P<indent>[ \t]*)(?:\w{1,80}[ \t]?=[ \t]?|\w{1,80}:[ \t])?")


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
    if not data.startswith((b"{", b"@{"), start) or data[end - 1 : end] != b"}":
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
    found = _ENTRY.match(unit.source.slice(options.entries[-1].span)) if options.entries else None
    colon, quote, separator = (found["colon"], found["quote"], found["separator"]) if found else ("", "", ": ")
    if not found and unit.source.language == "python":
        quote = quote_of(unit)
    if not quote and not name.isidentifier():
        colon, quote = "", quote_of(unit)
        separator = " => " if unit.source.language == "ruby" else separator
    return f"{colon}{quote}{name}{quote}{separator}{value}"


def text(unit: Unit, options: Map, value: str) -> str:
    """A text in quotes as those of a map's last entry."""
    found = _ENTRY.match(unit.source.slice(options.entries[-1].span)) if options.entries else None
    quote = (found["mark"] or found["quote"] if found else "") or quote_of(unit)
    return f"{quote}{value}{quote}"


def quote_of(unit: Unit) -> str:
    """The quotes of a source: those of JavaScript are what it uses most, those of others double."""
    data = unit.source.data
    single = unit.source.language in ("javascript", "typescript", "tsx") and data.count(b"'") >= data.count(b'"')
    return "'" if single else '"'


@once
def line_end(unit: Unit) -> str:
    """How lines end, which code on one line does not tell by itself."""
    data = unit.source.data if b"\n" in unit.source.data else unit.source.root.data
    return "\r\n" if b"\r\n" in data else "\n"


def _after(unit: Unit, last: Span, closing: int, items: list[str]) -> Edit | None:
    """More items after the last one: on lines of their own if that has one, beside it otherwise."""
    data, (start, end) = unit.source.data, last
    if not _CLOSING.match(data[end:closing]):
        return None
    lead = _LEAD.fullmatch(data, data.rfind(b"\n", 0, start) + 1, start)
    mark = ";" if unit.source.language == "powershell" and data[closing : closing + 1] == b"}" else ","
    alone = lead is not None and b"\n" in data[end:closing]
    separator = (mark.strip(";") + line_end(unit) + lead["indent"].decode()) if lead and alone else f"{mark} "
    return Edit((end, end), "".join(separator + item for item in items))
