"""Which rules a selector means, and which of them a configuration runs."""

from __future__ import annotations

from collections.abc import Iterable

from authlint.errors import ConfigError
from authlint.project.settings import Config, shown
from authlint.ruleset.rules import Rule, RuleSet

ALL, PREFIX = "ALL", "AUT"


def enabled(config: Config, ruleset: RuleSet) -> frozenset[str]:
    """The codes of the rules that a configuration runs; refuses a selector that means no rule."""
    settings = config.settings
    chosen, ignored = (*settings.select, *settings.extend_select), settings.ignore
    for key, selectors in (("select", chosen), ("ignore", ignored)):
        verify(selectors, ruleset, config, key)
    for selectors in settings.per_file_ignores.values():
        verify(selectors, ruleset, config, "per-file-ignores")
    return frozenset(rule.code for rule in ruleset.rules if _longest(chosen, rule) > _longest(ignored, rule))


def matching(selectors: Iterable[str], ruleset: RuleSet) -> frozenset[str]:
    """The codes of all rules that any of the selectors means."""
    wanted = tuple(selectors)
    return frozenset(rule.code for rule in ruleset.rules if _longest(wanted, rule) >= 0)


def verify(selectors: Iterable[str], ruleset: RuleSet, config: Config, key: str) -> None:
    """Refuse, with a suggestion, a selector that means no rule."""
    for selector in selectors:
        if not any(_weight(selector, rule) >= 0 for rule in ruleset.rules) and selector.upper() not in (ALL, PREFIX):
            where = f"{shown(config.source)}: " if config.source else ""
            raise ConfigError(f"{where}unknown rule '{selector}' in '{key}'{suggestion(selector, ruleset)}")


def suggestion(selector: str, ruleset: RuleSet) -> str:
    """The rule that was meant, as the end of a sentence, or where all are listed."""
    from authlint.ruleset.schema import suggest  # noqa: PLC0415 - only errors need it

    close = suggest(selector.lower(), [rule.name for rule in ruleset.rules])
    close = close or suggest(selector.upper(), [rule.code for rule in ruleset.rules], least=0.8)  # codes are all alike
    return close or "; see 'authlint rules'"


def _longest(selectors: Iterable[str], rule: Rule) -> int:
    return max((_weight(selector, rule) for selector in selectors), default=-1)


def _weight(selector: str, rule: Rule) -> int:
    """How exactly a selector names a rule: the number of characters of its code it fixes; -1 if it means another."""
    word = selector.upper()
    if word == ALL:
        return 0
    if word == rule.code or selector == rule.name:
        return len(rule.code)
    return len(word) if word.startswith(PREFIX) and rule.code.startswith(word) else -1
