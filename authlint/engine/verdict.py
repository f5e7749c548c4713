"""What becomes of the findings of a file: doubles go, ignore comments take theirs, each gets its fingerprint."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from authlint.engine.suppress import Ignore, Mistake, allowlisted, ignores
from authlint.finding import Finding
from authlint.ruleset.rules import Rule, RuleSet
from authlint.source import Source, Span

UNUSED, MISTAKEN = "AUT001", "AUT002"
CREDENTIALS, OF_FILES = "AUT1", "AUT109"
"""What the codes of rules about credentials begin with, and the one that is about a whole file."""
DECODED = "decoded"
"""The tag of findings in what an encoding hides."""


def settle(
    found: Iterable[Finding],
    source: Source,
    ruleset: RuleSet,
    comments: list[Span] | None,
    secrets: Mapping[tuple[str, Span], str],
) -> tuple[list[Finding], int]:
    """The findings that are reported, in order of place, and how many were ignored on request.

    ``secrets`` are those that are not part of what is flagged, by the code and span of the finding.
    """
    each = {(finding.code, finding.span): finding for finding in found}
    apart = _without_parts(sorted(each.values(), key=lambda f: (f.span[0], -f.span[1], f.code)))
    findings = _without_echoes(sorted(apart, key=lambda f: (f.span, f.code)), ruleset)
    kept: list[Finding] = []
    used: set[Ignore] = set()
    comments_found = list(ignores(source, ruleset, comments))
    wanted = [item for item in comments_found if isinstance(item, Ignore)]
    allowed = allowlisted(source) if any(f.code.startswith(CREDENTIALS) for f in findings) else frozenset()
    for finding in findings:
        covering = [item for item in wanted if finding.code in item.codes and _covers(item, finding)]
        used.update(covering)
        if not covering and not (allowed and _is_allowed(finding, allowed)):
            kept.append(finding)
    kept.extend(_about_comments(comments_found, used, source, ruleset))
    kept.sort(key=lambda f: (f.span, f.code))
    reported = sum(1 for finding in kept if finding.code not in (UNUSED, MISTAKEN))
    return list(_identified(kept, source, ruleset, secrets)), len(findings) - reported


def _without_parts(findings: list[Finding]) -> Iterator[Finding]:
    """A secret once, though a fence of a document and its whole text both show it: with what is written around it."""
    ends: dict[str, int] = {}
    for finding in findings:
        if not _is_secret(finding.code):
            yield finding
        elif finding.span[1] > ends.get(finding.code, -1):
            ends[finding.code] = finding.span[1]
            yield finding


def _without_echoes(findings: list[Finding], ruleset: RuleSet) -> list[Finding]:
    """One mistake is one finding: that of the rule that knows most of it, and where a secret is written plainly."""
    above = ruleset.superseded_by
    ranks: dict[tuple[int, bool], dict[str, list[Finding]]] = {}
    for finding in findings:
        rank = len(above.get(finding.code, ())), DECODED in finding.tags
        ranks.setdefault(rank, {}).setdefault(finding.code, []).append(finding)
    taken: dict[str, list[Span]] = {}
    echoes: set[int] = set()
    for (_, is_decoded), by_code in sorted(ranks.items()) if len(ranks) > 1 else ():
        here: dict[str, list[Span]] = {}
        for code, group in by_code.items():
            over = above.get(code, frozenset())
            stronger = [spans for other, spans in taken.items() if other in over or (is_decoded and _is_secret(other))]
            echoes.update(id(f) for f in group if any(_overlaps(spans, f.span) for spans in stronger))
            here[code] = [finding.span for finding in group if id(finding) not in echoes]
        for code, spans in here.items():
            taken[code] = _union(taken.get(code, []), spans)
    return [finding for finding in findings if id(finding) not in echoes]


def _is_secret(code: str) -> bool:
    return code.startswith(CREDENTIALS) and code != OF_FILES


def _union(spans: list[Span], more: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans + more):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _overlaps(spans: list[Span], span: Span) -> bool:
    """Whether a span has something in common with one of these, which are sorted and apart."""
    before = bisect_left(spans, (span[1], 0))
    return before > 0 and spans[before - 1][1] > span[0]


def _is_allowed(finding: Finding, lines: frozenset[int]) -> bool:
    """Whether a pragma of detect-secrets is meant for a finding: they are about committed credentials and no more."""
    return finding.code.startswith(CREDENTIALS) and not lines.isdisjoint(_lines(finding))


def _lines(finding: Finding) -> range:
    return range(finding.line, min(finding.end_line, finding.line + 50) + 1)


def _covers(ignore: Ignore, finding: Finding) -> bool:
    return not ignore.lines.isdisjoint(_lines(finding))


def _about_comments(
    comments: list[Ignore | Mistake], used: set[Ignore], source: Source, ruleset: RuleSet
) -> Iterator[Finding]:
    running = {rule.code: rule for rule in ruleset.rules} if comments else {}
    for comment in comments:
        if isinstance(comment, Mistake):
            yield from _engine_finding(running.get(MISTAKEN), source, comment.span, {"what": comment.what})
        elif comment not in used and comment.codes <= running.keys():
            names = ", ".join(sorted(comment.codes))
            yield from _engine_finding(running.get(UNUSED), source, comment.span, {"rules": names})


def _engine_finding(rule: Rule | None, source: Source, span: Span, fields: dict[str, str]) -> Iterator[Finding]:
    if rule is not None:
        start, end = source.position(span[0]), source.position(span[1])
        yield Finding(
            rule.code, rule.name, rule.message.format_map(fields), rule.level, rule.confidence, source.path, start.line,
            start.column, end.line, end.column, source.language, "", span,
        )  # fmt: skip


def _identified(
    findings: list[Finding], source: Source, ruleset: RuleSet, secrets: Mapping[tuple[str, Span], str]
) -> Iterator[Finding]:
    """Fingerprints, with the number of the finding where a file has several equal ones."""
    if not findings:
        return
    from authlint.engine.fingerprint import fingerprint  # noqa: PLC0415 - only findings need one

    seen: Counter[str] = Counter()
    for finding in findings:
        secret = ruleset.by_code[finding.code].family == "credentials"
        stem = fingerprint(finding, source, secrets.get((finding.code, finding.span), ""), secret=secret)
        seen[stem] += 1
        yield finding._replace(fingerprint=f"{stem}-{seen[stem]}" if seen[stem] > 1 else stem)
