"""The JSON front-end: key paths, holes, what JSONC and JSON5 allow, and hostile input."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check

from authlint.facts import Facts
from authlint.factview import lines
from authlint.frontends.json import lower
from authlint.source import Source


def facts(code: str, path: str = "x.json") -> Facts:
    return lower(Source(path, code.encode("utf-8", "replace"), "json"))


CASES: list[tuple[str, list[str]]] = [
    (
        ('{"a": {"b": 1, "c": [true, null, -2.5e3, "x\\n\\u00e9"]}, "d": [], "e": {}, "f": ""}'),
        [
            "bind @0 a.b = 1",
            "bind @0 a.c.0 = True",
            "bind @0 a.c.1 = None",
            "bind @0 a.c.2 = -2500.0",
            'bind @0 a.c.3 = "x\\né"',
            "bind @0 d = []",
            "bind @0 e = {}",
            'bind @0 f = ""',
        ],
    ),
    (
        '// c\n{a: \'x\', "b": [1,], /* d */ "url": "http://h//x",} # e',
        [
            'bind @0 a = "x"',
            "bind @0 b.0 = 1",
            'bind @0 url = "http://h//x"',
            "comment '// c'",
            "comment '/* d */'",
            "comment '# e'",
        ],
    ),
    (
        (
            '{"t": "Bearer {{access_token}}", "u": "${BASE}/x", "v": "${X:-d}",\n'
            ' "w": "$HOME", "p": "pa$word", "s": "${DB_PASSWORD:secret}", "i": "${input:token}",\n'
            ' "e": "${env:TOKEN}", "x": "{{ a | b }}"}'
        ),
        [
            'bind @0 t = "Bearer {access_token}"',
            'bind @0 u = "{BASE}/x"',
            'bind @0 v = (X | "d")',
            "bind @0 w = HOME",
            'bind @0 p = "pa$word"',
            'bind @0 s = (DB_PASSWORD | "secret")',
            "bind @0 i = input.token",
            "bind @0 e = env.TOKEN",
            "bind @0 x = <template>",
        ],
    ),
    (
        '{"a": 1}\n{"a": 2}',
        [
            "bind @0 a = 1",
            "bind @0 a = 2",
        ],
    ),
    (
        '["x", {"y": "z"}]',
        [
            'bind @0 0 = "x"',
            'bind @0 1.y = "z"',
        ],
    ),
    (
        '{"a": 1, "b" "c": 2, ] "d": 3',
        [
            "bind @0 a = 1",
            "bind @0 c = 2",
            "bind @0 d = 3",
        ],
    ),
    (
        '{"a": ab, "n": 0x1F, "k": +.5, "inf": Infinity}',
        [
            "bind @0 a = <expression>",
            "bind @0 n = 31",
            "bind @0 k = 0.5",
            "bind @0 inf = <expression>",
        ],
    ),
    (
        (
            '{"r": "<%= ENV[\'X\'] %>", "s": "<%= y %>", "k": "$(token)", "i": "%(home)s/x",\n'
            ' "j": "{% if a %}b{% endif %}", "g": "${{ secrets.X }}-${{ env[\'Y\'] }}", "n": "${a${b}}",\n'
            ' "o": "${X:+y}", "m": "${X:?no}", "f": "${file(x)}", "d": "a$$b"}'
        ),
        [
            "bind @0 r = ENV.X",
            "bind @0 s = <template>",
            "bind @0 k = token",
            'bind @0 i = "{home}/x"',
            'bind @0 j = "{<template>}b{<template>}"',
            'bind @0 g = "{secrets.X}-{env.Y}"',
            "bind @0 n = <template>",
            "bind @0 o = <:+ X>",
            "bind @0 m = X",
            "bind @0 f = <template>",
            'bind @0 d = "a$$b"',
        ],
    ),
]

SAMPLE = "\n".join(code for code, _ in CASES)


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_lowers(code: str, expected: list[str]) -> None:
    assert list(lines(facts(code)))[1:] == expected


def test_spans() -> None:
    source = Source("x.json", '{"é": {"b": "x ${Y} z"}, "c": [1]}'.encode(), "json")
    result = lower(source)
    assert [source.slice(binding.span) for binding in result.bindings] == ['"b": "x ${Y} z"', "1"]
    assert [source.slice(binding.name_span) for binding in result.bindings] == ['"b"', "1"]
    assert [source.slice(item.span) for item in result.maps] == ['{"b": "x ${Y} z"}', source.text]
    assert [source.slice(read.span) for read in result.reads] == ["${Y}"]
    assert source.slice(result.texts[2].span) == '"x ${Y} z"'


def test_maps_share_the_values_of_the_bindings() -> None:
    result = facts('{"a": {"b": "x"}, "c": "y"}')
    inner, outer = result.maps
    assert inner.entries[0].value is result.bindings[0].value
    assert outer.entries[0].value is inner
    assert outer.entries[1].value is result.bindings[1].value


def test_scripts_of_a_package_are_shell() -> None:
    source = Source("web/package.json", rb'{"scripts": {"get": "curl -H \"A: $B\" x"}, "a": "b"}', "json")
    (script,) = lower(source).embedded
    assert (script.language, script.label, script.data) == ("shell", "scripts.get", b'curl -H "A: $B" x')
    assert source.slice(script.to_root((5, 7))) == "-H"
    assert source.slice(script.to_root((8, 15))) == r"\"A: $B\""
    assert facts('{"scripts": {"get": "x"}}', "other.json").embedded == []


def test_holes_know_their_place_behind_escapes() -> None:
    source = Source("x.json", rb'{"a": "\u00e9\n${X:-d\t${Y}}"}', "json")
    assert [source.slice(read.span) for read in lower(source).reads] == [r"${X:-d\t${Y}}", "${Y}"]


@pytest.mark.parametrize("code", ["[" * 20000, '{"a":' * 20000, "[{" * 9000 + "}]" * 9000, '{"a": ' + "," * 20000])
def test_deep_nesting_is_lowered(code: str) -> None:
    check(facts(code))


@pytest.mark.parametrize("piece", ['"', "\\", "/*", "${", "{{", "'a", " ", ",", "é", '"${a:-', "1", "#"])
def test_repetition_is_lowered(piece: str) -> None:
    check(facts(piece * 20000))
    check(facts('{"a": "' + piece * 20000))


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
