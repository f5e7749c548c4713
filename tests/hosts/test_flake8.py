from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from authlint import flake8_plugin
from authlint.flake8_plugin import Plugin

ROOT = str(Path(__file__).parents[2])
KEY = "ak_live_" + "Zk3vQ9wLr7Tx" * 2  # made here, so that no file of ours holds it
BAD = f"""\
KEYS = [
    "é", "{KEY}",
]
AGAIN = "{KEY}"  # noqa: AUT101
THIRD = "{KEY}"  # authlint: ignore[AUT101] rotated
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", ROOT)
    Path(".flake8").write_text("[flake8]\nselect = AUT\n" + _registration(), encoding="utf-8")
    return tmp_path


def _registration() -> str:
    """What an installed authlint registers by itself."""
    try:
        distribution("authlint")
    except PackageNotFoundError:
        return "[flake8:local-plugins]\nextension = AUT = authlint.flake8_plugin:Plugin\n"
    return ""


def run(*command: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, encoding="utf-8", input=stdin, check=False
    )


def cli(*arguments: str) -> list[dict[str, object]]:
    done = run("authlint", "check", "--output-format", "json-lines", *arguments)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_flake8_shows_what_the_command_line_shows() -> None:
    Path("bad.py").write_text(BAD, encoding="utf-8")
    Path("clean.py").write_text("x = 1\n", encoding="utf-8")
    done = run("flake8", "--jobs", "1", "bad.py", "clean.py")
    found = cli("bad.py")
    assert [finding["line"] for finding in found] == [2, 4]
    first = found[0]
    assert done.stdout == f"bad.py:{first['line']}:{first['column']}: {first['code']} {first['message']}\n"
    assert (first["line"], first["code"]) == (2, "AUT101")
    assert (done.returncode, done.stderr) == (1, "")
    assert KEY not in done.stdout


def test_noqa_is_left_to_flake8() -> None:
    Path("bad.py").write_text(BAD, encoding="utf-8")
    lines = run("flake8", "--disable-noqa", "bad.py").stdout.splitlines()
    assert [line.split(":")[1] for line in lines] == ["2", "4"]


def test_line_endings_marks_and_processes_change_nothing() -> None:
    for name, encoded in (("a.py", BAD.encode()), ("b.py", BAD.replace("\n", "\r\n").encode("utf-8-sig"))):
        Path(name).write_bytes(encoded)
    lines = run("flake8", "--jobs", "2", "a.py", "b.py").stdout.splitlines()
    assert [line.partition(":")[2] for line in lines[:1]] == [line.partition(":")[2] for line in lines[1:]]
    assert [(finding["line"], finding["column"]) for finding in cli("a.py")] == [
        (finding["line"], finding["column"]) for finding in cli("b.py")
    ]


def test_settings_are_found_as_by_the_command_line() -> None:
    Path("sub").mkdir()
    Path("sub/authlint.toml").write_text('ignore = ["AUT101"]\n', encoding="utf-8")
    Path("sub/bad.py").write_text(BAD, encoding="utf-8")
    assert "AUT101" not in run("flake8", "sub").stdout
    assert "AUT101" in run("flake8", "sub", "--authlint-isolated").stdout
    Path("bad.py").write_text(BAD, encoding="utf-8")
    assert "AUT101" not in run("flake8", "bad.py", "--authlint-config", "sub/authlint.toml").stdout


def test_standard_input() -> None:
    assert run("flake8", "-", stdin=BAD).stdout.startswith("stdin:2:")
    assert run("flake8", "--stdin-display-name", "x.py", "-", stdin=BAD).stdout.startswith("x.py:2:")


def test_what_cannot_be_done_is_a_line_of_flake8() -> None:
    Path("authlint.toml").write_text("slect = []\n", encoding="utf-8")
    Path("a.py").write_text("x = 1\n", encoding="utf-8")
    done = run("flake8", "a.py")
    assert done.stdout == "a.py:1:1: AUT000 authlint.toml: unknown key 'slect', did you mean 'select'?\n"
    assert (done.returncode, done.stderr) == (1, "")


def test_nothing_that_goes_wrong_ends_flake8(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def messages(self, path: str, text: str) -> None:
            raise SyntaxError("perhaps with a secret")

    monkeypatch.setattr(Plugin, "_session", Broken())
    found = list(Plugin(None, "a.py", ["x\n"]).run())  # type: ignore[arg-type]
    assert found == [(1, 0, "AUT000 internal error (SyntaxError), please report it", Plugin)]


def test_info_is_not_shown() -> None:
    line = "CLIENT = 'http://127.0.0.1/oauth/token'\n"
    Path("a.py").write_text(line, encoding="utf-8")
    shown = {finding["code"] for finding in cli("a.py") if finding["level"] != "info"}
    assert {line.split()[1] for line in run("flake8", "a.py").stdout.splitlines()} == shown


def test_the_plugin_is_light_to_import() -> None:
    code = "import sys, authlint.flake8_plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    heavy = {"authlint.engine.linter", "authlint.run.session", "authlint.ruleset.rules", "click", "hyperscan", "json"}
    assert modules & heavy == set()
    assert len(Path(flake8_plugin.__file__).read_text(encoding="utf-8").splitlines()) <= 60
