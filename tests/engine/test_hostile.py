"""Files made to hurt: each ends in a report, with true line numbers, and nothing of theirs steers a terminal."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from timing import grows_linearly

from authlint.cli import main
from authlint.engine.linter import Linter
from authlint.finding import Finding
from authlint.languages import LANGUAGES, suffix
from authlint.reporters.frames import frame
from authlint.reporters.style import Style
from authlint.run.catalog import load
from authlint.source import Source

KEY = "ak_live_" + "Zk3vQ9wLr7Tx" * 2  # made here, so that no file of ours holds it
EVIL = "\x1b]0;title\x07\x1b[8m\x9b31m\u202e\u2066\x7f\x08"
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
DEEP = 3_000


class Result(NamedTuple):
    code: int
    out: str
    err: str

    def findings(self) -> list[tuple[str, int, str]]:
        return [(found["path"], found["line"], found["code"]) for found in json.loads(self.out)["findings"]]


Run = Callable[..., Result]


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter(load())


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert KEY not in out + err
        return Result(int(end.value.code or 0), out, err)

    return call


def make(path: str, content: str | bytes) -> None:
    Path(path).write_bytes(content if isinstance(content, bytes) else content.encode())


# -- terminals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "concise", "json", "json-lines"])
def test_nothing_in_a_file_or_its_name_reaches_the_terminal_raw(run: Run, form: str) -> None:
    make(f"{EVIL}.py", f'x = "{EVIL}"\nkey = "{KEY}" + "{EVIL}"  # {EVIL}\ny = "{EVIL}"\n')
    make(
        f"{EVIL}.js",
        f"fetch('http://api.accessiq.io/{EVIL}', {{ headers: {{ '{EVIL}': 1, Authorization: token }} }});\n(\n",
    )
    make(f"{EVIL}.md", f"# authlint: ignore[{EVIL}]\n`{KEY}`\n")
    os.symlink("nowhere", f"link{EVIL}")
    result = run("check", ".", f"link{EVIL}", f"none{EVIL}", "--output-format", form)
    assert result.code == 2
    assert "AUT101" in result.out
    assert "no such file" in result.err
    assert CONTROLS.findall(result.out + result.err) == []
    colored = run("check", "--color", "always", "--output-format", form)
    assert CONTROLS.findall(re.sub(r"\x1b\[[0-7;]*m", "", colored.out)) == []


COMMANDS = [
    ["facts", f"{EVIL}.py"],
    ["facts", f"none{EVIL}"],
    ["rule", EVIL],
    ["providers", EVIL],
    ["config", EVIL],
    ["sample", f"{EVIL}.py"],
    ["sample", EVIL],
    ["check", "--select", EVIL],
    ["check", "--config", EVIL],
    ["check", "--config", "bad.toml"],
    ["check", "--per-file-ignores", EVIL],
    ["check", "--output-file", f"none/{EVIL}"],
    ["check", "--show-files"],
    ["check", f"{EVIL}.py", "--force-exclude", "--exclude", "*.py"],
    ["check", f"--{EVIL}"],
    [EVIL],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: ascii(" ".join(arguments)))
def test_other_commands_show_nothing_raw_either(run: Run, arguments: list[str]) -> None:
    make(f"{EVIL}.py", f'key = "{EVIL}"\nget("{EVIL}", {KEY!r})  # {EVIL}\n')
    make("bad.toml", f"select = [{json.dumps(EVIL)}]\n")
    result = run(*arguments)
    assert result.out + result.err
    assert CONTROLS.findall(result.out + result.err) == []


# -- sizes and kinds of files ------------------------------------------------------------------------------------------


def test_what_cannot_be_linted_stops_nothing(run: Run) -> None:
    make("bad.py", f'key = "{KEY}"\n')
    make("large.py", f'key = "{KEY}"\n')
    os.truncate("large.py", 50_000_000)
    with open("larger.py", "wb") as stream:
        stream.write(b"x = 1\n" * 10_000)
        stream.truncate(50_000_000)
    make("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + KEY.encode())
    result = run("check", "--output-format", "json")
    assert result.findings() == [("bad.py", 1, "AUT101")]
    assert result.code == 2
    assert [problem["path"] for problem in json.loads(result.out)["problems"]] == ["larger.py"]
    assert "is larger than 'max-file-size'" in result.err


def test_links_that_lead_in_circles(run: Run) -> None:
    os.makedirs("a/b")
    make("a/b/bad.py", f'key = "{KEY}"\n')
    os.symlink("..", "a/b/up")
    os.symlink("loop", "loop")
    result = run("check", "--output-format", "json")
    assert (result.code, result.findings()) == (1, [("a/b/bad.py", 1, "AUT101")])
    result = run("check", "loop", "a", "--output-format", "json")
    assert (result.code, result.findings()) == (2, [("a/b/bad.py", 1, "AUT101")])
    assert result.err.startswith("error: loop: cannot be read: ")


# -- nesting -----------------------------------------------------------------------------------------------------------

NESTS = {
    "python": [("(", ")"), ("[", "]"), ("{1: ", "}"), ("f(", ")"), ("-", ""), ("lambda: ", ""), ("if x:\n", ""),
        ("f\"{", "}\"")],
    "javascript": [("(", ")"), ("[", "]"), ("{", "}"), ("a => ", ""), ("`${", "}`"), ("!", ""), ("<a>", "</a>"),
        ("f(() => {", "})")],
    "typescript": [("(", ")"), ("A<", ">"), ("{ a: ", "}"), ("<T>", ""), ("namespace N {", "}")],
    "tsx": [("<a>", "</a>"), ("{", "}"), ("<a b={", "}/>")],
    "html": [("<div>", "</div>"), ("<script>", "</script>"), ("<a b='", "'>"), ("<!--", "-->")],
    "vue": [("<template>", "</template>"), ("<a :b=\"", "\">"), ("{{", "}}")],
    "svelte": [("{#if x}", "{/if}"), ("<script>", "")],
    "shell": [("$(", ")"), ("(", ")"), ("{ ", "; }"), ("if true; then ", "; fi"), ("`", "`"), ("${x:-", "}"),
        ("\"$(", ")\""), ("[[ ( ", " )")],
    "powershell": [("(", ")"), ("@{ a = ", "}"), ("$(", ")"), ("{ ", "}"), ("\"$(", ")\""), ("[a]", "")],
    "ruby": [("(", ")"), ("[", "]"), ("{ a => ", "}"), ("\"#{", "}\""), ("f do\n", "end\n"), ("<%= ", " %>")],
    "yaml": [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("a:\n", ""), ("&a ", ""), ("!t ", "")],
    "json": [("[", "]"), ("{\"a\": ", "}")],
    "toml": [("a = [", "]"), ("a.", ""), ("[[a]]\n", ""), ("a = {b = ", "}")],
    "ini": [("[a]\n", ""), ("a = ", ""), ("${", "}")],
    "properties": [("a.", ""), ("\\\n", ""), ("${", "}")],
    "dotenv": [("${a:-", "}"), ("a=\"", "\""), ("export ", ""), ("$(", ")")],
    "dockerfile": [("RUN ", ""), ("ENV a=${", "}"), ("RUN <<E\n", ""), ("\\\n", ""), ("RUN [", "]"),
        ("ONBUILD ", "")],
    "markdown": [("> ", ""), ("- ", ""), ("```\n", ""), ("~~~js\n", ""), ("[", "](x)"), ("    ", ""),
        ("<script>", "")],
    "notebook": [("[", "]"), ("{\"cells\": [", "]}"), ("{\"source\": [", "]}")],
}  # fmt: skip
SECRETS = {"json": f'{{"key": "{KEY}"}}', "notebook": f'{{"key": "{KEY}"}}'}
CASES = [
    pytest.param(language, *pair, id=f"{language}-{pair[0].strip()}") for language, row in NESTS.items() for pair in row
]


def test_every_language_is_nested() -> None:
    assert NESTS.keys() == LANGUAGES


@pytest.mark.parametrize(("language", "before", "after"), CASES)
def test_deep_nesting(linter: Linter, language: str, before: str, after: str) -> None:
    secret = SECRETS.get(language, f'key = "{KEY}"')
    text = f"access_token = http://x/oauth/authorize?client_id=1\n{before * DEEP}{secret}{after * DEEP}\n{secret}\n"
    report = linter.lint(f"src/app{suffix(language)}", text.encode())
    assert [problem for problem in report.problems if problem.kind != "syntax"] == []
    assert report.findings[-1].line == text.count("\n")


# -- many findings -----------------------------------------------------------------------------------------------------

MANY = {
    "python": "password = 'hunt3r{}z'; ",
    "python, in calls": "f(password='hunt3r{}z')\n",
    "python, defaults": "import os\npassword = os.environ.get('DB_PASSWORD', 'hunt3r{}z')\n",
    "python, cookies": "response.set_cookie('session', token{})\n",
    "javascript": "password = 'hunt3r{}z'; ",
    "javascript, in storage": "localStorage.setItem('token', token{});",
    "ruby": "password = 'hunt3r{}z'; ",
    "shell": "PASSWORD=hunt3r{}z\n",
    "powershell": "$password = 'hunt3r{}z'; ",
    "yaml": "- token: abc\n  password: hunt3r{}z\n",
    "json": '{{"password": "hunt3r{}z"}}, ',
    "toml": "[a{0}]\npassword = 'hunt3r{0}z'\n",
    "ini": "password{0} = hunt3r{0}z\n",
}


@pytest.mark.parametrize("name", MANY)
def test_many_findings_take_linear_time(linter: Linter, name: str) -> None:
    language = name.partition(",")[0]
    begin, end = ("[", "1]") if name == "json" else ("", "")

    def work(size: int) -> None:
        text = begin + "".join(MANY[name].format(number) for number in range(size)) + end
        assert len(linter.lint(f"src/app{suffix(language)}", text.encode()).findings) >= size

    assert grows_linearly(work, 500)


@pytest.mark.parametrize("letter", ["a", "ä"])
def test_many_findings_on_one_line_are_placed_and_shown_in_linear_time(letter: str) -> None:
    def work(size: int) -> None:
        piece = f"{letter} password = '{KEY}'; "
        source = Source("a.txt", (piece * size).encode())
        length = len(piece.encode())
        for number in range(size):
            begin = source.position(number * length)
            end = source.position((number + 1) * length - 2)
            assert begin == (1, number * len(piece) + 1)
            found = Finding(
                "AUT101", "a", "b", "error", "high", "a.txt", 1, begin.column, 1, end.column, "text", "", (0, 0)
            )
            assert KEY not in "".join(frame(source, found, Style(color=False)))

    assert grows_linearly(work, 400)


# -- encodings and ends of lines ---------------------------------------------------------------------------------------

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "utf-16-le": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "utf-16-be": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "latin-1": lambda text: text.encode("latin-1"),
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("language", sorted(LANGUAGES - {"json", "notebook"}))
def test_lines_are_counted_right(linter: Linter, language: str, encoding: str, end: str) -> None:
    odd = "é\f\v\x1c\x85" + ("" if encoding == "latin-1" else "\u2028\u2029\U0001f600")
    text = f"x = '{odd}'{end}{end}y = 1{end}k = '{KEY}' # {odd}{end}"
    report = linter.lint(f"src/app{suffix(language)}", ENCODINGS[encoding](text))
    assert [problem for problem in report.problems if problem.kind != "syntax"] == []
    assert [(found.line, found.column, found.end_column) for found in report.findings] == [(4, 6, 6 + len(KEY))]


def test_bytes_that_are_in_no_encoding(linter: Linter) -> None:
    raw = b"\xff\xc3(\xed\xa0\x80\n" + f'k = "{KEY}" '.encode() + b"\xe9\x80\n"
    assert [(found.line, found.column) for found in linter.lint("src/app.py", raw).findings] == [(2, 6)]
    odd = b"\xff\xfe" + f'\ud800\nk = "{KEY}"'.encode("utf-16-le", "surrogatepass") + b"\0"
    assert [found.line for found in linter.lint("src/app.py", odd).findings] == [2]
