"""How long something is, in seconds, whichever way a language or library writes it: ``15m``, ``P30D``, ``30.days``."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.facts import Call, Const, Member, Opaque, Text, Value, dotted
from authlint.names import last

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
YEAR = 365 * DAY
_DEPTH = 8
_LARGEST_POWER = 64

_UNITS = {"ms": 0.001, "s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY, "mo": 30 * DAY, "y": YEAR}
_WORDS = {
    "s": "s sec secs second seconds", "ms": "ms msec msecs millisecond milliseconds", "m": "m min mins minute minutes",
    "h": "h hr hrs hour hours", "d": "d day days", "w": "w week weeks fortnight", "mo": "mo month months",
    "y": "y yr yrs year years",
}  # fmt: skip
_BY_WORD = {word: _UNITS[unit] for unit, words in _WORDS.items() for word in words.split()}

_TEXT = re.compile(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s?([A-Za-z]{1,12})?\s*(?:from now)?\s*")
_ISO = re.compile(
    r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?"
)
_ISO_UNITS = (YEAR, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE, 1.0)
_METHOD = re.compile(
    r"(\d{1,9})\.(second|minute|hour|day|week|fortnight|month|year)s?"
    r"(?:\.(?:to_i|to_f|in_seconds|from_now|since|value)(?:\(\))?)*(?:\(\))?"
)


def seconds(unit: Unit, value: Value | None, number: float = 1.0, bare: float | None = None) -> float | None:
    """The length of a duration. ``number`` is what a number counts in seconds, ``bare`` the same for text of digits."""
    return _seconds(unit, value, number, number if bare is None else bare, _DEPTH) if value is not None else None


def _seconds(unit: Unit, value: Value, number: float, bare: float, depth: int) -> float | None:
    folded = unit.folder.fold(value) if depth else None
    match folded:
        case Const(value=int() | float() as count) if not isinstance(count, bool):
            return count * number
        case Text():
            return of_text(folded.literal or "", bare)
        case Call():
            return _call(unit, folded, depth)
        case Opaque(op="+" | "-" | "*" | "**" | "/" as operator, operands=operands) if len(operands) > 1:
            return _arithmetic(unit, operator, operands, number, bare, depth)
        case _:
            return _method(_name(folded)) if folded is not None else None


def of_text(text: str, bare: float = 1.0) -> float | None:
    """The length that a text says: ``15m``, ``2 days``, ``P30D``, digits alone times ``bare``; ``None`` for others."""
    found = _TEXT.fullmatch(text)
    if found:
        count, word = float(found[1]), (found[2] or "").lower()
        scale = bare if not word else _BY_WORD.get(word)
        return None if scale is None else count * scale
    iso = _ISO.fullmatch(text)
    if iso and any(iso.groups()):
        return sum(float(part) * scale for part, scale in zip(iso.groups(), _ISO_UNITS, strict=True) if part)
    return None


def _name(value: Value) -> str:
    """The dotted name of a value, with the number it is a method of: ``30.days``."""
    if isinstance(value, Call) and value.receiver is not None:
        return f"{_name(value.receiver)}.{last(value.callee)}()"
    if isinstance(value, Member):
        base = value.base.value if isinstance(value.base, Const) else _name(value.base)
        return f"{base}.{value.path}"
    return dotted(value)


def _method(name: str) -> float | None:
    found = _METHOD.fullmatch(name)
    return int(found[1]) * _BY_WORD[found[2]] if found and found[2] in _BY_WORD else None


def _call(unit: Unit, call: Call, depth: int) -> float | None:
    """``timedelta(days=7)`` and its like, by the library row that names the parts."""
    row = unit.meanings.calls.get(unit.names.callee(call))
    if row is None or row.means != "duration":
        return _method(_name(call))
    total, known = 0.0, not call.open
    for part, selectors in row.arguments.items():
        for selector in selectors:
            given = _argument(call, selector)
            if given is not None:
                length = _seconds(unit, given, _BY_WORD.get(part, 1.0), 1.0, depth - 1)
                known = known and length is not None
                total += length or 0.0
    return total if known else None


def _argument(call: Call, selector: str) -> Value | None:
    if selector.isdecimal():
        return call.args[int(selector)] if int(selector) < len(call.args) else None
    return next((value for name, value in call.named if name == selector), None)


def _arithmetic(
    unit: Unit, operator: str, operands: tuple[Value, ...], number: float, bare: float, depth: int
) -> float | None:
    """Sums are of lengths; in a product one factor may be a length, the others are counts."""
    if operator in ("+", "-"):
        parts = [_seconds(unit, part, number, bare, depth - 1) for part in operands]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return sum(known) if operator == "+" else known[0] - sum(known[1:])
    lengths = [_seconds(unit, part, 1.0, 1.0, depth - 1) for part in operands]
    if None in lengths:
        return None
    factors = [length or 0.0 for length in lengths]
    has_unit = any(not isinstance(unit.folder.fold(part), Const | Opaque) for part in operands)
    scale = 1.0 if has_unit else number
    if operator == "*":
        result = scale
        for factor in factors:
            result *= factor
        return result
    if operator == "/":
        return scale * factors[0] / factors[1] if factors[1] else None
    return scale * factors[0] ** factors[1] if abs(factors[1]) <= _LARGEST_POWER and factors[0] <= YEAR else None


def in_words(length: float) -> str:
    """A length for a message: ``30 days``, ``2 hours``, ``1.5 years``; the largest unit in which it is readable."""
    for name, size in (("year", YEAR), ("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", 1.0)):
        count = length / size
        if count >= 1 and (count == int(count) or name in ("year", "second") or count >= 10):  # noqa: PLR2004 - enough
            shown = f"{count:.1f}".removesuffix(".0")
            return f"{shown} {name}{'' if shown == '1' else 's'}"
    return f"{length:g} seconds"
