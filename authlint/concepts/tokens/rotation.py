"""How often credentials are changed: configured periods, dates noted beside a credential, the order of a change."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from authlint.concepts.credentials.keys import DEFAULT_DAYS
from authlint.concepts.settings import once
from authlint.concepts.tokens.durations import DAY, seconds
from authlint.concepts.unit import Unit
from authlint.facts import Binding
from authlint.names import is_secret_name, last
from authlint.source import Span

_NOTE = re.compile(
    r"(?i)\b(?:issued|created|rotated|renewed|generated)(?:[ _-]?(?:on|at|date))?\s{0,3}[:=]?\s{0,3}[\"']?"
    r"(\d{4})-(\d{2})-(\d{2})"
)
_DATED = re.compile(r"(?i)^(?:last_?)?(?:issued|created|rotated|generated)(?:_?(?:on|at|date))?$")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].{0,30})?")
_PERIOD = re.compile(rb"(?m)\b([A-Za-z_]{6,40})\s{0,40}[=:]\s{0,4}\"?(\d{1,5})\"?")
_METADATA = frozenset(("yaml", "json", "toml", "ini", "dotenv", "properties"))
_LISTED = re.compile(r"\.(?:\d+|\[\])(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Noted:
    """A credential and the day on which it was issued, as something beside it says."""

    span: Span
    name: str
    name_span: Span
    issued: date


def periods(unit: Unit) -> Iterator[tuple[Span, str, float]]:
    """Where a period of rotation is set: the place, the setting's name, and the number of days."""
    for given in once(unit, "rotation-period"):
        length = seconds(unit, given.value, DAY)
        if length:
            yield given.whole, last(given.path), length / DAY
    known = unit.meanings.settings
    if unit.source.language == "text":
        for found in _PERIOD.finditer(unit.source.data):
            row = known.get(found[1].decode())
            if row is not None and row.means == "rotation-period":
                yield found.span(), found[1].decode(), float(found[2])


def noted(unit: Unit) -> Iterator[Noted]:
    """Every credential with a date beside it: in a comment on its line or the line before, or in an entry beside it."""
    secrets = [binding for binding in unit.facts.bindings if is_secret_name(last(binding.path))]
    if not secrets:
        return
    secrets.sort(key=_start)
    data = unit.source.data
    for comment in unit.facts.comments:
        found = _NOTE.search(comment.text)
        day = _day(found) if found else None
        if day is None:
            continue
        line = data.rfind(b"\n", 0, comment.span[0]) + 1
        at = bisect_left(secrets, line, key=_start)
        near = secrets[at] if at < len(secrets) else None
        if near is not None and data.count(b"\n", comment.span[1], max(near.span[0], comment.span[1])) <= 1:
            yield Noted(comment.span, last(near.path), near.name_span, day)
    if unit.source.language in _METADATA:
        yield from _beside(secrets, unit.facts.bindings, unit)


def _beside(secrets: list[Binding], bindings: list[Binding], unit: Unit) -> Iterator[Noted]:
    owners = {secret.path.rpartition(".")[0]: secret for secret in secrets}
    for binding in bindings:
        owner, dot, name = binding.path.rpartition(".")
        if not dot or owner not in owners or not _DATED.match(name) or _LISTED.search(owner + "."):
            continue
        found = _DATE.fullmatch(unit.folder.literal(binding.value) or "")
        day = _day(found) if found else None
        if day is not None:
            yield Noted(binding.span, last(owners[owner].path), owners[owner].name_span, day)


def limit_for(unit: Unit, name: str) -> int:
    """After how many days the credential of a name is to be changed; 0 where its provider asks for nothing."""
    for provider in unit.knowledge.providers:
        if not provider.generic and any(_fits(name.upper(), pattern) for pattern in provider.env_vars):
            return provider.rotation.days
    return DEFAULT_DAYS


def _fits(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _start(binding: Binding) -> int:
    return binding.span[0]
