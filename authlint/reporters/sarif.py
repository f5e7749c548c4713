"""SARIF 2.1.0 as GitHub code scanning takes it. Results are written as they come, the rules they are of at the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from authlint import __version__
from authlint.finding import HARMLESS
from authlint.reporters.common import Columns, Extent, by_file, cut, flat, paragraphs, replacements
from authlint.reporters.linehash import line_hashes
from authlint.reporters.pages import is_ours, page_of
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Finding, Problem, Related, Report
    from authlint.reporters import Sources, Totals, Write
    from authlint.ruleset.rules import Rule

_HEAD = """{"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
 "version": "2.1.0",
 "runs": [{
  "columnKind": "unicodeCodePoints",
  "automationDetails": {"id": "authlint/"},
  "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
  "results": ["""
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_BYTES = "surrogateescape"  # a name that is not UTF-8 is the bytes that it is
_MAX_TEXT = 1024  # of a description of a rule
_MAX_TAGS = 20


class SarifReporter:
    """One run. Only rules that were broken are described."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Begin the document."""
        self._write = write
        self._sources = sources
        self._rules: dict[str, Finding] = {}
        self._problems: list[Problem] = []
        self._separator = "\n"
        write(_HEAD)

    def report(self, report: Report) -> None:
        """Write the results of one file; keep the problems, which come after all results."""
        self._problems.extend(report.problems)
        for path, findings in by_file(report.findings).items():
            self._write_results(findings, self._hashes(path), Columns(path, self._sources))

    def _write_results(self, findings: list[Finding], hashes: list[str], columns: Columns) -> None:
        for finding in findings:
            self._rules.setdefault(finding.code, finding)
            line_hash = hashes[finding.line - 1] if finding.line <= len(hashes) else ""
            result = self._result(finding, line_hash)
            fix = self._fix(finding, columns)
            if fix is not None:
                result["fixes"] = [fix]
            self._write(f"{self._separator}   {json.dumps(result)}")
            self._separator = ",\n"

    def close(self, totals: Totals) -> None:
        """Write the rules and what could not be done, and end the document."""
        rules = [_descriptor(finding, self._sources.rule(finding)) for finding in self._rules.values()]
        invocation: dict[str, Any] = {"executionSuccessful": not totals.failures}
        if self._problems:
            invocation["toolExecutionNotifications"] = [self._notification(problem) for problem in self._problems]
        rows = ",".join(f"\n    {json.dumps(rule)}" for rule in rules)
        driver = f'"name": "authlint", "semanticVersion": "{__version__}", "rules": [{rows}]'
        self._write("]" if self._separator == "\n" else "\n  ]")
        self._write(f',\n  "tool": {{"driver": {{{driver}}}}},\n  "invocations": [{json.dumps(invocation)}]\n }}]}}\n')

    def _hashes(self, path: str) -> list[str]:
        raw = self._sources.read(path)
        return [] if raw is None else line_hashes(raw.decode("utf-8", "replace"))

    def _result(self, finding: Finding, line_hash: str) -> dict[str, Any]:
        artifact = self._artifact(finding.path)
        fingerprints = {"primaryLocationLineHash": line_hash} if line_hash else {}
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": list(self._rules).index(finding.code),
            "level": _LEVELS[finding.level],
            "message": {"text": _message(finding)},
            "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": _region(finding)}}],
            "partialFingerprints": {**fingerprints, "authlint/v1": finding.fingerprint},
        }
        if finding.related:
            result["relatedLocations"] = [
                {
                    "id": number,
                    "message": {"text": clean(related.message)},
                    "physicalLocation": {"artifactLocation": artifact, "region": _start(related)},
                }
                for number, related in enumerate(finding.related, 1)
            ]
        more = {"confidence": finding.confidence, "language": finding.language, "provider": finding.provider}
        result["properties"] = {key: value for key, value in more.items() if value}
        if finding.commit is not None:
            result["properties"]["commit"] = {**finding.commit._asdict(), "author": clean(finding.commit.author)}
        if finding.tags:
            result["properties"]["tags"] = list(finding.tags)
        return result

    def _fix(self, finding: Finding, columns: Columns) -> dict[str, Any] | None:
        """What to write where: never what was there, which may be a credential."""
        texts = replacements(finding, columns)
        if finding.fix is None or not texts:
            return None
        changes = [
            {"deletedRegion": _region(extent), "insertedContent": {"text": text}} if text
            else {"deletedRegion": _region(extent)}
            for extent, text in texts
        ]  # fmt: skip
        return {
            "description": {"text": clean(finding.fix.description)},
            "artifactChanges": [{"artifactLocation": self._artifact(finding.path), "replacements": changes}],
            "properties": {"applicability": finding.fix.applicability},
        }

    def _artifact(self, path: str) -> dict[str, str]:
        located = self._sources.locate(path)
        if located.startswith("/") or located[1:3] in (":/", ":\\"):  # outside of the repository
            return {"uri": "file:///" + quote(located.lstrip("/").replace("\\", "/"), safe="/:", errors=_BYTES)}
        return {"uri": quote(located, errors=_BYTES), "uriBaseId": "%SRCROOT%"}

    def _notification(self, problem: Problem) -> dict[str, Any]:
        notification: dict[str, Any] = {
            "descriptor": {"id": problem.kind},
            "level": "warning" if problem.kind in HARMLESS else "error",
            "message": {"text": clean(problem.message)},
        }
        if problem.path:
            notification["locations"] = [{"physicalLocation": {"artifactLocation": self._artifact(problem.path)}}]
        return notification


def _message(finding: Finding) -> str:
    """The message, with links to the related places, which GitHub shows; no part of it becomes one by chance."""
    text = clean(finding.message)
    if "](" in text:
        text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    links = [f"[{_bare(related.message)}]({number})" for number, related in enumerate(finding.related, 1)]
    return f"{text} ({', '.join(links)})" if links else text


def _bare(text: str) -> str:
    return clean(text).replace("\\", "").replace("[", "(").replace("]", ")")


def _region(place: Finding | Extent) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _start(related: Related) -> dict[str, int]:
    return {
        "startLine": related.line,
        "startColumn": related.column,
        "endLine": related.line,
        "endColumn": related.column + 1,
    }


def _descriptor(finding: Finding, rule: Rule | None) -> dict[str, Any]:
    """What GitHub shows of a rule, and by what it sorts and filters alerts."""
    if rule is None:
        text = {"text": finding.name}
        return {
            "id": finding.code,
            "name": finding.name,
            "shortDescription": text,
            "fullDescription": text,
            "help": text,
        }
    descriptor: dict[str, Any] = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": cut(rule.summary, _MAX_TEXT)},
        "fullDescription": {"text": cut(flat(rule.why), _MAX_TEXT)},
        "help": {"text": _plain(rule), "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {
            "tags": _tags(rule),
            "precision": rule.confidence,
            "problem.severity": "recommendation" if rule.level == "info" else rule.level,
            "security-severity": f"{rule.security_severity:.1f}",
        },
    }
    page = page_of(rule.name) if is_ours(rule.code) else ""
    address = page if "://" in page else next(iter(rule.references), "")  # SARIF wants a whole address
    if address:
        descriptor["helpUri"] = address
    return descriptor


def _tags(rule: Rule) -> list[str]:
    weaknesses = (f"external/cwe/cwe-{number:03}" for number in rule.cwe)
    return [tag for tag in ("security", rule.family, *weaknesses, *rule.owasp) if tag][:_MAX_TAGS]


def _plain(rule: Rule) -> str:
    references = "".join(f"\n{url}" for url in rule.references)
    return "\n\n".join([*paragraphs(rule.why), "What to do:", *paragraphs(rule.fix)]) + (
        f"\n{references}" * bool(references)
    )


def _markdown(rule: Rule) -> str:
    parts = [f"# {rule.summary}", *paragraphs(rule.why), "## What to do", *paragraphs(rule.fix)]
    if rule.references:
        parts += ["## References", "\n".join(f"- <{url}>" for url in rule.references)]
    ignore = f"`authlint: ignore[{rule.name}] reason`"
    return "\n\n".join([*parts, f"If this is meant, say so beside it: {ignore} in a comment."])
