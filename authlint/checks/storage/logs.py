"""Credentials in logs (AUT207)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.storage.exposure import Exposures
from authlint.concepts.storage.logs import LogCall, is_after_failure, is_generated, log_calls
from authlint.concepts.storage.traces import traces
from authlint.concepts.unit import Unit
from authlint.match import Match

_PURPOSE = re.compile(
    r"(?i)(?:print|show|display|dump|get|generate|gen|create|make|new|issue|mint|obtain|fetch)[-_]?"
    r"(?:[a-z]{1,12}[-_]?){0,2}(?:tokens?|jwt|secrets?|(?:api|secret|private|signing)[-_]?keys?|passwords?|credentials?)$"
)
_PRINTS = re.compile(r"(?i)^_{0,2}(?:print|show|display|dump|echo)")
_SHOWN_IN_TRACES = frozenset(("__repr__", "inspect"))


def token_in_log(unit: Unit) -> Iterator[Match]:
    """A credential is written to a log, a console or a terminal."""
    exposures = Exposures(unit)
    for log in log_calls(unit):
        found = exposures.find(*log.values)
        if found is None or (found.sort == "holder" and is_after_failure(unit, log)):
            continue
        if not (log.printed and (_is_purpose(unit, log) or is_generated(unit, log))):
            yield Match(log.call.span, {"what": found.what, "to": log.to}, found.sort)
    for item in unit.facts.returns:
        name = unit.facts.scopes[unit.facts.function_of(item.scope)].name
        found = exposures.find(item.value) if name in _SHOWN_IN_TRACES else None
        if found is not None and found.sort != "holder":
            yield Match(item.value.span, {"what": found.what, "to": name}, "shown")
    for trace in traces(unit):
        yield Match(trace.span, {"what": trace.what, "to": trace.to}, "trace")


def _is_purpose(unit: Unit, log: LogCall) -> bool:
    """Whether printing a credential is what a program or a function is for: ``get-token.sh``, ``print_token()``."""
    facts = unit.facts
    stem = unit.source.path.rpartition("/")[2].partition(".")[0]
    around = (facts.scopes[place] for place in facts.around(log.call.scope))
    names = [scope.name for scope in around if scope.kind == "function"]
    return bool(_PURPOSE.match(stem)) or any(_PRINTS.match(name) and _PURPOSE.match(name) for name in names)
