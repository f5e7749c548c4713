"""The hash of a line by which GitHub code scanning tells an alert again: of it and what follows, without white space.

GitHub's own upload action computes the same from the checkout; reports that are sent by other means need it in them.
"""

from __future__ import annotations

from collections import Counter

_BASE = 37
_WINDOW = 100
_MODULUS = 1 << 64
_END = 0xFFFF
_LINE_FEED = "\n"


def line_hashes(text: str) -> list[str]:
    """The hash of each line of a file: 100 units of UTF-16 from its beginning on, and how many lines had the same.

    Spaces and tabs do not count; a line ends at LF, CRLF or CR, and each of these is a line feed. The end of the file
    is a unit of its own, and the line it stands on is the last one.
    """
    plain = text.replace("\r\n", _LINE_FEED).replace("\r", _LINE_FEED).replace(" ", "").replace("\t", "")
    encoded = plain.encode("utf-16-le", "surrogatepass")
    units = [low | high << 8 for low, high in zip(encoded[::2], encoded[1::2], strict=True)] + [_END]
    rolling = [0]
    for unit in units:
        rolling.append((rolling[-1] * _BASE + unit) % _MODULUS)
    seen: Counter[str] = Counter()
    hashes = []
    for start in _line_starts(units):
        end = min(start + _WINDOW, len(units))
        missing = _WINDOW - (end - start)
        value = rolling[end] - rolling[start] * pow(_BASE, end - start, _MODULUS)
        digest = f"{value * pow(_BASE, missing, _MODULUS) % _MODULUS:x}"
        seen[digest] += 1
        hashes.append(f"{digest}:{seen[digest]}")
    return hashes


def _line_starts(units: list[int]) -> list[int]:
    feed = ord(_LINE_FEED)
    return [0, *(at + 1 for at, unit in enumerate(units) if unit == feed)]
