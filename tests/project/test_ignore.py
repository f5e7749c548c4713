from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authlint.project.ignore import Patterns, anchor, escape


@pytest.mark.parametrize(
    ("lines", "ignored", "kept"),
    [
        ("build", "build build/x a/build/y", "builds a/rebuild"),
        ("build/", "build/x a/build/x", "build a/build"),
        ("/build", "build build/x", "a/build"),
        ("*.pyc", "a.pyc b/c.pyc .pyc", "a.py pyc"),
        ("docs/*.txt", "docs/a.txt", "docs/a/b.txt a/docs/b.txt"),
        ("**/logs", "logs/a x/logs/b x/y/logs", "xlogs"),
        ("logs/**", "logs/a logs/b/c", "logs a/logs/b"),
        ("a/**/b", "a/b a/x/b a/x/y/b", "ab a/xb"),
        ("*.log !keep.log", "a.log x/b.log", "keep.log x/keep.log"),
        ("build !build/keep", "build/keep build/other", "keep"),
        ("[ab].py [!c].js [[:digit:]].ts", "a.py b.py d.js 7.ts", "c.py c.js x.ts"),
        ("a?c", "abc", "ac a/c abbc"),
        (r"\!bang \#hash", "!bang #hash", "bang hash"),
        ("# a comment", "", "# comment a"),
        ("[unclosed", "", "[unclosed u"),
        ("trailing\\", "", "trailing trailing\\"),
        ("x// / !", "", "x a"),
    ],
)  # fmt: skip
def test_patterns(lines: str, ignored: str, kept: str) -> None:
    patterns = Patterns([lines] if lines.startswith(("#", "[unclosed")) else lines.split())
    assert [path for path in ignored.split() if not patterns.excludes(path)] == []
    assert [path for path in kept.split() if patterns.excludes(path)] == []


def test_blanks_at_the_end_of_a_line() -> None:
    assert Patterns(["name   \n"]).excludes("name")
    assert Patterns(["name\\ \n"]).excludes("name ")
    assert not Patterns(["\r\n", "", "   "])


def test_anchored_patterns_mean_the_same_from_the_root() -> None:
    base = "/odd [name]*"
    patterns = Patterns([anchor("a/*.py", base), anchor("!/a/b.py", base), anchor("z", base)])
    assert patterns.excludes("odd [name]*/a/c.py")
    assert not patterns.excludes("odd [name]*/a/b.py")
    assert not patterns.excludes("odd n/a/c.py")
    assert patterns.excludes("anywhere/z")
    assert anchor(anchor("a/b", "/x"), "/x") == anchor("a/b", "/x")


@given(st.text(max_size=20).filter(lambda text: "/" not in text and text))
def test_escaped_text_matches_itself_only(text: str) -> None:
    patterns = Patterns(["/x/" + escape(text) + "/y"])
    assert patterns.excludes(f"x/{text}/y") or text.endswith(("\n", "\r"))


@given(st.lists(st.text(max_size=12), max_size=5), st.text(min_size=1, max_size=12))
def test_no_line_is_too_strange(lines: list[str], path: str) -> None:
    Patterns(lines).excludes(path)


_ATOMS = st.sampled_from(["a", "b", "*", "?", "/", "[ab]", "[!a]", "x.c", "*.c", "!", "#", " ", "\\", "]", "-"])
_NAMES = st.sampled_from(["a", "b", "ab", "abc", "x.c", "a.c", "!", "#", "a b", "]", "-"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(_ATOMS, min_size=1, max_size=5).map("".join), min_size=1, max_size=4),
    st.lists(st.lists(_NAMES, min_size=1, max_size=3).map("/".join), min_size=1, max_size=20),
)
def test_git_agrees(tmp_path_factory: pytest.TempPathFactory, lines: list[str], paths: list[str]) -> None:
    folder = tmp_path_factory.getbasetemp() / "ignore-repository"
    if not folder.exists():
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / ".gitignore").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert _ignored_by_git(folder, paths) == {path for path in paths if Patterns(lines).excludes(path)}


def _ignored_by_git(folder: Path, paths: list[str]) -> set[str]:
    command = ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-z", "--stdin"]
    done = subprocess.run(command, cwd=folder, input="\0".join(paths), capture_output=True, text=True, check=False)
    return set(done.stdout.split("\0")) - {""}
