"""The life of a token, case by case: what each rule of AUT5xx says, and what it must not be taken in by."""

from __future__ import annotations

from datetime import date

import pytest

from authlint.catalog import load
from authlint.concepts.durations import in_words, of_text
from authlint.engine import Linter, Options
from authlint.finding import Finding

RULES = load()
LIFE = RULES.only(frozenset(rule.code for rule in RULES.rules if rule.family == "lifecycle"))
TODAY = date(2026, 6, 1)
LINTER = Linter(LIFE, Options(min_confidence="low", today=TODAY))
JWT = "import jwt\n"
JS = "const jwt = require('jsonwebtoken');\n"


def findings(path: str, code: str, linter: Linter = LINTER) -> list[Finding]:
    report = linter.lint(path, code.encode())
    assert [problem for problem in report.problems if problem.kind != "syntax"] == []
    return list(report.findings)


def codes(path: str, code: str) -> list[str]:
    return [f"{f.code} {f.level} {f.confidence}" for f in findings(path, code)]


# --- AUT501: kept and never looked at --------------------------------------------------------------------------------

FETCH = 'requests.post("https://id.example.net/oauth/token", data=CREDS, timeout=9).json()'
APP = "https://api.twitter.com/oauth2/token"


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("api.py", f'token = {FETCH}["access_token"]', ["AUT501 error medium"]),  # for whoever imports it
        ("api.py", f'token = {FETCH}["access_token"]\nprint(len(token))', []),  # a script that ends
        ("api.md", f'```python\ntoken = {FETCH}["access_token"]\n```', []),
        ("api.py", f'def go():\n    os.environ["TOKEN"] = {FETCH}["access_token"]', ["AUT501 error medium"]),
        ("api.py", f'def go(f):\n    f.write({FETCH}["access_token"])', ["AUT501 error medium"]),
        ("api.py", f'def go():\n    sys.stdout.write({FETCH}["access_token"])', []),
        (
            "api.py",
            f'def go():\n    data = {FETCH}\n    redis.set("token", data["access_token"])',
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f'def go():\n    data = {FETCH}\n    redis.set("token", data["access_token"], ex=data["expires_in"])',
            [],
        ),
        (
            "api.py",
            f'def headers():\n    t = {FETCH}["access_token"]\n    return {{"Authorization": "Bearer " + t}}\n\n'
            "H = headers()\n\ndef me():\n    return requests.get(URL, headers=H, timeout=9)",
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f'class A:\n    def go(self):\n        self.token = {FETCH}["access_token"]\n\n'
            '    def check(self):\n        requests.get("https://id.example.net/oauth2/validate", timeout=9)',
            [],
        ),
        (
            "api.py",
            f'class A:\n    def go(self):\n        self.token = {FETCH}["access_token"]\n\n'
            "    def get(self, r):\n        if r.status_code == 401:\n            self.obtain()",
            [],
        ),
        (
            "api.py",
            f'class A:\n    def go(self):\n        self.token = {FETCH}["access_token"]\n\n'
            "    def get(self, r):\n        if r.status_code == 401:\n            raise InvalidCredentials()",
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f'class A:\n    def go(self):\n        d = requests.post("{APP}", data=CREDS, timeout=9).json()\n'
            '        self.token = d["access_token"]',
            [],  # tokens for applications live until they are invalidated there
        ),
        ("a.html", "<script>location.hash && (window.location.href = `app://${p.access_token}`)</script>", []),
    ],
)
def test_a_token_that_is_kept(path: str, code: str, expected: list[str]) -> None:
    assert codes(path, code) == expected


def test_a_finding_tells_where_the_token_comes_from_and_where_it_is_used() -> None:
    code = (
        "class Api:\n    def login(self):\n"
        '        reply = requests.post("https://data.apartmentiq.io/oauth/token", data=CREDS, timeout=9)\n'
        '        self.token = reply.json()["access_token"]\n\n'
        "    def get(self, path):\n        return requests.get(path, headers=bearer(self.token), timeout=9)\n"
    )
    (found,) = findings("api.py", code)
    assert "(it lives 2 hours)" in found.message
    assert [(related.message, related.line) for related in found.related] == [
        ("the token is obtained here", 3),
        ("it is used here, however old it is", 7),
    ]


# --- AUT502 and AUT503: units, margins, refreshes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.js", "until = new Date().getTime() + data.expires_in;", ["AUT502 warning high"]),
        ("a.js", "until = new Date(Date.now() + (data.expires_in || 3600));", ["AUT502 warning high"]),
        ("a.js", "until = Date.now() + data.expires_in * 1000;", []),
        ("a.js", "until = Math.floor(Date.now() / 1000) + data.expires_in;", []),
        ("a.js", "until = Math.floor(Date.now() / 1000) + data.expires_in * 1000;", ["AUT502 warning high"]),
        ("a.js", "const set = (expiresIn) => { until = Date.now() + expiresIn };", []),  # whoever calls it may know
        ("a.js", "const expires_in = data.expires_in * 1000;\nuntil = Date.now() + expires_in;", []),
        ("a.js", "const isOver = claims.exp < Date.now() / 1000;", []),
        ("a.js", "const isOver = Date.now() > claims.exp;", ["AUT502 warning high"]),
        ("a.js", "const isOver = regex.exp < limit;", []),
        ("a.py", 'import time\nuntil = time.time() + data["expires_in"]', []),
        ("a.py", 'import time\nuntil = time.time() + data["expires_in"]\nif time.time() + 60 < until:\n    go()', []),
        (
            "a.py",
            'import time\nuntil = time.time() + data["expires_in"]\nif time.time() < until:\n    go()\n'
            "if r.status_code == 401:\n    fetch_token()",
            [],
        ),
        ("a.py", 'import time\nuntil = time.time() + data["expires_in"] * 0.9\nif time.time() < until:\n    go()', []),
        (
            "a.py",
            "import datetime\nuntil = datetime.datetime.now() + datetime.timedelta(seconds=data['expires_in'])\n"
            "if datetime.datetime.now() > until:\n    go()",
            ["AUT502 info high"],
        ),
    ],
)
def test_an_expiry_that_is_computed_wrongly(path: str, code: str, expected: list[str]) -> None:
    assert codes(path, code) == expected


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.js", "if (r.status === 401) { return refresh().then(() => send(request)); }", []),
        ("a.js", "if (r.status === 401) { await refresh(); }\nr = await fetch(url);", []),
        ("a.js", "if (r.status === 401) { await refresh(); console.log('again'); }", ["AUT503 warning medium"]),
        ("a.js", "if (r.status === 401) { return refresh(request); }", []),  # which may send it
        ("a.js", "if (r.status === 401) { return retry(await refresh()); }", []),
        ("a.js", "if (r.status === 403) { await refresh(); }", []),
        ("a.js", "const { access_token, refresh_token } = data;\nuse(access_token);", ["AUT503 warning low"]),
        ("a.js", "const { access_token, refresh_token } = data;\nuse(access_token, refresh_token);", []),
        (
            "a.js",
            "const { ClientCredentials } = require('simple-oauth2');\nconst client = new ClientCredentials(config);\n"
            "const token = await client.getToken({});\nconst next = await token.refresh();",
            ["AUT503 error high"],
        ),
        ("a.rb", "token = client.auth_code.get_token(code)\nfresh = token.refresh!", []),
        ("a.py", "oauth = OAuth2Session(client=client, auto_refresh_url=URL)", []),
        ("a.py", "oauth = OAuth2Session(client=BackendApplicationClient(ID), auto_refresh_url=None)", []),
    ],
)
def test_a_refresh_that_leads_nowhere(path: str, code: str, expected: list[str]) -> None:
    assert [item for item in codes(path, code) if item.startswith("AUT503")] == expected


# --- AUT504: no expiry ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.py", JWT + 'p = {"sub": 1}\nt = jwt.encode(p, KEY)', ["AUT504 error high"]),
        ("a.py", JWT + "p = dict(sub=1)\nt = jwt.encode(p, KEY)", ["AUT504 error high"]),
        ("a.py", JWT + 'p = {"sub": 1}\np["exp"] = end\nt = jwt.encode(p, KEY)', []),
        ("a.py", JWT + 'p = {"sub": 1}\nif ttl:\n    p.update(exp=end)\nt = jwt.encode(p, KEY)', []),
        ("a.py", JWT + 'p = {"sub": 1}\nadd_times(p)\nt = jwt.encode(p, KEY)', []),
        ("a.py", JWT + 'p = {"sub": 1}\nprint(p)\nt = jwt.encode(p, KEY)', ["AUT504 error high"]),
        ("a.py", JWT + "def f(p):\n    return jwt.encode(p, KEY)", []),
        ("a.py", JWT + 'def f(**more):\n    return jwt.encode({"sub": 1, **more}, KEY)', []),
        ("a.py", JWT + 'license = jwt.encode({"sub": 1}, KEY)', ["AUT504 warning low"]),
        ("tests/test_a.py", JWT + 't = jwt.encode({"sub": 1}, KEY)', []),
        ("a.md", '```python\nimport jwt\nt = jwt.encode({"sub": 1}, KEY)\n```', ["AUT504 info high"]),
        ("a.py", "from authlib.jose import jwt\nt = jwt.encode(h, {'sub': 1}, KEY)", ["AUT504 error high"]),
        ("a.py", "from flask_jwt_extended import create_access_token\nt = create_access_token(u)", []),
        (
            "a.py",
            "from flask_jwt_extended import create_access_token\nt = create_access_token(u, expires_delta=False)",
            ["AUT504 error high"],
        ),
        ("a.py", "SIMPLE_JWT = {'ACCESS_TOKEN_LIFETIME': None}", ["AUT504 error high"]),
        ("a.py", "JWT_ACCESS_TOKEN_EXPIRES = timedelta(10 ** 6)", ["AUT504 error medium"]),
        ("a.js", JS + "jwt.sign({ id }, KEY, (err, token) => done(token))", ["AUT504 error high"]),
        ("a.js", JS + "jwt.sign({ id }, KEY, options)", []),
        ("a.js", JS + "const options = { issuer: 'a' };\njwt.sign({ id }, KEY, options)", ["AUT504 error high"]),
        ("a.js", JS + "const options = { expiresIn: 60 };\njwt.sign({ id }, KEY, options)", []),
        ("a.js", JS + "jwt.sign({ id, exp: end }, KEY)", []),
        ("a.js", JS + "jwt.sign({ ...claims, id }, KEY)", []),
        ("a.js", JS + "jwt.sign(user, KEY)", ["AUT504 error medium"]),
        ("a.js", JS + "jwt.sign(claims, KEY)", []),
        (
            "a.js",
            JS + "const user = { name };\nconst a = short(user);\nconst t = jwt.sign(user, KEY);\n"
            "function short(u) { return jwt.sign(u, KEY, { expiresIn: '1m' }) }",
            ["AUT504 error high"],
        ),
        (
            "a.js",
            JS
            + "const user = { name };\nlimit(user);\nconst t = jwt.sign(user, KEY);\nfunction limit(u) { u.exp = end }",
            [],
        ),
        ("a.ts", "import { sign } from 'jsonwebtoken';\nexport const t = sign({ id }, KEY);", ["AUT504 error high"]),
        ("a.ts", "import { sign } from './mail';\nexport const t = sign({ id }, KEY);", []),
        (
            "a.ts",
            "import { JwtModule } from '@nestjs/jwt';\nJwtModule.register({ secret: KEY })",
            ["AUT504 warning low"],
        ),
        ("a.ts", "import { JwtModule } from '@nestjs/jwt';\nJwtModule.register({})", []),
        ("a.rb", "payload = { sub: 1 }\nJWT.encode(payload, KEY)", ["AUT504 error high"]),
        ("a.rb", "payload = { sub: 1 }\npayload[:exp] = 1.hour.from_now.to_i\nJWT.encode(payload, KEY)", []),
    ],
)
def test_a_token_without_an_end(path: str, code: str, expected: list[str]) -> None:
    assert codes(path, code) == expected


# --- AUT505: expiry is not checked -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.py", JWT + 'def logout(t):\n    jwt.decode(t, K, ["ES256"], {"verify_exp": False})', ["AUT505 error low"]),
        ("a.py", JWT + 'o = {"verify_exp": False}\nc = jwt.decode(t, K, ["ES256"], o)', ["AUT505 error high"]),
        ("a.py", JWT + 'c = jwt.decode(t, K, ["ES256"], {"verify_exp": True})', []),
        ("a.py", JWT + 'c = jwt.decode(t, K, ["ES256"], leeway=300)', []),
        ("a.py", JWT + 'c = jwt.decode(t, K, ["ES256"], leeway=86400)', ["AUT505 error high"]),
        ("a.py", JWT + 'c = jwt.decode(t, K, ["ES256"], leeway=config.leeway)', []),
        (
            "a.py",
            JWT + 'def ok(t):\n    try:\n        return jwt.decode(t, K, ["ES256"])\n'
            "    except jwt.ExpiredSignatureError:\n        return True",
            ["AUT505 error high"],
        ),
        (
            "a.py",
            JWT + 'def ok(t):\n    try:\n        return jwt.decode(t, K, ["ES256"])\n'
            "    except jwt.ExpiredSignatureError:\n        return None",
            [],
        ),
        ("a.py", "import sched\nverify_exp = False", []),
        ("a.py", "JWT_VERIFY_EXPIRATION = False", ["AUT505 error high"]),
        (
            "a.py",
            "from authlib.jose import jwt\ndef claims(t):\n    return jwt.decode(t, KEY)",
            [],  # who calls it may validate
        ),
        ("a.js", JS + "const options = { ignoreExpiration: true };", ["AUT505 error high"]),
        ("a.js", JS + "const options = { ignoreExpiration: false };", []),
        (
            "a.js",
            "const p = await jwtVerify(t, key, { algorithms: ['ES256'], currentDate: new Date('2020-01-01') })",
            ["AUT505 error high"],
        ),
        ("a.js", "const p = await jwtVerify(t, key, { algorithms: ['ES256'], currentDate: new Date() })", []),
    ],
)
def test_an_expired_token_is_accepted(path: str, code: str, expected: list[str]) -> None:
    assert codes(path, code) == expected


# --- AUT506: the signature is not checked ----------------------------------------------------------------------------

OFF = 'jwt.decode(t, options={"verify_signature": False})'


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.py", JWT + f"def f(t):\n    return {OFF}", ["AUT506 error high"]),
        ("a.py", JWT + f'def f(t):\n    kid = {OFF}["kid"]\n    return KEYS[kid]', []),
        ("a.py", JWT + f'def f(t):\n    c = {OFF}\n    return c.get("exp", 0) < now', []),
        ("a.py", JWT + f'def f(t):\n    c = {OFF}\n    return c.get("role")', ["AUT506 error high"]),
        ("a.py", JWT + f'def f(t):\n    c = {OFF}\n    return jwt.decode(t, KEYS[c["tenant"]], ["ES256"])', []),
        ("a.py", JWT + f"def f(t):\n    verify_signature(t)\n    return {OFF}", []),
        (
            "a.py",
            JWT
            + f'import requests\ndef f(t):\n    requests.post(URL, json={{"token": t}}, timeout=9)\n    return {OFF}',
            [],
        ),
        (
            "a.py",
            JWT + f'def f(t):\n    try:\n        return jwt.decode(t, K, ["ES256"])\n'
            f"    except jwt.InvalidSignatureError:\n        return {OFF}",
            ["AUT506 error high"],
        ),
        ("a.py", JWT + 'o = {"verify_signature": False}', ["AUT506 error high"]),
        ("a.py", 'check(webhook, options={"verify_signature": False})', []),
        ("a.py", JWT + "c = jwt.decode(t, K, verify=False)", ["AUT506 error high"]),
        ("a.py", JWT + 'c = jwt.decode(t, K, ["ES256"], verify=False)', ["AUT506 info high"]),
        ("a.py", JWT + 'A = ["HS256", "none"]\nc = jwt.decode(t, K, algorithms=A)', ["AUT506 error high"]),
        ("a.py", JWT + 'algorithms = ["ES256", "none"]', []),
        ("a.py", "from jose import jwt\nuser = find(jwt.get_unverified_claims(t)['sub'])", ["AUT506 error medium"]),
        ("a.js", JS + "const c = jwt.decode(t);\nif (c.exp < now) renew();", []),
        ("a.js", JS + "const c = jwt.decode(t);\nconsole.log(c);", []),
        ("a.js", JS + "const c = jwt.decode(t);\nconsole.log(c.sub);", []),
        ("a.js", JS + "const { payload: { role } } = jwt.decode(t, { complete: true });", ["AUT506 error medium"]),
        ("a.js", JS + "const { header } = jwt.decode(t, { complete: true });\nuse(keys[header.kid]);", []),
        ("a.js", JS + "jwt.decode(t, (err, c) => { req.id = c.id; });", ["AUT506 error medium"]),
        ("a.js", JS + "const c = jwt.decode(t) || {};\nreturnTo(c);", ["AUT506 error medium"]),
        ("a.js", JS + "window.user = jwt.decode(t).sub;", []),  # a page can only show it
        ("a.js", JS + "const c = jwt.verify(t, '', { algorithms: ['HS256'] });", ["AUT506 error high"]),
        ("a.js", "const s = require('jwt-simple');\nconst c = s.decode(t, K, true, 'HS256');", ["AUT506 error high"]),
        ("a.js", "const s = require('jwt-simple');\nconst c = s.decode(t, K, false, 'HS256');", []),
        ("a.js", "import { jwtDecode } from 'jwt-decode';\nexport const name = (t) => jwtDecode(t).name;", []),
        (
            "a.js",
            "import { jwtDecode } from 'jwt-decode';\n"
            "export const auth = (req) => { req.user = jwtDecode(req.headers.token) };",
            ["AUT506 error medium"],
        ),
        ("a.py", "def f(t):\n    return json.loads(b64decode(t.split('.')[1]))", []),  # nothing says that it serves
        (
            "a.py",
            "def f(request):\n    h, p, s = request.cookies['t'].split('.')\n    return json.loads(b64decode(p))",
            ["AUT506 error medium"],
        ),
        ("a.rb", "payload, = JWT.decode(token, key, true, algorithm: 'none')", ["AUT506 error high"]),
    ],
)
def test_a_signature_that_nobody_checks(path: str, code: str, expected: list[str]) -> None:
    assert codes(path, code) == expected


def test_one_defect_is_one_finding() -> None:
    code = JWT + 'c = jwt.decode(t, options={"verify_signature": False, "verify_exp": False})'
    assert codes("a.py", code) == ["AUT506 error high"]


# --- AUT507: the algorithm is not pinned -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.py", "from jose import jwt\nc = jwt.decode(t, KEY)", ["AUT507 info medium"]),
        ("a.py", JWT + "c = jwt.decode(t, KEY)", ["AUT507 info low"]),
        ("a.py", JWT + "c = jwt.decode(t, KEY, **options)", []),
        ("a.py", JWT + 'c = jwt.decode(t, KEY, ["HS256", "HS512"])', []),
        ("a.py", JWT + 'c = jwt.decode(t, KEY, ["HS256", "ES256"])', ["AUT507 error high"]),
        ("a.py", JWT + 'h = jwt.get_unverified_header(t)\nc = jwt.decode(t, K, [h["alg"]])', ["AUT507 error high"]),
        ("a.py", JWT + 'h = jwt.get_unverified_header(t)\nc = jwt.decode(t, KEYS[h["kid"]], ["ES256"])', []),
        (
            "a.py",
            JWT + 'import requests\nh = jwt.get_unverified_header(t)\nkeys = requests.get(h["jku"], timeout=9).json()',
            ["AUT507 error medium"],
        ),
        ("a.js", JS + "jwt.verify(t, key)", ["AUT507 info low"]),
        ("a.js", JS + "jwt.verify(t, key, options)", []),
        ("a.js", "const s = require('jwt-simple');\nconst c = s.decode(t, K);", ["AUT507 info medium"]),
    ],
)
def test_an_algorithm_that_nobody_pins(path: str, code: str, expected: list[str]) -> None:
    assert codes(path, code) == expected


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
