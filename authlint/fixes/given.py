"""The names around a text: what it is given to, and what the variable that replaces it could be called."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from authlint.concepts.unit import Unit
from authlint.facts import Call, Lambda, Text, Value
from authlint.fixes.nest import Nest
from authlint.names import split
from authlint.source import Span
from authlint.values.texts import key_of

_TOO_SHORT = frozenset(
    {"key", "token", "secret", "password", "passwd", "pass", "pwd", "auth", "value", "default", "apikey"}
)
_NO_NAMES = frozenset(
    {
        "self", "this", "app", "config", "module", "exports", "authorization", "headers", "data", "env", "req",
        "request", "res", "response", "cookies", "body", "params", "options", "opts", "args", "kwargs",
    }
)  # fmt: skip
_ADDRESSES = frozenset({"url", "uri", "dsn", "connection", "string", "address", "endpoint", "link", "href"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9]{1,20})(?:[+:][A-Za-z0-9]{1,20}){0,2}://")
_WEB = frozenset({"http", "https", "ws", "wss", "ftp", "ftps", "jdbc"})
_PAIR = (["auth"], "PASSWORD")
"""``auth=(user, password)``."""
_LONGEST = 40


class Given(NamedTuple):
    """A value and the dotted name it is given to; ``call`` is where it is an argument."""

    span: Span
    path: str
    call: Call | None = None


def text_at(unit: Unit, span: Span) -> Text | None:
    """The innermost text that holds a span."""
    texts = unit.facts.texts
    at = bisect_right(texts, span[0], key=lambda text: text.span[0])
    around = [text for text in texts[max(0, at - _LONGEST) : at] if text.span[1] >= span[1]]
    return min(around, key=lambda text: text.span[1] - text.span[0], default=None)


def given_at(unit: Unit, span: Span) -> Given | None:
    """The name that the value around a span is given to: the nearest one, unless it is the result of a call."""
    given, nest = unit.derived(_nested)
    nearest = next((given[at] for at in nest.around(span)), None)
    inner = next((unit.facts.calls[at].span for at in unit.derived(calls_nested).around(span)), None)
    return None if nearest and inner and nearest.span[0] <= inner[0] and inner[1] <= nearest.span[1] else nearest


def _nested(unit: Unit) -> tuple[list[Given], Nest]:
    found = _all(unit)
    return found, Nest([given.span for given in found])


def calls_nested(unit: Unit) -> Nest:
    """The calls of a unit, by the spans of all of them."""
    return Nest([call.span for call in unit.facts.calls])


def _uses(unit: Unit) -> Nest:
    """Where values go: calls, and what is returned."""
    return Nest([call.span for call in unit.facts.calls] + [item.span for item in unit.facts.returns])


def _all(unit: Unit) -> list[Given]:
    return [given for given, value in _each(unit) if not isinstance(value, Lambda)]


def _each(unit: Unit) -> Iterator[tuple[Given, Value]]:
    for binding in unit.facts.bindings:
        yield Given(binding.value.span, binding.path), binding.value
    for call in unit.facts.calls:
        yield from ((Given(value.span, name, call), value) for name, value in call.named)
    for found in unit.facts.maps:
        yield from ((Given(entry.value.span, key), entry.value) for entry in found.entries if (key := key_of(entry)))
    for scope in unit.facts.scopes:
        yield from ((Given(p.default.span, p.name), p.default) for p in scope.params if p.default is not None)


def is_used(unit: Unit, value: Value) -> bool:
    """Whether a value goes somewhere: a text that is a statement by itself is documentation."""
    if given_at(unit, value.span) is not None:
        return True
    return next(unit.derived(_uses).around(value.span), None) is not None


def variable_names(unit: Unit, span: Span, fallback: str) -> list[str]:
    """What a variable for a secret may be called, the best name first; ``fallback`` if nothing around tells."""
    given = given_at(unit, span)
    words = [word for part in given.path.split(".") for word in split(part)] if given else []
    last = _words(given.path.rpartition(".")[2]) if given else []
    if last[:1] == ["x"]:
        last = last[1:]
    inside = _before(unit, span)
    if inside:  # the name is one for the whole text
        stem = [word for word in last if word not in _ADDRESSES and word not in _NO_NAMES]
        scheme = _SCHEME.search(inside)
        if scheme is None or not "".join(last).isascii():
            return [fallback]
        stem = stem or ([] if scheme[1].lower() in _WEB else [scheme[1]])
        return [name for name in (_spelled([*stem, fallback]),) if name] or [fallback]
    if not last or "_".join(last) in _NO_NAMES or not "".join(last).isascii() or (last, fallback) == _PAIR:
        return [fallback]
    names = [_spelled(last)]
    if len(last) == 1 and last[0] in _TOO_SHORT:
        owner = [word for word in words[: -len(last)] if word not in _NO_NAMES] or _module_around(unit, span)
        if owner:
            names.insert(0, _spelled([*owner[-2:], *last]))
    return [*(name for name in names if name), fallback]


def _before(unit: Unit, span: Span) -> str:
    """What an address, or a name and a colon, puts before a secret in the same text; nothing if it is all of it."""
    text = text_at(unit, span)
    before = unit.source.data[text.span[0] : span[0]].decode("utf-8", "replace") if text is not None else ""
    return before if "://" in before or before.endswith(":") else ""


def _words(name: str) -> list[str]:
    """The words of a name; a number stays with the word that it is written to: ``OAUTH2``."""
    words: list[str] = []
    for word in split(name):
        if words and word.isdigit() and (words[-1] + word) in name.lower():
            words[-1] += word
        else:
            words.append(word)
    return words


def _module_around(unit: Unit, span: Span) -> list[str]:
    """The module whose function is called around a span: ``jwt`` in ``jwt.sign(…)``."""
    facts = unit.facts
    here = facts.function_of(facts.scope_at(span))
    around = (facts.calls[at] for at in unit.derived(calls_nested).around(span))
    aliases = unit.derived(_aliases)
    for call in (call for call in around if facts.function_of(call.scope) == here):
        first = call.callee.partition(".")[0]
        if first in aliases and first.isascii() and first.isidentifier():
            return list(split(first))
    return []


def _aliases(unit: Unit) -> frozenset[str]:
    return frozenset(item.alias for item in unit.facts.imports)


def _spelled(words: list[str]) -> str:
    name = "_".join(words).upper()
    name = "".join(c if c.isalnum() else "_" for c in name)[:_LONGEST].strip("_")
    return name if name[:1].isalpha() else ""
