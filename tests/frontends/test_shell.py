"""The shell front-end: what each construct lowers to, where it stands, and what hostile input does to it."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check

from authlint.facts import Facts, Ref
from authlint.factview import lines
from authlint.frontends.shell import lower
from authlint.source import Source


def facts(code: str) -> Facts:
    return lower(Source("x.sh", code.encode("utf-8", "replace"), "shell"))


CASES: list[tuple[str, list[str]]] = [
    (
        'curl -sk -H "Authorization: Bearer $TOKEN" "$BASE/x?y=$Z" \\\n  -d a=b',
        [
            'call @0 curl("-sk", "-H", "Authorization: Bearer {TOKEN}", "{BASE}/x?y={Z}", "-d", "a=b")',
        ],
    ),
    (
        'TOKEN=$(/usr/bin/curl -s "$U" | jq -r .access_token)',
        [
            'bind @0 TOKEN = curl("-s", U) -> jq("-r", ".access_token")',
            'call @0 curl("-s", U)',
            'call @0 curl("-s", U) -> jq("-r", ".access_token")',
        ],
    ),
    (
        'X=v Y="$Z" cmd',
        [
            'call @0 cmd(X="v", Y=Z)',
        ],
    ),
    (
        "X= Y+=2 Z=$A",
        [
            'bind @0 X = ""',
            'bind @0 Y += "2"',
            "bind @0 Z = A",
        ],
    ),
    (
        "export A=v B=$C; local d; readonly E=1; set -x",
        [
            'bind @0 A = "v"',
            "bind @0 B = C",
            'bind @0 E = "1"',
            'call @0 local("d")',
            'call @0 set("-x")',
        ],
    ),
    (
        'echo ${X:-d} ${X-d} ${X:=a$Y} ${X:?no} ${X:-} ${X:+y} ${X%.*} ${#X} ${a[0]} ${a["k"]} ${a[$i]}',
        [
            'call @0 echo((X | "d"), (X | "d"), (X | "a{Y}"), X, (X | ""), <:+ X>, <% X>, <# X>, a.0, a.k, a.[])',
        ],
    ),
    (
        'run "$@" "${list[@]}" $1 $?',
        [
            "call @0 run(@, list.[], 1, ?, **)",
        ],
    ),
    (
        "echo 'a\\n$X' $'a\\n\\x41\\u00e9\\'' \"a\\\"b\\$c\\`\\\\d\\e\" a\\ b'c'\"$d\"",
        [
            'call @0 echo("a\\n$X", "a\\nAé\'", "a"b$c`\\d\\e", "a bc{d}")',
        ],
    ),
    (
        'echo `date` "$(cat <f | wc -l)-$(<g)" $((60 * N)) <(ls)',
        [
            "call @0 date()",
            'call @0 cat(<="f")',
            'call @0 cat(<="f") -> wc("-l")',
            "call @0 ls()",
            'call @0 echo(date(), "{cat(<="f") -> wc("-l")}-{<< "g">}", <* 60 N>, ls())',
        ],
    ),
    (
        'list=(a "$B") list[0]=x map[$k]=y list+=(c)',
        [
            'bind @0 list = ["a", B]',
            'bind @0 list.0 = "x"',
            'bind @0 map.[] = "y"',
            'bind @0 list += ["c"]',
        ],
    ),
    (
        "a | b -x > out 2>>err <in | c >&2 | { d; }",
        [
            "call @0 a()",
            'call @0 a() -> b("-x", >="out", 2>>="err", <="in")',
            'call @0 a() -> b("-x", >="out", 2>>="err", <="in") -> c(>&="2")',
            "call @0 d()",
        ],
    ),
    (
        "curl > out -H x",
        [
            'call @0 curl("-H", "x", >="out")',
        ],
    ),
    (
        "cat <<END | base64 -d && rm x\nhi $X \\$Y $(date)\nEND",
        [
            "call @0 date()",
            'call @0 cat(<<="hi {X} $Y {date()}\\n")',
            'call @0 cat(<<="hi {X} $Y {date()}\\n") -> base64("-d")',
            'call @0 rm("x")',
        ],
    ),
    (
        "cat <<'END' <<<\"$x\"\nhi $X\nEND",
        [
            'call @0 cat(<<<=x, <<="hi $X\\n")',
        ],
    ),
    (
        '[ "$a" = "$b" ]; [[ $a != b ]]; test $n -ge 1; [ -z "$a" ]; test -n "$a"; [ ! -f x ]; test ! a == b',
        [
            "compare @0 (a == b)",
            'compare @0 (a != "b")',
            "compare @0 (n >= 1)",
            'compare @0 ("a" == "b")',
        ],
    ),
    (
        "[[ $a == b && ( $c =~ ^d || -n $e ) ]] && (( n > 3 )) || ! f",
        [
            "call @0 f()",
            'compare @0 (a == "b")',
            "compare @0 (n > 3)",
        ],
    ),
    (
        "if [ $a -lt 1 ]; then\n  b\nelif c; then\n  d\nelse\n  e\nfi",
        [
            "scope 1 branch on (a < 1) in 0",
            "scope 2 branch on c() in 0",
            "scope 3 branch else in 0",
            "call @1 b()",
            "call @0 c()",
            "call @2 d()",
            "call @3 e()",
            "compare @0 (a < 1)",
        ],
    ),
    (
        'case "$1" in\n  a|b) x ;;\n  c) y ;;\n  *) z ;;\nesac',
        [
            'scope 1 branch on ((1 == "a") | (1 == "b")) in 0',
            'scope 2 branch on (1 == "c") in 0',
            "scope 3 branch else in 0",
            "call @1 x()",
            "call @2 y()",
            "call @3 z()",
            'compare @0 (1 == "a")',
            'compare @0 (1 == "b")',
            'compare @0 (1 == "c")',
        ],
    ),
    (
        'for h in "${hosts[@]}"; do a "$h"; done\nfor i in 1 $X; do :; done\nfor j; do :; done',
        [
            "scope 1 loop each on hosts.[] in 0",
            'scope 2 loop each on ["1", X] in 0',
            "scope 3 loop each in 0",
            "bind @1 h = hosts.[]",
            'bind @2 i = ["1", X].[]',
            "bind @3 j = <expression>",
            "call @1 a(h)",
            "call @2 :()",
            "call @3 :()",
        ],
    ),
    (
        "while read -r l; do a; done < f\nuntil b; do c; done\nfor ((i=0; i<n; i++)); do d; done",
        [
            'scope 1 loop on read("-r", "l") in 0',
            "scope 2 loop on <not b()> in 0",
            "scope 3 loop on (i < n) in 0",
            'bind @0 i = "0"',
            'call @0 read("-r", "l")',
            "call @1 a()",
            "call @0 b()",
            "call @2 c()",
            "call @3 d()",
            "compare @0 (i < n)",
        ],
    ),
    (
        'f() { g "$1"; }\nfunction h { local x=1; }',
        [
            "scope 1 function f in 0",
            "scope 2 function h in 0",
            "bind @0 f = lambda@1",
            'bind @2 x = "1"',
            "bind @0 h = lambda@2",
            "call @1 g(1)",
        ],
    ),
    (
        "(a; b) > x; { c; } &\n# note\nd # more",
        [
            "call @0 a()",
            "call @0 b()",
            "call @0 c()",
            "call @0 d()",
            "comment '# note'",
            "comment '# more'",
        ],
    ),
    (
        '$CMD a; "$DIR/bin/curl" b; ${X}y c; ./z',
        [
            'call @0 $CMD("a")',
            'call @0 curl("b")',
            'call @0 ("c")',
            "call @0 z()",
        ],
    ),
    (
        "env X=1 cmd; sudo curl x; X=1",
        [
            'bind @0 X = "1"',
            'call @0 env("X=1", "cmd")',
            'call @0 sudo("curl", "x")',
        ],
    ),
    (
        'echo a\\\nb "c \\\nd"',
        [
            'call @0 echo("a", "b", "c d")',
        ],
    ),
    (
        'curl -H "X: <token>" -u <your name>:$P https://<host>/x',
        [
            'call @0 curl("-H", "X: <token>", "-u", "<your name>:{P}", "https://<host>/x")',
        ],
    ),
    (
        "$ curl -d '{\n  \"a\": 1}' \\\n>  -x\nit's (output\n(venv) me@host:~/x$ X=1",
        [
            'bind @0 X = "1"',
            'call @0 curl("-d", "{\\n  "a": 1}", "-x")',
        ],
    ),
    (
        (
            "curl -H \"Authorization: Bearer ${{ secrets.TOKEN }}\" 'x-{{ a }}' "
            "{{ base_url }}/x?y=${{ a || b }} -u $A:${{env.B}}"
        ),
        [
            'call @0 curl("-H", "Authorization: Bearer {secrets.TOKEN}", "x-{a}", '
            '"{base_url}/x?y={<template>}", "-u", "{A}:{env.B}")',
        ],
    ),
    (
        'if x; then curl "a',
        [
            "call @0 x()",
            "call @0 curl()",
        ],
    ),
]

SAMPLE = "\n".join(code for code, _ in CASES)


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_lowers(code: str, expected: list[str]) -> None:
    assert list(lines(facts(code)))[1:] == expected


def test_spans() -> None:
    source = Source("x.sh", 'é=1\nexport T=$(/bin/curl -u "a:$P" "$U" | jq .)'.encode(), "shell")
    result = lower(source)
    assert [source.slice(call.span) for call in result.calls] == ['/bin/curl -u "a:$P" "$U"', "jq ."]
    assert [source.slice(call.name_span) for call in result.calls] == ["/bin/curl", "jq"]
    assert [source.slice(arg.span) for arg in result.calls[0].args] == ["-u", '"a:$P"', "$U"]
    assert source.slice(result.bindings[-1].name_span) == "T"
    assert source.slice(result.bindings[-1].span) == 'T=$(/bin/curl -u "a:$P" "$U" | jq .)'
    assert [source.slice(text.span) for text in result.texts] == ["1", "-u", '"a:$P"', "."]
    assert [source.slice(read.span) for read in result.reads] == ["$P", "$U"]


def test_positions_survive_crlf_and_prompts() -> None:
    source = Source("x.sh", b"$ curl -u \\\r\n> me:pw x\r\noutput's\r\n$ ls\r\n", "shell")
    result = lower(source)
    assert [source.slice(call.span) for call in result.calls] == ["curl -u \\\r\n> me:pw x", "ls"]
    assert [source.slice(text.span) for text in result.texts] == ["-u", "me:pw", "x", "output's"]
    assert result.broken == []


def test_each_expression_is_lowered_once() -> None:
    result = facts('a "$X" "b$Y" | c $(d "$Z") > "$W"')
    assert [read.path for read in result.reads if isinstance(read, Ref)] == ["X", "Y", "Z", "W"]
    assert [call.callee for call in result.calls] == ["a", "d", "c"]


def test_what_did_not_parse_is_listed_and_the_rest_kept() -> None:
    result = facts('curl -H "a" x\nif then ) fi\nwget y\n')
    assert result.broken
    assert {"curl", "wget"} <= {call.callee for call in result.calls}


@pytest.mark.parametrize(
    "code",
    [
        "(" * 3000,
        "$(" * 3000,
        '"$(' * 1000,
        "${x:-" * 3000,
        "{ " * 3000,
        "if x; then " * 1000,
        "[[ " + "( " * 2000,
        "a && " * 3000 + "b",
        "a && b || " * 1500 + "b",
        "a | " * 3000 + "b",
        "[[ " + "a == b && " * 2000 + "c ]]",
        "x=$((" + "1+" * 2000 + "1))",
        "echo " + '"$x"' * 3000,
        "cat <<E\n" * 500,
        "<a " * 3000,
    ],
)
def test_hostile_input_is_lowered(code: str) -> None:
    check(facts(code))


@pytest.mark.parametrize("letter", ["é", "߿", "あ", "\u2028", "😀", "\U000bb5a5", "\U0010ffff"])
def test_letters_of_any_width_keep_their_place(letter: str) -> None:
    code = f"{{{letter} a{letter}b; X='{letter}' go {letter} {{1..{letter}}} ${{{letter}}} [[ a =~ {letter} ]]\n"
    result = facts(code)
    check(result)
    assert f'X="{letter}"' in "".join(lines(result))


def test_long_chains_are_flat() -> None:
    result = facts("if " + "a && " * 2000 + "b; then c; fi")
    assert len(result.calls) == 2002
    assert len(facts("[[ $a == b" + " && $a == b" * 2000 + " ]]").compares) == 2001


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
            code[rng.randrange(len(code))] = rng.choice("'\"$(){}[]<>|&;\\\n`# é")
    check(facts("".join(code)))


def test_a_block_may_end_behind_another() -> None:
    assert lower(Source("a.sh", b"f() { if true; then a; fi }\n", "shell")).broken == []
    assert lower(Source("a.sh", b"f() { if true; then a; }\n", "shell")).broken != []
