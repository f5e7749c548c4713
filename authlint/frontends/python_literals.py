"""Python's literals as values: string escapes and prefixes, numbers of Python 2 and 3."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = re.compile(
    r"\\(?:(?P<end>\n|\r)"
    r"|x(?P<byte>[0-9a-fA-F]{2})|(?P<octal>[0-7]{1,3})"
    r"|(?:u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|N\{(?P<name>[^{}]{1,80})\})"
    r"|(?P<plain>[\\'\"abfnrtv]))"
)
_PLAIN = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_OPENING = re.compile(rb"([A-Za-z]{0,3})('''|\"\"\"|'|\")")
_MAX_DIGITS = 400  # int() of longer decimals takes quadratic time or raises
_MAX_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def opening(raw: bytes) -> tuple[str, bytes]:
    """The prefix, in lower case, and the quotes that a string literal begins with."""
    match = _OPENING.match(raw)
    return (match[1].decode().lower(), match[2]) if match else ("", b"")


def plain_string(raw: bytes) -> str | None:
    """What a string literal without holes says; ``None`` for one that may have holes."""
    if raw[0] in b"'\"" and b"\\" not in raw and b"\r" not in raw and raw[1:2] != raw[:1]:
        return raw[1 : -1 if raw[-1] == raw[0] and len(raw) > 1 else None].decode()  # nine in ten literals
    prefix, quotes = opening(raw)
    if "f" in prefix or "t" in prefix:
        return None
    begin = len(prefix) + len(quotes)
    stop = len(raw) - len(quotes) if len(raw) >= begin + len(quotes) and raw.endswith(quotes) else len(raw)
    return unescape(raw[begin:stop].decode("utf-8", "replace"), prefix)


def unescape(text: str, prefix: str) -> str:
    """The inside of a literal with its escapes resolved, as its prefix asks for, and lines ended by LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "r" in prefix or "\\" not in text:
        return text
    return _ESCAPE.sub(_byte_escape if "b" in prefix else _escape, text)


def _escape(match: re.Match[str]) -> str:
    kind, code = match.lastgroup, match[match.lastgroup or 0]
    if kind == "plain":
        return _PLAIN[code]
    if kind == "end":
        return ""
    if kind == "name":
        try:
            return unicodedata.lookup(code)
        except KeyError:
            return match[0]
    point = int(code, 8 if kind == "octal" else 16)
    if point > _MAX_CODE_POINT or point in _SURROGATES:
        return "\N{REPLACEMENT CHARACTER}"
    return chr(point)


def _byte_escape(match: re.Match[str]) -> str:
    return match[0] if match.lastgroup in ("short", "long", "name") else _escape(match)


def number(text: str) -> int | float | None:
    """The value of a number literal; ``None`` for an imaginary or an overlong one."""
    digits = text.replace("_", "").rstrip("lL")
    if len(digits) > _MAX_DIGITS:
        return None
    try:
        return int(digits, 8 if digits.isdigit() and digits.startswith("0") and digits.strip("0") else 0)
    except ValueError:
        pass
    try:
        return float(digits)
    except ValueError:
        return None
