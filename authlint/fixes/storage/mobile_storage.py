"""Tokens move to the keychain of a phone, where a file has it at hand (AUT209)."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.facts import Call
from authlint.fixes.variables import Variables
from authlint.match import Match

_KEY = re.compile(r"[\w.-]{1,200}")
_KEYCHAIN = "expo-secure-store"
_METHODS = {"setItem": "setItemAsync", "getItem": "getItemAsync", "removeItem": "deleteItemAsync"}
_ARGUMENTS = {"setItem": 2, "getItem": 1, "removeItem": 1}


def token_in_plain_mobile_storage(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """``SecureStore`` for ``AsyncStorage`` wherever this file uses that key; what users have stored stays behind."""
    del variables
    keychain = next((item.alias for item in unit.facts.imports if item.name == _KEYCHAIN), "")
    write = next((m for m in unit.meaning("mobile-storage-write") if m.call.span == match.span), None)
    if write is None or not keychain or not write.is_("store", "AsyncStorage"):
        return None
    store, _, method = write.call.callee.rpartition(".")
    key = _key(unit, write.call)
    if method != "setItem" or not _KEY.fullmatch(key):
        return None
    same = [c for c in unit.facts.calls if c.callee.startswith(f"{store}.") and c.args and _key(unit, c) == key]
    edits = tuple(edit for call in same if (edit := _moved(call, keychain)))
    return Fix(f"Keep '{key}' in {keychain}", edits) if len(edits) == len(same) else None


def _key(unit: Unit, call: Call) -> str:
    return unit.folder.literal(call.args[0]) or "" if call.args else ""


def _moved(call: Call, keychain: str) -> Edit | None:
    method = call.callee.rpartition(".")[2]
    if len(call.args) != _ARGUMENTS.get(method) or call.open:
        return None
    return Edit(call.name_span, f"{keychain}.{_METHODS[method]}")
