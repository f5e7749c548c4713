"""Does a value carry a token? Judged by what it is and where it comes from, and only then by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from authlint.concepts.tokens import jwts
from authlint.concepts.tokens.token_names import (
    gives_token,
    inspects,
    is_account,
    is_login,
    is_other_key,
    is_question,
    passes_on,
    token_key,
)
from authlint.concepts.unit import Unit
from authlint.facts import (
    Call,
    Compare,
    Const,
    Lambda,
    Map,
    Member,
    Opaque,
    Ref,
    Text,
    Value,
    children,
    dotted,
    walk,
)
from authlint.names import is_token_name, last
from authlint.secret.placeholders import Verdict, judge
from authlint.source import Span
from authlint.values.texts import key_of

_DEPTH = 12
_LOGIN_PATH = re.compile(
    r"(?i)(?:^|[/_-])(?:log-?in|sign-?(?:in|up)|authenticate|register|auth/token|oauth2?/token)(?:[/?\s'\"]|$)"
)
_TEMPLATE = re.compile(r"(?:\{\{-?|<%[=-]?|<\?=?)\s{0,8}([\w.$]{1,80})")
_ANSWER_PARTS = frozenset({"data", "body", "response", "result", "res"})
_PAIR = frozenset({"access", "refresh"})
_PAIR_HOLDERS = _ANSWER_PARTS | {"tokens", "token", "json", "payload", "credentials", "serializer", "validated_data"}
_CODES = frozenset({"code", "auth_code", "authCode", "authorization_code", "authorizationCode", "oauth_code"})
_REDIRECT = ("location.hash", "location.search")
_MEASURES = frozenset({"length", "size", "toFixed", "includes", "startsWith", "endsWith", "indexOf", "match", "test"})
_GETTERS = frozenset({"get", "getItem", "fetch", "dig", "pop", "getParameter"})
_EACH = frozenset({"forEach", "map"})


@dataclass(frozen=True, slots=True)
class Carried:
    """A token inside a value: what to call it, and where it comes from if that is another place in the source.

    ``how``: ``value`` where the value itself shows it, ``name`` where only a name says so, ``login`` for what a login
    answered, whatever is in it.
    """

    name: str
    how: str
    origin: Span | None = None


def carried(unit: Unit, value: Value | None) -> Carried | None:
    """The token that a value carries, or ``None``."""
    return None if value is None else unit.derived(_Carriers).token_in(value, _DEPTH)


def code_in(value: Value) -> Carried | None:
    """The authorization code that a value carries, or the part of a redirect's URL that holds one."""
    for inner in walk(value):
        if isinstance(inner, Ref | Member):
            if inner.path.endswith(_REDIRECT):
                return Carried(inner.path, "value")
            if last(inner.path) in _CODES:
                return Carried(inner.path, "name")
        if isinstance(inner, Map):
            codes = (entry for entry in inner.entries if key_of(entry) in _CODES)
            entry = next((e for e in codes if isinstance(e.value, Ref | Member | Call)), None)
            if entry is not None:
                return Carried(f"'{key_of(entry)}'", "name")
    return None


def is_nothing_kept(value: Value | None) -> bool:
    """Whether a value is nothing worth taking: empty, null, a flag or a number."""
    return isinstance(value, Const) or (isinstance(value, Text) and not "".join(map(str, value.parts)).strip())


def is_encrypted(value: Value | None) -> bool:
    """Whether a value went through something called encryption."""
    return value is not None and any(isinstance(v, Call) and "encrypt" in v.callee.lower() for v in walk(value))


def is_written_out(value: Value | None) -> bool:
    """Whether a value is text that stands in the source, rather than one that a template puts there."""
    return isinstance(value, Text) and value.literal is not None and not _TEMPLATE.search(value.literal)


class _Carriers:
    """What carries a token in one source."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._below: dict[tuple[str, int, type], Ref | Member] = {}
        for read in unit.facts.reads:
            owner, _, name = read.path.rpartition(".")
            if owner and is_token_name(name) and token_key(name):
                self._below.setdefault((owner, unit.facts.function_of(read.scope), type(read)), read)
        self._taken_apart = frozenset(
            id(binding.value.base)
            for binding in unit.facts.bindings
            if isinstance(binding.value, Member) and token_key(binding.value.path)
        )
        self._callbacks = {
            argument.body: call for call in unit.facts.calls for argument in call.args if isinstance(argument, Lambda)
        }

    def token_in(self, value: Value, depth: int) -> Carried | None:
        """The first token inside a value, outermost first."""
        if depth <= 0:
            return None
        match value:
            case Ref() | Member():
                return self._named(value, depth)
            case Text():
                return self._text(value, depth)
            case Map():
                return self._map(value, depth)
            case Call():
                return self._call(value, depth)
            case Compare() | Lambda() | Const() | Opaque(op="not" | "typeof" | "in" | "delete" | "void"):
                return None
            case Opaque(op="and", operands=operands):
                return self._first(operands[-1:], depth)
            case _:
                return self._first(children(value), depth)

    def _first(self, values: tuple[Value, ...], depth: int) -> Carried | None:
        return next((found for inner in values if (found := self.token_in(inner, depth - 1))), None)

    def _text(self, text: Text, depth: int) -> Carried | None:
        if text.literal is None:
            return self._first(children(text), depth)
        template = _TEMPLATE.search(text.literal)
        if template:
            return Carried(template[1], "name") if token_key(last(template[1])) else None
        found = jwts.TOKEN.search(text.literal.encode())
        real = found and jwts.read(found[0].decode()) and judge(text.literal).verdict is Verdict.REAL
        return Carried("a JSON Web Token", "value") if real else None

    def _map(self, value: Map, depth: int) -> Carried | None:
        for entry in value.entries:
            key = key_of(entry) or ""
            folded = self.unit.folder.fold(entry.value)
            if is_nothing_kept(folded) or is_other_key(key) or isinstance(entry.value, Compare | Lambda):
                continue
            if token_key(key) and not isinstance(folded, Text):
                return Carried(f"'{key}'", "value", entry.span)
            found = self.token_in(entry.value, depth - 1)
            if found:
                return found
        return None

    # -- names ---------------------------------------------------------------------------------------------------

    def _named(self, value: Ref | Member, depth: int) -> Carried | None:
        path = value.path
        name = last(path)
        if name in _MEASURES or is_question(name) or is_other_key(name):
            return None
        if token_key(name) or (name in _PAIR and self._is_of_answer(value)):
            return self._by_name(value, path)
        return self._inside(value, path, depth)

    def _by_name(self, value: Ref | Member, path: str) -> Carried | None:
        """A name that says token, unless what it is bound to is something else."""
        folded = self.unit.folder.fold(value)
        if is_nothing_kept(folded) or (isinstance(folded, Call) and _inspects(folded)):
            return None
        return Carried(path, "name", self._origin(value))

    def _is_of_answer(self, value: Ref | Member) -> bool:
        """``data.access``, or ``const { access } = await response.json()``: so some servers call their tokens."""
        owner = value.path.rpartition(".")[0]
        if owner:
            return last(owner) in _PAIR_HOLDERS
        if isinstance(value, Member):
            return last(dotted(value.base)) in _PAIR_HOLDERS
        given = (binding.value for binding in self.unit.names.bindings(value.path, value.scope))
        parts = (v for v in given if isinstance(v, Member) or (isinstance(v, Ref) and "." in v.path))
        return any(last(part.path) in _PAIR and self._is_of_answer(part) for part in parts)

    def _origin(self, value: Ref | Member) -> Span | None:
        """Where a name is given its value, if that is one place."""
        if isinstance(value, Member):
            return None
        root = value.path
        bindings = self.unit.names.bindings(root, value.scope)
        if not bindings and "." in root:
            bindings = self.unit.names.bindings(root.partition(".")[0], value.scope)
        return bindings[0].span if len(bindings) == 1 else None

    def _inside(self, value: Ref | Member, path: str, depth: int) -> Carried | None:
        """``user`` holds a token where the same function reads ``user.token``, or where it is a map that has one."""
        read = self._below.get((path, self.unit.facts.function_of(value.scope), type(value)))
        if read is not None:
            return Carried(read.path, "value", read.span)
        if isinstance(value, Ref) and path.endswith(".[]"):  # one of them, whichever
            return self.token_in(Ref(path[:-3], value.scope, value.span), depth - 1)
        folded = self.unit.folder.fold(value)
        if folded is not value and not isinstance(folded, Ref | Member):
            found = self.token_in(folded, depth - 1)
            if found:
                return Carried(found.name, found.how, found.origin or folded.span)
        found = self._handed_on(value, depth) if isinstance(value, Ref) else None
        if found:
            return found
        if (not is_account(last(path)) and last(path) not in _ANSWER_PARTS) or self._is_beside_token(value):
            return None
        origin = self._login_of(value)
        return Carried(path, "login", origin) if origin else None

    def _is_beside_token(self, value: Ref | Member) -> bool:
        """Whether the token of an answer is taken from beside a value: ``const { token, user } = response.data``."""
        bound = self.unit.names.bindings(value.path, value.scope) if isinstance(value, Ref) else []
        for part in (value, *(binding.value for binding in bound)):
            if isinstance(part, Ref | Member):
                owner = part.path.rpartition(".")[0]
                if (owner, self.unit.facts.function_of(part.scope), type(part)) in self._below:
                    return True
                if isinstance(part, Member) and not owner and id(part.base) in self._taken_apart:
                    return True
        return False

    def _handed_on(self, value: Ref, depth: int) -> Carried | None:
        """What a callback is handed: ``getToken().then(t => …)``, ``Object.entries(tokens).forEach(([k, v]) => …)``."""
        if "." in value.path:
            return None
        bindings = self.unit.names.bindings(value.path, value.scope)
        is_part = any(isinstance(b.value, Ref) and b.value.path.startswith("{}.") for b in bindings)
        owner = self.unit.names.parameter_of(value.path, value.scope)
        if is_part and owner is None:
            owner = self.unit.facts.function_of(bindings[0].scope)
        call = self._callbacks.get(owner) if owner is not None else None
        method = call.callee.rpartition(".")[2] if call is not None else ""
        source = call.receiver if call is not None else None
        if method == "then" and not is_part and isinstance(source, Call):
            return self._call(source, depth - 1)
        if method in _EACH and isinstance(source, Call) and source.callee in ("Object.entries", "Object.values"):
            return self._first(source.args, depth)
        return None

    # -- logins --------------------------------------------------------------------------------------------------

    def _login_of(self, value: Ref | Member) -> Span | None:
        """The call of a login whose answer a value is (or is part of): it runs in one, or comes from one."""
        facts = self.unit.facts
        for place in facts.around(value.scope):
            scope = facts.scopes[place]
            if scope.kind == "function" and is_login(scope.name) and is_account(last(value.path)):
                return scope.span[0], scope.span[0]
        if isinstance(value, Member):
            return self._asks_for_login(value.base)
        root = value.path.partition(".")[0]
        owner = self.unit.names.parameter_of(root, value.scope)
        if owner is not None and owner in self._callbacks:
            receiver = self._callbacks[owner].receiver
            return self._asks_for_login(receiver) if receiver is not None else None
        asked = (self._asks_for_login(binding.value) for binding in self.unit.names.bindings(root, value.scope))
        return next(filter(None, asked), None)

    def _asks_for_login(self, value: Value) -> Span | None:
        """Whether a call inside a value logs somebody in: ``login(…)``, ``axios.post("/auth/login", …)``."""
        for inner in walk(value):
            if not isinstance(inner, Call):
                continue
            if is_login(inner.callee.rpartition(".")[2]):
                return inner.span
            if inner.args and isinstance(inner.args[0], Text | Opaque | Ref):
                url = self.unit.folder.fold(inner.args[0])
                known = "".join(part for part in url.parts if isinstance(part, str)) if isinstance(url, Text) else ""
                if _LOGIN_PATH.search(known):
                    return inner.span
        return None

    # -- calls ---------------------------------------------------------------------------------------------------

    def _call(self, call: Call, depth: int) -> Carried | None:
        method = call.callee.rpartition(".")[2]
        if method in _MEASURES:
            return None
        row = self.unit.meanings.calls.get(self.unit.names.callee(call))
        means = row.means if row else ""
        if means == "jwt-sign":
            return Carried("a JSON Web Token", "value", call.span)
        if method in _GETTERS and call.args:
            key = self.unit.folder.literal(call.args[0]) or ""
            return Carried(f"'{key}'", "name", call.span) if token_key(key) else None
        if _inspects(call):
            return None
        if gives_token(method):
            return Carried(f"what {dotted(call)} gives", "name", call.span)
        if means in ("same", "merge", "query-string") or passes_on(method):
            found = self._first(children(call), depth)
            if found:
                return found
        folded = self.unit.folder.fold(call)
        return self.token_in(folded, depth - 1) if folded is not call and not isinstance(folded, Call) else None


def _inspects(call: Call) -> bool:
    return inspects(call.callee.rpartition(".")[2]) and call.callee not in ("JSON.parse", "json.loads")
