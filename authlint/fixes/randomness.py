"""How code of each language makes a value that nobody can guess."""

from __future__ import annotations

import re
from typing import NamedTuple

from authlint.concepts.unit import Unit
from authlint.concepts.web.sessions import is_free

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_NODE = ("crypto", "node:crypto")
_RAILS = re.compile(
    rb"\bredirect_to\b|\bApplicationController\b|\brequire\s{1,4}[\"']securerandom[\"']|\bSecureRandom\b|[\"']sinatra"
)


class Expression(NamedTuple):
    """Code, and the modules that it needs."""

    code: str
    imports: tuple[str, ...] = ()


def random_value(unit: Unit) -> Expression | None:
    """A value of 128 bits or more from the generator for it; ``None`` where its name means something else."""
    language = unit.source.language
    if language == "python":
        return _python(unit)
    if language in _SCRIPTS:
        return _script(unit)
    if language == "ruby":
        return Expression("SecureRandom.urlsafe_base64(32)") if _RAILS.search(unit.source.data) else None
    code = {"powershell": '[guid]::NewGuid().ToString("N")', "shell": "$(openssl rand -hex 32)"}.get(language)
    return Expression(code) if code else None


def _python(unit: Unit) -> Expression | None:
    for item in unit.facts.imports:
        if item.name == "secrets":
            return Expression(f"{item.alias}.token_urlsafe(32)")
        if item.name == "secrets.token_urlsafe":
            return Expression(f"{item.alias}(32)")
    return Expression("secrets.token_urlsafe(32)", ("secrets",)) if is_free(unit, ("secrets",)) else None


def _script(unit: Unit) -> Expression | None:
    for item in unit.facts.imports:
        if item.name in _NODE:
            return Expression(f"{item.alias}.randomBytes(32).toString('base64url')")
        if item.name in tuple(f"{module}.randomBytes" for module in _NODE):
            return Expression(f"{item.alias}(32).toString('base64url')")
    taken = {item.alias for item in unit.facts.imports} | {binding.path for binding in unit.facts.bindings}
    return None if "crypto" in taken else Expression("crypto.randomUUID()")
