"""``authlint check --fix`` on files: what is written, how, and what is said."""

from __future__ import annotations

import json
import os
import random
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from authlint.cli import group
from authlint.finding import Report
from authlint.repair import Repair, files

RNG = random.Random(11)  # noqa: S311 - a key of nobody
KEY = "ak_" + "live_" + "".join(RNG.choices("abcdefghijkmnpqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=24))
CALL = 'r = requests.get("http://api.accessiq.io/v1", headers={"Authorization": KEY})\n'
CODE = f'import requests\n\nKEY = "{KEY}"\n{CALL}'
SAFE = CODE.replace("http:", "https:")
FIXED = SAFE.replace(f'"{KEY}"', 'os.environ["ACCESSIQ_API_KEY"]').replace("requests\n\n", "requests\nimport os\n\n")


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTHLINT_CACHE_DIR", str(tmp_path.parent / "cache"))
    (tmp_path / "a.py").write_text(CODE)

    def call(*arguments: str) -> Result:
        code: Any = group.main(["check", "--select", "AUT1,AUT3", *arguments], standalone_mode=False)
        out, err = capsys.readouterr()
        assert KEY[10:] not in out + err
        return Result(code, out, err)

    return call


def test_only_what_is_safe_is_fixed_by_default(run: Run) -> None:
    result = run("--fix", "a.py")
    assert Path("a.py").read_text() == SAFE
    assert result.code == 1
    assert "AUT101" in result.out
    assert "AUT301" not in result.out
    assert result.err.startswith("Fixed 1 finding in 1 file.\n1 more fix with --unsafe-fixes.\n")


def test_the_rest_on_request_and_what_is_to_be_done_then(run: Run) -> None:
    result = run("--fix", "--unsafe-fixes", "--show-fixes", "a.py")
    assert Path("a.py").read_text() == FIXED
    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines()[:5] == [
        "fixed: a.py:3: AUT101 live-provider-key (Read ACCESSIQ_API_KEY from the environment)",
        "fixed: a.py:4: AUT301 cleartext-auth-url (Write https://)",
        "Fixed 2 findings in 1 file.",
        "To be set in the environment: ACCESSIQ_API_KEY.",
        "To be revoked at AccessIQ, for it stays in the history: what was in the place of ACCESSIQ_API_KEY.",
    ]
    assert run("--fix", "--unsafe-fixes", "a.py").err == "No findings in 1 file (143 bytes).\n"


def test_fix_only_reports_nothing_that_is_left(run: Run) -> None:
    result = run("--fix-only", "a.py")
    assert (result.code, result.out) == (0, "")
    assert Path("a.py").read_text() == SAFE


def test_a_dry_run_shows_a_diff_and_changes_nothing(run: Run) -> None:
    result = run("--fix", "--unsafe-fixes", "--dry-run", "a.py")
    assert Path("a.py").read_text() == CODE
    lines = result.out.splitlines()
    assert lines[:2] == ["--- a.py", "+++ a.py"]
    assert '+KEY = os.environ["ACCESSIQ_API_KEY"]' in lines
    assert any(line.startswith('-KEY = "ak_') and "sha256" in line for line in lines)
    assert result.code == 1
    assert "Would fix 2 findings" in result.err
    Path("a.py").write_text(FIXED)
    assert run("--fix", "--unsafe-fixes", "--dry-run", "a.py")[:2] == (0, "")


@pytest.mark.parametrize("option", ["--staged", "--history"])
def test_what_is_not_a_file_as_it_is_cannot_be_fixed(run: Run, option: str) -> None:
    with pytest.raises(Exception, match=r"--fix looks at whole files|repository"):
        run("--fix", option)


def test_a_kept_result_has_its_fix(run: Run) -> None:
    first = run("--output-format", "json", "a.py").out
    assert json.loads(first)["findings"][0]["fix"]["imports"] == ["os"]
    assert run("--output-format", "json", "a.py").out == first
    run("--fix", "--unsafe-fixes", "a.py")
    assert Path("a.py").read_text() == FIXED


@pytest.mark.parametrize("option", ["--unsafe-fixes", "--dry-run", "--show-fixes"])
def test_options_of_fixes_need_one(run: Run, option: str) -> None:
    with pytest.raises(Exception, match=f"{option} needs --fix"):
        run(option, "a.py")


def test_permissions_and_links_stay(run: Run) -> None:
    os.chmod("a.py", 0o640)
    os.symlink("a.py", "link.py")
    run("--fix", "link.py")
    assert Path("link.py").is_symlink()
    assert Path("a.py").read_text() == SAFE
    assert stat.S_IMODE(os.stat("a.py").st_mode) == 0o640
    Path("a.py").write_text(CODE)
    os.link("a.py", "other.py")
    run("--fix", "a.py")
    assert Path("other.py").read_text() == SAFE
    assert sorted(os.listdir()) == ["a.py", "link.py", "other.py"]


def test_a_file_that_has_changed_meanwhile_is_left_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    repair = Repair.run

    def late(self: Repair, raw: bytes) -> Any:
        repaired = repair(self, raw)
        Path("a.py").write_text("# another\n")
        return repaired

    monkeypatch.setattr(Repair, "run", late)
    result = run("--fix", "a.py")
    assert Path("a.py").read_text() == "# another\n"
    assert result.code == 2
    assert "error: a.py: has changed meanwhile, and is not fixed" in result.err
    assert os.listdir() == ["a.py"]


def test_a_failure_leaves_the_file_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PermissionError):
        files.replace(str(file), b"old", b"new")
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_file_that_is_read_only_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # root may write anywhere
    with pytest.raises(PermissionError, match="read-only"):
        files.replace(str(file), b"old", b"new")
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_what_the_baseline_knows_is_left_alone(run: Run) -> None:
    report = json.loads(run("--output-format", "json", "a.py").out)
    assert [finding["fix"]["applicability"] for finding in report["findings"]] == ["unsafe", "safe"]
    group.main(["baseline", "create", "a.py"], standalone_mode=False)
    run("--fix", "--baseline", ".authlint-baseline", "a.py")
    assert Path("a.py").read_text() == CODE


def test_ignored_findings_are_left_alone(run: Run) -> None:
    ignored = CODE.replace("KEY})", "KEY})  # authlint: ignore[cleartext-auth-url] a test")
    Path("a.py").write_text(ignored)
    run("--fix", "a.py")
    assert Path("a.py").read_text() == ignored


def test_json_tells_the_edits_and_no_secret(run: Run) -> None:
    report = json.loads(run("--output-format", "json", "a.py").out)
    assert report["findings"][0]["fix"] == {
        "description": "Read ACCESSIQ_API_KEY from the environment",
        "applicability": "unsafe",
        "edits": [{"line": 3, "column": 7, "end_line": 3, "end_column": 41, "text": 'os.environ["ACCESSIQ_API_KEY"]'}],
        "imports": ["os"],
        "variables": ["ACCESSIQ_API_KEY"],
        "revoke": "AccessIQ",
    }


def test_rounds_come_to_an_end() -> None:
    """A rule that finds the same again and again is refused, not obeyed."""
    from authlint.engine.linter import Linter  # noqa: PLC0415
    from authlint.run.catalog import load  # noqa: PLC0415 - the one test that needs it

    linter = Linter(load())

    def lint(data: bytes) -> Report:
        return linter.lint("a.py", CODE.encode())

    assert Repair("a.py", lint, lambda _: True).run(CODE.encode()).after == CODE.encode()
