"""Callbacks: functions that read the ``code`` of a redirect and exchange it for a token (RFC 6749 §4.1.2, §4.1.3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.given import named
from authlint.concepts.oauth.builders import built
from authlint.concepts.oauth.handovers import handovers
from authlint.concepts.oauth.regions import Regions
from authlint.concepts.unit import Meant, Unit
from authlint.concepts.web.requests import http_requests
from authlint.facts import Call, Const, Map, Member, Ref, Scope, Text, Value, children, walk
from authlint.names import last, split
from authlint.source import Span
from authlint.values.texts import key_of

CODE_NAMES = frozenset({"code", "authcode", "authorizationcode", "oauthcode", "grantcode", "authtoken"})
_REQUEST = re.compile(
    r"(?i)(?:^|\.)(?:req|request|ctx|context|event|c|router|\$?route|location|snapshot|url|st|streamlit|query)\b.*"
    r"(?:query|args|(?-i:GET)|params|values|query_params|query_?string_?parameters|search_?params|query_?param_?map)(?:\(\))?$"
)
_QUERY = re.compile(
    r"(?i)(?:^|\.)(?:(?:url|query|search|hash|url_?search)?_?(?:query|params|search_?params)|query_?(?:args|string)"
    r"|parse_qsl?\(\)|URLSearchParams\(\)|(?:querystring|qs|query-string|node:querystring)\.parse\(\)"
    r"|parse\(\)\.query|getQuery\(\)|useSearchParams\(\)(?:\.0)?)$"
)
_LONGEST = 120  # of a name: nobody's is longer
_GETTERS = frozenset({"get", "get_argument", "get_query_argument", "fetch", "param", "query", "getFirst", "require"})
_HELPER = re.compile(
    r"(?i)^(?:get|read|parse|find|extract)?_?(?:url|uri|query|search|hash|location)_?(?:string|search|hash)?_?"
    r"(?:param|parameter|argument|variable|var|value)s?(?:_?(?:by_?name|value|from_?(?:url|query|hash)))?$"
    r"|^(?:get|read)_?param(?:eter)?s?(?:_?(?:by_?name|value|from_?(?:url|query|hash)))?$"
)
_GET_ROUTES = frozenset({"get", "route", "api_route", "all", "action", "view_config", "view", "expose"})
_PARAMETER_GETTER = re.compile(
    r"(?i)^(?:get|read|parse)?_?(?:url|query|search)_?(?:string)?_?(?:par(?:am|ameter)|variable|value)s?(?:_?(?:by_?name|value))?$"
    r"|^(?:get|read)_?par(?:am|ameter)_?(?:by_?name|from_?url|value)$"
)
_SUBSCRIBED = re.compile(r"(?i)query_?param(?:s|_?map)(?:\.pipe\(\))?\.subscribe$")
_ITEM = re.compile(r"(?:\.(?:0|\[\]))+$")
_TOKEN_PATH = re.compile(r"(?i)(?:^|[/_.-])(?:access_?)?token(?:/?$|[?/])|/oauth/access$|/oauth\.(?:v2\.)?access$")
_GRANT = "grant_type=authorization_code"
_EXCHANGING = frozenset({"token", "tokens", "exchange"})
_LOOKING = frozenset(
    (
        "verify",
        "verified",
        "validate",
        "check",
        "is",
        "has",
        "log",
        "set",
        "save",
        "store",
        "create",
        "generate",
        "issue",
    )
)


@dataclass(frozen=True, slots=True)
class Callback:
    """A place where the code of a redirect is read, the functions that run then, and where the code is exchanged.

    ``reads``: the code is read by a library from the whole URL, rather than by name.
    """

    span: Span
    function: int
    region: frozenset[int]
    exchange: Span
    whole_url: bool = False


def callbacks(unit: Unit) -> list[Callback]:
    """The callbacks of a source, one for each function that reads a code."""
    exchanged: dict[int, list[Span]] = defaultdict(list)
    for exchange, home in unit.derived(exchanges):
        exchanged[home].append(exchange)
    found: dict[int, Callback] = {}
    regions = unit.derived(Regions)
    for span, scope, whole_url in sorted(code_reads(unit)):
        function = 0 if unit.context.browser else unit.facts.function_of(scope)
        if function in found or _is_kept_above(unit, scope):
            continue
        region = regions.of(function)
        there = sorted(exchange for home in region for exchange in exchanged.get(home, ()))
        if not there:
            region = regions.siblings(function) if _keeps_code(unit, function) else regions.around(function)
            there = sorted(exchange for home in region for exchange in exchanged.get(home, ()))
        if there:
            near = next((exchange for exchange in there if exchange[0] >= span[0]), there[0])
            found[function] = Callback(span, function, region, near, whole_url)
    return list(found.values())


def _is_kept_above(unit: Unit, scope: int) -> bool:
    """Whether a method is part of a class that extends one of a library which compares the state itself."""
    head = unit.facts.scopes[unit.facts.enclosing(scope, "class")].head
    return head is not None and any(unit.read_means(base) == "state-keeper" for base in walk(head))


def _keeps_code(unit: Unit, function: int) -> bool:
    """Whether a method keeps the code in the object, for another method to exchange."""
    facts = unit.facts
    return any(
        b.path.startswith("self.") and _is_code(last(b.path)) and facts.function_of(b.scope) == function
        for b in facts.bindings
    )


# -- reading the code ------------------------------------------------------------------------------------------------


def code_reads(unit: Unit) -> Iterator[tuple[Span, int, bool]]:
    """Where the code of a redirect is read from a request: span, scope, and whether it is given as a whole URL."""
    values: list[Value] = [*unit.facts.reads, *unit.facts.calls, *(b.value for b in unit.facts.bindings)]
    for value in values:
        if isinstance(value, Ref | Member | Call) and reads_parameter(unit, value, "code"):
            yield value.span, value.scope, False
    for number, scope in enumerate(unit.facts.scopes):
        if scope.kind == "function" and _is_get_route(scope):
            yield from ((p.span, number, False) for p in scope.params if p.name == "code")
    for meant in unit.meaning("token-request"):
        whole = unit.argument(meant, "response")
        if whole is not None and _is_request_url(whole) and _is_made_anew(unit, meant):
            yield meant.call.span, meant.call.scope, True
    for call in _reading_calls(unit):
        yield call.span, call.scope, False
    for span, function in _handlers(unit):
        yield span, function, False


def _handlers(unit: Unit) -> Iterator[tuple[Span, int]]:
    """Functions that a library's decorator gives the answer of the token request, which it makes itself."""
    for number, scope in enumerate(unit.facts.scopes):
        for decorator in scope.decorators:
            if unit.read_means(decorator) == "callback" and any(built(unit)):
                yield decorator.span, number


def _reading_calls(unit: Unit) -> list[Call]:
    """Calls of a library that reads and exchanges the code itself, beside the client whose request it answers."""
    return [meant.call for meant in unit.meaning("callback")] if any(built(unit)) else []


def reads_parameter(unit: Unit, value: Value, name: str) -> bool:
    """Whether a value is a parameter of this name of the request that is being answered, or of the page's address."""
    match value:
        case Ref(path=path, scope=scope) if name in path:
            holder, _, key = _ITEM.sub("", path).rpartition(".")
            return key == name and bool(holder) and _is_query(unit, holder, scope, value)
        case Member():
            holder, _, key = _ITEM.sub("", unit.names.of(value)).rpartition(".")
            return key == name and _QUERY.search(holder) is not None
        case Call(callee=callee, args=args, scope=scope) if args:
            holder, _, method = callee.rpartition(".")
            if (unit.context.browser and _is_cut_out(value, name)) or _is_asked_for(value, name):
                return True
            if method == "get" and len(args) > 1 and isinstance(args[1], Text):
                return args[1].literal == f"query.{name}"
            if not isinstance(args[0], Text) or args[0].literal != name:
                return False
            if unit.context.browser and _HELPER.match(method):
                return True  # getQueryParam("code"): every page writes its own
            if method not in _GETTERS:
                return False
            return method.endswith("_argument") or method in ("param", "query") or _is_called_query(unit, value, holder)
        case _:
            return False


def _is_cut_out(call: Call, name: str) -> bool:
    """``location.href.split("?code=")``: the rest of an address after a parameter."""
    cut = (call.args[0].literal if isinstance(call.args[0], Text) else None) or ""
    return last(call.callee) == "split" and cut.lstrip("?&#") == f"{name}="


def _is_asked_for(call: Call, name: str) -> bool:
    """``getQueryParam("code")``, ``urlParamByName({ name: "code", url })``: a function that is named for it."""
    if not _PARAMETER_GETTER.search(last(call.callee)):
        return False
    given = [item for argument in call.args for item in (argument, *children(argument))]
    given += [entry.value for argument in call.args if isinstance(argument, Map) for entry in argument.entries]
    return any(isinstance(item, Text) and item.literal == name for item in given)


def _is_query(unit: Unit, holder: str, scope: int, value: Ref) -> bool:
    canonical = unit.names.canonical(holder, scope)[-_LONGEST:]
    holder = holder[-_LONGEST:]
    if _REQUEST.search(canonical) or _REQUEST.search(holder):
        return True
    if _is_subscribed(unit, holder, scope):
        return True
    owner = unit.names.parameter_of(holder, scope) if holder == "params" else None
    if owner is not None and unit.facts.scopes[owner].name:
        return False  # what a function is given by others of the program
    if not (_QUERY.search(canonical) or _QUERY.search(holder)):
        return False
    return not isinstance(unit.folder.fold(Ref(holder, scope, value.span)), Map)  # our own parameters, on their way out


def _is_subscribed(unit: Unit, holder: str, scope: int) -> bool:
    """``route.queryParams.subscribe(found => found["code"])``: what Angular hands to a function."""
    owner = unit.names.parameter_of(holder, scope) if holder.isidentifier() else None
    call = unit.callers.get(owner) if owner is not None else None
    return call is not None and _SUBSCRIBED.search(call.callee) is not None


def _is_called_query(unit: Unit, call: Call, holder: str) -> bool:
    canonical = unit.names.callee(call).rpartition(".")[0]
    names = [name[-_LONGEST:] for name in (canonical, holder) if name]
    if any(pattern.search(name) for pattern in (_REQUEST, _QUERY) for name in names):
        return True
    return _is_subscribed(unit, holder, call.scope)


def _is_get_route(scope: Scope) -> bool:
    return any(isinstance(d, Call) and d.callee.rpartition(".")[2].lower() in _GET_ROUTES for d in scope.decorators)


def _is_made_anew(unit: Unit, meant: Meant) -> bool:
    """Whether the client whose method it is was made for this callback: it knows no state but the one it is given."""
    regions = unit.derived(Regions)
    maker = meant.name.rpartition(".")[0]
    region = regions.of(unit.facts.function_of(meant.call.scope))
    made = [call for call in regions.calls(region) if f"{unit.names.callee(call)}()" == maker]
    return bool(made) and not any(call.open for call in made)


def _is_request_url(value: Value) -> bool:
    return any(
        isinstance(inner, Ref | Call | Member) and re.match(r"(?:self\.)?_?(?:flask\.)?(?:req|request)\b", _path(inner))
        for inner in walk(value)
    )


def _path(value: Ref | Call | Member) -> str:
    return value.callee if isinstance(value, Call) else value.path


# -- exchanging it ---------------------------------------------------------------------------------------------------


def exchanges(unit: Unit) -> list[tuple[Span, int]]:
    """Where a code is exchanged for a token, and in which function."""
    return list(_exchanges(unit))


def _exchanges(unit: Unit) -> Iterator[tuple[Span, int]]:
    facts = unit.facts
    for given in unit.derived(named):
        if split(last(given.path)) == ("grant", "type") and unit.folder.literal(given.value) == "authorization_code":
            yield given.span, facts.function_of(given.scope)
    for text in _grants(unit):
        yield text.span, facts.function_of(facts.scope_at(text.span))
    for call in _exchanging_calls(unit):
        if not call.callee.startswith("super()"):  # a part of a library
            yield call.span, facts.function_of(call.scope)
    yield from _handlers(unit)


def _grants(unit: Unit) -> Iterator[Text]:
    """Texts that name the grant, unless something is compared with them."""
    compared = {id(side) for compare in unit.facts.compares for side in (compare.left, compare.right)}
    for text in unit.facts.texts:
        known = "".join(part for part in text.parts if isinstance(part, str))
        if (text.literal == "authorization_code" and id(text) not in compared) or _GRANT in known:
            yield text


def _exchanging_calls(unit: Unit) -> Iterator[Call]:
    for meant in (*unit.meaning("token-request"), *unit.meaning("code-exchange")):
        if exchanges_code(unit, meant):
            yield meant.call
    yield from _reading_calls(unit)
    for request in http_requests(unit):
        sent = request.body.keys() | request.query.keys()
        to_endpoint = request.url is not None and _TOKEN_PATH.search(request.url.path)
        if "code" in sent and (to_endpoint or not sent.isdisjoint(("client_secret", "clientSecret"))):
            yield request.meant.call  # a secret goes with a code to a token endpoint only, whatever its address
    yield from handovers(unit)
    for call in unit.facts.calls:
        if _is_named_like_one(unit, call) or _does_what_one_does(unit, call):
            yield call
    for binding in unit.facts.bindings:  # client.authorization_code = params[:code]
        if binding.path.endswith(".authorization_code") and reads_parameter(unit, binding.value, "code"):
            yield Call("", None, (), (), False, binding.scope, binding.span, binding.name_span)


def exchanges_code(unit: Unit, meant: Meant) -> bool:
    """Whether a library's token request is for a code: one is among its arguments, or it is for nothing else."""
    if meant.is_("grant", "authorization_code") or unit.argument(meant, "response") is not None:
        return True
    return _carries_code(unit, meant.call)


def _carries_code(unit: Unit, call: Call) -> bool:
    if any(_is_code(name) and not isinstance(value, Const) for name, value in call.named):
        return True
    return any(_holds_code(unit, argument) for argument in _given(call))


def _holds_code(unit: Unit, argument: Value) -> bool:
    folded = unit.folder.fold(argument) if isinstance(argument, Ref) else argument
    if isinstance(folded, Map):
        return any(_is_code(key) for entry in folded.entries if (key := key_of(entry)))
    if any(reads_parameter(unit, value, "code") for value in (folded, *_given_to_name(unit, argument))):
        return True
    return any(
        (isinstance(inner, Ref) and _is_code(last(inner.path))) or reads_parameter(unit, inner, "code")
        for inner in walk(folded if isinstance(folded, Call) else argument)
    )


def _given_to_name(unit: Unit, argument: Value) -> list[Value]:
    """What a name is bound to as it is written: folding may have put the body of a helper in its place."""
    return [b.value for b in unit.names.bindings(argument.path, argument.scope)] if isinstance(argument, Ref) else []


def _is_code(name: str) -> bool:
    return "".join(split(name)) in CODE_NAMES


def _is_named_like_one(unit: Unit, call: Call) -> bool:
    """Whether a function from elsewhere is named for getting tokens and is given a code."""
    words = set(split(call.callee.rpartition(".")[2]))
    if not words & _EXCHANGING or words & _LOOKING or unit.names.function(call) is not None:
        return False
    if unit.meanings.calls.get(unit.names.callee(call)) is not None or any(_is_request(a) for a in _given(call)):
        return False  # a library that says what it does, or somebody who can look into the request
    return _carries_code(unit, call)


def _does_what_one_does(unit: Unit, call: Call) -> bool:
    """Whether a function from elsewhere is given a code with a client's secret, or gives an access token for it."""
    if unit.names.function(call) is not None or unit.meanings.calls.get(unit.names.callee(call)) is not None:
        return False
    if not {"client", "secret"} <= set(_words_given(call)) and id(call) not in unit.derived(_token_givers):
        return False
    return _carries_code(unit, call)


def _words_given(call: Call) -> Iterator[str]:
    for value in _given(call):
        if isinstance(value, Ref):
            yield from split(last(value.path))


def _token_givers(unit: Unit) -> frozenset[int]:
    """The calls from whose result an access token is read: ``found = client.auth(code)``, ``found["access_token"]``."""
    read = {
        value.path.rpartition(".")[0]
        for value in (*unit.facts.reads, *(inner for b in unit.facts.bindings for inner in walk(b.value)))
        if isinstance(value, Ref) and split(last(value.path)) == ("access", "token")
    }
    return frozenset(
        id(binding.value) for binding in unit.facts.bindings if isinstance(binding.value, Call) and binding.path in read
    )


def _given(call: Call) -> tuple[Value, ...]:
    return (*call.args, *(value for _, value in call.named))


def _is_request(value: Value) -> bool:
    return isinstance(value, Ref) and value.path.removeprefix("self.") in ("request", "req", "ctx", "context", "event")
