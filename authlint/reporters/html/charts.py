"""Charts as inline SVG: how findings are spread over levels, families, languages, providers and folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from authlint.reporters.html.rows import escape
from authlint.ruleset.rules import LEVELS

if TYPE_CHECKING:
    from authlint.reporters.html.rows import Shown
    from authlint.ruleset.rules import Level

_MOST = 8
"""How many bars a chart has; what is less is added up, and found by searching."""

_TITLES = {"family": "Family", "language": "Language", "provider": "Provider", "folder": "Folder"}
_WIDTH = 100
_ROUND = 100
_LONG = 10_000


class Tally(NamedTuple):
    """How many findings of each level there are for each value of each thing that is charted."""

    counts: dict[str, dict[str, Counter[Level]]]

    @classmethod
    def of(cls, shown: Iterable[Shown]) -> Tally:
        """The tally of these findings."""
        counts: dict[str, dict[str, Counter[Level]]] = {key: {} for key in _TITLES}
        for item in shown:
            for key, value in item.groups.items():
                if value:
                    counts[key].setdefault(value, Counter())[item.finding.level] += 1
        return cls(counts)


def panels(tally: Tally) -> Iterator[str]:
    """A chart for each thing that has more than nothing to show."""
    for key, groups in tally.counts.items():
        if groups:
            yield f'<section class="panel"><h2>{_TITLES[key]}</h2><ul>{"".join(_bars(key, groups))}</ul></section>'


def _bars(key: str, groups: dict[str, Counter[Level]]) -> Iterator[str]:
    ordered = sorted(groups.items(), key=lambda group: (-group[1].total(), group[0]))
    most = ordered[0][1].total()
    for name, levels in ordered[:_MOST]:
        yield (
            f'<li><button type="button" class="bar" aria-pressed="false" data-key="{key}" data-value="{escape(name)}">'
            f'<span class="label" title="{escape(name)}"><bdi>{escape(name)}</bdi></span>'
            f'{_bar(levels, most)}<span class="number">{levels.total():,}</span></button></li>'
        )
    if len(ordered) > _MOST:
        rest = sum(levels.total() for _, levels in ordered[_MOST:])
        yield f'<li class="quiet rest">{len(ordered) - _MOST:,} more with {rest:,}</li>'


def _bar(levels: Counter[Level], most: int) -> str:
    at = 0.0
    parts = []
    for level in reversed(LEVELS):
        width = levels[level] * _WIDTH / most
        if width:
            parts.append(f'<rect class="{level}" x="{at:.2f}" width="{width:.2f}" height="8"/>')
            at += width
    text = ", ".join(f"{levels[level]:,} {level}" for level in reversed(LEVELS) if levels[level])
    frame = f'viewBox="0 0 {_WIDTH} 8" preserveAspectRatio="none" role="img" aria-label="{text}"'
    return f"<svg {frame}>{''.join(parts)}</svg>"


def donut(levels: dict[Level, int]) -> str:
    """The levels as a ring; an empty one if there are no findings."""
    total = sum(levels.values())
    text = ", ".join(f"{levels[level]:,} {level}" for level in reversed(LEVELS)) if total else "no findings"
    arcs = ['<circle class="track" cx="21" cy="21" r="15.9155" pathLength="100"/>']
    at = 0.0
    for level in reversed(LEVELS):
        share = levels[level] * _ROUND / total if total else 0
        if share:
            arcs.append(
                f'<circle class="{level}" cx="21" cy="21" r="15.9155" pathLength="100"'
                f' stroke-dasharray="{share:.2f} {_ROUND - share:.2f}" stroke-dashoffset="{25 - at:.2f}"/>'
            )
            at += share
    size = ' class="long"' if total >= _LONG else ""
    middle = f'<text x="21" y="21"{size}>{total:,}</text>'
    return f'<svg class="donut" viewBox="0 0 42 42" role="img" aria-label="{text}">{"".join(arcs)}{middle}</svg>'
