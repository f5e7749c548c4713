"""Committed credentials (AUT1xx): what was a literal is read from the environment."""

from __future__ import annotations

import re
from collections import defaultdict

from authlint.concepts.credentials.credentials import environment_name
from authlint.concepts.unit import Unit
from authlint.edits import Edit, Fix
from authlint.facts import Call, Choice, Opaque, Text, Value
from authlint.fixes.environment import Place, argument_removed, read, required
from authlint.fixes.given import given_at, text_at, variable_names
from authlint.fixes.statements import before, behind
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.names import is_secret_name
from authlint.source import Span

_SCHEME = re.compile(rb"(?i)(?:bearer|token|jwt|apikey|basic)\s{1,4}(?=\S)")
_ASSIGNED = re.compile(rb"[\w.-]{1,80}=")
_QUOTES = b"\"'`"
_OPERATORS = re.compile(rb":?[-=]$")
_READERS = frozenset({"config", "env", "str", "get_value"})
_ELSEWHERE = "its provider"


def live_provider_key(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The variable is called as the pack of the provider suggests."""
    suggested = match.fields["env"]
    given = given_at(unit, match.span)
    names = [suggested]
    if given is not None:
        own = variable_names(unit, match.span, suggested)[0]
        stem = suggested.partition("_")[0]
        names += [own if own.startswith(stem) else f"{stem}_{own}"] if is_secret_name(own) else []
    revoke = match.fields.get("at", "").removeprefix(" at ")
    return _from_environment(unit, match.span, names, variables, revoke or match.fields["provider"])


test_provider_key = live_provider_key
scim_provisioning_key = live_provider_key


def hardcoded_bearer_token(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The variable is called as what the token was given to."""
    return _from_environment(unit, match.span, variable_names(unit, match.span, "API_TOKEN"), variables)


def hardcoded_client_secret(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The same."""
    return _from_environment(unit, match.span, variable_names(unit, match.span, _named(match)), variables)


def weak_signing_key(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The same; what is only an argument of a call is called by what it does."""
    names = variable_names(unit, match.span, _named(match) if "(" not in match.fields["name"] else "JWT_SECRET")
    return _from_environment(unit, match.span, names, variables, "")


def secret_in_image_or_ci(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """In what is filled in before it runs; nothing can be done about a build argument here."""
    if match.case == "argument":
        return None
    return _from_environment(unit, match.span, [_named(match)], variables)


def secret_default_fallback(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The literal goes, and the program stops where the variable is not set."""
    del variables  # the variable has its name already
    edits, imports, name = _without_default(unit, match.span)
    if not edits:
        return None
    return Fix(f"Stop where {name or 'it'} is not set", edits, imports=imports, variables=(name,) if name else ())


def _named(match: Match) -> str:
    name = re.sub(r"(?i)\b(?:the|of|a)\b|'s\b|\W+", "_", match.fields.get("name", "").strip("'\"")).strip("_")
    name = re.sub("__+", "_", name).strip("_")
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return spaced.upper() if spaced[:1].isalpha() and spaced.isascii() else "API_KEY"


def _from_environment(
    unit: Unit, span: Span, names: list[str], variables: Variables, revoke: str = _ELSEWHERE
) -> Fix | None:
    text = text_at(unit, span)
    if text is None:
        return None
    place = Place(unit, text, _secret_in(unit, text, span))
    secret = unit.source.slice(place.span) if not place.is_whole else text.literal or unit.source.slice(place.span)
    trial = read(place, names[0])
    if trial is None:
        return None  # and no name is used up
    name = variables.name(secret, names)
    reading = read(place, name)
    if reading is None:
        return None
    is_gone = reading.edits[0].text == ""
    description = f"Leave {name} empty here" if is_gone else f"Read {name} from the environment"
    return Fix(description, reading.edits, imports=reading.imports, variables=(name,), revoke=revoke)


def _secret_in(unit: Unit, text: Text, span: Span) -> Span:
    """The part of a span that is secret: without quotes, without ``Bearer`` and without a name before it."""
    data, (start, end) = unit.source.data, span
    if (
        span == text.span
        and data[start : start + 1] in (b'"', b"'", b"`")
        and data[end - 1 : end] == data[start : start + 1]
    ):
        inside = (start + 1, end - 1)
    else:
        inside = span
    before = _SCHEME.match(data, *inside) or (_ASSIGNED.match(data, *inside) if _is_pair(text, data, inside) else None)
    if before:
        return before.end(), inside[1]
    return span


def _is_pair(text: Text, data: bytes, span: Span) -> bool:
    """Whether a text is ``NAME=value``, as options of commands and lists of variables are."""
    found = _ASSIGNED.match(data, *span)
    return bool(found and is_secret_name(found[0][:-1].decode()) and (text.literal or "").startswith(found[0].decode()))


# -- defaults --------------------------------------------------------------------------------------------------------


def _without_default(unit: Unit, span: Span) -> tuple[tuple[Edit, ...], tuple[str, ...], str]:
    data = unit.source.data
    for value in _around(unit, span):
        if isinstance(value, Call):
            return _without_argument(unit, value, span)
        name = next((n for option in _options(value) if (n := environment_name(unit, option))), "")
        if name and name.isidentifier() and unit.source.language not in ("shell", "yaml", "properties", "dockerfile"):
            found = required(unit, name, value.span)
            guard = _guards(unit, value, name, found[0]) if found else None
            if found and guard is not None:
                return (Edit(value.span, found[0]), *guard), found[1], name
            return (), (), ""
    operator = _OPERATORS.search(data, max(0, span[0] - 2), span[0])
    expanded = re.compile(rb"\$\{([\w.]{1,80})$").search(
        data, max(0, span[0] - 90), operator.start() if operator else 0
    )
    if operator and expanded:
        return (Edit((operator.start(), span[1]), ":?"),), (), expanded[1].decode()
    placeholder = re.compile(rb"\$\{([\w.-]{1,80}):$").search(data, max(0, span[0] - 90), span[0])
    if placeholder and unit.source.language in ("yaml", "properties"):
        return (Edit((span[0] - 1, span[1]), ""),), (), placeholder[1].decode()
    return (), (), ""


def _guards(unit: Unit, value: Value, name: str, reading: str) -> tuple[Edit, ...] | None:
    """The edits by which JavaScript stops where a variable is not set, as other languages do by themselves.

    ``None`` where there is no place for them.
    """
    if unit.source.language not in ("javascript", "typescript", "tsx"):
        return ()
    given = next((binding for binding in unit.facts.bindings if binding.value is value), None)
    throw = f"throw new Error('{name} is not set');"
    if given is not None and given.declares and given.path.isidentifier():
        edit = behind(unit, given.span, f"if (!{given.path}) {throw}")
    else:
        line = f"if (!{reading.rstrip('!')}) {throw}"
        if line.encode() in unit.source.data[: value.span[0]]:
            return ()
        edit = before(unit, value.span, line)
    return (edit,) if edit else None


def _around(unit: Unit, span: Span) -> list[Value]:
    """The calls and choices that a literal is directly part of."""
    return unit.derived(_holders).get(span, [])


def _holders(unit: Unit) -> dict[Span, list[Value]]:
    """Calls by where their arguments are, and then choices by where their options are."""
    found: dict[Span, list[Value]] = defaultdict(list)
    values = [binding.value for binding in unit.facts.bindings] + [item.value for item in unit.facts.returns]
    for call in unit.facts.calls:
        arguments = [*call.args, *(value for _, value in call.named)]
        values += arguments
        for argument in arguments:
            found[argument.span].append(call)
    values += [entry.value for item in unit.facts.maps for entry in item.entries]
    for value in values:
        for span in {option.span for option in _options(value)}:
            found[span].append(value)
    return found


def _options(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Choice):
        return value.options
    return value.operands if isinstance(value, Opaque) and value.op == "|" else ()


def _without_argument(unit: Unit, call: Call, span: Span) -> tuple[tuple[Edit, ...], tuple[str, ...], str]:
    name = environment_name(unit, call)
    language = unit.source.language
    if call.callee.endswith(".default") and call.receiver is not None and len(call.args) == 1:
        return (Edit((call.receiver.span[1], call.span[1]), ""),), (), ""
    canonical = unit.names.callee(call)
    if not name or not name.isidentifier():
        return (), (), ""
    if language == "python" and canonical in ("os.environ.get", "os.getenv", "environ.get", "getenv"):
        found = required(unit, name, call.span)
        return ((Edit(call.span, found[0]),), found[1], name) if found else ((), (), "")
    if (language == "ruby" and call.callee == "ENV.fetch") or canonical.rpartition(".")[2] in _READERS:
        edit = argument_removed(unit, call, span)
        return ((edit,), (), name) if edit else ((), (), "")
    return (), (), ""
