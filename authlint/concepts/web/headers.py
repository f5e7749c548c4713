"""Does a request carry the headers that its provider's documentation asks for, with the value it asks for?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from authlint.concepts.unit import Unit
from authlint.concepts.web.exchanges import Exchange
from authlint.facts import Call, Const, Map, Member, Ref, Text, Value, dotted
from authlint.names import is_token_name, last, split
from authlint.ruleset.providers import Header
from authlint.source import Span
from authlint.values.texts import pick

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHOWABLE = re.compile(r"[A-Za-z]{1,20}(?:[/-][A-Za-z-]{1,30})?")  # a word, which no secret is


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a header: ``actual`` says what is there instead, in words."""

    span: Span
    actual: str
    case: str = ""


def fault(unit: Unit, exchange: Exchange, header: Header) -> Fault | None:
    """What is wrong with one header of a request, ``None`` if nothing is or if it cannot be told."""
    if not _applies(unit, exchange, header):
        return None
    name = header.name.lower()
    value = exchange.request.headers.get(name)
    if value is not None:
        return _wrong(unit, value, header)
    client = exchange.client
    if not exchange.complete or client is None or name in client.sends or _is_sent_as_json(unit, exchange, header):
        return None
    if name == "authorization" and exchange.request.credential:
        return None  # another way of authenticating, which the pack does not know of
    return Fault(exchange.call.span, "")


def has_any(exchange: Exchange) -> bool:
    """Whether a request carries any of the headers that its provider asks for, right or wrong."""
    wanted = exchange.provider.header if exchange.provider else ()
    return any(header.name.lower() in exchange.request.headers for header in wanted if header.when == "always")


def carries_json(unit: Unit, exchange: Exchange) -> bool:
    """Whether what a request sends is certainly JSON."""
    body = unit.argument(exchange.request.meant, "body")
    return body is not None and _is_json(unit.folder.fold(body)) and _is_written_as_json(unit, exchange, body)


def _applies(unit: Unit, exchange: Exchange, header: Header) -> bool:
    if header.when == "always":
        return True
    body = unit.argument(exchange.request.meant, "body")
    if body is None:
        return False
    folded = unit.folder.fold(body)
    is_json = _is_json(folded)
    if header.when == "json-body":
        return is_json and _is_written_as_json(unit, exchange, body)
    return is_json or isinstance(folded, Text)


def _is_json(folded: Value) -> bool:
    return isinstance(folded, Map) or (isinstance(folded, Text) and _begins(folded).lstrip()[:1] in ("{", "["))


def _is_written_as_json(unit: Unit, exchange: Exchange, body: Value) -> bool:
    """Whether a body is JSON and not a form that is written as a map, as clients that send forms take it."""
    inner = body
    while isinstance(inner, Ref) and (bound := unit.names.bindings(inner.path, inner.scope)):
        inner = bound[-1].value
        if isinstance(inner, Ref):
            break
    if isinstance(inner, Call):
        return "json" in inner.callee.lower()
    return isinstance(inner, Text) or _is_sent_as_json(unit, exchange, None)


def _begins(text: Text) -> str:
    return text.parts[0] if text.parts and isinstance(text.parts[0], str) else ""


def _is_sent_as_json(unit: Unit, exchange: Exchange, header: Header | None) -> bool:
    """Whether the client itself declares the body to be JSON."""
    if exchange.client is None or (header is not None and header.name.lower() != "content-type"):
        return False
    given = pick(exchange.call, exchange.client.json)
    if given is None or (isinstance(given, Const) and given.value is None):
        return False
    return not isinstance(unit.folder.fold(given), Text) or "json" in exchange.client.json


def _wrong(unit: Unit, value: Value, header: Header) -> Fault | None:
    folded = unit.folder.fold(value)
    known = folded.literal if isinstance(folded, Text) else None
    if header.match == "exact":
        wanted = header.value.lower() if header.name.lower() == "content-type" else header.value
        if known is None:
            return None
        mine = known.partition(";")[0].strip().lower() if header.name.lower() == "content-type" else known
        shown = f", found {known}" if _SHOWABLE.fullmatch(known) else ", found something else"
        return None if mine == wanted else Fault(value.span, shown, "wrong")
    if header.match == "uuid-or-expression":
        if not known or _UUID.fullmatch(known) or re.search(r"[<{$\[]|(?i:your|site)", known):
            return None
        return Fault(value.span, ", found no UUID", "wrong")
    return _against_pattern(folded, value, header)


def _against_pattern(folded: Value, value: Value, header: Header) -> Fault | None:
    """A value against ``Bearer *``. What is a hole is only wrong if it is the bare token."""
    scheme, star, _ = header.value.partition("*")
    if not star or not scheme.strip():
        return None
    if isinstance(folded, Text) and folded.parts:
        begin = folded.parts[0]
        if isinstance(begin, str):
            is_right = begin.lower().startswith(scheme.lower())
            if is_right:
                return None
            word = begin.split()[0] if " " in begin.strip() or len(folded.parts) > 1 else ""
            shown = f", found {word} …" if _SHOWABLE.fullmatch(word) else ", found another scheme"
            return None if "{" in begin[:2] or "<" in begin[:2] else Fault(value.span, shown, "wrong")
        folded = begin if len(folded.parts) == 1 else folded
    name = last(dotted(folded)) if isinstance(folded, Ref | Member) else ""
    if is_token_name(name) and not {"bearer", "auth", "authorization", "header"} & set(split(name)):
        return Fault(value.span, f", found {name} alone", "bare")
    return None
