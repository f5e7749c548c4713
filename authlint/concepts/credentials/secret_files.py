"""Files whose whole purpose is to hold secrets: ``.env``, ``secrets.yml``, ``.netrc``, and what they hold."""

from __future__ import annotations

import re

from authlint.concepts.credentials.committed import committed
from authlint.concepts.credentials.provider_keys import provider_keys
from authlint.concepts.unit import Unit
from authlint.secret.placeholders import Verdict
from authlint.source import Span

_TEST = re.compile(r"(?i)\.env\.test|\.test\.env")


def held(unit: Unit) -> list[Span]:
    """Where the real secrets of a source are written, in order. Sandbox keys may stand in the settings of tests."""
    in_tests = bool(_TEST.search(unit.source.path))
    spans = {item.span for item in committed(unit) if item.kind != "fallback"}
    spans |= {
        key.span
        for key in provider_keys(unit)
        if key.judgement.verdict is Verdict.REAL and not (in_tests and key.credential.env == "test")
    }
    ends, kept = -1, []
    for span in sorted(spans):
        if span[0] >= ends:
            kept.append(span)
            ends = span[1]
    return kept
