"""Finds the files of ``rules/`` and loads what they hold, from an index where there is one. Part of the edge: does I/O.

Reading TOML takes a tenth of a second, too long for every start. A wheel has the index beside the rules; for a checkout
and for users' own rules it is in the cache, under a name made from the content of all files. It has three parts: what
every start needs, the packs (providers and libraries), which only files with something to find need, and the long texts
of rules (why, fix, references, examples), which only a few commands show.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from authlint import __version__
from authlint.errors import RuleError
from authlint.ruleset.rules import Outline, Packs, Rule, RuleFile, RuleSet
from authlint.ruleset.schema import build, dump
from authlint.run import cache

if TYPE_CHECKING:
    from authlint.ruleset.rules import Contents

INDEX, PACKS, TEXTS = "index.json", "packs.json", "texts.json"
_TEXT_FIELDS = ("why", "fix", "references", "example")
_CACHED = 8


def load(rule_paths: Sequence[str | os.PathLike[str]] = (), *, full: bool = False) -> RuleSet:
    """Everything authlint knows, and what is below ``rule_paths``: folders laid out like ``rules/``, or single files.

    Without ``full`` the rules' long texts are empty.
    """
    own = folder()
    shipped = _decode(_bytes(own, INDEX), _bytes(own, TEXTS) if full else b"", partial(_shipped_packs, own))
    others = (_cached(path, _slashed(path), full) for path in [os.fspath(each) for each in rule_paths])
    return merge([shipped or _cached(own, os.path.basename(own), full), *others])


def folder() -> str:
    """Where authlint's own rules are: inside the package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "rules")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "rules")


def digest(rule_paths: Sequence[str]) -> str:
    """What tells what is known from what another authlint, or other files below the paths, would say."""
    import hashlib  # noqa: PLC0415 - as below

    own = folder()
    shipped = [part for part in (_bytes(own, INDEX), _bytes(own, PACKS)) if part]
    read = [file.data for path in (*(() if shipped else (own,)), *rule_paths) for file in files(path, path)]
    return hashlib.sha256(repr([*shipped, *read]).encode()).hexdigest()


def files(path: str | os.PathLike[str], label: str) -> list[RuleFile]:
    """The rule files below a folder, or the one file; ``label`` is how errors call what ``path`` names."""
    path = os.fspath(path)
    if os.path.isfile(path):
        return [_file(path, label)]
    if not os.path.exists(path):
        raise RuleError(f"{_slashed(path)}: there is no such file or folder")
    found = [
        _file(os.path.join(path, inner, name), f"{label}/{inner}/{name}")
        for inner in sorted(_entries(path))
        if os.path.isdir(os.path.join(path, inner))
        for name in sorted(_entries(os.path.join(path, inner)))
        if name.endswith(".toml")
    ]
    if not found:
        raise RuleError(f"{_slashed(path)}: holds no rules, such as 'transport/some-rule.toml'")
    return found


def encode(ruleset: RuleSet) -> dict[str, bytes]:
    """The content of each index file: what every start needs, providers and libraries, and the rules' long texts."""
    rules = [dump(_without_texts(rule)) for rule in ruleset.rules]
    packs = {
        "providers": [dump(provider) for provider in ruleset.providers],
        "libraries": [dump(library) for library in ruleset.libraries],
    }
    texts = {rule.name: _texts(rule) for rule in ruleset.rules}
    index = {"rules": rules, "outline": dump(ruleset.packs.outline)}
    return {INDEX: _json(index), PACKS: _json(packs), TEXTS: _json(texts)}


def merge(sets: Iterable[RuleSet]) -> RuleSet:
    """Several rule sets as one, rules in the order of their codes."""
    sets = tuple(sets)
    rules = tuple(sorted(chain.from_iterable(each.rules for each in sets), key=lambda rule: rule.code))
    seen: dict[str, Rule] = {}
    for rule in rules:
        if other := seen.get(rule.code):
            raise RuleError(f"rules '{other.name}' and '{rule.name}' have the same code, {rule.code}")
        if other := seen.get(rule.name):
            raise RuleError(f"rules {other.code} and {rule.code} have the same name, '{rule.name}'")
        seen[rule.code] = seen[rule.name] = rule
    packs = tuple(each.packs for each in sets)
    outline = Outline(
        *(tuple(chain.from_iterable(part)) for part in zip(*(each.outline for each in packs), strict=True))
    )
    for twice in {one for one in outline.ids if outline.ids.count(one) > 1}:
        raise RuleError(f"two providers have the same id, '{twice}'")
    return RuleSet(rules, packs=Packs(outline, partial(_together, packs)))


def _together(packs: tuple[Packs, ...]) -> Contents:
    providers, libraries = zip(*(each.contents for each in packs), strict=True)
    return tuple(chain.from_iterable(providers)), tuple(chain.from_iterable(libraries))


def _cached(path: str, label: str, full: bool) -> RuleSet:
    import hashlib  # noqa: PLC0415 - an installed authlint without rules of the user does not need it

    found = files(path, label)
    digest = hashlib.sha256(repr((__version__, Rule.__annotations__, Outline.__annotations__)).encode())
    for file in found:
        digest.update(repr((file.folder, file.stem, len(file.data))).encode() + file.data)
    names = {part: f"{part.partition('.')[0]}-{digest.hexdigest()}.json" for part in (INDEX, PACKS, TEXTS)}
    load_packs = partial(_cached_packs, names[PACKS], path, label)
    known = _decode(cache.read(names[INDEX]), cache.read(names[TEXTS]) if full else b"", load_packs)
    if known:
        return known
    ruleset = _parse(found)
    for part, payload in encode(ruleset).items():
        cache.write(names[part], payload, keep=_CACHED)
    return ruleset if full else RuleSet(tuple(map(_without_texts, ruleset.rules)), packs=ruleset.packs)


def _cached_packs(name: str, path: str, label: str) -> Contents:
    return _decode_packs(cache.read(name)) or _parse(files(path, label)).packs.contents


def _shipped_packs(own: str) -> Contents:
    return _decode_packs(_bytes(own, PACKS)) or _parse(files(own, os.path.basename(own))).packs.contents


def _parse(found: list[RuleFile]) -> RuleSet:
    from authlint.ruleset import rulefiles  # noqa: PLC0415 - only what is new is parsed

    return rulefiles.parse(found)


def _decode(index: bytes | None, texts: bytes | None, load_packs: Callable[[], Contents]) -> RuleSet | None:
    """The rule set of the index files, ``None`` if one is missing or makes no sense. Empty texts are left out."""
    if index is None or texts is None:
        return None
    try:
        table = json.loads(index)
        rules = table["rules"]
        if texts:
            more = json.loads(texts)
            rules = [{**rule, **more[rule["name"]]} for rule in rules]
        outline = build(Outline, table["outline"], INDEX)
        return RuleSet(tuple(build(Rule, rule, INDEX) for rule in rules), packs=Packs(outline, load_packs))
    except (ValueError, LookupError, TypeError, RecursionError, RuleError):
        return None


def _decode_packs(packs: bytes | None) -> Contents | None:
    from authlint.ruleset.libraries import Library  # noqa: PLC0415 - needed with the first file that has something to find
    from authlint.ruleset.providers import Provider  # noqa: PLC0415

    try:
        table = json.loads(packs or b"")
        providers = tuple(build(Provider, provider, PACKS) for provider in table["providers"])
        return providers, tuple(build(Library, library, PACKS) for library in table["libraries"])
    except (ValueError, LookupError, TypeError, RecursionError, RuleError):
        return None


def _without_texts(rule: Rule) -> Rule:
    return rule._replace(why="", fix="", references=(), example=())


def _texts(rule: Rule) -> dict[str, object]:
    return {key: value for key, value in dump(rule).items() if key in _TEXT_FIELDS}


def _json(table: object) -> bytes:
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()


def _entries(path: str) -> list[str]:
    try:
        return os.listdir(path)
    except OSError as error:
        raise RuleError(f"{_slashed(path)}: cannot be read: {error.strerror}") from None


def _file(path: str, label: str) -> RuleFile:
    above, name = os.path.split(os.path.abspath(path))
    try:
        with open(path, "rb") as stream:
            return RuleFile(label, os.path.basename(above), os.path.splitext(name)[0], stream.read())
    except OSError as error:
        raise RuleError(f"{_slashed(path)}: cannot be read: {error.strerror}") from None


def _bytes(folder: str, name: str) -> bytes | None:
    try:
        with open(os.path.join(folder, name), "rb") as stream:
            return stream.read()
    except OSError:
        return None


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")
