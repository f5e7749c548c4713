"""Redirects take no credential along (AUT608)."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.fixes.variables import Variables
from authlint.match import Match

_FLAG = re.compile(
    rb"(?P<trusted>--location(?P<word>-trusted))(?![\w-])|(?P<kept>[ \t]+-PreserveAuthorizationOnRedirect)(?!\w)"
)


def credential_to_foreign_host(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """Redirects are followed, but not with the credential."""
    del variables
    found = _FLAG.search(unit.source.data, *match.span)
    if found is None or unit.source.language not in ("shell", "powershell"):
        return None
    return Fix("Send the credential to no other host", (Edit(found.span("word" if found["trusted"] else "kept"), ""),))
