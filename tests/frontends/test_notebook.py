import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import grows_linearly

from authlint.facts import Facts
from authlint.factview import lines
from authlint.frontends.notebook import lower
from authlint.source import Source


def notebook(*cells: dict[str, object], language: str = "python", **members: object) -> bytes:
    metadata = {"kernelspec": {"display_name": "x", "language": language, "name": "x"}}
    return json.dumps({"cells": list(cells), "metadata": metadata, "nbformat": 4, **members}, indent=1).encode()


def code(source: str | list[str]) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}


def markdown(source: str | list[str]) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def facts(data: bytes) -> Facts:
    return lower(Source("a.ipynb", data, "notebook"))


def embedded(data: bytes) -> list[tuple[str, str, str]]:
    return [(child.label, child.language, child.data.decode()) for child in facts(data).embedded]


def test_cells() -> None:
    data = notebook(
        markdown("# A"), code(["x = 1\n", "y = 'é'"]), {"cell_type": "raw", "source": "z"}, code(""), code("t = 2")
    )
    assert embedded(data) == [
        ("cell 1", "markdown", "# A"),
        ("cell 2", "python", "x = 1\ny = 'é'"),
        ("cell 5", "python", "t = 2"),
    ]
    assert list(lines(facts(data))) == [
        "scope 0 module",
        "embedded markdown cell 1",
        "embedded python cell 2",
        "embedded python cell 5",
    ]
    assert facts(data).broken == []


def test_the_language_of_the_notebook() -> None:
    cell = code("x")
    assert embedded(notebook(cell, language="javascript"))[0][1] == "javascript"
    assert embedded(notebook(cell, language="R")) == []
    assert embedded(json.dumps({"cells": [cell]}).encode())[0][1] == "python"
    info = {"cells": [cell], "metadata": {"language_info": {"name": "typescript"}}}
    assert embedded(json.dumps(info).encode())[0][1] == "typescript"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%%bash\ncurl https://h\n", [("shell", "curl https://h\n")]),
        ("%%sh\nls", [("shell", "ls")]),
        ("\n%%javascript\r\nlet a", [("javascript", "let a")]),
        ("%%js\nlet a", [("javascript", "let a")]),
        ("%%html\n<p>", [("html", "<p>")]),
        ("%%script --bg /bin/bash\nls", [("shell", "ls")]),
        ("%%writefile app.js\nlet a", [("javascript", "let a")]),
        ("%%writefile app.py\n!a", [("python", "!a")]),
        ("%%writefile -a .env\nA=1", [("dotenv", "A=1")]),
        ("%%writefile notes\nA", []),
        ("%%sql\nselect 1", []),
        ("%%bash\n", []),
        ("%%time\nx = 1", [("python", "      \nx = 1")]),
        ("%%capture out\nx = 1", [("python", "             \nx = 1")]),
        ("%pip install requests\nx", [("python", " " * 21 + "\nx")]),
        ("  %matplotlib inline\nx", [("python", " " * 20 + "\nx")]),
        ("%env A=1\nx", [("python", " " * 8 + "\nx"), ("shell", "A=1\n")]),
        ("!curl h\nx", [("python", " " * 7 + "\nx"), ("shell", "curl h\n")]),
        ("if a:\n  !ls é", [("python", "if a:\n" + " " * 8), ("shell", "ls é")]),
        ("!curl h \\\n  -k\nx", [("python", " " * 9 + "\n    \nx"), ("shell", "curl h \\\n  -k\n")]),
        ("out = !ls\nx", [("python", " " * 9 + "\nx"), ("shell", "ls\n")]),
        ("t = %timeit f()", [("python", " " * 15)]),
        ("?help\nx", [("python", "     \nx")]),
        ("a.b?\nx", [("python", "    \nx")]),
        ("a = b \\\n  % c\nd != e", [("python", "a = b \\\n  % c\nd != e")]),
    ],
)
def test_magics(source: str, expected: list[tuple[str, str]]) -> None:
    found = [(language, content) for _, language, content in embedded(notebook(code(source)))]
    assert found == expected


def test_older_notebooks() -> None:
    cell = {"cell_type": "code", "input": ["x = 1"], "language": "python"}
    assert embedded(json.dumps({"worksheets": [{"cells": [cell]}]}).encode()) == [("cell 1", "python", "x = 1")]


def test_positions_lead_back_through_escapes() -> None:
    data = notebook(markdown('"é"\n\n```js\nlet "a" = 1\n```\n'), code(['s = "\\n"\n', "!curl h"]))
    source = Source("a.ipynb", data, "notebook")
    prose, python, shell = lower(source).embedded
    at = prose.data.index(b"let")
    start, end = prose.to_root((at, at + 7))
    assert data[start:end] == b'let \\"a\\"'
    at = python.data.index(b"n")
    assert data[slice(*python.to_root((at - 1, at + 1)))] == rb"\\n"
    assert data[slice(*shell.to_root((0, 6)))] == b"curl h"


def test_outputs_are_skipped() -> None:
    output = {"output_type": "stream", "text": ["x"], "cells": [code("y")], "source": "z"}
    cell = {**code("a"), "outputs": [output], "attachments": {"source": {"cells": []}}}
    assert embedded(notebook(cell)) == [("cell 1", "python", "a")]


@pytest.mark.parametrize(
    ("data", "broken"),
    [
        (b"", []),
        (b"[]", []),
        (b"1", []),
        (b"x", ["x"]),
        (b"{} {}", ["{"]),
        (b'{"cells": [}', ["[", "}", "{"]),
        (b'{"cells": [{"cell_type": "code", "source": "x"', ["{", "[", "{"]),
        (b'{"cells": [<<<<<<< HEAD, 1]}', ["<<<<<<<", "HEAD"]),
        (b'{"cells": ["x\n]}', ['"x']),
    ],
)
def test_broken_json(data: bytes, broken: list[str]) -> None:
    found = facts(data)
    assert sorted(data[slice(*span)].decode() for span in found.broken) == sorted(broken)


def test_cells_before_the_broken_part_are_read() -> None:
    data = notebook(code("a"), code("b"))
    assert embedded(data[: data.rindex(b'"b"')])[0] == ("cell 1", "python", "a")


SAMPLE = notebook(markdown("# é\n```js\na\n```"), code(["%%bash\n", "ls"]), code("x = '\\u00e9\t\"'\n!ls\n"))


@given(st.integers(0, len(SAMPLE)), st.integers(0, 40), st.text('{}[]:,"\\ \n', max_size=5))
def test_any_mutation_is_read(at: int, length: int, new: str) -> None:
    data = SAMPLE[:at] + new.encode() + SAMPLE[at + length :]
    found = facts(data)
    assert len(found.broken) <= 20
    assert all(0 <= start <= end <= len(data) for start, end in found.broken)
    for child in found.embedded:
        start, end = child.to_root((0, len(child.data)))
        assert 0 <= start <= end <= len(data)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    facts(text.encode("utf-8", "replace"))


@given(st.lists(st.text(max_size=20), max_size=4))
def test_what_is_embedded_is_what_was_written(parts: list[str]) -> None:
    text = "".join(parts).encode("utf-8", "replace").decode()
    cell = markdown([part.encode("utf-8", "replace").decode() for part in parts])
    assert embedded(notebook(cell)) == ([("cell 1", "markdown", text)] if text else [])


@pytest.mark.parametrize("unit", [b"[", b"{", b'{"cells":[', b'"', b'"a":', b"x ", b'"\\', b"]"])
def test_hostile_input_is_read_in_linear_time(unit: bytes) -> None:
    assert grows_linearly(lambda size: facts(unit * (size // len(unit))), 8_000)
    assert grows_linearly(lambda size: facts(b'{"cells":' + unit * (size // len(unit))), 8_000)


@pytest.mark.parametrize("unit", ["!", "%a ", "a = ", "\\\n", "a,", "?", "%env a=b\n", "a.", " "])
def test_hostile_cells_are_read_in_linear_time(unit: str) -> None:
    assert grows_linearly(lambda size: facts(notebook(code(unit * (size // len(unit))))), 8_000)
