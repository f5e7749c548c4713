import base64
import json
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import grows_linearly

from authlint.secret.placeholders import Judgement, Verdict, digest, entropy, judge

LETTERS_AND_DIGITS = string.ascii_letters + string.digits
BASE64URL = LETTERS_AND_DIGITS + "-_"
HEX = "0123456789abcdef"
LIVE, TEST, PB, SCIM, REFRESH = "ak_live_", "ak_test_", "pb_live_", "scim_", "rt_"
PREFIXES = (LIVE, TEST, PB, "pb_test_", SCIM, REFRESH)


def random_key(length: int, alphabet: str = LETTERS_AND_DIGITS, seed: int = 7) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))  # noqa: S311 - a fake that looks real


def known(value: str) -> str:
    return next((prefix for prefix in PREFIXES if value.startswith(prefix)), "")


PLACEHOLDERS = [
    ("getyourownsecret", "contains the word 'your'"),
    ("", "is empty"),
    ("''", "is empty"),
    ("abc", "is too short to be a key"),
    (LIVE, "is the prefix of a key and nothing more"),
    (LIVE + "abc", "is too short to be a key"),
    ("ak_live_abc123xyz789...", "is cut short"),
    ("eyJhbGciOiJSUzI1NiIs...", "is cut short"),
    ("rt_abc123…", "is cut short"),
    ("sk_prod_", "is cut short"),
    ("ak_live_xxxxxx********", "is masked"),
    ("••••••••", "is masked"),
    (PB + "x" * 13, "repeats one character"),
    ("XXXX-XXXX-XXXX", "repeats one character"),
    ("0" * 32, "repeats one character"),
    ("01" * 16, "repeats two characters"),
    ("YOUR_API_KEY", "contains the word 'your'"),
    ("YOUR_EXISTING_KEY", "contains the word 'your'"),
    ("your_api_key_here", "contains the word 'your'"),
    ("ak_live_your_key_here", "contains the word 'your'"),
    ("yourApiKey", "contains the word 'your'"),
    ("yourapikey", "contains the word 'your'"),
    ("mysecretpassword", "contains the word 'my'"),
    ("Bearer YOUR_JWT_TOKEN", "contains the word 'your'"),
    ("refresh_token_here", "contains the word 'here'"),
    ("my-secret-token", "contains the word 'my'"),
    ("changeme123", "contains the word 'changeme'"),
    ("dummy-client-secret", "contains the word 'dummy'"),
    ("secret", "is the word 'secret'"),
    ("api_key", "is the word 'api_key'"),
    ("refresh_token", "is a term of OAuth"),
    ("Bearer", "is a term of OAuth"),
    ("client_credentials", "is a term of OAuth"),
    ("urn:ietf:params:oauth:grant-type:jwt-bearer", "is a term of OAuth"),
    ("AUTH_CODE", "is the name of a variable"),
    ("AIQ_CLIENT_SECRET_2", "is the name of a variable"),
]
REFERENCES = """
    <your_client_secret> <token> $API_KEY ${AWELL_API_KEY:?set|it} $env:API_KEY $(cat|key) `cat|key` #{token} {{token}}
    <%=token%> %API_KEY% key-%s %(token)s key-{} key-{0} {token} @API_KEY@ __API_KEY__ [redacted] ENC[AES256]
    encrypted:abcdef vault:secret/data op://vault/item ssm:/prod/key arn:aws:secretsmanager:eu:1:secret:x
    process.env.API_KEY os.environ["KEY"] import.meta.env.VITE_KEY ENV['KEY'] Bearer|${{secrets.API_TOKEN}}
    https://user:$TOKEN@host
"""
EXAMPLES = [
    ("ak_live_abc123xyz789", "is shorter than a key of this kind"),
    ("ak_live_ProductionLive", "is shorter than a key of this kind"),
    ("ak_test_SandboxTesting", "is shorter than a key of this kind"),
    ("scim_SCIMSCIM", "is shorter than a key of this kind"),
    (LIVE + "a1b2c3d4e5f6g7h8", "is made of sequences such as 'abc123'"),
    (LIVE + "1234567890abcdef" * 2, "is made of sequences such as 'abc123'"),
    ("12345678-1234-1234-1234-" + "123456789abc", "is made of sequences such as 'abc123'"),
    (HEX[::-1], "is made of sequences such as 'abc123'"),
    ("test_token_abc123", "is made of sequences such as 'abc123'"),
    ("qwertyuiop", "is made of sequences such as 'abc123'"),
    ("a9k2" * 8, "repeats few characters"),
    ("dGhpcyBpcyBhIHJlZnJl", "is Base64 of readable text"),
    ("secret123", "is made of sequences such as 'abc123'"),
    ("SuperSecret", "is made of common words"),
    ("api-root-user-1", "is made of common words"),
    ("keyboard cat", "is made of common words"),
    ("correct-horse-battery-staple", "is made of words"),
    ("CrimsonElephant", "is made of words"),
    ("please-choose-something-better-than-these-words", "is made of words"),
    ("AKIA" + "IOSFODNN7EXAMPLE", "is a well-known sample"),
    ("AKIA" + "I44QH8DHBEXAMPLE", "ends in EXAMPLE"),
    ("AQo" + "EXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT", "says EXAMPLE"),
    ("2YotnFZFEj" + "r1zCsicMWpAA", "is a well-known sample"),
    ("tGzv3JOkF0XG" + "5Qx2TlKWIA", "is a well-known sample"),
    ("SplxlOBeZQQ" + "YbYS6WxSbIA", "is a well-known sample"),
    ("mF_9.B5f-" + "4.1JqM", "is a well-known sample"),
    ("Basic czZCaGRSa3F0" + "MzpnWDFmQmF0M2JW", "is a well-known sample"),
]
REAL = [
    random_key(24),
    random_key(32),
    random_key(40, HEX),
    random_key(43, BASE64URL),
    LIVE + random_key(24, seed=1),
    PB + random_key(24, seed=2),
    SCIM + random_key(30, seed=3),
    TEST + random_key(24, seed=4),
    REFRESH + random_key(24, seed=5),
    "Bearer " + random_key(32, seed=6),
    LIVE + "sFgHdPyWcLBKtRxZMwQ"[::-1],  # no digit, but no words either
    "my-" + random_key(32, seed=8),  # a word, but the rest is random
    random_key(12) + "$word" + random_key(12),  # no reference to $word
    "xkqzvbtrwplmndfg",
]


@pytest.mark.parametrize(("value", "reason"), PLACEHOLDERS)
def test_placeholders(value: str, reason: str) -> None:
    assert judge(value, prefix=known(value)) == Judgement(Verdict.PLACEHOLDER, reason)


@pytest.mark.parametrize("value", [value.replace("|", " ") for value in REFERENCES.split()])
def test_references(value: str) -> None:
    assert judge(value) == Judgement(Verdict.PLACEHOLDER, "refers to a value that is kept elsewhere")


@pytest.mark.parametrize(("value", "reason"), EXAMPLES)
def test_examples(value: str, reason: str) -> None:
    assert judge(value, prefix=known(value)) == Judgement(Verdict.EXAMPLE, reason)


@pytest.mark.parametrize("value", REAL)
def test_real_ones(value: str) -> None:
    assert judge(value, prefix=known(value)).verdict is Verdict.REAL


def test_a_value_that_repeats_its_name() -> None:
    assert judge("db-password", name="DB_PASSWORD").reason == "repeats its own name"
    assert judge("stripeKey", name="config.stripe_key").reason == "repeats its own name"


def test_examples_of_a_provider_literal_and_as_digest() -> None:
    key = LIVE + random_key(24)
    assert judge(key, prefix=LIVE).verdict is Verdict.REAL
    for examples in ({key}, [f"sha256:{digest(key)}"]):
        judgement = judge(f"Bearer {key}", prefix=LIVE, doc_examples=examples)
        assert judgement == Judgement(Verdict.EXAMPLE, "is an example of the provider's documentation")


def test_the_least_length_is_the_providers() -> None:
    key = SCIM + random_key(18)
    assert judge(key, prefix=SCIM, min_body=16).verdict is Verdict.REAL
    assert judge(key, prefix=SCIM, min_body=20).verdict is Verdict.EXAMPLE


def test_only_the_whole_word_in_a_key_makes_it_an_example() -> None:
    assert judge(random_key(12) + "Exam" + random_key(12)).verdict is Verdict.REAL


def jwt(payload: object) -> str:
    pieces = (json.dumps({"alg": "HS256"}), json.dumps(payload), random_key(32))
    return ".".join(base64.urlsafe_b64encode(piece.encode()).decode().rstrip("=") for piece in pieces)


def test_json_web_tokens() -> None:
    sample = judge(jwt({"sub": "1234567890", "name": "John Doe", "iat": 1516239022}))
    assert sample == Judgement(Verdict.EXAMPLE, "is the sample token of jwt.io")
    assert judge(jwt({"sub": "42", "name": "Jane"})).verdict is Verdict.REAL
    assert judge(jwt([1])).verdict is Verdict.REAL


LOSSES = [
    (LIVE, 16, LETTERS_AND_DIGITS, 0.6),
    (LIVE, 20, LETTERS_AND_DIGITS, 0.4),
    (LIVE, 24, LETTERS_AND_DIGITS, 0.1),
    (LIVE, 32, LETTERS_AND_DIGITS, 0.05),
    ("", 32, HEX, 0.05),
    ("", 32, LETTERS_AND_DIGITS, 0.05),
    ("", 43, BASE64URL, 0.05),
]


@pytest.mark.parametrize(("prefix", "length", "alphabet", "percent"), LOSSES)
def test_hardly_a_random_key_is_taken_for_an_example(prefix: str, length: int, alphabet: str, percent: float) -> None:
    chance, keys = random.Random(length), 2000  # noqa: S311 - not for secrets
    lost = sum(
        judge(prefix + "".join(chance.choices(alphabet, k=length)), prefix=prefix).verdict is not Verdict.REAL
        for _ in range(keys)
    )
    assert lost / keys * 100 <= percent


@given(st.text(), st.text(max_size=4), st.text(max_size=10))
def test_any_text_has_a_verdict_and_a_reason(value: str, prefix: str, name: str) -> None:
    assert judge(value, prefix=prefix, name=name).reason


@pytest.mark.parametrize("unit", ["a", "ab1", "<", "${", "__A", "$a", "{", "`", "my-", "aB", "%A", "eyJ.", "\ud800"])
def test_long_values_are_judged_in_linear_time(unit: str) -> None:
    assert grows_linearly(lambda size: judge(unit * (size // len(unit)), prefix="ak_"), 1000)
    assert grows_linearly(lambda size: judge(unit * (size // len(unit)), prefix="ak_"), 30_000)


def test_entropy() -> None:
    assert entropy("") == 0
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
