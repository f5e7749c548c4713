"""Types of options that more than one command takes, and what they make of what is typed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

import click

from authlint.project.settings import Configs, Settings, anchored
from authlint.run.runner import load_rules

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from authlint.ruleset.rules import RuleSet

    Complete: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


class Words(click.ParamType):  # type: ignore[type-arg, unused-ignore] # generic since click 8.4
    """A list with commas: ``AUT101,AUT102``."""

    name = "list"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The words, without blanks around them."""
        if isinstance(value, tuple):
            return value
        return tuple(word for part in str(value).split(",") if (word := part.strip()))


class PatternCodes(click.ParamType):  # type: ignore[type-arg, unused-ignore] # as above
    """``PATTERN:CODE`` with commas between; what has no colon is one more code for the pattern before it."""

    name = "pattern:code"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[str, str], ...]:
        """Pairs of a pattern and a code."""
        if isinstance(value, tuple):
            return value
        pairs: list[tuple[str, str]] = []
        for word in Words().convert(value, param, ctx):
            pattern, colon, code = word.rpartition(":")
            if not colon and pairs:
                pattern = pairs[-1][0]
            if not pattern or not code:
                self.fail(f"'{word}' is not PATTERN:CODE, such as 'tests/**:AUT101'", param, ctx)
            pairs.append((pattern, code))
        return tuple(pairs)


class FormatFile(click.ParamType):  # type: ignore[type-arg, unused-ignore] # as above
    """``FORMAT:FILE``."""

    name = "format:file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """A format and a file."""
        if isinstance(value, tuple):
            return value
        from authlint.reporters import FORMATS  # noqa: PLC0415 - seldom wanted

        form, _, file = str(value).partition(":")
        if not file or form not in FORMATS:
            from authlint.ruleset.schema import suggest  # noqa: PLC0415 - only errors need it

            hint = suggest(form, FORMATS) if form and form not in FORMATS else ""
            self.fail(f"'{value}' is not FORMAT:FILE, such as 'sarif:authlint.sarif'{hint}", param, ctx)
        return form, file

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The formats, with the colon."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell that completes asks

        from authlint.reporters import FORMATS  # noqa: PLC0415 - the same

        return [CompletionItem(f"{form}:") for form in FORMATS if form.startswith(incomplete)]


def words(flag: str, description: str, complete: Complete | None = None) -> Callable[[Any], Any]:
    """An option that takes a list with commas, and may be given more than once."""
    return click.option(flag, type=Words(), multiple=True, metavar="LIST", help=description, shell_complete=complete)


def complete_rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rules that what is typed could be the beginning of, by name and by code; the last one of a list."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell that completes asks

    before, comma, word = incomplete.rpartition(",")
    names = [(name, rule.summary) for rule in load_rules(()).rules for name in (rule.code, rule.name)]
    return [
        CompletionItem(before + comma + name, help=summary)
        for name, summary in names
        if name.startswith((word, word.upper()))
    ]


def color_option() -> Callable[[Any], Any]:
    """``--color``."""
    choice = click.Choice(["auto", "always", "never"])
    return click.option(
        "--color", type=choice, default="auto", help="Colours: as the terminal is, or always, or never."
    )


def wants_color(option: str, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to write in colour: the option, then the environment's words for it, then whether it is a terminal."""
    if option != "auto":
        return option == "always"
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if environment.get("CLICOLOR") == "0" or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()


def configured_rules(*, full: bool = False) -> RuleSet:
    """The rules that are known in the working directory."""
    return load_rules(configured_paths(), full=full)


def configured_paths() -> tuple[str, ...]:
    """The folders of rules of one's own that are configured in the working directory."""
    return Configs().at(os.getcwd()).settings.rule_paths


def settings_changes(options: Mapping[str, Any]) -> dict[str, Any]:
    """What the options change in any configuration; patterns are relative to the working directory."""
    changes: dict[str, Any] = {}
    for key in ("select", "extend_select", "ignore", "exclude", "extend_exclude"):
        if options.get(key):
            changes[key] = tuple(word for value in options[key] for word in value)
    for key in ("min_confidence", "fail_on", "output_format"):
        if options.get(key):
            changes[key] = options[key]
    if options.get("baseline") is not None:
        changes["baseline"] = os.path.abspath(options["baseline"]) if options["baseline"] else ""
    if options.get("no_respect_gitignore"):
        changes["respect_gitignore"] = False
    for pattern, code in (pair for value in options.get("per_file_ignores", ()) for pair in value):
        table = changes.setdefault("per_file_ignores", {})
        table[pattern] = (*table.get(pattern, ()), code)
    with_paths = {key: changes[key] for key in ("exclude", "extend_exclude", "per_file_ignores") if key in changes}
    absolute = anchored(Settings(**with_paths), os.getcwd())
    return changes | {key: getattr(absolute, key) for key in with_paths}
