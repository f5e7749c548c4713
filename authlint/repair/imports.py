"""What libcst does for fixes of Python: it adds imports where they belong, and has the last word on what parses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import libcst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor

from authlint.edits import Edit, lifted, within
from authlint.frontends import lower
from authlint.repair.verify import Refused
from authlint.source import Source

NOT_PYTHON = "does not parse as Python, and is left as it is"


def added(source: Source, needed: Iterable[tuple[int, Iterable[str]]]) -> list[Edit]:
    """Edits that import modules in the Python that stands at offsets: a file, cells or fences, once in each."""
    by_place: dict[int, tuple[Source, dict[str, None]]] = {}
    for offset, modules in needed:
        around = _python_at(source, offset)
        if around is None:
            raise Refused("there is no place for an import")
        beginning = _lifted(around, Edit((0, 0), "")).span[0]
        by_place.setdefault(beginning, (around, {}))[1].update(dict.fromkeys(modules))
    return [
        _lifted(around, edit)
        for around, modules in by_place.values()
        for edit in _imports(around.data.decode("utf-8", "replace"), list(modules))
    ]


def parses(data: bytes) -> bool:
    """Whether a file is Python that libcst reads."""
    return _parsed(data.decode("utf-8", "replace")) is not None


def _python_at(source: Source, offset: int) -> Source | None:
    if source.language == "python":
        return source
    for child in lower(source).embedded:
        inner = _python_at(child, offset)
        if inner is not None and within(inner, offset) is not None:
            return inner
    return None


def _lifted(source: Source, edit: Edit) -> Edit:
    outside = lifted(source, edit)
    if outside is None:
        raise Refused("there is no place for an import")
    return outside


def _imports(code: str, modules: list[str]) -> Iterator[Edit]:
    """One edit for all modules; what is taken from a module (``flask.session``) may go into a line that is there."""
    plain = tuple(module for module in modules if "." not in module)
    if plain:
        yield _import(code, plain)
    yield from (_import(code, (module,)) for module in modules if "." in module)


@lru_cache(maxsize=64)
def _import(code: str, modules: tuple[str, ...]) -> Edit:
    """The edit that libcst makes to import modules, or ``flask.session`` from one: a piece of text that is put in."""
    tree = _parsed(code)
    if tree is None:
        raise Refused(f"the code around it {NOT_PYTHON}")
    context = CodemodContext()
    for module in modules:
        parent, _, name = module.rpartition(".")
        AddImportsVisitor.add_needed_import(context, parent or module, name if parent else None)
    new = AddImportsVisitor(context).transform_module(tree).code
    size = len(new) - len(code)
    same = next((n for n, (old, made) in enumerate(zip(code, new, strict=False)) if old != made), len(code))
    line = code.rfind("\n", 0, same) + 1  # whole lines: what is the same at the end may be so at the beginning
    at = next((at for at in (line, same) if size > 0 and code[:at] + new[at : at + size] + code[at:] == new), None)
    if at is None:
        raise Refused(f"'{', '.join(modules)}' cannot be imported here")
    place = len(code[:at].encode())
    return Edit((place, place), new[at : at + size])


@lru_cache(maxsize=64)
def _parsed(code: str) -> libcst.Module | None:
    try:
        return libcst.parse_module(code)
    except (libcst.ParserSyntaxError, RecursionError):
        return None
