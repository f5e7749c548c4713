"""What detect-secrets knows: found where it stands, once, bounded, and never a reason to crash."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
from timing import grows_linearly

from authlint.engine.linter import Linter, Options
from authlint.ruleset.examples import fake
from authlint.run.catalog import load
from authlint.secret import detectors
from authlint.secret.detectors import DETECTORS, detect

RULES = load(full=True)
KINDS = {
    "AKIA[A-Z0-9]{16}": "AWS Access Key",
    "aws_secret_key = '«[A-Za-z0-9]{40}»'": "AWS Access Key",
    "AKCp[A-Za-z0-9]{69}": "Artifactory Credentials",
    "cloudant_password = '«[0-9a-f]{64}»'": "Cloudant Credentials",
    "https://me:«[0-9a-f]{64}»@me.cloudant.com": "Cloudant Credentials",
    "discord('«M[A-Za-z0-9]{23}.[A-Za-z0-9]{6}.[A-Za-z0-9]{27}»')": "Discord Bot Token",
    "ibm_api_key: '«[A-Za-z0-9]{44}»'": "IBM Cloud IAM Key",
    "secret_access_key = '«[a-f0-9]{48}»'": "IBM COS HMAC Credentials",
    "[0-9a-f]{32}-us12": "Mailchimp Access Key",
    "softlayer_api_key = '«[a-z0-9]{64}»'": "SoftLayer Credentials",
}
KEY = fake("[0-9a-f]{32}-us12", "detectors")


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter(RULES.only(frozenset({"AUT110"})), Options(min_confidence="low"))


@pytest.fixture
def without_detect_secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in sys.modules if name.partition(".")[0] == "detect_secrets"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "detect_secrets", None)
    detectors.plugin.cache_clear()
    detectors._heuristics.cache_clear()
    yield
    detectors.plugin.cache_clear()
    detectors._heuristics.cache_clear()


def values(linter: Linter, text: str, path: str = "src/notes.txt") -> list[str]:
    data = text.encode()
    return [data[f.span[0] : f.span[1]].decode() for f in linter.lint(path, data).findings]


@pytest.mark.parametrize(("pattern", "kind"), KINDS.items())
@pytest.mark.parametrize("around", ["{}", "é {} é", "x" * 5_000 + " {} " + "x" * 5_000])
def test_every_kind_is_found_exactly_where_it_stands(linter: Linter, pattern: str, kind: str, around: str) -> None:
    made = fake(pattern, kind)
    value = made.partition("«")[2].partition("»")[0] or made
    text = around.format(made.replace("«", "").replace("»", ""))
    assert values(linter, text) == [value]
    assert f"'{kind}'" in linter.lint("a.txt", text.encode()).findings[0].message


def test_every_detector_has_a_kind_here() -> None:
    kinds = {plugin.kind for known in DETECTORS if (plugin := detectors.plugin(known)) is not None}
    assert kinds - {"Private Key"} == set(KINDS.values())
    assert len(kinds) == len(DETECTORS)


def test_the_rule_looks_for_the_literals_of_its_detectors() -> None:
    rule = RULES.by_code["AUT110"]
    assert sorted(rule.keywords) == sorted({word.lower() for known in DETECTORS for word in known.literals})


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "AKCpxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ibm_api_key = 'your-api-key-goes-here-0123456789abcdefghijk'",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + "Ab3x" * 40,
        'if b"BEGIN PRIVATE KEY" in data:',
    ],
)
def test_placeholders_and_headlines_are_nothing(linter: Linter, text: str) -> None:
    assert values(linter, text) == []


BODY = fake("[A-Za-z0-9]{64}", "body")
HEAD, END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\n{BODY}\n{END}",
        f'"{HEAD}\\n{BODY}\\n{END}"',
        f'KEY = ("{HEAD}\\n"\n       "{BODY}\\n")',
        f"key: |\r\n  {HEAD}\r\n  {BODY}\r\n  {END}",
        f"  //   {HEAD}\n * {BODY}",
    ],
)
def test_a_private_key_is_told_by_what_follows(linter: Linter, text: str) -> None:
    assert values(linter, text) == [HEAD]
    assert values(linter, text, "tests/test_keys.py") == []


def test_other_rules_come_first() -> None:
    key = fake("AKIA[A-Z2-7]{16}", "first")
    codes = [finding.code for finding in Linter(RULES).lint("a.py", f'aws_key = "{key}"'.encode()).findings]
    assert len(codes) == 1
    assert codes != ["AUT110"]


def test_two_on_a_line_and_one_twice(linter: Linter) -> None:
    other = fake("[0-9a-f]{32}-us12", "other")
    assert values(linter, f"{KEY} {other} {KEY}") == [KEY, other, KEY]


@pytest.mark.parametrize("unit", [word for known in DETECTORS for word in known.literals[:1]])
@pytest.mark.parametrize("filling", ["", " ", "=", "//", "a1"])
def test_no_line_takes_long(unit: str, filling: str) -> None:
    def data(size: int) -> bytes:
        piece = unit + filling * 40
        return (piece * (size // len(piece) + 1)).encode()

    assert grows_linearly(lambda size: list(detect(data(size))), 50_000)


def test_without_detect_secrets_there_is_nothing_and_no_crash(without_detect_secrets: None) -> None:
    with pytest.raises(ImportError):
        importlib.import_module("detect_secrets")
    report = Linter(RULES.only(frozenset({"AUT110"}))).lint("a.txt", KEY.encode())
    assert (report.findings, report.problems) == ((), ())
    assert not detectors.is_installed()
    assert detectors.why_not("${x}") == ""


def test_the_client_of_detect_secrets_is_not_imported_but_there_is_one_when_it_is_used() -> None:
    code = (
        "import sys; from authlint.secret import detectors\n"
        "known = {each.module: each for each in detectors.DETECTORS}\n"
        "assert detectors.plugin(known['private_key']) and detectors.plugin(known['aws'])\n"
        "assert 'requests' not in sys.modules\n"
        "from detect_secrets.plugins import aws\n"
        "assert aws.requests.get is __import__('requests').get\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
