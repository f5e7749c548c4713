"""Builds named tuples from the tables of TOML files, by their type hints, and turns them back into tables.

A table either becomes an object in which every field has the type it claims, or one error that names the file, the key
and what would be right. Knows no class in particular.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, TypeAlias, TypeVar, cast

from authlint.errors import AuthlintError, RuleError

T = TypeVar("T")
Convert: TypeAlias = Callable[[Any], Any]

_NOUNS: dict[object, tuple[str, str]] = {
    str: ("a string", "strings"),
    int: ("an integer", "integers"),
    float: ("a number", "numbers"),
    bool: ("true or false", "booleans"),
}
_ONLY_STRINGS = frozenset({str})


class _InvalidError(Exception):
    """A value that does not fit; the way to its key is added from the inside out, so that good values cost nothing."""

    def __init__(self, before: str, after: str = "", key: str = "") -> None:
        super().__init__(before, after)
        self.before, self.after, self.key = before, after, key

    def below(self, key: str) -> _InvalidError:
        """The same, seen from the table or list that holds it."""
        dot = "." if self.key and not self.key.startswith("[") else ""
        self.key = f"{key}{dot}{self.key}"
        return self


def build(
    cls: type[T], table: Mapping[str, Any], where: str, *, hyphens: bool = False, error: type[AuthlintError] = RuleError
) -> T:
    """A named tuple from a table; ``where`` names the file in the error that is raised otherwise.

    With ``hyphens`` the keys of the table are the fields' names with hyphens for underscores.
    """
    try:
        built: T = _table(table, cls, hyphens)
    except _InvalidError as invalid:
        raise error(f"{where}: {invalid.before}'{invalid.key}'{invalid.after}") from None
    return built


def dump(obj: object) -> dict[str, Any]:
    """The table that ``build`` makes an equal object of; fields that have their default value are left out."""
    record: Any = obj
    defaults = record._field_defaults
    items = record._asdict().items()
    return {name: _plain(value, dump) for name, value in items if name not in defaults or value != defaults[name]}


def table_of(obj: object) -> dict[str, Any]:
    """The table of all fields, those that have their default value included."""
    record: Any = obj
    return {name: _plain(value, table_of) for name, value in record._asdict().items()}


def suggest(word: str, known: Sequence[str], least: float = 0.6) -> str:
    """``, did you mean 'x'?`` where a known word is close, else nothing; ``least`` of it must be the same."""
    import difflib  # noqa: PLC0415 - only errors need it

    close = difflib.get_close_matches(word, known, 1, least)
    return f", did you mean '{close[0]}'?" if close else ""


def either(words: Sequence[object], conjunction: str = "or") -> str:
    """``'a', 'b' or 'c'``."""
    quoted = [repr(word) for word in words]
    return f" {conjunction} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _plain(value: Any, of_record: Callable[[object], dict[str, Any]]) -> Any:
    if _is_record(value):
        return of_record(value)
    if isinstance(value, tuple):
        return [_plain(item, of_record) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, of_record) for key, item in value.items()}
    return value


def _is_record(cls_or_obj: Any) -> bool:
    return hasattr(cls_or_obj, "_field_defaults")


@cache
def _plan(cls: Any, hyphens: bool) -> tuple[dict[str, tuple[str, Convert]], tuple[str, ...]]:
    """For each key the field it sets and what makes its value; and the keys that may not be missing."""
    converts, required = {}, []
    for name, hint in cls.__annotations__.items():
        key = name.replace("_", "-") if hyphens else name
        converts[key] = (name, _convert(_hint(hint, cls.__module__), hyphens))
        if name not in cls._field_defaults:
            required.append(key)
    return converts, tuple(required)


def _hint(hint: Any, module: str) -> Any:
    text = getattr(hint, "__forward_arg__", hint)
    return _evaluated(text, module) if isinstance(text, str) else hint


@cache
def _evaluated(hint: str, module: str) -> Any:
    """What ``typing.get_type_hints`` does, but once for each text: a module's classes use the same few many times."""
    return eval(hint, vars(sys.modules[module]))  # noqa: S307 - our own source


def _convert(hint: Any, hyphens: bool) -> Convert:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in (str, int, bool):
        return _scalar(hint)
    if hint is float:
        return _number
    if _is_record(hint):
        return lambda value: _table(value, hint, hyphens)
    if origin is Literal:
        return _choice(arguments)
    if origin in (typing.Union, types.UnionType):
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return _convert(inner, hyphens)
    if origin is tuple:
        return _strings if arguments[0] is str else _list(arguments[0], _convert(arguments[0], hyphens))
    if origin is dict:
        return _map(_convert(arguments[1], hyphens))
    raise TypeError(f"a table cannot hold {hint}")


def _table(value: Any, cls: Any, hyphens: bool) -> Any:
    _need_table(value)
    converts, required = _plan(cls, hyphens)
    built = {}
    key = ""
    try:
        for key, item in value.items():
            name, convert = converts[key]
            built[name] = convert(item)
    except KeyError:
        raise _InvalidError("unknown key ", suggest(key, tuple(converts)), key) from None
    except _InvalidError as invalid:
        raise invalid.below(key) from None
    for key in required:
        if key not in value:
            raise _InvalidError("key ", " is missing", key)
    return cls(**built)


def _map(convert: Convert) -> Convert:
    def converted(value: Any) -> dict[str, Any]:
        _need_table(value)
        built = {}
        key = ""
        try:
            for key, item in value.items():
                built[key] = convert(item)
        except _InvalidError as invalid:
            raise invalid.below(key) from None
        return built

    return converted


def _list(of: Any, convert: Convert) -> Convert:
    noun = "tables" if _is_record(of) else _NOUNS.get(of, _NOUNS[str])[1]

    def converted(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            if type(value) is str and noun == "strings":
                return (convert(value),)
            raise _InvalidError("", f" must be a list of {noun}, not {_noun(value)}")
        built: list[Any] = []
        try:
            for item in value:
                built.append(convert(item))
        except _InvalidError as invalid:
            raise invalid.below(f"[{len(built)}]") from None
        return tuple(built)

    return converted


def _choice(allowed: tuple[object, ...]) -> Convert:
    def converted(value: Any) -> Any:
        if type(value) not in (str, int) or value not in allowed:
            found = repr(value) if isinstance(value, str) else _noun(value)
            raise _InvalidError("", f" must be {either(allowed)}, not {found}")
        return value

    return converted


def _scalar(kind: type) -> Convert:
    def converted(value: Any) -> Any:
        if type(value) is not kind:
            raise _InvalidError("", f" must be {_NOUNS[kind][0]}, not {_noun(value)}")
        return value

    return converted


_any_strings = _list(str, _scalar(str))


def _strings(value: Any) -> tuple[str, ...]:
    """The short way for the commonest of all fields."""
    if type(value) is list and _ONLY_STRINGS.issuperset(map(type, value)):
        return tuple(value)
    return cast(tuple[str, ...], _any_strings(value))


def _number(value: Any) -> float:
    if type(value) not in (float, int):
        raise _InvalidError("", f" must be a number, not {_noun(value)}")
    return float(value)


def _need_table(value: Any) -> None:
    if type(value) is not dict and not isinstance(value, Mapping):
        raise _InvalidError("", f" must be a table, not {_noun(value)}")


def _noun(value: object) -> str:
    if isinstance(value, bool):
        return repr(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return _NOUNS.get(type(value), ("a date or time", ""))[0]
