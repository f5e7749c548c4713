"""What lives too long gets the limit (AUT508 to AUT510); nobody can tell a fix of what is too old already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from authlint.concepts.credentials.keys import DEFAULT_DAYS, KeyRequest, key_requests, scale_of
from authlint.concepts.settings import once
from authlint.concepts.tokens.durations import DAY, of_text
from authlint.concepts.tokens.issued import issued
from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.facts import Const, Entry, Map, Text
from authlint.fixes.additions import entry as written_entry
from authlint.fixes.additions import in_map, text
from authlint.fixes.durations import rewritten
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.names import split
from authlint.source import Span
from authlint.values.texts import key_of

_DATES = frozenset({"at", "on", "after", "date", "until"})
_LENGTHS = frozenset({"in", "expiry", "expiration", "validity", "for", "expires"})
_JSON_KEY = re.compile(r'"[\w.-]{1,60}"\s{0,20}:\s{0,20}(?=\S)')
_IN_WORDS = re.compile(rb"\b\d{1,9} ?(?:second|minute|hour|day|week|month|year)s?\b")
_NUMBER = re.compile(rb"\d{1,5}(?=\"?\Z)")


def token_lifetime_too_long(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The limit, where the length is written."""
    del variables
    token = next((token for token in issued(unit) if token.span == match.span), None)
    limit = of_text(match.fields["limit"])
    if token is None or limit is None or not _within(token.value.span, match.span):
        return None
    edit = rewritten(unit, token.value, limit, *token.scale)
    if edit is None:
        return None
    said = _said_beside(unit, edit.span, token.length)
    more = [Edit(span, match.fields["limit"]) for span in said]
    return Fix(f"Let it live {match.fields['limit']}", (edit, *more))


def _said_beside(unit: Unit, span: Span, length: float) -> Iterator[Span]:
    """Where a comment on the line says the length too: it would not be true any more."""
    data = unit.source.data
    end = data.find(b"\n", span[1])
    for comment in unit.facts.comments:
        if span[1] <= comment.span[0] and (end < 0 or comment.span[1] <= end):
            for found in _IN_WORDS.finditer(data, *comment.span):
                if of_text(found[0].decode()) == length:
                    yield found.span()


def key_lifetime_too_long(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """As long as the provider wants keys to be used."""
    del variables
    days = match.fields["days"]
    for request in key_requests(unit):
        entry = request.lifetime
        if (entry.span if entry else request.span) == match.span:
            edit = _shortened(unit, entry, int(days)) if entry else _ended(unit, request, f"{days}d")
            return Fix(f"Let it live {days} days", (edit,)) if edit else None
    return None


def rotation_overdue(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The number of days is lowered. What is overdue can only be changed by its owner."""
    del variables
    if match.case != "period":
        return None
    given = next((given for given in once(unit, "rotation-period") if given.whole == match.span), None)
    number = None if given else _NUMBER.search(unit.source.data, *match.span)
    edit = Edit(number.span(), str(DEFAULT_DAYS)) if number else None
    if given is not None:
        edit = rewritten(unit, given.value, DEFAULT_DAYS * DAY, DAY)
    return Fix(f"Change it every {DEFAULT_DAYS} days", (edit,)) if edit else None


def _shortened(unit: Unit, entry: Entry, days: int) -> Edit | None:
    name, value = key_of(entry) or "", entry.value
    if value.span == entry.span:  # JSON in a text
        key = _JSON_KEY.match(unit.source.slice(entry.span))
        if key is None:
            return None
        value = replace(value, span=(entry.span[0] + len(key[0].encode()), entry.span[1]))
    words = split(name)
    edit = rewritten(unit, value, days * DAY, scale_of(words))
    return edit or _instead_of_never(unit, entry, replace(entry, value=value), words, days)


def _instead_of_never(unit: Unit, whole: Entry, entry: Entry, words: tuple[str, ...], days: int) -> Edit | None:
    """A lifetime where there was none. Which dates or numbers an API takes is not known, if its name does not say."""
    value, scale = entry.value, scale_of(words)
    if not _DATES.isdisjoint(words) or (isinstance(value, Const) and value.value is not None and scale == 1.0):
        return None
    if isinstance(value, Const) and scale != 1.0:
        return Edit(value.span, str(round(days * DAY / scale)))
    written = unit.source.slice(value.span)
    if isinstance(value, Text) and value.literal is not None and len(written) == len(value.literal) + 2:
        return Edit(value.span, f"{written[0]}{days}d{written[-1]}")
    if isinstance(value, Const) and words and words[-1] in _LENGTHS:
        return Edit(value.span, text(unit, Map((whole,), False, whole.span), f"{days}d"))
    return None


def _ended(unit: Unit, request: KeyRequest, length: str) -> Edit | None:
    """A lifetime among what is sent."""
    body = request.body
    if isinstance(body, Map) and body.entries:
        return in_map(unit, body, [written_entry(unit, body, request.lifetime_field, text(unit, body, length))])
    if not isinstance(body, Text) or body.literal is None:
        return None
    written = unit.source.slice(body.span)
    if not written.startswith("'{") or not written.endswith("}'") or "\n" in written or written == "'{}'":
        return None
    at, comma = body.span[1] - len("}'"), ", " if '", "' in written else ","
    return Edit((at, at), f'{comma}"{request.lifetime_field}":{comma[1:]}"{length}"')


def _within(span: Span, around: Span) -> bool:
    return around[0] <= span[0] and span[1] <= around[1]
