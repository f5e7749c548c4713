"""Front-ends: source in one language → facts. Syntax only; what a library's call means is not known here.

Each module has one function, ``lower(source) -> Facts``. It never raises on bad input: what does not parse is listed
in ``Facts.broken``, and what was understood around it is kept.
"""

from __future__ import annotations

from importlib import import_module

from authlint.facts import Facts
from authlint.source import Source

_MODULES = {
    "python": "python",
    "javascript": "javascript",
    "typescript": "javascript",
    "tsx": "javascript",
    "html": "html",
    "vue": "html",
    "svelte": "html",
    "shell": "shell",
    "powershell": "powershell",
    "ruby": "ruby",
    "text": "lexical",
    "yaml": "yaml",
    "json": "json",
    "toml": "toml",
    "ini": "keyvalue",
    "properties": "keyvalue",
    "dotenv": "keyvalue",
    "dockerfile": "dockerfile",
    "markdown": "markdown",
    "notebook": "notebook",
}


def lower(source: Source) -> Facts:
    """The facts of a source, from the front-end of its language."""
    facts: Facts = import_module(f"authlint.frontends.{_MODULES[source.language]}").lower(source)
    return facts
