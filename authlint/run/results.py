"""What files gave in earlier runs, so that a file that has not changed is not looked at again. Part of the edge: I/O.

One file of ``authlint.run.cache`` for each working folder, set of rules and settings. A result is found by a hash of
all that it follows from: the file's content, path and language in the key; the program, its rules, its settings and
what it is built on in the name. It holds what a report holds, so no secret. What cannot be understood to the last field
is as good as absent, and written anew at the end of the run: at once or not at all, so that a run that is killed, a
full disk or another run at the same time cost results and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from authlint import __version__
from authlint.edits import Edit, Fix
from authlint.finding import HARMLESS, Finding, Problem, Related, Report
from authlint.ruleset.rules import CONFIDENCES, LEVELS
from authlint.run import cache
from authlint.source import Position

if TYPE_CHECKING:
    from authlint.engine.linter import Options
    from authlint.ruleset.rules import RuleSet

_KEPT_FILES = 16
_KEPT_RESULTS = 100_000
_KEY_BYTES = 16
_BUILT_ON = ("detect_secrets", "hyperscan", "tree_sitter")


class Lesson(NamedTuple):
    """A result that was of use, and where it is kept; with what it was, if it is new."""

    name: str
    key: str
    value: str | None


class Results:
    """The results of one set of rules and settings."""

    def __init__(self, name: str, ruleset: RuleSet) -> None:
        """Nothing is read before it is asked for."""
        self.name = name
        self._rules = {rule.code: rule.name for rule in ruleset.rules}
        self._known: dict[str, str] | None = None
        self._lessons: list[Lesson] = []

    def get(self, path: str, language: str, raw: bytes) -> Report | None:
        """What a file gave, if that is known."""
        if self._known is None:
            self._known = load(self.name)
        key = _key(path, language, raw)
        value = self._known.get(key)
        report = None if value is None else self._decoded(value, path, len(raw))
        if report is not None:
            self._lessons.append(Lesson(self.name, key, None))
        return report

    def put(self, path: str, language: str, raw: bytes, report: Report) -> None:
        """Remember what a file gave, unless it could not be checked."""
        if all(problem.kind in HARMLESS for problem in report.problems):
            self._lessons.append(Lesson(self.name, _key(path, language, raw), _encoded(report)))

    def lessons(self) -> tuple[Lesson, ...]:
        """What was of use or is new since this was asked last."""
        lessons, self._lessons = tuple(self._lessons), []
        return lessons

    def _decoded(self, value: str, path: str, size: int) -> Report | None:
        if not value:
            return Report(path, bytes=size)
        try:
            suppressed, problems, rows = json.loads(value)
            findings = tuple(self._finding(row, path, size) for row in rows)
            said = tuple(Problem(path, kind, message) for kind, message in problems)
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        sound = all(problem.kind in HARMLESS and isinstance(problem.message, str) for problem in said)
        return Report(path, findings, said, size, suppressed) if sound and _is_count(suppressed) else None

    def _finding(self, row: dict[str, Any], path: str, size: int) -> Finding:
        """The finding in a row; a ``ValueError`` or the like if it is not one of ours to the last field."""
        related = tuple(Related(*each) for each in row["related"])
        known = {"path": path, "span": tuple(row["span"]), "tags": tuple(row["tags"]), "related": related}
        finding = Finding(**{**row, **known, "fix": _fix(row["fix"], size)})
        texts = (finding.message, finding.language, finding.fingerprint, *finding.tags, *(r.message for r in related))
        numbers = (*finding[6:10], *finding.span, *(number for r in related for number in r[1:]))
        start, end = finding.span
        sound = (
            self._rules[finding.code] == finding.name
            and finding.level in LEVELS
            and finding.confidence in CONFIDENCES
            and all(isinstance(text, str) for text in texts)
            and all(map(_is_count, numbers))
            and isinstance(finding.provider, (str, type(None)))
            and finding.commit is None
            and start <= end <= 2 * size
        )
        if not sound:
            raise ValueError(path)
        return finding


def _fix(row: Any, size: int) -> Fix | None:
    """The fix in a row, if there is one; an error if it is not one of ours."""
    if row is None:
        return None
    description, edits, applicability, *lists, revoke, places = row
    imports, variables = (tuple(words) for words in lists)
    made = tuple(Edit((start, end), text) for (start, end), text in edits)
    shown = tuple((Position(*start), Position(*end)) for start, end in places)
    texts = (description, revoke, *imports, *variables, *(edit.text for edit in made))
    numbers = (*(n for edit in made for n in edit.span), *(n for pair in shown for position in pair for n in position))
    sound = all(isinstance(text, str) for text in texts) and all(map(_is_count, numbers)) and len(made) == len(shown)
    if not sound or applicability not in ("safe", "unsafe") or any(e.span[1] > 2 * size for e in made):
        raise ValueError(description)
    return Fix(description, made, applicability, imports, variables, revoke, shown)


def load(name: str) -> dict[str, str]:
    """The results that are kept under a name: values by key."""
    try:
        lines = (cache.read(name) or b"").decode().split("\n")
    except UnicodeDecodeError:
        return {}
    return {line[: 2 * _KEY_BYTES]: line[2 * _KEY_BYTES + 1 :] for line in lines if line}


def save(lessons: Iterable[Lesson]) -> None:
    """Keep what was learnt. Of results that were of no use this time the newest stay, as long as there are few."""
    by_name: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        by_name.setdefault(lesson.name, []).append(lesson)
    for name, learnt in by_name.items():
        if any(lesson.value is not None for lesson in learnt):
            known = load(name)
            for lesson in learnt:  # to the end, which is what stays longest
                before = known.pop(lesson.key, None)
                value = before if lesson.value is None else lesson.value
                if value is not None:
                    known[lesson.key] = value
            rows = [f"{key} {value}" for key, value in known.items()][-_KEPT_RESULTS:]
            cache.write(name, "\n".join(rows).encode(), keep=_KEPT_FILES)


def name_for(ruleset: RuleSet, options: Options, rule_files: str) -> str:
    """Where results are kept: a hash of everything that they follow from besides the files.

    What follows from the day or is compared with other files is not kept.
    """
    rules = sorted(rule.code for rule in ruleset.rules)
    options = options._replace(today=None, key=b"")
    made_of = (__version__, sys.version, os.getcwd(), rules, options, rule_files, *_program(), *_built_on())
    return f"results-{hashlib.sha256(repr(made_of).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _program() -> Iterator[str]:
    """What tells this program from another of the same version: a wheel's list of its files, or when those changed."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    record = os.path.join(os.path.dirname(package), f"authlint-{__version__}.dist-info", "RECORD")
    try:
        with open(record, "rb") as stream:
            yield hashlib.sha256(stream.read()).hexdigest()
    except OSError:
        for folder, _, names in sorted(os.walk(package)):
            for name in sorted(names):
                if name.endswith((".py", ".json")):
                    status = os.stat(os.path.join(folder, name))
                    yield f"{folder}/{name} {status.st_size} {status.st_mtime_ns}"


def _built_on() -> Iterator[str]:
    """The names and versions of the parsers and of detect-secrets."""
    for folder in sorted({path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")}):
        for name in sorted(os.listdir(folder) if os.path.isdir(folder) else ()):
            if name.endswith(".dist-info") and name.startswith(_BUILT_ON):
                yield name


def _key(path: str, language: str, raw: bytes) -> str:
    head = f"{language}\0{path}\0".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(head + raw, digest_size=_KEY_BYTES).hexdigest()


def _encoded(report: Report) -> str:
    """A report as it is kept, without its path and size; nothing at all if there is nothing in it."""
    if not report.findings and not report.problems and not report.suppressed:
        return ""
    rows = [{key: value for key, value in finding._asdict().items() if key != "path"} for finding in report.findings]
    return json.dumps([report.suppressed, [problem[1:] for problem in report.problems], rows])


def _is_count(number: object) -> bool:
    return type(number) is int and number >= 0
