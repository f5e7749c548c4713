"""Text in no language we parse: URLs, assignments and curl commands are still recognised, by their shape alone.

What an assignment looks like is much the same in most languages and formats (``String key = "…"``, ``key := "…"``,
``"key" => "…"``, ``set("key", "…")``, ``setKey("…")``, ``KEY=…`` on a line of its own, ``<key>…</key>``): each is a
binding.

A URL may run over several lines where each line but the last ends in ``?`` or ``&`` (as documents print them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from authlint.facts import Facts, Value
from authlint.frontends.builder import Builder
from authlint.source import Source, Span

_URL = re.compile(
    rb"(?:https?|wss?)://[^\s\"'`<>|\\^]{1,2000}"
    rb"(?:(?<=[?&])\r?\n[ \t]{0,40}[A-Za-z_][\w.-]{0,60}=[^\r\n\"'`<>|\\^]{0,2000}){0,20}"
)
_HOLE = re.compile(
    r"\$\{[^{}]{0,200}\}|#\{[^{}]{0,200}\}|\$\(\$?[\w.:]{1,80}\)|\$[A-Za-z_][\w:]{0,80}|\{[\w.]{1,80}\}|<[\w .-]{1,80}>"
)
_NAME = rb"(?<![\w.$-])(?P<name>[A-Za-z_$@][\w.$-]{1,60})"
_QUOTED = (
    rb"['\"]?\\\"(?P<escaped>[^\"\\\r\n]{4,4000})\\\"|'?\"(?P<double>[^\"\\\r\n]{4,4000})\""
    rb"|'(?P<single>[^'\"\\\r\n]{4,4000})'|`(?P<back>[^`\r\n]{4,4000})`"
)
_ASSIGNED = re.compile(
    _NAME + rb"(?:\\?[\"'`\]]{1,2}|[ \t]{1,4}(?P<type>[\w.*\[\]<>?-]{2,60}))?"
    rb"[ \t]{0,8}(?::{0,3}=|[?+.]=|=>|:|(?<=[\"'`]) ?(?P<comma>,))[ \t]{0,8}(?="
    + _QUOTED
    + rb")"  # what follows may be a name, too
)
_LINE = re.compile(
    rb"(?m)(?:^|(?<=[ \t]))"
    + _NAME
    + rb"[ \t]{0,4}(?:\?=|:?=|:)[ \t]{0,4}(?P<value>[^\s\"'`,;(){}]{4,4000})[ \t]{0,8}\r?$"
)
_ELEMENT = re.compile(
    rb"<(?P<tag>[A-Za-z_][\w.:-]{1,60})(?:[ \t]{1,4}(?:name|key|id)[ \t]?=[ \t]?\"(?P<name>[\w.:-]{2,80})\")?"
    rb"[^<>]{0,200}>\s{0,80}(?P<value>[^<>\s]{4,4000})\s{0,80}</"
)
_ATTRIBUTE = re.compile(
    rb"\b(?:name|key)[ \t]?=[ \t]?\"(?P<name>[\w.:-]{2,80})\"\s{1,40}"
    rb"value[ \t]?=[ \t]?\"(?P<value>[^\"<>\r\n]{4,4000})\""
)
_SETTER = re.compile(
    rb"(?<![\w$])(?P<name>[A-Za-z_][A-Za-z0-9_]{0,40}?(?:[Ss]ecret|[Pp]assword|[Tt]oken|[Kk]ey))"
    rb"\([ \t]{0,4}\"(?P<value>[^\"\\\r\n]{4,4000})\"[ \t]{0,4}\)"
)
_ASKING = re.compile(
    rb"(?i)(?:get|find|load|read|check|is|has|valid|verif|hash|encod|decod|encrypt|decrypt|pars|match|compar)"
)
_PARAMETER = re.compile(
    rb"<(?P<kind>[\w-]{1,20})-name>\s{0,80}(?P<name>[\w.:-]{2,80})\s{0,80}</(?P=kind)-name>"
    rb"\s{0,200}<(?P=kind)-value>\s{0,80}(?P<value>[^<>\s]{4,4000})\s{0,80}</"
)
_QUOTES = ("escaped", "double", "single", "back")
_CALL, _ARGUMENTS = 300, 6  # before a name: bytes of a line in which its call begins, and commas in it
_MOST = 20_000
_BODY = rb"(?:-d|--data(?:-raw|-binary)?|--json)[ =]'[^']{0,2000}'"  # may run over several lines
_CURL = re.compile(rb"(?m)^[ \t]{0,40}(?:\$ )?curl (?:" + _BODY + rb"|[^\r\n\\]|\\(?!\r?\n)|\\\r?\n){1,4000}")


def lower(source: Source) -> Facts:
    """URLs as texts (with holes where variables are interpolated), assignments, curl commands as embedded shell."""
    builder = Builder(source)
    commands = [match.span() for match in _CURL.finditer(source.data)] if source.language == "text" else []
    for command in commands:
        builder.facts.embedded.append(source.embed("shell", [command], "command"))
    for match in _URL.finditer(source.data):
        if any(start <= match.start() < end for start, end in commands):
            continue
        url = match[0].rstrip(b".,;:)]}*")
        builder.text(
            _parts(builder, url.decode("utf-8", "replace"), match.start()), (match.start(), match.start() + len(url))
        )
    if source.language == "text":
        for name, value, match in sorted(_assignments(source.data), key=lambda found: found[1]):
            _bind(builder, name, value, (match.start(), max(value[1], match.end())))
    return builder.finish()


def _assignments(data: bytes) -> Iterator[tuple[Span, Span, re.Match[bytes]]]:
    """Where a name and its value stand; of a declaration both the name and its type, which may stand either way."""
    for match in islice(_ASSIGNED.finditer(data), _MOST):
        value = next(match.span(kind) for kind in _QUOTES if match[kind])
        if match["comma"] and not _is_a_pair(data, match, value):
            continue
        yield match.span("name"), value, match
        if match["type"]:
            yield match.span("type"), value, match
    for match in islice(_SETTER.finditer(data), _MOST):
        if not _ASKING.match(match["name"]):
            yield match.span("name"), match.span("value"), match
    for pattern in (_LINE, _ATTRIBUTE, _PARAMETER):
        yield from ((match.span("name"), match.span("value"), match) for match in islice(pattern.finditer(data), _MOST))
    for match in islice(_ELEMENT.finditer(data), _MOST):
        yield match.span("name" if match["name"] else "tag"), match.span("value"), match


def _is_a_pair(data: bytes, match: re.Match[bytes], value: Span) -> bool:
    """Whether two texts with a comma between them are a name and its value: not any two that are neighbours in a list.

    They are in a call (``set("name", "value")``, ``field 'String', 'name', 'value'``), or alone in brackets.
    """
    start = match.start("name") - 1
    line = data[max(data.rfind(b"\n", 0, start) + 1, start - _CALL) : start]
    opening = max(map(line.rfind, (b"(", b"[", b"{")))
    before = line[opening + 1 :]
    if opening < 0 or line[opening : opening + 1] == b"(":
        return before.count(b",") <= _ARGUMENTS
    return not before.strip() and data[value[1] + 1 : value[1] + 5].lstrip(b" \t")[:1] in (b"]", b"}")


def _bind(builder: Builder, name: Span, value: Span, span: Span) -> None:
    text = builder.source.slice(value)
    if "://" not in text:  # that is a text already
        builder.bind(builder.source.slice(name).strip("$@"), builder.text((text,), value), span, name)


def _parts(builder: Builder, url: str, offset: int) -> Iterator[str | Value]:
    at = 0
    for hole in _HOLE.finditer(url):
        yield re.sub(r"\s+", "", url[at : hole.start()])
        span = (offset + len(url[: hole.start()].encode()), offset + len(url[: hole.end()].encode()))
        yield builder.ref(re.sub(r"[^\w.]", "", hole[0].replace(":", ".")) or "hole", span)
        at = hole.end()
    yield re.sub(r"\s+", "", url[at:])
