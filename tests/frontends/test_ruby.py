"""Ruby: each construct of ``ruby.txt`` lowers to exactly the facts that stand below it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check, spans

from authlint.facts import Facts
from authlint.factview import lines, show
from authlint.frontends.ruby import lower
from authlint.source import Source

_BLOCKS = Path(__file__).with_name("ruby.txt").read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
CASES = {block.split("\n", 1)[0]: block.split("\n", 1)[1].rstrip("\n") + "\n" for block in _BLOCKS}
PROGRAM = "".join(block.partition("---\n")[0] for name, block in CASES.items() if "the end" not in name)


def facts_of(program: str, path: str = "x.rb") -> Facts:
    return lower(Source(path, program.encode(), "ruby"))


def check_sound(program: str, path: str = "x.rb") -> Facts:
    facts = facts_of(program, path)
    check(facts)
    assert list(lines(facts))
    return facts


@pytest.mark.parametrize("name", CASES)
def test_lowers(name: str) -> None:
    program, _, expected = CASES[name].partition("---\n")
    facts = facts_of(program)
    assert list(lines(facts))[1:] == expected.splitlines()
    assert facts.broken == []


@pytest.mark.parametrize("name", CASES)
def test_line_endings_change_nothing(name: str) -> None:
    program, _, expected = CASES[name].partition("---\n")
    got = [line.replace("\\r\\n", "\\n") for line in lines(facts_of(program.replace("\n", "\r\n")))]
    assert got[1:] == expected.splitlines()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("a.b(c)\nd = e['f'].g\n", ["a", "c", "e.f.g"]),
        ("a.b = c[i].d\n", ["c.[].d", "i"]),
        ("f\nf(**g.h)\n", ["g.h"]),
        ("x = A.b\ny = A::B\n", ["A", "A.B"]),
        ("x = a(1).b.c(2)\n", ["a().b"]),
        ("x = a.b&.c\n", ["a.b.c"]),
    ],
)
def test_reads(program: str, expected: list[str]) -> None:
    assert [show(read) if show(read) != "a(1).b" else "a().b" for read in facts_of(program).reads] == expected


def test_texts_are_listed_once_and_whole() -> None:
    facts = facts_of("a = 'b' + c + \"d#{e}\"\nf :g, 'h' => 'i', j: k['not listed']\n")
    assert [show(text) for text in facts.texts] == ['"b{c}d{e}"', '"g"', '"h"', '"i"']


def test_names_from_around_a_block_are_not_declared_in_it() -> None:
    facts = facts_of("def f\n  a = 1\n  g { a = 2; b = 3 }\nend\ndef h\n  $i = 4\n  j << 'k'\nend\n")
    assert [(b.path, b.declares) for b in facts.bindings if "." not in b.path and b.path not in "fh"] == [
        ("a", True),
        ("a", False),
        ("b", True),
        ("$i", False),
        ("j", False),
    ]


SPANS = """\
é = "é"
# why
def go(a, b = 1)
  @token["x"] = base.join("a", k: "c#{d}") + "e"
  return f if a == b
end
k = { l: m, **n }
t.each { |r| u += 1 }
v = <<~END
  w
END
"""


def test_spans() -> None:
    source = Source("x.rb", SPANS.encode(), "ruby")
    facts = lower(source)
    at = source.slice
    assert [(at(b.name_span), at(b.span)[:30]) for b in facts.bindings] == [
        ("é", 'é = "é"'),
        ("go", 'def go(a, b = 1)\n  @token["x"]'[:30]),
        ('@token["x"]', '@token["x"] = base.join("a", k'),
        ("k", "k = { l: m, **n }"),
        ("u", "u += 1"),
        ("v", "v = <<~END"),
    ]
    assert [(at(c.name_span), at(c.span)) for c in facts.calls] == [
        ("base.join", 'base.join("a", k: "c#{d}")'),
        ("t.each", "t.each { |r| u += 1 }"),
    ]
    assert [at(text.span) for text in facts.texts] == [
        '"é"',
        'base.join("a", k: "c#{d}") + "e"',
        '"a"',
        '"c#{d}"',
        "  w\n",
    ]
    assert [at(p.span) for p in facts.scopes[1].params] == ["a", "b = 1"]
    assert [at(entry.span) for entry in facts.maps[0].entries] == ["l: m"]
    assert [at(span) for span in spans(facts.returns[:1], facts.comments, facts.compares)] == [
        "return f",
        "# why",
        "a == b",
    ]


def test_templates_are_ruby_and_html() -> None:
    program = "<a href=\"/x?id=<%= user.id %>\">é</a>\n<%# no: x.y %>\n<% if a %>\n<%= link_to 'b', c -%>\n<% end %>\n"
    facts = facts_of(program, "app/x.html.erb")
    assert list(lines(facts))[1:] == [
        "scope 1 branch on a in 0",
        "call @0 user.id()",
        'call @1 link_to("b", c)',
        "embedded html template",
    ]
    inner = facts.embedded[0]
    assert inner.data.decode() == '<a href="/x?id=">é</a>\n\n\n\n\n'
    assert inner.root.slice(inner.to_root((15, 20))) == '">é<'
    assert facts_of("a: <%= b %>\n", "config/x.yml.erb").embedded[0].language == "yaml"


def test_broken_spans() -> None:
    assert facts_of("x = 1\n").broken == []
    assert facts_of("f(1\n").broken
    assert len(facts_of("def f(:\n  )\n" * 100).broken) <= 20


NESTS = {
    "parentheses": ("(", "a", ")"),
    "calls": ("f(", "a", ")"),
    "methods": ("", "a", ".b(c)"),
    "attributes": ("", "a", ".b"),
    "keywords": ("f(k: ", "a", ")"),
    "lists": ("[", "a", "]"),
    "hashes": ("{ a: ", "b", "}"),
    "subscripts": ("a[", "b", "]"),
    "literal subscripts": ("", "a", "[0]"),
    "interpolations": ('"#{', "a", '}"'),
    "not": ("!", "a", ""),
    "lambdas": ("->(x) { ", "a", " }"),
    "blocks": ("f { ", "a", " }"),
    "conditionals": ("a ? b : ", "c", ""),
    "conditions": ("(a ? ", "b", " : c)"),
    "or": ("(a || ", "b", ")"),
    "percent": ("", "a", " % b"),
    "mixed": ("", "a", " % b + c"),
    "assignments": ("a = ", "b", ""),
    "modifiers": ("(a if ", "b", ")"),
    "begin": ("begin; ", "a", "; end"),
    "ifs": ("if a then ", "b", " end"),
    "targets": ("(", "a,", ")"),
    "methods in methods": ("def a; ", "b", "; end"),
}


@pytest.mark.parametrize("name", NESTS)
@pytest.mark.parametrize("depth", [110, 500])
@pytest.mark.parametrize("form", ["x = {}\n", "{} = x\n"])
def test_deep_nesting(name: str, depth: int, form: str) -> None:
    opening, inner, closing = NESTS[name]
    check_sound(form.format(opening * depth + inner + closing * depth))


@pytest.mark.parametrize("operator", ["+", "- ", "% ", "||", "&&", "+ 1 -", "<<"])
def test_long_chains(operator: str) -> None:
    program = "x = a" + f" {operator} b" * 3000 + "\n"
    facts = check_sound(program)
    assert len(facts.reads) == 3001
    assert facts.bindings[0].value.span == (4, len(program) - 1)


def test_long_concatenation() -> None:
    facts = facts_of("x = 'a'" + " + b + 'c'" * 5000 + "\n")
    (text,) = facts.texts
    assert (text.parts[0], len(text.parts)) == ("a", 10001)
    assert facts.bindings[0].value is text


@pytest.mark.parametrize("opening", ["%w[", "%(", "%q{", "%Q<"])
def test_literals_that_never_end(opening: str) -> None:
    check_sound(opening * 20_000)


@settings(deadline=None, max_examples=60)
@given(
    st.text(st.characters(exclude_categories=["Cs"])) | st.text("()[]{}|:,.=+%*@'\"\\#&?!<~\n\r\t dofenisclaw01>-/`é")
)
def test_any_text_is_sound(program: str) -> None:
    check_sound(program)
    check_sound(program, "x.erb")


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_any_mutation_is_sound(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PROGRAM)))
    end = data.draw(st.integers(start, min(len(PROGRAM), start + 400)))
    insert = data.draw(
        st.sampled_from(["", "(", ")", '"', "<<~A", "\n", " end ", ":", "=", '"#{', "#", "\\", "do |", "%w[", "\x00"])
    )
    at = data.draw(st.integers(start, end))
    check_sound(PROGRAM[start:at] + insert + PROGRAM[at:end])
