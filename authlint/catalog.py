"""Finds the files of ``rules/``, reads them, and holds them to what a rule set must be. Part of the edge: does I/O."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from string import Formatter
from typing import Any

from authlint.errors import RuleError
from authlint.languages import LANGUAGES
from authlint.rules import Library, Provider, Rule, RuleSet
from authlint.schema import build, suggest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROVIDERS, LIBRARIES = "providers", "libraries"
LONGEST_LINE = 100


def load(rule_paths: Sequence[Path] = ()) -> RuleSet:
    """Everything authlint knows, and what is below ``rule_paths``, folders laid out like ``rules/``."""
    return merge(parse(path) for path in (folder(), *rule_paths))


def folder() -> Path:
    """Where the rules that come with authlint are: inside the package, or beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def parse(root: Path) -> RuleSet:
    """The rule set in one folder, read from its TOML files."""
    rules, providers, libraries = [], [], []
    for file in sorted(root.glob("*/*.toml")):
        where = f"{root.name}/{file.parent.name}/{file.name}"
        table = _read(file, where)
        if file.parent.name == PROVIDERS:
            providers.append(provider(table, file.stem, where))
        elif file.parent.name == LIBRARIES:
            libraries.append(build(Library, table, where))
        else:
            rules.append(rule(table, file.stem, file.parent.name, where))
    return RuleSet(tuple(rules), tuple(providers), tuple(libraries))


def merge(sets: Iterable[RuleSet]) -> RuleSet:
    """Several rule sets as one; no two rules may share a name or code, no two providers an id."""
    sets = tuple(sets)
    rules = tuple(sorted((rule for each in sets for rule in each.rules), key=lambda rule: rule.code))
    providers = tuple(provider for each in sets for provider in each.providers)
    seen: dict[str, Rule] = {}
    for one in rules:
        if one.code in seen:
            raise RuleError(f"rules '{seen[one.code].name}' and '{one.name}' have the same code {one.code}")
        if one.name in seen:
            raise RuleError(f"rules {seen[one.name].code} and {one.code} have the same name '{one.name}'")
        seen[one.code] = seen[one.name] = one
    ids = [provider.id for provider in providers]
    for provider_id in ids:
        if ids.count(provider_id) > 1:
            raise RuleError(f"two providers have the same id '{provider_id}'")
    return RuleSet(rules, providers, tuple(library for each in sets for library in each.libraries))


def rule(table: Mapping[str, Any], stem: str, family: str, where: str) -> Rule:
    """One rule from its table."""
    if "family" in table:
        raise RuleError(f"{where}: 'family' is the name of the folder and may not be set")
    built = build(Rule, {**table, "family": family}, where)
    for problem in _problems(built, stem):
        raise RuleError(f"{where}: {problem}")
    return built


def provider(table: Mapping[str, Any], stem: str, where: str) -> Provider:
    """One provider from its table, where ``[provider]`` holds what is at the top of the class."""
    table = dict(table)
    if table.pop("schema", 1) != 1:
        raise RuleError(f"{where}: 'schema' must be 1")
    head = table.pop("provider", {})
    if not isinstance(head, dict):
        raise RuleError(f"{where}: 'provider' must be a table")
    built = build(Provider, {**head, **table}, where)
    if built.id != stem:
        raise RuleError(f"{where}: 'id' must be '{stem}' as the file is called, not '{built.id}'")
    for credential in built.credential:
        if problem := _uncompilable(credential.pattern):
            raise RuleError(f"{where}: 'pattern' of '{credential.id}' is not a regular expression: {problem}")
    return built


def _read(file: Path, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise RuleError(f"{where}: is not UTF-8") from None
    except OSError as error:
        raise RuleError(f"{where}: cannot be read: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{where}: is not TOML: {error}") from None


def _problems(rule: Rule, stem: str) -> Iterator[str]:
    if rule.name != stem:
        yield f"'name' must be '{stem}' as the file is called, not '{rule.name}'"
    if not re.fullmatch(r"AUT\d{3}", rule.code, re.ASCII):
        yield f"'code' must be AUT and three digits, not '{rule.code}'"
    if not rule.references:
        yield "'references' must name one source at least"
    if len(rule.summary) > LONGEST_LINE:
        yield f"'summary' must be {LONGEST_LINE} characters at most, not {len(rule.summary)}"
    if math.isnan(rule.security_severity) or not 0 <= rule.security_severity <= 10:  # noqa: PLR2004
        yield "'security_severity' must be between 0 and 10"
    messages = {"message": rule.message} | {f"cases.{name}.message": case.message for name, case in rule.cases.items()}
    for key, message in messages.items():
        yield from (f"'{key}' {problem}" for problem in _message_problems(message))
    for index, example in enumerate(rule.example):
        if example.language not in LANGUAGES:
            close = suggest(example.language, sorted(LANGUAGES))
            yield f"'example[{index}].language' is '{example.language}', which is no language authlint knows{close}"
        if example.case and example.case not in rule.cases:
            yield f"'example[{index}].case' is '{example.case}', which is not one of the rule's cases"
    if problem := _uncompilable(rule.confirm):
        yield f"'confirm' is not a regular expression: {problem}"


def _message_problems(message: str) -> Iterator[str]:
    if len(message) > LONGEST_LINE:
        yield f"must be {LONGEST_LINE} characters at most, not {len(message)}"
    try:
        names = [name for _, name, _, _ in Formatter().parse(message) if name is not None]
    except ValueError as error:
        yield f"has a brace out of place: {error}"
        return
    for name in names:
        if not name.isidentifier():
            yield f"has the field '{{{name}}}', which is not an identifier"


def _uncompilable(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""
