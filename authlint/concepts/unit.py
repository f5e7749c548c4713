"""One source as a check sees it: its facts, what its names and values come to, and the concepts derived from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, TypeVar

from authlint import context
from authlint.concepts.commands import as_words, normalise
from authlint.concepts.encoded import Decoded
from authlint.facts import Call, Facts, Lambda, Ref, Text, Value, children, walk
from authlint.ruleset.knowledge import Knowledge, Meanings
from authlint.ruleset.libraries import Command, Row
from authlint.source import Source, Span
from authlint.values.folder import Folder
from authlint.values.resolve import Names
from authlint.values.texts import pick

if TYPE_CHECKING:
    from datetime import date

    from authlint.ruleset.rules import GitState

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Meant:
    """A call whose meaning is known: the call (a command's flags named), its canonical name and its library row."""

    call: Call
    name: str
    row: Row

    def argument(self, part: str) -> Value | None:
        """The argument that plays a part, as the row says; ``None`` if it is not given or the row has no such part."""
        return pick(self.call, self.row.arguments.get(part, ()))

    def is_(self, attribute: str, value: str) -> bool:
        """Whether the row says this about the call."""
        return self.row.attributes.get(attribute) == value


def once(concept: Callable[[Unit], T]) -> Callable[[Unit], T]:
    """A concept that is made of a unit once, and forgotten with it: a cache of its own would keep the unit alive."""

    @wraps(concept)
    def kept(unit: Unit) -> T:
        return unit.derived(concept)

    return kept


class Unit:
    """One source under a rule set. Everything derived is computed when it is first asked for."""

    def __init__(
        self,
        source: Source,
        facts: Facts,
        knowledge: Knowledge,
        *,
        internal_hosts: tuple[str, ...] = (),
        ask_day: Callable[[], date | None] | None = None,
        ask_git: Callable[[], GitState] | None = None,
    ) -> None:
        """``internal_hosts``: more names that count as internal.

        ``ask_day`` tells what day it is, ``ask_git`` how git regards the file: they are asked only where that counts,
        since a report that depends on either holds for now.
        """
        self._ask_day = ask_day
        self._ask_git = ask_git
        self.source = source
        self.facts = facts
        self.knowledge = knowledge
        self.internal_hosts = internal_hosts
        self.meanings: Meanings = knowledge.meanings(source.language)
        self.context = context.of(source, facts)
        self.names = Names(facts)
        self.folder = Folder(self.names, self.meanings)
        self._derived: dict[object, object] = {}

    @property
    def is_file(self) -> bool:
        """Whether this is a whole file, or what one hides by an encoding, and not a part of one."""
        return self.source.parent is None or isinstance(self.source, Decoded)

    def derived(self, concept: Callable[[Unit], T]) -> T:
        """What a concept makes of this unit, made once for all checks that ask for it."""
        if concept not in self._derived:
            self._derived[concept] = concept(self)
        return self._derived[concept]  # type: ignore[return-value]  # the key says what it is

    def forget(self) -> None:
        """Free all that is derived, at once: it refers back to what it was derived from."""
        self.__dict__.clear()

    @cached_property
    def today(self) -> date | None:
        """What day it is, if that was told."""
        return self._ask_day() if self._ask_day is not None else None

    @cached_property
    def git(self) -> GitState:
        """How git regards the file; asking takes a while."""
        return self._ask_git() if self._ask_git is not None else ""

    @cached_property
    def meant(self) -> list[Meant]:
        """Every call whose meaning a library row tells, in source order."""
        return list(self._meant())

    def _meant(self) -> Iterator[Meant]:
        commands, table = self.meanings.commands, self.meanings.calls
        endings = self.meanings.last_words
        any_ending = table.begins_in(self.source.data)
        for written in self.facts.calls:
            call, command = self._as_command(written) if commands else (written, None)
            # resolving changes how a name begins, and takes far longer than a look at how it ends
            last = call.callee.rpartition(".")[2]
            if not (any_ending or command or last in endings or self.names.is_known(call.callee)):
                continue
            name = call.callee.removesuffix(".exe") if command else self.names.callee(call)
            row = table.get(name)
            if row is not None and (name in table.exact or not self.names.is_defined_here(name.rpartition(".")[2])):
                yield Meant(normalise(self._spread(call), command) if command else call, name, row)

    def _as_command(self, call: Call) -> tuple[Call, Command | None]:
        """A call with the command that it runs, if a row tells how that reads its words."""
        command = self.meanings.commands.get(call.callee.removesuffix(".exe"))
        if command is None or self.source.language != "powershell":
            return call, command
        native = as_words(call, command, self.source.data)
        return (native, command) if native else (call, None)

    def _spread(self, call: Call) -> Call:
        """A command with the words that a variable holds (``curl $OPTIONS``) in their place."""
        if not any(isinstance(argument, Ref) for argument in call.args):
            return call
        words = [word for argument in call.args for word in self._words_of(argument)]
        return replace(call, args=tuple(words))

    def _words_of(self, argument: Value) -> list[Value]:
        folded = self.folder.fold(argument) if isinstance(argument, Ref) else argument
        text = folded.literal if isinstance(folded, Text) and folded is not argument else None
        if text is None or not text.startswith("-"):
            return [argument]
        return [Text((word,), folded.span) for word in text.split()]

    def meaning(self, means: str) -> list[Meant]:
        """The calls that mean one thing."""
        return self._by_meaning.get(means, [])

    @cached_property
    def _by_meaning(self) -> dict[str, list[Meant]]:
        found: dict[str, list[Meant]] = defaultdict(list)
        for meant in self.meant:
            found[meant.row.means].append(meant)
        return found

    @cached_property
    def callers(self) -> dict[int, Call]:
        """The call that each function without a name is given to, by the scope of the function: ``then(() => …)``."""
        return {
            argument.body: call for call in self.facts.calls for argument in call.args if isinstance(argument, Lambda)
        }

    @cached_property
    def taken(self) -> frozenset[Span]:
        """Spans of calls whose result goes on into a name, a text or another call: ``X=$(echo …)``, ``echo … | y``."""
        outer = [*(binding.value for binding in self.facts.bindings), *(item.value for item in self.facts.returns)]
        inside = [inner for call in self.facts.calls for inner in children(call)]
        whole = [inner for value in (*outer, *inside, *self.facts.texts) for inner in (value, *children(value))]
        return frozenset(value.span for value in whole if isinstance(value, Call))

    def argument(self, meant: Meant, part: str) -> Value | None:
        """As :meth:`Meant.argument`; maps behind a name are looked into as well (``axios.get(u, options)``).

        What is behind a name counts before what a later selector finds: ``request(options)`` has a URL in ``options``.
        """
        for selector in meant.row.arguments.get(part, ()):
            found = pick(meant.call, (selector,))
            if found is not None:
                return found
            head, _, key = selector.partition(".")
            holder = pick(meant.call, (head,)) if key else None
            if holder is not None:
                inner = self.folder.entry(holder, key)
                if inner is not None:
                    return inner
        return None

    def read_means(self, value: Value) -> str:
        """What a read means (``environment``, ``weak-random``), by the value's canonical name; empty if unknown."""
        row = self.meanings.reads.get(self.names.of(value))
        return row.means if row else ""

    def means_within(self, value: Value) -> Iterator[tuple[str, Value]]:
        """What each call and read inside a value means, with the value that means it."""
        for inner in walk(value):
            if isinstance(inner, Call):
                row = self.meanings.calls.get(self.names.callee(inner))
                if row is not None:
                    yield row.means, inner
            means = self.read_means(inner)
            if means:
                yield means, inner

    @cached_property
    def folded_texts(self) -> list[tuple[Text, Text]]:
        """Each text of the source with what it folds to; texts without holes fold to themselves."""
        pairs = ((text, text if text.literal is not None else self.folder.fold(text)) for text in self.facts.texts)
        return [(text, folded) for text, folded in pairs if isinstance(folded, Text)]
