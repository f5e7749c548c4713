"""JSON Web Tokens get an end, and it is looked at (AUT504, AUT505)."""

from __future__ import annotations

import re

from authlint.concepts.tokens.durations import DAY, MINUTE, in_words
from authlint.concepts.tokens.issued import SCALES, kind_of
from authlint.concepts.tokens.signed_tokens import Lifetime, Signing, lifetimes, signings
from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.facts import Call, Const, Map, Ref, Value
from authlint.fixes.additions import at_end, entry, in_map, quote_of
from authlint.fixes.durations import in_letters, in_method, in_seconds, parts, rewritten
from authlint.fixes.modules import called
from authlint.fixes.removal import removed
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.names import last, split
from authlint.values.texts import key_of

_OPTION = re.compile(rb"[\"':]?\w{1,60}[\"']?\s{0,8}(?::|=>?)\s{0,8}\w{1,10}\Z")
_RENEWS = re.compile(r"(?i)refresh|renew")


def jwt_expiry_check_disabled(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The option goes, which is stricter; a function that renews tokens may have to read one that is over."""
    del variables
    edit = removed(unit, match.span) if _OPTION.match(unit.source.data, *match.span) else None
    names = (unit.facts.scopes[place].name for place in unit.facts.around(unit.facts.scope_at(match.span)))
    unsafe = any(map(_RENEWS.search, names))
    return Fix("Let the expiry be checked", (edit,), "unsafe" if unsafe else "safe") if edit else None


# -- AUT504 ------------------------------------------------------------------------------------------------------------

_LENGTHS = {"access": 15 * MINUTE, "session": DAY, "refresh": 30 * DAY}
_JAVASCRIPT = frozenset({"javascript", "typescript", "tsx"})


def jwt_without_exp(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """Tokens end after a quarter of an hour, those that renew them after a month.

    What is signed and lets nobody in need not end.
    """
    del variables
    if match.case in ("option", "endless", "module"):
        lifetime = next((lifetime for lifetime in lifetimes(unit) if lifetime.span == match.span), None)
        return _limited(unit, lifetime) if lifetime is not None else None
    signing = next((signing for signing in signings(unit) if signing.span == match.span), None)
    if signing is None or match.case == "message":
        return None
    length = _LENGTHS["refresh" if kind_of(unit, signing) == "refresh" else "access"]
    imports: tuple[str, ...] = ()
    edit = _ended(unit, signing, length)
    if edit is None and match.case != "object":
        edit, imports = _claimed(unit, signing, length)
    return Fix(f"Let it end after {in_words(length)}", (edit,), imports=imports) if edit else None


def _ended(unit: Unit, signing: Signing, length: float) -> Edit | None:
    """The library is told when it ends: by a method of the chain, or by an option."""
    call, method = signing.meant.call, signing.meant.row.attributes.get("expires")
    if method and call.receiver is not None:
        at = call.receiver.span[1]
        lead = re.match(rb"\s*", unit.source.data[at : call.name_span[1]])
        before = lead[0].decode() if lead else ""
        return Edit((at, at), f"{before}.{method}({_quoted(unit, length)})")
    selectors = signing.meant.row.arguments.get("expires", ())
    is_option = bool(selectors) and unit.source.language in _JAVASCRIPT
    return _option(unit, call, selectors[0], length) if is_option else None


def _quoted(unit: Unit, length: float) -> str:
    return f"{quote_of(unit)}{in_letters(length)}{quote_of(unit)}"


def _option(unit: Unit, call: Call, selector: str, length: float) -> Edit | None:
    """``2.expiresIn``: a key of an argument, which is put in with all that leads to it."""
    head, *keys = selector.split(".")
    if not head.isdecimal() or not keys or call.open:
        return None
    value = _quoted(unit, length)
    if int(head) == len(call.args) and not call.named:
        return at_end(unit, call, [f"{{ {_nested(keys, value)} }}"])
    holder: Value | None = call.args[int(head)] if int(head) < len(call.args) else None
    while isinstance(holder, Map) and len(keys) > 1:
        inner = next((item.value for item in holder.entries if key_of(item) == keys[0]), None)
        if inner is None:
            break
        holder, keys = inner, keys[1:]
    return in_map(unit, holder, [_nested(keys, value)]) if isinstance(holder, Map) else None


def _nested(keys: list[str], value: str) -> str:
    inner = f"{keys[-1]}: {value}"
    for key in reversed(keys[:-1]):
        inner = f"{key}: {{ {inner} }}"
    return inner


def _claimed(unit: Unit, signing: Signing, length: float) -> tuple[Edit | None, tuple[str, ...]]:
    """``exp`` among the claims that are signed, and the modules that its value needs."""
    payload = signing.meant.argument("payload")
    imports: tuple[str, ...] = ()
    if isinstance(payload, Ref):
        set_to = unit.names.bindings(payload.path, payload.scope)
        payload = set_to[0].value if len(set_to) == 1 and set_to[0].op == "=" else None
    if not isinstance(payload, Map) or not payload.entries:
        return None, ()
    if unit.source.language in _JAVASCRIPT:
        value = f"Math.floor(Date.now() / 1000) + {in_seconds(length)}"
    elif unit.source.language == "ruby":
        value = f"Time.now.to_i + {in_seconds(length)}"
    elif unit.source.language == "python" and (clock := called(unit, "time", "time", payload.span)):
        value, imports = f"int({clock[0]}()) + {in_seconds(length)}", clock[1]
    else:
        return None, ()
    return in_map(unit, payload, [entry(unit, payload, "exp", value)]), imports


def _limited(unit: Unit, lifetime: Lifetime) -> Fix | None:
    """The length that tokens of a kind may have, where a framework is told that they never end, or told nothing."""
    length = _LENGTHS.get(lifetime.kind, _LENGTHS["access"])
    value = lifetime.value
    imports: tuple[str, ...] = ()
    if value is None:
        call = next((meant for meant in unit.meaning("jwt-issue") if meant.call.span == lifetime.span), None)
        edit = _option(unit, call.call, call.row.arguments["expires"][0], length) if call else None
    elif isinstance(value, Const) and not value.value:
        text, imports = _length(unit, lifetime, value, length)
        edit = Edit(value.span, text) if text else None
    else:
        edit = rewritten(unit, value, length, *SCALES[lifetime.unit])
    return Fix("Let tokens end", (edit,), imports=imports) if edit else None


def _length(unit: Unit, lifetime: Lifetime, value: Const, length: float) -> tuple[str, tuple[str, ...]]:
    """A length as a framework of that language takes it, and the modules that it needs; empty if that is not known."""
    language, scale = unit.source.language, SCALES[lifetime.unit][0]
    named = {"seconds", "minutes"} & set(split(last(lifetime.name)))
    if language == "python" and not named:
        delta = called(unit, "datetime", "timedelta", value.span)
        return (f"{delta[0]}({parts(length)})", delta[1]) if delta else ("", ())
    if language == "ruby":
        return in_method(length), ()
    if lifetime.unit == "npm":
        return _quoted(unit, length), ()
    return (str(round(length / scale)) if scale else ""), ()
