"""What is done with an answer: is its body read, and does anything look at whether it is an error?

An answer is followed by its name within its function, through ``.then`` of a promise, and into what is made of it. What
is handed to another function, or returned as it is, is taken to be looked at there: unknown is not unchecked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from authlint.concepts.unit import Unit, once
from authlint.facts import Binding, Call, Const, Lambda, Member, Ref, Text, Value, children, walk


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
_LOOKS = re.compile(r"(?i)err|check|valid|verif|ensure|raise|assert|handle")
_PRINTS = re.compile(r"(?i)^(?:print|pprint|p|pp|puts|echo|console\.\w+|(?:logger|logging|log)\.\w+)$")
_RAW = frozenset({"text", "content", "body"})
_FOLLOWED = 3
_SHELL_READERS = frozenset({"jq", "grep", "sed", "awk", "cut", "python", "python3", "node"})


class Index:
    """What is done with values, by their identity and by their name. Lists by name are in the order of the source."""

    def __init__(self, unit: Unit) -> None:
        """Looks at everything in a source once."""
        self._facts, self._size = unit.facts, len(unit.source.data)
        self.bound: dict[int, list[Binding]] = defaultdict(list)
        self.starts: dict[str, list[int]] = defaultdict(list)
        for binding in unit.facts.bindings:
            self.bound[id(binding.value)].append(binding)
            self.starts[binding.path].append(binding.span[0])
        self.methods: dict[int, list[Call]] = defaultdict(list)
        self.arguments: dict[int, list[Call]] = defaultdict(list)
        self.blocks: dict[int, Call] = {}
        self.written = {call.span: call for call in unit.facts.calls}
        self._named: dict[str, list[tuple[int, str, Call | Ref]]] = defaultdict(list)
        for call in unit.facts.calls:
            self._add_call(call)
        self.members: dict[int, list[Member]] = defaultdict(list)
        for read in unit.facts.reads:
            if isinstance(read, Member):
                self.members[id(read.base)].append(read)
            else:
                root, _, rest = read.path.partition(".")
                self._named[root].append((read.span[0], rest, read))
        for uses in self._named.values():
            uses.sort(key=_start)
        for starts in self.starts.values():
            starts.sort()

    def _add_call(self, call: Call) -> None:
        if call.receiver is not None:
            self.methods[id(call.receiver)].append(call)
        root, _, rest = call.callee.partition(".")
        self._named[root].append((call.span[0], rest, call))
        for argument in call.args:
            self.arguments[id(argument)].append(call)
            if isinstance(argument, Lambda):
                self.blocks[argument.body] = call
            elif isinstance(argument, Text):
                for part in children(argument):
                    self.arguments[id(part)].append(call)

    def until(self, binding: Binding) -> int:
        """Where a name is given something else, or its function ends."""
        function = self._facts.function_of(binding.scope) if "." not in binding.path else 0
        end = self._facts.scopes[function].span[1] if function else self._size
        starts = self.starts[binding.path]
        at = bisect_left(starts, binding.span[1])
        return min(end, starts[at]) if at < len(starts) else end

    def uses(self, name: str, start: int, end: int) -> Iterator[tuple[str, Call | Ref]]:
        """What is done with a name between two places: what stands behind its first dot, and the use."""
        found = self._named.get(name, [])
        for place, rest, use in found[bisect_left(found, start, key=_start) : bisect_left(found, end, key=_start)]:
            if place < end:
                yield rest, use


def _start(use: tuple[int, str, Call | Ref]) -> int:
    return use[0]


@once
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
        readers = self.index.arguments.get(id(whole), ())
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
        yield from self.index.arguments.get(id(value), ())

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
        readers = self.index.arguments.get(id(use), ())
        return bool(readers) and all(_HARMLESS.search(call.callee) for call in readers)

    def _uses(self, binding: Binding) -> Iterator[tuple[str, Call | Ref]]:
        root, _, below = binding.path.partition(".")
        for rest, use in self.index.uses(root, binding.span[1], self.index.until(binding)):
            if not below:
                yield rest, use
            elif rest == below or rest.startswith(below + "."):
                yield rest[len(below) + 1 :], use

    def _derived(self, binding: Binding, steps: int) -> None:
        """A name for what is in the answer: a test of it is a test of the answer."""
        for rest, use in self._uses(binding):
            if self._decides(use) or _TELLS.search(rest.partition(".")[0]) or _TELLS.search(rest.rpartition(".")[2]):
                self.checked = True
            if isinstance(use, Call):
                self._asks(use)
            if any(_LOOKS.search(call.callee) for call in self.index.arguments.get(id(use), ())):
                self.checked = True  # check(data)
            self._bound_to(use, steps)
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
        for rest, use in self.index.uses(name, *scope.span) if name else ():
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
            for printer in self.index.arguments.get(id(use), ()):
                for reader in self.index.methods.get(id(printer), ()):
                    if reader.callee in _SHELL_READERS:
                        self.consumed = self.consumed or reader.callee == "jq"
                        self.checked = self.checked or self._shell_asks(reader)
                        self._kept(reader)

    def _shell_asks(self, reader: Call) -> bool:
        return self._decides(reader) or any(
            isinstance(part, Text) and bool(_TELLS.search(part.literal or "")) for part in reader.args
        )


@once
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
