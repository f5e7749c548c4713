"""JSON Web Tokens that never end or that nobody verifies, case by case (AUT504 to AUT507)."""

from __future__ import annotations

import pytest
from life import codes

JWT = "import jwt\n"
JS = "const jwt = require('jsonwebtoken');\n"

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
        ("a.py", JWT + "def f(p):\n    return jwt.encode(p, KEY)\nf({'sub': 1})", ["AUT504 error high"]),
        ("a.py", JWT + "def f(p):\n    return jwt.encode(p, KEY)\nf({'sub': 1})\nf({'sub': 1, 'exp': end})", []),
        ("a.py", JWT + "def f(p):\n    return jwt.encode(p, KEY)\nf({'sub': 1})\nf(claims)", []),
        (
            "a.py",
            JWT
            + "def f(p):\n    q = p.copy()\n    q.update({'born': 1})\n    return jwt.encode(q, KEY)\nf({'sub': 1})",
            ["AUT504 error high"],
        ),
        (
            "a.py",
            JWT + "def f(p):\n    q = p.copy()\n    q.update({'exp': 1})\n    return jwt.encode(q, KEY)\nf({'sub': 1})",
            [],
        ),
        ("a.js", JS + "const f = (p) => jwt.sign(p, KEY);\nsend(f({ id }));", ["AUT504 error high"]),
        ("a.js", JS + "const f = (p) => jwt.sign(p, KEY, { expiresIn: 60 });\nsend(f({ id }));", []),
        ("a.py", JWT + 'def f(**more):\n    return jwt.encode({"sub": 1, **more}, KEY)', []),
        ("a.py", JWT + 'license = jwt.encode({"sub": 1}, KEY)', ["AUT504 warning low"]),
        ("a.py", JWT + "p = user_object.dict()\ndel p['born']\nt = jwt.encode(p, KEY)", ["AUT504 error medium"]),
        ("a.py", JWT + "p = user.dict()\np['exp'] = end\nt = jwt.encode(p, KEY)", []),
        ("a.py", JWT + "p = user.dict()\np.update(exp=end)\nt = jwt.encode(p, KEY)", []),
        ("a.py", JWT + "p = user.dict()\nadd_times(p)\nt = jwt.encode(p, KEY)", []),
        ("a.py", JWT + "p = claims.dict()\nt = jwt.encode(p, KEY)", []),
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
        ("a.js", JS + "jwt.sign({ ...user, role }, KEY)", ["AUT504 error medium"]),
        ("a.js", JS + "const copy = { ...user };\njwt.sign(copy, KEY)", ["AUT504 error medium"]),
        ("a.js", JS + "jwt.sign({ ...user, ...claims }, KEY)", []),
        ("a.js", JS + "jwt.sign(claims, KEY)", []),
        ("a.js", JS + "jwt.sign(user.toJSON(), KEY)", ["AUT504 error medium"]),
        ("a.ts", "import { sign } from 'hono/jwt';\nexport const t = await sign({ sub }, KEY);", ["AUT504 error high"]),
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
        (
            "a.py",
            JWT
            + f'def f(t):\n    if LAX:\n        return {OFF}\n    else:\n        return jwt.decode(t, K, ["ES256"])',
            ["AUT506 error high"],
        ),
        (
            "a.py",
            JWT + f'def f(t):\n    if K is None:\n        return {OFF}\n    return jwt.decode(t, K, ["ES256"])',
            ["AUT506 error high"],
        ),
        (
            "a.py",
            JWT + f'def f(t):\n    if jwt.decode(t, K, ["ES256"]):\n        return {OFF}',
            [],
        ),
        ("a.py", JWT + f'def claims(t):\n    return {OFF}\n\ndef over(t):\n    return claims(t)["exp"] < now', []),
        (
            "a.py",
            JWT + f'def claims(t):\n    return {OFF}\n\ndef who(t):\n    return claims(t)["sub"]',
            ["AUT506 error high"],
        ),
        ("a.py", JWT + 'o = {"verify_signature": False}', ["AUT506 error high"]),
        ("a.py", 'check(webhook, options={"verify_signature": False})', []),
        ("a.py", JWT + "c = jwt.decode(t, K, verify=False)", ["AUT506 error high"]),
        ("a.py", JWT + 'c = jwt.decode(t, K, ["ES256"], verify=False)', ["AUT506 info high"]),
        ("a.py", JWT + 'A = ["HS256", "none"]\nc = jwt.decode(t, K, algorithms=A)', ["AUT506 error high"]),
        ("a.py", JWT + 'algorithms = ["ES256", "none"]', []),
        ("a.py", "from jose import jwt\nuser = find(jwt.get_unverified_claims(t)['sub'])", ["AUT506 error medium"]),
        (
            "a.py",
            "from jose import jwt\ndef f(t):\n    return find(jwt.get_unverified_claims(t)['sub'])",
            ["AUT506 error medium"],
        ),
        ("a.js", JS + "const c = jwt.decode(t);\nif (c.exp < now) renew();", []),
        ("a.js", JS + "const c = jwt.decode(t);\nconsole.log(c);", []),
        ("a.js", JS + "const c = jwt.decode(t);\nconsole.log(c.sub);", []),
        ("a.js", JS + "const { payload: { role } } = jwt.decode(t, { complete: true });", ["AUT506 error medium"]),
        ("a.js", JS + "const { header } = jwt.decode(t, { complete: true });\nuse(keys[header.kid]);", []),
        ("a.js", JS + "jwt.decode(t, (err, c) => { req.id = c.id; });", ["AUT506 error medium"]),
        ("a.js", JS + "const c = jwt.decode(t) || {};\nreturnTo(c);", ["AUT506 error medium"]),
        (
            "a.js",
            "import { UnsecuredJWT } from 'jose';\nuse(UnsecuredJWT.decode(t).payload.sub);",
            ["AUT506 error medium"],
        ),
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
        ("a.rb", "hash = JSON::JWT.decode(t, :skip_verification)\nUser.find(hash['sub'])", ["AUT506 error high"]),
        ("a.rb", "def unverified_issuer(t)\n  c, = JWT.decode(t, nil, false)\n  c['iss']\nend", []),
        ("a.rb", "def issuer(t)\n  c, = JWT.decode(t, nil, false)\n  c['sub']\nend", ["AUT506 error high"]),
        ("a.rb", "hash = JSON::JWT.decode(t, KEY)\nUser.find(hash['sub'])", ["AUT507 info low"]),
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
