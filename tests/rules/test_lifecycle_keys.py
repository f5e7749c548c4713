"""Keys that are not changed and tokens that are issued for too long, case by case (AUT508 to AUT510)."""

from __future__ import annotations

import pytest
from life import LIFE, codes, findings

from authlint.concepts.tokens.durations import in_words, of_text
from authlint.engine.linter import Linter, Options

JS = "const jwt = require('jsonwebtoken');\n"

# --- AUT508 and AUT509: keys -----------------------------------------------------------------------------------------

CREATE = "https://api.accessiq.io/v1/organizations/acme/api-keys"


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.sh", f'curl -X POST {CREATE} -d \'{{"name": "a"}}\'', ["AUT508 warning medium"]),
        ("a.sh", f'curl -X GET {CREATE} -d \'{{"name": "a"}}\'', []),
        ("a.sh", f"curl {CREATE} -d @key.json", []),
        ("a.sh", f'curl {CREATE} -d "{{\\"name\\": \\"a\\", \\"expiresIn\\": \\"$TTL\\"}}"', []),
        ("a.sh", f'curl {CREATE} --json \'{{"name": "a", "expiresIn": 31536000}}\'', ["AUT508 warning high"]),
        ("a.sh", f'curl {CREATE} --json \'{{"name": "a", "expires_in_days": 30}}\'', []),
        ("a.sh", f'curl {CREATE} --json \'{{"name": "a", "expires_in_days": 91}}\'', ["AUT508 warning high"]),
        ("a.sh", f'curl {CREATE} --json \'{{"name": "a", "expiresAt": "2026-07-01"}}\'', []),
        ("a.sh", f'curl {CREATE} --json \'{{"name": "a", "expiresAt": "2028-07-01"}}\'', ["AUT508 warning high"]),
        ("a.py", 'requests.post(b + "/oauth/tokens", data={"grant_type": "x", "name": 1, "ttl": 0})', []),
        ("a.py", 'requests.get(b + "/api-keys", params={"name": "a", "expiresIn": None})', []),
        ("a.py", 'requests.request("POST", b + "/api-keys", json={"name": 1, "ttl": "1y"})', ["AUT508 warning high"]),
        (
            "a.txt",
            f'curl -X POST {CREATE} -d \'{{\n  "name": "a",\n  "expiresIn": "365d"\n}}\'\n',
            ["AUT508 warning high"],
        ),
        ("a.env", "# authlint: issued=2026-01-15\nACME_API_KEY=\n", ["AUT509 warning high"]),
        ("a.env", "ACME_API_KEY=  # created: 2026-01-15\n", ["AUT509 warning high"]),
        ("a.env", "# rotated 2026-05-15\nACME_API_KEY=\n", []),
        ("a.env", "# rotated 2020-01-15\n\n\nACME_API_KEY=\n", []),
        ("a.env", "# created 2020-01-15\nACME_THEME=dark\n", []),
        ("a.env", "# rotated 2020-01-15\nAIQ_CLIENT_SECRET=\n", []),  # its provider asks for no rotation
        ("a.env", "# rotated 2020-13-45\nACME_API_KEY=\n", []),
        ("a.yaml", "acme:\n  api_key: ${ACME}\n  created: 2026-01-15\n", ["AUT509 warning high"]),
        ("a.yaml", "users:\n  - password: x\n    created: 2020-01-15\n", []),
        ("a.md", "```yaml\nacme:\n  rotation_days: 365\n```\n", []),
        ("a.yaml", "rotation_days: 0\n", []),
        ("main.tf", "rotation_rules {\n  automatically_after_days = 365\n}\n", ["AUT509 warning high"]),
        ("main.tf", "rotation_rules {\n  automatically_after_days = 30\n}\n", []),
    ],
)
def test_keys_that_are_not_changed(path: str, code: str, expected: list[str]) -> None:
    assert codes(path, code) == expected


def test_without_a_day_nothing_is_old() -> None:
    code = "# rotated 2020-01-15\nACME_API_KEY=\n"
    assert findings("a.env", code, Linter(LIFE, Options(min_confidence="low"))) == []


# --- AUT510: long lives ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.js", JS + "const accessToken = jwt.sign({ id }, KEY, { expiresIn: '12h' });", ["AUT510 info high"]),
        ("a.js", JS + "const accessToken = jwt.sign({ id }, KEY, { expiresIn: 3600 });", []),
        ("a.js", JS + "const accessToken = jwt.sign({ id }, KEY, { expiresIn: '3600000' });", []),  # milliseconds
        ("a.js", JS + "const accessToken = jwt.sign({ id }, KEY, { expiresIn: ttl });", []),
        ("a.js", JS + "const refreshToken = jwt.sign({ id }, KEY, { expiresIn: '30d' });", []),
        ("a.js", JS + "const refreshToken = jwt.sign({ id }, KEY, { expiresIn: '1y' });", ["AUT510 warning high"]),
        ("a.js", JS + "const resetToken = jwt.sign({ id }, process.env.JWT_SECRET, { expiresIn: '7d' });", []),
        (
            "a.js",
            JS + "const t = jwt.sign({ id }, process.env.JWT_SECRET, { expiresIn: '7d' });",
            ["AUT510 warning high"],
        ),
        ("a.js", JS + "const blob = jwt.sign({ id }, KEY, { expiresIn: '7d' });", []),
        (
            "a.js",
            JS + "const accessToken = jwt.sign({ id, exp: Math.floor(Date.now() / 1000) + 60 * 60 * 24 * 7 }, KEY);",
            ["AUT510 warning high"],
        ),
        (
            "a.js",
            "const accessToken = await new SignJWT({ id }).setProtectedHeader({ alg })"
            ".setExpirationTime('7d').sign(key);",
            ["AUT510 warning high"],
        ),
        (
            "a.ts",
            "import { JwtModule } from '@nestjs/jwt';\n"
            "JwtModule.register({ secret: KEY, signOptions: { expiresIn: '7d' } })",
            ["AUT510 warning high"],
        ),
        ("a.py", "ACCESS_TOKEN_EXPIRE_MINUTES = 60 * 24 * 8", ["AUT510 warning high"]),
        ("a.py", "ACCESS_TOKEN_EXPIRE_MINUTES = 30", []),
        ("a.py", 'ACCESS_TOKEN_EXPIRE_MINUTES = int(os.environ["MINUTES"])', []),
        ("a.rb", "Devise.setup { |c| c.jwt { |jwt| jwt.expiration_time = 2.weeks.to_i } }", ["AUT510 warning high"]),
        ("a.rb", "expiration_time = 2.weeks.to_i", []),
        ("a.env", "JWT_EXPIRES_IN=90", []),  # of what?
        ("a.env", "JWT_REFRESH_EXPIRES_IN=30d", []),
    ],
)
def test_tokens_that_live_long(path: str, code: str, expected: list[str]) -> None:
    assert codes(path, code) == expected


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("15m", 900), ("2 days", 172_800), ("1.5h", 5400), ("P30D", 2_592_000), ("PT2H", 7200), ("P1DT12H", 129_600),
        ("90", 90), ("8760h", 31_536_000), ("1y", 31_536_000), ("500ms", 0.5), ("", None), ("P", None), ("soon", None),
        ("5 apples", None), ("-5m", None),
    ],
)  # fmt: skip
def test_durations_in_text(text: str, length: float | None) -> None:
    assert of_text(text) == length


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (1, "1 second"),
        (90, "90 seconds"),
        (3600, "1 hour"),
        (7200, "2 hours"),
        (86_400, "1 day"),
        (31_536_000, "1 year"),
    ],
)
def test_durations_in_words(length: float, words: str) -> None:
    assert in_words(length) == words
