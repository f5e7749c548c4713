"""Authorization requests, grants, redirect URIs, PKCE and nonce, however they are written (AUT401 to AUT409)."""

from __future__ import annotations

import pytest
from timing import grows_linearly

from authlint.concepts.oauth import oauth
from authlint.concepts.oauth.authorization import AuthorizationRequest
from authlint.concepts.unit import Unit
from authlint.concepts.web.clients import client_headers
from authlint.engine.linter import Linter, Options
from authlint.facts import Text
from authlint.frontends import lower
from authlint.run.catalog import load
from authlint.source import Source

RULES = load()
LINTER = Linter(RULES, Options(min_confidence="medium"))

REPORTED = {
    "AUT401 the whole beside the client.js": """
export const login = { clientId: ID, url: `https://id.example.net/authorize?response_type=code&client_id=${ID}` };
""",
    # -- requests put together in unusual ways
    "AUT401 query in url.format.js": """
const u = url.format({ host, pathname: '/authorize', query: { response_type: 'code', client_id: id } });
""",
    "AUT401 array joined.js": """
const u = 'https://id.example.net/authorize' + '?' + ['response_type=code', 'client_id=' + id].join('&');
""",
    "AUT401 pieces appended.js": """
let u = 'https://id.example.net/authorize';
u += '?response_type=code';
u += '&client_id=' + id;
location.href = u;
""",
    "AUT401 pairs.js": """
const q = new URLSearchParams([['client_id', id], ['response_type', 'code'], ['redirect_uri', cb]]);
""",
    "AUT401 helper.js": """
const build = (more) => BASE + '/authorize?' + qs.stringify({ client_id: id, response_type: 'code', scope: more });
""",
    "AUT401 encode_www_form.rb": """
redirect_to "https://id.example.net/authorize?" + URI.encode_www_form(client_id: ID, response_type: "code", scope: "s")
""",
    "AUT401 name with two values.py": """
query = {"client_id": CID, "response_type": "code", "redirect_uri": CB}
query = urlencode(query)
""",
    "AUT401 hash in braces.rb": "redirect_to client.auth_code.authorize_url({scope: 'read:org'})\n",
    "AUT401 spotipy.py": """
auth = SpotifyOAuth(client_id=CID, redirect_uri=CB)
url = auth.get_authorize_url()
""",
    "AUT406 capitals.js": "const u = 'https://id.example.net/login?response_type=TOKEN&client_id=web&scope=' + s;\n",
    # -- an address that is only a name
    "AUT401 imported address.js": """
const query = new URLSearchParams({ client_id }).toString();
res.redirect(`${URL.github_authorization}?${query}`);
""",
    "AUT401 address from the environment.js": """
config.url = `${process.env.GITHUB_LOGIN_URL}?client_id=${id}&redirect_uri=${encodeURIComponent(back)}&scopes=repo`;
""",
    "AUT401 link in a page.js": """
res.send(`<body>
  <a href="https://id.example.net/authorize?client_id=${id}&response_type=code">Log in</a>
</body>`);
""",
    "AUT401 script in a page.js": """
res.send(`<h1>One moment</h1>
<script>
  window.location.replace("https://id.example.net/authorize?response_type=code&client_id=${id}&scope=read")
</script>`);
""",
    "AUT401 pushed one by one.js": """
const parts = [];
parts.push('response_type=code');
parts.push(`client_id=${id}`);
location.href = `${AUTHORIZE_URL}?${parts.join('&')}`;
""",
    "AUT401 appended one by one.py": """
parts = ["response_type=code"]
parts.append("client_id=" + CID)
url = "https://id.example.net/authorize?" + "&".join(parts)
""",
    "AUT401 copied in a loop.js": """
const url = new URL('https://id.example.net/authorize');
Object.entries({ client_id: id, response_type: 'code' }).forEach(([key, value]) => url.searchParams.set(key, value));
""",
    # -- libraries that leave the state to their caller
    "AUT401 oauthlib.py": """
client = WebApplicationClient(CID)
uri = client.prepare_request_uri(authorization_endpoint, redirect_uri=CB, scope=["openid", "email"])
""",
    "AUT401 msal.py": """
uri = msal.ConfidentialClientApplication(CID).get_authorization_request_url(SCOPES, redirect_uri=CB)
""",
    "AUT401 httpx-oauth.py": """
client = GoogleOAuth2(CID, SECRET)
url = await client.get_authorization_url(CB, scope=["email"])
""",
    "AUT401 msal-node.js": "const url = await pca.getAuthCodeUrl({ scopes, redirectUri });\n",
    "AUT401 grant.js": """
import grant from 'grant';
app.use(grant.express({ defaults: { origin, transport: 'session' }, google: { key, secret, scope: ['email'] } }));
""",
    # -- states that others know
    "AUT402 filled in.py": """
url = "https://github.com/login/oauth/authorize?client_id=%s&state=%s" % (CID, "login")
""",
    "AUT402 page to return to.js": """
res.redirect(client.authorizationCode.authorizeURL({ redirect_uri: cb, state: req.query.next }));
""",
    "AUT402 setting.py": 'params = {"client_id": CID, "response_type": "code", "state": settings.LOGIN_STATE}\n',
    "AUT402 digest of an id.py": """
uri, _ = oauth.authorization_url(AUTHORIZE, state=hashlib.md5(user.id.encode()).hexdigest())
""",
    "AUT402 first argument.js": "const state = 'fixed';\nconst url = github.createAuthorizationURL(state, scopes);\n",
    # -- PKCE
    "AUT405 plain in the request.py": """
url = f"{AUTHORIZE}?client_id={CID}&response_type=code&state={s}&code_challenge={c}" + "&code_challenge_method=plain"
params = {"code_challenge_method": "plain"}
""",
    "AUT405 verifier as challenge.js": """
location.href = `${AUTHORIZE}?client_id=${id}&response_type=code&state=${s}&code_challenge=${verifier}`;
""",
    "AUT405 challenge without verifier.py": """
url = f"{AUTHORIZE}?client_id={CID}&response_type=code&state={s}&code_challenge={c}&code_challenge_method=S256"
data = {"grant_type": "authorization_code", "code": code, "client_secret": SECRET}
""",
    "AUT405 custom scheme.py": """
url = f"{AUTHORIZE}?client_id={CID}&response_type=code&state={s}&redirect_uri=com.example.app:/cb"
url = f"{AUTHORIZE}?client_id={CID}&response_type=code&state={s}&redirect_uri=com.example.app://cb"
""",
    "AUT405 a setting of Django.py": "OAUTH2_PROVIDER = {'PKCE_REQUIRED': False}\n",
    "AUT405 library without it.py": """
oauth = OAuth2Session(CID, redirect_uri=CB)
uri, state = oauth.authorization_url(AUTHORIZE)
""",
    "AUT401 base by name.py": 'url = f"{AUTHORIZATION_URL}?client_id={CID}&redirect_uri={CB}"\n',
    "AUT401 no response type.py": """
def get_auth_url(self):
    return self.config["URL"] + "?%s" % urlencode({"client_id": CID, "redirect_uri": CB})
""",
    "AUT401 tornado.py": """
self.authorize_redirect(redirect_uri=CB, client_id=CID, response_type="code", extra_params={"prompt": "auto"})
""",
    "AUT401 stravalib.py": """
from stravalib.client import Client
url = Client().authorization_url(client_id=CID, redirect_uri=CB)
""",
    "AUT401 oauth2client.py": """
flow = flow_from_clientsecrets("client.json", scope=SCOPE, redirect_uri=CB)
url = flow.step1_get_authorize_url()
""",
    "AUT401 made by a helper.py": "url = spotify_oauth().get_authorize_url()\n",
    "AUT401 shopify.py": """
session = shopify.Session(shop, version)
url = session.create_permission_url(scope, redirect_uri)
""",
    "AUT402 praw.py": """
reddit = praw.Reddit(client_id=CID, client_secret=SECRET, redirect_uri=CB)
print(reddit.auth.url(["identity"], "...", "permanent"))
""",
    "AUT402 slack_sdk.py": """
from slack_sdk.oauth import AuthorizeUrlGenerator
url = AuthorizeUrlGenerator(client_id=CID, scopes=["chat:write"]).generate("abc")
""",
    "AUT405 made by a helper.py": """
def make_session(state=None):
    return OAuth2Session(CID, redirect_uri=CB, state=state)
discord = make_session()
uri, state = discord.authorization_url(AUTHORIZE)
""",
    "AUT405 registered.py": """
from authlib.integrations.flask_client import OAuth
oauth = OAuth(app)
oauth.register("id", authorize_url=A, access_token_url=T, client_id=CID, client_kwargs={"scope": "email"})
""",
    # -- grants
    "AUT406 code and token.js": "const config = { response_type: 'code token', client_id: id };\n",
    "AUT406 keycloak.js": "keycloak.init({ flow: 'implicit' });\n",
    "AUT406 discord.jsx": "const options = { clientId: id, redirectUri: cb, responseType: 'token' };\n",
    "AUT406 cognito.json": '{"allowedOAuthFlows": ["code", "implicit"]}\n',
    "AUT406 gapi.js": "gapi.auth2.init({ client_id: id });\n",
    "AUT406 swagger2.yaml": "securityDefinitions:\n  o:\n    type: oauth2\n    flow: implicit\n",
    "AUT407 attribute.js": "body.grant_type = 'password';\n",
    "AUT407 appended.js": "body.append('grant_type', 'password');\n",
    "AUT407 pairs.py": 'requests.post(TOKEN_URL, data=[("grant_type", "password"), ("username", user)])\n',
    "AUT407 json.sh": """curl -d '{"grant_type": "password", "username": "me"}' "$TOKEN_URL"\n""",
    "AUT407 httpie.sh": 'http -f POST "$TOKEN_URL" grant_type=password username="$U"\n',
    "AUT407 text.ps1": """Invoke-RestMethod -Method Post -Uri $Url -Body "grant_type=password&username=$U"\n""",
    "AUT407 keyword.py": 'requests.post(TOKEN_URL, data=dict(grant_type="password", username=user))\n',
    "AUT407 item.py": 'body["grant_type"] = "password"\n',
    "AUT407 percent.py": 'body = "grant_type=password&username=%s" % user\n',
    "AUT407 symbol.rb": 'HTTParty.post(url, body: { grant_type: "password", username: user })\n',
    "AUT407 msal.py": "result = app.acquire_token_by_username_password(user, password, scopes=SCOPES)\n",
    "AUT407 constant.py": """
GRANT = "password"
requests.post(TOKEN_URL, data={"grant_type": GRANT, "username": user})
""",
    "AUT407 doorkeeper.rb": "Doorkeeper.configure do\n  grant_flows %w[password]\nend\n",
    # -- redirect URIs
    "AUT408 wildcard host.yaml": "client_id: web\nredirect_uris:\n  - https://*.example.net/cb\n",
    "AUT408 anything.json": '{"clientId": "web", "redirectUris": ["*"]}\n',
    "AUT408 fragment.py": 'params = {"client_id": CID, "redirect_uri": "https://app.corp.net/#/cb"}\n',
    "AUT408 forwarded host.py": """
redirect_uri = "https://" + request.headers.get("X-Forwarded-Host") + "/callback"
""",
    "AUT408 mismatch.py": """
url = f"{AUTHORIZE}?client_id={CID}&response_type=code&state={s}&redirect_uri=https://app.corp.net/cb"
data = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.corp.net/callback"}
""",
    "AUT408 from a constant.py": """
CALLBACK = "http://app.corp.net/cb"
params = {"client_id": CID, "redirect_uri": CALLBACK}
""",
    # -- nonce
    "AUT409 hybrid.py": """
url = f"{AUTHORIZE}?client_id={CID}&response_type=code+id_token&scope=openid&state={s}&redirect_uri={CB}"
""",
}

QUIET = {
    "AUT401 settings of a client.js": """
export const login = { clientId: 'app', redirectUrl: CALLBACK, scope: 'me',
  url: 'https://id.example.net/authorize?response_type=code' };
""",
    "AUT401 link with a state.js": """
res.send(`<body>
  <a href="https://id.example.net/authorize?client_id=${id}&response_type=code&state=${state}">Log in</a>
</body>`);
""",
    "AUT401 page that tells of one.js": """
res.send(`<p>
  Open https://id.example.net/authorize?client_id=yours&response_type=code in another window.
</p>`);
""",
    "AUT401 state pushed.js": """
const parts = ['response_type=code', `client_id=${id}`];
if (bound) parts.push(`state=${state}`);
location.href = `${AUTHORIZE_URL}?${parts.join('&')}`;
""",
    "AUT401 address of a logout.js": "location.href = `${AUTH_LOGOUT_URL}?client_id=${id}&redirect_uri=${back}`;\n",
    "AUT401 address of a token.js": "fetch(`${AUTHORIZATION_TOKEN_URL}?client_id=${id}`);\n",
    "AUT401 login page of one's own.js": "location.href = `${LOGIN_URL}?client_id=${id}`;\n",
    "AUT401 appended later.js": """
let u = 'https://id.example.net/authorize?response_type=code&client_id=' + id;
u += '&state=' + encodeURIComponent(state);
""",
    "AUT401 set if given.py": """
params = {"client_id": CID, "response_type": "code", "redirect_uri": CB}
if state is not None:
    params["state"] = state
params = {**params, **extra}
""",
    "AUT401 updated with anything.py": """
def build(**kwargs):
    params = {"client_id": CID, "response_type": kind}
    params.update(kwargs)
    params = {k: v for k, v in params.items() if v}
""",
    "AUT401 merged by a helper.py": """
options = util.merge_dict({"client_id": CID, "response_type": "code", "redirect_uri": CB}, options or {})
""",
    "AUT401 settings of a library.js": """
const settings = { authority: ISSUER, client_id: 'web', redirect_uri: cb, response_type: 'code', scope: 's' };
""",
    "AUT401 provider of Auth.js.ts": """
export default { id: 'x', authorization: { url: AUTHORIZE, params: { client_id: id, response_type: 'code' } } };
""",
    "AUT401 url for a library.ts": """
Vk({ authorizationUrl: `https://id.example.net/authorize?response_type=code&v=${version}` });
""",
    "AUT401 more behind.js": """
const build = (extra) => BASE + '/authorize?client_id=' + id + '&response_type=code' + extra;
""",
    "AUT401 a form to fill in.py": """
raise Denied(f"open https://id.example.net/authorize?response_type=code&client_id={key}&redirect_uri=<approved URI>")
""",
    "AUT401 url extended.ts": """
const url = client.buildAuthorizationUrl(config, { redirect_uri: cb, scope: 's' });
url.searchParams.set('state', state);
""",
    "AUT401 library.rb": """
client = TwitterOAuth2::Client.new(identifier: id, redirect_uri: cb)
redirect_to client.authorization_uri(scope: [:'users.read'])
""",
    "AUT401 msal with a flow.py": """
flow = msal.ConfidentialClientApplication(CID).initiate_auth_code_flow(SCOPES, redirect_uri=CB)
""",
    "AUT401 grant with it.js": """
import grant from 'grant';
app.use(grant.express({ defaults: { origin, transport: 'session', state: true }, google: { key, secret } }));
""",
    "AUT402 passed through.js": """
res.redirect(client.authorizationCode.authorizeURL({ redirect_uri: cb, state: req.session.state }));
""",
    "AUT404 pkce instead.ts": "export default { clientId: id, checks: ['pkce'] };\n",
    "AUT404 other checks.ts": "export const lint = { rules: [], checks: [] };\n",
    "AUT404 one of two.py": "class Corp(BaseOAuth2):\n    STATE_PARAMETER = False\n    REDIRECT_STATE = True\n",
    "AUT401 state when it is sent.py": """
github = oauth.remote_app("github", request_token_url=None, access_token_url=ACCESS, authorize_url=AUTHORIZE)
def login():
    return github.authorize(callback=CB, state=session["state"])
""",
    "AUT401 state of the client.py": """
auth = SpotifyOAuth(client_id=CID, redirect_uri=CB, state=session["state"])
url = auth.get_authorize_url()
""",
    "AUT401 holes behind holes.js": """
const url = `${api}oauth2/authorize?client_id=${id}&scope=${scopes}${kind}${redirect}${withState}`;
""",
    "AUT401 tornado with a state.py": """
self.authorize_redirect(redirect_uri=CB, client_id=CID, response_type="code", extra_params={"state": self.state()})
""",
    "AUT402 filled in with a token.py": """
url = "https://github.com/login/oauth/authorize?client_id=%s&state=%s" % (CID, secrets.token_urlsafe())
""",
    "AUT405 client of elsewhere.py": """
return current_app.extensions.get("oauth").auth0.authorize_redirect(redirect_uri=CB, client_id=CID)
""",
    "AUT401 remix-auth.ts": """
import { GitHubStrategy } from 'remix-auth-github';
export const strategy = new GitHubStrategy({ clientID, clientSecret, callbackURL }, verify);
""",
    "AUT404 base of a library.py": """
class OAuthAuth(BaseAuth):
    STATE_PARAMETER = False
    REDIRECT_STATE = False
""",
    "AUT406 set by a library.ts": """
class Service {
  validate() { this.responseType = this.oidc ? 'id_token token' : 'token'; }
}
""",
    "AUT404 in two classes.py": """
class One(BaseOAuth2):
    STATE_PARAMETER = False

class Two(BaseOAuth2):
    REDIRECT_STATE = False
""",
    "AUT405 library with it.py": """
oauth = OAuth2Session(CID, redirect_uri=CB, pkce="S256")
uri, state = oauth.authorization_url(AUTHORIZE)
""",
    "AUT405 implicit.js": "location = `${AUTHORIZE}?client_id=${id}&response_type=token&state=${s}`;\n",
    "AUT405 other grant.py": 'requests.post(TOKEN_URL, data={"grant_type": "client_credentials", "client_id": CID})\n',
    "AUT405 server that names the methods.py": """
metadata = {"code_challenge_methods_supported": ["S256", "plain"]}
if code_challenge_method == "plain":
    abort(400)
""",
    "AUT406 other types.js": "axios.get(url, { responseType: 'json' });\nload({ response_type: 'blob' });\n",
    "AUT406 choice of the caller.py": """
params = {"client_id": CID, "response_type": "token" if implicit else "code", "state": state}
""",
    "AUT406 no token.py": 'params = {"client_id": CID, "response_type": "code id_token", "nonce": n, "state": s}\n',
    "AUT407 guessed by a library.py": """
def guess(kwargs):
    if "username" in kwargs:
        grant_type = "password"
    return grant_type
""",
    "AUT407 served.py": """
class PasswordGrant(BaseGrant):
    GRANT_TYPE = "password"

    def validate(self):
        \"\"\"A request such as

        grant_type=password&username=johndoe
        \"\"\"
        raise Unauthorized(f"may not use 'grant_type={self.GRANT_TYPE}'")
""",
    "AUT407 login.js": "axios.post('/v1/auth/login', { username, password });\n",
    "AUT407 name of a column.sh": "psql -c 'select grant_type, password from clients'\n",
    "AUT408 native.py": """
params = {"client_id": CID, "redirect_uri": "com.example.app:/cb"}
other = {"client_id": CID, "redirect_uri": "http://127.0.0.1:8400/cb"}
third = {"client_id": CID, "redirect_uri": "http://[::1]/cb"}
""",
    "AUT408 after login.py": 'redirect_url = "http://www.example.net/welcome"\n',
    "AUT408 provider reads it.py": """
redirect_uri = request.args["redirect_uri"]
if redirect_uri not in client.redirect_uris:
    abort(400)
""",
    "AUT408 logout.ts": "const o = { client_id: id, post_logout_redirect_uri: `${req.protocol}://${req.host}` };\n",
    "AUT408 given by the program.ts": """
export async function uri(params: Params) {
  return new URLSearchParams({ client_id: id, response_type: 'code', redirect_uri: params.redirectUri, state });
}
""",
    "AUT408 same in both.py": """
url = f"{AUTHORIZE}?client_id={CID}&response_type=code&state={s}&redirect_uri=https%3A%2F%2Fapp.corp.net%2Fcb"
data = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.corp.net/cb"}
""",
    "AUT409 with PKCE.py": """
url = f"{AUTHORIZE}?client_id={CID}&response_type=code&scope=openid&state={s}&code_challenge={c}"
""",
    "AUT405 registered with PKCE.py": """
from authlib.integrations.flask_client import OAuth
oauth = OAuth(app)
oauth.register("id", authorize_url=A, client_id=CID, client_kwargs={"code_challenge_method": "S256"})
""",
    "AUT405 OAuth 1.py": """
from authlib.integrations.flask_client import OAuth
oauth = OAuth(app)
oauth.register("twitter", request_token_url=R, authorize_url=A, client_id=CID, client_kwargs=None)
""",
    "AUT401 signing out.py": """
def logout_url():
    return BASE + "?" + urlencode({"client_id": CID, "redirect_uri": CB})
""",
    "AUT401 an API.py": 'url = f"{API_URL}?client_id={CID}&redirect_uri={CB}"\n',
    "AUT401 praw.py": """
reddit = praw.Reddit(client_id=CID, client_secret=SECRET, redirect_uri=CB)
print(reddit.auth.url(["identity"], state, "permanent"))
""",
    "AUT402 one's own program.py": """
state = secrets.token_urlsafe(16)
query = urlencode({"client_id": CID, "redirect_uri": CB, "response_type": "code", "state": state})
http.server.HTTPServer(("localhost", 8080), Handler).handle_request()
""",
    "AUT409 nonce of a cipher.js": "const box = { key, nonce: false };\n",
}


def found(case: str, source: str) -> list[str]:
    report = LINTER.lint(f"src/{case[7:].replace(' ', '-')}", source.encode())
    assert [problem for problem in report.problems if problem.kind != "syntax"] == []
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize("case", REPORTED)
def test_it_is_reported(case: str) -> None:
    codes = found(case, REPORTED[case])
    assert codes.count(case[:6]) >= 1


@pytest.mark.parametrize("case", QUIET)
def test_it_is_not_reported(case: str) -> None:
    assert case[:6] not in found(case, QUIET[case])


def test_a_redirect_uri_and_its_reference_are_one_finding() -> None:
    source = (
        "const redirectUri = 'https://' + req.get('Host') + '/cb';\nexchange({ code, redirect_uri: redirectUri });\n"
    )
    assert found("AUT408 twice.js", source) == ["AUT408"]


@pytest.mark.parametrize(
    ("case", "source", "silent"),
    [
        (
            "AUT404 over 401.js",
            "passport.use(new OAuth2Strategy({ clientID, callbackURL, state: false }, f));\n",
            "AUT401",
        ),
        ("AUT408 over 301.py", 'params = {"client_id": CID, "redirect_uri": "http://app.corp.net/cb"}\n', "AUT301"),
    ],
)
def test_the_rule_that_knows_more_speaks_alone(case: str, source: str, silent: str) -> None:
    codes = found(case, source)
    assert case[:6] in codes
    assert silent not in codes


def test_a_request_is_reported_where_its_parameters_stand_not_where_the_settings_of_its_client_do() -> None:
    text = (
        "S = {\n  client_id: 'abc',\n  redirect_uri: 'http://localhost:4567/cb'\n}\n\nget '/login' do\n"
        "  params = {\n    response_type: 'code',\n    client_id: S[:client_id],\n    redirect_uri: S[:redirect_uri]\n"
        '  }\n  redirect "#{SITE}/auth?#{URI.encode_www_form(params)}"\nend\n'
    )
    lines = {f.code: f.line for f in LINTER.lint("app.rb", text.encode()).findings}
    assert lines == {"AUT401": 7, "AUT405": 7}


def test_a_request_is_reported_where_it_is_written_not_where_it_is_shown() -> None:
    text = (
        '$uri = "https://id.example.net/authorize?response_type=code&client_id=$id&state=a%3Dbcd1234"\n\n\n'
        'Write-Host "Open $uri"\nStart-Process $uri\n'
    )
    assert {(f.code, f.line) for f in LINTER.lint("a.ps1", text.encode()).findings} >= {("AUT402", 1)}
    assert {f.line for f in LINTER.lint("a.ps1", text.encode()).findings if f.code.startswith("AUT4")} == {1}


def test_a_client_with_a_secret_is_told_of_pkce_and_no_more() -> None:
    source = 'url = f"{AUTHORIZE}?client_id={CID}&response_type=code&state={s}"\nSECRET = os.environ["CLIENT_SECRET"]\n'
    levels = {finding.code: finding.level for finding in LINTER.lint("app/views.py", source.encode()).findings}
    assert levels["AUT405"] == "info"
    fenced = f"```python\n{source}```\n"
    assert LINTER.lint("docs/guide.md", fenced.encode()).findings == ()


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("Dockerfile", 'FROM scratch\nENV SCOPE=""\n'),
        (
            "a.py",
            "class A:\n    def __init__(self, state=None):\n"
            "        self.state = state or make\n        self._state = state\n"
            "    def new_state(self):\n        self._state = self.state\n        return self._state\n"
            "    def url(self, url, state=None):\n        state = state or self.new_state()\n"
            "        return prepare_grant_uri(url, state=state, client_id=c, response_type='code')\n",
        ),
        (
            "b.py",
            "a = b or a\nb = a or b\nurl = 'https://h.io/oauth/authorize?response_type=code&client_id=1&state=' + a\n",
        ),
    ],
)
def test_nothing_crashes(path: str, source: str) -> None:
    """What is set to nothing, and what may be itself."""
    assert [problem.kind for problem in Linter(load()).lint(path, source.encode()).problems] == []


def test_many_requests_are_told_apart_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("a.py", b"", "python")
    unit = Unit(source, lower(source), LINTER.knowledge)
    requests: list[AuthorizationRequest] = []
    monkeypatch.setattr(oauth, "built", lambda _: requests)
    monkeypatch.setattr(oauth, "handwritten", lambda _: [])

    def work(size: int) -> None:
        requests.clear()
        for number in range(size):
            value = Text(("url",), (number * 10, number * 10 + 5))
            parts = frozenset({id(value)})
            requests.append(AuthorizationRequest(value.span, 0, "url", "", {}, False, value, parts))
        assert len(oauth.authorization_requests(unit)) == size

    assert grows_linearly(work, 500)


def test_headers_that_a_client_is_given_again_and_again_take_linear_time() -> None:
    line = 's.headers.update({"X-Name": "a"})\ns.get("https://api.example.net/u", headers={"Authorization": token})\n'

    def unit_of(size: int) -> Unit:
        source = Source("a.py", ("import requests\ns = requests.Session()\n" + line * size).encode(), "python")
        unit = Unit(source, lower(source), LINTER.knowledge)
        assert len(unit.meaning("http-request")) == size
        return unit

    units = {size: unit_of(size) for size in (300, 1200)}
    assert grows_linearly(
        lambda size: [client_headers(units[size], m) for m in units[size].meaning("http-request")], 300
    )
