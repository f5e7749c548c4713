"""Fixes are applied: in rounds, each looked at again, and none that makes anything worse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from authlint.edits import Edit, Fix, apply, moved, overlap
from authlint.finding import Finding, Problem, Report
from authlint.languages import detect
from authlint.repair import imports
from authlint.repair.imports import NOT_PYTHON
from authlint.repair.verify import Refused, broken, judge
from authlint.source import Source, decode, encode

_ROUNDS, _AT_ONCE = 200, 500
_HEAD = 8192


class Applied(NamedTuple):
    """A finding that is gone, its fix, and what was taken out of the file for it. The last is for nobody to see."""

    finding: Finding
    fix: Fix
    removed: tuple[str, ...]


class Repaired(NamedTuple):
    """What came of a file: its bytes before and after, what was put right, what could not be, and what is left.

    ``rounds`` are the edits that were made to its text, one group after the other.
    """

    before: bytes
    after: bytes
    applied: tuple[Applied, ...]
    problems: tuple[Problem, ...]
    report: Report
    rounds: tuple[tuple[Edit, ...], ...] = ()


class _State(NamedTuple):
    """A file on its way: its text, what is found in it, and how much of it does not parse."""

    data: bytes
    report: Report
    broken: tuple[int, int]


class Repair:
    """Puts right what has a fix, in one file."""

    def __init__(
        self, path: str, lint: Callable[[bytes], Report], wanted: Callable[[Finding], bool], language: str = ""
    ) -> None:
        """``lint`` looks at the file's bytes; ``wanted`` says whether a finding is to be put right.

        ``language`` is the file's, if it is another one than its name tells.
        """
        self.path = path
        self._lint = lint
        self._wanted = wanted
        self._raw = b""
        self._language = language
        self._refused: dict[tuple[str, int], str] = {}
        self._applied: list[Applied] = []
        self._rounds: list[tuple[Edit, ...]] = []
        self._problems: list[Problem] = []

    def run(self, raw: bytes) -> Repaired:
        """The file with all that can be put right. Nothing is written anywhere."""
        self._raw = raw
        data = decode(raw)
        self._language = self._language or detect(self.path, data[:_HEAD])
        state = _State(data, self._lint(raw), broken(self._source(data)))
        first = self._open(state)
        if first and encode(data, raw) != raw:
            self._problems.append(self._problem("is not fixed: its encoding would not stay as it is"))
            return self._result(state)
        if first and self._language == "python" and not imports.parses(data):
            self._problems.append(self._problem(f"is not fixed: it {NOT_PYTHON}"))
            return self._result(state)
        for _ in range(_ROUNDS):
            chosen = list(islice(_apart(self._open(state)), _AT_ONCE))
            if not chosen:
                break
            state = self._round(state, chosen)
        return self._result(state)

    def _result(self, state: _State) -> Repaired:
        after = encode(state.data, self._raw) if self._applied else self._raw
        told = dict.fromkeys(self._refused.values())
        problems = [*self._problems, *(self._problem(reason) for reason in told)]
        return Repaired(self._raw, after, tuple(self._applied), tuple(problems), state.report, tuple(self._rounds))

    def _open(self, state: _State) -> list[Finding]:
        """What is still to be put right, in the order of the file."""
        findings = (finding for finding in state.report.findings if finding.fix and self._wanted(finding))
        return [finding for finding in findings if (finding.code, finding.span[0]) not in self._refused]

    def _round(self, state: _State, chosen: list[Finding]) -> _State:
        """The state after as many of the fixes as go together; what is to blame for a failure is refused."""
        while chosen:
            try:
                new, edits = self._attempt(state, chosen)
            except Refused as refused:
                to_blame = [f for f in chosen if (f.code, f.span) in refused.spans]
                if len(chosen) == 1 or to_blame:
                    self._refuse(to_blame or chosen, str(refused))
                    chosen = [finding for finding in chosen if finding not in to_blame] if to_blame else []
                else:
                    chosen = chosen[: len(chosen) // 2]
                continue
            for finding in chosen:
                if finding.fix:
                    removed = (state.data[slice(*edit.span)].decode("utf-8", "replace") for edit in finding.fix.edits)
                    self._applied.append(Applied(finding, finding.fix, tuple(filter(None, removed))))
            self._rounds.append(tuple(edits))
            self._refused = {(code, moved(at, edits)): reason for (code, at), reason in self._refused.items()}
            return new
        return state

    def _refuse(self, findings: list[Finding], reason: str) -> None:
        for finding in findings:
            place = f"line {finding.line}: {finding.code} is not fixed: {reason}"
            self._refused[finding.code, finding.span[0]] = place

    def _attempt(self, state: _State, chosen: list[Finding]) -> tuple[_State, list[Edit]]:
        source = self._source(state.data)
        edits = [edit for finding in chosen if finding.fix for edit in finding.fix.edits]
        edits = sorted({*edits, *self._imports(source, chosen)})
        data = apply(state.data, edits)
        if self._language == "python" and not imports.parses(data):
            raise Refused("the file would not be Python any more")
        try:
            raw = encode(data, self._raw)
        except UnicodeError:
            raise Refused("its text cannot be written in the encoding of the file") from None
        new = _State(data, self._lint(raw), broken(self._source(data)))
        judge(state.report, new.report, chosen, edits)
        if new.broken > state.broken:
            raise Refused("the file would not parse any more")
        return new, edits

    def _imports(self, source: Source, chosen: list[Finding]) -> list[Edit]:
        needing = [finding for finding in chosen if finding.fix and finding.fix.imports]
        try:
            return imports.added(source, map(_needs, needing))
        except Refused as refused:
            alone = [finding for finding in needing if not _can_import(source, finding)]
            spans = frozenset((finding.code, finding.span) for finding in alone or needing)
            raise Refused(str(refused), spans) from None

    def _source(self, data: bytes) -> Source:
        return Source(self.path, data, self._language)

    def _problem(self, message: str) -> Problem:
        return Problem(self.path, "unfixed", message)


def _apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings whose fixes do not get in each other's way, the first ones first."""
    taken: list[Edit] = []
    for finding in findings:
        if finding.fix and not overlap(finding.fix.edits, taken):
            taken.extend(finding.fix.edits)
            taken.sort()
            yield finding


def _needs(finding: Finding) -> tuple[int, tuple[str, ...]]:
    """Where a fix needs modules, and which."""
    return (finding.fix.edits[0].span[0], finding.fix.imports) if finding.fix else (0, ())


def _can_import(source: Source, finding: Finding) -> bool:
    try:
        return bool(imports.added(source, [_needs(finding)]))
    except Refused:
        return False
