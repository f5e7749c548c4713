"""Is a value a real secret, an example, or a placeholder? One policy, which gives its reason.

A *placeholder* cannot be a credential: it refers to one, leaves it out, or says that one belongs here. An *example* has
the shape of a credential but was made up for a page of documentation. Whatever is neither is *real*. The tests measure
how many random keys fall out of ``REAL``: a policy that looks for words inside keys soon hides some of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from authlint.names import last
from authlint.secret.speech import can_be_said

_MAX_LENGTH = 4096
_MIN_BODY = 4
_DIGEST = 16
_REPEATED = 2
_LONG_BODY = 16
_LONG_WORDS = 32
_MIN_ENTROPY = 3.0
_MADE_UP_SHARE = 0.6
_PRINTABLE_SHARE = 0.8
_RISING_SHARE = 0.8
_MEAN_LETTERS = 4
_MEAN_CAMEL_LETTERS = 3
_MAX_RUN_TOGETHER = 40
_SHORT_WORD = 4


class Verdict(Enum):
    """What a value is."""

    REAL = "real"
    EXAMPLE = "example"
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and why: ``reason`` completes the sentence "it …"."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    whole: str  # without quotes and scheme
    value: str  # … and no longer than what is looked at
    body: str  # … and without the prefix
    prefix: str
    min_body: int
    name: str
    doc_examples: Collection[str]


def judge(
    value: str, *, prefix: str = "", min_body: int = 16, name: str = "", doc_examples: Collection[str] = ()
) -> Judgement:
    """Judge a value, with or without quotes and scheme (``Bearer …``).

    ``prefix`` is the known prefix of a provider's keys, ``min_body`` the least length after it, ``name`` the name that
    the value is given. ``doc_examples`` are values from the provider's documentation, or ``sha256:`` and the first 16
    hexadecimal digits of theirs.
    """
    whole = _SCHEME.sub("", value.strip().strip("'\""), count=1).strip()
    shown = whole[:_MAX_LENGTH]
    prefix = prefix if prefix and shown.startswith(prefix) else ""
    candidate = _Candidate(whole, shown, shown[len(prefix) :], prefix, min_body, last(name), doc_examples)
    for verdict, tests in _POLICY:
        for test in tests:
            reason = test(candidate)
            if reason:
                return Judgement(verdict, reason)
    return Judgement(Verdict.REAL, "looks like a real one")


def digest(value: str) -> str:
    """The first 16 hexadecimal digits of a value's SHA-256, as ``doc_examples`` hold them after ``sha256:``."""
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:_DIGEST]


# --- placeholders ---------------------------------------------------------------------------------------------------

_SCHEME = re.compile(r"(?i)\A(?:bearer|basic|token)\s+")
_REFERENCE = re.compile(
    r"""
      \$\{ | \$\([^()]{1,200}\) | \#\{ | \{\{ | <% | \{%                            # templates
    | (?:\A|[\s:=/"'(,&-]) \$ (?:env:)? (?:[A-Z]?[a-z_]{3}|[A-Z_]{3})              # $NAME, but not pa$$word
    | \{\w{0,64}\} | %\(\w{1,64}\)s | (?<!\w)%[sdr](?!\w)                          # formats
    | %[A-Z_]{2,64}% | @[A-Z_]{2,64}@ | __[A-Z]{1,64}(?:_[A-Z]{1,64}){0,8}__       # marks to be replaced
    | <[^<>]{1,200}> | `[^`]{1,200}` | \A\[.*\]\Z
    | \A(?:ENC\[|__encrypt|encrypted:|vault:|op://|ref\+|ssm:|arn:|env:|secretsmanager:|keyring:)
    | \A(?:process\.env|os\.environ|os\.getenv|import\.meta\.env|ENV\[|secrets\.[A-Z])
    """,
    re.VERBOSE | re.DOTALL,
)
_CUT_SHORT = re.compile(r"\.\.\.|\N{HORIZONTAL ELLIPSIS}")
_MASKED = re.compile(r"\*\*\*|\N{BULLET}")
_CROSSED_OUT = re.compile(r"#{4}|[xX]{8}")
_VARIABLE = re.compile(r"[A-Z]{2,}\d{0,2}(?:_(?:[A-Z]{2,}\d{0,2}|\d{1,2}))+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TELLING = _set(
    "your my insert replace change changeme example placeholder dummy fake sample todo fixme here redacted removed"
    " hidden none null undefined"
)
_WHOLE = _set("secret token key password apikey api_key passwd")
_VOCABULARY = _set(
    "access_token refresh_token id_token bearer basic client_credentials authorization_code password refresh"
)
_COMMON = _TELLING | _set(
    "a an the this is of for in it so to not me and with very super top test testing demo admin root user app api key"
    " keys secret secrets token tokens client access refresh auth oauth jwt bearer password pass pwd passwd private"
    " public id service account some any random string value enter put goes set get use add own long strong secure sign"
    " signing session cookie keyboard cat production prod dev development local staging default master db database live"
    " hash salt"
)
_LONGEST_COMMON = max(map(len, _COMMON))


def _is_too_short(candidate: _Candidate) -> str:
    if not candidate.value:
        return "is empty"
    if not candidate.body:
        return "is the prefix of a key and nothing more"
    return "is too short to be a key" if len(candidate.body) < _MIN_BODY else ""


def _is_reference(candidate: _Candidate) -> str:
    return "refers to a value that is kept elsewhere" if _REFERENCE.search(candidate.value) else ""


def _is_incomplete(candidate: _Candidate) -> str:
    if _CUT_SHORT.search(candidate.value):
        return "is cut short"
    if _MASKED.search(candidate.value):
        return "is masked"
    cut = candidate.value[-1] in "_-" and len(candidate.body) < _LONG_BODY
    return "is cut short" if cut else ""


def _repeats(candidate: _Candidate) -> str:
    different = len(set(candidate.body.lower()) - {"-", "_"})
    if different > _REPEATED:
        return ""
    return "repeats one character" if different <= 1 else "repeats two characters"


def _is_crossed_out(candidate: _Candidate) -> str:
    return "is crossed out" if _CROSSED_OUT.search(candidate.value) else ""


def _has_telling_word(candidate: _Candidate) -> str:
    parts = [part for part in _SEPARATORS.split(candidate.value) if part]
    plain = sum(len(part) for part in parts if part.isalpha()) * 2 >= sum(map(len, parts))
    words = [part.lower().rstrip("0123456789") for part in parts]  # changeme123
    if not any(map(str.isdigit, candidate.value)) and _mean_letters(candidate.value) >= _MEAN_CAMEL_LETTERS:
        words += _words(candidate.value)  # a random key with digits may well hold a "My"
    for word in words:
        if word in _TELLING and (plain or len(word) > _SHORT_WORD):  # … or a "-my-"
            return f"contains the word '{word}'"
    _, telling = _run_together(candidate.body)
    return f"contains the word '{telling}'" if telling else ""


def _is_a_name(candidate: _Candidate) -> str:
    value, name = candidate.value.lower(), candidate.name.lower()
    if value in _WHOLE:
        return f"is the word '{value}'"
    if name and (value == name or _words(candidate.value) == _words(candidate.name)):
        return "repeats its own name"
    if value in _VOCABULARY or value.startswith("urn:ietf:"):
        return "is a term of OAuth"
    return "is the name of a variable" if _VARIABLE.fullmatch(candidate.value) else ""


# --- examples -------------------------------------------------------------------------------------------------------

# Samples printed in RFC 6749, 6750, 7519, 7636 and 8628 and in widely copied documentation, as digests: a scanner
# that meets the values themselves here would report them.
_PUBLIC_SAMPLES = _set(
    """
    6c96130f130ab0d6 00cf4c781dc37003 a35b81a7d7927b70 b8e148545b13c78b ca7459e2b26776de e9974c507d2a8021
    53f5da0aaa93d64c 13d31e961a1ad8ec 0d299b1eb548708d cfee8a24c17aef53 2cafc0970149a84f f2d6ca16515033e5
    70315961d7e8721f 0362e1360a11ce84 8be5d113c0871ce1
    0011cc25eb432071 8d4ef6536dc8895f 1a5d44a2dca19669 78314b11be2e5815
    """
)
_SAMPLE_SUBJECTS, _SAMPLE_PEOPLE = ("1234567890", 1234567890, "foo"), ("John Doe", "Jane Doe")
_NO_SIGNATURE = re.compile(r"(?i)signature|not-a-|invalid|dummy")
_CHUNKS = _set(
    "abcdefghij abcdefg abcdef abcde abcd abc xyz 1234567890 123456789 12345678 1234567 123456 12345 1234 123 321 456"
    " 789 012 qwertyuiop qwerty qwe asdfghjkl asdf zxcvbnm foo bar baz test demo live key dead beef cafe secret token"
    " password client access refresh example sample dummy change placeholder"
)
_CHUNK = re.compile("|".join(sorted(_CHUNKS, key=len, reverse=True)))
_RUN = re.compile(rb"\x01{3,}|\x00{3,}|\xff{3,}")  # of steps: abcd, aaaa, dcba
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_TYPED_END = re.compile(r"(?i)(?:abc|xyz|123|456|789){3}\Z")
_TAIL = re.compile(r"[0-9!@#$]{1,4}\Z")
_TECHNICAL = re.compile(  # what has a digit in it and is read as a word: e2e_unrestricted, V1SecretProjection
    r"(?i)(?<![a-z0-9])(?:e2e|v[1-9]|s3|ec2|k8s|oauth2?|i18n|m2m|p2p)[-_.](?=[a-z]{4})|\AV[1-9](?=(?-i:[A-Z][a-z]{2}))"
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _is_published(candidate: _Candidate) -> str:
    if candidate.whole in candidate.doc_examples or f"sha256:{digest(candidate.whole)}" in candidate.doc_examples:
        return "is an example of the provider's documentation"
    if digest(candidate.whole) in _PUBLIC_SAMPLES:
        return "is a well-known sample"
    if candidate.value.endswith(("EXAMPLE", "EXAMPLEKEY")):
        return "ends in EXAMPLE"
    if "example" in candidate.body.lower():  # seven letters that chance does not put into a key
        return "says EXAMPLE"
    return ""


def _is_made_up_token(candidate: _Candidate) -> str:
    """A JSON Web Token of somebody who does not exist, or with words where its signature belongs."""
    if not candidate.value.startswith("eyJ"):
        return ""
    if _NO_SIGNATURE.search(candidate.value.rpartition(".")[2]):
        return "has words for a signature"
    subject, name = _claims(candidate.value) or (None, None)
    sample = subject in _SAMPLE_SUBJECTS or name in _SAMPLE_PEOPLE
    return "is the token of nobody" if sample else ""


def _is_short_for_its_prefix(candidate: _Candidate) -> str:
    short = candidate.prefix and len(candidate.body) < candidate.min_body
    return "is shorter than a key of this kind" if short else ""


def _is_typed_by_hand(candidate: _Candidate) -> str:
    typed = _made_up_share(candidate.body) >= _MADE_UP_SHARE or _TYPED_END.search(candidate.body)
    return "is made of sequences such as 'abc123'" if typed else ""


def _is_monotonous(candidate: _Candidate) -> str:
    body = candidate.body
    monotonous = len(body) >= _LONG_BODY and entropy(body) < _MIN_ENTROPY
    return "repeats few characters" if monotonous else ""


def _is_encoded_prose(candidate: _Candidate) -> str:
    body = candidate.body.rstrip("=")
    try:
        text = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    prose = " " in text and sum(map(str.isprintable, text)) >= _PRINTABLE_SHARE * len(text)
    return "is Base64 of readable text" if prose else ""


def _is_words(candidate: _Candidate) -> str:
    body = _TECHNICAL.sub("", candidate.body)
    if _run_together(_TAIL.sub("", body))[0]:
        return "is made of common words"
    if any(map(str.isdigit, body)) or _mean_letters(body) < _MEAN_LETTERS or not all(map(can_be_said, _words(body))):
        return ""
    parts = [part for part in _SEPARATORS.split(body) if part]
    plain = all(part.islower() or part.isupper() or part.istitle() for part in parts)
    return "is made of words" if len(body) < _LONG_WORDS or (plain and len(parts) >= _SHORT_WORD) else ""


_POLICY: tuple[tuple[Verdict, tuple[Callable[[_Candidate], str], ...]], ...] = (
    (
        Verdict.PLACEHOLDER,
        (_is_too_short, _is_reference, _is_incomplete, _repeats, _is_crossed_out, _has_telling_word, _is_a_name),
    ),
    (
        Verdict.EXAMPLE,
        (
            _is_published,
            _is_made_up_token,
            _is_short_for_its_prefix,
            _is_typed_by_hand,
            _is_monotonous,
            _is_encoded_prose,
            _is_words,
        ),
    ),
)


# --- measures -------------------------------------------------------------------------------------------------------


def entropy(text: str) -> float:
    """Shannon entropy of a text, in bits per character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def _mean_letters(value: str) -> float:
    words = [word for word in _words(value) if word.isalpha()]
    return sum(map(len, words)) / len(words) if words else 0.0


def _words(value: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(value)]


def _run_together(text: str) -> tuple[bool, str]:
    """Whether letters are common words without separators (``yourapikey``), and a telling word among them."""
    low = "".join(_SEPARATORS.split(text)).lower()
    if not low.isalpha() or len(low) > _MAX_RUN_TOGETHER:
        return False, ""
    reached: dict[int, str] = {0: ""}
    for start in range(len(low)):
        if start not in reached:
            continue
        for end in range(start + 1, min(start + _LONGEST_COMMON, len(low)) + 1):
            word = low[start:end]
            if word in _COMMON:
                telling = reached[start] or (word if word in _TELLING else "")
                reached[end] = reached.get(end) or telling
    return len(low) in reached, reached.get(len(low), "")


def _made_up_share(body: str) -> float:
    """Which part of a body are keyboard rows, alphabets, counting and other things that hands type."""
    low = "".join(_SEPARATORS.split(body)).lower()
    if not low:
        return 0.0
    if _rises(low[::2]) or _rises(low[1::2]):  # a1b2c3d4
        return 1.0
    typed = bytearray(len(low))
    spans = [match.span() for match in _CHUNK.finditer(low)]
    spans += [(match.start(), match.end() + 1) for match in _RUN.finditer(_steps(low))]
    for start, end in spans:
        typed[start:end] = b"\1" * (end - start)
    return sum(typed) / len(low)


def _steps(text: str) -> bytes:
    """From each character to the next: 1 where ``a`` is followed by ``b``, 255 where ``b`` is by ``a``."""
    return bytes((after - before) & 0xFF for before, after in pairwise(text.encode()))


def _rises(text: str) -> bool:
    return len(text) >= _SHORT_WORD and _steps(text).count(1) >= _RISING_SHARE * (len(text) - 1)


def _claims(value: str) -> tuple[object, object] | None:
    """``sub`` and ``name`` of a JSON Web Token."""
    if not value.startswith("eyJ"):
        return None
    _, _, rest = value.partition(".")
    payload = rest.partition(".")[0]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return None
    return (claims.get("sub"), claims.get("name")) if isinstance(claims, dict) else None
