"""What the tests of the life of a token share: a linter with these rules alone, that knows what day it is."""

from __future__ import annotations

from datetime import date

from authlint.engine.linter import Linter, Options
from authlint.finding import Finding
from authlint.run.catalog import load

RULES = load()
LIFE = RULES.only(frozenset(rule.code for rule in RULES.rules if rule.family == "lifecycle"))
TODAY = date(2026, 6, 1)
LINTER = Linter(LIFE, Options(min_confidence="low", today=TODAY))


def findings(path: str, code: str, linter: Linter = LINTER) -> list[Finding]:
    report = linter.lint(path, code.encode())
    assert [problem for problem in report.problems if problem.kind != "syntax"] == []
    return list(report.findings)


def codes(path: str, code: str) -> list[str]:
    return [f"{f.code} {f.level} {f.confidence}" for f in findings(path, code)]
