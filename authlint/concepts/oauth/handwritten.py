"""Authorization requests put together by hand: URLs, queries, maps of parameters, forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.given import map_paths, named
from authlint.concepts.oauth.authorization import (
    AuthorizationRequest,
    is_endpoint,
    is_named_endpoint,
    is_request,
    made_request,
    parts_of_call,
    variable_of,
)
from authlint.concepts.unit import Meant, Unit
from authlint.concepts.web.requests import http_requests
from authlint.concepts.web.urls import Url, parse
from authlint.facts import Binding, Call, Const, Map, Opaque, Ref, Text, Value, walk
from authlint.names import last, split
from authlint.source import Span
from authlint.values.texts import join, key_of, links

_HINT = re.compile(r"client_id|response_type|authori[sz]e|oauth|redirect_uri", re.I)
_SENDING = frozenset(("auth", "authorize", "authorise", "authorization", "login", "signin", "oauth"))
_NOT_SENDING = frozenset(("logout", "signout", "token", "callback", "revoke"))
_FILLED_IN = "=%"
_TEXT_METHODS = frozenset({"format", "join", "concat"})
_SETTINGS = frozenset(
    {
        "client_name", "redirect_uris", "authority", "issuer", "metadata", "metadata_url", "token_endpoint",
        "token_url", "authorization_endpoint", "post_logout_redirect_uri", "userinfo_endpoint", "jwks",
    }
)  # fmt: skip
_SECRETS = frozenset({"client_secret", "secret", "jwks_uri"})
_CONFIGURED = frozenset({"authorization", "authorizationParams", "authorizationUrl", "authorization_params"})
_MARKUP = frozenset(("html", "vue", "svelte", "markdown"))
_FORM = re.compile(r"=<[A-Za-z][\w -]{1,40}>")
_MERGING = re.compile(r"(?i)(?:^|[._])(?:deep_?)?(?:merge|extend|assign|defaults?)(?:_?\w{0,12})?$")


def handwritten(unit: Unit) -> Iterator[AuthorizationRequest]:
    """Every request that no library makes, some more than once: the whole before its parts."""
    for maker in (_from_appended, _from_texts, _from_pages, _from_queries, _from_maps, _from_forms):
        yield from maker(unit)


def _from_texts(unit: Unit) -> Iterator[AuthorizationRequest]:
    texts = [text for text in unit.facts.texts if not _is_plain(text)]
    built = [call for call in unit.facts.calls if call.callee.rpartition(".")[2] in _TEXT_METHODS]
    filled = _filled(unit) if any(_FILLED_IN in (text.literal or "") for text in texts) else {}
    candidates: list[Value] = [*(filled.get(id(text), text) for text in texts), *built]
    for value in candidates:
        traced = unit.folder.traced(value)
        if isinstance(traced.value, Text) and _looks_like_one(traced.value):
            url = parse(_without_prose(traced.value))
            if "client_id" not in url.query and id(value) in unit.derived(_provider_urls):
                continue
            if is_request(url.query, _is_at_endpoint(url, traced.value)) and not _is_printed(unit, traced.value):
                yield made_request(value.span, unit.facts.scope_at(value.span), "url", url, value, traced.parts)


def _from_pages(unit: Unit) -> Iterator[AuthorizationRequest]:
    """Links in the source of a page that a program sends: ``res.send(`<a href="https://…?client_id=…">…`)``."""
    for text in unit.facts.texts:
        known = "".join(part for part in text.parts if isinstance(part, str))
        if "\n" not in known or "client_id" not in known or unit.source.language in _MARKUP:
            continue
        for link in links(text):
            url = parse(link)
            if is_request(url.query, _is_at_endpoint(url, link)) and not _is_printed(unit, link):
                span = _place_of(unit, link, text)
                scope = unit.facts.scope_at(text.span)
                yield made_request(span, scope, "url", url, text, unit.folder.traced(text).parts)


def _place_of(unit: Unit, link: Text, text: Text) -> Span:
    """Where a link stands in the source of the text around it."""
    first = link.parts[0] if isinstance(link.parts[0], str) else ""
    at = unit.source.data.find(first.encode(), *text.span) if first else -1
    return (at, at + len(first.encode())) if at >= 0 else text.span


def _is_at_endpoint(url: Url, text: Text) -> bool:
    return is_endpoint(url) or (not url.host and is_named_endpoint(text.parts[0], url.query))


def _filled(unit: Unit) -> dict[int, Value]:
    """Expressions that fill in a text, by the text: ``"…?client_id=%s&state=%s" % (client, state)``."""
    facts = unit.facts
    values = [*(b.value for b in facts.bindings), *(item.value for item in facts.returns)]
    values += [value for call in facts.calls for value in (*call.args, *(value for _, value in call.named))]
    values += [entry.value for found in facts.maps for entry in found.entries]
    parts = (part for value in values for part in walk(value))
    return {id(part.operands[0]): part for part in parts if isinstance(part, Opaque) and part.op == "%"}


def _provider_urls(unit: Unit) -> frozenset[int]:
    """Texts that tell a library, or another module, where to send people: it adds the client and the rest."""
    return frozenset(
        id(given.value)
        for given in unit.derived(named)
        if (not given.bound and "".join(split(last(given.path))).startswith(("authorization", "authorizeurl")))
        or (given.holder is not None and any(_is_client(key_of(entry)) for entry in given.holder.entries))
    )


def _is_client(key: str | None) -> bool:
    """Whether an entry beside a URL names the client that is yet to be added: ``{ clientId, authUrl, scope }``."""
    return split(key or "")[-2:] == ("client", "id")


def _from_appended(unit: Unit) -> Iterator[AuthorizationRequest]:
    """``url += "&client_id=" + id``: at the first piece that has parameters in it."""
    seen: set[tuple[int, str]] = set()
    for binding in unit.facts.bindings:
        key = unit.names.home_of(binding), binding.path
        if binding.op != "+=" or key in seen:
            continue
        seen.add(key)
        traced = unit.folder.traced(Ref(binding.path, binding.scope, binding.span))
        if isinstance(traced.value, Text) and _looks_like_one(traced.value):
            url = parse(_without_prose(traced.value))
            pieces = [other.value for other in unit.names.bindings(binding.path, binding.scope)]
            first = next((piece for piece in pieces if isinstance(piece, Text) and _looks_like_one(piece)), None)
            if first is not None and is_request(url.query, is_endpoint(url)):
                yield made_request(first.span, binding.scope, "url", url, first, traced.parts - {id(first)})


def _is_printed(unit: Unit, text: Text) -> bool:
    """Whether a URL is a form that a person fills in: ``redirect_uri=<your URI>``. Documents print nothing else."""
    return not unit.context.docs and any(isinstance(part, str) and _FORM.search(part) for part in text.parts)


def _is_plain(text: Text) -> bool:
    if text.literal is None:
        return False
    return _HINT.search(text.literal.lower()) is None  # a third of the time that ignoring case takes


def _looks_like_one(text: Text) -> bool:
    """Whether a text has the parameters of a request in it, and is one line: a docstring that shows one is not one."""
    known = "".join(part if isinstance(part, str) else " " for part in text.parts).strip()
    start = min((at for at in (known.find("client_id"), known.find("response_type")) if at >= 0), default=-1)
    return start >= 0 and "\n" not in known[:start].replace("?\n", "").replace("&\n", "")


def _without_prose(text: Text) -> Text:
    """A text from the last white space before its ``?`` on: ``print("Open https://…?client_id=…")``."""
    for index, part in enumerate(text.parts):
        if isinstance(part, str):
            head, mark, _ = part.partition("?")
            cut = re.search(r"\s\S*$", head)
            if cut and (mark or index + 1 < len(text.parts)):
                rest = join((part[cut.start() + 1 :], *text.parts[index + 1 :]), text.span)
                return _without_prose(rest) if not mark and rest.parts != text.parts else rest
            if mark:
                return text
    return text


def _from_queries(unit: Unit) -> Iterator[AuthorizationRequest]:
    """``urlencode({...})``, ``new URLSearchParams({...})`` and requests that are given the parameters apart."""
    for meant in unit.meaning("query-string"):
        traced = unit.folder.traced(meant.call)
        variable = variable_of(unit, meant)
        if variable is not None:
            traced = unit.folder.traced(variable)
        if isinstance(traced.value, Text):
            url = parse(Text(("?", *traced.value.parts), meant.call.span))
            if is_request(url.query, at_endpoint=_sends_people_off(unit, meant.call) and "redirect_uri" in url.query):
                yield made_request(meant.call.span, meant.call.scope, "url", url, meant.call, traced.parts)
    for request in http_requests(unit):
        if request.url is not None and is_request(request.query, is_endpoint(request.url)):
            call = request.meant.call
            yield made_request(
                call.span,
                call.scope,
                "url",
                request.url,
                call,
                parts_of_call(unit, call),
                request.query,
                _open_query(unit, request.meant),
            )


def _sends_people_off(unit: Unit, call: Call) -> bool:
    """Whether a function is named for it: ``get_auth_url``, ``login``. GitHub needs no ``response_type``."""
    words = set(split(unit.facts.scopes[unit.facts.function_of(call.scope)].name))
    return not _SENDING.isdisjoint(words) and _NOT_SENDING.isdisjoint(words)


def _open_query(unit: Unit, meant: Meant) -> bool:
    query = unit.argument(meant, "query")
    folded = unit.folder.fold(query) if query is not None else None
    return (
        meant.call.open
        or (query is not None and not isinstance(folded, Map | Text))
        or (isinstance(folded, Map) and folded.open)
    )


def _from_maps(unit: Unit) -> Iterator[AuthorizationRequest]:
    """A map with ``client_id`` and ``response_type``: the parameters of a request, wherever it is made of them."""
    bound = {id(binding.value): binding for binding in unit.facts.bindings}
    merged = _merged(unit)
    for found in unit.facts.maps:
        names = {key for entry in found.entries if (key := key_of(entry))}
        if not {"client_id", "response_type"} <= names and not {"client_id", "redirect_uri", "scope"} <= names:
            continue
        if names & _SETTINGS or ("response_type" not in names and names & _SECRETS) or _is_provider(unit, found):
            continue
        binding = bound.get(id(found))
        value: Value = Ref(binding.path, binding.scope, found.span) if binding else found
        traced = unit.folder.traced(value)
        folded = traced.value if isinstance(traced.value, Map) else _grown(unit, found, binding)
        parameters = {key: entry.value for entry in folded.entries if (key := key_of(entry)) is not None}
        if is_request(parameters, at_endpoint=False):
            unknown = folded.open or any(key_of(entry) is None for entry in folded.entries) or id(found) in merged
            scope = binding.scope if binding else 0
            yield made_request(found.span, scope, "url", None, found, traced.parts | {id(found)}, parameters, unknown)


def _grown(unit: Unit, found: Map, binding: Binding | None) -> Map:
    """A map whose name has other values as well, with what is added to it under that name."""
    if binding is None:
        return found
    others = [other for other in unit.names.bindings(binding.path, binding.scope) if other.value is not found]
    unknown = found.open or any(not _is_text(unit, other.value) for other in others)
    return Map((*found.entries, *unit.folder.added(binding.path, binding.scope)), unknown, found.span)


def _is_text(unit: Unit, value: Value) -> bool:
    """Whether a value is text, such as the query that is made of a map and takes over its name."""
    if isinstance(value, Text) or (isinstance(value, Const) and value.value is None):
        return True
    row = unit.meanings.calls.get(unit.names.callee(value)) if isinstance(value, Call) else None
    method = value.callee.rpartition(".")[2] if isinstance(value, Call) else ""
    return method in _TEXT_METHODS or (row is not None and row.means in ("query-string", "same"))


def _merged(unit: Unit) -> frozenset[int]:
    """Maps that a function puts together with others."""
    calls = [call for call in unit.facts.calls if _MERGING.search(call.callee)]
    return frozenset(id(argument) for call in calls if len(call.args) > 1 for argument in call.args)


def _is_provider(unit: Unit, found: Map) -> bool:
    """Whether a map describes a provider to a library, which adds the rest: ``authorization: { url, params: {…} }``."""
    path = unit.derived(map_paths).get(id(found), "").removesuffix(".params").rpartition(".")[2]
    return path in _CONFIGURED


def _from_forms(unit: Unit) -> Iterator[AuthorizationRequest]:
    """An HTML form that is sent to an authorization endpoint: its fields are the parameters."""
    for call in unit.facts.calls:
        action = dict(call.named).get("action")
        if call.callee != "form" or not isinstance(action, Text):
            continue
        url = parse(action)
        inputs = [dict(other.named) for other in unit.facts.calls if other.callee in ("input", "select", "button")]
        names = {
            name.literal: inner.get("value", name)
            for inner in inputs
            if isinstance(name := inner.get("name"), Text) and name.literal
        }
        if is_endpoint(url) and "client_id" in {*names, *url.query}:
            yield made_request(call.span, call.scope, "url", url, call, frozenset({id(action)}), names)
