"""Notebooks in an editor: each cell is a document, and is looked at as one of a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls")
from editor import Editor, Json, applied

BAD = 'import requests\nE = "\\t😀é"; requests.get("http://login.corp-net.io/oauth/token", auth=(user, password))\n'
LOGIN = BAD.split('"')[3]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with Editor(tmp_path_factory.mktemp("notebooks"), notebookDocument={"synchronization": {}}) as made:
        yield made


def cell(number: int, text: str, language: str = "python") -> Json:
    return {"uri": f"vscode-notebook-cell:/a.ipynb#{number}", "languageId": language, "version": 1, "text": text}


def opened(client: Editor, file: Path, *cells: Json) -> dict[str, list[Json]]:
    """What is found in each cell of a notebook that is opened."""
    kinds = [{"kind": 1 if each["languageId"] == "markdown" else 2, "document": each["uri"]} for each in cells]
    notebook = {"uri": file.as_uri(), "notebookType": "jupyter-notebook", "version": 1, "cells": kinds}
    client.tell("notebookDocument/didOpen", notebookDocument=notebook, cellTextDocuments=list(cells))
    published = [client.next() for _ in cells]
    return {each["uri"]: each["diagnostics"] for each in published}


def place(text: str, part: str) -> Json:
    before = text[: text.index(part)]
    return {"line": before.count("\n"), "character": len(before.rpartition("\n")[2].encode("utf-16-le")) // 2}


def test_cells_are_looked_at_put_right_and_explained(client: Editor, tmp_path: Path) -> None:
    assert client.server["capabilities"]["notebookDocumentSync"]["notebookSelector"]
    code, other = cell(1, BAD), cell(2, "x = 1\n")
    found = opened(client, tmp_path / "a.ipynb", code, other)
    assert found[other["uri"]] == []
    (first,) = found[code["uri"]]
    assert (first["code"], first["range"]["start"]) == ("AUT301", place(BAD, f'"{LOGIN}'))
    assert first["range"]["end"] == place(BAD, ", auth")
    assert "**Why.**" in client.hover(code["uri"], first)
    fix, ignore = client.actions(code["uri"], first)
    assert applied(BAD, fix) == BAD.replace("http://", "https://")
    assert applied(BAD, ignore) == BAD.rstrip("\n") + "  # authlint: ignore[cleartext-auth-url]\n"
    for version, action in enumerate((fix, ignore), 2):
        document = {"uri": code["uri"], "version": version}
        content = [{"document": document, "changes": [{"text": applied(BAD, action)}]}]
        tell(client, tmp_path / "a.ipynb", textContent=content)
        assert client.next()["diagnostics"] == []


def tell(client: Editor, file: Path, **cells: Any) -> None:
    client.tell(
        "notebookDocument/didChange", notebookDocument={"uri": file.as_uri(), "version": 2}, change={"cells": cells}
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", f"%%bash\ncurl -u me:$PASS {LOGIN}\n"),
        ("python", f"!curl -u me:$PASS {LOGIN}\n"),
        ("shellscript", f"curl -u me:$PASS {LOGIN}"),
        ("javascript", f"fetch('{LOGIN}')\n"),
        ("markdown", f"# x\n\n```sh\ncurl -u me:$PASS {LOGIN}\n```\n"),
        ("python", f"\x0c\nimport requests\r\nrequests.get('{LOGIN}', auth=(user, password))"),
    ],
)
def test_the_language_of_a_cell(language: str, text: str, client: Editor, tmp_path: Path) -> None:
    one, two = cell(1, text, language), cell(2, "", language)
    found = opened(client, tmp_path / "a.ipynb", one, two)
    (first,) = found[one["uri"]]
    assert (first["code"], found[two["uri"]]) == ("AUT301", [])
    assert first["range"]["start"]["line"] == place(text, "http")["line"]


def test_cells_that_come_and_go(client: Editor, tmp_path: Path) -> None:
    one, two = cell(1, BAD), cell(2, BAD)
    assert len(opened(client, tmp_path / "a.ipynb", one)[one["uri"]]) == 1
    array = {"start": 0, "deleteCount": 1, "cells": [{"kind": 2, "document": two["uri"]}]}
    structure = {"array": array, "didOpen": [two], "didClose": [{"uri": one["uri"]}]}
    tell(client, tmp_path / "a.ipynb", structure=structure)
    assert client.next() == {"uri": one["uri"], "diagnostics": []}
    assert len(client.next()["diagnostics"]) == 1
    tell(client, tmp_path / "a.ipynb")  # only metadata
    closed = [{"uri": two["uri"]}]
    document = {"uri": (tmp_path / "a.ipynb").as_uri()}
    client.tell("notebookDocument/didClose", notebookDocument=document, cellTextDocuments=closed)
    assert client.next() == {"uri": two["uri"], "diagnostics": []}


def test_a_cell_has_the_settings_of_its_notebook(client: Editor, tmp_path: Path) -> None:
    (tmp_path / "authlint.toml").write_text('per-file-ignores = { "a.ipynb" = ["AUT301"] }\n', encoding="utf-8")
    assert list(opened(client, tmp_path / "a.ipynb", cell(1, BAD)).values()) == [[]]
    assert len(opened(client, tmp_path / "b.py", cell(2, BAD))["vscode-notebook-cell:/a.ipynb#2"]) == 1


def test_a_notebook_that_is_open_as_text(client: Editor, tmp_path: Path) -> None:
    text = '{"metadata": {}, "cells": [{"cell_type": "code", "source": [\n "import requests\\n",\n'
    text += f' "requests.get(\\"{LOGIN}\\", auth=(user, password))"\n]}}]}}\n'
    (found,) = client.open(tmp_path / "a.ipynb", text)
    offered = client.actions(tmp_path / "a.ipynb", found)
    assert [applied(text, each) for each in offered] == [
        text.replace("http://", "https://"),
        text.replace('password))"', 'password))  # authlint: ignore[cleartext-auth-url]"'),
    ]
