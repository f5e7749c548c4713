"""API keys that live too long and keys that are overdue to be changed (AUT508, AUT509)."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf

from authlint.concepts.credentials.keys import DEFAULT_DAYS, days_of, key_requests, revocations
from authlint.concepts.tokens.durations import DAY, in_words
from authlint.concepts.tokens.rotation import limit_for, noted, periods
from authlint.concepts.unit import Unit
from authlint.match import Match
from authlint.values.texts import key_of


def key_lifetime_too_long(unit: Unit) -> Iterator[Match]:
    """A key is created that lives longer than its provider wants keys to be used."""
    for request in key_requests(unit):
        limit, entry = request.days, request.lifetime
        if not limit:
            continue
        fields = {"days": str(limit), "name": (key_of(entry) or "") if entry else ""}
        provider = request.provider.id if request.provider else None
        if entry is None:
            if request.could_end:
                yield Match(request.span, fields, "absent", provider=provider)
            continue
        days = days_of(unit, entry)
        if days is None or days <= limit:
            continue
        related = (("the key is created here", request.span),)
        case = "never" if isinf(days) else ""
        shown = fields if isinf(days) else {**fields, "lifetime": in_words(days * DAY)}
        yield Match(entry.span, shown, case, provider=provider, related=related)


def rotation_overdue(unit: Unit) -> Iterator[Match]:
    """A credential is older than it should become, or is set to become so, or is revoked too early."""
    for span, name, days in periods(unit):
        if days > DEFAULT_DAYS:
            yield Match(span, {"name": name, "days": f"{days:g}", "limit": str(DEFAULT_DAYS)}, "period")
    for note in noted(unit) if unit.today else ():
        limit = limit_for(unit, note.name)
        age = (unit.today - note.issued).days if unit.today else 0
        if limit and age > limit:
            related = (("the credential", note.name_span),)
            fields = {"name": note.name, "days": str(age), "limit": str(limit)}
            yield Match(note.span, fields, related=related)
    created = [(request.span[0], request.provider) for request in key_requests(unit) if request.provider]
    for span, provider in revocations(unit):
        later = next((at for at, other in created if other is provider and at > span[0]), None)
        if later is not None and not any(other is provider and at < span[0] for at, other in created):
            related = (("its replacement is created here", (later, later)),)
            yield Match(span, {}, "order", provider=provider.id, related=related)
