"""``authlint config``: what can be configured, and what is."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any, Literal

import click

from authlint.project.settings import KEYS, Config, Settings, shown
from authlint.ruleset.schema import suggest

DESCRIPTIONS = {
    "select": "Rules to run: codes (AUT101), the beginning of codes (AUT1), names, or ALL.",
    "extend-select": "Rules to run in addition to 'select'.",
    "ignore": "Rules not to run. Where a rule is both selected and ignored, the more exact word wins.",
    "per-file-ignores": "Rules not to report in some files: patterns, as in .gitignore, and the rules for each.",
    "exclude": "Patterns, as in .gitignore, of what is not walked into. Replaces the default.",
    "extend-exclude": "Patterns of what is not walked into, in addition to 'exclude'.",
    "respect-gitignore": "Whether to leave out what .gitignore files and .git/info/exclude name.",
    "min-confidence": "The least confidence of the findings that are reported.",
    "fail-on": "The least level of findings that makes the exit code 1. Read from where authlint is run.",
    "max-file-size": "The size in bytes above which a file is reported as a problem and not read.",
    "max-file-seconds": "The processor time after which a file is given up and reported as a problem; 0: no limit.",
    "rule-paths": "Folders with rules, providers and libraries of your own, laid out as 'rules/' is.",
    "baseline": "A file of known findings, which are not reported. Read from where authlint is run.",
    "internal-hosts": "Hosts that can only be reached inside your network, such as '*.corp.example'.",
    "examples-in-code": "What becomes of credentials in code that have a real prefix but look made up.",
    "output-format": "How findings are written. Read from where authlint is run.",
}
_TYPES = {str: "string", int: "integer", bool: "boolean", tuple: "list of strings", dict: "table of lists of strings"}


@click.command("config", short_help="List the keys of the configuration, or explain one.")
@click.argument("key", required=False, metavar="[KEY]")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of authlint.toml, for editors.")
def command(key: str | None, schema: bool) -> None:
    """List the keys of authlint.toml and [tool.authlint], or explain KEY."""
    if schema:
        if key is not None:
            raise click.UsageError("--schema is of all keys: give none")
        import json  # noqa: PLC0415 - only this form needs it

        from authlint.cli import configschema  # noqa: PLC0415 - the same

        click.echo(json.dumps(configschema.schema(DESCRIPTIONS), indent=2))
        return
    if key is None:
        width = max(map(len, KEYS))
        for name in KEYS:
            click.echo(f"{name.ljust(width)}  {DESCRIPTIONS[name]}")
        return
    name = key.replace("_", "-")
    if name not in KEYS:
        raise click.UsageError(f"there is no key '{key}'{suggest(name, KEYS)}")
    click.echo(f"{name}\n\n{DESCRIPTIONS[name]}\n\nType: {type_of(name)}\nDefault: {toml(default_of(name))}")


def settings_lines(config: Config) -> Iterator[str]:
    """All settings of a configuration as TOML, with where they come from in front."""
    yield f"# from {shown(config.source)}" if config.source else "# no configuration file: the defaults"
    tables = []
    for name, value in config.settings._asdict().items():
        key = name.replace("_", "-")
        if isinstance(value, dict):
            tables.append((key, value))
        else:
            yield f"{key} = {toml(value)}"
    for key, table in tables:
        yield f"\n[{key}]"
        yield from (f"{toml(inner)} = {toml(value)}" for inner, value in table.items())


def toml(value: Any) -> str:
    """A value as it is written in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str):
        import json  # noqa: PLC0415 - a JSON string is a TOML string

        return json.dumps(value, ensure_ascii=False)
    return str(value)


def type_of(key: str) -> str:
    """What the value of a key may be, in words."""
    hint = typing.get_type_hints(Settings)[key.replace("-", "_")]
    if typing.get_origin(hint) is Literal:
        return ", ".join(toml(choice) for choice in typing.get_args(hint))
    return _TYPES[typing.get_origin(hint) or hint]


def default_of(key: str) -> Any:
    """What a key is if nothing is said."""
    return Settings()._asdict()[key.replace("-", "_")]
