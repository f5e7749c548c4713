"""From the text of rule, provider and library files to the objects they stand for, held to what each must be. Pure."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Any

from authlint.errors import RuleError
from authlint.languages import LANGUAGES
from authlint.ruleset.libraries import Library
from authlint.ruleset.providers import Provider
from authlint.ruleset.rules import Pattern, Rule, RuleFile, RuleSet
from authlint.ruleset.schema import build, suggest

LONGEST_LINE = 100
_UNBOUNDED = re.compile(r"[*+]\)[*+{]|\}\)[*+]")
_PROVENANCE = frozenset({"seed", "evidence", "lines"})
"""Keys with which a provider file may note where it has its facts from; authlint has no use for them."""


def parse(files: Iterable[RuleFile]) -> RuleSet:
    """The rule set that files hold. Whether they go together is for ``merge`` to say."""
    rules, providers, libraries = [], [], []
    for file in files:
        table = _toml(file)
        if file.folder == "providers":
            providers.append(_provider(table, file))
        elif file.folder == "libraries":
            libraries.append(build(Library, table, file.where))
        else:
            rules.append(_rule(table, file))
    return RuleSet(tuple(rules), tuple(providers), tuple(libraries))


def _toml(file: RuleFile) -> dict[str, Any]:
    # Here, since files that are in the cache are not parsed.
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415
    else:
        import tomli as tomllib  # noqa: PLC0415
    try:
        return tomllib.loads(file.data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RuleError(f"{file.where}: is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{file.where}: is not TOML: {error}") from None


def _rule(table: Mapping[str, Any], file: RuleFile) -> Rule:
    if "family" in table:
        raise RuleError(f"{file.where}: 'family' is the folder's name and cannot be set")
    rule = build(Rule, {**table, "family": file.folder}, file.where)
    for problem in _problems(rule, file.stem):
        raise RuleError(f"{file.where}: {problem}")
    return rule


def _provider(table: dict[str, Any], file: RuleFile) -> Provider:
    """The keys of ``[provider]`` stand at the top of the class, beside the other tables."""
    if table.pop("schema", 1) != 1:
        raise RuleError(f"{file.where}: 'schema' must be 1")
    head = table.pop("provider", {})
    if not isinstance(head, dict):
        raise RuleError(f"{file.where}: 'provider' must be a table")
    provider = build(Provider, _without_provenance({**head, **table}), file.where)
    if provider.id != file.stem:
        raise RuleError(f"{file.where}: 'id' must be '{file.stem}' like the file, not '{provider.id}'")
    for index, credential in enumerate(provider.credential):
        if problem := _regex_problem(credential.pattern):
            raise RuleError(f"{file.where}: 'credential[{index}].pattern' is not a regular expression: {problem}")
    return provider


def _without_provenance(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_provenance(item) for key, item in value.items() if key not in _PROVENANCE}
    if isinstance(value, list):
        return [_without_provenance(item) for item in value]
    return value


def _problems(rule: Rule, stem: str) -> Iterator[str]:
    if rule.name != stem:
        yield f"'name' must be '{stem}' like the file, not '{rule.name}'"
    if not re.fullmatch(r"AUT[0-9]{3}", rule.code):
        yield f"'code' must be AUT and three digits, not '{rule.code}'"
    if not rule.references:
        yield "'references' must name one source at least"
    if len(rule.summary) > LONGEST_LINE:
        yield f"'summary' must be {LONGEST_LINE} characters at most, not {len(rule.summary)}"
    if not 0 <= rule.security_severity <= 10:  # noqa: PLR2004 - the range of CVSS
        yield f"'security_severity' must be from 0 to 10, not {rule.security_severity}"
    yield from _message_problems("message", rule.message)
    for name, case in rule.cases.items():
        yield from _message_problems(f"cases.{name}.message", case.message)
    for key, pattern in (
        *(("shapes", shape) for shape in rule.shapes),
        *(("also_shapes", shape) for shape in rule.also_shapes),
        ("confirm", rule.confirm),
    ):
        if problem := _regex_problem(pattern):
            yield f"'{key}' is not a regular expression: {problem}"
    if rule.match != Pattern():
        yield from _pattern_problems(rule)
    yield from _example_problems(rule)


def _example_problems(rule: Rule) -> Iterator[str]:
    for index, example in enumerate(rule.example):
        if example.language not in LANGUAGES:
            close = suggest(example.language, sorted(LANGUAGES))
            yield f"'example[{index}].language' names no language, '{example.language}'{close}"
        if example.case and example.case not in rule.cases:
            close = suggest(example.case, tuple(rule.cases))
            yield f"'example[{index}].case' names no case of the rule, '{example.case}'{close}"


def _pattern_problems(rule: Rule) -> Iterator[str]:
    match = rule.match
    kinds = [kind for kind in ("text", "binding", "call") if getattr(match, kind)]
    if len(kinds) != 1:
        yield f"'match' must have one of text, binding and call, not {' and '.join(kinds) or 'none'}"
    if not rule.keywords and not rule.providers:
        yield "'keywords' must name a text that every file with a finding has: others are not looked at"
    if match.text and match.value:
        yield "'match.value' goes with binding or call; text says it all"
    if (match.argument or match.absent) and not match.call:
        yield "'match.argument' and 'match.absent' go with call"
    if match.call and match.value and not match.argument:
        yield "'match.argument' must say whose value 'match.value' is about"
    for key, pattern in (("text", match.text), ("value", match.value)):
        if problem := _regex_problem(pattern):
            yield f"'match.{key}' is not a regular expression: {problem}"
        elif _UNBOUNDED.search(pattern):
            yield f"'match.{key}' repeats a repetition, which may take for ever: '{pattern}'"
    known = {"name"}
    for key, message in (
        ("message", rule.message),
        *((f"cases.{n}.message", c.message) for n, c in rule.cases.items()),
    ):
        for name in _fields(message):
            if name not in known:
                yield f"'{key}' has a field that a rule with 'match' does not fill, '{{{name}}}'; there is {{name}}"


def _fields(message: str) -> list[str]:
    try:
        return [name for _, name, _, _ in Formatter().parse(message) if name is not None]
    except ValueError:
        return []


def _message_problems(key: str, message: str) -> Iterator[str]:
    if len(message) > LONGEST_LINE:
        yield f"'{key}' must be {LONGEST_LINE} characters at most, not {len(message)}"
    try:
        names = [name for _, name, _, _ in Formatter().parse(message) if name is not None]
    except ValueError as error:
        yield f"'{key}' has a brace out of place: {error}"
        return
    for name in names:
        if not name.isidentifier():
            yield f"'{key}' has a field that is not an identifier, '{{{name}}}'"


def _regex_problem(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""
