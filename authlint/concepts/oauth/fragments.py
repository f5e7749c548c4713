"""Pages that take a token out of the fragment of their address (RFC 6749 §4.2.2): callbacks of the implicit grant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.oauth.callbacks import Callback, reads_parameter
from authlint.concepts.oauth.oauth import authorization_requests
from authlint.concepts.oauth.regions import Regions
from authlint.concepts.unit import Unit
from authlint.facts import Call, Member, Ref, Text, Value, dotted, walk
from authlint.names import last, split
from authlint.source import Span

_HASH = "location.hash"  # servers never see it: what reads it is a page
_OWN_SERVER = re.compile(rb"refresh_?token", re.I)
"""The implicit grant gives no refresh token: who reads one has both from a server of their own."""
_TOKENS = frozenset({("token",), ("access", "token"), ("oauth", "token"), ("auth", "token")})
_CUTTERS = frozenset({"split", "replace", "match", "indexOf", "search", "includes", "startsWith"})


def fragment_reads(unit: Unit) -> list[Callback]:
    """Where a page takes its token: at most one, and the whole page may look at the state."""
    if _OWN_SERVER.search(unit.source.root.data):
        return []
    holds = [value.span for value in unit.facts.reads if isinstance(value, Ref) and value.path.endswith(_HASH)]
    holds += [call.span for call in unit.facts.calls if f"{_HASH}." in call.callee]
    if not holds:
        return []
    taken = sorted(_token_reads(unit))
    if not taken and any("token" in (r.response_type or "").split() for r in unit.derived(authorization_requests)):
        taken = [min(holds)]
    return [Callback(span, 0, unit.derived(Regions).of(0), span) for span in taken[:1]]


def _token_reads(unit: Unit) -> Iterator[Span]:
    for binding in unit.facts.bindings:  # const token = location.hash.split("=")[1]
        if split(last(binding.path)) in _TOKENS and any(_HASH in dotted(inner) for inner in walk(binding.value)):
            yield binding.value.span
    values: list[Value] = [*unit.facts.reads, *unit.facts.calls]
    for value in values:
        if isinstance(value, Ref | Member | Call) and reads_parameter(unit, value, "access_token"):
            yield value.span
        elif isinstance(value, Call) and last(value.callee) in _CUTTERS and value.args:
            first = value.args[0]
            if isinstance(first, Text) and (first.literal or "").lstrip("#?&/") == "access_token=":
                yield value.span
