"""Who waits for a long run sees how far it is, and who stops it gets what it has."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from edge import RULES, WordLinter

from authlint.cli import check as check_module
from authlint.cli import main, progress
from authlint.cli.progress import Progress, duration, is_wanted
from authlint.cli.scope import Tree
from authlint.engine import linter as engine
from authlint.project.files import Walk
from authlint.project.settings import Configs
from authlint.reporters import Totals

ROOT = Path(__file__).parents[2]
KEY = "ak_live_" + "Zk3vQ9wLr7Tx" * 2  # made here, so that no file of ours holds it


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def totals(files: int, size: int) -> Totals:
    result = Totals(files, size)
    result.looked_at = files
    return result


def test_a_line_is_written_over_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    terminal, clock = Terminal(), Clock()
    shown = Progress(terminal, lambda done: done / 200 if done > 50 else None, clock)
    clock.now = 0.9
    shown.step(totals(10, 1))
    shown.hide()
    assert terminal.getvalue() == ""  # what is short needs no line
    clock.now = 2
    shown.step(totals(50, 3_000_000))
    clock.now = 2.05
    shown.step(totals(60, 9_000_000))  # not so often
    clock.now = 4
    shown.step(totals(100, 8_000_000))
    lines = terminal.getvalue().split("\r")
    assert lines[1].rstrip() == "50 files, 3.0 MB, 1.5 MB/s"
    assert lines[2].rstrip() == "100 files, 8.0 MB, 2.0 MB/s, 50%, 4 s left"
    shown.hide()
    shown.hide()
    assert terminal.getvalue().split("\r")[3:] == [" " * len(lines[2]), ""]


def test_a_line_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    terminal, clock = Terminal(), Clock()
    shown = Progress(terminal, lambda done: None, clock)
    clock.now = 2
    shown.step(totals(50, 3_000_000))
    assert terminal.getvalue() == "\r50 files, 3.0 MB, 1"


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7260, "2 h 1 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    "environment", [{"CI": "true"}, {"PRE_COMMIT": "1"}, {"TERM": "dumb"}, {"GITHUB_ACTIONS": "true"}]
)
def test_it_is_for_people_only(environment: dict[str, str]) -> None:
    assert is_wanted(Terminal(), {"TERM": "xterm", "CI": "false"})
    assert not is_wanted(Terminal(), environment)
    assert not is_wanted(io.StringIO(), {})


def test_files_are_counted_while_others_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(8):
        Path(f"f{number}.txt").touch()
    walk = Walk(["."], Configs(isolated=True))
    tree = Tree((".",), walk, 1000)
    assert [item.path for item in tree.items()] == [f"f{number}.txt" for number in range(8)]
    assert tree.share(2) == 0.25
    assert walk.excluded == 0


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[str, str]:
    """What a run on a terminal writes to standard output and to the terminal."""
    terminal = Terminal()
    for name in progress._NOBODY:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_FIRST", -1)
    monkeypatch.setattr(progress, "_AGAIN", -1)
    monkeypatch.setattr(engine, "Linter", WordLinter)
    monkeypatch.setattr(check_module, "load_rules", lambda *_, **__: RULES)
    out = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", terminal)
        with pytest.raises(SystemExit):
            main(["check", "--isolated", "--output-format", "concise", "--color", "never", *arguments])
    return out.getvalue(), terminal.getvalue()


def test_a_run_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b.txt"):
        Path(name).write_text("BADERROR", encoding="utf-8")
    out, err = run(monkeypatch)
    assert out.count("AUT101") == 2
    first, second, third, *_ = [part for part in err.split("\r") if part]
    assert first.startswith("1 file, 8 bytes, ")
    assert second.isspace()  # it is taken away before the next finding is written
    assert third.startswith("2 files, 16 bytes, ")
    assert err.endswith(" \r")
    assert run(monkeypatch, "--quiet")[1] == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")
def test_an_interrupt_ends_a_run_cleanly(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for number in range(1500):
        text = f'import requests\n\n\ndef call_{number}(x):\n    key = "{KEY}"\n    return requests.get(x, key)\n' * 4
        (work / f"f{number:04}.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AUTHLINT_CACHE_DIR": str(tmp_path / "cache")}
    # a job in the background is started with the signal ignored, and hands that on
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start = "from authlint.cli import main; main()"
    words = ["check", "--isolated", "--output-format", "json", "-o", "out", "-j", "2"]
    command = [sys.executable, "-c", f"{heard}; {start}", *words]
    process = subprocess.Popen(command, cwd=work, env=environment, stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size > 5_000 for path in work.glob("out.*.tmp")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes
    _, err = process.communicate(timeout=60)
    report = json.loads((work / "out").read_text(encoding="utf-8"))
    assert err.decode().splitlines() == ["error: interrupted; not all files were checked"]
    assert process.returncode == 130
    assert 0 < report["summary"]["files"] < 1500
    assert report["summary"]["findings"] == len(report["findings"]) > 0
    assert list(work.glob("out.*.tmp")) == []
