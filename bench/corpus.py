"""Files to measure with, made anew from a seed where they are needed: nothing of them is anybody's code or secret."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

_SEED = 20240501
_MEGABYTE = 1_000_000

_PYTHON = '''"""Client number {n} of a service that asks for tokens."""

import os
import time

import requests

from . import errors

BASE = "https://{host}.example.com"
TOKEN_URL = f"{{BASE}}/oauth/token"
SCOPES = ["{scope}:read", "{scope}:write"]


class {cls}Client:
    """Talks to {host}."""

    def __init__(self, client_id=None, timeout={timeout}):
        self.client_id = client_id or os.environ["{env}_CLIENT_ID"]
        self.client_secret = os.environ["{env}_CLIENT_SECRET"]
        self.timeout = timeout
        self._token = None
        self._expires_at = 0

    def authorization_url(self, redirect_uri, state):
        params = {{"response_type": "code", "client_id": self.client_id, "redirect_uri": redirect_uri, "state": state}}
        return f"{{BASE}}/oauth/authorize?" + "&".join(f"{{key}}={{value}}" for key, value in params.items())

    def token(self):
        if self._token is None or time.time() >= self._expires_at - 60:
            response = requests.post(
                TOKEN_URL,
                data={{"grant_type": "client_credentials", "scope": " ".join(SCOPES)}},
                auth=(self.client_id, self.client_secret),
                timeout=self.timeout,
            )
            response.raise_for_status()
            body = response.json()
            self._token = body["access_token"]
            self._expires_at = time.time() + body["expires_in"]
        return self._token

    def get(self, path, **query):
        headers = {{"Authorization": f"Bearer {{self.token()}}", "Accept": "application/json"}}
        response = requests.get(f"{{BASE}}/{{path}}", params=query, headers=headers, timeout=self.timeout)
        if response.status_code == 401:
            self._token = None
            raise errors.Unauthorized(path)
        return response.json()
'''
_PLAIN = '''"""Module {n}: nothing of interest."""


def total_{n}(rows, factor={timeout}):
    """Sum of the rows."""
    result = 0
    for number, row in enumerate(rows):
        if row is not None and number % 2 == 0:
            result += row * factor
    return {{"{scope}": result, "count": len(rows)}}
'''
_SCRIPT = """import axios from 'axios';

export async function load{cls}(id) {{
  const response = await axios.get(`https://{host}.example.com/{scope}/${{id}}`, {{ timeout: {timeout} }});
  const rows = response.data.items.filter((item) => item.{scope} !== null);
  return rows.map((item) => ({{ ...item, total: item.price * {timeout} }}));
}}
"""
_YAML = """services:
  {scope}:
    image: registry.example.com/{host}:{n}
    environment:
      - TIMEOUT={timeout}
      - {env}_CLIENT_SECRET=${{{env}_CLIENT_SECRET}}
    ports: ["80{n}:80"]
"""
_SHELL = """#!/bin/sh
set -eu
for name in {scope} {host}; do
  curl --fail --silent -H "Authorization: Bearer $TOKEN" "https://{host}.example.com/{scope}/$name" > "$name.json"
done
"""
_PROSE = """# {cls}

The {host} service keeps {scope} for {timeout} days. Ask for a token first, then call it:

```python
import requests
rows = requests.get("https://{host}.example.com/{scope}", headers={{"Authorization": f"Bearer {{token}}"}}, timeout=5)
```
"""
_DATA = '{{"id": {n}, "host": "{host}.example.com", "{scope}": [{numbers}]}}\n'

_LOGIN = """def login():
    params = {"client_id": CID, "response_type": "code", "redirect_uri": CB, "scope": "openid"}
    return redirect("https://id.example.com/authorize?" + urlencode(params))
"""
_HEADER = """s.headers.update({"X-Name": "a"})
s.get("https://api.example.com/users", headers={"Authorization": token})
"""
_HANDLER = "app.get('/login', (req, res) => { res.cookie('token', req.token); });"

_KINDS = ((_PLAIN, ".py", 4), (_SCRIPT, ".js", 3), (_DATA, ".json", 3), (_YAML, ".yml", 1), (_SHELL, ".sh", 1), (_PROSE, ".md", 2))  # fmt: skip  # noqa: E501


def clean_file(folder: Path) -> Path:
    """One Python file in which nothing has to do with authentication."""
    file = folder / "clean.py"
    file.write_text(_PLAIN.format(**_words(random.Random(_SEED), 1)), encoding="utf-8")  # noqa: S311 - not a secret
    return file


def python_tree(folder: Path, files: int) -> Path:
    """A Python package in which four files in five ask for tokens and send them."""
    chance = random.Random(_SEED)  # noqa: S311 - not a secret
    for n in range(files):
        template = _PLAIN if n % 5 == 0 else _PYTHON
        count = chance.randint(1, 4)
        text = "\n\n".join(template.format(**_words(chance, n * 10 + part)) for part in range(count))
        _write(folder / f"package{n // 40}" / f"client_{n}.py", text)
    return folder


def mixed_tree(folder: Path, files: int) -> Path:
    """Code, data, configuration and prose, as in a repository of many languages."""
    chance = random.Random(_SEED)  # noqa: S311 - not a secret
    kinds, weights = [(text, suffix) for text, suffix, _ in _KINDS], [weight for *_, weight in _KINDS]
    for n in range(files):
        ((template, suffix),) = chance.choices(kinds, weights)
        _write(
            folder / f"part{n // 100}" / f"file_{n}{suffix}",
            template.format(**_words(chance, n)) * chance.randint(1, 8),
        )
    return folder


def history(folder: Path, commits: int) -> Path:
    """A git repository in which each commit changes a few lines of a few files of a Python package."""
    chance = random.Random(_SEED)  # noqa: S311 - not a secret
    files: dict[str, list[str]] = {}
    stream: list[str] = []
    for number in range(commits):
        stream.append(f"commit refs/heads/main\ncommitter A <a@example.com> {1_600_000_000 + number * 3600} +0000\n")
        stream.append(f"data {len(str(number))}\n{number}\n")
        for _ in range(3):
            name = f"package{chance.randrange(8)}/client_{chance.randrange(40)}.py"
            if name not in files:
                files[name] = _PYTHON.format(**_words(chance, number)).splitlines(keepends=True)
            else:
                at = chance.randrange(len(files[name]))
                files[name][at] = files[name][at].rstrip("\n") + f"  # {number}\n"
            text = "".join(files[name])
            stream.append(f"M 100644 inline {name}\ndata {len(text.encode())}\n{text}\n")
    for command, given in (
        (["init", "--quiet", "--bare", str(folder)], ""),
        (["fast-import", "--quiet"], "".join(stream)),
    ):
        where = folder if folder.exists() else None
        subprocess.run(["git", *command], cwd=where, input=given.encode(), check=True)  # noqa: S607 - as a user has it
    return folder


def worst_inputs(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files that a machine made, or somebody who means harm, with what is bad about each."""
    for name, (file, text) in _worst().items():
        path = folder / file
        _write(path, text)
        yield name, path


def _worst() -> dict[str, tuple[str, str]]:
    mark = "access_token grant_type /token client_secret password authorize? response_type http://api.example.com"
    numbered: Callable[[str, int], str] = lambda unit, count: "".join(unit.format(n=n) for n in range(count))  # noqa: E731
    line: Callable[[str], str] = lambda unit: unit * (_MEGABYTE // len(unit))  # noqa: E731
    return {
        "1 MB of Python on one line": ("line.py", f"# {mark}\n" + line("f(a.b, c='d', token=x);")),
        "1 MB of JavaScript on one line": ("line.js", f"/*{mark}*/" + line("function a(b){return b.token=c('d'),e};")),
        "1 MB of JSON on one line": ("line.json", f'{{"{mark}": [' + line('{"name": "abc", "on": true},') + "1]}"),
        "1 MB of YAML on one line": ("line.yml", f"# {mark}\na: [" + line("{name: abc}, ") + "]"),
        "1 MB of shell on one line": ("line.sh", f"# {mark}\n" + line("curl -d name=abc https://example.com; ")),
        "1 MB of Markdown on one line": ("line.md", mark + line(" `code` and [a link](https://example.com)")),
        "1 MB of HTML on one line": ("line.html", f"<p>{mark}" + line('<a href="https://example.com">text</a>')),
        "1 MB of text in one word": ("word.txt", mark + " " + line("a1B2")),
        "50,000 operands": ("operands.py", f"# {mark}\nx = " + " + ".join(["'a'", "token"] * 25_000)),
        "100,000 brackets": ("brackets.py", f"# {mark}\nx = " + "[" * 100_000 + "]" * 100_000),
        "4,000 authorization requests": ("logins.py", "from urllib.parse import urlencode\n" + _LOGIN * 4_000),
        "6,000 headers of one client": ("headers.py", "import requests\ns = requests.Session()\n" + _HEADER * 6_000),
        "50,000 assignments of one name": ("names.py", f"# {mark}\n" + "token = token + 'a'\n" * 50_000),
        "50,000 assignments of one name in Ruby": ("names.rb", f"# {mark}\n" + "token = token + 'a'\n" * 50_000),
        "50,000 assignments of one name in PowerShell": (
            "names.ps1",
            f"# {mark}\n" + "$token = $token + 'a'\n" * 50_000,
        ),
        "50,000 names in a chain": (
            "chain.py",
            f"# {mark}\n" + "".join(f"t{n} = t{n - 1} + 'b'\n" for n in range(50_000)),
        ),
        "200,000 pipes": ("pipes.sh", f"# {mark}\n" + "a|" * 200_000 + "a"),
        "10,000 handlers": ("handlers.js", "const app = require('express')();" + _HANDLER * 10_000),
        "10,000 passwords on one line of Python": (
            "words.py",
            numbered("password = 'hunt3r{n}z';", 10_000),
        ),
        "10,000 passwords in YAML": ("words.yml", numbered("- password: hunt3r{n}z\n", 10_000)),
        "10,000 passwords in shell": ("words.sh", numbered("PASSWORD=hunt3r{n}z\n", 10_000)),
    }


def _words(chance: random.Random, n: int) -> dict[str, object]:
    word = "".join(chance.choice(("ba", "ke", "lo", "mi", "nu", "ro", "sa", "ti")) for _ in range(3))
    numbers = ", ".join(str(chance.randint(0, 9_999)) for _ in range(40))
    return {
        "n": n, "host": word, "cls": word.title(), "env": word.upper(), "scope": word[::-1],
        "timeout": chance.randint(2, 60), "numbers": numbers,
    }  # fmt: skip


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
