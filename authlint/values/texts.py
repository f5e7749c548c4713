"""Text with holes, taken apart and put together: joining, splitting, query strings, templates, arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from authlint.facts import Call, Const, Entry, Items, Map, Opaque, Text, Value
from authlint.source import Span

_MAX_PARTS = 400
PERCENT = re.compile(r"%(?:\((\w+)\))?[-+ #0-9.]*([sdiruxf%])")
BRACES = re.compile(r"\{\{|\}\}|\{([\w.\[\]]*)(?:![rsa])?(?::[^{}]*)?\}")


def join(parts: Iterable[str | Value], span: Span) -> Text:
    """Text from parts; texts are spliced in, numbers written out, neighbouring known parts joined."""
    flat: list[str | Value] = []
    for part in parts:
        pieces: tuple[str | Value, ...] = (part,)
        if isinstance(part, Text):
            pieces = part.parts
        elif isinstance(part, Const) and part.value is not None and not isinstance(part.value, bool):
            pieces = (str(part.value),)
        for piece in pieces:
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "" and len(flat) < _MAX_PARTS:
                flat.append(piece)
    return Text(tuple(flat), span)


def key_of(entry: Entry) -> str | None:
    """The key of an entry if it is known text."""
    return entry.key.literal if isinstance(entry.key, Text) else None


def pairs(value: Value) -> Iterator[Entry]:
    """The entries of a list of ``(key, value)`` pairs."""
    for item in value.items if isinstance(value, Items) else ():
        if isinstance(item, Items) and len(item.items) == 2:  # noqa: PLR2004 - a pair
            yield Entry(item.items[0], item.items[1], item.span)


def query_entries(text: Text) -> Iterator[Entry]:
    """The parameters of a query text, ``key=value&…``; a part whose key is not known has an ``Opaque`` key."""
    for piece in split_text(text, "&"):
        if not piece.parts:
            continue
        key, found, value = partition(piece, "=")
        if found and key.literal is not None:
            yield Entry(key, value.parts[0] if _is_one_hole(value) else value, piece.span)  # type: ignore[arg-type]
        elif not isinstance(piece.literal, str):
            yield Entry(
                Opaque("**", tuple(p for p in piece.parts if not isinstance(p, str)), piece.span), piece, piece.span
            )


def json_entries(text: Text, data: bytes) -> Iterator[Entry]:
    """The scalar entries of a text that is a JSON object, nested ones too, each where it stands in ``data``."""
    first = text.parts[0] if text.parts else ""
    if not isinstance(first, str) or not first.lstrip().startswith("{"):
        return
    at = text.span[0]
    for part in text.parts:
        for found in _JSON_ENTRY.finditer(part) if isinstance(part, str) else ():
            raw = found[0].encode()
            start = data.find(raw, at, text.span[1])
            span = (start, start + len(raw)) if start >= 0 else text.span
            at = span[1] if start >= 0 else at
            value = Const(_JSON_WORDS[found[4]], span) if found[4] else Text((found[2] or "",), span)
            if found[3]:
                value = Const(float(found[3]) if "." in found[3] else int(found[3]), span)
            yield Entry(Text((found[1],), span), value, span)


_JSON_ENTRY = re.compile(
    r'"([\w.-]{1,60})"\s{0,20}:\s{0,20}(?:"([^"\\]{0,400})"|(-?\d{1,15}(?:\.\d{1,9})?)|(null|true|false)\b)'
)
_JSON_WORDS = {"null": None, "true": True, "false": False}


def _is_one_hole(text: Text) -> bool:
    return len(text.parts) == 1 and not isinstance(text.parts[0], str)


def partition(text: Text, separator: str) -> tuple[Text, bool, Text]:
    """Text before and after the first ``separator`` in its known parts, and whether there is one."""
    for index, part in enumerate(text.parts):
        if isinstance(part, str) and separator in part:
            before, _, after = part.partition(separator)
            return (
                join((*text.parts[:index], before), text.span),
                True,
                join((after, *text.parts[index + 1 :]), text.span),
            )
    return text, False, Text((), text.span)


def split_text(text: Text, separator: str) -> Iterator[Text]:
    """The pieces of a text between separators in its known parts."""
    rest, found = text, True
    while found:
        piece, found, rest = partition(rest, separator)
        yield piece


def pick(call: Call, selectors: Iterable[str]) -> Value | None:
    """The first argument that one of the selectors names: ``0``, ``timeout``, ``1.headers``, ``self``, or ``named``.

    ``named`` is a map of all named arguments: where headers or parameters are given one by one.
    """
    for selector in selectors:
        head, _, key = selector.partition(".")
        value: Value | None
        if head == "self":
            value = call.receiver
        elif head == "named" and call.named:
            entries = (Entry(Text((name,), item.span), item, item.span) for name, item in call.named)
            value = Map(tuple(entries), call.open, call.span)
        elif head.isdecimal():
            value = call.args[int(head)] if int(head) < len(call.args) else None
        else:
            value = next((item for name, item in call.named if name == head), None)
        if key and isinstance(value, Map):
            value = next((entry.value for entry in value.entries if key_of(entry) == key), None)
        elif key:
            value = None
        if value is not None:
            return value
    return None


def has_scheme(text: Text) -> bool:
    """Whether a text begins with known text that names a scheme."""
    return bool(text.parts) and isinstance(text.parts[0], str) and "://" in text.parts[0]


def is_nothing(value: Value) -> bool:
    """Whether a value is null or empty text: a name that is given a real value later."""
    return (isinstance(value, Const) and value.value is None) or (isinstance(value, Text) and not value.parts)


def fill(
    template: Text, holes: re.Pattern[str], arguments: tuple[Value, ...], named: dict[str, Value]
) -> Iterator[str | Value]:
    """The parts of a template with its placeholders replaced by arguments, in order or by name."""
    position = 0
    for part in template.parts:
        if not isinstance(part, str):
            yield part
            continue
        at = 0
        for match in holes.finditer(part):
            yield part[at : match.start()]
            at = match.end()
            if match[0] in ("%%", "{{", "}}"):
                yield match[0][0]
                continue
            name = match[1] or ""
            if name in named:
                yield named[name]
                continue
            index = int(name) if name.isdecimal() else position
            position += 1
            yield arguments[index] if index < len(arguments) else Opaque("hole", (), template.span)
        yield part[at:]


_LINK = re.compile(
    r"(?i)(?:(?:href|action|location(?:\.href)?)\s{0,3}=|(?:location\.(?:replace|assign)|window\.open)\()\s{0,3}[\"']$"
)
_LONGEST_ATTRIBUTE = 40
_LINK_END = re.compile(r"[\"'\s<>]")


def links(text: Text) -> Iterator[Text]:
    """The addresses of links and forms in the source of a page, holes and all."""
    parts: list[str | Value] = []
    open_link, before = False, ""
    for part in text.parts:
        if not isinstance(part, str):
            parts += [part] if open_link else []
            continue
        at = 0
        for end in _LINK_END.finditer(part):
            if open_link:
                yield join((*parts, part[at : end.start()]), text.span)
            before = (before + part[at : end.end()])[-_LONGEST_ATTRIBUTE:]
            parts, open_link, at = [], _LINK.search(before) is not None, end.end()
        before = (before + part[at:])[-_LONGEST_ATTRIBUTE:]
        parts += [part[at:]] if open_link else []
