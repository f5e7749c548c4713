"""A statement is put before or behind the one that something stands in, on a line of its own."""

from __future__ import annotations

import re
from collections import defaultdict

from authlint.concepts.unit import Unit, once
from authlint.edits import Edit
from authlint.facts import Lambda
from authlint.fixes.additions import line_end
from authlint.source import Span

_LEAD = re.compile(
    rb"(?P<indent>[ \t]*)(?:(?:if|unless)[ \t]+(?:not[ \t]+)?|if[ \t]*\([ \t]*!?|(?:await|export)[ \t]+)?\Z"
)
_BRACES = frozenset({"javascript", "typescript", "tsx"})
_GOES_ON = re.compile(rb"(?:[,(\[=+*/&.<>\\-]|(?<![\w|])\||\b(?:and|or|not|in|is|if|else|return))\s*\Z")
_REST = re.compile(rb"[ \t]*(?:(?://|#)[^\r\n]{0,400}|/\*[^\r\n*]{0,400}\*/)?[ \t]*(?:\r?\n|\Z)")
_REACH = 400


def before(unit: Unit, span: Span, *lines: str) -> Edit | None:
    """The edit that puts lines before the statement around a span; ``None`` where it does not begin a line."""
    start = _start(unit, statement_around(unit, span) or span)
    if start is None:
        return None
    begin = unit.source.data.rfind(b"\n", 0, start) + 1
    newline = line_end(unit)
    indent = unit.source.data[begin:start].decode()
    return Edit((begin, begin), "".join(f"{indent}{line}{newline}" for line in lines))


def behind(unit: Unit, span: Span, line: str) -> Edit | None:
    """The edit that puts a line behind the statement that has a span; ``None`` where that does not end its line."""
    data, start = unit.source.data, _start(unit, span)
    end = span[1] + (data[span[1] : span[1] + 1] == b";")
    if start is None or _REST.match(data, end) is None:
        return None
    end = next((at for at in (data.find(b"\r\n", end), data.find(b"\n", end)) if at >= 0), len(data))
    indent = data[data.rfind(b"\n", 0, start) + 1 : start].decode()
    return Edit((end, end), f"{line_end(unit)}{indent}{line}")


def statement_around(unit: Unit, span: Span) -> Span | None:
    """The largest thing around a span that is done at once: an assignment, a return, a call."""
    facts = unit.facts
    function = facts.function_of(facts.scope_at(span))
    first, last = facts.scopes[function].span
    steps = unit.derived(_steps).get(function, ())
    around = [step for step in steps if first <= step[0] <= span[0] and span[1] <= step[1] <= last]
    return max(around, key=lambda place: (place[1] - place[0], -place[0]), default=None)


@once
def _steps(unit: Unit) -> dict[int, list[Span]]:
    """Assignments, returns and calls, by the function that they are in."""
    facts = unit.facts
    found: dict[int, list[Span]] = defaultdict(list)
    for binding in facts.bindings:
        if not isinstance(binding.value, Lambda):
            found[facts.function_of(binding.scope)].append(binding.span)
    others = [*((item.scope, item.span) for item in facts.returns), *((call.scope, call.span) for call in facts.calls)]
    for scope, span in others:
        found[facts.function_of(scope)].append(span)
    return found


def body_of(unit: Unit, function: int) -> Span | None:
    """The first thing that is done in a function."""
    facts, scope = unit.facts, unit.facts.scopes[function]
    head = max((parameter.span[1] for parameter in scope.params), default=scope.span[0])
    inside = [step for step in unit.derived(_steps).get(function, ()) if step[0] >= head]
    inside += [s.head.span for s in facts.scopes if s.head and s.head.span[0] >= head and s.parent == function]
    return min(inside, default=None)


def _start(unit: Unit, span: Span) -> int | None:
    """Where the line's text begins that a statement begins, if it does, and something may be put before it."""
    data = unit.source.data
    begin = data.rfind(b"\n", 0, span[0]) + 1
    lead = _LEAD.match(data, begin, span[0])
    place = unit.facts.enclosing(unit.facts.scope_at(span), "function", "class")
    if lead is None or unit.facts.scopes[place].kind == "class":
        return None
    return lead.end("indent") if _follows_statement(unit, begin) else None


def _follows_statement(unit: Unit, begin: int) -> bool:
    """Whether what stands above a line is over."""
    data, at = unit.source.data, begin
    comments = unit.derived(_comments)
    while at and (data[at - 1 : at].isspace() or at in comments):
        at = comments.get(at, at - 1)
    if at == 0:
        return True
    if unit.source.language in _BRACES:
        return data[at - 1 : at] in (b"{", b"}", b";") or at in unit.derived(_ends)
    return _GOES_ON.search(data, max(0, at - _REACH), at) is None


@once
def _comments(unit: Unit) -> dict[int, int]:
    return {comment.span[1]: comment.span[0] for comment in unit.facts.comments}


@once
def _ends(unit: Unit) -> frozenset[int]:
    """Where something ends that is a statement by itself, as far as that is known."""
    steps = (span[1] for spans in unit.derived(_steps).values() for span in spans)
    return frozenset(steps).union(item.span[1] for item in unit.facts.imports)
