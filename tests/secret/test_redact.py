import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import grows_linearly

from authlint.secret.redact import clean, mask, mask_line
from authlint.secret.speech import is_words

LETTERS_AND_DIGITS = string.ascii_letters + string.digits
BASE64 = LETTERS_AND_DIGITS + "+/"
BASE64URL = LETTERS_AND_DIGITS + "-_"
HEX = "0123456789abcdef"


def random_key(seed: int, length: int = 32, alphabet: str = LETTERS_AND_DIGITS) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))  # noqa: S311 - a fake that looks real


KEY = random_key(1, 24)


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("ak_live_" + KEY, "ak_live_"),
        ("xoxb-" + KEY, "xoxb-"),
        ("GOCSPX-" + KEY, "GOCSPX-"),
        ("github_pat_" + random_key(2, 60), "github_pat_"),
        ("ak_live_" + KEY[:12], "ak_"),
        ("sk-proj-" + random_key(3, 40), "sk-proj-"),
        (KEY, ""),
        (KEY[:4] + "_" + KEY[4:], ""),
        ("correct horse battery", ""),
    ],
)
def test_a_mask_keeps_a_prefix_of_words(value: str, prefix: str) -> None:
    shown, _, rest = mask(value).partition("…")
    assert shown == prefix
    assert rest.startswith(f"({len(value)} chars, sha256:")
    assert len(shown) * 4 <= len(value)


def test_the_mask_of_a_short_value_has_no_hash() -> None:
    assert mask("hunter2") == "…(7 chars)"
    assert mask("") == "…(0 chars)"


@given(st.text())
def test_a_mask_shows_no_more_than_a_quarter(value: str) -> None:
    shown, _, _ = mask(value).partition("…")
    assert value.startswith(shown)
    assert len(shown) * 4 <= len(value)


MASKED = [
    'password = "§"',
    "password = '§'",
    "password = `§`",
    'password: str = "§"',
    'password: str | None = "§"',
    'password?: string = "§"',
    "password := `§`",
    "PASSWORD=§",
    "PASSWORD=correct § battery",
    "export DB_PASS=§",
    "set DB_PASS=§",
    "ENV API_KEY §",
    "ENV API_KEY=§ OTHER=1",
    "  password: §",
    "  password: §   # what it is",
    "  - API_TOKEN=§",
    '"password": "§",',
    r'"{\"password\": \"§\"}"',
    "'password' => '§',",
    ":password => '§', :url => '/'",
    'os.environ["PASSWORD"] = "§"',
    'headers["X-API-Key"] = "§"',
    'config.password ||= "§"',
    'os.environ.get("PASSWORD", "§")',
    'os.environ.get("PASSWORD") or "§"',
    "process.env.PASSWORD || '§'",
    "process.env.PASSWORD||'§'",
    'token = process.env.X ?? "§"',
    "${PASSWORD:-§}",
    "password = a if b else '§'",
    '{"password": cond ? "§" : "§"}',
    'password = "§" + "§"',
    'password = ("§")',
    'password = hash("§")',
    'tokens = ["§", "§"]',
    'credentials = {"user": "bob", "password": "§"}',
    'auth=("bob", "§1")',
    'if token == "§":',
    'if (token === "§") {',
    'setPassword("§")',
    'localStorage.setItem("token", "§")',
    'jwt.sign({ sub }, "§", { algorithm: "HS256" })',
    'jwt.encode(payload, "§", algorithm="HS256")',
    "parser.add_argument('--password', type=str, default='§')",
    "<password>§</password>",
    '<add key="Password" value="§"/>',
    "mysql --password § -h db",
    "mysql --password=§ -h db",
    "curl -u bob:§ https://example.com",
    'curl -u "bob:§" https://example.com',
    "curl -ubob:§ https://example.com",
    "curl -su 'bob:§' https://example.com",
    '["curl", "-u", "bob:§"]',
    'userpwd: "bob:§")',
    ":userpwd => 'bob:§')",
    'ConvertTo-SecureString "§" -AsPlainText -Force',
    "ConvertTo-SecureString -AsPlainText -Force -String '§'",
    "curl -d 'grant_type=password&password=§&username=bob' https://example.com",
    "https://bob:§@example.com/x",
    "postgres://bob:§@db/x",
    "machine example.com login bob password §1",
    "password = '§",
]
SECRETS = ["hunter", "hunter2", "winter-storm", "p$ss", KEY, KEY[:16]]


@pytest.mark.parametrize("line", MASKED)
@pytest.mark.parametrize("secret", SECRETS)
def test_whatever_a_name_of_a_secret_is_given_is_masked(line: str, secret: str) -> None:
    assert secret not in mask_line(line.replace("§", secret))


PASSED = r"""
const token = await getToken();
const token = data.access_token;
token = os.environ["API_TOKEN"]
token = os.environ.get("API_TOKEN")
token = process.env.S3_TOKEN;
token = session["oauth_token"]
token = request.args.get("code")
token = (await response.json()).access_token
access_token = resp.json()["access_token"]
const token = req.headers.authorization.split(" ")[1];
$ApiToken = $env:IIQ_API_TOKEN
headers: { Authorization: `Bearer ${token}` }
headers = {"Authorization": f"Bearer {token}"}
headers = {"Authorization": f"Bearer {get_token()}"}
$Headers = @{ Authorization = "Bearer $ApiToken" }
curl -u "$USER:$PASS" https://example.com
curl -H "Authorization: Bearer $TOKEN" https://example.com
API_KEY: ${{ secrets.API_KEY }}
API_KEY=your_api_key_here
API_KEY=
client_secret=<your_client_secret>
password: "{{ vault_password }}"
password: |
def f(token, password=None): return token
password: Optional[str] = None
token: string;
type Props = { token: string; onChange: (t: string) => void }
jwt.encode(payload, "secret", algorithm="HS256")
localStorage.setItem("token", data.token)
TOKEN_URL = "https://data.apartmentiq.io/oauth2/token"
token_type = "Bearer"
export const TOKEN_KEY = "auth_token";
import { useState, useEffect } from "react";
from authlint.frontends.markdown import lower
path = "/usr/local/lib/python3.11/site-packages/authlint/frontends/markdown.py"
see https://docs.python.org/3/library/asyncio-subprocess.html#asyncio.create_subprocess_exec
https://example.com:8080/x?a=b
console.log("token", token)
print("token expires at", token.expires_at)
logger.info("token %s expires in %s", token, ttl)
throw new Error("password must be at least 8 characters")
Use a token to authenticate, never a password in a URL
The response includes an access token and its expiration:
<div key="item-1" className="token-list">
<input type="password" name="password" placeholder="Password" />
const key = Object.keys(x)[0];
sort(key=lambda item: item.name)
expect(screen.getByText('Reset your password')).toBeInTheDocument()
client = OAuth2Session(client_id, token=token, auto_refresh_url=URL)
(token) => { axios.get("https://example.com/z", {headers: h}) }
"""


@pytest.mark.parametrize("line", PASSED.strip().splitlines())
def test_code_without_a_secret_stays_readable(line: str) -> None:
    assert mask_line(line) == line


def test_what_stays_around_a_mask() -> None:
    masked = mask_line(f'const a = {{ client_secret: "{KEY}", grant_type: "x" }}; // Bearer {KEY}.')
    assert masked == f'const a = {{ client_secret: "{mask(KEY)}", grant_type: "x" }}; // Bearer {mask(KEY + ".")}'


def test_a_masked_line_stays_as_it_is() -> None:
    for line in (f'api_key = "ak_live_{KEY}"', f"password={KEY}", f"password: {KEY} x"):
        assert mask_line(mask_line(line)) == mask_line(line)


KEYS = (
    st.tuples(st.integers(0, 2**32), st.integers(20, 90), st.sampled_from([LETTERS_AND_DIGITS, HEX, BASE64, BASE64URL]))
    .map(lambda drawn: random_key(*drawn))
    .filter(lambda key: not is_words(key))
)
PREFIXES = st.sampled_from(["", "ak_live_", "pb_test_", "scim_", "rt_", "ghp_", "sk-", "glpat-", "xoxb-"])
ANYWHERE = [
    "§",
    "# §",
    "see §, please",
    '"§"',
    r"\"§\"",
    "f('§')",
    "x = §",
    "x: §",
    "Bearer §",
    "-H 'X-Thing: §'",
    "https://example.com/?x=§&y=1",
    "https://example.com/§/edit",
    "https://§@example.com/",
    "https://bob:§@example.com/",
    "[link](§)",
    "a,§,b",
    "<b>§</b>",
    "return `§`;",
    "{{ x }}§",
    "é§é",
    "x=='§'?1:0",
    "%20§%20",
]


@given(KEYS, PREFIXES, st.sampled_from(ANYWHERE))
def test_a_random_key_is_seen_anywhere(key: str, prefix: str, line: str) -> None:
    assert key not in mask_line(line.replace("§", prefix + key))


SHORT_KEYS = st.tuples(st.integers(0, 2**32), st.integers(8, 40), st.just(LETTERS_AND_DIGITS)).map(
    lambda drawn: random_key(*drawn)
)


@given(SHORT_KEYS, st.sampled_from([line for line in MASKED if " battery" not in line]), st.text("{( \t", max_size=3))
def test_a_random_password_is_seen_behind_its_name(key: str, line: str, before: str) -> None:
    assert key not in mask_line(before + line.replace("§", key))


@given(st.text())
def test_any_text_is_masked(text: str) -> None:
    assert isinstance(mask_line(text), str)


UNITS = ["a", "aB3", "token=", 'token="', "token='a' ", "token(", "key=[", "token={a:", "://a:", "://a:b@", "Bearer "]
UNITS += ['\\"', "'", "--token ", "<token>", "eyJa.", "ak_live_", "{", "token, default", 'token="\\', "-u a:", "  "]


@pytest.mark.parametrize("unit", UNITS)
def test_long_lines_are_masked_in_linear_time(unit: str) -> None:
    assert grows_linearly(lambda size: mask_line(unit * (size // len(unit))), 8_000)


def test_a_secret_deep_in_hostile_brackets_is_masked() -> None:
    assert KEY[:10] not in mask_line("token(" * 10_000 + f'"{KEY[:10]}"')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb", "a\tb"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\r", "a\\x0ab\\x0d"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066"),
        ("a\u200bb\u2028", "a\\u200bb\\u2028"),
        ("\udcff", "\\udcff"),
        ("é漢🔑", "é漢🔑"),
    ],
)
def test_control_characters_are_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(st.characters()))
def test_clean_text_can_be_printed(text: str) -> None:
    shown = clean(text)
    shown.encode()
    assert all(char == "\t" or char >= " " for char in shown)
    assert clean(shown) == shown


@pytest.mark.parametrize("text", ["access_token", "/usr/lib/python3.11", "sha256", "XMLHttpRequest", "v1.2.3", "https"])
def test_words(text: str) -> None:
    assert is_words(text)


@pytest.mark.parametrize(("length", "percent"), [(16, 1.5), (20, 0.3), (24, 0.1), (32, 0.05)])
def test_hardly_a_random_key_can_be_read_as_words(length: int, percent: float) -> None:
    keys = (random_key(seed, length, BASE64URL) for seed in range(4000))
    assert sum(map(is_words, keys)) / 4000 * 100 <= percent


@pytest.mark.parametrize("text", [KEY, "xkqzvbtrwp", "123456789012", "aB3dE5", "a" * 2000])
def test_what_is_no_words(text: str) -> None:
    assert not is_words(text)
