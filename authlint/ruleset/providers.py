"""What authlint knows about providers, as data: the schema of the TOML files below ``rules/providers/``.

Loaded when a check first asks: most files have nothing to do with any provider.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

_ESCAPED = re.compile(r"\\(\W)")
_SHORTEST_OPENING = 4
_LITERAL_START = re.compile(r"(?:(?:\\\W|[^\\.^$*+?{}\[\]()|])(?![*+?{]))*")


class NotWhen(NamedTuple):
    """A sign in the file that a credential of this shape is somebody else's."""

    imports: str = ""
    callee: str = ""
    host: str = ""


class Credential(NamedTuple):
    """One kind of credential of a provider. ``identifier`` is none: it looks like one and is not secret.

    A value is a ``prefix`` and a body, or a ``pattern``: a bounded regular expression with a literal start, or, where
    it starts with none that tells enough, with a literal inside or beside it, its ``keyword``. What is ``anchored`` has
    neither and is found by name and position only. ``checksum`` names one of ``authlint.secret.checksums``.
    """

    id: str
    kind: Literal["api_key", "client_secret", "access_token", "refresh_token", "scim", "session", "identifier"]
    prefix: str = ""
    pattern: str = ""
    keyword: str = ""
    anchored: bool = False
    charset: str = "A-Za-z0-9"
    min_body: int = 16
    max_body: int = 128
    checksum: str = ""
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

    @property
    def is_told(self) -> bool:
        """Whether its shape alone announces one: ``rt_`` needs a place where a credential stands."""
        has_shape = bool(self.prefix or self.keyword or self.opening) and not self.anchored
        return has_shape and self.kind != "identifier" and (self.position == "any" or self.kind == "scim")

    @property
    def is_told_by_its_beginning(self) -> bool:
        """Whether what it begins with is long enough to be known in the midst of other text."""
        return self.is_told and len(self.opening) >= _SHORTEST_OPENING

    @property
    def examples_matter(self) -> bool:
        """Whether a made-up value is worth a word: the real one will be pasted in the same place."""
        return bool(self.prefix) and (self.kind == "scim" or (self.kind == "api_key" and self.env != "any"))

    @property
    def mark(self) -> str:
        """What stands in every file that holds one."""
        return self.keyword or self.opening

    @property
    def opening(self) -> str:
        """What every value begins with: the prefix, or the literal start of the pattern."""
        start = _LITERAL_START.match(self.pattern)
        return self.prefix or (_ESCAPED.sub(r"\1", start[0]) if start else "")


class Host(NamedTuple):
    """A host of a provider; a leading ``*.`` stands for any one subdomain.

    ``public_keys``: what it is asked with is meant to be seen, as the key of a map in a page.
    """

    name: str
    roles: tuple[Literal["api", "auth", "app", "docs"], ...]
    env: Literal["live", "test", "any", "docs"] = "any"
    placeholder: tuple[str, ...] = ()
    public_keys: bool = False


class Endpoint(NamedTuple):
    """A documented endpoint; ``{x}`` stands for one segment of its path.

    ``lifetime``: how long what it gives lives, where that differs from the provider's other endpoints.
    """

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
    lifetime: str = ""


class OAuth(NamedTuple):
    """How a provider's OAuth behaves."""

    flows: tuple[str, ...] = ()
    use_for: str = ""
    response_types: tuple[str, ...] = ()
    state: Literal["required", "recommended", "not-applicable", ""] = ""
    pkce: Literal["required", "supported", "undocumented", "not-applicable", ""] = ""
    refresh_tokens: bool = False
    retrieve_again: str = ""


class Lifetime(NamedTuple):
    """How long things live: ISO 8601 durations; empty where nothing is documented, ``never`` where nothing ends it."""

    access_token: str = ""
    refresh_token: str = ""
    session: str = ""
    api_key: str = ""
    manual_access_token: str = ""
    margin: str = ""


class Rotation(NamedTuple):
    """How often credentials are to be changed (0 days where nothing is asked for), and where they are revoked."""

    days: int = 0
    overlap: bool = False
    order: str = ""
    per_environment: bool = False
    revoke: str = ""


class Storage(NamedTuple):
    """Where a provider wants a credential to be kept, by kind or by context."""

    kind: str = ""
    context: str = ""
    recommend: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()


class Header(NamedTuple):
    """A header that requests to the provider's API must carry.

    ``variable``: the environment variable that holds a value which each customer has another one of.
    """

    name: str
    value: str
    match: Literal["exact", "glob", "uuid-or-expression"]
    when: Literal["always", "body", "json-body"]
    variable: str = ""


class OAuthScope(NamedTuple):
    """A scope a provider offers and how much it gives away."""

    name: str
    risk: Literal["normal", "high", "critical"]
    over_broad: bool = False


class RateLimit(NamedTuple):
    """How many requests a provider takes, by method of authentication, in a period (ISO 8601)."""

    method: str
    limit: int
    per: str


class Fact(NamedTuple):
    """A sentence of a provider's documentation, in our words, and the rules that hold it."""

    id: str
    text: str
    rules: tuple[str, ...] = ()
    enforce: str = ""


class Provider(NamedTuple):
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
    transport: dict[str, bool] = {}
    header: tuple[Header, ...] = ()
    scope: tuple[OAuthScope, ...] = ()
    rate_limit: tuple[RateLimit, ...] = ()
    errors: dict[str, str] = {}
    fact: tuple[Fact, ...] = ()

    def has_setting(self, name: str) -> bool:
        """Whether an environment variable of this name is one of the provider's: ``ACME_*`` stands for a beginning."""
        return any(name == known or (known[-1:] == "*" and name.startswith(known[:-1])) for known in self.env_vars)
