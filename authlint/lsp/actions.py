"""What can be done about a finding in an editor: its fix, an ignore comment, and all safe fixes at once.

Whatever is offered was tried on the text first: the finding is gone, nothing new is found, it parses as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from authlint.edits import Edit
from authlint.finding import Finding, Report
from authlint.languages import detect
from authlint.lsp.documents import changes
from authlint.repair import Repair
from authlint.repair.verify import broken
from authlint.source import Source

_HASH, _SLASHES, _MARKUP = ("# ", ""), ("// ", ""), ("<!-- ", " -->")
_COMMENTS = {
    **dict.fromkeys(("javascript", "typescript", "tsx"), (_SLASHES,)),
    **dict.fromkeys(("html", "markdown"), (_MARKUP,)),
    **dict.fromkeys(("vue", "svelte"), (_SLASHES, _MARKUP)),
    **dict.fromkeys(("json", "notebook"), ()),
    "text": (_HASH, _SLASHES),
}
"""How a comment begins and ends where it is not with ``#``."""

Lint = Callable[[bytes], Report]


def fixed(path: str, data: bytes, lint: Lint, wanted: Callable[[Finding], bool]) -> list[Edit]:
    """The edits that put right what is wanted; none if that cannot be done."""
    return list(changes(data, Repair(path, lint, wanted).run(data).after))


def ignored(path: str, data: bytes, lint: Lint, finding: Finding) -> list[Edit]:
    """The edit that adds an ignore comment for a finding: at the end of its line, or above where that does nothing."""
    before, language = lint(data), detect(path, data[:8192])
    for edit in _comments(Source(path, data, language), finding):
        after = data[: edit.span[0]] + edit.text.encode() + data[edit.span[0] :]
        report = lint(after)
        gone = report.suppressed > before.suppressed and len(report.findings) < len(before.findings)
        if gone and broken(Source(path, after, language)) <= broken(Source(path, data, language)):
            return [edit]
    return []


def _comments(source: Source, finding: Finding) -> Iterator[Edit]:
    begin = source.line_starts[finding.line - 1]
    line = source.line(finding.line)
    end = begin + len(line.encode())
    lead = line[: len(line) - len(line.lstrip())]
    newline = "\r\n" if b"\r\n" in source.data else "\n"
    languages = dict.fromkeys((finding.language, source.language))
    kinds = dict.fromkeys(kind for language in languages for kind in _COMMENTS.get(language, (_HASH,)))
    for opener, closer in kinds:
        comment = f"{opener}authlint: ignore[{finding.name}]{closer}"
        yield Edit((end, end), f"  {comment}")
        yield Edit((begin, begin), f"{lead}{comment}{newline}")
