"""Does a value carry a token? Judged by what it is and where it comes from, and only then by its name."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from authlint.concepts import jwts
from authlint.concepts.credential_names import sort_of
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
from authlint.names import is_expiry_name, is_state_name, is_token_name, last, split
from authlint.placeholders import Verdict, judge
from authlint.source import Span
from authlint.texts import key_of

_DEPTH = 12


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OTHERS = _words(
    "nonce pkce verifier challenge theme locale lang language timestamp recaptcha captcha state push fcm device expo"
)
_FORGERY = re.compile(r"(?i)[cx]srf")
_MAKERS = _words("password client-secret")
_TOKENS = _words("token tokens")
_QUESTIONS = _words("is has had should can needs show with no without")
_ANSWERS = _words("valid invalid exists present required missing expired loaded loading ready validity changed checked")
_LOGIN = _words("login signin logon authenticate register signup")
_LOGIN_PATH = re.compile(
    r"(?i)(?:^|[/_-])(?:log-?in|sign-?(?:in|up)|authenticate|register|auth/token|oauth2?/token)(?:[/?\s'\"]|$)"
)
_ACCOUNT = _words("user account auth session credential credentials authentication profile member admin")
_ANSWER_PARTS = _words("data body response result res")
_CODES = _words("code auth_code authCode authorization_code authorizationCode oauth_code oauthCode")
_REDIRECT = ("location.hash", "location.search")
_PAIR = _words("access refresh")
_PAIR_HOLDERS = _ANSWER_PARTS | _words("tokens token json payload credentials serializer validated_data")
_MEASURES = frozenset({"length", "size", "toFixed", "includes", "startsWith", "endsWith", "indexOf", "match", "test"})
_GETTERS = frozenset({"get", "getItem", "fetch", "dig", "pop", "getParameter"})
_INSPECTING = _words(
    "decode decoded parse verify validate check is has hash digest sha256 sha1 md5 sha512 count mask redact boolean"
    " bool extract payload claims delete remove clear revoke len number parseint expired exp"
)
_PASSING = _words(
    "encrypt encode stringify serialize serialise compress dumps dump seal sign escape btoa wrap marshal clone trim"
    " slice replace split concat join substring substr strip tostring from assign pop at json dict"
)
_SETTING = _words("set save store use with add")
_ACTIONS = _SETTING | _words("get fetch clear remove delete update refresh reset load validate on handle")


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


def token_key(key: str) -> bool:
    """Whether a key says that a token is kept under it, or a password, with which anybody can get one."""
    return (is_token_name(key) or sort_of(key) in _MAKERS) and not is_other_key(key) and not is_question(key)


def is_other_key(key: str) -> bool:
    """Whether a key says that something else is kept: a state, a theme, a time, or something about a token."""
    words = split(key)
    if (
        _FORGERY.search(key)
        or not _OTHERS.isdisjoint(words)
        or is_expiry_name(key)
        or is_state_name(key)
        or key.endswith(("_at", "At"))
    ):
        return True
    return not _TOKENS.isdisjoint(words) and not is_token_name(key)


def is_question(name: str) -> bool:
    """Whether a name asks about a token (``hasToken``, ``tokenValid``) rather than holds one."""
    words = split(name)
    return bool(words) and (words[0] in _QUESTIONS or words[-1] in _ANSWERS)


def is_action(name: str) -> bool:
    """Whether a name says what is done with a token (``setToken``, ``clear_token``)."""
    words = split(name)
    return len(words) > 1 and words[0] in _ACTIONS


def is_nothing_kept(value: Value | None) -> bool:
    """Whether a value is nothing worth taking: empty, null, a flag or a number."""
    return isinstance(value, Const) or (isinstance(value, Text) and not "".join(map(str, value.parts)).strip())


def is_encrypted(value: Value | None) -> bool:
    """Whether a value went through something called encryption."""
    return value is not None and any(isinstance(v, Call) and "encrypt" in v.callee.lower() for v in walk(value))


class _Carriers:
    """What carries a token in one source."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._below: dict[str, list[Ref | Member]] = defaultdict(list)
        for read in unit.facts.reads:
            owner, _, name = read.path.rpartition(".")
            if owner and is_token_name(name) and token_key(name):
                self._below[owner].append(read)
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
        if text.literal is not None:
            found = jwts.TOKEN.search(text.literal.encode())
            real = found and jwts.read(found[0].decode()) and judge(text.literal).verdict is Verdict.REAL
            return Carried("a JSON Web Token", "value") if real else None
        return self._first(children(text), depth)

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

    def _named(self, value: Ref | Member, depth: int) -> Carried | None:
        path = value.path
        name = last(path)
        if name in _MEASURES or is_question(name) or is_other_key(name):
            return None
        if (
            is_token_name(name)
            or sort_of(name) in _MAKERS
            or (name in _PAIR and last(path.rpartition(".")[0]) in _PAIR_HOLDERS)
        ):
            return self._by_name(value, path)
        return self._inside(value, path, depth)

    def _by_name(self, value: Ref | Member, path: str) -> Carried | None:
        """A name that says token, unless what it is bound to is something else."""
        folded = self.unit.folder.fold(value)
        if is_nothing_kept(folded) or (isinstance(folded, Call) and self._inspects(folded)):
            return None
        return Carried(path, "name", self._origin(value))

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
        function = self.unit.facts.function_of(value.scope)
        for read in self._below.get(path, ()):
            if type(read) is type(value) and self.unit.facts.function_of(read.scope) == function:
                return Carried(read.path, "value", read.span)
        folded = self.unit.folder.fold(value)
        if folded is not value and not isinstance(folded, Ref | Member):
            found = self.token_in(folded, depth - 1)
            if found:
                return Carried(found.name, found.how, found.origin or folded.span)
        if _ACCOUNT.isdisjoint(split(last(path))) and last(path) not in _ANSWER_PARTS:
            return None
        origin = self._login_of(value)
        return Carried(path, "login", origin) if origin else None

    def _login_of(self, value: Ref | Member) -> Span | None:
        """The call of a login whose answer a value is (or is part of): it runs in one, or comes from one."""
        facts = self.unit.facts
        for place in facts.around(value.scope):
            scope = facts.scopes[place]
            if scope.kind == "function" and _is_login(scope.name) and not _ACCOUNT.isdisjoint(split(last(value.path))):
                return scope.span[0], scope.span[0]
        if isinstance(value, Member):
            return self._asks_for_login(value.base)
        root = value.path.partition(".")[0]
        owner = self.unit.names.parameter_of(root, value.scope)
        if owner is not None and owner in self._callbacks:
            receiver = self._callbacks[owner].receiver
            return self._asks_for_login(receiver) if receiver is not None else None
        for binding in self.unit.names.bindings(root, value.scope):
            found = self._asks_for_login(binding.value)
            if found:
                return found
        return None

    def _asks_for_login(self, value: Value) -> Span | None:
        """Whether a call inside a value logs somebody in: ``login(…)``, ``axios.post("/auth/login", …)``."""
        for inner in walk(value):
            if not isinstance(inner, Call):
                continue
            if _is_login(inner.callee.rpartition(".")[2]):
                return inner.span
            if inner.args and isinstance(inner.args[0], Text | Opaque | Ref):
                url = self.unit.folder.fold(inner.args[0])
                known = "".join(part for part in url.parts if isinstance(part, str)) if isinstance(url, Text) else ""
                if _LOGIN_PATH.search(known):
                    return inner.span
        return None

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
        if self._inspects(call):
            return None
        if _gives_token(method):
            return Carried(f"what {dotted(call)} gives", "name", call.span)
        if means in ("same", "merge", "query-string") or not _PASSING.isdisjoint(split(method)):
            found = self._first(children(call), depth)
            if found:
                return found
        folded = self.unit.folder.fold(call)
        return self.token_in(folded, depth - 1) if folded is not call and not isinstance(folded, Call) else None

    def _inspects(self, call: Call) -> bool:
        """Whether a call looks into a token rather than gives one: ``jwtDecode(token)``, ``isValid(token)``."""
        words = split(call.callee.rpartition(".")[2])
        return not _INSPECTING.isdisjoint(words) and call.callee not in ("JSON.parse", "json.loads")


def _gives_token(method: str) -> bool:
    """``createAccessToken``, ``generate_token``, ``signJwt``: a call that is named after what it gives."""
    words = split(method)
    return len(words) > 1 and token_key(method) and words[0] not in _SETTING


def _is_login(name: str) -> bool:
    words = [word for word in split(name) if word not in ("user", "async", "do", "handle", "on", "post", "with", "me")]
    return "".join(words[:2]) in _LOGIN or bool(words and words[0] in _LOGIN and len(words) == 1)
