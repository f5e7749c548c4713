"""The comments with which detect-secrets is told that a secret may stay: the same lines, for credentials only."""

from __future__ import annotations

import pytest
from detect_secrets.filters.allowlist import is_line_allowlisted
from detect_secrets.util.code_snippet import CodeSnippet
from hypothesis import given
from hypothesis import strategies as st
from timing import grows_linearly

from authlint.engine.linter import Linter
from authlint.engine.suppress import allowlisted
from authlint.ruleset.examples import fake
from authlint.run.catalog import load
from authlint.source import Source

KEY = fake("ak_live_[A-Za-z0-9]{24}", "pragmas")
LINTER = Linter(load())
FORMS = [
    "# pragma: allowlist secret",
    "#pragma: allowlist secret",
    "# pragma:allowlist secret",
    "# pragma: whitelist secret",
    "# pragma: allowlist-secret",
    "# pragma: allowlist secret, revoked in March",
    "// pragma: allowlist secret",
    "/* pragma: allowlist secret */",
    "' pragma: allowlist secret",
    "-- pragma: allowlist secret",
    "<!-- pragma: allowlist secret -->",
    "<!-- # pragma: allowlist secret -->",
]
OTHERS = [
    "# PRAGMA: allowlist secret",
    "# pragma: allow secret",
    "# pragma: allowlist",
    "; pragma: allowlist secret",
    "pragma: allowlist secret",
    "/* pragma: allowlist secret",
    "# pragma: no cover",
]


def codes(text: str, path: str = "notes.txt") -> tuple[list[str], int]:
    report = LINTER.lint(path, text.encode())
    return [finding.code for finding in report.findings], report.suppressed


@pytest.mark.parametrize("form", FORMS)
def test_every_form_allows_its_line(form: str) -> None:
    assert codes(f"{KEY}  {form}") == ([], 1)
    assert codes(f"{form}\n{KEY}") == (["AUT101"], 0)


@pytest.mark.parametrize("form", [form.replace("list", "list nextline", 1) for form in FORMS if "white" not in form])
def test_every_form_of_nextline_stands_alone_and_allows_the_next(form: str) -> None:
    form = form.replace("nextline-", "nextline ").replace("list nextline", "list-nextline") if "-s" in form else form
    assert codes(f"{form}\n{KEY}\n") == ([], 1)
    assert codes(f"  {form}\r\n{KEY}\r\n") == ([], 1)
    assert codes(f"x = 1  {form}\n{KEY}") == (["AUT101"], 0)
    assert codes(f"{KEY}  {form}") == (["AUT101"], 0)


@pytest.mark.parametrize("form", OTHERS)
def test_what_is_no_pragma_allows_nothing(form: str) -> None:
    assert codes(f"{KEY}  {form}") == (["AUT101"], 0)


@pytest.mark.parametrize(("path", "expected"), [("a.yaml", ["AUT101"]), ("a.yml", [])])
def test_only_one_ending_of_yaml_files_takes_other_comments(path: str, expected: list[str]) -> None:
    assert codes(f"a: {KEY}  // pragma: allowlist secret", path)[0] == expected
    assert codes(f"a: {KEY}  # pragma: allowlist secret", path)[0] == []


def test_other_findings_stay() -> None:
    text = f'requests.post("http://api.example.net/oauth/token", data={{"k": "{KEY}"}})  # pragma: allowlist secret'
    assert codes(f"import requests\n{text}\n", "a.py") == (["AUT301"], 1)


def test_a_pragma_is_never_unused() -> None:
    assert codes("x = 1  # pragma: allowlist secret\n# authlint: nothing", "a.py")[0] == ["AUT002"]


PIECES = ["#", "//", "/*", "*/", "<!--", "-->", "--", "'", " ", "\t", "pragma:", "pragma: ", "allowlist", "whitelist",
          "-", "secret", "nextline", "x", " allowlist secret", " allowlist nextline secret"]  # fmt: skip


@given(
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
    st.sampled_from(["a.py", "a.yaml", "a.yml"]),
)
def test_it_is_as_detect_secrets_has_it(above: str, line: str, path: str) -> None:
    lines = [above.rstrip(), line.rstrip()]
    theirs = is_line_allowlisted(path, lines[1], CodeSnippet(lines, 0, 1))
    ours = 2 in allowlisted(Source(path, "\n".join(lines).encode()))
    indented = above[:1] in " \t"  # there ours is more generous
    assert ours == theirs or (ours and indented)


@pytest.mark.parametrize(
    "unit", ["# pragma: allowlist secret ", "<!--", "# ", " " * 40 + "pragma:", "pragma: allowlist secret\n"]
)
def test_no_file_takes_long(unit: str) -> None:
    assert grows_linearly(lambda size: allowlisted(Source("a", (unit * (size // len(unit))).encode())), 100_000)
