"""What the documents say is so: generated parts, commands, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pages
import pytest
import worked
from readme import README, WRITTEN, generated

from authlint import __version__
from authlint.cli import group
from authlint.engine.linter import Linter, Options
from authlint.reporters.pages import page_of

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/configuration.md", "docs/own-api.md")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in pages.pages())


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


def test_the_pages_are_up_to_date() -> None:
    there = {path for folder in pages.GENERATED for path in (pages.DOCS / folder).iterdir()}
    current = pages.pages()
    stale = {path for path in there & current.keys() if path.read_text(encoding="utf-8") != current[path]}
    names = sorted(path.relative_to(ROOT).as_posix() for path in (there ^ current.keys()) | stale)
    assert names == [], "run: python tests/readme.py"


def test_an_api_of_ones_own_gets_keys_transport_header_scope_and_expiry_for_nothing() -> None:
    text = worked.DOCUMENT.read_text(encoding="utf-8")
    assert worked.worked(text) == text, "run: python tests/readme.py"
    said = re.search(r"check client.py.*?```text\n(.*?)```", text, re.DOTALL)
    assert said is not None
    assert sorted(re.findall(r"AUT\d{3}", said[1])) == ["AUT101", "AUT301", "AUT501", "AUT601", "AUT602"]
    assert len(worked.files(text)["authlint-rules/providers/harbour.toml"].splitlines()) <= 40


def test_pages_are_where_a_help_address_points_to() -> None:
    for rule in pages.RULESET.rules:
        assert (ROOT / page_of(rule.name)).is_file()


def test_no_page_shows_a_credential() -> None:
    keys = frozenset({"AUT101", "AUT102", "AUT103", "AUT104"})
    linter = Linter(pages.RULESET.only(keys), Options("low"))
    for path, text in pages.pages().items():
        assert "{{fake:" not in text, path
        assert linter.lint(path.relative_to(ROOT).as_posix(), text.encode()).findings == (), path


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


@pytest.mark.parametrize("name", [*DOCUMENTS, *PAGES])
def test_links_lead_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    links = re.findall(r"(?<!`)\[[^\]\n`]+\]\(([^)#\s]+)", text_of(name)) if name in PAGES else []
    assert [link for link in links if "://" not in link and not (folder / link).exists()] == []
    targets = (
        []
        if name in PAGES
        else re.findall(r"\]\(([^)#\s]+)", text_of(name))
        + re.findall(r"`((?:authlint|rules|tests)/[\w./-]+)`", text_of(name))
    )
    beside = [target for target in targets if "://" not in target and not (folder / target).exists()]
    assert [target for target in beside if not (ROOT / target).exists()] == []


def test_the_changelog_knows_this_version() -> None:
    assert re.search(
        rf"(?m)^## \[{re.escape(__version__)}\] - (Unreleased|\d{{4}}-\d\d-\d\d)$", text_of("CHANGELOG.md")
    )
