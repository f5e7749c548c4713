"""Finds the files of ``rules/`` and loads what they hold, from an index where there is one. Part of the edge: does I/O.

Reading TOML takes a tenth of a second, too long for every start. A wheel has the index beside the rules; for a checkout
and for users' own rules it is in the cache, under a name made from the content of all files. The long texts of rules
(why, fix, references, examples) are in an index of their own, since only a few commands show them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from authlint import __version__, cache
from authlint.errors import RuleError
from authlint.rules import Rule, RuleSet
from authlint.schema import build, dump

if TYPE_CHECKING:
    from authlint.rulefiles import RuleFile

INDEX, TEXTS = "index.json", "texts.json"
_TEXT_FIELDS = ("why", "fix", "references", "example")
_CACHED = 8


def load(rule_paths: Sequence[Path] = (), *, full: bool = False) -> RuleSet:
    """Everything authlint knows, and what is below ``rule_paths``: folders laid out like ``rules/``, or single files.

    Without ``full`` the rules' long texts are empty.
    """
    own = folder()
    shipped = _decode(_bytes(own / INDEX), _bytes(own / TEXTS) if full else b"")
    others = (_cached(files(path, path.as_posix()), full) for path in rule_paths)
    return merge([shipped or _cached(files(own, own.name), full), *others])


def folder() -> Path:
    """Where authlint's own rules are: inside the package, or beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def files(path: Path, label: str) -> list[RuleFile]:
    """The rule files below a folder, or the one file; ``label`` is how errors call what ``path`` names."""
    from authlint.rulefiles import RuleFile  # noqa: PLC0415 - an installed authlint reads its index instead

    try:
        if path.is_file():
            return [RuleFile(label, path.absolute().parent.name, path.stem, path.read_bytes())]
        found = [
            RuleFile(f"{label}/{file.parent.name}/{file.name}", file.parent.name, file.stem, file.read_bytes())
            for file in sorted(path.glob("*/*.toml"))
        ]
    except OSError as error:
        raise RuleError(f"{error.filename}: cannot be read: {error.strerror}") from None
    if not path.exists():
        raise RuleError(f"{path.as_posix()}: there is no such file or folder")
    if not found:
        raise RuleError(f"{path.as_posix()}: holds no rules, such as 'transport/some-rule.toml'")
    return found


def encode(ruleset: RuleSet) -> tuple[bytes, bytes]:
    """A rule set as the content of its two index files, the one that is always needed and the one with long texts."""
    texts = {rule.name: _texts(rule) for rule in ruleset.rules}
    return _json(dump(_without_texts(ruleset))), _json(texts)


def merge(sets: Iterable[RuleSet]) -> RuleSet:
    """Several rule sets as one, rules in the order of their codes."""
    sets = tuple(sets)
    rules = tuple(sorted(chain.from_iterable(each.rules for each in sets), key=lambda rule: rule.code))
    providers = tuple(chain.from_iterable(each.providers for each in sets))
    seen: dict[str, Rule] = {}
    for rule in rules:
        if other := seen.get(rule.code):
            raise RuleError(f"rules '{other.name}' and '{rule.name}' have the same code, {rule.code}")
        if other := seen.get(rule.name):
            raise RuleError(f"rules {other.code} and {rule.code} have the same name, '{rule.name}'")
        seen[rule.code] = seen[rule.name] = rule
    ids = [provider.id for provider in providers]
    for twice in {one for one in ids if ids.count(one) > 1}:
        raise RuleError(f"two providers have the same id, '{twice}'")
    return RuleSet(rules, providers, tuple(chain.from_iterable(each.libraries for each in sets)))


def _cached(found: list[RuleFile], full: bool) -> RuleSet:
    digest = hashlib.sha256(__version__.encode())
    for file in found:
        digest.update(repr((file.folder, file.stem, len(file.data))).encode() + file.data)
    index, texts = f"rules-{digest.hexdigest()}.json", f"texts-{digest.hexdigest()}.json"
    known = _decode(cache.read(index), cache.read(texts) if full else b"")
    if known:
        return known
    from authlint.rulefiles import parse  # noqa: PLC0415 - only what is new is parsed

    ruleset = parse(found)
    for name, payload in zip((index, texts), encode(ruleset), strict=True):
        cache.write(name, payload, keep=_CACHED)
    return ruleset if full else _without_texts(ruleset)


def _decode(index: bytes | None, texts: bytes | None) -> RuleSet | None:
    """The rule set of the two index files, ``None`` if one is missing or makes no sense. Empty texts are left out."""
    if index is None or texts is None:
        return None
    try:
        table = json.loads(index)
        if texts:
            more = json.loads(texts)
            table["rules"] = [{**rule, **more[rule["name"]]} for rule in table["rules"]]
        return build(RuleSet, table, INDEX)
    except (ValueError, LookupError, TypeError, RecursionError, RuleError):
        return None


def _without_texts(ruleset: RuleSet) -> RuleSet:
    rules = (replace(rule, why="", fix="", references=(), example=()) for rule in ruleset.rules)
    return replace(ruleset, rules=tuple(rules))


def _texts(rule: Rule) -> dict[str, object]:
    return {key: value for key, value in dump(rule).items() if key in _TEXT_FIELDS}


def _json(table: object) -> bytes:
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
