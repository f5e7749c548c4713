"""``authlint providers``: the providers authlint knows, and what it knows about one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from authlint.cli.options import configured_paths, configured_rules
from authlint.cli.rules import table
from authlint.ruleset.schema import suggest, table_of

if TYPE_CHECKING:
    from authlint.ruleset.providers import Credential, Provider
    from authlint.ruleset.rules import RuleSet


@click.command("providers", short_help="List the providers, show one, or make your own.")
@click.argument("name", required=False, metavar="[NAME | new NAME]")
@click.argument("new_name", required=False, metavar="")
@click.option("--into", metavar="DIR", help="Where 'new' writes.  [default: the first of rule-paths]")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="Text, or all as JSON.")
def command(name: str | None, new_name: str | None, into: str | None, output_format: str) -> None:
    """List the providers authlint knows, or show what it knows about NAME.

    With "new NAME", write a commented file to start from, for an API of your own.
    """
    if name == "new":
        from authlint.cli import templates  # noqa: PLC0415 - seldom wanted

        if new_name is None:
            raise click.UsageError("'providers new' needs a name")
        templates.new_provider(new_name, into, configured_paths())
        return
    if new_name is not None or into is not None:
        raise click.UsageError("a second name and --into go with 'providers new NAME'")
    ruleset = configured_rules()
    chosen = list(ruleset.providers) if name is None else [find(ruleset, name)]
    if output_format == "json":
        import json  # noqa: PLC0415 - only this form needs it

        objects = [table_of(provider) for provider in chosen]
        click.echo(json.dumps(objects if name is None else objects[0], indent=2))
        return
    for line in table([_row(provider) for provider in chosen]) if name is None else _lines(chosen[0]):
        click.echo(line)


def find(ruleset: RuleSet, name: str) -> Provider:
    """The provider of that id or name (in any case); a usage error with a suggestion if there is none."""
    for provider in ruleset.providers:
        if name.lower() in (provider.id, provider.name.lower()):
            return provider
    ids = [provider.id for provider in ruleset.providers]
    raise click.UsageError(f"there is no provider '{name}'{suggest(name.lower(), ids)}")


def _row(provider: Provider) -> list[str]:
    prefixes = dict.fromkeys(credential.prefix for credential in provider.credential if credential.prefix)
    return [provider.id, provider.name, " ".join(prefixes)]


def _lines(provider: Provider) -> Iterator[str]:
    yield f"{provider.name} ({provider.id})"
    if provider.docs:
        yield provider.docs
    yield from _section("Credentials", [_credential(each) for each in provider.credential])
    yield from _section("Hosts", [[host.name, ", ".join(host.roles), host.env] for host in provider.host])
    yield from _section("Endpoints", [[each.role, each.method, each.url] for each in provider.endpoint])
    oauth = provider.oauth
    facts = [["flows", ", ".join(oauth.flows)], ["state", oauth.state], ["PKCE", oauth.pkce]]
    yield from _section("OAuth", [fact for fact in facts if fact[1]])
    lifetimes = [[key.replace("_", " "), value] for key, value in provider.lifetime._asdict().items() if value]
    yield from _section("Lifetimes", lifetimes)
    yield from _section("Headers", [[header.name, header.value, header.when] for header in provider.header])
    yield from _section("Scopes", [[scope.name, scope.risk] for scope in provider.scope])
    yield from _section("Environment variables", [[name] for name in provider.env_vars])
    yield from _section("What its documentation says", [[fact.text, " ".join(fact.rules)] for fact in provider.fact])


def _credential(credential: Credential) -> list[str]:
    days = f"rotate every {credential.rotation_days} days" if credential.rotation_days else ""
    kind = credential.kind.replace("_", " ")
    return [credential.id, kind, credential.prefix or "no prefix", credential.env, days]


def _section(title: str, rows: list[list[str]]) -> Iterator[str]:
    if rows:
        yield from ("", title)
        yield from (f"  {line}" for line in table(rows))
