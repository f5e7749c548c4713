"""Tokens that an app keeps on a phone without encryption (AUT209)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.checks.storage.web_storage import places
from authlint.concepts.storage.keepers import WEB_STORES, persisted_tokens, token_keepers
from authlint.concepts.storage.storage import mobile_writes, with_tokens
from authlint.concepts.tokens.carried import is_encrypted
from authlint.concepts.unit import Unit
from authlint.match import Match


def token_in_plain_mobile_storage(unit: Unit) -> Iterator[Match]:
    """A token is written to a store of a phone that is a plain file."""
    for write, token in with_tokens(unit, mobile_writes(unit)):
        case = "encrypted" if is_encrypted(write.value) else "account" if token.how == "login" else ""
        related = places(token, write.span, write.passed_on)
        yield Match(write.span, {"what": token.name, "store": write.store}, case, related=related)
    for keeper in token_keepers(unit):
        if keeper.store not in WEB_STORES:
            what = f"what {keeper.attributes['library']} keeps"
            yield Match(keeper.span, {"what": what, "store": keeper.store})
    for kept in persisted_tokens(unit):
        if kept.store not in WEB_STORES:
            fields = {"what": f"'{kept.name}' of the state", "store": kept.store}
            yield Match(kept.span, fields, related=(("the state is kept from here", kept.kept),))
