"""Tokens in storage that any script of the page can read (AUT201)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from authlint.concepts.storage.storage import StorageWrite, sent_from_storage, storage_writes, with_tokens
from authlint.concepts.tokens.carried import Carried, is_encrypted
from authlint.concepts.unit import Unit
from authlint.match import Match
from authlint.source import Span


def token_in_web_storage(unit: Unit) -> Iterator[Match]:
    """A token is written where any script of the page can read it, or read from there by a file that writes none."""
    has_write = False
    for write, token in with_tokens(unit, storage_writes(unit)):
        has_write = True
        fields = {"what": token.name, "store": write.store}
        yield Match(write.span, fields, _case(write, token), related=places(token, write.span, write.passed_on))
    for store, span in islice(sent_from_storage(unit), 0 if has_write else 1):
        yield Match(span, {"store": store}, "read")


def _case(write: StorageWrite, token: Carried) -> str:
    if is_encrypted(write.value):
        return "encrypted"
    if write.store == "sessionStorage" and "refresh" not in token.name.lower():
        return "session"
    return "account" if token.how == "login" else ""


def places(token: Carried, span: Span, passed_on: Span | None = None) -> tuple[tuple[str, Span], ...]:
    """Where a token comes from, and where a helper writes it, as further places of a finding."""
    related = [("the token comes from here", token.origin)] if token.origin else []
    related += [("this is where it is written", passed_on)] if passed_on else []
    return tuple((message, place) for message, place in related if not span[0] <= place[0] < span[1])
