"""How credentials travel (AUT3xx)."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.fixes.removal import removed
from authlint.fixes.variables import Variables
from authlint.match import Match

_SCHEME = re.compile(
    rb"(?i)[\"'`a-z\s(]{0,8}?(?P<scheme>http|ws)(?P<rest>://[^/\s\"'`:]{1,200}(?P<port>:80(?![0-9]))?)"
)
_OTHER_PORT = re.compile(rb":(?!443\b|8443\b)[0-9]")
_SETTINGS = frozenset({"dotenv", "ini", "properties", "yaml"})


def cleartext_auth_url(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """``https`` for ``http``, ``wss`` for ``ws``; port 80 goes, and of another port nobody knows what answers there."""
    del variables
    found = _SCHEME.match(unit.source.data, *match.span)
    if found is None or _OTHER_PORT.match(unit.source.data, found.end()):
        return None
    scheme, at = found["scheme"].decode(), found.end("scheme")
    edits = [Edit((at, at), "S" if scheme.isupper() else "s")]
    if found["port"]:
        edits.append(Edit(found.span("port"), ""))
    return Fix(f"Write {scheme.lower()}s://", tuple(edits))


def tls_verification_disabled(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The option goes: certificates are checked where nothing is said."""
    del variables
    edit = removed(unit, match.span)
    return Fix("Let certificates be checked", (edit,)) if edit else None


def insecure_transport_override(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The switch goes; that is safe where it is only set, and not in code."""
    del variables
    is_pair = any(mark in unit.source.slice(match.span) for mark in "=: ") or unit.source.slice(match.span)[:1] == "-"
    edit = removed(unit, match.span) if is_pair else None
    if edit is None or "SCHEMES" in match.fields["switch"]:
        return None
    safe = unit.source.language in _SETTINGS
    return Fix("Let the library insist on https", (edit,), "safe" if safe else "unsafe")
