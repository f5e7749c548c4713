"""What a fix changes: edits on byte spans, led from an embedded source to the file around it. Pure.

An edit says where and what to write, never what was there: that may be a credential.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from authlint.source import Position, Segment, Source, Span

Applicability: TypeAlias = Literal["safe", "unsafe"]

_JSON = frozenset({"json", "notebook"})
_ITEM, _FAR = re.compile(rb'[\[,](\s*)"\Z'), 200
"""A notebook has the lines of a cell as a list of strings."""

_MARKUP = frozenset({"html", "vue", "svelte"})


class Edit(NamedTuple):
    """The bytes of a span are replaced by a text."""

    span: Span
    text: str


class Fix(NamedTuple):
    """How a finding is put right.

    ``safe`` keeps what the code means or makes it stricter; ``unsafe`` needs somebody to look at it, or something else
    to be done besides. ``imports`` are modules that Python code needs for it, or names in one (``flask.session``),
    ``variables`` names of environment variables that must be set from then on. ``revoke``: where the credential that
    was taken out must be revoked.
    ``places`` are where the edits begin and end, for people.
    """

    description: str
    edits: tuple[Edit, ...]
    applicability: Applicability = "safe"
    imports: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    revoke: str = ""
    places: tuple[tuple[Position, Position], ...] = ()


def overlap(one: Iterable[Edit], other: Iterable[Edit]) -> bool:
    """Whether two groups of edits get in each other's way; to touch is too near."""
    others = list(other)
    return any(a.span[0] <= b.span[1] and b.span[0] <= a.span[1] for a in one for b in others)


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with all edits made; they do not overlap. What is outside their spans stays as it was."""
    pieces: list[bytes] = []
    at = 0
    for (start, end), text in sorted(edits):
        if start < at:
            raise ValueError("edits overlap")
        pieces += (data[at:start], text.encode())
        at = end
    return b"".join(pieces) + data[at:]


def together(rounds: Iterable[Iterable[Edit]], size: int) -> Iterator[Edit]:
    """Groups of edits, each made to what the one before left of ``size`` bytes, as edits of the first text."""
    pieces: list[Span | bytes] = [(0, size)]
    for edits in rounds:
        left, made, at = deque(pieces), [], 0
        for (start, end), text in sorted(edits):
            made += [*_taken(left, start - at), text.encode()]
            deque(_taken(left, end - start), maxlen=0)
            at = end
        pieces = [*made, *left]
    at, new = 0, b""
    for piece in [*pieces, (size, size)]:
        if isinstance(piece, bytes):
            new += piece
            continue
        if piece[0] > at or new:
            yield Edit((at, piece[0]), new.decode())
        at, new = piece[1], b""


def _taken(pieces: deque[Span | bytes], length: int) -> Iterator[Span | bytes]:
    """The first so many bytes of the pieces, which are without them from then on."""
    while length > 0 and pieces:
        piece = pieces.popleft()
        size = len(piece) if isinstance(piece, bytes) else piece[1] - piece[0]
        if size > length and isinstance(piece, bytes):
            pieces.appendleft(piece[length:])
            piece = piece[:length]
        elif size > length and not isinstance(piece, bytes):
            pieces.appendleft((piece[0] + length, piece[1]))
            piece = (piece[0], piece[0] + length)
        length -= size
        yield piece


def moved(offset: int, edits: Iterable[Edit], *, at_end: bool = False) -> int:
    """Where an offset is once edits are made; inside of one it goes to its beginning, or to its end if ``at_end``."""
    shift = 0
    for (start, end), text in sorted(edits):
        if offset < start or (offset == start and (not at_end or start == end)):
            break
        size = len(text.encode())
        if offset < end:
            return start + shift + (size if at_end else 0)
        shift += size - (end - start)
    return offset + shift


def lifted(source: Source, edit: Edit) -> Edit | None:
    """An edit of an embedded source as one of the file around it; ``None`` where it cannot be written there."""
    while source.parent is not None:
        outside = _lift(source, source.parent, edit)
        if outside is None:
            return None
        source, edit = source.parent, outside
    return edit


def inward(source: Source, span: Span) -> Span | None:
    """A span of the root as one of an embedded source, if it stands there as it is."""
    if source.parent is None:
        return span
    outside = inward(source.parent, span)
    if outside is None:
        return None
    start = _sink(source.segments, outside[0], last=False)
    end = _sink(source.segments, outside[1], last=True)
    if start is None or end is None or end < start:
        return None
    return (start, end) if source.data[start:end] == source.parent.data[outside[0] : outside[1]] else None


def within(source: Source, offset: int) -> int | None:
    """An offset of the root as one of an embedded source; ``None`` if what stands there is no part of it."""
    if source.parent is None:
        return offset
    outside = within(source.parent, offset)
    for segment in source.segments if outside is not None else ():
        if outside is not None and segment.start <= outside < segment.end:
            return segment.offset + min(outside - segment.start, max(segment.length - 1, 0))
    return None


def _sink(segments: tuple[Segment, ...], offset: int, *, last: bool) -> int | None:
    for segment in segments:
        inside = segment.start < offset <= segment.end if last else segment.start <= offset < segment.end
        if inside:
            return segment.offset + offset - segment.start if _is_plain(segment) else None
    return None


def _is_plain(segment: Segment) -> bool:
    return segment.end - segment.start == segment.length


def _lift(source: Source, parent: Source, edit: Edit) -> Edit | None:
    start, end = edit.span
    first, last = _segment(source, start), _segment(source, max(start, end - 1))
    if first is None or last is None or (start > first.offset and not _is_plain(first)):
        return None
    if end < last.offset + last.length and not _is_plain(last) and end > start:
        return None
    begin = first.start + (start - first.offset if _is_plain(first) else 0)
    finish = begin if end == start else last.start + (end - last.offset) if _is_plain(last) else last.end
    text = _written(source, parent, begin, start, edit.text)
    return None if text is None else Edit((begin, finish), text)


def _segment(source: Source, offset: int) -> Segment | None:
    index = bisect_right(source.segments, offset, key=lambda segment: segment.offset) - 1
    return source.segments[index] if index >= 0 else None


def _lead(source: Source, parent: Source, start: int) -> str:
    """What stands before each line of what is embedded: how far it is set in, and marks of a quotation."""
    inside = source.data.rfind(b"\n", 0, start) + 1
    segment = _segment(source, inside)
    at = segment.start + (inside - segment.offset if _is_plain(segment) else 0) if segment else 0
    return parent.data[parent.line_starts[parent.line_of(at) - 1] : at].decode("utf-8", "replace")


def _written(source: Source, parent: Source, at: int, start: int, text: str) -> str | None:
    """What a text must be written as in the source around, where what is embedded may be a string."""
    if parent.language in _JSON:
        written = json.dumps(text, ensure_ascii=False)[1:-1]
        item = _ITEM.search(parent.data, max(0, at - _FAR), at) if parent.language == "notebook" else None
        return written.replace("\\n", '\\n",' + item[1].decode() + '"') if item and text.endswith("\n") else written
    if parent.language != "markdown":
        before = parent.data[source.segments[0].start - 1 : source.segments[0].start]
        if before in (b'"', b"'") and parent.language in _MARKUP:
            return None
        if before == b'"':
            text = text.replace("\\", "\\\\").replace('"', '\\"')
        elif before == b"'":
            text = text.replace("'", "''")
    lead = _lead(source, parent, start)
    if lead.strip("> \t"):  # code begins on the line of what is around it
        if "\n" in text and parent.language not in _MARKUP:
            return None
        lead = lead[: len(lead) - len(lead.lstrip())]
    return re.sub(r"\n(\n)?", lambda end: f"\n{lead.rstrip()}\n{lead}" if end[1] else f"\n{lead}", text)
