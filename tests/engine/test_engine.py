"""The engine as its callers see it: ignore comments, contexts, fingerprints, problems, embedded sources."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from authlint.engine.linter import Linter, Options
from authlint.finding import Finding
from authlint.ruleset.examples import fake
from authlint.run.catalog import load

RULES = load()
KEY = fake("ak_live_[A-Za-z0-9]{24}", "engine")
OTHER = fake("pb_live_[A-Za-z0-9]{24}", "engine-other")
REQUEST = "https://id.example.net/oauth/authorize?response_type=code&client_id=web"


@pytest.fixture(scope="module")
def linter() -> Linter:
    """Without the rule about PKCE, which the request of these tests lacks as well as a state."""
    return Linter(RULES.only(frozenset(RULES.by_code) - {"AUT405"}))


def lint(linter: Linter, path: str, text: str) -> list[tuple[str, int, str]]:
    return [(finding.code, finding.line, finding.level) for finding in linter.lint(path, text.encode()).findings]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", f'K = "{KEY}"  # authlint: ignore[AUT101] revoked', []),
        ("a.py", f'K = "{KEY}"  # authlint: ignore[live-provider-key, AUT102]', []),
        ("a.py", f'# authlint: ignore[AUT101] revoked\nK = "{KEY}"', []),
        ("a.py", f'# authlint: ignore[AUT101]\n\nK = "{KEY}"', [("AUT001", 1, "warning"), ("AUT101", 3, "error")]),
        ("a.py", f'X = 1  # authlint: ignore[AUT101]\nK = "{KEY}"', [("AUT001", 1, "warning"), ("AUT101", 2, "error")]),
        ("a.py", f'K = "{KEY}"  # authlint: ignore[AUT301]', [("AUT101", 1, "error"), ("AUT001", 1, "warning")]),
        ("a.py", f'K = "{KEY}"  # authlint: ignore[AUT999]', [("AUT101", 1, "error"), ("AUT002", 1, "error")]),
        ("a.py", f'K = "{KEY}"  # authlint: ignore', [("AUT101", 1, "error"), ("AUT002", 1, "error")]),
        ("a.py", f'K = "{KEY} # authlint: ignore[AUT101]"', [("AUT101", 1, "error")]),
        ("a.js", f"const k = '{KEY}'; // authlint: ignore[AUT101] revoked", []),
        ("a.js", f"/* authlint: ignore[AUT101] */\nconst k = '{KEY}';", []),
        ("a.sh", f"K={KEY}  # authlint: ignore[AUT101]", []),
        ("a.yaml", f"k: {KEY}  # authlint: ignore[AUT101]", []),
        ("a.md", f"<!-- authlint: ignore[AUT101] -->\nThe key was {KEY}.", []),
        ("a.rb", f'K = "{KEY}"  # authlint: ignore[AUT101]', []),
    ],
)
def test_ignore_comments_are_strict(linter: Linter, path: str, text: str, expected: list[tuple[str, int, str]]) -> None:
    assert lint(linter, path, text) == expected


def test_a_rule_that_is_switched_off_makes_no_ignore_unused_or_unknown() -> None:
    linter = Linter(RULES.only(frozenset({"AUT001", "AUT002", "AUT301"})))
    assert lint(linter, "a.py", f'K = "{KEY}"  # authlint: ignore[AUT101]') == []


def test_suppressed_findings_are_counted(linter: Linter) -> None:
    report = linter.lint("a.py", f'K = "{KEY}"  # authlint: ignore[AUT101]\nL = "{OTHER}"\n'.encode())
    assert (len(report.findings), report.suppressed) == (1, 1)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("app.js", f"location.href = '{REQUEST}'", [("AUT401", 1, "error")]),
        ("app.test.js", f"location.href = '{REQUEST}'", []),
        ("README.md", f"```js\nlocation.href = '{REQUEST}'\n```", [("AUT401", 2, "error")]),
        ("README.md", f"```js\n// Bad: no state\nlocation.href = '{REQUEST}'\n```", [("AUT401", 3, "info")]),
        ("app.js", f"// Bad: no state\nlocation.href = '{REQUEST}'", [("AUT401", 2, "error")]),
        ("a.py", 'if settings.DEBUG:\n    TOKEN_URL = "http://id.corp-net.io/oauth/token"', [("AUT301", 2, "info")]),
        (
            "a.py",
            'if not settings.DEBUG:\n    TOKEN_URL = "http://id.corp-net.io/oauth/token"',
            [("AUT301", 2, "error")],
        ),
        ("a.py", 'TOKEN_URL = "http://auth/oauth/token"', [("AUT301", 1, "info")]),
        ("tests/a.py", 'TOKEN_URL = "http://id.corp-net.io/oauth/token"', [("AUT301", 1, "warning")]),
    ],
)
def test_context_weighs(linter: Linter, path: str, text: str, expected: list[tuple[str, int, str]]) -> None:
    assert [found for found in lint(linter, path, text) if found[0] != "AUT103"] == expected


def test_positions_lead_back_through_embedding(linter: Linter) -> None:
    code = json.dumps(["import os\n", f'url = "{REQUEST}"\n'])
    cell = f'{{"cells": [{{"cell_type": "code", "source": {code}}}], "metadata": {{}}}}'
    text = f"é\n\n- step\n\n      ```html\n      <script>\n        go(`{REQUEST}`)\n      </script>\n      ```\n"
    [finding] = linter.lint("a.md", text.encode()).findings
    assert (finding.line, finding.column, finding.language) == (7, 12, "javascript")
    [finding] = linter.lint("a.ipynb", cell.encode()).findings
    assert (finding.code, finding.language) == ("AUT401", "python")
    assert cell.encode()[finding.span[0] : finding.span[1]] == f'\\"{REQUEST}\\"'.encode()


def test_shell_in_a_workflow_is_read(linter: Linter) -> None:
    text = f"jobs:\n  login:\n    steps:\n      - run: |\n          echo hi\n          open '{REQUEST}'\n"
    assert lint(linter, ".github/workflows/ci.yml", text) == [("AUT401", 6, "error")]


def identity(linter: Linter, text: str) -> list[str]:
    return [finding.fingerprint for finding in linter.lint("a.py", text.encode()).findings]


def test_a_fingerprint_survives_moves_and_dies_with_the_secret(linter: Linter) -> None:
    [before] = identity(linter, f'K = "{KEY}"\n')
    assert identity(linter, f'import os\n\n\nif True:\n    K = "{KEY}"\n') == [before]
    assert identity(linter, f'K = "{OTHER}"\n') != [before]
    twice = identity(linter, f'K = "{KEY}"\nK = "{KEY}"\n')
    assert twice == [before, f"{before}-2"]


def test_no_finding_holds_a_secret(linter: Linter) -> None:
    report = linter.lint("a.py", f'K = "{KEY}"\nL = "{OTHER}"\n'.encode())
    shown = str([finding._asdict() for finding in report.findings])
    assert KEY[8:] not in shown
    assert OTHER[8:] not in shown


def test_min_confidence_hides_what_is_doubtful() -> None:
    text = b'K = "ak_live_" + "abc123xyz789"\nL = "ak_live_abc123xyz789"\n'
    assert Linter(RULES).lint("a.py", text).findings == ()
    low = Linter(RULES, Options(min_confidence="low")).lint("a.py", text).findings
    assert [(f.line, f.level, f.confidence) for f in low] == [(1, "warning", "low"), (2, "warning", "low")]


def test_a_broken_file_is_still_checked_and_says_so(linter: Linter) -> None:
    report = linter.lint("a.py", f'def f(:\n    K = "{KEY}"\n'.encode())
    assert [problem.kind for problem in report.problems] == ["syntax"]
    assert [finding.code for finding in report.findings] == ["AUT101"]


def test_a_crash_of_a_check_is_a_problem_not_an_end(linter: Linter, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(unit: object) -> list[Finding]:
        raise RuntimeError(KEY)

    monkeypatch.setattr("authlint.checks.credentials.live_provider_key", crash)
    report = linter.lint("a.py", f'K = "{KEY}"\nURL = "{REQUEST}"\n'.encode())
    assert [(problem.kind, problem.message) for problem in report.problems] == [
        ("crash", "rule AUT101 crashed: RuntimeError")
    ]
    assert [finding.code for finding in report.findings] == ["AUT401"]


def test_what_is_loaded_before_processes_are_forked_is_what_rules_need() -> None:
    code = (
        "import sys; from authlint.run.catalog import load; from authlint.engine.linter import Linter\n"
        "linter = Linter(load()); linter.prepare()\n"
        "assert 'authlint.engine.inspection' not in sys.modules\n"  # nothing was found so far
        f"linter.lint('a.py', b'K = \"{KEY}\"'); linter.prepare()\n"
        "assert {'authlint.checks.credentials', 'authlint.checks.oauth.state'} <= set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
