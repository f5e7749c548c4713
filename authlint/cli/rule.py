"""``authlint rule``: what one rule finds, why it matters and what to do."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from authlint.cli.options import complete_rules, configured_rules
from authlint.cli.providers import find as known_provider
from authlint.engine.prefilter import CREDENTIALS
from authlint.project.selection import suggestion
from authlint.reporters.pages import is_ours, page_of
from authlint.ruleset.schema import table_of

if TYPE_CHECKING:
    from authlint.ruleset.providers import Provider
    from authlint.ruleset.rules import Example, Rule, RuleSet

WIDTH = 100
_FAKE = re.compile(r"\{\{fake:((?:[^{}]|\{[^{}]*\})*)\}\}")
_PATTERN = re.compile(r"[\[({\\.?*+|].*", re.DOTALL)


@click.command("rule", short_help="Explain a rule.")
@click.argument("name", metavar="NAME|CODE", shell_complete=complete_rules)
@click.option("--provider", "provider_id", metavar="ID", default="", help="Add where its credentials are revoked.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="Text, or all as JSON.")
def command(name: str, provider_id: str, output_format: str) -> None:
    """Explain the rule NAME or CODE: what it finds, why that matters, what to do, examples and references."""
    ruleset = configured_rules(full=True)
    rule = find(ruleset, name)
    provider = known_provider(ruleset, provider_id) if provider_id else None
    if output_format == "json":
        import json  # noqa: PLC0415 - only this form needs it

        click.echo(json.dumps(table_of(rule), indent=2))
        return
    for line in _lines(rule, provider):
        click.echo(line)


def find(ruleset: RuleSet, name: str) -> Rule:
    """The rule of that name or code; a usage error with a suggestion if there is none."""
    rule = ruleset.find(name)
    if rule is None:
        raise click.UsageError(f"there is no rule '{name}'{suggestion(name, ruleset)}")
    return rule


def plain(example: str) -> str:
    """An example without the marks around what is flagged, and with ``…`` where a made-up credential would be."""
    text = example.replace("«", "").replace("»", "")
    return _FAKE.sub(lambda match: _PATTERN.sub("", match[1]) + "…", text)


def fixes(rule: Rule) -> Iterator[str]:
    """In which languages there is a fix, and with which options it is made."""
    safe, unsafe = rule.fixed_in("safe"), rule.fixed_in("unsafe")
    if safe:
        yield f"safe (--fix): {', '.join(safe)}"
    if unsafe:
        yield f"unsafe (--fix --unsafe-fixes): {', '.join(unsafe)}"
    if rule.by_hand:
        yield "by hand: --fix prints the commands"
    elif not (safe or unsafe):
        yield "none: what is right depends on the program around it"


def _lines(rule: Rule, provider: Provider | None) -> Iterator[str]:
    yield f"{rule.code} {rule.name}"
    yield rule.summary
    yield ""
    yield f"Level: {rule.level}   Confidence: {rule.confidence}   Security severity: {rule.security_severity}"
    mappings = [*(f"CWE-{number}" for number in rule.cwe), *rule.owasp]
    if mappings:
        yield f"Covers: {', '.join(mappings)}"
    yield from _section("Why", rule.why)
    yield from _section("What to do", rule.fix)
    if provider is not None:
        yield from _rotation(provider)
    elif rule.family == CREDENTIALS:
        yield "  With --provider ID it says where that provider's credentials are revoked."
    yield from ("", "Fix", *(f"  {line}" for line in fixes(rule)))
    if rule.example:
        yield from ("", "Examples")
        for example in rule.example:
            yield from _example(example)
    yield from ("", "References")
    yield from (f"  {reference}" for reference in rule.references)
    yield from ("", f"Page: {page_of(rule.name)}") if is_ours(rule.code) else ()


def _rotation(provider: Provider) -> Iterator[str]:
    """How a credential of a provider is changed for another, step by step."""
    rotation = provider.rotation
    yield from ("", f"At {provider.name}")
    both = rotation.overlap or rotation.order == "create-deploy-revoke"
    if both:
        steps = ["Create another credential; the old one goes on working.", "Deploy it wherever the old one is used."]
    else:
        steps = ["Find out where the credential is used: a new one may end the old one at once."]
    steps.append(f"Revoke the old one: {rotation.revoke}" if rotation.revoke else "Revoke the old one.")
    if not both:
        steps.append("Create another and deploy it.")
    if rotation.days:
        steps.append(f"Do so again within {rotation.days} days.")
    yield from (f"  {number}. {step}" for number, step in enumerate(steps, 1))
    if provider.docs:
        yield f"  {provider.docs}"


def _section(title: str, text: str) -> Iterator[str]:
    yield from ("", title)
    for paragraph in textwrap.dedent(text).strip().split("\n\n"):
        yield textwrap.fill(
            " ".join(paragraph.split()), WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
        )


def _example(example: Example) -> Iterator[str]:
    for word, code in (("flagged", example.bad), ("fixed", example.fixed), ("not flagged", example.good)):
        if not code:
            continue
        yield f"  {example.language}, {word}:"
        yield textwrap.indent(plain(code).strip("\n"), "    ")
