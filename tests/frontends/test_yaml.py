"""The YAML front-end: key paths, scalars, scripts, templates, and hostile input."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check

from authlint.facts import Facts
from authlint.factview import lines
from authlint.frontends.yaml import lower
from authlint.source import Source


def facts(code: str, path: str = "x.yaml") -> Facts:
    return lower(Source(path, code.encode("utf-8", "replace"), "yaml"))


CASES: list[tuple[str, list[str]]] = [
    (
        (
            "a: &x 1\n"
            "b:\n"
            '  - k: "v\\n"\n'
            "    z: 'it''s'\n"
            "  - !!str foo\n"
            "  - *x\n"
            "  -\n"
            "    - 1.5\n"
            "    - ~\n"
            "  - []\n"
            "c: {}\n"
            "d:"
        ),
        [
            "bind @0 a = 1",
            'bind @0 b.0.k = "v\\n"',
            'bind @0 b.0.z = "it\'s"',
            'bind @0 b.1 = "foo"',
            "bind @0 b.2 = <alias>",
            "bind @0 b.3.0 = 1.5",
            "bind @0 b.3.1 = None",
            "bind @0 b.4 = []",
            "bind @0 c = {}",
            "bind @0 d = None",
        ],
    ),
    (
        (
            "c: |\n"
            "  line1\n"
            "\n"
            "    line2\n"
            "d: >-\n"
            "  fold\n"
            "  ed\n"
            "\n"
            "  more\n"
            "e: |+ # note\n"
            "  x\n"
            "\n"
            "f: plain\n"
            "  folded # comment\n"
            'g: "two\n'
            '  lines\\n"'
        ),
        [
            'bind @0 c = "line1\\n\\n  line2\\n"',
            'bind @0 d = "fold ed\\n\\nmore"',
            'bind @0 e = "x\\n\\n"',
            'bind @0 f = "plain folded"',
            'bind @0 g = "two lines\\n"',
            "comment '# note'",
            "comment '# comment'",
        ],
    ),
    (
        ('e: {f: [1, null, \'x\'], g, "h": {i: j}, k: } # c\nl: [a, "b c", {m: n}, o: p,\n  # inside\n  q]'),
        [
            "bind @0 e.f.0 = 1",
            "bind @0 e.f.1 = None",
            'bind @0 e.f.2 = "x"',
            "bind @0 e.g = None",
            'bind @0 e.h.i = "j"',
            "bind @0 e.k = None",
            'bind @0 l.0 = "a"',
            'bind @0 l.1 = "b c"',
            'bind @0 l.2.m = "n"',
            'bind @0 l.3.o = "p"',
            'bind @0 l.4 = "q"',
            "comment '# c'",
            "comment '# inside'",
        ],
    ),
    (
        (
            "services:\n"
            "  web:\n"
            '    image: "x:${TAG:-latest}"\n'
            "    environment:\n"
            "      - TOKEN=$TOKEN\n"
            '      - "B=${B}"\n'
            '    env: {A: "{{ secret.x }}"}\n'
            '    command: ["curl", "-k", "sh -c x"]'
        ),
        [
            'bind @0 services.web.image = "x:{(TAG | "latest")}"',
            'bind @0 services.web.environment.0 = "TOKEN={TOKEN}"',
            'bind @0 services.web.environment.1 = "B={B}"',
            "bind @0 services.web.env.A = secret.x",
            'bind @0 services.web.command.0 = "curl"',
            'bind @0 services.web.command.1 = "-k"',
            'bind @0 services.web.command.2 = "sh -c x"',
            "embedded shell services.web.command.2",
        ],
    ),
    (
        (
            "jobs:\n"
            "  b:\n"
            "    env:\n"
            "      T: ${{ secrets.TOKEN }}\n"
            '      U: "https://h/?t=${{ secrets.TOKEN }}"\n'
            "    steps:\n"
            "      - run: curl -k x\n"
            "      - run: |\n"
            "          curl a\n"
            "          wget b\n"
            "      - shell: pwsh\n"
            "        run: ls\n"
            "script:\n"
            "- a\n"
            '- "b \\"c\\""'
        ),
        [
            "bind @0 jobs.b.env.T = secrets.TOKEN",
            'bind @0 jobs.b.env.U = "https://h/?t={secrets.TOKEN}"',
            'bind @0 jobs.b.steps.0.run = "curl -k x"',
            'bind @0 jobs.b.steps.1.run = "curl a\\nwget b\\n"',
            'bind @0 jobs.b.steps.2.shell = "pwsh"',
            'bind @0 jobs.b.steps.2.run = "ls"',
            'bind @0 script.0 = "a"',
            'bind @0 script.1 = "b "c""',
            "embedded shell jobs.b.steps.0.run",
            "embedded shell jobs.b.steps.1.run",
            "embedded powershell jobs.b.steps.2.run",
            "embedded shell script.0",
            "embedded shell script.1",
        ],
    ),
    (
        (
            "{{- if .Values.y }}\n"
            "# note\n"
            "a: {{ .Values.x }}\n"
            "b:\n"
            "  {{- with .Values.z }}\n"
            '  c: "{{ .w | quote }}"\n'
            "  {{ .key }}: v\n"
            "  {{- end }}\n"
            "d: {{ a }}-{{ b }}"
        ),
        [
            "bind @0 a = Values.x",
            "bind @0 b.c = <template>",
            'bind @0 b.{{ .key }} = "v"',
            'bind @0 d = "{a}-{b}"',
            "comment '# note'",
        ],
    ),
    (
        (
            "verify: no\n"
            "on: yes\n"
            "n: 0x1F\n"
            "o: 1_000\n"
            'p: "true"\n'
            "q: -1.5e3\n"
            "r: 2020-01-01\n"
            "u: https://h/x#y\n"
            "v: a:b\n"
            "w: off # c"
        ),
        [
            "bind @0 verify = False",
            "bind @0 on = True",
            "bind @0 n = 31",
            "bind @0 o = 1000",
            'bind @0 p = "true"',
            "bind @0 q = -1500.0",
            'bind @0 r = "2020-01-01"',
            'bind @0 u = "https://h/x#y"',
            'bind @0 v = "a:b"',
            "bind @0 w = False",
            "comment '# c'",
        ],
    ),
    (
        ("base: &b\n  k: v\ne:\n  <<: *b\n  x: *b\n? complex key\n: k: v\n  l: w\n? plain\n: y\nz: 1"),
        [
            'bind @0 base.k = "v"',
            "bind @0 e.x = <alias>",
            'bind @0 complex key.k = "v"',
            'bind @0 complex key.l = "w"',
            'bind @0 plain = "y"',
            "bind @0 z = 1",
        ],
    ),
    (
        'a: 1\n  b: 2\nc: [1, 2\nd: "open\ne: f\n----\n  - g',
        [
            "bind @0 a = 1",
            "bind @0 b = 2",
            "bind @0 c.0 = 1",
            "bind @0 c.1 = 2",
            'bind @0 d = "open"',
            'bind @0 e = "f"',
            'bind @0 0 = "g"',
        ],
    ),
    (
        ("--- # one\na: 1\n---\n- b: c\n-   d: e\n    f: g\n- - h\n  - i\n...\n%YAML 1.2\n--- text"),
        [
            "bind @0 a = 1",
            'bind @0 0.b = "c"',
            'bind @0 1.d = "e"',
            'bind @0 1.f = "g"',
            'bind @0 2.0 = "h"',
            'bind @0 2.1 = "i"',
            "comment '# one'",
        ],
    ),
]

SAMPLE = "\n".join(code for code, _ in CASES)


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_lowers(code: str, expected: list[str]) -> None:
    assert list(lines(facts(code)))[1:] == expected


def test_spans() -> None:
    source = Source("x.yaml", 'é:\r\n  b: "x ${Y} z" # c\r\n  - bad\r\nc:\r\n- 1\r\n'.encode(), "yaml")
    result = lower(source)
    assert [source.slice(binding.span) for binding in result.bindings] == ['b: "x ${Y} z"', "1"]
    assert [source.slice(binding.name_span) for binding in result.bindings] == ["b", "1"]
    assert source.slice(result.maps[0].span) == 'b: "x ${Y} z"'
    assert [source.slice(read.span) for read in result.reads] == ["${Y}"]
    assert [source.slice(span) for span in result.broken] == ["- bad"]


def test_maps_share_the_values_of_the_bindings() -> None:
    result = facts("a:\n  b: x\nc: y\n<<: *m\n")
    inner, outer = result.maps
    assert inner.entries[0].value is result.bindings[0].value
    assert outer.entries[0].value is inner
    assert outer.open
    assert not inner.open


def embedded(code: str) -> list[tuple[bytes, str]]:
    """Each script, and the source of its last three bytes."""
    source = Source("ci.yml", code.encode(), "yaml")
    scripts = lower(source).embedded
    return [(item.data, source.slice(item.to_root((len(item.data) - 3, len(item.data))))) for item in scripts]


def test_scripts_lead_back() -> None:
    assert embedded("run: |\n  curl a\n  end\nx: y") == [(b"curl a\nend\n", "nd\n")]
    assert embedded("run: >-\r\n  curl a\r\n  end\r\n") == [(b"curl a end", "end")]
    assert embedded("run: curl\n  end\n") == [(b"curl end", "end")]
    assert embedded('script: "a\\tb\\nend"') == [(b"a\tb\nend", "end")]
    assert embedded("script: ['it''s end', b end]") == [(b"it's end", "end"), (b"b end", "end")]
    assert embedded("command: [curl, --x y, sh -c end]\nargs: -x end") == [(b"sh -c end", "end")]
    assert embedded("run: |2\n    curl\n  end\n") == [(b"  curl\nend\n", "nd\n")]


def test_scripts_in_other_languages() -> None:
    result = facts(
        "script: |\n  const x = 1\n  y(x)\nrun: |\n  #!/usr/bin/env python\n  print(1)\ncmds:\n- local x=1\n"
    )
    assert [item.language for item in result.embedded] == ["javascript", "python", "shell"]


@pytest.mark.parametrize(
    "code",
    [
        "[" * 9000,
        "{a: " * 9000,
        "- " * 9000,
        "a: {b: [" * 3000,
        "".join(" " * depth + "a:\n" for depth in range(400)),
        "".join(" " * depth + "- &x\n" for depth in range(400)),
        "? a\n" * 3000,
        "a: b\n" * 3000,
    ],
)
def test_deep_nesting_is_lowered(code: str) -> None:
    check(facts(code))


@pytest.mark.parametrize(
    "piece", ['"', "'", "\\", "{{", "{%", "${", "${{ ", "#", " ", "\t", "\r", "-", ": ", "&a ", "|\n", "é"]
)
def test_repetition_is_lowered(piece: str) -> None:
    for start in ("", "a: ", "a: [", 'a: "'):
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
