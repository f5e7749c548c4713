"""What authlint knows, as the protocol says it."""

from __future__ import annotations

from lsprotocol import types

from authlint.finding import HARMLESS, Finding, Report
from authlint.lsp.documents import Document
from authlint.lsp.jobs import Offer
from authlint.reporters.pages import is_ours, page_of

QUICK, FIX_ALL = types.CodeActionKind.QuickFix, "source.fixAll.authlint"
_SEVERITY = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


def diagnostics(document: Document, uri: str, report: Report) -> list[types.Diagnostic]:
    """Findings, and problems that would fail a run."""
    problems = [
        types.Diagnostic(range_of(document, (0, 0)), problem.message, types.DiagnosticSeverity.Error, source="authlint")
        for problem in report.problems
        if problem.kind not in HARMLESS
    ]
    return problems + [_diagnostic(document, uri, finding) for finding in report.findings]


def _diagnostic(document: Document, uri: str, finding: Finding) -> types.Diagnostic:
    page = page_of(finding.name) if is_ours(finding.code) else ""
    related = [
        types.DiagnosticRelatedInformation(types.Location(uri, range_of(document, (at, at))), message)
        for message, line, column in finding.related
        for at in (document.byte(line, column),)
    ]
    return types.Diagnostic(
        range_of(document, finding.span),
        finding.message,
        _SEVERITY[finding.level],
        finding.code,
        types.CodeDescription(page) if "://" in page else None,
        "authlint",
        related_information=related or None,
    )


def action(document: Document, uri: str, offer: Offer) -> types.CodeAction:
    """An offer, for exactly this version of the document."""
    changes = [types.TextEdit(range_of(document, edit.span), document.plain(edit.text)) for edit in offer.edits]
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri, document.version)
    edit = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, changes)])
    if offer.finding is None:
        return types.CodeAction(offer.title, FIX_ALL, edit=edit)
    about = [_diagnostic(document, uri, offer.finding)]
    return types.CodeAction(offer.title, QUICK, about, is_preferred=offer.preferred or None, edit=edit)


def range_of(document: Document, span: tuple[int, int]) -> types.Range:
    """A span of bytes as the client counts."""
    return types.Range(types.Position(*document.position(span[0])), types.Position(*document.position(span[1])))
