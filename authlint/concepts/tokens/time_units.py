"""Seconds and milliseconds: in which of them a time or a length is counted, and where the two meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.unit import Unit
from authlint.facts import Call, Choice, Compare, Const, Member, Opaque, Ref, Value
from authlint.names import last
from authlint.source import Span

_THOUSAND = 1000
_DEPTH = 12
_KEEPS = frozenset(
    ("floor", "round", "ceil", "trunc", "int", "Number", "parseInt", "parseFloat", "to_i", "to_f", "Integer")
)
_FROM_A_SERVER = frozenset(("expires_in",))
_OF_A_RESPONSE = frozenset(("expiresIn", "expires_in", "ExpiresIn"))


@dataclass(frozen=True, slots=True)
class Mixture:
    """A sum or comparison of seconds with milliseconds. ``seconds`` is what counts seconds, ``name`` its name."""

    span: Span
    name: str
    seconds: Value


def mixtures(unit: Unit) -> Iterator[Mixture]:
    """Where what is counted in seconds is added to, or compared with, what is counted in milliseconds."""
    seen: set[Span] = set()
    for value in _candidates(unit):
        operands = (value.left, value.right) if isinstance(value, Compare) else value.operands
        units = [unit_of(unit, operand) for operand in operands]
        if {"s", "ms"} <= set(units) and value.span not in seen:
            seen.add(value.span)
            named = operands[units.index("s")]
            yield Mixture(value.span, _name(named), named)


def _candidates(unit: Unit) -> Iterator[Opaque | Compare]:
    facts = unit.facts
    yield from (compare for compare in facts.compares if compare.op != "in")
    values: list[Value] = [binding.value for binding in facts.bindings]
    values += [item.value for item in facts.returns]
    values += [entry.value for found in facts.maps for entry in found.entries]
    values += [argument for call in facts.calls for argument in (*call.args, *(value for _, value in call.named))]
    for value in values:
        inner = value
        while isinstance(inner, Call) and len(inner.args) == 1:  # Math.floor(now + length), new Date(now + length)
            inner = inner.args[0]
        if isinstance(inner, Opaque) and inner.op in ("+", "-"):
            yield inner


def unit_of(unit: Unit, value: Value, depth: int = _DEPTH) -> str:
    """``s`` or ``ms`` for what is counted in one of them, empty for what is not known."""
    if not depth:
        return ""
    match value:
        case Call():
            return _of_call(unit, value, depth)
        case Opaque(op="*" | "/" as operator, operands=(left, right)):
            return _scaled(unit, operator, left, right, depth)
        case Opaque(op="+" | "-", operands=operands):
            units = {unit_of(unit, operand, depth - 1) for operand in operands} - {""}
            return units.pop() if len(units) == 1 else ""
        case Choice(options=options):
            units = {unit_of(unit, option, depth - 1) for option in options} - {""}
            return units.pop() if len(units) == 1 else ""
        case Ref() | Member():
            return _of_name(unit, value, depth)
        case _:
            return ""


def _of_call(unit: Unit, call: Call, depth: int) -> str:
    row = unit.meanings.calls.get(unit.names.callee(call))
    if row is not None and row.means == "clock":
        return row.attributes.get("unit", "")
    name = last(call.callee)
    if name in ("get", "fetch") and call.args and unit.folder.literal(call.args[0]) in _FROM_A_SERVER:
        return "s"
    if name in _KEEPS:
        inner = call.args[0] if call.args else call.receiver
        return unit_of(unit, inner, depth - 1) if inner is not None else ""
    return ""


def _scaled(unit: Unit, operator: str, left: Value, right: Value, depth: int) -> str:
    if not _is_thousand(right):
        if operator == "*" and _is_thousand(left):
            left = right
        else:
            return ""
    of = unit_of(unit, left, depth - 1)
    if operator == "*":
        return "ms" if of == "s" else ""
    return "s" if of == "ms" else ""


def _is_thousand(value: Value) -> bool:
    return isinstance(value, Const) and value.value == _THOUSAND


def _of_name(unit: Unit, value: Ref | Member, depth: int) -> str:
    name = last(value.path)
    if isinstance(value, Ref):
        bindings = unit.names.bindings(value.path, value.scope)
        given = [b.value for b in bindings if not isinstance(b.value, Const)]
        units = {unit_of(unit, inner, depth - 2) for inner in given[:4]} if depth > 1 else set()
        if given:
            return units.pop() if len(units) == 1 else ""
    below = isinstance(value, Member) or "." in value.path
    is_own = isinstance(value, Ref) and value.path.startswith("self.")  # may have been converted when it was set
    if name in _FROM_A_SERVER or (below and not is_own and (name in _OF_A_RESPONSE or name == "exp")):
        return "s"
    return ""


def _name(value: Value) -> str:
    for inner in (value, *getattr(value, "options", ()), *getattr(value, "operands", ()), *getattr(value, "args", ())):
        if isinstance(inner, Ref | Member):
            return last(inner.path)
    return "the length"


@dataclass(frozen=True, slots=True)
class End:
    """A clock and the whole ``length`` that a server gave. ``scaled``: that is multiplied to be milliseconds."""

    clock: Value
    length: Value
    scaled: bool


@dataclass(frozen=True, slots=True)
class BareComparison:
    """The clock is compared with an expiry that was set to the very end: ``ends`` are the values that it was set to."""

    span: Span
    name: str
    set_at: Span
    ends: tuple[End, ...]


def bare_comparisons(unit: Unit) -> Iterator[BareComparison]:
    """``now < expires_at`` where ``expires_at = now + expires_in`` and nothing is taken off on either side."""
    for compare in unit.facts.compares:
        if compare.op not in ("<", "<=", ">", ">="):
            continue
        for clock, other in ((compare.left, compare.right), (compare.right, compare.left)):
            if isinstance(other, Ref) and _is_bare_clock(unit, clock):
                bindings = unit.names.bindings(other.path, other.scope)
                set_to = [b for b in bindings if isinstance(b.value, Opaque | Call)]
                ends = [_very_end(unit, b.value) for b in set_to]
                if ends and None not in ends:
                    known = tuple(filter(None, ends))
                    yield BareComparison(compare.span, last(other.path), set_to[0].span, known)


def _is_bare_clock(unit: Unit, value: Value) -> bool:
    while isinstance(value, Call) and last(value.callee) in _KEEPS and value.args:
        value = value.args[0]
    if isinstance(value, Opaque) and value.op == "/" and len(value.operands) > 1 and _is_thousand(value.operands[1]):
        value = value.operands[0]
    return _means_clock(unit, value)


def _means_clock(unit: Unit, value: Value) -> bool:
    if isinstance(value, Call):
        row = unit.meanings.calls.get(unit.names.callee(value))
        return row is not None and row.means == "clock"
    if unit.read_means(value) == "clock":
        return True
    if isinstance(value, Ref):
        bindings = unit.names.bindings(value.path, value.scope)
        return bool(bindings) and all(isinstance(b.value, Call) and _means_clock(unit, b.value) for b in bindings)
    return False


def _very_end(unit: Unit, value: Value) -> End | None:
    """A value as a clock and the whole of a lifetime that a server gave, if it is that."""
    while isinstance(value, Call) and last(value.callee) in (*_KEEPS, "Date") and value.args:
        value = value.args[0]
    if not isinstance(value, Opaque) or value.op != "+" or len(value.operands) != 2:  # noqa: PLR2004 - a sum
        return None
    clocks = [_is_bare_clock(unit, operand) for operand in value.operands]
    if clocks.count(True) != 1:
        return None
    clock, length = value.operands[clocks.index(True)], value.operands[clocks.index(False)]
    while isinstance(length, Call) and len(length.args) + len(length.named) == 1 and last(length.callee) not in _KEEPS:
        length = length.args[0] if length.args else length.named[0][1]  # timedelta(seconds=x)
    scaled = isinstance(length, Opaque) and length.op == "*" and any(_is_thousand(part) for part in length.operands)
    if scaled and isinstance(length, Opaque):
        length = next(part for part in length.operands if not _is_thousand(part))
    known = isinstance(length, Ref | Member) if scaled else _is_from_a_server(length)
    return End(clock, length, scaled) if known else None


def _is_from_a_server(length: Value) -> bool:
    while isinstance(length, Call) and len(length.args) == 1 and last(length.callee) in _KEEPS:  # int(x)
        length = length.args[0]
    return isinstance(length, Ref | Member) and last(length.path) in ("expires_in", "expiresIn", "ExpiresIn")
