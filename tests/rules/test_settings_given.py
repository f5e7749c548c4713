"""Settings wherever they are given a value: what a check is told of them, and where they stand."""

from __future__ import annotations

import pytest

from authlint.concepts.settings import Setting, once
from authlint.concepts.unit import Unit
from authlint.frontends import lower
from authlint.ruleset.knowledge import Knowledge
from authlint.run.catalog import load
from authlint.source import Source

KNOWLEDGE = Knowledge(load())


def every(unit: Unit) -> list[Setting]:
    meanings = sorted({row.means for library in KNOWLEDGE.ruleset.libraries for row in library.setting})
    return [setting for means in meanings for setting in once(unit, means)]


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", "verify_exp = False  # jwt", [("binding", "verify_exp = False")]),
        ("python", 'app.config["JWT_LEEWAY"] = 600', [("binding", 'app.config["JWT_LEEWAY"] = 600')]),
        ("python", 'jwt.decode(t, options={"verify_exp": False})', [("entry", '"verify_exp": False')]),
        ("python", "check(verify_exp=False, jwt=1)", [("argument", "verify_exp=False")]),
        ("python", "check(verify_exp=False)", []),  # of something else: nothing here is about JWT
        ("python", "unverify_exp = False  # jwt", []),
        ("javascript", "f({ ignoreExpiration: true })", [("entry", "ignoreExpiration: true")]),
        ("ruby", "JWT.decode(t, k, true, exp_leeway: 600)", [("argument", "exp_leeway: 600")]),
        ("yaml", "acme:\n  rotation_days: 90\n", [("binding", "rotation_days: 90")]),
        ("dotenv", "JWT_EXPIRES_IN=15m\n", [("binding", "JWT_EXPIRES_IN=15m")]),
    ],
)
def test_settings_are_found_where_they_are_given(language: str, code: str, expected: list[tuple[str, str]]) -> None:
    source = Source("app", code.encode(), language)
    unit = Unit(source, lower(source), KNOWLEDGE)
    assert [(given.how, code[slice(*given.whole)]) for given in every(unit)] == expected


def test_what_is_made_of_a_source_is_made_once() -> None:
    source = Source("app.py", b"x = 1\n", "python")
    unit = Unit(source, lower(source), KNOWLEDGE)
    made: list[Unit] = []

    def make(of: Unit) -> int:
        made.append(of)
        return len(made)

    assert [unit.derived(make), unit.derived(make)] == [1, 1]
    assert made == [unit]
