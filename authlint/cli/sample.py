"""``authlint sample``: a small project with mistakes in it, made from what the rules call bad.

So no file with a made-up credential is kept anywhere, and the sample has every rule that there is.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from authlint.errors import InputError
from authlint.run.runner import load_rules

if TYPE_CHECKING:
    from authlint.ruleset.rules import Example, Rule

FOLDER, MARK = "authlint-sample", "README.md"
_TITLE = "# What authlint finds\n"
_README = f"""{_TITLE}
Made by `authlint sample`: every file is code that one rule warns of, and is named after the rule. No credential in it
is real.

`authlint check` on this folder shows all findings, `authlint rule NAME` explains one.
"""
_HASH = frozenset(
    {"python", "shell", "yaml", "toml", "ini", "dotenv", "properties", "dockerfile", "powershell", "ruby"}
)
_SLASHES = frozenset({"javascript", "typescript", "tsx"})
_MARKUP = frozenset({"html", "vue", "svelte", "markdown"})


@click.command("sample", short_help="Write a sample project full of mistakes.")
@click.argument("folder", default=FOLDER, metavar="[DIR]")
def command(folder: str) -> None:
    """Write a sample project to DIR (default: authlint-sample), with a file for each rule in each of its languages."""
    _refuse_what_is_not_ours(folder)
    files = dict(sample(load_rules((), full=True).rules))
    for name, text in {**files, MARK: _README}.items():
        path = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    from authlint.secret.redact import clean  # noqa: PLC0415 - as below

    languages = {name.partition("/")[0] for name in files}
    click.echo(f"Wrote {len(files)} files in {len(languages)} languages. To see what is wrong with them:")
    click.echo(f"  authlint check {clean(shlex.quote(folder))}")


def sample(rules: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    """The path and the content of each file of the sample."""
    from authlint.languages import suffix  # noqa: PLC0415
    from authlint.ruleset.examples import read  # noqa: PLC0415 - not before DIR is known to be good

    for rule in rules:
        for language, example in _by_language(rule):
            name = f"{rule.name}/{example.path}" if example.path else rule.name + suffix(language)
            text = read(example.bad, rule.name).text.strip("\n")
            yield f"{language}/{name}", f"{_header(rule, language)}{text}\n"


def _by_language(rule: Rule) -> Iterator[tuple[str, Example]]:
    """The example that shows a rule best in each language: one that is reported by default, and to its full level.

    What git says of a file cannot be shown.
    """
    examples = [example for example in rule.example if not example.git]
    for language in dict.fromkeys(example.language for example in examples):
        mine = [example for example in examples if example.language == language]
        yield language, min(mine, key=lambda example: (_is_faint(rule, example), bool(example.case or example.path)))


def _is_faint(rule: Rule, example: Example) -> bool:
    confidence = rule.cases[example.case].confidence if example.case else None
    return (confidence or rule.confidence) == "low"


def _header(rule: Rule, language: str) -> str:
    """A comment that names the rule; nothing in a language without comments."""
    title = f"{rule.code} {rule.name}: {rule.summary}"
    if language in _HASH:
        return f"# {title}\n"
    if language in _SLASHES:
        return f"// {title}\n"
    return f"<!-- {title} -->\n" if language in _MARKUP else ""


def _refuse_what_is_not_ours(folder: str) -> None:
    try:
        if not os.listdir(folder):
            return
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise InputError(f"{folder}: is a file; name a folder for the sample") from None
    try:
        with open(os.path.join(folder, MARK), encoding="utf-8", errors="replace") as stream:
            ours = stream.readline() == _TITLE
    except OSError:
        ours = False
    if not ours:
        raise InputError(f"{folder}: is not empty and not a sample of authlint's; name another folder")
