"""Credentials in URLs: parameters of queries and fragments, however the URL is put together and whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

from authlint.concepts.credentials.credential_values import is_random
from authlint.concepts.unit import Meant, Unit
from authlint.concepts.web.requests import http_requests, parameters
from authlint.concepts.web.urls import Url, parse
from authlint.facts import Binding, Call, Choice, Const, Entry, Items, Map, Opaque, Text, Value, dotted
from authlint.names import is_secret_name, last, split
from authlint.secret.placeholders import Verdict, judge
from authlint.source import Span
from authlint.values.texts import key_of, partition, query_entries

Sort: TypeAlias = Literal["token", "key", "generic", ""]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKENS = _words(
    "access_token refresh_token id_token auth_token authtoken accesstoken refreshtoken bearer_token session_token"
    " user_token private_token api_token apitoken client_secret clientsecret app_secret api_secret secret_key"
    " consumer_secret password passwd user_password"
)
_KEYS = _words("api_key apikey x_api_key private_key subscription_key app_key auth_key access_key")
_ONE_TIME_IF_SAID = _words("token jwt bearer")
_PUBLISHED = _words("firebase maps recaptcha captcha turnstile publishable public anon site")
_GENERIC = _words("key appid app_id auth secret pass pwd k")

_OF_APIS = _words("key appid")
_CALLED_KEY = _words("api apikey key")
_KEY_LENGTH = 16
_API = re.compile(r"(?:^|[.-])api\d?[.-]")

_ONE_TIME = re.compile(
    r"(?i)reset|verif(?!ier)|confirm|activat|invit|unsubscrib|magic|passwordless|one[-_]?time|otp|sign[-_]?up|set[-_]?up|regist"
    r"|recover|forgot|opt[-_]?out|download|share|preview|presign|signed[-_]?url|webhook|csrf|xsrf|captcha|(?:push|device)[-_]?token|payment|checkout|public"
    r"|e[-_]?mail|page[-_]?token|cursor|(?:set|new|change|create)[-_]?passw"
)
_TEMPLATE = re.compile(
    r"\{\{[^{}]{1,60}\}\}|\$?\{[\w.\[\] -]{0,60}\}|%s|%\(\w{1,60}\)s|\$\w{1,60}|#\{[^{}]{1,60}\}"
    r"|<%=[^%]{1,60}%>"
)
_ROOTED = re.compile(r"https?://|/(?!/)")
_LOOKS_UP = re.compile(r"(?i)token[\w-]{0,10}/$|\n")  # an API whose resources are tokens
_SITES = _words("url uri host site origin base endpoint api domain server client app frontend backend website")
_RESOURCES = _words("userinfo info token tokens introspect introspection revoke revocation")
_IN_PATHS = _words("access_token refresh_token id_token")
_WEB = ("", "http", "https", "ws", "wss")
_URLS = frozenset(("url", "uri", "endpoint", "link", "href", "query", "qs", "querystring"))
_KEY = re.compile(r"[\w.\[\]-]{1,60}")
_ADDRESS = re.compile(r"^[\w-]{0,20}[\s\"'`(<]*(?:[A-Za-z][\w+.-]{0,20}:/{0,2}|%s|\$?\{|\$\w|/|[\w.-]{1,80}/|$)")


@dataclass(frozen=True, slots=True)
class UrlCredential:
    """A credential that stands in a URL under a ``name``. ``built`` is where the parameters are, or the URL, if
    that is another place.
    """

    name: str
    sort: Sort
    span: Span
    is_socket: bool = False
    built: Span | None = None


def sort_of_parameter(name: str) -> Sort:
    """What a parameter of this name carries: a token, an API key, or possibly one; empty for anything else."""
    words = "_".join(split(name))
    if words in _TOKENS or words in _ONE_TIME_IF_SAID:
        return "token"
    if words in _KEYS:
        return "key"
    return "generic" if words in _GENERIC else ""


def is_one_time(name: str, *around: str) -> bool:
    """Whether a parameter holds what is used once: ``token`` in a link that resets, verifies or invites."""
    return "_".join(split(name)) in _ONE_TIME_IF_SAID and any(map(_says_one_time, around))


@lru_cache(maxsize=32)
def _says_one_time(text: str) -> bool:
    """Each parameter of a URL asks the same of all of it."""
    return _ONE_TIME.search(text) is not None


def url_credentials(unit: Unit) -> Iterator[UrlCredential]:
    """Every credential that the source puts into a URL, each once."""
    places: set[Span] = set()
    for found in _built(unit):
        if found.span not in places:
            places.add(found.span)
            yield found


def _built(unit: Unit) -> Iterator[UrlCredential]:
    for text, folded in unit.folded_texts:
        yield from _in_text(unit, text, folded)
        yield from _in_path(unit, text)
    for request in http_requests(unit):
        meant = request.meant
        query = dict(parameters(unit, meant, "query"))
        if meant.is_("body", "query") and _is_get(unit, meant):
            query.update(parameters(unit, meant, "body"))
        host, path = (request.url.known_host, request.url.path) if request.url else ("", "")
        yield from _in_map(unit, meant, query, host, path)
        yield from _in_sum(unit, request.url_value)
    for meant in (*unit.meaning("navigation"), *unit.meaning("http-client")):
        yield from _in_map(unit, meant, dict(parameters(unit, meant, "query")), "")
        yield from _in_sum(unit, unit.argument(meant, "url"))
    for meant in unit.meaning("address"):  # what is called ``token`` alone may be part of the path
        query = {name: value for name, value in parameters(unit, meant, "query") if len(split(name)) > 1}
        yield from _in_map(unit, meant, query, "")
    yield from _set_later(unit)
    yield from _appended(unit)


def _is_get(unit: Unit, meant: Meant) -> bool:
    """Whether a request whose data goes where its method says is a GET: it is unless another method is named."""
    method = unit.argument(meant, "method")
    if method is None:
        return not meant.call.open
    return (unit.folder.literal(method) or "").upper() == "GET"


def _in_text(unit: Unit, text: Text, folded: Text) -> Iterator[UrlCredential]:
    known = "".join(part for part in folded.parts if isinstance(part, str))
    if "=" not in known or not ("?" in known or "#" in known):
        return
    if text.literal is not None and "\n" in text.literal and unit.source.language not in ("shell", "html"):
        return  # documentation in the middle of code
    written = False
    for name, url in _of_query(unit, text):  # as written, a name says more than what it comes to
        written = True
        yield UrlCredential(name, sort_of_parameter(name), text.span, url.scheme in ("ws", "wss"))
    for name, url in _of_query(unit, folded) if folded is not text and not written else ():
        place = _made_at(unit, text)
        built = text.span if place != text.span else None
        yield UrlCredential(name, sort_of_parameter(name), place, url.scheme in ("ws", "wss"), built)


def _in_path(unit: Unit, text: Text) -> Iterator[UrlCredential]:
    """``${site}/#/user/${access_token}``: a token that is a part of a path of its own."""
    first = text.parts[0] if text.parts else ""
    rooted = _ROOTED.match(first) if isinstance(first, str) else _is_site(dotted(first))
    if not rooted:
        return
    for before, part in pairwise(text.parts):
        if not isinstance(before, str) or not before.endswith("/") or isinstance(part, str) or _LOOKS_UP.search(before):
            continue
        name = last(dotted(part))
        if "_".join(split(name)) in _IN_PATHS and not is_one_time("token", *surroundings(unit, part)):
            yield UrlCredential(name, "token", text.span)
            return


def _is_site(name: str) -> bool:
    """``BASE_URL``, ``config.site``: not ``provider.userinfo.url``, below which tokens are looked up."""
    return not _SITES.isdisjoint(split(last(name))) and _RESOURCES.isdisjoint(split(name))


def _made_at(unit: Unit, text: Text) -> Span:
    """Where the query of a text is made, if that is elsewhere: ``query = urlencode({…})``, ``f"{url}?{query}"``."""
    parts, (start, end) = unit.folder.traced(text).parts, text.span
    calls = unit.derived(_query_strings)
    made = (calls[part].span for part in parts if part in calls)
    return min((span for span in made if not start <= span[0] < end), default=text.span)


def _query_strings(unit: Unit) -> dict[int, Call]:
    return {id(meant.call): meant.call for meant in unit.meaning("query-string")}


def _of_query(unit: Unit, text: Text) -> Iterator[tuple[str, Url]]:
    """The names of the credentials in the query and the fragment of a text that looks like a URL, or ends in one."""
    head, found, rest = partition(text, "?")
    if not found:
        head, found, rest = partition(text, "#")
    shown = "".join(part if isinstance(part, str) else "{}" for part in head.parts)
    shown = re.split(r"\s", shown)[-1]
    if not found or not _ADDRESS.match(shown):
        return
    url = parse(Text((shown,), text.span))
    if not url.known_host and isinstance(folded := unit.folder.fold(text), Text):
        url = parse(folded)
    if url.scheme not in _WEB:
        return  # otpauth:, postgres: and the like are not asked for
    entries = list(query_entries(_separated(rest)))
    keys = (key_of(entry) or "" for entry in entries)  # email=…&token=…: a link sent once
    beside = " ".join((shown, *keys, *surroundings(unit, text)))
    for entry in entries:
        name = key_of(entry) or ""
        if _KEY.fullmatch(name) and _is_credential(unit, name, entry.value, url.known_host, beside):
            yield name, url


def _in_sum(unit: Unit, url: Value | None) -> Iterator[UrlCredential]:
    """``base + urlencode({…})``, where nothing that is written looks like a URL."""
    if not isinstance(url, Opaque):
        return
    calls = unit.derived(_query_strings)
    for part in url.operands:
        folded = unit.folder.fold(part) if id(part) in calls else None
        for entry in query_entries(folded) if isinstance(folded, Text) else ():
            name = key_of(entry) or ""
            if _is_credential(unit, name, entry.value, "", ""):
                yield UrlCredential(name, sort_of_parameter(name), url.span)


def _separated(query: Text) -> Text:
    parts = (re.sub(r"[#?]|&amp;", "&", part) if isinstance(part, str) else part for part in query.parts)
    return Text(tuple(parts), query.span)


def _in_map(unit: Unit, meant: Meant, query: dict[str, Value], host: str, path: str = "") -> Iterator[UrlCredential]:
    call = meant.call
    for name, value in query.items():
        if _is_credential(unit, name, value, host, path):
            built = None if call.span[0] <= value.span[0] <= call.span[1] else value.span
            yield UrlCredential(name, sort_of_parameter(name), call.span, built=built)


def _set_later(unit: Unit) -> Iterator[UrlCredential]:
    """``url.searchParams.set(name, value)``, ``url.search = query`` and ``session.params["api_key"] = key``."""
    for meant in unit.meaning("url-parameter-set"):
        name, value = unit.folder.literal(unit.argument(meant, "name")) or "", unit.argument(meant, "value")
        copied = unit.folder.copied(meant.call) if not name else None
        given = {key_of(entry) or "": entry.value for entry in copied.entries} if copied is not None else {}
        if value is not None:
            given.setdefault(name, value)
        for key, item in given.items():
            if _is_credential(unit, key, item, "", meant.call.callee):
                yield UrlCredential(key, sort_of_parameter(key), meant.call.span)
                break
    for binding in unit.facts.bindings:
        owner, _, last_name = binding.path.rpartition(".")
        if not owner:
            continue
        if last_name in ("search", "hash", "query"):
            folded = unit.folder.fold(binding.value)
            entries = list(query_entries(_separated(folded))) if isinstance(folded, Text) else []
        else:
            entries = list(_of_client(unit, binding, owner, last_name))
        for entry in entries:
            name = (key_of(entry) or "").strip()
            if name and _is_credential(unit, name, entry.value, "", binding.path):
                yield UrlCredential(name, sort_of_parameter(name), binding.span)
                break


def _appended(unit: Unit) -> Iterator[UrlCredential]:
    """``url += "&api_key=" + key``: a piece that says nothing of the address it is added to."""
    hosts: dict[tuple[int, str], str | None] = {}
    for binding in unit.facts.bindings:
        piece = unit.folder.fold(binding.value) if binding.op == "+=" else None
        first = piece.parts[0] if isinstance(piece, Text) and piece.parts else None
        if not isinstance(piece, Text) or not isinstance(first, str) or not first.startswith(("&", "?")):
            continue
        variable = unit.names.home_of(binding), binding.path
        if variable not in hosts:
            hosts[variable] = _host_of_begun(unit, binding)
        host = hosts[variable]
        for entry in query_entries(_separated(piece)) if host is not None else ():
            name = key_of(entry) or ""
            if _KEY.fullmatch(name) and _is_credential(unit, name, entry.value, host or "", binding.path):
                yield UrlCredential(name, sort_of_parameter(name), binding.value.span)


def _host_of_begun(unit: Unit, binding: Binding) -> str | None:
    """The host of the address that a name begins with, empty if only that it is one is known; ``None`` if it is not."""
    begun = [other.value for other in unit.names.bindings(binding.path, binding.scope) if other.op != "+="]
    urls = [parse(text) for value in begun if isinstance(text := unit.folder.fold(value), Text)]
    if not any(url.scheme in _WEB and url.host for url in urls) and _URLS.isdisjoint(split(last(binding.path))):
        return None
    return next((url.known_host for url in urls if url.known_host), "")


def _of_client(unit: Unit, binding: Binding, owner: str, name: str) -> Iterator[Entry]:
    """What a client is told to put into the query of every request."""
    if last(owner) == "params" and _means_client_query(unit, owner, binding.scope):
        yield Entry(Text((name,), binding.name_span), binding.value, binding.span)
    elif name == "params" and (
        _means_client_query(unit, binding.path, binding.scope) or _is_every_request(unit, owner, binding.scope)
    ):
        folded = unit.folder.fold(binding.value)
        yield from folded.entries if isinstance(folded, Map) else ()
        yield from query_entries(folded) if isinstance(folded, Text) else ()


def _is_every_request(unit: Unit, owner: str, scope: int) -> bool:
    """Whether a name is what an interceptor is given: the options of each request of a client."""
    function = unit.names.parameter_of(owner, scope)
    call = unit.callers.get(function) if function is not None else None
    return call is not None and call.callee.endswith("interceptors.request.use")


def _means_client_query(unit: Unit, path: str, scope: int) -> bool:
    row = unit.meanings.reads.get(unit.names.canonical(path, scope))
    return row is not None and row.means == "client-query"


def _is_credential(unit: Unit, name: str, value: Value, host: str, address: str) -> bool:
    """Whether a parameter of this name and value lets somebody in, for longer than one use."""
    sort = sort_of_parameter(name)
    if not sort or unit.knowledge.takes_public_keys(host):
        return False
    named = last(dotted(value))
    if sort != "token" and not _PUBLISHED.isdisjoint(split(f"{named} {_shown(value)}")):
        return False
    if not _is_given(unit, value) or is_one_time(name, address, named, _shown(value), *surroundings(unit, value)):
        return False
    if sort == "generic":
        provider = unit.knowledge.host(host) if host else None
        return (
            is_secret_name(named)
            or is_secret_name(_shown(value).strip("{}$% "))
            or _is_api_key(unit, name, value, host)
            or bool(provider and name == "key" and "api" in provider[0].roles)
        )
    return True


def _is_api_key(unit: Unit, name: str, value: Value, host: str) -> bool:
    """Whether ``key`` or ``appid`` is the key of an API: so is its value called (``API``), or it looks like one."""
    low, named = name.lower(), last(dotted(value))
    if low not in _OF_APIS:
        return False
    if not _CALLED_KEY.isdisjoint(split(named)):
        return low != "key" or named.lower() != "key"
    literal = unit.folder.literal(value) if low != "key" or _API.search(host) else None
    return literal is not None and is_random(literal, name=name, at_least=_KEY_LENGTH, samples=frozenset())


def _is_given(unit: Unit, value: Value) -> bool:
    """Whether a parameter has a value: not empty, no flag, and in code nothing that only stands for one."""
    match value:
        case Const():
            return False
        case Text(parts=parts):
            literal = value.literal
            if literal is None:
                return bool(parts)
            whole = literal.strip()
            literal = whole if whole.startswith("<") else re.split(r"[\s\"'`<)\]]", whole, maxsplit=1)[0]
            if not literal or _TEMPLATE.fullmatch(literal):
                return bool(literal)
            return unit.context.docs or judge(literal).verdict is not Verdict.PLACEHOLDER
        case Choice(options=options):
            return any(_is_given(unit, option) for option in options)
        case Map() | Items():
            return False
        case _:
            return True


def _shown(value: Value) -> str:
    """The words of a value: its known text, or the names of what it is made of."""
    if isinstance(value, Text):
        return " ".join(part if isinstance(part, str) else last(dotted(part)) for part in value.parts)
    return " ".join((dotted(value), *(dotted(part) for part in value.args))) if isinstance(value, Call) else ""


def surroundings(unit: Unit, value: Value) -> Iterator[str]:
    """The names that say what code around a value is for: functions, routes, decorators, the file."""
    yield unit.source.path.rpartition("/")[2]
    yield unit.source.line(unit.source.line_of(value.span[0]))
    facts = unit.facts
    for place in facts.around(facts.scope_at(value.span)):
        scope = facts.scopes[place]
        if scope.kind in ("function", "class"):
            yield scope.name
            call = unit.callers.get(place)
            for described in (*scope.decorators, *((call,) if call is not None else ())):
                if isinstance(described, Call):
                    yield from (argument.literal or "" for argument in described.args if isinstance(argument, Text))
