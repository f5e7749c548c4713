from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from authlint.finding import Problem
from authlint.project.files import HEAD, Target, TooLargeError, Walk, read
from authlint.project.settings import Configs


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*paths: str, text: str = "x\n") -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")


def found(*paths: str, configs: Configs | None = None, force_exclude: bool = False) -> list[str]:
    walk = Walk(paths or (".",), configs or Configs(), force_exclude=force_exclude)
    return [f"{item.path}: {item.kind}" if isinstance(item, Problem) else item.path for item in walk]


def test_files_come_in_the_order_of_their_paths() -> None:
    make("b.py", "a/z.py", "a-b/y.py", "a.py", "a/b/c.py", ".env", "Z.md")
    assert found() == [".env", "Z.md", "a-b/y.py", "a.py", "a/b/c.py", "a/z.py", "b.py"]


def test_paths_are_reported_relative_and_once() -> None:
    make("a/b.py", "c.py")
    assert found("./c.py", "a", str(Path("a/b.py").resolve()), ".", "a/../c.py") == ["a/b.py", "c.py"]


def test_a_file_outside_of_the_working_directory_keeps_its_path(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("in/a.py", "out/b.py")
    monkeypatch.chdir("in")
    assert found("../out") == ["../out/b.py"]
    assert found(str(here / "out" / "b.py")) == [(here / "out" / "b.py").as_posix()]


def test_built_in_excludes() -> None:
    make("node_modules/a.js", "src/__pycache__/a.txt", ".git/config", "x/.venv/a.py", "package-lock.json", "x/uv.lock")
    make("keep.min.js", "src/build", "vendor/a.py")
    assert found() == ["keep.min.js", "src/build", "vendor/a.py"]
    assert found("node_modules", "package-lock.json") == ["node_modules/a.js", "package-lock.json"]


def test_explicit_paths_beat_excludes_unless_forced() -> None:
    make("authlint.toml", text='extend-exclude = ["gen/**/*.py", "old"]\n')
    make("gen/a/x.py", "gen/y.js", "old/z.py", "src/old/w.py", "ok.py")
    assert found() == ["authlint.toml", "gen/y.js", "ok.py"]
    assert found("gen/a/x.py", "old/z.py") == ["gen/a/x.py", "old/z.py"]
    named = ["gen/a/x.py", "old/z.py", "src/old/w.py", "ok.py", "node_modules", "missing.py"]
    make("node_modules/x.js")
    assert found(*named, force_exclude=True) == ["missing.py: missing", "ok.py"]


def test_excludes_do_not_look_above_the_working_directory(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("build/project/a.py")
    monkeypatch.chdir("build/project")
    assert found("a.py", force_exclude=True) == ["a.py"]


def test_exclude_replaces_the_built_in_ones_but_never_version_control() -> None:
    make("node_modules/a.js", ".git/config", "gen/b.py")
    assert found(configs=Configs(changes={"exclude": ("gen",)})) == ["node_modules/a.js"]


def test_gitignore_files_at_every_level() -> None:
    make(".git/info/exclude", text="*.secret\n")
    make(".gitignore", text="*.log\n/out/\n")
    make("a/.gitignore", text="!keep.log\nlocal\n")
    make("x.log", "out/y.py", "a/keep.log", "a/b/keep.log", "a/b/other.log", "a/local/z.py", "local/w.py", "q.secret")
    assert found() == [".gitignore", "a/.gitignore", "a/b/keep.log", "a/keep.log", "local/w.py"]
    assert "x.log" in found(configs=Configs(changes={"respect_gitignore": False}))
    assert found("x.log") == ["x.log"]


def test_gitignore_files_above_the_start_count_up_to_the_repository() -> None:
    make(".gitignore", text="*.py\n")
    make("repo/.git/HEAD")
    make("repo/.gitignore", text="*.log\n")
    make("repo/a/b/x.log", "repo/a/b/x.py")
    assert found("repo/a/b") == ["repo/a/b/x.py"]


def test_an_ignored_folder_that_is_asked_for_is_walked() -> None:
    make(".git/HEAD")
    make(".gitignore", text="/out/\n")
    make("out/y.py")
    assert found("out") == ["out/y.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights")
def test_links_are_not_followed_but_may_be_named(here: Path) -> None:
    make("a/x.py")
    Path("a/loop").symlink_to(here, target_is_directory=True)
    Path("a/link.py").symlink_to("x.py")
    Path("a/nothing").symlink_to("gone")
    assert found() == ["a/x.py"]
    assert found("a/link.py", "a/loop/a", "a/nothing") == ["a/link.py", "a/loop/a/x.py", "a/nothing: missing"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_special_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    make("a.py")
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert found() == ["a.py"]
        assert found("pipe", "socket") == ["pipe: unreadable", "socket: unreadable"]


def test_problems_do_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    make("a/x.py", "b/y.py", "c.py")
    scandir = os.scandir

    def closed(path: str) -> Iterable[os.DirEntry[str]]:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert found(".", "none", "nul\0l") == ["a: unreadable", "b/y.py", "c.py", "none: missing", "nul\0l: unreadable"]


def test_a_broken_configuration_stops_only_its_own_files() -> None:
    make("a/authlint.toml", text="select = 3\n")
    make("a/x.py", "a/b/y.py", "b/z.py")
    assert found() == ["a/authlint.toml: config", "b/z.py"]
    assert found("a/x.py", "a/b", "b") == ["a/authlint.toml: config", "b/z.py"]
    problem = next(item for item in Walk(["a/x.py"], Configs()) if isinstance(item, Problem))
    assert problem.message == "'select' must be a list of strings, not an integer"


def test_a_file_is_the_same_from_wherever_it_is_found(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("repo/.git/HEAD", "repo/a/b.py")
    expected = {"a/b.py"}
    assert {item.identity for item in Walk(["repo"], Configs()) if isinstance(item, Target)} == expected
    monkeypatch.chdir("repo/a")
    assert {item.identity for item in Walk(["."], Configs()) if isinstance(item, Target)} == expected
    assert {item.identity for item in Walk(["b.py"], Configs()) if isinstance(item, Target)} == expected


def test_what_standard_input_stands_for() -> None:
    make("authlint.toml", text='extend-exclude = ["gen"]\nfail-on = "error"\n')
    walk = Walk((), Configs(), force_exclude=True)
    target = walk.stands_for("src/new.py")
    assert target is not None
    assert (target.path, target.identity, target.config.settings.fail_on) == ("src/new.py", "src/new.py", "error")
    assert walk.stands_for("gen/new.py") is None
    nameless = walk.stands_for("<stdin>", anywhere=True)
    assert nameless is not None
    assert nameless.path == "<stdin>"


def test_reading_is_bounded() -> None:
    Path("a").write_bytes(b"a" * HEAD + b"b" * 100)
    assert read("a", HEAD + 100) == (b"a" * HEAD + b"b" * 100, False)
    with pytest.raises(TooLargeError):
        read("a", HEAD + 99)
    Path("empty").touch()
    assert read("empty", 1) == (b"", False)


def test_of_a_binary_file_only_the_head_is_read() -> None:
    with open("big", "wb") as stream:
        stream.truncate(50_000_000)
    assert read("big", 10) == (b"\0" * HEAD, True)
