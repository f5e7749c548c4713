"""What JavaScript's string escapes and numbers mean."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,8})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})|(\r\n|[\s\S]))")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SIMPLE = {
    "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\n": "", "\r": "", "\r\n": "", "\u2028": "", "\u2029": "",
}  # fmt: skip
_MAX_CODE = 0x10FFFF
_MAX_DIGITS = 400  # more than any double has


def unescape(text: str) -> str:
    """The text that the inside of a literal stands for."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(_replace, text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _replace(match: re.Match[str]) -> str:
    code, short, byte, octal, simple = match.groups()
    if simple is not None:
        return _SIMPLE.get(simple, simple)
    number = int(octal, 8) if octal else int(code or short or byte, 16)
    return chr(number) if number <= _MAX_CODE else "\ufffd"


def number(text: str) -> int | float | None:
    """The value of a number literal; ``None`` if it has none that can be known."""
    text = text.replace("_", "").lower()
    if len(text) > _MAX_DIGITS:
        return None
    digits = text.removesuffix("n")
    for base, prefix in ((16, "0x"), (2, "0b"), (8, "0o")):
        if digits.startswith(prefix):
            return _integer(digits[len(prefix) :], base)
    if digits.isdigit():
        octal = digits[0] == "0" and not set(digits) & {"8", "9"}
        return _integer(digits, 8 if octal else 10)
    try:
        return float(text)
    except ValueError:
        return None


def _integer(digits: str, base: int) -> int | None:
    try:
        return int(digits, base)
    except ValueError:
        return None
