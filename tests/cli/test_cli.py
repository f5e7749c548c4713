from __future__ import annotations

import io
import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from edge import RULES, WordLinter

from authlint import __version__
from authlint.cli import check as check_module
from authlint.cli import main
from authlint.cli.options import wants_color
from authlint.engine import linter as engine
from authlint.project.files import Item
from authlint.ruleset.rules import RuleSet
from authlint.run import runner
from authlint.run.outcome import Outcome

ROOT = str(Path(__file__).parents[2])


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


def load_rules(rule_paths: tuple[str, ...], *, full: bool = False) -> RuleSet:
    return RULES


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "AUTHLINT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process, with the small linter of these tests in place of the engine."""
    monkeypatch.setattr(engine, "Linter", WordLinter)
    monkeypatch.setattr(check_module, "load_rules", load_rules)

    def call(*arguments: str, stdin: bytes | None = None) -> Result:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as end:
            main(arguments)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Result(int(end.value.code or 0), out, err)

    return call


def make(path: str, text: str | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text if isinstance(text, bytes) else text.encode())


# -- exit codes and the simplest things --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        ("fine", "", 0),
        ("BADERROR", "", 1),
        ("BADWARNING", "", 1),
        ("BADINFO", "", 0),
        ("BADINFO", "--fail-on info", 1),
        ("BADWARNING", "--fail-on error", 0),
        ("BADERROR", "--fail-on never", 0),
        ("BADERROR", "--exit-zero", 0),
        ("BADERROR", "--ignore AUT1", 0),
        ("BADERROR BROKEN", "--ignore AUT1", 0),
        ("CRASH", "--exit-zero", 2),
    ],
)
def test_exit_codes(run: Run, text: str, arguments: str, code: int) -> None:
    make("a.txt", text)
    for form in ("text", "concise", "json", "json-lines"):
        assert run("check", *arguments.split(), "--output-format", form).code == code


def test_findings_go_to_stdout_and_the_rest_to_stderr(run: Run) -> None:
    make("a.txt", "BADERROR\nBADWARNING\n")
    result = run("check", "--output-format", "concise")
    assert result == (1, "a.txt:1:1: AUT101 the word of bad-error is here\n"
                         "a.txt:2:1: AUT102 the word of bad-warning is here\n", "")  # fmt: skip
    result = run("check")
    assert result.out.startswith("a.txt:1:1: AUT101 bad-error [error]\n  the word of bad-error is here\n   |\n 1 | BAD")
    assert "help: Take the word away.\n" in result.out
    assert result.err == "Found 2 findings (1 error, 1 warning) in 1 file.\n"
    assert run("check", "-q").err == ""


def test_a_clean_run_says_how_much_it_saw(run: Run) -> None:
    make("a.txt", "fine\n")
    assert run("check") == (0, "", "No findings in 1 file (5 bytes).\n")


def test_nothing_to_check_is_said_aloud(run: Run) -> None:
    Path("empty").mkdir()
    assert run("check", "empty") == (0, "", "warning: no files to check under empty\n")
    make("gen/a.txt", "BADERROR")
    make("gen/b.bin", b"\0")
    result = run("check", "gen/a.txt", "--force-exclude", "--exclude", "gen")
    assert result == (0, "", "warning: no files to check under gen/a.txt (1 excluded)\n")
    result = run("check", "gen", "--exclude", "a.txt")
    assert result.err == "warning: no files to check under gen (1 excluded, 1 not text)\n"
    assert run("check", "empty", "-q").err == ""


def test_without_a_command_there_is_help(run: Run) -> None:
    result = run()
    assert (result.code, result.out) == (2, "")
    assert "Usage: authlint" in result.err
    assert run("--help").out == result.err


# -- bad input: one sentence, the right code, and everything else is done ----------------------------------------------


def test_problems_do_not_stop_the_others(run: Run) -> None:
    make("bad.txt", "BADERROR")
    make("broken.txt", "BROKEN BADWARNING")
    make("latin.txt", b"\xe9\xff BADWARNING")
    make("binary", b"\0\1\2")
    make("line.txt", b"x" * 1_000_000 + b" BADERROR")
    make("large.txt", b"x" * 101_000 + b"\n")
    os.truncate("large.txt", 50_000_000)
    result = run("check", "bad.txt", "broken.txt", "none.txt", "latin.txt", "binary", "line.txt", "large.txt",
                 "--output-format", "concise")  # fmt: skip
    assert result.code == 2
    assert result.out.splitlines() == [
        "bad.txt:1:1: AUT101 the word of bad-error is here",
        "broken.txt:1:8: AUT102 the word of bad-warning is here",
        "latin.txt:1:4: AUT102 the word of bad-warning is here",
        "line.txt:1:1000002: AUT101 the word of bad-error is here",
    ]
    assert result.err.splitlines() == [
        "error: large.txt: is larger than 'max-file-size' (10,000,000 bytes) and was not checked",
        "error: none.txt: no such file or folder",
        "warning: binary: is not text and was not checked",
        "warning: broken.txt: does not parse as text (line 1)",
    ]
    quiet = run("check", "none.txt", "binary", "broken.txt", "-q", "--output-format", "concise")
    assert quiet.err == "error: none.txt: no such file or folder\n"


def test_a_large_sparse_file_is_binary(run: Run) -> None:
    with open("sparse", "wb") as stream:
        stream.truncate(50_000_000)
    assert run("check", "sparse") == (0, "", "warning: sparse: is not text and was not checked\n"
                                             "No findings in 0 files (0 bytes).\n")  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(run: Run) -> None:
    make("a.txt", "BADERROR")
    Path("a.txt").chmod(0)
    assert run("check") == (2, "", "error: a.txt: cannot be read: Permission denied\nNo findings in 0 files.\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("check --selct AUT1", "No such option"),
        ("check --select ATU101", "unknown rule 'ATU101' in 'select', did you mean 'AUT101'?"),
        ("check --select AUT999", "error: unknown rule 'AUT999' in 'select'; see 'authlint rules'"),
        ("check --ignore bad-eror", "unknown rule 'bad-eror' in 'ignore', did you mean 'bad-error'?"),
        ("check --per-file-ignores AUT101", "'AUT101' is not PATTERN:CODE"),
        ("check --config none.toml", "none.toml: cannot be read: No such file or directory"),
        ("check --config x --isolated", "--isolated and --config cannot be given together"),
        ("check - a.txt", "'-' (standard input) must be the only path"),
        ("check --stdin-filename a.txt", "--stdin-filename needs the path '-'"),
        ("check ''", "a path is empty; the working directory is '.'"),
        ("check --select ''", "--select names no rule; see 'authlint rules'"),
        ("check --output-format xml", "'xml' is not one of"),
        ("check -o no/such/folder", "no/such/folder: cannot be written: No such file or directory"),
        ("chekc", "there is no command 'chekc', did you mean 'check'?"),
        ("a.txt", "there is no command 'a.txt'; to check files: authlint check a.txt"),
        ("rule oauth-state-mising", "there is no rule 'oauth-state-mising', did you mean 'oauth-state-missing'?"),
        ("rule AUT999", "there is no rule 'AUT999'"),
        ("providers acessiq", "there is no provider 'acessiq', did you mean 'accessiq'?"),
        ("config selct", "there is no key 'selct', did you mean 'select'?"),
        ("facts none.py", "none.py: cannot be read: No such file or directory"),
        ("facts a.txt --language cobol", "there is no language 'cobol'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_2(run: Run, arguments: str, says: str) -> None:
    make("a.txt", "BADERROR")
    result = run(*shlex.split(arguments))
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert says in result.err
    assert result.err.count("\n") == 1


def test_a_mistake_names_the_file_only_if_it_is_there(run: Run) -> None:
    make("a.txt", "BADERROR")
    make("authlint.toml", 'ignore = ["AUT999"]')
    assert run("check").err == "error: authlint.toml: unknown rule 'AUT999' in 'ignore'; see 'authlint rules'\n"
    make("authlint.toml", 'ignore = ["AUT101"]')
    result = run("check", "--select", "AUT998")
    assert result.err == "error: unknown rule 'AUT998' in 'select'; see 'authlint rules'\n"


def test_rules_may_be_added_to_none(run: Run) -> None:
    make("a.txt", "BADERROR")
    assert run("check", "--select", "", "--extend-select", "AUT101").code == 1


def test_a_broken_configuration(run: Run) -> None:
    make("a.txt", "BADERROR")
    make("authlint.toml", "select = [\n")
    result = run("check")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: authlint.toml: is not TOML: ")
    assert run("check", "--isolated").code == 1
    make("authlint.toml", "")
    make("sub/authlint.toml", "slect = []")
    make("sub/b.txt", "BADERROR")
    result = run("check", "--output-format", "concise")
    assert result.code == 2
    assert result.out == "a.txt:1:1: AUT101 the word of bad-error is here\n"
    assert result.err == "error: sub/authlint.toml: unknown key 'slect', did you mean 'select'?\n"


def test_an_unexpected_error_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(options: object) -> None:
        raise ValueError("perhaps with a secret")

    monkeypatch.setattr(check_module, "_Check", explode)
    result = run("check")
    assert result.code == 2
    assert result.err.startswith("error: internal error (ValueError in test_cli.py:")
    assert "secret" not in result.err
    monkeypatch.setenv("AUTHLINT_DEBUG", "1")
    with pytest.raises(ValueError, match="secret"):
        main(["check"])


def test_an_interrupted_run_shows_what_it_has(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    make("a.txt", "BADERROR")
    make("b.txt", "BADERROR")

    def interrupted(items: Iterator[Item], lint: runner.Lint, jobs: int) -> Iterator[Outcome]:
        yield next(runner.run(items, lint, 1))
        raise KeyboardInterrupt

    monkeypatch.setattr(check_module, "run", interrupted)
    result = run("check", "--output-format", "json")
    assert result.code == 130
    document = json.loads(result.out)
    assert len(document["findings"]) == 1
    assert document["summary"]["problems"] == 1
    assert result.err == "error: interrupted; not all files were checked\n"


# -- what is selected, left out and shown ------------------------------------------------------------------------------


def codes(result: Result) -> list[str]:
    return [line.split()[1] for line in result.out.splitlines()]


def test_selection(run: Run) -> None:
    make("a.txt", "BADERROR BADWARNING BADINFO BADOTHER")
    make("authlint.toml", 'select = ["AUT1"]\noutput-format = "concise"')
    assert codes(run("check")) == ["AUT101", "AUT102"]
    assert codes(run("check", "--ignore", "bad-error")) == ["AUT102"]
    assert codes(run("check", "--extend-select", "AUT2,AUT3")) == ["AUT101", "AUT102", "AUT201", "AUT301"]
    assert codes(run("check", "--select", "AUT201", "--select", "bad-other")) == ["AUT201", "AUT301"]
    assert codes(run("check", "--per-file-ignores", "*.txt:AUT101")) == ["AUT102"]
    assert codes(run("check", "--per-file-ignores", "/a.txt:AUT101,AUT102")) == []


def test_excludes(run: Run) -> None:
    for name in ("a.txt", "gen/b.txt", "gen/c.md", "node_modules/d.txt"):
        make(name, "x")
    assert run("check", "--show-files").out.split() == ["a.txt", "gen/b.txt", "gen/c.md"]
    assert run("check", "--show-files", "--extend-exclude", "gen/*.txt").out.split() == ["a.txt", "gen/c.md"]
    assert run("check", "--show-files", "--exclude", "*.txt").out.split() == ["gen/c.md"]
    make(".git/HEAD", "")
    make(".gitignore", "*.md")
    assert run("check", "--show-files", "gen").out.split() == ["gen/b.txt"]
    assert run("check", "--show-files", "gen", "--no-respect-gitignore").out.split() == ["gen/b.txt", "gen/c.md"]
    assert run("check", "--show-files", "none").code == 2


def test_standard_input(run: Run) -> None:
    make("authlint.toml", 'output-format = "concise"\nextend-exclude = ["gen"]')
    line = "the word of bad-error is here\n"
    assert run("check", "-", stdin=b"BADERROR") == (1, f"<stdin>:1:1: AUT101 {line}", "")
    result = run("check", "-", "--stdin-filename", "sub/x.py", stdin="é BADERROR".encode())
    assert result == (1, f"sub/x.py:1:3: AUT101 {line}", "")
    assert "BADERROR" in run("check", "-", "--output-format", "text", stdin=b"BADERROR").out
    named = ("check", "-", "--stdin-filename", "gen/x.py")
    assert run(*named, stdin=b"BADERROR").code == 1
    assert run(*named, "--force-exclude", stdin=b"BADERROR").code == 0
    assert run("check", "-", stdin=b"\0").err == "warning: <stdin>: is not text and was not checked\n"
    make("authlint.toml", "max-file-size = 3")
    assert run("check", "-", stdin=b"1234").code == 2


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="needs files that stand for open ones")
def test_a_device_is_written_to_and_not_replaced(run: Run) -> None:
    make("a.txt", "BADERROR")
    reader, writer = os.pipe()
    assert run("check", "a.txt", "-o", f"/dev/fd/{writer}", "--output-format", "concise", "-q").code == 1
    os.close(writer)
    with open(reader, encoding="utf-8") as stream:
        assert stream.read() == "a.txt:1:1: AUT101 the word of bad-error is here\n"


def test_a_link_is_followed_and_not_replaced(run: Run) -> None:
    make("a.txt", "BADERROR")
    Path("folder").mkdir()
    Path("link").symlink_to("folder/out")
    for _ in range(2):
        assert run("check", "a.txt", "-o", "link", "-q").code == 1
        assert Path("link").is_symlink()
        assert "AUT101" in Path("folder/out").read_text(encoding="utf-8")
        assert [path.name for path in Path("folder").iterdir()] == ["out"]


def test_a_pipe_or_a_device_is_written_to_and_not_replaced(run: Run) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with names")
    os.mkfifo("pipe")
    make("a.txt", "BADERROR")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert run("check", "a.txt", "-o", "pipe", "--output-format", "concise").code == 1
    assert os.read(reader, 1000).startswith(b"a.txt:1:1: AUT101 ")
    os.close(reader)
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


def test_an_output_file_is_there_in_full_or_not_at_all(run: Run) -> None:
    make("a.txt", "BADERROR")
    assert run("check", "a.txt", "-o", "out.json", "--output-format", "json", "--quiet") == (1, "", "")
    assert len(json.loads(Path("out.json").read_text(encoding="utf-8"))["findings"]) == 1
    assert sorted(os.listdir()) == ["a.txt", "out.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_an_output_that_is_no_file_is_never_replaced(run: Run) -> None:
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    make("a.txt", "BADERROR")
    assert run("check", "a.txt", "-o", "pipe", "--output-format", "json", "--quiet") == (1, "", "")
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)
    assert json.loads(os.read(reader, 9999))["findings"]
    os.close(reader)
    os.symlink("real", "link")
    assert run("check", "a.txt", "-o", "link", "--quiet")[0] == 1
    assert Path("link").is_symlink()
    assert Path("real").read_text(encoding="utf-8")


def test_statistics(run: Run) -> None:
    make("a.txt", "BADERROR BADERROR BADINFO")
    assert run("check", "--statistics") == (1, "2  AUT101  bad-error\n1  AUT201  bad-info\n", "")


def test_settings_are_shown(run: Run) -> None:
    make("sub/pyproject.toml", '[tool.authlint]\nignore = ["AUT1"]\nper-file-ignores = {"*.md" = ["AUT2"]}')
    out = run("check", "sub", "--show-settings").out
    assert out.startswith("# from sub/pyproject.toml\nselect = ")
    assert 'ignore = ["AUT1"]' in out
    assert out.endswith('[per-file-ignores]\n"*.md" = ["AUT2"]\n')
    make("copy.toml", out)
    assert run("check", "--config", "copy.toml", "--show-settings").out.splitlines()[1:] == out.splitlines()[1:]


# -- colours -----------------------------------------------------------------------------------------------------------


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("option", "environment", "terminal", "color"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1", "CLICOLOR": "0"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"CLICOLOR": "0"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
    ],
)
def test_colour(option: str, environment: dict[str, str], terminal: bool, color: bool) -> None:
    assert wants_color(option, _Terminal() if terminal else io.StringIO(), environment) is color


def test_colour_of_the_output(run: Run) -> None:
    make("a.txt", "BADERROR")
    assert "\x1b[" in run("check", "--color", "always").out
    assert "\x1b[" not in run("check").out
    run("check", "--color", "always", "-o", "out")
    assert "\x1b[" in Path("out").read_text(encoding="utf-8")


# -- the other commands, with the rules that there are -----------------------------------------------------------------


def test_rules_are_explained(run: Run) -> None:
    by_name, by_code = run("rule", "oauth-state-missing"), run("rule", "aut401")
    assert by_name == by_code
    assert by_name.out.startswith("AUT401 oauth-state-missing\n")
    for part in ("Level: error", "CWE-352", "\nWhy\n", "\nWhat to do\n", "\nExamples\n", "\nReferences\n  https://"):
        assert part in by_name.out
    assert "«" not in by_name.out
    assert "{{fake" not in run("rule", "AUT101").out
    assert json.loads(run("rule", "AUT401", "--output-format", "json").out)["code"] == "AUT401"


def test_rules_are_listed(run: Run) -> None:
    assert "AUT401  oauth-state-missing" in run("rules").out
    assert "python" in run("rules", "--languages").out.splitlines()[0]
    listed = json.loads(run("rules", "--output-format", "json").out)
    assert next(rule for rule in listed if rule["code"] == "AUT401")["languages"]


def test_a_rule_says_where_a_provider_revokes(run: Run) -> None:
    assert "--provider" in run("rule", "AUT105").out
    said = run("rule", "AUT105", "--provider", "GitHub").out
    assert "3. Revoke the old one: https://github.com/settings/tokens" in said
    assert run("rule", "AUT105", "--provider", "githubb").code == 2


def test_providers(run: Run) -> None:
    assert "AccessIQ" in run("providers").out
    assert "Credentials" in run("providers", "AccessIQ").out
    assert json.loads(run("providers", "accessiq", "--output-format", "json").out)["id"] == "accessiq"
    assert len(json.loads(run("providers", "--output-format", "json").out)) >= 5


def test_facts(run: Run) -> None:
    make("a.md", "# Title\n\n```sh\ncurl https://example.com/\n```\n")
    make("b", "import os\n")
    out = run("facts", "a.md").out.splitlines()
    assert out[0] == "markdown"
    assert "  shell" in out
    assert run("facts", "b", "--language", "py").out.splitlines()[0] == "python"
    make("c", b"\0")
    assert run("facts", "c").err == "error: c: is not text\n"


def test_configuration_keys(run: Run) -> None:
    assert len(run("config").out.splitlines()) == 16
    out = run("config", "fail_on").out
    assert 'Type: "error", "warning", "info", "never"\nDefault: "warning"' in out


# -- the program itself ------------------------------------------------------------------------------------------------


def authlint(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "authlint", *arguments],
        input=stdin,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": ROOT, **environment},
        check=False,
    )


def imported(done: subprocess.CompletedProcess[bytes]) -> set[str]:
    lines = done.stderr.decode().splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


def test_the_version_costs_next_to_nothing() -> None:
    done = authlint("--version")
    assert done.stdout.decode().split() == ["authlint", __version__]
    heavy = {"tree_sitter", "libcst", "hyperscan", "detect_secrets", "rich", "multiprocessing", "pathlib", "json",
             "authlint.engine.linter", "authlint.run.catalog"}  # fmt: skip
    assert imported(done) & heavy == set()


def test_a_clean_file_costs_little() -> None:
    make("a.py", "print('hello')\n")
    done = authlint("check", "a.py")
    assert done.returncode == 0, done.stderr.decode()[-500:]
    heavy = {"tree_sitter", "libcst", "hyperscan", "detect_secrets", "rich", "multiprocessing", "pathspec", "difflib",
             "tomllib", "pathlib", "authlint.facts", "authlint.engine.inspection", "authlint.ruleset.providers",
             "authlint.ruleset.libraries", "authlint.frontends", "authlint.concepts",
             "authlint.secret.redact"}  # fmt: skip
    assert imported(done) & heavy == set()


@pytest.mark.parametrize(("closed", "code", "out"), [(">&-", 1, b""), ("2>&-", 1, b"a.py:1:31:"), ("<&-", 0, b"")])
def test_a_closed_stream_is_an_empty_one(closed: str, code: int, out: bytes) -> None:
    make("a.py", "requests.get('https://a.com', verify=False)\n")
    path = "-" if closed == "<&-" else "a.py"
    command = f"{sys.executable} -m authlint check --output-format concise {path} {closed}"
    environment = {**os.environ, "PYTHONPATH": ROOT}
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stdout[: len(out)], done.stderr) == (code, out, b"")


def test_standard_input_without_a_name_is_said_to_be_plain_text() -> None:
    code = b"import requests\nrequests.get('https://a.com', verify=False)\n"
    assert b"--stdin-filename NAME" in authlint("check", "-", stdin=code).stderr
    for arguments, given in (
        (("--stdin-filename", "a.txt"), code),
        (("--quiet",), code),
        ((), b"#!/usr/bin/env python3\nprint(1)\n"),
    ):
        done = authlint("check", "-", *arguments, stdin=given)
        assert (done.returncode, b"--stdin-filename NAME" in done.stderr) == (0, False)


def test_a_reader_that_leaves_is_no_error() -> None:
    for number in range(200):
        make(f"many/{number}.txt", "x\n" * 10)
    command = f"{sys.executable} -m authlint check many --show-files | head -1"
    environment = {**os.environ, "PYTHONPATH": ROOT}
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=environment, check=False)
    assert done.stdout == b"many/0.txt\n"
    assert done.stderr == b""
