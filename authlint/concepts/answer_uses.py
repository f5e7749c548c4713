"""What is done with an answer: is its body read, and does anything look at whether it is an error?

An answer is followed by its name within its function, through ``.then`` of a promise, and into what is made of it. What
is handed to another function, or returned as it is, is taken to be looked at there: unknown is not unchecked.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from authlint.concepts.unit import Unit
from authlint.facts import Binding, Call, Const, Lambda, Member, Ref, Text, Value, children, walk
from authlint.source import Span


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_READERS = _words("json text content body data parsed_response arraybuffer arrayBuffer blob formData read iter_lines")
_CHECKS = _words(
    "ok ok? status statuscode statustext statusline code reason reason_phrase status_code success success? isok?"
    " issuccess failure? error? error! is_success is_error is_client_error raise_for_status value value! is_a? kind_of?"
    " class headers"
)
_TELLS = re.compile(r"(?i)err|succe|^ok$|status|^code$|message|fault|valid|^detail")
_HARMLESS = re.compile(
    r"(?i)^(?:print|pprint|p|pp|puts|len|str|repr|type|isinstance|dir|id|vars|echo|write-(?:host|output)|json\.\w+)$"
    r"|^(?:console|logger|logging|log|winston)\.\w+$"
)
_PRINTS = re.compile(r"(?i)^(?:print|pprint|p|pp|puts|echo|console\.\w+|(?:logger|logging|log)\.\w+)$")
_RAW = frozenset({"text", "content", "body"})
_FOLLOWED = 3
_SHELL_READERS = frozenset({"jq", "grep", "sed", "awk", "cut", "python", "python3", "node"})


class Index:
    """What is done with values, by their identity and by their name."""

    def __init__(self, unit: Unit) -> None:
        self.bound: dict[int, list[Binding]] = defaultdict(list)
        self.paths: dict[str, list[Binding]] = defaultdict(list)
        for binding in unit.facts.bindings:
            self.bound[id(binding.value)].append(binding)
            self.paths[binding.path].append(binding)
        self.methods: dict[int, list[Call]] = defaultdict(list)
        self.named: dict[str, list[tuple[str, Call | Ref]]] = defaultdict(list)
        self.given: dict[str, list[Call]] = defaultdict(list)
        self.blocks: dict[int, Call] = {}
        self.written = {call.span: call for call in unit.facts.calls}
        for call in unit.facts.calls:
            if call.receiver is not None:
                self.methods[id(call.receiver)].append(call)
            root, _, rest = call.callee.partition(".")
            self.named[root].append((rest, call))
            for argument in call.args:
                if isinstance(argument, Ref):
                    self.given[argument.path].append(call)
                elif isinstance(argument, Lambda):
                    self.blocks[argument.body] = call
        self.members: dict[int, list[Member]] = defaultdict(list)
        for read in unit.facts.reads:
            if isinstance(read, Member):
                self.members[id(read.base)].append(read)
            else:
                root, _, rest = read.path.partition(".")
                self.named[root].append((rest, read))


@lru_cache(maxsize=2)
def index_of(unit: Unit) -> Index:
    """The index of a source."""
    return Index(unit)


class Use:
    """What is done with one answer."""

    def __init__(self, unit: Unit, call: Call, *, any_attribute: bool = False) -> None:
        self.unit, self.facts, self.index = unit, unit.facts, index_of(unit)
        self.any_attribute = any_attribute
        self.consumed = self.checked = self.swallowed = False
        if unit.source.language == "shell":
            self._shell(call)
        else:
            self._value(call)

    # -- values without a name ---------------------------------------------------------------------------------------

    def _value(self, value: Value) -> None:
        """An answer where it is made: bound to a name, or used at once."""
        for binding in self.index.bound.get(id(value), ()):
            self._name(binding)
        for member in self.index.members.get(id(value), ()):
            self._attribute(member.path, member)
        for method in self.index.methods.get(id(value), ()):
            name = method.callee.rpartition(".")[2]
            if name == "then":
                self._then(method)
            elif name == "catch":
                self._catch(method)
            else:
                self._attribute(name, method)

    def _attribute(self, path: str, whole: Value) -> None:
        """Something is read of the answer: its body, or whether it is an error."""
        name, _, rest = path.partition(".")
        if name.lower().removesuffix("()") in _CHECKS or (rest and _TELLS.search(rest)):
            self.checked = True
        elif self._decides(whole):
            self.checked = True  # if b"<html>" in response.content
        elif (name.removesuffix("()") in _READERS or self.any_attribute) and not self._is_shown(name, whole):
            self.consumed = True
            self._made(whole)

    def _is_shown(self, name: str, whole: Value) -> bool:
        """Whether a body is printed as it came, for a person to read."""
        readers = _arguments(self.unit).get(id(whole), ())
        return name in _RAW and bool(readers) and all(_PRINTS.search(call.callee) for call in readers)

    def _made(self, whole: Value, steps: int = _FOLLOWED) -> None:
        """What is made of the body is looked at: ``data["error"]``, ``if token``, ``.then(data => …)``."""
        for member in self.index.members.get(id(whole), ()):
            self.checked = self.checked or bool(_TELLS.search(member.path))
            self._bound_to(member, steps)
        for method in self.index.methods.get(id(whole), ()):
            if method.callee.rpartition(".")[2] == "then":
                self._then(method, of_body=True)
            elif method.callee.rpartition(".")[2] == "catch":
                self._catch(method)
            else:
                self._asks(method)
                self._made(method, steps - 1) if steps else None
                self._bound_to(method, steps)
        self._bound_to(whole, steps)
        for outer in self._around(whole):
            self._bound_to(outer, steps)

    def _around(self, value: Value) -> Iterator[Value]:
        """Calls that a body is given to: ``JSON.parse(res.body)``, ``json.loads(r.text)``."""
        yield from _arguments(self.unit).get(id(value), ())

    def _bound_to(self, value: Value, steps: int) -> None:
        for binding in self.index.bound.get(id(value), ()):
            if steps:
                self._derived(binding, steps - 1)

    # -- names -------------------------------------------------------------------------------------------------------

    def _name(self, binding: Binding) -> None:
        """The answer has a name: every use until the name is given something else."""
        for rest, use in self._uses(binding):
            self._used(rest, use)

    def _used(self, rest: str, use: Value) -> None:
        """A use of an answer's name: what is below it, or the whole, which then may be looked at elsewhere."""
        if rest:
            self._attribute(rest, use)
        elif id(use) not in self.index.methods and not self._is_only_shown(use):
            self.checked = True

    def _is_only_shown(self, use: Value) -> bool:
        readers = _arguments(self.unit).get(id(use), ())
        return bool(readers) and all(_HARMLESS.search(call.callee) for call in readers)

    def _uses(self, binding: Binding) -> Iterator[tuple[str, Call | Ref]]:
        end = self._until(binding)
        root, _, below = binding.path.partition(".")
        for rest, use in self.index.named.get(root, ()):
            if not binding.span[1] <= use.span[0] < end:
                continue
            if not below:
                yield rest, use
            elif rest == below or rest.startswith(below + "."):
                yield rest[len(below) + 1 :], use

    def _until(self, binding: Binding) -> int:
        """Where the name is given something else, or its function ends."""
        function = self.facts.function_of(binding.scope) if "." not in binding.path else 0
        end = self.facts.scopes[function].span[1] if function else len(self.unit.source.data)
        starts = [other.span[0] for other in self.index.paths[binding.path]]
        at = bisect_right(starts, binding.span[0])
        later = [start for start in starts[at:] if start >= binding.span[1]]
        return min([end, *later[:1]])

    def _derived(self, binding: Binding, steps: int) -> None:
        """A name for what is in the answer: a test of it is a test of the answer."""
        for rest, use in self._uses(binding):
            if self._decides(use) or _TELLS.search(rest.partition(".")[0]) or _TELLS.search(rest.rpartition(".")[2]):
                self.checked = True
            if isinstance(use, Call):
                self._asks(use)
            self._bound_to(use, steps)
        for call in self.index.given.get(binding.path, ()):
            if call.span[0] >= binding.span[1] and _TELLS.search(call.callee):
                self.checked = True
        self.checked = self.checked or bool(_TELLS.search(binding.path.rpartition(".")[2]))

    def _asks(self, call: Call) -> None:
        """``data.get("error")``."""
        if any(isinstance(a, Text) and a.literal and _TELLS.search(a.literal) for a in call.args[:1]):
            self.checked = True

    def _decides(self, use: Value) -> bool:
        """Whether a branch or a comparison depends on a value."""
        return id(use) in _deciding(self.unit)

    # -- promises ----------------------------------------------------------------------------------------------------

    def _then(self, call: Call, *, of_body: bool = False) -> None:
        """``.then(r => …)``: the parameter of the function is the answer, or what the one before made of it."""
        first = call.args[0] if call.args else None
        if len(call.args) > 1 or not isinstance(first, Lambda):
            self.checked = True  # a function of elsewhere, or a second one for errors
            return
        scope = self.facts.scopes[first.body]
        name = scope.params[0].name if scope.params else ""
        uses = [(rest, use) for rest, use in self.index.named.get(name, ()) if _is_inside(use.span, scope.span)]
        for rest, use in uses if name else ():
            if not of_body:
                self._used(rest, use)
                continue
            last = rest.rpartition(".")[2]
            self.checked = self.checked or bool(_TELLS.search(last)) or self._decides(use)
            self._bound_to(use, 1)
        for method in self.index.methods.get(id(call), ()):
            last = method.callee.rpartition(".")[2]
            if last == "then":
                self._then(method, of_body=True)
            elif last == "catch":
                self._catch(method)
        for binding in self.index.bound.get(id(call), ()):
            self._derived(binding, 1)

    def _catch(self, call: Call) -> None:
        """``.catch(() => {})`` hides everything."""
        handler = call.args[0] if call.args else None
        if isinstance(handler, Lambda) and self.consumed and _is_empty(self.unit, handler.body):
            self.swallowed = True

    # -- shell -------------------------------------------------------------------------------------------------------

    def _shell(self, call: Call) -> None:
        """What a command prints is read by the next one of a pipe, or kept in a variable."""
        for reader in self.index.methods.get(id(call), ()):
            if reader.callee in _SHELL_READERS:
                self.consumed = True
                self._kept(reader)
        for binding in self.index.bound.get(id(call), ()):
            self._kept_in(binding)

    def _kept(self, value: Value) -> None:
        for binding in self.index.bound.get(id(value), ()):
            self.checked = self.checked or any(self._decides(use) for _, use in self._uses(binding))

    def _kept_in(self, binding: Binding) -> None:
        for _, use in self._uses(binding):
            self.checked = self.checked or self._decides(use)
            for printer in _arguments(self.unit).get(id(use), ()):
                for reader in self.index.methods.get(id(printer), ()):
                    if reader.callee in _SHELL_READERS:
                        self.consumed = self.consumed or reader.callee == "jq"
                        self.checked = self.checked or self._shell_asks(reader)
                        self._kept(reader)

    def _shell_asks(self, reader: Call) -> bool:
        return self._decides(reader) or any(
            isinstance(part, Text) and bool(_TELLS.search(part.literal or "")) for part in reader.args
        )


@lru_cache(maxsize=2)
def _arguments(unit: Unit) -> dict[int, list[Call]]:
    found: dict[int, list[Call]] = defaultdict(list)
    for call in unit.facts.calls:
        for argument in call.args:
            found[id(argument)].append(call)
            if isinstance(argument, Text):
                for part in children(argument):
                    found[id(part)].append(call)
    return found


@lru_cache(maxsize=2)
def _deciding(unit: Unit) -> frozenset[int]:
    """The identities of values that a branch or a comparison depends on."""
    found: set[int] = set()
    for scope in unit.facts.scopes:
        if scope.kind == "branch" and scope.head is not None:
            found.update(id(inner) for inner in walk(scope.head))
    for compare in unit.facts.compares:
        found.update(id(inner) for side in (compare.left, compare.right) for inner in walk(side))
    return frozenset(found)


def _is_empty(unit: Unit, body: int) -> bool:
    """Whether a function does nothing at all."""
    facts = unit.facts
    scopes = [call.scope for call in facts.calls] + [binding.scope for binding in facts.bindings]
    if any(body in facts.around(scope) for scope in scopes):
        return False
    given = [item.value for item in facts.returns if item.scope == body]
    return all(isinstance(value, Const) and value.value is None for value in given)


def _is_inside(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
