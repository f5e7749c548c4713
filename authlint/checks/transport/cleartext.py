"""Credentials that travel without TLS."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.unit import Unit
from authlint.concepts.web.cleartext import PROVIDER, Cleartext, cleartext
from authlint.concepts.web.urls import is_internal, is_loopback, is_metadata_service, is_reserved
from authlint.match import Match


def cleartext_auth_url(unit: Unit) -> Iterator[Match]:
    """A credential, a provider's API or an OAuth endpoint is reached without TLS."""
    for found in cleartext(unit):
        host = found.url.known_host
        if is_loopback(host) or is_metadata_service(host) or _is_example(unit, host):
            continue
        case = "implied" if found.implied else "provider" if found.why == PROVIDER else ""
        case = "internal" if is_internal(host, unit.internal_hosts) else case
        fields = {"host": found.url.host, "what": found.why}
        yield Match(found.text.span, fields, case, related=tuple(_related(unit, found)))


def _is_example(unit: Unit, host: str) -> bool:
    """Documentation and tests may name hosts that nobody can reach."""
    if not (unit.context.docs or unit.context.test):
        return False
    return is_reserved(host) or (unit.context.test and is_internal(host, unit.internal_hosts))


def _related(unit: Unit, found: Cleartext) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where the URL is called, if that is on another line."""
    if found.called is None:
        return
    start, end = sorted((found.text.span[0], found.called[0]))
    if b"\n" in unit.source.data[start:end]:
        yield "it is called here", found.called
