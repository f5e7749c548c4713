"""The editor server and where documents are: folders and their settings, files that are not saved, what is no file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pygls")
from editor import ROOT, Editor, Json

BAD = 'import requests\nrequests.get("http://login.corp-net.io/oauth/token", auth=(user, password))\n'
LOGIN = BAD.split('"')[1]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with Editor(tmp_path_factory.mktemp("shared")) as client:
        yield client


def folder(path: Path, config: str = "") -> Path:
    path.mkdir(parents=True)
    if config:
        (path / "authlint.toml").write_text(config, encoding="utf-8")
    return path


def shown(client: Editor) -> Json:
    return client.shown.get(timeout=60)


# --- folders --------------------------------------------------------------------------------------------------------


def test_each_folder_has_its_own_settings_wherever_it_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    one = folder(tmp_path / "here/one", 'ignore = ["AUT301"]\n')
    two = folder(tmp_path / "there/two", 'select = ["AUT3"]\n')
    three = folder(tmp_path / "three")
    with Editor(tmp_path / "elsewhere", folders=[one, two]) as client:
        assert client.open(one / "a.py", BAD) == []
        assert len(client.open(two / "a.py", BAD)) == 1
        event = {"added": [{"uri": three.as_uri(), "name": "three"}], "removed": [{"uri": one.as_uri(), "name": "one"}]}
        client.tell("workspace/didChangeWorkspaceFolders", event=event)
        assert len(client.open(three / "a.py", BAD)) == 1
        assert client.open(one / "b.py", BAD) == []  # a file of no folder has the settings that are above it
        assert client.end() == 0


def test_a_client_without_a_folder(tmp_path: Path) -> None:
    with Editor(tmp_path, folders=[]) as client:
        assert len(client.open(tmp_path / "a.py", BAD)) == 1
        assert len(client.open("untitled:Untitled-1", BAD, "python")) == 1


def test_rules_of_a_folder_are_known_and_read_again(tmp_path: Path) -> None:
    rule = (
        'name = "legacy-login"\ncode = "AUT901"\nsummary = "The old login is used"\nmessage = "the old login"\n'
        'level = "warning"\nconfidence = "high"\nkeywords = ["legacy_login"]\nwhy = """It is switched off soon."""\n'
        'fix = """Use the new one."""\ncwe = [477]\nowasp = []\nreferences = ["https://cwe.mitre.org/data/definitions/477.html"]\n'
        'security_severity = 1.0\n[match]\ncall = ["legacy_login"]\n'
        '[[example]]\nlanguage = "python"\nbad = "«legacy_login()»"\ngood = "login()"\n'
    )
    project = folder(tmp_path / "project", 'rule-paths = ["rules"]\n')
    file = folder(project / "rules/own") / "legacy-login.toml"
    file.write_text(rule, encoding="utf-8")
    with Editor(project) as client:
        (found,) = client.open(project / "a.py", "legacy_login()\n")
        assert (found["code"], found["message"]) == ("AUT901", "the old login")
        assert "It is switched off soon." in client.hover(project / "a.py", found)
        assert "docs/rules" not in client.hover(project / "a.py", found)  # that has no page
        file.write_text(rule.replace("the old login", "the ancient login"), encoding="utf-8")
        client.tell("workspace/didChangeWatchedFiles", changes=[{"uri": file.as_uri(), "type": 2}])
        (found,) = client.next()["diagnostics"]
        assert found["message"] == "the ancient login"


def test_a_configuration_that_is_saved_counts_where_nothing_is_watched(tmp_path: Path) -> None:
    with Editor(tmp_path) as client:
        assert len(client.open(tmp_path / "a.py", BAD)) == 1
        config = tmp_path / "authlint.toml"
        config.write_text('ignore = ["AUT301"]\n', encoding="utf-8")
        client.tell("textDocument/didSave", textDocument={"uri": config.as_uri()})
        assert client.next()["diagnostics"] == []
        assert client.asked.empty()


def test_who_can_watch_is_asked_to_and_who_asks_is_told_to_ask_again(tmp_path: Path) -> None:
    workspace = {"didChangeWatchedFiles": {"dynamicRegistration": True}, "diagnostics": {"refreshSupport": True}}
    with Editor(tmp_path, textDocument={"diagnostic": {}}, workspace=workspace) as client:
        registration = client.asked.get(timeout=60)
        assert registration["method"] == "client/registerCapability"
        (what,) = registration["params"]["registrations"]
        assert what["method"] == "workspace/didChangeWatchedFiles"
        patterns = [watcher["globPattern"] for watcher in what["registerOptions"]["watchers"]]
        assert "**/*.toml" in patterns  # authlint.toml, pyproject.toml and rules
        client.opened(tmp_path / "a.py", BAD)
        asked = {"textDocument": {"uri": (tmp_path / "a.py").as_uri()}}
        assert len(client.ask("textDocument/diagnostic", **asked)["items"]) == 1
        config = tmp_path / "authlint.toml"
        config.write_text('ignore = ["AUT301"]\n', encoding="utf-8")
        client.tell("workspace/didChangeWatchedFiles", changes=[{"uri": config.as_uri(), "type": 1}])
        assert client.asked.get(timeout=60)["method"] == "workspace/diagnostic/refresh"
        assert client.ask("textDocument/diagnostic", **asked)["items"] == []
        assert (client.end(), client.published.qsize()) == (0, 0)


# --- documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", BAD),
        ("typescriptreact", f"const a = <p/>; fetch('{LOGIN}');\n"),
        ("javascriptreact", f"const a = <p/>; fetch('{LOGIN}');\n"),
        ("shellscript", f"curl -u me:$PASS {LOGIN}\n"),
        ("sh", f"curl -u me:$PASS {LOGIN}\n"),
        ("powershell", f"Invoke-RestMethod {LOGIN} -Headers $headers\n"),
        ("ruby", f"Net::HTTP.get(URI('{LOGIN}'))\n"),
        ("dotenv", f"TOKEN_URL={LOGIN}\n"),
        ("yaml", f"token_url: {LOGIN}\n"),
        ("jsonc", f'{{"token_url": "{LOGIN}"}}\n'),
        ("toml", f'token_url = "{LOGIN}"\n'),
        ("ini", f"[a]\ntoken_url = {LOGIN}\n"),
        ("dockerfile", f"FROM x\nRUN curl -u me:$PASS {LOGIN}\n"),
        ("vue", f"<script>\nfetch('{LOGIN}');\n</script>\n"),
    ],
)
def test_the_editor_says_the_language_of_what_has_no_name(language: str, text: str, shared: Editor) -> None:
    assert "AUT301" in [found["code"] for found in shared.open(f"untitled:Untitled-{language}", text, language)]


def test_the_name_of_a_file_says_its_language_as_on_the_command_line(tmp_path: Path) -> None:
    with Editor(tmp_path) as client:
        assert len(client.open(tmp_path / "a.py", BAD, "plaintext")) == 1
        assert len(client.open(tmp_path / "deploy", f"curl -u me:$PASS {LOGIN}\n", "shellscript")) == 1


def test_an_unsaved_file_has_the_settings_of_where_it_would_be(tmp_path: Path) -> None:
    one, two = folder(tmp_path / "one", 'ignore = ["AUT301"]\n'), folder(tmp_path / "two")
    with Editor(two, folders=[one, two]) as client:
        assert client.open("untitled:Untitled-1", BAD, "python") == []
        assert len(client.open(f"untitled:{(two / 'new.py').as_uri().partition('//')[2]}", BAD)) == 1


@pytest.mark.parametrize(
    "uri", ["git:/a.py?ref", "vscode-vfs://github/a/b.py", "output:a.py", "fugitive:///a.py", "a.py"]
)
def test_what_is_in_no_file_is_left_alone(uri: str, shared: Editor) -> None:
    shared.opened(uri, BAD, "python")
    shared.change(uri, BAD * 2, 2)
    assert shared.ask("textDocument/diagnostic", textDocument={"uri": uri})["items"] == []
    place: Json = {"start": {"line": 1, "character": 13}, "end": {"line": 1, "character": 13}}
    assert shared.actions(uri, {"range": place, "message": ""}) == []
    assert shared.hover(uri, {"range": place}) == ""
    shared.tell("textDocument/didClose", textDocument={"uri": uri})
    assert len(shared.open(f"untitled:{len(uri)}", BAD, "python")) == 1  # the first that is published


def test_names_that_an_address_writes_in_another_way(tmp_path: Path) -> None:
    file = tmp_path / "a b#ü%.py"
    (tmp_path / "authlint.toml").write_text('extend-exclude = ["a b#ü%.py"]\n', encoding="utf-8")
    with Editor(tmp_path) as client:
        assert client.open(file, BAD) == []
        assert len(client.open(tmp_path / "b.py", BAD)) == 1


def test_closing_takes_back_what_was_published(tmp_path: Path) -> None:
    with Editor(tmp_path) as client:
        assert len(client.open(tmp_path / "a.py", BAD)) == 1
        client.tell("textDocument/didClose", textDocument={"uri": (tmp_path / "a.py").as_uri()})
        assert client.next() == {"uri": (tmp_path / "a.py").as_uri(), "diagnostics": []}


# --- what it is started with ----------------------------------------------------------------------------------------


def test_a_configuration_can_be_given(tmp_path: Path) -> None:
    folder(tmp_path / "project", 'ignore = ["AUT301"]\n')
    (tmp_path / "project/strict.toml").write_text('select = ["AUT3"]\n', encoding="utf-8")
    for options, number in (({}, 0), (None, 0), ({"config": "strict.toml"}, 1), ({"isolated": True}, 1)):
        with Editor(tmp_path / "project", options=options) as client:
            assert len(client.open(tmp_path / "project/a.py", BAD)) == number
            assert client.shown.empty()


def test_a_configuration_that_is_not_there_is_told(tmp_path: Path) -> None:
    with Editor(tmp_path, options={"config": "strict.toml"}) as client:
        (told,) = client.open(tmp_path / "a.py", BAD)
        assert "strict.toml: cannot be read" in told["message"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confg": "a"}, "'confg'"),
        ({"isolated": "yes"}, "'isolated' must be true or false"),
        ([1], "must be an object"),
        ("strict", "must be an object"),
    ],
)
def test_options_that_are_wrong_are_told_once(options: object, message: str, tmp_path: Path) -> None:
    with Editor(tmp_path, options=options) as client:
        told = shown(client)
        assert told["type"] == 1
        assert told["message"].startswith("authlint: initializationOptions: ")
        assert message in told["message"]
        assert len(client.open(tmp_path / "a.py", BAD)) == 1
        assert (client.end(), client.shown.qsize()) == (0, 0)


def test_findings_lead_to_the_page_of_their_rule(tmp_path: Path) -> None:
    installed = folder(tmp_path / "installed/authlint-0.dist-info")
    metadata = (
        "Metadata-Version: 2.1\nName: authlint\nVersion: 0\nProject-URL: Source, https://git.corp-net.io/authlint\n"
    )
    (installed / "METADATA").write_text(metadata, encoding="utf-8")
    with Editor(tmp_path, modules=os.pathsep.join((str(installed.parent), ROOT))) as client:
        (found,) = client.open(tmp_path / "a.py", BAD)
        page = found["codeDescription"]["href"]
        assert page.startswith("https://git.corp-net.io/authlint/docs/rules/")
        assert f"]({page})" in client.hover(tmp_path / "a.py", found)
    with Editor(tmp_path) as client:
        (found,) = client.open(tmp_path / "a.py", BAD)
        assert "codeDescription" not in found  # nobody knows where the pages are
        assert "](" not in client.hover(tmp_path / "a.py", found)
