"""Passwords in the addresses that a document prints, where they lead somewhere: ``mysql://app:…@db1.corp.net/app``.

Documents are full of made-up addresses. One is believed if its host could be anybody's and its password is neither
made of words, however they are spelt (``p4ssw0rd``), nor the same as the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.credentials.credential_values import is_password
from authlint.concepts.unit import Unit
from authlint.concepts.web.urls import is_internal, is_loopback, is_reserved
from authlint.names import split
from authlint.secret.placeholders import Verdict, judge
from authlint.source import Span

_ADDRESS = re.compile(
    rb"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}://(?P<user>[\w.+-]{1,80}):(?P<password>[^\s/@:\"'`<>]{8,72})"
    rb"@(?P<host>[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})(?![\w.-])"
)
_SPELT = str.maketrans("013457@$!", "oleastasi")
_MADE_UP = frozenset(
    (
        "your",
        "my",
        "some",
        "host",
        "hostname",
        "server",
        "example",
        "domain",
        "company",
        "provider",
        "foo",
        "bar",
        "xxx",
    )
)


def printed_passwords(unit: Unit) -> Iterator[Span]:
    """Where the passwords stand that open something."""
    for match in _ADDRESS.finditer(unit.source.data):
        user, password, host = (match[part].decode("utf-8", "replace") for part in ("user", "password", "host"))
        if password != user and _leads_somewhere(host) and _is_kept(password):
            yield match.span("password")


def _leads_somewhere(host: str) -> bool:
    if is_reserved(host) or is_internal(host) or is_loopback(host) or host.count(".") < 1:
        return False
    return _MADE_UP.isdisjoint(split(host.partition(".")[0])) and _MADE_UP.isdisjoint(split(host.split(".")[-2]))


def _is_kept(password: str) -> bool:
    if not is_password(password, name="password", likely=False):
        return False
    return all(judge(text).verdict is Verdict.REAL for text in (password, password.lower().translate(_SPELT)))
