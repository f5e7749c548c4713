"""Credentials that providers issue, known by their shape wherever they stand: in code, in comments, in any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from authlint.concepts.unit import Unit, once
from authlint.facts import Text
from authlint.names import is_secret_name
from authlint.ruleset.knowledge import Knowledge
from authlint.ruleset.providers import Credential, Provider
from authlint.ruleset.shapes import candidate, occurrences, shape
from authlint.secret import checksums
from authlint.secret.encodings import is_inside_data
from authlint.secret.placeholders import Judgement, Verdict, entropy, judge
from authlint.source import Span

_ASSIGNED = re.compile(r"([\w.$-]{1,80})[\"'`\])]{0,3}\s{0,8}(?::=|=>|[:=])\s{0,8}[\"'`]?$")
_SCHEME = re.compile(r"(?i)\b(?:bearer|token|basic)\s{1,4}$")
_LINE_BEFORE = 200
_CUT_SHORT = re.compile(rb"\.{3}|\xe2\x80\xa6")


class Key(NamedTuple):
    """What has the shape of a provider's credential: where it is, whose it would be, and what is thought of it.

    ``in_position``: it follows ``Bearer`` or is given to a name that means a secret. ``checked``: it holds a checksum.
    """

    span: Span
    value: str
    credential: Credential
    provider: Provider
    judgement: Judgement
    in_position: bool
    checked: bool


@once
def provider_keys(unit: Unit) -> tuple[Key, ...]:
    """Everything in a source that a pack describes and that a checksum, if it has one, does not disprove."""
    data, joined = unit.source.data if unit.is_file else b"", "\n".join(part for _, part in _joined(unit))
    announced = (
        (credential, provider)
        for mark, credential, provider in unit.knowledge.told
        if mark in data or (joined and credential.mark in joined)
    )
    return tuple(key for told in announced for key in _keys(unit, *told))


def is_disproved(value: str, knowledge: Knowledge) -> bool:
    """Whether a value looks like a credential whose checksum it does not hold: then it is none, whatever its name."""
    return any(
        value.startswith(credential.opening)
        and (pattern := shape(credential)) is not None
        and pattern.fullmatch(value.encode("utf-8", "replace"))
        and checksums.is_valid(credential.checksum, value) is False
        for credential in knowledge.checked
    )


def credential_of(unit: Unit, value: str) -> Credential | None:
    """The kind of credential that a whole value has the shape of and really may be; of several the first."""
    for _, credential, _ in unit.knowledge.told:
        pattern = shape(credential) if credential.mark in value else None
        if pattern is None or not pattern.fullmatch(value.encode("utf-8", "replace")):
            continue
        least = credential.min_body if credential.prefix else 0
        found = judge(value, prefix=credential.opening, min_body=least, doc_examples=credential.doc_examples)
        if found.verdict is Verdict.REAL:
            return credential
    return None


def _keys(unit: Unit, credential: Credential, provider: Provider) -> Iterator[Key]:
    for span, value in _occurrences(unit, credential):
        checked = checksums.is_valid(credential.checksum, value) if credential.checksum else None
        if checked is False or not _is_mixed(value, credential) or _belongs_to_another(unit, credential):
            continue
        least = credential.min_body if credential.prefix else 0  # a pattern has seen to that itself
        judgement = judge(value, prefix=credential.opening, min_body=least, doc_examples=credential.doc_examples)
        if _CUT_SHORT.match(unit.source.data, span[1]):
            judgement = Judgement(Verdict.PLACEHOLDER, "is cut short")
        yield Key(span, value, credential, provider, judgement, _in_position(unit, span), bool(checked))


def _occurrences(unit: Unit, credential: Credential) -> Iterator[tuple[Span, str]]:
    """Every value of a credential's shape: as it stands in the file, and as texts of the code come to."""
    pattern = candidate(credential)
    if unit.is_file:
        mark = credential.mark.encode()
        for match in occurrences(pattern, mark, unit.source.data, inside=bool(credential.keyword)):
            if is_inside_data(unit.source.data, match.span()):
                continue
            yield match.span(), match[0].decode("utf-8", "replace")
    for text, joined in _joined(unit):
        if credential.mark in joined:
            values = (match[0] for match in pattern.finditer(joined.encode("utf-8", "replace")))
            yield from ((text.span, value.decode()) for value in values if not _is_written_out(unit, text, value))


@once
def _joined(unit: Unit) -> tuple[tuple[Text, str], ...]:
    """What texts come to that does not stand in the file as it is: what is put together, and what is escaped."""
    if unit.source.language == "text":
        return ()
    data = unit.source.data
    return tuple(
        (text, part)
        for text, folded in unit.folded_texts
        for part in folded.parts
        if isinstance(part, str) and part.encode("utf-8", "replace") not in data[text.span[0] : text.span[1]]
    )


def _is_written_out(unit: Unit, text: Text, value: bytes) -> bool:
    """Whether a value stands as it is in one of the texts that a text is made of: then it was found there already."""
    parts = unit.folder.traced(text).parts
    return any(
        value in unit.source.data[t.span[0] : t.span[1]] for t in unit.facts.texts if id(t) in parts or t is text
    )


def _is_mixed(value: str, credential: Credential) -> bool:
    body = value[len(credential.prefix) :]
    mixed = any(c.isdigit() for c in body) and any(c.isalpha() for c in body)
    return (mixed or not credential.require_mixed) and (
        not credential.min_entropy or entropy(body) >= credential.min_entropy
    )


def _belongs_to_another(unit: Unit, credential: Credential) -> bool:
    """Whether the file shows that keys of this shape are somebody else's here (a pack's ``not_when``)."""
    names = [item.name for item in unit.facts.imports]
    for sign in credential.not_when:
        wanted = sign.imports.rstrip("*")
        if wanted and any(name.startswith(wanted) for name in names):
            return True
        if any(text and text.encode() in unit.source.root.data for text in (sign.callee, sign.host)):
            return True
    return False


def _in_position(unit: Unit, span: Span) -> bool:
    data = unit.source.data
    start = max(data.rfind(b"\n", 0, span[0]) + 1, span[0] - _LINE_BEFORE)
    before = data[start : span[0]].decode("utf-8", "replace")
    if _SCHEME.search(before):
        return True
    assigned = _ASSIGNED.search(before)
    return bool(assigned and is_secret_name(assigned[1].rpartition(".")[2]))
