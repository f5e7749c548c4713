"""Values that have the shape of a provider's credential: where they stand, and whether they are real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from authlint.concepts.unit import Unit
from authlint.facts import Text
from authlint.placeholders import Verdict, judge
from authlint.providers import Credential
from authlint.source import Span


def case_of(unit: Unit, value: str, credential: Credential) -> str | None:
    """The rule's case for a value: none for a real one, ``example``, or no finding at all."""
    verdict = judge(
        value, prefix=credential.prefix, min_body=credential.min_body, doc_examples=credential.doc_examples
    ).verdict
    if verdict is Verdict.REAL:
        return ""
    return "example" if verdict is Verdict.EXAMPLE and unit.context.place == "code" else None


def occurrences(unit: Unit, credential: Credential) -> Iterator[tuple[Span, str]]:
    """Every value of a credential's shape: as it stands in the file, and as texts of the code come to."""
    pattern = _pattern(credential.prefix, credential.charset, credential.max_body)
    prefix = credential.prefix.encode()
    if unit.is_file and prefix in unit.source.data:
        for match in pattern.finditer(unit.source.data):
            yield match.span(), match[0].decode()
    if unit.source.language == "text":
        return
    for text, folded in unit.folded_texts:
        for part in folded.parts:
            if isinstance(part, str) and credential.prefix in part:
                values = (match[0] for match in pattern.finditer(part.encode()))
                yield from ((text.span, value.decode()) for value in values if not _is_written_out(unit, text, value))


def _is_written_out(unit: Unit, text: Text, value: bytes) -> bool:
    """Whether a value stands as it is in one of the texts that a text is made of: then it was found there already."""
    parts = unit.folder.traced(text).parts
    return any(
        value in unit.source.data[t.span[0] : t.span[1]] for t in unit.facts.texts if id(t) in parts or t is text
    )


@lru_cache(maxsize=256)
def _pattern(prefix: str, charset: str, longest: int) -> re.Pattern[bytes]:
    """A prefix and its body between boundaries: ``peak_live_bytes`` and ``ak_live_test_secret_1`` are names."""
    source = rf"(?<![A-Za-z0-9_]){re.escape(prefix)}[{charset}]{{1,{longest}}}(?![{charset}_])"
    return re.compile(source.encode())


def belongs_to_another(unit: Unit, credential: Credential) -> bool:
    """Whether the file shows that keys of this shape are somebody else's here (a pack's ``not_when``)."""
    names = [item.name for item in unit.facts.imports]
    for sign in credential.not_when:
        wanted = sign.imports.rstrip("*")
        if wanted and any(name.startswith(wanted) for name in names):
            return True
        if any(text and text.encode() in unit.source.root.data for text in (sign.callee, sign.host)):
            return True
    return False


def prefix_of(unit: Unit, value: str) -> Credential | None:
    """The kind of credential whose prefix and shape a whole value has; of several the first."""
    for credential, _ in unit.knowledge.credentials:
        prefix = credential.prefix
        if not prefix or credential.kind == "identifier" or not value.startswith(prefix):
            continue
        if _pattern(prefix, credential.charset, credential.max_body).fullmatch(value.encode()):
            return credential
    return None
