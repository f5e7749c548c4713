"""The pure core: bytes in, a report out. No file is read, no environment, no clock.

Pre-filter → front-end → facts → concepts → checks → context → ignore comments → report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from authlint import context, languages
from authlint.finding import Finding, Problem, Related, Report
from authlint.prefilter import Prefilter
from authlint.rules import CONFIDENCES, Case, Confidence, Rule, RuleSet
from authlint.source import Source, Span, decode

if TYPE_CHECKING:
    from authlint.concepts.unit import Unit
    from authlint.facts import Facts
    from authlint.knowledge import Knowledge
    from authlint.match import Match

_EMBEDDED_DEPTH = 4
_HEAD = 8192


@dataclass(frozen=True, slots=True)
class Options:
    """What a run wants to see, beyond the choice of rules."""

    min_confidence: Confidence = "medium"
    examples_in_code: str = "warning"
    internal_hosts: tuple[str, ...] = ()


class Linter:
    """A rule set made ready: build one, then lint any number of files with it."""

    def __init__(self, ruleset: RuleSet, options: Options | None = None) -> None:
        """Compile the pre-filter of a rule set. Everything else is loaded when a file first needs it."""
        self.ruleset = ruleset
        self.options = options or Options()
        self._prefilter = Prefilter(ruleset)

    def lint(self, path: str, raw: bytes, language: str = "") -> Report:
        """Lint one file. ``path`` is what is reported, with ``/``; ``raw`` the bytes as they are on disk.

        ``language`` overrides what the path and the first bytes say. Never raises: what goes wrong is a problem in
        the report.
        """
        utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        codes, has_ignores = self._prefilter.wanted(decode(raw) if utf16 else raw)
        if not codes and not has_ignores:
            return Report(path, bytes=len(raw))
        data = decode(raw)
        source = Source(path, data, language or languages.detect(path, data[:_HEAD]))
        codes -= self._switched_off(context.place_of(path, source.language))
        if not codes and not has_ignores:
            return Report(path, bytes=len(raw))
        return _Run(self, source, codes).report(len(raw))

    def _switched_off(self, place: str) -> frozenset[str]:
        """The codes of the rules that report nothing in documentation or in tests, whatever they find."""
        return self._off.get(place, frozenset())

    @cached_property
    def _off(self) -> dict[str, frozenset[str]]:
        rules = self.ruleset.rules
        return {
            "docs": frozenset(rule.code for rule in rules if rule.contexts.docs == "off"),
            "test": frozenset(rule.code for rule in rules if rule.contexts.test == "off"),
        }

    @cached_property
    def knowledge(self) -> Knowledge:
        """Libraries and providers, indexed."""
        from authlint.knowledge import Knowledge  # costs start-up time that a clean file need not pay

        return Knowledge(self.ruleset)

    def wanted(self, data: bytes) -> frozenset[str]:
        """The codes of the rules that could find something in these bytes."""
        return self._prefilter.wanted(data)[0]


class _Run:
    """One file on its way through the engine."""

    def __init__(self, linter: Linter, source: Source, codes: frozenset[str]) -> None:
        self.linter = linter
        self.source = source
        self.codes = codes
        self.problems: list[Problem] = []
        self.comments: list[Span] | None = None

    def report(self, size: int) -> Report:
        from authlint.verdict import settle  # as above: only files with a hit pay for it

        found = [finding for unit, codes in self._units() for finding in self._check(unit, codes)]
        kept, suppressed = settle(found, self.source, self.linter.ruleset, self.comments)
        return Report(self.source.path, tuple(kept), tuple(self.problems), size, suppressed)

    def _units(self) -> Iterator[tuple[Unit, frozenset[str]]]:
        """The file itself and every source embedded in it, each with the rules that concern it."""
        from authlint.concepts.unit import Unit

        waiting = [(self.source, self.codes, 0)]
        while waiting:
            source, codes, depth = waiting.pop(0)
            facts = self._lower(source)
            if facts.comments or source.language not in ("text", "ruby", "powershell"):
                self.comments = (self.comments or []) + [source.to_root(comment.span) for comment in facts.comments]
            if source.parent is None and facts.broken:
                self._say_broken(source, facts.broken)
            yield Unit(source, facts, self.linter.knowledge, internal_hosts=self.linter.options.internal_hosts), codes
            if depth < _EMBEDDED_DEPTH:
                inner = ((child, self.linter.wanted(child.data) & self.codes, depth + 1) for child in facts.embedded)
                waiting.extend(child for child in inner if child[1])

    def _lower(self, source: Source) -> Facts:
        from authlint.frontends import lower
        from authlint.frontends.builder import Builder

        try:
            return lower(source)
        except Exception as error:  # noqa: BLE001 - the file's text is still checked, and the report says so
            message = f"the {source.language} front-end crashed: {type(error).__name__}"
            self.problems.append(Problem(self.source.path, "crash", message))
            return Builder(source).finish()

    def _say_broken(self, source: Source, broken: list[Span]) -> None:
        line = source.line_of(min(broken)[0])
        message = f"does not parse as {source.language} (line {line}); what was understood and the text were checked"
        self.problems.append(Problem(source.path, "syntax", message))

    def _check(self, unit: Unit, codes: frozenset[str]) -> Iterator[Finding]:
        for rule in self.linter.ruleset.rules:
            if rule.code not in codes or (rule.lexical and not unit.is_file):
                continue
            check = _check_of(rule)
            if check is None:
                continue
            try:
                for match in check(unit):
                    finding = self._finding(unit, rule, match)
                    if finding is not None:
                        yield finding
            except Exception as error:  # noqa: BLE001 - a crash of one check must not take the others with it
                self.problems.append(
                    Problem(unit.source.path, "crash", f"rule {rule.code} crashed: {type(error).__name__}")
                )

    def _finding(self, unit: Unit, rule: Rule, match: Match) -> Finding | None:
        from authlint import redact

        case = rule.cases.get(match.case, Case()) if match.case else Case()
        confidence = case.confidence or rule.confidence
        if CONFIDENCES.index(confidence) < CONFIDENCES.index(self.linter.options.min_confidence):
            return None
        level = context.weigh(
            case.level or rule.level,
            rule.contexts,
            docs=unit.context.docs,
            test=unit.context.test,
            development=context.in_development(unit.facts, unit.facts.scope_at(match.span)),
        )
        if level is None:
            return None
        span = unit.source.to_root(match.span)
        start, end = self.source.position(span[0]), self.source.position(span[1])
        tags: tuple[str, ...] = ()
        if unit.context.docs and context.is_counterexample(self.source, start.line):
            level, tags = "info", ("counterexample",)
        template = case.message or rule.message
        fields = {name: redact.clean(value) for name, value in match.fields.items()}
        related = tuple(
            Related(message, *self.source.position(unit.source.to_root(place)[0])) for message, place in match.related
        )
        return Finding(
            rule.code, rule.name, template.format_map(fields), level, confidence, self.source.path, start.line,
            start.column, end.line, end.column, unit.source.language, "", span, match.provider, tags, related,
        )  # fmt: skip


def _check_of(rule: Rule) -> Callable[[Unit], Iterator[Match]] | None:
    """The function that a rule's name and family stand for; ``None`` for rules that the engine itself reports."""
    module = import_module(f"authlint.checks.{rule.family}")
    check: Callable[[Unit], Iterator[Match]] | None = getattr(module, rule.check, None)
    return check
