"""Which environment code or configuration is for, told by its path, its section or the branch around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal, TypeAlias

from authlint.concepts.credentials.credentials import CONFIGURATION
from authlint.concepts.unit import Unit, once
from authlint.facts import Compare, Ref, Text, Value, dotted, walk
from authlint.source import Span

Environment: TypeAlias = Literal["", "production", "staging", "development", "test"]

_WORDS: dict[str, Environment] = {
    "prod": "production", "production": "production", "prd": "production",
    "staging": "staging", "stage": "staging", "stg": "staging", "preprod": "staging", "uat": "staging",
    "dev": "development", "development": "development", "local": "development", "develop": "development",
    "test": "test", "testing": "test", "sandbox": "test", "qa": "test",
}  # fmt: skip
_CODE_PATH = re.compile(
    r"(?i)(?:^|/)(?:config|conf|settings|environments?|env|envs|deploy)/|(?:^|/)environment\.\w+\.ts$"
)
_PARTS = re.compile(r"[./_-]")
_ASKED = re.compile(
    r"(?i)(?:^|[._])(?:node_?env|rails_?env|rack_?env|app_?env|flask_?env|environment|env|stage)(?:[._?]|$)"
)


def of_path(path: str, language: str) -> Environment:
    """The environment that a file is for: ``.env.production``, ``config/staging.yml``, ``values-prod.yaml``."""
    if language not in CONFIGURATION and not _CODE_PATH.search(path):
        return ""
    folder, _, name = path.lower().rpartition("/")
    found = [_WORDS[part] for part in _PARTS.split(name) if part in _WORDS]
    if not found:
        found = [_WORDS[part] for part in folder.split("/")[-2:] if part in _WORDS]
    return found[-1] if len(set(found)) == 1 else ""


def of_key(path: str) -> Environment:
    """The environment whose section a configuration key stands in: ``production.api.key``, ``env.prod.vars.KEY``."""
    found = {_WORDS[part] for part in path.lower().split(".")[:-1] if part in _WORDS}
    return found.pop() if len(found) == 1 else ""


def of_place(unit: Unit, span: Span) -> Environment:
    """The environment of a place: the branch or the section around it, or else that of the file."""
    branch = _of_branch(unit, span)
    if branch:
        return branch
    if unit.source.language in CONFIGURATION:
        starts, ends, sections = _sections(unit)
        at = bisect_right(starts, span[0]) - 1
        if at >= 0 and span[1] <= ends[at]:
            return sections[at]
    return of_path(unit.source.path, unit.source.root.language)


@once
def _sections(unit: Unit) -> tuple[list[int], list[int], list[Environment]]:
    """Where the keys of a configuration stand that are in the section of an environment: starts, ends, environments."""
    found = sorted((b.span, section) for b in unit.facts.bindings if (section := of_key(b.path)))
    return [span[0] for span, _ in found], [span[1] for span, _ in found], [section for _, section in found]


def _of_branch(unit: Unit, span: Span) -> Environment:
    """``if (process.env.NODE_ENV === 'production')``; an ``else`` says what it is not, which is not enough."""
    for index in unit.facts.around(unit.facts.scope_at(span)):
        scope = unit.facts.scopes[index]
        if scope.kind == "branch" and isinstance(scope.head, Compare) and scope.head.op == "==":
            sides: tuple[Value, Value] = (scope.head.left, scope.head.right)
            words = [side.literal for side in sides if isinstance(side, Text) and side.literal]
            asked = [dotted(inner) for side in sides for inner in walk(side) if isinstance(inner, Ref)]
            if len(words) == 1 and any(_ASKED.search(name) for name in asked):
                return _WORDS.get(words[0].lower(), "")
    return ""
