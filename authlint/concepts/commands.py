"""Shell commands as calls: a command's words become named arguments, as its row in the libraries says.

``curl -sk -H "A: b" --data=x URL`` becomes ``curl(URL, header="A: b", data="x", silent=True, insecure=True)``. A flag
that comes twice is named twice. A flag the row does not know makes the call ``open``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from authlint.facts import Call, Const, Text, Value
from authlint.ruleset.libraries import Command
from authlint.source import Span
from authlint.values.texts import join, partition

_REACH = 80


def normalise(call: Call, command: Command) -> Call:
    """The same call with its flags as named arguments and only its operands as positional ones."""
    reader = _Words(call, command)
    while reader.rest:
        reader.word()
    return replace(call, args=tuple(reader.args), named=(*reader.named, *call.named), open=call.open or reader.open)


def as_words(call: Call, command: Command, data: bytes) -> Call | None:
    """A command that PowerShell runs, with its parameters as words again; ``None`` if they are not the command's.

    ``curl.exe -k URL`` was read as a cmdlet would: ``k=URL``. ``data`` is the source, which has the dashes.
    """
    words: list[Value] = list(call.args)
    for name, value in call.named:
        start = max(0, value.span[0] - _REACH)
        written = re.search(rb"(--?)" + re.escape(name.encode()) + rb"[\s:=]*$", data[start : value.span[0]])
        is_switch = written is None and data[slice(*value.span)].startswith(b"-")
        dashes = written[1].decode() if written else "--" if data[value.span[0] :].startswith(b"--") else "-"
        flag = f"{dashes}{name}"
        if not (written or is_switch) or not _knows(command, flag):
            return None
        at = start + written.start() if written else value.span[0]
        words.append(Text((flag,), (at, at + len(flag))))
        words += [] if is_switch else [value]
    return replace(call, args=tuple(sorted(words, key=lambda word: word.span)), named=())


def _knows(command: Command, flag: str) -> bool:
    known = command.flags.keys() | command.switches.keys()
    return flag in known or (not flag.startswith("--") and all(f"-{letter}" in known for letter in flag[1:]))


class _Words:
    """The words of a command that are still to be read, and what was read."""

    def __init__(self, call: Call, command: Command) -> None:
        self.command = command
        self.rest = list(call.args)
        self.args: list[Value] = []
        self.named: list[tuple[str, Value]] = []
        self.open = False

    def word(self) -> None:
        """Read one word, and the next one too if that is its value."""
        value = self.rest.pop(0)
        known = _known_start(value)
        if not known.startswith("-") or known == "-":
            self.args.append(value)
        elif known.startswith("--"):
            self._long(value)
        elif known in self.command.flags or known in self.command.switches:
            self._flag(known, value.span)
        else:
            self._short(value, known)

    def _flag(self, flag: str, span: Span) -> None:
        if flag in self.command.switches:
            self.named.append((self.command.switches[flag], Const(True, span)))
        elif self.rest:
            self.named.append((self.command.flags[flag], self.rest.pop(0)))

    def _long(self, value: Value) -> None:
        flag, given, argument = partition(value, "=") if isinstance(value, Text) else (value, False, None)
        name = flag.literal if isinstance(flag, Text) else None
        if name in self.command.flags and given and argument is not None:
            self.named.append((self.command.flags[name], argument))
        elif name in self.command.flags or name in self.command.switches:
            self._flag(name, value.span)
        else:
            self.open = True

    def _short(self, value: Value, known: str) -> None:
        """Bundled short flags: ``-sk``, ``-XPOST``, ``-sSfH "A: b"``."""
        for index in range(1, len(known)):
            flag = "-" + known[index]
            if flag in self.command.flags:
                attached = _after(value, index + 1)
                if attached is None:
                    self._flag(flag, value.span)
                else:
                    self.named.append((self.command.flags[flag], attached))
                return
            if flag in self.command.switches:
                self.named.append((self.command.switches[flag], Const(True, value.span)))
            else:
                self.open = True


def _known_start(value: Value) -> str:
    if isinstance(value, Text) and value.parts and isinstance(value.parts[0], str):
        return value.parts[0]
    return ""


def _after(value: Value, count: int) -> Text | None:
    """What follows the first ``count`` characters of a word, or ``None`` if nothing does."""
    if not isinstance(value, Text) or not isinstance(value.parts[0], str):
        return None
    rest = join((value.parts[0][count:], *value.parts[1:]), value.span)
    return rest if rest.parts else None
