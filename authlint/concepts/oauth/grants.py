"""Grants that OAuth 2.1 has no more: a token in the URL, the user's password in the client (RFC 9700 §2.1.2, §2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from authlint.concepts.oauth.oauth import authorization_requests
from authlint.concepts.switches import handed
from authlint.concepts.unit import Unit
from authlint.facts import Call, Ref, Text
from authlint.source import Span

Place: TypeAlias = Literal["", "server", "fragment"]

_FRAGMENT = re.compile(r"(?i)(?:^|\.)(?:location\.hash|hash(?:params)?|fragment)\b")
_IMPLICIT_URL = re.compile(rb"response_?type['\"`]?\s{0,3}[=:,]\s{0,3}['\"`]?(?:\w{1,20}(?:%20|\+| ))?token\b", re.I)
_PASSWORD_PAIR = re.compile(r"(?:^|[?&])[\"']?grant_type=password(?:$|[&\"'])")
_PASSWORD_JSON = re.compile(r"[\"']grant_type[\"']\s{0,4}:\s{0,4}[\"']password[\"']")


@dataclass(frozen=True, slots=True)
class Grant:
    """Where a grant is asked for, by its value, or allowed: ``place`` is ``server`` for the settings of one."""

    span: Span
    value: str
    place: Place = ""


def implicit_grants(unit: Unit) -> list[Grant]:
    """Where a token is asked for in the redirect itself, where a server offers that, and where one is taken from it."""
    apart = {id(option.given.value) for option in handed(unit, "implicit-flow")}
    found = [
        Grant(request.span, request.response_type or "")
        for request in unit.derived(authorization_requests)
        if "token" in (request.response_type or "").split()
        if request.how == "url" or apart.isdisjoint(map(id, request.parameters.values()))
    ]
    more = [*_from_options(unit), *_from_calls(unit, "implicit-flow", "token")]
    found += [grant for grant in more if not any(_overlap(grant.span, other.span) for other in found)]
    if not found and not _IMPLICIT_URL.search(unit.source.root.data):
        found += list(_from_fragment(unit))[:1]
    return found


def _from_options(unit: Unit) -> Iterator[Grant]:
    for option in handed(unit, "implicit-flow"):
        yield Grant(option.given.span, unit.folder.literal(option.given.value) or "token")
    for option in handed(unit, "implicit-server"):
        yield Grant(option.given.span, "token", "server")


def _from_calls(unit: Unit, means: str, value: str) -> Iterator[Grant]:
    for meant in unit.meaning(means):
        yield Grant(meant.call.span, value)


def _from_fragment(unit: Unit) -> Iterator[Grant]:
    """``new URLSearchParams(location.hash.slice(1)).get("access_token")`` and its like."""
    for call in unit.facts.calls:
        holder, _, method = call.callee.rpartition(".")
        if method != "get" or not call.args or unit.folder.literal(call.args[0]) != "access_token":
            continue
        bindings = unit.names.bindings(holder, call.scope)
        made = [binding.value for binding in bindings] or ([call.receiver] if call.receiver is not None else [])
        if any(_is_of_fragment(unit, value) for value in made):
            yield Grant(call.span, "token", "fragment")


def _is_of_fragment(unit: Unit, value: object) -> bool:
    if not isinstance(value, Call):
        return False
    arguments = [
        *value.args,
        *(inner for argument in value.args if isinstance(argument, Call) for inner in argument.args),
    ]
    names = [argument.path for argument in arguments if isinstance(argument, Ref)]
    names += [argument.callee for argument in arguments if isinstance(argument, Call)]
    return any(_FRAGMENT.search(name) for name in names)


def password_grants(unit: Unit) -> list[Grant]:
    """Where a client sends its user's password for a token, and where a server lets it."""
    found = [Grant(option.given.span, "password") for option in handed(unit, "password-grant")]
    found += _from_calls(unit, "password-grant", "password")
    found += [
        Grant(meant.call.span, "password") for meant in unit.meaning("token-request") if meant.is_("grant", "password")
    ]
    found += [Grant(option.given.span, "password", "server") for option in handed(unit, "password-server")]
    for text, folded in unit.folded_texts:
        if _asks_for_password(folded) and not any(_overlap(text.span, grant.span) for grant in found):
            found.append(Grant(text.span, "password"))
    return found


def _asks_for_password(text: Text) -> bool:
    known = [part.strip() for part in text.parts if isinstance(part, str)]
    if any(_PASSWORD_JSON.search(part) for part in known):
        return True
    return any(_PASSWORD_PAIR.search(part) and "\n" not in part for part in known)  # lines: a text about it


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
