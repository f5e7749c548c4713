"""Rules that are data: what each kind of ``[match]`` finds, and what it leaves alone."""

from __future__ import annotations

import pytest

from authlint.engine.linter import Linter, Options
from authlint.errors import RuleError
from authlint.ruleset.rulefiles import parse
from authlint.ruleset.rules import Pattern, RuleFile, RuleSet

RULE = """
name = "plain-acme"
code = "AUT901"
summary = "Acme is plain"
message = "{{name}} is plain"
level = "warning"
confidence = "high"
security_severity = 5
cwe = [1]
owasp = []
keywords = ["acme"]
why = "It is."
fix = "Do not."
references = ["https://example.com"]
{more}
[match]
{match}
"""


def parsed(match: str, more: str = "") -> RuleSet:
    data = RULE.format(match=match, more=more).encode()
    return parse([RuleFile("own/plain-acme.toml", "own", "plain-acme", data)])


def found(match: str, path: str, code: str) -> list[str]:
    """What is flagged, as it stands in the code."""
    report = Linter(parsed(match), Options("low")).lint(path, code.encode())
    assert report.problems == ()
    return [code.encode()[f.span[0] : f.span[1]].decode() for f in report.findings]


@pytest.mark.parametrize(
    ("match", "path", "code", "flagged"),
    [
        ("text = 'acme://[a-z]{1,9}'", "a.txt", "see acme://host and acme://9", ["acme://host"]),
        ("text = 'acme (?P<flag>[a-z]{1,9})'", "a.py", "x = 'acme plain'", ["plain"]),
        ("call = 'acme.login'", "a.py", "import acme as a\na.login(u)\nb.login(u)\n", ["a.login(u)"]),
        ("call = '*.{login,enter}'", "a.js", "acme.enter(u); acme.exit(u)", ["acme.enter(u)"]),
        ("call = 'acme'", "a.sh", "acme --now\necho acme\n", ["acme --now"]),
        (
            "call = 'acme.get'\nargument = ['verify', '1.verify']\nvalue = 'false'",
            "a.py",
            "import acme\nacme.get(u, verify=False)\nacme.get(u, verify=V)\nacme.get(u, verify=True)\nacme.get(u)",
            ["acme.get(u, verify=False)"],
        ),
        (
            "call = 'acme.get'\nargument = ['1.verify']\nvalue = 'false'",
            "a.js",
            "const o = { verify: false };\nacme.get(u, o);\nacme.get(u, { verify: v });",
            ["acme.get(u, o)"],
        ),
        (
            "call = 'acme.get'\nabsent = ['timeout', '1.timeout']",
            "a.py",
            "import acme\nacme.get(u)\nacme.get(u, timeout=3)\nacme.get(u, **o)\n",
            ["acme.get(u)"],
        ),
        ("binding = 'acme_tls'\nvalue = 'off|false'", "a.env", "ACME_TLS=off\nACME_URL=off\n", ["ACME_TLS=off"]),
        ("binding = '*.acme.tls'\nvalue = 'false'", "a.yaml", "x:\n  acme:\n    tls: false\n", ["tls: false"]),
        ("binding = 'tls'\nvalue = 'false'", "a.js", "acme({ tls: false }); acme({ tls: t })", ["tls: false"]),
        ("binding = 'tls'", "a.py", "acme(tls=t)", ["t"]),
        ("binding = 'retries'\nvalue = '[0-9]'", "a.py", "acme(retries=3)\nacme(retries=30)", ["3"]),
    ],
)
def test_what_a_match_finds(match: str, path: str, code: str, flagged: list[str]) -> None:
    assert found(match, path, code) == flagged


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ("value = 'x'", "must have one of text, binding and call, not none"),
        ("text = 'x'\ncall = 'y'", "must have one of text, binding and call, not text and call"),
        ("text = '('", "'match.text' is not a regular expression"),
        ("text = '(a+)+b'", "repeats a repetition"),
        ("text = 'x'\nvalue = 'y'", "goes with binding or call"),
        ("binding = 'x'\nabsent = 'y'", "go with call"),
        ("call = 'x'\nvalue = 'y'", "must say whose value"),
        ("cal = 'x'", "unknown key 'match.cal', did you mean 'call'?"),
    ],
)
def test_a_match_that_makes_no_sense(match: str, expected: str) -> None:
    with pytest.raises(RuleError, match=r".*") as error:
        parsed(match)
    assert expected in str(error.value)


def test_a_message_may_only_say_what_is_known() -> None:
    with pytest.raises(RuleError, match=r"does not fill, '\{host\}'"):
        parsed("call = 'x'", "[cases.a]\nmessage = 'at {{host}}'".replace("{{", "{").replace("}}", "}"))


def test_a_rule_that_can_find_nothing_is_said() -> None:
    rule = parsed("text = 'x'").rules[0]._replace(match=Pattern())
    report = Linter(RuleSet((rule,))).lint("a.py", b"acme = 1\n")
    assert [problem.message for problem in report.problems] == [
        "rule AUT901 (plain-acme) has no [match], so that it finds nothing"
    ]
