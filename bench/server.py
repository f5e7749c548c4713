"""What a keystroke costs in an editor: a client that asks for the diagnostics of a file it has just changed."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LINES = 1000
_BLOCK = """def fetch_{n}(session, token):
    headers = {{"Authorization": "Bearer " + token}}
    reply = session.get("{scheme}://api.corp-net.io/v1/items/{n}", headers=headers, timeout=10)
    reply.raise_for_status()
    return reply.json()


"""


def keystrokes(program: list[str], environment: dict[str, str], folder: Path, times: int) -> Iterator[float]:
    """Seconds from each of some changes to its diagnostics, without a pause between them."""
    command = [*program, "server"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **environment}, cwd=folder
    ) as process:
        capabilities = {"textDocument": {"diagnostic": {}}}
        _ask(process, "initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities})
        _send(process, method="initialized", params={})
        block = _BLOCK.count("\n")
        text = "import requests\n" + "".join(
            _BLOCK.format(n=n, scheme="https" if n else "http") for n in range(_LINES // block)
        )
        document = {"uri": (folder / "typed.py").as_uri(), "languageId": "python", "version": 0, "text": text}
        _send(process, method="textDocument/didOpen", params={"textDocument": document})
        asked = {"textDocument": {"uri": document["uri"]}}
        if not _ask(process, "textDocument/diagnostic", asked)["result"]["items"]:
            raise ValueError("there is something to be found, and it was not")
        top = {"line": 0, "character": 0}
        for version in range(1, times + 1):
            changed = {"uri": document["uri"], "version": version}
            change = {"range": {"start": top, "end": top}, "text": "#"}
            started = time.perf_counter()
            params = {"textDocument": changed, "contentChanges": [change]}
            _send(process, method="textDocument/didChange", params=params)
            _ask(process, "textDocument/diagnostic", asked)
            yield time.perf_counter() - started
        _ask(process, "shutdown", None)
        _send(process, method="exit")


def _send(process: subprocess.Popen[bytes], **message: Any) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    assert process.stdin  # noqa: S101
    process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    process.stdin.flush()


def _ask(process: subprocess.Popen[bytes], method: str, params: Any) -> Any:
    _send(process, id=method, method=method, params=params)
    assert process.stdout  # noqa: S101
    while True:
        length = 0
        while line := process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message = json.loads(process.stdout.read(length))
        if message.get("id") == method and "method" not in message:
            return message
