"""What holds for the facts of any source, however broken."""

from collections.abc import Iterable
from itertools import chain
from typing import Protocol

from authlint.facts import Facts, walk
from authlint.source import Span


class _Placed(Protocol):
    @property
    def span(self) -> Span: ...


def spans(*groups: Iterable[_Placed]) -> list[Span]:
    """Where facts of any kind stand."""
    return [item.span for item in chain(*groups)]


def check(facts: Facts) -> None:
    """Every span lies within the source, and at most twenty of them are broken."""
    end = facts.scopes[0].span[1]
    places = [scope.span for scope in facts.scopes] + [item.span for item in facts.comments] + facts.broken
    for binding in facts.bindings[:500]:
        places += [binding.span, binding.name_span, *(value.span for value in walk(binding.value))]
    for call in facts.calls[:200]:
        places += [call.name_span, *(value.span for value in walk(call))]
    places += [item.span for item in (*facts.texts, *facts.reads, *facts.compares, *facts.maps)]
    assert all(0 <= start <= stop <= end for start, stop in places)
    assert len(facts.broken) <= 20
    for source in facts.embedded:
        assert sum(segment.length for segment in source.segments) == len(source.data)
        assert all(0 <= s.start <= s.end <= end for s in source.segments)
