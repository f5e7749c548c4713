"""Tokens that are kept beyond their time (AUT501 to AUT503)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.tokens.expiry import answers_401, handles_expiry
from authlint.concepts.tokens.refreshing import broken_answers, refreshes_without_token, unused_refresh_tokens
from authlint.concepts.tokens.time_units import bare_comparisons, mixtures
from authlint.concepts.tokens.tokens import KeptToken, acquisitions, kept_tokens, token_urls
from authlint.concepts.unit import Unit
from authlint.concepts.web.urls import Url
from authlint.facts import Ref
from authlint.match import Match
from authlint.source import Span

_NEVER = "never"
_UNITS = {"D": "day", "H": "hour", "M": "minute", "S": "second"}


def token_expiry_ignored(unit: Unit) -> Iterator[Match]:
    """A token is obtained and kept, and nothing in the source looks at how long it lives."""
    kept = list(kept_tokens(unit))
    if not kept or handles_expiry(unit):
        return
    fetched = sorted(acquisitions(unit), key=_start)
    for token in kept:
        lifetimes = _lifetimes(unit, token, fetched)
        if lifetimes != {_NEVER}:
            shown = "".join(f" (it lives {_words(lifetime)})" for lifetime in sorted(lifetimes - {_NEVER})[:1])
            case = "page" if token.page else "snippet" if unit.context.docs else ""
            related = tuple(_story(unit, token, fetched))
            yield Match(token.span, {"where": token.where, "lifetime": shown}, case, related=related)
            return


def _start(fetched: tuple[Span, Url | None]) -> Span:
    return fetched[0]


def _lifetimes(unit: Unit, token: KeptToken, fetched: list[tuple[Span, Url | None]]) -> set[str]:
    """How long a token lives: as its endpoint says, if it is obtained in the same function, or any that is named."""
    facts = unit.facts
    function = facts.function_of(token.scope)
    near = [url for span, url in fetched if function and facts.function_of(facts.scope_at(span)) == function]
    known = [url for url in near if url is not None and url.known_host] or list(token_urls(unit))
    return {lifetime for url in known if (lifetime := unit.knowledge.token_lifetime(url.known_host, url.path))}


def _story(unit: Unit, token: KeptToken, fetched: list[tuple[Span, Url | None]]) -> Iterator[tuple[str, Span]]:
    """Where the token comes from and where it is used, if that is elsewhere than where it is kept."""
    start, end = token.span
    spans = [span for span, _ in fetched]
    if spans and not any(start <= span[0] < end for span in spans):
        before = [span for span in spans if span[0] < start]
        yield "the token is obtained here", before[-1] if before else spans[0]
    for read in unit.facts.reads:
        elsewhere = not start <= read.span[0] < end
        if token.path and isinstance(read, Ref) and read.path == token.path and elsewhere:
            yield "it is used here, however old it is", read.span
            return


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
