"""``authlint sample``: each file has the finding it is named after, and nobody else's files are written over."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from authlint.cli import main
from authlint.cli.sample import FOLDER, MARK
from authlint.languages import LANGUAGES, detect, suffix
from authlint.run.catalog import load

RULES = load(full=True).rules
LANGUAGES_OF_RULES = {(e.language, rule.name) for rule in RULES for e in rule.example if not e.git}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def authlint(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


def rule_of(path: str) -> tuple[str, str]:
    """The language and the rule that a path in the sample names."""
    language, name = path.split("/")[1:3]
    return language, name.partition(".")[0]


def test_every_file_has_the_finding_it_is_named_after(capsys: pytest.CaptureFixture[str]) -> None:
    assert authlint("sample") == 0
    files = {path.as_posix() for path in Path(FOLDER).rglob("*") if path.is_file()} - {f"{FOLDER}/{MARK}"}
    assert {rule_of(path) for path in files} == LANGUAGES_OF_RULES
    capsys.readouterr()
    assert authlint("check", FOLDER, "--output-format", "json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["problems"] == []
    found = {(finding["path"], finding["name"]) for finding in report["findings"]}
    assert {(path, rule_of(path)[1]) for path in files} - found == set()
    assert MARK not in {Path(path).name for path, _ in found}


def test_what_to_do_next_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert authlint("sample", "my sample") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"Wrote {len(LANGUAGES_OF_RULES)} files in ")
    assert lines[1].split(maxsplit=2) == ["authlint", "check", "'my sample'"]


def test_a_sample_is_written_again_and_anything_else_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    for name in ("empty", "empty", "new"):
        assert authlint("sample", name) == 0
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("mine", encoding="utf-8")
    Path("file").write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert authlint("sample", "mine") == 2
    assert authlint("sample", "file") == 2
    out, err = capsys.readouterr()
    assert (out, err.splitlines()) == ("", [
        "error: mine: is not empty and not a sample of authlint's; name another folder",
        "error: file: is a file; name a folder for the sample",
    ])  # fmt: skip
    assert os.listdir("mine") == ["notes.txt"]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_file_with_the_suffix_of_a_language_is_in_that_language(language: str) -> None:
    assert detect(f"x{suffix(language)}", b"") == language
