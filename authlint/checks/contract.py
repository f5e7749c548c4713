"""What a provider's documentation asks of its clients (AUT6xx). Only a pack tells: without one nothing is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.credentials.deployments import runs_on_pull_requests
from authlint.concepts.credentials.environments import of_path, of_place
from authlint.concepts.credentials.provider_keys import credential_of, provider_keys
from authlint.concepts.credentials.shared_keys import placed_keys, shared_keys
from authlint.concepts.oauth.scopes import provider_of, scope_lists
from authlint.concepts.unit import Unit
from authlint.concepts.web.answers import blocks_that_send, is_repeated_at_once, refreshes_on_403, unhandled
from authlint.concepts.web.exchanges import Exchange, exchanges, is_switched, sent_credentials, setting_of
from authlint.concepts.web.headers import fault, has_any
from authlint.concepts.web.recipients import foreign_recipients, hosts_from_requests, kept_over_redirects
from authlint.finding import THERE
from authlint.match import Across, Match
from authlint.names import split
from authlint.ruleset.providers import Provider
from authlint.secret.placeholders import Verdict
from authlint.source import Span

_WILDCARD = re.compile(r"\*|all|full_?access|.*:\*")
_NEARLY_ALL, _MANY_SCOPES = 0.8, 5
_LIVE_WORDS = frozenset({"live", "prod", "production"})
_TEST_WORDS = frozenset({"test", "sandbox", "testing"})


def required_header(unit: Unit) -> Iterator[Match]:
    """A request to a provider's API without a header that it must carry, or with a wrong value in it."""
    for exchange in exchanges(unit):
        if exchange.provider is None or exchange.host is None or "api" not in exchange.host.roles:
            continue
        if exchange.endpoint and exchange.endpoint.role in ("token", "authorize", "login"):
            continue
        if not exchange.request.credential and not has_any(exchange):
            continue  # a part of the API that anybody may call
        missing = []
        for header in exchange.provider.header:
            found = fault(unit, exchange, header)
            shown = header.name if header.match == "uuid-or-expression" else f"{header.name}: {header.value}"
            if found is not None and found.case:
                fields = {"provider": exchange.provider.name, "header": shown, "actual": found.actual}
                yield Match(found.span, fields, found.case, provider=exchange.provider.id)
            elif found is not None:
                missing.append(shown)
        if missing:
            fields = {"provider": exchange.provider.name, "header": " and ".join(missing), "actual": ""}
            yield Match(exchange.call.span, fields, provider=exchange.provider.id)


def over_broad_scope(unit: Unit) -> Iterator[Match]:
    """A list of scopes that gives away everything, or far more than any one program needs."""
    told: set[tuple[str, ...]] = set()
    for asked in scope_lists(unit):
        provider = provider_of(unit, asked)
        if provider is None or provider.generic or asked.scopes in told:
            continue  # a constant is reported where it is written, not again where it is used
        told.add(asked.scopes)
        broad = {scope.name for scope in provider.scope if scope.over_broad}
        worst = next((s for s in asked.scopes if s in broad or _WILDCARD.fullmatch(s)), "")
        mine = {scope.name for scope in provider.scope}
        if worst:
            yield Match(asked.span, {"scope": worst, "provider": provider.name}, provider=provider.id)
        elif len(mine) >= _MANY_SCOPES and len(mine.intersection(asked.scopes)) >= _NEARLY_ALL * len(mine):
            yield Match(asked.span, {"scope": "", "provider": provider.name}, "nearly-all", provider=provider.id)


def live_key_outside_production(unit: Unit) -> Iterator[Match]:
    """A live credential in a test, in the configuration of another environment, or sent to a sandbox."""
    for span, provider, value in _keys(unit, "live"):
        environment = of_place(unit, span)
        if unit.context.test or environment in ("test", "development", "staging"):
            where = "in tests" if unit.context.test else f"in {environment} configuration"
            yield Match(span, {"where": where, "kind": value}, provider=provider.id)
    yield from _sent_elsewhere(unit, host="test", key="live", words=_LIVE_WORDS, where="against sandbox host {}")
    for setting, provider, span in _settings(unit, _LIVE_WORDS):
        if runs_on_pull_requests(unit, span):
            yield Match(span, {"where": "in a pull-request job", "kind": setting}, "name", provider=provider.id)


def test_key_in_production(unit: Unit) -> Iterator[Match]:
    """A sandbox credential in the configuration of production, or sent to the production host."""
    if unit.context.test:
        return
    for span, provider, value in _keys(unit, "test"):
        if of_place(unit, span) == "production":
            yield Match(span, {"where": "in production configuration", "kind": value}, provider=provider.id)
    yield from _sent_elsewhere(unit, host="live", key="test", words=_TEST_WORDS, where="against production host {}")
    for setting, provider, span in _settings(unit, _TEST_WORDS):
        if of_place(unit, span) == "production":
            fields = {"where": "in production configuration", "kind": setting}
            yield Match(span, fields, "name", provider=provider.id)


def auth_failure_unhandled(unit: Unit) -> Iterator[Match]:
    """The answer to an authenticated request is read as data, and nothing looks at whether it is an error."""
    for found in unhandled(unit):
        url = found.exchange.request.url
        host = url.known_host if url and url.known_host else "the server"
        yield Match(found.span, {"host": host}, "" if found.kind == "unchecked" else found.kind)
    for call in blocks_that_send(unit):
        yield Match(call.span, {"host": "the server"})
    for exchange in exchanges(unit):
        if exchange.provider is not None and is_repeated_at_once(unit, exchange):
            yield Match(exchange.call.span, {"host": exchange.provider.name}, "rate-limit")
    for span in refreshes_on_403(unit):
        yield Match(span, {"host": "the server"}, "forbidden")


def shared_key_across_environments(unit: Unit) -> Iterator[Match]:
    """One credential serves two environments, or two services, in one file or in several."""
    told: set[Span] = set()
    for shared in shared_keys(unit):
        told.add(shared.key.span)
        fields = {"name": shared.key.name, "here": shared.here, "there": shared.there}
        yield Match(shared.key.span, fields, related=(("it stands here too", shared.first.span),))
    for key in placed_keys(unit):
        if key.environment and key.span not in told:
            across = Across(key.value, key.environment, key.kind)
            yield Match(key.span, {"name": key.name, "here": key.environment, "there": THERE}, "across", across=across)


def credential_type_mismatch(unit: Unit) -> Iterator[Match]:
    """A key that is for one part of an API is sent to another one."""
    if unit.context.place != "code":
        return
    for exchange in exchanges(unit):
        provider, url = exchange.provider, exchange.request.url
        if provider is None or provider.generic or url is None:
            continue
        for credential in provider.credential:
            if not credential.restrict_paths:
                continue
            inside = any(path.strip("/") in url.path.split("/") for path in credential.restrict_paths)
            mine, other = _holds(unit, exchange, credential.prefix, credential.id, provider)
            if mine and not inside and url.path.strip("/"):
                yield Match(exchange.call.span, {"kind": credential.kind.upper(), "use": "SCIM", "other": url.path})
            elif other and inside:
                fields = {"kind": "API", "use": "other endpoints", "other": url.path}
                yield Match(exchange.call.span, fields, "other")
        if _is_manual(unit, exchange, provider):
            yield Match(exchange.call.span, {"kind": "", "use": "", "other": provider.name}, "manual")


def credential_to_foreign_host(unit: Unit) -> Iterator[Match]:
    """A provider's credential goes to somebody else's host, or may follow a redirect there."""
    for exchange in exchanges(unit):
        client = exchange.client
        if client is not None and client.redirect and is_switched(unit, exchange.call, client.redirect):
            yield Match(exchange.call.span, {"provider": "", "host": ""}, "redirect")
    for span in kept_over_redirects(unit):
        yield Match(span, {"provider": "", "host": ""}, "redirect")
    for recipient in foreign_recipients(unit):
        fields = {"provider": recipient.provider.name, "host": recipient.host}
        yield Match(recipient.span, fields, provider=recipient.provider.id)
    for span in hosts_from_requests(unit):
        yield Match(span, {"provider": "", "host": ""}, "request")


# -- what more than one of them asks ----------------------------------------------------------------------------------


def _keys(unit: Unit, env: str) -> Iterator[tuple[Span, Provider, str]]:
    """Every real key of one environment in a source, with its provider and its prefix."""
    for key in provider_keys(unit):
        if key.credential.env == env and key.judgement.verdict is Verdict.REAL:
            yield key.span, key.provider, f"{key.credential.opening or key.credential.keyword}…"


def _sent_elsewhere(unit: Unit, *, host: str, key: str, words: frozenset[str], where: str) -> Iterator[Match]:
    """Requests to a host of one environment with a credential of the other."""
    for exchange in exchanges(unit):
        provider, at = exchange.provider, exchange.host
        if provider is None or at is None or at.env != host or not any(h.env == key for h in provider.host):
            continue
        place = {"where": where.format(exchange.request.url.known_host if exchange.request.url else "")}
        for sent in sent_credentials(unit, exchange.request):
            if sent.setting and words & set(split(sent.setting)) and provider.has_setting(sent.setting):
                yield Match(exchange.call.span, {**place, "kind": sent.setting}, "name", provider=provider.id)
                break
            known = credential_of(unit, sent.text.split()[-1]) if sent.text.split() else None
            if known is not None and known.env == key:
                kind = f"{known.opening}…"
                yield Match(exchange.call.span, {**place, "kind": kind}, provider=provider.id)
                break


def _settings(unit: Unit, words: frozenset[str]) -> Iterator[tuple[str, Provider, Span]]:
    """The settings of providers that are read, hold a credential and have one of these words in their name."""
    for read in (*unit.facts.reads, *unit.facts.calls):
        setting = setting_of(unit, read)
        parts = set(split(setting))
        if parts & words and parts & {"key", "token", "secret"}:
            provider = next((p for p in unit.knowledge.providers if not p.generic and p.has_setting(setting)), None)
            if provider is not None:
                yield setting, provider, read.span


def _holds(unit: Unit, exchange: Exchange, prefix: str, kind: str, provider: Provider) -> tuple[bool, bool]:
    """Whether a request carries a credential of a kind, and whether it carries another key of the provider."""
    word, mine, other = kind.partition("-")[0], False, False
    for sent in sent_credentials(unit, exchange.request):
        if sent.setting and provider.has_setting(sent.setting):
            named = word in split(sent.setting)
            mine, other = mine or named, other or (not named and "key" in split(sent.setting))
        value = sent.text.split()[-1] if sent.text.split() else ""
        mine = mine or (bool(prefix) and value.startswith(prefix))
        known = credential_of(unit, value)
        other = other or (known is not None and known.kind == "api_key")
    return mine, other and not mine


def _is_manual(unit: Unit, exchange: Exchange, provider: Provider) -> bool:
    """A hand-made token in production, where the provider wants one that is asked for with client credentials."""
    if not provider.lifetime.manual_access_token or b"client_credentials" in unit.source.data:
        return False
    if of_path(unit.source.path, unit.source.root.language) != "production":
        return False
    settings = [s.setting for s in sent_credentials(unit, exchange.request) if s.setting]
    return any(provider.has_setting(setting) and "token" in split(setting) for setting in settings)
