"""Known findings: what the baseline survives, when a line of it dies, how it merges, and what is said of a bad one."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from authlint.cli import main
from authlint.project.baseline import Entry, parse, text
from authlint.ruleset.examples import fake
from authlint.run.session import Session

KEY = fake("ak_live_[A-Za-z0-9]{32}", "baseline")
OTHER = fake("ak_live_[A-Za-z0-9]{32}", "baseline-other")
PASSWORD = "".join(("tr", "ust", "no", "1")) * 2
STORED = "localStorage.setItem('access_token', token);\n"
CODE = f'import os\nKEY = "{KEY}"\n'
CLEARTEXT = f"curl -u admin:{PASSWORD} http://api.corp.net/v1/login\n"
NAME = ".authlint-baseline"
HEADER = "# authlint baseline 1\n"


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "AUTHLINT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "a")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.com")
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(command: str) -> Result:
        with pytest.raises(SystemExit) as end:
            main(command.split())
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert not any(secret in out + err for secret in (KEY[8:], OTHER[8:], PASSWORD))
        return Result(int(end.value.code or 0), out, err)

    return call


def make(path: str, content: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content.encode())


def lines() -> list[str]:
    return [line for line in Path(NAME).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


CHECK = f"check --output-format concise --baseline {NAME}"
ONE_UNUSED = f"warning: {NAME}: 1 line no longer applies; 'authlint baseline prune' takes out what does not\n"


# -- what it is --------------------------------------------------------------------------------------------------------


def test_known_findings_are_not_reported(run: Run) -> None:
    make("src/a.py", CODE)
    make("b.js", STORED)
    assert run("check -q").code == 1
    created = run("baseline create")
    assert created.code == 0
    assert created.out.startswith(f"Wrote {NAME}: 2 findings in 2 files.\n")
    assert [line.split()[:2] for line in lines()] == [["b.js", "AUT201"], ["src/a.py", "AUT101"]]
    assert run(CHECK) == (0, "", "")
    assert run(f"check --baseline {NAME}").err.startswith("No new findings in 3 files (")
    assert run(f"check --baseline {NAME}").err.splitlines()[0].endswith("; 2 in the baseline.")
    make("authlint.toml", f'baseline = "{NAME}"\n')
    assert run("check -q") == (0, "", "")
    assert run("check --baseline= -q").code == 1
    assert run("check --isolated -q").code == 1
    make("c.py", f'K = "{OTHER}"\n')
    result = run(f"check --baseline {NAME}")
    assert (result.code, result.out.count("AUT")) == (1, 1)
    assert " in 5 files; 2 in the baseline.\n" in result.err


def test_it_holds_no_secret_and_no_hash_of_one(run: Run) -> None:
    make("a.py", CODE)
    make("b.sh", CLEARTEXT)
    run("baseline create")
    assert len(lines()) >= 2
    content = Path(NAME).read_text(encoding="utf-8")
    for secret in (KEY, PASSWORD, f"admin:{PASSWORD}", f'"{KEY}"', f'KEY = "{KEY}"', CLEARTEXT.strip()):
        assert secret not in content
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            digest = hashlib.new(algorithm, secret.encode()).hexdigest()
            assert not any(digest[start : start + 12] in content for start in range(len(digest) - 12))


def test_it_is_not_reported_itself(run: Run) -> None:
    make("a.py", CODE + f'OTHER = "{OTHER}"\n')
    make("b.sh", CLEARTEXT)
    make("password token secret.js", STORED)
    run("baseline create --reason legacy")
    for name in (NAME, "baseline.txt", "baseline.env", "baseline.yaml"):
        Path(name).write_bytes(Path(NAME).read_bytes())
        assert run(f"check {name} -q --min-confidence low") == (0, "", "")


def test_it_is_written_the_same_each_time(run: Run) -> None:
    for name in ("b", "a/z", "a.b", "B", "é", "with space", "#hash", '"quoted'):
        make(f"{name}.py", CODE + CODE)
    run("baseline create")
    first = Path(NAME).read_bytes()
    assert lines() == sorted(lines())
    assert len(lines()) == 16
    assert b"\r" not in first
    for command in ("baseline create", "baseline prune", "baseline create -h", "baseline show", CHECK, "check ."):
        run(command)
        assert Path(NAME).read_bytes() == first
    assert run(CHECK) == (0, "", "")


@pytest.mark.parametrize(
    "path",
    [
        "a.py",
        "a b.py",
        "é/ü.py",
        "#a",
        '"a"',
        "a#b",
        "a\\b",
        "a\nb",
        "a\u202eb",
        "=======",
        "<<<<<<<",
        "a\u00a0b",
        "\udcff.py",
    ],
)
@pytest.mark.parametrize("reason", ["", "legacy", "see #12, is it # gone?"])
def test_every_path_can_be_written_and_read(path: str, reason: str) -> None:
    entry = Entry(path, "AUT101", "0123456789abcdef-12", reason)
    written = text([entry])
    assert list(parse(written, "x")) == [entry]
    assert list(parse(written.replace("\n", "\r\n"), "x")) == [entry]
    assert len(written.splitlines()) == len(text([]).splitlines()) + 1


# -- what it survives, and what not ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.py", f'import os\n\n\n# more\nKEY = "{KEY}"\n'),
        ("a.py", f'import os\nTOKEN_OF_THE_SERVICE = "{KEY}"\n'),
        ("a.py", f'import os\nKEY = "{KEY}"  # a comment\nOTHER_NAME = 1\n'),
        ("a.py", CODE.replace("\n", "\r\n")),
        ("moved/to/b.py", CODE),
        ("moved/to/b.py", f"\n\n{CODE}"),
    ],
)
def test_what_it_survives(run: Run, path: str, content: str) -> None:
    make("a.py", CODE)
    run("baseline create --reason legacy")
    Path("a.py").unlink()
    make(path, content)
    assert run(CHECK) == (0, "", "")
    assert run(f"{CHECK} {path}") == (0, "", "")
    run("baseline prune")
    [line] = lines()
    assert (line.split()[0], line.partition("  # ")[2]) == (path, "legacy")
    assert run("baseline prune --check").code == 0


@pytest.mark.parametrize(
    ("files", "reported", "unused"),
    [
        ({"a.py": CODE.replace(KEY, OTHER)}, ["a.py:2"], 1),
        ({"a.py": CODE + f'AGAIN = "{KEY}"\n'}, ["a.py:3"], 0),
        ({"a.py": CODE, "copy.py": CODE}, ["copy.py:2"], 0),
        ({"a.py": "import os\n"}, [], 1),
        ({"a.py": "import os\n", "b.py": CODE}, ["b.py:2"], 1),
        ({"b.py": CODE.replace(KEY, OTHER)}, ["b.py:2"], 1),
        ({}, [], 1),
    ],
)
def test_what_it_does_not_hide(run: Run, files: dict[str, str], reported: list[str], unused: int) -> None:
    make("a.py", CODE)
    run("baseline create")
    before = Path(NAME).read_bytes()
    Path("a.py").unlink()
    for path, content in files.items():
        make(path, content)
    result = run(CHECK)
    assert [":".join(line.split(":")[:2]) for line in result.out.splitlines()] == reported
    assert (result.code, result.err) == (int(bool(reported)), ONE_UNUSED if unused else "")
    assert run(f"{CHECK} -q").err == ""
    assert Path(NAME).read_bytes() == before
    assert run("baseline prune --check").code == unused
    assert Path(NAME).read_bytes() == before
    pruned = run("baseline prune")
    assert pruned.code == 0
    assert pruned.out.count("a.py: AUT101 no longer applies\n") == unused
    assert len(lines()) == 1 - unused


def test_a_run_that_sees_less_calls_nothing_unused(run: Run) -> None:
    make("a.py", CODE)
    make("b.py", "import os\n")
    run("baseline create")
    make("a.py", "import os\n")
    assert run(f"{CHECK} b.py").err == ""
    assert run(f"{CHECK} --select AUT4").err == ""
    assert run(f"{CHECK} a.py").err == ONE_UNUSED
    Path("a.py").unlink()
    assert run(f"{CHECK} b.py").err == ""
    assert run(CHECK).err == ONE_UNUSED


def test_standard_input_is_known_by_its_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    make("a.py", CODE)
    run("baseline create")
    for arguments, code in (("- --stdin-filename a.py", 0), ("- --stdin-filename b.py", 1), ("-", 1)):
        with Path("a.py").open(encoding="utf-8") as stream:
            monkeypatch.setattr("sys.stdin", stream)
            assert run(f"{CHECK} {arguments}").code == code


def test_paths_are_from_where_the_baseline_is(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("sub/a.py", CODE)
    make("b.py", CODE)
    make("authlint.toml", 'baseline = "known/list"\n')
    Path("known").mkdir()
    assert run("baseline create").code == 0
    assert [line.split()[0] for line in Path("known/list").read_text().splitlines()[-2:]] == ["../b.py", "../sub/a.py"]
    monkeypatch.chdir(here / "sub")
    assert run("check -q") == (0, "", "")
    assert run(f"check -q {here / 'b.py'}") == (0, "", "")


def test_flake8_and_editors_know_it_too(run: Run) -> None:
    make("a.py", CODE)
    run("baseline create")
    make("authlint.toml", f'baseline = "{NAME}"\n')
    session = Session()
    assert [*session.messages("a.py", CODE)] == []
    assert len([*session.messages("a.py", CODE.replace(KEY, OTHER))]) == 1
    Path("a.py").unlink()
    moved = Session()
    assert [[*moved.messages("b.py", CODE)] for _ in range(2)] == [[], []]


# -- reasons, parts, problems ------------------------------------------------------------------------------------------


def test_reasons_stay(run: Run) -> None:
    make("a.py", CODE)
    run("baseline create")
    Path(NAME).write_text(Path(NAME).read_text().rstrip("\n") + "  # revoked, see #12\n")
    make("b.py", CODE.replace(KEY, OTHER))
    make("a.py", f"\n{CODE}")
    run("baseline create --reason later")
    assert [line.partition("  # ")[2] for line in lines()] == ["revoked, see #12", "later"]
    Path("b.py").unlink()
    run("baseline prune")
    assert [line.partition("  # ")[2] for line in lines()] == ["revoked, see #12"]


def test_making_it_for_a_part_leaves_the_rest(run: Run) -> None:
    make("one/a.py", CODE)
    make("two/b.py", CODE)
    run("baseline create --reason first")
    make("one/a.py", CODE.replace(KEY, OTHER))
    make("two/b.py", "import os\n")
    run("baseline create one")
    assert [(line.split()[0], line.partition("  # ")[2]) for line in lines()] == [
        ("one/a.py", ""),
        ("two/b.py", "first"),
    ]


def test_what_could_not_be_looked_at_stays(run: Run) -> None:
    make("a.py", CODE)
    run("baseline create")
    make("authlint.toml", "max-file-size = 30\n")
    for command in ("prune", "create"):
        result = run(f"baseline {command}")
        assert result.code == 2
        assert "error: a.py: is larger than" in result.err
        assert len(lines()) == 1
    assert "a.py: AUT101 was not checked" in run("baseline show").out


def test_show(run: Run) -> None:
    make("a.py", CODE)
    make("b.py", CODE)
    run("baseline create --reason legacy")
    make("b.py", "\n")
    result = run("baseline show")
    assert result.code == 0
    assert result.out.splitlines()[0].startswith("a.py:2: AUT101 live AccessIQ-style key")
    assert result.out.splitlines()[1] == "b.py: AUT101 no longer applies  # legacy"
    rows = json.loads(run("baseline show --output-format json").out)["entries"]
    assert [(row["path"], row["line"], row["state"], row["reason"]) for row in rows] == [
        ("a.py", 2, "applies", "legacy"),
        ("b.py", None, "unused", "legacy"),
    ]


# -- bad input ---------------------------------------------------------------------------------------------------------

GOOD = f"{HEADER}a.py AUT101 0123456789abcdef\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "there is no such baseline; 'authlint baseline create' makes one"),
        ("", "is empty, and no baseline; 'authlint baseline create' makes one"),
        ('{"results": {}}', "is no baseline of authlint's: it does not begin with '# authlint baseline 1'"),
        (GOOD.replace("line 1", "line 2"), "is a baseline of version 2, and this authlint reads version 1"),
        (f"{GOOD}a.py AUT101\n", "3: is not 'PATH CODE CONTENT', as 'authlint baseline create' writes it"),
        (f"{GOOD}a b.py AUT101 0123456789abcdef\n", "3: is not 'PATH CODE CONTENT', as"),
        (f"{GOOD}a.py AUT101 0123\n", "3: is not 'PATH CODE CONTENT', as"),
        (f'{GOOD}"a\\q.py" AUT101 0123456789abcdef\n', "3: is not 'PATH CODE CONTENT', as"),
        (f"{GOOD}<<<<<<< HEAD\n=======\n>>>>>>> other\n", "3: is in a merge conflict; keep the lines of both sides"),
        (f"<<<<<<< HEAD\n{GOOD}", "1: is in a merge conflict; keep the lines of both sides, not the markers"),
        ("\xff\xfe", "is no baseline of authlint's: it is not UTF-8"),
    ],
)
def test_a_bad_baseline_is_refused_in_one_sentence(run: Run, content: str | None, says: str) -> None:
    make("a.py", CODE)
    if content is not None:
        Path(NAME).write_bytes(content.encode("latin-1"))
    for command in (CHECK, "baseline prune", "baseline show", "baseline create"):
        if content is None and command.endswith("create"):
            continue
        result = run(command)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"error: {NAME}:")
        assert says in result.err
        assert result.err.count("\n") == 1
    assert Path(NAME).exists() == (content is not None)


def test_other_bad_input(run: Run) -> None:
    Path("folder").mkdir()
    assert run("check --baseline folder").err == "error: folder: cannot be read: Is a directory\n"
    assert (
        run("baseline create --baseline no/such").err
        == "error: no/such: cannot be written: No such file or directory\n"
    )
    assert run("baseline").code == 2
    assert run("baseline made").code == 2
    assert run("baseline create --isolated --config x").code == 2
    assert run("baseline create missing.py").code == 2


def test_a_good_one_may_be_put_together_by_hand(run: Run) -> None:
    make("a.py", CODE)
    make("b.py", CODE)
    run("baseline create")
    first, second = lines()
    Path(NAME).write_text(
        f"\ufeff{HEADER}{HEADER}\n# mine\n{second}   \n{first}  # why\n{second}\n{first}\n", encoding="utf-8"
    )
    assert run(CHECK) == (0, "", "")
    run("baseline prune")
    assert lines() == [f"{first}  # why", second]


# -- merging -----------------------------------------------------------------------------------------------------------


def branch(run: Run, name: str, path: str) -> None:
    git("checkout", "-q", "-b", name, "start")
    make(path, CODE.replace(KEY, fake("ak_live_[A-Za-z0-9]{32}", path)))
    run("baseline create")
    git("add", "-A")
    git("commit", "-q", "-m", name)


@pytest.mark.parametrize("old", [{}, {"a.py": CODE}, {"a.py": CODE, "x.py": CODE}])
@pytest.mark.parametrize("made_before", [True, False])
def test_two_branches_that_add_findings_merge(run: Run, old: dict[str, str], made_before: bool) -> None:
    git("init", "-q")
    make(".gitignore", "*.tmp")
    for path, content in old.items():
        make(path, content)
    if made_before:
        assert f"Added '{NAME} merge=union' to .gitattributes" in run("baseline create").out
        assert "gitattributes" not in run("baseline create").out
    git("add", "-A")
    git("commit", "-q", "-m", "start")
    git("branch", "start")
    branch(run, "one", "m.py")
    branch(run, "two", "n.py")
    git("merge", "-q", "one")
    assert git("status", "--porcelain") == ""
    assert sorted(line.split()[0] for line in lines()) == sorted([*old, "m.py", "n.py"])
    assert run(CHECK) == (0, "", "")
    merged = sorted(lines())
    run("baseline prune")
    assert lines() == merged


def test_git_attributes_are_the_users(run: Run) -> None:
    make("a.py", CODE)
    run("baseline create")
    assert not Path(".gitattributes").exists()
    git("init", "-q")
    run("baseline create --no-gitattributes")
    assert not Path(".gitattributes").exists()
    make(".gitattributes", "*.txt text")
    run("baseline create")
    assert Path(".gitattributes").read_text() == f"*.txt text\n{NAME} merge=union\n"
    make(".gitattributes", f"/{NAME} -merge\n")
    run("baseline create")
    assert Path(".gitattributes").read_text() == f"/{NAME} -merge\n"
