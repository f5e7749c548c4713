"""Editors with a server, by what docs/integrations tells their users: those that are installed are tried."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls")
from editor import ROOT, Editor

DOCS = Path(ROOT) / "docs/integrations"
LINE = 'requests.get("http://login.corp-net.io/oauth/token", auth=(user, password))'
FIXED = LINE.replace("http://", "https://")
EGLOT = "/usr/share/emacs/site-lisp/elpa"
NEW = (0, 11)
"""The version of Neovim that has settings for servers."""

LOOK = """
local function await(done) vim.wait(30000, done, 20) end
local function found() return #vim.diagnostic.get(0) end
await(function() return found() > 0 end)
local first = vim.diagnostic.get(0)[1]
local got = { message = first.message, col = first.col, lnum = first.lnum }
"""
ACT = """
local function apply(title)
  vim.lsp.buf.code_action({ apply = true, filter = function(action) return action.title:match(title) end })
end
vim.api.nvim_win_set_cursor(0, { 2, first.col })
apply("^Write https")
await(function() return vim.fn.getline(2):match("https") and found() == 0 end)
got.fixed, got.left = vim.fn.getline(2), found()
vim.cmd("silent undo")
await(function() return found() > 0 end)
apply("^Ignore")
await(function() return vim.fn.getline(2):match("ignore") and found() == 0 end)
got.ignored = vim.fn.getline(2)
vim.fn.setline(2, 'import jwt; jwt.decode(token, key, algorithms=["HS256"], options={"verify_exp": False})')
await(function() return found() > 0 end)
vim.cmd("normal gF")
await(function() return found() == 0 end)
got.all = vim.fn.getline(2)
"""


def fences(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a b.py").write_text(f"import requests\n{LINE}\n", encoding="utf-8")
    (folder / "authlint.toml").touch()
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "authlint").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m authlint "$@"\n', encoding="utf-8")
    (programs / "authlint").chmod(0o755)
    return {**os.environ, "PYTHONPATH": ROOT, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def version_of_neovim() -> tuple[int, ...]:
    if shutil.which("nvim") is None:
        pytest.skip("needs nvim")
    told = subprocess.run(["nvim", "--version"], capture_output=True, encoding="utf-8", check=True).stdout
    return tuple(map(int, told.split()[1].lstrip("v").split(".")[:2]))


def test_neovim(project: Path, environment: dict[str, str]) -> None:
    """Findings at their place, by the settings of the page for this version; in new ones what is offered."""
    is_new = version_of_neovim() >= NEW
    new, old, keys = fences("editors.md", "lua")
    settings = project.parent / "init.lua"
    settings.write_text(new + keys if is_new else "", encoding="utf-8")
    result, script = project.parent / "result.json", project.parent / "script.lua"
    end = f"local file = io.open([[{result}]], 'w')\nfile:write(vim.json.encode(got))\nfile:close()\nvim.cmd('qa!')\n"
    script.write_text(f"{LOOK}{ACT}{end}" if is_new else f"{old}{LOOK}{end}", encoding="utf-8")
    command = ["nvim", "--headless", "-i", "NONE", "-u", str(settings), "a b.py", "-c", f"luafile {script}"]
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert result.exists(), done.stderr
    got: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    assert (got["lnum"], got["col"]) == (1, LINE.index('"'))
    assert got["message"].startswith("login.corp-net.io is called over http")
    if is_new:
        assert (got["fixed"], got["left"]) == (FIXED, 0)
        assert got["ignored"] == f"{LINE}  # authlint: ignore[cleartext-auth-url]"
        assert "False" not in got["all"]


DRIVE_EMACS = """
(setq make-backup-files nil)
(defun await (done)
  (let ((n 0)) (while (and (< n 300) (not (funcall done))) (accept-process-output nil 0.1) (setq n (1+ n)))))
(find-file "a b.py")
(eglot-ensure)
(run-hooks 'post-command-hook)
(await #'eglot-managed-p)
(await #'flymake-diagnostics)
(dolist (it (flymake-diagnostics))
  (let ((place (buffer-substring (flymake-diagnostic-beg it) (flymake-diagnostic-end it))))
    (message "found %s %s" place (flymake-diagnostic-text it))))
(goto-char (flymake-diagnostic-beg (car (flymake-diagnostics))))
(let* ((where (eglot--pos-to-lsp-position (point)))
       (asked (list :textDocument (eglot--TextDocumentIdentifier) :range (list :start where :end where)
                    :context '(:diagnostics [])))
       (offered (jsonrpc-request (eglot--current-server-or-lose) :textDocument/codeAction asked)))
  (eglot--apply-workspace-edit (plist-get (aref offered 0) :edit)))
(message "fixed %s" (buffer-string))
(set-buffer-modified-p nil)
(eglot-shutdown (eglot--current-server-or-lose))
"""


def test_emacs(project: Path, environment: dict[str, str]) -> None:
    """Findings at their place, and a fix, by Eglot with the settings of the page."""
    eglot = sorted(Path(EGLOT).glob("eglot-*"))
    if shutil.which("emacs") is None or not eglot:
        pytest.skip("needs emacs and Eglot")
    script = project.parent / "drive.el"
    settings = fences("editors.md", "elisp")[0]
    script.write_text(f"(require 'eglot)\n{settings}{DRIVE_EMACS}", encoding="utf-8")
    load = [word for path in (*sorted(Path(EGLOT).iterdir()),) for word in ("-L", str(path))]
    done = subprocess.run(
        ["emacs", "--batch", "-Q", *load, "-l", str(script)],
        cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    where = LINE[LINE.index('"') : LINE.index(",")]
    assert f"found {where} authlint [AUT301]: login.corp-net.io is called over http" in done.stderr, done.stderr
    assert f"fixed import requests\n{FIXED}" in done.stderr


def test_python_lsp_server(project: Path) -> None:
    """An editor that has flake8 only: findings of Python files, in the buffer and not on the disk, by the page."""
    pytest.importorskip("pylsp")
    (settings,) = fences("pylsp.md", "json")
    (project / ".flake8").write_text(fences("pylsp.md", "ini")[0], encoding="utf-8")
    file = project / "a b.py"
    with Editor(project, command=("pylsp",)) as client:
        client.tell("workspace/didChangeConfiguration", settings=json.loads(settings))
        found = client.open(file, file.read_text(encoding="utf-8") + LINE + "\n", "python")
        ours = [each for each in found if each["code"].startswith("AUT")]
        assert [(each["code"], each["source"], each["range"]["start"]["line"]) for each in ours] == [
            ("AUT301", "flake8", 1),
            ("AUT301", "flake8", 2),
        ]
        client.change(file, "import requests\n", 2)
        assert not any(each["code"].startswith("AUT") for each in client.next()["diagnostics"])
        assert client.end() == 0
