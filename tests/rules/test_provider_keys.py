"""Keys of providers, told by their shape in any text, by a checksum, or by whose name stands before them."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import date

import pytest

from authlint.engine.linter import Linter, Options
from authlint.ruleset.examples import fake
from authlint.ruleset.knowledge import Knowledge
from authlint.run.catalog import load

RULES = load()
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BODY = fake("[A-Za-z0-9]{30}", "provider keys")
RANDOM = fake("[A-Za-z0-9]{32}", "provider keys")
UUID = fake("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "provider keys")


def checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return digits.rjust(6, "0")


GITHUB = f"ghp_{BODY}{checksum(BODY)}"


def found(text: str, path: str = "src/a.py", *, today: date | None = None) -> list[tuple[str, str]]:
    """The code and the flagged text of each finding about committed credentials."""
    data = text.encode()
    report = Linter(RULES, Options(today=today)).lint(path, data)
    return [(f.code, data[slice(*f.span)].decode()) for f in report.findings if f.code.startswith("AUT1")]


@pytest.mark.parametrize("text", ["{}", "# {}", "use('{}')", "x = '{}'", 'token = "{}"', "Authorization: Bearer {}"])
@pytest.mark.parametrize("path", ["a.txt", "a.go", "src/a.py", "README.md", "a.rs"])
def test_a_token_with_a_checksum_in_any_text(text: str, path: str) -> None:
    assert found(text.format(GITHUB), path) == [("AUT101", GITHUB)]
    changed = GITHUB[:-1] + ("a" if GITHUB[-1] != "a" else "b")
    assert found(text.format(changed), path) == []


def test_the_message_says_whose_it_looks_like_and_why_it_is_believed() -> None:
    (finding,) = Linter(RULES).lint("a.py", f"connect('{GITHUB}')".encode()).findings
    assert finding.provider == "github"
    assert "GitHub-style personal access token (ghp_…) is committed, and its checksum holds" in finding.message
    assert "GITHUB_TOKEN" in finding.message


def test_what_is_put_together_is_found_and_what_is_written_out_is_found_once() -> None:
    assert found(f"key = 'ghp_' + '{GITHUB[4:]}'") == [("AUT101", f"'ghp_' + '{GITHUB[4:]}'")]
    assert found(f"a = '{GITHUB}'\nb = a + ''") == [("AUT101", GITHUB)]


@pytest.mark.parametrize(
    "text",
    [
        'String apiKey = "{}";', "var apiKey string = `{}`", 'apiKey := "{}"', "api_key ?= {}", '"apiKey" => "{}",',
        'System.setProperty("API_KEY", "{}");', "$apiKey .= '{}';", "<apiKey>\n  {}\n</apiKey>", "export API_KEY={}",
        '<string name="api_key">{}</string>', '<add key="ApiKey" value="{}"/>', 'write("{{\\"apiKey\\":\\"{}\\"}}");',
        "Here is the api key: {}".replace("api key", "api_key"), "buildConfigField 'String', 'API_KEY', '\"{}\"'",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["src/Main.java", "main.go", "config.xml"])
def test_languages_that_have_no_front_end(text: str, path: str) -> None:
    assert found(text.format(RANDOM), path) == [("AUT105", RANDOM)]
    assert found(text.format("${API_KEY}"), path) == []
    assert found(text.format("your-api-key-here"), path) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "os.environ.setdefault('API_KEY', {})"), ("a.js", "headers.set('X-Api-Key', {})"),
        ("a.ts", "config.put('client_secret', {});"), ("a.rb", "client.set_header('X-Api-Key', {})"),
    ],
)  # fmt: skip
def test_setters_take_a_name_and_a_value(path: str, text: str) -> None:
    assert [value for _, value in found(text.format(f"'{RANDOM}'"), path)] == [f"'{RANDOM}'"]
    assert found(text.format("key"), path) == []


@pytest.mark.parametrize(
    ("name", "value", "is_one"),
    [
        ("HEROKU_API_TOKEN", UUID, True), ("HEROKU_APP_ID", UUID, False), ("REQUEST_TOKEN", UUID, False),
        ("NPM_TOKEN", UUID, True), ("netlify_key", RANDOM, True), ("table_key", RANDOM, False),
        ("config.facebook.key", fake("[0-9a-f]{32}", "facebook"), True), ("public_facebook_key", RANDOM, False),
        ("asana_pat", "1/" + fake("[0-9]{16}", "a") + ":" + fake("[0-9a-f]{32}", "a"), True),
    ],
)  # fmt: skip
def test_names_of_providers(name: str, value: str, is_one: bool) -> None:
    assert [each for _, each in found(f"{name} = '{value}'", "a.py")] == [f"'{value}'"] * is_one


def test_a_shape_that_says_little_counts_beside_its_provider_only() -> None:
    knowledge = Knowledge(RULES)
    assert knowledge.is_anchored("herokuToken", UUID)
    assert not knowledge.is_anchored("herokuToken", RANDOM)
    assert not knowledge.is_anchored("token", UUID)


def jwt(**claims: object) -> str:
    parts = [{"alg": "HS256"}, {"sub": RANDOM, **claims}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, fake("[A-Za-z0-9_-]{43}", "jwt")])


@pytest.mark.parametrize(
    ("claims", "level", "said"),
    [
        ({}, "error", "HS256, never ends"),
        ({"exp": 1_700_000_000}, "info", "HS256, ends 2023-11-14"),
        ({"exp": 1.9e9, "iss": "https://id.example.com/x"}, "error", "issued by id.example.com, ends 2030-03-17"),
        ({"exp": 1e300}, "error", "ends 9999-12-31"),
        ({"exp": float("nan")}, "error", "never ends"),
        ({"exp": "soon", "iss": "hunter2"}, "error", "HS256, never ends"),
    ],
)
def test_what_a_token_says_of_itself(claims: dict[str, object], level: str, said: str) -> None:
    text = f"token = '{jwt(**claims)}'".encode()
    (finding,) = Linter(RULES, Options(today=date(2026, 1, 1))).lint("a.py", text).findings
    assert (finding.code, finding.level) == ("AUT104", level)
    assert said in finding.message
    (undated,) = Linter(RULES).lint("a.py", text).findings
    assert undated.level == "error"


def cassette(recorded: str, **answer: object) -> str:
    body = json.dumps({"access_token": RANDOM, "token_type": "bearer", **answer})
    return json.dumps({"interactions": [{"recorded_at": recorded, "response": {"body": {"string": body}}}]}, indent=1)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (cassette("2016-02-14T21:00:36", expires_in=3600), False),
        (cassette("Sun, 14 Feb 2016 21:00:36 GMT", expires_in=3600), False),
        (cassette("2016-02-14T21:00:36"), True),  # nobody says that it ends
        (cassette("2025-12-31T21:00:36", expires_in=3600), True),  # it may still live, an ocean away
        (cassette("2016-02-14T21:00:36", expires_in=315_360_000), True),
        (cassette("2016-02-30T21:00:36", expires_in=3600), True),
        (json.dumps({"access_token": RANDOM, "expires_in": 7200, "created_at": 1_400_000_000}), False),
        (json.dumps({"access_token": RANDOM, "expires_in": 7200, "created_at": 1_790_000_000}), True),
        (json.dumps({"refresh_token": RANDOM, "expires_in": 7200, "created_at": 1_400_000_000}), True),
    ],
)
def test_recorded_tokens_are_over(text: str, is_one: bool) -> None:
    assert len(found(text, "tests/cassettes/a.json", today=date(2026, 1, 1))) == is_one
    assert len(found(text, "tests/cassettes/a.json")) == 1
