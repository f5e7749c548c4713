"""Whom a provider's credential is sent to, where that is somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.credentials.provider_keys import credential_of
from authlint.concepts.unit import Unit
from authlint.concepts.web.exchanges import Exchange, exchanges, sent_credentials
from authlint.concepts.web.urls import is_internal, is_loopback, is_reserved
from authlint.facts import Items, Lambda, Member, Ref, Text
from authlint.names import is_secret_name, split
from authlint.ruleset.providers import Provider
from authlint.source import Span
from authlint.values.texts import key_of

_FROM_REQUEST = re.compile(
    r"^(?:(?:flask\.)?request|req|ctx\.(?:request|req)|ctx|params|event)\."
    r"(?:query|body|params|args|form|json|values|GET|POST|queryStringParameters|query_params)\b"
)
_SETS_IT = re.compile(r"(?i)headers\.authorization$")
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac"})
_SHORTEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Recipient:
    """A request that carries a provider's credential to a host which is not the provider's."""

    span: Span
    provider: Provider
    host: str


def foreign_recipients(unit: Unit) -> Iterator[Recipient]:
    """Every request with a provider's credential whose host is known and not one of the provider's."""
    for exchange in exchanges(unit):
        url = exchange.request.url
        host = url.known_host if url is not None else ""
        if "." not in host or is_loopback(host) or is_internal(host, unit.internal_hosts):
            continue
        if is_reserved(host) and unit.context.place != "code":
            continue
        owners = list(_owners(unit, exchange))
        if owners and not any(_is_hosted_by(unit, host, provider) for provider in owners):
            yield Recipient(exchange.call.span, owners[0], host)


def _owners(unit: Unit, exchange: Exchange) -> Iterator[Provider]:
    """The providers whose credentials a request carries: of settings by their name, of literals by their prefix."""
    for sent in sent_credentials(unit, exchange.request):
        if sent.setting and is_secret_name(sent.setting):
            yield from (p for p in unit.knowledge.providers if not p.generic and _is_named_after(sent.setting, p))
        value = sent.text.split()[-1] if sent.text.split() else ""
        known = credential_of(unit, value)
        if known is not None and not known.collides_with:
            yield from (p for p in unit.knowledge.providers if known in p.credential)


def _is_named_after(setting: str, provider: Provider) -> bool:
    """Whether a setting is a provider's and says so by name: ``TF_*`` and ``DO_*`` may be anybody's."""
    if not provider.has_setting(setting):
        return False
    stem = split(setting)[0] if split(setting) else ""
    return len(stem) >= _SHORTEST_NAME and stem in re.sub(r"[^a-z0-9]", "", (provider.id + provider.name).lower())


def _is_hosted_by(unit: Unit, host: str, provider: Provider) -> bool:
    """Whether a host is a provider's, or looks like it: it has the name in it, or a domain of one of its hosts."""
    found = unit.knowledge.host(host)
    if found is not None and found[1] is provider:
        return True
    domains = {_domain(item.name.removeprefix("*.")) for item in provider.host}
    return not domains or _domain(host) in domains or provider.id in host.replace("-", "").replace(".", "")


def _domain(host: str) -> str:
    """The part of a host that somebody has registered, as nearly as that can be told without a list."""
    labels = host.lower().split(".")
    count = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2  # noqa: PLR2004
    return ".".join(labels[-count:])


def hosts_from_requests(unit: Unit) -> Iterator[Span]:
    """Requests with an ``Authorization`` header whose whole address comes from whoever sent a request here."""
    for exchange in exchanges(unit):
        value = exchange.request.url_value
        if value is None or "authorization" not in exchange.request.headers or unit.context.place != "code":
            continue
        folded = unit.folder.fold(value)
        first = folded.parts[0] if isinstance(folded, Text) and folded.parts else folded
        if isinstance(first, Ref | Member) and _FROM_REQUEST.match(first.path):
            yield exchange.call.span


def kept_over_redirects(unit: Unit) -> Iterator[Span]:
    """Code that keeps ``Authorization`` where a client would drop it: a redirect hook, an empty ``rebuild_auth``."""
    facts = unit.facts
    for found in facts.maps:
        for entry in found.entries:
            if key_of(entry) == "beforeRedirect":
                hooks = entry.value.items if isinstance(entry.value, Items) else (entry.value,)
                bodies = {hook.body for hook in hooks if isinstance(hook, Lambda)}
                yield from (b.span for b in facts.bindings if b.scope in bodies and _SETS_IT.search(b.path))
    if unit.source.language != "python":
        return
    used = {facts.function_of(item.scope) for item in (*facts.calls, *facts.bindings, *facts.reads)}
    for number, scope in enumerate(facts.scopes):
        is_method = scope.kind == "function" and facts.scopes[scope.parent].kind == "class"
        if is_method and scope.name == "rebuild_auth" and number not in used:
            yield scope.span
