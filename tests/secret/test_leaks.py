"""Nothing that authlint writes holds a secret: new ones are planted in every syntax, and all output is searched."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lookalikes import lookalike

from authlint.languages import LANGUAGES, suffix
from authlint.reporters import FORMATS
from authlint.run.catalog import load

ROOT = Path(__file__).parents[2]
KINDS = 30
"""How many of the kinds of the provider packs are in each file."""

WINDOW = 10
"""How many characters of a secret in a row may not be shown: more than any prefix that a mask keeps has after it."""

Make = Callable[[random.Random], str]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"


def of(alphabet: str, length: int) -> Make:
    return lambda rng: "".join(rng.choices(alphabet, k=length))


def jwt(rng: random.Random) -> str:
    head = {"alg": "HS256", "typ": "JWT"}
    claims = {"sub": str(rng.random()), "jti": of(LETTERS, 12)(rng)}
    parts = [json.dumps(part).encode() for part in (head, claims)] + [rng.randbytes(32)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def typed(rng: random.Random) -> str:
    """A password as somebody types it."""
    return "-".join(of(LETTERS.lower(), rng.randint(4, 7))(rng).title() for _ in range(3)) + of(DIGITS, 2)(rng)


OWN: dict[str, Make] = {
    "token": of(LETTERS + DIGITS, 40),
    "hexadecimal": of("0123456789abcdef", 40),
    "base64": lambda rng: base64.b64encode(rng.randbytes(33)).decode(),
    "jwt": jwt,
    "password": typed,
    "refresh token": lambda rng: "rt_" + of(LETTERS + DIGITS, 24)(rng),
    "scim": lambda rng: "scim_" + of(LETTERS + DIGITS, 32)(rng),
}
PACKS = {
    f"{provider.id} {credential.id}": lookalike(credential)
    for provider in load().providers
    for credential in provider.credential
    if credential.kind != "identifier" and (credential.prefix or credential.pattern)
}
NAMES = ("api_key", "client_secret", "access_token", "password", "secret_key", "refresh_token", "auth_token")

# What stands around a secret ({v}) that is given to a name ({n}), a line each.
CODE = {
    "python": '{n} = "{v}"\ncall({n}="{v}")\nx = {{"{n}": "{v}", "a": f"{{b}}"}}\nif {n} == "{v}": pass\n'
    '{n} = os.environ.get("{n}", "{v}")\nh = {{"Authorization": "Bearer {v}"}}\n# {n} = {v}\n'
    'requests.post("http://login.corp-net.io/oauth/token", data={{"{n}": "{v}"}})\n',
    "javascript": "const {n} = '{v}';\ncall({{ {n}: '{v}' }});\nconst x = process.env.{n} || `{v}`;  // {n}: {v}\n"
    "const h = {{ Authorization: `Bearer {v}` }};\n",
    "shell": 'export {n}="{v}"\n{n}={v}\ncurl -H "Authorization: Bearer {v}" https://api.example.com/\n'
    "curl https://api.example.com/?{n}={v}\nlogin --{n} '{v}'\n# {n}={v}\n",
    "powershell": '$env:{n} = "{v}"\n$Headers = @{{ Authorization = "Bearer {v}" }}\nConnect -{n} "{v}"\n',
    "ruby": "{n} = '{v}'\ncall({n}: '{v}')\nENV.fetch('{n}', '{v}')\n",
    "yaml": '{n}: "{v}"\n---\n{n}: {v}\n---\nenv: [{{name: {n}, value: "{v}"}}]\n---\n',
    "json": '{{"{n}": "{v}", "headers": {{"Authorization": "Bearer {v}"}}}}\n',
    "toml": '{n} = "{v}"\n[[a]]\nb = {{ {n} = "{v}" }}\n[[a]]\n',
    "ini": "[{n}]\n{n} = {v}\n",
    "properties": "a.{n}={v}\n",
    "dotenv": '{n}={v}\nB_{n}="{v}"\n',
    "dockerfile": "FROM scratch\nENV {n}={v}\nARG {n}={v}\nRUN login --{n} {v}\n",
    "markdown": "Set `{n}={v}`.\n\n```sh\nexport {n}={v}\n```\n\n```python\n{n} = '{v}'\n```\n",
    "html": '<script>const {n} = \'{v}\';</script>\n<input name="{n}" value="{v}">\n',
    "text": "{n}: {v}\n{n} = '{v}'\nhttps://me:{v}@example.com/\n",
}
CODE["typescript"] = CODE["tsx"] = CODE["javascript"] + "const {n}: string = '{v}';\n"
CODE["vue"] = CODE["svelte"] = CODE["html"]


def notebook(text: str) -> str:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": text.splitlines(keepends=True)}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def planted(language: str, values: list[str]) -> str:
    """A file with each secret in each syntax of a language, some of them encoded."""
    lines = []
    for number, value in enumerate(values):
        name = NAMES[number % len(NAMES)]
        lines.append(CODE["python" if language == "notebook" else language].format(n=name, v=value))
        if number % 5 == 0:
            encoded = base64.b64encode(f"user:{value}".encode()).decode()
            lines.append(CODE["python" if language == "notebook" else language].format(n=name, v=encoded))
    return notebook("".join(lines)) if language == "notebook" else "".join(lines)


def secret_part(value: str) -> str:
    """What must not be seen of a value: the identifiers that some keys are made of besides are no secret."""
    return max(re.split(r"[$|!:;,/@\"\\\s]|Secret=|Endpoint=|Id=|-----", value), key=len)


def windows(text: str) -> Iterator[str]:
    return (text[at : at + WINDOW] for at in range(len(text) - WINDOW + 1))


class Planted:
    """A folder with secrets in files of every language, and what of them may never be seen."""

    def __init__(self, folder: Path, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311 - secrets of nobody
        self.folder = folder
        self.files = []
        self.hidden: dict[str, str] = {}
        common = set(windows("\n".join(CODE.values())))
        for language in sorted(LANGUAGES | {"text"}):
            packs = dict(rng.sample(sorted(PACKS.items()), KINDS))
            # a line break, as in a private key, is written as JSON and most languages write it
            made = {kind: make(rng).replace("\n", "\\n") for kind, make in {**OWN, **packs}.items()}
            self.files.append(f"a{suffix(language) if language != 'text' else '.txt'}")
            (folder / self.files[-1]).write_text(planted(language, list(made.values())), encoding="utf-8")
            for kind, value in made.items():
                encoded = base64.b64encode(f"user:{value}".encode()).decode()
                # what two of a kind begin with, such as a webhook's address, is known to all
                another = OWN[kind](rng) if kind in OWN else PACKS[kind](rng)
                known = next(at for at, pair in enumerate(zip(value, another, strict=False)) if pair[0] != pair[1])
                for window in (*windows(secret_part(value[known:])), *windows(encoded[12:])):
                    self.hidden.setdefault(window, f"{kind} in {language}")
        for window in common:
            self.hidden.pop(window, None)

    def leaks(self, text: str) -> set[str]:
        """Each secret that can be seen, with what is around it."""
        places = [(at, window) for at, window in enumerate(windows(text)) if window in self.hidden]
        return {f"{self.hidden[window]}: {text[max(0, at - 60) : at + 40]!r}" for at, window in places}

    def run(self, *arguments: str) -> str:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "AUTHLINT_DEBUG": "1",
            "AUTHLINT_CACHE_DIR": str(self.folder / "cache"),
        }
        done = subprocess.run(
            [sys.executable, "-m", "authlint", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert b"Traceback" not in done.stderr, done.stderr[-2000:]
        return (done.stdout + done.stderr).decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    seed = int(os.environ.get("LEAK_SEED", "1"))  # others are for who looks for more
    return Planted(tmp_path_factory.mktemp("planted"), seed)


@pytest.fixture(scope="module")
def reports(folder: Planted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the reports of one run are, in a file for each format."""
    place = tmp_path_factory.mktemp("reports")
    reports = [f"--report={name}:{place / name}" for name in FORMATS]
    folder.run("check", "--isolated", "--min-confidence", "low", "--statistics", *reports, *folder.files)
    return place


@pytest.mark.parametrize("output", FORMATS)
def test_no_format_shows_a_secret(folder: Planted, reports: Path, output: str) -> None:
    written = (reports / output).read_text(encoding="utf-8")
    code = "AUT" if output == "gitlab-sast" else "AUT1"  # the other one of GitLab's has the committed credentials
    assert written.count(code) > (10 if output == "gitlab-sast" else len(folder.files) * 10)
    assert folder.leaks(written) == set()


def test_nor_does_a_preview_of_fixes(folder: Planted) -> None:
    """Both sides of the diff: what goes is masked, and so is what stays beside it."""
    fix = ("check", "--isolated", "--fix", "--unsafe-fixes", "--show-fixes", "--min-confidence", "low")
    written = folder.run(*fix, "--dry-run", *folder.files)
    assert written.count("fixed: ") > len(folder.files) * 5
    assert folder.leaks(written) == set()


def test_nor_does_what_is_fixed(folder: Planted, tmp_path: Path) -> None:
    """Nothing is written into a file that was not there, but names of variables."""
    for name in folder.files:
        shutil.copy(folder.folder / name, tmp_path)
    paths = [str(tmp_path / name) for name in folder.files]
    written = folder.run("check", "--isolated", "--fix", "--unsafe-fixes", "--min-confidence", "low", *paths)
    assert folder.leaks(written) == set()
    for name in folder.files:
        before, after = (place.joinpath(name).read_text(encoding="utf-8") for place in (folder.folder, tmp_path))
        assert {window for window in windows(after) if window in folder.hidden} <= set(windows(before))
        assert len(folder.leaks(after)) <= len(folder.leaks(before))


@pytest.mark.parametrize(
    "more", [["--statistics"], ["--explain-skipped"], ["--explain-skipped", "--output-format", "json"]]
)
def test_nor_does_any_other_view(folder: Planted, more: list[str]) -> None:
    assert folder.leaks(folder.run("check", "--isolated", *more, *folder.files)) == set()


def test_nor_a_baseline_nor_the_cache(folder: Planted) -> None:
    written = folder.run("baseline", "create", "known", *folder.files)
    assert folder.leaks(written) == set()
    kept = [path for path in folder.folder.rglob("*") if path.is_file() and path.name not in folder.files]
    folder.run("check", "--isolated", *folder.files)
    kept += (folder.folder / "cache").glob("results-*")
    assert any(path.name.startswith("results-") and path.stat().st_size > 1000 for path in kept)
    for path in kept:
        assert folder.leaks(path.read_bytes().decode("latin-1")) == set()


def test_nor_does_any_message_of_the_editor_server(folder: Planted, tmp_path: Path) -> None:
    """All that is published, offered and explained, and what the server writes besides."""
    pytest.importorskip("pygls")
    from editor import Editor  # noqa: PLC0415 - an extra

    (tmp_path / "authlint.toml").write_text('min-confidence = "low"\n', encoding="utf-8")
    with Editor(tmp_path) as client:
        offered = []
        for name in folder.files:
            found = client.open(tmp_path / name, (folder.folder / name).read_text(encoding="utf-8"))
            assert len(found) > 10, name
            for finding in found[:: len(found) // 2 + 1]:
                offered += client.actions(tmp_path / name, finding)
                assert client.hover(tmp_path / name, finding)
            offered += client.actions(tmp_path / name, found[0], "source.fixAll")
        assert sum("Ignore" not in offer["title"] for offer in offered) > len(folder.files) / 2
        assert client.end() == 0
        assert client.log == b""
        assert folder.leaks(client.said.decode()) == set()


@pytest.mark.parametrize("output", ["text", "concise", "json"])
def test_nor_does_the_history(folder: Planted, output: str) -> None:
    if not (folder.folder / ".git").exists():
        person = ("-c", "user.name=Ann", "-c", "user.email=a@example.com")
        for words in (["init", "-q"], ["add", *folder.files], ["commit", "-qm", "all"]):
            subprocess.run(["git", *person, *words], cwd=folder.folder, check=True, capture_output=True)
    written = folder.run("check", "--isolated", "--history", "--output-format", output)
    assert written.count("AUT1") > len(folder.files) * 5
    assert folder.leaks(written) == set()


def test_facts_are_masked_unless_they_are_asked_for(folder: Planted) -> None:
    for file in folder.files:
        assert folder.leaks(folder.run("facts", file)) == set(), file
    assert folder.leaks(folder.run("facts", "--show-secrets", "a.py")) != set()
