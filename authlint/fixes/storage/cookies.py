"""Cookies get the flags that they lack (AUT205)."""

from __future__ import annotations

from authlint.concepts.storage.cookies import FLAGS, Cookie, cookies
from authlint.concepts.unit import Meant, Unit
from authlint.edits import Edit, Fix
from authlint.facts import Const, Map, Text, Value
from authlint.fixes.additions import at_end, in_map
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.source import Span
from authlint.values.texts import key_of

_ON = {"false": "true", "0": "1", "off": "on", "no": "yes"}
_SPELLED = {
    "python": {"httponly": "httponly=True", "secure": "secure=True", "samesite": 'samesite="Lax"'},
    "javascript": {"httponly": "httpOnly: true", "secure": "secure: true", "samesite": "sameSite: 'lax'"},
    "ruby": {"httponly": "httponly: true", "secure": "secure: true", "samesite": "same_site: :lax"},
}
_HEADER = {"httponly": "; HttpOnly", "secure": "; Secure", "samesite": "; SameSite=Lax"}


def token_cookie_flags(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """What is missing is added; what is off is switched on."""
    del variables
    if match.case in ("setting", "session"):
        edits = _switched_on(unit, match.span)
        return Fix("Switch it on", edits) if edits else None
    cookie = unit.derived(_by_span).get(match.span)
    edits = _completed(unit, cookie) if cookie is not None else ()
    return Fix(f"Add {match.fields['missing']}", edits) if edits else None


def _by_span(unit: Unit) -> dict[Span, Cookie]:
    """The first cookie at each place."""
    return {cookie.span: cookie for cookie in reversed(list(cookies(unit)))}


def _writes(unit: Unit) -> dict[Span, Meant]:
    """The first call that writes a cookie at each place."""
    return {meant.call.span: meant for meant in reversed(list(unit.meaning("cookie-write")))}


def _switched_on(unit: Unit, span: Span) -> tuple[Edit, ...]:
    """The value at a span that says no, and the others beside it that do."""
    values = [binding.value for binding in unit.facts.bindings if binding.span == span]
    values += [value for call in unit.facts.calls for _, value in call.named if value.span == span]
    for found in unit.facts.maps:
        if any(entry.span == span for entry in found.entries):
            values += [e.value for e in found.entries if e.span == span or (key_of(e) or "").lower() in FLAGS]
    return tuple(sorted({edit for value in values if (edit := _opposite(unit, value)) is not None}))


def _opposite(unit: Unit, value: Value) -> Edit | None:
    written = unit.source.slice(value.span)
    word = written.strip("\"'")
    yes = _ON.get(word.lower())
    if yes is None or not isinstance(value, Const | Text):
        return None
    yes = yes.capitalize() if word[:1].isupper() and not word.isupper() else yes.upper() if word.isupper() else yes
    return Edit(value.span, written.replace(word, yes))


def _completed(unit: Unit, cookie: Cookie) -> tuple[Edit, ...]:
    """The edits that give a cookie its flags; none if one of them has no place."""
    off = {flag for flag in FLAGS if cookie.has(flag) is False}
    absent = [flag for flag in FLAGS if FLAGS[flag] in cookie.missing and flag not in off]
    meant = unit.derived(_writes).get(cookie.span)
    edits: list[Edit | None] = [_opposite(unit, cookie.given[flag]) for flag in sorted(off)]
    if any(edit is not None and not _within(edit.span, cookie.span) for edit in edits):
        return ()  # it is switched off somewhere else
    if absent and meant is not None:
        edits.append(_in_call(unit, meant, absent))
    elif absent:
        jar = next((b.value for b in unit.facts.bindings if b.span == cookie.span and isinstance(b.value, Map)), None)
        edits.append(
            in_map(unit, jar, _spelled(unit, absent)) if jar is not None else _in_header(unit, cookie.span, absent)
        )
    return tuple(edit for edit in edits if edit) if None not in edits else ()


def _within(span: Span, around: Span) -> bool:
    return around[0] <= span[0] and span[1] <= around[1]


def _in_call(unit: Unit, meant: Meant, flags: list[str]) -> Edit | None:
    call, options = meant.call, meant.argument("options")
    items = _spelled(unit, flags)
    if unit.source.language == "python":
        return at_end(unit, call, items) if all(_takes(meant, flag) for flag in flags) else None
    if isinstance(options, Map):
        return in_map(unit, options, items)
    places = [int(s) for s in meant.row.arguments.get("options", ()) if s.isdecimal()]
    if options is None and places and len(call.args) == max(places) and not call.named and not call.open:
        return at_end(unit, call, [f"{{ {', '.join(items)} }}"])
    return None


def _spelled(unit: Unit, flags: list[str]) -> list[str]:
    language = "javascript" if unit.source.language in ("typescript", "tsx") else unit.source.language
    return [_SPELLED[language][flag] for flag in flags]


def _takes(meant: Meant, flag: str) -> bool:
    """Whether a call has an argument of that name."""
    return flag in meant.row.arguments.get(flag, ())


def _in_header(unit: Unit, span: Span, flags: list[str]) -> Edit | None:
    """``Set-Cookie: a=b; Path=/`` gets more at its end."""
    data = unit.source.data
    texts = [text for text in unit.facts.texts if _within(text.span, span) and _is_cookie(text)]
    if len(texts) != 1:
        return None
    start, end = texts[0].span[0], texts[0].span[1] - 1
    is_one = data[end : end + 1] in (b'"', b"'", b"`") and data[start : start + 1] == data[end : end + 1]
    return Edit((end, end), "".join(_HEADER[flag] for flag in flags)) if is_one else None


def _is_cookie(text: Text) -> bool:
    return bool(text.parts) and isinstance(text.parts[0], str) and "=" in text.parts[0].partition(";")[0]
