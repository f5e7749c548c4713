"""PowerShell's texts, numbers and names: backticks, doubled quotes, suffixes, scope prefixes."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r'`(?:u\{(?P<point>[0-9a-fA-F]{1,6})\}|(?P<end>\r?\n)|(?P<plain>[\s\S]))|(?P<quote>"")')
_LETTERS = {
    "0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<digits>0[xX][0-9a-fA-F]+|\d*\.?\d+(?:[eE][+-]?\d+)?)(?P<type>[a-zA-Z]{0,2}?)(?P<unit>[kmgtpKMGTP][bB])?"
)
_UNITS = "kmgtp"
_MAX_DIGITS = 400
_MAX_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_SAME = frozenset(("local", "private", "using", "variable"))
_OUTER = frozenset(("script", "global"))


def unescape(text: str) -> str:
    """Text of an expandable string with its escapes resolved and lines ended by LF."""
    if "`" in text or '""' in text:
        text = _ESCAPE.sub(_escape, text)
    return text.replace("\r\n", "\n") if "\r" in text else text


def verbatim(text: str) -> str:
    """What a verbatim string says: only its own quote is doubled."""
    text = text[1:-1] if len(text) > 1 and text.endswith("'") else text[1:]
    return text.replace("''", "'").replace("\r\n", "\n")


def here(text: str) -> str:
    """What a verbatim here-string says: the lines between its quotes."""
    return text[2:].removesuffix("'@").replace("\r\n", "\n").strip(" \t").removeprefix("\n").removesuffix("\n")


def _escape(match: re.Match[str]) -> str:
    if match["quote"]:
        return '"'
    if match["end"]:
        return ""
    if match["point"]:
        point = int(match["point"], 16)
        return "\N{REPLACEMENT CHARACTER}" if point > _MAX_CODE_POINT or point in _SURROGATES else chr(point)
    return _LETTERS.get(match["plain"], match["plain"])


def number(text: str) -> int | float | None:
    """The value of ``10``, ``0x1F``, ``1.5``, ``10L``, ``4kb``; ``None`` for what is none or too long."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or len(text) > _MAX_DIGITS:
        return None
    digits = match["digits"]
    is_whole = digits[:2].lower() == "0x" or digits.isdigit()
    value: int | float = int(digits, 16 if digits[:2].lower() == "0x" else 10) if is_whole else float(digits)
    return value * 1024 ** (_UNITS.index(match["unit"][0].lower()) + 1) if match["unit"] else value


def split_name(text: str) -> tuple[str, bool]:
    """The path of a variable as it is written, and whether it says that it belongs to the script or the session.

    ``$x`` is ``x``, ``$script:x`` and ``$global:x`` are ``x`` too, ``$env:X`` is ``env.X``.
    """
    name = text.strip().lstrip("$@")
    if name.startswith("{"):
        name = name.strip("{}")
    prefix, colon, rest = name.partition(":")
    if not colon or not rest:
        return name, False
    if prefix.lower() in _SAME or prefix.lower() in _OUTER:
        return rest, prefix.lower() in _OUTER
    return f"{prefix.lower()}.{rest}", False
