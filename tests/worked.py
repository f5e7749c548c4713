"""The worked example of docs/own-api.md: its files are made, its commands are run, and what they say is put into it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from authlint.ruleset.examples import fake

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "own-api.md"
_FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```\n", re.DOTALL)
_OUTPUT = re.compile(r"(<!-- output: authlint (.+?) -->\n```text\n).*?(```\n)", re.DOTALL)
_MASKED = re.compile(r"(\w+_live_)…")


def worked(text: str) -> str:
    """The document with the output of its commands as it is."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in _FILE.findall(text):
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_MASKED.sub(_made_up, content), encoding="utf-8")
        return _OUTPUT.sub(lambda part: part[1] + _said(folder, part[2]) + part[3], text)


def files(text: str) -> dict[str, str]:
    """The files that the document shows, by name."""
    return dict(_FILE.findall(text))


def _made_up(prefix: re.Match[str]) -> str:
    """No document holds a credential, not even one that is made up: it is put there when the example is run."""
    return fake(prefix[1] + "[A-Za-z0-9]{24}", prefix[1])


def _said(folder: str, words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "authlint", *shlex.split(words)]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.stdout.decode()
