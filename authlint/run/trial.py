"""Rules tried on their own examples: what exactly differs from what is marked. Part of the edge, for ``rules test``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from authlint.engine.linter import Linter
from authlint.finding import Finding
from authlint.languages import suffix
from authlint.ruleset.examples import Marked, read
from authlint.ruleset.rules import Example, Rule
from authlint.secret.redact import clean
from authlint.source import Source, Span, decode

_SHOWN = 60


class Difference(NamedTuple):
    """One thing that is not as an example says; ``where`` names rule and example, ``line`` and ``column`` are its."""

    where: str
    line: int
    column: int
    message: str


def differences(linter: Linter, rule: Rule) -> Iterator[Difference]:
    """Everything in which a rule and its examples do not agree, example by example."""
    for number, example in enumerate(rule.example, 1):
        for kind, code in (("bad", example.bad), ("good", example.good)):
            where = f"{rule.code} {rule.name}: example {number} ({example.language}), {kind}"
            try:
                marked = read(code, rule.name)
            except ValueError as error:
                yield Difference(where, 1, 1, str(error))
                continue
            if kind == "bad" and not marked.spans:
                yield Difference(where, 1, 1, "nothing is marked; put « and » around what is flagged")
            elif kind == "good" and marked.spans:
                yield Difference(where, 1, 1, "something is marked; a good example has nothing to flag")
            else:
                yield from _compare(linter, rule, example, marked, where)


def _compare(linter: Linter, rule: Rule, example: Example, marked: Marked, where: str) -> Iterator[Difference]:
    path = example.path or f"src/app{suffix(example.language)}"
    raw = marked.text.encode()
    source = Source(path, decode(raw), example.language)
    report = linter.lint(path, raw, "" if example.path else example.language)
    for problem in report.problems:
        yield Difference(where, 1, 1, f"{problem.kind}: {problem.message}")
    found = {finding.span: finding for finding in report.findings if finding.code == rule.code}
    for span in marked.spans:
        if span not in found:
            yield _at(source, where, span, f"expected, not found: {_shown(source, span)}")
    for span, finding in found.items():
        if span not in marked.spans:
            yield _at(source, where, span, f"found, not expected: {_shown(source, span)}")
        else:
            for message in _words(rule, example, finding):
                yield _at(source, where, span, message)


def _words(rule: Rule, example: Example, finding: Finding) -> Iterator[str]:
    """What is said of a place that was found, against what the example says."""
    if example.message and finding.message != example.message:
        yield f"message is '{clean(finding.message)}', expected '{clean(example.message)}'"
    case = rule.cases.get(example.case)
    if case is not None and case.level and finding.level != case.level:
        yield f"level is {finding.level}, expected {case.level} as in case '{example.case}'"
    if case is not None and case.confidence and finding.confidence != case.confidence:
        yield f"confidence is {finding.confidence}, expected {case.confidence} as in case '{example.case}'"


def _at(source: Source, where: str, span: Span, message: str) -> Difference:
    return Difference(where, *source.position(span[0]), message)


def _shown(source: Source, span: Span) -> str:
    """A place in words: where it ends, and the beginning of its text without secrets."""
    from authlint.secret.redact import mask_line  # noqa: PLC0415 - only differences are shown

    end = source.position(span[1])
    text = mask_line(source.data[span[0] : span[1]].decode("utf-8", "replace").partition("\n")[0])
    more = "…" if len(text) > _SHOWN or b"\n" in source.data[span[0] : span[1]] else ""
    return f"to {end.line}:{end.column}, {clean(text[:_SHOWN])}{more}"
