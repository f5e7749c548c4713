"""Requests carry the headers that the provider asks for, with the values that its pack gives (AUT601)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from authlint.concepts.unit import Unit
from authlint.concepts.web.exchanges import Exchange, exchanges
from authlint.concepts.web.headers import carries_json, fault
from authlint.edits import Edit, Fix
from authlint.facts import Call, Map, Text, Value
from authlint.fixes.additions import at_end, entry, in_map, line_end, quote_of, text
from authlint.fixes.environment import required
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.ruleset.providers import Header
from authlint.source import Span
from authlint.values.texts import key_of

_SCHEMES = re.compile(r"(?i)token|jwt|api-?key|key|oauth")
_NAME = re.compile(r"\$?[A-Za-z_][\w.]{0,80}")
_FLAG = re.compile(rb"(?:-H|--header)[ \t=]{0,4}\Z")
_HOLES = {
    "python": 'f"{scheme}{{{name}}}"',
    "javascript": "`{scheme}${{{name}}}`",
    "typescript": "`{scheme}${{{name}}}`",
    "tsx": "`{scheme}${{{name}}}`",
    "ruby": '"{scheme}#{{{name}}}"',
    "powershell": '"{scheme}{name}"',
}


class _Given(NamedTuple):
    """A header and its value, as code; ``text``: the value is this text."""

    name: str
    code: str
    text: str


def required_header(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """What is missing is added, what is wrong gets the value of the pack.

    A value that only the user knows is read from the variable that the pack names.
    """
    del variables  # the pack has named it
    for exchange in exchanges(unit):
        for header in exchange.provider.header if exchange.provider else ():
            found = fault(unit, exchange, header)
            if found is None or found.span != match.span or found.case != match.case:
                continue
            return _corrected(unit, exchange, header, found.span) if found.case else _completed(unit, exchange)
    return None


# -- what is wrong -----------------------------------------------------------------------------------------------------


def _corrected(unit: Unit, exchange: Exchange, header: Header, span: Span) -> Fix | None:
    value = exchange.request.headers[header.name.lower()]
    if header.match == "exact":
        folded = unit.folder.fold(value)
        edit = _inside(unit, span, folded.literal, header.value) if isinstance(folded, Text) else None
        is_content = header.name.lower() == "content-type"
        safe = not is_content or carries_json(unit, exchange)
        description = f"Send {header.name}: {header.value}"
        return Fix(description, (edit,), "safe" if safe else "unsafe") if edit else None
    scheme = header.value.partition("*")[0]
    if header.match != "glob" or not scheme.strip():
        return None
    edit = _with_scheme(unit, value, span, scheme)
    return Fix(f"Send {scheme.strip()} before it", (edit,), "unsafe") if edit else None


def _inside(unit: Unit, span: Span, old: str | None, new: str) -> Edit | None:
    """One text for another, where it is written."""
    data = unit.source.data
    at = data.find(old.encode(), *span) if old else -1
    return Edit((at, at + len(old.encode())), new) if old and at >= 0 else None


def _with_scheme(unit: Unit, value: Value, span: Span, scheme: str) -> Edit | None:
    """``Bearer`` for ``token``, or before what stands alone."""
    written, start = unit.source.slice(span), span[0]
    begin = value.parts[0] if isinstance(value, Text) and value.parts else ""
    if isinstance(begin, str) and begin:
        word = begin.split()[0] if begin.split() else ""
        at = written.find(word) if word else -1
        place = start + len(written[:at].encode())
        if at >= 0 and word == begin and word.lower() == scheme.strip().lower():  # Bearer$TOKEN
            return Edit((place + len(word), place + len(word)), " ")
        return Edit((place, place + len(word)), scheme.strip()) if at >= 0 and _SCHEMES.fullmatch(word) else None
    if unit.source.language == "shell":
        colon = re.match(r"[\"']?[\w-]{1,40}:\s{0,4}", written)
        place = start + len(colon[0]) if colon else 0
        return Edit((place, place), scheme) if colon else None
    template = _HOLES.get(unit.source.language)
    is_plain = bool(_NAME.fullmatch(written)) and (written[0] == "$") == (unit.source.language == "powershell")
    return Edit(span, template.format(scheme=scheme, name=written)) if template and is_plain else None


# -- what is missing ---------------------------------------------------------------------------------------------------


def _completed(unit: Unit, exchange: Exchange) -> Fix | None:
    given: list[_Given] = []
    imports: list[str] = []
    variables: list[str] = []
    safe = True
    for header in exchange.provider.header if exchange.provider else ():
        found = fault(unit, exchange, header)
        if found is None or found.case:
            continue
        if header.match == "exact":
            given.append(_Given(header.name, "", header.value))
            safe = safe and (header.name.lower() != "content-type" or carries_json(unit, exchange))
            continue
        read = _read(unit, header.variable, exchange.call.span) if header.variable else None
        if read is None:
            return None
        given.append(read[0]._replace(name=header.name))
        imports += read[1]
        variables.append(header.variable)
    edit, shared = _put(unit, exchange, given)
    if edit is None:
        return None
    safe = safe and not variables and not shared
    names = " and ".join(item.name for item in given)
    description = f"Send the header{'s' if len(given) > 1 else ''} {names}"
    return Fix(description, (edit,), "safe" if safe else "unsafe", imports=tuple(imports), variables=tuple(variables))


def _read(unit: Unit, name: str, place: Span) -> tuple[_Given, tuple[str, ...]] | None:
    if unit.source.language == "shell":
        return _Given("", "", f"${{{name}:?}}"), ()
    found = required(unit, name, place)
    return (_Given("", found[0], ""), found[1]) if found else None


def _put(unit: Unit, exchange: Exchange, given: list[_Given]) -> tuple[Edit | None, bool]:
    """The edit that adds headers where the others stand, and whether requests to somebody else would get them too."""
    if unit.source.language == "shell":
        return _among_words(unit, exchange.call, given), False
    mine = {value.span for value in exchange.request.headers.values()}
    holders = [item for item in unit.facts.maps if any(each.value.span in mine for each in item.entries)]
    if holders:
        holder = max(holders, key=lambda item: _is_within(item.span, exchange.call.span))
        items = [entry(unit, holder, item.name, item.code or text(unit, holder, item.text)) for item in given]
        return in_map(unit, holder, items), any(_others(unit, exchange, holder))
    if unit.source.language == "ruby" and any(value.span in mine for _, value in exchange.call.named):
        items = [f'"{item.name}" => {item.code or _quoted(unit, item.text)}' for item in given]
        return at_end(unit, exchange.call, items), False
    if unit.source.language == "python" and "headers" in exchange.request.meant.row.arguments.get("headers", ()):
        return _as_argument(unit, exchange.call, given), False
    return None, False


def _quoted(unit: Unit, text: str) -> str:
    quote = quote_of(unit)
    return f"{quote}{text}{quote}"


def _as_argument(unit: Unit, call: Call, given: list[_Given]) -> Edit | None:
    if call.open or any(name == "headers" for name, _ in call.named):
        return None
    items = ", ".join(f"{_quoted(unit, item.name)}: {item.code or _quoted(unit, item.text)}" for item in given)
    return at_end(unit, call, [f"headers={{{items}}}"])


def _others(unit: Unit, exchange: Exchange, holder: Map) -> Iterator[Exchange]:
    """The requests to other providers that carry the headers of a map."""
    spans = {item.value.span for item in holder.entries if key_of(item)}
    for other in exchanges(unit):
        carries = any(value.span in spans for value in other.request.headers.values())
        if carries and other.provider is not exchange.provider:
            yield other


def _is_within(span: Span, around: Span) -> bool:
    return around[0] <= span[0] and span[1] <= around[1]


def _among_words(unit: Unit, call: Call, given: list[_Given]) -> Edit | None:
    """More ``-H`` after the last one, written like that."""
    data = unit.source.data
    words = [word.span for word in unit.facts.texts if _is_within(word.span, call.span)]
    for start, end in sorted(words, reverse=True):
        flag = _FLAG.search(data, max(call.span[0], start - 16), start)
        if flag is None or data[end : end + 1].strip(b" \t\r\n\\)|;`"):
            continue
        line = data.rfind(b"\n", 0, flag.start()) + 1
        lead = data[line : flag.start()]
        above = data[max(0, line - 3) : line].rstrip(b"\r\n")
        alone = not lead.strip() and above.endswith(b"\\")
        before = " \\" + line_end(unit) + lead.decode() if alone else " "
        return Edit((end, end), "".join(f'{before}{flag[0].decode()}"{item.name}: {item.text}"' for item in given))
    return None
