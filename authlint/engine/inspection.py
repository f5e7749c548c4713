"""What happens to a file after the pre-filter: lowered to facts, checked by each rule, weighed by where it stands."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from authlint import context, places
from authlint.concepts.encoded import Decoded, decoded
from authlint.concepts.unit import Unit
from authlint.engine.declared import matches
from authlint.engine.prefilter import ENCODED
from authlint.engine.verdict import DECODED, settle
from authlint.finding import Finding, Half, Problem, Related, Report, Skipped
from authlint.frontends import lower
from authlint.frontends.builder import Builder
from authlint.ruleset.rules import CONFIDENCES, Case, Pattern, Rule
from authlint.secret import redact
from authlint.source import Source, Span

if TYPE_CHECKING:
    from datetime import date

    from authlint.concepts.credentials.skipped import MadeUp
    from authlint.engine.linter import Linter
    from authlint.facts import Facts
    from authlint.fixes.variables import Variables
    from authlint.match import Across, Match
    from authlint.ruleset.rules import GitState

_EMBEDDED_DEPTH = 4
ENGINE = "comments"
"""The family of the rules that the engine itself reports."""


class Inspection:
    """One file on its way through the engine."""

    def __init__(
        self,
        linter: Linter,
        source: Source,
        codes: frozenset[str],
        ask_git: Callable[[], GitState] | None = None,
    ) -> None:
        """``codes`` are those of the rules that could find something."""
        self._ask_git = ask_git
        self.depends_on_more = False
        """Whether the report depends on more than the file: on what day it is, or on what git says."""
        self.linter = linter
        self.source = source
        self.codes = codes
        self.problems: list[Problem] = []
        self.comments: list[Span] | None = None
        self.units: list[Unit] = []
        self.variables: Variables | None = None
        self.matches: dict[tuple[str, Span], tuple[Rule, Match, Unit]] = {}
        self.across: dict[tuple[str, Span], Across] = {}
        self.secrets: dict[tuple[str, Span], str] = {}

    def report(self, size: int) -> Report:
        """What the file gave; ``size`` is its number of bytes before they were decoded. To be asked for once."""
        try:
            return self._report(size)
        finally:  # units can ask this object, and would all stay until the collector comes by
            self.matches.clear()
            for unit in self.units:
                unit.forget()
            self.units.clear()

    def _report(self, size: int) -> Report:
        found: list[Finding] = []
        skipped: list[MadeUp] = []
        for unit, codes in self._units():
            found.extend(self._check(unit, codes))
            if self.linter.options.explain:
                skipped.extend(self._made_up(unit))
        kept, suppressed = settle(found, self.source, self.linter.ruleset, self.comments, self.secrets)
        explained = tuple(self._explained(skipped, found)) if skipped else ()
        kept = [self._with_fix(finding) for finding in kept]
        halves = tuple(self._halves(kept)) if self.across else ()
        whole = tuple(f for f in kept if (f.code, f.span) not in self.across) if halves else tuple(kept)
        return Report(self.source.path, whole, tuple(self.problems), size, suppressed, explained, halves)

    def _halves(self, kept: list[Finding]) -> Iterator[Half]:
        """What is a finding only together with another file, without the secret that tells."""
        for finding in kept:
            across = self.across.get((finding.code, finding.span))
            if across is not None:
                secret = across.secret.encode("utf-8", "surrogatepass")
                digest = hashlib.blake2b(secret, digest_size=16, key=self.linter.options.key).digest()
                yield Half(finding, digest, across.place, across.kind)

    def _day(self) -> date | None:
        self.depends_on_more = True
        return self.linter.options.today

    def _git_state(self) -> GitState:
        self.depends_on_more = True
        return self._ask_git() if self._ask_git is not None else ""

    def _units(self) -> Iterator[tuple[Unit, frozenset[str]]]:
        """The file itself and every source embedded in it, each with the rules that concern it."""
        waiting = deque([(self.source, self.codes, 0)])
        while waiting:
            source, codes, depth = waiting.popleft()
            facts = self._lower(source)
            if facts.comments or source.language != "text":
                self.comments = self.comments or []
                self.comments.extend(source.to_root(comment.span) for comment in facts.comments)
            if source.parent is None and facts.broken:
                self._say_broken(source, facts.broken)
            options = self.linter.options
            unit = Unit(
                source,
                facts,
                self.linter.knowledge,
                internal_hosts=options.internal_hosts,
                ask_day=self._day,
                ask_git=self._git_state,
            )
            self.units.append(unit)
            yield unit, codes
            if ENCODED in codes and source.parent is None:
                hidden = ((child, self.linter.wanted_of_decoded(child.data, source)) for child in self._decoded())
                waiting.extend((child, wanted, _EMBEDDED_DEPTH) for child, wanted in hidden if wanted)
            if depth < _EMBEDDED_DEPTH:
                for child in facts.embedded:
                    concerned = self.linter.concerned(self.linter.wanted(child.data) & self.codes, child.language)
                    if concerned or self.linter.options.explain:
                        waiting.append((child, concerned, depth + 1))

    def _made_up(self, unit: Unit) -> list[MadeUp]:
        from authlint.concepts.credentials.skipped import made_up  # noqa: PLC0415 - seldom asked for

        try:
            return [item._replace(span=unit.source.to_root(item.span)) for item in made_up(unit)]
        except Exception as error:  # as for checks
            message = f"what was skipped cannot be told: {type(error).__name__}"
            self.problems.append(Problem(unit.source.path, "crash", message))
            return []

    def _explained(self, skipped: list[MadeUp], found: list[Finding]) -> Iterator[Skipped]:
        """What was held to be made up and is part of no finding, each once."""
        last = -1
        for item in sorted(skipped, key=lambda item: (item.span[0], -item.span[1])):
            start, end = item.span
            if start >= last and not any(start < f.span[1] and f.span[0] < end for f in found):
                last = end
                name, value = redact.clean(item.name), redact.mask(item.value)
                yield Skipped(*self.source.position(start), value, name, item.judgement.reason)

    def _decoded(self) -> Iterator[Decoded]:
        beginnings = [beginning.encode() for beginning in self.linter.ruleset.packs.outline.beginnings]
        return decoded(self.source, beginnings)

    def _lower(self, source: Source) -> Facts:
        try:
            return lower(source)
        except Exception as error:  # the file's text is still checked, and the report says so
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
                if rule.family != ENGINE:
                    self._say_lifeless(rule)
                continue
            try:
                for match in check(unit):
                    finding = self._finding(unit, rule, match)
                    if finding is not None:
                        self.matches[rule.code, finding.span] = rule, match, unit
                        yield finding
            except Exception as error:  # a crash of one check must not take the others with it
                self.problems.append(
                    Problem(unit.source.path, "crash", f"rule {rule.code} crashed: {type(error).__name__}")
                )

    def _say_lifeless(self, rule: Rule) -> None:
        """A rule of the user that can find nothing is said, once a file."""
        message = f"rule {rule.code} ({rule.name}) has no [match], so that it finds nothing"
        problem = Problem(self.source.path, "config", message)
        if problem not in self.problems:
            self.problems.append(problem)

    def _finding(self, unit: Unit, rule: Rule, match: Match) -> Finding | None:
        case = rule.cases.get(match.case, Case()) if match.case else Case()
        confidence = case.confidence or rule.confidence
        if CONFIDENCES.index(confidence) < CONFIDENCES.index(self.linter.options.min_confidence):
            return None
        level = context.weigh(
            case.level or rule.level,
            rule.contexts,
            docs=unit.context.docs,
            test=unit.context.test,
            development=places.is_development(unit.source.path)
            or context.in_development(unit.facts, unit.facts.scope_at(match.span)),
        )
        if level is None:
            return None
        span = unit.source.to_root(match.span)
        if match.across is not None:
            self.across[rule.code, span] = match.across
        if match.secret:
            self.secrets[rule.code, span] = match.secret
        start, end = self.source.position(span[0]), self.source.position(span[1])
        tags: tuple[str, ...] = ()
        if unit.context.docs and context.is_counterexample(self.source, start.line):
            level, tags = "info", ("counterexample",)
        template = case.message or rule.message
        if isinstance(unit.source, Decoded):
            template, tags = f"{template} ({unit.source.encoding})", (*tags, DECODED)
        fields = {name: redact.clean(value) for name, value in match.fields.items()}
        related = tuple(
            Related(message, *self.source.position(unit.source.to_root(place)[0])) for message, place in match.related
        )
        return Finding(
            rule.code, rule.name, template.format_map(fields), level, confidence, self.source.path, start.line,
            start.column, end.line, end.column, unit.source.language, "", span, match.provider, tags, related,
        )  # fmt: skip

    def _with_fix(self, finding: Finding) -> Finding:
        """A finding with how to put it right, if a function knows that. Counter-examples are to stay as they are."""
        rule, match, unit = self.matches.get((finding.code, finding.span), (None, None, None))
        if rule is None or match is None or unit is None or finding.tags or not rule.autofix:
            return finding
        from authlint.fixes import fix_of  # noqa: PLC0415 - few files have a finding
        from authlint.fixes.variables import Variables  # noqa: PLC0415 - the same

        self.variables = self.variables or self.linter.variables or Variables()
        try:
            fix = fix_of(rule, match, unit, self.units, self.variables)
        except Exception as error:  # as for checks
            self.problems.append(
                Problem(unit.source.path, "crash", f"the fix of rule {rule.code} crashed: {type(error).__name__}")
            )
            return finding
        if fix is None:
            return finding
        position = self.source.position
        places = tuple((position(edit.span[0]), position(edit.span[1])) for edit in fix.edits)
        return finding._replace(fix=fix._replace(places=places))


def load(linter: Linter) -> None:
    """Load all that rules need: functions, providers and libraries."""
    for rule in linter.ruleset.rules:
        _check_of(rule)
    linter.knowledge  # noqa: B018 - it is made when it is first asked for


def _check_of(rule: Rule) -> Callable[[Unit], Iterator[Match]] | None:
    """What a rule's ``[match]`` describes, or the function that its name and family stand for.

    ``None`` for rules that the engine itself reports.
    """
    if rule.match != Pattern():
        return partial(matches, rule)
    try:
        module = import_module(f"authlint.checks.{rule.family}")
    except ModuleNotFoundError:
        return None  # a family of the user's own
    check: Callable[[Unit], Iterator[Match]] | None = getattr(module, rule.check, None)
    return check
