"""The editor server, spoken to as an editor does: a process, over its standard input and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls")
ROOT = str(Path(__file__).parents[1])
BAD = 'import requests\nrequests.get("http://login.corp-net.io/oauth/token", auth=(user, password))\n'


class Client:
    """A small client: requests, notifications, and what the server publishes."""

    def __init__(self, folder: Path, **capabilities: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "authlint", "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder,
            env={**os.environ, "PYTHONPATH": ROOT},
        )  # fmt: skip
        self.number = 0
        self.published: list[dict[str, Any]] = []
        self.server = self.ask("initialize", processId=None, rootUri=folder.as_uri(), capabilities=capabilities)
        self.tell("initialized")

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> Any:
        stream, length = self.process.stdout, 0
        assert stream
        while line := stream.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(stream.read(length))

    def tell(self, method: str, **params: Any) -> None:
        self._send(method=method, params=params)

    def ask(self, method: str, **params: Any) -> Any:
        self.number += 1
        self._send(id=self.number, method=method, params=params)
        while True:
            message = self._receive()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            if message.get("method") == "textDocument/publishDiagnostics":
                self.published.append(message["params"])

    def next(self) -> dict[str, Any]:
        while not self.published:
            message = self._receive()
            if message.get("method") == "textDocument/publishDiagnostics":
                self.published.append(message["params"])
        return self.published.pop(0)

    def open(self, file: Path, text: str) -> list[dict[str, Any]]:
        document = {"uri": file.as_uri(), "languageId": "x", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        found: list[dict[str, Any]] = self.next()["diagnostics"]
        return found

    def end(self) -> int:
        self.ask("shutdown")
        self._send(method="exit")
        return self.process.wait(20)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    made = Client(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()
    for stream in (made.process.stdin, made.process.stdout):
        if stream:
            stream.close()


def applied(text: str, action: dict[str, Any]) -> str:
    """The text after an action; all before the edits is ASCII here."""
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines) + 1)]
    (change,) = action["edit"]["documentChanges"]
    for edit in reversed(change["edits"]):
        start, end = (starts[p["line"]] + p["character"] for p in (edit["range"]["start"], edit["range"]["end"]))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def actions(client: Client, file: Path, found: dict[str, Any], *only: str) -> list[dict[str, Any]]:
    context = {"diagnostics": [found], **({"only": list(only)} if only else {})}
    document = {"uri": file.as_uri()}
    got: list[dict[str, Any]] = client.ask(
        "textDocument/codeAction", textDocument=document, range=found["range"], context=context
    )
    return got


def test_findings_actions_hover_and_the_end(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    (found,) = client.open(file, BAD)
    assert (found["code"], found["source"], found["range"]["start"]["line"]) == ("AUT301", "authlint", 1)
    offered = actions(client, file, found)
    fix = next(action for action in offered if "Ignore" not in action["title"])
    assert "unsafe" in fix["title"]
    assert not fix.get("isPreferred")
    assert applied(BAD, fix) == BAD.replace("http://", "https://")
    ignore = next(action for action in offered if "Ignore" in action["title"])
    assert applied(BAD, ignore) == BAD.rstrip("\n") + f"  # authlint: ignore[{_name(ignore)}]\n"
    hover = client.ask("textDocument/hover", textDocument={"uri": file.as_uri()}, position=found["range"]["start"])
    assert "**Why.**" in hover["contents"]["value"]
    assert client.end() == 0


def _name(action: dict[str, Any]) -> str:
    return str(action["title"].split()[1])


def test_edits_count_in_utf_16_and_only_ends_of_lines_count(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    assert client.open(file, "x = '\u2028\x0c'\n") == []
    text = "import requests; E = '😀é'; requests.get('http://login.corp-net.io/oauth/token', auth=(u, p))\n"
    where = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}
    document = {"uri": file.as_uri(), "version": 2}
    client.tell("textDocument/didChange", textDocument=document, contentChanges=[{"range": where, "text": text}])
    published = client.next()
    (found,) = published["diagnostics"]
    before = text[: text.index("'http://")]
    start = found["range"]["start"]
    units = len(before.encode("utf-16-le")) // 2
    assert (published["version"], start["line"], start["character"]) == (2, 1, units)


def test_positions_are_counted_as_was_agreed(tmp_path: Path) -> None:
    text = BAD.replace("requests.get", "E = '😀é'; requests.get")
    before = text.splitlines()[1].partition('"http')[0]
    widths = {"utf-8": len(before.encode()), "utf-16": len(before.encode("utf-16-le")) // 2, "utf-32": len(before)}
    for encoding, width in widths.items():
        client = Client(tmp_path, general={"positionEncodings": [encoding]})
        assert client.server["capabilities"]["positionEncoding"] == encoding
        (found,) = client.open(tmp_path / "a.py", text)
        assert found["range"]["start"] == {"line": 1, "character": width}
        assert client.end() == 0
        for stream in (client.process.stdin, client.process.stdout):
            assert stream
            stream.close()


def test_the_end_without_a_shutdown_is_an_error(client: Client) -> None:
    client.tell("exit")
    assert client.process.wait(20) == 1


def test_configuration_is_that_of_the_folder_and_read_again(client: Client, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    config = tmp_path / "two/authlint.toml"
    config.write_text('ignore = ["AUT301"]\n', encoding="utf-8")
    assert len(client.open(tmp_path / "one/a.py", BAD)) == 1
    assert client.open(tmp_path / "two/a.py", BAD) == []
    config.write_text("", encoding="utf-8")
    client.tell("workspace/didChangeWatchedFiles", changes=[{"uri": config.as_uri(), "type": 2}])
    again = [client.next(), client.next()]
    assert [len(each["diagnostics"]) for each in again] == [1, 1]


def test_who_asks_is_answered_and_not_told_twice(tmp_path: Path) -> None:
    client = Client(tmp_path, textDocument={"diagnostic": {}})
    file = tmp_path / "a.py"
    document = {"uri": file.as_uri(), "languageId": "python", "version": 1, "text": BAD * 500}
    client.tell("textDocument/didOpen", textDocument=document)
    answer = client.ask("textDocument/diagnostic", textDocument={"uri": file.as_uri()})
    assert len(answer["items"]) == 500
    assert (client.end(), client.published) == (0, [])
    for stream in (client.process.stdin, client.process.stdout):
        if stream:
            stream.close()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.js", "fetch('http://login.corp-net.io/oauth/token');\n", "  // authlint: ignore["),
        ("a.sh", "curl -u me:$PASS http://login.corp-net.io/oauth/token\n", "  # authlint: ignore["),
        ("a.yaml", "token_url: http://login.corp-net.io/oauth/token\n", "  # authlint: ignore["),
    ],
)
def test_the_comment_is_one_of_the_language(
    name: str, text: str, expected: str, client: Client, tmp_path: Path
) -> None:
    (found,) = client.open(tmp_path / name, text)
    (ignore,) = [a for a in actions(client, tmp_path / name, found) if a["title"].startswith("Ignore")]
    ignored = applied(text, ignore)
    assert expected in ignored
    change = {"textDocument": {"uri": (tmp_path / name).as_uri(), "version": 2}}
    client.tell("textDocument/didChange", **change, contentChanges=[{"text": ignored}])
    assert client.next()["diagnostics"] == []


def test_all_safe_fixes_at_once_and_no_others(client: Client, tmp_path: Path) -> None:
    line = 'claims = jwt.decode(token, key, algorithms=["HS256"], options={"verify_exp": False})\n'
    text = "import jwt\n" + BAD + line + line
    found = client.open(tmp_path / "a.py", text)
    (fix,) = actions(client, tmp_path / "a.py", found[0], "source.fixAll")
    assert fix["kind"] == "source.fixAll.authlint"
    fixed = applied(text, fix)
    assert "False" not in fixed
    assert BAD in fixed  # that is unsafe
    safe = [a for a in actions(client, tmp_path / "a.py", found[-1]) if a.get("isPreferred")]
    assert len(safe) == 1


def test_only_the_last_of_quick_changes_is_published(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    client.open(file, "")
    for version in range(2, 12):
        document = {"uri": file.as_uri(), "version": version}
        client.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": BAD * (version % 3)}])
    published = client.next()
    assert (published["version"], len(published["diagnostics"])) == (11, 2)


def test_a_setting_that_is_wrong_is_told(client: Client, tmp_path: Path) -> None:
    (tmp_path / "authlint.toml").write_text("selekt = []\n", encoding="utf-8")
    (told,) = client.open(tmp_path / "a.py", BAD)
    assert "selekt" in told["message"]


def test_what_the_baseline_knows_is_not_shown_wherever_the_server_runs(client: Client, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text(BAD, encoding="utf-8")
    (project / "authlint.toml").write_text('baseline = "known.json"\n', encoding="utf-8")
    program = [sys.executable, "-m", "authlint"]
    environment = {**os.environ, "PYTHONPATH": ROOT}
    made = subprocess.run(
        [*program, "baseline", "create", "."], cwd=project, env=environment, capture_output=True, check=False
    )
    assert made.returncode == 0, made.stderr
    assert client.open(project / "a.py", BAD) == []


def test_what_is_excluded_is_left_alone(client: Client, tmp_path: Path) -> None:
    (tmp_path / "authlint.toml").write_text('extend-exclude = ["made/"]\n', encoding="utf-8")
    assert client.open(tmp_path / "made/a.py", BAD) == []


def test_without_the_extra_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from authlint.cli import main, server  # noqa: PLC0415

    monkeypatch.setattr(server, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        main(["server"])
    assert ended.value.code == 2
    assert "authlint[lsp]" in capsys.readouterr().err
