from __future__ import annotations

import os
import pickle
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from edge import RULES, WordLinter

from authlint.engine import linter as engine
from authlint.finding import Problem, Report
from authlint.frontends.trees import parse
from authlint.project.files import Item, Target, Walk
from authlint.project.settings import Configs
from authlint.ruleset.rules import RuleSet
from authlint.run import patience, pool, runner
from authlint.run.outcome import Outcome
from authlint.run.patience import TimeIsUpError
from authlint.run.runner import Lint, run


def rules(paths: tuple[str, ...]) -> RuleSet:
    return RULES


class Deadly(WordLinter):
    """Takes its process with it where a file says so, unless it is the process of the tests."""

    def lint(self, path: str, raw: bytes, language: str = "", ask_git: object = None) -> Report:
        if b"KILL" in raw and os.getpid() != _PARENT:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().lint(path, raw, language)


_PARENT = os.getpid()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine, "Linter", WordLinter)
    return tmp_path


def outcomes(jobs: int = 1, *paths: str) -> list[Outcome]:
    lint = Lint(rules)
    return list(run(Walk(paths or (".",), Configs(check=lint.check)), lint, jobs))


def told(found: list[Outcome]) -> list[tuple[str, list[str], list[str]]]:
    return [
        (o.report.path, [f.code for f in o.report.findings], [f"{p.kind}: {p.message}" for p in o.report.problems])
        for o in found
    ]


@pytest.fixture
def many() -> None:
    for number in range(40):
        text = "BADERROR\n" if number % 3 == 0 else "fine\n"
        Path(f"f{number:02}.txt").write_text(text + "x" * 100 * number, encoding="utf-8")


@pytest.fixture
def parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PATIENCE", -1)
    monkeypatch.setattr(pool, "CHUNK_FILES", 3)
    monkeypatch.setattr(engine, "Linter", Deadly)
    if sys.platform != "linux":
        pytest.skip("a process that is not forked does not see what a test has put in its place")


@pytest.mark.usefixtures("many", "parallel")
def test_processes_give_the_same_in_the_same_order() -> None:
    assert told(outcomes(3)) == told(outcomes(1))


@pytest.mark.usefixtures("many", "parallel")
def test_a_process_that_dies_costs_one_file() -> None:
    Path("f10.txt").write_text("KILL", encoding="utf-8")
    Path("f20.txt").write_text("KILL", encoding="utf-8")
    found = outcomes(2)
    crashes = [outcome.report.path for outcome in found if not outcome.scanned]
    assert crashes == ["f10.txt", "f20.txt"]
    assert len(found) == 40
    assert {p.kind for outcome in found for p in outcome.report.problems} == {"crash"}


@pytest.mark.usefixtures("many", "parallel")
def test_processes_end_when_nobody_wants_more(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    make = pool._Worker.__init__

    def noted(self: pool._Worker, lint: Lint) -> None:
        make(self, lint)
        started.append(self._process)

    monkeypatch.setattr(pool._Worker, "__init__", noted)
    lint = Lint(rules)
    with closing(run(Walk(["."], Configs(check=lint.check)), lint, 2)) as some:
        assert [next(some).report.path for _ in range(2)] == ["f00.txt", "f01.txt"]
    assert [process.is_alive() for process in started] == [False] * len(started)  # type: ignore[attr-defined]
    assert started


@pytest.mark.usefixtures("parallel")
def test_processes_end_when_the_one_that_started_them_is_gone() -> None:
    first, second = pool._Worker(Lint(rules)), pool._Worker(Lint(rules))
    for worker in (second, first):  # the younger one holds a copy of what leads to the older one
        worker.connection.close()
        worker._process.join(10)
        assert not worker._process.is_alive()


@pytest.mark.usefixtures("many", "parallel")
def test_walking_goes_on_while_files_are_linted() -> None:
    lint = Lint(rules)
    walked: list[Item] = []

    def items() -> Iterator[Item]:
        for item in Walk(["."], Configs()):
            walked.append(item)
            yield item

    with closing(run(items(), lint, 2)) as some:
        assert [next(some).report.path for _ in range(2)] == ["f00.txt", "f01.txt"]
        assert 0 < len(walked) < 40


class Slow(Deadly):
    """Never comes to an end where a file says so; where it says ``DEAF``, hears no signal either."""

    def lint(self, path: str, raw: bytes, language: str = "", ask_git: object = None) -> Report:
        if b"DEAF" in raw:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGVTALRM])
        while b"SLOW" in raw:
            pass
        return super().lint(path, raw, language)


TOO_LONG = "timeout: took longer than 'max-file-seconds' (1 s) and was given up"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "Linter", Slow)
    Path("authlint.toml").write_text("max-file-seconds = 1", encoding="utf-8")
    Path("a.txt").write_text("SLOW BADERROR", encoding="utf-8")
    Path("b.txt").write_text("BADERROR", encoding="utf-8")
    before = signal.getsignal(signal.SIGVTALRM)
    assert told(outcomes())[:1] + told(outcomes())[2:] == [("a.txt", [], [TOO_LONG]), ("b.txt", ["AUT101"], [])]
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


@pytest.mark.usefixtures("many", "parallel")
def test_a_process_that_hears_no_signal_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "Linter", Slow)
    monkeypatch.setattr(patience, "GRACE", 0)
    Path("authlint.toml").write_text("max-file-seconds = 1", encoding="utf-8")
    Path("f10.txt").write_text("DEAF SLOW", encoding="utf-8")
    Path("f11.txt").write_text("SLOW", encoding="utf-8")
    found = {path: problems for path, _, problems in told(outcomes(2)) if problems}
    assert found == {"f10.txt": [TOO_LONG], "f11.txt": [TOO_LONG]}


def test_a_parser_can_be_ended_and_used_again() -> None:
    from tree_sitter import Language, Parser  # noqa: PLC0415
    from tree_sitter_python import language  # noqa: PLC0415

    def end(_offset: int, _has_error: bool) -> bool:
        raise TimeIsUpError

    parser = Parser(Language(language()))
    with pytest.raises(TimeIsUpError):
        parse(parser, b"(]" * 10_000, end)
    assert not parse(parser, b"x = 1\n").has_error


@pytest.mark.usefixtures("parallel")
def test_large_files_come_first_and_the_order_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CHUNK_FILES", 1)
    monkeypatch.setattr(pool, "CHUNK_BYTES", 100)
    for number in range(30):
        Path(f"f{number:02}.txt").write_text("x" * (500 if number == 7 else 1), encoding="utf-8")
    given: list[str] = []
    give = pool._Worker.give

    def noted(self: pool._Worker, chunk: pool.Chunk) -> None:
        given.extend(item.path for item in chunk)
        give(self, chunk)

    monkeypatch.setattr(pool._Worker, "give", noted)
    found = [outcome.report.path for outcome in outcomes(2)]
    assert found == sorted(found)
    assert len(found) == 30
    assert given.index("f07.txt") < 5


def test_little_work_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.txt").write_text("BADERROR", encoding="utf-8")
    monkeypatch.setattr(pool, "run_parallel", None)
    assert told(outcomes(8)) == [("a.txt", ["AUT101"], [])]
    monkeypatch.setattr(runner, "PATIENCE", -1)
    Path("b.txt").write_text("BADERROR", encoding="utf-8")
    assert len(outcomes(8)) == 2


def test_one_bad_file_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("authlint.toml").write_text("max-file-size = 100", encoding="utf-8")
    Path("a.txt").write_text("CRASH", encoding="utf-8")
    Path("b.txt").write_text("x" * 101, encoding="utf-8")
    Path("c.txt").write_text("BADERROR", encoding="utf-8")
    Path("d.bin").write_bytes(b"\0BADERROR")
    Path("e.txt").write_text("gone before it is read", encoding="utf-8")
    items = [*Walk([".", "f.txt"], Configs())]
    Path("e.txt").unlink()
    found = [*run(items, Lint(rules), 1)]
    crash = re.sub(r"edge.py:\d+", "edge.py:1", found[0].report.problems[0].message)
    assert crash == "internal error (ValueError in edge.py:1), please report it"
    assert told(found)[1:3] == [
        ("authlint.toml", [], []),
        ("b.txt", [], ["too-large: is larger than 'max-file-size' (100 bytes) and was not checked"]),
    ]
    assert told(found)[3:] == [
        ("c.txt", ["AUT101"], []),
        ("d.bin", [], []),
        ("e.txt", [], ["unreadable: cannot be read: No such file or directory"]),
        ("f.txt", [], ["missing: no such file or folder"]),
    ]
    assert [outcome.skipped for outcome in found].index(True) == 4


def test_a_binary_file_that_is_named_is_a_problem() -> None:
    Path("d.bin").write_bytes(b"\0")
    assert told(outcomes(1, "d.bin")) == [("d.bin", [], ["binary: is not text and was not checked"])]


def test_unreadable_files_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.txt").touch()

    def refuse(path: str, limit: int) -> tuple[bytes, bool]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(runner, "read", refuse)
    assert told(outcomes()) == [("a.txt", [], ["unreadable: cannot be read: Permission denied"])]


def test_findings_are_under_the_path_the_user_knows(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".git").mkdir()
    Path("sub").mkdir()
    Path("sub/a.txt").write_text("BADERROR BROKEN", encoding="utf-8")
    monkeypatch.chdir("sub")
    report = outcomes()[0].report
    assert (report.path, report.findings[0].path, report.problems[0].path) == ("a.txt",) * 3


def test_per_file_ignores() -> None:
    Path("authlint.toml").write_text(
        '[per-file-ignores]\n"tests/" = ["AUT101"]\n"*.md" = ["bad-other"]\n"/a.txt" = ["ALL"]', encoding="utf-8"
    )
    Path("tests").mkdir()
    for name in ("a.txt", "b.md", "c.txt", "tests/a.md", "tests/a.txt"):
        Path(name).write_text("BADERROR BADOTHER", encoding="utf-8")
    found = {path: codes for path, codes, _ in told(outcomes()) if path != "authlint.toml"}
    assert found == {
        "a.txt": [],
        "b.md": ["AUT101"],
        "c.txt": ["AUT101", "AUT301"],
        "tests/a.md": [],
        "tests/a.txt": ["AUT301"],
    }


def test_each_configuration_has_a_linter_of_its_own() -> None:
    for folder, select in (("a", "AUT1"), ("b", "AUT3")):
        Path(folder).mkdir()
        Path(folder, "authlint.toml").write_text(f'select = ["{select}"]', encoding="utf-8")
        Path(folder, "x.txt").write_text("BADERROR BADOTHER", encoding="utf-8")
    assert [codes for path, codes, _ in told(outcomes()) if path.endswith("x.txt")] == [["AUT101"], ["AUT301"]]


def test_what_goes_to_another_process_holds_no_linter() -> None:
    Path("a.txt").write_text("BADERROR", encoding="utf-8")
    lint = Lint(rules)
    items = [*Walk(["a.txt"], Configs(check=lint.check))]
    lint.item(items[0])
    copy = pickle.loads(pickle.dumps(lint))  # noqa: S301 - our own
    assert copy._ready == {}
    assert copy.item(pickle.loads(pickle.dumps(items[0]))).report == lint.item(items[0]).report  # noqa: S301


def test_chunks_are_bounded_by_number_and_by_bytes() -> None:
    config = Configs(isolated=True).at("")
    small: list[Item] = [Target(str(i), str(i), 1, config) for i in range(pool.CHUNK_FILES + 1)]
    big: list[Item] = [Target("big", "big", pool.CHUNK_BYTES, config), Problem("none", "missing", "gone")]
    assert [len(chunk) for chunk in pool.chunks([*small, *big])] == [pool.CHUNK_FILES, 2, 1]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 always looks into the working folder")
def test_a_process_that_starts_anew_runs_nothing_of_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    Path("multiprocessing").mkdir()
    Path("multiprocessing", "__init__.py").write_text("open('was-run', 'w')", encoding="utf-8")
    process = pool.start_method("darwin").Process(target=os.getpid)
    process.start()
    process.join()
    assert (process.exitcode, Path("was-run").exists()) == (0, False)
