from __future__ import annotations

import json
import re
import typing
from datetime import datetime, timezone
from pathlib import Path

import pytest
from edge import RULES

from authlint import __version__
from authlint.edits import Applicability, Edit, Fix
from authlint.finding import Finding, Problem, Related, Report
from authlint.project.settings import Format
from authlint.reporters import COLORED, FORMATS, Sources, Totals, create
from authlint.reporters.frames import WIDTH, cells, frame, line_frame
from authlint.reporters.statistics import StatisticsReporter
from authlint.reporters.style import Style
from authlint.reporters.text import first_sentence, summary
from authlint.ruleset.rules import Rule
from authlint.source import Source

GOLDEN = Path(__file__).parent / "golden"
KEY = "ak_live_" + "Zk3vQ9wLr7Tx" * 2  # made here, so that no file of ours holds it
FILES = {
    "app/login.py": f'before = 1\n\tkey = "{KEY}"  # "漢字"\nother = "{KEY}"\n\nlast = 2\n',
    "docs/é.md": "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
}


FAMILIES = {"AUT101": "credentials", "AUT102": "oauth"}
NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=timezone.utc)


def rule_of(found: Finding) -> Rule | None:
    rule = RULES.by_code.get(found.code)
    return rule._replace(family=FAMILIES.get(rule.code, "")) if rule else None


def finding(path: str, marked: str, **changes: object) -> Finding:
    source = Source(path, FILES[path].encode())
    at = source.data.index(marked.encode())
    span = (at, at + len(marked.encode()))
    start, end = source.position(span[0]), source.position(span[1])
    values: dict[str, object] = {
        "code": "AUT101", "name": "bad-error", "message": "this must not be here", "level": "error",
        "confidence": "high", "path": path, "line": start.line, "column": start.column, "end_line": end.line,
        "end_column": end.column, "language": "python", "fingerprint": "0123456789abcdef", "span": span,
    }  # fmt: skip
    return Finding(**(values | changes))  # type: ignore[arg-type]


def fix(path: str, safe: Applicability, *edits: tuple[str, str], **more: object) -> Fix:
    """A fix that writes another text for each of some that stand in a file."""
    source = Source(path, FILES[path].encode())
    starts = [source.data.index(old.encode()) for old, _ in edits]
    made = tuple(Edit((at, at + len(old.encode())), new) for at, (old, new) in zip(starts, edits, strict=True))
    places = tuple((source.position(edit.span[0]), source.position(edit.span[1])) for edit in made)
    return Fix("Write it in another way", made, safe, places=places, **more)  # type: ignore[arg-type]


REPORTS = (
    Report(
        "app/login.py",
        (
            finding(
                "app/login.py", f'"{KEY}"', provider="accessiq",
                fix=fix("app/login.py", "unsafe", (f'"{KEY}"', "read()"), variables=("API_KEY",), revoke="AccessIQ"),
            ),
            finding(
                "app/login.py", "last", code="AUT102", name="bad-warning", level="warning", confidence="medium",
                message="an escape \x1b[31m sequence", related=(Related("comes from here", 1, 1),),
            ),
        ),
        bytes=100,
    ),
    Report("src/none.py", bytes=20, suppressed=2),
    Report(
        "docs/é.md",
        (
            finding(
                "docs/é.md", "two\nthree", level="info", code="AUT201", name="bad-info", tags=("counterexample",),
                fix=fix("docs/é.md", "safe", ("two", "2"), ("\nthree", "")),
            ),
            finding("docs/é.md", "two\nthree\nfour\nfive\nsix\nse", code="AUT999", name="without-a-rule"),
        ),
        (Problem("docs/é.md", "syntax", "does not parse as markdown (line 1)"),),
        bytes=30,
    ),
    Report("x.bin", problems=(Problem("x.bin", "too-large", "is larger than that"),)),
)  # fmt: skip


def totals() -> Totals:
    counted = Totals(files=3)
    for report in REPORTS:
        counted.add(report)
    return counted


def written(name: str, *, color: bool = False) -> str:
    pieces: list[str] = []
    sources = Sources(rule_of, lambda path: FILES[path].encode(), now=lambda: NOW)
    reporter = create(name, pieces.append, sources, color=color)
    for report in REPORTS:
        reporter.report(report)
    reporter.close(totals())
    return "".join(pieces)


def test_a_configuration_may_name_each_of_them() -> None:
    assert typing.get_args(Format) == FORMATS


def frozen(name: str) -> str:
    """What is written, without the version and what of the page is in files of its own."""
    text = written(name).replace(__version__, "VERSION")
    text = re.sub(r"(<style>|<script>).*?(</style>|</script>)", r"\1…\2", text, flags=re.DOTALL)
    return re.sub(r"'sha256-[^']+'", "'sha256-…'", text)


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_stays_as_it_is(name: str) -> None:
    golden = GOLDEN / f"{name}.txt"
    assert frozen(name) == golden.read_text(encoding="utf-8"), "if this is meant, write the new text to the golden file"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("color", [True, False])
def test_no_secret_and_no_control_character_gets_out(name: str, color: bool) -> None:
    text = written(name, color=color)
    assert KEY not in text
    assert KEY[12:20] not in text
    assert "\x1b[31m sequence" not in text
    assert ("\x1b" in text) is (color and name in COLORED)


def test_json_says_what_the_design_says() -> None:
    document = json.loads(written("json"))
    assert list(document) == ["schema_version", "findings", "problems", "summary"]
    assert document["schema_version"] == 1
    assert document["summary"] == {"files": 3, "bytes": 150, "findings": 4, "problems": 2, "suppressed": 2}
    assert [problem["kind"] for problem in document["problems"]] == ["syntax", "too-large"]
    lines = [json.loads(line) for line in written("json-lines").splitlines()]
    assert lines == document["findings"]


def test_json_without_findings_is_json() -> None:
    pieces: list[str] = []
    reporter = create("json", pieces.append, Sources(lambda f: None, lambda p: None))
    reporter.close(Totals())
    assert json.loads("".join(pieces))["findings"] == []


def test_statistics() -> None:
    for as_json in (False, True):
        pieces: list[str] = []
        reporter = StatisticsReporter(pieces.append, as_json=as_json)
        for report in (*REPORTS, *REPORTS[:1]):
            reporter.report(report)
        reporter.close(totals())
        if as_json:
            assert json.loads("".join(pieces))["statistics"][0] == {"code": "AUT101", "name": "bad-error", "count": 2}
        else:
            assert "".join(pieces).splitlines()[:3] == [
                "2  AUT101  bad-error",
                "2  AUT102  bad-warning",
                "1  AUT201  bad-info",
            ]


def lines_of(text: str, marked: str) -> list[str]:
    FILES["x"] = text
    return list(frame(Source("x", text.encode()), finding("x", marked), Style(False)))


def test_what_is_to_be_revoked_is_not_shown_whatever_stands_before_it() -> None:
    FILES["x"] = "call(x, winter-storm)"
    fix = Fix("Read X from the environment", (Edit((8, 20), "X"),), "unsafe", variables=("X",), revoke="its provider")
    shown = list(frame(Source("x", FILES["x"].encode()), finding("x", "winter-storm")._replace(fix=fix), Style(False)))
    assert shown[1:] == [" 1 | call(x, …(12 chars))", "   |         ^^^^^^^^^^^"]


def test_marks_stand_under_tabs_and_wide_characters() -> None:
    assert lines_of("\tä漢e\u0301 = bad", "bad")[1:] == [" 1 |     ä漢e\u0301 = bad", "   |            ^^^"]
    assert cells("漢e\u0301") == 3


def test_of_a_long_line_what_is_around_the_mark_is_shown() -> None:
    rows = lines_of("a" * 100_000 + "MARK" + "b" * 100_000, "MARK")
    assert rows[1].startswith(" 1 | …aaa")
    assert rows[1].endswith("bbb…")
    assert len(rows[1]) <= WIDTH + 8
    assert rows[1][rows[2].index("^") :][:4] == "MARK"
    assert rows[2].strip() == "| ^^^^".replace(" ^", rows[2].partition("|")[2].rstrip("^") + "^")


def test_a_mark_longer_than_the_line_shown() -> None:
    rows = lines_of("x = " + "m" * 1000, "m" * 1000)
    assert len(rows[2]) <= WIDTH + 8


def test_marks_move_with_what_is_masked() -> None:
    text = f'first("{KEY}") + second("{KEY}") + bad + third("{KEY}")'
    rows = lines_of(text, "bad")
    assert rows[1][rows[2].index("^") :][:3] == "bad"
    rows = lines_of(text, f'second("{KEY}")')
    marked = rows[1][rows[2].index("^") : rows[2].rindex("^") + 1]
    assert marked.startswith('second("')
    assert marked.endswith('")')
    rows = lines_of(text, KEY)
    assert rows[1][rows[2].index("^") :].startswith("ak_live_…(32 chars")
    assert rows[1][: rows[2].rindex("^") + 1].endswith(")")
    rows = lines_of(text, KEY[10:20])
    assert KEY[10:20] not in rows[1]


def test_a_place_that_is_gone_needs_no_frame() -> None:
    found = finding("app/login.py", "last")
    reporter_text: list[str] = []
    reporter = create("text", reporter_text.append, Sources(lambda f: None, lambda path: None))
    reporter.report(Report("app/login.py", (found,)))
    assert "".join(reporter_text) == "app/login.py:5:1: AUT101 bad-error [error]\n  this must not be here\n\n"
    shorter = Source("app/login.py", b"one line")
    assert list(frame(shorter, finding("app/login.py", "key"), Style(False)))


def test_first_sentences() -> None:
    assert first_sentence("\nUse a\nsecret store. And more.") == "Use a secret store."
    assert first_sentence("No end") == "No end"
    assert first_sentence("  ") == ""
    assert first_sentence("Use os.environ here.") == "Use os.environ here."


def test_the_summary_counts() -> None:
    counted = totals()
    assert summary(counted) == "Found 4 findings (2 errors, 1 warning, 1 info) in 3 files."
    assert summary(Totals(files=1, bytes=999)) == "No findings in 1 file (999 bytes)."
    assert summary(Totals(files=1200, bytes=1_200_000)) == "No findings in 1,200 files (1.2 MB)."
    assert counted.failures == 1


@pytest.mark.parametrize(("level", "fails"), [("error", False), ("warning", True), ("info", True), ("never", False)])
def test_levels_that_fail_a_run(level: str, fails: bool) -> None:
    counted = Totals()
    counted.levels["warning"] = 1
    assert counted.reach(level) is fails  # type: ignore[arg-type]


def test_a_line_that_explains_a_finding_shows_no_secret() -> None:
    shown = list(line_frame(Source("app/login.py", FILES["app/login.py"].encode()), 3, 1, Style(False)))
    assert shown[1].startswith(" 3 | other = ")
    assert shown[2] == "   | ^^^^^"
    assert KEY not in "".join(shown)
