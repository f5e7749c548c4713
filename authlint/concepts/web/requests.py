"""HTTP requests: where they go and what they carry, whichever client sends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.unit import Meant, Unit
from authlint.concepts.web.clients import base_of, client_auth, client_headers, given_for
from authlint.concepts.web.urls import Url, known_prefix, parse
from authlint.facts import Const, Items, Map, Text, Value
from authlint.names import is_secret_name
from authlint.values.texts import has_scheme, join, key_of, pairs, partition, query_entries


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. ``url_value`` is the argument as written, ``base`` what the client puts before it, if that is seen.

    Header names are lower case.

    ``headers``, ``query`` and ``body`` hold what is known of them; ``credential`` is the word for what authenticates
    the request (``Authorization header``), empty if nothing is seen.
    """

    meant: Meant
    url: Url | None
    url_value: Value | None
    base: Value | None
    headers: dict[str, Value]
    query: dict[str, Value]
    body: dict[str, Value]
    credential: str


def http_requests(unit: Unit) -> tuple[HttpRequest, ...]:
    """Every request that a library row tells of, in source order."""
    return unit.derived(_requests)


def _requests(unit: Unit) -> tuple[HttpRequest, ...]:
    return tuple(_request(unit, meant) for meant in unit.meaning("http-request"))


def _request(unit: Unit, meant: Meant) -> HttpRequest:
    url_value = unit.argument(meant, "url")
    url, base = url_of(unit, url_value), None
    if url is None or not url.scheme:
        url, base = _below_base(unit, meant, url_value, url)
    headers = {name.lower(): value for name, value in parameters(unit, meant, "headers")}
    headers.update(
        {name.lower(): value for name, value in client_headers(unit, meant).items() if name.lower() not in headers}
    )
    query = dict(parameters(unit, meant, "query"))
    body = dict(parameters(unit, meant, "body"))
    if url is not None:
        query.update(url.query)
    auth = unit.argument(meant, "auth") or client_auth(unit, meant.call)
    credential = _credential(headers, query, body, auth)
    return HttpRequest(meant, url, url_value, base, headers, query, body, credential)


def _below_base(unit: Unit, meant: Meant, value: Value | None, url: Url | None) -> tuple[Url | None, Value | None]:
    """The URL of a path below its client's base, and that base."""
    path = unit.folder.fold(value) if value is not None else None
    bases = [base_of(unit, meant.call)] if path is None or (isinstance(path, Text) and known_prefix(path)) else []
    for base in (*bases, *given_for(unit, value)):
        folded = unit.folder.fold(base) if base is not None else None
        if base is not None and isinstance(folded, Text) and has_scheme(folded):
            rest = _after_hole(path, is_hole=base not in bases)
            return parse(join((folded, *rest), folded.span)), base
    return url, None


def _after_hole(path: Value | None, *, is_hole: bool) -> tuple[str | Value, ...]:
    """The parts of a path, without the first one where a base takes its place."""
    parts = path.parts if isinstance(path, Text) else ()
    return parts[1:] if is_hole else parts


def url_of(unit: Unit, value: Value | None) -> Url | None:
    """The URL that a value comes to, or ``None`` if it is no text."""
    folded = unit.folder.fold(value) if value is not None else None
    return parse(folded) if isinstance(folded, Text) else None


def parameters(unit: Unit, meant: Meant, part: str) -> Iterator[tuple[str, Value]]:
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
            yield from ((key, entry.value) for entry in pairs(folded) if (key := key_of(entry)) is not None)
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
