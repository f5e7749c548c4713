"""Where tokens are kept: what is a token, what only looks like one, and how it gets into a store, cookie or file."""

from __future__ import annotations

import base64

import pytest
from timing import grows_linearly

from authlint.engine.linter import Linter, Options
from authlint.finding import Finding
from authlint.run.catalog import load

CODES = frozenset({"AUT201", "AUT202", "AUT203", "AUT204", "AUT205", "AUT209", "AUT210", "AUT211"})


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter(load().only(CODES), Options())


def found(linter: Linter, path: str, code: str) -> list[Finding]:
    report = linter.lint(path, code.encode())
    assert report.problems == ()
    return list(report.findings)


def codes(linter: Linter, path: str, code: str) -> list[str]:
    return [finding.code for finding in found(linter, path, code)]


BAD = [
    # what is written is a token, whatever its key is called
    ("AUT201", "a.js", "localStorage.setItem('data', JSON.stringify({ user: { jwt: res.jwt } }))"),
    ("AUT201", "a.js", "localStorage.setItem('state', JSON.stringify({ auth: { token: auth.token } }))"),
    ("AUT201", "a.js",
     "const t = new URLSearchParams(location.hash).get('access_token'); "
     "localStorage.setItem('x', t)"),
    ("AUT201", "a.js", "localStorage.setItem('u', generateJwt(user))"),
    ("AUT201", "a.js",
     "fetch('/login', o).then(r => r.json()).then(user => localStorage.setItem('u', "
     "JSON.stringify(user)))"),
    ("AUT201", "a.js",
     "const { data } = await axios.post(`${API}/signin`, form); "
     "localStorage.setItem('s', JSON.stringify(data))"),
    ("AUT201", "a.js", "localStorage.setItem('refresh', res.data.refresh)"),
    ("AUT201", "a.js", "localStorage.setItem('form', JSON.stringify({ email, password }))"),
    ("AUT201", "a.js", "const r = await axios.post('/register', u); localStorage.setItem('u', JSON.stringify(r.data))"),
    ("AUT201", "a.js", "Object.entries(tokens).forEach(([k, v]) => localStorage.setItem(k, v))"),
    ("AUT201", "a.js", "const q = { a: url.get('access_token') }; for (const k in q) localStorage.setItem(k, q[k])"),
    ("AUT201", "a.js", "const { access } = await r.json(); localStorage.setItem('access', access)"),
    ("AUT201", "a.js", "user.getIdToken().then(t => localStorage.setItem('fb', t))"),
    ("AUT201", "a.html", "<script>localStorage.setItem('token', '{{ token }}')</script>"),
    ("AUT201", "a.html", "<script>localStorage.setItem('t', '<%= user.access_token %>')</script>"),
    # stores behind other names
    ("AUT201", "a.js", "const { localStorage: ls } = window; ls.setItem('k', user.accessToken)"),
    ("AUT201", "a.ts", "class A { private s = window.localStorage; keep(t) { this.s.setItem('jwt', t.jwt); } }"),
    ("AUT201", "a.ts", "(window as any).sessionStorage.jwt = answer.jwt"),
    ("AUT201", "a.js", "import store from 'store2'; store.set('token', res.token)"),
    ("AUT201", "a.js", "import localforage from 'localforage'; localforage.setItem('token', res.token)"),
    ("AUT201", "a.ts", "import { atomWithStorage } from 'jotai/utils'; const a = atomWithStorage('token', null)"),
    ("AUT201", "a.tsx",
     "import { useLocalStorage } from '@mantine/hooks'; "
     "const [t] = useLocalStorage({ key: 'jwt', defaultValue: '' })"),
    # helpers of the file
    ("AUT201", "a.js",
     "const put = (k, v) => localStorage.setItem(k, JSON.stringify(v)); "
     "put('auth', { token: r.token })"),
    ("AUT201", "a.js",
     "const db = { set(k, v) { localStorage.setItem(k, v) } }; "
     "db.set('access_token', r.access_token)"),
    ("AUT201", "a.ts", "class Db { static put(k, v) { localStorage.setItem(k, v); } } Db.put('id', r.id_token)"),
    # libraries that are told where to keep tokens
    ("AUT202", "a.js", "export const config = { cache: { cacheLocation: 'localStorage' } }"),
    ("AUT202", "a.js",
     "import storage from 'redux-persist/lib/storage'; "
     "persistReducer({ key: 'r', storage, whitelist: ['token'] }, r)"),
    ("AUT202", "a.ts", "cognitoUserPoolsTokenProvider.setKeyValueStorage(window.localStorage)"),
    ("AUT202", "a.ts", "new OktaAuth({ issuer, tokenManager: { storage: 'localStorage' } })"),
    ("AUT202", "a.ts", "const p = [{ provide: AbstractSecurityStorage, useClass: DefaultLocalStorageService }]"),
    ("AUT202", "a.ts",
     "const p = { provide: OAuthStorage, useFactory: make }; function make() { return localStorage; "
     "}"),
    ("AUT202", "a.ts", "setPersistence(auth, browserLocalPersistence)"),
    ("AUT202", "a.ts", "defineStore('a', () => { const token = ref(''); return { token }; }, { persist: true })"),
    # cookies from script
    ("AUT203", "a.js", "document.cookie = name + '=' + value + '; HttpOnly'"),
    ("AUT203", "a.ts", "import C from 'universal-cookie'; new C().set('x', y, { httpOnly: true })"),
    ("AUT204", "a.js", "document.cookie = `auth_token=${token};max-age=604800`"),
    ("AUT204", "a.js", "function put(n, v) { document.cookie = n + '=' + v + ';path=/'; } put('jwt', r.jwt)"),
    ("AUT204", "a.js", "import Cookies from 'js-cookie'; Cookies.set('sid', r.access_token)"),
    ("AUT204", "a.js",
     "import { useCookies } from 'react-cookie'; const [c, setCookie] = useCookies(); "
     "setCookie('jwt', r.jwt)"),
    # cookies from servers
    ("AUT205", "a.py", "from flask import Response\nresp.set_cookie('session_id', sid, httponly=True)"),
    ("AUT205", "a.py", "resp.headers['Set-Cookie'] = f'token={token}; HttpOnly'"),
    ("AUT205", "a.py", "cookie = jwt.encode(claims, key, algorithm='HS256')\nresp.set_cookie('c', cookie)"),
    ("AUT205", "a.py", "resp.set_cookie('user_id', user.id, secure=False)"),
    ("AUT205", "settings.py", "SESSION_COOKIE_HTTPONLY = False"),
    ("AUT205", "settings.py", "SIMPLE_JWT = {'AUTH_COOKIE_SECURE': False}"),
    ("AUT205", "app.py", "app.config['JWT_TOKEN_LOCATION'] = ['headers', 'cookies']"),
    ("AUT205", "a.js", "app.use(session({ secret: s, cookie: { maxAge: 60000 } }))"),
    ("AUT205", "a.js", "import session from 'express-session'; app.use(session({ secret: s, resave: false }))"),
    ("AUT205", "a.js", "app.use(cookieSession({ keys, secure: false }))"),
    ("AUT205", "a.js", "res.status(200).cookie('jwt', user.sign(), { httpOnly: true })"),
    ("AUT205", "a.js", "ctx.cookies.set('token', token, { httpOnly: false })"),
    ("AUT205", "a.js", "res.writeHead(302, { 'Set-Cookie': 'access_token=' + t + '; HttpOnly' })"),
    ("AUT205", "a.ts", "import { setCookie } from 'hono/cookie'; setCookie(c, 'token', token)"),
    ("AUT205", "a.ts", "const r = NextResponse.json({}); r.cookies.set({ name: 'jwt', value: jwt, httpOnly: false })"),
    ("AUT205", "a.ts",
     "export const load = ({ cookies }) => { cookies.set('session', s.token, { path: '/', httpOnly: false "
     "}); }"),
    ("AUT205", "a.ts", "createCookieSessionStorage({ cookie: { name: '__session', httpOnly: true, secrets: [s] } })"),
    ("AUT205", "a.ts", "import { getIronSession } from 'iron-session';"
     "getIronSession(req, res, { password, cookieOptions: { secure: false } })"),
    ("AUT205", "a.ts", "export const authOptions = { useSecureCookies: false, session: { strategy: 'jwt' } }"),
    ("AUT205", "a.rb", "cookies.permanent[:remember_token] = user.remember_token"),
    ("AUT205", "a.rb", "Rails.application.config.session_store :cookie_store, key: '_app', secure: false"),
    ("AUT205", "docker-compose.yml", "services:\n  web:\n    environment:\n      SESSION_COOKIE_SECURE: 'false'\n"),
    ("AUT205", "application.yml", "server:\n  servlet:\n    session:\n      cookie:\n        secure: false\n"),
    # phones
    ("AUT209", "a.ts", "import { Storage } from '@ionic/storage'; const s = new Storage(); s.set('token', r.token)"),
    ("AUT209", "a.ts", "AsyncStorage.setItem('user', JSON.stringify({ ...user, accessToken: r.accessToken }))"),
    ("AUT209", "a.ts", "persist(() => ({ token: '' }), { name: 'a', storage: createJSONStorage(() => AsyncStorage) })"),
    ("AUT209", "a.ts", "createClient(url, key, { auth: { storage: AsyncStorage, persistSession: true } })"),
    # files
    ("AUT210", "a.py", "with open('cache.bin', 'wb') as f:\n    pickle.dump(credentials, f)"),
    ("AUT210", "a.py", "with open('token.json', 'w') as token:\n    token.write(creds.to_json())"),
    ("AUT210", "a.sh", "cat > auth.json <<EOF\n{\"token\": \"$TOKEN\"}\nEOF"),
    ("AUT210", "a.sh", "echo \"$TOKEN\" | tee ~/.token"),
    ("AUT210", "a.ps1", "$token | Out-File -FilePath ./t.txt"),
    ("AUT210", "a.rb", "File.open('t', 'w') { |f| f.puts(access_token) }"),
    # messages
    ("AUT211", "a.js", "popup.postMessage(JSON.stringify({ access_token: t }), '*')"),
    (
        "AUT201",
        "a.js",
        "const { user } = (await axios.post('/api/login', form)).data;\n"
        "localStorage.setItem('user', JSON.stringify(user))",
    ),
    ("AUT201", "a.js", "import { setInLocalStorage } from './store'; setInLocalStorage('jwt', res.data.jwt)"),
    ("AUT201", "a.js", "import { setStorage } from '@/utils/util'; setStorage('token', result.token)"),
    ("AUT201", "a.js", "const { setValueInLocalStorage } = useLocalStorage(); setValueInLocalStorage('jwt_rc', data)"),
    ("AUT201", "a.js", "import { saveTokenToLocalStorage } from './store'; saveTokenToLocalStorage(res.data.jwt)"),
    ("AUT211", "a.js", "window.opener.postMessage({ code: params.get('code') }, '*')"),
]  # fmt: skip

GOOD = [
    ("a.js", "import { setInLocalStorage } from './store'; setInLocalStorage('theme', res.data.theme)"),
    ("a.js", "wx.setStorage({ key: 'theme', data: theme })"),
    (
        "a.js",
        "const { token, user } = (await axios.post('/api/login', form)).data; keep(token);\n"
        "localStorage.setItem('user', JSON.stringify(user))",
    ),
    (
        "a.js",
        "const res = await axios.post('/api/login', form); keep(res.data.token);\n"
        "localStorage.setItem('user', JSON.stringify(res.data.user))",
    ),
    ("a.js", "localStorage.setItem('loggedIn', String(!!token))"),
    ("a.js", "localStorage.setItem('hasToken', token !== null)"),
    ("a.js", "localStorage.setItem('user', JSON.stringify(jwtDecode(token)))"),
    ("a.js", "localStorage.setItem('profile', JSON.stringify(await getProfile(token)))"),
    ("a.js", "localStorage.setItem('designTokens', JSON.stringify(tokens))"),
    ("a.js", "localStorage.setItem('deviceToken', token)"),
    ("a.js", "localStorage.setItem('access', user.access)"),
    ("a.js", "Object.entries(tabs).forEach(([k, v]) => localStorage.setItem(k, v))"),
    ("a.html", "<script>localStorage.setItem('theme', '{{ theme }}')</script>"),
    ("a.js", "localStorage.setItem('showPassword', showPassword); localStorage.setItem('passwordHint', hint)"),
    ("a.js", "localStorage.setItem('token_type', tokens.token_type)"),
    ("a.js", "localStorage.setItem('oauth_state', state); localStorage.setItem('code_verifier', verifier)"),
    ("a.js", "localStorage.setItem('token', ''); localStorage.removeItem('token'); sessionStorage.clear()"),
    ("a.js", "class S { saveUser(user) { sessionStorage.setItem('auth-user', JSON.stringify(user)); } }"),
    ("a.js", "const put = (k, v) => localStorage.setItem(k, v); put('theme', theme); map.set('token', token)"),
    ("a.js", "persistReducer({ key: 'r', storage, whitelist: ['theme'] }, reducer)"),
    ("a.ts", "create(persist((set) => ({ token: '' }), { name: 'a', storage: createJSONStorage(() => SecureStore) }))"),
    ("a.ts", "create(persist((set) => ({ theme: '', setToken: (t) => set({ t }) }), { name: 'a' }))"),
    ("a.ts", "const p = { provide: Cache, useValue: localStorage }"),
    ("a.ts", "new UserManager({ stateStore: new WebStorageStateStore({ store: localStorage }) })"),
    ("a.js", "document.cookie = 'token=; Max-Age=0'; document.cookie = 'theme=' + theme"),
    ("a.js", "document.cookie = 'XSRF-TOKEN=' + token"),
    ("a.js", "Cookies.set('lang', lang); Cookies.remove('token')"),
    ("a.js", "res.cookie('oauth_state', state); res.cookie('cart', cart)"),
    ("a.js", "res.cookie('token', token, options); res.cookie('token', token, { ...options })"),
    ("a.js", "res.cookie('token', 'none', { expires: new Date(0) }); res.clearCookie('token')"),
    ("a.js",
     "res.cookie('t', token, { httpOnly: true, sameSite: 'lax', secure: process.env.NODE_ENV === "
     "'production' })"),
    ("a.js", "app.use(session({ secret: s, cookie: { secure: 'auto' } })); app.use(cookieSession({ keys }))"),
    ("a.js", "const o = { secret: s, cookie: {} }; if (isProduction) { o.cookie.secure = true } app.use(session(o))"),
    ("a.ts", "createCookieSessionStorage({ cookie: { name: 's', httpOnly: true, secure: isProduction } })"),
    ("a.ts", "export const load = ({ cookies }) => { cookies.set('session', s.token, { path: '/' }); }"),
    ("a.py", "resp.set_cookie('token', token, **flags)\nresp.set_cookie('token', '', max_age=0)"),
    ("a.py", "resp.set_cookie('csrftoken', token)\nresp.set_cookie('user_id', user.id)"),
    ("a.py", "resp.set_cookie('t', token, httponly=True, secure=settings.HTTPS, samesite='Lax')"),
    ("a.js", "function setCookie(res, token) { keep(res, token); } setCookie(res, user.token)"),
    ("a.py", "session.cookies.set_cookie(create_cookie('token', token))"),
    ("settings.py", "SESSION_COOKIE_SECURE = not DEBUG\nCSRF_COOKIE_SECURE = False"),
    ("settings/dev.py", "SESSION_COOKIE_SECURE = False"),
    ("config.py", "class Development(Base):\n    SESSION_COOKIE_SECURE = False"),
    ("config.py",
     "class Base:\n    SESSION_COOKIE_SECURE = False\nclass Production(Base):\n    SESSION_COOKIE_SECURE "
     "= True"),
    ("app.py", "app.config['JWT_TOKEN_LOCATION'] = ['headers']"),
    ("a.rb", "config.force_ssl = true\ncookies[:token] = { value: token, httponly: true, same_site: :lax }"),
    ("a.rb", "cookies.delete(:token)\nsession[:token] = token\ncookies[:theme] = 'dark'"),
    ("a.ts", "import { MMKV } from 'react-native-mmkv'; const s = new MMKV(options); s.set('token', r.token)"),
    ("a.ts", "AsyncStorage.setItem('pushToken', token); AsyncStorage.removeItem('token')"),
    ("a.py", "tokens = tokenizer.encode(text)\nwith open('tokens.json', 'w') as f:\n    json.dump(tokens, f)"),
    ("a.py", "os.umask(0o077)\nwith open('token', 'w') as f:\n    f.write(token)"),
    ("a.py",
     "with open('t', 'w', opener=private) as f:\n    f.write(token)\nwith open('t') as f:\n    token = "
     "f.read()"),
    ("a.py", "sys.stdout.write(token)\nresponse.write(token)\nsocket.write(token)"),
    ("a.sh",
     "echo \"TOKEN=$TOKEN\" >> \"$GITHUB_ENV\"\ncurl -H \"Authorization: Bearer $TOKEN\" \"$URL\" > "
     "users.json"),
    ("a.sh", "echo \"$TOKEN\" > t\nchmod 600 t"),
    ("a.js", "window.postMessage({ token }, '*'); worker.postMessage({ token })"),
    ("a.js",
     "iframe.contentWindow.postMessage({ code: editor.getValue() }, '*'); "
     "parent.postMessage({ code: source }, '*')"),
    ("a.js", "window.opener.postMessage({ token }, origin)"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path", "source"), BAD)
def test_a_token_is_found(linter: Linter, code: str, path: str, source: str) -> None:
    assert codes(linter, path, source) == [code]


@pytest.mark.parametrize(("path", "source"), GOOD)
def test_what_is_no_token_or_is_kept_well_is_quiet(linter: Linter, path: str, source: str) -> None:
    assert codes(linter, path, source) == []


def test_a_json_web_token_is_told_by_what_it_is(linter: Linter) -> None:
    parts = ('{"alg":"HS256","typ":"JWT"}', '{"sub":"42","name":"Q7mZ2xR9"}')
    token = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    source = f"localStorage.setItem('x', '{token}.Q7mZ2xR9tK4vB8nL3cW6yP1dQ7mZ2xR9tK4vB8nL3cW')"
    assert codes(linter, "a.js", source) == ["AUT201"]


def test_where_a_token_comes_from_and_is_written(linter: Linter) -> None:
    source = (
        "function keep(key, value) {\n  localStorage.setItem(key, value);\n}\n"
        "const accessToken = answer.access_token;\nkeep('a', accessToken);\n"
    )
    (finding,) = found(linter, "a.js", source)
    assert finding.line == 5
    assert [(related.message, related.line) for related in finding.related] == [
        ("the token comes from here", 4),
        ("this is where it is written", 2),
    ]


@pytest.mark.parametrize(
    ("source", "level"),
    [
        ("resp.set_cookie('token', token, secure=True, httponly=True)", "info"),
        ("resp.set_cookie('token', token, secure=True)", "warning"),
        ("from fastapi import Response\nresp.set_cookie('token', token, secure=True)", "warning"),
    ],
)
def test_samesite_alone_is_a_hint(linter: Linter, source: str, level: str) -> None:
    assert [finding.level for finding in found(linter, "a.py", source)] == [level]


@pytest.mark.parametrize(
    ("options", "levels"),
    [("secure=True", []), ("secure=False", ["warning"]), ("secure=True, samesite=None", ["info"])],
)
def test_a_cookie_for_other_sites_says_so(linter: Linter, options: str, levels: list[str]) -> None:
    options = options if "samesite" in options else f"{options}, samesite='None'"
    source = f"resp.set_cookie('token', token, httponly=True, {options})"
    assert [finding.level for finding in found(linter, "a.py", source)] == levels


def test_a_framework_sets_what_it_sets_by_itself(linter: Linter) -> None:
    source = "from fastapi import Response\nresp.set_cookie('token', token, httponly=True, secure=False)"
    (finding,) = found(linter, "a.py", source)
    assert finding.message == "cookie 'token' carries a token without Secure"


HOSTILE = [
    ("a.js", "function f{n}(k, v) {{ localStorage.setItem(k, v); }} f{n}('token', u{n}.token);"),
    ("a.js", "function f(k, v) {{ {inner} }} {outer}"),
    ("a.js", "app.use(session({{ secret: s{n}, cookie: {{ maxAge: 1 }} }})); o.cookie.secure{n} = 1;"),
    ("a.js", "const c{n} = {{ cache: {{ cacheLocation: 'localStorage' }} }}; new PublicClientApplication(c{n});"),
    ("a.js", "create(persist(() => ({{ token: '' }}), {{ name: 'n{n}' }}));"),
    ("a.js", "user.t{n} = user.token; localStorage.setItem('u{n}', user);"),
    ("a.js", "window.parent.postMessage({{ code: code{n} }}, '*');"),
    ("a.py", "with open('t{n}', 'w') as f{n}:\n    f{n}.write(token)\n"),
    ("a.py", "resp.set_cookie('token{n}', token)\nSESSION_COOKIE_SECURE = False\n"),
]


def hostile(unit: str, count: int) -> str:
    if "{inner}" in unit:
        inner = " ".join(f"localStorage.setItem('k{n}', v);" for n in range(count))
        return unit.format(inner=inner, outer=" ".join(f"f('x', u{n}.token);" for n in range(count)))
    return "\n".join(unit.format(n=n) for n in range(count))


@pytest.mark.parametrize(("path", "unit"), HOSTILE)
def test_hostile_files_cost_linear_time(linter: Linter, path: str, unit: str) -> None:
    assert grows_linearly(lambda count: linter.lint(path, hostile(unit, count).encode()), 150)
