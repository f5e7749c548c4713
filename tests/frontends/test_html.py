"""HTML, Vue and Svelte: what elements lower to, which sources are embedded in them, and what hostile input does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wellformed import check

from authlint.facts import Facts
from authlint.factview import lines, show
from authlint.frontends.html import lower
from authlint.frontends.javascript import lower as lower_javascript
from authlint.source import Source

LANGUAGES = ("html", "vue", "svelte")


def facts_of(page: str, language: str = "html") -> Facts:
    return lower(Source("x", page.encode("utf-8", "replace"), language))


ELEMENTS = [
    # (language, page, the calls)
    ("html", '<A HREF="/x?a=1&amp;b=2&times=3&#x41;" Download>y</A>', ['a(href="/x?a=1&b=2&times=3A", download=True)']),
    ("html", "<a href = '/x'><a href=/x/y?z=1>", ['a(href="/x")', 'a(href="/x/y?z=1")']),
    ("html", '<p class="a" id=b><br/><hr>', []),
    ("html", '<div data-key="k" class="c">', ['div(data-key="k", class="c")']),
    ("html", '<img src="a>b"\n  alt=x /><i>', ['img(src="a>b", alt="x")']),
    ("html", '<a href="">', ['a(href="")']),
    ("html", "a < b <c> 1<2 <!DOCTYPE html>", []),
    ("html", '<form method=get action="/login"><input name="p" type=password>', [
        'form(method="get", action="/login")',
        'input(name="p", type="password")',
    ]),
    ("html", '<a href="/x?t={{ token }}&u={% url "a" %}">', ['a(href="/x?t={<template>}&u={<template>}")']),
    ("html", '<a href="<%= url("x") %>/y">', ['a(href="{<template>}/y")']),
    ("html", "<a href=<?= $x ?>/y class=z>", ['a(href="{<template>}/y", class="z")']),
    ("html", "<a href={{ x }}>", ['a(href="{<template>}")']),
    ("html", "<p {% if a %}hidden{% endif %} class='b'>", ['p(hidden=True, class="b", **)']),
    ("html", "<% if (a <b) { %><a href='c'><% } %>", ['a(href="c")']),
    ("html", '<a href="{{ unclosed">', ['a(href="{{ unclosed")']),
    ("html", '<input [value]="v.w" (blur)="save($event)" *ngIf="a" name="n">', [
        'input(value=v.w, (blur)=<expression>, *ngif=<expression>, name="n")'
    ]),
    ("html", '<a onclick="go()" href="#">', ['a(onclick=<expression>, href="#")']),
    ("html", '<a href="x" <b href="y"', ['a(href="x")', 'b(href="y")']),
    ("html", '<a title="open <b href=c>', ['b(href="c")']),
    ("html", '<script type="text/template"><a href="b"></script>', [
        'script(type="text/template")',
        'a(href="b")',
    ]),
    ("html", "<script>'<a href=b>'</script><style>c > <a href=d></style>", []),
    ("vue", '<Login :href="a.b" v-bind:client-id="c + d" @click.prevent="e()" v-bind="f" />', [
        "Login(href=a.b, client-id=<expression>, @click.prevent=<expression>, v-bind=f, **)"
    ]),
    ("vue", '<li v-for="a in b" #item="{ c }" v-else :key="this.d" :g="false">', [
        "li(v-for=<expression>, #item=<expression>, v-else=True, key=self.d, g=False)"
    ]),
    ("svelte", '<A href={b} {...c} {token} on:click={() => d("}")} to="/e/{f.g}?{h()}" bind:i>', [
        'A(href=b, token=token, on:click=<expression>, to="/e/{<template>}?{<template>}", bind:i=True, **)'
    ]),
    ("svelte", "<a href={`b${c({ d: 1 })}`} e=f{g}>", ['a(href=<expression>, e="f{<template>}")']),
    ("svelte", "<a href={unclosed e='f'>", ['a(href="", unclosed=True, e="f", **)']),
]  # fmt: skip


@pytest.mark.parametrize(("language", "page", "expected"), ELEMENTS)
def test_elements(language: str, page: str, expected: list[str]) -> None:
    facts = facts_of(page, language)
    check(facts)
    assert [show(call) for call in facts.calls] == expected


EMBEDDED = [
    # (language, page, language, label and text of what is embedded)
    ("html", "<script>a()</script><SCRIPT type=module>b()</Script >", [
        ("javascript", "script", "a()"),
        ("javascript", "script", "b()"),
    ]),
    ("html", '<script type="application/javascript; charset=utf-8">a</script>', [("javascript", "script", "a")]),
    ("html", '<script type="application/ld+json">{"a": 1}</script>', [("json", "script", '{"a": 1}')]),
    ("html", '<script type="importmap">{}</script>', [("json", "script", "{}")]),
    ("html", '<script type="text/babel">a</script><script type="text/x-python">b</script>', [
        ("javascript", "script", "a")
    ]),
    ("html", "<script src=a></script><script> </script><script>unclosed", [("javascript", "script", "unclosed")]),
    ("html", '<a onclick="go(&quot;b&quot; &amp;&amp; c)" (d)="e = f" [g]="h | i">', [
        ("javascript", "expression", 'go("b" && c)'),
        ("javascript", "expression", "e = f"),
        ("javascript", "expression", "h | i"),
    ]),
    ("vue", '<script setup lang="ts">a</script><script lang="tsx">b</script>', [
        ("typescript", "script", "a"),
        ("tsx", "script", "b"),
    ]),
    ("vue", '<a :b="c + d" :e="f" v-if="!g" v-for="h in i" @j="k()" :params="{ l: 1 }" :class="{ m: n }">', [
        ("javascript", "expression", "c + d"),
        ("javascript", "expression", "!g"),
        ("javascript", "expression", "k()"),
        ("javascript", "expression", "params={ l: 1 }"),
        ("javascript", "expression", "{ m: n }"),
    ]),
    ("svelte", '<a b={c + d} e="f{g()}h{i}" on:j={() => k({})} onl="m()">', [
        ("javascript", "expression", "c + d"),
        ("javascript", "expression", "g()"),
        ("javascript", "expression", "i"),
        ("javascript", "expression", "() => k({})"),
        ("javascript", "expression", "m()"),
    ]),
    ("svelte", '---\nconst a: string = "b"\n---\n<a href={c()}>', [
        ("typescript", "frontmatter", 'const a: string = "b"\n'),
        ("javascript", "expression", "c()"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "page", "expected"), EMBEDDED)
def test_embedded(language: str, page: str, expected: list[tuple[str, str, str]]) -> None:
    facts = facts_of(page, language)
    check(facts)
    assert [(source.language, source.label, source.text) for source in facts.embedded] == expected


def test_what_is_embedded_leads_back() -> None:
    page = Source("x", b'<a \xc3\xa9 :params="{ l: &quot;m&amp;&quot; }">', "vue")
    (embedded,) = lower(page).embedded
    facts = lower_javascript(embedded)
    assert list(lines(facts))[1:] == ['bind @0 params = {l: "m&"}']
    (binding,) = facts.bindings
    assert page.slice(embedded.to_root(binding.name_span)) == "params"
    assert page.slice(embedded.to_root(binding.span)) == 'params="{ l: &quot;m&amp;&quot; }'
    assert page.slice(embedded.to_root(facts.maps[0].entries[0].span)) == "l: &quot;m&amp;&quot;"


def test_spans() -> None:
    page = Source("x", '<p é>\n<a href="/b?{{ c }}" :d="e.f">'.encode(), "html")
    (call,) = lower(page).calls
    assert page.slice(call.span) == '<a href="/b?{{ c }}" :d="e.f">'
    assert page.slice(call.name_span) == "a"
    assert [page.slice(value.span) for _, value in call.named] == ["/b?{{ c }}", "e.f"]


@pytest.mark.parametrize(
    ("language", "page", "expected"),
    [
        ("html", "a <!-- b --> c", ["<!-- b -->"]),
        ("html", "<!-- <a href=b> --><a href=c><!-- d", ["<!-- <a href=b> -->", "<!-- d"]),
        ("html", "{# a #}{{! b }}{{!-- {{c}} --}}<%# d %><%-- e --%>{{ f }}<% g %>", [
            "{# a #}", "{{! b }}", "{{!-- {{c}} --}}", "<%# d %>", "<%-- e --%>",
        ]),
        ("svelte", "{#if a}<!-- b -->{/if}", ["<!-- b -->"]),
        ("vue", "{{!a}} <!-- b -->", ["<!-- b -->"]),
    ],
)  # fmt: skip
def test_comments(language: str, page: str, expected: list[str]) -> None:
    facts = facts_of(page, language)
    assert [comment.text for comment in facts.comments] == expected


PIECES = (
    "<a ", "<a b=", '"', "'", "{", "{{", "{%", "<%", "%>", "}}", "}", ">", "/>", "<script>", "</script", "<!--", "-->",
    "{#", "{{!", " href=", ":b=", "on:c=", "@d=", "[e]=", "&amp;", "`", "\\", "\n", " ", "x", "é", "<style>", "---\n",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("piece", PIECES)
def test_repetition_is_linear_enough_to_end(language: str, piece: str) -> None:
    check(facts_of(piece * 3000, language))
    check(facts_of("<a " + piece * 3000, language))


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join), st.sampled_from(LANGUAGES))
def test_any_page_is_sound(page: str, language: str) -> None:
    facts = facts_of(page, language)
    check(facts)
    assert list(lines(facts))
    for embedded in facts.embedded:
        for start in range(len(embedded.data)):
            begin, end = embedded.to_root((start, start + 1))
            assert 0 <= begin <= end <= len(embedded.root.data)
