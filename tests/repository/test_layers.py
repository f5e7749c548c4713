"""Imports point inwards, the core touches nothing outside, and what is installed is what is imported."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = (
    ("source",),
    ("facts", "names", "languages", "places", "errors", "match", "edits", "secret.speech"),
    ("frontends", "frontends.*", "values.texts", "factview"),
    ("secret.placeholders", "secret.detectors", "secret.encodings", "secret.checksums"),
    ("ruleset.providers", "ruleset.libraries", "ruleset.shapes"),
    ("ruleset.rules", "ruleset.schema", "ruleset.examples"),
    ("ruleset.knowledge", "ruleset.rulefiles", "values.resolve", "finding", "engine.suppress", "engine.prefilter"),
    ("values.*", "secret.*", "context", "engine.verdict", "engine.fingerprint"),
    ("concepts", "concepts.*"),
    ("checks", "checks.*", "engine.declared"),
    ("fixes", "fixes.*"),
    ("engine.*",),
    ("values", "secret", "ruleset", "engine"),
)
"""A module of the core imports from its own row and the rows above. What is in no row is the edge; it imports all."""

PURE = frozenset({
    "__future__", "base64", "binascii", "bisect", "collections", "collections.abc", "contextlib", "dataclasses",
    "datetime", "difflib", "enum", "functools", "hashlib", "html", "hyperscan", "importlib", "ipaddress", "itertools",
    "json", "math", "re", "string", "types", "typing", "unicodedata", "urllib.parse", "zlib",
})  # fmt: skip
"""What the core imports from outside: nothing that reads files, the environment or a clock, or reaches a network."""

EXCEPTIONS = {
    "ruleset.schema": {"sys", "eval"},
    "ruleset.rulefiles": {"sys", "tomli", "tomllib"},
    "secret.detectors": {"sys", "warnings"},
}
"""The type hints of our own source are evaluated; ``tomli`` stands in for ``tomllib`` before Python 3.11; what
detect-secrets warns of when it is imported is nobody's business, and the HTTP client it imports is kept out.
"""

OUTSIDE = frozenset({"open", "print", "input", "breakpoint", "exec", "eval", "__import__", "globals"})
ABSENT = frozenset({
    "environ", "getenv", "perf_counter", "monotonic", "time_ns", "urlopen", "read_text", "read_bytes",
    "today()", "now()", "utcnow()", "fromtimestamp()", "time()",
})  # fmt: skip


class Module(NamedTuple):
    """What a module imports, anywhere in it, the functions it calls by name and the attributes it uses.

    An attribute that is called is there with ``()`` as well.
    """

    imports: frozenset[str]
    calls: frozenset[str]
    attributes: frozenset[str]

    @property
    def own(self) -> set[str]:
        return {name.removeprefix("authlint.") for name in self.imports if name.startswith("authlint.")}

    @property
    def outside(self) -> set[str]:
        return {name for name in self.imports if name.partition(".")[0] != "authlint"}


PATHS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts[1:]).removesuffix("__init__").rstrip("."): path
    for path in sorted((ROOT / "authlint").rglob("*.py"))
}


def imported(node: ast.AST) -> Iterator[str]:
    """The full names of the modules that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        for alias in node.names:
            inside = f"{node.module}.{alias.name}".removeprefix("authlint.")
            yield f"authlint.{inside}" if inside in PATHS else str(node.module)


def module(path: Path) -> Module:
    nodes = list(ast.walk(ast.parse(path.read_bytes())))
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    return Module(
        frozenset(name for node in nodes for name in imported(node)),
        frozenset(function.id for function in calls if isinstance(function, ast.Name)),
        frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute)).union(
            f"{node.func.attr}()"
            for node in nodes
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        ),
    )


def layer(name: str) -> int | None:
    """The row of a module of the core; ``None`` for one of the edge."""
    return next((n for n, row in enumerate(LAYERS) if any(fnmatchcase(name, pattern) for pattern in row)), None)


MODULES = {name: module(path) for name, path in PATHS.items()}
CORE = [name for name in MODULES if layer(name) is not None]


@pytest.mark.parametrize("name", CORE)
def test_imports_point_inwards(name: str) -> None:
    here = layer(name)
    rows = {other: layer(other) for other in MODULES[name].own}
    assert here is not None
    assert {other for other, row in rows.items() if row is None or row > here} == set()


@pytest.mark.parametrize("name", CORE)
def test_the_core_touches_nothing_outside(name: str) -> None:
    mine = MODULES[name]
    allowed = PURE | EXCEPTIONS.get(name, set())
    if name.startswith("frontends."):
        allowed |= {other for other in mine.outside if re.fullmatch(r"tree_sitter(_\w+)?", other)}
    assert mine.outside - allowed == set()
    assert mine.calls & OUTSIDE - allowed == set()
    assert mine.attributes & ABSENT == set()


def test_every_row_has_its_modules() -> None:
    patterns = [pattern for row in LAYERS for pattern in row]
    assert [pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in MODULES)] == []


@pytest.mark.parametrize("name", [name for name in CORE if name.startswith("frontends")])
def test_a_front_end_knows_no_meanings(name: str) -> None:
    assert {other.partition(".")[0] for other in MODULES[name].own} <= {"frontends", "facts", "source", "languages"}


@pytest.mark.parametrize("name", [name for name in CORE if name.startswith(("checks", "concepts"))])
def test_a_check_sees_no_syntax(name: str) -> None:
    syntax = ("tree_sitter", "authlint.frontends")
    assert {other for other in MODULES[name].imports if other.startswith(syntax)} == set()


def test_what_is_imported_is_what_is_declared() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("\ndependencies = [")[2].partition("\n]")[0]
    declared = {name.replace("-", "_") for name in re.findall(r'(?m)^ *"([\w-]+)', block)}
    roots = {name.partition(".")[0] for mine in MODULES.values() for name in mine.outside}
    assert roots - sys.stdlib_module_names - {"tomllib"} - {"lsprotocol", "pygls"} == declared  # the extra "lsp"
