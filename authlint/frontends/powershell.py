"""PowerShell: statements, functions and classes → facts."""

from __future__ import annotations

import re
from functools import cache

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from authlint.facts import Choice, Facts, Items, Lambda, Opaque, Parameter, Value, dotted
from authlint.frontends.builder import Builder
from authlint.frontends.lowering import MAX_DEPTH, comments, significant
from authlint.frontends.powershell_commands import Commands
from authlint.frontends.powershell_readable import readable
from authlint.frontends.powershell_values import VARIABLES, unwrap
from authlint.frontends.trees import broken, parse, release
from authlint.source import Source, Span

_BLOCKS = (
    "program", "statement_list", "statement_block", "script_block", "script_block_body", "named_block_list",
    "named_block", "finally_clause", "sub_expression", "data_statement", "ERROR",
)  # fmt: skip
_SILENT = ("label", "enum_statement", "redirection", "block_name", "attribute_list")
_ASSIGNING = ("assignment_expression", "post_increment_expression", "post_decrement_expression")
_COMMENT = re.compile(rb"#")
_LEFT_OUT = frozenset((";", " "))
_PAIR = 2


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_powershell.language()))


def lower(source: Source) -> Facts:
    """The facts of a PowerShell source."""
    builder = Builder(source)
    root = parse(_parser(), readable(source.data))
    program = _Statements(builder)
    program.body(root)
    if not _says_nothing(root, source.data):
        builder.facts.broken.extend(span for span in broken(root, _LEFT_OUT) if span not in program.understood)
    release(program)
    comments(root, builder, _COMMENT)
    return builder.finish()


def _says_nothing(root: Node, data: bytes) -> bool:
    """Whether a program is empty but for comments: the grammar asks for a statement."""
    return all(
        child.type == "comment" or not data[child.start_byte : child.end_byte].strip() for child in root.children
    )


class _Statements(Commands):
    """Lowers control flow, assignments and definitions."""

    def __init__(self, builder: Builder) -> None:
        super().__init__(builder)
        self.handlers |= dict.fromkeys(_BLOCKS, self.body)
        self.handlers |= dict.fromkeys(_SILENT, self.silent)
        self.handlers |= dict.fromkeys(("while_statement", "do_statement"), self._while)
        self.handlers |= {
            "pipeline": self._statements,
            "assignment_expression": self._assign,
            "if_statement": self._if,
            "foreach_statement": self._foreach,
            "for_statement": self._for,
            "switch_statement": self._switch,
            "try_statement": self._try,
            "catch_clause": self._catch,
            "trap_statement": self._catch,
            "flow_control_statement": self._flow,
            "function_statement": self._function,
            "class_statement": self._class,
            "class_method_definition": self._method_of_class,
            "class_property_definition": self._property,
            "param_block": self._script_parameters,
        }

    def body(self, node: Node) -> Value | None:
        """Lower the statements of a block; the value of the last one, unless it is an assignment."""
        if self.depth >= MAX_DEPTH:
            return None
        self.depth += 1
        value: Value | None = None
        for child in significant(node.named_children):
            lowered = self.visit(child)
            value = None if unwrap(child).type in _ASSIGNING else lowered
        self.depth -= 1
        return value

    def _statements(self, node: Node) -> Value | None:
        """``a && b || c``."""
        values: list[Value] = []
        op = ""
        for child in significant(node.children):
            if child.type == "pipeline_chain_tail":
                op = "or" if "|" in self.text(child) else "and"
            elif (value := self.visit(child)) is not None:
                values.append(value)
        return values[0] if len(values) == 1 else Opaque(op, tuple(values), node.byte_range)

    # assignments

    def _assign(self, node: Node) -> Value | None:
        span = node.byte_range
        targets: list[tuple[Node, str]] = []
        last = node
        while last.type == "assignment_expression":
            children = [child for child in last.named_children if child.type not in ("comment", "ERROR")]
            if len(children) != 3:  # noqa: PLR2004 - target, operator, value
                return self.other(last)
            for error in (child for child in last.named_children if child.type == "ERROR"):
                self.visit(error)
            targets.append((unwrap(children[0]), self._assignment_operator(children[1])))
            last = unwrap(children[2])
        value = self.value(last)
        for target, op in targets:
            if op in ("=", "+="):
                self._bind(target, value, span, op)
            else:
                operands = (self.value(target), value)
                result = Choice(operands, span) if op == "??=" else Opaque(op[:-1], operands, span)
                self._bind(target, result, span)
        return value

    def _assignment_operator(self, node: Node) -> str:
        start = node.start_byte
        return "??=" if self.data[start - 2 : start] == b"??" else self.text(node).strip()

    def _bind(self, target: Node, value: Value, span: Span, op: str = "=") -> None:
        kind = target.type
        if kind in VARIABLES:
            path, outer = self.name(target)
            if path:
                self.builder.bind(path, value, span, target.byte_range, op=op, declares=not outer)
        elif self.depth >= MAX_DEPTH:
            return
        elif kind in ("member_access", "element_access"):
            path = self._target_path(target)
            if path:
                self.builder.bind(path, value, span, target.byte_range, op=op)
        elif kind in ("array_literal_expression", "cast_expression", "parenthesized_expression"):
            inner = [unwrap(child) for child in target.named_children if child.type not in ("comment", "type_literal")]
            parts = self._parts(value, len(inner)) if kind == "array_literal_expression" else [value] * len(inner)
            self.depth += 1
            for child, part in zip(inner, parts, strict=True):
                self._bind(child, part, span, op)
            self.depth -= 1
        else:
            self.visit(target)

    def _parts(self, value: Value, count: int) -> list[Value]:
        """What each of several targets gets."""
        if isinstance(value, Items) and not value.open and len(value.items) == count:
            return list(value.items)
        return [self.builder.member(value, str(index), value.span) for index in range(count)]

    def _target_path(self, target: Node) -> str:
        base, path, indexes = self.path(target)
        if base.type in VARIABLES:
            root = self.name(base)[0]
        else:
            root = self.type_name(base) if base.type == "type_literal" else dotted(self.value(base))
        for index in indexes:
            self.visit(index)
        return f"{root}.{path}" if root else path

    # branches

    def _branch(self, block: Node, name: str, head: Value | None) -> Value | None:
        with self.builder.inside("branch", name, block.byte_range, head=head):
            return self.body(block)

    def _if(self, node: Node) -> Value | None:
        options: list[Value | None] = []
        self._clauses(node, options)
        return _choice(options, node)

    def _clauses(self, node: Node, options: list[Value | None]) -> None:
        head: Value | None = None
        for child in significant(node.named_children):
            kind = child.type
            if kind == "statement_block":
                options.append(self._branch(child, "" if node.type != "else_clause" else "else", head))
            elif kind == "elseif_clauses":
                for clause in significant(child.named_children):
                    self._clauses(clause, options)
            elif kind == "else_clause":
                self._clauses(child, options)
            else:
                head = self.visit(child)

    def _switch(self, node: Node) -> Value | None:
        subject: Value | None = None
        options: list[Value | None] = []
        for child in significant(node.named_children):
            if child.type == "switch_condition":
                subject = self.inner(child)
            elif child.type == "switch_body":
                for clauses in significant(child.named_children):
                    for clause in significant(clauses.named_children):
                        options.append(self._case(clause, subject))
        return _choice(options, node)

    def _case(self, node: Node, subject: Value | None) -> Value | None:
        head: Value | None = None
        value: Value | None = None
        for child in significant(node.named_children):
            if child.type == "switch_clause_condition":
                head = self._tested(child, subject)
            elif child.type == "statement_block":
                value = self._branch(child, "" if head is not None else "else", head)
            else:
                self.visit(child)
        return value

    def _tested(self, node: Node, subject: Value | None) -> Value | None:
        text = self.text(node).strip()
        inner = significant(node.named_children)
        if text.lower() == "default":
            return None
        plain = text.strip("'\"")
        pattern = self.value(inner[0]) if inner else self.builder.text((plain,), node.byte_range)
        if subject is None or isinstance(pattern, Lambda):
            return pattern
        return self.builder.compare("==", subject, pattern, pattern.span)

    # loops

    def _while(self, node: Node) -> None:
        children = significant(node.children)
        blocks = [child for child in children if child.type == "statement_block"]
        conditions = [child for child in children if child.type == "while_condition"]
        after = node.type == "do_statement"
        head = self.visit(conditions[0]) if conditions else None
        if head is not None and after and any(child.type == "until" for child in children):
            head = Opaque("not", (head,), head.span)
        self._loop(node, blocks, head)

    def _loop(self, node: Node, blocks: list[Node], head: Value | None) -> None:
        with self.builder.inside("loop", "", node.byte_range, head=head):
            for block in blocks:
                self.body(block)

    def _foreach(self, node: Node) -> None:
        inner = [child for child in significant(node.named_children) if child.type != "foreach_parameter"]
        blocks = [child for child in inner if child.type == "statement_block"]
        heads = [child for child in inner if child.type != "statement_block"]
        if len(heads) != _PAIR:
            self.other(node)
            return
        iterable = self.value(heads[1])
        with self.builder.inside("loop", "each", node.byte_range, head=iterable):
            element = self.builder.member(iterable, "[]", heads[1].byte_range)
            self._bind(heads[0], element, (heads[0].start_byte, heads[1].end_byte))
            for block in blocks:
                self.body(block)

    def _for(self, node: Node) -> None:
        head: Value | None = None
        blocks: list[Node] = []
        for child in significant(node.named_children):
            if child.type == "statement_block":
                blocks.append(child)
            elif child.type == "for_condition":
                head = self.visit(child)
            else:
                self.visit(child)
        self._loop(node, blocks, head)

    # handlers and jumps

    def _try(self, node: Node) -> Value | None:
        value: Value | None = None
        for child in significant(node.named_children):
            if child.type == "statement_block":
                value = self.body(child)
            elif child.type == "catch_clauses":
                for clause in significant(child.named_children):
                    self.visit(clause)
            else:
                self.visit(child)
        return value

    def _catch(self, node: Node) -> None:
        types: list[Value] = []
        blocks: list[Node] = []
        for child in significant(node.named_children):
            if child.type == "statement_block":
                blocks.append(child)
            elif child.type == "catch_type_list":
                types.extend(self.value(inner) for inner in significant(child.named_children))
            else:
                types.append(self.value(child))
        head: Value | None = types[0] if len(types) == 1 else None
        if len(types) > 1:
            head = Items(tuple(types), False, (types[0].span[0], types[-1].span[1]))
        with self.builder.inside("catch", "", node.byte_range, head=head):
            for block in blocks:
                self.body(block)

    def _flow(self, node: Node) -> None:
        returns = node.child_count > 0 and self.text(node.children[0]).strip().lower() == "return"
        for child in significant(node.named_children):
            value = self.visit(child)
            if returns and value is not None:
                self.builder.returns(value, node.byte_range)

    # functions and classes

    def parameters(self, node: Node) -> list[Parameter]:
        """The parameters of a function or script block; their defaults belong to the scope around it."""
        found: list[Parameter] = []
        stack = [node]
        while stack:
            child = stack.pop()
            if child.type in ("script_parameter", "class_method_parameter"):
                inner = {part.type: part for part in child.named_children}
                if "variable" in inner:
                    default = inner.get("script_parameter_default")
                    value = None if default is None else self.inner(default)
                    found.append(Parameter(self.name(inner["variable"])[0], value, child.byte_range))
            elif child.type not in ("attribute_list", "statement_block"):
                stack.extend(reversed(child.named_children))
        return found

    def _script_parameters(self, node: Node) -> None:
        """The parameters of the script itself are variables of the module."""
        for parameter in self.parameters(node):
            value = parameter.default or Opaque("parameter", (), parameter.span)
            self.builder.bind(parameter.name, value, parameter.span, parameter.span)

    def _function(self, node: Node) -> Value | None:
        name: Node | None = None
        declared: list[Node] = []
        blocks: list[Node] = []
        for child in significant(node.named_children):
            if child.type == "function_name":
                name = child
            elif child.type == "script_block":
                blocks.append(child)
            else:  # the parameters; where they did not parse they are in an error
                declared.append(child)
        declared += [child for block in blocks for child in block.named_children if child.type == "param_block"]
        params = [parameter for child in declared for parameter in self.parameters(child)]
        text = "" if name is None else self.text(name).strip().rpartition(":")[2]
        self._scope(node, text, name, params, blocks)
        return None

    def _scope(self, node: Node, text: str, name: Node | None, params: list[Parameter], blocks: list[Node]) -> None:
        span = node.byte_range
        if name is not None and text:
            function = Lambda(len(self.builder.facts.scopes), span)
            self.builder.bind(text, function, span, name.byte_range, const=True)
        with self.builder.inside("function", text, span, params=params):
            value: Value | None = None
            for block in blocks:
                for child in significant(block.named_children):
                    if child.type != "param_block":
                        value = self.visit(child)
            if value is not None:
                self.builder.returns(value, value.span)

    def _method_of_class(self, node: Node) -> None:
        children = significant(node.named_children)
        name = next((child for child in children if child.type == "simple_name"), None)
        lists = [child for child in children if child.type == "class_method_parameter_list"]
        blocks = [child for child in children if child.type == "script_block"]
        params = [parameter for child in lists for parameter in self.parameters(child)]
        self._scope(node, "" if name is None else self.text(name).strip(), name, params, blocks)

    def _class(self, node: Node) -> None:
        names: list[Node] = []
        members: list[Node] = []
        for child in significant(node.named_children):
            (names if child.type == "simple_name" else members).append(child)
        bases = tuple(self.builder.ref(self.text(name).strip(), name.byte_range) for name in names[1:])
        head = Items(bases, False, (bases[0].span[0], bases[-1].span[1])) if bases else None
        with self.builder.inside("class", self.text(names[0]).strip() if names else "", node.byte_range, head=head):
            for member in members:
                self.visit(member)

    def _property(self, node: Node) -> None:
        children = [child for child in node.named_children if child.type not in ("comment", "type_literal")]
        target = next((child for child in children if child.type == "variable"), None)
        values = [child for child in children if child.type not in ("variable", "class_attribute", "attribute")]
        if target is not None and values:
            self._bind(target, self.value(values[-1]), node.byte_range)


def _choice(options: list[Value | None], node: Node) -> Value | None:
    """The value of branches of which one runs."""
    known = tuple(option for option in options if option is not None)
    if len(known) < _PAIR:
        return known[0] if known else None
    return Choice(known, node.byte_range)
