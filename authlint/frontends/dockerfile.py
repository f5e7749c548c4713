"""Dockerfiles: ``ENV`` and ``ARG`` are bindings, ``RUN`` is shell, any other instruction is a call of its words."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from authlint import languages
from authlint.facts import Const, Facts, Value
from authlint.frontends import templates
from authlint.frontends.builder import Builder
from authlint.frontends.jsonstrings import decode_string
from authlint.frontends.yaml_scalars import Decoded
from authlint.source import Source, Span

_MAX_BROKEN = 20
_ESCAPE_DIRECTIVE = re.compile(
    rb"(?:[ \t]*#[^\n]*\n)*?[ \t]*#[ \t]*escape[ \t]*=[ \t]*(`|\\)[ \t]*\r?(?:\n|\Z)", re.IGNORECASE
)
_LINE = re.compile(rb"[^\n]*\n?")
_INSTRUCTION = re.compile(rb"[ \t]*([A-Za-z]+)(?=\s|\Z)[ \t]*")
_FLAGS = re.compile(rb"(?:--[\w-]+(?:=[^\s]*)?\s+)*")
_WORD = re.compile(rb"""(?:[^\s"'\\]|\\[\s\S]|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^']*'|["'\\])+""")
_PIECE = re.compile(rb"""("[^"\\]*(?:\\[\s\S][^"\\]*)*")|('[^']*')|(\\[\s\S])|([^"'\\]+|["'\\])""")
_DOUBLE, _SINGLE, _ESCAPED = 1, 2, 3
_NAME = re.compile(rb"([A-Za-z_][\w.-]*)(=?)")
_JSON = re.compile(rb'\[\s*(?:"[^"\\\n]*(?:\\.[^"\\\n]*)*"\s*(?:,\s*(?="))?)*\]\s*\Z')
_JSON_STRING = re.compile(rb'"[^"\\\n]*(?:\\.[^"\\\n]*)*"')
_HEREDOC = re.compile(rb"<<-?(['\"]?)([A-Za-z_]\w{0,100})\1")
_HEREDOC_END = re.compile(rb"(?m)^[ \t]*([A-Za-z_]\w{0,100})[ \t]*\r?$")
_ONLY_HEREDOC = re.compile(rb"<<-?(['\"]?)\w+\1\s*\Z")
_HEALTHCHECK = re.compile(rb"CMD(?=\s|\[)\s*", re.IGNORECASE)
_COMMANDS = frozenset(("RUN", "CMD", "ENTRYPOINT"))
_WITH_HEREDOCS = frozenset(("RUN", "COPY", "ADD"))
_CALLS = frozenset((
    "FROM", "COPY", "ADD", "USER", "WORKDIR", "EXPOSE", "LABEL", "VOLUME", "STOPSIGNAL", "MAINTAINER", "SHELL",
    "HEALTHCHECK",
))  # fmt: skip


@dataclass(slots=True)
class _Instruction:
    """An instruction: its lines, what is written on them in one piece, and the here-documents below."""

    name: str
    name_span: Span
    lines: list[Span] = field(default_factory=list)
    text: Decoded = field(default_factory=Decoded)
    data: bytes = b""
    bodies: list[Span] = field(default_factory=list)
    end: int = 0


def lower(source: Source) -> Facts:
    """The facts of a Dockerfile."""
    reader = _Dockerfile(Builder(source))
    reader.read()
    return reader.builder.finish()


class _Dockerfile:
    """Reads lines from ``self.at``."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.data = builder.source.data
        self.at = 0
        directive = _ESCAPE_DIRECTIVE.match(self.data)
        self.escape = directive[1] if directive else b"\\"
        self.shell = "powershell" if self.escape == b"`" else "shell"  # both are for Windows

    def read(self) -> None:
        """Everything, instruction by instruction."""
        while self.at < len(self.data):
            start, end = self._line(self.at)
            line = self.data[start:end]
            text = line.strip()
            if text.startswith(b"#"):
                self._comment(start, line)
            elif text:
                match = _INSTRUCTION.match(self.data, start, end)
                if match:
                    self._instruction(match[1].decode().upper(), match.span(1), match.end())
                else:
                    self._broken((start, start + len(line.rstrip())))
            self.at = max(self.at, end)

    def _line(self, at: int) -> Span:
        match = _LINE.match(self.data, at)
        return match.span() if match else (at, len(self.data))

    def _comment(self, start: int, line: bytes) -> None:
        begin = start + len(line) - len(line.lstrip())
        self.builder.comment((begin, begin + len(line.strip())))

    def _broken(self, span: Span) -> None:
        if len(self.builder.facts.broken) < _MAX_BROKEN:
            self.builder.facts.broken.append(span)

    def _instruction(self, name: str, name_span: Span, at: int) -> None:
        instruction = _Instruction(name, name_span)
        self._read_lines(instruction, at)
        if name in _WITH_HEREDOCS:
            self._read_heredocs(instruction)
        self._lower(instruction, 0)

    def _read_lines(self, instruction: _Instruction, at: int) -> None:
        """The lines up to one that no escape character ends; comments and empty lines between do not count."""
        first = True
        while at < len(self.data):
            start, end = self._line(at)
            line = self.data[start:end]
            at = end
            if not first and line.lstrip().startswith(b"#"):
                self._comment(start, line)
                continue
            if not first and not line.strip():
                continue
            first = False
            text = line.rstrip()
            goes_on = text.endswith(self.escape)
            stop = start + len(text) - (1 if goes_on else 0)
            instruction.lines.append((start, end))
            instruction.text.add(self.data[start:stop], start, stop)
            instruction.end = stop
            if not goes_on:
                break
            instruction.text.add(b" ", stop, end)
        instruction.data = instruction.text.data
        instruction.end = max(instruction.end, instruction.name_span[1])
        self.at = at

    def _read_heredocs(self, instruction: _Instruction) -> None:
        """The lines that here-documents take; what nothing closes is an arithmetic shift, or a mistake."""
        for match in _HEREDOC.finditer(instruction.data):
            ends = self._heredoc_ends.get(match[2], [])
            index = bisect.bisect_left(ends, self.at)
            if index < len(ends):
                start, end = self._line(ends[index])
                instruction.bodies.append((self.at, start))
                instruction.lines.append((self.at, end))
                instruction.end = start + len(self.data[start:end].rstrip())
                self.at = end

    @cached_property
    def _heredoc_ends(self) -> dict[bytes, list[int]]:
        """Where each word stands alone on a line."""
        ends: dict[bytes, list[int]] = {}
        for match in _HEREDOC_END.finditer(self.data):
            ends.setdefault(match[1], []).append(match.start())
        return ends

    def _lower(self, instruction: _Instruction, begin: int) -> None:
        """Lower what stands from offset ``begin`` of the instruction's text."""
        name = instruction.name
        if name == "ONBUILD":
            match = _INSTRUCTION.match(instruction.data, begin)
            if match and match[1].upper() != b"ONBUILD":
                instruction.name = match[1].decode().upper()
                instruction.name_span = self._span(instruction, *match.span(1))
                self._lower(instruction, match.end())
        elif name in _COMMANDS:
            self._command(instruction, begin)
        elif name == "HEALTHCHECK" and (match := self._healthcheck(instruction, begin)):
            self._command(instruction, match.end())
        elif name in ("ENV", "ARG"):
            self._variables(instruction, begin)
        elif name in _CALLS:
            self._call(instruction, begin)
        else:
            self._broken((instruction.name_span[0], instruction.end))

    def _healthcheck(self, instruction: _Instruction, begin: int) -> re.Match[bytes] | None:
        flags = _FLAGS.match(instruction.data, begin)
        return _HEALTHCHECK.match(instruction.data, flags.end() if flags else begin)

    def _command(self, instruction: _Instruction, begin: int) -> None:
        """A command for the shell, or a list of words that is run as it is."""
        flags = _FLAGS.match(instruction.data, begin)
        begin = flags.end() if flags else begin
        words = self._json(instruction, begin)
        if words:
            self._exec(instruction, words)
            return
        source, facts = self.builder.source, self.builder.facts
        if instruction.bodies and _ONLY_HEREDOC.match(instruction.data, begin):
            for start, end in instruction.bodies:
                language = languages.detect("", self.data[start : min(end, start + 200)])
                facts.embedded.append(
                    source.embed(self.shell if language == "text" else language, [(start, end)], instruction.name)
                )
            return
        first = self._span(instruction, begin, begin + 1)[0]
        spans = [(max(start, first), end) for start, end in instruction.lines if end > first]
        if spans and self.data[slice(*spans[-1])].strip():
            facts.embedded.append(source.embed(self.shell, spans, instruction.name))

    def _exec(self, instruction: _Instruction, spans: list[Span]) -> None:
        """A list of words; the one behind ``-c`` is a script."""
        source = self.builder.source
        words = [self._string(instruction, *strings) for strings in spans]
        for option, script in pairwise(words):
            if option.data == b"-c":
                self.builder.facts.embedded.append(
                    Source(source.path, script.data, self.shell, source, tuple(script.segments), instruction.name)
                )
        values = [self._text(instruction, *strings) for strings in spans]
        callee = words[0].data.decode("utf-8", "replace").rpartition("/")[2]
        span = (values[0].span[0], values[-1].span[1])
        self.builder.call(callee, values[1:], (), span, values[0].span)

    def _json(self, instruction: _Instruction, begin: int) -> list[Span]:
        """The strings of a list in JSON, if that is what stands there."""
        data = instruction.data
        if not data.startswith(b"[", begin) or not _JSON.match(data, begin):
            return []
        return [match.span() for match in _JSON_STRING.finditer(data, begin)]

    def _text(self, instruction: _Instruction, begin: int, end: int) -> Value:
        decoded = self._string(instruction, begin, end)
        span = self._span(instruction, begin, end)
        return templates.text(self.builder, decoded.data, decoded.segments, span, any_case=True)

    def _string(self, instruction: _Instruction, begin: int, end: int) -> Decoded:
        decoded = Decoded()
        data, segments = decode_string(instruction.data, begin, end)
        for segment in segments:
            piece = data[segment.offset : segment.offset + segment.length]
            if segment.end - segment.start == segment.length:
                self._cut(instruction, segment.start, segment.end, decoded)
            else:
                decoded.add(piece, *self._span(instruction, segment.start, segment.end))
        return decoded

    def _call(self, instruction: _Instruction, begin: int) -> None:
        flags = _FLAGS.match(instruction.data, begin)
        rest = flags.end() if flags else begin
        words = self._json(instruction, rest)
        args = [self._word(instruction, *match.span()) for match in _WORD.finditer(instruction.data, begin, rest)]
        if words:
            args += [self._text(instruction, *word) for word in words]
        else:
            args += [self._word(instruction, *match.span()) for match in _WORD.finditer(instruction.data, rest)]
        bodies = [
            ("<<", self.builder.text((self.data[slice(*span)].decode("utf-8", "replace"),), span))
            for span in instruction.bodies
            if span[1] > span[0]
        ]
        span = (instruction.name_span[0], instruction.end)
        self.builder.call(instruction.name, args, bodies, span, instruction.name_span)

    def _variables(self, instruction: _Instruction, begin: int) -> None:
        """``K=V K2=V2``, ``K V``, or ``K`` alone."""
        words = [match.span() for match in _WORD.finditer(instruction.data, begin)]
        for index, (start, end) in enumerate(words):
            name = _NAME.match(instruction.data, start, end)
            if name is None:
                self._broken(self._span(instruction, start, end))
                continue
            value: Value
            last = end
            if name[2]:
                value = self._word(instruction, name.end(), end)
            elif index == 0 and instruction.name == "ENV" and len(words) > 1:
                last = words[-1][1]
                value = self._word(instruction, words[1][0], last)
            else:
                at = self._span(instruction, start, end)[1]
                value = Const(None, (at, at))
            path = f"{instruction.name}.{name[1].decode()}"
            name_span = self._span(instruction, *name.span(1))
            self.builder.bind(path, value, self._span(instruction, start, last), name_span)
            if not name[2] and instruction.name == "ENV":
                return

    def _word(self, instruction: _Instruction, begin: int, end: int) -> Value:
        """A word without its quotes."""
        decoded = Decoded()
        holes = True
        for match in _PIECE.finditer(instruction.data, begin, end):
            first, last = match.span()
            kind = match.lastindex
            if kind == _DOUBLE:
                self._unescape(instruction, first + 1, last - 1, decoded)
            elif kind == _SINGLE:
                self._cut(instruction, first + 1, last - 1, decoded)
                holes = holes and (first, last) != (begin, end)
            elif kind == _ESCAPED:
                self._cut(instruction, first + 1, last, decoded)
            else:
                self._cut(instruction, first, last, decoded)
        span = self._span(instruction, begin, end)
        if not holes:
            known = decoded.data.decode("utf-8", "replace")
            return self.builder.text((known,) if known else (), span)
        return templates.text(self.builder, decoded.data, decoded.segments, span, any_case=True)

    def _unescape(self, instruction: _Instruction, begin: int, end: int, decoded: Decoded) -> None:
        data = instruction.data
        while (slash := data.find(b"\\", begin, end - 1)) >= 0:
            self._cut(
                instruction, begin, slash if data[slash + 1 : slash + 2] in (b'"', b"\\", b"$") else slash + 1, decoded
            )
            self._cut(instruction, slash + 1, slash + 2, decoded)
            begin = slash + 2
        self._cut(instruction, begin, end, decoded)

    def _cut(self, instruction: _Instruction, begin: int, end: int, decoded: Decoded) -> None:
        """Append ``begin`` … ``end`` of the instruction's text."""
        segments = instruction.text.segments
        index = max(bisect.bisect_right(segments, begin, key=lambda segment: segment.offset) - 1, 0)
        while begin < end and index < len(segments):
            segment = segments[index]
            stop = min(end, segment.offset + segment.length)
            if segment.end - segment.start == segment.length:
                at = segment.start + begin - segment.offset
                decoded.add(instruction.data[begin:stop], at, at + stop - begin)
            else:
                decoded.add(instruction.data[begin:stop], segment.start, segment.end)
            begin, index = stop, index + 1

    def _span(self, instruction: _Instruction, begin: int, end: int) -> Span:
        """The source's span for one of the instruction's text."""
        pieces = Decoded()
        self._cut(instruction, begin, max(end, begin), pieces)
        if pieces.segments:
            return (pieces.segments[0].start, pieces.segments[-1].end)
        return (instruction.end, instruction.end)
