"""What a value comes to, as far as one file can tell: text is put together, names and helper functions are followed.

Whatever way a text is built — concatenation, template, ``%``, ``format``, ``join``, ``urlencode({...})``,
``URLSearchParams``, ``url.searchParams.set(...)``, ``url += ...`` — it folds to one
:class:`~authlint.facts.Text`, with a hole for each part that is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from authlint.facts import (
    Binding,
    Call,
    Choice,
    Const,
    Entry,
    Facts,
    Items,
    Map,
    Member,
    Opaque,
    Ref,
    Text,
    Value,
)
from authlint.ruleset.knowledge import Meanings
from authlint.ruleset.libraries import Row
from authlint.source import Span
from authlint.values.added import SETTERS, Additions
from authlint.values.folded import Env, Folded, Run
from authlint.values.resolve import Names
from authlint.values.texts import (
    BRACES,
    PERCENT,
    fill,
    has_scheme,
    is_nothing,
    join,
    key_of,
    pairs,
    pick,
    query_entries,
)

_DEPTH = 24
_MAX_OPTIONS = 6


class Folder:
    """Folds the values of one source."""

    def __init__(self, names: Names, meanings: Meanings) -> None:
        """``meanings`` say which calls build text and which leave a value as it is."""
        self.names = names
        self.facts: Facts = names.facts
        self.meanings = meanings
        self._added = Additions(names)
        self._memo: dict[int, Folded] = {}
        self._kept: list[Value] = []  # what the memo's keys identify must stay alive

    def fold(self, value: Value) -> Value:
        """The value with every name and text followed as far as this file goes."""
        return self.traced(value).value

    def traced(self, value: Value) -> Folded:
        """As :meth:`fold`, with the identities (``id``) of all values that were put together."""
        folded = self._memo.get(id(value))
        if folded is None:
            run = Run()
            folded = Folded(self._fold(value, run), frozenset(run.seen))
            self._memo[id(value)] = folded
            self._kept.append(value)
        return folded

    def copied(self, call: Call) -> Map | None:
        """The map whose entries a call adds to something else one by one, in a loop."""
        source = self._added.copied(*call.args) if len(call.args) == 2 else None  # noqa: PLR2004 - a key and its value
        whole = self.fold(source) if source is not None else None
        return whole if isinstance(whole, Map) else None

    def literal(self, value: Value | None) -> str | None:
        """The text a value comes to if all of it is known; numbers count as text."""
        if value is None:
            return None
        folded = self.fold(value)
        if isinstance(folded, Const) and folded.value is not None and not isinstance(folded.value, bool):
            return str(folded.value)
        return folded.literal if isinstance(folded, Text) else None

    def entry(self, value: Value, key: str) -> Value | None:
        """What a map has at a dotted key, as far as that is known."""
        folded = self.fold(value)
        return self._descend(folded, key, Run())

    def added(self, path: str, scope: int) -> list[Entry]:
        """What is added later to a map, query or URL: ``params["state"] = s``, ``url.searchParams.set("state", s)``."""
        return list(self._additions(path, scope, Run()))

    # -- the walk ------------------------------------------------------------------------------------------------

    def _fold(self, value: Value, run: Run) -> Value:
        run.steps[0] -= 1
        if run.steps[0] < 0 or run.depth > _DEPTH:
            return value
        run.seen.add(id(value))
        run.depth += 1
        try:
            return self._step(value, run)
        finally:
            run.depth -= 1

    def _step(self, value: Value, run: Run) -> Value:
        match value:
            case Text(parts=parts):
                return self._text(parts, value.span, run)
            case Ref():
                return self._ref(value, run)
            case Member():
                base = self._fold(value.base, run)
                found = self._descend(base, value.path, run)
                return replace(value, base=base) if found is None else found
            case Call():
                return self._call(value, run)
            case Opaque(op="+"):
                return self._sum(value, run)
            case Opaque(op="%", operands=(_, _)):
                return self._percent(value, run)
            case Choice(options=options):
                folded = tuple(self._fold(option, run) for option in options[:_MAX_OPTIONS])
                return Choice(folded, value.span)
            case _:
                return value

    def _text(self, parts: Iterable[str | Value], span: Span, run: Run) -> Text:
        folded = (part if isinstance(part, str) else self._fold(part, run) for part in parts)
        return join(folded, span)

    def _sum(self, value: Opaque, run: Run) -> Value:
        folded = [self._fold(operand, run) for operand in value.operands]
        return join(folded, value.span) if any(isinstance(part, Text) for part in folded) else value

    def _percent(self, value: Opaque, run: Run) -> Value:
        template, right = self._fold(value.operands[0], run), value.operands[1]
        if not isinstance(template, Text):
            return value
        arguments = right.items if isinstance(right, Items) else (right,)
        return self._text(fill(template, PERCENT, arguments, self._named(right)), value.span, run)

    def _named(self, value: Value) -> dict[str, Value]:
        if not isinstance(value, Map):
            return {}
        return {key: entry.value for entry in value.entries if (key := key_of(entry)) is not None}

    # -- names ---------------------------------------------------------------------------------------------------

    def _ref(self, ref: Ref, run: Run) -> Value:
        head, rest = ref.path, ""
        while head:
            found = self._name(head, ref.scope, run)
            if found is not None:
                if not rest:
                    return found
                inner = self._descend(found, rest, run)
                if inner is not None:
                    return inner
                break
            head, _, last = head.rpartition(".")
            rest = f"{last}.{rest}" if rest else last
        return ref

    def _name(self, path: str, scope: int, run: Run) -> Value | None:
        if run.env and "." not in path:
            owner = self.names.parameter_of(path, scope)
            if owner is not None and (owner, path) in run.env:
                return run.env[owner, path]
        bindings = self.names.bindings(path, scope)
        getter = self.names.getter(path, scope, bindings)
        if getter is not None:
            return self._result(getter, run.inside(getter, {})) if getter not in run.functions else None
        return self._bound(path, bindings, run) if bindings else self._default(path, scope, run)

    def _default(self, path: str, scope: int, run: Run) -> Value | None:
        """A parameter and the text that stands in for it where it is not given; ``None`` if it has none."""
        owner = self.names.parameter_of(path, scope) if "." not in path else None
        given = self.names.default_of(path, owner) if owner is not None else None
        if not isinstance(given, Text) or not given.parts:
            return None
        return self._or_text(Ref(path, scope, given.span), given, run)

    def _bound(self, path: str, bindings: list[Binding], run: Run) -> Value | None:
        if any(id(binding) in run.seen for binding in bindings):
            return None  # a name that is made from itself
        run.seen.update(id(binding) for binding in bindings)
        try:
            given = [b.value for b in bindings if b.op == "=" and not is_nothing(b.value)]
            given = given or [b.value for b in bindings if b.op == "="]
            options = tuple(self._fold(value, run) for value in given[:_MAX_OPTIONS])
            base: Value = options[0] if len(options) == 1 else Choice(options, bindings[0].span)
            if not options:
                return None
            for binding in bindings:
                if binding.op == "+=":
                    base = join((base, self._fold(binding.value, run)), binding.span)
            return self._grown(path, bindings[0].scope, base, run)
        finally:
            run.seen.difference_update(id(binding) for binding in bindings)

    def _grown(self, path: str, scope: int, base: Value, run: Run) -> Value:
        """A map or query with what is added to it later: ``params["state"] = s``, ``params.set("state", s)``."""
        if isinstance(base, Items):
            return Items((*base.items, *self._added.pushed(path, scope)), base.open, base.span)
        entries = list(self._additions(path, scope, run))
        if not entries:
            return base
        if isinstance(base, Map):
            return Map((*base.entries, *entries), base.open, base.span)
        if isinstance(base, Text):
            known = "".join(part for part in base.parts if isinstance(part, str))
            mark = "?" if "://" in known and "?" not in known else "&"
            return join((base, mark, self._query(Map(tuple(entries), False, base.span), run)), base.span)
        return base

    def _additions(self, path: str, scope: int, run: Run) -> Iterator[Entry]:
        for key, bindings in self.names.children(path, scope).items():
            for binding in bindings:
                if key == "search":  # url.search = query: the whole query is set at once
                    yield from self._entries(self._fold(binding.value, run), binding.span)
                else:
                    yield Entry(Text((key,), binding.name_span), binding.value, binding.span)
        home = self.facts.enclosing(scope, "function", "class")
        for call in self._added.calls.get(path, ()):
            if home and home not in set(self.facts.around(call.scope)):
                continue
            yield from self._added_by(call, run)

    def _added_by(self, call: Call, run: Run) -> Iterator[Entry]:
        method = call.callee.rpartition(".")[2]
        whole = self.copied(call) if method in SETTERS else None
        if whole is not None:
            yield from whole.entries
        elif method in SETTERS and len(call.args) > 1:
            run.seen.update((id(call), id(call.args[1])))
            yield Entry(self._fold(call.args[0], run), call.args[1], call.span)
        elif method in ("update", "assign") and (call.args or call.named):
            for argument in call.args:
                folded = self._fold(argument, run)
                yield from self._entries(folded, call.span)
            for name, value in call.named:
                yield Entry(Text((name,), call.span), value, call.span)

    def _entries(self, value: Value, span: Span) -> Iterator[Entry]:
        if isinstance(value, Map):
            yield from value.entries
            if value.open:
                yield Entry(Opaque("**", (), span), value, span)
        elif isinstance(value, Text):
            yield from query_entries(value)
        else:
            yield Entry(Opaque("**", (), span), value, span)

    def _descend(self, value: Value, path: str, run: Run) -> Value | None:
        """The value below a map at a dotted path, if the map is known to have it."""
        key, _, rest = path.partition(".")
        if isinstance(value, Choice):
            found = [self._descend(option, path, run) for option in value.options]
            known = tuple(option for option in found if option is not None)
            return known[0] if len(known) == 1 else Choice(known, value.span) if known else None
        if isinstance(value, Map):
            inner = next((e.value for e in reversed(value.entries) if key_of(e) == key), None)
        elif isinstance(value, Items) and key.isdecimal() and int(key) < len(value.items):
            inner = value.items[int(key)]
        elif isinstance(value, Text) and path in ("href", "search", "searchParams"):
            return value
        else:
            return None
        if inner is None:
            return None
        folded = self._fold(inner, run)
        return self._descend(folded, rest, run) if rest else folded

    # -- calls ---------------------------------------------------------------------------------------------------

    def _call(self, call: Call, run: Run) -> Value:
        method = call.callee.rpartition(".")[2]
        if method in ("format", "join", "concat", "replace") and call.receiver is not None:
            built = self._text_method(call, method, run)
            if built is not None:
                return built
        if method == "get" and call.args and call.receiver is not None:
            taken = self._taken(call, call.receiver, run)
            if taken is not None:
                return taken
        row = self.meanings.calls.get(self.names.callee(call))
        if row is not None and row.means in ("same", "query-string", "url", "merge"):
            return self._building(call, row, run)
        if row is not None and row.means == "environment":
            default = pick(call, row.arguments.get("default", ()))
            return call if default is None else self._or_text(call, default, run)
        function = self.names.function(call)
        if function is not None and function not in run.functions:
            return self._returned(call, function, run)
        return call

    def _or_text(self, value: Value, default: Value, run: Run) -> Value:
        """A value that is not known, and the text that stands in for it, if there is one."""
        folded = self._fold(default, run)
        return Choice((value, folded), default.span) if isinstance(folded, Text) and folded.parts else value

    def _taken(self, call: Call, receiver: Value, run: Run) -> Value | None:
        """What a map has at the key that a ``get`` names, if both are known."""
        base, key = self._fold(receiver, run), self._fold(call.args[0], run)
        if not isinstance(base, Map) or not isinstance(key, Text):
            return None
        return self._descend(base, key.literal, run) if key.literal else None

    def _building(self, call: Call, row: Row, run: Run) -> Value:
        """A call that leaves its argument what it is, or makes text or a map of it."""
        if row.means == "merge":
            parts = [self._fold(argument, run) for argument in call.args]
            entries = [entry for part in parts for entry in self._entries(part, call.span)]
            entries += [Entry(Text((name,), call.span), value, call.span) for name, value in call.named]
            return Map(tuple(entries), call.open, call.span)
        given = pick(call, row.arguments.get("value", ("0",)))
        if given is None:
            return Text((), call.span) if row.means == "query-string" and not call.args else call
        value = self._fold(given, run)
        if row.means == "query-string":
            return self._query(value, run) if isinstance(value, Map | Items) else value
        base = pick(call, row.arguments.get("base", ()))
        if row.means == "url" and base is not None and isinstance(value, Text) and not has_scheme(value):
            return join((self._fold(base, run), value), call.span)
        return value

    def _query(self, value: Value, run: Run) -> Text:
        """``key=value&key=value`` for a map or a list of pairs."""
        entries = value.entries if isinstance(value, Map) else tuple(pairs(value))
        parts: list[str | Value] = []
        for entry in entries:
            parts += ["&"] if parts else []
            if isinstance(entry.key, Opaque):
                parts.append(entry.key)
                continue
            run.seen.add(id(entry.value))
            parts += [self._fold(entry.key, run), "=", self._fold(entry.value, run)]
        if getattr(value, "open", False):
            parts += ["&", Opaque("**", (), value.span)]
        return join(parts, value.span)

    def _text_method(self, call: Call, method: str, run: Run) -> Value | None:
        receiver = call.receiver
        if receiver is None:
            return None
        base = self._fold(receiver, run)
        if method == "format" and isinstance(base, Text):
            return self._text(fill(base, BRACES, call.args, dict(call.named)), call.span, run)
        if method == "concat" and isinstance(base, Text):
            return self._text((base, *call.args), call.span, run)
        if method == "replace" and isinstance(base, Text):
            return base
        if method == "join":
            return self._joined(call, base, run)
        return None

    def _joined(self, call: Call, base: Value, run: Run) -> Value | None:
        """``", ".join(items)`` or ``items.join(", ")``."""
        other = self._fold(call.args[0], run) if call.args else Text((",",), call.span)
        items, separator = (base, other) if isinstance(base, Items) else (other, base)
        if not isinstance(items, Items) or not isinstance(separator, Text):
            return None
        parts: list[str | Value] = []
        for item in items.items:
            parts += [separator, item] if parts else [item]
        if items.open:
            parts += [separator, Opaque("**", (), items.span)]
        return self._text(parts, call.span, run)

    def _returned(self, call: Call, function: int, run: Run) -> Value:
        """What a function of this file gives back for these arguments: one of several, if it has several ways out."""
        params = [param for param in self.facts.scopes[function].params if param.name not in ("self", "cls")]
        env: Env = {}
        named = dict(call.named)
        for position, param in enumerate(params):
            given = named.get(param.name, param.default)
            given = call.args[position] if position < len(call.args) else given
            if given is not None:
                env[function, param.name] = self._fold(given, run)
        result = self._result(function, run.inside(function, env))
        return call if result is None else result

    def _result(self, function: int, run: Run) -> Value | None:
        """The value, or the choice of values, that a function returns; ``None`` where there are none or too many."""
        given = self.names.returns.get(function, ())
        given = [value for value in given if not is_nothing(value)] or given
        if not 0 < len(given) <= _MAX_OPTIONS:
            return None
        options = tuple(self._fold(value, run) for value in given)
        return options[0] if len(options) == 1 else Choice(options, given[0].span)
