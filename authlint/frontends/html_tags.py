"""The start tags, raw texts and comments of HTML and the template languages around it, in one pass over the bytes.

A scanner of its own, because templating may stand anywhere (``href="<%= url("x") %>"``) where no grammar allows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from authlint.source import Span

_MARK = re.compile(rb"<(?:!--|[A-Za-z]|%|\?)|\{#|\{\{!")
_NAME = re.compile(rb"[A-Za-z][^\s/>=<\"'{}]*")
_ATTRIBUTE = re.compile(rb"[^\s/>=<\"'{}]+")
_BETWEEN = re.compile(rb"[\s/]+")
_EQUALS = re.compile(rb"\s*=\s*")
_UNQUOTED = re.compile(rb"[^\s>\"'<{]+")
_TEMPLATES = {b"<%": b"%>", b"<?": b"?>", b"{{": b"}}", b"{%": b"%}", b"{#": b"#}"}
_COMMENTS = {b"<%--": b"--%>", b"<%#": b"%>", b"{#": b"#}", b"{{!--": b"--}}", b"{{!": b"}}"}
_INSIDE = {quote: re.compile(quote + rb"|<[%?]|\{[{%]") for quote in (b'"', b"'")}
_INSIDE_BRACES = {quote: re.compile(quote + rb"|\{") for quote in (b'"', b"'")}
_BRACE = re.compile(rb"[{}]|\"(?:[^\"\\\n]|\\.){0,500}\"|'(?:[^'\\\n]|\\.){0,500}'|`(?:[^`\\]|\\[\s\S]){0,500}`")
_RAW = {b"script": re.compile(rb"(?i)</script"), b"style": re.compile(rb"(?i)</style")}
_MARKUP = re.compile(rb"(?i)template|html|handlebars|mustache")  # types of scripts that hold no script
_MAX_TEMPLATE = 2000
_MAX_BRACES = 20_000


@dataclass
class Attribute:
    """An attribute: its value's span is ``None`` if it has none; ``holes`` are the spans of templating in it."""

    name: str
    span: Span
    name_span: Span
    value: Span | None = None
    holes: list[Span] = field(default_factory=list)


@dataclass
class Tag:
    """A start tag. ``open``: templating or a spread may add attributes. ``raw`` is a script's or style's text."""

    name: str
    span: Span
    name_span: Span
    attributes: list[Attribute]
    open: bool
    raw: Span | None = None


class Scanner:
    """Finds tags and comments. ``braces``: ``{…}`` is an expression, as in Svelte; ``templated``: others may stand."""

    def __init__(self, data: bytes, *, braces: bool = False, templated: bool = True) -> None:
        """Scan ``data``."""
        self.data = data
        self.braces = braces
        self.templated = templated
        self.comments: list[Span] = []
        self._unclosed = 0

    def tags(self, at: int = 0) -> Iterator[Tag]:
        """Every start tag, in order; comments are collected on the way."""
        data = self.data
        while match := _MARK.search(data, at):
            at, mark = match.start(), match[0]
            if mark == b"<!--":
                end = data.find(b"-->", match.end())
                at = self._comment(at, len(data) if end < 0 else end + 3)
            elif mark[1:].isalpha():
                tag, at = self._tag(at)
                yield tag
            else:
                at = self._templating(at, mark) if self.templated else match.end()

    def _comment(self, start: int, end: int) -> int:
        self.comments.append((start, end))
        return end

    def _templating(self, at: int, mark: bytes) -> int:
        """Where it goes on behind templating, which may be a comment."""
        for opening, closing in _COMMENTS.items():
            if self.data.startswith(opening, at):
                end = self.data.find(closing, at + len(opening), at + _MAX_TEMPLATE)
                return at + len(mark) if end < 0 else self._comment(at, end + len(closing))
        return self._template(at, mark)

    def _template(self, at: int, mark: bytes) -> int:
        """Where it goes on behind templating; just behind its mark if it does not end."""
        closing = _TEMPLATES[mark]
        end = self.data.find(closing, at + len(mark), at + _MAX_TEMPLATE)
        return at + len(mark) if end < 0 else end + len(closing)

    # tags

    def _tag(self, start: int) -> tuple[Tag, int]:
        data = self.data
        match = _NAME.match(data, start + 1)
        name_end = start + 2 if match is None else match.end()
        name = data[start + 1 : name_end]
        tag = Tag(name.decode("utf-8", "replace"), (start, name_end), (start + 1, name_end), [], False)
        at = self._attributes(tag, name_end)
        tag.span = (start, at)
        raw = _RAW.get(name.lower())
        if raw is not None and data[at - 2 : at] != b"/>" and not self._holds_markup(tag):
            end = raw.search(data, at)
            tag.raw = (at, len(data) if end is None else end.start())
            at = tag.raw[1]
        return tag, at

    def _holds_markup(self, tag: Tag) -> bool:
        kinds = [attribute.value for attribute in tag.attributes if attribute.name == "type"]
        return any(value is not None and _MARKUP.search(self.data, *value) for value in kinds)

    def _attributes(self, tag: Tag, at: int) -> int:
        data, size = self.data, len(self.data)
        while at < size:
            if between := _BETWEEN.match(data, at):
                at = between.end()
            char, two = data[at : at + 1], data[at : at + 2]
            if char == b">":
                return at + 1
            if two in _TEMPLATES and not (self.braces and char == b"{"):
                at = self._template(at, two)
                tag.open = True
            elif char == b"<":
                return at
            elif char == b"{" and self.braces:
                end = self._braced(at)
                self._shorthand(tag, at, end)
                at = end
            elif name := _ATTRIBUTE.match(data, at):
                at = self._attribute(tag, name)
            else:
                at += 1
        return size

    def _shorthand(self, tag: Tag, at: int, end: int) -> None:
        """``{name}`` is ``name={name}``, ``{...props}`` may be anything."""
        inside = self.data[at + 1 : end - 1]
        name = _ATTRIBUTE.fullmatch(inside.strip())
        if name is None or name[0].startswith(b"..."):
            tag.open = True
        else:
            span = (at, end)
            tag.attributes.append(Attribute(name[0].decode("utf-8", "replace"), span, span, span, [span]))

    def _attribute(self, tag: Tag, name: re.Match[bytes]) -> int:
        data = self.data
        at = name.end()
        attribute = Attribute(name[0].decode("utf-8", "replace"), name.span(), name.span())
        tag.attributes.append(attribute)
        equals = _EQUALS.match(data, at)
        if equals is None:
            return at
        at = equals.end()
        quote = data[at : at + 1]
        end = self._quoted(attribute, at + 1, quote) if quote in _INSIDE else self._unquoted(attribute, at)
        attribute.span = (name.start(), end)
        return end

    def _quoted(self, attribute: Attribute, start: int, quote: bytes) -> int:
        data, at = self.data, start
        inside = (_INSIDE_BRACES if self.braces else _INSIDE)[quote]
        while match := inside.search(data, at):
            if match[0] == quote:
                attribute.value = (start, match.start())
                return match.end()
            end = self._braced(match.start()) if self.braces else self._template(match.start(), match[0])
            if end > match.end():
                attribute.holes.append((match.start(), end))
            at = end
        attribute.holes.clear()
        return start

    def _unquoted(self, attribute: Attribute, start: int) -> int:
        data, at = self.data, start
        while at < len(data):
            if match := _UNQUOTED.match(data, at):
                at = match.end()
                continue
            two, end = data[at : at + 2], at
            if self.braces and two[:1] == b"{":
                end = self._braced(at)
            elif two in _TEMPLATES:
                end = self._template(at, two)
            elif two[:1] == b"{":
                at += 1
                continue
            if end <= at + 2:
                break
            attribute.holes.append((at, end))
            at = end
        attribute.value = (start, at)
        return at

    def _braced(self, start: int) -> int:
        """Where it goes on behind ``{…}``; just behind the brace if it does not end."""
        if start < self._unclosed:
            return start + 1
        depth = 0
        for match in _BRACE.finditer(self.data, start, start + _MAX_BRACES):
            if match[0] == b"{":
                depth += 1
            elif match[0] == b"}":
                depth -= 1
                if not depth:
                    return match.end()
        self._unclosed = start + _MAX_BRACES
        return start + 1
