"""Messages to other windows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.unit import Unit
from authlint.facts import Value
from authlint.names import last, split
from authlint.source import Span

_SIGN_IN = re.compile(rb"(?i)oauth|access_?token|id_?token|openid|authorization_?code")

_OWN = ((), ("window",), ("self",), ("global",), ("global", "this"))  # a page's messages to itself go nowhere else


@dataclass(frozen=True, slots=True)
class WindowMessage:
    """Something is posted to another window, whatever page is in it where ``origin`` is ``*``.

    ``ends_sign_in``: it goes to the page that opened this one, or holds it and the source is about OAuth: then a
    ``code`` in it is one of an authorization and no program's.
    """

    value: Value
    origin: str
    ends_sign_in: bool
    span: Span


def window_messages(unit: Unit) -> Iterator[WindowMessage]:
    """Every message with an origin; those to workers and ports have none."""
    for meant in unit.meaning("window-message"):
        receiver = meant.call.callee.rpartition(".")[0]
        if split(last(receiver)) in _OWN:
            continue
        value = unit.argument(meant, "value")
        origin = unit.folder.literal(unit.argument(meant, "origin"))
        if value is not None and origin:
            to_parent = split(last(receiver))[-1:] in (("parent",), ("top",))
            ends_sign_in = "opener" in receiver or (to_parent and unit.derived(_is_about_sign_in))
            yield WindowMessage(value, origin, ends_sign_in, meant.call.span)


def _is_about_sign_in(unit: Unit) -> bool:
    """Whether a source is about OAuth."""
    return _SIGN_IN.search(unit.source.data) is not None
