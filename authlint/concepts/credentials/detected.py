"""Secrets that the detectors of detect-secrets know by their format, weighed like any other candidate."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import NamedTuple

from authlint.concepts.credentials.provider_keys import is_disproved
from authlint.concepts.unit import Unit
from authlint.secret.detectors import PRIVATE_KEY, Detected, detect, why_not
from authlint.secret.encodings import is_inside_data
from authlint.secret.placeholders import Judgement, Verdict, judge
from authlint.source import Span

_HEADLINES = "PRIVATE KEY", "PuTTY"
_KEY_REACH = 2_000
_SHORTEST_KEY = 60  # an Ed25519 key is 64 characters of Base64
_FILLING = b" \t\r\"'`+,|>#*\\"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*")
_LONG = re.compile(rb"[A-Za-z0-9+/]{60,64}")
_COMMENT = re.compile(rb"^(?://|\.\.|--|;)[ \t]")  # a key that is commented out is a key
_PUTTY = re.compile(rb":[^\r\n]{0,40}\r?\nEncryption: none\r?\n")
_LEFT_OUT = re.compile(rb"\.|\xe2\x80\xa6|\[|<|\*")
_SEQUENCE, _LENGTHS = 0x30, (0x81, 0x82)
_ENCRYPTED = b"ENCRYPTED"


class Weighed(NamedTuple):
    """A candidate, with what was thought of it."""

    span: Span
    kind: str
    value: str
    is_private_key: bool
    judgement: Judgement


def weighed(unit: Unit) -> Iterator[Weighed]:
    """Every candidate of a source, real or not. A private key in a test is none: it was made to test with."""
    data = unit.source.data
    samples = frozenset(example for credential, _ in unit.knowledge.credentials for example in credential.doc_examples)
    for found in detect(data, without=(PRIVATE_KEY,) if unit.context.place == "test" else ()):
        if is_disproved(found.value, unit.knowledge) or is_inside_data(data, found.span):
            continue
        is_private_key = any(mark in found.value for mark in _HEADLINES)
        if is_private_key:
            value, judgement = _key(data, found)
            span = _with_dashes(data, found.span)
        else:
            value, judgement, span = found.value, _judge(found, samples), found.span
        if judgement is not None:
            yield Weighed(span, found.kind, value, is_private_key, judgement)


def _judge(found: Detected, samples: frozenset[str]) -> Judgement:
    value = found.value.rpartition("/")[2] if "://" in found.value else found.value
    prefix = next((value[: len(mark)] for mark in (found.literal.strip("\"'`=: "),) if value.startswith(mark)), "")
    judgement = judge(value, prefix=prefix, doc_examples=samples)
    reason = why_not(value) if judgement.verdict is Verdict.REAL else ""
    return Judgement(Verdict.PLACEHOLDER, reason) if reason else judgement


def _key(data: bytes, found: Detected) -> tuple[str, Judgement | None]:
    """A headline of a private key says little: code that reads keys has it too. What comes after it must be one."""
    after = data[found.span[1] : found.span[1] + _KEY_REACH]
    if _PUTTY.match(after):
        return "".join(map(bytes.decode, _LONG.findall(after))), Judgement(Verdict.REAL, "has its headline")
    body = _body(after) if after.startswith(b"---") else ""
    return body, judge(body) if len(body) >= _SHORTEST_KEY else None


def _body(after: bytes) -> str:
    """The Base64 of a key without what stands between its lines; empty if it is encrypted or cut short."""
    body = bytearray()
    for line in after.lstrip(b"-").replace(b"\\r", b"").replace(b"\\n", b"\n").split(b"\n"):
        text = _COMMENT.sub(b"", line.strip(_FILLING)).strip(_FILLING)
        if _ENCRYPTED in text:
            return ""
        if text and not (b":" in text and not body):  # Version: …, Comment: …
            whole = _BASE64.match(text)
            body += whole[0] if whole else b""
            if not whole or whole.end() < len(text):
                if _LEFT_OUT.match(text, whole.end() if whole else 0) and len(body) < _whole_length(bytes(body)):
                    return ""
                break
    return body.decode()


def _whole_length(body: bytes) -> int:
    """How many characters of Base64 a key has that begins like this, as its first bytes say (DER)."""
    try:
        mark, form, high, low = base64.b64decode(body[:8])[:4]
    except ValueError:
        return 0
    if mark != _SEQUENCE or form not in _LENGTHS:
        return 0
    return ((high << 8 | low) if form == _LENGTHS[1] else high) * 4 // 3


def _with_dashes(data: bytes, span: Span) -> Span:
    start, end = span
    while start and data[start - 1 : start] == b"-":
        start -= 1
    while data[end : end + 1] == b"-":
        end += 1
    return start, end
