"""One mixed repository in every format, held against what the consumers of each demand; and names meant to do harm."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import types
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import formats
import pytest
from test_reporters import FILES, NOW, finding, rule_of

from authlint.engine.linter import Linter, Options
from authlint.finding import Problem, Related, Report
from authlint.reporters import FORMATS, Sources, Totals, create
from authlint.reporters.common import Columns, Extent
from authlint.reporters.github import SHOWN
from authlint.reporters.linehash import line_hashes
from authlint.run.catalog import load

ROOT = Path(__file__).parents[2]
MULTITOOL = ROOT / ".venv/sarif/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
FILE_FORMATS = [name for name in FORMATS if name != "text"]


def authlint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "authlint", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=300
    )


class Written(types.SimpleNamespace):
    """The reports of one run, by format, and the findings as JSON has them."""

    reports: dict[str, str]
    findings: list[dict[str, Any]]
    folder: Path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The sample, which has every language and rule, below a repository's root, and all reports of one run over it."""
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    (folder / "part").mkdir()
    authlint(folder, "sample", "part/of it")
    target = folder / "part"
    reports = [f"--report={name}:{folder / name}" for name in FILE_FORMATS]
    done = authlint(target, "check", "--isolated", "--min-confidence", "low", *reports, ".")
    assert done.returncode == 1, done.stderr
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in FILE_FORMATS}
    texts["text"] = done.stdout
    findings = json.loads(texts["json"])["findings"]
    assert len(findings) > 100
    return Written(reports=texts, findings=findings, folder=folder)


def test_all_have_all_findings(written: Written) -> None:
    number = len(written.findings)
    names = ("sarif", "gitlab-sast", "gitlab-secrets", "rdjson", "sonarqube", "gitlab-codequality")
    documents = {name: json.loads(written.reports[name]) for name in names}
    assert len(documents["sarif"]["runs"][0]["results"]) == number
    security = [len(documents[name]["vulnerabilities"]) for name in ("gitlab-sast", "gitlab-secrets")]
    assert sum(security) == number
    assert min(security) > 10
    assert len(documents["rdjson"]["diagnostics"]) == number
    assert len(documents["sonarqube"]["issues"]) == number
    assert len(documents["gitlab-codequality"]) == number
    assert written.reports["junit"].count("<testcase ") == number
    assert written.reports["checkstyle"].count("<error ") == number
    assert len(list(csv.reader(io.StringIO(written.reports["csv"])))) == number + 1
    assert written.reports["azure"].count("##vso[") == number
    assert written.reports["html"].count('<tbody class="finding"') == number
    annotated = len(re.findall(r"(?m)^::(?:error|warning|notice) file=", written.reports["github"]))
    assert annotated + len(re.findall(r"(?m)^- ", written.reports["github"])) == number


def test_sarif_is_what_its_schema_and_github_want(written: Written) -> None:
    document = json.loads(written.reports["sarif"])
    formats.check_sarif(document)
    (run,) = document["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert "part/of%20it/dotenv/live-provider-key.env" in uris
    assert str(written.folder) not in written.reports["sarif"]
    places = [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]
    assert [tuple(place.values()) for place in places] == [
        (each["line"], each["column"], each["end_line"], each["end_column"]) for each in written.findings
    ]


def test_the_fixes_of_sarif_put_right_what_they_are_of_and_hold_nothing_of_it(written: Written) -> None:
    """Each is applied to the file as it is; for a finding and its fix that is what an editor would do."""
    (run,) = json.loads(written.reports["sarif"])["runs"]
    linter = Linter(load(), Options(min_confidence="low"))
    fixed = 0
    for result, found in zip(run["results"], written.findings, strict=True):
        for fix in result.get("fixes", ()):
            assert fix["properties"]["applicability"] == found["fix"]["applicability"]
            data = (written.folder / "part" / found["path"]).read_bytes().decode()
            after, removed = replaced(data, fix["artifactChanges"][0]["replacements"])
            fingerprints = {each.fingerprint for each in linter.lint(found["path"], after.encode()).findings}
            assert found["fingerprint"] not in fingerprints, found
            fixed += 1
            if found["code"].startswith("AUT1"):
                secrets = [each.strip("\"'`") for each in removed if len(each.strip("\"'`")) > 12]
                assert not any(secret in json.dumps(fix) for secret in secrets)
    assert fixed > 100
    assert any("import os" in json.dumps(result.get("fixes")) for result in run["results"])


def replaced(text: str, replacements: list[Any]) -> tuple[str, list[str]]:
    """A text after replacements, and what they took out; lines and columns are characters from 1."""
    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
    spans = []
    for each in replacements:
        place, new = each["deletedRegion"], each.get("insertedContent", {"text": ""})["text"]
        start = starts[place["startLine"] - 1] + place["startColumn"] - 1
        spans.append((start, starts[place["endLine"] - 1] + place["endColumn"] - 1, new))
    removed = [text[start:end] for start, end, _ in spans]
    for start, end, new in reversed(spans):
        text = text[:start] + new + text[end:]
    return text, removed


def test_reviewdog_is_offered_what_one_edit_does(written: Written) -> None:
    suggestions = {}
    for diagnostic in json.loads(written.reports["rdjson"])["diagnostics"]:
        for each in diagnostic.get("suggestions", ()):
            suggestions[diagnostic["code"]["value"]] = each
    assert len(suggestions) > 10
    for found in written.findings:
        edits = found["fix"]["edits"] if found["fix"] else []
        if len(edits) == 1 and not found["fix"]["imports"]:
            assert found["code"] in suggestions


def test_sarif_is_what_the_multitool_wants(written: Written, tmp_path: Path) -> None:
    if not MULTITOOL.exists():
        pytest.skip(
            "npm install --prefix .venv/sarif @microsoft/sarif-multitool-linux gets the validator (.ci/run does)"
        )
    # what it may complain of: no home page and no code in the report, links and names of another style
    accepted = {"SARIF2002", "SARIF2003", "SARIF2005", "SARIF2006", "SARIF2010", "SARIF2011", "SARIF2012"}
    (tmp_path / "in.sarif").write_text(written.reports["sarif"], encoding="utf-8")
    command = [MULTITOOL, "validate", "in.sarif", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"]
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    subprocess.run(
        [*map(str, command), "--output", "out.sarif"], cwd=tmp_path, env=environment, check=True, capture_output=True
    )
    (run,) = json.loads((tmp_path / "out.sarif").read_text(encoding="utf-8-sig"))["runs"]
    assert {result["ruleId"] for result in run["results"]} - accepted == set()


def test_gitlab_is_what_its_schemas_want(written: Written) -> None:
    formats.check_gitlab_security(json.loads(written.reports["gitlab-sast"]), "sast")
    formats.check_gitlab_security(json.loads(written.reports["gitlab-secrets"]), "secret_detection")
    formats.check_code_quality(json.loads(written.reports["gitlab-codequality"]))
    paths = {issue["location"]["path"] for issue in json.loads(written.reports["gitlab-codequality"])}
    assert "part/of it/dotenv/live-provider-key.env" in paths


def test_the_others_are_what_theirs_want(written: Written) -> None:
    formats.check(json.loads(written.reports["rdjson"]), formats.RDJSON)
    formats.check_sonarqube(json.loads(written.reports["sonarqube"]))
    formats.check_junit(written.reports["junit"])
    formats.check_checkstyle(written.reports["checkstyle"])


def test_github_has_ten_of_each_and_says_what_is_left(written: Written) -> None:
    lines = written.reports["github"].splitlines()
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == SHOWN
    assert re.fullmatch(r"::error title=authlint::and \d+ more in \d+ files, which are in the log .*", errors[-1])
    assert "title=AUT102" in errors[0], "the gravest come first"
    assert lines[-1] == "::endgroup::"


def test_many_problems_leave_room_for_findings() -> None:
    problems = tuple(Problem(f"{number}.py", "unreadable", "cannot be read") for number in range(300))
    found = tuple(finding("app/login.py", "last") for _ in range(20))
    reports = (Report("app/login.py", found, problems, 10),)
    errors = [line for line in "".join(of_reports("github", reports)).splitlines() if line.startswith("::error")]
    assert len(errors) == SHOWN
    assert errors[4] == "::error title=authlint::and 296 more files that could not be checked"
    assert errors[-1].startswith("::error title=authlint::and 16 more in 1 file")
    summary = "".join(of_reports("markdown", reports))
    assert summary.endswith("- `199.py`: cannot be read\n\n… and 100 more.\n")


def test_without_findings_each_is_still_a_document() -> None:
    for name in FORMATS:
        text = "".join(of_reports(name, ()))
        if name in ("sarif", "json", "gitlab-sast", "gitlab-secrets", "gitlab-codequality", "rdjson", "sonarqube"):
            json.loads(text)
        if name == "sarif":
            formats.check_sarif(json.loads(text))
        if name.startswith("gitlab-s"):
            kind = "sast" if name == "gitlab-sast" else "secret_detection"
            formats.check_gitlab_security(json.loads(text), kind)
        if name == "junit":
            formats.check_junit(text)
        if name == "checkstyle":
            formats.check_checkstyle(text)
        if name in ("html", "markdown"):
            assert "No findings in 0 files" in text


def of_reports(name: str, reports: tuple[Report, ...]) -> list[str]:
    pieces: list[str] = []
    files = {report.path: FILES["app/login.py"].encode() for report in reports}
    reporter = create(name, pieces.append, Sources(rule_of, files.get, now=lambda: NOW))
    totals = Totals()
    for report in reports:
        totals.add(report)
        reporter.report(report)
    reporter.close(totals)
    return pieces


# -- names and texts that are meant to do harm -------------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script>\"onmouseover=alert(2) '.py",
    "</script><img src=x onerror=alert(3)>.py",
    "a\n::error::injected\r\n##[error]injected.py",
    "##vso[task.setvariable variable=x]y;z].py",
    "=cmd|'/C calc'!A0.py",
    "@SUM(1+1)*cmd|.py",
    "]]><x>&amp;\x00\x1b[31m\u202e.py",
    "](http://example.com) `code` **bold** @someone <b> | cell.py",
    "a%20b,c:d.py",
    "\udcff\ufffe.py",
)


def hostile(path: str) -> Report:
    related = (Related(f"from {path}", 1, 1),)
    found = finding("app/login.py", "last")._replace(path=path, message=f"in {path}", related=related)
    return Report(path, (found, found), (Problem(path, "too-large", f"{path} is large"),), 10)


@pytest.mark.parametrize("path", HOSTILE)
def test_json_and_xml_hold_any_name(path: str) -> None:
    checks: dict[str, Callable[[str], object]] = {
        "sarif": lambda text: formats.check(json.loads(text), formats.sarif_schema()),
        "gitlab-secrets": lambda text: formats.check_gitlab_security(json.loads(text), "secret_detection"),
        "gitlab-codequality": lambda text: formats.check_code_quality(json.loads(text)),
        "rdjson": lambda text: formats.check(json.loads(text), formats.RDJSON),
        "sonarqube": lambda text: formats.check_sonarqube(json.loads(text)),
        "checkstyle": formats.check_checkstyle,
        "junit": lambda text: formats.check_xml(text, "testsuites", formats.JUNIT),
        "json": json.loads,
    }
    for name, is_valid in checks.items():
        text = "".join(of_reports(name, (hostile(path),)))
        text.encode()
        is_valid(text)


@pytest.mark.parametrize("path", HOSTILE)
@pytest.mark.parametrize("name", ["github", "azure", "concise", "text"])
def test_no_line_is_a_command_of_another(name: str, path: str) -> None:
    text = "".join(of_reports(name, (hostile(path),) * 12))
    for line in text.splitlines():
        if name == "github":
            assert re.match(r"::(error|group|endgroup)[ :]|- ", line)
            assert "##[" not in line or line.startswith("::error ")
        if name == "azure":
            assert line.startswith("##vso[task.logissue type=error;sourcepath=")
            properties, _, message = line.removeprefix("##vso[task.logissue ").partition("]")
            assert len(properties.split(";")) == 6
            assert message.startswith("in ")


@pytest.mark.parametrize("path", HOSTILE)
def test_no_cell_is_a_formula(path: str) -> None:
    rows = list(csv.reader(io.StringIO("".join(of_reports("csv", (hostile(path),))))))
    assert len(rows) == 3
    for row in rows:
        assert len(row) == 14
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "|")) or cell.isdigit()


@pytest.mark.parametrize("path", HOSTILE)
def test_markdown_stays_text(path: str) -> None:
    text = "".join(of_reports("markdown", (hostile(path),)))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", re.sub(r"`[^`]*`", "", row))) == 4
        bare = re.sub(r"`[^`]*`|\\.", "", row).replace("<br>", "")
        assert not re.search(r"[<>\[*`]", bare.replace("**AUT101**", ""))
        assert "@someone" not in re.sub(r"`[^`]*`", "", row)


@pytest.mark.parametrize("path", HOSTILE)
def test_the_page_has_no_element_but_ours(path: str) -> None:
    plain = "".join(of_reports("html", (hostile("plain.py"),)))
    text = "".join(of_reports("html", (hostile(path),)))
    tags = re.compile(r"<[a-zA-Z/!][^>]*")

    def shape(page: str) -> list[str]:
        return [re.sub(r'"[^"]*"', '""', tag) for tag in tags.findall(page) if tag != "<wbr"]

    assert shape(text) == shape(plain)


def test_the_page_loads_nothing(written: Written) -> None:
    page = written.reports["html"]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    elements = Elements()
    elements.feed(page)
    assert elements.names.isdisjoint({"link", "iframe", "img", "object", "embed", "base", "video", "audio"})
    assert elements.attributes.isdisjoint({"src", "srcset", "action", "data", "style", "xlink:href"})
    assert {link.partition(":")[0] for link in elements.links if not link.startswith("#")} <= {"https", "http"}
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


class Elements(HTMLParser):
    """The elements of a page, their attributes, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def test_findings_of_another_file_are_shown_there() -> None:
    there = finding("app/login.py", "last")
    here = there._replace(path="other.py", line=1, column=1, end_line=1, end_column=7)
    report = (Report("app/login.py", (there, here, there)),)
    suites = formats.check_xml("".join(of_reports("junit", report)), "testsuites", formats.JUNIT)
    assert [(suite.get("name"), len(suite)) for suite in suites] == [("app/login.py", 2), ("other.py", 1)]
    files = formats.check_xml("".join(of_reports("checkstyle", report)), "checkstyle", formats.CHECKSTYLE)
    assert [(file.get("name"), len(file)) for file in files] == [("app/login.py", 2), ("other.py", 1)]
    results = json.loads("".join(of_reports("sarif", report)))["runs"][0]["results"]
    hashes = ["primaryLocationLineHash" in result["partialFingerprints"] for result in results]
    assert hashes == [True, True, False], "of the other one there is nothing to hash"
    assert "".join(of_reports("html", report)).count("<pre") == 2


# -- what is counted how ----------------------------------------------------------------------------------------------


def test_columns_in_other_units() -> None:
    text = "x = 1\na😀é = SECRET\n"
    at = text.index("SECRET")
    column = at - text.index("\n")
    found = finding("app/login.py", "last")._replace(line=2, column=column, end_line=2, end_column=column + 6)
    columns = Columns("a", Sources(rule_of, lambda path: text.encode()))
    assert columns.in_bytes(found) == Extent(2, 11, 2, 17)
    assert columns.in_utf16(found) == Extent(2, 7, 2, 13)
    assert columns.in_bytes(found._replace(line=9, end_line=9)) is None
    assert columns.in_utf16(found._replace(end_column=99)) is None
    assert Columns("a", Sources(rule_of, lambda path: None)).in_bytes(found) is None


def test_an_empty_place_has_no_columns_for_sonarqube() -> None:
    found = finding("app/login.py", "last")
    empty = found._replace(end_column=found.column)
    document = json.loads("".join(of_reports("sonarqube", (Report("app/login.py", (empty,)),))))
    assert document["issues"][0]["primaryLocation"]["textRange"] == {"startLine": 5}


@pytest.mark.parametrize(
    ("text", "hashes"),
    [  # what GitHub's own upload action is tested with
        ("", ["c129715d7a2bc9a3:1"]),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
        (
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
            ["8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1",
             "b86d3392aea1be30:1", "e6ceba753e1a442:1"],
        ),
        (
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
            ["e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
             "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1"],
        ),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [*(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)), "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1",
             "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1"],
        ),
    ],
)  # fmt: skip
def test_lines_have_the_hashes_that_github_gives_them(text: str, hashes: list[str]) -> None:
    assert line_hashes(text) == hashes


def test_reports_of_a_build_are_the_same_on_any_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    (tmp_path / "bad.js").write_text("localStorage.setItem('access_token', token)\n", encoding="utf-8")
    for name, time in {"html": "1970-01-02 00:00 UTC", "gitlab-sast": "1970-01-02T00:00:00"}.items():
        assert time in authlint(tmp_path, "check", "--isolated", "--output-format", name, "bad.js").stdout


# -- several at once, and the exit code --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_exit_codes_are_the_same_for_all(name: str, tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "bad.js").write_text("localStorage.setItem('access_token', token)\n", encoding="utf-8")
    codes = [authlint(tmp_path, "check", "--isolated", "--output-format", name, *paths).returncode
             for paths in (["clean.py"], ["bad.js"], ["bad.js", "none.py"], ["bad.js", "--exit-zero"])]  # fmt: skip
    assert codes == [0, 1, 2, 0]


def test_what_a_run_writes_it_does_not_check(tmp_path: Path) -> None:
    source = "requests.get('http://login.corp-net.io/oauth/token', auth=(user, password))\n"
    (tmp_path / "bad.py").write_text(f"import requests\n{source}", encoding="utf-8")
    options = ["check", "--isolated", "--min-confidence", "low", "--output-file", "0.json", "--output-format", "json"]
    reports = [f"--report={name}:out.{name}" for name in FORMATS]
    runs = []
    for _ in range(2):
        authlint(tmp_path, *options, *reports)
        runs.append(json.loads((tmp_path / "0.json").read_text(encoding="utf-8")))
    assert runs[0] == runs[1]
    assert runs[0]["summary"]["files"] == 1
    shown = authlint(tmp_path, *options[:4], "--output-format", "json", "out.json").stdout
    assert json.loads(shown)["summary"]["files"] == 1, "it is checked if it is asked for"


def test_what_is_wrong_with_a_report_is_said(tmp_path: Path) -> None:
    for value, message in {
        "sarif": "'sarif' is not FORMAT:FILE, such as 'sarif:authlint.sarif'",
        "srif:x": "'srif:x' is not FORMAT:FILE, such as 'sarif:authlint.sarif', did you mean 'sarif'?",
        "sarif:": "'sarif:' is not FORMAT:FILE",
        "sarif:no/such/x": "no/such/x: cannot be written",
    }.items():
        done = authlint(tmp_path, "check", "--isolated", "--report", value)
        assert done.returncode == 2
        assert message in done.stderr
    done = authlint(tmp_path, "check", "--isolated", "--report", "sarif:x", "--report", "csv:./x")
    assert (done.returncode, done.stderr) == (2, "error: x would be written twice\n")


def test_a_submodule_is_part_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "vendored/lib/.git").mkdir(parents=True)
    (tmp_path / "app").mkdir()
    (tmp_path / "vendored/lib/bad.js").write_text("localStorage.setItem('access_token', token)\n", encoding="utf-8")
    done = authlint(tmp_path / "app", "check", "--isolated", "--output-format", "gitlab-codequality", "../vendored")
    assert [issue["location"]["path"] for issue in json.loads(done.stdout)] == ["vendored/lib/bad.js"]


def test_links_are_not_followed_to_another_name(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "real").mkdir()
    (tmp_path / "real/bad.js").write_text("localStorage.setItem('access_token', token)\n", encoding="utf-8")
    (tmp_path / "link").symlink_to("real")
    done = authlint(tmp_path, "check", "--isolated", "--output-format", "sarif", "link/bad.js")
    (result,) = json.loads(done.stdout)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "real/bad.js"
