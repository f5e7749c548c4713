"""Who takes a credential out of a URL: servers and pages that read it, and settings that say it is looked for there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from authlint.concepts.storage.url_credentials import Sort, is_one_time, sort_of_parameter, surroundings
from authlint.concepts.unit import Meant, Unit
from authlint.facts import Call, Member, Ref, Text, Value, dotted, walk
from authlint.ruleset.libraries import Row
from authlint.source import Span
from authlint.values.texts import key_of

How: TypeAlias = Literal["read", "setting", "openapi"]

_SCHEME = re.compile(r"(?:^|\.)(?:securitySchemes|securityDefinitions)\.[^.]+\.in$")
_CUTTERS = frozenset(("split", "indexOf", "partition", "rpartition"))
_CUT = re.compile(r"[?&#]?([A-Za-z_]{3,30})=")
_PAGE = re.compile(r"(?i)search|url|href|location|query|request|uri")
_FRAGMENT = re.compile(r"(?i)\bhash\b|hash$|fragment")


@dataclass(frozen=True, slots=True)
class Reader:
    """A place where a credential called ``name`` is taken from a URL, or a setting that says so."""

    name: str
    span: Span
    how: How = "read"


def readers(unit: Unit) -> Iterator[Reader]:
    """Every one of them; a parameter that a function reads several times is one."""
    seen: set[tuple[int, str]] = set()
    for name, value, scope in sorted(_read(unit), key=lambda item: item[1].span):
        key = (unit.facts.function_of(scope), name)
        if key not in seen and not is_one_time(name, dotted(value), *surroundings(unit, value)):
            seen.add(key)
            yield Reader(name, value.span)
    yield from _settings(unit)
    yield from _descriptions(unit)


def _read(unit: Unit) -> Iterator[tuple[str, Ref | Member | Call, int]]:
    """Names of the parameters that are read, with the value that reads each."""
    for read in unit.facts.reads:
        owner, _, name = read.path.rpartition(".")
        if not owner or not sort_of_parameter(name):
            continue
        row = _row(unit, owner, unit.names.of(read).rpartition(".")[0])
        if row is None or row.means != "url-parameters":
            continue
        if row.attributes.get("from") == "page" and not _is_parsed_from_page(unit, read):
            continue
        if _is_enough(sort_of_parameter(name), name, also_body=row.attributes.get("also") == "body"):
            yield name, read, read.scope
    for meant in unit.meaning("url-parameter"):
        name = unit.folder.literal(unit.argument(meant, "name")) or ""
        if _is_enough(sort_of_parameter(name), name) and _is_of_page(unit, meant):
            yield name, meant.call, meant.call.scope
    for call in unit.facts.calls:
        method = call.callee.rpartition(".")[2]
        if method in _CUTTERS and call.args and isinstance(call.args[0], Text):
            cut = _CUT.fullmatch(call.args[0].literal or "")
            if cut and _is_enough(sort_of_parameter(cut[1]), cut[1]) and _is_of_url(unit, call):
                yield cut[1], call, call.scope


def _row(unit: Unit, written: str, canonical: str) -> Row | None:
    """What a name means as it is resolved, or as it is written: a parameter ``req`` may have any type."""
    return unit.meanings.reads.get(canonical) or unit.meanings.reads.get(written)


def _is_enough(sort: Sort, name: str, *, also_body: bool = False) -> bool:
    """Whether the name alone proves a credential: ``key`` and ``hash`` do not, nor does what a form may have sent."""
    if also_body:
        return name.lower() in ("access_token", "api_key", "apikey", "auth_token", "api_token")
    return sort in ("token", "key")


def _is_parsed_from_page(unit: Unit, read: Ref | Member) -> bool:
    """Whether ``qs.parse(…)`` was given the query of the page, and not the body of an answer."""
    if isinstance(read, Member):
        calls = [read.base]
    else:
        root = read.path.partition(".")[0]
        calls = [binding.value for binding in unit.names.bindings(root, read.scope)]
    given = [inner for call in calls if isinstance(call, Call) for value in call.args for inner in walk(value)]
    names = [dotted(inner) for inner in given if isinstance(inner, Ref | Member)]
    return any(map(_PAGE.search, names)) and not any(map(_FRAGMENT.search, names))


def _is_of_page(unit: Unit, meant: Meant) -> bool:
    """Whether parameters are those of a URL's query; the fragment is what the implicit flow has (AUT406)."""
    if not meant.is_("from", "page"):
        return True
    given = unit.argument(meant, "from")
    if given is None:
        return False
    names = [dotted(inner) for inner in walk(unit.folder.fold(given)) if isinstance(inner, Ref | Member)]
    names += [dotted(inner) for inner in walk(given) if isinstance(inner, Ref | Member)]
    return any(map(_PAGE.search, names)) and not any(map(_FRAGMENT.search, names))


def _is_of_url(unit: Unit, call: Call) -> bool:
    """Whether a text that is cut at ``access_token=`` is the query of the page."""
    owner = call.callee.rpartition(".")[0]
    known = unit.names.canonical(owner, call.scope)
    return bool(_PAGE.search(f"{owner} {known}")) and not _FRAGMENT.search(f"{owner} {known}")


def _settings(unit: Unit) -> Iterator[Reader]:
    for meant in unit.meaning("token-from-url"):
        name = unit.folder.literal(unit.argument(meant, "name"))
        yield Reader(name or "a token", meant.call.span, "setting")
    for meant in unit.meaning("token-placed"):
        mode = unit.argument(meant, "mode")
        if mode is not None and unit.folder.literal(mode) == "query":
            yield Reader("access_token", meant.call.span, "setting")
    endings = unit.meanings.reads.last_words()
    for binding in unit.facts.bindings:
        if binding.path.rpartition(".")[2] not in endings:
            continue  # resolving changes how a name begins, and takes far longer than a look at how it ends
        row = _row(unit, binding.path, unit.names.canonical(binding.path, binding.scope))
        if row is not None and row.means == "token-locations":
            wanted = row.attributes.get("query")
            if any(isinstance(inner, Text) and inner.literal == wanted for inner in walk(binding.value)):
                yield Reader("a token", binding.span, "setting")


def _descriptions(unit: Unit) -> Iterator[Reader]:
    """Security schemes of OpenAPI that send a key ``in: query``, in a document or in code that makes one."""
    types = {b.path: b.value for b in unit.facts.bindings if b.path.endswith((".type", ".name"))}
    for binding in unit.facts.bindings:
        if binding.path.endswith(".in") and _SCHEME.search(binding.path) and _is_text(binding.value, "query"):
            owner = binding.path.rpartition(".")[0]
            if _is_text(types.get(f"{owner}.type"), "apikey"):
                yield Reader(_text(types.get(f"{owner}.name")) or "the key", binding.span, "openapi")
    for found in unit.facts.maps:
        entries = {key: entry for entry in found.entries if (key := key_of(entry)) is not None}
        values = {key: entry.value for key, entry in entries.items()}
        if _is_text(values.get("in"), "query") and _is_text(values.get("type"), "apikey"):
            yield Reader(_text(values.get("name")) or "the key", entries["in"].span, "openapi")


def _text(value: Value | None) -> str:
    return (value.literal or "") if isinstance(value, Text) else ""


def _is_text(value: Value | None, text: str) -> bool:
    return _text(value).lower() == text
