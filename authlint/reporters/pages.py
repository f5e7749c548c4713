"""Where the page of a rule is: what a ``helpUri`` points to. Part of the edge: reads the installed metadata."""

from __future__ import annotations

from functools import lru_cache

_OWN_CODES = "AUT9"
_LABELS = ("documentation", "source", "repository", "homepage")


def page_of(rule: str) -> str:
    """The address of a rule's page: below the project's address if that is known, otherwise its path in the project."""
    path = f"docs/rules/{rule}.md"
    base = _base()
    return f"{base}/{path}" if base else path


def is_ours(code: str) -> bool:
    """Whether a rule comes with authlint, and so has a page: ``AUT9…`` are rules of the user."""
    return not code.startswith(_OWN_CODES)


@lru_cache(maxsize=1)
def _base() -> str:
    """Where files of the project can be looked at, by ``[project.urls]``; empty if that says nothing."""
    from importlib.metadata import PackageNotFoundError, metadata  # noqa: PLC0415 - takes time, and is seldom asked

    try:
        stated = metadata("authlint").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    pairs = [entry.partition(",") for entry in stated]
    known = {label.strip().lower(): address.strip().rstrip("/") for label, _, address in pairs}
    address = next((known[label] for label in _LABELS if label in known), "")
    if address.startswith(("https://github.com/", "https://gitlab.com/")) and "/blob/" not in address:
        return f"{address}/blob/HEAD"
    return address
