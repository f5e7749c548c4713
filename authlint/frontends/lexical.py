"""Text in no language we parse: URLs, quoted texts and curl commands are still recognised, by their shape alone.

A URL may run over several lines where each line but the last ends in ``?`` or ``&`` (as documents print them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.facts import Facts, Value
from authlint.frontends.builder import Builder
from authlint.source import Source

_URL = re.compile(
    rb"(?:https?|wss?)://[^\s\"'`<>|\\^]{1,2000}"
    rb"(?:(?<=[?&])\r?\n[ \t]{0,40}[A-Za-z_][\w.-]{0,60}=[^\r\n\"'`<>|\\^]{0,2000}){0,20}"
)
_HOLE = re.compile(
    r"\$\{[^{}]{0,200}\}|#\{[^{}]{0,200}\}|\$\(\$?[\w.:]{1,80}\)|\$[A-Za-z_][\w:]{0,80}|\{[\w.]{1,80}\}|<[\w .-]{1,80}>"
)
_BODY = rb"(?:-d|--data(?:-raw|-binary)?|--json)[ =]'[^']{0,2000}'"  # may run over several lines
_CURL = re.compile(rb"(?m)^[ \t]{0,40}(?:\$ )?curl (?:" + _BODY + rb"|[^\r\n\\]|\\(?!\r?\n)|\\\r?\n){1,4000}")


def lower(source: Source) -> Facts:
    """URLs as texts (with holes where variables are interpolated), curl commands as embedded shell."""
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
    return builder.finish()


def _parts(builder: Builder, url: str, offset: int) -> Iterator[str | Value]:
    at = 0
    for hole in _HOLE.finditer(url):
        yield re.sub(r"\s+", "", url[at : hole.start()])
        span = (offset + len(url[: hole.start()].encode()), offset + len(url[: hole.end()].encode()))
        yield builder.ref(re.sub(r"[^\w.]", "", hole[0].replace(":", ".")) or "hole", span)
        at = hole.end()
    yield re.sub(r"\s+", "", url[at:])
