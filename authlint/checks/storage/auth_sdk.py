"""Libraries that keep tokens in web storage because they are told to (AUT202)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.storage.keepers import WEB_STORES, persisted_tokens, token_keepers
from authlint.concepts.unit import Unit
from authlint.match import Match


def auth_sdk_web_storage(unit: Unit) -> Iterator[Match]:
    """An authentication client, or a persisted state with a token in it, uses the storage of the browser."""
    for keeper in token_keepers(unit):
        if keeper.store in WEB_STORES and keeper.store != "sessionStorage":
            about = {name: keeper.attributes[name] for name in ("library", "option", "better")}
            yield Match(keeper.span, {**about, "store": keeper.store}, keeper.attributes.get("case", ""))
    for token in persisted_tokens(unit):
        if token.store not in WEB_STORES:
            continue
        fields = {"what": f"'{token.name}'", "store": token.store, "library": token.library, "option": token.only}
        case = "session-state" if token.store == "sessionStorage" else "state"
        yield Match(token.span, fields, case, related=(("the state is kept from here", token.kept),))
