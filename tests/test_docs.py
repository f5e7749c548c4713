"""What the documents say is so: generated parts, commands, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from readme import README, WRITTEN, generated

from authlint import __version__
from authlint.cli import group

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/configuration.md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(name: str) -> Iterator[str]:
    """The lines of a document's shell fences that run authlint."""
    for fence in re.findall(r"```sh\n(.*?)```", text_of(name), re.DOTALL):
        for line in fence.splitlines():
            yield from (part.strip() for part in line.split("&&") if re.match(r"\S*\bauthlint ", part.strip()))


@pytest.mark.parametrize("document", WRITTEN, ids=lambda document: document.name)
def test_generated_parts_are_up_to_date(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    is_current = generated(text) == text
    assert is_current, "run: python tests/readme.py"


def test_the_two_commands_are_there_once() -> None:
    lines = re.findall(r"(?m)^python3 -m venv \.venv && .*$", text_of(README.name))
    assert [line.rpartition("/")[2] for line in lines] == ["authlint check authlint-sample", "pytest"]


@pytest.mark.parametrize("line", [line for name in DOCUMENTS for line in commands(name)])
def test_commands_can_be_given(line: str) -> None:
    words = shlex.split(re.split(r"[<|>]", line)[0], comments=True)[1:]
    context = click.Context(group)
    if words[0].startswith("-"):
        return
    command = group.get_command(context, words[0])
    assert command is not None
    command.make_context(words[0], words[1:])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", text_of(name)) + re.findall(
        r"`((?:authlint|rules|tests)/[\w./-]+)`", text_of(name)
    )
    base = (ROOT / name).parent
    missing = [target for target in targets if not (base / target).exists() and not (ROOT / target).exists()]
    assert [target for target in missing if "://" not in target] == []


def test_the_changelog_knows_this_version() -> None:
    assert re.search(
        rf"(?m)^## \[{re.escape(__version__)}\] - (Unreleased|\d{{4}}-\d\d-\d\d)$", text_of("CHANGELOG.md")
    )
