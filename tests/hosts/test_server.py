"""The editor server, spoken to as an editor does: a process, over its standard input and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from editor import ROOT, Editor, Json, applied

pytest.importorskip("pygls")
BAD = 'import requests\nrequests.get("http://login.corp-net.io/oauth/token", auth=(user, password))\n'


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """One for all tests that leave it as it is; each has files of its own."""
    with Editor(tmp_path_factory.mktemp("shared")) as made:
        yield made


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Editor]:
    with Editor(tmp_path) as made:
        yield made


def test_findings_actions_hover_and_the_end(client: Editor, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    (found,) = client.open(file, BAD)
    assert (found["code"], found["source"], found["range"]["start"]["line"]) == ("AUT301", "authlint", 1)
    offered = client.actions(file, found)
    fix = next(action for action in offered if "Ignore" not in action["title"])
    assert "unsafe" in fix["title"]
    assert not fix.get("isPreferred")
    assert applied(BAD, fix) == BAD.replace("http://", "https://")
    ignore = next(action for action in offered if "Ignore" in action["title"])
    assert applied(BAD, ignore) == BAD.rstrip("\n") + f"  # authlint: ignore[{_name(ignore)}]\n"
    hover = client.ask("textDocument/hover", textDocument={"uri": file.as_uri()}, position=found["range"]["start"])
    assert "**Why.**" in hover["contents"]["value"]
    assert client.end() == 0


def _name(action: Json) -> str:
    return str(action["title"].split()[1])


def test_edits_count_in_utf_16_and_only_ends_of_lines_count(shared: Editor, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    assert shared.open(file, "x = '\u2028\x0c'\n") == []
    text = "import requests; E = '😀é'; requests.get('http://login.corp-net.io/oauth/token', auth=(u, p))\n"
    where = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}
    document = {"uri": file.as_uri(), "version": 2}
    shared.tell("textDocument/didChange", textDocument=document, contentChanges=[{"range": where, "text": text}])
    published = shared.next()
    (found,) = published["diagnostics"]
    before = text[: text.index("'http://")]
    start = found["range"]["start"]
    units = len(before.encode("utf-16-le")) // 2
    assert (published["version"], start["line"], start["character"]) == (2, 1, units)


@pytest.mark.parametrize("before", ["", "\ufeff", "/* é😀 */ "])
def test_what_explains_a_finding_is_shown_with_it(before: str, shared: Editor, tmp_path: Path) -> None:
    text = f"{before}const {{ access_token }} = await reply.json();\nlocalStorage.setItem('t', access_token);\n"
    (found,) = [each for each in shared.open(tmp_path / "a.js", text) if each["range"]["start"]["line"] == 1]
    (related,) = found["relatedInformation"]
    assert related["location"]["uri"] == (tmp_path / "a.js").as_uri()
    assert related["message"] == "the token comes from here"
    start = related["location"]["range"]["start"]
    units = text.encode("utf-16-le")[start["character"] * 2 :].decode("utf-16-le")
    assert (start["line"], units.startswith("const {")) == (0, True)


def test_positions_are_counted_as_was_agreed(tmp_path: Path) -> None:
    text = BAD.replace("requests.get", "E = '😀é'; requests.get")
    before = text.splitlines()[1].partition('"http')[0]
    widths = {"utf-8": len(before.encode()), "utf-16": len(before.encode("utf-16-le")) // 2, "utf-32": len(before)}
    for encoding, width in widths.items():
        client = Editor(tmp_path, general={"positionEncodings": [encoding]})
        assert client.server["capabilities"]["positionEncoding"] == encoding
        (found,) = client.open(tmp_path / "a.py", text)
        assert found["range"]["start"] == {"line": 1, "character": width}
        assert client.end() == 0
        client.close()


def test_the_end_without_a_shutdown_is_an_error(client: Editor) -> None:
    client.tell("exit")
    assert client.process.wait(20) == 1


def test_configuration_is_that_of_the_folder_and_read_again(client: Editor, tmp_path: Path) -> None:
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
    client = Editor(tmp_path, textDocument={"diagnostic": {}})
    file = tmp_path / "a.py"
    document = {"uri": file.as_uri(), "languageId": "python", "version": 1, "text": BAD * 500}
    client.tell("textDocument/didOpen", textDocument=document)
    answer = client.ask("textDocument/diagnostic", textDocument={"uri": file.as_uri()})
    assert len(answer["items"]) == 500
    assert (client.end(), client.published.qsize()) == (0, 0)
    client.close()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.js", "fetch('http://login.corp-net.io/oauth/token');\n", "  // authlint: ignore["),
        ("a.sh", "curl -u me:$PASS http://login.corp-net.io/oauth/token\n", "  # authlint: ignore["),
        ("a.yaml", "token_url: http://login.corp-net.io/oauth/token\n", "  # authlint: ignore["),
        # what follows a value may be part of it
        ("a.ini", "[a]\ntoken_url = http://login.corp-net.io/oauth/token\n", "]\n# authlint: ignore["),
        (".env", "A=1\nTOKEN_URL=http://login.corp-net.io/oauth/token\n", "1\n# authlint: ignore["),
        ("a.properties", "a=1\ntoken_url=http://login.corp-net.io/oauth/token\n", "1\n# authlint: ignore["),
        ("Dockerfile", "FROM x\nENV TOKEN_URL=http://login.corp-net.io/oauth/token\n", "x\n# authlint: ignore["),
        ("a.md", "```sh\ncurl -u me:$PASS http://login.corp-net.io/oauth/token\n```\n", "  # authlint: ignore["),
        ("a.html", "<form action='http://login.corp-net.io/oauth/token'>\n", "  <!-- authlint: ignore["),
        ("a.vue", "<script>\nfetch('http://login.corp-net.io/oauth/token')\n</script>\n", "  // authlint: ignore["),
        ("a.jsonc", '{"token_url": "http://login.corp-net.io/oauth/token"}\n', "  // authlint: ignore["),
        ("a.java", 'String TOKEN_URL = "http://login.corp-net.io/oauth/token";\n', "  // authlint: ignore["),
        ("a.sql", "select 'http://login.corp-net.io/oauth/token';\n", "  -- authlint: ignore["),
    ],
)
def test_the_comment_is_one_of_the_language(
    name: str, text: str, expected: str, shared: Editor, tmp_path: Path
) -> None:
    (found,) = shared.open(tmp_path / name, text)
    (ignore,) = [a for a in shared.actions(tmp_path / name, found) if a["title"].startswith("Ignore")]
    ignored = applied(text, ignore)
    assert expected in ignored
    change = {"textDocument": {"uri": (tmp_path / name).as_uri(), "version": 2}}
    shared.tell("textDocument/didChange", **change, contentChanges=[{"text": ignored}])
    assert shared.next()["diagnostics"] == []


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.ipynb"])
def test_what_has_no_comments_is_offered_none(name: str, shared: Editor, tmp_path: Path) -> None:
    text = '{"token_url": "http://login.corp-net.io/oauth/token"}\n'
    if name == "a.ipynb":
        cell = {"cell_type": "code", "source": BAD}
        text = json.dumps({"cells": [cell], "metadata": {}})
    (found,) = shared.open(tmp_path / name, text)
    assert [action for action in shared.actions(tmp_path / name, found) if "Ignore" in action["title"]] == []


@pytest.mark.parametrize("before", ["", "\ufeff", "E = '😀é'\r\n", "\ufeffE = '😀é'; "])
def test_edits_are_where_they_belong_and_no_larger(before: str, shared: Editor, tmp_path: Path) -> None:
    text = before + BAD.replace("\n", "\r\n")
    (found,) = shared.open(tmp_path / "a.py", text)
    offered = shared.actions(tmp_path / "a.py", found)
    assert [applied(text, action) for action in offered] == [
        text.replace("http://", "https://"),
        text.removesuffix("\r\n") + "  # authlint: ignore[cleartext-auth-url]\r\n",
    ]
    for action in offered:
        for edit in action["edit"]["documentChanges"][0]["edits"]:
            assert edit["range"]["start"] == edit["range"]["end"]  # nothing is sent back that was there


def test_all_safe_fixes_at_once_and_no_others(shared: Editor, tmp_path: Path) -> None:
    line = 'claims = jwt.decode(token, key, algorithms=["HS256"], options={"verify_exp": False})\n'
    text = "import jwt\n" + BAD + line + line
    found = shared.open(tmp_path / "a.py", text)
    (fix,) = shared.actions(tmp_path / "a.py", found[0], "source.fixAll")
    assert fix["kind"] == "source.fixAll.authlint"
    fixed = applied(text, fix)
    assert "False" not in fixed
    assert BAD in fixed  # that is unsafe
    safe = [a for a in shared.actions(tmp_path / "a.py", found[-1]) if a.get("isPreferred")]
    assert len(safe) == 1


def test_only_the_last_of_quick_changes_is_published(shared: Editor, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    shared.open(file, "")
    for version in range(2, 12):
        document = {"uri": file.as_uri(), "version": version}
        shared.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": BAD * (version % 3)}])
    published = shared.next()
    assert (published["version"], len(published["diagnostics"])) == (11, 2)


def test_a_setting_that_is_wrong_is_told(shared: Editor, tmp_path: Path) -> None:
    (tmp_path / "authlint.toml").write_text("selekt = []\n", encoding="utf-8")
    (told,) = shared.open(tmp_path / "a.py", BAD)
    assert "selekt" in told["message"]


def test_what_the_baseline_knows_is_not_shown_wherever_the_server_runs(shared: Editor, tmp_path: Path) -> None:
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
    assert shared.open(project / "a.py", BAD) == []


def test_what_is_excluded_is_left_alone(shared: Editor, tmp_path: Path) -> None:
    (tmp_path / "authlint.toml").write_text('extend-exclude = ["made/"]\n', encoding="utf-8")
    assert shared.open(tmp_path / "made/a.py", BAD) == []


def test_without_the_extra_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from authlint.cli import main, server  # noqa: PLC0415

    monkeypatch.setattr(server, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        main(["server"])
    assert ended.value.code == 2
    assert "authlint[lsp]" in capsys.readouterr().err
