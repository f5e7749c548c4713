"""Redirect URIs: where the answer to an authorization request is sent (RFC 6749 §3.1.2, RFC 9700 §2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import unquote

from authlint.concepts.given import Given, named
from authlint.concepts.oauth.callbacks import exchanges, reads_parameter
from authlint.concepts.oauth.oauth import AuthorizationRequest, authorization_requests
from authlint.concepts.unit import Unit
from authlint.concepts.web.urls import Url, is_internal, is_loopback, is_reserved, parse
from authlint.facts import Call, Items, Map, Ref, Text, Value, walk
from authlint.names import last, split
from authlint.source import Span
from authlint.values.texts import join, key_of

Flaw: TypeAlias = Literal["http", "internal", "wildcard", "fragment", "host", "request", "mismatch"]

_CERTAIN = frozenset({"redirecturi", "redirecturis", "validredirecturis", "oauthredirecturl", "oauthcallbackurl"})
_LIKELY = frozenset({"redirecturl", "redirecturls", "callbackurl", "callbackurls", "callbackuri"})
_ENDINGS = ("redirecturi", "oauthcallback", "oauthredirect", "callbackurl")
_CONTEXT = re.compile(rb"(?i)client_?id\b|oauth|openid|response_type|authorization_code")
_NAMES = ("redirect_uri", "redirectUri", "redirect_url", "redirectUrl", "callback_url", "callbackUrl")
_WILD = re.compile(r"^\*$|://[^/]*\*|\*$|/\*(?:/|$)")


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect URI with something wrong: ``flaw`` says what, ``shown`` is as much of it as is known."""

    span: Span
    flaw: Flaw
    shown: str


def flawed_redirects(unit: Unit) -> list[Redirect]:
    """Every redirect URI that sends a code where it should not go, each once."""
    found: dict[Span, Redirect] = {}
    for name, value in _redirects(unit):
        for redirect in _flaws(unit, name, value):
            found.setdefault(redirect.span, redirect)
    for request in unit.derived(authorization_requests):
        for redirect in _of_request(unit, request):
            if not any(span[0] < redirect.span[1] and redirect.span[0] < span[1] for span in found):
                found[redirect.span] = redirect
    for redirect in _mismatches(unit):
        found.setdefault(redirect.span, redirect)
    return sorted(found.values(), key=lambda redirect: redirect.span)


def _redirects(unit: Unit) -> Iterator[tuple[str, Value]]:
    """Values that are given to the name of a redirect URI, items of lists one by one."""
    for given in unit.derived(named):
        if _is_redirect(unit, given.path):
            yield from (("".join(split(last(given.path))), value) for value in _each(given.value))


def _is_redirect(unit: Unit, path: str) -> bool:
    name = "".join(split(last(path)))
    if "logout" in name:
        return False
    likely = name in _LIKELY or name.endswith(_ENDINGS)
    return name in _CERTAIN or (likely and _CONTEXT.search(unit.source.root.data) is not None)


def _each(value: Value) -> Iterator[Value]:
    yield from value.items if isinstance(value, Items) else (value,)


def _flaws(unit: Unit, name: str, value: Value) -> Iterator[Redirect]:
    if isinstance(value, Ref) and any(_is_redirect(unit, b.path) for b in unit.names.bindings(value.path, value.scope)):
        return  # it is looked at where it is given that name
    folded = unit.folder.fold(value)
    if isinstance(folded, Text):
        flaw = _of_text(unit, name, folded)
        if flaw is not None:
            yield Redirect(value.span, flaw, _shown(folded))
            return
    if not isinstance(folded, Map) and _is_of_host_header(unit, value, folded):
        yield Redirect(value.span, "host", _shown(folded))


def _of_text(unit: Unit, name: str, text: Text) -> Flaw | None:
    url = parse(_unquoted(text))
    known = "".join(part for part in text.parts if isinstance(part, str))
    if _is_pattern(known) and (name.endswith("s") or "://" in known):
        return "wildcard"
    if url.scheme in ("http", "https") and "#" in known and not known.endswith("#"):
        return "fragment"
    return _cleartext(unit, url)


def _is_pattern(known: str) -> bool:
    return bool(_WILD.search(known))


def _cleartext(unit: Unit, url: Url) -> Flaw | None:
    host = url.known_host
    if url.scheme != "http" or not host or is_loopback(host) or (unit.context.docs and is_reserved(host)):
        return None
    return "internal" if is_internal(host, unit.internal_hosts) and not host.endswith(".corp") else "http"


def _unquoted(text: Text) -> Text:
    parts = (unquote(part) if isinstance(part, str) else part for part in text.parts)
    return join(parts, text.span)


def _shown(value: Value) -> str:
    if not isinstance(value, Text):
        return ""
    return "".join(unquote(part) if isinstance(part, str) else "…" for part in value.parts)[:80]


def _is_of_host_header(unit: Unit, *values: Value) -> bool:
    found = [meant for value in values for meant in unit.means_within(value)]
    return any(means == "host-header" or (means == "request-header" and _names_host(call)) for means, call in found)


def _names_host(call: Value) -> bool:
    name = call.args[0] if isinstance(call, Call) and call.args else None
    return isinstance(name, Text) and (name.literal or "").lower() in ("host", "x-forwarded-host", "x-original-host")


def _of_request(unit: Unit, request: AuthorizationRequest) -> Iterator[Redirect]:
    """The redirect URI inside a request that is one text, and one that whoever opens the page can choose."""
    value = request.parameters.get("redirect_uri")
    if value is None:
        return
    folded = unit.folder.fold(value)
    span = value.span if _is_inside(value.span, request.span) else request.span
    flaw = _of_text(unit, "redirecturi", folded) if isinstance(folded, Text) else None
    if flaw is not None:
        yield Redirect(span, flaw, _shown(folded))
    elif any(reads_parameter(unit, inner, name) for inner in (*walk(value), folded) for name in _NAMES):
        yield Redirect(span, "request", "")
    elif _is_of_host_header(unit, value, folded):
        yield Redirect(span, "host", "")


def _is_inside(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _mismatches(unit: Unit) -> Iterator[Redirect]:
    """The exchange names another redirect URI than the one request of the source: the server refuses the code."""
    requests = [r for r in unit.derived(authorization_requests) if "redirect_uri" in r.parameters]
    if len(requests) != 1 or len(unit.derived(exchanges)) == 0 or unit.context.docs:
        return
    asked = unit.folder.literal(requests[0].parameters["redirect_uri"])
    sent = [given for given in unit.derived(named) if _is_sent_with_code(unit, given)]
    if asked and len(sent) == 1:
        literal = unit.folder.literal(sent[0].value)
        if literal and unquote(literal) != unquote(asked):
            yield Redirect(sent[0].span, "mismatch", literal)


def _is_sent_with_code(unit: Unit, given: Given) -> bool:
    if given.holder is None or last(given.path) != "redirect_uri":
        return False
    grants = [e.value for e in given.holder.entries if key_of(e) == "grant_type"]
    return any(unit.folder.literal(value) == "authorization_code" for value in grants)
