"""Grants that should not be used any more (AUT406, AUT407)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.oauth.grants import implicit_grants, password_grants
from authlint.concepts.unit import Unit
from authlint.match import Match


def implicit_grant(unit: Unit) -> Iterator[Match]:
    """A token that is handed over in a URL."""
    for grant in implicit_grants(unit):
        yield Match(grant.span, {"value": grant.value}, grant.place)


def password_grant(unit: Unit) -> Iterator[Match]:
    """A user's password that is given to a client."""
    for grant in password_grants(unit):
        yield Match(grant.span, {}, grant.place)
