"""The server: what is open in an editor, and what was found in it. Looking is done by other processes."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from authlint import __version__
from authlint.finding import Problem, Report
from authlint.lsp import jobs
from authlint.lsp.documents import Document
from authlint.lsp.messages import diagnostics
from authlint.lsp.protocol import Protocol
from authlint.lsp.worker import Job, Setup
from authlint.lsp.workers import LostError, Workers
from authlint.run.runner import place

_PAUSE, _LONGEST = 0.15, 2.0
"""Seconds without a change before a text is looked at, and those for one that takes long."""

_FIRST = b'requests.get("http://login.corp-net.io/oauth/token")'
"""Something is found in it, so that all that this takes is there for what the editor opens."""

_NOTEBOOKS = types.NotebookDocumentSyncOptions([types.NotebookDocumentFilterWithNotebook("*")])
T = TypeVar("T")


class Server(LanguageServer):
    """Knows what is open, and what was found in it."""

    def __init__(self) -> None:
        sync = types.TextDocumentSyncKind.Incremental
        super().__init__("authlint", __version__, sync, _NOTEBOOKS, protocol_cls=Protocol)
        self.setup = Setup(0)
        self.workers = Workers()
        self.is_over = False
        self.documents: dict[str, Document] = {}
        self._preparing: asyncio.Task[Report] | None = None
        self._looks: dict[str, asyncio.Task[Report]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._pauses: dict[str, float] = {}

    def report_server_error(self, error: Exception, source: Any) -> None:
        """An error of ours is told by its kind and place: its message may quote a text."""
        logging.getLogger("authlint").error("internal error (%s), please report it", place(error))

    async def do(self, function: Callable[..., T], *arguments: object) -> T:
        """What a function of ``authlint.lsp.jobs`` gives, called in another process. Raises ``LostError``."""
        if self._preparing is not None:
            await asyncio.wait({self._preparing})  # or another process would be started beside that one
        answer: T = await self.workers.do(Job(self.setup, function, arguments))
        return answer

    def prepare(self, folder: str) -> None:
        """Have a process load what is needed to look at files in a folder, while the client says what it can do."""
        job = Job(self.setup, jobs.look, (jobs.Text(os.path.join(folder, "first.py"), _FIRST),))
        self._preparing = asyncio.get_running_loop().create_task(self.workers.do(job))

    async def report(self, uri: str) -> Report | None:
        """What is found in a document as it is now; ``None`` if it has changed or was closed meanwhile."""
        document = self.documents.get(uri)
        if document is None:
            return None
        look = self._looks.get(uri)
        if look is None:
            look = self._looks[uri] = asyncio.get_running_loop().create_task(self._look(uri, document))
        await asyncio.wait({look})  # it goes on where this is cancelled: others will want it too
        return look.result() if self._looks.get(uri) is look else None

    async def _look(self, uri: str, document: Document) -> Report:
        text, started = document.text, time.monotonic()
        try:
            return await self.do(jobs.look, text)
        except LostError as lost:
            return Report(text.path, problems=(Problem(text.path, "crash", str(lost)),))
        finally:
            self._pauses[uri] = min(max(_PAUSE, time.monotonic() - started), _LONGEST)

    def changed(self, uri: str, *, at_once: bool = False) -> None:
        """What was found in a document holds no more. It is looked at once there is a pause."""
        self._drop(uri)
        if not self.is_asked:
            pause = 0 if at_once else self._pauses.get(uri, _PAUSE)
            waiting = asyncio.get_running_loop().create_task(self._publish(uri, pause))
            waiting.add_done_callback(self._tell)
            self._waiting[uri] = waiting

    def _tell(self, done: asyncio.Task[None]) -> None:
        error = None if done.cancelled() else done.exception()
        if isinstance(error, Exception):
            self.report_server_error(error, None)

    def _drop(self, uri: str) -> None:
        for tasks in (self._looks, self._waiting):
            task = tasks.pop(uri, None)
            if task is not None:
                task.cancel()

    @property
    def is_asked(self) -> bool:
        """Whether the client asks for diagnostics: to publish them as well would show each twice."""
        capabilities = self.client_capabilities.text_document
        return capabilities is not None and capabilities.diagnostic is not None

    async def _publish(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        report = await self.report(uri)
        if report is not None:
            document = self.documents[uri]
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, diagnostics(document, uri, report), document.version)
            )

    def reload(self) -> None:
        """Read configuration and rules anew, and look at everything again."""
        self.setup = self.setup._replace(generation=self.setup.generation + 1)
        for uri in self.documents:
            self.changed(uri, at_once=True)
        workspace = self.client_capabilities.workspace
        if self.is_asked and workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
            self.workspace_diagnostic_refresh(None)

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self._drop(uri)
        self._pauses.pop(uri, None)
        if self.documents.pop(uri, None) is not None and not self.is_asked:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


def start() -> int:
    """Serve on standard input and output until the client ends it; the exit code is 1 if it did not say so before."""
    from authlint.lsp.features import register  # noqa: PLC0415 - it imports this module

    for name in ("pygls", "asyncio"):  # what they log may quote a text
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).propagate = False
    server = Server()
    register(server)
    protocol = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anything else prints must not get between the messages
    try:
        server.start_io(sys.stdin.buffer, protocol)
    finally:
        server.workers.close()
    return 0 if server.is_over else 1
