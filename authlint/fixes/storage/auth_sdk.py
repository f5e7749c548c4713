"""Authentication clients are told a better store (AUT202)."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.fixes.variables import Variables
from authlint.match import Match

_STORE = re.compile(rb"[\"'](?P<word>local[sS]torage)[\"']")


def auth_sdk_web_storage(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The store that the library's row says is better, where the store is named by a word.

    Auth0 spells it ``localstorage`` and takes ``memory``, MSAL ``localStorage`` and ``sessionStorage``.
    """
    del variables
    found = _STORE.search(unit.source.data, *match.span)
    better = re.findall(r"'(\w+)'", match.fields.get("better", ""))
    if found is None or not better:
        return None
    word = better[0] if found["word"].islower() else better[-1]
    return Fix(f"Keep tokens in {word}", (Edit(found.span("word"), word),))
