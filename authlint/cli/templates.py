"""``rules new``, ``providers new`` and ``rules test``: rules and providers of one's own, from a template to a trial."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import click

from authlint.cli import CLEAN, FINDINGS
from authlint.errors import InputError
from authlint.run.runner import load_rules

if TYPE_CHECKING:
    from authlint.ruleset.rules import RuleSet

FOLDER = "authlint-rules"
FAMILY = "own"
_FIRST_OWN_CODE, _LAST_CODE = 901, 999
_RULE_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_PROVIDER_ID = re.compile(r"[a-z][a-z0-9-]*")

_RULE = """\
# A rule of your own. `authlint rules test {folder}` tries it on its examples.

name = "{name}"        # what is bad, so that "allow {name}" reads well; never change it
code = "{code}"             # AUT901 to AUT999 are for rules of your own
summary = "Describe in a line what is wrong"
message = "{{name}} is not to be used; use acme.connect"  # {{name}} is what was called or given a value
level = "warning"           # error and warning fail a run, info does not
confidence = "high"         # a default run shows high and medium
security_severity = 5.0     # 0 to 10
cwe = [287]                 # https://cwe.mitre.org
owasp = []
keywords = ["acme"]         # a file in which none of these stands is not looked at
# also = ["login"]          # … and one of these as well
# languages = ["python"]    # where it means something in some languages only
why = "Say what can happen."
fix = "Say what to do instead. The first sentence is shown with each finding."
references = ["https://example.com/your-guide"]

# One of the three. Whatever needs an "and", an "or" or a "not" is a Python function in authlint itself.
[match]
call = ["acme.login"]            # calls: imports and constants are resolved, {{a,b}} alternatives, *.login any receiver
# argument = ["1.verify", "verify"]  # … with this argument: a position, a name, a key of a map of options
# value = "false"                # … which is exactly this: a regular expression for all of the known value
# absent = ["timeout"]           # … or without any of these arguments
# binding = ["acme.verify_tls"]  # variables, keys of configurations and maps, keyword arguments; * for anything
# text = '''acme://[a-z]{{1,40}}''' # text anywhere; a group called (?P<flag>…) is flagged instead of all of it

# What a finding becomes in documentation, in tests and behind a development guard: keep, lower, info or off.
[contexts]
docs = "info"
test = "off"

# Each bad example marks exactly what is flagged and has a good one that nearly is the same. They are tests.
[[example]]
language = "python"
bad = '''
import acme
«acme.login(user)»
'''
good = '''
import acme
acme.connect(user)
'''
"""

_PROVIDER = """\
# What is known of an API of yours. `authlint providers {id}` shows what was understood of it.
# All rules take what they need from here; leave out what there is not.
schema = 1

[provider]
id = "{id}"
name = "{title}"
docs = ""
env_vars = ["{stem}_*"]  # the environment variables that belong to it

# What its keys look like, one table for each kind.
[[credential]]
id = "live-key"
kind = "api_key"          # or client_secret, access_token, refresh_token, scim, session; identifier: not secret
prefix = "{snake}_live_"
charset = "A-Za-z0-9"     # what follows the prefix
min_body = 24             # … and how much of it
env = "live"              # live, test or any

[[credential]]
id = "test-key"
kind = "api_key"
prefix = "{snake}_test_"
min_body = 24
env = "test"

# Where it is. A leading *. stands for one label.
[[host]]
name = "api.{id}.example"
roles = ["api"]           # api, auth, app, docs
env = "live"

[[host]]
name = "auth.{id}.example"
roles = ["auth"]
env = "any"

[[endpoint]]
role = "token"            # or authorize, key_create, key_revoke, api, login, verify
url = "https://auth.{id}.example/oauth/token"

# What every request to a host with the role api must carry.
[[header]]
name = "Authorization"
value = "Bearer *"
match = "glob"            # glob, exact (case counts) or uuid-or-expression
when = "always"           # or body, json-body

[[scope]]
name = "admin"
risk = "critical"
over_broad = true         # a program that asks for it is warned of

# ISO 8601 durations: an hour is PT1H, 30 days are P30D.
[lifetime]
access_token = "PT1H"

[rotation]
days = 90
"""


def new_rule(name: str, into: str | None, rule_paths: tuple[str, ...]) -> None:
    """Write a commented rule that passes its examples."""
    folder, ruleset = into or _folder(rule_paths), _known(rule_paths)
    if not _RULE_NAME.fullmatch(name):
        raise click.UsageError(
            f"'{name}' is no name of a rule: lower case words with hyphens, such as plain-acme-login"
        )
    if ruleset.find(name) is not None:
        raise click.UsageError(f"there is a rule '{name}' already")
    taken = {int(code[3:]) for code in ruleset.by_code}
    number = next((n for n in range(_FIRST_OWN_CODE, _LAST_CODE + 1) if n not in taken), _LAST_CODE)
    text = _RULE.format(name=name, code=f"AUT{number}", folder=folder)
    _write(os.path.join(folder, FAMILY, f"{name}.toml"), text)
    _say_how_to_use(folder, rule_paths)
    click.echo(f"To try it on its examples: authlint rules test {folder}")


def new_provider(name: str, into: str | None, rule_paths: tuple[str, ...]) -> None:
    """Write a commented provider file."""
    folder = into or _folder(rule_paths)
    if not _PROVIDER_ID.fullmatch(name):
        raise click.UsageError(f"'{name}' is no id of a provider: lower case letters, digits and hyphens, such as acme")
    if name in [provider.id for provider in _known(rule_paths).providers]:
        raise click.UsageError(f"there is a provider '{name}' already")
    snake = name.replace("-", "_")
    text = _PROVIDER.format(id=name, title=name.replace("-", " ").title(), snake=snake, stem=snake.upper())
    _write(os.path.join(folder, "providers", f"{name}.toml"), text)
    _say_how_to_use(folder, rule_paths)
    click.echo(f"To see what was understood of it: authlint providers {name}")


def _folder(rule_paths: tuple[str, ...]) -> str:
    """Where new files go: the first configured folder, which need not be there yet, or one of that name."""
    return next((os.path.relpath(path) for path in rule_paths if not os.path.isfile(path)), FOLDER)


def _known(rule_paths: tuple[str, ...]) -> RuleSet:
    """All rules and providers there are by now."""
    return load_rules(tuple(path for path in rule_paths if os.path.exists(path)))


def _write(path: str, text: str) -> None:
    from authlint.secret.redact import clean  # noqa: PLC0415 - only what is written is told

    shown = clean(path.replace(os.sep, "/"))
    if os.path.lexists(path):
        raise InputError(f"{shown}: is there already")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    click.echo(f"Wrote {shown}.")


def _say_how_to_use(folder: str, rule_paths: tuple[str, ...]) -> None:
    from authlint.secret.redact import clean  # noqa: PLC0415 - as above

    if os.path.realpath(folder) not in map(os.path.realpath, rule_paths):
        shown = clean(folder.replace(os.sep, "/"))
        click.echo(f'To use it, put this into authlint.toml: rule-paths = ["{shown}"]')


def try_rules(path: str) -> int:
    """Run the examples of the rules at a path and say what differs; 1 if anything does."""
    from authlint.engine.linter import Linter, Options  # noqa: PLC0415
    from authlint.ruleset.rulefiles import parse  # noqa: PLC0415
    from authlint.run import catalog, trial  # noqa: PLC0415 - only this command needs them
    from authlint.secret.redact import clean  # noqa: PLC0415

    mine = parse(catalog.files(path, path.replace(os.sep, "/").rstrip("/"))).rules
    inside = os.path.realpath(path).startswith(os.path.realpath(catalog.folder()))
    linter = Linter(catalog.load(() if inside else (path,), full=True), Options(min_confidence="low"))
    count = failed = 0
    for rule in mine:
        wrong = list(trial.differences(linter, rule))
        count += len(rule.example)
        failed += bool(wrong) or not rule.example
        if not rule.example:
            click.echo(f"{rule.code} {rule.name}: there is no [[example]], so that nothing is known of it")
        for item in wrong:
            click.echo(f"{item.where}\n  {item.line}:{item.column}: {clean(item.message)}")
    if not mine:
        click.echo("There are no rules here; the files are as they should be.", err=True)
    else:
        rules, examples = _plural(len(mine), "rule"), _plural(count, "example")
        outcome = f"{_plural(failed, 'rule')} not as expected" if failed else "all as expected"
        click.echo(f"{rules} with {examples}: {outcome}.", err=True)
    return FINDINGS if failed else CLEAN


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
