"""What is written to logs, consoles and terminals."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from authlint.concepts.credentials.secret_names import reveals
from authlint.concepts.unit import Unit
from authlint.facts import Call, Compare, Const, Member, Opaque, Ref, Text, Value, children, walk
from authlint.names import last, split
from authlint.source import Span


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LOGGERS = frozenset(("log", "logger", "logging", "logs"))
_NOT_WRITING = _words(
    """setLevel getLogger getChild addHandler add remove configure child bind with basicConfig level setup new create
    init push filter map forEach join addFilter close end on once opt contextualize getEffectiveLevel isEnabledFor
    append extend insert get set pop clear read items keys values find some every slice reduce sort includes indexOf
    update save has delete count parse open"""
)
_NO_MESSAGE = frozenset(("file", "end", "sep", "flush", "level", "exc_info", "stack_info", "stacklevel", "err", "nl"))
_WRITING_IS_RETURNING = frozenset(("shell", "powershell"))
_ON_SCREEN = re.compile(r"(?i)Write-(?:Host|Verbose|Debug|Warning|Error|Information)$|Out-Host$")
"""What never gives a result, whatever it stands in: ``return Write-Host $Token``."""
_ERRORS = frozenset(("error", "errors", "error_description"))
_SUCCESSES = frozenset(("ok", "is_success", "success", "isSuccess"))
_MAKING = (("generate",), ("gen",), ("create",))
_NEARBY = 64
_LOWEST, _HIGHEST = 200, 600  # of HTTP statuses
_STANDARD = frozenset(("stdout", "stderr"))


@dataclass(frozen=True, slots=True)
class LogCall:
    """A call that writes ``values`` where others can read them; ``printed``: to the terminal of who runs it."""

    call: Call
    values: tuple[Value, ...]
    to: str
    printed: bool


def log_calls(unit: Unit) -> Iterator[LogCall]:
    """Every call that writes to a log: what a library row says, and any method of something called a log."""
    known: set[Span] = set()
    for meant in unit.meaning("log"):
        known.add(meant.call.span)
        if not (_is_to_file(meant.call) or _is_taken(unit, meant.call) or _is_masking(meant.call)):
            to = meant.row.attributes.get("to", "the log")
            yield LogCall(meant.call, _values(meant.call), to, meant.is_("printed", "yes"))
    for call in unit.facts.calls:
        owner, _, method = (call.callee if "." in call.callee else unit.names.callee(call)).rpartition(".")
        if owner and call.span not in known and method not in _NOT_WRITING and _is_logger(owner):
            yield LogCall(call, _values(call), "the log", printed=False)


def _is_logger(owner: str) -> bool:
    return not owner.endswith(")") and not _LOGGERS.isdisjoint(split(last(owner))[-1:])


def _values(call: Call) -> tuple[Value, ...]:
    return (*call.args, *(value for name, value in call.named if name not in _NO_MESSAGE))


def _is_to_file(call: Call) -> bool:
    """Whether ``print(…, file=f)`` or ``echo … > f`` writes to a file, which is no log."""
    for name, value in call.named:
        if name == "file":
            return last(getattr(value, "path", "")) not in _STANDARD
        if name in (">", ">>", "&>", "&>>", "1>", "1>>", ">|"):
            return True
    return False


def _is_masking(call: Call) -> bool:
    """Whether a job tells its runner what to hide or to keep: ``echo "::add-mask::$TOKEN"``."""
    first = call.args[0] if call.args else None
    if call.callee == "printf" and isinstance(first, Text) and first.literal == "-v":
        return True  # into a variable
    known = first.parts[0] if isinstance(first, Text) and first.parts else ""
    return isinstance(known, str) and known.startswith(("::add-mask::", "::set-output", "##vso[task.setvariable"))


def _is_taken(unit: Unit, call: Call) -> bool:
    """Whether what is written goes to another command or into a variable, as a shell's functions give results."""
    if unit.source.language not in _WRITING_IS_RETURNING or _ON_SCREEN.match(call.callee):
        return False
    function = unit.facts.scopes[unit.facts.function_of(call.scope)].name
    if call.span in unit.taken or (function and function in unit.derived(_captured)):
        return True
    around = unit.derived(_substitutions)
    before = bisect_left(around, (call.span[0] + 1, 0)) - 1
    return before >= 0 and call.span[1] <= around[before][1]


def _substitutions(unit: Unit) -> list[Span]:
    """Where statements stand in the place of a value: ``X=$(if …; then echo …; fi)``."""
    outer = [*(binding.value for binding in unit.facts.bindings), *unit.facts.texts]
    outer += [inner for call in unit.facts.calls for inner in children(call)]
    inside = [inner for value in outer for inner in (value, *children(value))]
    spans: list[Span] = []
    for span in sorted({value.span for value in inside if isinstance(value, Opaque) and not value.op}):
        if not spans or span[0] >= spans[-1][1]:
            spans.append(span)  # what is inside another is left out
    return spans


def _captured(unit: Unit) -> frozenset[str]:
    return frozenset(call.callee for call in unit.facts.calls if call.span in unit.taken)


def is_after_failure(unit: Unit, log: LogCall) -> bool:
    """Whether code only runs when a request has failed: what is answered then holds no token."""
    scopes = unit.facts.scopes
    for place in unit.facts.around(log.call.scope):
        scope = scopes[place]
        if scope.kind == "function":
            return False
        if scope.kind == "catch" or (scope.kind == "branch" and scope.head is not None and _tells_failure(scope.head)):
            return True
        if scope.kind == "branch" and scope.name == "else" and scope.head is None:
            before = [
                s for s in scopes[:place] if s.parent == scope.parent and s.kind == "branch" and s.head is not None
            ]
            if before and before[-1].head is not None and _tells_success(before[-1].head):
                return True
    return False


def _tells_failure(head: Value) -> bool:
    if isinstance(head, Opaque) and head.op == "not":
        return any(_tells_success(operand) for operand in head.operands)
    for inner in walk(head):
        if isinstance(inner, Compare) and inner.op in ("!=", ">=", ">") and _has_status(inner):
            return True
        if isinstance(inner, Compare) and inner.op == "in" and _is_text(inner.left, _ERRORS.__contains__):
            return True
    return isinstance(head, Ref | Member) and bool({"error", "err", "failed"} & set(split(last(head.path))))


def _tells_success(head: Value) -> bool:
    if isinstance(head, Opaque) and head.op == "not":
        return any(_tells_failure(operand) for operand in head.operands)
    for inner in walk(head):
        if isinstance(inner, Compare) and inner.op in ("==", "<", "<=", "in"):
            return _has_status(inner) or _is_text(inner.left, reveals)
        if isinstance(inner, Ref | Member) and (last(inner.path) in _SUCCESSES or reveals(inner.path)):
            return True
    return False


def _is_text(value: Value, test: Callable[[str], bool]) -> bool:
    return isinstance(value, Text) and test(value.literal or "")


def _has_status(compare: Compare) -> bool:
    return any(
        (isinstance(side, Const) and isinstance(side.value, int) and _LOWEST <= side.value < _HIGHEST)
        or (isinstance(side, Ref | Member) and "status" in split(last(side.path)))
        for side in (compare.left, compare.right)
    )


def is_generated(unit: Unit, log: LogCall) -> bool:
    """Whether a program that is run by hand prints what it has just made up, so that somebody can note it."""
    if any(isinstance(value, Call) and split(last(value.callee))[:1] in _MAKING for value in log.values):
        return True
    if unit.facts.function_of(log.call.scope):
        return False
    names = [v for value in log.values for v in walk(value) if isinstance(v, Ref)]
    bound = [binding.value for name in names for binding in unit.names.bindings(name.path, name.scope)]
    return any(means in ("strong-random", "weak-random") for value in bound for means, _ in unit.means_within(value))
