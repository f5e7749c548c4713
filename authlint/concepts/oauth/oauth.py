"""Authorization requests: every way of sending a browser to an authorization server."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace

from authlint.concepts.oauth.authorization import AuthorizationRequest, asks_for_openid, is_device_flow, is_pushed
from authlint.concepts.oauth.builders import built
from authlint.concepts.oauth.handwritten import handwritten
from authlint.concepts.unit import Unit
from authlint.facts import Text
from authlint.source import Span
from authlint.values.texts import key_of

__all__ = ["AuthorizationRequest", "asks_for_openid", "authorization_requests", "is_device_flow", "is_pushed"]


def authorization_requests(unit: Unit) -> list[AuthorizationRequest]:
    """Every authorization request of a source, each once: what became part of a larger one is not listed."""
    found = [*built(unit), *handwritten(unit)]
    kept: list[AuthorizationRequest] = []
    spans: list[Span] = []  # of those that are kept, in order: none contains another, so the ends are in order as well
    parts: Counter[int] = Counter()
    for request in sorted(found, key=lambda r: (r.span[0] - r.span[1], r.span[0])):
        place = bisect_right(spans, (request.span[0], float("inf")))
        is_inside = place > 0 and _contains(spans[place - 1], request.span)
        if not is_inside and not parts[id(request.value)]:
            kept.append(request)
            spans.insert(place, request.span)
            parts.update(request.parts)
    whole = [r for r in kept if parts[id(r.value)] <= (id(r.value) in r.parts)]
    return sorted((_at_its_parameters(unit, request) for request in whole), key=lambda r: r.span)


def _at_its_parameters(unit: Unit, request: AuthorizationRequest) -> AuthorizationRequest:
    """The request at the map its parameters are written in, if that stands apart from where the URL is built."""
    if isinstance(request.value, Text) and not any("=" in p for p in request.value.parts if isinstance(p, str)):
        written = _written(unit, request)
        if written is not None:
            return replace(request, span=written, built=request.span)
    parameters = unit.derived(_parameters)
    found = [parameters[part] for part in request.parts if part in parameters]
    # the map of the request itself, rather than that of the client's settings which it takes some from
    apart = min((item for item in found if not _contains(request.span, item[1])), default=None)
    return request if apart is None else replace(request, span=apart[1], built=request.span)


def _written(unit: Unit, request: AuthorizationRequest) -> Span | None:
    """Where the text stands that has the parameters, if another one only shows it: ``Write-Host "Open $url"``."""
    texts = (text for text in unit.facts.texts if id(text) in request.parts and text is not request.value)
    return next((t.span for t in texts if any("client_id=" in p for p in t.parts if isinstance(p, str))), None)


def _parameters(unit: Unit) -> dict[int, tuple[bool, Span]]:
    """Where the maps stand that hold parameters of a request, by their identities; those without a type come last."""
    found: dict[int, tuple[bool, Span]] = {}
    for known in unit.facts.maps:
        keys = {key_of(entry) for entry in known.entries}
        if "client_id" in keys or "response_type" in keys:
            found[id(known)] = "response_type" not in keys, known.span
    return found


def _contains(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
