"""Tokens that are kept beyond their time (AUT501 to AUT503)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.expiry import handles_expiry
from authlint.concepts.tokens import kept_tokens, token_hosts
from authlint.concepts.unit import Unit
from authlint.match import Match

_NEVER = "never"
_UNITS = {"D": "day", "H": "hour", "M": "minute", "S": "second"}


def token_expiry_ignored(unit: Unit) -> Iterator[Match]:
    """A token is obtained and kept, and nothing in the source looks at how long it lives."""
    kept = list(kept_tokens(unit))
    if not kept or handles_expiry(unit):
        return
    lifetimes = {lifetime for host in token_hosts(unit) if (lifetime := unit.knowledge.token_lifetime(host))}
    if lifetimes == {_NEVER}:
        return
    shown = "".join(f" (it lives {_words(lifetime)})" for lifetime in sorted(lifetimes - {_NEVER})[:1])
    for token in kept[:1]:
        case = "page" if token.page else "snippet" if unit.context.docs else ""
        yield Match(token.span, {"where": token.where, "lifetime": shown}, case)


def _words(duration: str) -> str:
    """An ISO 8601 duration of one part in words: ``PT2H`` is ``2 hours``."""
    match = re.fullmatch(r"PT?(\d+)([DHMS])", duration)
    if not match:
        return duration
    count, unit = int(match[1]), _UNITS[match[2]]
    return f"{count} {unit}{'s' if count != 1 else ''}"
