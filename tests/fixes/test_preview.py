"""Fixes that are only shown, with ``--diff``; those of standard input; and what findings say of theirs."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from authlint.cli import group

RNG = random.Random(12)  # noqa: S311 - a key of nobody
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
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTHLINT_CACHE_DIR", str(tmp_path.parent / "cache"))
    for name in ("a.py", "src/b.py", "main/c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(CODE)

    def call(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code: Any = group.main(["check", "--select", "AUT1,AUT3", *arguments], standalone_mode=False)
        out, err = capfdbinary.readouterr()
        return Result(code, out.decode(), err.decode())

    return call


def git(*arguments: str) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgSign=false"]
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.mark.parametrize("in_git", [False, True])
@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["--diff"], ["a.py", "main/c.py", "src/b.py"]),
        (["--diff", "."], ["a.py", "main/c.py", "src/b.py"]),
        (["--diff", "src/"], ["src/b.py"]),
        (["--diff=src"], ["src/b.py"]),
        (["src", "--diff"], ["src/b.py"]),
        (["--diff", "a.py", "src"], ["a.py", "src/b.py"]),
        (["--diff", "--", "src"], ["src/b.py"]),
        (["--fix", "--diff", "src/"], ["src/b.py"]),
        (["--fix-only", "--diff", "src/"], ["src/b.py"]),
        (["--fix", "--diff", "main"], ["main/c.py"]),  # with --fix there is nothing else that it could mean
    ],
)
def test_a_path_or_nothing_shows_what_would_be_fixed(
    run: Run, arguments: list[str], files: list[str], in_git: bool
) -> None:
    if in_git:
        git("init", "-qb", "main")
        git("add", "src")
        git("commit", "-qm", "x")
    result = run(*arguments)
    assert [line[4:] for line in result.out.splitlines() if line.startswith("--- ")] == files
    assert result.code == 1, "as with ruff: something is to be fixed"
    assert all(Path(name).read_text() == CODE for name in files)
    assert KEY[10:] not in result.out + result.err


def test_a_revision_is_one_to_git_first(run: Run) -> None:
    git("init", "-qb", "main")
    git("add", ".")
    git("commit", "-qm", "x")
    with Path("a.py").open("a") as stream:
        stream.write('requests.get("http://auth.propertybase.ai/oauth/token")\n')
    result = run("--diff", "main", "--output-format", "concise")
    assert [line.split(" ")[0] for line in result.out.splitlines()] == ["a.py:5:14:"], "it is a folder, too"
    assert run("--diff=main", "src").out == ""
    assert run("--diff", "--", "main").out.startswith("--- main/c.py\n")
    with pytest.raises(Exception, match="not with --staged, --diff REV"):
        run("--fix", "--diff", "HEAD")
    with pytest.raises(Exception, match=r"--diff 'mian' is neither a revision to compare with nor a path to fix: .*"):
        run("--diff", "mian")
    with pytest.raises(Exception, match="cannot be given together"):
        run("--diff", "HEAD", "--staged")


def test_the_exit_code_of_a_preview(run: Run) -> None:
    assert run("--diff", "a.py", "--exit-zero").code == 0
    Path("a.py").write_text(SAFE)
    result = run("--diff", "a.py")
    assert (result.code, result.out) == (0, "")
    assert result.err == "Nothing would be fixed.\n1 more fix with --unsafe-fixes.\n"
    assert run("--diff", "a.py", "--unsafe-fixes").code == 1
    assert run("--diff", "a.py", "--report", "csv:left.csv").out == ""
    assert "AUT101" in Path("left.csv").read_text()


def test_standard_input_is_written_to_standard_output(run: Run) -> None:
    name = ("-", "--stdin-filename", "x.py")
    result = run("--fix", *name, stdin=CODE.encode())
    assert (result.code, result.out) == (1, SAFE)
    assert "x.py:3:8: AUT101" in result.err
    assert KEY[10:] not in result.err
    assert run("--fix-only", "--unsafe-fixes", *name, stdin=CODE.encode())[:2] == (0, FIXED)
    assert run("--fix", *name, stdin=b"x = 1\r\n")[:2] == (0, "x = 1\r\n")
    result = run("--diff", *name, stdin=CODE.encode())
    assert result.out.startswith("--- x.py\n+++ x.py\n")
    assert result.code == 1


@pytest.mark.parametrize("text", [CODE + "def f(:\n", CODE + "# " + "x" * 200 + "\n"])
def test_standard_input_that_is_not_fixed_is_written_as_it_is(run: Run, text: str) -> None:
    Path("authlint.toml").write_text("max-file-size = 300\nexclude = ['out.py']\n")
    assert run("--fix", "-", "--stdin-filename", "x.py", stdin=text.encode()).out == text
    assert run("--fix", "-", "--stdin-filename", "out.py", stdin=text.encode()).out == text


def test_findings_say_that_they_have_a_fix(run: Run) -> None:
    result = run("a.py")
    heads = [line for line in result.out.splitlines() if line.startswith("a.py")]
    assert [line.partition("[error]")[2] for line in heads] == [" [?]", " [*]"]
    assert result.err.splitlines()[-1] == "[*] 1 finding can be fixed with --fix ([?] 1 more with --unsafe-fixes)."
    assert "[*]" not in run("a.py", "--output-format", "concise").out
    Path("a.py").write_text(SAFE)
    assert run("a.py").err.splitlines()[-1] == (
        "[?] 1 finding can be fixed with --fix --unsafe-fixes; look at the result."
    )
    Path("a.py").write_text("x = 1\n")
    assert "fixed" not in run("a.py").err
    assert "can be fixed" not in run("--fix", "src").err


def test_only_of_a_file_as_it_is_there_is_a_fix(run: Run) -> None:
    git("init", "-qb", "main")
    git("add", "a.py")
    assert run("--staged").out.count("[*]") == 1
    Path("a.py").write_text("\n" + CODE)
    result = run("--staged")
    assert "AUT301" in result.out
    assert "[*]" not in result.out
    assert "can be fixed" not in result.err
    git("commit", "-qm", "x")
    result = run("--history", "--output-format", "sarif")
    assert "AUT101" in result.out
    assert '"fixes"' not in result.out
