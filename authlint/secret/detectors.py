"""The detectors and heuristics of detect-secrets, behind one door: the only module of authlint that calls them.

Not taken over: what a provider pack describes; what only looks for names or for randomness (authlint reads assignments
itself), addresses, JSON Web Tokens (AUT104 decodes them), and identifiers that are no secret (Twilio's). The keyword
detector backtracks for a minute on a line of 20 kB. Each of the others sees no more than a piece of a line around a
literal of its own, so that no pattern has much to go back over, and must match on that literal.
"""

from __future__ import annotations

import re
import sys
import warnings
from bisect import bisect_right
from collections.abc import Container, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from authlint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BEFORE, _AFTER = 160, 320  # bytes of a line around a literal
_STEP = 200  # literals of one detector that are nearer to each other share a piece
_MOST_PIECES, _FEW_PIECES = 10_000, 200  # of a file, for one detector; few where a pattern is quadratic
_MOST_BLANKS = b" " * 8  # some patterns are cubic in blanks
_SHORTEST_GROUP = 20
_CLIENT = "requests"
PRIVATE_KEY = "PrivateKeyDetector"


class Known(NamedTuple):
    """A detector that is used: its module and class in detect-secrets, and what announces its secrets (any case).

    A literal is part of what matches, or, with ``beside``, somewhere near it. ``pieces`` is how many
    pieces of a file are looked at.
    """

    module: str
    name: str
    literals: tuple[str, ...]
    beside: bool = False
    pieces: int = _MOST_PIECES


_IBM_COS = ("secret_access_key", "secret-access-key", "secretAccessKey")
DETECTORS = (
    Known("artifactory", "ArtifactoryDetector", ("AKCp",)),
    Known("aws", "AWSKeyDetector", ("AKIA", "ASIA", "ABIA", "ACCA", "aws_", "aws-", "awsS", "awsA", "awsK")),
    Known("cloudant", "CloudantDetector", ("cloudant",)),
    Known("discord", "DiscordBotTokenDetector", ("discord", "bot_token", "bot-token", "botToken"), True),
    Known("ibm_cloud_iam", "IbmCloudIamDetector", ("ibm_", "ibm-", "ibmCloud", "ibmApi", "ibmIam", "cloud_iam")),
    Known("ibm_cos_hmac", "IbmCosHmacDetector", _IBM_COS, pieces=_FEW_PIECES),
    Known("mailchimp", "MailchimpDetector", tuple(f"-us{digit}" for digit in range(1, 10))),
    Known("private_key", PRIVATE_KEY, ("PRIVATE KEY", "PuTTY-User-Key-File")),
    Known("softlayer", "SoftlayerDetector", ("softlayer",)),
)


class Detected(NamedTuple):
    """What a detector has found: where it is, what it is, what announced it, and what kind of secret it is."""

    span: Span
    value: str
    literal: str
    kind: str


class Plugin(NamedTuple):
    """A detector as it is used: what kind of secret it finds, and by which patterns."""

    known: Known
    kind: str
    patterns: tuple[re.Pattern[str], ...]


def is_installed() -> bool:
    """Whether detect-secrets can be used."""
    return any(plugin(known) for known in DETECTORS)


def detect(data: bytes, without: Container[str] = ()) -> Iterator[Detected]:
    """Every secret that a detector knows, detectors one after the other. Nothing if detect-secrets is missing.

    Those that ``without`` names are not asked.
    """
    lower = data.lower()
    for known in DETECTORS:
        if known.name not in without and any(literal.lower().encode() in lower for literal in known.literals):
            asked = plugin(known)
            if asked is not None:
                yield from _found(asked, data, lower)


def why_not(value: str) -> str:
    """Why the heuristics of detect-secrets hold a value for no secret: completes "it …". Empty if they do not."""
    return next((reason for reason, applies in _heuristics() if applies(value)), "")


def _found(plugin: Plugin, data: bytes, lower: bytes) -> Iterator[Detected]:
    places = sorted(place for literal in plugin.known.literals for place in _places(literal, lower))
    ends = sorted(end for _, end in places)
    seen: set[Span] = set()
    for start, end in _pieces(data, places, plugin.known.pieces):
        text = data[start:end].decode("ascii", "replace")  # a character for each byte; no secret of theirs has another
        for pattern in plugin.patterns:
            for match in pattern.finditer(text):
                after = bisect_right(ends, start + match.start())
                if not plugin.known.beside and (after == len(ends) or places[after][0] >= start + match.end()):
                    continue
                announced = data[slice(*places[min(after, len(places) - 1)])].decode("ascii", "replace")
                found = _detected(plugin.kind, match, start, announced)
                if found.span not in seen:
                    seen.add(found.span)
                    yield found


def _detected(kind: str, match: re.Match[str], offset: int, announced: str) -> Detected:
    """The secret of a match: its longest group, unless that is but a prefix."""
    group = max((match.span(number) for number in range(1, match.re.groups + 1)), key=_length, default=(0, 0))
    start, end = group if _length(group) >= _SHORTEST_GROUP else match.span()
    if announced.endswith("=") and match.string.startswith(announced, start):
        start += len(announced)
    start, end = _trimmed(match.string, start, end)
    return Detected((offset + start, offset + end), match.string[start:end], announced, kind)


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without what some patterns match around a secret: a quote, a sign of equality, a blank."""
    while start < end and text[start] in "\"'`=: \t":
        start += 1
    while start < end and text[end - 1] in "\"'` \t\r":
        end -= 1
    return start, end


def _length(span: Span) -> int:
    return span[1] - span[0]


def _places(literal: str, lower: bytes) -> Iterator[Span]:
    wanted = literal.lower().encode()
    at = lower.find(wanted)
    while at >= 0:
        yield at, at + len(wanted)
        at = lower.find(wanted, at + 1)


def _pieces(data: bytes, places: Sequence[Span], most: int) -> Iterator[Span]:
    """Pieces of lines around the places, no more than a bounded number of bytes each."""
    covered, count = -1, 0
    for at, after in places:
        if at < covered or count == most:
            continue
        count += 1
        covered = at + _STEP
        start = max(data.rfind(b"\n", max(0, at - _BEFORE), at) + 1, at - _BEFORE, 0)
        newline = data.find(b"\n", after, after + _AFTER)
        end = newline if newline >= 0 else min(after + _AFTER, len(data))
        if newline >= 0:
            covered = min(covered, newline)
        before, blanks = data.rfind(_MOST_BLANKS, start, at), data.find(_MOST_BLANKS, at, end)
        yield start if before < 0 else before + len(_MOST_BLANKS), end if blanks < 0 else blanks


class _Deferred(ModuleType):
    """Stands for a module that is imported when something in it is first used."""

    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def _without_client() -> Iterator[None]:
    """Import detect-secrets without the HTTP client with which it asks services about secrets, as authlint never does.

    That takes four fifths of the time of the import. A ``LazyLoader`` does not help: to import it again loads it.
    """
    client = sys.modules.setdefault(_CLIENT, _Deferred(_CLIENT))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about versions, from what is imported along
            yield
    finally:
        if isinstance(client, _Deferred) and sys.modules.get(_CLIENT) is client:
            del sys.modules[_CLIENT]


@cache
def plugin(known: Known) -> Plugin | None:
    """A detector, made once a process; ``None`` if it is not there: no detect-secrets, or one that has another set."""
    try:
        with _without_client():
            made = getattr(import_module(f"detect_secrets.plugins.{known.module}"), known.name)()
    except (ImportError, AttributeError):
        return None
    return Plugin(known, str(made.secret_type), tuple(made.denylist))


@lru_cache(maxsize=1)
def _heuristics() -> tuple[tuple[str, Callable[[str], bool]], ...]:
    if not is_installed():
        return ()
    heuristic = import_module("detect_secrets.filters.heuristic")
    return (
        ("is a sequence of letters or digits", heuristic.is_sequential_string),
        ("is the name of a template's hole", heuristic.is_templated_secret),
        ("has no letter in it", heuristic.is_not_alphanumeric_string),
        ("refers to a variable", heuristic.is_prefixed_with_dollar_sign),
    )
