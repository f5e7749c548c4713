"""Nothing secret and nothing that drives a terminal leaves authlint: masks for secrets, escapes for control characters.

``mask_line`` knows no rule and no provider. It hides whatever may be a credential, whoever reports it, and rather hides
too much: a frame around one finding must not show the key on the line beside it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from authlint.secret.assigned import assigned_values, is_harmless
from authlint.secret.placeholders import entropy
from authlint.secret.speech import is_words
from authlint.source import Span

_LONGEST_PREFIX = 12
_SHOWN_SHARE = 4
_MIN_HASHED = 16
_MIN_ENTROPY = 3.0
_MEASURED = 512

_PREFIX = re.compile(r"(?:(?:[a-z]{2,8}|[A-Z]{2,8})[0-9]?[_-]){1,3}")
_CONTROL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb]"
)
_BYTE = 0xFF
_KNOWN_KEY = re.compile(
    r"""(?<![A-Za-z0-9])
    (?: [A-Za-z]{2,10}_(?:live|test|prod|sandbox)_ | scim_ | rt_ | [spr]k[_-] | gh[pousr]_ | github_pat_ | glpat-
      | xox[a-z]- | npm_ | pypi- | hf_ | whsec_ | shp[a-z]{2}_ | dop_v1_ | GOCSPX- | (?:SG|hvs|ya29|dp)\. | AIza
      | A[KS]IA )
    (?P<body>[A-Za-z0-9_.-]{6,})""",
    re.VERBOSE,
)
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}")
_AFTER_SCHEME = re.compile(
    r"(?i)(?<![A-Za-z])(?:bearer|basic|token|apikey|digest)(?:[ \t]{1,8}|%20|\+)(?P<value>[^\s\"'`,;]{4,})"
)
_USER_INFO = re.compile(r"://(?:[^\s/@:\"'<>]{0,200}:(?P<value>[^\s/\"'<>]{1,400})@|(?P<user>[^\s/@:\"'<>]{8,400})@)")
_LOGIN = re.compile(
    r"(?<![\w-])(?:-[A-Za-z]{0,4}u|--user|--proxy-user|userpwd)[\"']?[\s:=,>(]{0,6}[\"']?"
    r"[^\s\"':]{1,200}:(?P<value>[^\s\"']{1,400})"
)
_SECURE = re.compile(
    r"(?i)ConvertTo-SecureString\s{1,4}(?:-(?:String|AsPlainText|Force)\s{1,4}){0,3}[\"'](?P<value>[^\"']{1,400})"
)
_RUN = re.compile(r"[A-Za-z0-9+/_.~%=-]{20,}")
_PART = re.compile(r"[^=]+=*")
_LONG = 20
_SEGMENT = re.compile(r"[^/]+")
_TRAILING = ",;)]}>"


def mask(value: str) -> str:
    """What may be shown of a secret: ``ak_live_…(32 chars, sha256:1a2b3c4d)``.

    A prefix is kept if it is made of words, at most a quarter of the value. The hash of a short value could be guessed
    from; it is left out.
    """
    if len(value) < _MIN_HASHED:
        return f"…({len(value)} chars)"
    prefix = _PREFIX.match(value[: min(_LONGEST_PREFIX, len(value) // _SHOWN_SHARE)])
    digest = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{prefix[0] if prefix else ''}…({len(value)} chars, sha256:{digest})"


def mask_line(text: str) -> str:
    """A line of code with everything masked that may be a credential."""
    pieces: list[str] = []
    at = 0
    for start, end in credentials(text):
        pieces += (text[at:start], mask(text[start:end]))
        at = end
    return "".join(pieces) + text[at:]


def credentials(text: str) -> Iterator[Span]:
    """Where in a line of code there is what may be a credential: spans of characters, in order, none in another."""
    return _merged(sorted(_credentials(text)))


def clean(text: str) -> str:
    """Text without characters that drive a terminal or hide text: ``\\x1b`` is shown as such. Tabs are kept."""
    return _CONTROL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code <= _BYTE else f"\\u{code:04x}"


def _merged(spans: list[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in spans:
        if last and span[0] < last[1]:
            last = (last[0], max(last[1], span[1]))
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _credentials(text: str) -> Iterator[Span]:
    yield from assigned_values(text)
    yield from (match.span() for match in _JWT.finditer(text))
    yield from (match.span() for match in _KNOWN_KEY.finditer(text) if not is_words(match["body"]))
    for match in _AFTER_SCHEME.finditer(text):
        start, end = match.span("value")
        end = start + len(match["value"].rstrip(_TRAILING))
        if not is_harmless(text[start:end]) and not _is_prose(text[start:end]):
            yield start, end
    for pattern in (_USER_INFO, _LOGIN, _SECURE):
        for match in pattern.finditer(text):
            group = "value" if match["value"] is not None else "user"
            if not is_harmless(match[group]) and (group == "value" or not is_words(match[group])):
                yield match.span(group)
    yield from _random_runs(text)


def _is_prose(text: str) -> bool:
    return is_words(text) and not any(map(str.isdigit, text))


def _random_runs(text: str) -> Iterator[Span]:
    """Runs that nobody could have typed as a word, a path or a number; of a path only the parts that are such.

    Some tokens have an equals sign in them: from the first part that is no word on, all of a run is hidden.
    """
    for match in _RUN.finditer(text):
        start, end = match.span()
        parts = [part.span() for part in _PART.finditer(text, start, end)]
        telling = [(first, last) for first, last in parts if last - first >= _LONG and _is_random(text[first:last])]
        paths = [(first, last) for first, last in telling if text[first] in "/.~"]
        if telling and not paths:
            begin = next(first for first, last in parts if not is_words(text[first:last]))
            yield begin, end
            continue
        yield from (span for span in telling if span not in paths)
        for first, last in paths:
            for segment in _SEGMENT.finditer(text, first, last):
                if not is_words(segment[0]):
                    yield segment.span()


def _is_random(run: str) -> bool:
    return not is_words(run) and entropy(run[:_MEASURED]) >= _MIN_ENTROPY
