"""What the server does when an editor asks, feature by feature."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from lsprotocol import types

from authlint.finding import Finding, Report
from authlint.lsp.documents import Document
from authlint.lsp.server import FIX_ALL, WATCHED, Server, diagnostic, diagnostics, edit_of, looked, path_of, span_of
from authlint.reporters.pages import is_ours, page_of

_MOST = 20
"""Findings that something is offered for at once: each is tried, and who selects a whole file wants no list."""

_QUICK = types.CodeActionKind.QuickFix
_PULL = types.DiagnosticOptions(inter_file_dependencies=False, workspace_diagnostics=False, identifier="authlint")
_ACTIONS = types.CodeActionOptions(code_action_kinds=[_QUICK, FIX_ALL])


def register(server: Server) -> None:
    """Tell a server what to do."""
    server.feature(types.INITIALIZED)(_initialized)
    server.feature(types.SHUTDOWN)(_over)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(_opened)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(_changed)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(_saved)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(_closed)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_watched)
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, _PULL)(_asked)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, _ACTIONS)(_actions)
    server.feature(types.TEXT_DOCUMENT_HOVER)(_hover)


async def _initialized(server: Server, params: types.InitializedParams) -> None:
    workspace = server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace else None
    if watched is not None and watched.dynamic_registration:
        watchers = [types.FileSystemWatcher(pattern) for pattern in WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        what = types.Registration("authlint-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        await server.client_register_capability_async(types.RegistrationParams([what]))


async def _over(server: Server, params: None) -> None:
    server.is_over = True


async def _opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    item = params.text_document
    encoding = types.PositionEncodingKind(server.workspace.position_encoding or "utf-16").value
    server.documents[item.uri] = Document(path_of(item.uri), item.text, item.version, encoding)
    server.later(item.uri, 0)


async def _changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    document = server.documents.get(params.text_document.uri)
    if document is None:
        return
    for change in params.content_changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            start, end = change.range.start, change.range.end
            document.replace(change.text, (start.line, start.character), (end.line, end.character))
        else:
            document.replace(change.text)
    document.version = params.text_document.version
    server.later(params.text_document.uri)


async def _saved(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    name = os.path.basename(path_of(params.text_document.uri))
    if name.endswith(".toml") or "baseline" in name:
        server.reload()


async def _closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    server.forget(params.text_document.uri)


async def _watched(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    server.reload()


async def _asked(server: Server, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    uri = params.text_document.uri
    report = None
    while uri in server.documents and report is None:  # it has changed meanwhile
        report = await server.report(uri)
    found = diagnostics(server.documents[uri], report) if report is not None else []
    return types.RelatedFullDocumentDiagnosticReport(found)


def _at(document: Document, findings: tuple[Finding, ...], where: types.Range) -> Iterator[Finding]:
    start = document.offset(where.start.line, where.start.character)
    end = document.offset(where.end.line, where.end.character)
    yield from (finding for finding in findings if finding.span[0] <= end and start <= finding.span[1])


async def _actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    report = await server.report(uri)
    if report is None or not report.findings:
        return []
    document, session = server.documents[uri], server.session
    version, findings = document.version, list(islice(_at(document, report.findings, params.range), _MOST))
    only = params.context.only
    work = partial(_offered, document, uri, partial(looked, session, document.path), findings, only)
    actions = await server.work(work)
    return actions if document.version == version else []


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    return any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in only or ())


def _offered(
    document: Document, uri: str, lint: Callable[[bytes], Report], findings: list[Finding], only: Sequence[str] | None
) -> list[types.CodeAction]:
    from authlint.lsp.actions import fixed, ignored  # noqa: PLC0415 - libcst takes a while to load

    actions: list[types.CodeAction] = []
    data = document.data
    for finding in findings if not only or _is_wanted(_QUICK, only) else ():
        about = [diagnostic(document, finding)]
        if finding.fix is not None:
            edits = fixed(document.path, data, lint, partial(_is_same, finding))
            safe = finding.fix.applicability == "safe"
            title = finding.fix.description + ("" if safe else " (unsafe: look at it)")
            if edits:
                edit = edit_of(document, uri, edits)
                actions.append(types.CodeAction(title, _QUICK, about, is_preferred=safe or None, edit=edit))
        edits = ignored(document.path, data, lint, finding)
        if edits:
            title = f"Ignore {finding.name} on this line"
            actions.append(types.CodeAction(title, _QUICK, about, edit=edit_of(document, uri, edits)))
    if _is_wanted(FIX_ALL, only):
        edits = fixed(document.path, data, lint, _is_safe)
        if edits:
            title = "Fix all that authlint can fix safely"
            actions.append(types.CodeAction(title, FIX_ALL, edit=edit_of(document, uri, edits)))
    return actions


def _is_same(one: Finding, other: Finding) -> bool:
    return (one.code, one.span) == (other.code, other.span)


def _is_safe(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.applicability == "safe"


async def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    uri = params.text_document.uri
    report = await server.report(uri)
    if report is None:
        return None
    document = server.documents[uri]
    findings = list(_at(document, report.findings, types.Range(params.position, params.position)))
    parts = [text for finding in findings if (text := _explained(server, document, finding))]
    if not parts:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(parts))
    return types.Hover(content, span_of(document, findings[0].span))


def _explained(server: Server, document: Document, finding: Finding) -> str:
    rule = server.session.rule(document.path, finding.code)
    if rule is None:
        return ""
    page = page_of(rule.name) if is_ours(rule.code) else ""
    more = f"\n\n[{rule.name}]({page})" if "://" in page else ""
    why, fix = rule.why.strip(), rule.fix.strip()
    return f"**{rule.code} {rule.name}**: {finding.message}\n\n**Why.** {why}\n\n**What to do.** {fix}{more}"
