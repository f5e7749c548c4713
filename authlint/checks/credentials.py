"""Committed credentials (AUT1xx)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.committed import Committed, Kind, committed
from authlint.concepts.detected import weighed
from authlint.concepts.provider_keys import belongs_to_another, case_of, occurrences
from authlint.concepts.unit import Unit
from authlint.match import Match
from authlint.names import is_secret_name
from authlint.placeholders import Verdict, entropy
from authlint.providers import Credential, Provider
from authlint.source import Span

_ASSIGNED = re.compile(r"([\w.$-]{1,80})[\"'`\])]{0,3}\s{0,8}(?::=|=>|[:=])\s{0,8}[\"'`]?$")
_SCHEME = re.compile(r"(?i)\b(?:bearer|token|basic)\s{1,4}$")
_LONG_BODY = 28
_LINE_BEFORE = 200
_KEY_SIZE = 32


def live_provider_key(unit: Unit) -> Iterator[Match]:
    """A live key of a provider, in any position of any text."""
    yield from _provider_keys(unit, "live")


def test_provider_key(unit: Unit) -> Iterator[Match]:
    """A sandbox key of a provider. Examples are no finding here."""
    yield from (match for match in _provider_keys(unit, "test") if match.case != "example")


def scim_provisioning_key(unit: Unit) -> Iterator[Match]:
    """A SCIM key where a credential stands, or long enough to be nothing else."""
    for credential, provider in unit.knowledge.credentials:
        if credential.kind != "scim":
            continue
        for span, value in occurrences(unit, credential):
            body = value[len(credential.prefix) :]
            in_position = _in_credential_position(unit, span)
            if not _is_mixed(body, credential) or not (in_position or len(body) >= _LONG_BODY):
                continue
            case = case_of(unit, value, credential)
            if case is not None:
                yield _match(span, credential, provider, case or ("" if in_position else "elsewhere"))


def hardcoded_bearer_token(unit: Unit) -> Iterator[Match]:
    """A token is written where it is used: a header, a variable, or anywhere if it is a complete JWT."""
    for item in _of_kind(unit, "bearer"):
        yield Match(item.span, {"where": item.where}, "jwt" if item.sort == "jwt" else "")


def hardcoded_client_secret(unit: Unit) -> Iterator[Match]:
    """A client secret, an API key or a password is a literal."""
    for item in _of_kind(unit, "secret"):
        case = {"client-secret": "", "password": "password"}.get(item.sort, "generic")
        yield Match(item.span, {"name": item.name}, case)


def weak_signing_key(unit: Unit) -> Iterator[Match]:
    """What signs tokens or sessions is a literal."""
    for item in _of_kind(unit, "signing-key"):
        short = f" of {item.size} bytes ({_KEY_SIZE} needed)" if item.size < _KEY_SIZE else ""
        name = item.name if " " in item.name else f"'{item.name}'"
        yield Match(item.span, {"name": name, "short": short})


def secret_default_fallback(unit: Unit) -> Iterator[Match]:
    """A secret that is not set falls back to a literal."""
    for item in _of_kind(unit, "fallback"):
        case = {"signing-key": "signing", "password": "password"}.get(item.sort, "")
        yield Match(item.span, {"name": item.name}, case)


def secret_in_image_or_ci(unit: Unit) -> Iterator[Match]:
    """A secret is part of an image, a pipeline or a manifest."""
    for item in _of_kind(unit, "deployed"):
        if item.place is not None:
            fields = {"name": item.name, "where": item.place.where, "instead": item.place.instead}
            yield Match(item.span, fields, item.sort if item.sort in ("password", "argument") else "")


def detected_secret(unit: Unit) -> Iterator[Match]:
    """A value has a format that detect-secrets knows. Where another rule has it too, that one is reported."""
    for found in weighed(unit):
        if found.judgement.verdict is Verdict.REAL:
            yield Match(found.span, {"kind": found.kind}, "private-key" if found.is_private_key else "")


def _of_kind(unit: Unit, kind: Kind) -> Iterator[Committed]:
    return (item for item in committed(unit) if item.kind == kind)


def _provider_keys(unit: Unit, env: str) -> Iterator[Match]:
    for credential, provider in unit.knowledge.credentials:
        if credential.env != env or credential.kind != "api_key" or not credential.prefix:
            continue
        if belongs_to_another(unit, credential):
            continue
        for span, value in occurrences(unit, credential):
            case = case_of(unit, value, credential)
            if case is not None:
                yield _match(span, credential, provider, case)


def _match(span: Span, credential: Credential, provider: Provider, case: str) -> Match:
    fields = {"provider": provider.name, "prefix": credential.prefix, "env": _suggested_variable(credential, provider)}
    return Match(span, fields, case, provider=provider.id)


def _in_credential_position(unit: Unit, span: Span) -> bool:
    """Whether a value follows ``Bearer`` or is given to a name that means a secret."""
    data = unit.source.data
    start = max(data.rfind(b"\n", 0, span[0]) + 1, span[0] - _LINE_BEFORE)
    before = data[start : span[0]].decode("utf-8", "replace")
    if _SCHEME.search(before):
        return True
    assigned = _ASSIGNED.search(before)
    return bool(assigned and is_secret_name(assigned[1].rpartition(".")[2]))


def _is_mixed(body: str, credential: Credential) -> bool:
    mixed = any(c.isdigit() for c in body) and any(c.isalpha() for c in body)
    enough = len(body) >= credential.min_body and entropy(body) >= credential.min_entropy
    return enough and (mixed or not credential.require_mixed)


def _suggested_variable(credential: Credential, provider: Provider) -> str:
    """The environment variable that a pack's names suggest for a credential."""
    stem = next((name[:-1] for name in provider.env_vars if name.endswith("_*")), f"{provider.id.upper()}_")
    return stem + {"scim": "SCIM_KEY"}.get(credential.kind, "TEST_KEY" if credential.env == "test" else "API_KEY")
