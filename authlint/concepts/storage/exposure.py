"""Which credential an expression shows when it is printed: itself, inside a text or a map, or inside an object.

What goes through a function that nobody knows is not followed: ``len(token)``, ``mask(token)`` and ``hash(token)``
show no token, nor do ``token[:4]``, ``!!token`` and ``token ? "set" : "not set"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from authlint.concepts.credentials.credentials import environment_name
from authlint.concepts.credentials.secret_names import gives, is_ambiguous, is_flag, is_lasting, reveals
from authlint.concepts.tokens.holders import Holders
from authlint.concepts.unit import Unit
from authlint.facts import (
    Binding,
    Call,
    Choice,
    Const,
    Entry,
    Items,
    Lambda,
    Map,
    Member,
    Opaque,
    Ref,
    Text,
    Value,
    dotted,
    walk,
)
from authlint.names import last
from authlint.source import Span
from authlint.values.texts import is_nothing, key_of, pick, query_entries

Sort: TypeAlias = Literal["lasting", "holder", ""]

_DEPTH = 8
_STEPS = 400
_MAX_BINDINGS = 4
_ABOUT_LOGIN = re.compile(
    rb"(?i)authorization|bearer|oauth|\bjwt|access_?-?token|refresh_?-?token|api_?-?key|client_?-?secret|auth_?-?token"
    rb"|\blog_?in|sign_?in\b|authenticat|password"
)
_OF_OTHER_TRADES = re.compile(
    rb"(?i)tokeni[sz]|tiktoken|\blexer|\blexing|\bnltk\b|\bspacy\b|\btransformers\b|\bvocab|\berc-?20|\bweb3\b|\bethers\b"
)
_SAYS_SO = re.compile(r"(?i)\b(?:tokens?|secret|credentials?)\b.{0,20}[:=]|\b(?:auth|login|session)\b")
_IDENTITY = re.compile(r"(?i)client_?id[\"']?\s?[=:]\s?$")
_NEAR = 16
_TYPES = frozenset(("String", "Number", "Boolean", "Object", "str", "int", "bool", "bytes", "string"))
_SAME = frozenset(("same", "query-string", "url", "merge", "shown", "parsed"))
_FROM_A_KEY = frozenset(("get", "fetch", "dig", "getItem", "pop"))
_INPUT = ".val"
"""What jQuery gives of a field that somebody has filled in."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """A credential that is shown: what it is called, and whether it lasts or is in an object that holds it."""

    what: str
    sort: Sort
    span: Span


class Exposures:
    """Looks for credentials in what is shown."""

    def __init__(self, unit: Unit) -> None:
        """``Holders`` are only looked for when something is shown whose name says nothing."""
        self.unit = unit
        self._holders: Holders | None = None
        self._steps = _STEPS
        self._trade: tuple[bool, bool] | None = None
        self._is_said = False

    def find(self, *values: Value) -> Exposed | None:
        """The first credential that values show together, if any: what one says may tell what the other is."""
        self._steps = _STEPS
        self._is_said = any(map(_SAYS_SO.search, _texts(values)))
        return next((found for value in values if (found := self._find(value, _DEPTH))), None)

    def _find(self, value: Value, depth: int) -> Exposed | None:
        self._steps -= 1
        if depth <= 0 or self._steps < 0:
            return None
        match value:
            case Ref() | Member():
                return self._named(value, depth)
            case Text(parts=parts):
                return self._first(_holes(parts), depth)
            case Map(entries=entries):
                return next((found for entry in entries if (found := self._entry(entry, depth))), None)
            case Items(items=items):
                return self._first(items, depth)
            case Choice(options=options):
                return self._first(options, depth)
            case Opaque(op=op, operands=operands):
                shown = operands if op in ("+", "%", "*", "await") else operands[-1:] if op in ("and", "&&") else ()
                return self._first(shown, depth)
            case Call():
                return self._call(value, depth)
            case Lambda(body=body):
                return self._first(self.unit.names.returns.get(body, ()), depth)
            case _:
                return None

    def _first(self, values: Iterable[Value], depth: int) -> Exposed | None:
        return next((found for value in values if (found := self._find(value, depth - 1))), None)

    def _named(self, value: Ref | Member, depth: int) -> Exposed | None:
        path = value.path
        if reveals(path) and not self._is_sentence(value) and not self._is_record(value):
            return (
                Exposed(_shown(value), "lasting" if is_lasting(path) else "", value.span) if self._names(path) else None
            )
        if self._holds(value):
            return Exposed(_shown(value), "holder", value.span)
        if isinstance(value, Member) or is_flag(path):
            return None
        bindings = self.unit.names.bindings(path, value.scope)
        source = bindings[0].value if len(bindings) == 1 and bindings[0].op == "=" else None
        if isinstance(source, Ref | Member) and _is_renamed(path, source):
            return self._named(source, depth - 2)
        for binding in bindings[:_MAX_BINDINGS]:
            if is_nothing(binding.value) or not isinstance(binding.value, Text | Map | Items | Choice | Opaque | Call):
                continue
            if isinstance(binding.value, Call) and gives(binding.value.callee):
                continue  # the name says what it is: code_verifier = generate_token()
            found = self._find(binding.value, depth - 2)
            if found is not None:
                return Exposed(f"{path} with {found.what.rpartition(' with ')[2]}", found.sort, value.span)
        return self._in_query(value, bindings)

    def _in_query(self, value: Ref, bindings: list[Binding]) -> Exposed | None:
        """A parameter that a URL or a query is given after it is made: ``url.searchParams.set("client_secret", s)``."""
        made = [b.value for b in bindings[:_MAX_BINDINGS] if isinstance(b.value, Call)]
        rows = [self.unit.meanings.calls.get(self.unit.names.callee(call)) for call in made]
        if not any(row is not None and row.means in ("url", "query-string") for row in rows):
            return None
        folded = self.unit.folder.fold(value)
        for entry in query_entries(folded) if isinstance(folded, Text) else ():
            key = (key_of(entry) or "").rpartition("?")[2]
            if reveals(key) and not isinstance(entry.value, Const) and getattr(entry.value, "literal", None) is None:
                return Exposed(f"{value.path} with '{key}'", "lasting" if is_lasting(key) else "", value.span)
        return None

    def _is_sentence(self, value: Ref | Member) -> bool:
        """Whether a name stands for words (``TOKEN_MISSING = "No token was given"``) or for a file."""
        if value.path in self.unit.derived(_names_of_files):
            return True
        bindings = self.unit.names.bindings(value.path, value.scope) if isinstance(value, Ref) else []
        return any(isinstance(b.value, Text) and " " in (b.value.literal or "") for b in bindings)

    def _is_record(self, value: Ref | Member) -> bool:
        """Whether a name stands for what a token says: ``token_data = TokenData(username=name)``."""
        if not isinstance(value, Ref) or not is_ambiguous(value.path):
            return False
        made = [binding.value for binding in self.unit.names.bindings(value.path, value.scope)]
        return bool(made) and all(map(_names_no_credential, made))

    def _entry(self, entry: Entry, depth: int) -> Exposed | None:
        key, value = key_of(entry) or "", entry.value
        found = self._find(value, depth - 1)
        if found is not None or not self._names(key):
            return found
        if isinstance(value, Call) and value.callee.endswith(_INPUT) and not value.args:
            return Exposed(f"'{key}'", "lasting" if is_lasting(key) else "", entry.span)
        if not isinstance(value, Ref | Member) or last(value.path) in _TYPES or "hash" in value.path.lower():
            return None
        return Exposed(f"'{key}'", "lasting" if is_lasting(key) else "", entry.span)

    def _names(self, name: str) -> bool:
        """Whether a name is that of a credential in this file."""
        if self.unit.source.language == "powershell" and name.lower() == "pwd":
            return False  # the current directory
        return reveals(name) and (not is_ambiguous(name) or self._is_meant(name))

    def _is_meant(self, name: str) -> bool:
        """Whether a word of many trades is meant as one lets people in: by the file, or by the text beside it."""
        if self._trade is None:
            data = self.unit.source.root.data
            self._trade = (_ABOUT_LOGIN.search(data) is not None, _OF_OTHER_TRADES.search(data) is not None)
        about_login, other_trade = self._trade
        return (about_login and ("." in name or not other_trade)) or (self._is_said and not other_trade)

    def _call(self, call: Call, depth: int) -> Exposed | None:
        method = last(call.callee)
        if method in ("format", "join", "concat") and call.receiver is not None:
            return self._first((call.receiver, *call.args, *(value for _, value in call.named)), depth)
        row = self.unit.meanings.calls.get(self.unit.names.callee(call))
        if row is not None and row.means in _SAME:
            given = pick(call, row.arguments.get("value", ("0",)))
            return self._find(given, depth - 1) if given is not None else None
        name = environment_name(self.unit, call).strip("*")
        if not name and method in _FROM_A_KEY and call.args:
            name = self.unit.folder.literal(call.args[0]) or ""
        if not name and gives(method):
            name = method
        if row is not None and row.means == "jwt-sign":
            return Exposed("the signed token", "", call.span)
        if name and self._names(name):
            return Exposed(f"{name}()" if name == method else name, "lasting" if is_lasting(name) else "", call.span)
        return Exposed(_shown(call), "holder", call.span) if self._holds(call) else None

    def _holds(self, value: Value) -> bool:
        if self._holders is None:
            self._holders = Holders(self.unit)
        return self._holders.holds(value)


def _is_renamed(path: str, source: Ref | Member) -> bool:
    """Whether a name stands for a credential by another name, ``refresh = athlete["refresh_token"]``.

    Not where it says that it is something else (``url = config["clientSecret"]``), or is a part: ``kind = tokens[0]``.
    """
    read = dotted(source)
    if "." in path or "." not in read or not (read[-1:].isalpha() and reveals(source.path)):
        return False
    return reveals(f"secret_{path}")


def _holes(parts: Iterable[str | Value]) -> Iterator[Value]:
    """The holes of a text, but not what it says is the identity of a client: ``client_id={api_key}``."""
    before = ""
    for part in parts:
        if isinstance(part, str):
            before = part
        elif not _IDENTITY.search(before[-_NEAR:]):
            yield part
            before = ""


def _names_no_credential(made: Value) -> bool:
    """Whether an object is made of named parts that are no credentials."""
    if not isinstance(made, Call) or made.args or made.open or not made.named or not last(made.callee)[:1].isupper():
        return False
    return not any(
        reveals(name) or any(isinstance(inner, Ref | Member) and reveals(inner.path) for inner in walk(value))
        for name, value in made.named
    )


def _names_of_files(unit: Unit) -> frozenset[str]:
    """Names whose file is looked for: ``Test-Path "$Password"``."""
    if unit.source.language != "powershell":
        return frozenset()
    asked = [call for call in unit.facts.calls if call.callee.lower() in ("test-path", "resolve-path", "split-path")]
    return frozenset(i.path for call in asked for value in call.args for i in walk(value) if isinstance(i, Ref))


def _shown(value: Value) -> str:
    name = dotted(value)
    return name if isinstance(value, Const) or len(name) < 60 else last(name)  # noqa: PLR2004 - a line of a message


def _texts(values: Iterable[Value]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Text):
            yield from (part for part in value.parts if isinstance(part, str))
