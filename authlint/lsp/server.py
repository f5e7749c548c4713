"""The server: an editor's requests in, diagnostics and edits out. Linting is done by one thread, one text at a time."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from authlint import __version__
from authlint.edits import Edit
from authlint.errors import AuthlintError
from authlint.finding import HARMLESS, Finding, Problem, Report
from authlint.lsp.documents import Document
from authlint.reporters.pages import is_ours, page_of
from authlint.run.runner import place
from authlint.run.session import Session

PAUSE = 0.15
"""Seconds without a change before a text is looked at."""

FIX_ALL = "source.fixAll.authlint"
WATCHED = ("**/authlint.toml", "**/pyproject.toml", "**/*.toml", "**/*baseline*")
_SEVERITY = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
T = TypeVar("T")


class Server(LanguageServer):
    """Knows what is open, and what was found in it."""

    def __init__(self) -> None:
        super().__init__("authlint", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self.session = Session(in_editor=True)
        self.is_over = False
        self.documents: dict[str, Document] = {}
        self._reports: dict[str, tuple[Document, int, Session, Report]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._worker = ThreadPoolExecutor(1)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """An error of ours is told by its kind and place: its message may quote a text."""
        logging.getLogger("authlint").error("internal error (%s), please report it", place(error))

    async def work(self, function: Callable[[], T]) -> T:
        """What a function gives, run beside the protocol."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, function)

    async def report(self, uri: str) -> Report | None:
        """What is found in a document as it is now; ``None`` if it has changed or was closed meanwhile."""
        document = self.documents.get(uri)
        if document is None:
            return None
        session, version, data = self.session, document.version, document.data
        known = self._reports.get(uri)
        if known is not None and known[:3] == (document, version, session):
            return known[3]
        report = await self.work(lambda: looked(session, document.path, data))
        if self.documents.get(uri) is not document or document.version != version or self.session is not session:
            return None
        self._reports[uri] = (document, version, session, report)
        return report

    def later(self, uri: str, pause: float = PAUSE) -> None:
        """Publish what is found, unless the client asks for it by itself, or there is another change first."""
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        if not self.is_asked:
            self._waiting[uri] = asyncio.get_running_loop().create_task(self._publish(uri, pause))

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
                types.PublishDiagnosticsParams(uri, diagnostics(document, report), document.version)
            )

    def reload(self) -> None:
        """Read configuration and rules anew, and look at everything again."""
        self.session = Session(in_editor=True)
        for uri in self.documents:
            self.later(uri, 0)
        workspace = self.client_capabilities.workspace
        if self.is_asked and workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
            self.workspace_diagnostic_refresh(None)

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self.documents.pop(uri, None)
        self._reports.pop(uri, None)
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        if not self.is_asked:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


def looked(session: Session, path: str, data: bytes) -> Report:
    """The report on a text; what keeps it from being made is a problem in it."""
    try:
        return session.look(path, data)
    except AuthlintError as error:
        return Report(path, problems=(Problem(path, "config", str(error)),))


def diagnostics(document: Document, report: Report) -> list[types.Diagnostic]:
    """Findings, and problems that would fail a run, for the client."""
    problems = [
        types.Diagnostic(span_of(document, (0, 0)), problem.message, types.DiagnosticSeverity.Error, source="authlint")
        for problem in report.problems
        if problem.kind not in HARMLESS
    ]
    return problems + [diagnostic(document, finding) for finding in report.findings]


def diagnostic(document: Document, finding: Finding) -> types.Diagnostic:
    """A finding for the client."""
    page = page_of(finding.name) if is_ours(finding.code) else ""
    return types.Diagnostic(
        span_of(document, finding.span),
        finding.message,
        _SEVERITY[finding.level],
        finding.code,
        types.CodeDescription(page) if "://" in page else None,
        "authlint",
    )


def span_of(document: Document, span: tuple[int, int]) -> types.Range:
    """A span of bytes as the client counts."""
    return types.Range(types.Position(*document.position(span[0])), types.Position(*document.position(span[1])))


def edit_of(document: Document, uri: str, edits: list[Edit]) -> types.WorkspaceEdit:
    """Edits for the client, for exactly this version of the document."""
    changes = [types.TextEdit(span_of(document, edit.span), edit.text) for edit in edits]
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri, document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, changes)])


def path_of(uri: str) -> str:
    """The path of a document; one that is not in a file has only a name."""
    return to_fs_path(uri) or uri.rpartition("/")[2] or "untitled"


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
    server.start_io(sys.stdin.buffer, protocol)
    return 0 if server.is_over else 1
