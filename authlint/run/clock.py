"""What day it is: part of the edge, since the core has no clock."""

from __future__ import annotations

import os
import time
from datetime import date, datetime, timezone

from authlint.errors import ConfigError

VARIABLE = "SOURCE_DATE_EPOCH"
"""Seconds since 1970 that stand for now, so that a build gives the same on any day (reproducible-builds.org)."""


def today() -> date:
    """The day that the environment says it is, or else the real one, in UTC."""
    return now().date()


def now() -> datetime:
    """The time that the environment says it is, or else the real one, in UTC."""
    told = os.environ.get(VARIABLE, "")
    try:
        return datetime.fromtimestamp(int(told) if told else time.time(), timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise ConfigError(f"{VARIABLE} is to be a number of seconds since 1970, not '{told[:40]}'") from None
