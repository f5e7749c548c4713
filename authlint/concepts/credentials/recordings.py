"""Recorded answers: what a test plays back was true when it was recorded, and its access tokens are long over."""

from __future__ import annotations

import re
from datetime import date, timedelta

from authlint.concepts.unit import Unit
from authlint.source import Span

_RECORDED = re.compile(rb"recorded_?at[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:\w{3}, )?(\d{4}-\d\d-\d\d|\d\d? \w{3} \d{4})")
_MADE = re.compile(rb"\bcreated_at\\{0,2}[\"']\s{0,4}:\s{0,4}(\d{10})\b")
_LIVES = re.compile(rb"\bexpires_in\\{0,2}[\"']\s{0,4}:\s{0,4}\\{0,2}[\"']?(\d{1,8})\b")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_REACH = 2_000
_DAY = 86_400


def is_over(unit: Unit, token: Span) -> bool:
    """Whether what stands beside an access token says that it has ended: how long it lives, and since when.

    ``expires_in`` must be in the same answer; the day is that of its ``created_at``, or else that of the recording.
    """
    data = unit.source.data
    if b"expires_in" not in data or not (b"recorded" in data or b"created_at" in data):
        return False
    around = data[max(0, token[0] - _REACH) : token[1] + _REACH]
    lives = _LIVES.search(around)
    since = _since(around) or unit.derived(_recorded)
    if lives is None or since is None or unit.today is None:
        return False
    return since + timedelta(days=int(lives[1]) // _DAY + 1) < unit.today


def _since(answer: bytes) -> date | None:
    made = _MADE.search(answer)
    return date(1970, 1, 1) + timedelta(days=int(made[1]) // _DAY) if made else None


def _recorded(unit: Unit) -> date | None:
    """The last day on which something in a source was recorded."""
    days = (_day(match[1].decode()) for match in _RECORDED.finditer(unit.source.data))
    return max((day for day in days if day is not None), default=None)


def _day(text: str) -> date | None:
    """A day as recordings have it: ``2016-02-14``, ``14 Feb 2016``."""
    try:
        if "-" in text:
            return date(*map(int, text.split("-")))
        day, month, year = text.split()
        return date(int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None
