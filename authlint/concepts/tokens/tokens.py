"""Access tokens: where one is obtained, where it is kept, and whether anybody looks at how long it lives."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from authlint.concepts.oauth.handovers import handovers
from authlint.concepts.tokens.iterating import lasting
from authlint.concepts.tokens.keeping import keeping_calls
from authlint.concepts.unit import Unit
from authlint.concepts.web.requests import http_requests, url_of
from authlint.concepts.web.urls import Url, parse
from authlint.facts import (
    Binding,
    Call,
    Choice,
    Const,
    Items,
    Lambda,
    Map,
    Member,
    Ref,
    Text,
    Value,
    children,
    dotted,
    walk,
)
from authlint.names import is_token_name, split
from authlint.source import Span
from authlint.values.texts import key_of, pick

_TOKEN_KEYS = frozenset({"access_token", "accessToken", "AccessToken", "accesstoken"})
_ENDPOINT = re.compile(
    r"(?i)grant_type|/(?:oauth2?|connect|api|openid-connect|auth)(?:/v?[\d.]+)?/[\w-]*token\b|/token(?:[?\s/]|$)"
)
_IMPLICIT = re.compile(r"response_type=(?:\w+(?:%20|\+))*token\b")
_FRAGMENT = re.compile(r"(?i)(?:^|\.)location\.hash$|hash\w*\(\)\.access_?token$")
_FROM_PAGE = re.compile(
    r"(?i)(?:tokens?|hash|fragment|auth)_?(?:from|in|of)?_?(?:the_?)?(?:url|hash|fragment|response|redirect|params)$"
)
_NOT_A_RESPONSE = frozenset(
    (
        "config", "settings", "options", "opts", "args", "params", "props", "env", "process", "self", "session", "req",
        "request", "user", "state", "account", "localstorage", "sessionstorage", "window", "cookies", "os", "ctx",
        "context", "headers",
    )
)  # fmt: skip
_LOCAL_OBJECTS = frozenset(
    ("headers", "params", "data", "payload", "body", "options", "config", "header", "auth_header", "query", "form")
)
_KEEPERS = frozenset(
    {"session", "req", "request", "app", "window", "global", "globalThis", "cache", "module", "exports", "g", "st"}
)
_GETTERS = frozenset(("get", "fetch", "dig"))
_SLIPPING = frozenset(("javascript", "typescript", "tsx"))
_CLIENT_HEADERS = re.compile(r"(?i)\.headers(?:\.common)?\.authorization$")
_FILE_READ = re.compile(r"^(?:json|pickle|yaml|toml)\.(?:load|safe_load)$")
_ROW = re.compile(r"\.objects\.(?:update_or_|get_or_|a)?create$|(?:^|[.:])[A-Z]\w{0,60}\.create!?$")
"""What makes a row of a database of the fields that it is given by name."""
_WRITTEN = frozenset(("inputobject", "value"))
_ENVIRONMENT = re.compile(r"^(?:os\.environ|process\.env|env|ENV)\.")
_IMPORTED = frozenset(("python", "powershell"))
_HEADERS = frozenset(("authorization",))
_CACHED = re.compile(r"(?i)(?:^|\.)(?:lru_cache|cache|cached_property|memoize|memoized|once)(?:$|\()")


@dataclass(frozen=True, slots=True)
class KeptToken:
    """An access token that outlives the statements that obtained it.

    ``where`` says in words what holds it, ``path`` is its name there, if it has one.
    """

    span: Span
    scope: int
    where: str
    path: str = ""
    page: bool = False


def kept_tokens(unit: Unit) -> Iterator[KeptToken]:
    """Every place where a token of this source is kept, if the source obtains tokens at all."""
    if not obtains_tokens(unit):
        return
    tokens = _Tokens(unit)
    for binding in unit.facts.bindings:
        where = tokens.kept_by(binding)
        if where:
            yield KeptToken(binding.span, binding.scope, where, binding.path, where == _PAGE)
    for item in unit.facts.returns:
        function = unit.facts.scopes[unit.facts.function_of(item.scope)]
        if tokens.is_token(item.value) and any(_CACHED.search(_name(d)) for d in function.decorators):
            yield KeptToken(item.span, item.scope, f"the cache of {function.name}()")
    yield from _read_back(unit, tokens)
    for call, where in keeping_calls(unit):
        fields = bool(_ROW.search(call.callee))
        given = (*call.args, *(value for name, value in call.named if fields or name.lower() in _WRITTEN))
        if any(tokens.carries(part) for argument in given for part in _inside(argument)):
            yield KeptToken(call.span, call.scope, where)


def _read_back(unit: Unit, tokens: _Tokens) -> Iterator[KeptToken]:
    """A token alone that is read from a file where a whole answer was put: ``json.load(f)["access_token"]``."""
    places: list[tuple[Value, int]] = [(read, read.scope) for read in unit.facts.reads]
    places += [(binding.value, binding.scope) for binding in unit.facts.bindings]
    for value, scope in places:
        base = value.base if isinstance(value, Member) else None
        if isinstance(base, Call) and _FILE_READ.match(unit.names.callee(base)) and tokens.is_token(value):
            yield KeptToken(value.span, scope, "the file that it is read from")


_PAGE = "a variable of the page"


def _name(value: Value) -> str:
    return value.path if isinstance(value, Ref) else value.callee if isinstance(value, Call) else ""


class _Tokens:
    """Which values of a unit are access tokens that it obtained itself."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._returning: dict[int, bool] = {}

    def is_token(self, value: Value, depth: int = 3) -> bool:
        """Whether a value is an access token from a response, by its own name or what its name is bound to."""
        match value:
            case Ref(path=path):
                root, _, _ = path.partition(".")
                last = path.rpartition(".")[2]
                if "." in path:
                    return last in _TOKEN_KEYS and root.lower() not in _NOT_A_RESPONSE
                return depth > 0 and self._is_bound_to_token(value, depth)
            case Member(base=base, path=path):
                last = path.rpartition(".")[2]
                if last in _TOKEN_KEYS or (last == "token" and isinstance(base, Call) and self._is_object(base)):
                    return True
                return isinstance(base, Call) and self._is_cut_out(base)
            case Call():
                return self._is_token_call(value, depth)
            case _:
                return False

    def _is_cut_out(self, call: Call) -> bool:
        """``hash.split("&").find(part => part.startsWith("access_token")).split("=")[1]``: of a fragment, by hand."""
        if call.callee.rpartition(".")[2] != "split" or not isinstance(call.receiver, Call):
            return False
        at = bisect_left(self._named_in_text, call.span[0])
        return at < len(self._named_in_text) and self._named_in_text[at] < call.span[1]

    @cached_property
    def _named_in_text(self) -> list[int]:
        """Where texts begin that name an access token."""
        texts = self.unit.facts.texts
        return sorted(t.span[0] for t in texts if t.parts and str(t.parts[0]).lstrip("#?&").startswith("access_token"))

    def carries(self, value: Value) -> bool:
        """Whether a value is a token, or a name for something that was made of one (``tokens = encrypt(token)``)."""
        if self.is_token(value):
            return True
        bindings = self.unit.names.bindings(value.path, value.scope) if isinstance(value, Ref) else []
        made = [binding.value for binding in bindings if isinstance(binding.value, Call | Map | Items)]
        return any(self.is_token(part) for whole in made if "fetch" not in dotted(whole) for part in _inside(whole))

    def _is_bound_to_token(self, ref: Ref, depth: int) -> bool:
        bindings = self.unit.names.bindings(ref.path, ref.scope)
        return any(self.is_token(binding.value, depth - 1) for binding in bindings)

    def _is_token_call(self, call: Call, depth: int) -> bool:
        method = call.callee.rpartition(".")[2]
        if method in _GETTERS and call.args and self.unit.folder.literal(call.args[0]) in _TOKEN_KEYS:
            base = call.callee.partition(".")[0].lower()
            return base not in _NOT_A_RESPONSE
        if call.callee == "jq":
            return any(isinstance(a, Text) and a.literal and "access_token" in a.literal for a in call.args)
        expanded = next((value for name, value in call.named if name.lower() == "expandproperty"), None)
        if expanded is not None and self.unit.folder.literal(expanded) in _TOKEN_KEYS:
            return True
        row = self.unit.meanings.calls.get(self.unit.names.callee(call))
        if row is not None and row.means == "same":
            given = pick(call, row.arguments.get("value", ("0",)))
            return given is not None and self.is_token(given, depth)
        if self._is_object(call):
            return True
        function = self.unit.names.function(call)
        return function is not None and depth > 0 and self._returns_token(function, depth)

    def _is_object(self, call: Call) -> bool:
        """Whether a call gives a token as a library's object: ``client.client_credentials.get_token``."""
        row = self.unit.meanings.calls.get(self.unit.names.callee(call))
        return row is not None and row.means == "token-request" and row.attributes.get("result") == "token"

    def _returns_token(self, function: int, depth: int) -> bool:
        if function not in self._returning:
            self._returning[function] = False  # a function that calls itself
            returns = [r for r in self.unit.facts.returns if self.unit.facts.function_of(r.scope) == function]
            self._returning[function] = any(self._gives_token(r.value, depth - 1) for r in returns)
        return self._returning[function]

    def _gives_token(self, value: Value, depth: int) -> bool:
        """Whether what a function returns is a token, or the header that carries one."""
        if self.is_token(value, depth):
            return True
        folded = self.unit.folder.fold(value)
        entries = folded.entries if isinstance(folded, Map) else ()
        carried = [entry.value for entry in entries if (key_of(entry) or "").lower() in _HEADERS]
        return any(self.is_token(part, depth) for item in carried for part in _inside(item))

    def kept_by(self, binding: Binding) -> str:
        """What keeps the token that a binding is given, in words; empty if it is no token or not kept."""
        if not any(self.is_token(part) for part in _inside(binding.value)):
            return ""
        root, dot, _ = binding.path.partition(".")
        if dot:
            return self._kept_by_attribute(binding, root)
        facts = self.unit.facts
        home = self.unit.names.home_of(binding)
        if home != facts.enclosing(binding.scope, "function", "class"):
            if not self.unit.names.is_declared(binding.path, home) and self.unit.source.language in _SLIPPING:
                return ""  # a slip that makes a global, as a rule for the next statement only
            if self._is_given_back(binding.path, home):
                return ""  # its function is called for each token anew
            return f"the {'module' if home == 0 else 'outer'} variable {binding.path}"
        if facts.scopes[home].kind == "class":
            return f"the attribute {binding.path}"
        return self._kept_by_module(binding) if home == 0 else self._kept_by_loop(binding)

    def _is_given_back(self, path: str, function: int) -> bool:
        """Whether a function's own variable is what the function returns: a callback inside it has set it."""
        if not function:
            return False
        return any(isinstance(value, Ref) and value.path == path for value in self.unit.names.returns.get(function, ()))

    def _kept_by_attribute(self, binding: Binding, root: str) -> str:
        if root == "self":
            return f"the attribute {binding.path}"
        if binding.path.startswith(("window.location", "document.location")):
            return ""
        if root in _KEEPERS or "session" in binding.path.lower():
            return binding.path
        if _ENVIRONMENT.match(binding.path):
            return f"the environment variable {binding.path.rpartition('.')[2]}"
        if _CLIENT_HEADERS.search(binding.path) and self._is_shared(root, binding.scope):
            return f"the headers of {root}"
        if root.lower() in _LOCAL_OBJECTS or not is_token_name(binding.path.rpartition(".")[2]):
            return ""
        bound = self.unit.names.bindings(root, binding.scope)
        if any(isinstance(item.value, Map | Items) and self.unit.names.home_of(item) for item in bound):
            return ""
        return binding.path

    def _is_shared(self, root: str, scope: int) -> bool:
        """Whether an object is there for all functions: imported, or made at the top of the file."""
        if root in self.unit.names.imports:
            return True
        bound = self.unit.names.bindings(root, scope)
        return bool(bound) and self.unit.facts.function_of(scope) != 0 and not self.unit.names.home_of(bound[0])

    def _kept_by_loop(self, binding: Binding) -> str:
        """A function's own variable is kept if a loop without an end uses it and does not set it."""
        facts = self.unit.facts
        for read in self._reads.get(binding.path, ()):
            loop = facts.enclosing(read.scope, "loop", "function")
            scope = facts.scopes[loop]
            endless = scope.kind == "loop" and isinstance(scope.head, Const) and bool(scope.head.value)
            if (
                endless
                and loop not in facts.around(binding.scope)
                and facts.function_of(binding.scope) in facts.around(loop)
            ):
                bound = self.unit.names.bindings(binding.path, read.scope)
                if all(loop not in facts.around(item.scope) for item in bound):
                    return f"the variable {binding.path}, which a loop uses later"
        return ""

    @cached_property
    def _reads(self) -> dict[str, list[Ref]]:
        found: dict[str, list[Ref]] = defaultdict(list)
        for read in self.unit.facts.reads:
            if isinstance(read, Ref):
                found[read.path].append(read)
        return found

    def _kept_by_module(self, binding: Binding) -> str:
        """A module's variable is kept if a page owns it, or if a function or loop uses it later."""
        facts = self.unit.facts
        if self.unit.context.browser and binding.scope == 0:
            return _PAGE
        is_read = False
        for read in facts.reads:
            if isinstance(read, Ref) and (read.path == binding.path or read.path.startswith(f"{binding.path}.")):
                is_read = True
                inner = lasting(self.unit, read.scope)
                after = read.span[0] > binding.span[1] and read.path == binding.path
                if after and inner and inner != lasting(self.unit, binding.scope):
                    return f"the variable {binding.path}, which a {facts.scopes[inner].kind} uses later"
        is_whole = self.unit.source.parent is None and not self.unit.context.docs
        if not is_read and is_whole and self.unit.source.language in _IMPORTED and binding.scope == 0:
            return f"the variable {binding.path}, which is there for other files"
        return ""


def _inside(value: Value) -> Iterator[Value]:
    """A value and what it is made of, but not what only a function in it would do."""
    yield value
    match value:
        case Text() | Map() | Items() | Choice():
            for part in children(value):
                yield from _inside(part)
        case Call(args=args) if len(args) <= 2:  # noqa: PLR2004 - encrypt(token), JSON.stringify({token})
            for part in args:
                if not isinstance(part, Lambda):
                    yield from _inside(part)
        case _:
            for part in children(value):
                if isinstance(part, Call | Text):
                    yield from _inside(part)


def obtains_tokens(unit: Unit) -> bool:
    """Whether a source asks a token endpoint for tokens, or takes one from the fragment of a redirect."""
    if unit.meaning("token-request"):
        return True
    for text in unit.facts.texts:
        known = " ".join(part for part in text.parts if isinstance(part, str))
        if _ENDPOINT.search(known) or _IMPLICIT.search(known):
            return True
    for found in unit.facts.maps:
        for entry in found.entries:
            key = key_of(entry)
            if key == "grant_type" or (key in ("response_type", "responseType") and _is_text(entry.value, "token")):
                return True
    if any(_FRAGMENT.search(dotted(read)) for read in unit.facts.reads) or _takes_both_tokens(unit):
        return True
    if unit.context.browser and (any(map(_takes_from_page, unit.facts.calls)) or any(handovers(unit))):
        return True
    return any(_names_token_url(request.url_value) for request in http_requests(unit))


def _takes_from_page(call: Call) -> bool:
    """Whether a function from elsewhere takes tokens out of the page's address: ``getTokenFromUrl()``."""
    return not call.args and "." not in call.callee and _FROM_PAGE.search(call.callee) is not None


def _takes_both_tokens(unit: Unit) -> bool:
    """``const { access_token, refresh_token } = …``: what has both is the answer of a token endpoint."""
    taken = {binding.path for binding in unit.facts.bindings if isinstance(binding.value, Ref | Member)}
    return bool({"access_token", "refresh_token"} <= taken or {"accessToken", "refreshToken"} <= taken)


def _is_text(value: Value, text: str) -> bool:
    return isinstance(value, Text) and value.literal == text


def _names_token_url(value: Value | None) -> bool:
    names = [inner.path for inner in walk(value) if isinstance(inner, Ref | Member)] if value is not None else []
    return any({"token"} < set(split(name.rpartition(".")[2])) & {"token", "url", "uri", "endpoint"} for name in names)


def token_urls(unit: Unit) -> Iterator[Url]:
    """The token endpoints that a source names."""
    for text, folded in unit.folded_texts:
        known = " ".join(part for part in text.parts if isinstance(part, str))
        if "://" in known and _ENDPOINT.search(known + " "):
            yield parse(folded)
    for request in http_requests(unit):
        if _names_token_url(request.url_value):
            url = url_of(unit, request.url_value)
            if url is not None:
                yield url


def acquisitions(unit: Unit) -> Iterator[tuple[Span, Url | None]]:
    """Where tokens are obtained, and from which address."""
    for meant in unit.meaning("token-request"):
        yield meant.call.span, url_of(unit, unit.argument(meant, "url"))
    for request in http_requests(unit):
        path = request.url.path if request.url is not None else ""
        if "grant_type" in request.body or _ENDPOINT.search(f"{path} ") or _names_token_url(request.url_value):
            yield request.meant.call.span, request.url
