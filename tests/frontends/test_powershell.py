"""PowerShell: each construct of ``powershell.txt`` lowers to exactly the facts that stand below it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check, spans

from authlint.facts import Facts
from authlint.factview import lines, show
from authlint.frontends.powershell import lower
from authlint.source import Source

_BLOCKS = Path(__file__).with_name("powershell.txt").read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
CASES = {block.split("\n", 1)[0]: block.split("\n", 1)[1].rstrip("\n") + "\n" for block in _BLOCKS}
PROGRAM = "".join(block.partition("---\n")[0] for block in CASES.values())


def facts_of(program: str) -> Facts:
    return lower(Source("x.ps1", program.encode(), "powershell"))


def check_sound(program: str) -> Facts:
    facts = facts_of(program)
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
        ("$a.b($c)\n$d = $e['f'].g\n", ["a", "c", "e.f.g"]),
        ("$a.b = $c[$i].d\n", ["c.[].d", "i"]),
        ("Get-It @a $b.c\n", ["a", "b.c"]),
        ("$x = [A.B]::C\n", ["A.B.C"]),
        ("$x = (Get-It).b.c(2)\n", ["Get-It().b"]),
    ],
)
def test_reads(program: str, expected: list[str]) -> None:
    assert [show(read) for read in facts_of(program).reads] == expected


def test_texts_are_listed_once_and_whole() -> None:
    facts = facts_of("$a = 'b' + $c + \"d$e\"\nGet-It g -H 'h' @{ i = 'j' }\n")
    assert [show(text) for text in facts.texts] == ['"b{c}d{e}"', '"g"', '"h"', '"j"']


def test_script_variables_are_not_declared_in_a_function() -> None:
    facts = facts_of("function f { $a = 1; $script:b = 2; $Global:c = 3; $local:d = 4 }\n")
    assert [(b.path, b.declares) for b in facts.bindings[1:]] == [("a", True), ("b", False), ("c", False), ("d", True)]


SPANS = """\
$e = "é"
# why
function go($a, $b = 1) {
  $script:Token["x"] = Get-It "a" -K "c$d" | Use-It
  if ($a -eq $b) { return $f }
}
$k = @{ l = $m; n = 2 }
$v = @"
 $w
"@
$t = $root\\sub
"""


def test_spans() -> None:
    source = Source("x.ps1", SPANS.encode(), "powershell")
    facts = lower(source)
    at = source.slice
    assert [(at(b.name_span), at(b.span)[:30]) for b in facts.bindings[:4]] == [
        ("$e", '$e = "é"'),
        ("go", "function go($a, $b = 1) {\n  $s"),
        ('$script:Token["x"]', '$script:Token["x"] = Get-It "a'),
        ("$k", "$k = @{ l = $m; n = 2 }"),
    ]
    assert [(at(c.name_span), at(c.span)) for c in facts.calls[:2]] == [
        ("Get-It", 'Get-It "a" -K "c$d" '),
        ("Use-It", "Use-It"),
    ]
    assert [at(text.span) for text in facts.texts] == [
        '"é"',
        '"a"',
        '"c$d"',
        '@"\n $w\n"@',
    ]
    assert [at(read.span) for read in facts.reads] == ["$d", "$a", "$b", "$f", "$m", "$w"]
    assert [at(p.span) for p in facts.scopes[1].params] == ["$a", "$b = 1"]
    assert [at(entry.span) for entry in facts.maps[0].entries] == ["l = $m", "n = 2"]
    assert [at(span) for span in spans(facts.returns[:1], facts.comments, facts.compares)] == [
        "return $f",
        "# why",
        "$a -eq $b",
    ]


@pytest.mark.parametrize(
    "program",
    [
        "$a = $x ?? 'y'; $b ??= 1\n",
        "Get-It $root\\a $env:TEMP/b -C $d\\e.txt\n",
        "BeforeAll {\n  [Diagnostics.Suppress('a', '')]\n  $b = 1\n}\n",
        "Get-It -Property One, Two,Three\n",
        "git log --since=$d --author=me\n",
        "<# a #>\nGet-It\n",
    ],
)
def test_what_the_grammar_does_not_know_is_read_all_the_same(program: str) -> None:
    assert facts_of(program).broken == []


def test_broken_spans() -> None:
    assert facts_of("f (1\n").broken
    assert len(facts_of("$x = (\nfunction f( {\n )\n" * 100).broken) <= 20


NESTS = {
    "parentheses": ("(", "$a", ")"),
    "commands": ("(f ", "$a", ")"),
    "named": ("(f -K ", "$a", ")"),
    "methods": ("", "$a", ".b($c)"),
    "members": ("", "$a", ".b"),
    "arrays": ("@(", "$a", ")"),
    "maps": ("@{ a = ", "$b", " }"),
    "subscripts": ("$a[", "$b", "]"),
    "literal subscripts": ("", "$a", "[0]"),
    "strings": ('"$(', "$a", ')"'),
    "not": ("!", "$a", ""),
    "casts": ("[int]", "$a", ""),
    "blocks": ("{ ", "$a", " }"),
    "called blocks": ("& { ", "f", " }"),
    "or": ("($a -or ", "$b", ")"),
    "mixed": ("", "$a", " % $b + $c"),
    "comparisons": ("($a -eq ", "$b", ")"),
    "assignments": ("$a = ", "$b", ""),
    "pipes": ("", "$a", " | f"),
    "ifs": ("if ($a) { ", "$b", " }"),
    "functions": ("function f { ", "$b", " }"),
}


@pytest.mark.parametrize("name", NESTS)
@pytest.mark.parametrize("depth", [110, 500])
@pytest.mark.parametrize("form", ["{}\n", "{} = $x\n"])
def test_deep_nesting(name: str, depth: int, form: str) -> None:
    opening, inner, closing = NESTS[name]
    check_sound(form.format(opening * depth + inner + closing * depth))


@pytest.mark.parametrize("operator", ["+", "-", "%", "-or", "-and", "+ 1 -"])
def test_long_chains(operator: str) -> None:
    program = "$x = $a" + f" {operator} $b" * 3000 + "\n"
    facts = check_sound(program)
    assert len(facts.reads) == 3001
    assert facts.bindings[0].value.span == (5, len(program) - 1)


def test_long_concatenation() -> None:
    facts = facts_of("$x = 'a'" + " + $b + 'c'" * 5000 + "\n")
    (text,) = facts.texts
    assert (text.parts[0], len(text.parts)) == ("a", 10001)
    assert facts.bindings[0].value is text


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("()[]{}|:,.=+%*@'\"\\#&?!<$\n\r\t funciotp01>-/`é"))
def test_any_text_is_sound(program: str) -> None:
    check_sound(program)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_any_mutation_is_sound(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PROGRAM)))
    end = data.draw(st.integers(start, min(len(PROGRAM), start + 400)))
    insert = data.draw(st.sampled_from(["", "(", ")", '"', "@'\n", "\n", "}", "@{", "=", '"$(', "#", "`", "|", "\x00"]))
    at = data.draw(st.integers(start, end))
    check_sound(PROGRAM[start:at] + insert + PROGRAM[at:end])
