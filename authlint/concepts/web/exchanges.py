"""Requests with both ends: which provider they go to, what the client sends besides, what becomes of an error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from authlint.concepts.credentials.credentials import CONFIGURATION
from authlint.concepts.unit import Unit, once
from authlint.concepts.web.requests import HttpRequest, http_requests
from authlint.facts import Binding, Call, Const, Items, Map, Member, Ref, Text, Value, walk
from authlint.ruleset.libraries import Client
from authlint.ruleset.providers import Endpoint, Host, Provider
from authlint.values.texts import key_of, pick

_FILLING = frozenset({"basic_auth", "add_field", "initialize_http_header", "interceptors", "use", "mount"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with what is known of both ends.

    ``client`` is ``None`` for a client that no library file tells of. ``host`` and ``provider`` are those of the URL,
    if a pack knows it. ``complete``: every header that is sent is among ``request.headers``.
    """

    request: HttpRequest
    client: Client | None
    host: Host | None
    provider: Provider | None
    complete: bool

    @property
    def call(self) -> Call:
        """The call that makes the request."""
        return self.request.meant.call

    @property
    def endpoint(self) -> Endpoint | None:
        """The documented endpoint that the request goes to, if its URL is one."""
        url = self.request.url
        if url is None or self.provider is None:
            return None
        return next((e for e in self.provider.endpoint if _is_at(url.known_host, url.path, e.url)), None)


@once
def exchanges(unit: Unit) -> tuple[Exchange, ...]:
    """Every request of a source, in source order."""
    return tuple(_exchange(unit, request) for request in http_requests(unit))


def _exchange(unit: Unit, request: HttpRequest) -> Exchange:
    client = unit.meanings.clients.get(request.meant.name)
    known = unit.knowledge.host(request.url.known_host) if request.url and request.url.known_host else None
    if known is None and request.url is not None and request.url.host.startswith("{}."):
        known = unit.knowledge.host(f"x{request.url.host[2:]}")  # https://{tenant}.provider.com
    host, provider = known or (None, None)
    complete = client is not None and known is not None and _is_complete(unit, request, client)
    return Exchange(request, client, host, provider, complete)


def _is_at(host: str, path: str, template: str) -> bool:
    """Whether a host and a path are those of a template such as ``https://api.x.io/v1/orgs/{org}/keys``."""
    where, _, rest = template.partition("://")[2].partition("/")
    if where.replace("{", "").replace("}", "") != host and "{" not in where:
        return False
    mine, theirs = path.strip("/ ").split("/"), rest.strip("/").split("/")
    return len(mine) == len(theirs) and all(b.startswith("{") or a == b for a, b in zip(mine, theirs, strict=True))


# -- are all headers known? -------------------------------------------------------------------------------------------


def _is_complete(unit: Unit, request: HttpRequest, client: Client) -> bool:
    call = request.meant.call
    if call.open or pick(call, client.hide) is not None or unit.argument(request.meant, "auth") is not None:
        return False
    selectors = request.meant.row.arguments.get("headers", ())
    if any(not _is_known_map(unit, pick(call, (s.partition(".")[0],))) for s in selectors if "." in s):
        return False
    given: list[Value | None] = [value for name, value in call.named if name in selectors]
    given = given or [unit.argument(request.meant, "headers")]
    if not all(value is None or _tells_all(unit, value) for value in given):
        return False
    return _client_is_known(unit, call) and _object_is_known(unit, request)


def _is_known_map(unit: Unit, value: Value | None) -> bool:
    """Whether nothing unknown is in a map of options; what is text or not given holds no options at all."""
    folded = unit.folder.fold(value) if value is not None else None
    return folded is None or isinstance(folded, Text) or (isinstance(folded, Map) and not folded.open)


def _tells_all(unit: Unit, value: Value) -> bool:
    folded = unit.folder.fold(value)
    if isinstance(folded, Map):
        return not folded.open and all(key_of(entry) is not None for entry in folded.entries)
    if isinstance(folded, Items):
        return not folded.open and all(_tells_all(unit, item) for item in folded.items)
    first = folded.parts[0] if isinstance(folded, Text) and folded.parts else None
    return isinstance(first, str) and not first.startswith("@") and ":" in first


def _client_is_known(unit: Unit, call: Call) -> bool:
    """Whether all is known that a session adds: how it was made, and what is done to it later."""
    root = call.callee.rpartition(".")[0]
    made = tuple(binding.value for binding in unit.names.bindings(root, call.scope)) if root else ()
    return not made or (_is_made_plainly(made) and _is_left_alone(unit, root))


def _is_made_plainly(made: tuple[Value, ...]) -> bool:
    calls = [value for value in made if isinstance(value, Call)]
    return not any(c.open or c.args or any(name != "timeout" for name, _ in c.named) for c in calls)


@lru_cache(maxsize=64)
def _is_left_alone(unit: Unit, root: str) -> bool:
    """Whether a session is not given away, and filled in by nothing that is not looked into."""
    for other in _uses(unit).get(root, ()):
        if other.callee.rpartition(".")[2] in _FILLING or not other.callee.startswith(f"{root}."):
            return False
    headers = (argument for other in _uses(unit).get(f"{root}.headers", ()) for argument in other.args)
    return all(_tells_all(unit, argument) for argument in headers) and not any(
        binding.path == f"{root}.auth" for binding in unit.facts.bindings
    )


def _object_is_known(unit: Unit, request: HttpRequest) -> bool:
    """Whether a request that is an object is filled in only by assignments: ``request["SiteId"] = …``."""
    if not request.meant.is_("headers", "assigned"):
        return True
    for binding in _bound(unit).get(id(request.meant.call), ()):
        for other in _uses(unit).get(binding.path, ()):
            if other.callee.startswith(f"{binding.path}.") and other.callee.rpartition(".")[2] in _FILLING:
                return False
    return True


@once
def _uses(unit: Unit) -> dict[str, list[Call]]:
    """Calls by what they are a method of, and by the names that they are given."""
    found: dict[str, list[Call]] = defaultdict(list)
    for call in unit.facts.calls:
        owner = call.callee.rpartition(".")[0]
        names = {argument.path for argument in call.args if isinstance(argument, Ref)}
        for name in names | ({owner} if owner else set()):
            found[name].append(call)
    return found


@once
def _bound(unit: Unit) -> dict[int, list[Binding]]:
    found: dict[int, list[Binding]] = defaultdict(list)
    for binding in unit.facts.bindings:
        found[id(binding.value)].append(binding)
    return found


# -- what credentials are sent ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """A credential in a request: its literal text as far as it is known, or the setting that it is read from."""

    text: str
    setting: str


def sent_credentials(unit: Unit, request: HttpRequest) -> Iterator[Sent]:
    """What authenticates a request, as far as it is known: literals and the names of settings."""
    values = [value for name, value in request.headers.items() if name not in _PLAIN_HEADERS]
    auth = unit.argument(request.meant, "auth")
    values += [] if auth is None else [auth]
    for value in values:
        folded = unit.folder.fold(value)
        for inner in walk(folded):
            if isinstance(inner, Text):
                yield from (Sent(part, "") for part in inner.parts if isinstance(part, str) and part.strip())
            setting = setting_of(unit, inner)
            if setting:
                yield Sent("", setting)


_PLAIN_HEADERS = frozenset({"accept", "content-type", "user-agent", "host", "accept-language", "cache-control"})


_EXPANDING = CONFIGURATION | {"shell"}


def setting_of(unit: Unit, value: Value) -> str:
    """The name of the environment variable that a value is read from; empty if it is none."""
    if isinstance(value, Ref | Member):
        last = value.path.rpartition(".")[2]
        if unit.source.language in _EXPANDING:
            return last if last.isupper() else ""
        means_environment = unit.read_means(value) == "environment" or _is_powershell_environment(unit, value)
        return last if means_environment else ""
    if isinstance(value, Call):
        row = unit.meanings.calls.get(unit.names.callee(value))
        if row is not None and row.means == "environment":
            return unit.folder.literal(pick(value, row.arguments.get("name", ("0",)))) or ""
        if unit.source.language == "ruby" and value.callee in ("ENV.fetch", "ENV.get", "ENV.[]") and value.args:
            return unit.folder.literal(value.args[0]) or ""
    return ""


def _is_powershell_environment(unit: Unit, value: Ref | Member) -> bool:
    return unit.source.language in ("powershell", "ruby") and value.path.lower().startswith("env.")


def is_switched(unit: Unit, call: Call, selectors: tuple[str, ...]) -> bool:
    """Whether a call has one of these arguments, and not as ``false`` or nothing."""
    for selector in selectors:
        head, _, key = selector.partition(".")
        value = pick(call, (head,))
        if value is not None and key:
            value = unit.folder.entry(value, key)
        if value is not None and not (isinstance(value, Const) and not value.value and head == selector):
            return True
    return False
