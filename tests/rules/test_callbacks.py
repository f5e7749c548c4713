"""Callbacks of each framework: what exchanges a code unchecked is found, and every way of checking counts (AUT403)."""

from __future__ import annotations

import pytest

from authlint.engine.linter import Linter, Options
from authlint.run.catalog import load

LINTER = Linter(load().only(frozenset({"AUT403"})), Options(min_confidence="medium"))

UNCHECKED = {
    "address_used_again.py": """
@app.route("/connect")
def connect():
    state = request.args.get("state")
    sent = {"client_id": ID, "client_secret": SECRET, "code": request.args.get("code"), "state": state}
    url = ENDPOINTS.grant
    found = requests.post(url, params=sent, timeout=9).json()
    url = ENDPOINTS.me
    return requests.get(url, headers=bearer(found), timeout=9).json()
""",
    "any_state.ts": """
export class Login {
  static callback(req, res) {
    const { code, state } = req.query;
    if (!code || !state) return res.sendStatus(400);
    Login.exchange(code);
  }
  static exchange(code) {
    axios.post('https://id.example.net/oauth2/token', { grant_type: 'authorization_code', code });
  }
}
""",
    "subscribed.component.ts": """
this.route.queryParams.subscribe(async (found) => {
  const code = found['code'];
  await axios.post('https://id.example.net/oauth2/token', { grant_type: 'authorization_code', code });
});
""",
    "subscribed_map.component.ts": """
this.route.queryParamMap.subscribe((found) => {
  const code = found.get('code');
  window.opener.close();
  this.auth.loginWithGoogle(code);
});
""",
    "handed_to_another_file.js": """
import { handleOAuthCallback } from '../helpers/github.js';
export const callback = async (req, res) => {
  const { code } = req.query;
  const user = await handleOAuthCallback(code);
  res.json({ access_token: user.token });
};
""",
    "implicit_cut.html": """<script>
const token = window.location.hash.slice(1).split("=")[1].split("&")[0];
fetch(URL, { headers: { Authorization: `OAuth ${token}` } });
</script>
""",
    "implicit_page.js": """
const hash = window.location.hash.substring(1);
const token = hash.substring(0, hash.search('&')).replace('access_token=', '');
show(token);
""",
    "implicit_reader.js": """
export const getTokenFromUrl = () => window.location.hash.substring(1).split('&').reduce((found, item) => {
  const parts = item.split('=');
  found[parts[0]] = decodeURIComponent(parts[1]);
  return found;
}, {});
export const loginUrl = `https://accounts.spotify.com/authorize?client_id=${ID}&redirect_uri=${URI}&response_type=token`;
""",
    "LoginThatCuts.jsx": """
const url = window.location.href;
if (url.includes('?code=')) {
  const parts = url.split('?code=');
  fetch(proxyUrl, { method: 'POST', body: JSON.stringify({ code: parts[1] }) }).then(logIn);
}
""",
    "page_that_asks.jsx": """
const code = urlParamByName({ url: window.location.href, name: 'code' });
axios({ method: 'post', url: `${api}/token`, data: { code } }).then(show);
""",
    "page_to_backend.jsx": """
const code = new URLSearchParams(window.location.search).get('code');
axios.post(`${SERVER}/login/github`, { code }, { headers }).then(({ data }) => setUser(data.user));
""",
    "page_of_router.jsx": """
const [searchParams, setSearchParams] = useSearchParams();
const signIn = async (code) => {
  const answer = await fetch(`${API}/oauth2/callback`, { method: 'POST', body: JSON.stringify({ code }) });
  navigate('/', { state: await answer.json() });
};
if (searchParams.has('code')) {
  signIn(searchParams.get('code'));
  setSearchParams(searchParams);
}
""",
    "page_of_service.tsx": """
const code = new URLSearchParams(location.search).get('code');
if (code) authService.loginWithGoogle(code).then(() => history.push({ pathname: '/', state: { from: 'login' } }));
""",
    "request_options.js": """
const request = require('request');
app.get('/cb', (req, res) => {
  var option = { url: 'https://slack.com/api/oauth.access?client_id=' + ID + '&code=' + req.query.code, method: 'GET' };
  request(option, (error, response, body) => res.send(body));
});
""",
    "fastapi.py": """
@router.get("/callback")
async def callback(code: str):
    async with httpx.AsyncClient() as client:
        return (await client.post(TOKEN_URL, data={"grant_type": "authorization_code", "code": code})).json()
""",
    "starlette.py": """
async def callback(request):
    code = request.query_params["code"]
    return JSONResponse(await exchange_code(code))
""",
    "django.py": """
class Callback(View):
    def get(self, request):
        code = request.GET.get("code")
        return self.log_in(get_token(code))
""",
    "google.py": """
def oauth2callback():
    flow = google_auth_oauthlib.flow.Flow.from_client_secrets_file(SECRETS, scopes=SCOPES)
    flow.fetch_token(authorization_response=flask.request.url)
""",
    "google_code.py": """
def oauth2callback(request):
    flow = Flow.from_client_config(CONFIG, scopes=SCOPES)
    flow.fetch_token(code=request.GET["code"])
""",
    "tornado_app.py": """
class Callback(RequestHandler):
    async def get(self):
        token = await self.get_access_token(self.get_argument("code"))
""",
    "with_its_secret.py": """
@app.route("/callback")
def callback():
    code = request.args.get("code")
    return handle("callback", client_id, client_secret, code)
""",
    "what_it_gives.py": """
@app.route("/callback")
def callback():
    found = Client().auth(request.args["code"])
    return profile(found["access_token"])
""",
    "method.py": """
class Login:
    def callback(self):
        return self.exchange(request.args["code"])

    def exchange(self, code):
        return requests.post(TOKEN_URL, data={"grant_type": "authorization_code", "code": code}).json()
""",
    "kept.py": """
class Login:
    def receive(self, url):
        self.code = parse_qs(urlsplit(url).query)["code"][0]

    def send(self):
        return requests.post(TOKEN_URL, data={"grant_type": "authorization_code", "code": self.code}).json()
""",
    "none.py": """
@app.route("/callback")
def callback():
    oauth = OAuth2Session(CID, state=None)
    return oauth.fetch_token(TOKEN_URL, authorization_response=request.url)
""",
    "asked_twice.py": """
@app.route("/callback")
def callback():
    oauth = OAuth2Session(CID, state=request.args.get("state"))
    return oauth.fetch_token(TOKEN_URL, authorization_response=request.url)
""",
    "logged.py": """
@app.route("/callback")
def callback():
    logger.info("state %s", request.args.get("state"))
    return get_token(request.args["code"])
""",
    "flask_oauthlib.py": """
github = oauth.remote_app("github", request_token_url=None, access_token_url=ACCESS, authorize_url=AUTHORIZE)

@app.route("/authorized")
def authorized():
    return github.authorized_response()
""",
    "flask_oauthlib_handler.py": """
github = oauth.remote_app("github", request_token_url=None, access_token_url=ACCESS, authorize_url=AUTHORIZE)

@app.route("/authorized")
@github.authorized_handler
def authorized(response):
    session["user"] = who(response["access_token"])
""",
    "msal.py": """
@app.route("/callback")
def callback():
    return app.acquire_token_by_authorization_code(request.args["code"], scopes=SCOPES)
""",
    "guarded_by_nothing.py": """
@ensure_csrf_cookie
def callback(request):
    return get_token(request.GET["code"])
""",
    "in_the_source.py": """
def callback(request):
    if request.GET["state"] != "1234abcd":
        return forbidden()
    return get_token(request.GET["code"])
""",
    "read_by_a_helper.rb": """
def handler(req)
  exchange(valid(req))
end

def valid(req)
  { code: req['queryStringParameters']['code'] }
end

def exchange(params)
  HTTParty.post("https://id.example.net/oauth/token", body: { grant_type: "authorization_code" }.merge(params))
end
""",
    "which_provider.py": """
@router.get("/callback")
async def callback(code: str, state: str, request: Request):
    provider = state
    if provider == "github":
        return await exchange_github_token(code, settings)
""",
    "payload.ts": """
export async function callback(req: Request, res: Response) {
  const payload = buildRequest(req.query.code.toString());
  await exchangeForTokens(payload);
}
""",
    "express.js": """
router.get('/callback', async (req, res) => {
  const { code, state } = req.query;
  const reply = await axios.post(TOKEN_URL, qs.stringify({ grant_type: 'authorization_code', code }));
  res.redirect(state);
});
""",
    "github.js": """
app.get('/callback', (req, res) => {
  axios.post(`https://github.com/login/oauth/access_token?client_id=${id}&client_secret=${secret}&code=${req.query.code}`)
});
""",
    "koa.js": """
router.get('/callback', async (ctx) => {
  ctx.session.token = await client.getToken({ code: ctx.query.code, redirect_uri });
});
""",
    "fastify.ts": """
fastify.get('/callback', async (request, reply) => {
  const { code } = request.query as { code: string };
  const { tokens } = await oauth2Client.getToken(code);
});
""",
    "pages/api/callback.ts": """
export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const token = await exchangeCodeForToken(req.query.code as string);
}
""",
    "plain.js": """
http.createServer(async (req, res) => {
  const { code } = url.parse(req.url, true).query;
  await oauth2Client.getToken(code);
});
""",
    "nest.ts": """
@Controller('auth')
export class AuthController {
  @Get('callback')
  async callback(@Query('code') code: string) { return this.exchange(code); }
  exchange(code: string) { return this.http.post(TOKEN_URL, { grant_type: 'authorization_code', code }); }
}
""",
    "spa.jsx": """
function Callback() {
  const [searchParams] = useSearchParams();
  useEffect(() => {
    fetch(TOKEN_URL, { method: 'POST', body: `grant_type=authorization_code&code=${searchParams.get('code')}` });
  }, []);
}
""",
    "sinatra.rb": """
get '/callback' do
  session[:token] = client.auth_code.get_token(params['code'], redirect_uri: CALLBACK).token
end
""",
    "helper_page.html": """
<script>
function getQueryParam(name) { return new URLSearchParams(window.location.search).get(name); }
const code = getQueryParam('code');
if (code) exchangeCodeForToken(code);
</script>
""",
    "slack.rb": """
def callback
  code = params[:code]
  HTTParty.post('https://slack.com/api/oauth.v2.access', body: { client_id: ENV['ID'], code: code })
end
""",
    "instagram.rb": """
get "/oauth/callback" do
  session[:access_token] = Instagram.get_access_token(params[:code], redirect_uri: CALLBACK_URL).access_token
end
""",
    "openid.rb": """
class SessionsController
  def create
    client.authorization_code = params[:code]
    session[:token] = client.access_token!
  end
end
""",
    "rest.rb": """
def callback
  reply = RestClient.post("https://id.example.net/oauth/token", grant_type: "authorization_code", code: params[:code])
end
""",
}

CHECKED = {
    "code_of_another_kind.py": """
@app.route("/confirm")
def confirm():
    sent = {"client_id": ID, "code": request.args.get("code")}
    url = ENDPOINTS.confirm
    return requests.post(url, params=sent, timeout=9).json()
""",
    "by_another_method.ts": """
export class Login {
  static callback(req, res) {
    const { code, state } = req.query;
    if (!code || !state) return res.sendStatus(400);
    if (!Login.isOurs(req, state)) return res.sendStatus(403);
    axios.post('https://id.example.net/oauth2/token', { grant_type: 'authorization_code', code });
  }
  static isOurs(req, state) {
    return state === req.session.state;
  }
}
""",
    "only_mentioned.ts": """
export const callback = (req, res) => {
  const { code, state } = req.query;
  const next = state ? '/back' : '/';
  if (state) res.setHeader('X-Back', next);
  axios.post('https://id.example.net/oauth2/token', { grant_type: 'authorization_code', code });
};
""",
    "handed_with_state.js": """
import { handleOAuthCallback } from '../helpers/github.js';
export const callback = async (req, res) => {
  const { code, state } = req.query;
  const user = await handleOAuthCallback(code, state);
  res.json({ access_token: user.token });
};
""",
    "node_callback.js": """
import { callback } from './worker.js';
app.get('/exit', (req, res) => callback(req.query.code, exchange));
""",
    "page_of_own_server.js": """
const params = new URLSearchParams(window.location.hash.substring(1));
setTokens(params.get('access_token'), params.get('refresh_token'));
""",
    "implicit_checked.js": """
const params = new URLSearchParams(window.location.hash.substring(1));
if (params.get('state') !== localStorage.getItem('state')) throw new Error('not ours');
show(params.get('access_token'));
""",
    "anchor.js": """
const section = window.location.hash.substring(1);
fetch(URL, { headers: { Authorization: `Bearer ${session.access_token}` } }).then(() => scrollTo(section));
""",
    "pasted.rb": """
client.authorization_code = gets.chop.split("code=")[1]
token = client.access_token! code_verifier
""",
    "page_state.jsx": """
const params = new URLSearchParams(window.location.search);
if (params.get('state') === sessionStorage.getItem('oauth_state')) {
  axios.post(`${SERVER}/login/github`, { code: params.get('code') });
}
""",
    "page_sends_state.jsx": """
const params = new URLSearchParams(window.location.search);
axios.post(`${SERVER}/login/github`, { code: params.get('code'), state: params.get('state') });
""",
    "ResetPassword.jsx": """
const code = new URLSearchParams(window.location.search).get('code');
await axios.post('/api/auth/reset', { code, password });
""",
    "verified.jsx": """
const code = new URLSearchParams(window.location.search).get('code');
await axios.post('/api/auth/verify-email', { code });
""",
    "invited.jsx": """
const code = new URLSearchParams(window.location.search).get('code');
await axios.post('/api/invitations', { code });
""",
    "strategy.rb": """
class Raindrop < OmniAuth::Strategies::OAuth2
  def build_access_token
    client.auth_code.get_token(request.params["code"], redirect_uri: callback_url)
  end
end
""",
    "helper.html": """
<script>
function getParameterByName(name) { return new URLSearchParams(window.location.search).get(name); }
const code = getParameterByName('code');
if (code && getParameterByName('state') === sessionStorage.getItem('state')) exchangeCodeForToken(code);
</script>
""",
    "compared.py": """
@app.route("/callback")
def callback():
    if request.args.get("state") != session.pop("oauth_state", None):
        abort(403)
    return get_token(request.args["code"])
""",
    "with_its_secret.py": """
@app.route("/callback")
def callback():
    return handle(request.args["code"], client_secret, request.args["state"])
""",
    "what_it_gives.py": """
@app.route("/callback")
def callback():
    found = lookup(request.args["code"])
    return page(found["title"])
""",
    "called_away.py": """
@app.route("/callback")
def callback():
    verify(request)
    return get_token(request.args["code"])

def verify(request):
    expected = session.pop("expected")
    if not hmac.compare_digest(expected, request.args["state"]):
        abort(403)
""",
    "elsewhere.py": """
@app.route("/callback")
def callback():
    tickets.redeem(request.args["state"])
    return get_token(request.args["code"])
""",
    "decorated.py": """
@app.route("/callback")
@requires_valid_state
def callback():
    return get_token(request.args["code"])
""",
    "signed.py": """
@app.route("/callback")
def callback():
    data = serializer.loads(request.args["state"], max_age=600)
    return get_token(request.args["code"])
""",
    "stored.py": """
def callback(request):
    login = get_object_or_404(Login, state=request.GET["state"])
    return get_token(request.GET["code"])
""",
    "library.py": """
@app.route("/callback")
def callback():
    flow = Flow.from_client_config(CONFIG, scopes=SCOPES, state=flask.session["state"])
    flow.fetch_token(authorization_response=flask.request.url)
""",
    "open.py": """
@app.route("/callback")
def callback():
    oauth = OAuth2Session(CID, **options)
    return oauth.fetch_token(TOKEN_URL, authorization_response=request.url)
""",
    "same_session.py": """
oauth = OAuth2Session(CID)
url, state = oauth.authorization_url(AUTHORIZE_URL)
token = oauth.fetch_token(TOKEN_URL, authorization_response=input("URL: "))
""",
    "framework.py": """
@app.route("/callback")
def callback():
    session["token"] = oauth.propertybase.authorize_access_token()
""",
    "outgoing.py": """
def exchange(params):
    params["code"] = get_code()
    return requests.post(TOKEN_URL, data={"grant_type": "authorization_code", **params})
""",
    "two_factors.py": """
@app.route("/verify")
def verify():
    return verify_token(current_user, request.args["code"])
""",
    "provider.py": """
@app.route("/token", methods=["POST"])
def token():
    if request.form["grant_type"] == "authorization_code":
        return issue(request.form["code"])
""",
    "pkce.py": """
@app.route("/callback")
def callback():
    data = {"grant_type": "authorization_code", "code": request.args["code"], "code_verifier": session.pop("verifier")}
    return requests.post(TOKEN_URL, data=data).json()
""",
    "supabase.ts": """
export async function GET(request: Request) {
  const code = new URL(request.url).searchParams.get('code');
  await supabase.auth.exchangeCodeForSession(code);
}
""",
    "sees_the_request.py": """
def callback(request):
    tokens = exchange_code(request.GET["code"], request=request)
""",
    "issued.ts": """
@Controller('oauth')
export class OAuthController {
  @Get('token')
  async token(@Query('code') code: string) {
    const { user } = await this.auth.verifyCode(code);
    return this.auth.generateAccessToken(user);
  }
}
""",
    "given.ts": """
export async function exchange(params: Params) {
  return request(TOKEN_URL, { grant_type: 'authorization_code', code: params.code });
}
""",
    "middleware.js": """
app.get('/callback', checkState, async (req, res) => {
  await client.getToken({ code: req.query.code });
});
""",
    "inherited.py": """
class Session(OAuth2Session):
    def fetch_token(self, *args, **kwargs):
        return super().fetch_token(*args, code=request.args.get("code"), **kwargs)
""",
    "first_version.py": """
twitter = oauth.remote_app("twitter", request_token_url=REQUEST, access_token_url=ACCESS, authorize_url=AUTHORIZE)

@app.route("/authorized")
def authorized():
    return twitter.authorized_response()
""",
    "first_version_handler.py": """
twitter = oauth.remote_app("twitter", request_token_url=REQUEST, access_token_url=ACCESS, authorize_url=AUTHORIZE)

@app.route("/authorized")
@twitter.authorized_handler
def authorized(response):
    session["user"] = response["screen_name"]
""",
    "timing_safe.js": """
app.get('/callback', async (req, res) => {
  if (!crypto.timingSafeEqual(Buffer.from(req.query.state), Buffer.from(req.session.state))) return res.sendStatus(403);
  await client.getToken({ code: req.query.code });
});
""",
    "forwarded.js": """
app.get('/callback', async (req, res) => {
  res.redirect(`/login?code=${req.query.code}`);
});
""",
    "all_of_it.js": """
app.get('/callback', async (req, res) => {
  validate(req.query);
  await client.getToken({ code: req.query.code });
});
""",
    "openid.ts": """
app.get('/callback', async (req, res) => {
  const tokens = await client.authorizationCodeGrant(config, currentUrl, { expectedState: req.session.state });
  audit(req.query.code);
});
""",
    "store.js": """
app.get('/callback', async (req, res) => {
  const login = await redis.get(req.query.state);
  await client.getToken({ code: req.query.code });
});
""",
    "vue.js": """
if (this.$route.query.state !== localStorage.getItem('state')) throw new Error();
exchangeCodeForToken(this.$route.query.code);
""",
    "filter.rb": """
class SessionsController
  before_action :verify_state, only: :create
  def create
    session[:token] = client.auth_code.get_token(params[:code]).token
  end
end
""",
    "by_telephone.rb": """
post '/verification' do
  user.update(verified: true) if user.code == params[:code]
end
""",
    "raise.rb": """
get '/callback' do
  halt 403 unless params[:state] == session.delete(:state)
  session[:token] = client.auth_code.get_token(params[:code]).token
end
""",
    "test_callback.py": UNCHECKED["django.py"],
}


def found(path: str, source: str) -> list[str]:
    report = LINTER.lint(path, source.encode())
    assert report.problems == ()
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize("path", UNCHECKED)
def test_a_callback_that_checks_nothing_is_found(path: str) -> None:
    assert found(path, UNCHECKED[path]) == ["AUT403"]


@pytest.mark.parametrize("path", CHECKED)
def test_a_callback_that_checks_is_quiet(path: str) -> None:
    assert found(path, CHECKED[path]) == []
