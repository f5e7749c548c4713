"""Does anything look at how long a token lives, renew it, or answer the 401 that tells that it has ended?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from authlint.concepts.unit import Unit
from authlint.facts import Call, Compare, Const, Items, Ref, Scope, Text, Value, walk
from authlint.names import is_expiry_name
from authlint.values.texts import key_of

_REFRESH_REQUEST = re.compile(
    r"grant_type=refresh_token|/oauth2?/(?:v\d/)?(?:validate|introspect|tokeninfo)\b|/(?:auth/|token/|oauth/)?(?:refresh(?:[-_]?token)?|renew)(?:[/?]|$)"
)
CACHE = re.compile(r"(?i)cache|redis|memcache|kv\b")
"""What a store is called that can forget what it was given after a time."""

_LIFETIMES = frozenset(("ex", "ttl", "timeout", "expire", "expires", "expires_in", "expires_at"))
_REFRESH = re.compile(r"(?i)refresh|renew|reauth|acquire_?token|get_?valid_?token|ensure_?(?:valid_?)?token")
_ASKS_ONCE = re.compile(r"AcquireToken(?:Async)?$")  # ADAL: gives a token and its end, and leaves the rest
_ACTION = re.compile(
    r"(?i)token|auth|log_?in|sign_?in|refresh|renew|connect|retry|request|fetch|session|dispatch|logout|navigate|redirect|generate|obtain|acquire"
)
_COMPLAINT = re.compile(r"(?i)error|exception|invalid|print|log(?:ger)?\.|abort")
_UNAUTHORIZED = re.compile(r"(?i)unauthori[sz]ed|expired|invalid_?grant|invalid_?token")


def handles_expiry(unit: Unit) -> bool:
    """Whether anything looks at a token's lifetime, renews tokens, or answers a 401 by getting a new one."""
    return _reads_expiry(unit) or _renews(unit) or answers_401(unit)


def _reads_expiry(unit: Unit) -> bool:
    """An expiry is read somewhere, other than into a local name that nobody reads."""
    facts = unit.facts
    idle = {id(b.value) for b in facts.bindings if "." not in b.path and not _is_read(unit, b.path)}
    for read in facts.reads:
        if _is_expiry(read.path.rpartition(".")[2]) and id(read) not in idle:
            return True
    for call in facts.calls:
        method = call.callee.rpartition(".")[2]
        if method.lower().rstrip("?") in (
            "expired",
            "is_expired",
            "isexpired",
            "hasexpired",
            "has_expired",
            "setex",
            "expire",
        ):
            return True
        if (
            method in ("get", "fetch", "dig")
            and call.args
            and id(call) not in idle
            and any(_is_expiry(unit.folder.literal(argument) or "") for argument in call.args)
        ):
            return True
        if _keeps(call) and any(name in _LIFETIMES for name, _ in call.named):
            return True
        if method == "set" and CACHE.search(call.callee) and len(call.args) > 2:  # noqa: PLR2004 - key, value, lifetime
            return True
        if call.callee == "jq" and any(isinstance(a, Text) and "expires_in" in (a.literal or "") for a in call.args):
            return True
    return False


def _keeps(call: Call) -> bool:
    return call.callee.rpartition(".")[2] in ("set", "put", "setex", "add", "fetch", "write")


def _is_expiry(name: str) -> bool:
    return is_expiry_name(name) or "timestamp" in name.lower()


def _is_read(unit: Unit, path: str) -> bool:
    return path in unit.derived(_read_paths)


def _read_paths(unit: Unit) -> frozenset[str]:
    """Every name that is read, and every name that stands at the beginning of one."""
    paths = {read.path for read in unit.facts.reads if isinstance(read, Ref)}
    return frozenset(path[:at] for path in paths for at in (*_dots(path), len(path)))


def _dots(path: str) -> Iterator[int]:
    return (at for at, character in enumerate(path) if character == ".")


def _renews(unit: Unit) -> bool:
    if unit.meaning("renews-tokens"):
        return True
    for call in unit.facts.calls:
        method = call.callee.rpartition(".")[2]
        if _REFRESH.search(method) and not _ASKS_ONCE.match(method):
            return True
        if call.callee.endswith("interceptors.response.use") or any(
            n in ("auto_refresh_url", "update_token") for n, _ in call.named
        ):
            return True
    for found in unit.facts.maps:
        for entry in found.entries:
            if (
                key_of(entry) == "grant_type"
                and isinstance(entry.value, Text)
                and entry.value.literal == "refresh_token"
            ):
                return True
    known = (part for text in unit.facts.texts for part in text.parts if isinstance(part, str))
    return any(_REFRESH_REQUEST.search(part) for part in known)


def answers_401(unit: Unit) -> bool:
    """A branch or handler for 401 that does something about the token, rather than only report it."""
    answers = {index for index, scope in enumerate(unit.facts.scopes) if _is_for_401(scope)}
    return bool(answers) and _acts(unit, answers)


def _is_for_401(scope: Scope) -> bool:
    if scope.kind == "branch":
        return scope.head is not None and any(is_401(value) for value in walk(scope.head))
    if scope.kind != "catch":
        return False
    caught = " ".join(_name(value) for value in walk(scope.head)) if scope.head is not None else scope.name
    return bool(_UNAUTHORIZED.search(caught))


def calls_within(unit: Unit, scopes: set[int]) -> dict[int, list[Call]]:
    """The calls in each of these scopes, those in scopes inside it included."""
    found: dict[int, list[Call]] = defaultdict(list)
    for call in unit.facts.calls if scopes else ():
        for scope in unit.facts.around(call.scope):
            if scope in scopes:
                found[scope].append(call)
    return found


def is_401(value: Value) -> bool:
    """Whether a value is a comparison with 401, or with the 400 that some servers answer instead."""
    if not isinstance(value, Compare):
        return False
    sides = [
        item for side in (value.left, value.right) for item in (side.items if isinstance(side, Items) else (side,))
    ]
    return any(_is_status(side) for side in sides)


def _is_status(value: Value) -> bool:
    if isinstance(value, Const):
        return value.value in (400, 401)
    return isinstance(value, Text) and value.literal in ("400", "401")


def _acts(unit: Unit, scopes: set[int]) -> bool:
    facts = unit.facts
    inside = [call.callee for call in facts.calls if not scopes.isdisjoint(facts.around(call.scope))]
    inside += [b.path for b in facts.bindings if not scopes.isdisjoint(facts.around(b.scope))]
    return any(_ACTION.search(name) and not _COMPLAINT.search(name) for name in inside)


def _name(value: Value) -> str:
    return value.path if isinstance(value, Ref) else value.callee if isinstance(value, Call) else ""
