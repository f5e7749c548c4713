"""What a finding is told again by: its rule, its path and the code that is flagged. No line number and no secret.

Fingerprints end up in reports and baselines, which are read by people who may not read the code, and which outlive the
secret's removal from it. A hash of the code would give a weak password away: whoever has it tries a list of passwords,
and a salt that stands beside the hash only makes them do it anew. A key would not help, since everyone who may check
the code would need it. Nor would a slow hash: it must be paid for each finding of each run, and a short list is tried
all the same. So a value that may be a credential is replaced before the code is hashed:

- by a full hash if it holds a long random run, of which there is no list;
- by ``_FEW_BITS`` of its hash otherwise. However much is tried, thousands of a list's millions fit, so that no guess is
  confirmed, and the same password leaks the same few bits wherever it stands. One change of a weak password in a
  thousand goes unnoticed; that is the price.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from authlint.finding import PATH_DIGITS
from authlint.secret.placeholders import entropy
from authlint.secret.redact import credentials
from authlint.secret.speech import is_words

if TYPE_CHECKING:
    from authlint.finding import Finding
    from authlint.source import Source

CONTENT_DIGITS = 16
"""How many hexadecimal digits of a fingerprint stand for rule and code, after those for the path."""

_FEW_BITS = 10
_MANY_DIGITS = 16
_MAX_LINES = 6
_REACH = 4_000
_AROUND = 300
_MIN_ENTROPY = 3.0
_MEASURED = 512
_RUN = re.compile(r"[A-Za-z0-9+/]{20,}")
_HEX = re.compile(r"(?=[0-9]*[a-fA-F])(?=[a-fA-F]*[0-9])(?:[0-9a-f]+|[0-9A-F]+)")
_DIGITS = re.compile(r"[0-9]+")
_QUOTES = "\"'` \t"


def fingerprint(finding: Finding, source: Source, more: str = "", *, secret: bool) -> str:
    """The fingerprint of a finding, the same for each of several equal ones in a file.

    ``secret``: all that is flagged is a credential, whatever it looks like; ``more`` is what of it is not flagged.
    """
    flagged = " ".join([*" ".join(_flagged(finding, source, secret=secret)).split(), *more.split()])
    code = _tag(flagged) if secret else flagged
    return _digest(finding.path, PATH_DIGITS) + _digest(f"{finding.name}\0{code}", CONTENT_DIGITS)


def is_guessable(value: str) -> bool:
    """Whether a list of passwords, words and years could hold a value: it has no long run that is random."""
    return not any(
        entropy(run[:_MEASURED]) >= _MIN_ENTROPY and (_HEX.fullmatch(run) or not is_words(_DIGITS.sub(" ", run)))
        for run in _RUN.findall(value)
    )


def _flagged(finding: Finding, source: Source, *, secret: bool) -> Iterator[str]:
    """The flagged part of each line, the first few; with credentials replaced, unless it is one as a whole."""
    for number in range(finding.line, min(finding.end_line, finding.line + _MAX_LINES - 1) + 1):
        line = source.line(number)
        start = finding.column - 1 if number == finding.line else 0
        end = min(finding.end_column - 1 if number == finding.end_line else len(line), start + _REACH)
        yield line[start:end] if secret else _replaced(line, start, end)


def _replaced(line: str, start: int, end: int) -> str:
    """A part of a line in which tags stand for what may be credentials, known as such by the line around them."""
    cut = max(0, start - _AROUND)
    pieces: list[str] = []
    at = start
    for begin, finish in credentials(line[cut : end + _AROUND]):
        first, last = max(begin + cut, at), min(finish + cut, end)
        if first < last:
            pieces += (line[at:first], _tag(line[begin + cut : finish + cut]))
            at = last
    return "".join(pieces) + line[at:end]


def _tag(value: str) -> str:
    """What stands for a value that may be a credential."""
    value = value.strip(_QUOTES)
    if is_guessable(value):
        return f"<{int(_digest(value, 8), 16) % (1 << _FEW_BITS):x}>"
    return f"<{_digest(value, _MANY_DIGITS)}>"


def _digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
