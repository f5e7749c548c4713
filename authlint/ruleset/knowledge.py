"""The rule set's libraries and providers, indexed for look-up. Built once per rule set, read by every check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from authlint.names import split
from authlint.ruleset.libraries import Client, Command, Library, Row, Session, Switch
from authlint.ruleset.providers import Credential, Host, Provider
from authlint.ruleset.rules import RuleSet

_BRACES = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(rb"\w+")
_LONGEST_HOST = 253
_MOST_KNOWN = 4096  # names without a row of their own that a table remembers: files of a project use the same

R = TypeVar("R", Row, Client)


def expand(name: str) -> Iterator[str]:
    """Every name that a name with ``{a,b}`` alternatives stands for."""
    match = _BRACES.search(name)
    if not match:
        yield name
        return
    for option in match[1].split(","):
        yield from expand(name[: match.start()] + option + name[match.end() :])


@dataclass(slots=True)
class Table(Generic[R]):
    """Rows by dotted name: exact names first, then ``*.name`` by the last words, then ``name.*`` by the first ones."""

    exact: dict[str, R] = field(default_factory=dict)
    suffix: dict[str, list[tuple[str, R]]] = field(default_factory=dict)
    prefix: list[tuple[str, R]] = field(default_factory=list)
    _words: tuple[tuple[bytes, ...], ...] = ()
    _endings: frozenset[str] = frozenset()
    _known: dict[str, R | None] = field(default_factory=dict)

    def add(self, row: R) -> None:
        """Index a row under all its names."""
        for pattern in row.name:
            for name in expand(pattern):
                if name.startswith("*"):
                    self.suffix.setdefault(name.rpartition(".")[2].lstrip("*"), []).append((name[1:], row))
                elif name.endswith("*"):
                    self.prefix.append((name[:-1], row))
                else:
                    self.exact[name] = row

    def last_words(self) -> frozenset[str]:
        """How the names with a row of their own end."""
        if not self._endings:
            self._endings = frozenset(self.suffix).union(name.rpartition(".")[2] for name in self.exact)
        return self._endings

    def begins_in(self, data: bytes) -> bool:
        """Whether a source has the words of a row that stands for all names with one beginning."""
        if not self._words:
            self._words = tuple({tuple(_WORD.findall(start.encode())) for start, _ in self.prefix})
        return any(all(word in data for word in words) for words in self._words)

    def get(self, name: str) -> R | None:
        """The row for a resolved dotted name, or ``None``. Of several endings or beginnings the longest counts."""
        row = self.exact.get(name)
        if row is not None or not name:
            return row
        if name not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[name] = self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> R | None:
        endings = self.suffix.get(name.rpartition(".")[2])
        if endings:
            matching = [(len(ending), row) for ending, row in endings if name.endswith(ending)]
            if matching:
                return max(matching, key=_length)[1]
        beginning = [(len(start), row) for start, row in self.prefix if name.startswith(start)]
        return max(beginning, key=_length)[1] if beginning else None


def _breadth(library: Library) -> float:
    return float("inf") if "*" in library.languages else len(library.languages)


def _words_of(provider: Provider) -> set[str]:
    if provider.generic:
        return set()
    stems = (name.partition("_")[0].lower() for name in provider.env_vars if name.endswith("_*"))
    return {provider.id, *(stem for stem in stems if len(stem) > 1)}


def _length(item: tuple[int, Row | Client]) -> int:
    return item[0]


@dataclass(slots=True)
class Switches:
    """Switches by the words of their last name, each with the words of the names around it."""

    rows: dict[tuple[str, ...], list[tuple[tuple[tuple[str, ...], ...], Switch]]] = field(default_factory=dict)

    def add(self, switch: Switch) -> None:
        """Index a switch under all its names."""
        for pattern in switch.name:
            for name in expand(pattern):
                *around, last = [split(part) for part in name.split(".")]
                self.rows.setdefault(last, []).append((tuple(around), switch))

    def get(self, path: str) -> Iterator[Switch]:
        """The switches that a dotted path names; ``Command:Option`` is an option."""
        head, _, last = path.rpartition(".")
        last = last.rpartition(":")[2]
        for around, switch in self.rows.get(split(last), ()):
            if not around or tuple(split(part) for part in head.split(".")[-len(around) :]) == around:
                yield switch


@dataclass(slots=True)
class Meanings:
    """What calls, reads, settings, switches and shell commands mean in one language."""

    calls: Table[Row] = field(default_factory=Table[Row])
    reads: Table[Row] = field(default_factory=Table[Row])
    clients: Table[Client] = field(default_factory=Table[Client])
    switches: Switches = field(default_factory=Switches)
    commands: dict[str, Command] = field(default_factory=dict)
    settings: Table[Row] = field(default_factory=Table[Row])
    sessions: list[Session] = field(default_factory=list)
    last_words: frozenset[str] = frozenset()
    """How the names of calls that mean something end."""


class Knowledge:
    """Look-ups over a rule set. Immutable once built."""

    def __init__(self, ruleset: RuleSet) -> None:
        """Index every library by language and every provider by host and credential prefix."""
        self.ruleset = ruleset
        self.providers = ruleset.providers
        self._meanings: dict[str, Meanings] = {}
        hosts = ((host, provider) for provider in self.providers for host in provider.host if host.env != "docs")
        self._hosts: dict[str, tuple[int, Host, Provider]] = {}
        for number, (host, provider) in enumerate(hosts):
            self._hosts.setdefault(host.name, (number, host, provider))
        self.credentials: list[tuple[Credential, Provider]] = [
            (credential, provider) for provider in self.providers for credential in provider.credential
        ]
        self.told = [(c.mark.encode(), c, provider) for c, provider in self.credentials if c.is_told]
        """Credentials whose shape announces them, wherever they stand, each with what is in a file that holds one."""
        self.checked = [credential for _, credential, _ in self.told if credential.checksum]
        self.words = frozenset(word for provider in self.providers for word in _words_of(provider))
        """What a name has in it that speaks of a provider: ``github``, ``gh``."""
        self._anchored = {
            word: [c for c in provider.credential if c.anchored and c.pattern and c.kind != "identifier"]
            for provider in self.providers
            for word in _words_of(provider)
        }

    def is_anchored(self, name: str, value: str) -> bool:
        """Whether a value has the shape that credentials of the provider have whose name is in this name.

        The shape alone says little, as that of a UUID: of such a credential only the name tells whose it is.
        """
        found = (credential for word in split(name) for credential in self._anchored.get(word, ()))
        return any(re.fullmatch(credential.pattern, value) for credential in found)

    def meanings(self, language: str) -> Meanings:
        """The meanings that hold in a language; a row for fewer languages stands above one for more."""
        if language not in self._meanings:
            found = Meanings()
            for library in sorted(self.ruleset.libraries, key=_breadth, reverse=True):
                if language in library.languages or "*" in library.languages:
                    for row in library.call:
                        found.calls.add(row)
                    for row in library.read:
                        found.reads.add(row)
                    for row in library.setting:
                        found.settings.add(row)
                    for client in library.client:
                        found.clients.add(client)
                    for switch in library.switch:
                        found.switches.add(switch)
                    found.sessions.extend(library.session)
                    found.commands.update((name, command) for command in library.command for name in command.name)
            found.last_words = found.calls.last_words()
            self._meanings[language] = found
        return self._meanings[language]

    def host(self, name: str) -> tuple[Host, Provider] | None:
        """The provider that a host belongs to; documentation hosts and reserved names belong to nobody."""
        if len(name) > _LONGEST_HOST:
            return None
        labels = name.lower().split(".")
        patterns = [".".join(labels), *(".".join(("*", *labels[at:])) for at in range(1, len(labels)))]
        found = min((self._hosts[pattern] for pattern in patterns if pattern in self._hosts), default=None)
        return found[1:] if found else None

    def takes_public_keys(self, name: str) -> bool:
        """Whether a host is asked with keys that are meant to be seen, as those of maps in pages are."""
        found = self.host(name)
        return bool(found and found[0].public_keys)

    def token_lifetime(self, host: str, path: str = "") -> str:
        """How long access tokens from a host live (ISO 8601, or ``never``); empty where no pack says so."""
        found = self.host(host)
        if not found:
            return ""
        for endpoint in found[1].endpoint:
            if endpoint.lifetime and endpoint.url.partition("://")[2].partition("/")[2] == path.strip("/"):
                return endpoint.lifetime
        return found[1].lifetime.access_token
