"""What authlint knows, as data: rules, providers and libraries, and the set of them that a run uses.

The classes are the schema of the TOML files below ``rules/``: a key of a file is a field here, and ``authlint.schema``
refuses any other key. Reading files is the work of ``authlint.catalog``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["error", "warning", "info"]
Confidence: TypeAlias = Literal["high", "medium", "low"]

LEVELS: tuple[Level, ...] = ("info", "warning", "error")
CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Example:
    """Code that the rule flags (``«…»`` around exactly what is flagged) and a near-miss that it must not flag.

    ``path`` names the file the example pretends to be, where that matters. ``case`` is the case of the rule that is
    reported, ``message`` the message, where it is worth holding. ``confidence = "low"`` examples are run with
    ``--min-confidence low``.
    """

    language: str
    bad: str
    good: str
    path: str = ""
    case: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One shape of a rule's findings that has a level, confidence or message of its own; empty means the rule's."""

    message: str = ""
    level: Level | None = None
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Contexts:
    """What a rule's finding becomes in documentation, in tests and behind a development guard.

    ``keep`` changes nothing, ``lower`` takes one level off, ``info`` caps the level, ``off`` drops the finding.
    """

    docs: Literal["keep", "lower", "info", "off"] = "keep"
    test: Literal["keep", "lower", "info", "off"] = "keep"
    development: Literal["keep", "lower", "info", "off"] = "keep"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: ``rules/<family>/<name>.toml``.

    ``keywords`` are literals, compared without case: a file in which none of them occurs is not looked at for this
    rule. Where ``also`` is given, one of those must occur too. ``confirm`` is a bounded regular expression that must
    match at one of the keywords' places at least. ``providers``: the prefixes of provider credentials (or their hosts)
    are keywords as well.
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
    confirm: str = ""
    providers: Literal["", "prefixes", "hosts"] = ""
    lexical: bool = False
    cases: dict[str, Case] = field(default_factory=dict)
    contexts: Contexts = Contexts()
    example: tuple[Example, ...] = ()

    @property
    def check(self) -> str:
        """Name of the function in ``authlint.checks.<family>`` that finds it."""
        return self.name.replace("-", "_")


@dataclass(frozen=True, slots=True)
class NotWhen:
    """A sign in the file that a credential of this shape is somebody else's."""

    imports: str = ""
    callee: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """One kind of credential of a provider. ``identifier`` is none: it looks like one and is not secret."""

    id: str
    kind: Literal["api_key", "client_secret", "access_token", "refresh_token", "scim", "session", "identifier"]
    prefix: str = ""
    pattern: str = ""
    anchored: bool = False
    charset: str = "A-Za-z0-9"
    min_body: int = 16
    max_body: int = 128
    require_mixed: bool = False
    min_entropy: float = 0.0
    position: Literal["any", "credential"] = "any"
    env: Literal["live", "test", "any"] = "any"
    expires: str = ""
    shown_once: bool = False
    rotation_days: int = 0
    overlap: bool = False
    storage: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    recommended_for: tuple[str, ...] = ()
    not_recommended_for: tuple[str, ...] = ()
    restrict_paths: tuple[str, ...] = ()
    doc_examples: tuple[str, ...] = ()
    collides_with: tuple[str, ...] = ()
    not_when: tuple[NotWhen, ...] = ()


@dataclass(frozen=True, slots=True)
class Host:
    """A host of a provider; a leading ``*.`` stands for any one subdomain."""

    name: str
    roles: tuple[Literal["api", "auth", "app", "docs"], ...]
    env: Literal["live", "test", "any", "docs"] = "any"
    placeholder: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A documented endpoint; ``{x}`` stands for one segment of its path."""

    role: Literal["authorize", "token", "key_create", "key_revoke", "api", "login", "verify"]
    url: str
    method: str = ""
    grant_types: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()
    client_auth: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    lifetime_field: str = ""
    scope_field: str = ""
    effect: str = ""


@dataclass(frozen=True, slots=True)
class OAuth:
    """How a provider's OAuth behaves."""

    flows: tuple[str, ...] = ()
    use_for: str = ""
    response_types: tuple[str, ...] = ()
    state: Literal["required", "recommended", "not-applicable", ""] = ""
    pkce: Literal["required", "supported", "undocumented", "not-applicable", ""] = ""
    refresh_tokens: bool = False
    retrieve_again: str = ""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long things live, as ISO 8601 durations; empty where it is not documented, ``never`` where it is not limited."""

    access_token: str = ""
    refresh_token: str = ""
    session: str = ""
    api_key: str = ""
    manual_access_token: str = ""
    margin: str = ""


@dataclass(frozen=True, slots=True)
class Rotation:
    """How often credentials are to be changed; 0 days where nothing is asked for."""

    days: int = 0
    overlap: bool = False
    order: str = ""
    per_environment: bool = False


@dataclass(frozen=True, slots=True)
class Storage:
    """Where a provider wants a credential to be kept, by kind or by context."""

    kind: str = ""
    context: str = ""
    recommend: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """A header that requests to the provider's API must carry."""

    name: str
    value: str
    match: Literal["exact", "glob", "uuid-or-expression"]
    when: Literal["always", "body", "json-body"]


@dataclass(frozen=True, slots=True)
class OAuthScope:
    """A scope a provider offers and how much it gives away."""

    name: str
    risk: Literal["normal", "high", "critical"]
    over_broad: bool = False


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many requests a provider takes, by method of authentication, in a period (ISO 8601)."""

    method: str
    limit: int
    per: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of a provider's documentation, in our words, and the rules that hold it."""

    id: str
    text: str
    rules: tuple[str, ...] = ()
    enforce: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: ``rules/providers/<id>.toml``."""

    id: str
    name: str
    docs: str = ""
    env_vars: tuple[str, ...] = ()
    generic: bool = False
    credential: tuple[Credential, ...] = ()
    host: tuple[Host, ...] = ()
    endpoint: tuple[Endpoint, ...] = ()
    oauth: OAuth = OAuth()
    lifetime: Lifetime = Lifetime()
    rotation: Rotation = Rotation()
    storage: tuple[Storage, ...] = ()
    transport: dict[str, bool] = field(default_factory=dict)
    header: tuple[Header, ...] = ()
    scope: tuple[OAuthScope, ...] = ()
    rate_limit: tuple[RateLimit, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    fact: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What a call means: a row of ``rules/libraries/*.toml``.

    ``name``: dotted names after imports and constants are resolved (``requests.Session().post``); ``{a,b}`` gives
    alternatives, a leading ``*.`` any receiver. ``means`` is the meaning, ``arguments`` says which argument plays which
    part: positions (``"0"``), names (``"params"``) and keys of a map argument (``"1.headers"``), the first that is
    present counts. ``attributes`` are further facts about the call (``state = "library"``).
    """

    name: tuple[str, ...]
    means: str
    arguments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Command:
    """How a shell command's words are read: which flags take a value, and what the flags are called.

    ``flags`` maps each flag with a value to its name (``"-H" = "header"``), ``switches`` each flag without one.
    """

    name: tuple[str, ...]
    flags: dict[str, str] = field(default_factory=dict)
    switches: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Library:
    """One file of ``rules/libraries/``: what calls mean in the languages it names."""

    languages: tuple[str, ...]
    call: tuple[Row, ...] = ()
    read: tuple[Row, ...] = ()
    command: tuple[Command, ...] = ()


@dataclass(frozen=True)
class RuleSet:
    """Everything a run knows. Immutable; derived tables are computed once.

    ``rules`` are those that run, ``others`` those that are switched off: they stay known, so that an ignore comment
    for one of them is not taken for a mistake.
    """

    rules: tuple[Rule, ...]
    providers: tuple[Provider, ...] = ()
    libraries: tuple[Library, ...] = ()
    others: tuple[Rule, ...] = ()

    @cached_property
    def by_code(self) -> dict[str, Rule]:
        """Rules by code, those that are switched off included."""
        return {rule.code: rule for rule in (*self.rules, *self.others)}

    @cached_property
    def by_name(self) -> dict[str, Rule]:
        """Rules by name, those that are switched off included."""
        return {rule.name: rule for rule in (*self.rules, *self.others)}

    def find(self, name_or_code: str) -> Rule | None:
        """The rule of that name or code (codes in any case)."""
        return self.by_name.get(name_or_code) or self.by_code.get(name_or_code.upper())

    def only(self, codes: frozenset[str]) -> RuleSet:
        """The same knowledge with just the rules of these codes; the others stay known, but do not run."""
        every = sorted((*self.rules, *self.others), key=lambda rule: rule.code)
        running = tuple(rule for rule in every if rule.code in codes)
        others = tuple(rule for rule in every if rule.code not in codes)
        return RuleSet(running, self.providers, self.libraries, others)
