"""The Dockerfile front-end: variables, scripts, calls, and hostile input."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check

from authlint.facts import Facts
from authlint.factview import lines
from authlint.frontends.dockerfile import lower
from authlint.source import Source


def facts(code: str, path: str = "Dockerfile") -> Facts:
    return lower(Source(path, code.encode("utf-8", "replace"), "dockerfile"))


CASES: list[tuple[str, list[str]]] = [
    (
        (
            "# syntax=docker/dockerfile:1\n"
            "FROM python:${V:-3} AS base\n"
            "ARG TOKEN\n"
            'ARG A=1 B="x y"\n'
            'ENV K=v K2="a $B \\"q\\"" K3=\'raw $B\' K4=a\\ b \\\n'
            "    # note\n"
            "    K5=${TOKEN}\n"
            'ENV OLD some value "q"\n'
            "env low=1"
        ),
        [
            "bind @0 ARG.TOKEN = None",
            'bind @0 ARG.A = "1"',
            'bind @0 ARG.B = "x y"',
            'bind @0 ENV.K = "v"',
            'bind @0 ENV.K2 = "a {B} "q""',
            'bind @0 ENV.K3 = "raw $B"',
            'bind @0 ENV.K4 = "a b"',
            "bind @0 ENV.K5 = TOKEN",
            'bind @0 ENV.OLD = "some value q"',
            'bind @0 ENV.low = "1"',
            'call @0 FROM("python:{(V | "3")}", "AS", "base")',
            "comment '# syntax=docker/dockerfile:1'",
            "comment '# note'",
        ],
    ),
    (
        (
            "RUN curl -k x \\\n"
            " # why\n"
            ' && echo "y" \\\n'
            "\n"
            " && z\n"
            "RUN --mount=type=secret,id=t --network=none  pip install x\n"
            'RUN ["curl", "-k", "https://h/\\u00e9"]\n'
            'CMD ["sh", "-c", "curl \\"$X\\""]\n'
            "ENTRYPOINT run me\n"
            "HEALTHCHECK --interval=5s CMD curl -f http://h/ || exit 1\n"
            "ONBUILD RUN a"
        ),
        [
            'call @0 curl("-k", "https://h/é")',
            'call @0 sh("-c", "curl "{X}"")',
            "comment '# why'",
            "embedded shell RUN",
            "embedded shell RUN",
            "embedded shell CMD",
            "embedded shell ENTRYPOINT",
            "embedded shell HEALTHCHECK",
            "embedded shell RUN",
        ],
    ),
    (
        (
            "RUN <<EOF\n"
            "curl a\n"
            "wget b\n"
            "EOF\n"
            "RUN python3 <<'PY' > out\n"
            "print(1)\n"
            "PY\n"
            "RUN <<EOF\n"
            "#!/usr/bin/env python\n"
            "print(2)\n"
            "EOF\n"
            "COPY <<A <<B /x/\n"
            "a\n"
            "A\n"
            "b\n"
            "B\n"
            "RUN echo $((1<<N))"
        ),
        [
            'call @0 COPY("<<A", "<<B", "/x/", <<="a\\n", <<="b\\n")',
            "embedded shell RUN",
            "embedded shell RUN",
            "embedded python RUN",
            "embedded shell RUN",
        ],
    ),
    (
        (
            'COPY --from=base ["a b", "/c"]\n'
            "USER $user\n"
            'LABEL a.b="c" d=e\n'
            "EXPOSE 80 443\n"
            "HEALTHCHECK NONE\n"
            "FOO bar\n"
            "!x\n"
            "ENV\n"
            "RUN"
        ),
        [
            'call @0 COPY("--from=base", "a b", "/c")',
            "call @0 USER(user)",
            'call @0 LABEL("a.b=c", "d=e")',
            'call @0 EXPOSE("80", "443")',
            'call @0 HEALTHCHECK("NONE")',
        ],
    ),
    (
        "# escape=`\nRUN curl `\n  x",
        [
            "comment '# escape=`'",
            "embedded powershell RUN",
        ],
    ),
]

SAMPLE = "\n".join(code for code, _ in CASES)


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_lowers(code: str, expected: list[str]) -> None:
    assert list(lines(facts(code)))[1:] == expected


def scripts(code: str) -> list[tuple[str, bytes]]:
    return [(item.language, item.data) for item in facts(code).embedded]


def test_scripts() -> None:
    assert scripts("RUN curl -k x \\\n # why\n && y \\\n\n && z\n") == [("shell", b"curl -k x \\\n && y \\\n && z\n")]
    assert scripts("RUN --mount=type=secret,id=t --network=none  pip i\n") == [("shell", b"pip i\n")]
    assert scripts("RUN <<E\ncurl a\nE\n") == [("shell", b"curl a\n")]
    assert scripts("RUN a <<'E' > b\nc\nE\nENV X=1") == [("shell", b"a <<'E' > b\nc\nE\n")]
    assert scripts("RUN <<E\n#!/usr/bin/env python\nx\nE\n") == [("python", b"#!/usr/bin/env python\nx\n")]
    assert scripts('CMD ["sh", "-c", "a \\"b\\""]') == [("shell", b'a "b"')]
    assert scripts("# escape=`\nRUN a `\n b\n") == [("powershell", b"a `\n b\n")]
    assert scripts("RUN echo $((1<<N))\nRUN b") == [("shell", b"echo $((1<<N))\n"), ("shell", b"b")]


def test_spans() -> None:
    source = Source("Dockerfile", 'ENV A="é" \\\r\n  B="x \\"${Y}" C\nRUN a \\\n  # c\n  b\n'.encode(), "dockerfile")
    result = lower(source)
    assert [source.slice(binding.span) for binding in result.bindings] == ['A="é"', 'B="x \\"${Y}"', "C"]
    assert [source.slice(binding.name_span) for binding in result.bindings] == ["A", "B", "C"]
    assert [source.slice(binding.value.span) for binding in result.bindings] == ['"é"', '"x \\"${Y}"', ""]
    assert [source.slice(read.span) for read in result.reads] == ["${Y}"]
    (script,) = result.embedded
    assert source.slice(script.to_root((script.data.index(b"b"), script.data.index(b"b") + 1))) == "b"


@pytest.mark.parametrize(
    "piece",
    ["RUN a\n", "RUN a \\\n", "ENV a=b ", "RUN <<E\n", "\\\n", "#\n", 'RUN ["', 'ENV a="', " ", "é", "<<A ", "${", "'"],
)
def test_repetition_is_lowered(piece: str) -> None:
    for start in ("", "ENV a=", "RUN ", "FROM "):
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
