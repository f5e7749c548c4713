"""Colours for the terminal: a few words of ANSI, or nothing."""

from __future__ import annotations

_CODES = {"bold": "1", "dim": "2", "red": "31", "yellow": "33", "blue": "34", "cyan": "36"}
LEVEL_COLORS = {"error": "red", "warning": "yellow", "info": "cyan"}


class Style:
    """Paints text if colours are on, else leaves it alone."""

    def __init__(self, color: bool) -> None:
        """Nothing is asked of the terminal here: that was decided before."""
        self.color = color

    def __call__(self, text: str, *names: str) -> str:
        """The text in the colours of these names."""
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"
