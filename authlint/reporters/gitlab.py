"""Reports for GitLab's security pages: committed credentials as secret detection, everything else as SAST.

One report of each type is what GitLab expects of an analyzer: a finding in both would be listed twice. Each report says
in its messages how many findings the other one has.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from authlint import __version__
from authlint.finding import HARMLESS
from authlint.reporters.common import Names, cut, flat, rating
from authlint.secret.redact import clean

if TYPE_CHECKING:
    from authlint.finding import Finding, Problem, Report
    from authlint.reporters import Sources, Totals, Write
    from authlint.ruleset.rules import Rule

_VERSION = "15.0.6"  # known to every GitLab since 16.2, and to those of today
_NO_COMMIT = "0000000"  # must be given; GitLab knows which commit the job ran on
_MAX_NAME, _MAX_SOLUTION = 255, 7000
_CREDENTIALS = "credentials"


class _GitlabReporter:
    """A security report: vulnerabilities are written as they come, what is about the scan at the end."""

    type = ""
    credentials = False
    elsewhere = ""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Begin the document."""
        self._write = write
        self._sources = sources
        self._started = _time(sources)
        self._names = Names()
        self._problems: list[Problem] = []
        self._others = 0
        self._separator = "\n"
        write(f'{{"version": "{_VERSION}",\n "vulnerabilities": [')

    def report(self, report: Report) -> None:
        """Write those findings of a file that belong into this report."""
        self._problems.extend(report.problems)
        for finding in report.findings:
            rule = self._sources.rule(finding)
            if (rule is not None and rule.family == _CREDENTIALS) is not self.credentials:
                self._others += 1
                continue
            self._write(f"{self._separator}  {json.dumps(self._vulnerability(finding, rule))}")
            self._separator = ",\n"

    def close(self, totals: Totals) -> None:
        """Write what is known of the scan, and end the document."""
        tool = {"id": "authlint", "name": "authlint", "version": __version__, "vendor": {"name": "authlint"}}
        scan: dict[str, Any] = {
            "type": self.type,
            "status": "failure" if totals.failures and not totals.files else "success",
            "start_time": self._started,
            "end_time": _time(self._sources),
            "analyzer": tool,
            "scanner": tool,
            "messages": self._messages(),
        }
        self._write("]" if self._separator == "\n" else "\n ]")
        self._write(f',\n "scan": {json.dumps(scan)}}}\n')

    def _messages(self) -> list[dict[str, str]]:
        messages = []
        if self._others:
            count = "1 finding is" if self._others == 1 else f"{self._others:,} findings are"
            messages.append({"level": "info", "value": f"{count} in the report that {self.elsewhere} writes"})
        for problem in self._problems:
            level = "info" if problem.kind in HARMLESS else "warn"
            where = f"{clean(problem.path)}: " if problem.path else ""
            messages.append({"level": level, "value": f"{where}{clean(problem.message)}"})
        return messages

    def _vulnerability(self, finding: Finding, rule: Rule | None) -> dict[str, Any]:
        path = clean(self._sources.locate(finding.path))
        lines = {"start_line": finding.line, "end_line": finding.end_line}
        signature = {"algorithm": "hash", "value": finding.fingerprint}
        vulnerability: dict[str, Any] = {
            "id": self._names.uuid(finding),
            "name": cut(rule.summary if rule else finding.name, _MAX_NAME),
            "description": _description(finding, rule),
            "severity": rating(finding, rule).title(),
            "identifiers": _identifiers(finding, rule),
            "location": {"file": path, **lines},
            "tracking": {"type": "source", "items": [{"file": path, **lines, "signatures": [signature]}]},
        }
        if rule is not None:
            vulnerability["solution"] = cut(flat(rule.fix), _MAX_SOLUTION)
            vulnerability["links"] = [{"url": url} for url in rule.references]
        if finding.confidence == "low":
            doubt = "authlint has little confidence in this finding"
            flag = {"type": "flagged-as-likely-false-positive", "origin": "authlint", "description": doubt}
            vulnerability["flags"] = [flag]
        if self.credentials:
            vulnerability["location"]["commit"] = _commit(finding)
        return vulnerability


def _commit(finding: Finding) -> dict[str, str]:
    """What brought a finding, where the history was looked at."""
    if finding.commit is None:
        return {"sha": _NO_COMMIT}
    commit = finding.commit
    return {"sha": commit.id, "author": clean(commit.author), "date": commit.date}


class SastReporter(_GitlabReporter):
    """``gl-sast-report.json``."""

    type = "sast"
    credentials = False
    elsewhere = "gitlab-secrets"


class SecretsReporter(_GitlabReporter):
    """``gl-secret-detection-report.json``."""

    type = "secret_detection"
    credentials = True
    elsewhere = "gitlab-sast"


def _identifiers(finding: Finding, rule: Rule | None) -> list[dict[str, str]]:
    """The rule first: by it GitLab tells findings apart."""
    own = {"type": "authlint_rule", "name": f"authlint {finding.code} {finding.name}", "value": finding.code}
    weaknesses = [
        {
            "type": "cwe",
            "name": f"CWE-{number}",
            "value": str(number),
            "url": f"https://cwe.mitre.org/data/definitions/{number}.html",
        }
        for number in (rule.cwe if rule else ())
    ]
    return [own, *weaknesses]


def _description(finding: Finding, rule: Rule | None) -> str:
    """The message as plain text within Markdown, and why it matters."""
    message = "".join(f"\\{char}" if char in "\\`*_{}[]<>#|@~&!" else char for char in clean(finding.message))
    return f"{message}\n\n{flat(rule.why)}" if rule and rule.why else message


def _time(sources: Sources) -> str:
    return sources.now().strftime("%Y-%m-%dT%H:%M:%S")
