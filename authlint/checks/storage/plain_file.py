"""Tokens in files that others can read (AUT210)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.checks.storage.web_storage import places
from authlint.concepts.storage.written_files import token_files
from authlint.concepts.unit import Unit
from authlint.match import Match


def token_in_plain_file(unit: Unit) -> Iterator[Match]:
    """A token is written to a file without a mode that keeps others out."""
    for written in token_files(unit):
        fields = {"what": written.token.name, "file": written.file or "a file"}
        yield Match(written.span, fields, related=places(written.token, written.span))
