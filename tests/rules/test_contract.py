"""What providers ask of their clients, in more shapes than the examples of the rules have, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from authlint.concepts.credentials.environments import of_key, of_path
from authlint.engine.linter import Linter, Options
from authlint.finding import Finding
from authlint.project.files import Walk
from authlint.project.settings import Configs
from authlint.ruleset.examples import fake
from authlint.ruleset.providers import Host, Provider, RateLimit
from authlint.ruleset.rules import RuleSet
from authlint.run.across import Across
from authlint.run.catalog import load
from authlint.run.runner import Lint, run

RULES = load()
LINTER = Linter(RULES, Options("low"))
LIVE, TEST = fake("ak_live_[A-Za-z0-9]{24}", "live"), fake("ak_test_[A-Za-z0-9]{24}", "test")


def found(path: str, code: str, rule: str) -> list[Finding]:
    report = LINTER.lint(path, code.encode())
    assert [problem for problem in report.problems if problem.kind != "syntax"] == []
    return [finding for finding in report.findings if finding.code == rule]


# -- AUT601 ------------------------------------------------------------------------------------------------------------

IIQ = "https://acme.incidentiq.com/api/v1.0/tickets"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.py", f"requests.get('{IIQ}', headers=headers)"),
        ("a.py", f"requests.get('{IIQ}', headers={{'SiteId': s, **more}})"),
        ("a.py", f"requests.get('{IIQ}', **options)"),
        ("a.py", f"def f(session):\n    session.get('{IIQ}', headers={{'SiteId': s}})"),
        ("a.py", f"s = requests.Session()\nprepare(s)\ns.get('{IIQ}', headers={{'SiteId': s}})"),
        ("a.py", f"requests.get('{IIQ}')"),
        ("a.py", f"own_client.get('{IIQ}', headers={{'SiteId': s}})"),
        ("a.js", f"fetch('{IIQ}', {{ ...options, headers: {{ SiteId: s, ...options.headers }} }})"),
        ("a.js", f"fetch('{IIQ}', options)"),
        ("a.js", f"fetch('{IIQ}', {{ headers: new Headers(h) }})"),
        ("a.sh", f'curl -H "SiteId: $S" -K config {IIQ}'),
        ("a.rb", f'r = Net::HTTP::Get.new(URI("{IIQ}"), **headers)'),
        ("a.py", "requests.get('https://other.net/api', headers={'SiteId': s})"),
        ("a.py", "requests.post('https://auth.propertybase.ai/oauth/token', headers={'Authorization': 'Basic x'})"),
    ],
)
def test_headers_that_may_be_there_are_not_missed(path: str, code: str) -> None:
    assert found(path, code + "\n", "AUT601") == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("f'Bearer {t}'", ""),
        ("'bearer ' + t", ""),
        ("auth_header", ""),
        ("f'{scheme} {t}'", ""),
        ("f'token {t}'", ", found token …"),
        ("access_token", ", found access_token alone"),
    ],
)
def test_the_form_of_a_header(value: str, message: str) -> None:
    code = f"requests.get('https://api.propertybase.ai/v1/leads', headers={{'Authorization': {value}}})\n"
    expected = [f"PropertyBase needs the header Authorization: Bearer * on every request{message}"] if message else []
    assert [finding.message for finding in found("a.py", code, "AUT601")] == expected


def test_a_wrong_header_never_shows_what_may_be_a_secret() -> None:
    code = f"requests.get('https://api.propertybase.ai/v1/leads', headers={{'Authorization': '{LIVE}'}})\n"
    (finding,) = found("a.py", code, "AUT601")
    assert LIVE not in finding.message
    assert finding.message.endswith("found another scheme")


# -- AUT602 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.py", "PERMISSIONS = ['users:delete', 'roles:write', 'idp:write']\n", 0),
        ("a.py", "SCOPES = ['https://www.googleapis.com/auth/drive']\n", 1),
        ("a.py", "SCOPES = ['https://www.googleapis.com/auth/drive.file']\n", 0),
        ("a.js", "const params = { client_id: id, scope: 'admin', response_type: 'code', state };\n", 0),
        ("a.js", "const answer = { access_token: t, token_type: 'bearer', scope: 'read:leads admin' };\n", 0),
        ("a.yaml", "github:\n  oauth:\n    scopes: [repo, 'delete_repo']\n", 1),
        ("openapi.yaml", "components:\n  flow:\n    scopes:\n      admin: all of PropertyBase\n", 0),
        ("a.md", '```json\n{ "permissions": ["users:read", "users:delete"] }\n```\n', 0),
    ],
)
def test_only_scopes_that_are_asked_for_count(path: str, code: str, expected: int) -> None:
    assert len(found(path, code, "AUT602")) == expected


# -- environments: AUT603, AUT604 and AUT606 ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "language", "environment"),
    [
        (".env.production", "dotenv", "production"),
        (".env", "dotenv", ""),
        ("config/staging.yml", "yaml", "staging"),
        ("deploy/values-prod.yaml", "yaml", "production"),
        ("docker-compose.dev.yml", "yaml", "development"),
        ("environments/production/app.json", "json", "production"),
        ("src/environments/environment.prod.ts", "typescript", "production"),
        ("config/settings/production.py", "python", "production"),
        ("film/production/crew.py", "python", ""),
        ("config/dev-to-prod.yml", "yaml", ""),
    ],
)
def test_the_environment_of_a_file(path: str, language: str, environment: str) -> None:
    assert of_path(path, language) == environment


def test_the_environment_of_a_key() -> None:
    assert of_key("env.production.vars.KEY") == "production"
    assert of_key("api.production") == ""  # what is called so, and not what stands below it
    assert of_key("staging.production.key") == ""


@pytest.mark.parametrize(
    ("start", "condition", "expected"),
    [
        ("on: pull_request", "", 1),
        ("on: [push, pull_request]", "", 1),
        ("on:\n  pull_request:\n    branches: [main]", "", 1),
        ("on: push", "", 0),
        ("on: pull_request", "    if: github.event_name == 'push'\n", 0),
    ],
)
def test_live_keys_in_jobs_that_anybody_can_start(start: str, condition: str, expected: int) -> None:
    job = f"jobs:\n  test:\n{condition}    env:\n      KEY: ${{{{ secrets.STRIPE_LIVE_KEY }}}}\n"
    assert len(found(".github/workflows/a.yml", f"{start}\n{job}", "AUT603")) == expected


def test_one_host_for_live_and_test_keys_is_no_mistake() -> None:
    code = "fetch('https://api.stripe.com/v1/charges', { headers: { Authorization: `Bearer ${process.env.%s}` } })\n"
    assert found("a.js", code % "STRIPE_TEST_KEY", "AUT604") == []
    assert found("a.js", code % "STRIPE_LIVE_KEY", "AUT603") == []


def project(folder: Path, **files: str) -> list[tuple[str, str]]:
    """The path and the message of each finding of AUT606 in a project."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lint = Lint(load)
    walk = Walk((str(folder),), Configs(isolated=True, check=lint.check))
    reports = [outcome.report for outcome in run(walk, lint, jobs=1)]
    assert all(report.halves == () for report in reports)
    found = (finding for report in reports for finding in report.findings if finding.code == "AUT606")
    return [(Path(finding.path).relative_to(folder).as_posix(), finding.message) for finding in found]


def test_a_key_of_two_files_is_found_in_the_later_one(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        _dot_env_dot_production=f"KEY={LIVE}\n",
        _dot_env_dot_staging=f"OTHER={LIVE}\n",
        _dot_env=f"K={LIVE}\n",
    )
    where = f"production ({tmp_path}/.env.production:1)"
    assert found == [(".env.staging", f"the same 'OTHER' is used for staging and for {where}; give each its own")]


def test_a_test_key_may_serve_development_and_tests(tmp_path: Path) -> None:
    assert project(tmp_path, _dot_env_dot_dev=f"KEY={TEST}\n", _dot_env_dot_test=f"KEY={TEST}\n") == []


def test_two_services_share_a_key_in_one_file_only(tmp_path: Path) -> None:
    service = "  {}:\n    environment:\n      KEY: {}\n"
    text = "services:\n" + service.format("web", LIVE) + service.format("worker", LIVE) + service.format("db", "${KEY}")
    assert [message for _, message in project(tmp_path, compose_dot_yaml=text)] == [
        "the same 'KEY' is used for service worker and service web; give each its own"
    ]


def test_hashes_of_two_runs_have_nothing_in_common() -> None:
    report = [Linter(RULES, Options(key=key)).lint(".env.production", f"KEY={LIVE}\n".encode()) for key in (b"a", b"b")]
    (one,), (other,) = (each.halves for each in report)
    assert one.finding == other.finding
    assert one.digest != other.digest
    assert LIVE not in repr(report)


def test_a_half_alone_is_no_finding() -> None:
    report = LINTER.lint(".env.production", f"KEY={LIVE}\n".encode())
    assert [half.place for half in report.halves] == ["production"]
    assert [f.code for f in Across().complete(report).findings] == ["AUT101"]


def test_an_ignore_comment_and_per_file_ignores_hold_across_files(tmp_path: Path) -> None:
    ignored = f"KEY={LIVE}  # authlint: ignore[shared-key-across-environments] one account\n"
    assert project(tmp_path, _dot_env_dot_production=f"KEY={LIVE}\n", _dot_env_dot_staging=ignored) == []


# -- AUT605 ------------------------------------------------------------------------------------------------------------

AUTH = "headers={'Authorization': f'Bearer {t}'}"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.py", f"r = requests.get(u, {AUTH})\nif r.status_code != 200:\n    raise E\nd = r.json()"),
        ("a.py", f"r = requests.get(u, {AUTH})\nassert r.ok\nd = r.json()"),
        ("a.py", f"r = requests.get(u, {AUTH})\nif not r:\n    raise E\nd = r.json()"),
        ("a.py", f"r = requests.get(u, {AUTH})\ncheck(r)\nd = r.json()"),
        ("a.py", f"def f():\n    r = requests.get(u, {AUTH})\n    return r"),
        ("a.py", f"r = requests.get(u, {AUTH})\nself.last = r\nd = r.json()"),
        ("a.py", f"d = requests.get(u, {AUTH}).json()\nif 'error' in d:\n    raise E"),
        ("a.py", f"d = requests.get(u, {AUTH}).json()\ncheck_response(d)"),
        ("a.py", f"t = requests.post(u, {AUTH}).json().get('access_token')\nif t is None:\n    raise E"),
        ("a.py", f"r = requests.get(u, {AUTH})\nprint(r.text)"),
        ("a.py", "d = requests.get('https://shop.net/prices', headers={'User-Agent': 'x'}).json()"),
        ("a.py", "import aiohttp\ns = aiohttp.ClientSession(raise_for_status=True)\n"
         f"d = s.get(u, {AUTH}).json()"),
        ("a.py", f"s = requests.Session()\ns.hooks['response'] = check\nd = s.get(u, {AUTH}).json()"),
        ("a.py", f"def f(client):\n    return client.post(u, {AUTH}).json()"),
        ("a.js", "const r = await axios.get(u, { headers: H }); use(r.data.items)"),
        ("a.js", "fetch(u, { headers: H }).then(check).then(r => r.json()).then(use)"),
        ("a.js", "fetch(u, { headers: H }).then(r => r.ok ? r.json() : stop(r)).then(d => use(d.a))"),
        ("a.js", "fetch(u, { headers: H }).then(r => { last = r; return r.json() }).then(d => use(d.a))"),
        ("a.js", "fetch(u, { headers: H }).then(r => r.json()).then(d => d.error ? no() : yes(d))"),
        ("a.js", "const r = await fetch(u, { headers: H }); const { error, data } = await r.json()"),
        ("a.js", "const r = await fetch(u, { headers: H }); return { r, body: await r.json() }"),
        ("a.sh", 'curl -s -H "Authorization: Bearer $T" https://api.x.io/a'),
        ("a.sh", 'C=$(curl -s -o /tmp/a -w "%{http_code}" -H "Authorization: Bearer $T" https://api.x.io/a)'),
        ("a.sh", 'R=$(curl -s -H "Authorization: Bearer $T" https://api.x.io/a)\nV=$(echo "$R" | jq -r .error)'),
        ("a.sh", 'V=$(curl -s -u "$U:$P" https://api.x.io/a | jq .v)\nif [ -z "$V" ]; then exit 1; fi'),
        ("a.rb", 'q = Net::HTTP::Get.new(u)\nq["Authorization"] = t\nr = h.request(q)\ncase r\nwhen Net::HTTPSuccess\n'
         "  JSON.parse(r.body)\nend"),
        ("tests/test_a.py", f"d = requests.get(u, {AUTH}).json()"),
    ],
)  # fmt: skip
def test_an_answer_that_something_looks_at(path: str, code: str) -> None:
    assert (
        found(path, code if "\nimport" in code else f"import requests\n{code}\n" if ".py" in path else code, "AUT605")
        == []
    )


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.py", f"import requests as r\nd = r.get(u, {AUTH}).json()['a']\n"),
        ("a.py", f"import httpx\nasync def f():\n    async with httpx.AsyncClient() as c:\n"
         f"        r = await c.get(u, {AUTH})\n        return r.json()\n"),
        ("a.py", "import requests\nr = requests.get(u, auth=(user, password))\nuse(r.json())\n"),
        ("a.py", "import requests\ns = requests.Session()\ns.headers['Authorization'] = t\nd = s.get(u).json()\n"),
        ("a.js", "async () => { const d = await (await fetch(u, { headers: H })).json(); use(d.a) }\n"),
        ("a.js", "fetch(u, { headers: H }).then(r => r.json()).then(d => use(d.a)).catch(() => {})\n"),
        ("a.js", "got(u, { headers: H, throwHttpErrors: false }).json().then(d => use(d))\n"),
        ("a.sh", 'R=$(curl -s -H "Authorization: Bearer $T" https://api.x.io/a)\nV=$(echo "$R" | jq -r .v)\n'),
        ("a.rb", 'q = Net::HTTP::Get.new(u)\nq["Authorization"] = t\nr = h.request(q)\nd = JSON.parse(r.body)\n'),
        ("a.ps1", "$R = Invoke-RestMethod -Uri $U -Headers @{ Authorization = $T } -SkipHttpErrorCheck\n$R.items\n"),
    ],
)  # fmt: skip
def test_an_answer_that_nobody_looks_at(path: str, code: str) -> None:
    assert len(found(path, _headed(code), "AUT605")) == 1


def _headed(code: str) -> str:
    """The code, with the headers that its requests in JavaScript send."""
    return f"const H = {{ Authorization: t }};\n{code}" if "headers: H" in code else code


def test_a_loop_that_knows_of_no_limit() -> None:
    limited = Provider("acme", "Acme", host=(Host("api.acme.io", ("api",)),), rate_limit=(RateLimit("key", 9, "PT1H"),))
    linter = Linter(RuleSet(RULES.rules, (*RULES.providers, limited), RULES.libraries), Options("low"))
    code = "import requests\nfor i in ids:\n    r = requests.get(f'https://api.acme.io/{i}', headers=H)\n"
    code += "    r.raise_for_status()\n    print(r.json())\n"
    assert [f.code for f in linter.lint("a.py", code.encode()).findings] == ["AUT605"]
    assert linter.lint("a.py", f"{code}    time.sleep(1)\n".encode()).findings == ()


def test_a_403_is_no_reason_to_renew() -> None:
    code = "if (response.status === {}) {{ await refreshToken(); }}\n"
    assert [finding.level for finding in found("a.js", code.format(403), "AUT605")] == ["info"]
    assert found("a.js", code.format(401), "AUT605") == []


# -- AUT607 and AUT608 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "setting", "expected"),
    [
        ("relay.elsewhere.io", "ACCESSIQ_API_KEY", 1),
        ("api.accessiq.io", "ACCESSIQ_API_KEY", 0),
        ("eu.accessiq.io", "ACCESSIQ_API_KEY", 0),  # another host of the same domain
        ("accessiq-gateway.corp.net", "ACCESSIQ_API_KEY", 0),  # says that it is for it
        ("10.0.0.7", "ACCESSIQ_API_KEY", 0),
        ("relay.elsewhere.io", "API_KEY", 0),
        ("relay.elsewhere.io", "ACCESSIQ_URL", 0),
        ("relay.elsewhere.io", "TF_TOKEN", 0),
    ],
)
def test_whom_a_credential_is_sent_to(host: str, setting: str, expected: int) -> None:
    code = (
        "import os, requests\n"
        f"requests.post('https://{host}/in', headers={{'Authorization': 'Bearer ' + os.environ['{setting}']}})\n"
    )
    assert len(found("a.py", code, "AUT608")) == expected


def test_a_scim_key_is_for_scim() -> None:
    code = 'curl -f -H "Authorization: Bearer $ACCESSIQ_SCIM_KEY" https://api.accessiq.io{}\n'
    assert len(found("a.sh", code.format("/v1/users"), "AUT607")) == 1
    assert found("a.sh", code.format("/scim/v2/Users"), "AUT607") == []
