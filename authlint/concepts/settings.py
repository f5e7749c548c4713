"""Names that mean the same wherever a value is given to them: variables, keys of maps and configurations, arguments."""

from __future__ import annotations

from dataclasses import dataclass

from authlint.concepts.given import Given, How, givens, whole
from authlint.concepts.unit import Unit
from authlint.facts import Map, Value
from authlint.ruleset.libraries import Row
from authlint.source import Span

_HOW = frozenset({"binding", "entry", "argument"})


@dataclass(frozen=True, slots=True)
class Setting:
    """A value is given to a name that a library row knows.

    ``span`` covers name and value, of an argument the value only, as ``whole`` does not.
    """

    row: Row
    given: Given
    whole: Span

    @property
    def path(self) -> str:
        """The name, with the names and keys that lead to it."""
        return self.given.path

    @property
    def value(self) -> Value:
        """What it is given."""
        return self.given.value

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.given.span

    @property
    def scope(self) -> int:
        """The scope in which it stands."""
        return self.given.scope

    @property
    def how(self) -> How:
        """Whether it is a ``binding``, an ``entry`` of a map or a named ``argument``."""
        return self.given.how

    @property
    def holder(self) -> Map | None:
        """The map that has it as a key, if one has."""
        return self.given.holder


def settings(unit: Unit, means: str) -> list[Setting]:
    """The settings of one meaning."""
    return [setting for setting in unit.derived(_all) if setting.row.means == means]


def once(unit: Unit, means: str) -> list[Setting]:
    """The settings of one meaning, each place once: what is an entry of a file is bound as well."""
    return list({setting.whole: setting for setting in reversed(settings(unit, means))}.values())[::-1]


def _all(unit: Unit) -> list[Setting]:
    """Every setting of a source. Where a row says what must be ``near``, that word must be in the source, too."""
    table = unit.meanings.settings
    words = table.last_words()
    if not words:
        return []
    data = unit.source.data.lower()
    found: list[Setting] = []
    for given in unit.derived(givens):
        if given.how not in _HOW or given.item or given.path.rpartition(".")[2] not in words:
            continue
        row = table.get(given.path)
        if row is not None and row.attributes.get("near", "").encode() in data:
            found.append(Setting(row, given, whole(unit, given)))
    return found
