"""What the place of a file says about it: documentation, tests, or neither."""

from __future__ import annotations

import re
from typing import Literal

_DOC_PATH = re.compile(
    r"\.(md|mdx|markdown|mdown|rst|txt|text|adoc)$|\.(template|tmpl)$|\.(examples?|samples?|dist)(\.[a-z]{2,10})?$"
    r"|(^|/)\.?env[._-](examples?|samples?|template|dist|defaults?)$|(^|/)(example|sample|template|dist)\.env$",
    re.I,
)
_TEST_PATH = re.compile(
    r"(^|/)(tests?|specs?|__tests__|__mocks__|fixtures?|cassettes|mocks?|testdata|testing|e2e|cypress)/"
    r"|(^|/)(config|settings|environments?)/([\w-]{1,60}/)?test(ing)?\.[^/.]+$|(^|/)test_[^/]*$|_test\.[^/.]+$|_spec\.rb$|\.(spec|test|cy|stories)\.[^/]+$|(^|/)conftest\.py$",
    re.I,
)
_UNPRODUCTIVE = frozenset({"development", "test"})

_DEVELOPMENT_PATH = re.compile(
    r"(^|/)\.env\.(dev|development|local)(\.|$)|(^|/)(docker-)?compose[.-](dev|development|local|override)[^/]*\.ya?ml$"
    r"|(^|/)environments/development\.rb$|(^|/)values[.-](dev|development|local)\.ya?ml$"
    r"|(^|/)(settings|config)[/._-](dev|development|local)\.[^/.]+$",
    re.I,
)


def is_development(path: str) -> bool:
    """Whether a file is for development only, as its path (with ``/``) says: ``.env.development``, for one."""
    return _DEVELOPMENT_PATH.search(path) is not None


def place_of(path: str, language: str) -> Literal["docs", "test", "code"]:
    """Whether a file is documentation, a test or neither, from its path (with ``/``) and its language."""
    if language == "markdown" or _DOC_PATH.search(path):
        return "docs"
    return "test" if _TEST_PATH.search(path) else "code"


def are_apart(one: str, other: str, kind: str) -> bool:
    """Whether two environments must not share a credential; a test key may serve development and tests."""
    return one != other and not ({one, other} <= _UNPRODUCTIVE and kind != "live")
