"""What the PowerShell parser is given to read where its grammar falls short: other bytes, each in its place.

Only the parser sees them; every text is taken from the source itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ATTRIBUTE = re.compile(rb"(?m)^[ \t]*\[[\w.]{1,200}\([^()\[\]\r\n]{0,400}\)\][ \t]*(?=\r?$)")
_NULL_OPERATOR = re.compile(rb"(?<=[\s)\]}\"'])\?\?(?:(=)| )")
_PATH = re.compile(rb"(?<=[ \t])\$(?=[A-Za-z_][\w:]{0,100}(?:\\|/[A-Za-z]))")
_LIST = re.compile(rb"(?<![\w$.:}-])([A-Za-z][\w-]{0,200})(,[ \t]{0,20})(?=[A-Za-z])")
_OPTION = re.compile(rb"(?<=[ \t])(--[\w-]{1,100})=(?=[^\s=])")

_REWRITES: tuple[tuple[bytes, re.Pattern[bytes], Callable[[re.Match[bytes]], bytes]], ...] = (
    (b")]", _ATTRIBUTE, lambda match: b" " * len(match[0])),  # an attribute on its own line, wherever it stands
    (b"??", _NULL_OPERATOR, lambda match: b"  =" if match[1] else b"-or"),
    (b"$", _PATH, lambda match: b"_"),  # $PSScriptRoot\lib is one word
    (b",", _LIST, lambda match: match[1] + b"_" * len(match[2])),  # so is Name, Id
    (b"--", _OPTION, lambda match: match[1] + b":"),  # --name=value, as other programs want it
)


def readable(data: bytes) -> bytes:
    """The source as the parser reads it, byte for byte."""
    for sign, pattern, rewrite in _REWRITES:
        if sign in data:
            data = pattern.sub(rewrite, data)
    return data
