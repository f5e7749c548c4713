"""What is staged, what a change adds and what the history holds, in real repositories made here."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authlint.cli import main
from authlint.git.changes import parse, since, unquoted
from authlint.git.reading import changed
from authlint.git.repository import GitError, Objects, Repository
from authlint.project.files import Target
from authlint.run.outcome import Outcome
from authlint.run.runner import Lint

ROOT = Path(__file__).parents[2]
KEY = "ak_live_" + "Zk3vQ9wLr7Tx" * 2  # made here, so that no file of ours holds them
OTHER = "ak_live_" + "Qm8sB4nVc2Jd" * 2
LINE, OTHER_LINE = f'key = "{KEY}"\n', f'other = "{OTHER}"\n'


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def places(self) -> list[str]:
        """``path:line`` of each finding."""
        return [":".join(line.split(":")[:2]) for line in self.out.splitlines()]


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config").touch()
    for name, value in {
        "GIT_CONFIG_GLOBAL": str(tmp_path / "config"), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_AUTHOR_DATE": "2024-05-01T10:00:00+02:00",
        "GIT_COMMITTER_NAME": "Bob", "GIT_COMMITTER_EMAIL": "b@example.com",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    git("init", "-q", "-b", "main", str(tmp_path / "repo"))
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path / "repo"


@pytest.fixture
def check(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def call(*arguments: str, form: str = "concise") -> Result:
        with pytest.raises(SystemExit) as end:
            main(["check", "--output-format", form, *arguments])
        out, err = (part.decode() for part in capfdbinary.readouterr())
        assert "Traceback" not in err
        assert KEY not in out + err
        return Result(int(end.value.code or 0), out, err)

    return call


def git(*arguments: str, given: bytes = b"") -> str:
    done = subprocess.run(["git", *arguments], check=False, input=given, capture_output=True)
    assert not done.returncode, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode().strip()


def put(path: str, text: str | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text if isinstance(text, bytes) else text.encode())


def commit(message: str = "c", **files: str | bytes) -> str:
    """Commit everything there is; ``a_py`` stands for ``a.py``."""
    for name, text in files.items():
        put(name.replace("_", "."), text)
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", message)
    return git("rev-parse", "HEAD")


def past(check: Run, *arguments: str) -> list[tuple[str, int, str, bool]]:
    """Path, line, commit and whether it is still there, of what is found in the history."""
    found = json.loads(check(*(arguments or ("--history",)), form="json").out)["findings"]
    return [(f["path"], f["line"], f["commit"]["id"], f["commit"]["in_head"]) for f in found]


# -- what is staged ----------------------------------------------------------------------------------------------------


def test_the_index_counts_and_not_the_work_tree(check: Run) -> None:
    put("a.py", LINE)
    git("add", "a.py")  # before there is any commit
    put("a.py", "key = None\n")
    put("b.py", LINE)
    result = check("--staged")
    assert (result.code, result.places) == (1, ["a.py:1"])
    assert "ak_live_…" in check("--staged", form="text").out  # the frame shows what is staged as well
    git("add", "a.py")
    assert check("--staged") == (0, "", "")


def test_only_lines_that_are_staged_count(check: Run) -> None:
    commit(a_py=f"{LINE}x = 1\n")
    put("a.py", f"{LINE}x = 2\n{OTHER_LINE}")
    git("add", "a.py")
    assert check("--staged").places == ["a.py:3"]
    put("a.py", "x = 2\n")
    git("add", "a.py")
    assert check("--staged") == (0, "", "")  # a secret that goes blocks nothing


def test_an_empty_selection_is_said_aloud(check: Run) -> None:
    base = commit(a_py="x = 1\n")
    assert check("--staged") == (0, "", "warning: nothing is staged that could be checked\n")
    assert check("--diff", base) == (0, "", f"warning: no line was added since '{base}'\n")
    assert check("--since", base).err == f"warning: no commit since '{base}' brought a file to check\n"
    put("node_modules/a.js", LINE)
    git("add", "-f", ".")
    assert check("--staged").err == "warning: nothing is staged that could be checked (1 excluded)\n"
    assert check("--staged", "no/where").err == "warning: nothing is staged that could be checked under no/where\n"


def test_what_gitignore_names_is_checked_if_it_is_staged(check: Run) -> None:
    put(".gitignore", ".env\n")
    put(".env", f"API_KEY={KEY}\n")
    git("add", "-f", ".env")
    seen = check("--staged")
    assert seen.places == [".env:1", ".env:1"]
    assert "AUT101" in seen.out
    assert ".env holds 1 credential and is tracked by git" in seen.out


def test_paths_limit_what_is_looked_at(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("a/x.py", "b/x.py", "*/x.py"):
        put(path, LINE)
    git("add", "-A")
    assert check("--staged", "b").places == ["b/x.py:1"]
    assert check("--staged", "*").places == ["*/x.py:1"]
    monkeypatch.chdir("a")
    assert check("--staged", ".").places == ["x.py:1"]
    assert check("--staged").places == ["x.py:1"]
    result = check("--staged", "..", "../..")
    assert (result.code, result.out) == (2, "")
    assert re.fullmatch(r"error: \.\./\.\.: is not in the repository \S*\n", result.err)


def test_settings_and_ignores_apply(check: Run) -> None:
    put("authlint.toml", 'extend-exclude = ["gen"]\n[per-file-ignores]\n"b.py" = ["AUT1"]\n')
    put("gen/a.py", LINE)
    put("b.py", LINE)
    put("c.py", LINE.replace("\n", "  # authlint: ignore[AUT101] on purpose\n"))
    git("add", "-A")
    assert check("--staged").out == ""
    put("sub/authlint.toml", "nonsense = 1\n")
    put("sub/a.py", LINE)
    put("d.py", LINE)
    git("add", "-A")
    result = check("--staged")
    assert (result.code, result.places) == (2, ["d.py:1"])
    assert result.err.count("sub/authlint.toml") == 1


def test_a_merge_conflict_is_said(check: Run) -> None:
    commit(a_py="x = 1\n")
    git("checkout", "-qb", "other")
    commit(a_py="x = 2\n")
    git("checkout", "-q", "main")
    commit(a_py="x = 3\n")
    subprocess.run(["git", "merge", "-q", "other"], check=False, capture_output=True)
    result = check("--staged")
    assert (result.code, result.err) == (2, "error: a.py: is in a merge conflict; nothing of it is staged\n")


def test_links_and_submodules_are_left_out(check: Run, tmp_path: Path) -> None:
    commit(a_py="x = 1\n")
    git("init", "-q", str(tmp_path / "inner"))
    put(str(tmp_path / "inner/a.py"), LINE)
    git("-C", str(tmp_path / "inner"), "add", ".")
    git("-C", str(tmp_path / "inner"), "commit", "-qm", "c")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "inner")
    os.symlink(f"key={KEY}", "link")
    git("add", "link")
    assert check("--staged").places == []
    base = commit()
    put("inner/b.py", LINE)
    assert past(check) == []
    os.unlink("a.py")
    os.symlink("inner/a.py", "a.py")
    assert check("--diff", base).places == []


# -- what a change adds ------------------------------------------------------------------------------------------------


def test_lines_that_a_change_adds(check: Run) -> None:
    base = commit(a_py=LINE, b_py="x = 1\n", gone_py=LINE)
    commit(b_py=f"x = 1\n{LINE}")
    os.unlink("gone.py")
    put("a.py", f"\n\n{LINE}y = 1\n{OTHER_LINE}")
    put("staged.py", OTHER_LINE)
    git("add", "staged.py")
    put("unknown.py", LINE)  # git does not know it
    assert sorted(check("--diff", base).places) == ["a.py:5", "b.py:2", "staged.py:1"]
    assert check("--diff", base, "--show-files").out.splitlines() == ["a.py", "b.py", "staged.py"]


def test_what_others_have_added_since_is_not_ours(check: Run) -> None:
    commit(a_py="x = 1\n")
    git("checkout", "-qb", "work")
    commit(b_py=LINE)
    git("checkout", "-q", "main")
    commit(a_py=f"x = 1\n{OTHER_LINE}")
    git("checkout", "-q", "work")
    assert check("--diff", "main").places == ["b.py:1"]
    git("merge", "-q", "main")
    assert check("--diff", "main").places == ["b.py:1"]


def test_without_a_common_commit_all_is_compared(check: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(a_py=LINE)
    git("checkout", "-q", "--orphan", "other")
    commit(b_py=OTHER_LINE, a_py=LINE)
    result = check("--diff", "main")
    assert result.places == ["b.py:1"]
    assert result.err == "warning: 'main' and HEAD have no common commit here; they are compared as they are\n"


def test_a_file_that_was_renamed_has_the_lines_it_had(check: Run) -> None:
    text = "".join(f"x{number} = {number}\n" for number in range(20))
    base = commit(a_py=LINE + text)
    git("mv", "a.py", "b.py")
    put("b.py", LINE + text + OTHER_LINE)
    git("add", "-A")
    assert check("--staged").places == ["b.py:22"]
    assert check("--diff", base).places == ["b.py:22"]


@pytest.mark.parametrize(
    "name", ["a b.py", "ä.py", 'q"uo\\te.py', "tab\t.py", "new\nline.py", "-n.py", "b/b/c.py", " .py", "x\x01.py"]
)
def test_odd_names(check: Run, name: str) -> None:
    base = commit(z_py="x = 1\n")
    put(name, "x = 1\n" + LINE)
    git("add", "-A")
    shown = re.sub("[\x00-\x08\n]", lambda match: f"\\x{ord(match[0]):02x}", name)
    assert check("--staged", "--show-files").out == shown + "\n"
    assert check("--staged").out.startswith(f"{shown}:2:")
    assert check("--diff", base).out.startswith(f"{shown}:2:")
    commit()
    assert [(path, line) for path, line, *_ in past(check)] == [(shown, 2)]


def test_a_name_that_is_no_text(check: Run) -> None:
    if sys.platform != "linux":
        pytest.skip("such names cannot be made")
    Path(os.fsdecode(b"\xff.py")).write_text(LINE, encoding="utf-8")
    git("add", "-A")
    assert check("--staged").out.startswith("\\udcff.py:1:")
    commit()
    assert [path for path, *_ in past(check)] == ["\\udcff.py"]


def test_lines_are_counted_as_git_does(check: Run) -> None:
    old = f"a = 1\r{LINE.strip()}\rb = 2\n"  # carriage returns alone are no lines to git
    base = commit(a_py=old.encode(), b_py=b"x = 1\r\n" + LINE.encode())
    put("a.py", (old + "c = 3\n").encode())
    put("b.py", ("\ufeffx = 1\r\ny = 1\r\n" + OTHER_LINE + LINE).encode())
    assert check("--diff", base).places == ["b.py:3"]
    put("a.py", (old + f"c = 3\r{OTHER_LINE}").encode())
    assert [place for place in check("--diff", base).places if place.startswith("a")] == ["a.py:5"]


def test_text_is_never_taken_for_a_header(check: Run) -> None:
    base = commit(a_py="x = 1\n")
    trap = "++ b/other.py\n@@ -0,0 +100,1 @@\ndiff --git a/z.py b/z.py\ncommit " + "0" * 40 + "\n-- a/z.py\n"
    put("a.py", f"x = 1\n{trap}{LINE}")
    assert check("--diff", base).places == ["a.py:7"]
    name = commit()
    assert past(check) == [("a.py", 7, name, True)]


def test_an_attribute_hides_nothing(check: Run) -> None:
    base = commit(a_py="x = 1\n", _gitattributes="*.py -diff binary\n")
    put("a.py", f"x = 1\n{LINE}")
    assert check("--diff", base).places == ["a.py:2"]
    git("add", "-A")
    assert check("--staged").places == ["a.py:2"]
    name = commit()
    assert past(check) == [("a.py", 2, name, True)]


# -- the history -------------------------------------------------------------------------------------------------------


def test_each_finding_has_its_first_commit(check: Run) -> None:
    first = commit(a_py=LINE)
    commit(a_py=f"x = 1\n{LINE}")
    second = commit(a_py=f"x = 1\n{LINE}{OTHER_LINE}")
    commit(a_py=f"x = 1\n{OTHER_LINE}")
    assert past(check) == [("a.py", 1, first, False), ("a.py", 3, second, True)]
    finding = json.loads(check("--history", form="json").out)["findings"][0]
    assert finding["commit"] == {
        "id": first, "date": "2024-05-01T10:00:00+02:00", "author": "Ann", "in_head": False
    }  # fmt: skip
    result = check("--history", form="text")
    assert f"  commit: {first[:12]} of 2024-05-01 by Ann; no longer in HEAD\n" in result.out
    assert f"  commit: {second[:12]} of 2024-05-01 by Ann; still in HEAD\n" in result.out
    assert result.err == "Found 2 findings (2 errors) in 1 file of 4 commits.\n"
    assert past(check, "--since", first) == [("a.py", 3, second, True)]


def test_reports_say_which_commit_it_was(check: Run) -> None:
    name = commit(a_py=LINE)
    secrets = json.loads(check("--history", form="gitlab-secrets").out)
    told = {"sha": name, "author": "Ann", "date": "2024-05-01T10:00:00+02:00"}
    assert secrets["vulnerabilities"][0]["location"]["commit"] == told
    sarif = json.loads(check("--history", form="sarif").out)["runs"][0]["results"][0]
    assert sarif["properties"]["commit"] == {
        "id": name, "date": "2024-05-01T10:00:00+02:00", "author": "Ann", "in_head": True
    }  # fmt: skip
    assert check("--history", form="csv").out.splitlines()[1].endswith(f",{name}")
    page = check("--history", form="html").out
    assert f'<p title="{name}"><b>Commit:</b> {name[:12]} of 2024-05-01 by Ann; still in HEAD</p>' in page


def test_one_version_is_linted_for_all_whose_lines_it_has(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bytes] = []
    lint = Lint.bytes

    def noted(self: Lint, raw: bytes, target: Target) -> Outcome:
        calls.append(raw)
        return lint(self, raw, target)

    monkeypatch.setattr(Lint, "bytes", noted)
    text = ""
    for number in range(12):
        text += f"password_{number} = 'Zk3vQ9wLr7T{number}'\n"
        last = commit(a_py=text)
    result = check("--history", "--jobs", "1", form="json")
    found = json.loads(result.out)["findings"]
    assert [finding["line"] for finding in found] == list(range(1, 13))
    assert len({finding["commit"]["id"] for finding in found}) == 12
    assert found[-1]["commit"]["id"] == last
    assert calls.count(text.encode()) == 2  # for all, and to see what is still there
    assert len(calls) == 2 + 11  # and each commit's own place of what it brought


def test_what_goes_and_comes_again_is_found(check: Run) -> None:
    first = commit(a_py=LINE)
    commit(a_py="x = 1\n")
    commit(a_py=f"x = 1\n{LINE}")
    second = commit(a_py=f"x = 1\n{OTHER_LINE}")
    commit(a_py="x = 1\n")
    assert past(check) == [("a.py", 1, first, False), ("a.py", 2, second, False)]


def test_many_versions_are_looked_at_a_part_at_a_time(check: Run) -> None:
    for number in range(60):
        commit(a_py=f"{LINE if number < 55 else ''}x = {number}\n{OTHER_LINE if number > 50 else ''}")
    found = past(check)
    assert [(path, line, there) for path, line, _, there in found] == [("a.py", 1, False), ("a.py", 3, True)]


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_lines_that_differ_stand_between_those_that_do_not(before: bytes, old: bytes, new: bytes, after: bytes) -> None:
    one, other = before + old + after, before + new + after
    begin, old_end, end = changed(one, other)
    assert one[:begin] == other[:begin]
    assert one[old_end:] == other[end:]
    assert not begin or one[begin - 1 : begin] == b"\n"
    assert begin <= old_end
    assert begin <= end


def test_branches_tags_and_stashes_count_and_head_alone_since_a_revision(check: Run) -> None:
    base = commit(a_py="x = 1\n")
    git("checkout", "-qb", "other")
    other = commit(b_py=LINE)
    git("checkout", "-q", "main")
    put("a.py", OTHER_LINE)
    git("stash", "-q")
    assert {path: there for path, _, _, there in past(check)} == {"b.py": False, "a.py": False}
    assert {path: name for path, _, name, _ in past(check)}["b.py"] == other
    assert past(check, "--since", base) == []


def test_what_a_merge_brings_in_is_found(check: Run) -> None:
    commit(a_py="x = 1\ny = 1\nz = 1\n")
    git("checkout", "-qb", "other")
    commit(a_py="x = 2\ny = 1\nz = 1\n")
    git("checkout", "-q", "main")
    commit(a_py="x = 1\ny = 1\nz = 2\n")
    git("merge", "-q", "--no-commit", "other")
    merge = commit(a_py=f"x = 2\n{LINE}z = 2\n")
    assert past(check) == [("a.py", 2, merge, True)]


def test_a_file_that_moves_is_followed(check: Run) -> None:
    text = "".join(f"x{number} = {number}\n" for number in range(20))
    first = commit(a_py=LINE + text)
    git("mv", "a.py", "b.py")
    commit()
    git("mv", "b.py", "c.py")
    commit(c_py=text + LINE)
    assert past(check) == [("a.py", 1, first, True)]
    commit(c_py=text)
    assert past(check) == [("a.py", 1, first, False)]


def test_a_file_that_moves_as_it_is_is_still_there(check: Run) -> None:
    first = commit(**{"a/x.py": LINE})
    os.rename("a", "b")
    commit()
    assert past(check) == [("a/x.py", 1, first, True)]


def test_what_stands_in_a_fence_is_found(check: Run) -> None:
    text = "# Use\n\n```js\n" + "let x = 1;\n" * 10
    commit(a_md=f"{text}```\n")
    name = commit(a_md=f"{text}const client_secret = 'Zk3vQ9wLr7Tx';\n```\n")
    assert past(check) == [("a.md", 14, name, True)]


def test_a_value_that_is_new_beside_an_old_name_is_found(check: Run) -> None:
    lines = ["let a = {"] + [f"    x{number}: {number}," for number in range(40)] + ["};"]
    commit(a_js="\n".join([*lines, "const client_secret =", "    load();", ""]))
    lines[20] = "    password: 'Zk3vQ9wLr7Tx',"
    middle = commit(a_js="\n".join([*lines, "const client_secret =", "    load();", ""]))
    last = commit(a_js="\n".join([*lines, "const client_secret =", "    'Qm8sB4nVc2JdZk3v';", ""]))
    assert past(check) == [("a.js", 21, middle, True), ("a.js", 44, last, True)]


def private_key(seed: int, opener: str = "") -> str:
    """Something that looks like a private key, each line after ``opener``."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = ["".join(chance.choices(letters, k=64)) for _ in range(6)]
    return "".join(f"{opener}{line}\n" for line in [f"-----BEGIN RSA {'PRIVATE'} KEY-----", *body])


def test_each_of_several_private_keys_is_found(check: Run) -> None:
    """All that is flagged of them is the same."""
    commits = [commit(a_pem=private_key(seed)) for seed in range(3)]
    commit(a_pem="")
    assert [name for _, _, name, _ in past(check)] == commits


def test_a_private_key_that_is_commented_out_is_found(check: Run) -> None:
    name = commit(a_go="package main\n\n" + private_key(1, "// "))
    assert past(check) == [("a.go", 3, name, True)]


def test_a_new_value_beside_lines_of_old_secrets_is_found(check: Run) -> None:
    """What is old concerns every rule that the new line does, and the new line by itself none."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
             for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": "u-83920"}, {"sub": "u-11718"})]  # fmt: skip

    def token(claims: str, end: str) -> str:
        return f'token = (\n    "{parts[0]}."\n    "{claims}."\n    "{end}"\n)\n'

    commit(a_py=token(parts[1], "Zk3vQ9wLr7TxQm8sB4nVc2JdHf6yPb1Xg5Ma0Ue7KtN"))
    second = commit(a_py=token(parts[2], "Hf6yPb1Xg5Ma0Ue7KtNZk3vQ9wLr7TxQm8sB4nVc2Jd"))
    commit(a_py="")
    assert second in {name for _, _, name, _ in past(check)}
    assert len(past(check)) == 2


def test_what_moves_to_where_it_counts_is_found(check: Run) -> None:
    """In tests a private key is none: it was made to test with."""
    commit(**{"tests/a.pem": private_key(1)})
    os.rename("tests", "deploy")
    name = commit()
    assert past(check) == [("deploy/a.pem", 1, name, True)]


def test_what_becomes_a_finding_by_a_change_elsewhere_is_found(check: Run) -> None:
    commit(a_py=f"{LINE[:-1]}  # authlint: ignore[AUT101, AUT103]\n" + "x = 1\n" * 10)
    assert past(check) == []
    name = commit(a_py=LINE + "x = 1\n" * 10)
    assert past(check) == [("a.py", 1, name, True)]


_PIECES = (
    LINE, OTHER_LINE, "import jwt\n", "client_secret =\\\n", "    'Qm8sB4nVc2JdZk3v'\n", "password = 'Zk3vQ9wLr7Tx'\n",
    "x = 1\n", "# c\n", "jwt.encode({'sub': u, 'exp': e}, key, algorithm='HS256')\n", "key = 'Wd9rTq2LmX'\n",
    "config = {\n", "    'api_key':\n", "        'Zk3vQ9wLr7TxQm8sB4nV',\n", "}\n", "def f(token='Qm8sB4nVc2Jd'):\n",
    "    pass\n",
)  # fmt: skip
_PLACES = "a.py", "b.py", "tests/a.py", "config/settings.py", "c.yml"


def content(finding: dict[str, str]) -> str:
    """What is found, wherever it stands and however often."""
    return finding["fingerprint"][8:].partition("-")[0]


@pytest.mark.parametrize("seed", range(6))
def test_what_any_commit_holds_is_in_the_history(check: Run, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    held: dict[str, set[str]] = {}
    lines: dict[str, list[str]] = {path: [] for path in _PLACES}
    for _ in range(14):
        for path in chance.sample(_PLACES, 2):
            text = lines[path]
            for _ in range(chance.randint(1, 3)):
                at = chance.randint(0, len(text))
                text[at : at + chance.randint(0, 2)] = chance.choices(_PIECES, k=chance.randint(0, 3))
            if chance.random() < 0.15:
                other = chance.choice(_PLACES)
                lines[other], lines[path] = text, []
        for path, text in lines.items():
            put(path, "".join(text))
        name = commit()
        now = json.loads(check("--select", "AUT1", "--min-confidence", "low", ".", form="json").out)["findings"]
        for finding in now:
            held.setdefault(content(finding), set()).add(f"{name[:8]} {finding['path']}:{finding['line']}")
    found = json.loads(check("--history", "--min-confidence", "low", form="json").out)["findings"]
    told = {content(finding) for finding in found}
    assert {one: places for one, places in held.items() if one not in told} == {}
    assert len(held) > 1


def test_what_git_has_lost_costs_nothing_else(check: Run) -> None:
    commit(a_py=LINE)
    lost = commit(b_py="x = 1\n")
    blob = git("rev-parse", f"{lost}:b.py")
    commit(c_py=OTHER_LINE, b_py="x = 2\n")
    commit(d_py=OTHER_LINE + "x = 1\n")
    path = Path(f".git/objects/{blob[:2]}/{blob[2:]}")
    path.chmod(0o600)
    path.unlink()
    result = check("--history")
    assert (result.code, sorted(result.places)) == (2, ["a.py:1", "c.py:1", "d.py:1"])
    assert result.err == "error: b.py: cannot be read: git does not have its content here\n"


def test_what_two_files_hold_is_told_twice_unless_it_is_the_same(check: Run) -> None:
    first = commit(a_py=LINE, b_py=LINE)
    second = commit(c_py=f"x = 1\n{LINE}")
    os.unlink("a.py")
    commit()
    assert past(check) == [("a.py", 1, first, True), ("c.py", 2, second, True)]


def test_the_history_is_asked_for_credentials_unless_rules_are_named(check: Run) -> None:
    commit(a_py="import requests\nrequests.get('http://api.example.org/v1/token', headers={'Authorization': t})\n")
    everything = check("--history", "--select", "ALL")
    assert check("--history").out == ""
    assert check("--history", "--select", "AUT3").out == everything.out


def test_names_of_people_drive_no_terminal(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "A\x1b[31m\u202en")
    commit(a_py=LINE)
    for form in ("text", "json"):
        result = check("--history", form=form)
        assert "\x1b" not in result.out
        assert "\u202e" not in result.out
        assert "31m" in result.out


def test_a_baseline_knows_what_is_in_the_history(check: Run) -> None:
    commit(a_py=LINE)
    with pytest.raises(SystemExit):
        main(["baseline", "create", "--no-gitattributes"])
    check("--baseline", "")
    os.unlink("a.py")
    commit()
    result = check("--history", "--baseline", ".authlint-baseline")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_large_and_binary_files_in_the_past(check: Run) -> None:
    put("authlint.toml", "max-file-size = 1000\n")
    commit(a_py=LINE + "#" * 1000, b_bin=b"\0" + LINE.encode(), c_py=LINE)
    result = check("--history")
    assert (result.code, result.places) == (2, ["c.py:1"])
    assert result.err == "error: a.py: is larger than 'max-file-size' (1,000 bytes) and was not checked\n"


# -- repositories of all kinds -----------------------------------------------------------------------------------------


def test_a_bare_repository_has_a_history_only(check: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = commit(a_py=LINE)
    git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    assert past(check, "--history", str(tmp_path / "bare")) == [("a.py", 1, name, True)]
    monkeypatch.chdir(tmp_path / "bare")
    assert past(check) == [("a.py", 1, name, True)]
    for option in (["--staged"], ["--diff", "HEAD"]):
        result = check(*option)
        assert (result.code, result.out) == (2, "")
        assert re.fullmatch(r"error: \S*: is a repository without a work tree, so it has no .* to check\n", result.err)


def test_a_shallow_clone_says_so(check: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(a_py=LINE)
    top = commit(b_py=OTHER_LINE)
    git("clone", "-q", "--depth", "1", Path.cwd().as_uri(), str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    result = check("--history")
    assert sorted(result.places) == ["a.py:1", "b.py:1"]
    assert result.err == "warning: this is a shallow clone: what is older than its oldest commit is not checked\n"
    assert {name for _, _, name, _ in past(check)} == {top}


def test_a_partial_clone_fetches_nothing(check: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(a_py=LINE)
    commit(a_py="x = 1\n")
    git("config", "uploadpack.allowFilter", "true")
    origin = Path.cwd()
    git("clone", "-q", "--filter=blob:none", origin.as_uri(), str(tmp_path / "partial"))
    monkeypatch.chdir(tmp_path / "partial")
    before = sorted(Path(".git/objects/pack").iterdir())
    result = check("--history")
    assert result.code == 2
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1
    assert sorted(Path(".git/objects/pack").iterdir()) == before


def test_a_work_tree_of_its_own(check: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = commit(a_py=LINE)
    git("worktree", "add", "-q", "-b", "two", str(tmp_path / "two"))
    monkeypatch.chdir(tmp_path / "two")
    put("b.py", OTHER_LINE)
    git("add", "-A")
    assert check("--staged").places == ["b.py:1"]
    assert check("--diff", "main").places == ["b.py:1"]
    assert past(check) == [("a.py", 1, name, True)]


def test_a_repository_without_commits(check: Run) -> None:
    assert check("--history") == (0, "", "warning: no commit brought a file to check\n")
    result = check("--diff", "HEAD")
    assert (result.code, result.err) == (2, "error: " + neither("HEAD", "there is no revision 'HEAD' in .") + "\n")


@pytest.mark.parametrize("option", [["--staged"], ["--diff", "HEAD"], ["--since", "HEAD"], ["--history"]])
def test_a_folder_that_is_no_repository(check: Run, option: list[str], tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    result = check(*option, str(tmp_path / "plain"))
    why = f"{tmp_path / 'plain'}: is not in a git repository"
    assert result == (2, "", f"error: {neither('HEAD', why) if option[0] == '--diff' else why}\n")


def neither(name: str, why: str) -> str:
    return f"--diff '{name}' is neither a revision to compare with nor a path to fix: {why}"


def test_without_git_there_is_one_sentence(check: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert check("--staged") == (2, "", "error: git is needed for this, and there is no 'git' on the PATH\n")


@pytest.mark.parametrize("revision", ["nope", "", "--output=x", "HEAD:a.py", "main..main"])
def test_a_revision_that_is_none(check: Run, revision: str) -> None:
    commit(a_py=LINE)
    why = f"there is no revision '{revision}' in ."
    assert check(f"--since={revision}") == (2, "", f"error: {why}\n")
    result = check(f"--diff={revision}")
    # what begins with '-' is another option: --diff goes without a value, and no revision begins so
    assert (result.code, result.out) == (2, "")
    assert "No such option" in result.err if revision[:1] == "-" else result.err == f"error: {neither(revision, why)}\n"
    assert sorted(path.name for path in Path().iterdir()) == [".git", "a.py"]


@pytest.mark.parametrize(
    "arguments", ["--staged --diff HEAD", "--staged --history", "--since HEAD --diff HEAD", "--history -",
                  "--history --show-files"],
)  # fmt: skip
def test_what_does_not_go_together(check: Run, arguments: str) -> None:
    result = check(*arguments.split())
    assert (result.code, result.out) == (2, "")
    assert "cannot be given together" in result.err


def test_a_damaged_repository_is_one_sentence(check: Run) -> None:
    commit(a_py=LINE)
    for path in Path(".git/objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"")
    for option in (["--staged"], ["--diff", "HEAD"], ["--history"]):
        result = check(*option)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("error: ")
        assert result.err.count("\n") == 1


def test_nothing_that_a_repository_names_is_run(check: Run, tmp_path: Path) -> None:
    commit(a_py="x = 1\n", _gitattributes="*.py filter=f diff=d\n")
    script = tmp_path / "run"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n", encoding="utf-8")
    script.chmod(0o755)
    for key in (
        "filter.f.clean", "filter.f.smudge", "filter.f.process", "diff.d.textconv", "diff.d.command", "diff.external",
        "core.fsmonitor", "core.pager", "pager.diff-index", "core.sshCommand", "gpg.program", "core.editor",
    ):  # fmt: skip
        git("config", key, str(script))
    git("config", "log.showSignature", "true")
    git("config", "core.hooksPath", str(tmp_path))
    put("a.py", f"x = 1\n{LINE}")
    os.utime("a.py", (0, 0))
    base = git("rev-parse", "HEAD")
    assert check("--diff", base).places == ["a.py:2"]
    assert check("--staged").places == []
    assert check("--history").places == []
    assert not (tmp_path / "ran").exists()


def test_the_index_of_a_hook_is_the_one_that_counts(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(a_py="x = 1\n")
    shutil.copy(".git/index", ".git/other-index")
    monkeypatch.setenv("GIT_INDEX_FILE", str(Path(".git/other-index").resolve()))
    put("b.py", LINE)
    git("add", "b.py")
    assert check("--staged").places == ["b.py:1"]
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert check("--staged").places == []


@pytest.mark.skipif(sys.platform == "win32", reason="the hook is a shell script")
def test_a_hook_of_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    put(".git/hooks/pre-commit", f"#!/bin/sh\nexec {sys.executable} -m authlint check --staged sub\n")
    Path(".git/hooks/pre-commit").chmod(0o755)
    put("sub/a.py", LINE)
    put("b.py", LINE)
    git("add", "-A")
    for words in (["commit", "-m", "c"], ["commit", "-m", "c", "sub/a.py"], ["-C", "sub", "commit", "-am", "c"]):
        done = subprocess.run(["git", *words], capture_output=True, check=False)
        assert done.returncode == 1
        said = (done.stdout + done.stderr).decode()
        assert "sub/a.py:1:8: AUT101 " in said
        assert "b.py" not in said
    put("sub/a.py", "x = 1\n")
    git("add", "-A")
    git("commit", "-qm", "c")


# -- the parts ---------------------------------------------------------------------------------------------------------


def test_objects_are_read_up_to_a_size() -> None:
    names = [git("hash-object", "-w", "--stdin", given=b"x" * size) for size in (0, 5, 100_000, 7)]
    objects = Objects(Repository.around("."))
    found = list(objects.blobs([*names, "0" * 40, names[1]], 1000))
    assert [(blob.size, blob.data) for blob in found] == [
        (0, b""), (5, b"x" * 5), (100_000, None), (7, b"x" * 7), (-1, None), (5, b"x" * 5)
    ]  # fmt: skip
    objects.close()


def test_a_process_that_ends_is_an_error() -> None:
    name = git("hash-object", "-w", "--stdin", given=b"x")
    objects = Objects(Repository.around("."))
    assert objects.blob(name, 10).data == b"x"
    assert objects._process is not None
    objects._process.kill()
    objects._process.wait()
    with pytest.raises(GitError, match="git ended before"):
        objects.blob(name, 10)
    assert objects.blob(name, 10).data == b"x"
    objects.close()


@given(st.binary(min_size=1).filter(lambda name: b"\0" not in name))
def test_names_come_out_of_their_quotes(name: bytes) -> None:
    escapes = {7: b"\\a", 8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 12: b"\\f", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}
    quoted = b"".join(escapes.get(byte, bytes([byte]) if 32 <= byte < 127 else b"\\%03o" % byte) for byte in name)
    assert unquoted(b'"' + quoted + b'"') == name


@given(st.binary())
def test_a_patch_may_be_anything(patch: bytes) -> None:
    list(parse(io.BytesIO(patch)))


@pytest.mark.parametrize("seed", range(6))
def test_added_lines_are_those_that_git_tells(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    words = ["a", "b", "- +5 @@", "+++ b/x", "--- a/x", "@@ -1 +1 @@", "diff --git a/x b/x", ""]
    old, new = ([chance.choice(words) + "\n" for _ in range(chance.randint(0, 30))] for _ in range(2))
    put("f.txt", "".join(old))
    base = commit()
    put("f.txt", "".join(new))
    changes = list(since(Repository.around("."), base, ["."]))
    added = {n for change in changes for first, last in change.lines or () for n in range(first, last + 1)}
    kept = [line for number, line in enumerate(new, 1) if number not in added]
    before = iter(old)
    assert all(line in before for line in kept)  # what is not new was there, in this order
