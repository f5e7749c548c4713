"""The rules, as data, and the set of rules, providers and libraries that a run uses.

The classes are the schema of the TOML files of rules: a key of a file is a field here, and ``authlint.ruleset.schema``
refuses any other key. Reading files is the work of ``authlint.run.catalog``. They are named tuples, since these are
made at every start, and making a frozen dataclass takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from authlint.ruleset.libraries import Library
    from authlint.ruleset.providers import Provider

    Contents: TypeAlias = tuple[tuple[Provider, ...], tuple[Library, ...]]

Level: TypeAlias = Literal["error", "warning", "info"]
GitState: TypeAlias = Literal["", "tracked", "unignored"]
"""How git regards a file: it is tracked, or would be by ``git add .``; empty if it is ignored, or there is no git."""

Confidence: TypeAlias = Literal["high", "medium", "low"]
Autofix: TypeAlias = Literal["", "safe", "unsafe", "none"]

LEVELS: tuple[Level, ...] = ("info", "warning", "error")
CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")


class Example(NamedTuple):
    """Code that the rule flags (``«…»`` around exactly what is flagged) and a near-miss that it must not flag.

    ``path`` names the file the example pretends to be, where that matters, ``git`` what git says of it. ``case`` is the
    case of the rule that is reported, ``message`` the message, where it is worth holding, ``fixed`` what fixes of all
    kinds make of the bad example, ``applicability`` what those are, where it is not what the rule or its case says.
    ``confidence = "low"`` examples are run with ``--min-confidence low``.
    """

    language: str
    bad: str
    good: str
    path: str = ""
    case: str = ""
    message: str = ""
    git: GitState = ""
    fixed: str = ""
    applicability: Autofix = ""


class Case(NamedTuple):
    """One shape of a rule's findings that has a level, confidence or message of its own; empty means the rule's."""

    message: str = ""
    level: Level | None = None
    confidence: Confidence | None = None
    autofix: Autofix = ""


class Contexts(NamedTuple):
    """What a rule's finding becomes in documentation, in tests and behind a development guard.

    ``keep`` changes nothing, ``lower`` takes one level off, ``info`` caps the level, ``off`` drops the finding.
    """

    docs: Literal["keep", "lower", "info", "off"] = "keep"
    test: Literal["keep", "lower", "info", "off"] = "keep"
    development: Literal["keep", "lower", "info", "off"] = "keep"


class Pattern(NamedTuple):
    """What a rule without a function of its own finds: one of ``text``, ``binding`` and ``call``, as data.

    ``text`` is a bounded regular expression over the whole file; what it matches is flagged, or its group ``flag``.
    ``binding`` are dotted names that are given a value anywhere: variables, keys of configurations and of maps, keyword
    arguments; compared without case, ``*`` stands for anything, and a name without a dot for the end of a longer one.
    ``call`` are dotted names as in a library row, and flags the call. ``value`` is a regular expression that all of the
    known value must match: of the binding, or of the ``argument`` of the call. ``absent`` are arguments none of which
    is given; a call that may have others than those that are seen is not flagged for it.
    """

    text: str = ""
    binding: tuple[str, ...] = ()
    call: tuple[str, ...] = ()
    value: str = ""
    argument: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class Rule(NamedTuple):
    """One rule: ``rules/<family>/<name>.toml``.

    ``keywords`` are literals, compared without case: a file in which none of them occurs is not looked at for this
    rule. Where ``also`` is given, one of those must occur too. ``shapes`` and ``also_shapes`` are bounded regular
    expressions without look-around, compared without case but for what is in ``(?-i:…)``, and ``confirm`` is one that
    may look around, and takes a hundred times as long: where they are given, one of each and ``confirm`` must match
    somewhere. ``providers``: something of the shape of a provider's credential (or
    one of the hosts) is enough as well. ``languages``: where the rule means something in some languages only, those;
    ``paths``: where it means something in some files only, an expression that is searched in their paths. ``autofix``:
    whether a fix keeps what the code means (``safe``) or must be looked at (``unsafe``); without it, there is none.
    ``by_hand``: commands by which people put right what no edit of the file can, with ``{file}`` and ``{folder}`` in
    them. ``supersedes``: rules that report nothing where this one does, because it knows more of the same mistake.
    ``match``: what is found, where no function in ``authlint.checks`` has the rule's name.
    """

    name: str
    code: str
    summary: str
    message: str
    level: Level
    confidence: Confidence
    security_severity: float
    cwe: tuple[int, ...]
    owasp: tuple[str, ...]
    why: str
    fix: str
    references: tuple[str, ...]
    family: str = ""
    keywords: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    also_shapes: tuple[str, ...] = ()
    confirm: str = ""
    languages: tuple[str, ...] = ()
    paths: str = ""
    providers: Literal["", "credentials", "hosts"] = ""
    lexical: bool = False
    autofix: Autofix = ""
    by_hand: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    match: Pattern = Pattern()
    cases: dict[str, Case] = {}
    contexts: Contexts = Contexts()
    example: tuple[Example, ...] = ()

    @property
    def check(self) -> str:
        """Name of the function in ``authlint.checks.<family>`` that finds it."""
        return self.name.replace("-", "_")

    def fixed_in(self, applicability: Autofix) -> tuple[str, ...]:
        """The languages in which an example shows a fix that is ``safe``, or one that is ``unsafe``."""
        shown = (example for example in self.example if example.fixed)
        fixed = (example.language for example in shown if self.applicability(example) == applicability)
        return tuple(dict.fromkeys(fixed))

    def applicability(self, example: Example) -> Autofix:
        """What the fix of an example is."""
        return example.applicability or self.cases.get(example.case, Case()).autofix or self.autofix


class RuleFile(NamedTuple):
    """A file below ``rules/``: what errors call it, its folder (which says its kind), its name without ``.toml``."""

    where: str
    folder: str
    stem: str
    data: bytes


class Shape(NamedTuple):
    """What stands in a file that holds a credential, and the expression that matches its value.

    ``inside``: the mark is not what the value begins with.
    """

    mark: str
    pattern: str
    inside: bool = False


class Outline(NamedTuple):
    """What must be known of providers before a file is looked at: their ids, and what announces that one is used."""

    ids: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    hosts: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, providers: tuple[Provider, ...]) -> Outline:
        """The outline of these providers."""
        from authlint.ruleset.shapes import candidate  # noqa: PLC0415 - an index has what comes of it

        credentials = [credential for provider in providers for credential in provider.credential]
        told = [credential for credential in credentials if credential.is_told]
        return cls(
            tuple(provider.id for provider in providers),
            tuple(Shape(c.mark, candidate(c).pattern.decode(), bool(c.keyword)) for c in told),
            tuple(host.name.removeprefix("*.") for provider in providers for host in provider.host),
            tuple(sorted({c.opening for c in credentials if c.is_told_by_its_beginning})),
        )


class Packs:
    """Providers and libraries that are loaded when a file first needs them; before that, their outline must do."""

    def __init__(self, outline: Outline, load: Callable[[], Contents]) -> None:
        """``load`` must be picklable, as rule sets go to other processes."""
        self.outline = outline
        self._load = load

    @cached_property
    def contents(self) -> Contents:
        """The providers and the libraries."""
        return self._load()


def _given(providers: tuple[Provider, ...], libraries: tuple[Library, ...]) -> Contents:
    return providers, libraries


class RuleSet:
    """Everything a run knows. Never changed; derived tables are computed once.

    ``rules`` are those that run, ``others`` those that are switched off: they stay known, so that an ignore comment
    for one of them is not taken for a mistake. ``packs`` stand for providers and libraries that are not loaded yet.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        providers: tuple[Provider, ...] = (),
        libraries: tuple[Library, ...] = (),
        others: tuple[Rule, ...] = (),
        *,
        packs: Packs | None = None,
    ) -> None:
        """Nothing is loaded before it is asked for."""
        self.rules = rules
        self.others = others
        self.packs = packs or Packs(Outline.of(providers), partial(_given, providers, libraries))

    def __eq__(self, other: object) -> bool:
        """Whether both know and run the same."""
        if not isinstance(other, RuleSet):
            return NotImplemented
        return (self.rules, self.others, self.packs.contents) == (other.rules, other.others, other.packs.contents)

    def __hash__(self) -> int:
        """Equal sets have equal rules."""
        return hash(tuple(rule.code for rule in self.rules))

    @property
    def providers(self) -> tuple[Provider, ...]:
        """All providers; loads them."""
        return self.packs.contents[0]

    @property
    def libraries(self) -> tuple[Library, ...]:
        """All libraries; loads them."""
        return self.packs.contents[1]

    @cached_property
    def by_code(self) -> dict[str, Rule]:
        """Rules by code, those that are switched off included."""
        return {rule.code: rule for rule in (*self.rules, *self.others)}

    @cached_property
    def by_name(self) -> dict[str, Rule]:
        """Rules by name, those that are switched off included."""
        return {rule.name: rule for rule in (*self.rules, *self.others)}

    @cached_property
    def superseded_by(self) -> dict[str, frozenset[str]]:
        """For each code the codes of the rules that silence it where both report, those that silence these included."""
        above: dict[str, set[str]] = {code: set() for code in self.by_code}
        for rule in self.by_code.values():
            for name in rule.supersedes:
                if (other := self.by_name.get(name)) is not None:
                    above[other.code].add(rule.code)
        for _ in above:  # as often as there are rules at most
            grown = {code: found.union(*(above[each] for each in found)) for code, found in above.items()}
            if grown == above:
                break
            above = grown
        return {code: frozenset(found - {code}) for code, found in above.items() if found}

    def find(self, name_or_code: str) -> Rule | None:
        """The rule of that name or code (codes in any case)."""
        return self.by_name.get(name_or_code) or self.by_code.get(name_or_code.upper())

    def only(self, codes: frozenset[str]) -> RuleSet:
        """The same knowledge with just the rules of these codes; the others stay known, but do not run."""
        every = sorted((*self.rules, *self.others), key=lambda rule: rule.code)
        running = tuple(rule for rule in every if rule.code in codes)
        others = tuple(rule for rule in every if rule.code not in codes)
        return RuleSet(running, others=others, packs=self.packs)
