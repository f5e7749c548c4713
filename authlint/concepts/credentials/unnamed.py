"""Keys that the query of a URL shows to be keys, whatever the code calls them: ``f"{URL}?appid={weather}"``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.credentials.credentials import NamedValue
from authlint.concepts.unit import Unit
from authlint.concepts.web.urls import parse
from authlint.facts import Ref, Text
from authlint.texts import key_of

_NAMES = re.compile(r"(?i)(?:app_?id|(?:api|app|access)?[_-]?key)")
_OPENS = re.compile(r"(?i)[?&](?:app_?id|\w{0,8}key)=$")
_WEATHER = re.compile(r"(?i)appid")
_HEX = re.compile(r"[0-9a-f]{32}")


def query_keys(unit: Unit) -> Iterator[NamedValue]:
    """Values that stand in a query as the key of an API; whether they are written down is for others to say."""
    for text in unit.facts.texts:
        if text.literal is not None or not any(isinstance(part, str) and _OPENS.search(part) for part in text.parts):
            continue
        url = parse(text)
        if unit.knowledge.takes_public_keys(url.known_host):
            continue
        for name, value in url.query.items():
            if isinstance(value, Ref) and _NAMES.fullmatch(name):
                yield NamedValue(name, value, "argument", "api-key")
    for found in unit.facts.maps:
        for entry in found.entries:
            name = key_of(entry) or ""
            if _WEATHER.fullmatch(name) and isinstance(entry.value, Text) and _HEX.fullmatch(entry.value.literal or ""):
                yield NamedValue(name, entry.value, "entry", "api-key")
