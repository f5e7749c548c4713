"""Named values: every place where a name that promises a credential is given a value, whatever the syntax.

Assignments, keyword arguments, map entries, parameter defaults, command line options, configuration keys, comparisons,
positions that a library row names, and what stands inside texts: header lines, queries, JSON bodies, URLs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from authlint.concepts.credentials.credential_names import Sort, is_provider_key, sort_of
from authlint.concepts.credentials.credential_texts import inside
from authlint.concepts.given import map_paths
from authlint.concepts.unit import Meant, Unit, once
from authlint.facts import Call, Choice, Compare, Items, Map, Member, Opaque, Ref, Text, Value, dotted
from authlint.names import last, split
from authlint.source import Span
from authlint.values.texts import key_of, partition

Kind: TypeAlias = Literal["binding", "argument", "entry", "default", "option", "compared", "position", "text"]

CONFIGURATION = frozenset({"yaml", "json", "toml", "ini", "properties", "dotenv", "dockerfile"})
_EXPANDING = (CONFIGURATION | {"shell"}) - {"toml", "json"}
_LISTED = re.compile(r"[A-Za-z_][\w.-]{1,80}$")
_SETTERS = ("set", "put", "append", "header", "addheader", "withheader", "export", "write")
_MADE_UP = frozenset(("mock", "mocks", "mocked", "fake", "dummy", "stub", "stubs", "fixture", "fixtures"))
_LEFT_OUT = re.compile(r"\W{0,8}config\.\w")
"""A setting that a generator writes into each project, made up anew and commented out."""
_QUOTES = (b'"', b"'", b"`")
_MAX_OPTIONS = 8
_KINDS = 3
"""So often a word is in a map that sorts its keys: ``{"title": "string", "secret": "string", "url": "string"}``."""
_BEFORE = 200


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A value that is given to a name. ``path`` is the dotted name with what it stands in.

    ``beside`` are the names that are given values in the same map or call, ``sort`` what the name (or the library row)
    promises, ``sure``: a library row says what it is.
    """

    path: str
    value: Value
    kind: Kind
    sort: Sort
    beside: frozenset[str] = frozenset()
    sure: bool = False

    @property
    def name(self) -> str:
        """The last part of the path; a position has no name, but words."""
        return self.path if self.kind == "position" else last(self.path)


@dataclass(frozen=True, slots=True)
class Known:
    """Known text that a value comes to, where it is written; ``fallback`` names what it stands in for, if anything."""

    text: str
    span: Span
    fallback: str = ""


def named_values(unit: Unit) -> Iterator[NamedValue]:
    """Every named value of a source whose name promises a credential."""
    yield from _positions(unit)
    yield from _bindings(unit)
    for found in unit.facts.maps if unit.source.language not in CONFIGURATION else ():
        yield from _entries(unit, found)  # in configuration every key is a binding
    for call in unit.facts.calls:
        yield from _arguments(unit, call)
    for inner in unit.facts.scopes:
        for parameter in inner.params:
            if parameter.default is not None and (sort := sort_of(parameter.name)):
                yield NamedValue(parameter.name, parameter.default, "default", sort)
    yield from _compared(unit)
    yield from _returned(unit)
    yield from _fallbacks(unit)
    yield from _in_texts(unit)


# -- where names are given values -----------------------------------------------------------------------------------


def _bindings(unit: Unit) -> Iterator[NamedValue]:
    configured = unit.source.language in CONFIGURATION
    names = {b.path: b.value for b in unit.facts.bindings if b.path.endswith((".name", ".key"))} if configured else {}
    owners: dict[str, set[str]] = {}
    if configured:
        for binding in unit.facts.bindings:
            owner, _, name = binding.path.rpartition(".")
            owners.setdefault(owner, set()).add(name.lower())
    beside = {owner: frozenset(found) for owner, found in owners.items()}
    for binding in unit.facts.bindings:
        path, value = binding.path, binding.value
        owner, _, name = path.rpartition(".")
        if configured and isinstance(value, Text):
            if name.isdigit() or name == "[]":
                path, value = _listed(unit, path, value)
            elif name == "value" and isinstance(key := names.get(f"{owner}.name", names.get(f"{owner}.key")), Text):
                path = f"{owner}.{key.literal or ''}"
        sort = _sort(unit, path)
        if sort:
            yield NamedValue(path, value, "binding", sort, beside.get(owner, frozenset()))


def _listed(unit: Unit, path: str, value: Text) -> tuple[str, Value]:
    """``- NAME=value``, an item of a list of environment variables."""
    name, found, rest = partition(value, "=")
    if found and name.literal and _LISTED.match(name.literal):
        return f"{path}.{name.literal}", Text(rest.parts, _where(unit, rest.literal or "", value.span))
    return path, value


def _sort(unit: Unit, path: str) -> Sort:
    """What a name promises; ``netlify_key`` is told by the packs."""
    return sort_of(path) or ("api-key" if is_provider_key(path, unit.knowledge.words) else "")


def _entries(unit: Unit, found: Map) -> Iterator[NamedValue]:
    keys = [(key, entry.value) for entry in found.entries if (key := key_of(entry))]
    beside = frozenset(key.lower() for key, _ in keys)
    repeated = Counter(value.literal for _, value in keys if isinstance(value, Text))
    for key, value in keys:
        sort = _sort(unit, key)
        word = (value.literal or "") if isinstance(value, Text) else ""
        is_kind = sort != "password" and word.isalpha() and repeated[word] >= _KINDS  # user, password and db may be one
        if sort and not is_kind and not (sort == "password" and _is_made_up(unit, found)):
            yield NamedValue(key, value, "entry", sort, beside)


def _is_made_up(unit: Unit, found: Map) -> bool:
    """Whether a map stands in something that is named for people who do not exist: ``MOCK_USERS``."""
    return not _MADE_UP.isdisjoint(split(unit.derived(map_paths).get(id(found), "")))


def _arguments(unit: Unit, call: Call) -> Iterator[NamedValue]:
    if len(call.args) > 1 and last(call.callee).lower().startswith(_SETTERS):
        name = call.args[0].literal if isinstance(call.args[0], Text) else None
        sort = sort_of(name) if name and _LISTED.match(name) else ""
        if sort and sort != "password":  # what words say may be a label
            yield NamedValue(name or "", call.args[1], "argument", sort)
    beside = frozenset(name.lower() for name, _ in call.named)
    for name, value in call.named:
        sort = _sort(unit, name)
        if sort:
            yield NamedValue(name, value, "argument", sort, beside)


def _compared(unit: Unit) -> Iterator[NamedValue]:
    for compare in unit.facts.compares:
        if compare.op not in ("==", "!="):
            continue
        for named, value in _both_ways(compare):
            path = dotted(named)
            sort = sort_of(path) if isinstance(value, Text) and isinstance(named, Ref | Member) else ""
            if sort:
                yield NamedValue(path, value, "compared", sort)


def _returned(unit: Unit) -> Iterator[NamedValue]:
    """``def secret; "…"; end``: a function that is named after the text it gives back."""
    for item in unit.facts.returns:
        name = unit.facts.scopes[unit.facts.function_of(item.scope)].name
        sort = sort_of(name) if isinstance(item.value, Text) else ""
        if sort and sort != "password":  # which may be a label or a message
            yield NamedValue(name, item.value, "text", sort)  # a word would be one of many answers


def _both_ways(compare: Compare) -> tuple[tuple[Value, Value], tuple[Value, Value]]:
    return (compare.left, compare.right), (compare.right, compare.left)


_SORTS: dict[str, Sort] = {
    "key": "signing-key",
    "secret": "client-secret",
    "password": "password",
    "token": "token",
    "cipher": "cipher-key",
}


def _positions(unit: Unit) -> Iterator[NamedValue]:
    """Arguments that a library row names: the key of a JWT, the secret of a session, the password of a login."""
    for meant in unit.meant:
        parts = meant.row.arguments
        if meant.row.means == "option":
            yield from _option(unit, meant.call, unit.argument(meant, "default"))
            continue
        for part, sort in _SORTS.items():
            if (
                part in parts
                and not (part == "key" and meant.row.means not in _SIGNING)
                and not (part == "token" and meant.row.means != "secret-position")
            ):
                value = unit.argument(meant, part)
                if value is not None and not (part == "key" and _is_no_key(unit, meant, value)):
                    what = meant.row.attributes.get("what", f"of {meant.call.callee.rpartition('().')[2]}()")
                    yield NamedValue(what, value, "position", sort, sure=True)
        if meant.row.means == "http-request":
            yield from _basic(unit, unit.argument(meant, "auth"))


def _is_no_key(unit: Unit, meant: Meant, value: Value) -> bool:
    """Whether what stands in the place of a key is public, or a word that the library takes for none."""
    word = meant.row.attributes.get("no_key")
    return "public" in dotted(value).lower() or (word is not None and unit.folder.literal(value) == word)


_SIGNING = frozenset({"jwt-sign", "jwt-verify", "jwt-issue", "session-secret", "session-cookie", "secret-position"})


def _option(unit: Unit, call: Call, default: Value | None) -> Iterator[NamedValue]:
    """A command line option with a default: ``add_argument("-p", "--password", default=…)``."""
    for argument in call.args if default is not None else ():
        literal = unit.folder.literal(argument)
        sort = sort_of(literal.lstrip("-")) if literal else ""
        if sort and default is not None:
            yield NamedValue((literal or "").lstrip("-"), default, "option", sort)
            return


def _basic(unit: Unit, value: Value | None) -> Iterator[NamedValue]:
    """The password of ``auth=(user, password)`` and ``curl -u user:password``."""
    folded = unit.folder.fold(value) if value is not None else None
    if isinstance(folded, Items) and len(folded.items) == 2:  # noqa: PLR2004 - a pair
        yield NamedValue("password", folded.items[1], "position", "password", sure=True)
    elif isinstance(folded, Text):
        _, found, password = partition(folded, ":")
        if found:
            exact = Text(password.parts, _at_end(unit, password))
            yield NamedValue("password", exact, "position", "password", sure=True)


def _at_end(unit: Unit, part: Text) -> Span:
    """Where the last part of a text stands, if it is written as it is; otherwise the text."""
    written = unit.source.data[part.span[0] : part.span[1]]
    end = part.span[1] - (written[-1:] in _QUOTES)
    size = len((part.literal or "").encode())
    start = end - size
    is_there = size and start > part.span[0] and unit.source.data[start:end].decode("utf-8", "replace") == part.literal
    return (start, end) if is_there else part.span


def _fallbacks(unit: Unit) -> Iterator[NamedValue]:
    """Settings whose own name promises a credential, whatever the name they are read into."""
    for meant in unit.meaning("environment"):
        name = environment_name(unit, meant.call)
        if sort := sort_of(name):
            yield NamedValue(name, meant.call, "binding", sort)
    for value in _values(unit):
        inner = value.parts if isinstance(value, Text) else (value,)
        for part in inner:
            if isinstance(part, Choice) or (isinstance(part, Opaque) and part.op == "|"):
                options = part.options if isinstance(part, Choice) else part.operands
                name = next((name for option in options if (name := environment_name(unit, option))), "")
                if sort := sort_of(name):
                    yield NamedValue(name, part, "binding", sort)


def _values(unit: Unit) -> Iterator[Value]:
    for binding in unit.facts.bindings:
        yield binding.value
    for call in unit.facts.calls:
        yield from call.args
        yield from (value for _, value in call.named)
    for found in unit.facts.maps:
        yield from (entry.value for entry in found.entries)
    for item in unit.facts.returns:
        yield item.value


def _in_texts(unit: Unit) -> Iterator[NamedValue]:
    """What texts and comments say themselves: ``Authorization: Bearer …``, ``client_secret=…``, ``"password": "…"``."""
    for text in unit.facts.texts:
        for part in text.parts if not _is_docstring(unit, text) else ():
            if isinstance(part, str):
                for name, value in inside(part):
                    yield _of_text(unit, name, value, text.span, "text")
    for comment in unit.facts.comments:
        if unit.source.language == "ruby" and _LEFT_OUT.match(comment.text):
            continue
        for name, value in inside(comment.text, assigned=True):
            yield _of_text(unit, name, value, comment.span, "text")


def _is_docstring(unit: Unit, text: Text) -> bool:
    """Whether a text of several lines is a statement by itself: documentation in the middle of code."""
    data, start = unit.source.data, text.span[0]
    if data.find(b"\n", *text.span) < 0 or unit.source.language != "python":
        return False
    before = data[max(0, start - _BEFORE) : start].rstrip(b" \t")
    return not before.strip() or (before.endswith(b"\n") and before.rstrip()[-1:] not in b"(,[{=+%\\")


def _of_text(unit: Unit, name: str, value: str, around: Span, kind: Kind) -> NamedValue:
    return NamedValue(name, Text((value,), _where(unit, value, around)), kind, sort_of(name) or "api-key")


def _where(unit: Unit, value: str, around: Span) -> Span:
    """Where a part of a text stands in the source, if it stands there as it is; otherwise the whole text."""
    raw = value.encode("utf-8", "replace")
    at = unit.source.data.rfind(raw, *around) if raw else -1
    return (at, at + len(raw)) if at >= 0 else around


# -- what values come to --------------------------------------------------------------------------------------------


def literals(unit: Unit, value: Value) -> Iterator[Known]:
    """The known texts that a value comes to, where they are written, and whether they stand in for a setting."""
    if isinstance(value, Text) and value.literal is not None:
        yield Known(value.literal, value.span)
        return
    folded = unit.folder.fold(value)
    if isinstance(folded, Text) and len(folded.parts) == 1 and not isinstance(folded.parts[0], str):
        folded = folded.parts[0]
    if isinstance(folded, Text):
        if folded.literal is not None:
            yield Known(folded.literal, _origin(unit, value, folded))
    elif isinstance(folded, Choice) or (isinstance(folded, Opaque) and folded.op == "|"):
        yield from _options(unit, folded.options if isinstance(folded, Choice) else folded.operands)
    elif isinstance(folded, Call):
        yield from _default_of(unit, folded)
    elif isinstance(folded, Items):
        for item in folded.items[:1]:
            yield from literals(unit, item)


def _origin(unit: Unit, value: Value, folded: Text) -> Span:
    """Where the text that makes up most of a folded value is written, if that is one text."""
    if folded.span != value.span or not isinstance(value, Text):
        return folded.span
    parts, whole = unit.folder.traced(value).parts, folded.literal or ""
    written = [t for t in unit.facts.texts if id(t) in parts and t is not value and t.literal and t.literal in whole]
    longest = max(written, key=lambda t: len(t.literal or ""), default=None)
    return longest.span if longest is not None else folded.span


def _options(unit: Unit, options: tuple[Value, ...]) -> Iterator[Known]:
    read = next((name for option in options if (name := environment_name(unit, option))), "")
    for option in options[:_MAX_OPTIONS]:
        if isinstance(option, Text) and option.literal is not None:
            yield Known(option.literal, option.span, read)
        elif isinstance(option, Call):
            yield from _default_of(unit, option)


def _default_of(unit: Unit, call: Call) -> Iterator[Known]:
    """The default of a call that reads a setting: ``os.environ.get(name, default)``."""
    meant = _settings(unit).get(call.span)
    if meant is None:
        return
    default = unit.argument(meant, "default")
    folded = unit.folder.fold(default) if default is not None else None
    if isinstance(folded, Text) and folded.literal is not None:
        yield Known(folded.literal, folded.span, environment_name(unit, call) or "the setting")


def environment_name(unit: Unit, value: Value) -> str:
    """The name of the setting that a value is read from, as far as it is one; a star if only that is known."""
    if isinstance(value, Ref | Member):
        is_setting = unit.source.language in _EXPANDING or unit.read_means(value) == "environment"
        return last(value.path) if is_setting else ""
    if isinstance(value, Call):
        meant = _settings(unit).get(value.span)
        return (unit.folder.literal(unit.argument(meant, "name")) or "*") if meant else ""
    return ""


@once
def _settings(unit: Unit) -> dict[Span, Meant]:
    """The calls that read a setting, by their span."""
    return {meant.call.span: meant for meant in unit.meaning("environment")}
