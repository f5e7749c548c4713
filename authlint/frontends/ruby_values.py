"""Ruby's names, literals and collections as values: the ground that calls and statements stand on.

``a.b`` may be an attribute or a call without arguments; Ruby does not tell them apart, a reader does by the name. Here
it is a call where it can be nothing else (``a.b?``, ``a.b!``, a method that this file defines, a statement of its own),
where its name begins with a verb (``client.get_token``, ``token.to_s``) or where a constant answers it
(``SecureRandom.hex``); otherwise it is the path ``a.b``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tree_sitter import Node

from authlint.facts import Const, Entry, Items, Map, Opaque, Text, Value
from authlint.frontends.builder import Builder
from authlint.frontends.lowering import MAX_DEPTH, Lowering, significant
from authlint.frontends.python_literals import number
from authlint.frontends.ruby_strings import dedent, indentation, unescape, unquote

DOTS = frozenset((".", "&.", "::"))
NAMES = frozenset(("identifier", "constant", "instance_variable", "class_variable", "global_variable", "self"))
_CONSTANTS = {"true": True, "false": False, "nil": None}
_METHOD = re.compile(rb"\bdef[ \t]+(?:self\.)?([A-Za-z_]\w*[?!]?)(?![\w.=])")
_HEREDOC = re.compile(rb"<<[~-]?[\"'`]?[A-Za-z_]")
_PAIR = 2


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FIRST_WORDS = _words(
    "add append authenticate authorize build calculate compute connect create decode decrypt delete destroy"
    " download encode encrypt ensure exchange execute extract fetch find generate get has initialize insert"
    " invalidate invoke is load make obtain parse perform persist prepare retrieve revoke send set setup to update"
    " upload validate verify write"
)
_VERBS = _words(
    "call clear clone close commit compact dup each flush freeze join load lock merge new open pop read refresh reload"
    " renew reset retry reverse rotate run save shift sort start stop strip chomp sum uniq unlock wait"
)


class Values(Lowering):
    """Lowers names and literals."""

    def __init__(self, builder: Builder) -> None:
        """Add the handlers of names and literals, and look for the methods and here-documents of the file."""
        super().__init__(builder)
        self.used = True
        """Whether somebody takes the value of the node that is visited."""
        self.locals: set[str] = set()
        self.methods = {name.decode() for name in _METHOD.findall(self.data)}
        self.heredocs: dict[int, Node] = {}
        self.handlers |= dict.fromkeys(_CONSTANTS, self._constant)
        self.handlers |= {
            "identifier": self._identifier,
            "constant": self._name,
            "instance_variable": self._name,
            "class_variable": self._name,
            "global_variable": self._name,
            "self": self._name,
            "scope_resolution": self.path_or_member,
            "element_reference": self.path_or_member,
            "string": self._string,
            "chained_string": self._chained,
            "simple_symbol": self._symbol,
            "hash_key_symbol": self._symbol,
            "delimited_symbol": self._string,
            "character": self._symbol,
            "heredoc_beginning": self._heredoc,
            "string_array": self._words,
            "symbol_array": self._words,
            "regex": self._opaque_text,
            "subshell": self._opaque_text,
            "integer": self._number,
            "float": self._number,
            "array": self._array,
            "hash": self._map,
            "comment": self.silent,
            "heredoc_body": self.silent,
            "uninterpreted": self.silent,
        }

    def visit(self, node: Node) -> Value | None:
        """Lower a node whose value is taken."""
        if self.depth >= MAX_DEPTH:
            return Opaque("", (), node.byte_range)
        self.used = True
        self.depth += 1
        result = self.handlers.get(node.type, self.other)(node)
        self.depth -= 1
        return result

    def statement(self, node: Node) -> Value | None:
        """Lower a node whose value nobody takes."""
        self.used = False
        return super().visit(node)

    def find_heredocs(self, root: Node) -> None:
        """Find the body of each here-document: bodies follow the line on which they begin, in the same order."""
        if not _HEREDOC.search(self.data):
            return
        waiting: list[int] = []
        cursor = root.walk()
        while True:
            node = cursor.node
            kind = "" if node is None else node.type
            if node is not None and kind == "heredoc_beginning":
                waiting.append(node.start_byte)
            elif node is not None and kind == "heredoc_body" and waiting:
                self.heredocs[waiting.pop(0)] = node
            if cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return

    # names, attributes, subscripts

    def name(self, node: Node) -> str:
        """A variable or constant as facts spell it: ``@x`` and ``@@x`` are ``self.x``."""
        text = self.text(node)
        return "self." + text.lstrip("@") if text.startswith("@") else text

    def _name(self, node: Node) -> Value | None:
        name = self.name(node)
        return self.builder.ref(name, node.byte_range) if name else None

    def is_method(self, name: str) -> bool:
        """Whether a name alone can only mean a call."""
        return name not in self.locals and (name in self.methods or name.endswith(("?", "!")))

    def _identifier(self, node: Node) -> Value | None:
        name = self.text(node)
        if not name:
            return None
        if self.is_method(name) or (not self.used and name not in self.locals):
            return self.builder.call(name, (), (), node.byte_range, node.byte_range)
        return self.builder.ref(name, node.byte_range)

    def path_or_member(self, node: Node) -> Value:
        """``a.b``, ``a[:b]``, ``A::B``: a path below a name, or a member of a value."""
        base, path, indexes = self.path(node)
        member: Value
        if base is None:
            member = self.builder.ref(path, node.byte_range)
        elif not path:
            member = self.other(base)
        elif base.type in NAMES and not (base.type == "identifier" and self.is_method(self.text(base))):
            member = self.builder.ref(f"{self.name(base)}.{path}", node.byte_range)
        else:
            member = self.builder.member(self.value(base), path, node.byte_range)
        for index in indexes:
            self.visit(index)
        return member

    def path(self, node: Node) -> tuple[Node | None, str, list[Node]]:
        """What attributes and subscripts stand below, the path they make, and the subscripts that are no literals."""
        segments: list[str] = []
        indexes: list[Node] = []
        below: Node | None = node
        while below is not None:
            kind = below.type
            children = significant(below.children)
            if kind == "element_reference" and children:
                inner = [child for child in children[1:] if child.is_named]
                segment = self.literal_path(inner[0]) if len(inner) == 1 else "[]"
                if segment == "[]":
                    indexes.extend(reversed(inner))
                segments.append(segment)
                below = children[0]
            elif kind == "scope_resolution" and children:
                segments.append(self.text(children[-1]))
                below = children[0] if children[0].is_named and len(children) > _PAIR else None
            elif kind == "call" and self.is_attribute(children):
                segments.append(self.text(children[-1]))
                below = children[0]
            else:
                break
        return below, ".".join(reversed(segments)), indexes[::-1]

    def is_attribute(self, children: list[Node]) -> bool:
        """Whether a call is ``a.b`` and nothing says that it is more than an attribute."""
        if len(children) != 3 or children[1].type not in DOTS:  # noqa: PLR2004 - receiver, dot, name
            return False
        method = children[2]
        if method.type not in ("identifier", "constant"):
            return False
        name = self.text(method)
        return not acts(name) and not (children[0].type == "self" and name in self.methods)

    def literal_path(self, node: Node) -> str:
        """What a subscript or key adds to a path: literals stand for themselves, anything else is ``[]``."""
        kind = node.type
        if kind in ("simple_symbol", "hash_key_symbol", "integer"):
            return self.text(node).lstrip(":")
        if kind in ("string", "delimited_symbol"):
            parts = self.parts(node)
            if len(parts) == 1 and isinstance(parts[0], str):
                return parts[0]
        return "[]"

    # literals

    def _string(self, node: Node) -> Value:
        return self.builder.text(self.parts(node), node.byte_range)

    def parts(self, node: Node) -> list[str | Value]:
        """The known parts and the holes of a string, symbol or the like."""
        start, end = node.byte_range
        raw = self.data[start:end]
        quote = raw[:1]
        plain = quote == b"'" or (quote == b'"' and b"#" not in raw)
        if plain and b"\\" not in raw and b"\r" not in raw and len(raw) > 1 and raw[-1:] == quote:
            return [raw[1:-1].decode("utf-8", "replace")]  # nine in ten literals
        single = raw.startswith((b"'", b"%q", b"%w", b"%i", b"%s", b":'"))
        return self._filled(node.children, single=single)

    def _filled(self, children: list[Node], *, single: bool) -> list[str | Value]:
        parts: list[str | Value] = []
        for child in children:
            kind = child.type
            if kind == "interpolation":
                parts.append(self._hole(child))
            elif kind in ("string_content", "escape_sequence", "heredoc_content"):
                parts.append(unquote(self.text(child)) if single else unescape(self.text(child)))
        return parts

    def _hole(self, node: Node) -> Value:
        inner = significant(node.named_children)
        self.depth += 2  # a hole takes three times the stack that other nesting does
        for child in inner[:-1]:
            self.statement(child)
        value = self.value(inner[-1]) if inner else self.builder.text((), node.byte_range)
        self.depth -= 2
        return value

    def _chained(self, node: Node) -> Value:
        parts = [part for child in node.named_children if child.type == "string" for part in self.parts(child)]
        return self.builder.text(parts, node.byte_range)

    def _symbol(self, node: Node) -> Value:
        return self.builder.text((self.text(node).lstrip(":?"),), node.byte_range)

    def _opaque_text(self, node: Node) -> Value:
        holes = [part for part in self._filled(node.children, single=False) if not isinstance(part, str)]
        return Opaque("", tuple(holes), node.byte_range)

    def _heredoc(self, node: Node) -> Value:
        body = self.heredocs.pop(node.start_byte, None)
        opening = self.text(node)
        if body is None:
            return Opaque("", (), node.byte_range)
        children = [child for child in body.children if child.type != "heredoc_end"]
        begin = self.data.find(b"\n", body.start_byte) + 1
        span = (begin, max(begin, children[-1].end_byte if children else begin))
        written = self.data[slice(*span)].decode("utf-8", "replace").replace("\r\n", "\n")
        parts: list[str | Value] = [written]
        if "'" not in opening:
            parts = self._filled(children, single=False)
            if parts and isinstance(parts[0], str):
                parts[0] = parts[0].partition("\n")[2]
        if opening.startswith(("<<~", "<<-")) and parts and isinstance(parts[-1], str):
            parts[-1] = parts[-1].rstrip(" \t")  # what stands before the closing word
        if opening.startswith("<<~"):
            columns = indentation(written)
            parts = [
                dedent(part, columns, first=index == 0) if isinstance(part, str) else part
                for index, part in enumerate(parts)
            ]
        return self.builder.text(parts, span)

    def _number(self, node: Node) -> Value:
        value = number(self.text(node))
        return Opaque("", (), node.byte_range) if value is None else Const(value, node.byte_range)

    def _constant(self, node: Node) -> Value:
        return Const(_CONSTANTS[node.type], node.byte_range)

    def _words(self, node: Node) -> Value:
        single = self.data[node.start_byte + 1 : node.start_byte + 2] in b"wi"
        words = [
            self.builder.text(self._filled(child.children, single=single), child.byte_range)
            for child in node.named_children
            if child.type in ("bare_string", "bare_symbol")
        ]
        return Items(tuple(words), False, node.byte_range)

    def _array(self, node: Node) -> Value:
        items, more = self.spread(node)
        return Items(tuple(items), more, node.byte_range)

    def spread(self, node: Node) -> tuple[list[Value], bool]:
        """The items of a list and whether a splat may add others; pairs at its end are a map."""
        items: list[Value] = []
        pairs: list[Node] = []
        more = False
        for child in node.named_children:
            kind = child.type
            if kind == "splat_argument":
                inner = self.inner(child)
                if isinstance(inner, Items) and not inner.open:
                    items.extend(inner.items)
                else:
                    more = True
            elif kind in ("pair", "hash_splat_argument"):
                pairs.append(child)
            elif kind != "comment":
                items.append(self.value(child))
        if pairs:
            items.append(self._entries(pairs, (pairs[0].start_byte, pairs[-1].end_byte)))
        return items, more

    def inner(self, node: Node) -> Value | None:
        """The value that a splat or the like holds."""
        inner = significant(node.named_children)
        return self.value(inner[0]) if len(inner) == 1 else self.other(node)

    def _map(self, node: Node) -> Value:
        return self._entries(node.named_children, node.byte_range)

    def _entries(self, nodes: list[Node], span: tuple[int, int]) -> Map:
        entries: list[Entry] = []
        more = False
        for child in nodes:
            kind = child.type
            if kind == "pair":
                entries.append(Entry(*self.pair(child), child.byte_range))
            elif kind == "hash_splat_argument":
                inner = self.inner(child)
                if isinstance(inner, Map):
                    entries.extend(inner.entries)
                more = more or not isinstance(inner, Map) or inner.open
            elif kind != "comment":
                self.visit(child)
                more = True
        return self.builder.map(entries, span, open=more)

    def pair(self, node: Node) -> tuple[Value, Value]:
        """Key and value of ``k: v``, ``k => v`` or ``k:``, which is short for ``k: k``."""
        children = significant(node.named_children)
        name = self.text(children[0])
        plain = children[0].type == "hash_key_symbol"  # a name and no text that somebody wrote
        key = Text((name,), children[0].byte_range) if plain else self.value(children[0])
        if len(children) > 1:
            return key, self.value(children[-1])
        if self.is_method(name):
            return key, self.builder.call(name, (), (), node.byte_range, node.byte_range)
        return key, self.builder.ref(name, node.byte_range)


@lru_cache(4096)
def acts(name: str) -> bool:
    """Whether a name says that something is done, so that ``a.name`` is no attribute."""
    first, more, _ = name.partition("_")
    return name.endswith(("?", "!")) or name in _VERBS or (first in _FIRST_WORDS and (bool(more) or first != "to"))
