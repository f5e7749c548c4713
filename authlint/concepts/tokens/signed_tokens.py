"""JSON Web Tokens that a source makes: whether they end, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from authlint.concepts.settings import once
from authlint.concepts.tokens.helpers import calls_of
from authlint.concepts.tokens.payloads import Payloads
from authlint.concepts.unit import Meant, Unit
from authlint.facts import Call, Choice, Const, Lambda, Map, Ref, Value, dotted, walk
from authlint.names import last, split
from authlint.source import Span
from authlint.values.texts import key_of, pick

Ends: TypeAlias = Literal["never", "object", "set", "unknown"]

_SETTING = "token-lifetime"
_PEOPLE = frozenset(("user", "account", "profile", "member", "customer", "person", "admin", "employee", "guest"))
_COPIED = re.compile(r"(?:\.\.\.|\*\*)\s{0,3}([\w$.]{1,80})")
_WHOLE_RECORD = frozenset(
    ("toJSON", "toObject", "dataValues", "_doc", "to_dict", "as_json", "attributes", "dict", "model_dump")
)
_RECORDS = frozenset(("data", "object", "obj", "record", "schema", "model", "dict"))
_MESSAGES = frozenset(("license", "licence", "webhook", "signature", "state", "nonce", "unsubscribe", "challenge"))


@dataclass(frozen=True, slots=True)
class Signing:
    """A token that is made. ``ends`` is ``object`` where something that is no set of claims is signed as it is.

    ``end`` is the value that says when it ends, ``is_claim`` whether that is a time and not a length. ``names`` are the
    words of what it is bound to and of the function that makes it.
    """

    span: Span
    scope: int
    meant: Meant
    ends: Ends
    end: Value | None
    is_claim: bool
    names: frozenset[str]

    @property
    def is_message(self) -> bool:
        """Whether it is something signed rather than something that lets its holder in."""
        return not self.names.isdisjoint(_MESSAGES)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a framework's tokens live, as it is set: by a setting or in a call. ``kind``: access, refresh, …"""

    span: Span
    scope: int
    value: Value | None
    kind: str
    unit: str
    name: str


def signings(unit: Unit) -> list[Signing]:
    """Every token that the source signs itself."""
    return unit.derived(_signings)


def _signings(unit: Unit) -> list[Signing]:
    return list(_all_signings(unit))


def _all_signings(unit: Unit) -> Iterator[Signing]:
    all_meant = unit.meaning("jwt-sign")
    if not all_meant:
        return
    payloads = Payloads(unit, all_meant)
    for meant in all_meant:
        ends, end, is_claim = _end(unit, meant, payloads)
        names = payloads.names_around(meant.call)
        yield Signing(meant.call.span, meant.call.scope, meant, ends, end, is_claim, names)


def lifetimes(unit: Unit) -> Iterator[Lifetime]:
    """Every lifetime that a framework is told, and those that it is not told though it has no other."""
    for given in once(unit, _SETTING):
        about = given.row.attributes
        name = last(given.path)
        yield Lifetime(given.whole, given.scope, given.value, about.get("kind", ""), about.get("unit", "s"), name)
    for meant in unit.meaning("jwt-issue"):
        call = meant.call
        expires = unit.argument(meant, "expires")
        if expires is not None or (meant.is_("default", "none") and _is_signing_without_end(unit, meant)):
            about = meant.row.attributes
            kind = about.get("kind") or ("refresh" if "refresh" in call.callee else "access")
            unit_of = about.get("unit", "s")
            span = expires.span if expires is not None and not _is_off(unit.folder.fold(expires)) else call.span
            yield Lifetime(span, call.scope, expires, kind, unit_of, last(call.callee))


def _is_signing_without_end(unit: Unit, meant: Meant) -> bool:
    """Whether a module that signs is given a key and options that are all known, but no lifetime."""
    options = meant.argument("options")
    folded = unit.folder.fold(options) if options is not None else None
    if not isinstance(folded, Map) or _is_open(folded) or unit.argument(meant, "key") is None:
        return False
    inner = next((entry.value for entry in folded.entries if key_of(entry) == "signOptions"), None)
    known = unit.folder.fold(inner) if inner is not None else None
    return inner is None or (isinstance(known, Map) and not _is_open(known))


def _end(unit: Unit, meant: Meant, payloads: Payloads) -> tuple[Ends, Value | None, bool]:
    chain = meant.row.attributes.get("expires")
    if chain:
        setter = _in_chain(meant.call, chain)
        if setter is not None:
            return "set", setter.args[0] if setter.args else None, False
    expires = unit.argument(meant, "expires")
    if expires is not None and not _is_off(unit.folder.fold(expires)):
        return "set", expires, False
    if meant.call.open or _has_unknown_options(unit, meant):
        return "unknown", None, False
    return _end_of_payload(unit, meant, payloads)


def _in_chain(call: Call, name: str) -> Call | None:
    """The call of a method in a chain: ``new SignJWT(p).setExpirationTime('1h').sign(key)``."""
    receiver = call.receiver
    while isinstance(receiver, Call):
        if last(receiver.callee) == name:
            return receiver
        receiver = receiver.receiver
    return None


def _has_unknown_options(unit: Unit, meant: Meant) -> bool:
    options = meant.argument("options")
    if options is None or isinstance(options, Lambda):
        return False
    folded = unit.folder.fold(options)
    if isinstance(folded, Map):
        return _is_open(folded)
    return not (isinstance(folded, Const) or _is_function(unit, options))


def _is_function(unit: Unit, value: Value) -> bool:
    return isinstance(value, Ref) and unit.names.is_defined_here(value.path)


def _end_of_payload(unit: Unit, meant: Meant, payloads: Payloads) -> tuple[Ends, Value | None, bool]:
    payload = meant.argument("payload")
    maker = meant.row.attributes.get("payload")
    if maker:
        made = _in_chain(meant.call, maker)
        if made is None:
            return "unknown", None, False
        payload = made.args[0] if made.args else Map((), False, made.span)
    if payload is None:
        return "unknown", None, False
    folded = unit.folder.fold(payload)
    options = folded.options if isinstance(folded, Choice) else (folded,)
    ends: list[Ends] = []
    for option in options:
        if isinstance(option, Ref) and _is_given_without_end(unit, payload, option, meant.call):
            ends.append("never")
            continue
        if not isinstance(option, Map):
            whole = _is_a_person(payload) or (
                _is_left_as_it_is(unit, payload, option) and not payloads.is_handed_on(payload, meant.call)
            )
            return ("object" if whole else "unknown"), None, False
        claim = next((entry.value for entry in option.entries if key_of(entry) == "exp"), None)
        if claim is not None:
            return "set", claim, True
        if _is_open(option) and not _is_copy_of_a_person(unit, option):
            ends.append("unknown")
        else:
            ends.append("object" if _is_open(option) else "never")
    if "unknown" in ends or payloads.is_handed_on(payload, meant.call):
        return "unknown", None, False
    return ("object" if "object" in ends else "never"), None, False


def _is_copy_of_a_person(unit: Unit, payload: Map) -> bool:
    """``{ ...user, role }``: what is copied is named like a record of somebody, all of it."""
    copied = _COPIED.findall(unit.source.data[payload.span[0] : payload.span[1]].decode(errors="replace"))
    return bool(copied) and all(_is_named_like_a_person(name) for name in copied)


def _is_given_without_end(unit: Unit, payload: Value, parameter: Ref, signing: Call) -> bool:
    """Whether every caller in this file gives claims without an end for a parameter, to which nothing is added."""
    function = unit.facts.function_of(signing.scope)
    if not function or unit.names.parameter_of(parameter.path, parameter.scope) != function:
        return False
    for name in {dotted(payload), parameter.path}:
        added = unit.folder.added(name, signing.scope)
        if any(key_of(entry) in (None, "exp") for entry in added):
            return False
    given = [
        unit.folder.fold(values[parameter.path])
        for _, values in calls_of(unit, signing.scope)
        if parameter.path in values
    ]
    return bool(given) and all(
        isinstance(value, Map) and not _is_open(value) and all(key_of(entry) != "exp" for entry in value.entries)
        for value in given
    )


def _is_open(value: Map) -> bool:
    return value.open or any(key_of(entry) is None for entry in value.entries)


def _is_off(value: Value) -> bool:
    return isinstance(value, Const) and (value.value is None or value.value is False)


def _is_a_person(payload: Value) -> bool:
    """Whether what is signed is named like a record of somebody, which has no ``exp`` among its fields."""
    return _is_named_like_a_person(dotted(payload))


def _is_named_like_a_person(name: str) -> bool:
    while last(name) in _WHOLE_RECORD:  # user.toJSON(), user.dataValues
        name = name.rpartition(".")[0]
    words = split(last(name))
    return bool(words) and (words[-1] in _PEOPLE or (len(words) > 1 and words[-2] in _PEOPLE and words[-1] in _RECORDS))


def _is_left_as_it_is(unit: Unit, payload: Value, made: Value) -> bool:
    """Whether a name stands for a whole record to which nothing is added: ``payload = user.dict()``."""
    if not isinstance(payload, Ref) or not isinstance(made, Call) or last(made.callee) not in _WHOLE_RECORD:
        return False
    home, start = unit.facts.function_of(payload.scope), f"{payload.path}."
    changed = any(c.callee.startswith(start) and unit.facts.function_of(c.scope) == home for c in unit.facts.calls)
    return not changed and not unit.folder.added(payload.path, payload.scope) and _is_a_person(made)


def time_left(unit: Unit, value: Value) -> Value | None:
    """The length in ``now + length``: what is added to a clock; ``None`` where no clock is seen."""
    folded = unit.folder.fold(value)
    if isinstance(folded, Call) and last(folded.callee) in (
        "int",
        "round",
        "floor",
        "trunc",
        "timestamp",
        "to_i",
        "unix",
    ):
        inner = pick(folded, ("0", "self"))
        return time_left(unit, inner) if inner is not None else None
    operands = getattr(folded, "operands", ())
    if getattr(folded, "op", "") != "+" or len(operands) < 2:  # noqa: PLR2004 - a sum
        return None
    others = [part for part in operands if not is_clock(unit, part)]
    return others[0] if len(others) == 1 and len(others) < len(operands) else None


def is_clock(unit: Unit, value: Value) -> bool:
    """Whether a value tells what time it is, in any unit and with anything added."""
    for inner in walk(unit.folder.fold(value)):
        if isinstance(inner, Call):
            row = unit.meanings.calls.get(unit.names.callee(inner))
            if row is not None and row.means == "clock":
                return True
        elif isinstance(inner, Ref) and (last(inner.path) == "now" or unit.read_means(inner) == "clock"):
            return True
    return False
