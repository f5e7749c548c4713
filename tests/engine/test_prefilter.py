"""What the pre-filter lets through is the same whichever way it looks, and what it keeps is never believed blindly."""

from __future__ import annotations

import hyperscan
import pytest
from edge import rule
from hypothesis import given
from hypothesis import strategies as st

from authlint.engine import prefilter
from authlint.engine.prefilter import Prefilter
from authlint.ruleset.examples import read
from authlint.ruleset.providers import Credential, Host, Provider
from authlint.ruleset.rules import RuleSet
from authlint.run.catalog import load

WORDS = ("Token", "to", "ken", "api-key", "a.c", "é", "http://")
RULES = RuleSet(tuple(rule(f"AUT{100 + number}", word) for number, word in enumerate(WORDS)))
PROVIDER = Provider(
    "acme",
    "Acme",
    credential=(Credential("key", "api_key", prefix="acme_"), Credential("id", "identifier", prefix="acmeid_")),
    host=(Host("*.acme.example", ("api",)),),
)


class Store(dict[str, bytes]):
    """A store that only this process sees."""

    def read(self, name: str) -> bytes | None:
        return self.get(name)

    def write(self, name: str, payload: bytes, keep: int) -> None:
        self[name] = payload


@given(st.lists(st.sampled_from([*WORDS, "TOKEN", "A.C", "abc", "É", "authlint:", "\n", "\0", " "])).map("".join))
def test_few_and_many_bytes_are_looked_at_alike(text: str) -> None:
    looking = Prefilter(RULES)
    assert sorted(looking.found_singly(text.encode())) == sorted(looking.found_at_once(text.encode()))


@pytest.mark.parametrize("few", [0, 1_000])
def test_what_is_wanted(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "FEW_BYTES", few)
    also = rule("AUT201", "state")._replace(also=("redirect", "callback"))
    confirmed = rule("AUT202", "http")._replace(confirm="https?://[a-z]")
    shaped = rule("AUT203", "secret")._replace(shapes=(r"secret\w{0,9} ?= ?['\"]\w{4}", r"secret:[0-9]{4}"))
    looking = Prefilter(RuleSet((also, confirmed, shaped)))
    assert looking.wanted(b"nothing") == (frozenset(), False)
    assert looking.wanted(b"STATE") == (frozenset(), False)
    assert looking.wanted(b"STATE CallBack") == (frozenset({"AUT201"}), False)
    assert looking.wanted(b"secret = get()") == (frozenset(), False)
    assert looking.wanted(b"CLIENT_SECRET = 'abcd'") == (frozenset({"AUT203"}), False)
    assert looking.wanted(b"secret:1234") == (frozenset({"AUT203"}), False)
    assert looking.wanted(b"http://1") == (frozenset(), False)
    assert looking.wanted(b"http://a # AuthLint: ignore") == (frozenset({"AUT202"}), True)


def test_literals_of_providers() -> None:
    by_prefix = rule("AUT201", "key")._replace(providers="credentials")
    by_host = rule("AUT202", "url")._replace(providers="hosts")
    looking = Prefilter(RuleSet((by_prefix, by_host), (PROVIDER,)))
    assert looking.wanted(b"acme_0123456789abcdef")[0] == {"AUT201"}
    for none in (b"acme_0123", b"ACME_0123456789ABCDEF", b"my_acme_0123456789abcdef", b"acmeid_0123456789abcdef"):
        assert looking.wanted(none)[0] == frozenset()
    assert looking.wanted(b"api.acme.example")[0] == {"AUT202"}


def test_the_database_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    assert Prefilter(RULES, store).found_at_once(b"token") != []
    assert len(store) == 1
    monkeypatch.setattr(hyperscan, "Database", None)
    assert sorted(Prefilter(RULES, store).found_at_once(b"TOKEN")) == [b"ken", b"to", b"token"]


@pytest.mark.parametrize("spoil", [lambda data: data[:-8], lambda data: b"", lambda data: b"x" + data])
def test_a_database_that_cannot_be_used_is_compiled_again(spoil: object) -> None:
    store = Store()
    Prefilter(RULES, store).found_at_once(b"")
    ((name, payload),) = store.items()
    store[name] = spoil(payload)  # type: ignore[operator]
    assert sorted(Prefilter(RULES, store).found_at_once(b"TOKEN")) == [b"ken", b"to", b"token"]
    assert store[name] == payload


def test_every_shape_of_the_rules_compiles_and_is_found_alike_both_ways() -> None:
    looking = Prefilter(load())
    text = "\n".join(read(example.bad, rule.name).text for rule in load(full=True).rules for example in rule.example)
    second = looking._second
    assert sorted(second.found_singly(text.encode())) == sorted(second.found_at_once(text.encode()))
