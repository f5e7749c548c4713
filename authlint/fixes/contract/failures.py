"""Somebody looks at whether a request was refused (AUT605)."""

from __future__ import annotations

import re

from authlint.concepts.unit import Unit
from authlint.concepts.web.answers import blocks_that_send, unhandled
from authlint.edits import Edit, Fix
from authlint.facts import Binding
from authlint.fixes.additions import line_end
from authlint.fixes.removal import removed
from authlint.fixes.statements import before, behind
from authlint.fixes.variables import Variables
from authlint.match import Match
from authlint.ruleset.libraries import Client
from authlint.source import Span
from authlint.values.texts import key_of

_BLOCK = re.compile(rb"[ \t]+as[ \t]+(?P<name>[A-Za-z_]\w{0,60})[ \t]*:[ \t]*\r?\n(?P<lead>[ \t]+)(?=\S)")
_WITH = re.compile(rb"[ \t]*(?:async[ \t]+)?with[ \t]+\Z")
_THEN = re.compile(rb"(?P<lead>\s{0,80})\.then\(")
_USED_AT_ONCE = re.compile(
    rb"(?P<lead>[ \t]*)(?P<start>return[ \t]+|(?:(?:const|let|var)[ \t]+)?[\w.{}, ]{1,80}?[ \t]*=[ \t]*)"
    rb"(?P<awaited>(?P<again>await[ \t]+)?\(await[ \t]+)?\Z"
)
_REST = re.compile(
    rb"\)?\.[\w.]{1,40}(?:\(\))?(?:\[[\"']\w{1,40}[\"']\])?[ \t]*(?P<end>;?)[ \t]*"
    rb"(?:(?:#|//)[^\r\n]{0,200})?(?:\r?\n|\Z)"
)
_NEEDS_END = re.compile(rb";|[^\n]{0,200}\n\s{0,200}[(\[`]")
_JAVASCRIPT = frozenset({"javascript", "typescript", "tsx"})
_DESCRIPTION = "Stop if it is refused"


def auth_failure_unhandled(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The statement that the client's row gives, after the request; or the client is left to raise by itself."""
    del variables
    client = _client(unit, match.span)
    if client is None:
        return None
    if match.case == "switched-off":
        edit = _switched_on(unit, match.span, client)
        return Fix("Let the client raise", (edit,)) if edit else None
    if match.case:
        return None
    if unit.source.language == "shell":
        edit = _flagged(unit, match.span, client)
        return Fix(_DESCRIPTION, (edit,)) if edit else None
    edits = _checked(unit, match.span, client.check) if client.check else ()
    return Fix(_DESCRIPTION, edits) if edits else None


def _client(unit: Unit, span: Span) -> Client | None:
    for found in unhandled(unit):
        if found.span == span:
            return found.exchange.client
    call = next((call for call in blocks_that_send(unit) if call.span == span), None)
    return unit.meanings.clients.get(unit.names.callee(call)) if call else None


def _switched_on(unit: Unit, span: Span, client: Client) -> Edit | None:
    """The option goes by which the client does not raise."""
    names = {selector.rpartition(".")[2] for selector in client.tolerant}
    for found in unit.facts.maps:
        for entry in found.entries:
            if key_of(entry) in names and span[0] <= entry.span[0] and entry.span[1] <= span[1]:
                return removed(unit, entry.span)
    if unit.source.language != "powershell":
        return None
    flags = re.compile(rb"(?i)[ \t]+-(?:" + "|".join(names).encode() + rb")(?::\$true)?(?![\w:])")
    flag = flags.search(unit.source.data, *span)
    return Edit(flag.span(), "") if flag else None


def _flagged(unit: Unit, span: Span, client: Client) -> Edit | None:
    """The first flag by which the command fails, after its name."""
    name = re.compile(rb"[\w.-]{1,20}(?=[ \t])").match(unit.source.data, span[0])
    if name is None or not client.strict or name[0].decode() not in client.name[0]:
        return None
    return Edit((name.end(), name.end()), f" --{client.strict[0]}")


def _checked(unit: Unit, span: Span, check: str) -> tuple[Edit, ...]:
    data, language = unit.source.data, unit.source.language
    bound = next((item for item in unit.facts.bindings if item.value.span == span), None)
    if bound is not None and language == "python" and (block := _BLOCK.match(data, span[1])):
        if not _WITH.match(data[data.rfind(b"\n", 0, span[0]) + 1 : span[0]]):
            return ()
        statement = check.replace("{}", block["name"].decode())
        return (Edit((block.end(), block.end()), statement + line_end(unit) + block["lead"].decode()),)
    if bound is not None:
        edit = _after_statement(unit, bound, check)
        return (edit,) if edit else ()
    then = _THEN.match(data, span[1]) if language in _JAVASCRIPT else None
    if then:
        statement = check.replace("{}", "response")
        function = f"{then['lead'].decode()}.then((response) => {{ {statement}; return response; }})"
        return (Edit((span[1], span[1]), function),)
    return _named(unit, span, check)


def _after_statement(unit: Unit, bound: Binding, check: str) -> Edit | None:
    """A statement of its own on the line below, with a semicolon where that is the way or what follows needs one."""
    following = _NEEDS_END.match(unit.source.data, bound.span[1]) if unit.source.language in _JAVASCRIPT else None
    statement = check.replace("{}", unit.source.slice(bound.name_span))
    return behind(unit, bound.span, statement + (";" if following else ""))


def _named(unit: Unit, span: Span, check: str) -> tuple[Edit, ...]:
    """``x = get(url).json()`` in three steps; what is written in the request stays where it is."""
    data, declared = unit.source.data, unit.source.language in _JAVASCRIPT
    line = data.rfind(b"\n", 0, span[0]) + 1
    found, rest = _USED_AT_ONCE.match(data[line : span[0]]), _REST.match(data, span[1])
    name = next((name for name in ("response", "answer") if not _is_used(unit, span, name)), "")
    if found is None or rest is None or not name or (declared and before(unit, span) is None):
        return ()
    awaited = bool(found["awaited"])
    if awaited != (data[span[1] : span[1] + 1] == b")") or (declared and not awaited):
        return ()
    lead, start = found["lead"].decode(), (found["start"] + (found["again"] or b"")).decode()
    following = (rest["end"].decode() if declared else "") + line_end(unit) + lead
    first = f"{'const ' if declared else ''}{name} = {'await ' if awaited else ''}"
    return (
        Edit((line + len(lead), span[0]), first),
        Edit((span[1], span[1] + awaited), f"{following}{check.replace('{}', name)}{following}{start}{name}"),
    )


def _is_used(unit: Unit, span: Span, name: str) -> bool:
    """Whether a name means something in the function around a place."""
    function = unit.facts.function_of(unit.facts.scope_at(span))
    around = unit.facts.scopes[function].span if function else (0, len(unit.source.data))
    return bool(re.compile(rb"(?<![\w.])" + name.encode() + rb"\b").search(unit.source.data, *around))
