"""Results of earlier runs: believed where nothing has changed, and never where anything is in doubt."""

from __future__ import annotations

import base64
import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authlint.cli import main
from authlint.engine import inspection
from authlint.engine.linter import Linter
from authlint.finding import Problem, Report
from authlint.ruleset.examples import fake
from authlint.run import cache, results
from authlint.run.catalog import load
from authlint.run.results import Lesson, Results, save

ROOT = Path(__file__).parents[2]
KEY = "ak_live_" + "Zk3vQ9wLr7Tx" * 2  # made here, so that no file of ours holds it
RULES = load()
TEXT = (
    f'import requests\nkey = "{KEY}"\nrequests.get("http://api.example.org/token", headers={{"Authorization": key}})\n'
)


class Run(NamedTuple):
    code: int
    out: str
    looked: list[str]
    """The files that were looked at."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTHLINT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    Path("a.py").write_text(TEXT, encoding="utf-8")
    Path("b.md").write_text(f"key = {KEY}\n", encoding="utf-8")
    return tmp_path / "cache"


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    looked: list[str] = []
    report = inspection.Inspection.report

    def noted(self: inspection.Inspection, size: int) -> Report:
        looked.append(self.source.path)
        return report(self, size)

    monkeypatch.setattr(inspection.Inspection, "report", noted)

    def call(*arguments: str) -> Run:
        looked.clear()
        with pytest.raises(SystemExit) as end:
            main(["check", *([] if "--config" in arguments else ["--isolated"]), "--output-format", "json", *arguments])
        return Run(int(end.value.code or 0), capsys.readouterr().out, looked.copy())

    return call


Check = Callable[..., Run]


def kept(folder: Path) -> Path:
    (file,) = folder.glob("results-*")
    return file


def test_what_has_not_changed_is_not_looked_at_again(check: Check) -> None:
    first = check()
    assert first.code == 1
    assert first.looked == ["a.py", "b.md"]
    assert check() == first._replace(looked=[])
    Path("a.py").write_text(TEXT + "\n", encoding="utf-8")
    assert check().looked == ["a.py"]
    Path("b.md").rename("c.md")
    assert check().looked == ["c.md"]
    assert check().looked == []


@pytest.mark.parametrize(
    "arguments",
    [["--select", "AUT1"], ["--min-confidence", "high"], ["--ignore", "AUT301"], ["--no-cache"], ["--explain-skipped"]],
)
def test_what_a_result_follows_from(check: Check, arguments: list[str]) -> None:
    fresh = check(*arguments)
    check()
    assert check(*arguments).out == fresh.out
    check("--no-cache", "--select", "AUT3")
    assert check().looked == []


def test_rules_and_program_count(check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    check()
    monkeypatch.setattr(results, "__version__", "99")
    assert check().looked == ["a.py", "b.md"]
    monkeypatch.setattr(results, "_program", lambda: iter(["another"]))
    assert check().looked == ["a.py", "b.md"]
    Path("authlint.toml").write_text('rule-paths = ["rules"]\n', encoding="utf-8")
    provider = 'schema = 1\n[provider]\nid = "{0}"\nname = "{0}"\n'
    (tmp_path / "work/rules/providers").mkdir(parents=True)
    for name in ("one", "two"):
        Path(f"rules/providers/{name}.toml").write_text(provider.format(name), encoding="utf-8")
        assert check("--config", "authlint.toml", "a.py").looked == ["a.py"]
        assert check("--config", "authlint.toml", "a.py").looked == []


def test_no_cache_neither_reads_nor_writes(check: Check, folder: Path) -> None:
    assert check("--no-cache").looked == ["a.py", "b.md"]
    assert list(folder.glob("results-*")) == []
    check()
    before = kept(folder).read_bytes()
    Path("a.py").write_text(TEXT + "# more\n", encoding="utf-8")
    assert check("--no-cache").looked == ["a.py", "b.md"]
    assert kept(folder).read_bytes() == before


def test_what_could_not_be_checked_is_not_remembered() -> None:
    known = Results("results-x", RULES)
    known.put("a.py", "python", b"", Report("a.py", problems=(Problem("a.py", "crash", "broken"),)))
    assert known.lessons() == ()
    known.put("a.py", "python", b"", Report("a.py", problems=(Problem("a.py", "syntax", "broken"),)))
    assert len(known.lessons()) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-5],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"\xff" * 1000,
        lambda data: data.replace(b"AUT101", b"AUT103"),
        lambda data: data.replace(b'"line": 2', b'"line": 3'),
    ],
)
def test_a_damaged_file_is_rebuilt(check: Check, folder: Path, damage: Callable[[bytes], bytes]) -> None:
    first = check()
    file = kept(folder)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert check() == first
    assert kept(folder).read_bytes() == whole
    assert check().looked == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


def reported() -> tuple[Report, str]:
    known = Results("results-x", RULES)
    report = Linter(RULES, known=known).lint("a.py", TEXT.encode())
    (lesson,) = known.lessons()
    assert lesson.value is not None
    return report, lesson.value


REPORT, VALUE = reported()


def test_a_result_comes_back_as_it_was() -> None:
    assert len(REPORT.findings) > 1
    assert Results("results-x", RULES)._decoded(VALUE, "a.py", len(TEXT)) == REPORT


@given(st.data())
def test_a_result_that_is_not_sound_to_the_last_field_is_not_believed(data: st.DataObject) -> None:
    table: Any = json.loads(VALUE)
    row = table[2][data.draw(st.integers(0, len(table[2]) - 1))]
    field = data.draw(st.sampled_from(sorted(row)))
    row[field] = data.draw(JSON.filter(lambda value: value != row[field]))
    decoded = Results("results-x", RULES)._decoded(json.dumps(table), "a.py", len(TEXT))
    if decoded is not None:  # then each field is at least one that a finding may have
        for finding in decoded.findings:
            assert RULES.by_code[finding.code].name == finding.name
            assert finding.path == "a.py"
            assert all(type(number) is int for number in (finding.line, finding.column, *finding.span))
            assert all(isinstance(text, str) for text in (finding.message, finding.level, finding.fingerprint))


@given(st.text() | JSON.map(json.dumps))
def test_a_value_may_be_anything(value: str) -> None:
    decoded = Results("results-x", RULES)._decoded(value, "a.py", 1)
    assert decoded is None or decoded.findings == ()


def test_a_file_of_somebody_else_is_not_believed(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "getuid"):
        pytest.skip("files have no such owners")
    check()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert check().looked == ["a.py", "b.md"]


def test_a_disk_that_is_full_costs_nothing_but_results(
    check: Check, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = check("--no-cache")
    replace = os.replace

    def full(source: str, target: str) -> None:
        if "results-" in target:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    assert check() == first
    assert list(folder.glob("results-*")) == []


def test_a_place_where_nothing_can_be_kept(check: Check, folder: Path) -> None:
    first = check("--no-cache")
    for path in folder.glob("*"):
        path.unlink()
    if folder.exists():
        folder.rmdir()
    folder.write_text("a file", encoding="utf-8")
    assert check() == first
    assert check() == first


def test_of_what_was_of_no_use_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_KEPT_RESULTS", 3)
    keys = [f"{number:032x}" for number in range(5)]
    save([Lesson("results-x", key, "") for key in keys[:3]])
    save([Lesson("results-x", keys[0], None), Lesson("results-x", keys[3], "")])
    assert list(results.load("results-x")) == [keys[2], keys[0], keys[3]]


def program(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "authlint", "check", "--isolated", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_runs_at_the_same_time(folder: Path) -> None:
    for number in range(40):
        Path(f"f{number}.py").write_text(f"{TEXT}x = {number}\n", encoding="utf-8")
    runs = [program() for _ in range(3)]
    outputs = [run.communicate() for run in runs]
    assert {run.returncode for run in runs} == {1}
    assert len(set(outputs)) == 1
    assert len(results.load(kept(folder).name)) == 42
    assert list(folder.glob("results-*.*")) == []


def test_a_run_that_is_killed_leaves_nothing_that_is_believed(check: Check, folder: Path) -> None:
    first = check("--no-cache")
    for delay in (0.2, 0.4, 0.6):
        run = program()
        time.sleep(delay)
        run.kill()
        run.communicate()
        assert check().out == first.out
    (folder / "results-0123.99").write_bytes(b"half of a file")  # what a process leaves that is killed as it writes
    assert check() == first._replace(looked=[])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text("abcdef0123456789", min_size=32, max_size=32), st.sampled_from(["", "[0, [], []]"]))))
def test_what_is_kept_comes_back(pairs: list[tuple[str, str]]) -> None:
    cache.write("results-y", b"", keep=5)
    save([Lesson("results-y", *pair) for pair in pairs])
    assert results.load("results-y") == dict(pairs)


def test_what_follows_from_more_than_the_file_is_not_kept(tmp_path: Path) -> None:
    """An expired token is expired on that day, and a file is tracked as long as git says so."""
    claims = base64.urlsafe_b64encode(b'{"exp": 1700000000}').rstrip(b"=").decode()
    token = f"eyJhbGciOiJIUzI1NiJ9.{claims}.{fake('[A-Za-z0-9_-]{43}', 'results')}"
    (tmp_path / "a.py").write_text(f"token = '{token}'\n", encoding="utf-8")
    (tmp_path / ".env").write_text(f"API_TOKEN={fake('[A-Za-z0-9]{32}', 'results')}\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    def findings(today: str) -> set[tuple[str, str]]:
        command = [sys.executable, "-m", "authlint", "check", "--isolated", "--today", today, "--output-format", "json"]
        done = subprocess.run(
            [*command, "a.py", ".env"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "AUTHLINT_CACHE_DIR": str(tmp_path / "cache")},
            capture_output=True,
            check=False,
        )
        return {(f["code"], f["level"]) for f in json.loads(done.stdout)["findings"]}

    assert findings("2023-01-01") == {("AUT104", "error"), ("AUT109", "warning")}
    subprocess.run(["git", "add", "-f", ".env"], cwd=tmp_path, check=True)
    assert findings("2026-01-01") == {("AUT104", "info"), ("AUT104", "error"), ("AUT109", "error")}
