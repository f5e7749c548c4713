"""The closed vocabulary of facts: what a source *says*, the same for every language.

Front-ends produce facts, everything else consumes them. A fact never says what something *means*: no library name
occurs here. A new kind of fact needs two languages and two rules that ask for it.

Names are dotted paths in one spelling for all languages: ``self.token`` (Python ``self.token``, JavaScript
``this.token``), ``data.expires_in`` (``data["expires_in"]``, ``data.expires_in``), ``rows.[]`` (a subscript that is
not a literal), ``requests.post().json`` (the method of a call's result). Spans are byte offsets into the source.

Facts are never changed once they are made. They are not ``frozen`` only because making a frozen one takes three times
as long, and big repositories have millions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from authlint.source import Source, Span

ScopeKind: TypeAlias = Literal["module", "class", "function", "loop", "branch", "catch"]


@dataclass(slots=True, unsafe_hash=True)
class Text:
    """Text with holes: a literal, a template, a concatenation. Parts are known text or the value of a hole.

    *Unknown is not absent*: ``"https://h/authorize?client_id=" + cid`` has the parts ``[text, Ref(cid)]``.
    """

    parts: tuple[str | Value, ...]
    span: Span

    @property
    def literal(self) -> str | None:
        """The text, if no part of it is unknown; otherwise ``None``."""
        if not self.parts:
            return ""
        return self.parts[0] if len(self.parts) == 1 and isinstance(self.parts[0], str) else None


@dataclass(slots=True, unsafe_hash=True)
class Const:
    """A literal that is not text: a number, ``True``, ``False``, or ``None`` for null, nil and undefined."""

    value: bool | int | float | None
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Ref:
    """A name that is read: a variable, or attributes and literal subscripts below one (``request.args.code``)."""

    path: str
    scope: int
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Member:
    """Attributes or subscripts below a value that is not a plain name: ``fetch(u).json().access_token``."""

    base: Value
    path: str
    scope: int
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Call:
    """A call, a ``new``, a shell command, a JSX or HTML element.

    ``callee`` is the dotted name as written (``r.post`` after ``import requests as r``; resolving is not a
    front-end's work). ``receiver`` is the value the method belongs to, or what is piped into a command. ``named`` are
    keyword arguments and element attributes. ``open`` says that unknown arguments may be there (``**kw``, spread): a
    check for something missing must ask ``not call.open``. ``name_span`` covers the callee.
    """

    callee: str
    receiver: Value | None
    args: tuple[Value, ...]
    named: tuple[tuple[str, Value], ...]
    open: bool
    scope: int
    span: Span
    name_span: Span


@dataclass(slots=True, unsafe_hash=True)
class Entry:
    """One ``key: value`` of a map. The span covers key and value."""

    key: Value
    value: Value
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Map:
    """A dict, object, hash or mapping literal. ``open``: a spread or a computed part may add keys."""

    entries: tuple[Entry, ...]
    open: bool
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Items:
    """A list, tuple, array or set literal. ``open``: a spread may add items."""

    items: tuple[Value, ...]
    open: bool
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Choice:
    """One of several values: ``a if c else b``, ``a || b``, ``a ?? b``, ``a or b``, ``${A:-b}``. In source order."""

    options: tuple[Value, ...]
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Compare:
    """A comparison: ``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``in``, ``not in`` (``===`` is ``==``)."""

    op: str
    left: Value
    right: Value
    scope: int
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Lambda:
    """A function as a value: an arrow function, a lambda, a callback. ``body`` is the index of its scope."""

    body: int
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Opaque:
    """Any other expression: its operands are kept, its value is unknown. ``op`` is the operator, or empty."""

    op: str
    operands: tuple[Value, ...]
    span: Span


Value: TypeAlias = Text | Const | Ref | Member | Call | Map | Items | Choice | Compare | Lambda | Opaque


@dataclass(slots=True, unsafe_hash=True)
class Binding:
    """A name is given a value: assignment, loop or ``with`` target, config key, ``.env`` line, ``export``.

    ``path`` is the dotted target (``self.token``, ``params.state``, ``app.config.SECRET_KEY``, ``services.web.image``).
    ``op`` is ``=``, or ``+=`` where the value is appended. ``const``: the language forbids a second assignment.
    ``declares``: the name begins to exist here if it does not yet; false for an assignment to a name from outside the
    function (JavaScript ``x = 1``, Python after ``global x``).
    Keyword arguments and map entries stay inside their ``Call`` and ``Map``. ``span`` covers the whole statement or
    entry, ``name_span`` the target.
    """

    path: str
    value: Value
    op: str
    const: bool
    scope: int
    span: Span
    name_span: Span
    declares: bool = True


@dataclass(slots=True, unsafe_hash=True)
class Return:
    """The value a function gives back: ``return``, the body of an arrow function, ``yield``."""

    value: Value
    scope: int
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Import:
    """``alias`` in this file means ``name`` (a dotted path outside it). ``name`` is the whole dotted path.

    ``from a.b import c as d`` is ``Import("a.b.c", "d")``; ``import x from 'y'``, ``import * as x from 'y'`` and
    ``const x = require('y')`` are ``Import("y", "x")``; ``import { s } from 'y'`` is ``Import("y.s", "s")``.
    """

    name: str
    alias: str
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Comment:
    """A comment, with its marks. ``own_line``: nothing but white space stands before it on its line."""

    text: str
    own_line: bool
    span: Span


@dataclass(slots=True, unsafe_hash=True)
class Parameter:
    """A parameter of a function, its default and its type (a dotted name as written, or empty), if it has them."""

    name: str
    default: Value | None
    span: Span
    type: str = ""


@dataclass(slots=True, unsafe_hash=True)
class Scope:
    """A region in which facts stand: the module, a class, a function, a loop, a branch, an exception handler.

    ``name`` is the function's or class's name (the bound name for ``const f = () => …``), ``head`` what a branch
    tests or a loop runs over; an ``else`` is a branch without a head whose ``name`` is ``else``, and a loop that goes
    through the items of something is called ``each``.
    """

    kind: ScopeKind
    name: str
    parent: int
    span: Span
    params: tuple[Parameter, ...] = ()
    decorators: tuple[Value, ...] = ()
    head: Value | None = None


@dataclass(slots=True)
class Facts:
    """All facts of one source, each list in source order. ``scopes[0]`` is the module.

    ``calls``, ``compares``, ``reads`` and ``texts`` index the values wherever they are nested; a text that became part
    of a longer text is not listed by itself. ``embedded`` are sources in other languages found inside. ``broken`` are
    spans that did not parse.
    """

    scopes: list[Scope] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    compares: list[Compare] = field(default_factory=list)
    reads: list[Ref | Member] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    maps: list[Map] = field(default_factory=list)
    embedded: list[Source] = field(default_factory=list)
    broken: list[Span] = field(default_factory=list)
    _nesting: list[tuple[int, int, int, int]] = field(default_factory=list, repr=False, compare=False)

    def enclosing(self, scope: int, *kinds: ScopeKind) -> int:
        """Index of the innermost scope around (or at) ``scope`` that is one of ``kinds``; the module is 0."""
        while scope and self.scopes[scope].kind not in kinds:
            scope = self.scopes[scope].parent
        return scope

    def function_of(self, scope: int) -> int:
        """Index of the innermost function around ``scope``, or 0 for the module."""
        return self.enclosing(scope, "function")

    def scope_at(self, span: Span) -> int:
        """Index of the innermost scope whose span holds ``span``."""
        if not self._nesting:
            self._nesting = _nesting(self.scopes)
        at: int = bisect_right(self._nesting, (span[0], 1)) - 1
        while at > 0:
            _, _, index, outer = self._nesting[at]
            if self.scopes[index].span[1] >= span[1]:
                return index
            at = outer
        return 0

    def around(self, scope: int) -> Iterator[int]:
        """``scope`` and every scope around it, innermost first, ending with the module."""
        while scope:
            yield scope
            scope = self.scopes[scope].parent
        yield 0


def _nesting(scopes: list[Scope]) -> list[tuple[int, int, int, int]]:
    """Scopes by where they begin (longer ones first): start, minus the end, index, and the place of the one around.

    The scope around a scope in the source need not be its parent: what a loop runs over is not evaluated inside it.
    """
    placed = sorted((scope.span[0], -scope.span[1], index) for index, scope in enumerate(scopes))
    nesting: list[tuple[int, int, int, int]] = []
    open_: list[int] = []
    for place, (start, minus_end, index) in enumerate(placed):
        while open_ and nesting[open_[-1]][1] > minus_end:
            open_.pop()
        nesting.append((start, minus_end, index, open_[-1] if open_ else 0))
        open_.append(place)
    return nesting


def children(value: Value) -> tuple[Value, ...]:
    """The values directly inside a value, in source order."""
    match value:
        case Text(parts=parts):
            return tuple(part for part in parts if not isinstance(part, str))
        case Call():
            receiver = () if value.receiver is None else (value.receiver,)
            return (*receiver, *value.args, *(item for _, item in value.named))
        case Map(entries=entries):
            return tuple(item for entry in entries for item in (entry.key, entry.value))
        case Items(items=inner) | Choice(options=inner) | Opaque(operands=inner):
            return inner
        case Compare():
            return (value.left, value.right)
        case Member():
            return (value.base,)
        case _:
            return ()


def walk(value: Value) -> Iterator[Value]:
    """A value and every value inside it, outermost first."""
    stack = [value]
    while stack:
        item = stack.pop()
        yield item
        stack.extend(reversed(children(item)))


def dotted(value: Value | None) -> str:
    """The dotted name of a value: ``requests.post().json`` for the method of a call's result; empty if it has none."""
    match value:
        case Ref(path=path):
            return path
        case Member():
            base = dotted(value.base)
            return f"{base}.{value.path}" if base else value.path
        case Call():
            return f"{value.callee}()"
        case Text():
            return "''"
        case _:
            return ""
