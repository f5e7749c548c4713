"""Switches: options, keys, attributes, variables and flags whose value means something, however it is given.

``verify=False``, ``session.verify = False``, ``{ rejectUnauthorized: false }``, ``-SkipCertificateCheck``, ``curl -k``,
``export NODE_TLS_REJECT_UNAUTHORIZED=0``, ``npm config set strict-ssl false`` and ``- --insecure-skip-verify`` in a
manifest are all the same to a check: a :class:`Switched`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from authlint.concepts.given import Given, givens, whole
from authlint.concepts.unit import Meant, Unit, once
from authlint.facts import Call, Choice, Const, Items, Lambda, Member, Opaque, Ref, Text, Value, dotted, walk
from authlint.names import last, split
from authlint.ruleset.libraries import Switch
from authlint.source import Span
from authlint.values.texts import key_of

_FLAT = frozenset({"yaml", "json", "toml", "ini", "properties", "dotenv", "dockerfile"})
"""Where every key is a binding of its own, however deep it stands, unless a list is its value."""
_CODE = frozenset({"python", "javascript", "typescript", "tsx", "ruby", "powershell", "shell"})

_REQUESTS = frozenset(("get", "post", "put", "patch", "delete", "head", "options", "request", "send", "fetch"))


@dataclass(frozen=True, slots=True)
class Switched:
    """A name that is given a value that means something.

    ``value`` is what it comes to; ``span`` covers name and value; ``meant`` is the call that it is an argument of or
    that made what it is set on, if its meaning is known; ``origin`` where the value is written, if that is elsewhere.
    """

    row: Switch
    given: Given
    value: Value
    span: Span
    meant: Meant | None = None
    origin: Span | None = None

    @property
    def path(self) -> str:
        """The dotted name as written."""
        return self.given.path

    @property
    def scope(self) -> int:
        """The scope in which it stands."""
        return self.given.scope

    @property
    def shown(self) -> str:
        """As a message shows it: ``checks: [none]``."""
        value = _plain(self.value)
        return f"{last(self.path)}: {value}" if value else last(self.path)

    def is_(self, attribute: str, value: str) -> bool:
        """Whether the row says this about the switch."""
        return self.row.attributes.get(attribute) == value


def switches(unit: Unit, means: str) -> Iterator[Switched]:
    """Every switch of the source that means this, in source order, each once."""
    found = unit.derived(_all).get(means, [])
    starts = [switch.span[0] for switch in found]
    end = -1
    for switch in found:
        if switch.span[0] >= end and not _is_said_elsewhere(switch, found, starts):
            yield switch
            end = switch.span[1]


def handed(unit: Unit, means: str) -> list[Switched]:
    """Those that are handed to somebody, rather than kept in a variable of code that may do anything with it."""
    return [switch for switch in switches(unit, means) if _is_handed(unit, switch)]


def extends(unit: Unit, switch: Switched) -> bool:
    """Whether a switch of a class stands in one that extends what its row says."""
    scope = unit.facts.scopes[switch.scope]
    wanted = switch.row.attributes.get("extends", "")
    return scope.head is not None and any(wanted in dotted(base) for base in walk(scope.head))


def _is_handed(unit: Unit, switch: Switched) -> bool:
    constant = switch.path.isupper() and switch.path in switch.row.name
    owned = "." in switch.path.removeprefix("self.")
    return not switch.given.bound or owned or unit.source.language not in _CODE or constant


def _is_said_elsewhere(switch: Switched, found: list[Switched], starts: list[int]) -> bool:
    """Whether another switch gives the value: ``verify_ssl = False`` and ``get(url, verify=verify_ssl)`` are one."""
    if switch.origin is None:
        return False
    at = bisect_right(starts, switch.origin[0]) - 1
    return at >= 0 and found[at] is not switch and switch.origin[1] <= found[at].span[1]


def _all(unit: Unit) -> dict[str, list[Switched]]:
    """The switches of a source by what they mean, in source order."""
    known = unit.meanings.switches
    meant_of = {meant.call.span: meant for meant in unit.meant}
    found: dict[str, list[Switched]] = defaultdict(list)
    for given in unit.derived(givens):
        rows = list(known.get(given.path)) if _counts(unit, given) else []
        if not rows:
            continue
        value, origin = _settled(unit, given.value)
        told: set[str] = set()
        for row in rows:
            if row.means in told or not _has(unit, row, value, variable=given.variable):
                continue
            meant = _owner(unit, given, meant_of)
            if meant is None and _is_handed_on(unit, given):
                continue
            if _fits(unit, row, given, meant) and _stands_beside(unit, row):
                told.add(row.means)
                found[row.means].append(Switched(row, given, value, _shown(unit, given), meant, origin))
    for switched in found.values():
        switched.sort(key=lambda switch: (switch.span, switch.path))
    return found


def _counts(unit: Unit, given: Given) -> bool:
    """Each place once; in a plain text conditions are not seen, and what is set is not known to hold."""
    if given.how == "entry":
        return unit.source.language not in _FLAT or isinstance(given.value, Items)
    return unit.source.language != "text" or given.call is not None


def _shown(unit: Unit, given: Given) -> Span:
    if given.bound and b"\n" in unit.source.data[slice(*given.span)]:
        return given.span[0], given.span[0] + unit.source.data[slice(*given.span)].index(b"\n")
    return whole(unit, given)


# -- what it means ---------------------------------------------------------------------------------------------------


def _settled(unit: Unit, value: Value) -> tuple[Value, Span | None]:
    """What a value comes to; a parameter comes to its default, which is what most calls leave it at."""
    folded = value if isinstance(value, Call | Lambda | Const) else unit.folder.fold(value)
    if isinstance(folded, Ref) and "." not in folded.path:
        owner = unit.names.parameter_of(folded.path, folded.scope)
        if owner is not None:
            parameters = unit.facts.scopes[owner].params
            default = next((p.default for p in parameters if p.name == folded.path), None)
            if default is not None:
                return default, default.span
    return folded, None if folded.span == value.span else folded.span


def _is_handed_on(unit: Unit, given: Given) -> bool:
    """Whether a function hands its own parameter to another one that nobody knows: its callers decide.

    ``login(key, verify=verify)`` may mean anything; ``session.get(url, verify=verify)`` is a request whatever it is.
    """
    value = given.value
    if given.call is None or not isinstance(value, Ref) or value.path != last(given.path):
        return False
    return (
        last(given.call.callee).lower() not in _REQUESTS
        and unit.names.parameter_of(value.path, value.scope) is not None
    )


def _has(unit: Unit, row: Switch, value: Value, *, variable: bool) -> bool:
    if "*" in row.values:
        return True
    if isinstance(value, Choice):
        return all(_has(unit, row, option, variable=variable) for option in value.options)
    while isinstance(value, Opaque) and len(value.operands) == 1 and value.op != "not":  # a cast
        value = value.operands[0]
    literal = _literal(value, variable=variable)
    if literal is None:
        return _name(unit, value) in row.values or ("new *" in row.values and _is_made(value))
    return any(_pattern(wanted).fullmatch(literal) for wanted in row.values) and (
        literal in row.values or literal not in ("", "null")
    )


@lru_cache(256)
def _pattern(wanted: str) -> re.Pattern[str]:
    """``*`` stands for any characters and ``?`` for one, everything else for itself."""
    return re.compile(re.escape(wanted).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _literal(value: Value, *, variable: bool) -> str | None:
    """A literal as rows name it; ``None`` if it is none. What a variable is given is text: ``0`` is not nothing."""
    if isinstance(value, Const):
        return (None if variable else "null") if value.value is None else str(value.value).lower()
    if isinstance(value, Items):
        return f"[{','.join(_plain(item) for item in value.items)}]" if not value.open else None
    literal = value.literal if isinstance(value, Text) else None
    return literal.strip().strip("\"'").lower() if literal is not None else None


def _plain(value: Value) -> str:
    """A plain value in lower case, the same for every language: ``false``, ``none``, ``[state,pkce]``; else empty."""
    literal = _literal(value, variable=False) or ""
    return "none" if literal == "null" else literal


def _name(unit: Unit, value: Value) -> str:
    """A value that is given by the name of a constant, or does what it says, as rows name it; else empty."""
    if isinstance(value, Lambda):
        return "accepts" if _accepts(unit, value.body) else ""
    if isinstance(value, Call):
        accepted = len(value.args) == 1 and isinstance(value.args[0], Lambda)
        return _name(unit, value.args[0]) if accepted else value.callee.rpartition(".")[2].lower()
    name = dotted(value).rpartition(".")[2] if isinstance(value, Ref | Member) else ""
    return "" if name[:1].islower() else name.lower()


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


def _owner(unit: Unit, given: Given, meant_of: dict[Span, Meant]) -> Meant | None:
    """The call that a switch is an argument of, or that made the object it is set on."""
    if given.call is not None:
        return meant_of.get(given.call.span)
    path = given.path.rpartition(".")[0]
    for binding in unit.names.bindings(path, given.scope) if path else ():
        if isinstance(binding.value, Call) and binding.value.span in meant_of:
            return meant_of[binding.value.span]
    return None


# -- what it stands among ----------------------------------------------------------------------------------------------


def _fits(unit: Unit, row: Switch, given: Given, meant: Meant | None) -> bool:
    means = meant.row.means if meant else ""
    among = _among(given)
    if (means and means in row.unless) or _has_one(among, row.unless):
        return False
    if not row.of:
        return not row.among or _has_one(among or unit.derived(_set_in).get(_head(given.path), frozenset()), row.among)
    if means in row.of or _has_one(among, row.among):
        return True
    if given.call is not None:
        return f"*.{given.call.callee.rpartition('.')[2]}" in row.of
    holder = split(_head(given.path).rpartition(".")[2])
    return bool(holder) and f"{holder[-1]}." in row.of


def _has_one(words: frozenset[tuple[str, ...]], names: tuple[str, ...]) -> bool:
    return any(split(name) in words for name in names)


def _head(path: str) -> str:
    return path.rpartition(".")[0]


def _among(given: Given) -> frozenset[tuple[str, ...]]:
    """What other arguments or keys are given with it."""
    if given.holder is not None:
        return frozenset(split(key) for entry in given.holder.entries if (key := key_of(entry)))
    arguments = given.call.named if given.call is not None and given.how == "argument" else ()
    return frozenset(split(name) for name, _ in arguments)


def _set_in(unit: Unit) -> dict[str, frozenset[tuple[str, ...]]]:
    """What is bound side by side: the words of the names, by what is written before them."""
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for binding in unit.facts.bindings:
        found[_head(binding.path)].add(split(last(binding.path)))
    return {head: frozenset(names) for head, names in found.items()}


def _names(unit: Unit) -> frozenset[tuple[str, ...]]:
    """The words of everything that is given a value."""
    return frozenset(split(given.path.rpartition(".")[2]) for given in unit.derived(givens))


def _stands_beside(unit: Unit, row: Switch) -> bool:
    return not row.beside or _has_one(unit.derived(_names), row.beside)
