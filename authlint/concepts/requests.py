"""HTTP requests: where they go and what they carry, whichever client sends them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from authlint.concepts.unit import Meant, Unit
from authlint.concepts.urls import Url, parse
from authlint.facts import Binding, Const, Items, Map, Text, Value
from authlint.names import is_secret_name
from authlint.texts import join, key_of, partition, query_entries


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. ``url_value`` is the argument as written; header names are lower case.

    ``headers``, ``query`` and ``body`` hold what is known of them; ``credential`` is the word for what authenticates
    the request (``Authorization header``), empty if nothing is seen.
    """

    meant: Meant
    url: Url | None
    url_value: Value | None
    headers: dict[str, Value]
    query: dict[str, Value]
    body: dict[str, Value]
    credential: str


def http_requests(unit: Unit) -> Iterator[HttpRequest]:
    """Every request that a library row tells of, in source order."""
    for meant in unit.meaning("http-request"):
        yield _request(unit, meant)


def _request(unit: Unit, meant: Meant) -> HttpRequest:
    url_value = unit.argument(meant, "url")
    url = url_of(unit, url_value)
    headers = {name.lower(): value for name, value in _pairs(unit, meant, "headers")}
    headers.update(
        {name.lower(): value for name, value in _client_headers(unit, meant).items() if name.lower() not in headers}
    )
    query = dict(_pairs(unit, meant, "query"))
    body = dict(_pairs(unit, meant, "body"))
    if url is not None:
        query.update(url.query)
    auth = unit.argument(meant, "auth")
    return HttpRequest(meant, url, url_value, headers, query, body, _credential(headers, query, body, auth))


def url_of(unit: Unit, value: Value | None) -> Url | None:
    """The URL that a value comes to, or ``None`` if it is no text."""
    folded = unit.folder.fold(value) if value is not None else None
    return parse(folded) if isinstance(folded, Text) else None


def _pairs(unit: Unit, meant: Meant, part: str) -> Iterator[tuple[str, Value]]:
    """Names and values of a map argument, of ``Name: value`` texts (``curl -H``) or of a form text (``a=b&c=d``)."""
    selectors = meant.row.arguments.get(part, ())
    repeated = [value for name, value in meant.call.named if name in selectors]
    values = repeated if len(repeated) > 1 else [unit.argument(meant, part)]
    for value in values:
        folded = unit.folder.fold(value) if value is not None else None
        if isinstance(folded, Map):
            yield from ((key, entry.value) for entry in folded.entries if (key := key_of(entry)) is not None)
        elif isinstance(folded, Text):
            yield from _text_pairs(folded, part)
        elif isinstance(folded, Items):
            for item in folded.items:
                if isinstance(item, Text):
                    yield from _text_pairs(item, part)


def _text_pairs(text: Text, part: str) -> Iterator[tuple[str, Value]]:
    if part == "headers":
        name, found, value = partition(text, ":")
        if found and name.literal:
            yield name.literal.strip(), join(_stripped(value), value.span)
        return
    for entry in query_entries(text):
        key = key_of(entry)
        if key:
            yield key.strip().strip("{\"' "), entry.value


def _stripped(text: Text) -> tuple[str | Value, ...]:
    first = text.parts[0] if text.parts else ""
    return (first.lstrip(), *text.parts[1:]) if isinstance(first, str) else text.parts


def _client_headers(unit: Unit, meant: Meant) -> dict[str, Value]:
    """Headers that the session or client of a request always sends: ``session.headers["Authorization"] = …``."""
    found: dict[str, Value] = {}
    if meant.is_("headers", "assigned"):  # request = Get.new(uri); request["Authorization"] = …
        for binding in _made(unit).get(id(meant.call), ()):
            assigned = unit.names.children(binding.path, binding.scope)
            found.update({name: bindings[-1].value for name, bindings in assigned.items()})
    client = meant.call.callee.rpartition(".")[0]
    if not client:
        return found
    for holder in (f"{client}.headers", f"{client}.defaults.headers.common"):
        for name, bindings in unit.names.children(holder, meant.call.scope).items():
            found[name] = bindings[-1].value
    found.update(_updates(unit).get(client, {}))
    return found


@lru_cache(maxsize=2)
def _updates(unit: Unit) -> dict[str, dict[str, Value]]:
    """What ``client.headers.update({…})`` adds, by client."""
    found: dict[str, dict[str, Value]] = {}
    for call in unit.facts.calls:
        client, _, method = call.callee.rpartition(".headers.")
        folded = unit.folder.fold(call.args[0]) if method == "update" and call.args else None
        if isinstance(folded, Map):
            added = {key: entry.value for entry in folded.entries if (key := key_of(entry)) is not None}
            found.setdefault(client, {}).update(added)
    return found


@lru_cache(maxsize=2)
def _made(unit: Unit) -> dict[int, list[Binding]]:
    """Bindings by the identity of their value."""
    found: dict[int, list[Binding]] = defaultdict(list)
    for binding in unit.facts.bindings:
        found[id(binding.value)].append(binding)
    return found


def _credential(headers: dict[str, Value], query: dict[str, Value], body: dict[str, Value], auth: Value | None) -> str:
    for name in headers:
        if name in ("authorization", "proxy-authorization", "cookie") or is_secret_name(name):
            return f"{name.title()} header"
    if auth is not None and not (isinstance(auth, Const) and auth.value is None):
        return "credentials"
    for name in (*query, *body):
        if is_secret_name(name) or name.lower() in ("appid", "app_key", "pwd", "pass"):
            return f"'{name}' parameter"
    return ""
