"""The core is pure: the same bytes and rules give the same report, whatever is around it, and nothing is touched."""

from __future__ import annotations

import builtins
import os
import random
import socket
import subprocess
import time
from typing import NoReturn

import pytest

from authlint.engine.linter import Linter, Options
from authlint.finding import Report
from authlint.languages import suffix
from authlint.ruleset.examples import read
from authlint.ruleset.rules import RuleSet
from authlint.run.catalog import load

RULES = load(full=True)
FILES = [
    (f"src/app{number}{suffix(example.language)}", read(text, rule.name).text.encode())
    for rule in RULES.rules
    for number, example in enumerate(rule.example)
    for text in (example.bad, example.good)
]


def reports(linter: Linter) -> list[Report]:
    return [linter.lint(path, raw) for path, raw in FILES]


def refuse(*arguments: object, **named: object) -> NoReturn:
    raise AssertionError("the core reached outside")


class NoEnvironment:
    def __getattribute__(self, name: str) -> NoReturn:
        refuse()

    __getitem__ = __contains__ = __iter__ = refuse


def test_linting_reads_no_file_no_environment_and_no_clock() -> None:
    expected = reports(Linter(RULES))
    assert sum(len(report.findings) for report in expected) >= len(RULES.rules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", NoEnvironment())
        for module, names in {
            builtins: ("open", "print", "input"),
            os: ("open", "stat", "listdir", "scandir", "getcwd", "getenv", "urandom"),
            random: ("random", "choice"),
            socket: ("socket", "getaddrinfo"),
            subprocess: ("Popen",),
            time: ("time", "time_ns", "monotonic", "perf_counter", "sleep"),
        }.items():
            for name in names:
                patch.setattr(module, name, refuse)
        again = reports(Linter(RULES))
    assert again == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rules_and_files_changes_nothing(seed: int) -> None:
    options = Options(min_confidence="low")
    expected = dict(zip(FILES, reports(Linter(RULES, options)), strict=True))
    shuffled = random.Random(seed)  # noqa: S311 - to shuffle
    rules, files = list(RULES.rules), list(FILES)
    shuffled.shuffle(rules)
    shuffled.shuffle(files)
    linter = Linter(RuleSet(tuple(rules), RULES.providers, RULES.libraries), options)
    for path, raw in files:
        assert linter.lint(path, raw) == expected[path, raw]
