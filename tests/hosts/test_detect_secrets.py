"""detect-secrets finds what authlint's provider packs describe, with the plugin file that authlint has for it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from authlint.ruleset.examples import fake

ROOT = Path(__file__).parents[2]
PLUGINS = str(ROOT / "authlint" / "detect_secrets.py")
KEY = fake("ak_live_[A-Za-z0-9]{24}", "detect-secrets")


def python(*arguments: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-500:]
    return done.stdout.decode()


def scan(folder: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(python("-m", "detect_secrets", "scan", "-n", *arguments, folder=folder))
    return found


def test_a_scan_with_our_plugins(tmp_path: Path) -> None:
    lines = [f"key {KEY}", "key ak_live_xxxxxxxxxxxxxxxxxxxxxxxx", f"key {KEY}  # pragma: allowlist secret"]
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    assert scan(tmp_path, "a.txt")["results"] == {}
    found = scan(tmp_path, "-p", PLUGINS, "a.txt")
    ((result,),) = found["results"].values()
    assert result["type"] == "AccessIQ credential (authlint)"
    assert result["line_number"] == 1
    assert result["hashed_secret"] == hashlib.sha1(KEY.encode(), usedforsecurity=False).hexdigest()


def test_names_and_types_are_ours_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    plugins = scan(tmp_path, "-p", PLUGINS, "a.txt")["plugins_used"]
    names = [plugin["name"] for plugin in plugins]
    assert len(names) == len(set(names))
    theirs = _theirs(tmp_path)
    assert {name.startswith("Authlint") for name in names if name not in theirs} == {True}
    ours = [plugin for plugin in plugins if plugin["name"].startswith("Authlint")]
    assert {plugin["path"] for plugin in ours} == {f"file://{PLUGINS}"}
    assert len(ours) >= 4


def _theirs(folder: Path) -> set[str]:
    return {plugin["name"] for plugin in scan(folder, "a.txt")["plugins_used"]}


def test_the_command_that_says_where_the_file_is(tmp_path: Path) -> None:
    assert python("-m", "authlint.detect_secrets", folder=tmp_path).strip() == PLUGINS
