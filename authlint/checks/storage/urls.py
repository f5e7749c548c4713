"""Tokens, API keys and passwords in URLs (AUT206)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.storage.url_credentials import UrlCredential, url_credentials
from authlint.concepts.storage.url_readers import readers
from authlint.concepts.unit import Unit
from authlint.match import Match


def token_in_url(unit: Unit) -> Iterator[Match]:
    """A credential travels in the query or the fragment of a URL, or a server takes it from there."""
    for found in url_credentials(unit):
        related = (("the URL or its parameters are put together here", found.built),) if found.built else ()
        yield Match(found.span, {"param": found.name}, _case(found), related=related)
    for reader in readers(unit):
        yield Match(reader.span, {"param": reader.name}, reader.how)


def _case(found: UrlCredential) -> str:
    if found.is_socket:
        return "socket"
    return "generic" if found.sort == "generic" else ""
