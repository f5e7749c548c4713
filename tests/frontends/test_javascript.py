"""JavaScript: each construct of ``javascript.txt`` lowers to exactly the facts that stand below it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check, spans

from authlint.facts import Call, Facts, Text, Value
from authlint.factview import lines, show
from authlint.frontends.javascript import lower
from authlint.source import Source

_BLOCKS = Path(__file__).with_name("javascript.txt").read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
CASES = {block.split("\n", 1)[0]: block.split("\n", 1)[1].rstrip("\n") + "\n" for block in _BLOCKS}
PROGRAM = "".join(block.partition("---\n")[0] for block in CASES.values())
LANGUAGES = ("javascript", "typescript", "tsx")


def facts_of(program: str, language: str = "javascript") -> Facts:
    return lower(Source("x", program.encode(), language))


def check_sound(program: str, language: str = "javascript") -> Facts:
    facts = facts_of(program, language)
    check(facts)
    assert list(lines(facts))
    return facts


def language_of(name: str) -> str:
    return name.rpartition("[")[2].rstrip("]")


@pytest.mark.parametrize("name", CASES)
def test_lowers(name: str) -> None:
    program, _, expected = CASES[name].partition("---\n")
    assert list(lines(check_sound(program, language_of(name))))[1:] == expected.splitlines()


@pytest.mark.parametrize("name", [name for name in CASES if "/**" not in CASES[name]])
def test_line_endings_change_nothing(name: str) -> None:
    program, _, expected = CASES[name].partition("---\n")
    assert list(lines(facts_of(program.replace("\n", "\r\n"), language_of(name))))[1:] == expected.splitlines()


@pytest.mark.parametrize("name", [name for name in CASES if "[javascript]" in name])
def test_what_is_javascript_is_the_same_in_typescript(name: str) -> None:
    program, _, expected = CASES[name].partition("---\n")
    for language in ("typescript", "tsx"):
        if "<" not in program and "017" not in program:
            assert list(lines(facts_of(program, language)))[1:] == expected.splitlines()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("a.b(c); d = e['f'].g", ["a", "c", "e.f.g"]),
        ("a.b = c[i].d", ["i", "c.[].d"]),
        ("a?.b.c(d); a['b'].c()", ["a.b", "d", "a.b"]),
        ("for (const a of b.c);", ["b.c.[]"]),
        ("const { a, b: { c } } = d", ["d.a", "d.b.c"]),
        ("a().b.c()", ["a().b"]),
        ("a += b; c -= d; e++", ["b", "c", "d", "e"]),
        ("const f = ({ g }, h) => g + h", ["{}.g", "g", "h"]),
        ("({ a, b: c })", ["a", "c"]),
        ("<a b={c} {...d}>{e}</a>", ["c", "d", "e"]),
    ],
)
def test_reads(program: str, expected: list[str]) -> None:
    assert [show(read) for read in facts_of(program).reads] == expected


def test_texts_are_listed_once_and_whole() -> None:
    facts = facts_of("a = 'b' + `c${d}` + e; 'doc'; f('g', { h: 'i' }, j['not listed'])")
    assert [show(text) for text in facts.texts] == ['"bc{d}{e}"', '"doc"', '"g"', '"h"', '"i"']


def test_maps_are_listed_wherever_they_stand() -> None:
    facts = facts_of("f({ a: { b: 1 } }, { c: 2, ...{ d: 3 } })")
    assert [show(item) for item in facts.maps] == ["{b: 1}", "{a: {b: 1}}", "{c: 2, d: 3}"]


def test_what_a_binding_declares() -> None:
    facts = facts_of(
        "const a = 1; let b; b = 2; for (c of d); for (var e of f); a.g = 3; function h() {}; b++; [i] = j"
    )
    assert [(b.path, b.const, b.declares) for b in facts.bindings] == [
        ("a", True, True),
        ("b", False, True),
        ("b", False, False),
        ("c", False, False),
        ("e", False, True),
        ("a.g", False, False),
        ("h", True, True),
        ("b", False, False),
        ("i", False, False),
    ]


SPANS = """\
const é = 'é';
@deco('x')
class C extends D {
  token = base.join('a' + "b", { key: `c${d}` }) + 'e';
  async go(a, b = 1) { // why
    return a === b ? null : this.token;
  }
}
let k = 1, w = { l: m, ...n };
import { o as p } from 'q';
for (const [r, s] of t()) u += 1;
v['x'].y?.z(1);
"""


def test_spans() -> None:
    source = Source("x.ts", SPANS.encode(), "typescript")
    facts = lower(source)
    at = source.slice
    assert [(at(b.name_span), at(b.span)[:30]) for b in facts.bindings] == [
        ("é", "const é = 'é'"),
        ("token", "token = base.join('a' + \"b\", {"),
        ("go", "async go(a, b = 1) { // why\n  "),
        ("k", "k = 1"),
        ("w", "w = { l: m, ...n }"),
        ("r", "const [r, s] of t()"),
        ("s", "const [r, s] of t()"),
        ("u", "u += 1"),
    ]
    assert [(at(c.name_span), at(c.span)) for c in facts.calls] == [
        ("deco", "deco('x')"),
        ("base.join", "base.join('a' + \"b\", { key: `c${d}` })"),
        ("t", "t()"),
        ("v['x'].y?.z", "v['x'].y?.z(1)"),
    ]
    receiver = facts.calls[-1].receiver
    assert receiver is not None
    assert (show(receiver), at(receiver.span)) == ("v.x.y", "v['x'].y")
    assert [at(text.span) for text in facts.texts] == [
        "'é'",
        "'x'",
        "base.join('a' + \"b\", { key: `c${d}` }) + 'e'",
        "'a' + \"b\"",
        "key",
        "`c${d}`",
        "l",
    ]
    assert [at(scope.span).split("\n")[0] for scope in facts.scopes[1:]] == [
        "@deco('x')",
        "async go(a, b = 1) { // why",
        "for (const [r, s] of t()) u += 1;",
    ]
    assert [at(p.span) for p in facts.scopes[2].params] == ["a", "b = 1"]
    assert [at(entry.span) for entry in facts.maps[-1].entries] == ["l: m"]
    assert [at(span) for span in spans(facts.returns, facts.imports, facts.comments, facts.compares)] == [
        "return a === b ? null : this.token;",
        "o as p",
        "// why",
        "a === b",
    ]


def test_types_of_parameters() -> None:
    facts = facts_of("function f(a: A, b: B.C<D>, c?: string, d: E | F, e: () => G, h, ...i: J[]) {}", "typescript")
    assert [(p.name, p.type) for p in facts.scopes[1].params] == [
        ("a", "A"),
        ("b", "B.C"),
        ("c", "string"),
        ("d", ""),
        ("e", ""),
        ("h", ""),
        ("i", ""),
    ]


def test_types_in_javascript_and_jsx_in_typescript() -> None:
    flow = facts_of("const f = (a: string, b?: number): string => g(a)")
    assert not flow.broken
    assert show(flow.bindings[0].value) == "lambda@1"
    assert not facts_of("const f = (a: B) => <C d={a} />", "typescript").broken


def test_broken_spans() -> None:
    assert facts_of("x = 1").broken == []
    assert facts_of("f(1\n").broken
    assert len(facts_of("x = (\n" + "function f(:\n  )\n" * 100).broken) <= 20


def test_what_stands_in_a_mistake_is_kept() -> None:
    facts = check_sound("class A { m() { f('a') ) } n() { g('b') } }\nconst c = { d: h('e' }\n i('j')")
    assert {call.callee for call in facts.calls} >= {"f", "g", "h", "i"}


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("clientSecret: 'a'", ['{clientSecret: "a", **}']),
        ("a: 'b',\n'c-d': { e: 1 },", ['{a: "b", **}', "{e: 1}", "{c-d: {e: 1}, **}"]),
        ("f(a,\n  b: 'c',\n  d: 'e'", ['{b: "c", **}', '{d: "e", **}']),
        ("..., { a: 'b' }, ...", ['{a: "b"}']),
        ("a: for (;;) {}", []),
        ("a: f('b')", []),
    ],
)
def test_excerpts_of_objects(program: str, expected: list[str]) -> None:
    assert [show(item) for item in check_sound(program).maps] == expected


def test_strings_may_hold_any_character() -> None:
    assert facts_of(r"a = '\0\07\u{110000}\ud800'").texts[0].literal == "\0\x07\ufffd\ufffd"


@pytest.mark.parametrize("program", ["{a:" * 200_000, "[" * 3000 + "]" * 3000])
def test_too_deep_for_the_parser(program: str) -> None:
    facts = check_sound(program + "'https://example.com/?a=b'")
    assert facts.broken == [(0, len(program) + 26)]
    assert [show(text) for text in facts.texts] == ['"https://example.com/?a=b"']


def test_the_parser_gives_up_where_it_would_never_end() -> None:
    assert check_sound("}-" * 2000).broken == [(0, 4000)]
    assert facts_of("a = 1").bindings


NESTS = {
    "parentheses": ("(", "a", ")"),
    "calls": ("f(", "a", ")"),
    "methods": ("", "a", ".b(c)"),
    "members": ("", "a", ".bcd"),
    "curried": ("", "a", "(b)"),
    "new": ("new ", "a", ""),
    "arrays": ("[...[", "a", "]]"),
    "objects": ("({ a: ", "b", "})"),
    "object methods": ("({ a() { ", "b", "} })"),
    "spreads": ("({ ...", "a", "})"),
    "subscripts": ("a[", "b", "]"),
    "literal subscripts": ("", "a", "[0]"),
    "templates": ("`${", "a", "}`"),
    "not": ("!", "a", ""),
    "minus": ("- ", "a", ""),
    "power": ("a ** ", "b", ""),
    "arrows": ("x => ", "a", ""),
    "functions": ("function () { return ", "a", "}"),
    "callbacks": ("f(() => { if (a) ", "b", "})"),
    "defaults": ("(x = ", "a", ") => 1"),
    "patterns": ("({ x: ", "a", " }) => 1"),
    "classes": ("class { x = ", "a", "}"),
    "class methods": ("class { x() { return ", "a", "} }"),
    "conditionals": ("a ? b : ", "c", ""),
    "conditions": ("a ? (", "c", ") : b"),
    "choices": ("(a || ", "b", ")"),
    "nullish": ("", "a", " ?? b && c"),
    "concatenation": ("('a' + ", "b", ")"),
    "assignments": ("a = ", "b", ""),
    "await": ("await ", "a", ""),
    "elements": ("<a b={", "c", "}/>"),
    "children": ("<a>", "c", "</a>"),
    "sequences": ("(a, ", "b", ")"),
}


STATEMENTS = (
    "if (a) {",
    "if (a) {} else {",
    "for (a of b) {",
    "while (a) {",
    "function f() {",
    "try {",
    "switch (a) { case 1:",
    "{",
    "class A { static {",
)


@pytest.mark.parametrize("name", NESTS)
def test_deep_nesting(name: str) -> None:
    opening, inner, closing = NESTS[name]
    for form in ("x = {}", "{} = x", "async function* f() { for (y of {}); }"):
        check(facts_of(form.replace("{}", opening * 200 + inner + closing * 200, 1)))


@pytest.mark.parametrize("line", STATEMENTS)
def test_deep_statements(line: str) -> None:
    closing = "}" * (line.count("{") - line.count("{}") + line.count("}") - line.count("{}"))
    tail = closing + (" catch {}" if line == "try {" else "")
    facts = check_sound(line * 200 + "f('x')" + tail * 200)
    assert [show(call) for call in facts.calls] == ['f("x")']


@pytest.mark.parametrize("operator", ["+", "-", "% ", "||", "&&", "+ 1 -", "<", "== 1 &&"])
def test_long_chains(operator: str) -> None:
    program = "x = a" + f" {operator} b" * 5000
    facts = check_sound(program)
    assert len(facts.reads) == 5001
    assert facts.bindings[0].value.span == (4, len(program))


def test_long_concatenation() -> None:
    facts = facts_of("x = 'a'" + " + b + 'c'" * 5000)
    (text,) = facts.texts
    assert (text.parts[0], len(text.parts)) == ("a", 10001)
    assert facts.bindings[0].value is text


def test_long_chains_of_statements_and_choices() -> None:
    assert len(facts_of("if (a);" + "else if (b);" * 2000).scopes) == 2002
    assert len(facts_of("x = " + "a ? b :" * 2000 + "c").reads) == 4001
    assert len(facts_of("f()" + ".then(g('a'))" * 2000).calls) == 4001


def test_inner_values_survive_the_depth_limit() -> None:
    facts = facts_of("x = " + "f(" * 60 + "g('h')" + ")" * 60)
    value: Value = facts.bindings[0].value
    while isinstance(value, Call):
        value = value.args[0]
    assert isinstance(value, Text)
    assert len(facts_of("x = " + "f(" * 500 + "g('h')" + ")" * 500).calls) == 501


@settings(deadline=None, max_examples=60)
@given(
    st.text(st.characters(exclude_categories=["Cs"])) | st.text("()[]{}:;,.=+*/<>!?&|@#'\"`$\\\n\r\t axcfnewlt01-_\0é"),
    st.sampled_from(LANGUAGES),
)
def test_any_text_is_sound(program: str, language: str) -> None:
    check_sound(program, language)


@settings(deadline=None, max_examples=40)
@given(st.data(), st.sampled_from(LANGUAGES))
def test_any_mutation_is_sound(data: st.DataObject, language: str) -> None:
    start = data.draw(st.integers(0, len(PROGRAM)))
    end = data.draw(st.integers(start, min(len(PROGRAM), start + 400)))
    insert = data.draw(
        st.sampled_from(["", "(", ")", "'", "`", "\n", "${", "}", "=", "{", "//", "/*", "\\", "<a", "\0"])
    )
    at = data.draw(st.integers(start, end))
    check_sound(PROGRAM[start:at] + insert + PROGRAM[at:end], language)
