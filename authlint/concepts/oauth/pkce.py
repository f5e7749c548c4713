"""PKCE: which clients need it, and what makes it worth nothing (RFC 7636, RFC 9700 §2.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from authlint.concepts.given import named
from authlint.concepts.oauth.callbacks import exchanges
from authlint.concepts.oauth.oauth import AuthorizationRequest
from authlint.concepts.oauth.randomness import made_once
from authlint.concepts.unit import Unit
from authlint.concepts.web.urls import is_loopback, parse
from authlint.facts import Call, Ref, Text
from authlint.names import last, split
from authlint.source import Span

ClientKind: TypeAlias = Literal["", "public", "confidential"]

_AWARE = re.compile(rb"(?i)code_?challenge|code_?verifier|pkce")
_VERIFIER = re.compile(rb"(?i)verifier")
_SECRET = re.compile(rb"(?i)client_?secret|consumer_?secret|secret\b|Basic ")
_CONSTANT = re.compile(r"[A-Za-z0-9._~-]{16,128}")
_MADE = re.compile(r"(?:^|\.)[A-Z]\w*\(\)\.\w+$")
_MARKUP = frozenset(("html", "vue", "svelte", "text"))
_NATIVE = frozenset(("react-native", "expo", "electron", "expo-auth-session", "@capacitor/core"))


def client_kind(unit: Unit, request: AuthorizationRequest) -> ClientKind:
    """What kind of client sends a request for a code without a challenge; empty if it may be another request.

    ``public``: its source is in the hands of its users, so it has no secret to prove who exchanges the code.
    """
    kind = request.response_type
    if "code_challenge" in request.parameters or request.open or kind is None or "code" not in kind.split():
        return ""
    if "pkce" in request.supplies:
        return ""
    if request.how != "url" and (unit.derived(_knows_of_pkce) or not _is_whole(unit, request)):
        return ""
    return "public" if _is_public(unit, request) else "confidential"


def _knows_of_pkce(unit: Unit) -> bool:
    return _AWARE.search(unit.source.data) is not None


def _is_whole(unit: Unit, request: AuthorizationRequest) -> bool:
    """Whether a library's request is seen with the client that it is made by: that may have been told to use PKCE."""
    if request.how == "builder" or not isinstance(request.value, Call):
        return request.how == "builder"
    return _MADE.search(unit.names.callee(request.value)) is not None or _is_made_by_a_helper(unit, request.value)


def _is_made_by_a_helper(unit: Unit, call: Call) -> bool:
    """Whether a client comes from a function of this file that makes it: ``client = make_session()``."""
    owner = call.callee.rpartition(".")[0]
    made = [binding.value for binding in unit.names.bindings(owner, call.scope)] if owner else []
    helpers = [unit.names.function(value) for value in made if isinstance(value, Call)]
    return any(
        isinstance(value, Call) and last(value.callee)[:1].isupper()
        for helper in helpers
        if helper is not None
        for value in unit.names.returns.get(helper, ())
    )


def _is_public(unit: Unit, request: AuthorizationRequest) -> bool:
    if unit.context.browser or unit.derived(_is_native):
        return True
    redirect = unit.folder.fold(request.parameters["redirect_uri"]) if "redirect_uri" in request.parameters else None
    if not isinstance(redirect, Text) or unit.derived(_may_have_a_secret):
        return False
    url = parse(redirect)
    return is_loopback(url.known_host) or url.scheme not in ("", "http", "https")


def _is_native(unit: Unit) -> bool:
    return any(item.name.partition(".")[0] in _NATIVE for item in unit.facts.imports)


def _may_have_a_secret(unit: Unit) -> bool:
    """Whether the client of a source has a secret, or its other parts may have one: a page, a fence of a document."""
    apart = unit.context.docs or unit.source.language in _MARKUP
    return apart or _SECRET.search(unit.source.data) is not None


def challenge_is_verifier(unit: Unit, request: AuthorizationRequest) -> bool:
    """Whether the challenge is the verifier itself: whoever sees the request can exchange the code."""
    challenge = request.parameters.get("code_challenge")
    if challenge is None or "code_challenge_method" in request.parameters or request.open:
        return False
    folded = unit.folder.fold(challenge)
    return isinstance(folded, Ref) and "verifier" in split(last(folded.path))


def unproven_challenge(unit: Unit, request: AuthorizationRequest) -> bool:
    """Whether a challenge is sent and the code is exchanged in the same source without a verifier."""
    return "code_challenge" in request.parameters and unit.derived(_forgets_the_verifier)


def _forgets_the_verifier(unit: Unit) -> bool:
    return not _VERIFIER.search(unit.source.data) and bool(unit.derived(exchanges))


def constant_verifiers(unit: Unit) -> Iterator[Span]:
    """Verifiers that are the same for everybody: written into the source, or made once for all."""
    if unit.context.docs:
        return  # a printed request must print something
    for given in unit.derived(named):
        if given.bound or "".join(split(last(given.path))) != "codeverifier":
            continue
        literal = unit.folder.literal(given.value)
        is_constant = literal is not None and bool(_CONSTANT.fullmatch(literal)) and "verifier" not in literal.lower()
        if is_constant or (not unit.context.browser and made_once(unit, given.value, given.scope)):
            yield given.span
