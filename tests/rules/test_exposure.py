"""Tokens in URLs, in logs and in client code: the many ways to write them, and the near misses of each."""

from __future__ import annotations

import pytest
from timing import grows_linearly

from authlint.engine.linter import Linter
from authlint.run.catalog import load

LINTER = Linter(load(full=True))
QUERY = "\N{INVERTED QUESTION MARK}"
"""Stands for the mark before a query, so that this file has no such URLs itself."""


def codes(path: str, code: str) -> list[str]:
    """The codes of AUT206, AUT207 and AUT208 that a file gives, in order."""
    report = LINTER.lint(path, code.replace(QUERY, "?").encode())
    assert [problem.kind for problem in report.problems if problem.kind == "crash"] == []
    return [finding.code for finding in report.findings if finding.code in ("AUT206", "AUT207", "AUT208")]


IN_URL = [
    ("a.js", "axios.interceptors.request.use((config) => {\n  config.params = { access_token: user.token };\n});"),
    ("a.js", "res.redirect(`/#/user/${access_token}/${refresh_token}`);"),
    ("a.js", "const go = () => ({ headers: { Location: `${site}/#/user/${accessToken}` } });"),
    (
        "loop.js",
        "const q = { id, client_secret: secret };\nfor (const key in q) url.searchParams.append(key, q[key]);\n",
    ),
    (
        "entries.js",
        "const q = { access_token: t };\nObject.entries(q).forEach(([k, v]) => url.searchParams.append(k, v));\n",
    ),
    ("a.py", "requests.get('https://api.acme.com/me', {'access_token': token})"),
    ("a.py", 'requests.get(URL + "¿access_token=" + token)'),
    ("a.py", 'requests.get("%s¿api_key=%s" % (URL, API_KEY))'),
    ("a.py", 'requests.get("{}¿api_key={}".format(URL, API_KEY))'),
    ("a.py", 'params = {"q": q}\nparams["api_key"] = KEY\nrequests.get(URL, params=params)'),
    ("a.py", "httpx.post(URL, params=dict(client_secret=secret))"),
    ("a.py", 'import urllib.parse\nurl = BASE + "¿" + urllib.parse.urlencode({"token": session_token})'),
    ("a.py", 'response = requests.get("https://api.example.com/v1", params=[("access_token", token)])'),
    ("a.py", 'from flask import request\nkey = request.args["api_key"]'),
    ("a.py", 'def view(request):\n    return request.GET.get("access_token")'),
    ("a.py", 'from fastapi.security import APIKeyQuery\nscheme = APIKeyQuery(name="api_key")'),
    ("a.py", 'app.config["JWT_TOKEN_LOCATION"] = ["headers", "query_string"]'),
    ("a.js", "fetch('/api/me¿token=' + encodeURIComponent(session.token))"),
    ("a.js", "axios.get(`/me`, { params: { access_token: store.accessToken } })"),
    ("a.js", "const client = axios.create({ baseURL, params: { api_key: process.env.TMDB } })"),
    ("a.js", "const url = new URL(base); url.searchParams.append('api_key', key)"),
    ("a.js", "window.location.href = '/home#access_token=' + data.access_token"),
    ("a.js", "router.push({ path: '/home', query: { token: auth.token } })"),
    ("a.js", "window.open(`https://app.example.org/report¿jwt=${jwt}`)"),
    ("a.js", "app.get('/x', (req, res) => load(req.query.access_token))"),
    ("a.js", "const { access_token } = req.query"),
    ("a.js", "const q = req.query; check(q.api_key)"),
    ("a.js", "const t = new URLSearchParams(window.location.search).get('access_token')"),
    ("a.ts", "const strategy = { jwtFromRequest: ExtractJwt.fromUrlQueryParameter('token') }"),
    ("a.ts", "const socket = new WebSocket(`wss://api.example.com/feed¿token=${authToken}`)"),
    ("a.ts", "new DocumentBuilder().addApiKey({ type: 'apiKey', in: 'query', name: 'api_key' })"),
    ("a.sh", 'curl -s "$URL¿access_token=$TOKEN&limit=3"'),
    ("a.sh", 'wget -q "https://api.example.com/x¿client_secret=${CLIENT_SECRET}"'),
    ("a.ps1", '$u = "https://api.example.com/x¿api_key=$ApiKey"\nInvoke-RestMethod -Uri $u'),
    ("a.ps1", '$u = "https://api.example.com/x¿q=$q"\n$u += "&api_key=$ApiKey"\nInvoke-RestMethod $u'),
    ("a.py", 'url = BASE + "/x"\nurl += "¿api_key=" + API_KEY\nrequests.get(url)'),
    ("a.rb", 'HTTParty.get("https://api.example.com/x", query: { access_token: token })'),
    ("a.rb", 'uri = URI("https://api.example.com/x¿access_token=#{token}")'),
    ("a.rb", 'redirect_to "#{root}/done¿auth_token=#{user.auth_token}"'),
    ("a.html", '<a href="https://app.example.org/report¿access_token={{ user.access_token }}">report</a>'),
    ("openapi.json", '{"components": {"securitySchemes": {"k": {"in": "query", "type": "apiKey", "name": "k"}}}}'),
]
IN_URL += [
    ("a.py", "import requests\ns = requests.Session()\ns.params = {'api_key': key}"),
    ("a.py", "import requests\ns = requests.Session()\ns.params['api_key'] = key"),
    ("a.py", "import httpx\nclient = httpx.Client(params={'access_token': token})"),
    ("a.js", "axios.defaults.params = { api_key: key }"),
    ("a.ts", "import { HttpParams } from '@angular/common/http'\nnew HttpParams().set('access_token', t)"),
    ("a.rb", "uri.query = URI.encode_www_form(access_token: token)"),
    ("a.ps1", "Invoke-RestMethod -Uri $u -Body @{ access_token = $Token }"),
    ("a.py", "from flask import redirect, url_for\nredirect(url_for('home', access_token=token))"),
    ("a.js", "import qs from 'qs'\nconst p = qs.parse(location.search); use(p.access_token)"),
    ("a.js", "const { query } = url.parse(req.url, true); use(url.parse(req.url, true).query.api_key)"),
]
IN_URL += [
    ("a.py", 'requests.get("https://api.weather.net/now¿q=" + city + "&appid=" + user_api)'),
    ("a.py", 'requests.get(f"https://api.weather.net/now¿key={API}&q={city}")'),
    ("a.py", 'requests.get(f"https://api.weather.net/now¿appid={key}")'),
    ("a.py", "q = {}\ndef now():\n    q['access_token'] = token\n    return requests.get(URL, params=q)"),
]
NOT_IN_URL = [
    ("a.js", "api.post(`v1/accounts:signUp¿key=${import.meta.env.VITE_FIREBASE_API_KEY}`, form);"),
    ("a.js", "const path = `${folder}/${access_token}`.length; const u = `/verify/${accessToken}`;"),
    ("a.js", "fetch(`https://api.hubapi.com/oauth/v1/access-tokens/${tokens.access_token}`);"),
    ("a.js", "fetch(`${provider.userinfo?.url}/${tokens.access_token}`);"),
    ("a.js", "fetch(`https://api.telegram.org/bot${TOKEN}/getMe`); const t = 'Bearer /' + accessToken;"),
    ("a.js", "mail(`${SITE}/set-password/?token=${token}`);"),
    ("a.js", "const token = jwt.sign(p, K);\nconst r = { signup_link: `https://a.example/api/?token=${token}` };"),
    ("verify.vue", "<script>\nthis.axios.get('/auth/verify-email', { params: { token: this.token } });\n</script>\n"),
    (
        "scopes.js",
        "Object.keys(q).forEach((key) => url.searchParams.append(key, q[key]));\nconst q = { scope: 'a' };\n",
    ),
    ("a.py", "q = {}\ndef f():\n    q = other()\n    q['access_token'] = token\nrequests.get(URL, params=q)"),
    ("a.py", 'requests.get(f"https://api.games.net/news¿appid={game}")'),
    ("a.py", 'requests.get(f"https://api.store.net/items¿key={key}")'),
    ("a.js", "cy.request('/solve/it¿key=tRy_H4rd3r_1s_Imp0ssibl3')"),
    ("a.ps1", "Invoke-RestMethod -Uri $u -Method Post -Body @{ client_secret = $Secret }"),
    ("a.py", "self.params = {'api_key': key}"),
    ("a.rb", 'link = "#{store.url}/setup¿token=#{setup_token}"'),
    ("a.py", 'body = "grant_type=password"\nbody += "&client_secret=" + secret'),
    ("a.py", "from flask import redirect, url_for\nredirect(url_for('reset', token=token))"),
    ("a.js", "const qs = require('qs')\nrequest.post(o, (e, r, body) => use(qs.parse(body).access_token))"),
    ("a.py", 'requests.post(URL, data={"client_secret": secret, "token": token})'),
    ("a.py", 'requests.get(URL, params={"page_token": token, "max_tokens": 5, "token_type": "x"})'),
    ("a.py", 'link = f"{BASE}/invite¿token={invitation.token}"'),
    ("a.py", 'requests.get(URL, params={"token": None})'),
    ("a.py", 'PATTERN = r"[?&]access_token=([^&]+)"'),
    ("a.py", 'TEXT = "Open the page; is it there? token=abc is what you need"'),
    ("a.py", 'def reset_password(request):\n    return find(request.GET.get("token"))'),
    ("a.js", "fetch(TOKEN_URL, { method: 'POST', body: new URLSearchParams({ client_secret: s, token: t }) })"),
    ("a.js", "fetch(url + '¿code=' + code + '&state=' + state + '&id_token_hint=' + token)"),
    ("a.js", "const next = `/items¿pageToken=${page.token}&cursor=${token}`"),
    ("a.js", "const script = `https://maps.googleapis.com/maps/api/js¿key=${apiKey}`"),
    ("a.js", "if (location.search.includes('¿access_token=')) { clean() }"),
    ("a.js", "router.get('/verify', (req, res) => confirm(req.query.token))"),
    ("a.js", "const mail = `${host}/welcome¿email=${email}&token=${token}`"),
    ("a.js", "const t = new URLSearchParams(body).get('access_token')"),
    ("a.js", "const qr = `otpauth://totp/app:${email}¿secret=${secret}`"),
    ("a.sh", 'curl -d "client_secret=$SECRET&grant_type=client_credentials" "$URL"'),
    ("a.rb", "user = User.find_by(name: params[:password])"),
    ("openapi.json", '{"paths": {"/x": {"get": {"parameters": [{"in": "query", "name": "page_token"}]}}}}'),
]
IN_LOG = [
    (
        "whole.js",
        "const axios = require('axios');\naxios.post(URL, { grant_type: 'authorization_code', code })"
        ".then((response) => { console.log(response); });",
    ),
    ("renamed.py", 'import requests\ndef go(athlete):\n    renewal = athlete["refresh_token"]\n    print(renewal)'),
    ("own.py", 'from app.utils.logging import log\nlog("login", answer.json()["access_token"])'),
    ("field.js", "const login = { id: $('#id').val(), client_secret: $('#s').val() };\nconsole.log(login);"),
    (
        "code.py",
        "import requests\nsent = {'client_id': ID, 'client_secret': SECRET, 'code': code}\n"
        "answer = requests.post('https://api.example.net/v1/grants', data=sent).json()\nprint('got', answer)",
    ),
    ("a.js", "login(user).then((res) => { console.log(res); save(res?.data?.accessToken); });"),
    (
        "a.js",
        "const url = new URL('https://h.net/t');\nurl.searchParams.set('client_secret', secret);\nconsole.log(url);",
    ),
    (
        "a.js",
        "fetch(TOKEN_URL, { body: { client_secret: s } }).then(r => r.json()).then((body) => {\n"
        "  if (!body.ok) { fail(); } else { console.log(body); }\n});",
    ),
    ("a.ts", "context.res = { body: { token: answer.access_token, user } };\ncontext.log(context.res);"),
    ("a.ps1", 'function Get-It { $AccessToken = Read-It; return Write-Host "$AccessToken" }'),
    ("a.py", 'logging.info("got %s", access_token)'),
    ("a.py", 'logger.debug("answer", extra={"password": password})'),
    ("a.py", "print(os.environ['API_SECRET'])"),
    ("a.py", "import sys\nsys.stderr.write('jwt ' + jwt)"),
    ("a.py", "from loguru import logger\nlogger.bind(a=1).info(f'{refresh_token}')\nlogger.info(api_key)"),
    ("a.py", "import structlog\nlog = structlog.get_logger()\nlog.info('login', password=password)"),
    ("a.py", "data = r.json()\nprint(data)\nuse(data['access_token'])"),
    ("a.py", "r = requests.post(BASE + '/login', json=form)\nprint(r.json())"),
    ("a.py", "h = {'Authorization': f'Bearer {token}'}\nlog.info('sending %s', h)"),
    ("a.py", "class Account:\n    def __repr__(self):\n        return f'<Account {self.access_token}>'"),
    ("a.js", "console.error('failed with', accessToken)"),
    ("a.js", "logger.info(`signed in with ${user.password}`)"),
    ("a.js", "console.log({ apiKey: process.env.API_KEY })"),
    ("a.js", "console.log(req.headers.authorization)"),
    ("a.js", "const { data } = await axios.post('/oauth/token', form); console.log(data)"),
    ("a.js", "console.log(jwt.sign({ id }, key, { expiresIn: '1h' }))"),
    ("a.ts", "private readonly log = new Logger(); f(accessToken: string) { this.log.verbose(accessToken); }"),
    ("a.sh", 'printf "%s\\n" "$CLIENT_SECRET"'),
    ("a.ps1", "Write-Output $ClientSecret"),
    ("a.ps1", '$r = Invoke-RestMethod -Uri $u -Body @{ grant_type = "password" }\nWrite-Host ($r | ConvertTo-Json)'),
    ("a.rb", "puts access_token"),
    ("a.rb", 'logger.info { "key #{api_key}" }'),
]
IN_LOG += [
    ("a.py", "token_data = TokenData(access_token=token)\nprint(token_data)"),
    ("a.py", 'print(f"https://id.example.net/authorize¿client_id=a&api_key={api_key}")'),
    ("a.py", "r = requests.post(URL, data={'client_id': i, 'client_secret': s})\nprint(r.text)"),
    ("a.sh", 'RESPONSE=$(curl -s -d "grant_type=client_credentials" "$URL")\necho "$RESPONSE"'),
]
NOT_IN_LOG = [
    (
        "whole.js",  # its body is yet to be read
        "fetch(URL, { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', code }) })"
        ".then((response) => { console.log(response); });",
    ),
    (
        "whole.js",
        "const axios = require('axios');\naxios.post(URL, { grant_type: 'authorization_code', code })"
        ".then((response) => { console.log(response.status); });",
    ),
    ("address.py", 'import requests\naddress_url = config["client_secret"]\nprint(address_url)'),
    ("first.py", 'tokens = read()\nkind = tokens[0]\nprint("the kind is", kind, "of login")'),
    ("own.py", 'from app.utils.logging import log\nlog("login", answer.json()["expires_in"])'),
    ("field.js", "const login = { id: $('#id').val(), client_secret: $('#s').hide() };\nconsole.log(login);"),
    (
        "webhook.py",
        "import requests\nsent = {'client_id': ID, 'client_secret': SECRET}\n"
        "answer = requests.get('https://api.example.net/v1/subscriptions', data=sent).json()\nprint('got', answer)",
    ),
    ("a.js", "app.get('/login', (req, res) => { console.log(res); send(res.data.access_token); });"),
    ("a.js", "const url = new URL(BASE);\nurl.searchParams.set('page', page);\nconsole.log(url);"),
    ("a.ps1", 'if (-not (Test-Path "$Password")) { Write-Host "Path to the password file" $Password "is wrong" }'),
    ("a.sh", "printf -v token '%s' \"$API_TOKEN\""),
    ("a.py", 'logging.info("token %s…", access_token[:4])'),
    ("a.py", "print(type(access_token), access_token is None, bool(access_token))"),
    ("a.py", "print(hashlib.sha256(access_token.encode()).hexdigest(), redact(password))"),
    ("a.py", 'print("token expires in", token.expires_in, token_type, TOKEN_URL)'),
    ("a.py", "for token in nltk.word_tokenize(text):\n    print(token)  # not an api_key"),
    ("a.py", "print(usage.total_tokens, max_tokens, token_count)"),
    ("a.py", "payload = jwt.decode(access_token, key, algorithms=['RS256'])\nprint(payload)"),
    ("a.py", "token_data = TokenData(username=payload.get('sub'))\nprint(token_data)\ncheck(access_token)"),
    ("a.py", 'print(f"{rate_limiter.tokens:.2f} tokens left")\nlogin(access_token)'),
    ("a.py", 'print(f"https://id.example.net/authorize¿client_id={api_key}&scope=a")'),
    ("a.py", "with open('.token', 'w') as f:\n    print(access_token, file=f)"),
    ("a.py", "r = requests.post(TOKEN_URL, data=form)\nprint(r, r.status_code)"),
    ("a.py", "r = requests.post(TOKEN_URL, data=form)\nif r.status_code != 200:\n    print(r.text)"),
    ("a.py", "print(user)\ncheck(user.password)"),
    ("print_token.py", "print(fetch_access_token())"),
    ("a.py", "import secrets\npassword = secrets.token_urlsafe()\nprint(password)"),
    ("a.js", "console.log('token', !!accessToken, typeof accessToken, accessToken.length, accessToken ? 'yes' : 'no')"),
    ("a.js", "console.log(accessToken && 'signed in', mask(accessToken), accessToken?.slice(-4))"),
    ("a.js", "console.log('Token refreshed', passwordField, tokenUrl, isTokenValid)"),
    ("a.js", "fetch('/api/items').then(r => r.json()).then(items => console.log(items))"),
    ("a.js", "const r = await fetch('/oauth/token', o); if (!r.ok) { console.error(await r.text()) }"),
    ("a.js", "// console.log(accessToken)"),
    ("a.sh", 'echo "$TOKEN" | gh auth login --with-token\nX=$(echo "$API_TOKEN")\necho "$API_TOKEN" > .token'),
    ("a.sh", 'X=$(if true; then echo "$API_TOKEN"; fi)'),
    ("a.py", "print(usage.tokens, report.credentials_created, has_token)\nuse(api_key)"),
    ("a.py", "usage_log.append({'token': access_token})"),
    ("a.sh", 'get() { echo "$API_TOKEN"; }\nTOKEN=$(get)'),
    ("a.sh", 'set -x\nmake build\nset +x\ncurl -H "Authorization: Bearer $API_TOKEN" "$URL"'),
    ("a.ps1", 'Write-Host "In $PWD, $($ApiToken.Length) characters"'),
    ("a.rb", "puts access_token.length, access_token.nil?, access_token[0, 4]"),
]
IN_CLIENT = [
    (".env", "VITE_CLIENT_SECRET=x"),
    (".env.local", "NEXT_PUBLIC_OPENAI_API_KEY="),
    (".env", "EXPO_PUBLIC_SUPABASE_SERVICE_ROLE_KEY="),
    ("Dockerfile", "FROM node\nARG REACT_APP_REFRESH_TOKEN"),
    ("src/a.js", "const k = process.env.REACT_APP_SECRET_KEY"),
    ("src/a.svelte", "<script>import { PUBLIC_API_SECRET } from '$env/static/public'</script>"),
    ("next.config.js", "module.exports = { env: { CLIENT_SECRET: process.env.CLIENT_SECRET } }"),
    ("src/auth.ts", "import { Injectable } from '@angular/core'\nclass A { clientSecret = environment.clientSecret }"),
    ("src/a.jsx", "axios.post(url, { grant_type: 'refresh_token', client_id, client_secret: SECRET })"),
    ("src/a.jsx", "form.append('client_secret', SECRET)"),
    ("public/a.html", "<script>fetch(u, { method: 'POST', body: `client_id=${id}&client_secret=${s}` })</script>"),
    ("src/a.ts", "import { UserManager } from 'oidc-client-ts'\nnew UserManager({ authority, client_secret: s })"),
    ("src/a.tsx", "fetch('/v1/x', { headers: { 'X-API-Key': apiKey } })"),
]
IN_CLIENT += [
    ("App.js", "import { View } from 'react-native'\npost(url, { grant_type: 'x', client_id, client_secret: 's' })"),
    ("background.js", "chrome.identity.launchWebAuthFlow(o)\nconst CLIENT_SECRET = 'to be filled in'"),
    ("src/auth.ts", "export const config: AuthConfig = { dummyClientSecret: 'geheim' }; document.title"),
]
NOT_IN_CLIENT = [
    (
        "pages/profile.jsx",
        "const CLIENT_SECRET = '';\nexport const getServerSideProps = async () => exchange(CLIENT_SECRET);\n"
        "export default function Page() { return <p>me</p>; }",
    ),
    (".env", "CLIENT_SECRET=\nVITE_CLIENT_ID=\nREACT_APP_RECAPTCHA_SITE_KEY=\nNEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY="),
    (".env", "NEXT_PUBLIC_SUPABASE_ANON_KEY=\nVITE_FIREBASE_API_KEY=\nPUBLIC_GOOGLE_MAPS_API_KEY="),
    ("server.js", "axios.post(url, { grant_type: 'refresh_token', client_id, client_secret: SECRET })"),
    ("pages/api/token.ts", "export default () => post({ client_id, client_secret: process.env.CLIENT_SECRET })"),
    ("app/token/route.ts", "export const POST = () => post({ client_id, client_secret: process.env.CLIENT_SECRET })"),
    ("src/a.tsx", "fetch('/v1/x', { headers: { Authorization: `Bearer ${accessToken}` } })"),
    ("src/a.tsx", "const [apiKey, setApiKey] = useState(''); fetch('/x', { headers: { 'X-API-Key': apiKey } })"),
    ("src/a.tsx", "const call = (apiKey) => fetch('/v1/x', { headers: { 'X-API-Key': apiKey } })"),
    ("src/a.tsx", "'use server'\nexport const f = () => post({ client_id, client_secret: process.env.CLIENT_SECRET })"),
    ("a.sh", 'curl -d "grant_type=client_credentials&client_id=$ID&client_secret=$SECRET" "$URL"'),
]


@pytest.mark.parametrize(("path", "code"), IN_URL)
def test_a_credential_in_a_url_is_found(path: str, code: str) -> None:
    assert codes(path, code) == ["AUT206"]


@pytest.mark.parametrize(("path", "code"), NOT_IN_URL)
def test_what_only_looks_like_a_credential_in_a_url_is_quiet(path: str, code: str) -> None:
    assert codes(path, code) == []


@pytest.mark.parametrize(("path", "code"), IN_LOG)
def test_a_credential_in_a_log_is_found(path: str, code: str) -> None:
    assert "AUT207" in codes(path, code)


@pytest.mark.parametrize(("path", "code"), NOT_IN_LOG)
def test_what_shows_no_credential_is_quiet(path: str, code: str) -> None:
    assert codes(path, code) == []


@pytest.mark.parametrize(("path", "code"), IN_CLIENT)
def test_a_secret_in_client_code_is_found(path: str, code: str) -> None:
    assert codes(path, code) == ["AUT208"]


@pytest.mark.parametrize(("path", "code"), NOT_IN_CLIENT)
def test_what_belongs_in_client_code_is_quiet(path: str, code: str) -> None:
    assert codes(path, code) == []


HOSTILE = [
    ("a.py", "requests.get(URL, params={'access_token': t})\nprint(access_token)\n"),
    ("a.py", "q = urlencode({'access_token': t})\nu = f'{URL}?{q}'\n"),
    ("a.py", 'url += "&api_key=" + API_KEY\n'),
    ("a.js", "fetch('/login').then(r => r.json()).then(d => { console.log(d); use(d.token) })\n"),
    ("a.js", "u.searchParams.set('access_token', t); u.search = q; f({ client_id, client_secret: document.x })\n"),
    ("a.sh", 'set -x\nX=$(if a; then echo "$API_TOKEN"; fi)\necho "$ACCESS_TOKEN"\n'),
    (".env", "VITE_OPENAI_API_KEY=\n"),
    (".env", "URL=http://login.corp-net.io/oauth?token=x&;"),
    ("a.txt", "Authorization: Bearer http://login.corp-net.io/oauth?token=x&;"),
]


@pytest.mark.parametrize(("path", "line"), HOSTILE)
def test_many_of_them_take_linear_time(path: str, line: str) -> None:
    assert grows_linearly(lambda size: codes(path, line * size), 150)
