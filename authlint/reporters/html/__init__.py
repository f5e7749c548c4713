"""One page of HTML for people who look rather than read: charts, and a table to search, filter and open.

The page is complete in itself: it loads nothing, and its policy lets nothing run but our own scripts,
whatever a file is called or holds. Without the script everything is shown.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from authlint import __version__
from authlint.finding import HARMLESS
from authlint.reporters.common import Columns, by_file, worst_first
from authlint.reporters.html.charts import Tally, donut, panels
from authlint.reporters.html.rows import Shown, details, escape, row
from authlint.reporters.text import summary

if TYPE_CHECKING:
    from authlint.finding import Finding, Problem, Report
    from authlint.reporters import Sources, Totals, Write
    from authlint.ruleset.rules import Rule


_EARLY = 'document.documentElement.classList.add("js")'
"""Run before anything is laid out: rows that are closed cost nothing then."""


class HtmlReporter:
    """Keeps what was found, as the charts stand above the table."""

    def __init__(self, write: Write, sources: Sources) -> None:
        """Nothing is written before the end."""
        self._write = write
        self._sources = sources
        self._findings: list[Finding] = []
        self._details: dict[int, str] = {}
        self._problems: list[Problem] = []

    def report(self, report: Report) -> None:
        """Keep the findings of a file, each with its code frame; the file's bytes are not kept."""
        self._problems.extend(problem for problem in report.problems if problem.kind not in HARMLESS)
        for path, findings in by_file(report.findings).items():
            source = Columns(path, self._sources).source
            for finding in findings:
                self._details[id(finding)] = details(finding, self._sources.rule(finding), source)
                self._findings.append(finding)

    def close(self, totals: Totals) -> None:
        """Write the page."""
        for part in self._page(totals):
            self._write(part)

    def _page(self, totals: Totals) -> Iterator[str]:
        style, script = _asset("report.css"), _asset("report.js")
        shown = [Shown(finding, self._sources.rule(finding)) for finding in worst_first(self._findings, self._sources)]
        yield _head(style, script)
        yield self._top(totals)
        if shown:
            yield f'<section class="panels" aria-label="Totals">{"".join(panels(Tally.of(shown)))}</section>\n'
            yield _toolbar(shown)
            yield '<table id="findings"><thead><tr><th scope="col">Level</th><th scope="col">Rule</th>'
            yield '<th scope="col">Where</th><th scope="col">What</th></tr></thead>\n'
            for number, item in enumerate(shown):
                yield row(number, item, self._details[id(item.finding)])
            yield '</table>\n<p id="nothing" hidden>No finding fits. <kbd>Esc</kbd> takes the filters away.</p>\n'
            yield from _rules(shown)
        yield from _problems(self._problems)
        yield f"</main>\n<script>{script}</script>\n</body>\n</html>\n"

    def _top(self, totals: Totals) -> str:
        when = self._sources.now().strftime("%Y-%m-%d %H:%M UTC")
        counts = totals.levels
        cards = [
            ("error", counts["error"], "errors"),
            ("warning", counts["warning"], "warnings"),
            ("info", counts["info"], "info"),
            ("plain", totals.files, "files checked"),
        ]
        if totals.suppressed:
            cards.append(("plain", totals.suppressed, "ignored by comments"))
        if totals.known:
            cards.append(("plain", totals.known, "in the baseline"))
        if totals.failures:
            cards.append(("error", totals.failures, "problems"))
        shown = "".join(f'<li class="{kind}"><b>{number:,}</b> {label}</li>' for kind, number, label in cards)
        return (
            f"<header><div><h1>authlint</h1><p>{escape(summary(totals))}</p>"
            f'<p class="quiet">{when} · version {escape(__version__)}</p></div>'
            '<button id="theme" type="button">Dark or light</button></header>\n'
            f'<main>\n<section class="cards" aria-label="Summary">{donut(counts)}<ul>{shown}</ul></section>\n'
        )


def _head(style: str, script: str) -> str:
    scripts = f"{_hash(_EARLY)} {_hash(script)}"
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {scripts}; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>authlint report</title>\n<style>{style}</style>\n<script>{_EARLY}</script>\n</head>\n<body>\n"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _toolbar(shown: list[Shown]) -> str:
    rules = sorted({(item.finding.code, item.finding.name) for item in shown})
    options = "".join(f'<option value="{escape(code)}">{escape(code)} {escape(name)}</option>' for code, name in rules)
    levels = _choices(("error", "warning", "info"), {item.finding.level for item in shown})
    sure = _choices(("high", "medium", "low"), {item.finding.confidence for item in shown})
    return (
        '<form id="filters" role="search"><h2>Findings</h2>'
        '<label>Search <input id="search" type="search" placeholder="path, rule or message" autocomplete="off"></label>'
        f'<label>Level <select name="level"><option value="">all</option>{levels}</select></label>'
        f'<label>Rule <select name="code"><option value="">all</option>{options}</select></label>'
        f'<label>Confidence <select name="confidence"><option value="">all</option>{sure}</select></label>'
        '<label>Order <select id="order"><option value="">worst first</option><option value="path">path</option>'
        '<option value="code">rule</option></select></label>'
        '<button id="expand" type="button">Open all</button><button id="clear" type="button">Clear</button>'
        f'<output id="count" aria-live="polite">{len(shown):,} of {len(shown):,}</output>'
        '<p class="quiet keys"><kbd>/</kbd> search · <kbd>j</kbd> <kbd>k</kbd> next, previous · <kbd>Enter</kbd> open'
        ' · <kbd>Esc</kbd> clear</p><p id="chosen"></p></form>\n'
    )


def _choices(order: tuple[str, ...], there: set[str]) -> str:
    return "".join(f'<option value="{choice}">{choice}</option>' for choice in order if choice in there)


def _rules(shown: Iterable[Shown]) -> Iterator[str]:
    """What to do about each rule that was broken, once."""
    rules: dict[str, Rule] = {item.rule.code: item.rule for item in shown if item.rule}
    if not rules:
        return
    yield '<section class="rules"><h2>What to do</h2>\n'
    for code in sorted(rules):
        rule = rules[code]
        links = "".join(
            f'<li><a rel="noopener noreferrer" href="{escape(url)}">{escape(url)}</a></li>'
            for url in rule.references
            if url.startswith(("https://", "http://"))
        )
        weaknesses = ", ".join([*(f"CWE-{number}" for number in rule.cwe), *rule.owasp])
        yield (
            f'<article id="rule-{escape(code)}"><h3><code>{escape(code)}</code> {escape(rule.summary)}</h3>'
            f'<p class="quiet">{escape(rule.name)} · {escape(weaknesses)} · severity {rule.security_severity:.1f}</p>'
            f"<h4>Why it matters</h4><p>{escape(rule.why)}</p><h4>What to do</h4><p>{escape(rule.fix)}</p>"
            f"<ul>{links}</ul></article>\n"
        )
    yield "</section>\n"


def _problems(problems: list[Problem]) -> Iterator[str]:
    if problems:
        rows = "".join(f"<li><code>{escape(each.path)}</code> {escape(each.message)}</li>" for each in problems)
        yield f'<section class="problems"><h2>Could not be checked</h2><ul>{rows}</ul></section>\n'


def _asset(name: str) -> str:
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()
