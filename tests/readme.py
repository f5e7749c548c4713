"""The generated parts of README.md and of docs/; ``python tests/readme.py`` writes them and all pages anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pages
import worked

from authlint.cli.config import DESCRIPTIONS, default_of, toml, type_of
from authlint.project.settings import KEYS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
WRITTEN = (README, ROOT / "docs/configuration.md")
SHOWN = ("dotenv/live-provider-key.env", "javascript/oauth-state-missing.js", "shell/cleartext-auth-url.sh")
WIDTH = 100
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
RULES = pages.RULESET.rules


def generated(text: str) -> str:
    """A document with its generated parts as they should be."""
    return _PART.sub(lambda match: f"{match[1]}{_PARTS[match[2]]()}{match[3]}", text)


def _output() -> str:
    """What a person sees who lints a part of the sample."""
    with tempfile.TemporaryDirectory() as folder:
        _authlint(folder, "sample", ".")
        seen = _authlint(folder, "check", *SHOWN)
    return f"```text\n$ authlint check {' '.join(SHOWN)}\n{seen}```\n"


def _authlint(folder: str, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "authlint", *words]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.stdout.decode()


def _rules() -> str:
    """The rules, a line each; their languages are on the index page."""
    rows = [[f"[{rule.code}](docs/rules/{rule.name}.md)", f"`{rule.name}`", rule.summary, rule.level] for rule in RULES]
    return _table(["Code", "Name", "What it finds", "Level"], rows)


def _settings() -> str:
    return _table(["Key", "Meaning"], [[f"`{key}`", DESCRIPTIONS[key]] for key in KEYS])


def _keys() -> str:
    """Each key: what it means, what it may be, what it is if nothing is said."""
    sections = []
    for key in KEYS:
        default = default_of(key)
        table = f"[{key}]" if isinstance(default, dict) else f"{key} = {_wrapped(default)}"
        sections.append(f"### `{key}`\n\n{DESCRIPTIONS[key]}\n\nValue: {type_of(key)}.\n\n```toml\n{table}\n```\n")
    return "\n".join(sections)


def _wrapped(value: object) -> str:
    """A value as TOML, a long list on several lines."""
    text = toml(value)
    if not isinstance(value, tuple) or len(text) <= WIDTH:
        return text
    lines = textwrap.wrap(text[1:-1] + ",", WIDTH, break_on_hyphens=False, initial_indent="  ", subsequent_indent="  ")
    return "\n".join(["[", *lines, "]"])


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    return "".join(f"{line}\n" for line in pages.table(head, rows))


_PARTS = {"output": _output, "rules": _rules, "settings": _settings, "keys": _keys}

if __name__ == "__main__":
    for document in WRITTEN:
        document.write_text(generated(document.read_text(encoding="utf-8")), encoding="utf-8")
    pages.write()
    worked.DOCUMENT.write_text(worked.worked(worked.DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
