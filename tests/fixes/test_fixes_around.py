"""Fixes of lifetimes, headers and answers in code as it is written: what is around them stays, and decides."""

from __future__ import annotations

import pytest
from test_fixes import repaired

API = "https://acme.incidentiq.com/api/v1.0/tickets"
GET = f"curl -s -H 'Authorization: Bearer x' {API}"
SIGN = "import jwt\n"
REQUESTS = "import requests\n"
SENT = "headers={'Authorization': t}"
ASKED = "{ headers: { Authorization: t } }"
STOP = "if (!r.ok) throw new Error(`HTTP ${r.status}`)"
KEYS = "https://api.accessiq.io/v1/organizations/acme/api-keys"

LENGTHS = [
    # the notation stays
    ("a.js", "const accessToken = jwt.sign(p, k, { expiresIn: 60 * 60 * 24 * 30 });\n", "60 * 60 * 24 * 30", "60 * 60"),
    ("a.js", "const accessToken = jwt.sign(p, k, { expiresIn: 60*60*24*30 });\n", "60*60*24*30", "60*60"),
    ("a.js", 'const accessToken = jwt.sign(p, k, { expiresIn: "720h" });\n', '"720h"', '"1h"'),
    ("a.js", "const accessToken = jwt.sign(p, k, { expiresIn: '7 days' });\n", "'7 days'", "'1 hour'"),
    ("a.js", "const accessToken = jwt.sign(p, k, { expiresIn: 2592000 });\n", "2592000", "3600"),
    ("a.js", "const refreshToken = jwt.sign(p, k, { expiresIn: '1y' });\n", "'1y'", "'30d'"),
    (
        "a.js",
        "const accessToken = jwt.sign(p, k, {\n  expiresIn: 86400 * 2, // 2 days, not 3 days\n});\n",
        "86400 * 2, // 2 days",
        "60 * 60, // 1 hour",
    ),
    ("a.js", "const accessToken = jwt.sign(p, k, { expiresIn: LONG });\n", "", ""),
    ("a.js", "const LONG = '90d';\nconst accessToken = jwt.sign(p, k, { expiresIn: LONG });\n", "", ""),
    ("a.py", "import datetime as dt\nJWT_ACCESS_TOKEN_EXPIRES = dt.timedelta(days=30)\n", "days=30", "hours=1"),
    ("a.py", "ACCESS_TOKEN_EXPIRE_MINUTES = 60 * 24 * 8\n", "", ""),  # a product of minutes is no product of seconds
    ("a.py", "ACCESS_TOKEN_EXPIRE_MINUTES = 11520\n", "11520", "60"),
    ("a.yaml", "rotation:\n  rotation_days: 365\n", "365", "90"),
    (
        "main.tf",
        'resource "aws_secretsmanager_secret_rotation" "a" {\n  rotation_rules { automatically_after_days = 180 }\n}\n',
        "180",
        "90",
    ),
    # a key that never ends
    ("a.py", f"{REQUESTS}requests.post(f'{{B}}/api-keys', json={{'name': 'a', 'ttl': None}})\n", "", ""),
    ("a.py", f"{REQUESTS}requests.post(f'{{B}}/api-keys', json={{'name': 'a', 'expires_at': None}})\n", "", ""),
    (
        "a.py",
        f"{REQUESTS}requests.post(f'{{B}}/api-keys', json={{'name': 'a', 'expires_in_days': None}})\n",
        "None",
        "90",
    ),
    (
        "a.sh",
        f'curl -X POST {KEYS} -d \'{{"name":"a","permissions":["users:read"]}}\'\n',
        "]}'",
        ']},"expiresIn":"90d"}\''.replace("]}", "]", 1),
    ),
    # tokens without an end
    ("a.py", f"{SIGN}t = jwt.encode(payload, KEY)\n", "", ""),
    ("a.py", f"{SIGN}def time(): ...\nt = jwt.encode({{'sub': u}}, KEY)\n", "", ""),
    ("a.py", f"{SIGN}import time\nt = jwt.encode({{'sub': u}}, KEY)\n", "u}", "u, 'exp': int(time.time()) + 15 * 60}"),
    (
        "a.js",
        "const t = jwt.sign({ sub: 1 }, KEY, (err, token) => send(token));\n",
        "sub: 1",
        "sub: 1, exp: Math.floor(Date.now() / 1000) + 15 * 60",
    ),
    ("a.js", "const t = jwt.sign({ sub: 1 }, KEY, options);\n", "", ""),
    ("a.rb", "JWT.encode({ 'sub' => 1 }, KEY)\n", "'sub' => 1", "'sub' => 1, 'exp' => Time.now.to_i + 15 * 60"),
    (
        "a.ts",
        "const t = await new SignJWT({ sub })\n  .setProtectedHeader({ alg: 'ES256' })\n  .sign(key);\n",
        "\n  .sign",
        "\n  .setExpirationTime('15m')\n  .sign",
    ),
    ("a.js", "const refreshToken = jwt.sign({ sub: 1 }, KEY);\n", "KEY)", "KEY, { expiresIn: '30d' })"),
    # expiry
    ("a.js", "until = Date.now() + r.expiresIn;\n", "r.expiresIn", "r.expiresIn * 1000"),
    ("a.js", "until = Date.now() + (r.expires_in + 5);\n", "", ""),
    (
        "a.js",
        "class A {\n  a() {\n    this.end = Date.now() + data.expires_in * 1000;\n"
        "    return Date.now() < this.end;\n  }\n}\n",
        "data.expires_in *",
        "(data.expires_in - 60) *",
    ),
    (
        "a.js",
        "const { ClientCredentials } = require('simple-oauth2');\nconst client = new ClientCredentials(config);\n"
        "const token = await client.getToken(params);\nconst other = await token.refresh();\n",
        "token.refresh()",
        "client.getToken(params)",
    ),
    # what is written in a request for a token may be a secret, and is not repeated
    (
        "a.rb",
        'token = client.client_credentials.get_token(scope: "a")\ntoken = token.refresh! if token.expired?\n',
        "",
        "",
    ),
    (
        "a.rb",
        "def f\n  client = other\n  t = client.client_credentials.get_token\n  t.refresh!\nend\n",
        "t.refresh!",
        "client.client_credentials.get_token",
    ),
]

HEADERS = [
    ("a.sh", f"{GET}\n", " https", ' -H "SiteId: ${IIQ_SITE_ID:?}" -H "Client: ApiClient" https'),
    (
        "a.sh",
        f'curl -s \\\n  -H "Authorization: Bearer $T" \\\n  -H "SiteId: $S" \\\n  {API}\n',
        '"SiteId: $S"',
        '"SiteId: $S" \\\n  -H "Client: ApiClient"',
    ),
    ("a.md", f"> ```sh\n> {GET}\n> ```\n", " https", ' -H "SiteId: ${IIQ_SITE_ID:?}" -H "Client: ApiClient" https'),
    (
        "a.py",
        f"{REQUESTS}H = {{\n    'Authorization': f'Bearer {{t}}',\n    'SiteId': s,\n}}\n"
        f"requests.get('{API}', headers=H)\n",
        "'SiteId': s,",
        "'SiteId': s,\n    'Client': 'ApiClient',",
    ),
    (
        "a.ps1",
        f"$H = @{{\n  Authorization = \"Bearer $T\"\n  SiteId = $S\n}}\nInvoke-RestMethod -Uri '{API}' -Headers $H\n",
        "$S",
        '$S\n  Client = "ApiClient"',
    ),
    (
        "a.ps1",
        "irm 'https://api.propertybase.ai/v1/leads' -Headers @{ Authorization = $Token }\n",
        "$Token",
        '"Bearer $Token"',
    ),
    (
        "a.rb",
        f"HTTParty.get('{API}', headers: {{ 'Authorization' => \"Bearer #{{t}}\", 'SiteId' => s }})\n",
        "=> s",
        "=> s, 'Client' => 'ApiClient'",
    ),
    ("a.py", f"{REQUESTS}requests.get('{API}', headers={{**H, 'SiteId': s}})\n", "", ""),
    # the site's id is not for a page to read from an environment
    (
        "a.js",
        "document.title = 1;\n"
        f"fetch('{API}', {{ headers: {{ Authorization: `Bearer ${{t}}`, Client: 'ApiClient' }} }});\n",
        "",
        "",
    ),
]

ANSWERS = [
    # what is used at once gets a name
    (
        "a.py",
        f"import httpx\nasync def f(c: httpx.AsyncClient):\n    return (await c.get(u, {SENT})).json()\n",
        f"return (await c.get(u, {SENT})).json()",
        f"response = await c.get(u, {SENT})\n    response.raise_for_status()\n    return response.json()",
    ),
    (
        "a.js",
        f"async function f() {{\n  return (await fetch(u, {ASKED})).json();\n}}\n",
        f"return (await fetch(u, {ASKED})).json();",
        f"const response = await fetch(u, {ASKED});\n"
        "  if (!response.ok) throw new Error(`HTTP ${response.status}`);\n  return response.json();",
    ),
    (
        "a.js",
        f"const {{ list }} = await (await fetch(u, {ASKED})).json()\n",
        f"const {{ list }} = await (await fetch(u, {ASKED})).json()",
        f"const response = await fetch(u, {ASKED})\nif (!response.ok) throw new Error(`HTTP ${{response.status}}`)\n"
        "const { list } = await response.json()",
    ),
    ("a.js", f"async function f() {{\n  if (a)\n    return (await fetch(u, {ASKED})).json();\n}}\n", "", ""),
    ("a.js", f"const f = async () => (await fetch(u, {ASKED})).json();\n", "", ""),
    (
        "a.py",
        f"{REQUESTS}r = requests.get(u, {SENT})  # why\nuse(r.json())\n",
        "# why\n",
        "# why\nr.raise_for_status()\n",
    ),
    ("a.py", f"{REQUESTS}x = 1; r = requests.get(u, {SENT})\nuse(r.json())\n", "", ""),
    (
        "a.py",
        f"{REQUESTS}def f(response):\n    x = requests.get(\n        u,\n        {SENT},\n    ).json()\n    return x\n",
        f"x = requests.get(\n        u,\n        {SENT},\n    ).json()",
        f"answer = requests.get(\n        u,\n        {SENT},\n    )\n"
        "    answer.raise_for_status()\n    x = answer.json()",
    ),
    ("a.py", f"{REQUESTS}use(requests.get(u, {SENT}).json())\n", "", ""),
    (
        "a.py",
        "import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s:\n"
        f"        async with s.get(u, {SENT}) as r:\n            return await r.json()\n",
        "as r:\n",
        "as r:\n            r.raise_for_status()\n",
    ),
    ("a.js", f"const r = await fetch(u, {ASKED})\nshow(await r.json())\n", ")\nshow", f")\n{STOP}\nshow"),
    ("a.js", f"const r = await fetch(u, {ASKED})\nconst x = await r.json()\n", ")\nconst x", f")\n{STOP}\nconst x"),
    ("a.js", f"const r = await fetch(u, {ASKED}); // see\nshow(await r.json());\n", "see\n", f"see\n{STOP};\n"),
    ("a.js", f"let r;\nif (x)\n  r = await fetch(u, {ASKED});\nshow(await r.json());\n", "", ""),
    (
        "a.html",
        f"<script>const r = await fetch(u, {ASKED});\nshow(await r.json());\n</script>\n",
        ");\nshow",
        f");\n{STOP};\nshow",
    ),
    (
        "a.md",
        f"- a\n\n  ```js\n  const r = await fetch(u, {ASKED});\n  show(await r.json());\n  ```\n",
        ");\n  show",
        f");\n  {STOP};\n  show",
    ),
    (
        "a.rb",
        "res = Faraday.get(u, nil, { 'Authorization' => t })\nd = JSON.parse(res.body)\n",
        ")\nd",
        ')\nraise "HTTP #{res.status}" unless res.success?\nd',
    ),
    (
        ".github/workflows/a.yml",
        'jobs:\n  a:\n    steps:\n      - run: curl -H "Authorization: Bearer $T" https://a.example.net | jq .a\n',
        "curl",
        "curl --fail",
    ),
]


@pytest.mark.parametrize(("path", "before", "old", "new"), [*LENGTHS, *HEADERS, *ANSWERS])
def test_a_fix_fits_what_is_around_it(path: str, before: str, old: str, new: str) -> None:
    for end in ("\n", "\r\n"):
        result = repaired(path, before.replace("\n", end).encode(), ("AUT5", "AUT6"))  # type: ignore[arg-type]
        wanted = before.replace(old, new) if old else before
        assert result.after.decode().replace(end, "\n") == wanted
        assert result.after.count(b"\r\n") == (result.after.count(b"\n") if end == "\r\n" else 0)
        assert not result.problems
