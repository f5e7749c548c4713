"""``--explain-skipped``: what was held to be made up, where, and why; masked, and nothing that is a finding."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from authlint.engine.linter import Linter, Options
from authlint.finding import Report
from authlint.ruleset.examples import fake
from authlint.run.catalog import load

ROOT = Path(__file__).parents[2]
RULES = load()
KEY = fake("ak_live_[A-Za-z0-9]{24}", "skipped")


def lint(text: str, path: str = "src/app.py", explain: bool = True) -> Report:
    report = Linter(RULES, Options(explain=explain)).lint(path, text.encode())
    assert [problem for problem in report.problems if problem.kind != "syntax"] == []
    return report


def explained(text: str, path: str = "src/app.py") -> list[tuple[int, int, str, str]]:
    return [(item.line, item.column, item.name, item.reason) for item in lint(text, path).skipped]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("API_KEY = 'ak_live_your_key_here'", (1, 11, "API_KEY", "contains the word 'your'")),
        ("\nx = 'ak_live_abc123xyz789'", (2, 6, "", "is shorter than a key of this kind")),
        ("client_secret = 'changeme'", (1, 17, "client_secret", "contains the word 'changeme'")),
        ("call(token='xxxxxxxxxxxxxxxxxxxxxxxx')", (1, 12, "token", "repeats one character")),
        ("hook('AKIAIOSFODNN7EXAMPLE')", (1, 7, "", "is an example of the provider's documentation")),
    ],
)
def test_why_a_candidate_is_none(text: str, expected: tuple[int, int, str, str]) -> None:
    assert explained(text) == [expected]
    assert lint(text, explain=False).skipped == ()


def test_in_what_is_embedded_and_in_configuration() -> None:
    assert explained("# x\n\n```python\ntoken = 'changeme'\n```\n", "a.md") == [
        (4, 9, "token", "contains the word 'changeme'")
    ]
    assert explained("db:\n  password: <password>\n", "a.yaml")[0][2:] == (
        "password",
        "refers to a value that is kept elsewhere",
    )


def test_what_is_found_is_not_skipped() -> None:
    report = lint(f"key = '{KEY}'\nJWT_SECRET = 'changeme'\njwt.encode({{}}, 'changeme')\n")
    lines = {finding.line for finding in report.findings}
    assert 1 in lines
    assert not lines & {item.line for item in report.skipped}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "authlint", "check", "--isolated", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_on_the_command_line(tmp_path: Path) -> None:
    value = "ak_live_" + "x" * 24
    (tmp_path / "a.py").write_text(f"API_KEY = '{value}'\n", encoding="utf-8")
    done = run(tmp_path, "--explain-skipped", "a.py")
    assert done.returncode == 0
    first, _ = done.stderr.splitlines()
    assert first.startswith("skipped: a.py:1:11: ak_")
    assert first.endswith("(given to 'API_KEY') repeats one character")
    assert value not in done.stderr + done.stdout
    document = json.loads(run(tmp_path, "--explain-skipped", "--output-format", "json", "a.py").stdout)
    (item,) = document["skipped"]
    assert (item["path"], item["line"], item["reason"]) == ("a.py", 1, "repeats one character")
    assert "skipped" not in json.loads(run(tmp_path, "--output-format", "json", "a.py").stdout)
