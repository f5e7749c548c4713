"""The editor server under strain: files that take long, requests that nobody wants any more, clients that are gone."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("pygls")
from editor import ROOT, SECONDS, Editor

BAD = 'import requests\nrequests.get("http://login.corp-net.io/oauth/token", auth=(user, password))\n'
LONG = BAD * 40_000
"""Takes a process several seconds."""

CANCELLED = -32800
needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="tells processes by /proc")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Editor]:
    (tmp_path / "authlint.toml").write_text("max-file-seconds = 3\n", encoding="utf-8")
    with Editor(tmp_path) as made:
        yield made


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for_end(pids: set[int]) -> None:
    deadline = time.monotonic() + SECONDS
    while any(map(is_alive, pids)):
        assert time.monotonic() < deadline, "a process is left"
        time.sleep(0.05)


def test_others_are_answered_while_a_file_takes_long_and_that_is_given_up(client: Editor, tmp_path: Path) -> None:
    client.opened(tmp_path / "long.py", LONG)
    client.opened(tmp_path / "a.py", BAD)
    first = client.next()
    assert first["uri"] == (tmp_path / "a.py").as_uri()
    assert "**Why.**" in client.hover(tmp_path / "a.py", first["diagnostics"][0])
    second = client.next()
    assert second["uri"] == (tmp_path / "long.py").as_uri()
    (told,) = second["diagnostics"]
    assert "'max-file-seconds' (3 s)" in told["message"]
    client.change(tmp_path / "long.py", BAD, 2)
    assert len(client.next()["diagnostics"]) == 1
    assert client.end() == 0


def test_a_request_that_is_taken_back_ends_at_once(tmp_path: Path) -> None:
    with Editor(tmp_path, textDocument={"diagnostic": {}}) as client:
        client.opened(tmp_path / "long.py", LONG)
        number = client.begin("textDocument/diagnostic", textDocument={"uri": (tmp_path / "long.py").as_uri()})
        client.tell("$/cancelRequest", id=number)
        assert client.answer(number)["error"]["code"] == CANCELLED
        client.change(tmp_path / "long.py", BAD, 2)
        answer = client.ask("textDocument/diagnostic", textDocument={"uri": (tmp_path / "long.py").as_uri()})
        assert len(answer["items"]) == 1
        client.tell("$/cancelRequest", id=number)  # late, and of no consequence
        assert client.end() == 0


@needs_proc
def test_a_process_that_is_deaf_is_replaced_when_the_text_changes(client: Editor, tmp_path: Path) -> None:
    client.open(tmp_path / "a.py", BAD)
    deaf = client.workers
    for pid in deaf:
        os.kill(pid, signal.SIGSTOP)
    for version in range(2, 12):
        client.change(tmp_path / "a.py", BAD * version, version)
        with suppress(queue.Empty):
            published = client.next(2)
            break
    assert version > 2
    assert published["version"] == version == len(published["diagnostics"])
    wait_for_end(deaf)


@needs_proc
def test_nothing_is_left_when_the_client_is_gone(client: Editor, tmp_path: Path) -> None:
    client.open(tmp_path / "a.py", BAD)
    client.opened(tmp_path / "long.py", LONG)
    workers = client.workers
    assert workers
    assert client.process.stdin
    client.process.stdin.close()
    assert client.process.wait(SECONDS) == 1
    wait_for_end(workers)


@needs_proc
def test_nothing_is_left_when_the_server_is_ended(client: Editor, tmp_path: Path) -> None:
    client.open(tmp_path / "a.py", BAD)
    client.opened(tmp_path / "long.py", LONG)
    workers = client.workers
    client.process.kill()
    wait_for_end(workers)


@needs_proc
def test_the_server_ends_with_an_editor_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "server = subprocess.Popen([sys.executable, '-m', 'authlint', 'server'], stdin=subprocess.PIPE)\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": ROOT}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment, cwd=tmp_path
    ) as editor:
        assert editor.stdout
        server = int(editor.stdout.readline())
        editor.kill()
    wait_for_end({server})


def test_a_huge_file_is_told_and_costs_nothing(client: Editor, tmp_path: Path) -> None:
    (tmp_path / "authlint.toml").write_text("max-file-size = 100\n", encoding="utf-8")
    (told,) = client.open(tmp_path / "a.py", BAD * 10)
    assert "'max-file-size' (100 bytes)" in told["message"]


def test_what_is_no_message_ends_nothing(client: Editor, tmp_path: Path) -> None:
    assert client.process.stdin
    client.process.stdin.write(b'Content-Length: 8\r\n\r\n{"a": 1,')
    client.process.stdin.flush()
    client.tell("textDocument/didChange", textDocument={"uri": "file:///nowhere.py", "version": 2}, contentChanges=[])
    client.tell("textDocument/didClose", textDocument={"uri": "file:///nowhere.py"})
    client.tell("$/setTrace", value="verbose")
    client.tell("workspace/didChangeConfiguration", settings={"a": 1})
    assert client.ask("textDocument/diagnostic", textDocument={"uri": "file:///nowhere.py"})["items"] == []
    assert len(client.open(tmp_path / "a.py", BAD)) == 1
    assert client.end() == 0


def test_a_request_with_wrong_parameters_is_answered(client: Editor, tmp_path: Path) -> None:
    number = client.begin("textDocument/hover", textDocument=1)
    assert client.answer(number)["error"]["code"] == -32602
    assert client.answer(client.begin("textDocument/nothing"))["error"]["code"] == -32601
