"""Secrets that a source holds in plain text, each found once and each of one kind.

Which of the rules AUT104 to AUT108 a literal belongs to is decided here, so that one defect is one finding: a default
of a setting is a ``fallback`` whatever its name, a signing key is a ``signing-key`` wherever it stands, and what an
image, a pipeline or a manifest carries is ``deployed``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import Literal, TypeAlias

from authlint.concepts.credentials.addresses import printed_passwords
from authlint.concepts.credentials.credential_names import is_database, is_header, sort_of
from authlint.concepts.credentials.credential_values import basic_password, is_key, is_password, is_random, is_same_word
from authlint.concepts.credentials.credentials import CONFIGURATION, Known, NamedValue, literals, named_values
from authlint.concepts.credentials.deployments import (
    CONTAINER,
    IMAGE,
    Place,
    build_arguments,
    container_values,
    decoded,
    place_of,
)
from authlint.concepts.credentials.provider_keys import is_disproved
from authlint.concepts.credentials.recordings import is_over
from authlint.concepts.credentials.unnamed import unnamed
from authlint.concepts.tokens import jwts
from authlint.concepts.unit import Unit, once
from authlint.facts import Text
from authlint.names import split
from authlint.ruleset.knowledge import Knowledge
from authlint.secret.placeholders import Verdict, judge
from authlint.source import Span

Kind: TypeAlias = Literal["fallback", "signing-key", "deployed", "bearer", "secret"]

_ORDER: tuple[Kind, ...] = ("fallback", "signing-key", "deployed", "bearer", "secret")
_LONG, _SHORT, _MORE_IN_DOCS = 16, 8, 4
_SCHEME = re.compile(r"(?i)\A(bearer|bot|token|jwt|apikey|basic)\s{1,4}(\S{1,8000})\Z")
_SENT = re.compile(
    rb"(?i)(?<![\w-])authorization[\"']?\s{0,4}(?::|=>?)\s{0,4}[\"']?(?:bearer|token)\s{1,4}([\w.~+/=-]{16,4000})"
)
_PUBLISHED = frozenset(
    {
        "authdomain",
        "messagingsenderid",
        "storagebucket",
        "measurementid",
        "indexname",
        "index",
        "searchclient",
        "sitekey",
    }
)
_ADDRESSES = frozenset(
    {"host", "hostname", "port", "database", "db", "dbname", "db_name", "dialect", "server", "driver", "engine", "url"}
    | {"uri", "schema", "jdbcurl"}
)
_REGISTERED = frozenset(
    {"redirecturis", "redirect_uris", "publicclient", "clientauthenticatortype", "granttypes"}
    | {"grant_types", "weborigins", "standardflowenabled", "serviceaccountsenabled", "allowedgranttypes"}
)
"""What stands beside the secret of a client in the settings of a server that lets it in: any text opens the door."""
_EXAMPLES = frozenset({"example", "examples", "x-example", "x-examples"})
_FRAMEWORKS = frozenset({"flask", "django", "starlette", "fastapi", "quart", "sanic", "itsdangerous", "flask_restful"})
_APPLICATION = re.compile(r"(?:app|application|flask_app|server)\.")
_DJANGO = frozenset({"INSTALLED_APPS", "MIDDLEWARE", "MIDDLEWARE_CLASSES", "ROOT_URLCONF"})
_SESSION_OPTIONS = frozenset(
    {"resave", "saveuninitialized", "cookie", "signoptions", "expiresin", "jwtfromrequest", "algorithms", "algorithm"}
)
_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_SETTINGS_PATH = re.compile(
    r"(^|/)(?:settings|config|conf|app|secrets?|local_settings|development|production|base)[\w.-]*\.py$|/settings/"
)
_CONFIG_PATH = re.compile(
    r"(?i)(^|/)(?:[\w-]{1,60}\.)?(?:config|conf|settings?|secrets?|keys?|constants?|credentials?|environment)"
    r"(?:[.-]\w{1,40}){0,3}\.\w{1,12}$|(^|/)config/"
)
_TRANSLATION_PATH = re.compile(r"(?i)(^|/)(?:i18n|l10n|locales?|lang|languages?|translations?|messages)/|\.(?:po|xlf)$")
_PIPELINE_PATH = re.compile(r"(^|/)(?:\.github/|\.circleci/|\.gitlab-ci|\.travis|\.drone|azure-pipelines|bitbucket-pipelines|appveyor|cloudbuild|jenkinsfile)", re.IGNORECASE)  # fmt: skip  # noqa: E501


@dataclass(frozen=True, slots=True)
class Committed:
    """A secret in plain text. ``sort`` is what its name promises, ``name`` what to call it; never the value."""

    kind: Kind
    sort: str
    name: str
    span: Span
    size: int = 0
    place: Place | None = None
    where: str = ""
    token: jwts.Token | None = None


@once
def committed(unit: Unit) -> tuple[Committed, ...]:
    """Every secret of a source, in source order; of several findings at one place the one that says most."""
    found = sorted(_all(unit), key=lambda item: (_ORDER.index(item.kind), item.span[0] - item.span[1]))
    kept: list[Committed] = []  # in source order, none overlaps another
    for item in found:
        at = bisect_left(kept, item.span, key=lambda other: other.span)
        before, after = kept[at - 1 : at], kept[at : at + 1]
        if all(other.span[1] <= item.span[0] for other in before) and all(item.span[1] <= o.span[0] for o in after):
            kept.insert(at, item)
    return tuple(kept)


def _all(unit: Unit) -> Iterator[Committed]:
    weigher = _Weigher(unit)
    for named in chain(named_values(unit), unnamed(unit)):
        for known in literals(unit, named.value):
            item = weigher.weigh(named, known)
            if item is not None:
                yield item
    for name, value in container_values(unit):
        known = Known(value.literal or "", value.span)
        item = weigher.weigh(NamedValue(name, value, "option", sort_of(name)), known)
        if item is not None:
            yield replace(item, kind="deployed", place=CONTAINER)
    for name, span in build_arguments(unit):
        yield Committed("deployed", "argument", name, span, place=IMAGE)
    if unit.is_file:
        yield from _tokens_anywhere(unit)
    if unit.is_file and unit.context.docs:
        yield from (Committed("secret", "password", "password", span) for span in printed_passwords(unit))


def _tokens_anywhere(unit: Unit) -> Iterator[Committed]:
    """Complete JSON Web Tokens and ``Authorization`` lines in any text, whatever its language."""
    data = unit.source.data
    for match in jwts.TOKEN.finditer(data) if b"eyJ" in data else ():
        token = jwts.read(match[0].decode())
        if token and not token.is_published and judge(match[0].decode()).verdict is Verdict.REAL:
            yield Committed("bearer", "jwt", "", match.span(), where="the source", token=token)
    for match in _SENT.finditer(data) if b"authorization" in data.lower() else ():  # which takes a fiftieth of the time
        value = match[1].decode("utf-8", "replace")
        if value.startswith("eyJ") or any(prefix in value for prefix in _prefixes(unit.knowledge)):
            continue
        if is_disproved(value, unit.knowledge):
            continue
        if is_random(value, name="", at_least=_LONG, samples=_samples(unit.knowledge)):
            yield Committed("bearer", "token", "", match.span(1), where="an Authorization header")


@lru_cache(maxsize=2)
def _samples(knowledge: Knowledge) -> frozenset[str]:
    """What providers print in their documentation."""
    return frozenset(example for credential, _ in knowledge.credentials for example in credential.doc_examples)


@lru_cache(maxsize=2)
def _prefixes(knowledge: Knowledge) -> tuple[str, ...]:
    """What the keys begin with that have a rule of their own (AUT101 to AUT103)."""
    found = (c for c, _ in knowledge.credentials if c.kind == "scim" or (c.kind == "api_key" and c.env != "any"))
    return tuple(credential.prefix for credential in found if credential.prefix)


class _Weigher:
    """Decides what a literal is, where it stands."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.samples = _samples(unit.knowledge)
        self.docs = unit.context.docs or (not unit.is_file and unit.source.root.language == unit.source.language)
        self.plain = unit.context.place == "code" and not self.docs and not _PIPELINE_PATH.search(unit.source.path)
        self.translated = bool(_TRANSLATION_PATH.search(unit.source.path))
        self.prefixes = _prefixes(unit.knowledge)

    def weigh(self, named: NamedValue, known: Known) -> Committed | None:
        """The secret that a literal is, or ``None``."""
        value = decoded(self.unit, named.path, known)
        if not value or any(prefix in value for prefix in self.prefixes) or _is_published(named, value):
            return None
        if is_disproved(value, self.unit.knowledge):
            return None
        name, sort = named.name, named.sort
        if sort_of(known.fallback) and sort not in ("signing-key", "secret-key"):
            name, sort = known.fallback, sort_of(known.fallback)
        registered = sort in ("client-secret", "secret") and not named.beside.isdisjoint(_REGISTERED)
        sort = "client-secret" if registered else sort
        scheme = _SCHEME.match(value)
        if scheme or sort == "authorization":
            return self._header(named, known.span, *(scheme.groups() if scheme else ("", value)))
        size = len(value.encode("utf-8", "replace"))
        if self._signs(named, name, sort):
            if not self._is_signing_key(named, name, value, certain=self._signs(named, name, sort) == "sure"):
                return None
            kind: Kind = "fallback" if known.fallback else "signing-key"
            return Committed(kind, sort if sort == "cipher-key" else "signing-key", name, known.span, size)
        if not self._is_one(named, name, sort, value, likely=bool(known.fallback)):
            return None
        if known.fallback or named.kind == "option":
            return Committed("fallback", sort, name, known.span, size)
        place = place_of(self.unit, named.path, known.span)
        if place is not None:
            return Committed("deployed", sort, name, known.span, size, place)
        if sort == "token" and "refresh" not in split(name) and is_over(self.unit, known.span):
            return None
        if sort == "token" or is_header(name):
            return _bearer(value, name, known.span, f"'{name}'")
        return Committed("secret", sort, name, known.span, size)

    def _header(self, named: NamedValue, span: Span, scheme: str, value: str) -> Committed | None:
        """What an ``Authorization`` header carries: ``Bearer <token>``, ``Basic <user:password>``."""
        if scheme.lower() == "basic":
            password = basic_password(value)
            if password and self.plain and is_password(password, name="password", likely=False):
                return Committed("secret", "password", named.name, span)
            return None
        if not self._is_random(value, named.name, _LONG):
            return None
        where = "the Authorization header" if sort_of(named.name) == "authorization" else f"'{named.name}'"
        return _bearer(value, named.name, span, where)

    # -- signing keys ------------------------------------------------------------------------------------------------

    def _signs(self, named: NamedValue, name: str, sort: str) -> Literal["", "sure", "perhaps"]:
        """Whether a value of this name signs tokens or sessions."""
        if named.kind in ("compared", "text") or self.translated or self._is_lookup(named):
            return ""
        if sort in ("signing-key", "cipher-key"):
            return "sure"
        if sort == "secret-key":
            return self._secret_key(named, name)
        if split(name) != ("secret",) or named.kind not in ("entry", "binding"):
            return ""
        if named.beside & _SESSION_OPTIONS:
            return "sure"
        settings = self.unit.source.language == "dotenv" or _CONFIG_PATH.search(self.unit.source.path)
        return "perhaps" if settings else ""

    def _secret_key(self, named: NamedValue, name: str) -> Literal["", "sure", "perhaps"]:
        """``SECRET_KEY`` signs in a web framework; elsewhere it may be any provider's."""
        language = self.unit.source.language
        if split(name)[0] in ("access", "refresh") and b"onsumer" in self.unit.source.data:
            return ""  # the token secret of OAuth 1
        if language == "python":
            if _APPLICATION.match(named.path) or ".config." in named.path or self._uses_framework:
                return "sure"
            return "perhaps"
        if language in _SCRIPTS and _CONFIG_PATH.search(self.unit.source.path):
            return "perhaps"
        return "perhaps" if language in ("dotenv", "ruby") or name.isupper() else ""

    @cached_property
    def _uses_framework(self) -> bool:
        facts = self.unit.facts
        return (
            any(item.name.partition(".")[0] in _FRAMEWORKS for item in facts.imports)
            or any(binding.path in _DJANGO for binding in facts.bindings)
            or bool(_SETTINGS_PATH.search(self.unit.source.path))
        )

    def _is_signing_key(self, named: NamedValue, name: str, value: str, *, certain: bool) -> bool:
        if not self.plain and not (named.sure and self.unit.context.docs):
            return self._is_random(value, name, _SHORT)
        if " " in value and not (named.sure or self._may_be_a_phrase(named)):
            return False
        named_like_it = is_same_word(value, name) and not _is_setting(named)
        return is_key(value, name=name, sure=certain and (named.sure or not named_like_it))

    def _is_lookup(self, named: NamedValue) -> bool:
        """Whether a map of code is keyed by such names and holds others: ``{"signing-key": "signing"}``."""
        if named.kind != "entry" or self.unit.source.language in CONFIGURATION:
            return False
        value = named.value.literal if isinstance(named.value, Text) else None
        return "-" in named.name or sort_of(value or "") in ("client-secret", "signing-key", "api-key", "token")

    def _may_be_a_phrase(self, named: NamedValue) -> bool:
        """Whether a text with spaces may be a key here, and not a message about one."""
        if _CONFIG_PATH.search(self.unit.source.path):
            return not self.translated
        return named.kind in ("binding", "default") and self.unit.source.language != "json"

    # -- everything else ---------------------------------------------------------------------------------------------

    def _is_one(self, named: NamedValue, name: str, sort: str, value: str, *, likely: bool) -> bool:
        if sort == "password":
            if not self.plain or self.translated or _is_printed(named):
                return False
            likely = likely or named.kind == "option" or self._opens_something(named, name)
            return is_password(value, name=name, likely=likely)
        if self.unit.knowledge.is_anchored(named.path, value):
            return judge(value, min_body=_SHORT, name=name, doc_examples=self.samples).verdict is Verdict.REAL
        if sort == "client-secret" and self.plain and not named.beside.isdisjoint(_REGISTERED):
            return is_key(value, name=name, sure=False)
        at_least = _SHORT if sort == "client-secret" else _LONG
        return self._is_random(value, name, at_least, uuid=sort in ("client-secret", "api-key", "secret"))

    def _is_random(self, value: str, name: str, at_least: int, *, uuid: bool = False) -> bool:
        at_least += _MORE_IN_DOCS if self.docs else 0  # what is short and looks random there was typed for the page
        return is_random(value, name=name, at_least=at_least, samples=self.samples, uuid=uuid)

    def _opens_something(self, named: NamedValue, name: str) -> bool:
        """Whether a password stands beside an address, or in a place that a service is started with."""
        if self.unit.source.language == "dotenv" or place_of(self.unit, named.path, (0, 0)) is not None:
            in_secret = named.path.startswith(("data.", "stringData."))
            return name.isupper() or is_database(name) or in_secret
        return bool(named.beside & _ADDRESSES)


def _is_setting(named: NamedValue) -> bool:
    """Whether a program sets its framework's key: ``app.secret_key = "secret_key"`` names no other key."""
    return named.kind == "binding" and (bool(_APPLICATION.match(named.path)) or ".config." in named.path)


def _bearer(value: str, name: str, span: Span, where: str) -> Committed:
    token = jwts.whole(value)
    return Committed("bearer", "jwt" if token else "token", name, span, where=where, token=token)


def _is_printed(named: NamedValue) -> bool:
    """Whether a value is an example in the description of an API."""
    return not _EXAMPLES.isdisjoint(named.path.lower().split("."))


def _is_published(named: NamedValue, value: str) -> bool:
    """Whether a key is meant to be seen: that of a page's own analytics, search or database rules."""
    if named.beside & _PUBLISHED:
        return True
    token = jwts.whole(value)
    return token is not None and token.is_published
