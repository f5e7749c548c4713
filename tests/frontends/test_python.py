"""Python: each construct of ``python.txt`` lowers to exactly the facts that stand below it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check, spans

from authlint.facts import Call, Facts, Lambda, Text, Value
from authlint.factview import lines, show
from authlint.frontends.python import lower
from authlint.source import Source

_BLOCKS = Path(__file__).with_name("python.txt").read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
CASES = {block.split("\n", 1)[0]: block.split("\n", 1)[1].rstrip("\n") + "\n" for block in _BLOCKS}
PROGRAM = "".join(block.partition("---\n")[0] for name, block in CASES.items() if name != "interpreter session")


def facts_of(program: str) -> Facts:
    return lower(Source("x.py", program.encode(), "python"))


def check_sound(program: str) -> None:
    facts = facts_of(program)
    check(facts)
    assert list(lines(facts))


@pytest.mark.parametrize("name", CASES)
def test_lowers(name: str) -> None:
    program, _, expected = CASES[name].partition("---\n")
    assert list(lines(facts_of(program)))[1:] == expected.splitlines()


@pytest.mark.parametrize("name", CASES)
def test_line_endings_change_nothing(name: str) -> None:
    program, _, expected = CASES[name].partition("---\n")
    assert list(lines(facts_of(program.replace("\n", "\r\n"))))[1:] == expected.splitlines()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("a.b(c)\nd = e['f'].g\n", ["a", "c", "e.f.g"]),
        ("a.b = c[i].d\n", ["c.[].d", "i"]),
        ("f()\nf(**g.h)\n", ["g.h"]),
        ("for a in b.c: pass\n", ["b.c.[]"]),
        ("a: b.c = d\ndef e(f: g) -> h: pass\n", ["d"]),
        ("a().b.c()\n", ["a().b"]),
    ],
)
def test_reads(program: str, expected: list[str]) -> None:
    assert [show(read) for read in facts_of(program).reads] == expected


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        (r'"a\r\n\x00\0"', "a\r\n\0\0"),
        ('"""a\r\nb\\\r\nc"""', "a\nbc"),
        ('"a\\\nb"', "ab"),
        (r'"\u20ac\U0001f600\N{EURO SIGN}\N{NO SUCH}"', "€😀€\\N{NO SUCH}"),
        (r'b"\u20ac\xff"', "\\u20acÿ"),
        (r'Rb"\x41\""', '\\x41\\"'),
        (r'"\ud83d\U00110000"', "\ufffd\ufffd"),
        (r'f"\x7b{{\x7d}}"', "{{}}"),
        (r'"\q\\n\'"', "\\q\\n'"),
        ("''", ""),
        ("''''''", ""),
        ("'''a'b''c'''", "a'b''c"),
    ],
)
def test_literals(literal: str, expected: str) -> None:
    assert [text.literal for text in facts_of(f"x = {literal}\n").texts] == [expected]


def test_names_from_outside_the_function() -> None:
    program = "def f():\n  global a, b\n  a = b.c = 1\n  d = 2\n  def g():\n    nonlocal d\n    d += 3\n    a = 4\n"
    assert [(b.path, b.declares) for b in facts_of(program).bindings] == [
        ("f", True),
        ("a", False),
        ("b.c", True),
        ("d", True),
        ("g", True),
        ("d", False),
        ("a", True),
    ]


def test_texts_are_listed_once_and_whole() -> None:
    facts = facts_of('a = "b" "c" + d + f"{e}"\n"doc"\nf("g", h={"i": "j"}, k=x["not listed"])\n')
    assert [show(text) for text in facts.texts] == ['"bc{d}{e}"', '"doc"', '"g"', '"i"', '"j"']


def test_maps_are_listed_wherever_they_stand() -> None:
    facts = facts_of("f({'a': {'b': 1}}, **{'c': 2})\n{k: v for k in l}\n")
    assert [show(item) for item in facts.maps] == ["{b: 1}", "{a: {b: 1}}", "{c: 2}", "{[k]: v, **}"]


SPANS = '''\
é = "é"
@deco("x")
def go(a, b=1):  # why
    """doc"""
    self.token["x"] = base.join("a" "b", key=f"c{d}") + "e"
    with open(p) as f: pass
    return f if a == b else None
class C(D): pass
k = w = {"l": m, **n}
import o.p as q
async for r, s in t(): pass
u += 1
'''


def test_spans() -> None:
    source = Source("x.py", SPANS.encode(), "python")
    facts = lower(source)
    at = source.slice
    assert [(at(b.name_span), at(b.span)[:30]) for b in facts.bindings] == [
        ("é", 'é = "é"'),
        ("go", 'def go(a, b=1):  # why\n    """'[:30]),
        ('self.token["x"]', 'self.token["x"] = base.join("a'),
        ("f", "open(p) as f"),
        ("k", 'k = w = {"l": m, **n}'),
        ("w", 'k = w = {"l": m, **n}'),
        ("r", "r, s in t()"),
        ("s", "r, s in t()"),
        ("u", "u += 1"),
    ]
    assert [(at(c.name_span), at(c.span)) for c in facts.calls] == [
        ("deco", 'deco("x")'),
        ("base.join", 'base.join("a" "b", key=f"c{d}")'),
        ("open", "open(p)"),
        ("t", "t()"),
    ]
    assert [at(text.span) for text in facts.texts] == [
        '"é"',
        '"x"',
        '"""doc"""',
        'base.join("a" "b", key=f"c{d}") + "e"',
        '"a" "b"',
        'f"c{d}"',
        '"l"',
    ]
    assert [at(scope.span).split("\n")[0] for scope in facts.scopes[1:]] == [
        "def go(a, b=1):  # why",
        "class C(D): pass",
        "async for r, s in t(): pass",
    ]
    assert [at(p.span) for p in facts.scopes[1].params] == ["a", "b=1"]
    assert [at(entry.span) for entry in facts.maps[0].entries] == ['"l": m']
    assert [at(span) for span in spans(facts.returns, facts.imports, facts.comments, facts.compares)] == [
        "return f if a == b else None",
        "o.p as q",
        "# why",
        "a == b",
    ]


def test_receivers_and_functions_lead_somewhere() -> None:
    source = Source("x.py", b"a.b.c(1)\ndef f(): pass\ng = 'h'.join\n", "python")
    facts = lower(source)
    receiver = facts.calls[0].receiver
    assert receiver is not None
    assert (show(receiver), source.slice(receiver.span)) == ("a.b", "a.b")
    function = facts.bindings[0].value
    assert isinstance(function, Lambda)
    assert facts.scopes[function.body].name == "f"


def test_broken_spans() -> None:
    assert facts_of("x = 1\n").broken == []
    assert facts_of("f(1\n").broken
    assert len(facts_of("x = (\n" + "def f(:\n  )\n" * 100).broken) <= 20


NESTS = {
    "parentheses": ("(", "a", ")"),
    "calls": ("f(", "a", ")"),
    "methods": ("", "a", ".b(c)"),
    "keywords": ("f(k=", "a", ")"),
    "splats": ("f(**", "a", ")"),
    "nested splats": ("f(**{'a': ", "b", "})"),
    "lists": ("[*[", "a", "]]"),
    "dicts": ("{'a': ", "b", "}"),
    "dict splats": ("{**", "a", "}"),
    "subscripts": ("a[", "b", "]"),
    "literal subscripts": ("", "a", "[0]"),
    "f-strings": ('f"{', "a", '}"'),
    "format specs": ('f"{a:{', "b", '}}"'),
    "not": ("not ", "a", ""),
    "minus": ("-", "a", ""),
    "power": ("a ** ", "b", ""),
    "lambdas": ("lambda x: ", "a", ""),
    "defaults": ("lambda x=", "a", ": 1"),
    "comprehensions": ("[x for x in ", "a", "]"),
    "bodies": ("[", "a", " for x in y]"),
    "conditionals": ("a if b else ", "c", ""),
    "conditions": ("a if (", "c", ") else b"),
    "or": ("(a or ", "b", ")"),
    "percent": ("", "a", " % b"),
    "mixed": ("", "a", " % b + c"),
    "comparisons": ("(a == ", "b", ")"),
    "walrus": ("(a := ", "b", ")"),
    "targets": ("[", "a", ",]"),
    "stars": ("[*", "a", "]"),
    "concatenation": ("('a' + ", "b", ")"),
    "await": ("await ", "a", ""),
    "yield": ("(yield ", "a", ")"),
}


@pytest.mark.parametrize("name", NESTS)
@pytest.mark.parametrize("depth", [140, 1500])
@pytest.mark.parametrize("form", ["x = {}\n", "{} = x\n", "match x:\n  case {}: pass\n", "for y in {}: pass\n"])
def test_deep_nesting(name: str, depth: int, form: str) -> None:
    opening, inner, closing = NESTS[name]
    check_sound(form.format(opening * depth + inner + closing * depth))


@pytest.mark.parametrize(
    "line", ["if a:", "for a in b:", "while a:", "def f():", "class C:", "with a:", "try:", "if a: pass\n{}else:", "@a"]
)
def test_deep_statements(line: str) -> None:
    check_sound("".join(" " * i + line.format(" " * i) + "\n" for i in range(400)) + " " * 400 + "b = 1\n")


@pytest.mark.parametrize("operator", ["+", "-", "% ", "or", "and", "+ 1 -", "<"])
def test_long_chains(operator: str) -> None:
    program = "x = a" + f" {operator} b" * 5000 + "\n"
    check_sound(program)
    facts = facts_of(program)
    assert len(facts.reads) == 5001
    assert facts.bindings[0].value.span == (4, len(program) - 1)


def test_long_concatenation() -> None:
    facts = facts_of("x = 'a'" + " + b + 'c'" * 5000 + "\n")
    (text,) = facts.texts
    assert (text.parts[0], len(text.parts)) == ("a", 10001)
    assert facts.bindings[0].value is text


def test_long_assignment_and_elif_chains() -> None:
    assert len(facts_of("a = " * 2000 + "b\n").bindings) == 2000
    assert len(facts_of("if a: pass\n" + "elif b: pass\n" * 2000).scopes) == 2002


def test_inner_values_survive_the_depth_limit() -> None:
    facts = facts_of("x = " + "f(" * 100 + "g('h')" + ")" * 100 + "\n")
    assert len(facts.calls) == 101
    value: Value = facts.bindings[0].value
    while isinstance(value, Call):
        value = value.args[0]
    assert isinstance(value, Text)


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("()[]{}:,.=+%*@'\"\\#\n\r\t frbdefasinyz01-<>!`\0é"))
def test_any_text_is_sound(program: str) -> None:
    check_sound(program)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_any_mutation_is_sound(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PROGRAM)))
    end = data.draw(st.integers(start, min(len(PROGRAM), start + 400)))
    insert = data.draw(
        st.sampled_from(["", "(", ")", '"', "'''", "\n", "    ", ":", "=", "f'{", "#", "\\", "*", "\x00"])
    )
    at = data.draw(st.integers(start, end))
    check_sound(PROGRAM[start:at] + insert + PROGRAM[at:end])
