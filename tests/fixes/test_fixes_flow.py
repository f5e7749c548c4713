"""Fixes of the OAuth flow and of tokens in the wrong place: where they fit in, and where there is none."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from test_fixes import repaired

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


CASES = tomllib.loads(Path(__file__).with_name("fix_cases.toml").read_text())["case"]


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{n}-{c['code']}-{c['path']}") for n, c in enumerate(CASES)])
def test_a_fix_is_what_somebody_would_write(case: dict[str, str]) -> None:
    result = repaired(case["path"], case["before"].encode(), case["code"])
    assert result.after.decode() == case.get("after", case["before"])
    assert result.problems == ()


def test_statements_become_lines_of_a_cell() -> None:
    lines = [
        "from flask import redirect, session\n",
        "import secrets\n",
        "def login():\n",
        "    return go(f'{A}?client_id=a&response_type=code')",
    ]
    cell: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": lines,
    }
    book: dict[str, Any] = {
        "cells": [cell],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    after = json.loads(repaired("a.ipynb", json.dumps(book, indent=1).encode(), "AUT401").after)
    assert after["cells"][0]["source"][3:] == [
        '    session["oauth_state"] = secrets.token_urlsafe(32)\n',
        "    return go(f'{A}?client_id=a&response_type=code&state={session[\"oauth_state\"]}')",
    ]
