"""Character references of HTML and JSX. Only those with ``;`` count: ``?a=1&times=2`` in an attribute holds none."""

from __future__ import annotations

import html
import re

ENTITY = re.compile(rb"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ENTITY = re.compile(ENTITY.pattern.decode())


def unescape(text: str) -> str:
    """The text that an attribute or a text in a page stands for."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text
