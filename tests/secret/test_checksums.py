import random
import string
import zlib

import pytest

from authlint.secret import checksums
from authlint.secret.checksums import is_valid

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BASE36 = string.digits + string.ascii_lowercase


def number(value: int, digits: str, width: int) -> str:
    return "".join(digits[value // len(digits) ** place % len(digits)] for place in reversed(range(width)))


def some(length: int, alphabet: str = BASE62, seed: int = 1) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))  # noqa: S311 - a fake that looks real


def github(prefix: str, length: int = 30, seed: int = 1) -> str:
    body = some(length, seed=seed)
    return prefix + body + number(zlib.crc32(body.encode()), BASE62, 6)


def gitlab(prefix: str, between: str, seed: int = 1) -> str:
    signed = prefix + some(40, BASE62 + "-_", seed) + between
    return signed + number(zlib.crc32(signed.encode()), BASE36, 7)


def grafana(seed: int = 1) -> str:
    signed = "glsa_" + some(32, seed=seed)
    return signed + "_" + zlib.crc32(signed.encode()).to_bytes(4, "little").hex()


VALUES = [
    ("github-crc32", github("ghp_")),
    ("github-crc32", github("gho_", seed=2)),
    ("github-crc32", github("ghr_", length=70, seed=3)),
    ("npm-crc32", github("npm_", seed=4)),
    ("gitlab-crc32", gitlab("glpat-", ".01.1a")),
    ("gitlab-crc32", gitlab("glpat-", ".1a")),
    ("gitlab-crc32", gitlab("glrt-t1_", ".01.1a")),
    ("grafana-crc32", grafana()),
]


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_value_with_its_checksum(kind: str, value: str) -> None:
    assert is_valid(kind, value) is True


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_value_in_which_one_character_differs(kind: str, value: str) -> None:
    for at in (-1, -12, -20):
        other = "2" if value[at] == "1" else "1"
        assert is_valid(kind, value[:at] + other + value[at:][1:]) is False


def test_the_order_of_the_digits_and_the_zeros_before_them() -> None:
    # The CRC-32 of "123456789" is 0xCBF43926, the check value that every description of it prints.
    assert is_valid("github-crc32", "ghp_123456789" + "3jZRME") is True
    assert is_valid("grafana-crc32", "x_" + zlib.crc32(b"x").to_bytes(4, "little").hex().upper()) is True
    # What Grafana's own test decodes, and the sample in an issue of secretlint that says it is none.
    # authlint: ignore[AUT101] published
    assert is_valid("grafana-crc32", "glsa_" + "iNValIdinValiDinvalidinvalidinva" + "_5b582697") is True
    # authlint: ignore[AUT101] published
    assert is_valid("npm-crc32", "npm_" + "qkJaB6MffYVzZXWqmcoF49yrUxP3wf" + "0LsakP") is True
    small = next(text for text in map(str, range(10**6)) if zlib.crc32(text.encode()) < 62**4)
    assert is_valid("github-crc32", f"ghp_{small}" + number(zlib.crc32(small.encode()), BASE62, 6)) is True


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("", github("ghp_")),
        ("some-other", github("ghp_")),
        ("github-crc32", ""),
        ("github-crc32", "ghp_12345"),
        ("github-crc32", "ghp_" + "a.b" * 12),
        ("gitlab-crc32", "glpat-" + some(20)),
        ("gitlab-crc32", "glpat-" + some(30) + ".abc"),
        ("gitlab-crc32", "glpat-" + some(30) + ".ABCDEFGHI"),
        ("grafana-crc32", some(40)),
        ("grafana-crc32", "glsa_" + some(32) + "_1234"),
        ("grafana-crc32", "glsa_" + some(32) + "_1234567z"),
    ],
)
def test_nothing_to_look_at(kind: str, value: str) -> None:
    assert is_valid(kind, value) is None


def test_every_kind_is_described() -> None:
    assert all(check.__doc__ and "Source:" in check.__doc__ for check in checksums.KINDS.values())
