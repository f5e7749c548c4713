"""What was looked at as a credential and held to be made up, and why: for whoever misses a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from authlint.concepts.credentials.credentials import literals, named_values
from authlint.concepts.credentials.detected import weighed
from authlint.concepts.unit import Unit
from authlint.secret.placeholders import Judgement, Verdict, judge
from authlint.source import Span

_VALUE = rb"[^\s\"'`,;(){}\[\]\\]{0,200}"


class MadeUp(NamedTuple):
    """A candidate that is none: its place, its text, the name it is given if it has one, and what it was held for."""

    span: Span
    value: str
    name: str
    judgement: Judgement


def made_up(unit: Unit) -> Iterator[MadeUp]:
    """Every placeholder and example of a source, in order of place, each once."""
    found = {item.span: item for item in _candidates(unit) if item.judgement.verdict is not Verdict.REAL and item.value}
    last = -1
    for span in sorted(found, key=lambda span: (span[0], -span[1])):
        if span[0] >= last:
            last = span[1]
            yield found[span]


def _candidates(unit: Unit) -> Iterator[MadeUp]:
    for named in named_values(unit):
        for known in literals(unit, named.value):
            told = [c for c, _ in unit.knowledge.credentials if c.opening and known.text.startswith(c.opening)]
            prefix = max((credential.opening for credential in told), key=len, default="")
            yield MadeUp(known.span, known.text, named.name, judge(known.text, prefix=prefix, name=named.name))
    if not unit.is_file:
        return
    for credential, _ in unit.knowledge.credentials:
        beginning = credential.opening.encode() if credential.is_told_by_its_beginning else b""
        if beginning and beginning in unit.source.data:
            pattern = re.compile(rb"(?<![A-Za-z0-9_])" + re.escape(beginning) + _VALUE)
            for match in pattern.finditer(unit.source.data):
                value = match[0].decode("utf-8", "replace")
                examples, least = credential.doc_examples, credential.min_body
                judgement = judge(value, prefix=credential.opening, min_body=least, doc_examples=examples)
                yield MadeUp(match.span(), value, "", judgement)
    for item in weighed(unit):
        yield MadeUp(item.span, item.value, "", item.judgement)
