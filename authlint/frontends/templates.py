"""Text of configuration files: ``${X}``, ``{{ x }}``, ``$X`` and their like are holes in it."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from authlint.facts import Choice, Opaque, Value
from authlint.frontends.builder import Builder
from authlint.source import Segment, Span

_HOLE = (
    rb"\$\$"
    rb"|\$?\{\{([^{}]{0,400})\}\}"
    rb"|\$\{([^{}]{0,400}(?:\{[^{}]{0,400}\}[^{}]{0,400}){0,4})\}"
    rb"|\$\((\w[\w.]{0,100})\)"
    rb"|%\((\w[\w.]{0,100})\)s"
    rb"|<%=?([^%]{0,400})%>"
    rb"|\{%[^%]{0,400}%\}"
)
_UPPER = re.compile(_HOLE + rb"|\$([A-Z_][A-Z0-9_]*)(?![\w(])")
_ANY_CASE = re.compile(_HOLE + rb"|\$(\w+)")
_EXPRESSION, _BRACES, _PARENTHESES, _PERCENT, _RUBY, _NAME = range(1, 7)
_PATH = re.compile(r"-?\s*[.$]?([\w-]+(?:\.[\w-]+)*)\s*-?")
_LITERAL_KEY = re.compile(r"\[\s*(?:'([\w-]{1,100})'|\"([\w-]{1,100})\")\s*\]")
_RUBY_ENVIRONMENT = re.compile(r"\s*ENV(?:\[|\.fetch\()\s*['\"](\w+)['\"]\s*[\])]\s*")
_VARIABLE = re.compile(r"([\w.-]*\w)(?:(:?[-=?+]|:)(.*))?", re.DOTALL)
_SOURCE = re.compile(r"[a-z]+")
_REQUIRED = ("?", ":?")
_ALTERNATIVE = ("+", ":+")
_MAX_DEFAULTS = 3


def text(builder: Builder, decoded: bytes, segments: Sequence[Segment], span: Span, *, any_case: bool = False) -> Value:
    """The text ``decoded``, whose bytes stand where ``segments`` say; one hole and nothing else is the hole's value.

    ``any_case``: ``$name`` is a variable too, not only ``$NAME``.
    """
    if not has_holes(decoded, any_case=any_case):
        return builder.text((decoded.decode("utf-8", "replace"),) if decoded else (), span)
    template = _Template(builder, decoded, segments, _ANY_CASE if any_case else _UPPER)
    return template.text(0, len(decoded), span)


def has_holes(decoded: bytes, *, any_case: bool = False) -> bool:
    """Whether a text has holes, so that it counts where its bytes stand."""
    if b"$" not in decoded and b"{{" not in decoded and b"%" not in decoded:
        return False
    return (_ANY_CASE if any_case else _UPPER).search(decoded) is not None


def expression(builder: Builder, inside: str, span: Span) -> Value:
    """What stands between ``{{`` and ``}}``: a name that is read, or something unknown."""
    path = _PATH.fullmatch(_LITERAL_KEY.sub(lambda key: f".{key[1] or key[2]}", inside.strip()))
    return builder.ref(path[1], span) if path else Opaque("template", (), span)


class _Template:
    def __init__(self, builder: Builder, data: bytes, segments: Sequence[Segment], hole: re.Pattern[bytes]) -> None:
        self.builder = builder
        self.data = data
        self.segments = segments
        self.hole = hole
        self.depth = 0

    def text(self, begin: int, end: int, span: Span) -> Value:
        pieces: list[str | Value] = []
        at = begin
        for match in self.hole.finditer(self.data, begin, end):
            if match[0] == b"$$":
                continue
            pieces.append(self._known(at, match.start()))
            pieces.append(self._value(match))
            at = match.end()
        pieces.append(self._known(at, end))
        pieces = [piece for piece in pieces if piece != ""]
        if len(pieces) == 1 and not isinstance(pieces[0], str):
            return pieces[0]
        return self.builder.text(pieces, span)

    def _known(self, begin: int, end: int) -> str:
        return self.data[begin:end].decode("utf-8", "replace")

    def _value(self, match: re.Match[bytes]) -> Value:
        span = self._span(match.start(), match.end())
        kind = match.lastindex
        if kind is None:
            return Opaque("template", (), span)
        inside = match[kind].decode("utf-8", "replace")
        if kind in (_NAME, _PARENTHESES, _PERCENT):
            return self.builder.ref(inside, span)
        if kind == _BRACES:
            return self._variable(inside, match.start(kind), span)
        if kind == _RUBY:
            environment = _RUBY_ENVIRONMENT.fullmatch(inside)
            return self.builder.ref(f"ENV.{environment[1]}", span) if environment else Opaque("template", (), span)
        return expression(self.builder, inside, span)

    def _variable(self, inside: str, start: int, span: Span) -> Value:
        """``${X}``, ``${X:-default}`` (shell, compose), ``${X:default}`` (Spring), ``${env:X}`` (a named source)."""
        match = _VARIABLE.fullmatch(inside)
        if match is None:
            return Opaque("template", (), span)
        name, operator, default = match.groups()
        if operator is None or operator in _REQUIRED:
            return self.builder.ref(name, span)
        if operator == ":" and _SOURCE.fullmatch(name):
            return expression(self.builder, f"{name}.{default}", span)
        ref = self.builder.ref(name, span)
        if operator in _ALTERNATIVE:
            return Opaque(operator, (ref,), span)
        begin = start + len(inside[: match.start(3)].encode())
        end = start + len(inside.encode())
        self.depth += 1
        value = self.text(begin, end, self._span(begin, end)) if self.depth <= _MAX_DEFAULTS else None
        self.depth -= 1
        return Choice((ref, value), span) if value is not None else ref

    def _span(self, begin: int, end: int) -> Span:
        first, last = self._lift(begin), self._lift(max(end - 1, begin))
        return (first[0], max(first[0], last[1])) if end > begin else (first[0], first[0])

    def _lift(self, offset: int) -> Span:
        """Where the byte at an offset stands in the source."""
        index = max(bisect.bisect_right(self.segments, offset, key=lambda segment: segment.offset) - 1, 0)
        if index >= len(self.segments):
            return (0, 0)
        segment = self.segments[index]
        if segment.end - segment.start != segment.length:
            return (segment.start, segment.end)
        start = segment.start + min(offset - segment.offset, segment.length)
        return (start, min(start + 1, segment.end))
