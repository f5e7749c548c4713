"""The TOML front-end: key paths, strings, tables, and hostile input."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check

from authlint.facts import Facts
from authlint.factview import lines
from authlint.frontends.toml import lower
from authlint.source import Source


def facts(code: str, path: str = "x.toml") -> Facts:
    return lower(Source(path, code.encode("utf-8", "replace"), "toml"))


CASES: list[tuple[str, list[str]]] = [
    (
        (
            "# c\n"
            "a = 1\n"
            'b.c."d e" = "x\\ny\\U0001F600" # d\n'
            "l = '''\n"
            "raw\\n'''\n"
            'm = """\n'
            "a\\\n"
            '   b "q" """\n'
            "x = [1, 2.0, true, {k = 'v', z.y = \"${X}\"},\n"
            " # cc\n"
            "]\n"
            "e = []\n"
            "f = {}"
        ),
        [
            "bind @0 a = 1",
            'bind @0 b.c.d e = "x\\ny😀"',
            'bind @0 l = "raw\\n"',
            'bind @0 m = "ab "q" "',
            "bind @0 x.0 = 1",
            "bind @0 x.1 = 2.0",
            "bind @0 x.2 = True",
            'bind @0 x.3.k = "v"',
            "bind @0 x.3.z.y = X",
            "bind @0 e = []",
            "bind @0 f = {}",
            "comment '# c'",
            "comment '# d'",
            "comment '# cc'",
        ],
    ),
    (
        (
            "[t.u]\n"
            "k = 2020-01-01 10:00:00\n"
            "h = 0x1F\n"
            "i = inf\n"
            "[[arr]]\n"
            "x = 1\n"
            "[arr.sub]\n"
            "y = 1_000\n"
            "[[arr]]\n"
            "[[arr.in]]\n"
            'z = ""'
        ),
        [
            'bind @0 t.u.k = "2020-01-01 10:00:00"',
            "bind @0 t.u.h = 31",
            'bind @0 t.u.i = "inf"',
            "bind @0 arr.0.x = 1",
            "bind @0 arr.0.sub.y = 1000",
            'bind @0 arr.1.in.0.z = ""',
        ],
    ),
    (
        ("a = \nb = \"x\nc = [1,\nd = 2\n[broken\ne = 1\n'q r' = yes!\n= 3\nf = {g = 1\nh = 'y' z"),
        [
            "bind @0 a = <expression>",
            'bind @0 b = "x"',
            "bind @0 c.0 = 1",
            "bind @0 d = 2",
            "bind @0 e = 1",
            'bind @0 q r = "yes!"',
            "bind @0 f.g = 1",
            'bind @0 f.h = "y"',
            'bind @0 h = "y"',
        ],
    ),
    (
        '[tool.tasks]\nrun = "curl -k x"\nscript = ["a", \'b\']',
        [
            'bind @0 tool.tasks.run = "curl -k x"',
            'bind @0 tool.tasks.script.0 = "a"',
            'bind @0 tool.tasks.script.1 = "b"',
            "embedded shell tool.tasks.run",
            "embedded shell tool.tasks.script.0",
            "embedded shell tool.tasks.script.1",
        ],
    ),
]

SAMPLE = "\n".join(code for code, _ in CASES)


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_lowers(code: str, expected: list[str]) -> None:
    assert list(lines(facts(code)))[1:] == expected


def test_spans() -> None:
    source = Source("x.toml", '[é]\n["a b"]\r\nb."c d" = "x ${Y} z" # c\r\ne = [1]\r\n'.encode(), "toml")
    result = lower(source)
    assert [source.slice(binding.span) for binding in result.bindings] == ['b."c d" = "x ${Y} z"', "1"]
    assert [source.slice(binding.name_span) for binding in result.bindings] == ['b."c d"', "1"]
    assert [binding.path for binding in result.bindings] == ["a b.b.c d", "a b.e.0"]
    assert [source.slice(read.span) for read in result.reads] == ["${Y}"]
    assert [source.slice(span) for span in result.broken] == ["[é]"]
    assert source.slice(result.maps[0].span) == '["a b"]\r\nb."c d" = "x ${Y} z" # c\r\ne = [1]'


@pytest.mark.parametrize("code", ["a = " + "[" * 9000, "a = " + "{a=" * 9000, "[" * 9000, "a." * 9000 + "b = 1"])
def test_deep_nesting_is_lowered(code: str) -> None:
    check(facts(code))


@pytest.mark.parametrize(
    "piece", ['"', "'", '"""', "'''\n", "\\", "#", " ", "\r", "[", "[[a]]\n", "=", "a=[\n", ",", "é"]
)
def test_repetition_is_lowered(piece: str) -> None:
    for start in ("", "a = ", "a = [", 'a = """'):
        check(facts(start + piece * 3000))


@given(st.text())
@settings(deadline=None)
def test_any_text_is_lowered(code: str) -> None:
    check(facts(code))


@given(st.randoms(use_true_random=False), st.integers(0, len(SAMPLE)), st.integers(0, len(SAMPLE)))
@settings(deadline=None, max_examples=50)
def test_any_mutation_is_lowered(rng: random.Random, start: int, end: int) -> None:
    code = list(SAMPLE[start : max(start, end)])
    for _ in range(5):
        if code:
            code[rng.randrange(len(code))] = rng.choice("'\"$(){}[]<>|&;:,=\\\n`# é-")
    check(facts("".join(code)))
