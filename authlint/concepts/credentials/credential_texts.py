"""Credentials inside texts: header lines, queries and forms, JSON bodies, connection strings, addresses.

Every pattern is bounded and begins with a literal or a short class, so that hostile texts cost linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from authlint.concepts.credentials.credential_names import is_header, sort_of

_LONGEST = 20_000
_HINT = re.compile(r"(?i)token|secret|passw|pwd|api.?key|appid|bearer|basic |://[^\s/@]{1,200}@|x-")
_HEADER = re.compile(r"^\s{0,8}([A-Za-z][\w-]{2,40})\s?:\s{0,8}(\S.{0,4000})$", re.DOTALL)
_SCHEME = re.compile(r"(?i)^(bearer|token)\s{1,4}(\S{4,4000})$")
_PAIR = re.compile(r"(?:^|[?&;\s])([A-Za-z][\w.-]{2,40})=([^&;\s\"'<>#]{4,400})")
_JSON = re.compile(r"\"([A-Za-z][\w-]{2,40})\"\s{0,4}:\s{0,4}\"([^\"\\\n]{4,4000})\"")
_OBJECT = re.compile(r"\s{0,40}[{\[]")
_ASSIGNED = re.compile(r"(?<![\w.-])([A-Za-z_][\w.-]{2,60})[\"']?\s{0,8}[:=]\s{0,8}([\"'])([^\"'\s]{8,400})\2")
_ADDRESS = re.compile(
    r"([A-Za-z][A-Za-z0-9+.-]{1,20})://([^\s/@:\"'<>]{0,80}):([^\s/@\"'<>]{3,120})@([^\s/@:\"'<>]{0,120})"
)
_DSN = re.compile(
    r"\s{0,8}(?:host|hostaddr|port|dbname|user|password)=\S{1,200}(?:\s{1,8}\w{2,40}=\S{1,200}){1,20}\s{0,8}\Z"
)
_ONCE = frozenset({"token", "code", "key"})
_INVITING = re.compile(r"(?i)invit|reset|confirm|activat|verify|unsubscrib|set-?up|sign-?up|magic")
"""What links are for that are sent by mail and work once."""
_LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "host", "hostname", ""})  # noqa: S104 - compared, not bound
_QUERY_KEYS = frozenset({"appid", "apikey", "api_key", "api-key"})


def inside(text: str, *, assigned: bool = False) -> Iterator[tuple[str, str]]:
    """Names and values of the credentials that a text holds. ``assigned``: of statements in it, too (a comment)."""
    if len(text) > _LONGEST or len(text) < 12 or not _HINT.search(text):  # noqa: PLR2004 - nothing fits in less
        return
    if not assigned:
        yield from _header(text)
    for match in _PAIR.finditer(text):
        if match[1].lower() in _ONCE and _INVITING.search(text, 0, match.start()):
            continue
        if _is_query(text, match.start()) and (match[1].lower() in _QUERY_KEYS or sort_of(match[1])):
            yield match[1], unquote(match[2])
    for pattern, name, value in ((_JSON, 1, 2), (_ASSIGNED, 1, 3)):
        if (pattern is _ASSIGNED and not assigned) or (pattern is _JSON and not _OBJECT.match(text)):
            continue
        for match in pattern.finditer(text):
            if sort_of(match[name]):
                yield match[name], match[value]
    for match in _ADDRESS.finditer(text):
        if match[4].lower() not in _LOCAL and match[2] != match[3]:
            yield "password", unquote(match[3])


def _header(text: str) -> Iterator[tuple[str, str]]:
    line = _HEADER.match(text)
    if line and is_header(line[1]):
        scheme = _SCHEME.match(line[2])
        yield line[1], scheme[2] if scheme else line[2]


def _is_query(text: str, at: int) -> bool:
    """Whether the pair at this place belongs to a query, a form or a connection string, not to prose or code."""
    mark = text[at : at + 1]
    if mark in ("?", "&", ";") or _DSN.match(text):
        return True
    return at == 0 and " " not in text.strip() and not mark.isspace()
