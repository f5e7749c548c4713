"""Tokens in messages to other windows (AUT211)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.checks.storage.web_storage import places
from authlint.concepts.storage.messages import window_messages
from authlint.concepts.tokens.carried import carried, code_in
from authlint.concepts.unit import Unit
from authlint.match import Match


def token_postmessage_wildcard(unit: Unit) -> Iterator[Match]:
    """A token or an authorization code is posted to whatever page is in the other window."""
    for message in window_messages(unit):
        if message.origin != "*":
            continue
        found = carried(unit, message.value) or (code_in(message.value) if message.ends_sign_in else None)
        if found:
            yield Match(message.span, {"what": found.name}, related=places(found, message.span))
