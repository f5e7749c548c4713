from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEY = "ak_live_" + "Zk3vQ9wLr7Tx" * 2  # made here, so that no file of ours holds it


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "PYTHONPATH": str(ROOT),
        "PRE_COMMIT_HOME": str(tmp_path / ".cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    git("init", "-q", "repo")
    monkeypatch.chdir("repo")
    return Path.cwd()


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)


def pre_commit(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", *arguments, "--color", "never"]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def hook(identifier: str) -> dict[str, str]:
    """A hook of ``.pre-commit-hooks.yaml``, whose keys and values stand on one line each."""
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    block = next(part for part in text.split("- id: ") if part.startswith(identifier + "\n"))
    return dict(line.strip().split(": ", 1) for line in block.splitlines()[1:] if line.strip())


def configure(identifier: str) -> None:
    """Use the hook as the manifest has it, but with this Python: an environment of its own would need the network."""
    fields = hook(identifier)
    kinds = next(f"{key}: {fields[key]}" for key in ("types", "types_or") if key in fields)
    command = fields["entry"].replace("authlint", f"{sys.executable} -m authlint", 1)
    Path(".pre-commit-config.yaml").write_text(
        f"""\
repos:
  - repo: local
    hooks:
      - id: {identifier}
        name: {fields["name"]}
        entry: {command}
        language: system
        {kinds}
        require_serial: {fields["require_serial"]}
""",
        encoding="utf-8",
    )
    git("add", ".pre-commit-config.yaml")


@pytest.mark.usefixtures("repository")
def test_what_is_staged_is_checked() -> None:
    configure("authlint")
    Path("clean.py").write_text("x = 1\n", encoding="utf-8")
    git("add", "clean.py")
    assert pre_commit("run").returncode == 0
    Path(".env").write_text(f"API_KEY={KEY}\n", encoding="utf-8")
    Path("unstaged.py").write_text(f'key = "{KEY}"\n', encoding="utf-8")
    git("add", ".env")
    done = pre_commit("run")
    assert done.returncode == 1
    assert ".env:1:" in done.stdout
    assert "AUT101" in done.stdout
    assert "clean.py" not in done.stdout
    assert "unstaged.py" not in done.stdout
    assert KEY not in done.stdout


@pytest.mark.usefixtures("repository")
def test_the_index_counts_and_not_the_working_tree() -> None:
    configure("authlint")
    Path("a.py").write_text(f'key = "{KEY}"\n', encoding="utf-8")
    git("add", "a.py")
    Path("a.py").write_text("key = None\n", encoding="utf-8")
    assert pre_commit("run").returncode == 1


@pytest.mark.usefixtures("repository")
def test_the_python_hook_sees_python_only() -> None:
    configure("authlint-python")
    Path(".env").write_text(f"API_KEY={KEY}\n", encoding="utf-8")
    git("add", ".env")
    assert pre_commit("run").returncode == 0
    Path("a.pyi").write_text(f'key = "{KEY}"\n', encoding="utf-8")
    git("add", "a.pyi")
    assert pre_commit("run").returncode == 1


@pytest.mark.usefixtures("repository")
def test_what_is_excluded_stays_out_although_it_is_named() -> None:
    configure("authlint")
    Path("authlint.toml").write_text('extend-exclude = ["fixtures"]\n', encoding="utf-8")
    Path("fixtures").mkdir()
    Path("fixtures/a.py").write_text(f'key = "{KEY}"\n', encoding="utf-8")
    git("add", "fixtures")
    assert pre_commit("run").returncode == 0


def test_the_manifest_is_valid() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert hook("authlint")["types"] == "[text]"
