"""Tokens in storage that any script of a page can read (AUT201)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.storage import StorageWrite, is_cleared, is_encrypted, storage_writes
from authlint.concepts.unit import Unit
from authlint.facts import Call, Lambda, Map, Member, Ref, Text, Value, children
from authlint.match import Match
from authlint.names import is_expiry_name, is_token_name
from authlint.placeholders import Verdict, judge
from authlint.texts import key_of

_HARMLESS_KEY = re.compile(
    r"(?i)state|nonce|pkce|verifier|challenge|csrf|xsrf|theme|timestamp|locale|lang|expir|_at$|At$"
)
_LOGIN = re.compile(r"(?i)(?:log_?in|sign_?in|authenticate)(?:user)?$")
_ACCOUNT = re.compile(r"(?i)(?:^|\.)(?:user|current_?user|account|auth|session|credentials?)$")
_SCALAR = frozenset({"length", "size", "toFixed", "includes", "startsWith", "indexOf", "exp", "iat", "expires_in"})


def token_in_web_storage(unit: Unit) -> Iterator[Match]:
    """A token is written where any script of the page can read it."""
    for write in storage_writes(unit):
        what = _token_in(unit, write)
        if what:
            yield Match(write.span, {"what": what, "store": write.store}, _case(write, what))


def _case(write: StorageWrite, what: str) -> str:
    if is_encrypted(write.value):
        return "encrypted"
    return "session" if write.store == "sessionStorage" and "refresh" not in what.lower() else ""


def _token_in(unit: Unit, write: StorageWrite) -> str:
    """A name for the token that a write stores; empty if it stores none."""
    key = write.key or (_last_name(write.key_value) if write.key_value is not None else "")
    value = write.value
    if not write.initial and (value is None or is_cleared(unit.folder.fold(value))):
        return ""
    if _HARMLESS_KEY.search(key) or is_expiry_name(key):
        return ""
    if isinstance(value, Text) and value.literal is not None and not write.initial:
        return f"'{key}'" if is_token_name(key) and judge(value.literal).verdict is Verdict.REAL else ""
    named = _token_named(unit, value) if value is not None else ""
    return named or (f"'{key}'" if is_token_name(key) else "")


def _token_named(unit: Unit, value: Value) -> str:
    """The first thing in a value whose name says that it is a token, or an object that is known to hold one."""
    if isinstance(value, Ref | Member):
        path = value.path
        name = path.rpartition(".")[2]
        if name in _SCALAR:
            return ""
        if is_token_name(name):
            return path
        return _token_inside(unit, value, path)
    if isinstance(value, Map):
        keys = (key for entry in value.entries if (key := key_of(entry)) and not is_cleared(entry.value))
        return next((f"'{key}'" for key in keys if is_token_name(key)), "")
    if isinstance(value, Lambda):
        return ""
    if isinstance(value, Call) and value.callee.rpartition(".")[2] in _SCALAR:
        return ""
    return next((found for inner in children(value) if (found := _token_named(unit, inner))), "")


def _token_inside(unit: Unit, value: Ref | Member, path: str) -> str:
    """``user`` holds a token where the same function reads ``user.token``, or where it is a map that has one."""
    function = unit.facts.function_of(value.scope)
    for read in unit.facts.reads:
        is_inside = read.path.startswith(path + ".") and is_token_name(read.path.rpartition(".")[2])
        if is_inside and type(read) is type(value) and unit.facts.function_of(read.scope) == function:
            return read.path
    folded = unit.folder.fold(value)
    if isinstance(folded, Map):
        return _token_named(unit, folded)
    return path if _ACCOUNT.search(path) and _in_login(unit, value.scope) else ""


def _in_login(unit: Unit, scope: int) -> bool:
    """Whether code runs in a function that logs somebody in."""
    return any(_LOGIN.match(unit.facts.scopes[place].name) for place in unit.facts.around(scope))


def _last_name(value: Value) -> str:
    return value.path.rpartition(".")[2] if isinstance(value, Ref | Member) else ""
