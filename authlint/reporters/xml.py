"""XML as text: what no XML document may hold is shown as an escape, everything else as an entity where it must be."""

from __future__ import annotations

import re
from collections.abc import Mapping

from authlint.secret.redact import clean

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def element(name: str, attributes: Mapping[str, object], content: str | None = None) -> str:
    """An element with these attributes and this content, which is XML already; closed at once without any."""
    given = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}/>" if content is None else f"<{name}{given}>{content}</{name}>"


def escape(value: object) -> str:
    """Text that can stand in an attribute or between tags."""
    text = _ILLEGAL.sub("\ufffd", clean(str(value)))
    return "".join(_ENTITIES.get(char, char) for char in text)
