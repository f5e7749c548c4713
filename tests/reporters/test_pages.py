"""Where a rule's page is: below the project's address if that is known."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from importlib import metadata

import pytest

from authlint.reporters import pages


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    pages._base.cache_clear()
    yield
    pages._base.cache_clear()


@pytest.mark.parametrize(
    ("stated", "page"),
    [
        ([], "docs/rules/token-in-url.md"),
        (["Changelog, https://a.example/log"], "docs/rules/token-in-url.md"),
        (["Documentation, https://a.example/docs-of-it/"], "https://a.example/docs-of-it/docs/rules/token-in-url.md"),
        (["Source, https://github.com/o/n"], "https://github.com/o/n/blob/HEAD/docs/rules/token-in-url.md"),
        (
            ["Homepage, https://b.example", "Repository, https://a.example"],
            "https://a.example/docs/rules/token-in-url.md",
        ),
    ],
)
def test_the_address_of_a_page(monkeypatch: pytest.MonkeyPatch, stated: list[str], page: str) -> None:
    message = Message()
    for entry in stated:
        message["Project-URL"] = entry
    monkeypatch.setattr(metadata, "metadata", lambda _: message)
    assert pages.page_of("token-in-url") == page


def test_rules_of_the_user_have_no_page() -> None:
    assert pages.is_ours("AUT101")
    assert not pages.is_ours("AUT901")
