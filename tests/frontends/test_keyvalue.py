"""The front-end for ini, properties and dotenv files, and hostile input."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check

from authlint.facts import Facts
from authlint.factview import lines
from authlint.frontends.keyvalue import lower
from authlint.source import Source

LANGUAGES = ("ini", "dotenv", "properties")


def facts(code: str, language: str) -> Facts:
    return lower(Source("x", code.encode("utf-8", "replace"), language))


INI: list[tuple[str, list[str]]] = [
    (
        (
            "; c\n"
            "top = 1\n"
            "[a]\n"
            "k = v ; note\n"
            "u: https://h/x?a=b#c\n"
            "empty =\n"
            "flag\n"
            "list =\n"
            "    one\n"
            "    # two\n"
            "    three\n"
            '[remote "origin"]\n'
            "\turl = https://u:p@h\n"
            "\tx=y"
        ),
        [
            'bind @0 top = "1"',
            'bind @0 a.k = "v"',
            'bind @0 a.u = "https://h/x?a=b#c"',
            'bind @0 a.empty = ""',
            "bind @0 a.flag = None",
            'bind @0 a.list = "\\none\\nthree"',
            'bind @0 remote.origin.url = "https://u:p@h"',
            'bind @0 remote.origin.x = "y"',
            "comment '; c'",
            "comment '; note'",
            "comment '# two'",
        ],
    ),
    (
        ("//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n@org:registry=https://h\nalways-auth=true"),
        [
            "bind @0 //registry.npmjs.org/:_authToken = NPM_TOKEN",
            'bind @0 @org:registry = "https://h"',
            'bind @0 always-auth = "true"',
        ],
    ),
    (
        "server {\n  listen 80;\n[broken\ni = %(base)s/x",
        [
            'bind @0 i = "{base}/x"',
        ],
    ),
]

DOTENV: list[tuple[str, list[str]]] = [
    (
        (
            "# c\n"
            "A=b # note\n"
            'export B = "x\\n$A ${C:-d} é" # why\n'
            "C='raw $A \\n'\n"
            "D=\n"
            'E="two\n'
            'lines"\n'
            "F=pa$word#x\n"
            'G="open\n'
            "H=`x`\n"
            'I="a"b\n'
            "J=#empty\n"
            "source x\n"
            "k.l-m=1"
        ),
        [
            'bind @0 A = "b"',
            'bind @0 B = "x\\n{A} {(C | "d")} é"',
            'bind @0 C = "raw $A \\n"',
            'bind @0 D = ""',
            'bind @0 E = "two\\nlines"',
            'bind @0 F = "pa$word#x"',
            'bind @0 G = ""open"',
            'bind @0 H = "x"',
            'bind @0 I = ""a"b"',
            'bind @0 J = ""',
            'bind @0 k.l-m = "1"',
            "comment '# c'",
            "comment '# note'",
            "comment '# why'",
            "comment '#empty'",
        ],
    ),
]

PROPERTIES: list[tuple[str, list[str]]] = [
    (
        (
            "# c\n"
            "! d\n"
            "a.b=c\n"
            "e : f\n"
            "g h i\n"
            "j=k\\\n"
            "   l \\\n"
            "  m\n"
            "n\\ o=\\u00e9\\tx\n"
            "spring.password=${DB_PASSWORD:s3}\n"
            "p\n"
            "q=# no comment\n"
            "  r = s"
        ),
        [
            'bind @0 a.b = "c"',
            'bind @0 e = "f"',
            'bind @0 g = "h i"',
            'bind @0 j = "kl m"',
            'bind @0 n o = "é\tx"',
            'bind @0 spring.password = (DB_PASSWORD | "s3")',
            'bind @0 p = ""',
            'bind @0 q = "# no comment"',
            'bind @0 r = "s"',
            "comment '# c'",
            "comment '! d'",
        ],
    ),
]


CASES = [
    (language, code, expected)
    for language, cases in zip(LANGUAGES, (INI, DOTENV, PROPERTIES), strict=True)
    for code, expected in cases
]
SAMPLE = "\n".join(code for _, code, _ in CASES)


@pytest.mark.parametrize(("language", "code", "expected"), CASES)
def test_lowers(language: str, code: str, expected: list[str]) -> None:
    assert list(lines(facts(code, language)))[1:] == expected


def test_spans() -> None:
    source = Source("x", 'é=1\r\nexport B = "x ${Y}" # c\r\n'.encode(), "dotenv")
    result = lower(source)
    (binding,) = result.bindings
    assert source.slice(binding.span) == 'B = "x ${Y}"'
    assert source.slice(binding.name_span) == "B"
    assert source.slice(binding.value.span) == '"x ${Y}"'
    assert [source.slice(read.span) for read in result.reads] == ["${Y}"]
    assert [source.slice(span) for span in result.broken] == ["é=1"]
    assert [source.slice(text.span) for text in result.texts] == ["é=1", "B", '"x ${Y}"']


def test_a_section_is_a_map() -> None:
    result = facts("a = 1\n[s]\nb = 2\nc = 3\n", "ini")
    assert [len(item.entries) for item in result.maps] == [1, 2]
    assert result.maps[1].entries[1].value is result.bindings[2].value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "piece",
    ["a=b\n", 'a="\n', "a='\n", "\\\n", "a=\\\n", " a\n", "[", "=", ":", "a ", " ", "\r", "#", "export ", "é", "${a:-"],
)
def test_repetition_is_lowered(language: str, piece: str) -> None:
    check(facts(piece * 3000, language))
    check(facts("a = " + piece * 3000, language))


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.text())
@settings(deadline=None)
def test_any_text_is_lowered(language: str, code: str) -> None:
    check(facts(code, language))


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.randoms(use_true_random=False), st.integers(0, len(SAMPLE)), st.integers(0, len(SAMPLE)))
@settings(deadline=None, max_examples=50)
def test_any_mutation_is_lowered(language: str, rng: random.Random, start: int, end: int) -> None:
    code = list(SAMPLE[start : max(start, end)])
    for _ in range(5):
        if code:
            code[rng.randrange(len(code))] = rng.choice("'\"$(){}[]=|&;:\\\n`# é!")
    check(facts("".join(code), language))
