"""What turns transport security off, and what does without it, construct by construct: the cases are in TOML files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from authlint.engine.linter import Linter
from authlint.languages import suffix
from authlint.run.catalog import load

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = [
    {"file": name, **case}
    for name in ("transport_cases.toml", "cleartext_cases.toml")
    for case in tomllib.loads(Path(__file__).with_name(name).read_text())["case"]
]


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter(load())


def pieces(kind: str) -> list[Any]:
    return [
        pytest.param(case, code, id=f"{case['code']}-{case['language']}-{code.splitlines()[0][:60]}")
        for case in CASES
        for code in split_up(case, case[kind].strip())
    ]


def split_up(case: dict[str, Any], text: str) -> list[str]:
    if case.get("block"):
        return [text]
    return text.split("\n\n") if case["file"].startswith("cleartext") else text.splitlines()


def found(linter: Linter, case: dict[str, Any], code: str) -> list[str]:
    path = "Dockerfile" if case["language"] == "dockerfile" else f"src/app{suffix(case['language'])}"
    report = linter.lint(path, f"{code}\n".encode())
    assert not [problem for problem in report.problems if problem.kind == "crash"]
    return [finding.code for finding in report.findings if finding.code == case["code"]]


@pytest.mark.parametrize(("case", "code"), pieces("bad"))
def test_what_turns_it_off_is_found_once(linter: Linter, case: dict[str, Any], code: str) -> None:
    assert found(linter, case, code) == [case["code"]]


@pytest.mark.parametrize(("case", "code"), pieces("good"))
def test_what_only_looks_like_it_is_not(linter: Linter, case: dict[str, Any], code: str) -> None:
    assert found(linter, case, code) == []


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("src/.env", "error"),
        (".env.production", "error"),
        (".env.development", "info"),
        ("tests/.env", "info"),
    ],
)
def test_what_is_for_development_only_is_info(linter: Linter, path: str, level: str) -> None:
    report = linter.lint(path, b"OAUTHLIB_INSECURE_TRANSPORT=1\n")
    assert [finding.level for finding in report.findings] == [level]


def test_a_demo_that_names_no_other_host_is_info(linter: Linter) -> None:
    demo = 'import os\nif __name__ == "__main__":\n    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"\n    app.run()\n'
    served = demo + 'API = "http://shop.corp-net.io/"\n'
    levels = [
        [f.level for f in linter.lint("app.py", code.encode()).findings if f.code == "AUT303"]
        for code in (demo, served)
    ]
    assert levels == [["info"], ["error"]]


@pytest.mark.parametrize(
    ("path", "code", "related"),
    [
        (
            "app.js",
            "const API = 'http://shop.corp-net.io';\n\nfetch(API + '/me', { headers: { Authorization: token } });\n",
            [("it is called here", 3, 1)],
        ),
        ("app.js", "fetch('http://shop.corp-net.io/me', { headers: { Authorization: token } });\n", []),
        (
            "app.py",
            "CHECK = False\n\nrequests.get(url, verify=CHECK)\n",
            [("the value is given here", 1, 9)],
        ),
        (
            "app.sh",
            "OPTIONS='-k -s'\n\ncurl $OPTIONS https://id.corp-net.io\n",
            [("the request is made here", 3, 1)],
        ),
        (
            "app.ps1",
            '$base = "http://shop.corp-net.io"\n\nInvoke-RestMethod -Uri "$base/me" -Credential $credential\n',
            [("it is called here", 3, 1)],
        ),
    ],
)
def test_where_it_is_written_and_where_it_is_called(
    linter: Linter, path: str, code: str, related: list[tuple[str, int, int]]
) -> None:
    (finding,) = linter.lint(path, code.encode()).findings
    assert [tuple(place) for place in finding.related] == related


@pytest.mark.parametrize(("host", "codes"), [("a.b", []), ("shop.example", []), ("a.bz", ["AUT301"])])
def test_tests_may_name_hosts_that_cannot_be(linter: Linter, host: str, codes: list[str]) -> None:
    report = linter.lint("tests/test_a.py", f"requests.get('http://{host}/orders', auth=(user, word))\n".encode())
    assert [finding.code for finding in report.findings if finding.code == "AUT301"] == codes
