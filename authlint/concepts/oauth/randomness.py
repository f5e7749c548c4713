"""Can somebody else know a value? Where a ``state`` (or nonce, or verifier) comes from (RFC 6749 §10.10)."""

from __future__ import annotations

import re

from authlint.concepts.oauth.callbacks import reads_parameter
from authlint.concepts.unit import Unit
from authlint.facts import Call, Choice, Const, Lambda, Map, Member, Opaque, Ref, Text, Value, walk

WEAK = "made by a random generator that is not cryptographic"
WEAK_HELPER = "made by a helper whose random generator is not cryptographic"
_USER = re.compile(r"(?i)(^|\.)(?:current_?)?(?:user|customer|account|member|profile)\.(?:id|pk|uid|_id|uuid|email|username|name)(?:\(\))?$|(^|\.)(?:user_?id|user_?email|user_?name|email|uid)$")  # fmt: skip  # noqa: E501 - one pattern
_RETURN_URL = re.compile(r"(?i)(^|\.)(?:originalUrl|original_url|full_path|next_?url|return_?(?:to|url)|redirect_?(?:to|url)|pathname|build_absolute_uri(?:\(\))?|location\.href)$")  # fmt: skip  # noqa: E501
_OWN_ADDRESS = re.compile(r"(?:^|\.)location\.(?:origin|href|host|hostname|pathname|protocol)$")
_SETTING = re.compile(r"(?i)(?:^|\.)(?:settings?|config|conf|environment|constants?)\.(?:[\w.]*_)?state$")
_RETURN_PARAMETERS = (
    "next",
    "return_to",
    "returnTo",
    "redirect",
    "redirect_to",
    "redirectTo",
    "return_url",
    "returnUrl",
)
_STRONG = re.compile(r"(?i)random|token_(?:urlsafe|hex)|generate|nonce|secure|uuid|csrf|crypto|nanoid|urandom|sign")
_ROUTE = re.compile(r"\.(?:route|get|post|all|use)$")
_MOST_OPTIONS = 40
_TEMPLATE = re.compile(r"%(?![0-9A-Fa-f]{2})\(?\w|[{}<>$]")  # a format, not an escape as URLs have them


def predictable(unit: Unit, value: Value, scope: int) -> str:
    """Why others can know a value that is used at ``scope``: ``a constant``, …; empty where nothing shows it."""
    reasons = [_why(unit, option, scope) for option in _options(unit, value)]
    return reasons[0] if reasons and all(reasons) else ""


def _options(unit: Unit, value: Value) -> list[Value]:
    """What a value may come to, as far as it is known; one that may be itself is taken once."""
    found: list[Value] = []
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < _MOST_OPTIONS:
        folded = unit.folder.fold(waiting.pop(0))
        if id(folded) in seen:
            continue
        seen.add(id(folded))
        if isinstance(folded, Choice):
            waiting.extend(folded.options)
        else:
            found.append(folded)
    return found


def _why(unit: Unit, folded: Value, scope: int) -> str:
    if any(reads_parameter(unit, folded, name) for name in _RETURN_PARAMETERS):
        return "the address to return to"
    meanings = _means(unit, folded)
    if meanings & {"strong-random", "signed", "jwt-sign"}:
        return ""
    if "weak-random" in meanings:
        here = {0, unit.facts.function_of(scope)}
        made = [call for means, call in unit.means_within(folded) if means == "weak-random"]
        direct = any(not isinstance(call, Call) or unit.facts.function_of(call.scope) in here for call in made)
        return WEAK if direct else WEAK_HELPER
    if isinstance(folded, Const):
        return "a constant" if folded.value is not None and not isinstance(folded.value, bool) else ""
    if isinstance(folded, Text) and folded.literal is not None:
        return "a constant" if folded.literal.strip() and not _TEMPLATE.search(folded.literal) else ""
    if "clock" in meanings and not _unknown_calls(unit, folded):
        return "made from the time"
    if "environment" in meanings and isinstance(folded, Ref | Call | Choice):
        return "a setting that is the same for every user"
    return "" if _unknown_calls(unit, folded) else _known_to_others(folded) or _fixed(unit, folded)


def _means(unit: Unit, value: Value) -> set[str]:
    """What the calls and reads in a value mean, those behind its names included."""
    found: set[str] = set()
    waiting, seen = [value], 0
    while waiting and seen < 60:  # noqa: PLR2004 - enough for any real expression
        inner = waiting.pop()
        seen += 1
        found.update(means for means, _ in unit.means_within(inner))
        for part in walk(inner):
            if isinstance(part, Ref | Opaque | Call):
                waiting.extend(_behind(unit, part))
    return found


def _behind(unit: Unit, value: Value) -> list[Value]:
    """What a name is bound to or a function of the file returns, where folding had nothing to put in its place."""
    if isinstance(value, Ref):
        folded = unit.folder.fold(value)
        return [folded] if folded is not value and not isinstance(folded, Text) else []
    if isinstance(value, Call):
        function = unit.names.function(value)
        if function is not None:
            return [item.value for item in unit.facts.returns if unit.facts.function_of(item.scope) == function] + [
                b.value for b in unit.facts.bindings if unit.facts.function_of(b.scope) == function
            ]
    return []


def _unknown_calls(unit: Unit, value: Value) -> bool:
    """Whether a value goes through a call that nothing is known of, such as a hash or a signature."""
    calls = [inner for inner in walk(value) if isinstance(inner, Call)]
    return any(unit.meanings.calls.get(unit.names.callee(call)) is None for call in calls)


def _known_to_others(value: Value) -> str:
    names = [inner.path for inner in walk(value) if isinstance(inner, Ref | Member)]
    calls = [inner.callee for inner in walk(value) if isinstance(inner, Call)]
    if any(_STRONG.search(name) for name in (*names, *calls)):
        return ""
    for name in (*names, *calls):
        if _SETTING.search(name):
            return "a setting that is the same for every user"
        if _USER.search(name):
            return "the user's id or address"
        if _RETURN_URL.search(name):
            return "the address to return to"
    return ""


def _fixed(unit: Unit, value: Value) -> str:
    """Whether nothing goes into an encoded object but text and the page's own address: it is the same for everybody."""
    parts = [part for inner in walk(value) for part in (inner, *walk(unit.folder.fold(inner)))]
    if not any(isinstance(part, Map) and part.entries and not part.open for part in parts):
        return ""
    names = [part.path for part in parts if isinstance(part, Ref | Member) and unit.folder.fold(part) is part]
    if any(isinstance(part, Opaque | Lambda) for part in parts) or not all(map(_OWN_ADDRESS.search, names)):
        return ""
    return "an encoding of what everybody knows"


def made_once(unit: Unit, value: Value, scope: int) -> bool:
    """Whether a random value is made when a server's module is loaded or a handler is built, and then shared by all.

    ``scope`` is where it is used. A program without handlers runs for one user, so nothing is shared there.
    """
    made = [call for means, call in unit.means_within(unit.folder.fold(value)) if means == "strong-random"]
    if not made or not all(isinstance(call, Call) for call in made):
        return False
    facts = unit.facts
    homes = {facts.function_of(call.scope) for call in made if isinstance(call, Call)}
    if homes == {0}:
        return facts.function_of(scope) != 0 or has_handlers(unit)
    return all(home and _builds_a_handler(unit, home) for home in homes)


def has_handlers(unit: Unit) -> bool:
    """Whether a source has functions that a web framework calls: ``@app.route(…)``, ``app.get(path, …)``."""
    for scope in unit.facts.scopes:
        if any(isinstance(d, Call) and _ROUTE.search(d.callee) for d in scope.decorators):
            return True
    return any(_ROUTE.search(c.callee) and any(isinstance(a, Lambda) for a in c.args) for c in unit.facts.calls)


def _builds_a_handler(unit: Unit, function: int) -> bool:
    """Whether a function makes a function and gives it back: what stands around that is done once."""
    facts = unit.facts
    return any(isinstance(r.value, Lambda) and facts.function_of(r.scope) == function for r in facts.returns)
