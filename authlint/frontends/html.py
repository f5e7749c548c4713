"""HTML, Vue and Svelte: elements are calls, scripts and expressions in attributes are sources of their own."""

from __future__ import annotations

import re

from authlint.facts import Const, Facts, Opaque, Value
from authlint.frontends.builder import Builder
from authlint.frontends.entities import ENTITY, unescape
from authlint.frontends.html_tags import Attribute, Scanner, Tag
from authlint.languages import by_name
from authlint.source import Segment, Source, Span

_TELLING = frozenset(
    ("action", "content", "data", "formaction", "href", "method", "name", "src", "srcdoc", "target", "type", "value")
)
_SCRIPTS = {
    "": "javascript", "module": "javascript", "babel": "javascript", "jsx": "javascript", "ecmascript": "javascript",
    "json": "json", "importmap": "json", "speculationrules": "json",
}  # fmt: skip
_FRONTMATTER = re.compile(rb"---[ \t]*\r?\n([\s\S]*?)^---[ \t]*\r?$", re.MULTILINE)
_HANDLER = re.compile(r"on[a-z]+$|@|v-on:|\(|on:")
_BOUND = re.compile(r"(?:v-bind:|:|\[)(?:attr\.)?([\w:-]+)")
_DIRECTIVE = re.compile(r"v-(?!for\b|slot\b|else$|pre$|cloak$|once$)")
_SYNTAX = re.compile(r"v-|[:@#*(\[]")
_IDENTIFIER = re.compile(rb"[A-Za-z_$][\w$]*")
_PATH = re.compile(rb"\s*([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\s*")
_CONSTANTS = {b"true": True, b"false": False, b"null": None, b"undefined": None}
_RESERVED = frozenset((b"class", b"for", b"default", b"in", b"is"))


def lower(source: Source) -> Facts:
    """The facts of an HTML, Vue or Svelte source."""
    return _Page(source).lower()


class _Page:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.data = source.data
        self.builder = Builder(source)
        self.markup = source.language == "html"
        self.svelte = source.language == "svelte"

    def lower(self) -> Facts:
        scanner = Scanner(self.data, braces=self.svelte, templated=self.markup)
        front = _FRONTMATTER.match(self.data) if self.svelte else None
        if front is not None:  # Astro
            self._embed("typescript", [front.span(1)], "frontmatter")
        for tag in scanner.tags(0 if front is None else front.end()):
            self._tag(tag)
        for span in scanner.comments:
            self.builder.comment(span)
        return self.builder.finish()

    def _tag(self, tag: Tag) -> None:
        named: list[tuple[str, Value]] = []
        more, telling = tag.open, tag.open
        for attribute in tag.attributes:
            expression = self._expression(attribute)
            name = attribute.name.lower() if self.markup else attribute.name
            if expression is not None:
                telling = True
                bound = _BOUND.match(name)
                more = more or name == "v-bind"
                named.append((bound[1] if bound else name, expression))
            else:
                telling = telling or bool(attribute.holes) or name in _TELLING or name.startswith("data-")
                named.append((name, self._plain(attribute)))
        if telling:
            name = tag.name.lower() if self.markup else tag.name
            self.builder.call(name, (), named, tag.span, tag.name_span, open=more)
        if tag.raw is not None and tag.name.lower() == "script":
            self._script(tag, tag.raw)

    # attributes

    def _expression(self, attribute: Attribute) -> Value | None:
        """The value of an attribute that is an expression; ``None`` for any other."""
        value, name = attribute.value, attribute.name
        if value is None:
            return None
        if self.svelte:
            return self._braced(attribute, value)
        if _SYNTAX.match(name):
            if name.startswith(("#", "*")) or (name.startswith("v-") and not _DIRECTIVE.match(name)):
                return Opaque("expression", (), value)  # a language of its own: v-for="a in b"
            return self._evaluated(self._pieces(attribute, value), value)
        return self._evaluated([value], value) if _HANDLER.match(name.lower()) else None

    def _braced(self, attribute: Attribute, value: Span) -> Value | None:
        inside = [(start + 1, end - 1) for start, end in attribute.holes]
        if attribute.holes == [value]:
            return self._evaluated(inside, value)
        for span in inside:
            self._embed("javascript", [span], "expression")
        return self._evaluated([value], value) if not inside and _HANDLER.match(attribute.name) else None

    def _evaluated(self, pieces: list[Span], value: Span) -> Value:
        """A name is read, a constant is itself; any other expression is a source of its own."""
        path = _PATH.fullmatch(self.data, *pieces[-1])
        if path is not None and path[1] in _CONSTANTS:
            return Const(_CONSTANTS[path[1]], path.span(1))
        if path is not None:
            return self.builder.ref(re.sub(r"^this(?=\.)", "self", path[1].decode()), path.span(1))
        self._embed("javascript", pieces, "expression")
        return Opaque("expression", (), value)

    def _pieces(self, attribute: Attribute, value: Span) -> list[Span]:
        """The spans of an expression. An object alone would be a block, so it is made ``name={…}`` of what is there."""
        bound = _BOUND.match(attribute.name)
        if bound is None or not self.data[value[0] : value[1]].lstrip().startswith(b"{"):
            return [value]
        start = attribute.name_span[0] + len(attribute.name[: bound.start(1)].encode())
        name = _IDENTIFIER.match(self.data, start, attribute.name_span[1])
        equals = self.data.find(b"=", attribute.name_span[1], value[0])
        if name is None or name[0] in _RESERVED or name.end() != attribute.name_span[1]:
            return [value]
        return [name.span(), (equals, equals + 1), value]

    def _plain(self, attribute: Attribute) -> Value:
        if attribute.value is None:
            return Const(True, attribute.span)
        start, end = attribute.value
        parts: list[str | Value] = []
        for hole in attribute.holes:
            parts += [self._known(start, hole[0]), Opaque("template", (), hole)]
            start = hole[1]
        parts.append(self._known(start, end))
        return self.builder.text(parts, attribute.value)

    def _known(self, start: int, end: int) -> str:
        return unescape(self.data[start:end].decode("utf-8", "replace"))

    # scripts and expressions

    def _script(self, tag: Tag, span: Span) -> None:
        words = {"type": "", "lang": ""}
        for attribute in tag.attributes:
            if attribute.value is not None and attribute.name.lower() in words:
                words[attribute.name.lower()] = self._known(*attribute.value).strip().lower()
        kind = words["type"].partition(";")[0].rpartition("/")[2].removeprefix("x-")
        language = by_name(words["lang"]) if words["lang"] else _SCRIPTS.get(kind.rpartition("+")[2], by_name(kind))
        if language in ("javascript", "typescript", "tsx", "json"):
            self._embed(language, [span], "script")

    def _embed(self, language: str, spans: list[Span], label: str) -> None:
        embedded = _embedded(self.source, language, spans, label)
        if not embedded.data.isspace() and embedded.data:
            self.builder.facts.embedded.append(embedded)


def _embedded(source: Source, language: str, spans: list[Span], label: str) -> Source:
    """Pieces of a page as a source; in attributes ``&amp;`` and its like mean the characters they stand for."""
    if label in ("script", "frontmatter") or not any(source.data.find(b"&", *span) >= 0 for span in spans):
        return source.embed(language, spans, label)
    pieces: list[bytes] = []
    segments: list[Segment] = []
    offset = 0
    for piece, (start, end) in ((piece, place) for span in spans for piece, place in _decoded(source.data, span)):
        if piece:
            pieces.append(piece)
            segments.append(Segment(offset, len(piece), start, end))
            offset += len(piece)
    return Source(source.path, b"".join(pieces), language, source, tuple(segments), label)


def _decoded(data: bytes, span: Span) -> list[tuple[bytes, Span]]:
    pieces: list[tuple[bytes, Span]] = []
    at, end = span
    for entity in ENTITY.finditer(data, at, end):
        pieces.append((data[at : entity.start()], (at, entity.start())))
        pieces.append((unescape(entity[0].decode()).encode("utf-8", "replace"), entity.span()))
        at = entity.end()
    pieces.append((data[at:end], (at, end)))
    return pieces
