"""What becomes of the findings of a file: doubles go, ignore comments take theirs, each gets its fingerprint."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from authlint.finding import Finding
from authlint.rules import Rule, RuleSet
from authlint.source import Source, Span
from authlint.suppress import Ignore, Mistake, ignores

UNUSED, MISTAKEN = "AUT001", "AUT002"


def settle(
    found: Iterable[Finding], source: Source, ruleset: RuleSet, comments: list[Span] | None
) -> tuple[list[Finding], int]:
    """The findings that are reported, in order of place, and how many were ignored on request."""
    findings = sorted({(f.code, f.span): f for f in found}.values(), key=lambda f: (f.span, f.code))
    kept: list[Finding] = []
    used: set[Ignore] = set()
    comments_found = list(ignores(source, ruleset, comments))
    wanted = [item for item in comments_found if isinstance(item, Ignore)]
    for finding in findings:
        covering = [item for item in wanted if finding.code in item.codes and _covers(item, finding)]
        used.update(covering)
        if not covering:
            kept.append(finding)
    kept.extend(_about_comments(comments_found, used, source, ruleset))
    kept.sort(key=lambda f: (f.span, f.code))
    return list(_identified(kept, source)), len(findings) - sum(1 for f in kept if f.code not in (UNUSED, MISTAKEN))


def _covers(ignore: Ignore, finding: Finding) -> bool:
    return bool(ignore.lines & set(range(finding.line, min(finding.end_line, finding.line + 50) + 1)))


def _about_comments(
    comments: list[Ignore | Mistake], used: set[Ignore], source: Source, ruleset: RuleSet
) -> Iterator[Finding]:
    running = {rule.code: rule for rule in ruleset.rules}
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


def _identified(findings: list[Finding], source: Source) -> Iterator[Finding]:
    """Fingerprints: rule, path, the code around without its white space, and which of several equals it is."""
    seen: Counter[str] = Counter()
    for finding in findings:
        code = "\n".join(
            " ".join(source.line(n).split()) for n in range(finding.line, min(finding.end_line, finding.line + 5) + 1)
        )
        stem = hashlib.sha256(f"{finding.name}\0{finding.path}\0{code}".encode()).hexdigest()[:16]
        seen[stem] += 1
        yield finding._replace(fingerprint=f"{stem}-{seen[stem]}" if seen[stem] > 1 else stem)
