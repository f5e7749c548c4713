"""Redirect URIs (AUT408)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.oauth.redirects import flawed_redirects
from authlint.concepts.unit import Unit
from authlint.match import Match


def insecure_redirect_uri(unit: Unit) -> Iterator[Match]:
    """A redirect URI by which a code can get into other hands."""
    for redirect in flawed_redirects(unit):
        yield Match(redirect.span, {"uri": redirect.shown}, "" if redirect.flaw == "http" else redirect.flaw)
