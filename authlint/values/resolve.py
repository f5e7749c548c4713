"""What a name stands for: import aliases and constants within one file, the same for every language.

A name resolves where it can only mean one thing: an import, or bindings in the function around it (or the functions,
class and module around that). What cannot be known stays a ``Ref``: a hole, which is not the same as nothing.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from authlint.facts import Binding, Call, Choice, Facts, Lambda, Member, Ref, ScopeKind, Value, dotted
from authlint.names import last
from authlint.values.texts import is_nothing

_DEPTH = 8
_PROPERTIES = frozenset(("property", "cached_property"))
_MOST_BINDINGS = 64  # of one name; each read of it looks at all of them


class Names:
    """The names of one source."""

    def __init__(self, facts: Facts) -> None:
        """Index bindings by the scope they belong to and the functions by name."""
        self.facts = facts
        self.imports = {item.alias: item.name for item in facts.imports}
        self._homes = _nearest(facts, "function", "class")
        self._classes = _nearest(facts, "class")
        self._bound: dict[tuple[int, str], list[Binding]] = defaultdict(list)
        self._declared = {(self._home(b.path, b.scope), b.path) for b in facts.bindings if b.declares}
        for binding in facts.bindings:
            known = self._bound[self.home_of(binding), binding.path]
            if len(known) < _MOST_BINDINGS:
                known.append(binding)
        self._canonical: dict[tuple[str, int], str] = {}
        self._targets: dict[tuple[str, int], tuple[str, int]] = {}
        self._places: dict[int, list[tuple[int, frozenset[str] | None]]] = {}

    def home_of(self, binding: Binding) -> int:
        """The scope whose names a binding adds to: where the name was declared, if the binding does not declare it."""
        home = self._home(binding.path, binding.scope)
        if binding.declares or "." in binding.path:
            return home
        for place in self.facts.around(home):
            if (place, binding.path) in self._declared or any(
                p.name == binding.path for p in self.facts.scopes[place].params
            ):
                return place
        return 0

    def is_known(self, path: str) -> bool:
        """Whether anything in the file gives this whole path a meaning, which may be a name with another ending."""
        return path in self._known or path.removeprefix("self.") in self._known

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(binding.path for binding in self.facts.bindings).union(self.imports)

    def is_declared(self, path: str, home: int) -> bool:
        """Whether something declares a name in a scope, rather than only assign to it from inside."""
        return (home, path) in self._declared

    def _home(self, path: str, scope: int) -> int:
        """The scope whose names a binding adds to: the class for ``self.x``, else the function or module."""
        return self._classes[scope] if path.startswith("self.") else self._homes[scope]

    def bindings(self, path: str, scope: int) -> list[Binding]:
        """Every binding that a path read in a scope can mean; empty for parameters and unknown names."""
        if path.startswith("self."):
            home = self._classes[scope]
            return self._bound.get((home, path), []) or self._bound.get((home, path[5:]), [])
        root = path.partition(".")[0]
        for place, parameters in self._around(scope):
            found = self._bound.get((place, path))
            if found:
                return found
            if parameters and root in parameters:
                return []
        return self._of_class(path, scope)

    def _of_class(self, path: str, scope: int) -> list[Binding]:
        """What a class binds: ``Api.BASE`` anywhere in the file, and a constant of its own inside it."""
        root, dot, rest = path.partition(".")
        home = self._class_names.get(root) if dot else self._classes[scope]
        name = rest if dot else path
        return self._bound.get((home, name), []) or self._bound.get((home, f"self.{name}"), []) if home else []

    @cached_property
    def _class_names(self) -> dict[str, int]:
        scopes = enumerate(self.facts.scopes)
        return {scope.name: number for number, scope in scopes if scope.kind == "class" and scope.name}

    def getter(self, path: str, scope: int, bindings: list[Binding]) -> int | None:
        """The function that is run when ``self.name`` is read: a property, or what only a getter can be."""
        if not path.startswith("self.") or "." in path[5:]:
            return None
        function = self._functions.get((self._classes[scope], path[5:]))
        if function is None or not self._classes[scope]:
            return None
        decorators = {last(dotted(value)) for value in self.facts.scopes[function].decorators}
        is_method = any(isinstance(binding.value, Lambda) for binding in bindings)
        return function if not bindings or (is_method and decorators & _PROPERTIES) else None

    def default_of(self, name: str, function: int) -> Value | None:
        """What stands in for a parameter that is not given."""
        return next((p.default for p in self.facts.scopes[function].params if p.name == name), None)

    def _around(self, scope: int) -> list[tuple[int, frozenset[str] | None]]:
        """The functions around a scope, innermost first, each with the names of its parameters, and the module."""
        inside = self.facts.enclosing(scope, "function")
        if inside not in self._places:
            scopes = self.facts.scopes
            self._places[inside] = [
                (place, frozenset(p.name for p in scopes[place].params) if scopes[place].kind == "function" else None)
                for place in self.facts.around(inside)
                if scopes[place].kind in ("function", "module")
            ]
        return self._places[inside]

    def parameter_of(self, name: str, scope: int) -> int | None:
        """Index of the function around ``scope`` that has a parameter of this name, if nothing nearer binds it."""
        for place, parameters in self._around(scope):
            if parameters is None:
                continue
            if name in parameters:
                return place
            if (place, name) in self._bound:
                return None
        return None

    def children(self, path: str, scope: int) -> dict[str, list[Binding]]:
        """Bindings of ``path.key`` for every key that is set on the object at ``path``, by key.

        What belongs to the module is one object in all of its functions.
        """
        homes = {self._home(path, place) for place in self.facts.around(scope)}
        prefix, found = path + ".", defaultdict(list)
        for (home, bound), bindings in self._by_object.get(path, ()):
            if home in homes or (homes == {0} and self._means_the_modules(path, home)):
                found[bound[len(prefix) :]].extend(bindings)
        return found

    def _means_the_modules(self, path: str, home: int) -> bool:
        """Whether a name in a function is that of the module: nothing around it has one like it."""
        root = path.partition(".")[0]
        return root != "self" and not any(
            (place, root) in self._bound or any(p.name == root for p in self.facts.scopes[place].params)
            for place in self.facts.around(home)
            if place
        )

    @cached_property
    def _by_object(self) -> dict[str, list[tuple[tuple[int, str], list[Binding]]]]:
        index = defaultdict(list)
        for key, bindings in self._bound.items():
            owner = key[1].rpartition(".")[0]
            if owner:
                index[owner].append((key, bindings))
        return index

    def canonical(self, path: str, scope: int) -> str:
        """The dotted name from outside the file that a dotted name means, as far as it is known.

        ``r.post`` after ``import requests as r`` is ``requests.post``; ``s.post`` after ``s = requests.Session()`` is
        ``requests.Session().post``; ``store.setItem`` after ``const store = localStorage`` is ``localStorage.setItem``.
        """
        key = (path, self._homes[scope])
        if key not in self._canonical:
            self._canonical[key] = path  # a cycle of names ends here
            self._canonical[key] = self._resolve(path, scope, _DEPTH)
        return self._canonical[key]

    @cached_property
    def _roots(self) -> frozenset[str]:
        """The first names of all paths that mean anything in this file; most others are built in."""
        given = (binding.path.removeprefix("self.").partition(".")[0] for binding in self.facts.bindings)
        imported = (alias.partition(".")[0] for alias in self.imports)
        parameters = (parameter.name for scope in self.facts.scopes for parameter in scope.params)
        return frozenset(("self", *given, *imported, *parameters, *self._class_names))

    def _resolve(self, path: str, scope: int, depth: int) -> str:
        if depth == 0 or not path:
            return path
        if path.partition(".")[0] not in self._roots:
            return self._resolve_receiver(path, scope, depth)
        head, rest = path, ""
        while head:
            target, place = self._target(head, scope)
            if target:
                return self._resolve(f"{target}.{rest}" if rest else target, place, depth - 1)
            owner = self.parameter_of(head, scope)
            if owner is not None:
                return self._typed(head, rest, owner, depth) or path
            if head in self.imports:
                name = self.imports[head]
                return f"{name}.{rest}" if rest else name
            head, _, last = head.rpartition(".")
            rest = f"{last}.{rest}" if rest else last
        return self._resolve_receiver(path, scope, depth)

    def _target(self, head: str, scope: int) -> tuple[str, int]:
        """What the one value of a name is called, and the scope that this is said in; empty if it has none or several.

        Remembered: many paths begin with the same names.
        """
        key = (head, self._homes[scope])
        if key not in self._targets:
            self._targets[key] = self._look_up(head, scope)
        return self._targets[key]

    def _look_up(self, head: str, scope: int) -> tuple[str, int]:
        bindings = [] if head.endswith(")") else self.bindings(head, scope)
        given = [binding for binding in bindings if not is_nothing(binding.value)]
        if len({dotted(binding.value) for binding in given}) == 1 and given[0].op == "=":
            target = dotted(_through(given[0].value))
            if target and target != head and not target.startswith(("''", head + ".")):
                return target, given[0].scope
        return "", scope

    def _typed(self, name: str, rest: str, function: int, depth: int) -> str:
        """A parameter with a type is an instance of it: ``s.get`` after ``def f(s: Session)`` is ``Session().get``."""
        written = next((p.type for p in self.facts.scopes[function].params if p.name == name), "")
        if not written or not rest:
            return ""
        return f"{self._resolve(written, self.facts.scopes[function].parent, depth - 1)}().{rest}"

    def _resolve_receiver(self, path: str, scope: int, depth: int) -> str:
        """``alias.Session().post``: the part before the first call is a name of its own."""
        head, call, rest = path.partition("()")
        if not call:
            return path
        outer = self._resolve(head, scope, depth - 1)
        return f"{outer}(){rest}"

    def callee(self, call: Call) -> str:
        """The canonical dotted name of what is called."""
        receiver = call.receiver
        if isinstance(receiver, Call | Member) and call.callee.startswith(dotted(receiver) + "."):
            base = self.callee(receiver) + "()" if isinstance(receiver, Call) else self._member(receiver)
            return f"{base}{call.callee[len(dotted(receiver)) :]}"
        return self.canonical(call.callee, call.scope)

    def _member(self, member: Member) -> str:
        base = member.base
        outer = self.callee(base) + "()" if isinstance(base, Call) else dotted(base)
        return f"{outer}.{member.path}"

    def of(self, value: Value) -> str:
        """The canonical dotted name of a value, empty where it has none."""
        match value:
            case Ref(path=path, scope=scope):
                return self.canonical(path, scope)
            case Member():
                return self._member(value)
            case Call():
                return self.callee(value) + "()"
            case _:
                return ""

    def function(self, call: Call) -> int | None:
        """Index of the scope of the function in this file that a call runs, if that is known."""
        root, _, rest = call.callee.partition(".")
        if root == "self" and rest and "." not in rest:
            home = self.facts.enclosing(call.scope, "class")
            return self._functions.get((home, rest), self._functions.get((None, rest)))
        if rest and "." not in rest and root not in self.imports and root in self._class_names:
            return self._functions.get((self._class_names[root], rest))  # Controller.exchange(code)
        return None if rest or root in self.imports else self._functions.get((None, root))

    def function_named(self, name: str) -> int | None:
        """Index of the scope of the one function in this file that has a name."""
        return self._functions.get((None, name))

    def is_defined_here(self, name: str) -> bool:
        """Whether the file has a function of this name."""
        return name in self._function_names

    @cached_property
    def _function_names(self) -> frozenset[str]:
        return frozenset(scope.name for scope in self.facts.scopes if scope.kind == "function")

    @cached_property
    def returns(self) -> dict[int, list[Value]]:
        """What each function gives back, by the function's scope."""
        index: dict[int, list[Value]] = defaultdict(list)
        for item in self.facts.returns:
            index[self.facts.function_of(item.scope)].append(item.value)
        return index

    @cached_property
    def _functions(self) -> dict[tuple[int | None, str], int]:
        """Functions by class and name, and by name alone (``None``) where only one function has it."""
        index: dict[tuple[int | None, str], int] = {}
        for number, scope in enumerate(self.facts.scopes):
            if scope.kind == "function" and scope.name:
                home = self.facts.enclosing(scope.parent, "class")
                for key in ((home, scope.name), (None, scope.name)):
                    index[key] = -1 if key in index else number
        return {key: number for key, number in index.items() if number >= 0}


def _nearest(facts: Facts, *kinds: ScopeKind) -> list[int]:
    """For each scope the innermost one around (or at) it that is of these kinds, as ``Facts.enclosing`` tells it."""
    nearest: list[int] = []
    for number, scope in enumerate(facts.scopes):
        nearest.append(number if not number or scope.kind in kinds else nearest[scope.parent])
    return nearest


def _through(value: Value) -> Value:
    """The value itself, or the first option of a choice that has a name (``x = given or requests.Session()``)."""
    if isinstance(value, Choice):
        calls = [option for option in value.options if isinstance(option, Call)]
        return calls[0] if len(calls) == 1 else value
    return value
