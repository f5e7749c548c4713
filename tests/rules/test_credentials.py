"""What a name promises, and which literals keep the promise."""

from __future__ import annotations

from datetime import date

import pytest

from authlint.concepts.credentials.credential_names import is_header, sort_of
from authlint.concepts.credentials.credential_texts import inside
from authlint.concepts.credentials.credential_values import is_key, is_password, is_random
from authlint.concepts.tokens import jwts
from authlint.engine.linter import Linter, Options
from authlint.ruleset.examples import fake
from authlint.run.catalog import load

KEY = fake("[A-Za-z0-9]{32}", "credentials")
HEX = fake("[0-9a-f]{32}", "credentials")
QUERY = "\N{INVERTED QUESTION MARK}"
"""Stands for the mark before a query, so that this file has no such URLs itself."""
RULES = frozenset({"AUT104", "AUT105", "AUT106", "AUT107", "AUT108"})


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("client_secret", "client-secret"), ("GITHUB_CLIENT_SECRET", "client-secret"),
        ("consumerSecret", "client-secret"),
        ("password", "password"), ("DB_PASS", "password"), ("dbpassword", "password"), ("password1", "password"),
        ("vManage_PASSWORD", "password"), ("API_KEY", "api-key"), ("apikey_prod", "api-key"), ("totpSecret", "secret"),
        ("accessToken", "token"), ("app.config.JWT_SECRET_KEY", "signing-key"), ("cookieSecret", "signing-key"),
        ("secretOrKey", "signing-key"), ("SECRET_KEY", "secret-key"), ("STRIPE_SECRET_KEY", "api-key"),
        ("REFRESH_TOKEN_SECRET", "secret-key"), ("Authorization", "authorization"),
        ("token_url", ""), ("RESET_PASSWORD", ""), ("PASSWORD_REQUIRED", ""), ("nextPageToken", ""), ("csrf_token", ""),
        ("tokenAddress", ""), ("password_hash", ""), ("publishable_key", ""), ("primary_key", ""), ("tokenizer", ""),
        ("JWT_AUTH_USERNAME_KEY", ""), ("Enter your password", ""), ("", ""),
    ],
)  # fmt: skip
def test_what_a_name_promises(name: str, sort: str) -> None:
    assert sort_of(name) == sort


def test_headers_that_carry_a_credential() -> None:
    assert [name for name in ("X-API-Key", "x-request-id", "Private-Token", "Accept", "apiKey") if is_header(name)] == [
        "X-API-Key",
        "Private-Token",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "https://example.com/" + KEY, "./keys/" + KEY, "authentication-token-service", "0x" + "a1" * 20, "YOUR_API_KEY",
        "sha512-" + KEY, "application/vnd.api+json", "two words " + KEY, "eyJhbGciOiJIUzI1NiJ9.eyJ", "pk_" + KEY,
        "é" + KEY,
    ],
)  # fmt: skip
def test_no_key_of_a_machine(value: str) -> None:
    assert is_random(KEY, name="token", at_least=16, samples=frozenset())
    assert not is_random(value, name="token", at_least=16, samples=frozenset())


@pytest.mark.parametrize(
    ("value", "likely", "is_one"),
    [
        ("C0rrect-Horse", False, True), ("123456", False, True), ("admin123", False, True), ("hunter!@", False, True),
        ("postgres", True, True), ("postgres", False, False), ("mysecretpassword", True, True),
        ("password", True, False), ("changeme", True, False), ("your_password", True, False), ("xxxxxxxx", True, False),
        ("errors.password.min8", False, False), ("required|min:6", False, False), ("#password1", False, False),
        ("VARCHAR(255)", False, False), ("$2b$12$abcdefghijk", False, False), ("8", False, False),
        ("<password1>", True, False), ("请输入密码12", True, False), ("${DB_PASSWORD}", True, False),
    ],
)  # fmt: skip
def test_passwords(value: str, likely: bool, is_one: bool) -> None:
    assert is_password(value, name="password", likely=likely) is is_one


@pytest.mark.parametrize(
    ("value", "sure", "is_one"),
    [
        ("changeme", True, True), ("changeme", False, False), ("keyboard cat", True, True), ("s3", True, True),
        ("", True, False), ("xxxx", True, False), ("<your secret>", True, False), ("{{ secret }}", True, False),
        ("-----BEGIN PUBLIC KEY-----\nMIIB", True, False), ("vault:secret/jwt", True, False),
        ("https://example.com/jwks", False, False), ("crapi", False, True),
    ],
)  # fmt: skip
def test_signing_keys(value: str, sure: bool, is_one: bool) -> None:
    assert is_key(value, name="jwt_secret", sure=sure) is is_one


def test_credentials_inside_texts() -> None:
    assert list(inside(f"X-API-Key: {KEY}")) == [("X-API-Key", KEY)]
    assert list(inside(f"Authorization: Bearer {KEY}")) == [("Authorization", KEY)]
    assert list(inside(f"grant_type=password&client_secret={KEY}")) == [("client_secret", KEY)]
    assert list(inside('{"user": "app", "password": "letmein1"}')) == [("password", "letmein1")]
    assert list(inside("postgres://app:letmein1@db.example.com/app")) == [("password", "letmein1")]
    assert list(inside("postgres://app:letmein1@localhost/app")) == []
    assert list(inside(f'# client_secret = "{KEY}"', assigned=True)) == [("client_secret", KEY)]
    assert list(inside("Please enter your password = it is needed")) == []


def test_a_token_is_read_without_a_key() -> None:
    assert jwts.read("eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE1MDB9.x") == jwts.Token("HS256", date(1970, 1, 1), "", False)
    assert jwts.read("eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.x") == jwts.Token("HS256", None, "", True)
    assert jwts.read("eyJ0eXAiOiJKV1QifQ.eyJleHAiOjE1MDB9.x") is None
    assert jwts.read("eyJ.eyJ.x") is None


@pytest.mark.parametrize(
    ("path", "text", "codes"),
    [
        ("a.py", f'token = "Bearer {KEY}"', ["AUT104"]),
        ("a.js", f"get(url, {{ headers: {{ Authorization: 'Bot {KEY}' }} }});", ["AUT104"]),
        ("a.py", f'key = os.getenv("API_TOKEN", "{KEY}")', ["AUT107"]),
        ("compose.yaml", f"services:\n  a:\n    environment:\n      API_TOKEN: {KEY}\n", ["AUT108"]),
        ("compose.yaml", "services:\n  a:\n    environment:\n      JWT_SECRET: abc-def\n", ["AUT106"]),
        (".github/workflows/a.yml", f"env:\n  API_TOKEN: {KEY}\n", ["AUT108"]),
        (".github/workflows/a.yml", "env:\n  POSTGRES_PASSWORD: postgres\n  JWT_SECRET: abc-def\n", []),
        ("locales/en.json", '{"secret": "Secret", "cookie": "Cookie"}', []),
        ("config/routes.rb", 'match "/users/:id/requests/:secret" => "requests#handle", :as => :requests', []),
        ("openapi.yaml", "paths:\n  /login:\n    post:\n      example:\n        password: spree123\n", []),
        ("api.yaml", 'link: "/accept-invitation/x?token=VVL8HRJRDHaZmJ4pQEhtz6ey"\n', []),
        (".env-example", "DB_PASSWORD=postgres12\n", []),
        (".env.default", "DB_PASSWORD=postgres12\n", []),
        ("config.sample.json", '{"host": "db", "password": "postgres12"}', []),
        ("sample.json", '{"host": "db", "password": "postgres12"}', ["AUT105"]),
        ("locales/de.json", '{"password": "Passwort1"}', []),
        ("tests/test_a.py", 'password = "C0rrect-Horse"\nsecret_key = "abc-def"', []),
        ("config/test.json", '{"jwt": {"secret": "abc-def"}}', []),
        ("config/default.json", '{"jwt": {"secret": "abc-def"}}', ["AUT106"]),
        ("config.js", "exports.superSecret = 'abcdefgh';", ["AUT106"]),
        ("a.js", "exports.superSecret = 'abcdefgh';", []),
        ("a.js", "const MOCK_USERS = { 'a@test.com': { password: 'C0rrect-Horse' } };", []),
        ("a.js", "const USERS = { 'a@test.com': { password: 'C0rrect-Horse' } };", ["AUT105"]),
        ("a.ts", "import AES from 'crypto-js/aes';\nAES.encrypt(token, 'abc-def');", ["AUT106"]),
        ("a.ts", "import AES from 'crypto-js/aes';\nAES.encrypt('abc-def', key);", []),
        (".env.example", "JWT_SECRET=abc-def\nDB_PASSWORD=postgres\n", []),
        (".env", "PORT=3000\nSECRET=kderw-khwer\n", ["AUT106"]),  # of the sessions, as nothing else is said
        (".env", "SECRET=your_secret\nSECRET_NAME=kderw-khwer\n", []),
        (
            "session.server.ts",
            "createCookieSessionStorage({ cookie: { secrets: ['sea-shell'], secure: true, httpOnly: true } });",
            ["AUT106"],
        ),
        (
            "session.server.ts",
            "createCookieSessionStorage({ cookie: { secrets: [process.env.KEY], secure: true, httpOnly: true } });",
            [],
        ),
        ("a.py", 'app.config["JWT_SECRET_KEY"] = "I\'m who?"', ["AUT106"]),
        ("a.py", 'app.secret_key = "secret_key"', ["AUT106"]),
        ("wsgi.py", "from x import app as application\napplication.secret_key = 'APP_SECRET'", ["AUT106"]),
        ("a.py", f"h = b64encode('{{}}:{{}}'.format('228RY9', '{HEX}').encode())", ["AUT105"]),
        ("a.js", f"const h = 'Basic ' + btoa('228RY9:{HEX}')", ["AUT105"]),
        ("a.py", "h = b64encode(b'type:application/json')", []),
        ("a.py", "h = b64encode(f'{user}:{password}'.encode())", []),
        ("a.py", "def login(user, password): ...\nlogin('me', 'C0rrect-Horse')", ["AUT105"]),
        (
            "a.py",
            "class Client:\n    def __init__(self, user, password): ...\nClient('me', 'C0rrect-Horse')",
            ["AUT105"],
        ),
        ("a.js", "class Client { constructor(user, password) {} }\nnew Client('me', 'C0rrect-Horse');", ["AUT105"]),
        ("a.rb", "class A\n  def initialize(user, password)\n  end\nend\nA.new('me', 'C0rrect-Horse')", ["AUT105"]),
        ("a.py", "def login(user, password): ...\nlogin('me', '********')", []),
        ("a.py", f"from spotipy.oauth2 import SpotifyOAuth\nauth = SpotifyOAuth('228RY9', '{HEX}', URL)", ["AUT105"]),
        ("a.py", f"from spotipy import util\nt = util.prompt_for_user_token(me, SCOPE, 'a', '{HEX}', URL)", ["AUT105"]),
        ("a.py", f"import pyowm\nowm = pyowm.OWM('{HEX}')", ["AUT105"]),
        ("a.py", "import pyowm\nowm = pyowm.OWM('YOUR_API_KEY')", []),
        (
            "a.py",
            f"import tweepy\nauth = tweepy.OAuthHandler(KEY, SECRET)\nauth.set_access_token(T, '{HEX}')",
            ["AUT105"],
        ),
        ("a.py", "import pymysql\ndb = pymysql.connect('db.acme.com', 'root', 'C0rrect-Horse', 'x')", ["AUT105"]),
        ("a.py", "import smtplib\ns = smtplib.SMTP(HOST)\ns.login('me@acme.com', 'vkqn wpzr tmxy hbcd')", ["AUT105"]),
        ("a.py", "import psycopg2\ndb = psycopg2.connect('dbname=x user=me password=C0rrect-Horse')", ["AUT105"]),
        ("a.py", "print('usage: user=me password=C0rrect-Horse or so')", []),
        ("a.py", "EMAIL_HOST_PASSWORD = 'vkqnwpzrtmxyhbcd'", ["AUT105"]),
        ("a.py", "EMAIL_HOST_PASSWORD = 'enter your password here'", []),
        ("a.py", "password = 'this is just some text'\npassword = 'longpasswordhere'", []),
        ("a.py", "def check(name, password): ...\nlogin('me', 'C0rrect-Horse')", []),
        ("a.py", 'names = {"secret_key": "secret_key"}', []),
        ("a.py", f'CLIENT_SECRET = "{KEY}"\napp.config["SECRET_KEY"] = CLIENT_SECRET', ["AUT106"]),
        ("a.py", f'weather = "{HEX}"\nurl = f"https://api.weather.net/now{QUERY}appid={{weather}}"', ["AUT105"]),
        ("a.py", f'weather = "{HEX}"\nurl = "https://api.weather.net/now{QUERY}appid=" + weather', ["AUT105"]),
        ("a.py", f'requests.get(URL, params={{"q": q, "appid": "{HEX}"}})', ["AUT105"]),
        ("a.py", f'item = "{HEX}"\nurl = f"https://api.weather.net/now{QUERY}id={{item}}"', []),
        ("a.py", 'weather = "london"\nurl = f"https://api.weather.net/now{QUERY}appid={weather}"', []),
        (
            "realm.json",
            '{"clients": [{"clientId": "a", "secret": "nightly-batch-client-pw", "redirectUris": []}]}',
            ["AUT105"],
        ),
        ("realm.json", '{"clients": [{"clientId": "a", "secret": "**********", "redirectUris": []}]}', []),
        ("realm.json", '{"clients": [{"clientId": "a", "secret": "${CLIENT_SECRET}", "redirectUris": []}]}', []),
        ("client.json", '{"clientId": "a", "secret": "nightly-batch-client-pw"}', []),
        ("s.yaml", "kind: Secret\nmetadata:\n  name: a\nstringData:\n  password: storageos\n", ["AUT108"]),
        ("s.yaml", "kind: Secret\nmetadata:\n  name: a\nstringData:\n  password: changeme\n", []),
        ("run.sh", "docker run -e POSTGRES_PASSWORD=postgres postgres", ["AUT108"]),
        ("run.sh", "docker run -e POSTGRES_PASSWORD=changeme postgres", []),
        ("config/initializers/devise.rb", f"# config.secret_key = '{KEY}{KEY}'\nconfig.x = 1\n", []),
        ("config/initializers/devise.rb", f"config.secret_key = '{KEY}{KEY}'\nconfig.x = 1\n", ["AUT106"]),
        ("a.rb", "JSON::JWT.decode(token, :skip_verification)", []),
        ("a.rb", f'class Api\n  def self.api_key\n    "{KEY}"\n  end\nend\n', ["AUT105"]),
        ("settings.py", 'def secret_key(x):\n    return "perhaps-not-sure" if x else "sure"\n', []),
        ("a.py", f'def label():\n    return "{KEY}"\ndef api_key_title():\n    return "{KEY}"\n', []),
        ("a.py", 'PASSWORD = "C0rrect-Horse"\nx.login(password=PASSWORD)\ny.login(password=PASSWORD)', ["AUT105"]),
    ],
)
def test_one_defect_is_one_finding(path: str, text: str, codes: list[str]) -> None:
    report = Linter(load().only(RULES), Options()).lint(path, text.replace(QUERY, "?").encode())
    assert [finding.code for finding in report.findings] == codes


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("mysql://app:{}@db1.k3v9.eu-west-1.rds.amazonaws.com:3306/app", True),
        ("mongodb+srv://app:{}@cluster0.ab1cd.mongodb.net/app", True),
        ("mysql://app:{}@your-host.rds.amazonaws.com/app", False), ("postgres://app:{}@db.example.com/app", False),
        ("postgres://app:{}@localhost/app", False), ("postgres://app:{}@db/app", False),
    ],
)  # fmt: skip
def test_an_address_in_a_document_opens_something(address: str, is_one: bool) -> None:
    linter = Linter(load().only(RULES), Options())
    passwords = {fake("[a-z]{6}[0-9]{4}!!", "addresses"): True, "p4ssw0rd!": False, "app12345": False}
    for password, is_real in passwords.items():
        report = linter.lint("README.md", f"Run it with\n\n    {address.format(password)}\n".encode())
        assert bool(report.findings) is (is_one and is_real), password


def test_a_token_is_reported_once_though_the_document_and_its_fence_both_show_it() -> None:
    token = fake("eyJhbGciOiJIUzI1NiJ9\\.eyJzdWIiOiI[A-Za-z0-9]{24}In0\\.[A-Za-z0-9_-]{43}", "a fence")
    found = Linter(load().only(RULES), Options()).lint(
        "a.md", f'```json\n{{"access_token": "{token}"}}\n```\n'.encode()
    )
    assert [(f.code, "'access_token'" in f.message) for f in found.findings] == [("AUT104", True)]
