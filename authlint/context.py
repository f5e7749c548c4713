"""Where code stands, and what that does to a finding: documentation, tests, development guards, counter-examples.

Levels are weighed here and nowhere else (one table: ``Contexts`` of the rule).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from authlint.facts import Binding, Call, Compare, Const, Facts, Opaque, Ref, Text, Value, walk
from authlint.facts import dotted as dotted_name
from authlint.places import place_of
from authlint.ruleset.rules import LEVELS, Contexts, Level
from authlint.source import Source

_SERVER_PATH = re.compile(r"(^|/)(pages/api|api|server|backend)/|\.server\.[^/]+$|/route\.[jt]sx?$|\+server\.[jt]s$|\+page\.server\.|(^|/)middleware\.[jt]s$|(^|/)server\.[cm]?[jt]s$")  # fmt: skip  # noqa: E501
_BROWSER_MODULES = frozenset({"react", "react-dom", "preact", "vue", "svelte", "solid-js", "@angular"})
_NATIVE_MODULES = frozenset({"react-native", "expo", "electron"})
_BROWSER_PATH = re.compile(r"(^|/)environments/environment(\.[\w-]+)*\.[jt]s$")
_BROWSER_LANGUAGES = frozenset({"html", "vue", "svelte", "tsx"})
_BROWSER_ROOTS = frozenset({"window", "document", "localStorage", "sessionStorage", "navigator"})
_SERVER_MODULES = frozenset(
    {"express", "fs", "http", "koa", "fastify", "next/server", "next/headers", "@nestjs/common"}
)
_COUNTEREXAMPLE = re.compile(
    r"^\W*(?:❌|✗|✘|🚫|bad\b|don.?t\b|do not\b|never\b|avoid\b|wrong\b|insecure\b|vulnerable\b)", re.I
)
_COMMENT = re.compile(r"(?:^|\s)(?:#|//|/\*|<!--|--|;)\s?(.{0,200})$")
_LONGEST_COMMENT = 206
"""As much of the end of a line as ``_COMMENT`` can match: a minified file is one line, with many findings."""
_DEV_WORDS = re.compile(r"\b(debug|development|dev|devel|local|develop|testing)\b", re.I)


@dataclass(frozen=True, slots=True)
class Context:
    """What the place of a source says: ``docs`` for documentation, ``test`` for tests, ``browser`` for page code."""

    docs: bool
    test: bool
    browser: bool

    @property
    def place(self) -> Literal["docs", "test", "code"]:
        """The one word for it; documentation comes before tests."""
        return "docs" if self.docs else "test" if self.test else "code"


def of(source: Source, facts: Facts) -> Context:
    """The context of a source, from its path, its language and what its code touches."""
    place = place_of(source.path, source.root.language)
    return Context(place == "docs", place == "test", _is_browser(source, facts, source.path))


def _is_browser(source: Source, facts: Facts, path: str) -> bool:
    if source.language not in ("javascript", "typescript", "tsx"):
        return False
    if _SERVER_PATH.search(path) or any(
        item.name.partition(".")[0] in _SERVER_MODULES or item.name.startswith("node:") for item in facts.imports
    ):
        return False
    if any(text.literal == "use server" for text in facts.texts):
        return False
    if source.root.language in _BROWSER_LANGUAGES or path.endswith((".jsx", ".tsx")) or _BROWSER_PATH.search(path):
        return True
    modules = {re.split(r"[/.]", item.name, maxsplit=1)[0] for item in facts.imports}
    if modules & _BROWSER_MODULES and not any(module.startswith(tuple(_NATIVE_MODULES)) for module in modules):
        return True
    return (
        any(isinstance(read, Ref) and read.path.partition(".")[0] in _BROWSER_ROOTS for read in facts.reads)
        or any(call.callee.partition(".")[0] in _BROWSER_ROOTS or _is_relative_fetch(call) for call in facts.calls)
        or any(_is_of_page(facts, binding) for binding in facts.bindings)
    )


def _is_of_page(facts: Facts, binding: Binding) -> bool:
    """Whether something of the page is set: ``location.href = url``, where ``location`` is no parameter."""
    root = binding.path.partition(".")[0]
    if root not in ("window", "document", "location", "localStorage"):
        return False
    around = (facts.scopes[place] for place in facts.around(binding.scope))
    return not any(parameter.name == root for scope in around for parameter in scope.params)


def _is_relative_fetch(call: Call) -> bool:
    """Node's ``fetch`` refuses a relative URL, so one proves a page."""
    if call.callee != "fetch" or not call.args or not isinstance(call.args[0], Text) or not call.args[0].parts:
        return False
    first = call.args[0].parts[0]
    return isinstance(first, str) and first.startswith("/")


def in_development(facts: Facts, scope: int) -> bool:
    """Whether a scope runs in development only: under ``if DEBUG``, ``NODE_ENV !== 'production'`` and the like."""
    return any(
        inner.kind == "branch" and inner.head is not None and _tests_for_development(inner.head)
        for inner in map(facts.scopes.__getitem__, facts.around(scope))
    )


def _tests_for_development(head: Value) -> bool:
    if isinstance(head, Opaque) and head.op == "not":
        return any("production" in word or word == "prod" for word in _words(head))
    for value in walk(head):
        if isinstance(value, Compare):
            words = set(_words(value))
            if value.op == "!=" and words & {"production", "prod"}:
                return True
            if value.op in ("==", "in") and any(_DEV_WORDS.fullmatch(word) for word in words):
                return True
    names = [dotted_name(value) for value in walk(head) if isinstance(value, Ref | Call)]
    return any(_DEV_WORDS.search(re.sub(r"[_.?]|(?<=[a-z])(?=[A-Z])", " ", name)) for name in names) and not any(
        isinstance(value, Const) for value in walk(head)
    )


def _words(value: Value) -> list[str]:
    found = [inner.literal for inner in walk(value) if isinstance(inner, Text)]
    found += [
        dotted_name(inner).rpartition(".")[2].rstrip("?()") for inner in walk(value) if isinstance(inner, Ref | Call)
    ]
    return [word.lower() for word in found if word]


def is_counterexample(source: Source, line: int) -> bool:
    """Whether documentation calls a line (1-based, of the root) bad: a comment on it or on the line above says so."""
    same = _comment_on(source.line(line))
    above = source.line(line - 1)
    own_line = _comment_on(above) if not above.strip() or above.strip()[0] in "#/<-*;'" else None
    return any(text and _COUNTEREXAMPLE.match(text) for text in (same, own_line))


def _comment_on(line: str) -> str | None:
    match = _COMMENT.search(line, max(0, len(line) - _LONGEST_COMMENT))
    return match[1] if match else None


def weigh(level: Level, contexts: Contexts, *, docs: bool, test: bool, development: bool) -> Level | None:
    """The level a finding has where it stands; ``None`` if it is not reported there."""
    for applies, effect in ((docs, contexts.docs), (test, contexts.test), (development, contexts.development)):
        if not applies or effect == "keep":
            continue
        if effect == "off":
            return None
        level = "info" if effect == "info" else LEVELS[max(0, LEVELS.index(level) - 1)]
    return level
