"""Fixes of examples: what is made of each is exactly what the rule says, and nobody has anything against it."""

from __future__ import annotations

import os
import random
from itertools import groupby

import pytest

from authlint.edits import Edit, apply, moved, overlap
from authlint.engine.linter import Linter, Options
from authlint.finding import Finding, Report
from authlint.fixes.variables import Variables
from authlint.languages import suffix
from authlint.repair import Repair, Repaired
from authlint.ruleset.examples import read
from authlint.ruleset.rules import Example, Rule
from authlint.run.catalog import load

RULES = load(full=True)
LINTER = Linter(RULES, Options(min_confidence="low"))
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.name}-{example.language}-{number}")
    for rule in RULES.rules
    for number, example in enumerate(rule.example)
    if rule.autofix
]


def path_of(example: Example) -> str:
    return example.path or f"src/app{suffix(example.language)}"


def repaired(path: str, raw: bytes, code: str = "AUT", *, linter: Linter = LINTER) -> Repaired:
    def lint(data: bytes) -> Report:
        return linter.lint(path, data)

    return Repair(path, lint, lambda finding: finding.code.startswith(code)).run(raw)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_fixed_text_is_as_the_rule_says(rule: Rule, example: Example) -> None:
    bad = read(example.bad, rule.name).text
    result = repaired(path_of(example), bad.encode(), rule.code)
    assert result.problems == ()
    wanted = read(example.fixed, rule.name).text.strip("\n") if example.fixed else bad.strip("\n")
    assert result.after.decode().strip("\n") == wanted
    kinds = {one.fix.applicability for one in result.applied}
    assert not kinds or rule.applicability(example) == ("unsafe" if "unsafe" in kinds else "safe")


@pytest.mark.parametrize(("rule", "example"), [param for param in EXAMPLES if param.values[1].fixed])  # type: ignore[union-attr]
def test_the_fixed_text_is_clean_and_stays_as_it_is(rule: Rule, example: Example) -> None:
    fixed = read(example.fixed, rule.name).text.encode()
    left = [finding for finding in LINTER.lint(path_of(example), fixed).findings if finding.code == rule.code]
    assert [finding.fix for finding in left] == [None] * len(left), "what has a fix is fixed"
    before = LINTER.lint(path_of(example), read(example.bad, rule.name).text.encode())
    assert {f.code for f in before.findings} >= {f.code for f in left}
    assert (
        repaired(path_of(example), fixed).after
        == repaired(path_of(example), repaired(path_of(example), fixed).after).after
    )


@pytest.mark.parametrize("variant", ["crlf", "bom", "utf-16", "latin-1"])
@pytest.mark.parametrize(("rule", "example"), [param for param in EXAMPLES if param.values[1].fixed])  # type: ignore[union-attr]
def test_line_ends_and_encodings_stay(rule: Rule, example: Example, variant: str) -> None:
    bad, fixed = (f"{read(text, rule.name).text.strip()}\n".lstrip() for text in (example.bad, example.fixed))
    encoding = {"crlf": "utf-8", "bom": "utf-8-sig", "utf-16": "utf-16", "latin-1": "latin-1"}[variant]
    if variant == "crlf":
        bad, fixed = bad.replace("\n", "\r\n"), fixed.replace("\n", "\r\n")
    result = repaired(path_of(example), bad.encode(encoding), rule.code)
    assert result.after == fixed.encode(encoding)


def test_every_rule_with_a_fix_shows_one() -> None:
    silent = [rule.name for rule in RULES.rules if rule.autofix and not any(e.fixed for e in rule.example)]
    assert silent == []


BY_LANGUAGE = {
    language: [(rule, example) for _, rule, example in group]
    for language, group in groupby(
        sorted(
            ((example.language, rule, example) for rule in RULES.rules for example in rule.example if not example.path),
            key=lambda item: (item[0], item[1].code),
        ),
        key=lambda item: item[0],
    )
}


@pytest.mark.parametrize("seed", range(int(os.environ.get("FIX_SEEDS", "40"))))
@pytest.mark.parametrize("language", ["python", "javascript", "typescript", "shell", "ruby", "powershell", "markdown"])
def test_combinations_lose_nothing_outside_their_spans(language: str, seed: int) -> None:
    """Lines without an edit stay, in their order; nothing new is found, and a second run has nothing to do."""
    rng = random.Random(f"{language} {seed}")  # noqa: S311 - to choose examples
    chosen = rng.sample(BY_LANGUAGE[language], min(6, len(BY_LANGUAGE[language])))
    text = "".join(read(rng.choice((e.bad, e.good)), r.name).text.strip("\n") + "\n" for r, e in chosen).encode()
    path = f"src/app{suffix(language)}"
    before = LINTER.lint(path, text)
    result = repaired(path, text)
    again = repaired(path, result.after)
    assert again.after == result.after, "nothing is left for a second run"
    assert len(result.report.findings) <= len(before.findings) - len(result.applied)
    rest = iter(result.after.splitlines())
    many = {n for f in before.findings if f.fix for e in f.fix.edits for n in _lines(text, e)}
    many |= {n for f in before.findings if not f.fix for n in _lines(text, Edit(f.span, ""))}  # may have one later
    for number, line in enumerate(text.splitlines()):
        if number not in many and not line.startswith(b"from "):  # a name may be added to what is imported
            assert line in rest


def _lines(data: bytes, edit: Edit) -> range:
    return range(data.count(b"\n", 0, edit.span[0]), data.count(b"\n", 0, edit.span[1]) + 1)


def test_edits() -> None:
    edits = [Edit((0, 0), "a"), Edit((2, 4), ""), Edit((5, 5), "é")]
    assert apply(b"012345", edits) == "a014é5".encode()
    assert [moved(at, edits) for at in range(7)] == [0, 2, 3, 3, 3, 4, 7]
    assert moved(0, edits, at_end=True) == 0 or moved(0, edits, at_end=True) == 1
    assert overlap([Edit((0, 2), "")], [Edit((2, 2), "x")])
    assert not overlap([Edit((0, 2), "")], [Edit((3, 3), "x")])
    with pytest.raises(ValueError, match="overlap"):
        apply(b"012345", [Edit((0, 3), ""), Edit((2, 4), "")])


def test_one_key_has_one_name_and_one_name_one_key() -> None:
    variables = Variables()
    assert variables.name("first", ["API_KEY"]) == "API_KEY"
    assert variables.name("second", ["API_KEY", "OTHER_KEY"]) == "OTHER_KEY"
    assert variables.name("third", ["API_KEY"]) == "API_KEY_2"
    assert variables.name("first", ["ANOTHER"]) == "API_KEY"
    assert variables.name("fourth", ["PWD"]) == "APP_PWD"
    assert "first" not in repr(vars(variables))


def key(rng: random.Random) -> str:
    return "ak_" + "live_" + "".join(rng.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=24))


RNG = random.Random(5)  # noqa: S311 - keys of nobody
K, L = key(RNG), key(RNG)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        # the import is there already, under another name, or comes from elsewhere
        ("a.py", f'import os\nKEY = "{K}"\n', 'import os\nKEY = os.environ["ACCESSIQ_API_KEY"]\n'),
        ("a.py", f'import os as o\nKEY = "{K}"\n', 'import os as o\nKEY = o.environ["ACCESSIQ_API_KEY"]\n'),
        ("a.py", f'from os import environ\nA = "{K}"\n', 'from os import environ\nA = environ["ACCESSIQ_API_KEY"]\n'),
        # … or is not there, or its name is taken
        ("a.py", f'"""D."""\nKEY = b"{K}"\n', '"""D."""\nimport os\n\nKEY = os.environ["ACCESSIQ_API_KEY"].encode()\n'),
        ("a.py", f'os = 1\nKEY = "{K}"\n', ""),
        ("a.py", f'KEY = "{K}"\nimport os\n', ""),
        # comments, quotes and blank lines stay
        (
            "a.py",
            f"# -*- coding: utf-8 -*-\n'''d'''\nfrom __future__ import annotations\nimport sys  # s\n\n\n"
            f"x = ( '{K}',)  # y\n",
            "# -*- coding: utf-8 -*-\n'''d'''\nfrom __future__ import annotations\nimport sys  # s\nimport os\n\n\n"
            'x = ( os.environ["ACCESSIQ_API_KEY"],)  # y\n',
        ),
        # documentation is not code, nor is what does not parse
        ("a.py", f'def f():\n    """Use {K}."""\n', ""),
        ("a.py", f'print "x"\nKEY = "{K}"\n', ""),
        ("a.py", f'x = "{{}} {K}"\n', ""),
        ("a.py", f'x = f"{{a}} {K} {{b}}"\n', "import os\n\nx = f\"{a} {os.environ['ACCESSIQ_API_KEY']} {b}\"\n"),
        # two keys have two names, one has one
        (
            "a.js",
            f"a = '{K}', b = '{L}', c = '{K}';\n",
            "a = process.env.ACCESSIQ_API_KEY, b = process.env.ACCESSIQ_API_KEY_2, c = process.env.ACCESSIQ_API_KEY;\n",
        ),
        ("a.js", f"const billingKey = '{L}';\n", "const billingKey = process.env.ACCESSIQ_API_KEY;\n"),
        ("a.js", f"const a = '`{K}';\n", ""),
        ("a.ts", f"const a = `x {K}`;\n", "const a = `x ${process.env.ACCESSIQ_API_KEY}`;\n"),
        ("a.ts", f"Deno.env.get('A'); f('{K}');\n", "Deno.env.get('A'); f(Deno.env.get(\"ACCESSIQ_API_KEY\")!);\n"),
        ("a.jsx", f"const a = <Map apiKey='{K}' />;\n", ""),
        ("a.js", f"window.key = '{K}';\n", ""),
        ("a.js", f"import {{ useState }} from 'react';\nconst key = '{K}';\n", ""),
        ("a.sh", f"a='{K}' b={K}\n", 'a="${ACCESSIQ_API_KEY:?}" b="${ACCESSIQ_API_KEY:?}"\n'),
        ("a.sh", f"a=\"x {K}\" b='x {K}.'\n", "a=\"x ${ACCESSIQ_API_KEY:?}\" b='x '\"${ACCESSIQ_API_KEY:?}\"'.'\n"),
        ("a.sh", f"cat <<'X'\n{K}\nX\n", ""),
        ("a.ps1", f"$a = 'x {K}'\n", '$a = "x $($env:ACCESSIQ_API_KEY)"\n'),
        ("a.ps1", f"$a = '$x {K}'\n", ""),
        ("a.rb", f"a = 'x {K}'\n", "a = \"x #{ENV.fetch('ACCESSIQ_API_KEY')}\"\n"),
        ("a.rb", f"a = %w[{K}]\n", ""),
        ("a.json", f'{{"a": "{K}"}}\n', ""),
        (
            "compose.yaml",
            f"services:\n  a:\n    command: [run, {K}]\n",
            'services:\n  a:\n    command: [run, "${ACCESSIQ_API_KEY:?}"]\n',
        ),
        (".env", f"A={K}\n", ""),
        ("Dockerfile", f"FROM a\nRUN curl -H 'Authorization: Bearer {K}' https://api.accessiq.io\n", ""),
        (
            "a.ts",
            "res.cookie('token', token, {\n  path: '/',\n  secure: false,\n});\n",
            "res.cookie('token', token, {\n  path: '/',\n  secure: true,\n  httpOnly: true,\n  sameSite: 'lax',\n});\n",
        ),
        ("a.py", 'r.set_cookie("token", token, **options)\n', ""),
        (
            "a.js",
            "res.cookie('token', token, { ...options, secure: false });\n",
            "res.cookie('token', token, { ...options, secure: true });\n",
        ),
        # what is left where an option was is what anybody would write
        ("a.py", "requests.get(\n    url,\n    verify=False,  # why\n)\n", "requests.get(\n    url,  # why\n)\n"),
        ("a.py", "def f(s):\n    if s:\n        s.verify = False\n", ""),
        (
            "a.sh",
            'curl \\\n  -k \\\n  -H "Authorization: Bearer $T" https://a.example.net\n',
            'curl \\\n \\\n  -H "Authorization: Bearer $T" https://a.example.net\n',
        ),
        ("a.yaml", "http:\n  tls_config:\n    insecure_skip_verify: true\n  proxy: none\n", ""),
        ("a.sh", "curl http://api.accessiq.io:80/v1\n", "curl https://api.accessiq.io/v1\n"),
    ],
)  # fmt: skip
def test_a_fix_fits_what_is_around_it(path: str, before: str, after: str) -> None:
    result = repaired(path, before.encode())
    assert result.after.decode() == (after or before)


P = K[-12:-1] + "7"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        # the account stays where it is, and so does the option that is written to it
        ("a.sh", f"curl -u me:{P} https://a.corp.net\n", 'curl -u me:"${PASSWORD:?}" https://a.corp.net\n'),
        ("a.sh", f"curl --user='me:{P}' https://a.corp.net\n", "curl --user='me:'\"${PASSWORD:?}\" https://a.corp.net\n"),
        ("a.ps1", f'curl.exe -u "me:{P}" https://a.corp.net\n', 'curl.exe -u "me:$($env:PASSWORD)" https://a.corp.net\n'),
        (
            "a.rb",
            f"require 'typhoeus'\nTyphoeus.get('https://a.corp.net', userpwd: 'me:{P}')\n",
            "require 'typhoeus'\nTyphoeus.get('https://a.corp.net', userpwd: \"me:#{ENV.fetch('PASSWORD')}\")\n",
        ),
        # a variable is called by what is secret, not by the address that it is part of
        ("a.js", f"f({{ url: 'redis://u:{P}@a' }});\n", "f({ url: `redis://u:${process.env.REDIS_PASSWORD}@a` });\n"),
        ("a.js", f"DB_URL = 'mysql://u:{P}@a';\n", "DB_URL = `mysql://u:${process.env.DB_PASSWORD}@a`;\n"),
        ("a.js", f"const link = 'https://u:{P}@a.corp.net';\n", "const link = `https://u:${process.env.PASSWORD}@a.corp.net`;\n"),
        (
            "a.py",
            f"import os\nimport requests\nrequests.get(U, auth=('me', '{P}'))\n",
            "import os\nimport requests\nrequests.get(U, auth=('me', os.environ[\"PASSWORD\"]))\n",
        ),
        ("a.js", f"oauth2ClientSecret = '{P}{P}x9';\n", "oauth2ClientSecret = process.env.OAUTH2_CLIENT_SECRET;\n"),
    ],
)  # fmt: skip
def test_only_the_password_of_a_pair_or_an_address_goes(path: str, before: str, after: str) -> None:
    assert repaired(path, before.encode()).after.decode() == after


def test_what_does_not_parse_is_left_alone_and_said_so() -> None:
    result = repaired("a.py", f'print "x"\nKEY = "{K}"\n'.encode())
    assert [problem.kind for problem in result.problems] == ["unfixed"]
    assert "does not parse as Python" in result.problems[0].message
    assert K not in str(result.problems)


def test_a_fix_that_makes_it_worse_is_refused() -> None:
    def lint(data: bytes) -> Report:
        report = LINTER.lint("a.js", data)
        new = [finding._replace(code="AUT999") for finding in LINTER.lint("a.js", before).findings]
        return report if data == before else report._replace(findings=(*report.findings, *new))

    before = f"const a = '{K}';\nconst b = '{L}';\n".encode()
    result = Repair("a.js", lint, lambda _: True).run(before)
    assert result.after == before
    assert [problem.message.partition(": ")[2] for problem in result.problems] == [
        "AUT101 is not fixed: AUT999 would be found",
        "AUT101 is not fixed: AUT999 would be found",
    ]


def test_a_finding_holds_its_fix_and_no_secret() -> None:
    (finding,) = LINTER.lint("a.py", f'KEY = "{K}"\n'.encode()).findings
    assert isinstance(finding, Finding)
    assert finding.fix is not None
    assert finding.fix.variables == ("ACCESSIQ_API_KEY",)
    assert (finding.fix.applicability, finding.fix.imports, finding.fix.revoke) == ("unsafe", ("os",), "AccessIQ")
    assert K[8:] not in str(finding)
