"""Every example of every rule: exactly what is marked is found, and nothing in the near-miss beside it."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from authlint.engine.linter import Linter, Options
from authlint.finding import Report
from authlint.languages import suffix
from authlint.ruleset.examples import read
from authlint.ruleset.rules import Example, Rule
from authlint.run.catalog import load

RULES = load(full=True)
TODAY = date(2026, 6, 1)
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.name}-{example.language}-{number}")
    for rule in RULES.rules
    for number, example in enumerate(rule.example)
]


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter(RULES, Options(min_confidence="low", today=TODAY))


def path_of(example: Example) -> str:
    return example.path or f"src/app{suffix(example.language)}"


def lint(linter: Linter, example: Example, raw: bytes) -> Report:
    return linter.lint(path_of(example), raw, ask_git=lambda: example.git)


def found(linter: Linter, rule: Rule, example: Example, raw: bytes) -> list[tuple[int, int]]:
    report = lint(linter, example, raw)
    assert [problem for problem in report.problems if problem.kind != "syntax"] == []
    return [finding.span for finding in report.findings if finding.code == rule.code]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_bad_example_is_flagged_exactly(linter: Linter, rule: Rule, example: Example) -> None:
    marked = read(example.bad, rule.name)
    assert marked.spans, "a bad example marks what is flagged"
    assert found(linter, rule, example, marked.text.encode()) == list(marked.spans)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_good_example_is_quiet(linter: Linter, rule: Rule, example: Example) -> None:
    assert found(linter, rule, example, read(example.good, rule.name).text.encode()) == []


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_message_level_and_confidence(linter: Linter, rule: Rule, example: Example) -> None:
    report = lint(linter, example, read(example.bad, rule.name).text.encode())
    findings = [finding for finding in report.findings if finding.code == rule.code]
    for finding in findings:
        assert "{" not in finding.message
        if example.message:
            assert finding.message == example.message
        if example.case and rule.cases[example.case].confidence:
            assert finding.confidence == rule.cases[example.case].confidence
        if example.case and rule.cases[example.case].level:
            assert finding.level == rule.cases[example.case].level


@pytest.mark.parametrize("variant", ["crlf", "bom", "after-non-ascii", "utf-16"])
@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example_survives(linter: Linter, rule: Rule, example: Example, variant: str) -> None:
    marked = read(example.bad, rule.name)
    text = marked.text
    flagged = [marked.text.encode()[start:end].decode() for start, end in marked.spans]
    if variant == "crlf":
        text, flagged = text.replace("\n", "\r\n"), [item.replace("\n", "\r\n") for item in flagged]
    raw = text.encode()
    if variant == "bom":
        raw = b"\xef\xbb\xbf" + raw
    elif variant == "utf-16":
        raw = b"\xff\xfe" + text.encode("utf-16-le")
    elif variant == "after-non-ascii":
        raw = ("é\n" if example.language in ("markdown", "text", "html", "vue", "svelte") else "").encode() + raw
    report = lint(linter, example, raw)
    data = raw[3:] if variant == "bom" else text.encode() if variant == "utf-16" else raw
    got = [data[f.span[0] : f.span[1]].decode() for f in report.findings if f.code == rule.code]
    assert got == flagged


def test_every_semantic_rule_has_its_check_and_every_check_its_rule() -> None:
    rules = {(rule.family, rule.check) for rule in RULES.rules if rule.family != "comments"}
    checks = set()
    for family in (Path(__file__).parents[2] / "authlint" / "checks").glob("[a-z]*"):
        module = importlib.import_module(f"authlint.checks.{family.stem}")  # a module, or a package of modules
        checks |= {
            (family.stem, name)
            for name, value in vars(module).items()
            if callable(value)
            and not name.startswith("_")
            and f"{getattr(value, '__module__', '')}.".startswith(f"{module.__name__}.")
        }
    assert checks == rules


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.name)
def test_rule_tells_what_why_and_what_to_do(rule: Rule) -> None:
    assert rule.why.strip()
    assert rule.fix.strip()
    assert rule.cwe
    assert rule.example
    assert len({case for case in (example.case for example in rule.example) if case} - rule.cases.keys()) == 0


def test_what_a_rule_supersedes_is_a_rule() -> None:
    for rule in RULES.rules:
        assert {name for name in rule.supersedes if RULES.find(name) is None} == set()


def test_no_rule_supersedes_itself() -> None:
    """Neither directly nor by way of others, or both would be silent."""
    for code, above in RULES.superseded_by.items():
        assert not any(code in RULES.superseded_by.get(other, ()) for other in above)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is collected but by hand, and then only what is made in the test."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def test_what_is_made_of_a_file_goes_with_it(linter: Linter, uncollected: None) -> None:
    """Were it held by a cycle, it would stay until garbage is collected, which takes a seventh of the time of a run."""
    left = {}
    for parameter in EXAMPLES:
        rule, example = parameter.values
        assert isinstance(rule, Rule)
        assert isinstance(example, Example)
        raw = read(example.bad, rule.name).text.encode()
        lint(linter, example, raw)
        gc.collect()  # what the first file of a kind loads is not asked about
        lint(linter, example, raw)
        left[rule.name, example.language] = gc.collect()
    assert {key: count for key, count in left.items() if count} == {}
