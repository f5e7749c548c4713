"""What is given a value, in whatever syntax: variables, attributes, keys of maps and configurations, arguments, flags.

``verify = False``, ``{ ssl: { verify: false } }``, ``get(url, verify=False)``, ``option false``, ``--verify=no``,
``export VERIFY=0``, ``config.set("verify", false)`` and ``[("verify", "no")]`` are all a :class:`Given`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from authlint.concepts.unit import Meant, Unit
from authlint.facts import Binding, Call, Const, Items, Map, Text, Value, dotted
from authlint.names import split
from authlint.source import Span
from authlint.values.texts import key_of, pairs, partition

How: TypeAlias = Literal["binding", "entry", "argument", "method", "pair", "alone", "word", "configured"]
"""``method``: ``set("name", value)``. ``pair``: an item of a list of names and values. ``alone``: ``option false``.

``word``: a flag or ``NAME=value`` among the words of a command or in a list. ``configured``: what a call
is made to set.
"""

_DEEPEST = 12
_REACH = 120
_ASSIGNED_WORD = re.compile(r"[A-Za-z_]\w{2,80}=")
_FLAG_WORD = re.compile(r"--[a-z][a-z-]{2,60}(?:=|$)")
_INDEX = re.compile(r"\.(?:\d+|\[\])$")
_SETTERS = frozenset({"set", "append", "add_argument", "use"})
_VARIABLES = frozenset({"env", "environment", "variables", "vars", "set", "args", "build_args"})
_NAMED = frozenset({"binding", "entry", "argument", "method", "pair"})


@dataclass(frozen=True, slots=True)
class Given:
    """A value that is given to a name.

    ``path`` is the name with the names and keys that lead to it, ``call`` what it is an argument of, ``holder`` the map
    that it is a key of. ``span`` covers name and value, of an argument the value only. ``variable``: it is one of the
    environment, whose values are text. ``item``: it is one of a list of values.
    """

    path: str
    value: Value
    span: Span
    scope: int
    how: How
    call: Call | None = None
    holder: Map | None = None
    variable: bool = False
    item: bool = False

    @property
    def bound(self) -> bool:
        """Whether it is an assignment, or what a configuration says."""
        return self.how == "binding"


def givens(unit: Unit) -> list[Given]:
    """Every value that is given to a name: bindings, then arguments and words, then entries of maps."""
    return [*_of_bindings(unit), *_of_calls(unit), *_of_maps(unit)]


def named(unit: Unit) -> list[Given]:
    """Those that code or a configuration names: neither words of commands nor what stands alone, but for lists."""
    return [
        given
        for given in unit.derived(givens)
        if given.how in _NAMED or (given.how == "alone" and isinstance(given.value, Items))
    ]


def whole(unit: Unit, given: Given) -> Span:
    """Name and value, also of an argument, if its name stands right before its value."""
    if given.how != "argument":
        return given.span
    start = max(0, given.span[0] - _REACH)
    name = re.escape(given.path.encode())
    before = re.search(
        rb"[-\"':]{0,2}" + name + rb"[\"']?\s{0,8}(?:=>|[:=\s])\s{0,8}[\"']?$", unit.source.data[start : given.span[0]]
    )
    return (start + before.start(), given.span[1]) if before else given.span


# -- bindings ----------------------------------------------------------------------------------------------------------


def _of_bindings(unit: Unit) -> Iterator[Given]:
    numbered: dict[str, Text] = {}
    for binding in unit.facts.bindings:
        path, value, span, scope = binding.path, binding.value, binding.span, binding.scope
        head, _, last = path.rpartition(".")
        if isinstance(value, Text) and last.isdecimal():
            yield from _word(value, scope)  # `- NAME=value` and `- --option` of a manifest
        elif isinstance(value, Text) and last == "name":
            numbered[head] = value
        elif last == "value" and head in numbered:  # `- name: NAME` and `value: "0"` of a manifest
            yield Given(numbered[head].literal or "", value, span, scope, "configured", variable=True)
        name = _INDEX.sub("", path)
        variable = _is_variable(unit, binding)
        yield Given(name, value, span, scope, "binding", variable=variable, item=name is not path and name != path)
        yield from _of_pairs(value, scope)


def _is_variable(unit: Unit, binding: Binding) -> bool:
    """Whether a name is that of an environment variable, all of whose values are text."""
    if unit.source.language in ("dotenv", "shell", "dockerfile"):
        return True
    *around, last = binding.path.split(".")
    return last.isupper() and (not around or not split(around[-1]) or split(around[-1])[-1] in _VARIABLES)


def _of_pairs(value: Value, scope: int) -> Iterator[Given]:
    """``[("grant_type", "password"), …]``"""
    for entry in pairs(value) if isinstance(value, Items) else ():
        key = key_of(entry)
        if key and key.isidentifier():
            yield Given(key, entry.value, entry.span, scope, "pair")


# -- calls -------------------------------------------------------------------------------------------------------------


def _of_calls(unit: Unit) -> Iterator[Given]:
    """Named arguments and flags; the variables and options that a call is made to set."""
    meant_calls = {meant.call.span: meant.call for meant in unit.meant} if unit.meanings.commands else {}
    for original in unit.facts.calls:
        call = meant_calls.get(original.span, original)
        for argument in (*call.args, *(value for _, value in call.named)):
            yield from _of_pairs(argument, call.scope)
        for name, value in call.named:
            yield Given(name, value, value.span, call.scope, "argument", call, variable=name.isupper())
        yield from _set_by(unit, call)
        if unit.source.language in ("shell", "dockerfile"):
            for word in call.args if call is original else original.args:
                yield from _word(word, call.scope, call)
    for meant in unit.meant:
        if meant.row.means in ("set-variable", "configure") or meant.is_("sets", "default"):
            yield from _configured(unit, meant)


def _set_by(unit: Unit, call: Call) -> Iterator[Given]:
    """``params.set("name", value)``, ``allowed_types(["a", "b"])``, and in a block of Ruby ``option false``."""
    if len(call.args) == 2 and call.callee.rpartition(".")[2] in _SETTERS:  # noqa: PLR2004 - a name and its value
        name = unit.folder.literal(call.args[0]) or ""
        if name.isidentifier():
            yield Given(name, call.args[1], call.span, call.scope, "method", call)
    elif len(call.args) == 1 and not call.named and (call.receiver is None or isinstance(call.args[0], Items)):
        yield Given(call.callee, call.args[0], call.span, call.scope, "alone", call)


def _configured(unit: Unit, meant: Meant) -> Iterator[Given]:
    """``setdefault("NAME", value)``, ``git config http.sslVerify false``, ``git -c http.sslVerify=false``."""
    call = meant.call
    if meant.row.means != "configure":
        name = unit.folder.literal(meant.argument("name"))
        value = meant.argument("value") or meant.argument("default")
        if name and value is not None:
            yield Given(name, value, call.span, call.scope, "configured", call, variable=True)
        return
    for option, word in call.named:
        if option in meant.row.arguments.get("pairs", ()) and isinstance(word, Text):
            key, found, text = partition(word, "=")
            if found and key.literal:
                yield Given(key.literal, text, word.span, call.scope, "configured", call)
    for before, after in pairwise(call.args):
        if isinstance(before, Text) and before.literal:
            yield Given(before.literal, after, (before.span[0], after.span[1]), call.scope, "configured", call)


def _word(word: Value, scope: int, call: Call | None = None) -> Iterator[Given]:
    """``--option``, ``--option=value`` and ``NAME=value``."""
    first = word.parts[0] if isinstance(word, Text) and word.parts else ""
    if not isinstance(word, Text) or not isinstance(first, str):
        return
    if _FLAG_WORD.match(first):
        name, has_value, value = partition(word, "=")
        flag: Value = value if has_value else Const(True, word.span)
        yield Given((name.literal or "").lstrip("-"), flag, word.span, scope, "word", call)
    elif _ASSIGNED_WORD.match(first):
        name, _, value = partition(word, "=")
        yield Given(name.literal or "", value, word.span, scope, "word", call, variable=True)


# -- maps --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Owner:
    """What has a map: another ``outer`` one under the key ``name``, a name, or an argument of a call."""

    outer: Map | None
    name: str
    scope: int = -1
    call: Call | None = None


def _of_maps(unit: Unit) -> Iterator[Given]:
    """Keys of maps, with the names around them: ``ssl: { verify: false }`` is ``ssl.verify``."""
    owners = unit.derived(_owners)
    for holder in unit.facts.maps:
        line = _line(holder, owners)
        around = ".".join(owner.name for owner in line if owner.name)
        scope, call = (line[0].scope, line[0].call) if line else (-1, None)
        for entry in holder.entries:
            key = key_of(entry) if isinstance(entry.key, Text) else dotted(entry.key).rpartition(".")[2]
            if key:
                place = scope if scope >= 0 else unit.facts.scope_at(entry.span)
                path = f"{around}.{key}" if around else key
                yield Given(path, entry.value, entry.span, place, "entry", call, holder)


def map_paths(unit: Unit) -> dict[int, str]:
    """For each map (by identity) the keys, the name and the call that lead to it, where there are any."""
    owners = unit.derived(_owners)
    found: dict[int, str] = {}
    for holder in unit.facts.maps:
        line = _line(holder, owners)
        if line:
            call = line[0].call
            names = [call.callee if call else "", *(owner.name for owner in line)]
            found[id(holder)] = ".".join(name for name in names if name)
    return found


def _owners(unit: Unit) -> dict[int, _Owner]:
    """What has each map, by the map's identity."""
    owners: dict[int, _Owner] = {}
    for outer in unit.facts.maps:
        for entry in outer.entries:
            for inner in _maps_in(entry.value):
                owners[id(inner)] = _Owner(outer, key_of(entry) or "[]")
    for binding in unit.facts.bindings:
        for inner in _maps_in(binding.value):
            owners.setdefault(id(inner), _Owner(None, binding.path, binding.scope))
    made = {id(binding.value): binding.path for binding in unit.facts.bindings if isinstance(binding.value, Call)}
    for call in unit.facts.calls:
        arguments = (*((made.get(id(call), ""), value) for value in call.args), *call.named)
        for name, value in arguments:
            for inner in _maps_in(value):
                owners.setdefault(id(inner), _Owner(None, name, call.scope, call))
    return owners


def _maps_in(value: Value) -> Iterator[Map]:
    if isinstance(value, Map):
        yield value
    elif isinstance(value, Items):
        yield from (item for item in value.items if isinstance(item, Map))


def _line(holder: Map, owners: dict[int, _Owner]) -> list[_Owner]:
    """What has a map, what has that, and so on; the outermost first."""
    line: list[_Owner] = []
    inner: Map | None = holder
    while inner is not None and id(inner) in owners and len(line) < _DEEPEST:
        line.append(owners[id(inner)])
        inner = line[-1].outer
    return line[::-1]
