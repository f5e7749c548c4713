"""Libraries that insist on https, and are told not to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from authlint.concepts.switches import Switched, switches
from authlint.concepts.unit import Unit
from authlint.concepts.web.urls import is_loopback, parse
from authlint.facts import Compare, Const, Ref, Text
from authlint.match import Match
from authlint.source import Span

_OFF = frozenset({"0", "false", "no", "off"})


def insecure_transport_override(unit: Unit) -> Iterator[Match]:
    """A switch turns off that a library refuses plain http."""
    spans: set[Span] = set()
    for switch in switches(unit, "transport-override"):
        spans.add(switch.span)
        fields = {"switch": switch.path.rpartition(".")[2], "even": _even(switch)}
        yield Match(switch.span, fields, "demo" if _is_demo(unit, switch.scope) else "")
    for meant in unit.meaning("transport-override"):
        spans.add(meant.call.name_span)
        yield Match(meant.call.name_span, {"switch": meant.call.callee.rpartition(".")[2], "even": ""})
    ordered = sorted(spans)
    for read in unit.facts.reads:
        at = bisect_right(ordered, (read.span[0], read.span[1])) - 1
        inside = at >= 0 and read.span[0] < ordered[at][1]
        if not inside and unit.read_means(read) == "transport-override":
            yield Match(read.span, {"switch": read.path.rpartition(".")[2], "even": ""})


def _even(switch: Switched) -> str:
    """What is worth saying where the value looks as if it switched something off."""
    value = switch.value
    word = value.literal if isinstance(value, Text) else str(value.value) if isinstance(value, Const) else ""
    return f', even with the value "{word}"' if switch.is_("even", "any") and word and word.lower() in _OFF else ""


def _is_demo(unit: Unit, scope: int) -> bool:
    """Whether code runs only where the file is started by itself, and no host but this machine is named over http."""
    heads = [unit.facts.scopes[place].head for place in unit.facts.around(scope)]
    if not any(isinstance(h, Compare) and isinstance(h.left, Ref) and h.left.path == "__name__" for h in heads):
        return False
    urls = (parse(folded) for _, folded in unit.folded_texts)
    return not any(url.scheme == "http" and not is_loopback(url.known_host) for url in urls)
