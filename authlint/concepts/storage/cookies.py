"""Cookies: who sets them, what they carry, and which of HttpOnly, Secure and SameSite they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from authlint.concepts.settings import settings
from authlint.concepts.tokens.carried import Carried, carried, is_nothing_kept, is_written_out
from authlint.concepts.tokens.helpers import Helpers
from authlint.concepts.tokens.token_names import is_other_key, token_key
from authlint.concepts.unit import Meant, Unit
from authlint.facts import Call, Const, Items, Map, Member, Ref, Text, Value
from authlint.names import last, split
from authlint.secret.placeholders import Verdict, judge
from authlint.source import Span
from authlint.values.texts import key_of, partition, split_text

FLAGS = {"httponly": "HttpOnly", "secure": "Secure", "samesite": "SameSite"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NOT_A_LETTER = re.compile(r"[^a-z]")
_FALSE = _words("false 0 off no none")
_PAST = re.compile(r"\b19[67]\d\b")
_SESSIONS = _words("session sessionid sessionkey sid sess auth authentication authorization sso jsessionid")
_ENDINGS = _words("id key cookie data value")
_PEOPLE = _words("user userid username login uid email account admin role")


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie is set by a ``script`` of the page or by a ``server``; ``name`` is empty where it is not known text.

    ``given`` are its attributes in lower case (``httponly``, ``maxage``), ``defaults`` those it has without being told.
    ``open``: it may have more. ``marks``: where an attribute is switched off. ``passed_on``: where a helper sets it.
    """

    side: Literal["script", "server"]
    name: str
    name_value: Value | None
    value: Value | None
    span: Span
    scope: int
    given: dict[str, Value] = field(default_factory=dict)
    defaults: frozenset[str] = frozenset()
    open: bool = False
    initial: bool = False
    passed_on: Span | None = None

    def has(self, flag: str) -> bool | None:
        """Whether the cookie has an attribute: ``False`` if it is switched off, ``None`` if nothing is said of it."""
        value = self.given.get(flag)
        return None if value is None else not is_false(value)

    @property
    def missing(self) -> list[str]:
        """The attributes that protect a cookie and that this one is known not to have."""
        told = {flag: self.has(flag) for flag in FLAGS}
        absent = [flag for flag in FLAGS if told[flag] is None and flag not in self.defaults and not self.open]
        missing = [FLAGS[flag] for flag in FLAGS if told[flag] is False or flag in absent]
        same_site = self.given.get("samesite")
        is_meant = isinstance(same_site, Text) and (same_site.literal or "").lower() == "none"
        return [] if is_meant and missing == ["SameSite"] else missing  # for other sites, on purpose

    @property
    def is_deleted(self) -> bool:
        """Whether this only makes the browser forget the cookie."""
        lifetime, end = self.given.get("maxage"), self.given.get("expires")
        if isinstance(lifetime, Const) and isinstance(lifetime.value, int) and lifetime.value <= 0:
            return True
        if isinstance(end, Const) and end.value == 0:
            return True
        if isinstance(end, Call):
            return any(isinstance(argument, Const) and argument.value == 0 for argument in end.args)
        return any(_says_past(value) for value in (lifetime, end))


def _says_past(value: Value | None) -> bool:
    known = "".join(part for part in value.parts if isinstance(part, str)) if isinstance(value, Text) else "-"
    return bool(_PAST.search(known)) or known.strip() in ("0", "-1")


def is_false(value: Value) -> bool:
    """Whether a value is a plain no, in code or in a configuration."""
    if isinstance(value, Text):
        return (value.literal or "-").strip().lower() in _FALSE
    return isinstance(value, Const) and not value.value


def cookies(unit: Unit) -> list[Cookie]:
    """Every cookie that a source sets: by a call, a header, an assignment."""
    return unit.derived(_all)


def _all(unit: Unit) -> list[Cookie]:
    found: dict[Span, Cookie] = {}
    for cookie in (*_by_call(unit), *_by_text(unit), *_by_jar(unit)):
        found.setdefault(cookie.span, cookie)
    return list(found.values())


def _by_call(unit: Unit) -> Iterator[Cookie]:
    for meant in unit.meaning("cookie-write"):
        if "needs" in meant.row.arguments and unit.argument(meant, "needs") is None:
            continue
        side = meant.row.attributes["side"]
        name, value, options = (unit.argument(meant, part) for part in ("name", "value", "options"))
        if side == "either" and unit.names.is_defined_here(meant.name):
            continue  # what it does with its arguments is for all to see
        if side == "either":  # setCookie(name, value, options) of scripts, setCookie(event, name, value) of servers
            side = "script"
            if unit.folder.literal(name) is None and len(meant.call.args) > 2:  # noqa: PLR2004 - as shown
                side, (name, value, options) = "server", (*meant.call.args, None)[1:4]
        if unit.argument(meant, "response") is not None:
            side = "server"
        given, is_open = _attributes(unit, meant, None if options in (name, value) else options)
        yield Cookie(
            "script" if side == "script" else "server",
            unit.folder.literal(name) or "",
            name,
            value,
            meant.call.span,
            meant.call.scope,
            given,
            _defaults(unit, meant),
            is_open or meant.call.open or meant.is_("response", "both"),
            meant.is_("value", "initial"),
        )


def _defaults(unit: Unit, meant: Meant) -> frozenset[str]:
    """The attributes that a framework sets by itself."""
    always = {flag for flag in FLAGS if meant.is_(flag, "default")}
    frameworks = meant.row.attributes.get("samesite_with", "").split()
    if any(item.name.partition(".")[0] in frameworks for item in unit.facts.imports):
        always.add("samesite")
    return frozenset(always)


def _attributes(unit: Unit, meant: Meant, options: Value | None) -> tuple[dict[str, Value], bool]:
    """The attributes that a call names, and whether there may be more."""
    given: dict[str, Value] = {}
    is_open = False
    if options is not None:
        given, is_open = _of_options(unit, options)
    for part in ("secure", "httponly", "samesite", "max_age", "expires"):
        value = meant.argument(part)
        if value is not None:
            given[_plain(part)] = unit.folder.fold(value)
    return given, is_open


def _of_options(unit: Unit, options: Value) -> tuple[dict[str, Value], bool]:
    folded = unit.folder.fold(options)
    if isinstance(folded, Map):
        named = {_plain(key): unit.folder.fold(e.value) for e in folded.entries if (key := key_of(e))}
        return named, folded.open or any(key_of(entry) is None for entry in folded.entries)
    return {}, not isinstance(folded, Text | Const)


def _plain(name: str) -> str:
    return _NOT_A_LETTER.sub("", name.lower())


# -- cookies as text ---------------------------------------------------------------------------------------------------


def _by_text(unit: Unit) -> Iterator[Cookie]:
    """``document.cookie = "token=…"``, and ``Set-Cookie`` headers that are written out."""
    for binding in unit.facts.bindings:
        if binding.path.endswith("cookie"):
            row = unit.meanings.reads.get(unit.names.canonical(binding.path, binding.scope))
            if row is not None and row.means == "script-cookie":
                yield from _parsed(unit, binding.value, "script", binding.span, binding.scope)
    for call in unit.facts.calls:
        if (
            len(call.args) > 1
            and isinstance(call.args[0], Text)
            and (call.args[0].literal or "").lower() == "set-cookie"
        ):
            yield from _parsed(unit, call.args[1], "server", call.span, call.scope)
    for setting in settings(unit, "set-cookie"):
        yield from _parsed(unit, setting.value, "server", setting.span, unit.facts.scope_at(setting.span))


def _parsed(unit: Unit, value: Value, side: Literal["script", "server"], span: Span, scope: int) -> Iterator[Cookie]:
    folded = unit.folder.fold(value)
    if isinstance(folded, Items):
        for item in folded.items:
            yield from _parsed(unit, item, side, item.span, scope)
    if not isinstance(folded, Text):
        return
    first, *rest = split_text(folded, ";")
    name, found, content = partition(first, "=")
    if not found:
        return
    given: dict[str, Value] = {}
    is_open = False
    for piece in rest:
        key, has_value, attribute = partition(piece, "=")
        known = _plain("".join(part for part in key.parts if isinstance(part, str)))
        given[known] = attribute if has_value else Const(True, piece.span)
        is_open = is_open or any(not isinstance(part, str) for part in key.parts)
    yield Cookie(side, (name.literal or "").strip(), _one(name), _one(content), span, scope, given, open=is_open)


def _one(text: Text) -> Value:
    """A text that is nothing but one hole, as what is in the hole."""
    first = text.parts[0] if len(text.parts) == 1 else text
    return text if isinstance(first, str) else first


def _by_jar(unit: Unit) -> Iterator[Cookie]:
    """``cookies[:token] = { value: token, httponly: true }``."""
    for binding in unit.facts.bindings:
        owner, _, name = binding.path.rpartition(".")
        row = unit.meanings.reads.get(unit.names.canonical(owner, binding.scope)) if owner else None
        if row is None or row.means != "cookie-jar":
            continue
        options = unit.folder.fold(binding.value)
        value: Value | None = binding.value
        given: dict[str, Value] = {}
        is_open = False
        if isinstance(options, Map):
            given, is_open = _of_options(unit, options)
            value = given.get("value", binding.value)
        if settings(unit, "secure-everywhere"):
            given = {"secure": Const(True, binding.span), **given}
        shown = "" if name == "[]" else name
        yield Cookie("server", shown, None, value, binding.span, binding.scope, given, open=is_open)


# -- what is in them ---------------------------------------------------------------------------------------------------


def with_tokens(unit: Unit, side: Literal["script", "server"]) -> Iterator[tuple[Cookie, Carried]]:
    """The cookies of one side that carry a token; where a helper only passes on, the calls that hand it one."""
    helpers = Helpers(unit)
    for cookie in cookies(unit):
        if cookie.side != side or cookie.is_deleted:
            continue
        token = token_of(unit, cookie)
        if token:
            yield cookie, token
            continue
        for call, name, value in helpers.handed(cookie.scope, cookie.name_value, cookie.value):
            passed = replace(
                cookie,
                name=cookie.name if name is cookie.name_value else unit.folder.literal(name) or "",
                name_value=name,
                value=value,
                span=call.span,
                scope=call.scope,
                passed_on=cookie.span,
            )
            token = token_of(unit, passed)
            if token:
                yield passed, token


def token_of(unit: Unit, cookie: Cookie) -> Carried | None:
    """The token in a cookie: what its value carries comes first, then what its name says."""
    value = cookie.value
    folded = unit.folder.fold(value) if value is not None else None
    if not cookie.initial and (folded is None or is_nothing_kept(folded)):
        return None
    name = shown_name(cookie)
    if is_other_key(name):
        return None
    found = carried(unit, value)
    by_name = Carried(f"'{name}'", "name") if token_key(name) else None
    if isinstance(folded, Text) and is_written_out(folded):
        return found or (by_name if judge(folded.literal or "").verdict is Verdict.REAL else None)
    return found or by_name


def shown_name(cookie: Cookie) -> str:
    """The name of a cookie, or the name of what holds it."""
    value = cookie.name_value
    return cookie.name or (last(value.path) if isinstance(value, Ref | Member) else "")


def signs_in(unit: Unit, cookie: Cookie) -> bool:
    """Whether a cookie keeps somebody signed in, by its name; one that says who it is must be exposed on purpose."""
    name = shown_name(cookie)
    folded = unit.folder.fold(cookie.value) if cookie.value is not None else None
    if cookie.is_deleted or folded is None or (isinstance(folded, Text) and folded.literal is not None):
        return False
    if is_nothing_kept(folded) or is_other_key(name):
        return False
    if _is_identity(name):
        return any(cookie.has(flag) is False for flag in ("httponly", "secure"))
    return _is_session(name)


def _is_session(name: str) -> bool:
    """``session``, ``auth_cookie``, ``connect.sid``."""
    words = [word for word in split(name) if not word.isdigit()]
    while len(words) > 1 and words[-1] in _ENDINGS:
        words.pop()
    return bool(words) and words[-1] in _SESSIONS


def _is_identity(name: str) -> bool:
    """``userid``, ``login``."""
    words = {word for word in split(name) if word not in ("id", "name", "current", "cookie")}
    return bool(words) and words <= _PEOPLE
