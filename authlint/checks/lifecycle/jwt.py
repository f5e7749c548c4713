"""JSON Web Tokens that never end, and those that are believed without being verified (AUT504 to AUT507)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.settings import once
from authlint.concepts.tokens.claims import Claims, are_trusted
from authlint.concepts.tokens.durations import YEAR, in_words, seconds
from authlint.concepts.tokens.issued import SCALES
from authlint.concepts.tokens.signed_tokens import lifetimes, signings
from authlint.concepts.tokens.token_reading import (
    Reading,
    algorithms,
    innermost_calls,
    is_from_request,
    is_inside,
    is_served,
    is_switched_off,
    read_by_hand,
    readings,
)
from authlint.concepts.unit import Unit
from authlint.facts import Call, Const, Member, Ref, Value, walk
from authlint.match import Match
from authlint.names import last, split
from authlint.source import Span

ENDLESS = 10 * YEAR
"""What lives as long as this has no end that anybody will see."""

_MOST_LEEWAY = 300
_LENIENT = frozenset(("refresh", "renew", "logout", "revoke", "blacklist", "denylist", "signout"))
_EXPIRED = re.compile(r"(?:^|\.)(?:ExpiredSignature(?:Error)?|TokenExpiredError|JWTExpired|ExpiredTokenError)$")
_HEADER_URLS = frozenset(("jku", "x5u"))


def jwt_without_exp(unit: Unit) -> Iterator[Match]:
    """A token is signed that never ends, or a framework is told that its tokens never do."""
    for signing in signings(unit):
        if signing.ends in ("never", "object"):
            case = "message" if signing.is_message else "object" if signing.ends == "object" else ""
            yield Match(signing.span, {}, case)
    for lifetime in lifetimes(unit):
        value = unit.folder.fold(lifetime.value) if lifetime.value is not None else None
        if value is None:
            yield Match(lifetime.span, {"option": lifetime.name}, "module")
        elif isinstance(value, Const) and (value.value is None or value.value is False):
            yield Match(lifetime.span, {"option": lifetime.name}, "option")
        elif (length := seconds(unit, lifetime.value, *SCALES[lifetime.unit])) is not None and length >= ENDLESS:
            yield Match(lifetime.span, {"option": lifetime.name, "length": in_words(length)}, "endless")


# -- AUT505 ------------------------------------------------------------------------------------------------------------


def jwt_expiry_check_disabled(unit: Unit) -> Iterator[Match]:
    """An expired token is accepted."""
    read = readings(unit)
    unverified = sorted(reading.call.span for reading in read if reading.why)  # AUT506 says more
    for given in once(unit, "jwt-expiry-check"):
        if is_switched_off(unit, given) and not is_inside(unverified, given.whole):
            yield Match(given.whole, {"option": last(given.path)}, _lenience(unit, given.scope))
    yield from _too_lenient(unit, read)
    for reading in read:
        call = reading.call
        now = unit.argument(reading.meant, "now")
        folded = unit.folder.fold(now) if now is not None else None
        if isinstance(folded, Call) and folded.args and unit.folder.literal(folded.args[0]) is not None:
            yield Match(folded.span, {"option": "a fixed currentDate"})
        if reading.meant.is_("validates", "apart") and not reading.why and _is_never_validated(unit, call):
            yield Match(call.span, {"option": f"{call.callee}() without a validate()"}, "apart")
    yield from _forgiven(unit, read)


def _lenience(unit: Unit, scope: int) -> str:
    """Where tokens are renewed or revoked, one that has ended may still be told apart."""
    scopes = unit.facts.scopes
    names = (scopes[place].name for place in unit.facts.around(scope) if scopes[place].kind == "function")
    return "renewal" if any(not _LENIENT.isdisjoint(split(name)) for name in names) else ""


def _too_lenient(unit: Unit, read: list[Reading]) -> Iterator[Match]:
    seen: set[int] = set()
    tolerances: list[tuple[Value, Span, str]] = [
        (given.value, given.whole, last(given.path)) for given in once(unit, "jwt-leeway")
    ]
    for reading in read:
        value = unit.argument(reading.meant, "leeway")
        if value is not None:
            tolerances.append((value, value.span, "leeway"))
    for value, span, name in tolerances:
        length = seconds(unit, value)
        if length is not None and length > _MOST_LEEWAY and id(value) not in seen:
            seen.add(id(value))
            yield Match(span, {"option": name, "length": in_words(length)}, "leeway")


def _is_never_validated(unit: Unit, call: Call) -> bool:
    """Whether nothing in the source validates claims, and the claims do not leave the function that reads them."""
    if any(last(other.callee) in ("validate", "validate_exp") for other in unit.facts.calls):
        return False
    used = unit.derived(Claims).used(call)
    return bool(used) and "*" not in used


def _forgiven(unit: Unit, read: list[Reading]) -> Iterator[Match]:
    """A handler for tokens that have ended which lets them pass."""
    facts = unit.facts
    for index, scope in enumerate(facts.scopes):
        if scope.kind != "catch" or scope.head is None:
            continue
        caught = [unit.names.of(inner) for inner in walk(scope.head)]
        if not any(_EXPIRED.search(name) for name in caught):
            continue
        for item in facts.returns:
            if item.scope == index and _is_acceptance(unit, item.value, read):
                yield Match(item.span, {"option": f"the handler of {last(caught[0])}"}, _lenience(unit, index))


def _is_acceptance(unit: Unit, value: Value, read: list[Reading]) -> bool:
    folded = unit.folder.fold(value)
    if isinstance(folded, Const):
        return folded.value is True
    return any(folded is reading.call and not reading.why for reading in read)


# -- AUT506 ------------------------------------------------------------------------------------------------------------


def jwt_signature_unverified(unit: Unit) -> Iterator[Match]:
    """Claims are read from a token whose signature nobody checks."""
    read = readings(unit)
    suspects = [reading for reading in read if reading.why]
    reads = [Reading(meant, unit.argument(meant, "token"), "read") for meant in unit.meaning("jwt-read")]
    by_hand = list(read_by_hand(unit)) if is_served(unit) and not unit.context.browser else []
    claims = unit.derived(Claims) if suspects or reads or by_hand else None
    for reading in suspects if claims else ():
        used = claims.used(reading.call) if claims else frozenset()
        if (used and not are_trusted(used)) or (claims and claims.is_vouched_for(reading)):
            continue
        if _says_so(unit, reading):
            continue
        yield Match(reading.place or reading.call.span, _words(reading), _case(unit, reading))
    for reading in (*reads, *by_hand):
        if claims is None or not _is_decided_on(unit, reading) or claims.is_vouched_for(reading):
            continue
        if are_trusted(claims.used(reading.call)):
            yield Match(reading.call.span, _words(reading), "read")
    calls = sorted(reading.call.span for reading in suspects)
    yield from _off_elsewhere(unit, calls)
    yield from _none_accepted(unit, read)


def _says_so(unit: Unit, reading: Reading) -> bool:
    """Whether a function says in its name that what it gives is not verified: ``unverified_issuer(token)``."""
    name = unit.facts.scopes[unit.facts.function_of(reading.call.scope)].name
    return "unverified" in split(name)


def _off_elsewhere(unit: Unit, calls: list[Span]) -> Iterator[Match]:
    """The check is switched off in options that stand apart, or of a call that is not known."""
    off = [g for g in once(unit, "jwt-signature-check") if is_switched_off(unit, g) and not is_inside(calls, g.whole)]
    around = innermost_calls(unit, [given.whole for given in off])
    claims = unit.derived(Claims) if around else None
    for given in off:
        used = claims.used(around[given.whole]) if claims and given.whole in around else frozenset()
        if not used or are_trusted(used):
            yield Match(given.whole, {"call": last(given.path)}, "option")


def _words(reading: Reading) -> dict[str, str]:
    return {"call": f"{reading.call.callee}()", "option": reading.why}


def _case(unit: Unit, reading: Reading) -> str:
    if reading.why == "verify" and reading.meant.is_("library", "PyJWT"):
        return "ignored" if unit.argument(reading.meant, "algorithms") is not None else "old"
    return "" if reading.why.startswith("an ") else "off"


def _is_decided_on(unit: Unit, reading: Reading) -> bool:
    """Whether it is a server that reads the claims: a page can only show them, and decides nothing."""
    if reading.meant.is_("where", "page"):
        return not unit.context.browser and is_from_request(unit, reading.token)
    return reading.meant.is_("sure", "yes") or not unit.context.browser


def _none_accepted(unit: Unit, read: list[Reading]) -> Iterator[Match]:
    """``none`` among the algorithms of a verification, or of options for one."""
    seen: set[int] = set()
    named = [
        (given.value, given.whole)
        for given in once(unit, "jwt-algorithms")
        if given.how != "binding" or last(given.path).isupper()  # a local variable tells where it is used
    ]
    for reading in read:
        value = unit.argument(reading.meant, "algorithms")
        if value is not None:
            named.append((value, value.span))
    for value, span in named:
        if id(value) not in seen and any(name.lower() == "none" for name in algorithms(unit, value)):
            seen.add(id(value))
            yield Match(span, {}, "none")


# -- AUT507 ------------------------------------------------------------------------------------------------------------


def jwt_algorithm_unpinned(unit: Unit) -> Iterator[Match]:
    """A verification lets the token, or whoever made it, choose the algorithm."""
    for reading in readings(unit):
        value = unit.argument(reading.meant, "algorithms")
        if value is None:
            yield from _absent(unit, reading)
            continue
        names = {name.upper() for name in algorithms(unit, value)}
        if _is_from_header(unit, value):
            yield Match(value.span, {}, "header")
        elif any(name.startswith("HS") for name in names) and any(
            name[:2] in ("RS", "ES", "PS", "ED") for name in names
        ):
            yield Match(value.span, {"names": ", ".join(sorted(names))}, "mixed")
    for meant in unit.meaning("http-request"):
        url = unit.argument(meant, "url")
        parts = walk(unit.folder.fold(url)) if url is not None else ()
        if any(isinstance(inner, Ref | Member) and last(inner.path) in _HEADER_URLS for inner in parts):
            yield Match(meant.call.span, {}, "url")


def _absent(unit: Unit, reading: Reading) -> Iterator[Match]:
    options = unit.argument(reading.meant, "options")
    if reading.why or reading.call.open or reading.token is None or not reading.meant.row.arguments.get("algorithms"):
        return
    known = unit.folder.fold(options) if options is not None else None
    if known is not None and getattr(known, "open", not isinstance(known, Const)):
        return
    how = reading.meant.row.attributes.get("absent", "")
    if len(reading.call.args) + len(reading.call.named) > 1:
        yield Match(reading.call.span, {"library": reading.meant.row.attributes.get("library", "")}, f"absent-{how}")


def _is_from_header(unit: Unit, value: Value) -> bool:
    """Whether a list of algorithms has one that a token's own header names."""
    for part in (value, unit.folder.fold(value)):
        for inner in walk(part):
            if isinstance(inner, Ref | Member) and last(inner.path) == "alg":
                return True
            if isinstance(inner, Call) and last(inner.callee) == "get" and "header" in inner.callee.lower():
                return bool(inner.args) and unit.folder.literal(inner.args[0]) == "alg"
            if isinstance(inner, Ref):
                bound = unit.names.bindings(inner.path, inner.scope)
                if any(isinstance(b.value, Ref | Member) and last(b.value.path) == "alg" for b in bound):
                    return True
    return False
