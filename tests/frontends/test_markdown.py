import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import grows_linearly

from authlint.facts import Facts
from authlint.factview import lines
from authlint.frontends.markdown import lower
from authlint.source import Source


def facts(text: str | bytes, path: str = "a.md") -> Facts:
    return lower(Source(path, text.encode() if isinstance(text, str) else text, "markdown"))


def embedded(text: str, path: str = "a.md") -> list[tuple[str, str]]:
    return [(child.language, child.data.decode()) for child in facts(text, path).embedded]


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"),
        (" python ", "python"),
        ("py", "python"),
        ("Python", "python"),
        ("pycon", "python"),
        ("javascript JavaScript theme={null}", "javascript"),
        ('js title="x.js"', "javascript"),
        ("js{1,3-5}", "javascript"),
        ("js:app.js", "javascript"),
        ("python,ignore", "python"),
        ("{.python}", "python"),
        ("{#id .python .numberLines}", "python"),
        ("{python}", "python"),
        ("{python, echo=FALSE}", "python"),
        ("{code-block} python", "python"),
        ("bash", "shell"),
        ("shell-session", "shell"),
        ("console", "shell"),
        (".env", "dotenv"),
        ("yml", "yaml"),
        ("jsonc", "json"),
        ("html", "html"),
        ("tsx", "tsx"),
        ("md", None),
        ("markdown", "markdown"),
        ("http", None),
        ("txt theme={null}", None),
        ("mermaid", None),
        ("c++", None),
        ("", None),
        ('title="x"', None),
        ("{}", None),
        ("!", None),
    ],
)
def test_info_strings(info: str, language: str | None) -> None:
    expected = [] if language is None else [(language, "x = 1\n")]
    assert embedded(f"```{info}\nx = 1\n```\n") == expected


@pytest.mark.parametrize(
    "command",
    ["curl https://h", "$ curl https://h", "wget https://h", "export A=1", "\n  curl https://h", "  $  curl https://h"],
)
def test_commands_without_a_language_are_shell(command: str) -> None:
    assert [language for language, _ in embedded(f"```\n{command}\n```")] == ["shell"]
    assert [language for language, _ in embedded(f"``` title='x'\n{command}\n```")] == ["shell"]
    assert embedded(f"```text\n{command}\n```") == []


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("```js\na\n b\n```\n", "a\n b\n"),
        ("~~~js\na\n~~~\n", "a\n"),
        ("````js\n```\na\n````\n", "```\na\n"),
        ("~~~js\n```\na\n~~~\n", "```\na\n"),
        ("```js\na\n`````\nb", "a\n"),
        ("```js\r\na\r\n```\r\n", "a\r\n"),
        ("```js\na", "a"),
        ("```js\na\n``` js\n", "a\n``` js\n"),
        ("       ```js\n       a\n         b\n\n       c\n       ```\n", "a\n  b\n\nc\n"),
        ("  ```js\n    a\n      b\n  ```\n", "a\n  b\n"),
        ("\t```js\n\ta\n\t\tb\n\t```\n", "a\n\tb\n"),
        ("```js\n  a\n\tb\n```\n", "  a\n\tb\n"),
        ("```js\n    a\n \n    b\n```", "a\n\nb\n"),
        ("```js\na\n    ```\n```\n", "a\n    ```\n"),
        ("   ```js\n   a\n      ```\nb", "a\n"),
        ("- ```js\n  a\n  ```\n", "a\n"),
        ("1. ```js\n   a\n```\n", "a\n"),
        ("* - ```js\n    a\n    ```\n", "a\n"),
        ("> ```js\n> a\n>  b\n>\n> ```\n", "a\n b\n\n"),
        (">```js\n>a\n>```\n", "a\n"),
        ("> > ```js\n> > a\n>> b\n> > ```\n", "a\nb\n"),
        ("> ```js\n> a\nb\n", "a\n"),
        ("- > ```js\n  > a\n  > ```\n", "a\n"),
        ("> 1. ```js\n>    a\n>    ```\n", "a\n"),
    ],
)
def test_what_a_fence_holds(text: str, content: str) -> None:
    assert embedded(text) == [("javascript", content)]


@pytest.mark.parametrize(
    "text",
    [
        "``` js a ``` b\n",
        "say ```js\na\n```",
        "``js\na\n``",
        "```js\n```",
        "```js",
        "a\n> b\n",
        "    js\n",
    ],
)
def test_what_is_no_fence_or_holds_nothing(text: str) -> None:
    assert embedded(text) == []


def test_many_fences() -> None:
    text = "# A\n\n```bash\ncurl h\n```\n\n<Tab>\n  ```python Python\n  x\n  ```\n\n  ~~~ts\n  y\n  ~~~\n</Tab>\n"
    assert list(lines(facts(text))) == [
        "scope 0 module",
        "embedded shell fence",
        "embedded python fence",
        "embedded typescript fence",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".. code-block:: python\n\n   a\n     b\n\n   c\n\nText.\n", ("python", "a\n  b\n\nc\n")),
        (".. code-block:: python\n   :linenos:\n   :caption: x\n\n   a\n", ("python", "\na\n")),
        (".. code:: js\n\n\ta\n", ("javascript", "\na\n")),
        (".. sourcecode:: bash\n\n  a\n", ("shell", "\na\n")),
        ("  .. code-block:: yaml\n\n    a: 1\n  Text.\n", ("yaml", "\na: 1\n")),
        (".. code-block::\n\n   curl https://h\n", ("shell", "\ncurl https://h\n")),
        (".. code-block:: python\n\n   a", ("python", "\na")),
        ("> .. code-block:: python\n", None),
        (".. code-block:: python\n\nText.\n", None),
        (".. code-block:: text\n\n   a\n", None),
        (".. note::\n\n   a\n", None),
    ],
)
def test_directives(text: str, expected: tuple[str, str] | None) -> None:
    found = [(language, content.lstrip("\n")) for language, content in embedded(text, "a.rst")]
    assert found == ([] if expected is None else [(expected[0], expected[1].lstrip("\n"))])


@pytest.mark.parametrize(
    ("path", "text", "comments"),
    [
        ("a.md", "<!-- a -->\nb <!-- c -->\n", ["<!-- a -->", "<!-- c -->"]),
        ("a.md", "<!--\na\n\nb\n-->", ["<!--\na\n\nb\n-->"]),
        ("a.md", "<!-- a --><!-- b -->", ["<!-- a -->", "<!-- b -->"]),
        ("a.md", "<!--\n```js\na\n```\n-->", ["<!--\n```js\na\n```\n-->"]),
        ("a.md", "say `<!--` and\n\n-->", []),
        ("a.md", "say <!-- and\n\n-->", []),
        ("a.md", "<!-- a", []),
        ("a.md", "```html\n<!-- a -->\n```\n", []),
        ("a.md", "{/* a */}", []),
        ("a.mdx", "{/* a */}", ["{/* a */}"]),
        ("a.rst", ".. a comment\n\n.. note:: b\n.. _c: d\n.. [1] e\n", [".. a comment"]),
        ("a.md", ".. a comment\n", []),
    ],
)
def test_comments(path: str, text: str, comments: list[str]) -> None:
    assert [comment.text for comment in facts(text, path).comments] == comments


def test_whether_a_comment_stands_alone() -> None:
    found = facts("  <!-- a -->\nb <!-- c -->\n<!-- d -->").comments
    assert [comment.own_line for comment in found] == [True, False, True]


def test_a_fence_after_a_mark_that_is_no_comment() -> None:
    assert embedded("see <!-- here\n\n```js\na\n```\n-->\n") == [("javascript", "a\n")]


def test_positions_lead_back() -> None:
    source = Source("a.md", "é\n\n  > ```js\n  > let é = 1\n  >   b\n  > ```\n".encode(), "markdown")
    (child,) = lower(source).embedded
    assert child.label == "fence"
    at = child.data.index(b"b")
    assert source.position(child.to_root((at, at + 1))[0]) == (5, 7)


_PIECES = "```js\n|```\n|~~~|   |\t|> |- |1. |a\n|\n|\r\n|é|<!--|-->|`|.. code:: py\n|x|$ curl "
PIECES = _PIECES.split("|")


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join), st.sampled_from(["a.md", "a.mdx", "a.rst"])
)
def test_every_embedded_byte_leads_back_to_itself(text: str, path: str) -> None:
    source = Source(path, text.encode("utf-8", "replace"), "markdown")
    found = lower(source)
    for child in found.embedded:
        at = [child.to_root((i, i + 1)) for i in range(len(child.data))]
        assert all(end == start + 1 for start, end in at)
        assert bytes(source.data[start] for start, _ in at) == child.data
        assert at == sorted(at)
    for comment in found.comments:
        assert 0 <= comment.span[0] < comment.span[1] <= len(source.data)


UNITS = [
    b"```",
    b"```js\n",
    b"> ```js\n",
    b"> ",
    b"- ",
    b" ",
    b"<!--",
    b"<!---->",
    b"`<!--`\n\n",
    b"x <!-- \n\n",
    b"<!-- x",
    b"{/*",
    b".. code:: js\n  a\n",
]


@pytest.mark.parametrize("end", [b"", b"\n\n-->"])
@pytest.mark.parametrize("unit", UNITS)
def test_hostile_input_is_read_in_linear_time(unit: bytes, end: bytes) -> None:
    assert grows_linearly(lambda size: facts(b"x " + unit * (size // len(unit)) + end, "a.mdx"), 25_000)
