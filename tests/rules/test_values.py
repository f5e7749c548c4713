"""What values come to: one expectation for every way of putting a text together, in several languages."""

from __future__ import annotations

import pytest

from authlint.concepts.unit import Unit
from authlint.factview import show
from authlint.frontends import lower
from authlint.ruleset.knowledge import Knowledge
from authlint.run.catalog import load
from authlint.source import Source

KNOWLEDGE = Knowledge(load())
WHOLE = '"https://h.net/a?x=1&y={name}"'


def come_to(language: str, code: str, name: str = "url") -> str:
    """The folded value of the last binding of a name."""
    source = Source("app", code.encode(), language)
    unit = Unit(source, lower(source), KNOWLEDGE)
    bindings = [binding for binding in unit.facts.bindings if binding.path == name]
    assert bindings, "the code binds the name"
    return show(unit.folder.fold(bindings[-1].value))


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", 'url = "https://h.net/a?x=1&y=" + name'),
        ("python", 'url = f"https://h.net/a?x=1&y={name}"'),
        ("python", 'url = "https://h.net/a?x=%s&y=%s" % (1, name)'),
        ("python", 'url = "https://h.net/a?x=%(x)s&y=%(y)s" % {"x": 1, "y": name}'),
        ("python", 'url = "https://h.net/a?x={}&y={}".format(1, name)'),
        ("python", 'url = "https://h.net/a?x={x}&y={y}".format(y=name, x=1)'),
        ("python", 'url = "".join(["https://h.net/a", "?x=1", "&y=", name])'),
        ("python", 'from urllib.parse import urlencode\nurl = "https://h.net/a?" + urlencode({"x": 1, "y": name})'),
        ("python", 'import urllib.parse as p\nurl = "https://h.net/a?" + p.urlencode([("x", 1), ("y", name)])'),
        ("python", 'BASE = "https://h.net"\n\ndef go():\n    url = BASE + "/a?x=1&y=" + name'),
        ("python", 'def build(v):\n    return "https://h.net/a?x=1&y=" + v\n\nurl = build(name)'),
        (
            "python",
            'class A:\n    base = "https://h.net/a"\n\n    def go(self):\n        url = self.base + "?x=1&y=" + name',
        ),
        ("python", 'from urllib.parse import urljoin\nurl = urljoin("https://h.net", "/a?x=1&y=") + name'),
        ("python", 'class A:\n    BASE = "https://h.net/a"\n\nurl = A.BASE + "?x=1&y=" + name'),
        (
            "python",
            'class A:\n    @property\n    def base(self):\n        return "https://h.net/a"\n\n'
            '    def go(self):\n        url = self.base + "?x=1&y=" + name',
        ),
        ("python", 'C = {"base": "https://h.net"}\nurl = C.get("base") + "/a?x=1&y=" + name'),
        ("python", 'C = dict(base="https://h.net")\nurl = C["base"] + "/a?x=1&y=" + name'),
        (
            "python",
            'def base(v=None):\n    if v:\n        return None\n    return "https://h.net"\n\n'
            'url = base() + "/a?x=1&y=" + name',
        ),
        ("javascript", "class A { static BASE = 'https://h.net' }; const url = A.BASE + '/a?x=1&y=' + name"),
        (
            "javascript",
            "class A { get base() { return 'https://h.net' } go() { const url = this.base + '/a?x=1&y=' + name } }",
        ),
        ("ruby", 'class A\n  BASE = "https://h.net"\n  def go\n    url = "#{BASE}/a?x=1&y=#{name}"\n  end\nend'),
        ("javascript", "const url = 'https://h.net/a?x=1&y=' + name"),
        ("javascript", "const url = `https://h.net/a?x=1&y=${name}`"),
        ("javascript", "const url = ['https://h.net/a?x=1', 'y=' + name].join('&')"),
        ("javascript", "const url = 'https://h.net/a?' + new URLSearchParams({ x: 1, y: name })"),
        ("javascript", "const qs = require('qs'); const url = `https://h.net/a?${qs.stringify({ x: 1, y: name })}`"),
        (
            "javascript",
            "const u = new URL('https://h.net/a?x=1'); u.searchParams.set('y', name); const url = u.toString()",
        ),
        ("javascript", "const c = { base: 'https://h.net' }; const url = c.base + '/a?x=1&y=' + name"),
        ("javascript", "const build = v => `https://h.net/a?x=1&y=${v}`; const url = build(name)"),
        ("javascript", "const url = new URL('/a?x=1&y=', 'https://h.net') + name"),
        ("typescript", "const url: string = `https://h.net/a?x=1&y=${encodeURIComponent(name as string)}`"),
        ("shell", 'BASE=https://h.net\nurl="$BASE/a?x=1&y=$name"'),
    ],
)
def test_every_way_of_building_a_url_comes_to_the_same(language: str, code: str) -> None:
    assert come_to(language, code).replace("&&", "&") == WHOLE


@pytest.mark.parametrize(
    ("language", "code", "value"),
    [
        ("python", "a = url\nurl = a", "a"),
        ("python", "url = unknown(1)", "unknown(1)"),
        ("python", 'url = "a" if c else "b"', '("a" | "b")'),
        ("python", "def f():\n    return f()\n\nurl = f()", "f()"),
        ("python", "url = x['k']", "x.k"),
        ("javascript", "let url; url = 'a'", '"a"'),
    ],
)
def test_what_is_not_known_stays_unknown(language: str, code: str, value: str) -> None:
    assert come_to(language, code) == value


def test_a_query_that_grows_later_is_whole() -> None:
    code = (
        "const p = new URLSearchParams({ x: 1 });\np.append('y', name);\n"
        "if (c) { p.set('z', 2) }\nconst url = p.toString()"
    )
    assert come_to("javascript", code) == '"x=1&y={name}&z=2"'


def test_a_map_with_a_spread_is_open() -> None:
    code = 'from urllib.parse import urlencode\nurl = urlencode({"x": 1, **rest})'
    assert come_to("python", code) == '"x=1&{<**>}"'


def test_folding_ends_for_names_that_are_made_from_each_other() -> None:
    code = "\n".join(f"v{i} = v{(i + 1) % 50} + 'x' + v{(i + 7) % 50}" for i in range(50)) + "\nurl = v0 + 'y'"
    assert come_to("python", code)


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("python", "import requests as r\nx = r.post(u)", "requests.post"),
        ("python", "from requests import Session\ns = Session()\nx = s.post(u)", "requests.Session().post"),
        ("python", "import requests\n\ndef f(s: requests.Session):\n    x = s.post(u)", "requests.Session().post"),
        ("python", "import httpx\n\nwith httpx.Client() as c:\n    x = c.post(u)", "httpx.Client().post"),
        (
            "python",
            "import requests\n\nclass A:\n    def __init__(self):\n        self.s = requests.Session()\n\n"
            "    def go(self):\n        x = self.s.post(u)",
            "requests.Session().post",
        ),
        ("javascript", "const s = window.localStorage; const x = s.setItem(k, v)", "window.localStorage.setItem"),
        ("javascript", "let s; s = localStorage; const x = s.setItem(k, v)", "localStorage.setItem"),
        ("javascript", "const { sign } = require('jsonwebtoken'); const x = sign(p)", "jsonwebtoken.sign"),
        ("javascript", "import jwt from 'jsonwebtoken'; const x = jwt.sign(p)", "jsonwebtoken.sign"),
        (
            "javascript",
            "import axios from 'axios'; const api = axios.create(); const x = api.get(u)",
            "axios.create().get",
        ),
        (
            "typescript",
            "import { HttpClient } from '@angular/common/http';\n"
            "class A { constructor(private http: HttpClient) {}\n go() { const x = this.http.get(u); } }",
            "@angular/common/http.HttpClient().get",
        ),
        ("python", "requests = load()\nx = requests.post(u)", "load().post"),
        ("python", "import requests\n\ndef f(requests):\n    x = requests.post(u)", "requests.post"),
    ],
)
def test_a_callee_resolves_to_its_outside_name(language: str, code: str, name: str) -> None:
    source = Source("app", code.encode(), language)
    unit = Unit(source, lower(source), KNOWLEDGE)
    [call] = [binding.value for binding in unit.facts.bindings if binding.path == "x"]
    assert unit.names.callee(call) == name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", 'def go(url="https://h.net"):\n    x = url', '(url | "https://h.net")'),
        ("python", "def go(url=None):\n    x = url", "url"),
        (
            "python",
            'import os\nx = os.environ.get("U", "https://h.net")',
            '(os.environ.get("U", "https://h.net") | "https://h.net")',
        ),
        ("python", 'import os\nx = os.getenv("U")', 'os.getenv("U")'),
        ("python", 'import os\nx = os.getenv("U", "")', 'os.getenv("U", "")'),
        ("python", 'def go(url=""):\n    x = url', "url"),
        ("python", 'def go(url="https://h.net"):\n    url = other\n    x = url', "other"),
        (
            "python",
            'class A:\n    def __init__(self, base="https://h.net"):\n        self.base = base\n\n'
            "    def go(self):\n        x = self.base",
            '(base | "https://h.net")',
        ),
        ("javascript", "function go(url = 'https://h.net') { const x = url }", '(url | "https://h.net")'),
        ("python", 'def one(v):\n    if v:\n        return "a"\n    return "b"\n\nx = one(v)', '("a" | "b")'),
        (
            "python",
            "class A:\n    def base(self):\n        return 1\n\n    def go(self):\n        x = self.base",
            "lambda@2",
        ),
        ("python", 'x = dict({"a": 1}, b=2, **more)', "{a: 1, b: 2, **}"),
        ("python", 'C = {"a": 1}\nx = C.get("b")', 'C.get("b")'),
        (
            "python",
            "class A:\n    @property\n    def base(self):\n        return self.base\n\n"
            "    def go(self):\n        x = self.base",
            "self.base",
        ),
    ],
)
def test_what_may_be_given_is_one_of_several(language: str, code: str, expected: str) -> None:
    assert come_to(language, code, "x") == expected
