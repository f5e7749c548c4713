"""Tokens in cookies (AUT203, AUT204, AUT205)."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.checks.storage.web_storage import places
from authlint.concepts.storage.cookies import Cookie, cookies, shown_name, signs_in, with_tokens
from authlint.concepts.storage.session_cookies import session_cookies, unsafe_settings, unsecured_locations
from authlint.concepts.unit import Unit
from authlint.match import Match
from authlint.source import Span


def httponly_from_script(unit: Unit) -> Iterator[Match]:
    """A script asks for HttpOnly, which only a server can set."""
    for cookie in cookies(unit):
        if _asks_for_httponly(cookie):
            yield Match(cookie.span)


def _asks_for_httponly(cookie: Cookie) -> bool:
    return cookie.side == "script" and not cookie.open and cookie.has("httponly") is True and not cookie.is_deleted


def token_in_script_cookie(unit: Unit) -> Iterator[Match]:
    """A script puts a token into a cookie, which every script can read."""
    for cookie, token in with_tokens(unit, "script"):
        if not _asks_for_httponly(cookie):
            yield Match(cookie.span, {"what": token.name}, related=places(token, cookie.span, cookie.passed_on))


def token_cookie_flags(unit: Unit) -> Iterator[Match]:
    """A server sets a cookie with a token or a session and leaves out what protects it."""
    seen = set()
    for cookie, token in with_tokens(unit, "server"):
        seen.add(cookie.span)
        yield from _unprotected(cookie, "", places(token, cookie.span, cookie.passed_on))
    for cookie in cookies(unit):
        if cookie.side == "server" and cookie.span not in seen and signs_in(unit, cookie):
            yield from _unprotected(cookie, "session", ())
    for session in session_cookies(unit):
        yield Match(session.span, {"name": "of the session", "missing": _list(session.missing)}, "session")
    for setting in unsafe_settings(unit):
        about = {name: setting.row.attributes[name] for name in ("cookie", "flag")}
        yield Match(setting.span, {"name": _option(setting.path), **about}, "setting")
    for setting in unsecured_locations(unit):
        yield Match(setting.span, {"option": setting.row.attributes["secured_by"]}, "location")


def _unprotected(cookie: Cookie, case: str, related: tuple[tuple[str, Span], ...]) -> Iterator[Match]:
    missing = cookie.missing
    if missing:
        name = f"'{shown}'" if (shown := shown_name(cookie)) else "it"
        case = "samesite" if missing == ["SameSite"] else case
        yield Match(cookie.span, {"name": name, "missing": _list(missing)}, case, related=related)


def _option(path: str) -> str:
    """``SESSION_COOKIE_SECURE``; ``session.cookie.secure`` where the last name alone says too little."""
    name = path.rpartition(".")[2]
    return name if "_" in name else ".".join(path.split(".")[-3:])


def _list(missing: list[str]) -> str:
    return " and ".join((", ".join(missing[:-1]), missing[-1])) if len(missing) > 1 else missing[0]
