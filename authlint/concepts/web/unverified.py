"""Connections whose certificates are not checked: what turns the check off, for whom, and what is sent that way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.switches import Switched, switches
from authlint.concepts.unit import Unit, once
from authlint.concepts.web.cleartext import is_token_request
from authlint.concepts.web.requests import HttpRequest, http_requests
from authlint.concepts.web.urls import is_loopback, parse
from authlint.facts import Call, Member, Ref, Text, Value, dotted, walk
from authlint.names import split
from authlint.source import Span

_CHOICE = frozenset(
    {
        "verify", "verification", "validate", "validation", "insecure", "unsafe", "unverified", "trust", "strict",
        "reject", "assert", "hostname", "fingerprint", "reqs",
    }
)  # fmt: skip
"""Words of options by which somebody asks for it."""
_CALLBACK = re.compile(
    rb"ServerCertificateValidationCallback\s{0,8}\+?=[^;=]{0,300}(?:return\s{1,8}true|=>\s{0,8}true|\{\s{0,80}return\s{1,8}true)"
)
_ADDRESSES = frozenset({"url", "uri", "host", "hostname", "endpoint", "server", "address", "addr", "site", "base"})


@dataclass(frozen=True, slots=True)
class Unverified:
    """A place that turns certificate checks off.

    ``target`` is whom it is about (a host, or words for it), ``carries`` what is known to be sent that way (words for a
    credential, or empty), ``process``: for everything the process does. ``called`` is where the request is made, if
    that is elsewhere, ``written`` where the value stands, if that is elsewhere.
    """

    span: Span
    target: str
    carries: str
    process: bool
    switch: str
    called: Span | None = None
    written: Span | None = None


def unverified(unit: Unit) -> Iterator[Unverified]:
    """Every place of the source that turns certificate checks off, and is not about this machine."""
    requests = {request.meant.call.span: request for request in http_requests(unit)}
    carried = next((request.credential for request in requests.values() if request.credential), "")
    for switch in switches(unit, "tls-off"):
        request = requests.get(switch.meant.call.span) if switch.meant else None
        if _is_about_this_machine(unit, switch, request) or _is_asked_for(unit, switch.scope):
            continue
        yield _of_switch(switch, request, carried)
    for span in _in_other_languages(unit):
        yield Unverified(span, "the whole process", carried, True, "ServerCertificateValidationCallback")
    for meant in unit.meaning("tls-off"):
        if not _is_asked_for(unit, meant.call.scope):
            yield Unverified(meant.call.span, "this context", carried, False, meant.call.callee)


def _in_other_languages(unit: Unit) -> Iterator[Span]:
    """C# that a script compiles: its callback agrees to every certificate."""
    for text in unit.facts.texts if unit.source.language == "powershell" else ():
        start, end = text.span
        for match in _CALLBACK.finditer(unit.source.data, start, end):
            yield match.span()


def _of_switch(switch: Switched, request: HttpRequest | None, carried: str) -> Unverified:
    name = switch.path.rpartition(".")[2]
    if request is None:
        process = switch.is_("reach", "process")
        target = "the whole process" if process else "this client" if switch.meant or carried else "this connection"
        return Unverified(switch.span, target, carried, process, name, None, switch.origin)
    host = request.url.known_host if request.url else ""
    carries = request.credential or ("a token request" if is_token_request(request) else "")
    called = request.meant.call.name_span if switch.span[0] < request.meant.call.span[0] else None
    return Unverified(switch.span, host or "this request", carries, False, name, called, switch.origin)


def _is_about_this_machine(unit: Unit, switch: Switched, request: HttpRequest | None) -> bool:
    if request is not None:
        return request.url is not None and is_loopback(request.url.known_host)
    if switch.meant is not None:
        address = unit.argument(switch.meant, "url")
        folded = unit.folder.fold(address) if address is not None else None
        if isinstance(folded, Text):
            return is_loopback(parse(folded).known_host)
    return _address_beside(unit, switch)


def _is_asked_for(unit: Unit, scope: int) -> bool:
    """Whether code runs only where somebody asked for it: ``if insecure:``, ``if verify: … else: …``."""
    return any(_CHOICE.intersection(_words_of(head)) for head in _heads(unit, scope))


def _heads(unit: Unit, scope: int) -> Iterator[Value]:
    """What the branches around a scope test; an ``else`` has the test of the branch before it."""
    for place in unit.facts.around(scope):
        head = unit.facts.scopes[place].head if unit.facts.scopes[place].kind == "branch" else None
        head = head or _tests_before(unit).get(place)
        if head is not None:
            yield head


@once
def _tests_before(unit: Unit) -> dict[int, Value]:
    """For each ``else`` what the last branch before it tested."""
    tested: dict[int, Value] = {}
    found: dict[int, Value] = {}
    for place, scope in enumerate(unit.facts.scopes):
        if scope.kind == "branch" and scope.head is not None:
            tested[scope.parent] = scope.head
        elif scope.kind == "branch" and scope.parent in tested:
            found[place] = tested[scope.parent]
    return found


def _words_of(head: Value) -> Iterator[str]:
    for value in walk(head):
        if isinstance(value, Ref | Member | Call):
            yield from split(dotted(value).rpartition(".")[2])
        elif isinstance(value, Text) and value.literal:
            yield from split(value.literal)


def _address_beside(unit: Unit, switch: Switched) -> bool:
    """Whether a setting beside this one in a configuration says that the other side is this machine."""
    return switch.path.rpartition(".")[0] in _local_heads(unit)


@once
def _local_heads(unit: Unit) -> frozenset[str]:
    """The parts of a configuration in which an address is that of this machine."""
    heads = set()
    for binding in unit.facts.bindings:
        head, _, name = binding.path.rpartition(".")
        words = split(name)
        if words and words[-1] in _ADDRESSES and isinstance(binding.value, Text):
            host = parse(binding.value).known_host or (binding.value.literal or "").partition(":")[0]
            heads |= {head} if is_loopback(host) else set()
    return frozenset(heads)
