"""What every provider pack must hold to."""

from __future__ import annotations

import random
import re
from itertools import combinations
from urllib.parse import urlsplit

import hyperscan
import pytest
from lookalikes import is_bounded, lookalike

from authlint.ruleset.providers import Credential, Provider
from authlint.ruleset.shapes import shape
from authlint.run.catalog import load
from authlint.secret import checksums

RULES = load(full=True)
PACKS = [pytest.param(provider, id=provider.id) for provider in RULES.providers]
PAIRS = [(provider, credential) for provider in RULES.providers for credential in provider.credential]
CREDENTIALS = [pytest.param(p, c, id=f"{p.id}-{c.id}") for p, c in PAIRS]
SHAPED = [pytest.param(p, c, id=f"{p.id}-{c.id}") for p, c in PAIRS if shape(c)]
PATTERNED = [pytest.param(p, c, id=f"{p.id}-{c.id}") for p, c in PAIRS if c.pattern]
NO_VENDOR = {"accessiq", "apartmentiq", "generic", "incidentiq", "propertybase"}  # no sources of their own
DURATION = re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")
LEAST_KEYWORD = 3
SAMPLES = 20


def found(credential: Credential, text: str) -> list[str]:
    pattern = shape(credential)
    assert pattern is not None
    return [match[0].decode() for match in pattern.finditer(text.encode())]


def values(credential: Credential) -> list[str]:
    rng = random.Random(credential.id)  # noqa: S311 - the same values each time
    make = lookalike(credential)
    return [make(rng) for _ in range(SAMPLES)]


def host_of(provider: Provider, name: str) -> bool:
    return any(
        name.endswith(host.name[1:]) if host.name.startswith("*.") else name == host.name for host in provider.host
    )


def test_there_are_packs_for_widely_used_services() -> None:
    assert len(RULES.providers) - len(NO_VENDOR) >= 40


# --- credentials ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("provider", "credential"), SHAPED)
def test_values_between_natural_boundaries_are_found(provider: Provider, credential: Credential) -> None:
    for value in values(credential):
        for before, after in (("", ""), ('"', '"'), ("key=", "\n"), ("Bearer ", "'"), ("\\n", "'"), ("(", ");")):
            assert found(credential, before + value + after) == [value]


@pytest.mark.parametrize(("provider", "credential"), SHAPED)
def test_a_value_inside_a_longer_word_is_not_found(provider: Provider, credential: Credential) -> None:
    word_like = re.match(r"\w", credential.opening or "0")
    for value in values(credential):
        assert not word_like or value not in found(credential, "x" + value)
        assert not word_like or value not in found(credential, "my_" + value)
        assert value not in found(credential, value + "_x")
        assert not any(value in each for each in found(credential, value + "0" * 4001))


@pytest.mark.parametrize(("provider", "credential"), SHAPED)
def test_a_shorter_value_is_not_found(provider: Provider, credential: Credential) -> None:
    start = credential.opening
    assert found(credential, start) == []
    assert found(credential, f"{start}1a") == []
    if credential.prefix:
        body = values(credential)[0][len(start) :][: credential.min_body - 1]
        assert found(credential, start + body) == []


@pytest.mark.parametrize(("provider", "credential"), CREDENTIALS)
def test_a_credential_has_one_way_to_be_told(provider: Provider, credential: Credential) -> None:
    assert not (credential.prefix and credential.pattern)
    assert credential.min_body <= credential.max_body
    if credential.kind == "identifier" or credential.anchored or credential.position == "credential":
        return
    if credential.pattern:
        assert len(credential.keyword or credential.opening) >= LEAST_KEYWORD
        assert not credential.keyword or credential.keyword in provider.id + credential.pattern.replace("\\", "")


@pytest.mark.parametrize(("provider", "credential"), PATTERNED)
def test_a_pattern_is_bounded(provider: Provider, credential: Credential) -> None:
    assert is_bounded(credential.pattern)
    assert not re.search(r"\(\?[=!<]|\\[bBAZ]|[\^$](?!\d)", credential.pattern.replace(r"\$", "")), "no look-around"
    parts = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\\.", "", re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\\.", "", credential.pattern))
    assert "|" not in parts, "an alternative at the top has no start"


def test_hyperscan_takes_every_pattern_and_every_keyword() -> None:
    expressions = [
        source.encode()
        for provider in RULES.providers
        for credential in provider.credential
        for source in (credential.pattern, re.escape(credential.keyword or credential.opening))
        if source
    ]
    flags = [hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH] * len(expressions)
    for expression, flag in zip(expressions, flags, strict=True):
        hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(expressions=[expression], ids=[0], flags=[flag])


def test_prefixes_are_unique_or_say_what_they_collide_with() -> None:
    told = [(p, c) for p in RULES.providers for c in p.credential if c.prefix and c.position == "any"]
    for (one, first), (other, second) in combinations(told, 2):
        for short, long in ((first, second), (second, first)):
            if any(found(short, value) for value in values(long)):
                named = " ".join(first.collides_with + second.collides_with)
                assert named, f"{one.id} {first.id} and {other.id} {second.id}"


@pytest.mark.parametrize(("provider", "credential"), CREDENTIALS)
def test_checksums_expiry_and_samples(provider: Provider, credential: Credential) -> None:
    assert credential.checksum in ("", *checksums.KINDS)
    assert credential.expires in ("", "never", "optional") or DURATION.fullmatch(credential.expires)
    if provider.id not in NO_VENDOR:
        assert all(re.fullmatch(r"sha256:[0-9a-f]{16}", sample) for sample in credential.doc_examples)


def test_what_has_a_checksum_can_be_checked() -> None:
    checked = {c.id: c for p in RULES.providers for c in p.credential if c.checksum}
    assert len(checked) >= 4
    for credential in checked.values():
        assert all(checksums.is_valid(credential.checksum, value) is not None for value in values(credential))


# --- the rest -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", PACKS)
def test_a_host_of_each_endpoint_is_a_host_of_the_pack(provider: Provider) -> None:
    for endpoint in provider.endpoint:
        url = urlsplit(re.sub(r"\{\w+\}", "x", endpoint.url))
        assert url.scheme == "https"
        assert host_of(provider, url.netloc), endpoint.url


@pytest.mark.parametrize("provider", PACKS)
def test_durations_can_be_read(provider: Provider) -> None:
    for duration in provider.lifetime:
        assert duration in ("", "never") or DURATION.fullmatch(duration), duration


@pytest.mark.parametrize("provider", PACKS)
def test_facts_name_rules(provider: Provider) -> None:
    families = {rule.code[:4] for rule in RULES.rules}
    ids = [fact.id for fact in provider.fact]
    assert len(set(ids)) == len(ids)
    for fact in provider.fact:
        assert fact.rules or fact.enforce
        assert all(re.fullmatch(r"AUT\d{3}", code) for code in fact.rules)
        assert all(code in RULES.by_code or code[:4] in families or code[:4] in "AUT4 AUT6" for code in fact.rules)


@pytest.mark.parametrize("provider", [param for param in PACKS if param.id not in NO_VENDOR])
def test_a_pack_says_where_to_read_on_and_where_to_revoke(provider: Provider) -> None:
    assert provider.docs.startswith("https://")
    assert provider.rotation.revoke.startswith("https://")
    assert provider.env_vars
    assert provider.host
    assert provider.fact


def test_ids_are_unique() -> None:
    for provider in RULES.providers:
        ids = [credential.id for credential in provider.credential]
        assert len(set(ids)) == len(ids), provider.id
    hosts = [host.name for provider in RULES.providers for host in provider.host]
    assert len(set(hosts)) == len(hosts)
