"""What the server does when an editor asks, feature by feature."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import wraps
from itertools import islice
from typing import NamedTuple, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcInternalError
from pygls.uris import to_fs_path, uri_scheme

from authlint.errors import ConfigError
from authlint.finding import Finding
from authlint.lsp import jobs
from authlint.lsp.cells import Cell
from authlint.lsp.documents import Document
from authlint.lsp.messages import FIX_ALL, QUICK, action, diagnostics, range_of
from authlint.lsp.server import Server
from authlint.lsp.workers import LostError
from authlint.ruleset.schema import build
from authlint.run.runner import place

_MOST = 20
"""Findings that something is offered for at once: each is tried, and who selects a whole file wants no list."""

_WATCHED = ("**/*.toml", "**/*baseline*")
_FILE, _UNSAVED = "file", "untitled"
_PULL = types.DiagnosticOptions(inter_file_dependencies=False, workspace_diagnostics=False, identifier="authlint")
_ACTIONS = types.CodeActionOptions(code_action_kinds=[QUICK, FIX_ALL])
P = TypeVar("P")
T = TypeVar("T")


class Options(NamedTuple):
    """``initializationOptions``: a configuration for all files, or none at all, as on the command line."""

    config: str = ""
    isolated: bool = False


def register(server: Server) -> None:
    """Tell a server what to do. The texts are kept by it, and not by pygls too."""
    kept = server.protocol.fm.builtin_features
    for method in [method for method in kept if method.startswith(("textDocument/did", "notebookDocument/did"))]:
        del kept[method]
    server.feature(types.INITIALIZE)(_initialize)
    server.feature(types.INITIALIZED)(_initialized)
    server.feature(types.SHUTDOWN)(_over)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(_opened)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(_changed)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(_saved)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(_closed)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)(_notebook_opened)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)(_notebook_changed)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)(_notebook_closed)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_watched)
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, _PULL)(_discreet(_asked))
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, _ACTIONS)(_discreet(_actions))
    server.feature(types.TEXT_DOCUMENT_HOVER)(_discreet(_hover))


def _discreet(handler: Callable[[Server, P], Awaitable[T]]) -> Callable[[Server, P], Awaitable[T]]:
    """A handler whose errors are told by their kind and place: their messages may quote a text."""

    @wraps(handler)
    async def told(server: Server, params: P) -> T:
        try:
            return await handler(server, params)
        except LostError as lost:
            raise JsonRpcInternalError(str(lost)) from None
        except Exception as error:
            raise JsonRpcInternalError(f"internal error ({place(error)}), please report it") from None

    return told


# --- what the client tells ------------------------------------------------------------------------------------------


def _initialize(server: Server, params: types.InitializeParams) -> None:
    folder = _folder(server)
    try:
        options = _options(params.initialization_options)
        config = os.path.join(folder, options.config) if options.config else ""
        server.setup = server.setup._replace(config=config, isolated=options.isolated)
    except ConfigError as error:
        server.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"authlint: {error}"))
    server.prepare(folder)


def _options(given: object) -> Options:
    if given is None:
        return Options()
    where = "initializationOptions"
    if not isinstance(given, dict):
        raise ConfigError(f"{where}: must be an object")
    return build(Options, given, where, hyphens=True, error=ConfigError)


async def _initialized(server: Server, params: types.InitializedParams) -> None:
    workspace = server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace else None
    if watched is not None and watched.dynamic_registration:
        watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        what = types.Registration("authlint-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        await server.client_register_capability_async(types.RegistrationParams([what]))


def _over(server: Server, params: None) -> None:
    server.is_over = True


def _opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    _open(server, Document, params.text_document, params.text_document.uri)


def _open(server: Server, made: type[Document], item: types.TextDocumentItem, file: str) -> None:
    path = _path(server, file)
    if path:
        encoding = types.PositionEncodingKind(server.workspace.position_encoding or "utf-16").value
        server.documents[item.uri] = made(path, item.text, item.version, encoding, item.language_id)
        server.changed(item.uri, at_once=True)


def _path(server: Server, uri: str) -> str:
    """The path of a document. An unsaved one would be in the first folder; what is in no file has none."""
    scheme = uri_scheme(uri)
    if scheme not in (_FILE, _UNSAVED):
        return ""
    path = to_fs_path(uri if scheme == _FILE else f"{_FILE}:{uri.partition(':')[2]}") or _UNSAVED
    return os.path.join(_folder(server), path)


def _folder(server: Server) -> str:
    """The folder that the client works in, or that the server does."""
    workspace = server.workspace
    uris = [*(folder.uri for folder in workspace.folders.values()), workspace.root_uri]
    return next((path for uri in uris if uri and (path := to_fs_path(uri))), os.getcwd())


def _changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    _change(server, params.text_document, params.content_changes)


def _change(
    server: Server,
    which: types.VersionedTextDocumentIdentifier,
    changes: Sequence[types.TextDocumentContentChangeEvent],
) -> None:
    document = server.documents.get(which.uri)
    if document is None:
        return
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            start, end = change.range.start, change.range.end
            document.replace(change.text, (start.line, start.character), (end.line, end.character))
        else:
            document.replace(change.text)
    document.version = which.version
    server.changed(which.uri)


def _saved(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    name = params.text_document.uri.rpartition("/")[2]
    if name.endswith(".toml") or "baseline" in name:
        server.reload()


def _closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    server.forget(params.text_document.uri)


def _notebook_opened(server: Server, params: types.DidOpenNotebookDocumentParams) -> None:
    for item in params.cell_text_documents:
        _open(server, Cell, item, params.notebook_document.uri)


def _notebook_changed(server: Server, params: types.DidChangeNotebookDocumentParams) -> None:
    cells = params.change.cells or types.NotebookDocumentCellChanges()
    for closed in (cells.structure.did_close or ()) if cells.structure else ():
        server.forget(closed.uri)
    for item in (cells.structure.did_open or ()) if cells.structure else ():
        _open(server, Cell, item, params.notebook_document.uri)
    for content in cells.text_content or ():
        _change(server, content.document, content.changes)


def _notebook_closed(server: Server, params: types.DidCloseNotebookDocumentParams) -> None:
    for closed in params.cell_text_documents:
        server.forget(closed.uri)


def _watched(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    server.reload()


# --- what the client asks -------------------------------------------------------------------------------------------


async def _asked(server: Server, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    uri = params.text_document.uri
    report = None
    while uri in server.documents and report is None:  # it has changed meanwhile
        report = await server.report(uri)
    found = diagnostics(server.documents[uri], uri, report) if report is not None else []
    return types.RelatedFullDocumentDiagnosticReport(found)


def _at(document: Document, findings: tuple[Finding, ...], where: types.Range) -> Iterator[Finding]:
    start = document.offset(where.start.line, where.start.character)
    end = document.offset(where.end.line, where.end.character)
    yield from (finding for finding in findings if finding.span[0] <= end and start <= finding.span[1])


async def _actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri, only = params.text_document.uri, params.context.only
    report = await server.report(uri)
    if report is None or not report.findings:
        return []
    document = server.documents[uri]
    version, text = document.version, document.text
    offers: list[jobs.Offer] = []
    findings = list(islice(_at(document, report.findings, params.range), _MOST))
    if findings and (not only or _is_wanted(QUICK, only)):
        offers += await server.do(jobs.quick_fixes, text, report, findings)
    if _is_wanted(FIX_ALL, only):
        offers += await server.do(jobs.fix_all, text, report)
    is_same = server.documents.get(uri) is document and document.version == version
    return [action(document, uri, offer) for offer in offers] if is_same else []


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    return any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in only or ())


async def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    uri = params.text_document.uri
    report = await server.report(uri)
    if report is None:
        return None
    document = server.documents[uri]
    findings = list(_at(document, report.findings, types.Range(params.position, params.position)))
    where = range_of(document, findings[0].span) if findings else None
    parts = await server.do(jobs.explained, document.text, findings) if findings else []
    if not parts:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(parts)), where)
