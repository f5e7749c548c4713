"""A small linter for the tests of what is around the engine: it flags words, so that no test here depends on a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.engine.linter import Known, Options
from authlint.engine.prefilter import Store
from authlint.finding import Finding, Problem, Report
from authlint.ruleset.rules import Level, Rule, RuleSet
from authlint.source import Source, decode


def rule(code: str, name: str, level: Level = "error") -> Rule:
    return Rule(
        name=name,
        code=code,
        summary=f"Summary of {name}",
        message=f"the word of {name} is here",
        level=level,
        confidence="high",
        security_severity=5.0,
        cwe=(200,),
        owasp=("A07:2021",),
        why="Because it matters.\nMuch.",
        fix="Take the word away. Then look again.",
        references=("https://example.com/",),
        keywords=(name,),
    )


RULES = RuleSet(
    (
        rule("AUT101", "bad-error"),
        rule("AUT102", "bad-warning", "warning"),
        rule("AUT201", "bad-info", "info"),
        rule("AUT301", "bad-other"),
    )
)
WORDS = {"BADERROR": "AUT101", "BADWARNING": "AUT102", "BADINFO": "AUT201", "BADOTHER": "AUT301"}


class WordLinter:
    """Has the engine's signature. ``CRASH`` in a file makes it raise, ``BROKEN`` is a syntax problem."""

    def __init__(
        self,
        ruleset: RuleSet,
        options: Options | None = None,
        store: Store | None = None,
        known: Known | None = None,
    ) -> None:
        self.rules = {rule.code: rule for rule in ruleset.rules}

    def lint(self, path: str, raw: bytes, language: str = "", ask_git: object = None) -> Report:
        source = Source(path, decode(raw), language or "text")
        if b"CRASH" in raw:
            raise ValueError("holds what is in the file")
        problems = (Problem(path, "syntax", "does not parse as text (line 1)"),) if b"BROKEN" in raw else ()
        return Report(path, tuple(self._findings(source)), problems, len(raw))

    def prepare(self) -> None:
        """Nothing is loaded later."""

    def _findings(self, source: Source) -> Iterator[Finding]:
        for match in re.finditer(rb"BAD[A-Z]+", source.data):
            found = self.rules.get(WORDS.get(match[0].decode(), ""))
            if found is not None:
                start, end = source.position(match.start()), source.position(match.end())
                yield Finding(
                    found.code, found.name, found.message, found.level, "high", source.path, start.line, start.column,
                    end.line, end.column, source.language, f"print-{match.start()}", match.span(),
                )  # fmt: skip
