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


class Setting(NamedTuple):
    """What a setting means wherever it is given: as an option of a call, a key of a map, an attribute, a config entry.

    ``name`` is the last part of its dotted name. ``attributes`` say what is made of the value (``off = "false"``,
    ``unit = "s"``, ``kind = "access"``); with ``near``, that word must occur in the source.
    """

    name: tuple[str, ...]
    means: str
    attributes: dict[str, str] = {}


class Command(NamedTuple):
    """How a shell command's words are read: which flags take a value, and what the flags are called.

    ``flags`` maps each flag with a value to its name (``"-H" = "header"``), ``switches`` each flag without one.
    """

    name: tuple[str, ...]
    flags: dict[str, str] = {}
    switches: dict[str, str] = {}


class Library(NamedTuple):
    """One file of ``rules/libraries/``: what calls mean in the languages it names."""

    languages: tuple[str, ...]
    call: tuple[Row, ...] = ()
    read: tuple[Row, ...] = ()
    command: tuple[Command, ...] = ()
    setting: tuple[Setting, ...] = ()
