"""Files are made for their owner only (AUT210)."""

from __future__ import annotations

from authlint.concepts.unit import Meant, Unit
from authlint.edits import Edit, Fix
from authlint.facts import Call, Lambda, Map, Text, Value
from authlint.fixes.additions import at_end, in_map
from authlint.fixes.variables import Variables
from authlint.match import Match

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_MODE = "mode: 0o600"
_OPENED = 2


def token_in_plain_file(unit: Unit, match: Match, variables: Variables) -> Fix | None:
    """The mode is given where the call takes one; a file that is there already keeps its own."""
    del variables
    meant = next((meant for meant in unit.meaning("file-write") if meant.call.span == match.span), None)
    if meant is None or meant.call.open:
        return None
    edit = None
    if unit.source.language in _SCRIPTS and "options" in meant.row.arguments:
        edit = _in_options(unit, meant)
    elif unit.source.language == "ruby":
        perm = "perm" in meant.row.arguments.get("mode", ())
        edit = at_end(unit, meant.call, ["perm: 0600"]) if perm else _in_opener(unit, meant.call)
    return Fix("Make the file readable for its owner only", (edit,)) if edit else None


def _in_options(unit: Unit, meant: Meant) -> Edit | None:
    call, options = meant.call, meant.argument("options")
    place = next(int(selector) for selector in meant.row.arguments["options"])
    if options is None:
        return at_end(unit, call, [f"{{ {_MODE} }}"]) if len(call.args) == place and not call.named else None
    if isinstance(options, Map):
        return in_map(unit, options, [_MODE])
    written = unit.source.slice(options.span)
    is_encoding = isinstance(options, Text) and written[1:-1] == options.literal
    return Edit(options.span, f"{{ encoding: {written}, {_MODE} }}") if is_encoding else None


def _in_opener(unit: Unit, call: Call) -> Edit | None:
    """``File.open(path, "w", 0600) { |file| … }``."""
    handle = call.callee.rpartition(".")[0]
    owner = unit.names.parameter_of(handle, call.scope)
    opener = unit.callers.get(owner) if owner is not None else None
    if opener is None or not opener.callee.startswith("File.") or opener.named or opener.open:
        return None
    given: list[Value] = [argument for argument in opener.args if not isinstance(argument, Lambda)]
    end = given[-1].span[1] if len(given) == _OPENED else None
    return Edit((end, end), ", 0600") if end else None
