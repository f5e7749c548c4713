"""Baselines of other tools are taken over where authlint finds the same, and the rest is named."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from authlint.cli import main
from authlint.engine.linter import Linter
from authlint.project.baseline_import import Matcher, read
from authlint.ruleset.examples import fake
from authlint.run.catalog import load

KEY = fake("ak_live_[A-Za-z0-9]{32}", "import")
OTHER = fake("ak_live_[A-Za-z0-9]{32}", "import-other")
GONE = fake("ak_live_[A-Za-z0-9]{32}", "import-gone")
CODE = f'import os\nKEY = "{KEY}"\nOTHER = "{OTHER}"\n'
NAME = ".authlint-baseline"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUTHLINT_DEBUG", raising=False)
    Path("src").mkdir()
    Path("src/a.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def sha1(value: str) -> str:
    return hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()


def detect_secrets(*entries: dict[str, Any]) -> str:
    results: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        results.setdefault(entry["filename"], []).append({"type": "Secret Keyword", "is_verified": False, **entry})
    return json.dumps({"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": results})


def leak(line: int, secret: str, file: str = "src/a.py") -> dict[str, Any]:
    return {
        "RuleID": "generic-api-key", "File": file, "StartLine": line, "EndLine": line, "StartColumn": 1,
        "EndColumn": 9, "Match": f'KEY = "{secret}"', "Secret": secret, "Fingerprint": f"{file}:generic-api-key:{line}",
    }  # fmt: skip


def run(arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(arguments.split())
    out, err = capsys.readouterr()
    written = "".join(path.read_text() for path in Path().rglob(f"{NAME}*"))
    for secret in (KEY, OTHER, GONE):
        assert secret[8:] not in out + err + written
        assert sha1(secret) not in out + err + written
    return int(end.value.code or 0), out, err


def known() -> list[tuple[str, ...]]:
    text = Path(NAME).read_text(encoding="utf-8") if Path(NAME).exists() else ""
    found = [line.partition("  # ") for line in text.splitlines() if not line.startswith("#")]
    return [(line.split()[0], line.split()[1], reason) for line, _, reason in found]


HASHED = {"filename": "src/a.py", "hashed_secret": sha1(KEY), "line_number": 2}


@pytest.mark.parametrize(
    ("name", "content", "reasons", "unmatched"),
    [
        (".secrets.baseline", detect_secrets(HASHED), ["from .secrets.baseline"], []),
        (".secrets.baseline", detect_secrets({**HASHED, "line_number": 99}), ["from .secrets.baseline"], []),
        (".secrets.baseline", detect_secrets({"filename": "src/a.py", "hashed_secret": sha1(KEY)}),
         ["from .secrets.baseline"], []),
        (".secrets.baseline", detect_secrets({**HASHED, "is_secret": False}),
         ["from .secrets.baseline, where it was called a false positive"], []),
        (".secrets.baseline", detect_secrets(HASHED, {**HASHED, "hashed_secret": sha1(GONE)}),
         ["from .secrets.baseline"],
         ["src/a.py:2: Secret Keyword: authlint finds no secret with this hash in the file"]),
        (".secrets.baseline", detect_secrets({**HASHED, "filename": "b.py"}), [],
         ["b.py:2: Secret Keyword: the file is gone"]),
        (".secrets.baseline", detect_secrets({**HASHED, "filename": "src\\a.py"}), ["from .secrets.baseline"], []),
        ("report.json", json.dumps([leak(2, KEY)]), ["from report.json"], []),
        ("report.json", json.dumps([leak(77, KEY), leak(3, OTHER)]), ["from report.json"] * 2, []),
        ("report.json", json.dumps([leak(3, "REDACTED")]), ["from report.json"], []),
        ("report.json", json.dumps([leak(2, KEY[:6] + "...")]), ["from report.json"], []),
        ("report.json", json.dumps([leak(2, GONE)]), [],
         ["src/a.py:2: generic-api-key: what it was about is gone from the file"]),
        ("report.json", json.dumps([leak(1, "import os")]), [],
         ["src/a.py:1: generic-api-key: authlint finds no secret there"]),
        ("report.json", "[]", [], []),
        ("report.json", "null", [], []),
        (".gitleaksignore", "# old\n\nsrc/a.py:generic-api-key:2\n", ["from .gitleaksignore"], []),
        (".gitleaksignore", f"{'0123456789' * 4}:src/a.py:aws:3 # why\n./src/a.py:x:2",
         ["from .gitleaksignore"] * 2, []),
        (".gitleaksignore", "src/a.py:aws:1\nc:d.py:aws:1", [],
         ["src/a.py:1: aws: authlint finds no secret there", "c:d.py:1: aws: the file is gone"]),
    ],
)  # fmt: skip
def test_what_is_taken_over(
    name: str, content: str, reasons: list[str], unmatched: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text(content, encoding="utf-8")
    code, out, err = run(f"baseline import {name}", capsys)
    assert err.splitlines() == [f"warning: {line}" for line in unmatched]
    assert [(path, rule) for path, rule, _ in known()] == [("src/a.py", "AUT101")] * len(reasons)
    assert [reason for *_, reason in known()] == reasons
    added = f"{len(reasons)} finding{'' if len(reasons) == 1 else 's'}"
    assert out.splitlines()[0] == f"Wrote {NAME}: added {added}, 0 known before."
    assert code == 0
    left = run(f"check src -q --output-format concise --baseline {NAME}", capsys)[1]
    assert len(left.splitlines()) == 2 - len(reasons)


def test_what_is_there_stays(capsys: pytest.CaptureFixture[str]) -> None:
    run("baseline create --reason mine", capsys)
    Path("src/a.py").write_text(CODE + f'GONE = "{GONE}"\n')
    Path("report.json").write_text(json.dumps([leak(2, KEY), leak(4, GONE)]))
    code, out, _ = run("baseline import report.json", capsys)
    assert (code, out.splitlines()[0]) == (0, f"Wrote {NAME}: added 1 finding, 1 known before.")
    assert sorted(reason for *_, reason in known()) == ["from report.json", "mine", "mine"]


def test_what_is_excluded_is_looked_at_too(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("authlint.toml").write_text('exclude = ["src/"]\n')
    (here / "reports").mkdir()
    Path("reports/r.json").write_text(json.dumps([leak(2, KEY, str(here / "src" / "a.py"))]))
    assert run("baseline import reports/r.json", capsys)[0] == 0
    assert known() == [("src/a.py", "AUT101", "from r.json")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "other: there is no such file"),
        ("{", "other: is not JSON, though it begins like it"),
        ("[" * 100_000, "other: is not JSON, though it begins like it"),
        ("{}", "other: is neither a baseline of detect-secrets nor a report of gitleaks"),
        ('{"results": {"a": 1}, "plugins_used": []}', "other: is neither a baseline of detect-secrets nor a report"),
        ('[{"File": "a"}]', "other: is neither a baseline of detect-secrets nor a report of gitleaks"),
        ("[1]", "other: is neither a baseline of detect-secrets nor a report of gitleaks"),
        ("src/a.py:generic:x", "other:1: is not 'FILE:RULE:LINE'; a .gitleaksignore, a JSON report of gitleaks or"),
    ],
)
def test_what_is_none_of_these(content: str | None, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    if content is not None:
        Path("other").write_text(content)
    code, out, err = run("baseline import other", capsys)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {says}")
    assert not Path(NAME).exists()


def test_a_secret_in_the_name_of_a_rule_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    Path("r.json").write_text(json.dumps([{**leak(1, "x"), "RuleID": GONE + "\x1b[31m"}]))
    _, _, err = run("baseline import r.json", capsys)
    assert "\x1b" not in err
    assert err.endswith(": authlint finds no secret there\n")


def test_what_detect_secrets_itself_writes(here: Path) -> None:
    """Its own scan of lines it hashes in its own ways: a prefix only, a JWT without its signature, a header."""
    scan = pytest.importorskip("detect_secrets.core.scan")
    settings = pytest.importorskip("detect_secrets.settings")
    token = fake("ghp_[A-Za-z0-9]{36}", "import-github")
    Path("b.py").write_text(f'TOKEN = "{token}"\npassword = "{KEY}"\nurl = "https://me:{OTHER}@api.corp.net"\n')
    with settings.default_settings():
        found = [secret.json() for secret in scan.scan_file("b.py")]
    assert found
    Path(".secrets.baseline").write_text(detect_secrets(*found))
    matcher = Matcher(read(".secrets.baseline"), ".secrets.baseline", str(here))
    for finding in Linter(load()).lint("b.py", Path("b.py").read_bytes()).findings:
        assert matcher.matching(finding, secret=True) != [], finding.code
    assert matcher.files == (os.path.abspath("b.py"),)
