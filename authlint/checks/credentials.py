"""Committed credentials (AUT1xx)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.concepts.credentials.committed import Committed, Kind, committed
from authlint.concepts.credentials.detected import weighed
from authlint.concepts.credentials.provider_keys import Key, provider_keys
from authlint.concepts.credentials.secret_files import held
from authlint.concepts.tokens.jwts import Token
from authlint.concepts.unit import Unit
from authlint.match import Match
from authlint.ruleset.providers import Credential, Provider
from authlint.secret.placeholders import Verdict
from authlint.source import Span

_LONG_BODY = 28
_VARIABLES = {
    "scim": "SCIM_KEY",
    "access_token": "TOKEN",
    "refresh_token": "REFRESH_TOKEN",
    "client_secret": "CLIENT_SECRET",
    "session": "SESSION_TOKEN",
}
_KEY_SIZE = 32


def live_provider_key(unit: Unit) -> Iterator[Match]:
    """A credential of a provider, in any position of any text, unless it is for a sandbox."""
    for key in provider_keys(unit):
        credential = key.credential
        if credential.env == "test" or credential.kind == "scim":
            continue
        live = credential.env == "live" and credential.kind == "api_key"
        yield from _match(unit, key, "" if live else "any")


def test_provider_key(unit: Unit) -> Iterator[Match]:
    """A sandbox key of a provider. Examples are no finding here."""
    for key in provider_keys(unit):
        if key.credential.env == "test" and key.judgement.verdict is Verdict.REAL:
            yield from _match(unit, key, "")


def scim_provisioning_key(unit: Unit) -> Iterator[Match]:
    """A SCIM key where a credential stands, or long enough to be nothing else."""
    for key in provider_keys(unit):
        body = len(key.value) - len(key.credential.prefix)
        if key.credential.kind != "scim" or body < key.credential.min_body:
            continue
        if key.in_position or body >= _LONG_BODY:
            yield from _match(unit, key, "" if key.in_position else "elsewhere")


def hardcoded_bearer_token(unit: Unit) -> Iterator[Match]:
    """A token is written where it is used: a header, a variable, or anywhere if it is a complete JWT."""
    for item in _of_kind(unit, "bearer"):
        if item.token is None:
            yield Match(item.span, {"where": item.where, "claims": ""})
            continue
        expired = bool(item.token.expires and unit.today and item.token.expires < unit.today)
        fields = {"where": item.where, "claims": _claims(item.token)}
        yield Match(item.span, fields, "expired" if expired else "jwt")


def _claims(token: Token) -> str:
    """What a token says of itself, none of which opens anything."""
    issuer = f", issued by {token.issuer}" if token.issuer else ""
    return f"{token.algorithm}{issuer}, {f'ends {token.expires}' if token.expires else 'never ends'}"


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
        yield Match(item.span, {"name": name, "short": short}, "cipher" if item.sort == "cipher-key" else "")


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


def env_file_tracked(unit: Unit) -> Iterator[Match]:
    """A file that is made to hold secrets holds some, and git has it or would take it."""
    secrets = held(unit)
    if secrets and unit.git:
        count = f"{len(secrets)} credential{'s' if len(secrets) > 1 else ''}"
        file = unit.source.path.rpartition("/")[2]
        yield Match(_name_before(unit, secrets[0]), {"file": file, "count": count}, unit.git)


def _name_before(unit: Unit, secret: Span) -> Span:
    """The name that a secret is given to; without one, the place where it begins."""
    binding = next((b for b in unit.facts.bindings if b.span[0] <= secret[0] < b.span[1]), None)
    return binding.name_span if binding else (secret[0], secret[0])


def detected_secret(unit: Unit) -> Iterator[Match]:
    """A value has a format that detect-secrets knows. Where another rule has it too, that one is reported."""
    for found in weighed(unit):
        if found.judgement.verdict is Verdict.REAL:
            case, secret = ("private-key", found.value) if found.is_private_key else ("", "")
            yield Match(found.span, {"kind": found.kind}, case, secret=secret)


def _of_kind(unit: Unit, kind: Kind) -> Iterator[Committed]:
    return (item for item in committed(unit) if item.kind == kind)


def _match(unit: Unit, key: Key, case: str) -> Iterator[Match]:
    """The match for a real key; for one that looks made up, where it stands in code and its kind is that important."""
    credential, provider = key.credential, key.provider
    if key.judgement.verdict is not Verdict.REAL:
        if key.judgement.verdict is not Verdict.EXAMPLE or unit.context.place != "code":
            return
        if not credential.examples_matter:
            return
        case = "example"
    fields = {
        "provider": provider.name,
        "prefix": credential.opening or credential.keyword,
        "kind": credential.id.replace("-", " "),
        "proof": ", and its checksum holds" if key.checked else "",
        "env": _suggested_variable(credential, provider),
        "at": f" at {provider.rotation.revoke.removeprefix('https://')}" if provider.rotation.revoke else "",
    }
    yield Match(key.span, fields, case, provider=provider.id)


def _suggested_variable(credential: Credential, provider: Provider) -> str:
    """The environment variable that a pack's names suggest for a credential."""
    stem = next((name[:-1] for name in provider.env_vars if name.endswith("_*")), f"{provider.id.upper()}_")
    if "webhook" in credential.id:
        return stem + "WEBHOOK"
    return stem + _VARIABLES.get(credential.kind, "TEST_KEY" if credential.env == "test" else "API_KEY")
