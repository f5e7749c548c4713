"""``authlint rules``: all rules there are; a new one of one's own, and a trial of those there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from authlint.cli.options import configured_paths, configured_rules
from authlint.reporters.pages import page_of

if TYPE_CHECKING:
    from authlint.ruleset.rules import Rule


@click.command("rules", short_help="List all rules; make or test your own.")
@click.argument("action", required=False, type=click.Choice(["new", "test"]), metavar="[new NAME | test PATH]")
@click.argument("what", required=False, metavar="")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="A table, or JSON.")
@click.option("--languages", is_flag=True, help="Show the languages in which each rule is known to find something.")
@click.option("--into", metavar="DIR", help="Where 'new' writes.  [default: the first of rule-paths]")
def command(action: str | None, what: str | None, output_format: str, languages: bool, into: str | None) -> int | None:
    """List all rules with their level and confidence.

    With "new NAME", write a commented rule to start from. With "test PATH", run the examples of the rules in a file or
    folder and say exactly what differs: exits with 1 if anything does, with 2 if a file is not as it must be.
    """
    if action is not None:
        return _own(action, what, into)
    if into is not None:
        raise click.UsageError("--into goes with 'new NAME'")
    rules = configured_rules(full=True).rules
    if output_format == "json":
        import json  # noqa: PLC0415 - only this form needs it

        click.echo(json.dumps([_object(rule) for rule in rules], indent=2))
        return None
    rows = _matrix(rules) if languages else [[r.code, r.name, r.level, r.confidence, r.summary] for r in rules]
    for line in table(rows):
        click.echo(line)
    return None


def _own(action: str, what: str | None, into: str | None) -> int | None:
    from authlint.cli import templates  # noqa: PLC0415 - seldom wanted

    if what is None:
        raise click.UsageError(f"'rules {action}' needs a {'name' if action == 'new' else 'path'}")
    if action == "test":
        return templates.try_rules(what)
    templates.new_rule(what, into, configured_paths())
    return None


def table(rows: list[list[str]]) -> list[str]:
    """Rows with their columns one below the other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def languages_of(rule: Rule) -> list[str]:
    """The languages a rule has examples in, which are tests."""
    return sorted({example.language for example in rule.example})


def _matrix(rules: tuple[Rule, ...]) -> list[list[str]]:
    known = sorted({language for rule in rules for language in languages_of(rule)})
    rows = [["", *known]]
    for rule in rules:
        mine = languages_of(rule)
        rows.append([f"{rule.code} {rule.name}", *("yes" if language in mine else "-" for language in known)])
    return rows


def _object(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "summary": rule.summary,
        "level": rule.level,
        "confidence": rule.confidence,
        "security_severity": rule.security_severity,
        "cwe": list(rule.cwe),
        "owasp": list(rule.owasp),
        "languages": languages_of(rule),
        "fixes": {"safe": list(rule.fixed_in("safe")), "unsafe": list(rule.fixed_in("unsafe"))},
        "page": page_of(rule.name),
    }
