"""Objects that hold a credential, as far as the same file shows it: what is read out of them, or asked for.

``keys`` holds a token where ``keys["access_token"]`` is read, ``r.text`` where ``r`` answers a login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from authlint.concepts.credentials.secret_names import reveals
from authlint.concepts.unit import Unit
from authlint.concepts.web.requests import HttpRequest, http_requests
from authlint.facts import Call, Choice, Lambda, Map, Member, Ref, Text, Value, dotted
from authlint.names import last, split
from authlint.source import Span
from authlint.values.texts import is_nothing, key_of, pick

_Place: TypeAlias = tuple[int, tuple[str, ...]]
_Answer: TypeAlias = Literal["whole", "body", ""]

_BODY = "*"
_BODIES = frozenset(("text", "content", "Content", "RawContent", "json", "read", "getText"))
_INNER = frozenset(("data", "body", "result", "payload"))
_TOO_MUCH = frozenset(
    [
        "self",
        "this",
        "req",
        "request",
        "res",
        "ctx",
        "context",
        "event",
        "e",
        "err",
        "error",
        "window",
        "process",
        "module",
        "exports",
        "os",
        "app",
        "props",
        "store",
    ]
)
_ENDPOINT = re.compile(
    r"(?i)/(?:token|access_?tokens?|log_?in|log-in|sign_?in|sign-in|auth|authenticate|refresh(?:[-_]?token)?|sessions?"
    r"|oauth2?/[\w.-]{0,20}token\w{0,10}|token_?auth|obtain[-_]token)/?(?:\.\w{2,5})?$"
)
_CREDENTIALS_FOR_A_TOKEN = frozenset(("grant_type", "grantType", "refresh_token", "refreshToken"))
_SECRETS = frozenset(("client_secret", "clientSecret"))
_GIVING = frozenset(("then", "done", "subscribe"))
_FROM_A_KEY = frozenset(("get", "fetch", "dig", "getItem", "pop"))
_READS_BODIES = frozenset(("javascript", "typescript", "tsx"))
_OBJECTS_ARE_CLOSED = frozenset(("python", "ruby"))
_DEPTH = 6
_MAX_RETURNS = 4


class Holders:
    """Which values of a unit hold a credential."""

    def __init__(self, unit: Unit) -> None:
        """Look at what is read, what is set and what is asked for, once."""
        self.unit = unit
        self._held: set[_Place] = set()
        for value in self._holders():
            self._hold(self._place(value))
        self._follow_back()
        self._asked = {r.meant.call.span: r for r in http_requests(unit) if _asks_for_a_token(unit, r)}

    def holds(self, value: Value) -> bool:
        """Whether a value is an object or a text with a credential in it."""
        place = self._place(value)
        return (place is not None and place in self._held) or self._answers(value, _DEPTH) == "body"

    # -- what is read out of them ------------------------------------------------------------------------------------

    def _holders(self) -> Iterator[Value]:
        facts = self.unit.facts
        for read in facts.reads:
            if reveals(read.path) and self._is_shown_whole(read.span):
                yield from _owner(read)
        for call in facts.calls:
            owner, _, method = call.callee.rpartition(".")
            if not owner or not call.args:
                continue
            first = call.args[0]
            if method in _FROM_A_KEY and isinstance(first, Text) and first.literal and reveals(first.literal):
                yield call.receiver or Ref(owner, call.scope, call.name_span)
            elif method == "update" and self._reveals_a_key(first):
                yield Ref(owner, call.scope, call.name_span)
        for binding in facts.bindings:
            owner, _, name = binding.path.rpartition(".")
            if owner and reveals(name) and not is_nothing(binding.value) and self._is_shown_whole(binding.name_span):
                yield Ref(owner, binding.scope, binding.name_span)

    def _is_shown_whole(self, span: Span) -> bool:
        """Whether what something is read from shows all it has: in some languages maps do and objects do not."""
        language, data = self.unit.source.language, self.unit.source.data
        return language not in _OBJECTS_ARE_CLOSED or data[span[1] - 1 : span[1]] == b"]"

    def _reveals_a_key(self, value: Value) -> bool:
        folded = self.unit.folder.fold(value)
        return isinstance(folded, Map) and any(reveals(key_of(entry) or "") for entry in folded.entries)

    def _hold(self, place: _Place | None) -> None:
        """An object holds what is inside of it, up to the answer whose body it is: that prints as a status."""
        if place is None:
            return
        home, pieces = place
        while pieces and (len(pieces) > 1 or pieces[0] not in _TOO_MUCH or self._is_awaited(home)):
            self._held.add((home, pieces))
            if pieces[-1] == _BODY:
                return
            pieces = pieces[:-1]

    def _is_awaited(self, function: int) -> bool:
        """Whether a function is given the answer to a request, whatever it calls it: ``.then(res => …)``."""
        call = self.unit.callers.get(function)
        return call is not None and call.callee.rpartition(".")[2] in _GIVING

    def _follow_back(self) -> None:
        """Where ``keys = r.json()`` holds a token, so does ``r.text``."""
        for binding in self.unit.facts.bindings:
            if binding.op == "=" and (self._home(binding.path, binding.scope), (binding.path,)) in self._held:
                self._hold(self._place(binding.value))

    def _place(self, value: Value | None, depth: int = _DEPTH) -> _Place | None:
        """The variable that a value is part of, and the way to it; every form of an answer's body is one."""
        if depth == 0:
            return None
        match value:
            case Ref(path=path, scope=scope):
                pieces = tuple(_BODY if piece in _BODIES else piece for piece in path.split("."))
                return self._home(path, scope), pieces
            case Member(base=base, path=path):
                inner = self._place(base, depth - 1)
                rest = tuple(_BODY if piece in _BODIES else piece for piece in path.split("."))
                return (inner[0], _joined(inner[1], rest)) if inner else None
            case Call():
                return self._place_of_call(value, depth)
            case _:
                return None

    def _place_of_call(self, call: Call, depth: int) -> _Place | None:
        owner, _, method = call.callee.rpartition(".")
        if method in _BODIES and owner:
            inner = self._place(call.receiver or Ref(owner, call.scope, call.name_span), depth - 1)
            return (inner[0], _joined(inner[1], (_BODY,))) if inner else None
        row = self.unit.meanings.calls.get(self.unit.names.callee(call))
        given = pick(call, row.arguments.get("value", ("0",))) if row and row.means in ("same", "parsed") else None
        return self._place(given, depth - 1)

    def _home(self, path: str, scope: int) -> int:
        root = path.partition(".")[0]
        if root == "self":
            return self.unit.facts.enclosing(scope, "class")
        bindings = self.unit.names.bindings(root, scope)
        if bindings:
            return self.unit.names.home_of(bindings[0])
        return self.unit.names.parameter_of(root, scope) or 0

    # -- what is asked for -------------------------------------------------------------------------------------------

    def _answers(self, value: Value | None, depth: int) -> _Answer:
        """Whether a value is the whole answer to a request for a token, or the body of one."""
        if depth == 0:
            return ""
        match value:
            case Call():
                return self._answers_call(value, depth - 1)
            case Member(base=base, path=path):
                return _part(self._answers(base, depth - 1), path)
            case Ref(path=path, scope=scope):
                return self._answers_name(path, scope, depth - 1)
            case Choice(options=options):
                found = [self._answers(option, depth - 1) for option in options[:2]]
                return "body" if "body" in found else "whole" if "whole" in found else ""
            case _:
                return ""

    def _answers_call(self, call: Call, depth: int) -> _Answer:
        if call.span in self._asked:
            meant = self._asked[call.span].meant
            return "body" if meant.is_("response", "body") or self._shows_body(meant.name) else "whole"
        method = call.callee.rpartition(".")[2]
        if method in _BODIES and call.receiver is not None:
            return "body" if self._answers(call.receiver, depth) else ""
        if method == "then" and call.receiver is not None:
            given = call.args[0] if call.args else None  # what it returns is what the next ``then`` is given
            answer = self._answers_returned(given.body, depth) if isinstance(given, Lambda) else ""
            return answer or self._answers(call.receiver, depth)
        row = self.unit.meanings.calls.get(self.unit.names.callee(call))
        if row is not None and row.means == "token-request" and row.attributes.get("result") != "token":
            return "body"
        if row is not None and row.means in ("same", "parsed"):
            return self._answers(pick(call, row.arguments.get("value", ("0",))), depth)
        function = self.unit.names.function(call)
        return "" if function is None else self._answers_returned(function, depth)

    def _shows_body(self, name: str) -> bool:
        """Whether the answer of a client prints with its body: in JavaScript those do that look at the status first."""
        client = self.unit.meanings.clients.get(name)
        return client is not None and client.errors == "raised" and self.unit.source.language in _READS_BODIES

    def _answers_returned(self, function: int, depth: int) -> _Answer:
        returns = self.unit.names.returns.get(function, [])[:_MAX_RETURNS]
        return next((found for value in returns if (found := self._answers(value, depth))), "")

    def _answers_name(self, path: str, scope: int, depth: int) -> _Answer:
        root, _, rest = path.partition(".")
        if root == "self" and rest:
            root, rest = path, ""
        bindings = self.unit.names.bindings(root, scope)
        given = [binding for binding in bindings if not is_nothing(binding.value)]
        found: _Answer
        if given:
            found = next((a for b in given[:3] if (a := self._answers(b.value, depth))), "")
        else:
            owner = self.unit.names.parameter_of(root, scope)
            found = self._answers_parameter(owner, root, depth) if owner is not None else ""
        return _part(found, rest) if rest else found

    def _answers_parameter(self, function: int, name: str, depth: int) -> _Answer:
        """``.then(res => …)``, ``request.post(url, (error, response, body) => …)``."""
        call = self.unit.callers.get(function)
        names = [parameter.name for parameter in self.unit.facts.scopes[function].params]
        if call is None or name not in names:
            return ""
        position = names.index(name)
        if call.callee.rpartition(".")[2] in _GIVING:
            return self._answers(call.receiver, depth) if position == 0 else ""
        if call.span in self._asked and position:
            return "whole" if position == 1 else "body"
        return ""


def _joined(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    return before if before[-1:] == after == (_BODY,) else (*before, *after)


def _owner(read: Ref | Member) -> Iterator[Value]:
    """What a name is read from: ``data`` of ``data.token``."""
    owner = read.path.rpartition(".")[0]
    if isinstance(read, Ref):
        if owner:
            yield Ref(owner, read.scope, read.span)
    elif owner:
        yield Member(read.base, owner, read.scope, read.span)
    else:
        yield read.base


def _part(answer: _Answer, path: str) -> _Answer:
    """What a part of an answer is: its body, or nothing that must be kept secret."""
    for piece in path.split(".") if answer else ():
        if piece in _BODIES or piece in _INNER:
            answer = "body"
        else:
            return ""
    return answer


def _asks_for_a_token(unit: Unit, request: HttpRequest) -> bool:
    sent = {*request.body, *request.query}
    if not _CREDENTIALS_FOR_A_TOKEN.isdisjoint(sent):
        return True
    if not _SECRETS.isdisjoint(sent) and ("code" in sent or request.url is None or "{}" in request.url.path[-2:]):
        return True  # a client also proves who it is where it asks for other things: webhooks, revocation
    if request.url is not None and _ENDPOINT.search(request.url.path.partition("?")[0].rstrip("{}")):
        return not request.meant.call.callee.lower().endswith((".get", ".head", ".options"))
    named = split(last(dotted(request.url_value))) if request.url_value is not None else ()
    return (
        bool(named) and named[-1] in ("url", "uri", "endpoint") and not {"token", "login", "signin"}.isdisjoint(named)
    )
