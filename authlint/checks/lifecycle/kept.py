"""Tokens that are kept beyond their time (AUT501 to AUT503)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.expiry import answers_401, handles_expiry
from authlint.concepts.refreshing import broken_answers, refreshes_without_token, unused_refresh_tokens
from authlint.concepts.time_units import bare_comparisons, mixtures
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


def expiry_margin_or_unit(unit: Unit) -> Iterator[Match]:
    """An expiry in mixed units, or one that is looked at without a margin."""
    for mixture in mixtures(unit):
        yield Match(mixture.span, {"name": mixture.name}, "")
    if not answers_401(unit):
        for bare in bare_comparisons(unit):
            related = ((f"{bare.name} is set to the very end here", bare.set_at),)
            yield Match(bare.span, {"name": bare.name}, "margin", related=related)


def refresh_path_broken(unit: Unit) -> Iterator[Match]:
    """What is done when a token has ended does not work."""
    for answer in broken_answers(unit):
        yield Match(answer.span, {"name": answer.name}, answer.problem)
    for span, obtained in refreshes_without_token(unit):
        yield Match(span, {}, related=(("the token is obtained for the client itself here", obtained),))
    for span, name in unused_refresh_tokens(unit):
        yield Match(span, {"name": name}, "unused")
