"""What calls and commands of libraries mean, as data: the schema of the TOML files below ``rules/libraries/``."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """What a call means: a row of ``rules/libraries/*.toml``.

    ``name``: dotted names after imports and constants are resolved (``requests.Session().post``); ``{a,b}`` gives
    alternatives, a leading ``*.`` any receiver. ``means`` is the meaning, ``arguments`` says which argument plays which
    part: positions (``"0"``), names (``"params"``) and keys of a map argument (``"1.headers"``), the first that is
    present counts. ``attributes`` are further facts about the call (``state = "library"``).
    """

    name: tuple[str, ...]
    means: str
    arguments: dict[str, tuple[str, ...]] = {}
    attributes: dict[str, str] = {}


class Command(NamedTuple):
    """How a shell command's words are read: which flags take a value, and what the flags are called.

    ``flags`` maps each flag with a value to its name (``"-H" = "header"``), ``switches`` each flag without one.
    """

    name: tuple[str, ...]
    flags: dict[str, str] = {}
    switches: dict[str, str] = {}


class Setting(NamedTuple):
    """What it means that something of a certain name has a certain value, wherever and however it is given.

    It may be a keyword, a key of a map or of a configuration, an attribute, an environment variable or a flag.
    ``name``: words that are compared in any spelling (``strictSSL`` is ``strict-ssl``); of a dotted one, the names
    around it count as well. ``values``: those that mean it, as lower-case words; ``*`` and ``?`` stand for any
    characters, ``new *`` for an object that is made, ``accepts`` for a function that agrees to everything. ``of``:
    what the call must mean whose argument it is, or that made the object it is set on; ``*.name`` is a call by its last
    name. ``unless``: what that call must not mean. ``beside``: names of which one must be given in the same source.
    """

    name: tuple[str, ...]
    means: str
    values: tuple[str, ...]
    of: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    attributes: dict[str, str] = {}


class Library(NamedTuple):
    """One file of ``rules/libraries/``: what calls and settings mean in the languages it names."""

    languages: tuple[str, ...]
    call: tuple[Row, ...] = ()
    read: tuple[Row, ...] = ()
    command: tuple[Command, ...] = ()
    setting: tuple[Setting, ...] = ()
