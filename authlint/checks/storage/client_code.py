"""Secrets in code that runs at the user's (AUT208)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.storage.client_code import shipped
from authlint.concepts.unit import Unit
from authlint.match import Match


def secret_in_client_code(unit: Unit) -> Iterator[Match]:
    """A client secret, a key or a variable with one is part of what every user gets."""
    for found in shipped(unit):
        related = tuple(("it is used here", span) for span in found.others)
        case = "" if found.how == "secret" else found.how
        yield Match(found.span, {"what": found.what}, case, related=related)
