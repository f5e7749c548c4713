"""What a fingerprint depends on, and that none says enough of a password to confirm a guess."""

from __future__ import annotations

import random
import string

import pytest

from authlint.engine.fingerprint import fingerprint, is_guessable
from authlint.engine.linter import Linter
from authlint.finding import Finding
from authlint.ruleset.examples import fake
from authlint.run.catalog import load
from authlint.source import Source

KEY = fake("ak_live_[A-Za-z0-9]{32}", "fingerprint")
OTHER = fake("ak_live_[A-Za-z0-9]{32}", "fingerprint-other")
HEX = fake("[0-9a-f]{32}", "fingerprint-hex")
REQUEST = "https://id.example.net/oauth/authorize?response_type=code&client_id=web"
LINTER = Linter(load())


def prints(text: str, path: str = "src/a.py") -> list[str]:
    return [finding.fingerprint for finding in LINTER.lint(path, text.encode()).findings]


def flagged(line: str, part: str, *, secret: bool = True) -> str:
    """The fingerprint of a finding that flags a part of a line."""
    source = Source("a.py", line.encode())
    start = line.index(part)
    end = start + len(part)
    finding = Finding(
        "AUT101", "some-rule", "", "error", "high", "a.py", 1, start + 1, 1, end + 1, "python", "", (start, end)
    )
    return fingerprint(finding, source, secret=secret)


@pytest.mark.parametrize(
    "text",
    [
        f'import os\n\n\nK = "{KEY}"\n',
        f'RENAMED = "{KEY}"\n',
        f'other = 1\nif other:\n    K = call(other, "{KEY}")  # and a comment\n',
        f'K = "{KEY}"\r\n',
        f"K   =   '{KEY}'\n",
    ],
)
def test_what_is_around_changes_nothing(text: str) -> None:
    assert prints(text) == prints(f'K = "{KEY}"\n')


@pytest.mark.parametrize("text", [f'K = "{OTHER}"\n', f'K = "{KEY[:-1]}{"a" if KEY[-1] != "a" else "b"}"\n'])
def test_another_secret_is_another_finding(text: str) -> None:
    assert set(prints(text)).isdisjoint(prints(f'K = "{KEY}"\n'))


def test_path_and_content_are_told_apart() -> None:
    [here], [there] = (LINTER.lint(path, f'K = "{KEY}"'.encode()).findings for path in ("a.py", "sub/b.py"))
    assert here.content == there.content
    assert here.fingerprint != there.fingerprint
    assert len(here.content) == 16


def test_equal_findings_are_numbered() -> None:
    first, second, third = prints(f'K = "{KEY}"\n' * 3)
    assert (second, third) == (f"{first}-2", f"{first}-3")


def test_code_that_is_no_secret_counts_as_it_is() -> None:
    one, two = (prints(f"location.href = '{REQUEST}&scope={scope}'", "a.js") for scope in ("read", "write"))
    assert one != two
    assert prints(f"x = 1; location.href = '{REQUEST}&scope=read'", "a.js") == one


@pytest.mark.parametrize(
    ("value", "guessable"),
    [
        ("", True),
        ("hunter2", True),
        ("correct-horse-battery-staple-is-long-enough", True),
        ("CorrectHorseBatteryStapleAndMore", True),
        ("Summer2024Winter2025Spring2026", True),
        ("1234567890123456789012345678901234567890", True),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", True),
        ("P4ssw0rd-4-Th3-D4t4", True),
        (KEY, False),
        (KEY[8:], False),
        (HEX, False),
        (f"Bearer {HEX.upper()}", False),
    ],
)
def test_what_a_list_of_passwords_could_hold(value: str, guessable: bool) -> None:
    assert is_guessable(value) is guessable


def test_random_keys_are_not_guessable() -> None:
    chance = random.Random(7)  # noqa: S311 - to be the same each time
    letters = string.ascii_letters + string.digits
    keys = ["".join(chance.choices(letters, k=32)) for _ in range(2_000)]
    keys += ["".join(chance.choices("0123456789abcdef", k=32)) for _ in range(2_000)]
    assert sum(map(is_guessable, keys)) <= 20


@pytest.mark.parametrize("secret", [True, False])
def test_no_guess_of_a_weak_password_is_confirmed(secret: bool) -> None:
    """Of a list of passwords, many have the fingerprint of the right one; few enough that a change is noticed."""

    def of(password: str) -> str:
        part = password if secret else f'connect(password="{password}")'
        return flagged(f'connect(password="{password}")', part, secret=secret)

    chance = random.Random(3)  # noqa: S311 - to be the same each time
    right = of("hunter" + "2")
    list_of_passwords = ["".join(chance.choices(string.ascii_lowercase, k=7)) for _ in range(6_000)]
    same = sum(of(password) == right for password in list_of_passwords)
    assert 1 <= same <= 20


def test_a_strong_secret_counts_in_full() -> None:
    chance = random.Random(4)  # noqa: S311 - to be the same each time
    keys = ["".join(chance.choices(string.ascii_letters + string.digits, k=32)) for _ in range(5_000)]
    assert len({flagged(f'x = "{key}"', key) for key in keys}) == len(keys)


def test_long_lines_take_no_time() -> None:
    line = "x = '" + "password=" * 200_000 + "'"
    assert flagged(line, line, secret=False) == flagged(line, line, secret=False)
