"""PKCE and nonce: what ties a code and an ID token to the client that asked for them (AUT405, AUT409)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.oauth.oauth import asks_for_openid, authorization_requests, is_device_flow, is_pushed
from authlint.concepts.oauth.pkce import challenge_is_verifier, client_kind, constant_verifiers, unproven_challenge
from authlint.concepts.switches import handed
from authlint.concepts.unit import Unit
from authlint.match import Match


def pkce_missing_or_weak(unit: Unit) -> Iterator[Match]:
    """A code that whoever intercepts it can exchange: no challenge, one that proves nothing, or PKCE switched off."""
    for option in handed(unit, "pkce-off"):
        yield Match(option.given.span, {"option": option.shown}, "off")
    for option in handed(unit, "pkce-plain"):
        yield Match(option.given.span, {}, "plain")
    for span in constant_verifiers(unit):
        yield Match(span, {}, "constant")
    for request in unit.derived(authorization_requests):
        if is_pushed(request) or is_device_flow(request):
            continue
        if challenge_is_verifier(unit, request):
            yield Match(request.span, {}, "plain")
        elif unproven_challenge(unit, request):
            yield Match(request.span, {}, "unproven")
        else:
            kind = client_kind(unit, request)
            if kind and not (kind == "confidential" and unit.context.docs):
                yield Match(request.span, {}, "" if kind == "public" else kind)


def oidc_nonce_missing(unit: Unit) -> Iterator[Match]:
    """A request for an ID token that an old ID token would answer as well."""
    for option in handed(unit, "nonce-off"):
        yield Match(option.given.span, {"option": option.shown}, "off")
    for request in unit.derived(authorization_requests):
        names = request.parameters.keys()
        if request.how == "library" or request.open or is_pushed(request) or "nonce" in names or "clientID" in names:
            continue
        kinds = (request.response_type or "").split()
        if "id_token" in kinds:
            yield Match(request.span)
        elif kinds == ["code"] and "code_challenge" not in names and asks_for_openid(request):
            yield Match(request.span, {}, "code")
