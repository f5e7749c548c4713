"""What every front-end builds facts with: scopes are pushed and popped, values are registered where they are made."""

from __future__ import annotations

from collections.abc import Iterable

from authlint.facts import (
    Binding,
    Call,
    Comment,
    Compare,
    Entry,
    Facts,
    Import,
    Map,
    Member,
    Parameter,
    Ref,
    Return,
    Scope,
    ScopeKind,
    Text,
    Value,
    dotted,
)
from authlint.source import Source, Span

_MAX_INDENT = 400


class _Inside:
    """Makes a scope the present one for a while. A generator would take three times as long, for every branch."""

    __slots__ = ("builder", "index", "outer")

    def __init__(self, builder: Builder, index: int) -> None:
        self.builder = builder
        self.index = index
        self.outer = builder.scope

    def __enter__(self) -> int:
        self.builder.scope = self.index
        return self.index

    def __exit__(self, *_: object) -> None:
        self.builder.scope = self.outer


class Builder:
    """Collects the facts of one source. ``self.scope`` is the index of the scope that new facts stand in."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.facts = Facts(scopes=[Scope("module", "", 0, (0, len(source.data)))])
        self.scope = 0
        self._texts: dict[int, Text] = {}

    def finish(self) -> Facts:
        """The facts; nothing may be added afterwards."""
        self.facts.texts = sorted(self._texts.values(), key=lambda text: text.span)
        return self.facts

    def inside(
        self,
        kind: ScopeKind,
        name: str,
        span: Span,
        *,
        params: Iterable[Parameter] = (),
        decorators: Iterable[Value] = (),
        head: Value | None = None,
    ) -> _Inside:
        """Facts made in the ``with`` block stand in a new scope below the present one; gives its index."""
        index = len(self.facts.scopes)
        self.facts.scopes.append(Scope(kind, name, self.scope, span, tuple(params), tuple(decorators), head))
        return _Inside(self, index)

    def text(self, parts: Iterable[str | Value], span: Span) -> Text:
        """Text from parts; texts among the parts are spliced in, neighbouring known parts are joined."""
        flat: list[str | Value] = []
        for part in parts:
            if isinstance(part, Text):
                self._texts.pop(id(part), None)
            for piece in part.parts if isinstance(part, Text) else (part,):
                if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                    flat[-1] += piece
                elif piece != "":
                    flat.append(piece)
        text = Text(tuple(flat), span)
        self._texts[id(text)] = text
        return text

    def ref(self, path: str, span: Span) -> Ref:
        """A name that is read here."""
        ref = Ref(path, self.scope, span)
        self.facts.reads.append(ref)
        return ref

    def member(self, base: Value, path: str, span: Span) -> Ref | Member:
        """``base.path``: a longer ``Ref`` where the base is one (then no read of its own), else a ``Member``."""
        reads = self.facts.reads
        if isinstance(base, Ref | Member) and reads and reads[-1] is base:
            reads.pop()
        member: Ref | Member
        if isinstance(base, Ref):
            member = Ref(f"{base.path}.{path}", self.scope, span)
        elif isinstance(base, Member):
            member = Member(base.base, f"{base.path}.{path}", self.scope, span)
        else:
            member = Member(base, path, self.scope, span)
        reads.append(member)
        return member

    def call(
        self,
        function: Value | str,
        args: Iterable[Value],
        named: Iterable[tuple[str, Value]],
        span: Span,
        name_span: Span,
        *,
        open: bool = False,
        receiver: Value | None = None,
    ) -> Call:
        """A call of ``function``: a value (``a.b`` gives callee ``a.b`` and receiver ``a``), or a plain name."""
        callee = function if isinstance(function, str) else dotted(function)
        if receiver is None and not isinstance(function, str):
            receiver = self._receiver(function)
        call = Call(callee, receiver, tuple(args), tuple(named), open, self.scope, span, name_span)
        self.facts.calls.append(call)
        return call

    def _receiver(self, function: Value) -> Value | None:
        reads = self.facts.reads
        if isinstance(function, Ref | Member):
            if reads and reads[-1] is function:
                reads.pop()  # calling a.b.c reads a.b, not a.b.c
            base, _, _ = function.path.rpartition(".")
            if isinstance(function, Member):
                return Member(function.base, base, function.scope, function.span) if base else function.base
            return self.ref(base, (function.span[0], function.span[0] + len(base.encode()))) if base else None
        return function

    def map(self, entries: Iterable[Entry], span: Span, *, open: bool = False) -> Map:
        """A map literal."""
        result = Map(tuple(entries), open, span)
        self.facts.maps.append(result)
        return result

    def compare(self, op: str, left: Value, right: Value, span: Span) -> Compare:
        """A comparison; ``===``, ``-eq`` and ``=`` are given as ``==``, ``!==`` and ``-ne`` as ``!=``."""
        compare = Compare(op, left, right, self.scope, span)
        self.facts.compares.append(compare)
        return compare

    def bind(
        self,
        path: str,
        value: Value,
        span: Span,
        name_span: Span,
        *,
        op: str = "=",
        const: bool = False,
        declares: bool = True,
    ) -> None:
        """``path`` is given ``value``."""
        self.facts.bindings.append(Binding(path, value, op, const, self.scope, span, name_span, declares))

    def returns(self, value: Value, span: Span) -> None:
        """The function around gives back ``value``."""
        self.facts.returns.append(Return(value, self.scope, span))

    def imports(self, name: str, alias: str, span: Span) -> None:
        """``alias`` means the outside name ``name`` in this file."""
        self.facts.imports.append(Import(name, alias, span))

    def comment(self, span: Span) -> None:
        """A comment stands at ``span``."""
        before = self.source.data[max(span[0] - _MAX_INDENT, 0) : span[0]]  # not all of a line of a million comments
        own_line = not before[before.rfind(b"\n") + 1 :].strip()
        self.facts.comments.append(Comment(self.source.slice(span), own_line, span))
