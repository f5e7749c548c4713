"""Templates with Ruby in them (ERB): the Ruby is lowered where it stands, the text around it is a source of its own."""

from __future__ import annotations

import re

from authlint.frontends.builder import Builder
from authlint.languages import detect
from authlint.source import Source, Span

_TAG = re.compile(rb"<%(?!%)([#=-]?)=?((?:[^%]|%(?!>))*?)-?%>")
_NOT_A_LINE_END = re.compile(rb"[^\r\n]")


def ruby_of(source: Source, builder: Builder) -> bytes:
    """The source with everything but its Ruby blank, byte for byte; the text is embedded."""
    pieces: list[bytes] = []
    text: list[Span] = []
    at = 0
    for tag in _TAG.finditer(source.data):
        start, end = tag.span(2)
        text.append((at, tag.start()))
        pieces.append(_blank(source.data[at:start]))
        pieces.append(_blank(source.data[start:end]) if tag[1] == b"#" else source.data[start:end])
        pieces.append(b" " * (tag.end() - end - 1) + b";")
        at = tag.end()
    text.append((at, len(source.data)))
    pieces.append(_blank(source.data[at:]))
    name = source.path.removesuffix(".erb")
    language = detect(name, b"") if "." in name.rpartition("/")[2] else "html"
    builder.facts.embedded.append(source.embed(language, text, "template"))
    return b"".join(pieces)


def _blank(data: bytes) -> bytes:
    return _NOT_A_LINE_END.sub(b" ", data)
