"""Switches: options, keys, attributes, variables and flags whose value means something, however it is given.

``verify=False``, ``session.verify = False``, ``{ rejectUnauthorized: false }``, ``-SkipCertificateCheck``, ``curl -k``,
``export NODE_TLS_REJECT_UNAUTHORIZED=0``, ``npm config set strict-ssl false`` and ``- --insecure-skip-verify`` in a
manifest are all the same to a check: a :class:`Switched`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from authlint.concepts.unit import Meant, Unit, once
from authlint.facts import Binding, Call, Const, Items, Lambda, Map, Member, Opaque, Ref, Text, Value, dotted
from authlint.libraries import Switch
from authlint.names import split
from authlint.source import Span
from authlint.texts import key_of, partition

_REACH = 120
_ASSIGNED_WORD = re.compile(r"[A-Za-z_]\w{2,80}=")
_FLAG_WORD = re.compile(r"--[a-z][a-z-]{2,60}(?:=|$)")
_FLAT = frozenset({"yaml", "json", "toml", "ini", "properties", "dotenv", "dockerfile"})
"""Where every key is a binding of its own, however deep it stands."""
_VARIABLES = frozenset({"env", "environment", "variables", "vars", "set", "args", "build_args"})


@dataclass(frozen=True, slots=True)
class Switched:
    """A name that is given a value that means something.

    ``path`` is the dotted name as written; ``meant`` the call that it is an argument of or that made what it is set on,
    if its meaning is known; ``origin`` where the value is written, if that is not where it is given.
    """

    row: Switch
    path: str
    value: Value
    span: Span
    scope: int
    meant: Meant | None = None
    origin: Span | None = None

    def is_(self, attribute: str, value: str) -> bool:
        """Whether the row says this about the switch."""
        return self.row.attributes.get(attribute) == value


@dataclass(frozen=True, slots=True)
class _Given:
    """A value that is given to a name, before it is known whether that means anything."""

    path: str
    value: Value
    span: Span
    scope: int
    call: Call | None = None
    variable: bool = False
    unnamed: bool = False
    """Whether the span is that of the value only."""
    among: frozenset[str] = frozenset()
    """What other arguments or keys are given with it."""


def switches(unit: Unit, means: str) -> Iterator[Switched]:
    """Every switch of the source that means this, in source order, each once."""
    found = sorted(_switches(unit, means), key=lambda switch: (switch.span, switch.path))
    starts = [switch.span[0] for switch in found]
    last: Span = (-1, -1)
    for switch in found:
        if switch.span[0] >= last[1] and not _is_said_elsewhere(switch, found, starts):
            yield switch
            last = switch.span


def _is_said_elsewhere(switch: Switched, found: list[Switched], starts: list[int]) -> bool:
    """Whether another switch gives the value: ``verify_ssl = False`` and ``get(url, verify=verify_ssl)`` are one."""
    if switch.origin is None:
        return False
    at = bisect_right(starts, switch.origin[0]) - 1
    return at >= 0 and found[at] is not switch and switch.origin[1] <= found[at].span[1]


def _switches(unit: Unit, means: str) -> Iterator[Switched]:
    known = unit.meanings.switches
    meant_of = {meant.call.span: meant for meant in unit.meant}
    everything = list(_given(unit))
    names = {split(given.path.rpartition(".")[2]) for given in everything}
    for given in everything:
        for row in known.get(given.path):
            if row.means != means:
                continue
            value, origin = _settled(unit, given.value)
            if not _has(unit, row, value, variable=given.variable):
                continue
            meant = _owner(unit, given, meant_of)
            if _fits(row, given, meant) and _stands_beside(row, names):
                span = _with_name(unit, given.path, given.span) if given.unnamed else given.span
                yield Switched(row, given.path, value, span, given.scope, meant, origin)
                break


# -- what is given ---------------------------------------------------------------------------------------------------


def _given(unit: Unit) -> Iterator[_Given]:
    yield from _of_calls(unit)
    if unit.source.language != "text":  # where conditions are not seen, what is set is not known to hold
        yield from _of_bindings(unit)
    if unit.source.language not in _FLAT:
        yield from _of_maps(unit)


def _of_calls(unit: Unit) -> Iterator[_Given]:
    """Named arguments and flags; the variables and options that a call is made to set."""
    meant_calls = {meant.call.span: meant.call for meant in unit.meant} if unit.meanings.commands else {}
    for original in unit.facts.calls:
        call = meant_calls.get(original.span, original)
        among = frozenset(name for name, _ in call.named)
        for name, value in call.named:
            variable = name.isupper()  # NAME=value before a command
            yield _Given(name, value, value.span, call.scope, call, variable, unnamed=True, among=among)
        if len(call.args) == 1 and not call.named and call.receiver is None:
            yield _Given(call.callee, call.args[0], call.span, call.scope, call)  # `option false` in a block of Ruby
        if unit.source.language in ("shell", "dockerfile"):
            yield from _words(call.args if call is original else original.args, call)
    for meant in unit.meant:
        if meant.row.means in ("set-variable", "configure") or meant.is_("sets", "default"):
            yield from _configured(unit, meant)


def _configured(unit: Unit, meant: Meant) -> Iterator[_Given]:
    """``setdefault("NAME", value)``, ``git config http.sslVerify false``, ``git -c http.sslVerify=false``."""
    call = meant.call
    if meant.row.means != "configure":
        name = unit.folder.literal(meant.argument("name"))
        value = meant.argument("value") or meant.argument("default")
        if name and value is not None:
            yield _Given(name, value, call.span, call.scope, call, variable=True)
        return
    for name, value in call.named:
        if name in meant.row.arguments.get("pairs", ()) and isinstance(value, Text):
            yield from _pair(value, call)
    for before, value in pairwise(call.args):
        if isinstance(before, Text) and before.literal:
            yield _Given(before.literal, value, (before.span[0], value.span[1]), call.scope, call)


def _words(words: tuple[Value, ...], call: Call) -> Iterator[_Given]:
    """``--option``, ``--option=value`` and ``NAME=value`` among the words of a command."""
    for word in words:
        if isinstance(word, Text):
            yield from _word(word, call.scope, call)


def _word(word: Text, scope: int, call: Call | None = None) -> Iterator[_Given]:
    first = word.parts[0] if word.parts else ""
    if not isinstance(first, str):
        return
    if _FLAG_WORD.match(first):
        name, has_value, value = partition(word, "=")
        given: Value = value if has_value else Const(True, word.span)
        yield _Given((name.literal or "").lstrip("-"), given, word.span, scope, call)
    elif _ASSIGNED_WORD.match(first):
        name, _, value = partition(word, "=")
        yield _Given(name.literal or "", value, word.span, scope, call, variable=True)


def _pair(word: Text, call: Call) -> Iterator[_Given]:
    name, found, value = partition(word, "=")
    if found and name.literal:
        yield _Given(name.literal, value, word.span, call.scope, call)


def _of_bindings(unit: Unit) -> Iterator[_Given]:
    numbered: dict[str, Text] = {}
    for binding in unit.facts.bindings:
        head, _, last = binding.path.rpartition(".")
        text = binding.value if isinstance(binding.value, Text) else None
        if last.isdecimal() and text is not None:
            yield from _word(text, binding.scope)  # `- NAME=value` and `- --option` of a manifest
        elif last == "name" and text is not None:
            numbered[head] = text
        elif last == "value" and head in numbered:  # `- name: NAME` and `value: "0"` of a manifest
            yield _Given(numbered[head].literal or "", binding.value, binding.span, binding.scope, None, variable=True)
        span = binding.span if _is_short(unit, binding) else binding.name_span
        yield _Given(binding.path, binding.value, span, binding.scope, None, _is_variable(unit, binding))


def _is_short(unit: Unit, binding: Binding) -> bool:
    return b"\n" not in unit.source.data[slice(*binding.span)]


def _is_variable(unit: Unit, binding: Binding) -> bool:
    """Whether a name is that of an environment variable, all of whose values are text."""
    *around, last = binding.path.split(".")
    if unit.source.language in ("dotenv", "shell", "dockerfile"):
        return True
    return last.isupper() and (not around or not split(around[-1]) or split(around[-1])[-1] in _VARIABLES)


def _of_maps(unit: Unit) -> Iterator[_Given]:
    """Keys of maps, with the names around them: ``ssl: { verify: false }`` is ``ssl.verify``."""
    holders: dict[int, tuple[str, Call | None]] = {}
    scopes: dict[int, int] = {}
    for call in unit.facts.calls:
        for name, value in (*(("", arg) for arg in call.args), *call.named):
            if isinstance(value, Map):
                holders[id(value)], scopes[id(value)] = (name, call), call.scope
    for binding in unit.facts.bindings:
        if isinstance(binding.value, Map):
            holders[id(binding.value)], scopes[id(binding.value)] = (binding.path, None), binding.scope
    for found in unit.facts.maps:
        prefix, owner = holders.get(id(found), ("", None))
        scope = scopes.get(id(found), -1)
        among = frozenset(key for entry in found.entries if (key := key_of(entry)))
        for entry in found.entries:
            key = key_of(entry) if isinstance(entry.key, Text) else dotted(entry.key).rpartition(".")[2]
            if not key:
                continue
            path = f"{prefix}.{key}" if prefix else key
            if isinstance(entry.value, Map):
                holders[id(entry.value)], scopes[id(entry.value)] = (path, owner), scope
            place = scope if scope >= 0 else unit.facts.scope_at(entry.span)
            yield _Given(path, entry.value, entry.span, place, owner, among=among)


def _with_name(unit: Unit, name: str, span: Span) -> Span:
    """The span of a named argument's value, with its name where that stands right before it."""
    start = max(0, span[0] - _REACH)
    named = re.escape(name.encode())
    before = re.search(
        rb"[-\"':]{0,2}" + named + rb"[\"']?\s{0,8}(?:=>|[:=\s])\s{0,8}[\"']?$", unit.source.data[start : span[0]]
    )
    return (start + before.start(), span[1]) if before else span


# -- what it means ---------------------------------------------------------------------------------------------------


def _settled(unit: Unit, value: Value) -> tuple[Value, Span | None]:
    """What a value comes to; a parameter comes to its default, which is what most calls leave it at."""
    folded = unit.folder.fold(value) if isinstance(value, Ref | Member | Text | Opaque) else value
    if isinstance(folded, Ref) and "." not in folded.path:
        owner = unit.names.parameter_of(folded.path, folded.scope)
        if owner is not None:
            parameters = unit.facts.scopes[owner].params
            default = next((p.default for p in parameters if p.name == folded.path), None)
            if default is not None:
                return default, default.span
    return folded, None if folded is value else folded.span


def _has(unit: Unit, row: Switch, value: Value, *, variable: bool) -> bool:
    if isinstance(value, Items):
        return not value.open and any(_has(unit, row, item, variable=variable) for item in value.items)
    while isinstance(value, Opaque) and len(value.operands) == 1 and value.op != "not":  # a cast
        value = value.operands[0]
    literal = _literal(value, variable=variable)
    if literal is None:
        return _name(unit, value) in row.values or ("new *" in row.values and _is_made(value))
    return literal in row.values or ("?*" in row.values and literal not in ("", "null"))


def _literal(value: Value, *, variable: bool) -> str | None:
    """A literal as rows name it; ``None`` if it is none. What a variable is given is text: ``0`` is not nothing."""
    if isinstance(value, Const):
        return (None if variable else "null") if value.value is None else str(value.value).lower()
    literal = value.literal if isinstance(value, Text) else None
    return literal.strip().strip("\"'").lower() if literal is not None else None


def _name(unit: Unit, value: Value) -> str:
    """A value that is given by its name, or does what it says, as rows name it; empty if it has no name."""
    if isinstance(value, Lambda):
        return "accepts" if _accepts(unit, value.body) else ""
    if isinstance(value, Call):
        accepted = len(value.args) == 1 and isinstance(value.args[0], Lambda)
        return _name(unit, value.args[0]) if accepted else value.callee.rpartition(".")[2].lower()
    return dotted(value).rpartition(".")[2].lower() if isinstance(value, Ref | Member) else ""


def _is_made(value: Value) -> bool:
    return isinstance(value, Call) and value.callee.rpartition(".")[2].lower() in ("new-object", "new")


def _accepts(unit: Unit, body: int) -> bool:
    """Whether a function agrees to whatever it is asked: all it gives back is true, or nothing."""
    return body not in _busy(unit)


@once
def _busy(unit: Unit) -> frozenset[int]:
    """Scopes that hold a call or another scope, or give something back that is neither true nor nothing."""
    busy = {scope.parent for scope in unit.facts.scopes} | {call.scope for call in unit.facts.calls}
    for item in unit.facts.returns:
        value = item.value
        agrees = isinstance(value, Const) and (value.value is None or value.value is True)
        if not agrees and not (isinstance(value, Ref) and value.path == "undefined"):
            busy.add(item.scope)
    return frozenset(busy)


def _owner(unit: Unit, given: _Given, meant_of: dict[Span, Meant]) -> Meant | None:
    """The call that a switch is an argument of, or that made the object it is set on."""
    if given.call is not None:
        return meant_of.get(given.call.span)
    path = given.path.rpartition(".")[0]
    for binding in unit.names.bindings(path, given.scope) if path else ():
        if isinstance(binding.value, Call) and binding.value.span in meant_of:
            return meant_of[binding.value.span]
    return None


def _fits(row: Switch, given: _Given, meant: Meant | None) -> bool:
    means = meant.row.means if meant else ""
    if (means and means in row.unless) or not given.among.isdisjoint(row.unless):
        return False
    if not row.of or means in row.of or not given.among.isdisjoint(row.among):
        return True
    if given.call is not None:
        return f"*.{given.call.callee.rpartition('.')[2]}" in row.of
    holder = split(given.path.rpartition(".")[0].rpartition(".")[2])
    return bool(holder) and f"{holder[-1]}." in row.of


def _stands_beside(row: Switch, names: set[tuple[str, ...]]) -> bool:
    return not row.beside or any(split(name) in names for name in row.beside)
