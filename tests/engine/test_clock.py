"""What day it is comes from the edge, and can be told: the core gives the same report for the same day."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from authlint.concepts.unit import Unit
from authlint.engine import inspection
from authlint.engine.linter import Linter, Options
from authlint.errors import ConfigError
from authlint.match import Match
from authlint.run import clock
from authlint.run.catalog import load


def test_the_environment_says_what_day_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, "1700000000")
    assert clock.today() == date(2023, 11, 14)


@pytest.mark.parametrize("told", ["tomorrow", "1e9", "9" * 30])
def test_a_day_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv(clock.VARIABLE, told)
    with pytest.raises(ConfigError, match=clock.VARIABLE):
        clock.today()


def test_without_the_variable_it_is_the_real_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.VARIABLE, raising=False)
    assert clock.today() > date(2024, 1, 1)


def test_a_check_is_told_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[date | None] = []

    def spy(unit: Unit) -> Iterator[Match]:
        seen.append(unit.today)
        return iter(())

    monkeypatch.setattr(inspection, "_check_of", lambda rule: spy)
    raw = b"requests.get('http://api.example.net/oauth/token')"
    Linter(load().only(frozenset({"AUT301"})), Options(today=date(2026, 1, 2))).lint("a.py", raw)
    Linter(load().only(frozenset({"AUT301"}))).lint("a.py", raw)
    assert seen == [date(2026, 1, 2), None]


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        (("--today", "2026-01-02"), {}, 0),
        (("--today", "2026-1-32"), {}, 2),
        ((), {clock.VARIABLE: "1700000000"}, 0),
        ((), {clock.VARIABLE: "soon"}, 2),
        (("--today", "2026-01-02"), {clock.VARIABLE: "soon"}, 0),
    ],
)
def test_the_command_line_takes_a_day(
    tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str], code: int
) -> None:
    (tmp_path / "a.py").write_text("print(1)\n")
    command = [sys.executable, "-m", "authlint", "check", "--isolated", *arguments, "a.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
