"""An editor as the server sees one: a process is started, spoken to over its pipes, and all that it says is kept."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

ROOT = str(Path(__file__).parents[1])
SECONDS = 60
"""How long an answer may take: the machine may be busy, and a test that waits for nothing must end."""

Json: TypeAlias = dict[str, Any]


class Editor:
    """Sends requests and notifications, answers what the server asks, and keeps what it publishes."""

    def __init__(
        self,
        folder: Path,
        *,
        options: object = None,
        folders: list[Path] | None = None,
        modules: str = ROOT,
        command: tuple[str, ...] = ("authlint", "server"),
        **capabilities: Any,
    ) -> None:
        self.said = b""
        self.published: queue.Queue[Json] = queue.Queue()
        self.asked: queue.Queue[Json] = queue.Queue()
        self.shown: queue.Queue[Json] = queue.Queue()
        self._answers: dict[int, queue.Queue[Json]] = {}
        self._number = 0
        self._log = (folder / "server.log").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder,
            env={**os.environ, "PYTHONPATH": modules}, stderr=self._log,
        )  # fmt: skip
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        roots: Json = {"rootUri": folder.as_uri()}
        if folders is not None:
            roots = {"workspaceFolders": [{"uri": root.as_uri(), "name": root.name} for root in folders]}
        self.server: Json = self.ask(
            "initialize", processId=None, capabilities=capabilities, initializationOptions=options, **roots
        )
        self.tell("initialized")

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _listen(self) -> None:
        while (message := self._receive()) is not None:
            method = message.get("method")
            if method is None:
                self._answers[message["id"]].put(message)
            elif "id" in message:
                self.asked.put(message)
                self._send(id=message["id"], result=None)
            else:
                {"window/showMessage": self.shown}.get(method, self.published).put(message["params"])

    def _receive(self) -> Any:
        stream, length = self.process.stdout, 0
        assert stream
        while line := stream.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        body = stream.read(length)
        self.said += body
        return json.loads(body) if body else None

    def tell(self, method: str, **params: Any) -> None:
        self._send(method=method, params=params)

    def begin(self, method: str, **params: Any) -> int:
        """Ask, and do not wait for the answer."""
        self._number += 1
        self._answers[self._number] = queue.Queue()
        self._send(id=self._number, method=method, params=params)
        return self._number

    def answer(self, number: int, seconds: float = SECONDS) -> Json:
        return self._answers[number].get(timeout=seconds)

    def ask(self, method: str, **params: Any) -> Any:
        message = self.answer(self.begin(method, **params))
        assert "error" not in message, message
        return message["result"]

    def next(self, seconds: float = SECONDS) -> Json:
        """What is published next."""
        return self.published.get(timeout=seconds)

    def opened(self, file: Path | str, text: str, language: str = "x") -> None:
        document = {"uri": uri(file), "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)

    def open(self, file: Path | str, text: str, language: str = "x") -> list[Json]:
        """What is found in a document that is opened."""
        self.opened(file, text, language)
        published = self.next()
        assert published["uri"] == uri(file)
        found: list[Json] = published["diagnostics"]
        return found

    def change(self, file: Path | str, text: str, version: int) -> None:
        document = {"uri": uri(file), "version": version}
        self.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def actions(self, file: Path | str, found: Json, *only: str) -> list[Json]:
        """What is offered for a finding."""
        context = {"diagnostics": [found], **({"only": list(only)} if only else {})}
        got: list[Json] = self.ask(
            "textDocument/codeAction", textDocument={"uri": uri(file)}, range=found["range"], context=context
        )
        return got

    def hover(self, file: Path | str, found: Json) -> str:
        got = self.ask("textDocument/hover", textDocument={"uri": uri(file)}, position=found["range"]["start"])
        return str(got["contents"]["value"]) if got else ""

    def end(self) -> int:
        """The exit code after a proper end."""
        self.ask("shutdown")
        self._send(method="exit")
        return self.process.wait(SECONDS)

    @property
    def workers(self) -> set[int]:
        """The processes that the server has started, where the system tells that."""
        children = Path(f"/proc/{self.process.pid}/task")
        return {int(pid) for task in children.iterdir() for pid in (task / "children").read_text().split()}

    @property
    def log(self) -> bytes:
        """What the server and its processes wrote besides."""
        self._log.flush()
        return Path(self._log.name).read_bytes()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._listener.join(SECONDS)
        for stream in (self.process.stdin, self.process.stdout, self._log):
            if stream:
                with suppress(BrokenPipeError):  # what was not yet sent
                    stream.close()

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def uri(file: Path | str) -> str:
    return file if isinstance(file, str) else file.as_uri()


def applied(text: str, action: Json) -> str:
    """The text after an action."""
    (change,) = action["edit"]["documentChanges"]
    for edit in reversed(change["edits"]):
        start, end = (_offset(text, edit["range"][side]) for side in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def _offset(text: str, position: Json) -> int:
    at = 0
    for _ in range(position["line"]):
        at = min(text.index(end, at) + len(end) for end in ("\n", "\r\n") if end in text[at:])
    units = text[at:].encode("utf-16-le")[: position["character"] * 2]
    return at + len(units.decode("utf-16-le"))
