"""A length of time is written anew, in the way that it is written: ``365d``, ``P1Y``, ``30 * 24 * 60 * 60``."""

from __future__ import annotations

import re

from authlint.concepts.tokens.durations import DAY, HOUR, MINUTE
from authlint.concepts.unit import Unit
from authlint.edits import Edit
from authlint.facts import Call, Const, Opaque, Text, Value

_SIZES = {"day": DAY, "hour": HOUR, "minute": MINUTE, "second": 1.0}
_LETTERS = {"s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY}
_TEXT = re.compile(r"(?P<count>\d{1,12})(?P<space> ?)(?P<word>[A-Za-z]{0,12})")
_ISO = re.compile(r"P(?=[\dT])(?:\d{1,9}[YMWD])*(?:T(?:\d{1,9}[HMS])+)?")
_PRODUCT = re.compile(r"\d[\d_]*(?P<times>\s?\*\s?)\d[\d_]*(?:\s?\*\s?\d[\d_]*){0,8}")
_METHOD = re.compile(r"\d{1,9}\.(?:second|minute|hour|day|week|fortnight|month|year)s?(?P<rest>(?:\.\w{1,20}){0,3})")


def rewritten(unit: Unit, value: Value, length: float, number: float = 1.0, bare: float | None = None) -> Edit | None:
    """The edit that makes ``length`` seconds of a length; ``None`` where its notation has no way to say that.

    ``number`` is what a number counts in seconds, ``bare`` the same for text of digits.
    """
    written = unit.source.slice(value.span)
    new: str | None = None
    if isinstance(value, Text) and value.literal is not None:
        quote = written[:1] if written[:1] in ("'", '"', "`") and written[-1:] == written[:1] else ""
        inner = written[len(quote) : len(written) - len(quote)]
        text = _as_text(inner, length, number if bare is None else bare) if inner == value.literal else None
        new = None if text is None else f"{quote}{text}{quote}"
    elif isinstance(value, Const):
        new = _count(length, number) if written.isdecimal() else None
    elif isinstance(value, Opaque):
        product = _PRODUCT.fullmatch(written)
        new = _as_product(length, number, product["times"]) if product else None
    elif isinstance(value, Call) and _takes_hours(unit, value):
        end = value.span[1]
        is_plain = unit.source.data[value.name_span[1] : value.name_span[1] + 1] == b"(" and written.endswith(")")
        return Edit((value.name_span[1], end), f"({parts(length)})") if is_plain else None
    method = _METHOD.fullmatch(written) if new is None else None
    if method:
        new = in_method(length) + method["rest"]
    return None if new is None or new == written else Edit(value.span, new)


def _takes_hours(unit: Unit, call: Call) -> bool:
    """Whether a call makes a length of named parts."""
    row = unit.meanings.calls.get(unit.names.callee(call))
    return row is not None and row.means == "duration" and "hours" in row.arguments.get("hours", ())


def parts(length: float) -> str:
    """A length as an argument of a ``timedelta``: ``hours=1``."""
    count, name = _largest(length)
    return f"{name}s={count}"


def in_method(length: float) -> str:
    """A length as a method of a number: ``15.minutes``."""
    count, name = _largest(length)
    return f"{count}.{name}" + ("s" if count != 1 else "")


def in_letters(length: float) -> str:
    """A length as a number and a letter: ``90d``."""
    count, name = _largest(length)
    return f"{count}{name[0]}"


def in_seconds(length: float) -> str:
    """A length as people write a number of seconds: ``15 * 60``."""
    return _as_product(length, 1.0, " * ") or ""


def _largest(length: float) -> tuple[int, str]:
    return next((int(length // size), name) for name, size in _SIZES.items() if length >= size and not length % size)


def _as_text(text: str, length: float, bare: float) -> str | None:
    found = _TEXT.fullmatch(text)
    if found is None:
        if not _ISO.fullmatch(text):
            return None
        letters = in_letters(length).upper()
        return f"P{letters}" if letters.endswith("D") else f"PT{letters}"
    word = found["word"]
    if not word:
        return _count(length, bare)
    if len(word) > 1:
        count, name = _largest(length)
        return f"{count}{found['space']}{name}" + ("s" if count != 1 else "") if word.islower() else None
    kept = _LETTERS.get(word.lower())
    if kept and length >= kept and not length % kept:  # 8760h: what reads it need not know of days
        return f"{int(length // kept)}{found['space']}{word}"
    new = in_letters(length)
    return f"{new[:-1]}{found['space']}{new[-1].upper() if word.isupper() else new[-1]}"


def _count(length: float, scale: float) -> str | None:
    """A length as a number, if it is a whole one."""
    count = round(length / scale, 6) if scale else 0.0
    return str(int(count)) if count >= 1 and count == int(count) else None


def _as_product(length: float, number: float, times: str) -> str | None:
    """``30 * 24 * 60 * 60``: as people write seconds."""
    if number not in (1.0, 0.001):
        return None
    count, name = _largest(length)
    rest = {"day": ["24", "60", "60"], "hour": ["60", "60"], "minute": ["60"], "second": []}[name]
    factors = [*([str(count)] if count > 1 or not rest else []), *rest, *([] if number == 1.0 else ["1000"])]
    return times.join(factors)
