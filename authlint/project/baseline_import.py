"""What other tools call known: baselines of detect-secrets, JSON reports of gitleaks and ``.gitleaksignore`` files.

Each of their entries is matched with what authlint finds itself, by the hash or the text of the secret where there is
one, else by its line. Their hashes and secrets are compared and forgotten: none is shown, none is written.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from authlint.errors import InputError
from authlint.finding import Finding
from authlint.project.files import TooLargeError
from authlint.project.files import read as read_file
from authlint.project.settings import Settings, shown
from authlint.secret.redact import clean, credentials, mask_line
from authlint.source import Source, decode

_LIMIT = 200_000_000
_MAX_LINES = 6
_REACH = 2_000
_SHORTEST = 4
_REDACTED = re.compile(r"REDACTED|\.\.\.|\*{3}|…")
_IGNORED = re.compile(r"(?:[0-9a-f]{40}:)?(?P<path>[^:].*):(?P<rule>[\w.-]+):(?P<line>[0-9]{1,9})")
_TOKEN = re.compile(r"[^\s\"'`,;<>(){}\[\]]+")
_QUOTED = re.compile(r"\"([^\"]+)\"|'([^']+)'|`([^`]+)`")
_SEPARATOR = re.compile(r"[=:@/]")
_JWT = re.compile(r"(eyJ[\w=-]+\.[\w=-]+)(\.?)")
_PEM = re.compile(r"BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?")
_VERDICTS = {"True": ", where it was confirmed", "False": ", where it was called a false positive"}
_SORT = re.compile(r"gh[pousr]|gl[a-z]{2,6}")


class Foreign(NamedTuple):
    """An entry of another tool's. ``line`` is 0 where it says none, ``verdict`` what a person said of it."""

    path: str
    line: int
    end_line: int
    rule: str
    sha1: str = ""
    secret: str = ""
    verdict: str = ""


def read(file: str) -> list[Foreign]:
    """The entries of a file of another tool's; an ``InputError`` that says what is wrong where it is none."""
    where = shown(file)
    try:
        with open(file, "rb") as stream:
            content = decode(stream.read(_LIMIT)).decode("utf-8", "replace")
    except FileNotFoundError:
        raise InputError(f"{where}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{where}: cannot be read: {error.strerror}") from None
    if content.lstrip()[:1] not in ("{", "[") and content.strip() != "null":
        return list(_ignored(content, where))
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError(f"{where}: is not JSON, though it begins like it") from None
    try:
        if isinstance(found, dict) and isinstance(found["results"], dict) and "plugins_used" in found:
            return [_of_detect_secrets(name, item) for name, items in found["results"].items() for item in items]
        if not isinstance(found, dict):
            return [_of_gitleaks(item) for item in found or ()]
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    raise InputError(f"{where}: is neither a baseline of detect-secrets nor a report of gitleaks")


class Matcher:
    """Matches findings with the entries of another tool, and knows which entries are left."""

    def __init__(self, foreign: Iterable[Foreign], source: str, folder: str) -> None:
        """Paths are looked for below ``folder``, beside ``source``, and below the working directory."""
        self._name = clean(os.path.basename(source))
        self._bases = (folder, os.path.dirname(os.path.abspath(source)), os.getcwd())
        self._items: dict[str, list[Foreign]] = {}
        self._matched: set[Foreign] = set()
        self._lines: dict[str, Source | None] = {}
        self._foreign = list(dict.fromkeys(foreign))
        for item in self._foreign:
            if place := self._place(item.path):
                self._items.setdefault(place, []).append(item)

    @property
    def files(self) -> tuple[str, ...]:
        """The files that entries are about, as far as they exist."""
        return tuple(sorted(self._items))

    def reason(self, item: Foreign) -> str:
        """What a line of the baseline says of where it comes from."""
        return f"from {self._name}{item.verdict}"

    def matching(self, finding: Finding, *, secret: bool) -> list[Foreign]:
        """The entries that are about what a finding flags. ``secret``: that is a credential."""
        items = self._items.get(os.path.abspath(finding.path), []) if secret else []
        source = self._source(os.path.abspath(finding.path)) if items else None
        if source is None:
            return []
        exact, rough = _hashes(finding, source)
        found = [item for item in items if _is_about(item, finding, source, exact, rough)]
        self._matched.update(found)
        return found

    def unmatched(self) -> Iterator[tuple[Foreign, str]]:
        """The entries that no finding was matched with, and why."""
        for item in self._foreign:
            if item in self._matched:
                continue
            place = self._place(item.path)
            source = self._source(place) if place else None
            if not place:
                yield item, "the file is gone"
            elif source is not None and item.secret and item.secret not in source.text:
                yield item, "what it was about is gone from the file"
            elif item.sha1:
                yield item, "authlint finds no secret with this hash in the file"
            else:
                yield item, "authlint finds no secret there"

    def _place(self, path: str) -> str:
        for base in self._bases:
            place = os.path.normpath(os.path.join(base, path.replace("\\", "/")))
            if os.path.isfile(place):
                return place
        return ""

    def _source(self, path: str) -> Source | None:
        if path not in self._lines:
            try:
                raw, binary = read_file(path, Settings().max_file_size)
            except (OSError, TooLargeError):
                binary = True
            self._lines[path] = None if binary else Source(path, decode(raw))
        return self._lines[path]


def _of_detect_secrets(name: str, item: dict[str, Any]) -> Foreign:
    line = int(item.get("line_number") or 0)
    verdict = _VERDICTS.get(str(item.get("is_secret")), "")
    return Foreign(name, line, line, _word(item["type"]), sha1=str(item["hashed_secret"]).lower(), verdict=verdict)


def _of_gitleaks(item: dict[str, Any]) -> Foreign:
    secret = str(item.get("Secret") or "")
    line = int(item["StartLine"])
    return Foreign(
        str(item["File"]), line, max(line, int(item.get("EndLine") or line)), _word(item["RuleID"]),
        secret="" if len(secret) < _SHORTEST or _REDACTED.search(secret) else secret,
    )  # fmt: skip


def _ignored(content: str, where: str) -> Iterator[Foreign]:
    for number, raw in enumerate(content.splitlines(), 1):
        line = raw.partition(" #")[0].strip()
        if not line or line.startswith("#"):
            continue
        match = _IGNORED.fullmatch(line)
        if match is None:
            raise InputError(
                f"{where}:{number}: is not 'FILE:RULE:LINE'; a .gitleaksignore, a JSON report of gitleaks "
                "or a baseline of detect-secrets can be imported"
            )
        yield Foreign(match["path"], int(match["line"]), int(match["line"]), _word(match["rule"]))


def _word(text: Any) -> str:
    """What another tool calls a rule, as it may be shown."""
    return mask_line(clean(str(text)[:80]))


def _is_about(item: Foreign, finding: Finding, source: Source, exact: set[str], rough: set[str]) -> bool:
    on_its_line = item.line <= finding.end_line and finding.line <= item.end_line
    if item.sha1:
        return item.sha1 in exact or (item.sha1 in rough and on_its_line)
    if item.secret:
        start, end = finding.span
        raw = item.secret.encode("utf-8", "replace")
        return source.data.find(raw, max(0, start - len(raw) + 1), end + len(raw) - 1) >= 0
    return on_its_line


def _hashes(finding: Finding, source: Source) -> tuple[set[str], set[str]]:
    """The SHA-1 of all that detect-secrets may have taken for the secret on the lines of a finding.

    The second set is of what many secrets share: for some kinds only the prefix or the header was hashed.
    """
    exact: set[str] = set()
    rough: set[str] = set()
    for number in range(finding.line, min(finding.end_line, finding.line + _MAX_LINES - 1) + 1):
        start = max(0, finding.column - _REACH) if number == finding.line else 0
        line = source.line(number)[start : start + 2 * _REACH]
        exact.update(map(_sha1, _candidates(line)))
        rough.update(_sha1(match[0]) for pattern in (_PEM, _SORT) for match in pattern.finditer(line))
    return exact, rough


def _candidates(line: str) -> Iterator[str]:
    yield line.strip()
    yield from (line[start:end] for start, end in credentials(line))
    yield from (next(filter(None, match.groups())) for match in _QUOTED.finditer(line))
    for match in _JWT.finditer(line):
        yield from (match[1], match[0])
    for match in _TOKEN.finditer(line):
        token = match[0]
        yield token
        for border in list(_SEPARATOR.finditer(token))[:20]:
            yield from (token[border.end() :], token[: border.start()])
            yield token[border.end() :].partition("@")[0]


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
