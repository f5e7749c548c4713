"""Facts as text, one a line: what ``authlint facts`` prints and what the tests of the front-ends compare."""

from __future__ import annotations

from collections.abc import Iterator

from authlint.facts import (
    Call,
    Choice,
    Compare,
    Const,
    Facts,
    Items,
    Lambda,
    Map,
    Member,
    Opaque,
    Ref,
    Scope,
    Text,
    Value,
    dotted,
)


def show(value: Value | None) -> str:  # noqa: C901 - a case for each kind of value
    """One value in a short notation: ``"text {hole}"``, ``call(1, key=2)``, ``{k: v, **}``, ``[a, *]``, ``a | b``."""
    match value:
        case None:
            return "?"
        case Text(parts=parts):
            body = "".join(p.replace("\n", "\\n") if isinstance(p, str) else "{" + show(p) + "}" for p in parts)
            return f'"{body}"'
        case Const(value=constant):
            return str(constant)
        case Ref(path=path):
            return path
        case Member():
            return f"{show(value.base)}.{value.path}"
        case Call():
            return _call(value)
        case Map(entries=entries):
            items = [f"{_key(entry.key)}: {show(entry.value)}" for entry in entries]
            return "{" + ", ".join(items + ["**"] * value.open) + "}"
        case Items(items=inner):
            return "[" + ", ".join([show(item) for item in inner] + ["*"] * value.open) + "]"
        case Choice(options=options):
            return "(" + " | ".join(show(option) for option in options) + ")"
        case Compare():
            return f"({show(value.left)} {value.op} {show(value.right)})"
        case Lambda(body=body):
            return f"lambda@{body}"
        case Opaque():
            return f"<{value.op or 'expression'}{''.join(' ' + show(o) for o in value.operands)}>"


def _key(key: Value) -> str:
    return key.literal if isinstance(key, Text) and key.literal is not None else f"[{show(key)}]"


def _call(call: Call) -> str:
    arguments = [show(arg) for arg in call.args] + [f"{name}={show(item)}" for name, item in call.named]
    name = call.callee
    if isinstance(call.receiver, Call | Member | Text | Opaque | Choice | Map | Items | Compare):
        base, method = dotted(call.receiver), call.callee.rpartition(".")[2]
        if base and call.callee == base + "." + method:
            name = f"{show(call.receiver)}.{method}"
        else:
            name = f"{show(call.receiver)} -> {call.callee}"
    return f"{name}({', '.join(arguments + ['**'] * call.open)})"


def _scope(index: int, scope: Scope) -> str:
    words = [f"scope {index} {scope.kind}"]
    if scope.name:
        words.append(scope.name)
    if scope.params:
        words.append("(" + ", ".join(p.name + (f"={show(p.default)}" if p.default else "") for p in scope.params) + ")")
    words.extend(f"@{show(decorator)}" for decorator in scope.decorators)
    if scope.head is not None:
        words.append(f"on {show(scope.head)}")
    return " ".join([*words, f"in {scope.parent}"]) if index else words[0]


def lines(facts: Facts) -> Iterator[str]:
    """Scopes, imports, bindings, returns, calls, comparisons and comments, each in source order with its scope."""
    for index, scope in enumerate(facts.scopes):
        yield _scope(index, scope)
    for imported in facts.imports:
        yield f"import {imported.name} as {imported.alias}"
    for binding in facts.bindings:
        yield f"bind @{binding.scope} {binding.path} {binding.op} {show(binding.value)}"
    for returned in facts.returns:
        yield f"return @{returned.scope} {show(returned.value)}"
    for call in facts.calls:
        yield f"call @{call.scope} {show(call)}"
    for compare in facts.compares:
        yield f"compare @{compare.scope} {show(compare)}"
    for comment in facts.comments:
        yield f"comment {comment.text!r}"
    for embedded in facts.embedded:
        yield f"embedded {embedded.language} {embedded.label}".rstrip()
