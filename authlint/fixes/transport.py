"""How credentials travel (AUT3xx)."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.fixes.variables import Variables
from authlint.match import Match

_SCHEME = re.compile(
    rb"(?i)[\"'`a-z\s(]{0,8}?(?P<scheme>http|ws)(?P<rest>://[^/\s\"'`:]{1,200}(?P<port>:80(?![0-9]))?)"
)


def cleartext_auth_url(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """``https`` for ``http``, ``wss`` for ``ws``; port 80 goes."""
    del variables
    found = _SCHEME.match(unit.source.data, *match.span)
    if found is None:
        return None
    scheme, at = found["scheme"].decode(), found.end("scheme")
    edits = [Edit((at, at), "S" if scheme.isupper() else "s")]
    if found["port"]:
        edits.append(Edit(found.span("port"), ""))
    return Fix(f"Write {scheme.lower()}s://", tuple(edits))
