"""Tokens that are kept beyond their time, case by case (AUT501 to AUT503)."""

from __future__ import annotations

import pytest
from life import codes, findings

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
        # the whole answer is kept, and only the token is read back
        (
            "api.py",
            f'def go(f):\n    json.dump({FETCH}, f)\n\ndef use(f):\n    return json.load(f)["access_token"]',
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f"def go(f):\n    json.dump({FETCH}, f)\n\ndef use(f):\n    kept = json.load(f)\n"
            '    return kept["access_token"] if kept["expires_at"] > time.time() + 60 else None',
            [],
        ),
        ("api.py", 'def use(f):\n    return json.load(f)["access_token"]', []),  # somebody else obtains it
        # a row of a database
        (
            "api.py",
            f'def go(user):\n    d = {FETCH}\n    Grant.objects.create(user=user, access_token=d["access_token"])',
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f"def go(user):\n    d = {FETCH}\n"
            '    Grant.objects.create(user=user, access_token=d["access_token"], ends=d["expires_in"])',
            [],
        ),
        (
            "api.py",
            f'def go(user):\n    d = {FETCH}\n    api.create(access_token=d["access_token"])',
            [],
        ),
        # a function's own variable that it gives back is none that lasts
        (
            "api.js",
            "function obtain(code) {\n  let token = null;\n  axios.post('https://id.example.net/oauth/token', "
            "{ grant_type: 'authorization_code', code }).then((r) => { token = r.data['access_token']; });\n"
            "  return token;\n}\n",
            [],
        ),
        (
            "api.js",
            "function client(code) {\n  let token = null;\n  axios.post('https://id.example.net/oauth/token', "
            "{ grant_type: 'authorization_code', code }).then((r) => { token = r.data['access_token']; });\n"
            "  return { get: (url) => axios.get(url, { headers: { Authorization: `Bearer ${token}` } }) };\n}\n",
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f'def go():\n    data = {FETCH}\n    redis.set("token", data["access_token"])',
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f'class A:\n    def go(self):\n        self.token = {FETCH}["access_token"]\n'
            '        cache.set("token", self.token, 3000)',
            [],
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
        (
            "api.py",
            f'class A:\n    def go(self):\n        t = {FETCH}["access_token"]\n'
            '        self.session.headers.update({"Authorization": "Bearer " + t})',
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f'def token():\n    return {FETCH}["access_token"]\n\n'
            "def run():\n    t = token()\n    while True:\n        work(t)",
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f'def token():\n    return {FETCH}["access_token"]\n\n'
            "def run():\n    while True:\n        t = token()\n        work(t)",
            [],
        ),
        (
            "api.py",
            f'def token():\n    return {FETCH}["access_token"]\n\n'
            "def run():\n    t = token()\n    for page in pages:\n        work(t)",
            [],
        ),
        (
            "api.js",
            "import axios from 'axios';\nexport const login = async () => {\n"
            "  const r = await axios.post('https://id.example.net/oauth/token', body);\n"
            "  axios.defaults.headers.common.Authorization = `Bearer ${r.data.access_token}`;\n};",
            ["AUT501 error medium"],
        ),
        (
            "api.js",
            "axios.interceptors.request.use(async (config) => {\n"
            "  const r = await fetch('https://id.example.net/oauth/token', { method: 'POST', body });\n"
            "  config.headers.Authorization = `Bearer ${(await r.json()).access_token}`;\n});",
            [],
        ),
        (
            "page.jsx",
            "const url = 'https://id.example.net/authorize?response_type=token';\n"
            "const token = location.hash.split('&').find((p) => p.startsWith('access_token')).split('=')[1];\n"
            "localStorage.setItem('token', token);",
            ["AUT501 warning medium"],
        ),
        (
            "api.js",
            "const api = new SpotifyWebApi(config);\n"
            "api.clientCredentialsGrant().then((d) => api.setAccessToken(d.body.access_token));",
            ["AUT501 error medium"],
        ),
        (
            "api.js",
            "const api = new SpotifyWebApi(config);\nexport async function client() {\n"
            "  const d = await api.clientCredentialsGrant();\n  api.setAccessToken(d.body.access_token);\n"
            "  return api;\n}",
            [],  # fresh for each call
        ),
        (
            "page.jsx",
            "const code = new URLSearchParams(location.search).get('code');\n"
            "const go = async () => {\n  const r = await axios.post(`${API}/login/github`, { code });\n"
            "  localStorage.setItem('t', r.data.access_token);\n};",
            ["AUT501 error medium"],
        ),
        (
            "page.jsx",
            "const code = new URLSearchParams(location.search).get('code');\n"
            "const go = async () => {\n  const r = await axios.post(`${API}/discounts`, { code });\n"
            "  localStorage.setItem('t', r.data.access_token);\n};",
            [],
        ),
        (
            "app.jsx",
            "const hash = getTokenFromUrl();\nwindow.location.hash = '';\n"
            "useEffect(() => {\n  if (hash.access_token) dispatch({ type: 'SET', token: hash.access_token });\n});",
            ["AUT501 error medium"],
        ),
        (
            "api.py",
            f't = {FETCH}["access_token"]\nfor page in pages:\n    work(t)',
            [],  # a script that ends with its list
        ),
        (
            "api.py",
            f't = {FETCH}["access_token"]\nwhile pages():\n    for page in pages():\n        work(t)',
            ["AUT501 error medium"],
        ),
        (
            "get.ps1",
            '$r = Invoke-RestMethod -Uri "https://id.example.net/oauth/token" -Method Post -Body $b\n'
            'Out-File -FilePath "token.txt" -InputObject $r.access_token',
            ["AUT501 error medium"],
        ),
        (
            "get.sh",
            'T=$(curl -s -d "$B" https://id.example.net/oauth/token | jq -r .access_token)\necho "T=$T" >> ~/.token',
            ["AUT501 error medium"],
        ),
        (
            "get.sh",
            'T=$(curl -d "$B" https://id.example.net/oauth/token | jq -r .access_token)\necho "T=$T" >> "$GITHUB_ENV"',
            [],
        ),
        (
            "run.ps1",
            '$t = (Invoke-RestMethod -Uri "https://id.example.net/oauth/token" -Method Post -Body $b).access_token\n'
            "$devices | ForEach-Object { Get-It $_ $t }",
            [],
        ),
        (
            "run.ps1",
            '$t = (Invoke-RestMethod -Uri "https://id.example.net/oauth/token" -Method Post -Body $b).access_token\n'
            "while ($true) { $devices | ForEach-Object { Get-It $_ $t } }",
            ["AUT501 error medium"],
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
