"""Files that hold secrets are judged by what git says of them; whatever is wrong with git, nothing else suffers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from authlint.cli import main
from authlint.project import tracking
from authlint.ruleset.examples import fake

SECRETS = f"CLIENT_SECRET={fake('[A-Za-z0-9]{24}', 'tracking')}\nAPI_TOKEN={fake('[A-Za-z0-9]{32}', 'tracking')}\n"


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git("init", "-q")
    return tmp_path


def about_files(capsys: pytest.CaptureFixture[str], *paths: str) -> list[tuple[str, str, str]]:
    with pytest.raises(SystemExit):
        main(["check", "--isolated", "--output-format", "json", *paths])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return [(f["path"], f["level"], f["message"]) for f in findings if f["code"] == "AUT109"]


def write(path: str, text: str = SECRETS) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def test_tracked_ignored_and_neither(capsys: pytest.CaptureFixture[str]) -> None:
    for path in (".env", "sub/prod.env", "ignored/.env", "secrets.yml"):
        write(path, SECRETS.replace("=", ": ") if path.endswith("yml") else SECRETS)
    write(".gitignore", "ignored/\n")
    git("add", ".env")
    found = {path: (level, message) for path, level, message in about_files(capsys, ".", "ignored/.env")}
    assert sorted(found) == [".env", "secrets.yml", "sub/prod.env"]
    assert found[".env"][0] == "error"
    assert ".env holds 2 credentials and is tracked by git" in found[".env"][1]
    assert found["sub/prod.env"] == (
        "warning",
        "prod.env holds 2 credentials and nothing ignores it; add it to .gitignore before it is committed",
    )


def test_names_and_values_that_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    write(".env.example")
    write(".env", "CLIENT_SECRET=\nAPI_TOKEN=your-token\nPASSWORD=encrypted:" + "A" * 40 + "\n")
    write("settings.env.py", f"API_TOKEN = '{SECRETS[-33:-1]}'\n")
    write(".env.test", f"ACCESSIQ_API_KEY={fake('ak_test_[A-Za-z0-9]{24}', 'tracking')}\n")
    git("add", "-f", ".")
    assert about_files(capsys, ".") == []


def test_what_git_encrypts_may_be_tracked(capsys: pytest.CaptureFixture[str]) -> None:
    write(".env")
    write(".gitattributes", ".env filter=git-crypt\n")
    git("add", "-f", ".env")
    assert about_files(capsys, ".env") == []


def test_no_repository_no_git_and_no_answer(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(".env")
    git("add", "-f", ".env")
    assert tracking.state(".env") == "tracked"
    monkeypatch.setenv("PATH", "/nonexistent")
    assert tracking.state(".env") == ""
    monkeypatch.undo()
    elsewhere = tmp_path_factory.mktemp("no repository")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(elsewhere.parent))
    write(".env")
    assert about_files(capsys, ".env") == []


def test_a_program_that_the_repository_names_is_not_run(repository: Path) -> None:
    hook = repository / "hook.sh"
    hook.write_text("#!/bin/sh\ntouch " + str(repository / "ran") + "\n", encoding="utf-8")
    hook.chmod(0o755)
    git("config", "core.fsmonitor", str(hook))
    write(".env")
    assert tracking.state(".env") == "unignored"
    assert not (repository / "ran").exists()


def test_git_is_asked_about_few_files(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[str] = []

    def state(path: str) -> str:
        asked.append(path)
        return ""

    monkeypatch.setattr(tracking, "state", state)
    write("a.py", f"API_TOKEN = '{SECRETS[-33:-1]}'\n")
    write(".env")
    about_files(capsys, ".")
    assert asked == [".env"]


def test_fix_prints_what_people_must_do(capsys: pytest.CaptureFixture[str]) -> None:
    """The commands do as they say: afterwards nothing is found, and the file is still there."""
    write("it's/.env")
    write("it's/.gitignore", "ignored")
    git("add", ".")
    with pytest.raises(SystemExit):
        main(["check", "--isolated", "--select", "AUT109", "--fix", "."])
    commands = [line.removeprefix("By hand: ") for line in capsys.readouterr().err.splitlines() if "By hand" in line]
    assert len(commands) == 2
    for command in commands:
        subprocess.run(command, shell=True, check=True, capture_output=True)  # noqa: S602 - that is what people do
    assert Path("it's/.env").read_text() == SECRETS
    assert Path("it's/.gitignore").read_text() == "ignored\n/.env\n"
    assert tracking.state("it's/.env") == ""
