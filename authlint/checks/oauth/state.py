"""The ``state`` of an authorization request and of its callback (AUT401 to AUT404)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.oauth.callbacks import callbacks
from authlint.concepts.oauth.fragments import fragment_reads
from authlint.concepts.oauth.oauth import (
    AuthorizationRequest,
    asks_for_openid,
    authorization_requests,
    is_device_flow,
    is_pushed,
)
from authlint.concepts.oauth.randomness import WEAK_HELPER, made_once, predictable
from authlint.concepts.oauth.statechecks import state_check, switched_off
from authlint.concepts.switches import Switched, extends, handed
from authlint.concepts.unit import Unit
from authlint.facts import Const
from authlint.match import Match


def oauth_state_missing(unit: Unit) -> Iterator[Match]:
    """An authorization request whose maker must add ``state`` and does not."""
    for request in unit.derived(authorization_requests):
        if request.how == "library" or request.open or is_pushed(request) or "state" in request.parameters:
            continue
        if request.response_type == "none" or is_device_flow(request):
            continue
        related = (("the URL is put together here", request.built),) if request.built else ()
        yield Match(request.span, {"host": _shown(request)}, _case(unit, request), related=related)


def _case(unit: Unit, request: AuthorizationRequest) -> str:
    """PKCE stands in for state only where the server is known to support it (RFC 9700 §2.1)."""
    names = request.parameters.keys()
    if "code_challenge" in names or ("nonce" in names and asks_for_openid(request)):
        found = unit.knowledge.host(request.host)
        return "unproven-pkce" if found and found[1].oauth.pkce == "undocumented" else "pkce"
    return "builder" if request.how == "builder" else ""


def _shown(request: AuthorizationRequest) -> str:
    return request.host if request.host and request.host != "{}" else "the provider"


def oauth_state_predictable(unit: Unit) -> Iterator[Match]:
    """A ``state`` that an attacker can know."""
    if unit.context.docs:
        return  # a printed URL must print something
    shared = not unit.context.browser and not unit.meaning("local-server")  # one's own program has one user
    sent = [(r.parameters.get("state"), r.scope, r.span) for r in unit.derived(authorization_requests)]
    given = [(unit.argument(meant, "state"), meant.call) for meant in unit.meaning("state-given")]
    sent += [(state, call.scope, call.span) for state, call in given if not isinstance(state, Const)]
    for state, scope, span in sent:
        if state is None:
            continue
        reason = predictable(unit, state, scope)
        if reason:
            yield Match(span, {"reason": reason}, "helper" if reason == WEAK_HELPER else "")
        elif shared and made_once(unit, state, scope):
            yield Match(span, {"reason": "made once and kept"}, "shared")


def oauth_state_unverified(unit: Unit) -> Iterator[Match]:
    """A callback that exchanges the code without comparing ``state`` with what was kept for this browser."""
    cases = {
        "unread": "",
        "itself": "itself",
        "presence": "presence",
        "mentioned": "mentioned",
        "shared": "shared",
        "pkce": "pkce",
    }
    for callback in unit.derived(callbacks):
        case = cases.get(state_check(unit, callback))
        if case is not None:
            local = case == "" and bool(unit.meaning("local-server"))
            related = (("the code is exchanged here", callback.exchange),)
            yield Match(callback.span, {}, "local" if local else case, related=related)
    for page in fragment_reads(unit):
        if state_check(unit, page) in ("unread", "itself"):
            yield Match(page.span, {}, "fragment")


def oauth_state_check_disabled(unit: Unit) -> Iterator[Match]:
    """A library's state check that is switched off."""
    found: list[Switched] = handed(unit, "state-check-off")
    without_redirect = {option.scope for option in handed(unit, "redirect-state-off")}
    backends = handed(unit, "state-parameter-off")
    found += [option for option in backends if option.scope in without_redirect and extends(unit, option)]
    for option in found:
        yield Match(option.given.span, {"option": option.shown})
    for span, name, signed in switched_off(unit):
        yield Match(span, {"option": name}, "signed" if signed else "")
