"""What calls and commands of libraries mean, as data: the schema of the TOML files below ``rules/libraries/``."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Row(NamedTuple):
    """What a call means: a row of ``rules/libraries/*.toml``.

    ``name``: dotted names after imports and constants are resolved (``requests.Session().post``); ``{a,b}`` gives
    alternatives, a leading ``*.`` any receiver. ``means`` is the meaning, ``arguments`` says which argument plays which
    part: positions (``"0"``), names (``"params"``) and keys of a map argument (``"1.headers"``), the first that is
    present counts. ``attributes`` are further facts about the call (``state = "library"``). ``options``: where there is
    one by which the library does something itself (``pkce``), where it is written and how: in an argument that is a map
    (``"0"``, ``"0.defaults"``), in the call itself (``""``), or in the one that ``made`` the object.
    """

    name: tuple[str, ...]
    means: str
    arguments: dict[str, tuple[str, ...]] = {}
    attributes: dict[str, str] = {}
    options: dict[str, tuple[str, ...]] = {}


class Command(NamedTuple):
    """How a shell command's words are read: which flags take a value, and what the flags are called.

    ``flags`` maps each flag with a value to its name (``"-H" = "header"``), ``switches`` each flag without one.
    """

    name: tuple[str, ...]
    flags: dict[str, str] = {}
    switches: dict[str, str] = {}


class Client(NamedTuple):
    """How an HTTP client behaves, whatever is asked: a ``[[client]]`` of ``rules/libraries/*.toml``.

    ``name`` are names of calls, as in a row. ``errors`` says what becomes of an answer of 400 and above: it is
    ``returned`` like any other, or ``raised``. Arguments by which that changes, named as in a row: ``strict`` make a
    client raise that does not, ``tolerant`` are those of one that does. With ``redirect`` credentials follow to other
    hosts. Those that ``hide`` may add headers which are not seen. What is in ``json`` is sent as JSON and declared as
    such. ``sends`` are the headers it adds by itself, lower case. ``check`` is the statement that stops a program where
    the answer ``{}`` is an error.
    """

    name: tuple[str, ...]
    errors: Literal["returned", "raised"]
    strict: tuple[str, ...] = ()
    tolerant: tuple[str, ...] = ()
    redirect: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    check: str = ""


class Switch(NamedTuple):
    """What it means that something of a certain name has a certain value, wherever and however it is given.

    It may be a keyword, a key of a map or of a configuration, an attribute, an environment variable or a flag.
    ``name``: words that are compared in any spelling (``strictSSL`` is ``strict-ssl``); of a dotted one, the names
    around it count as well. ``values``: those that mean it, in lower case; ``?*`` is any but empty text, ``new *`` an
    object that is made, ``accepts`` a function that agrees to everything.

    Where a name alone does not tell: ``of`` is what the call must mean that it is an argument of, or that made the
    object it is set on (``*.name`` is a call by its last name, ``name.`` an object by the last word of its own), or
    else ``among`` are arguments or keys one of which must be given with it. ``unless``: what that call must not mean,
    or what must not be given with it. ``beside``: names of which one must be given somewhere in the same source.
    """

    name: tuple[str, ...]
    means: str
    values: tuple[str, ...]
    of: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    attributes: dict[str, str] = {}


class Session(NamedTuple):
    """Where what is for one browser only is kept: a ``[[session]]``, by the framework's session, a cookie or the page.

    A source has it if it imports something of ``imports`` (the beginning of its name) and has one of ``shown`` in it:
    an import, or a name that is read, called or bound. ``request`` are names of the parameter that it hangs on,
    ``response`` is the parameter behind that. ``function`` is an expression for how a function begins in which the code
    may stand.

    Code has holes: ``{key}``, ``{value}``, ``{request}``, ``{response}``, and names of ``objects``, each for what is
    imported. ``keep`` keeps a value, ``kept`` is then what it is called, ``check`` ends a function that is asked with
    another state than was kept. ``take`` reads what was kept for the last time, and fails if nothing was. What a key is
    called unless it has a name is ``key``; ``names`` are those of variables that the code makes.
    """

    kind: Literal["session", "cookie", "page"]
    key: str
    keep: tuple[str, ...]
    kept: str
    check: tuple[str, ...] = ()
    take: str = ""
    imports: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    objects: dict[str, str] = {}
    function: str = ""
    names: tuple[str, ...] = ()


class Library(NamedTuple):
    """One file of ``rules/libraries/``: what calls mean in the languages it names.

    A ``setting`` is a name that means the same wherever a value is given to it: a variable, an attribute, a key of a
    map or of a configuration, a named argument (``SESSION_COOKIE_SECURE``, ``{,*.}cache.cacheLocation``); a ``switch``
    is one whose value decides whether it means anything.
    """

    languages: tuple[str, ...]
    call: tuple[Row, ...] = ()
    read: tuple[Row, ...] = ()
    setting: tuple[Row, ...] = ()
    command: tuple[Command, ...] = ()
    client: tuple[Client, ...] = ()
    switch: tuple[Switch, ...] = ()
    session: tuple[Session, ...] = ()
