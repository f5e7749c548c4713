"""Cookies that a framework sets by itself: what the options of a session and the settings of an application say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.settings import Setting, settings
from authlint.concepts.storage.cookies import FLAGS, is_false
from authlint.concepts.unit import Meant, Unit
from authlint.facts import Items, Map, Text, Value, walk
from authlint.names import last, split
from authlint.source import Span
from authlint.values.texts import key_of

_DEVELOPMENT = frozenset(["dev", "devel", "development", "local", "test", "tests", "testing", "debug"])
_PATH_WORD = re.compile(r"[a-z]+")
_ELSEWHERE = (
    "from_object",
    "from_pyfile",
    "from_envvar",
    "from_mapping",
    "from_file",
    "from_prefixed_env",
    "from_json",
)


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie of a session is known to lack protection; ``span`` is the option that says so, or the whole call."""

    missing: list[str]
    span: Span


def session_cookies(unit: Unit) -> Iterator[SessionCookie]:
    """Every session whose cookie travels without Secure, or can be read by scripts."""
    for meant in unit.meant:
        if meant.row.attributes.get("cookie") == "session" or meant.row.means == "session-cookie":
            if "needs" in meant.row.arguments and unit.argument(meant, "needs") is None:
                continue
            found = _session(unit, meant)
            if found.missing:
                yield found


def _session(unit: Unit, meant: Meant) -> SessionCookie:
    given, is_open = _options(unit, meant)
    off = {flag: span for flag, (value, span) in given.items() if is_false(value)}
    if off:
        return SessionCookie([FLAGS[flag] for flag in off], min(off.values()))
    absent = [flag for flag in FLAGS if flag not in given and not meant.is_(flag, "default")]
    if is_open or not absent or _is_set_later(unit, absent):
        return SessionCookie([], meant.call.span)
    return SessionCookie([FLAGS[flag] for flag in absent], meant.call.span)


def _options(unit: Unit, meant: Meant) -> tuple[dict[str, tuple[Value, Span]], bool]:
    """The flags that the options of a session give, with where they do, and whether there may be others."""
    given: dict[str, tuple[Value, Span]] = {}
    for flag in FLAGS:
        value = meant.argument(flag)
        if value is not None:
            given[flag] = (unit.folder.fold(value), value.span)
    options = unit.argument(meant, "options")
    folded = unit.folder.fold(options) if options is not None else None
    if isinstance(folded, Map):
        for entry in folded.entries:
            flag = (key_of(entry) or "").lower()
            if flag in ("httponly", "secure"):
                given[flag] = (unit.folder.fold(entry.value), entry.span)
        return given, folded.open or any(key_of(entry) is None for entry in folded.entries)
    holder = unit.folder.fold(meant.call.args[0]) if meant.call.args else None
    is_known = options is None and isinstance(holder, Map) and not holder.open
    return given, meant.call.open or not is_known


def _is_set_later(unit: Unit, flags: list[str]) -> bool:
    """``session.cookie.secure = true``, which is usually done for production only."""
    return not unit.derived(_cookie_options).isdisjoint(flags)


def _cookie_options(unit: Unit) -> frozenset[str]:
    """What is set on something called a cookie, in lower case."""
    paths = (binding.path.lower().rpartition(".") for binding in unit.facts.bindings)
    return frozenset(name for owner, _, name in paths if last(owner) == "cookie")


def unsafe_settings(unit: Unit) -> Iterator[Setting]:
    """Settings that take Secure or HttpOnly from a cookie, unless they are for development or another one gives it."""
    found = settings(unit, "cookie-flag")
    kept = {last(setting.path) for setting in found if not is_false(unit.folder.fold(setting.value))}
    for setting in found:
        is_off = is_false(unit.folder.fold(setting.value)) and last(setting.path) not in kept
        is_default = not {"default", "defaults"}.isdisjoint(
            split(setting.path)
        )  # what a framework has until it is told
        if is_off and not is_default and not is_for_development(unit, setting.span):
            yield setting


def unsecured_locations(unit: Unit) -> Iterator[Setting]:
    """Tokens are to be looked for in cookies, and nothing in the file makes those cookies Secure."""
    given = {last(setting.path) for setting in settings(unit, "cookie-flag")}
    elsewhere = any(call.callee.rpartition(".")[2] in _ELSEWHERE for call in unit.facts.calls)
    for setting in settings(unit, "token-location"):
        in_cookies = any(isinstance(value, Text) and value.literal == "cookies" for value in _items(setting.value))
        if in_cookies and not elsewhere and setting.row.attributes["secured_by"] not in given:
            yield setting


def _items(value: Value) -> Iterator[Value]:
    yield from (inner for inner in walk(value) if isinstance(inner, Text | Items))


def is_for_development(unit: Unit, span: Span) -> bool:
    """Whether the name of a file, class or branch says that it is for development or tests."""
    names = [unit.facts.scopes[place].name for place in unit.facts.around(unit.facts.scope_at(span))]
    if any(not _DEVELOPMENT.isdisjoint(split(name)) for name in names):
        return True
    file = "/".join(unit.source.path.lower().replace("\\", "/").split("/")[-2:])
    return not _DEVELOPMENT.isdisjoint(_PATH_WORD.findall(file))
