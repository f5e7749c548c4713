"""Random values of the shape of a credential: what must be found, made at run time so that none is written down."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from authlint.ruleset.providers import Credential

sre: Any = import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
Make = Callable[[random.Random], str]
MORE = 24  # characters above the least length, where a pack leaves the length open


def lookalike(credential: Credential) -> Make:
    """What makes random values of the shape of a credential."""
    if not credential.prefix:
        return _of_all(sre.parse(credential.pattern))
    body = list(_members(sre.parse(f"[{credential.charset}]")[0][1]))
    longest = min(credential.max_body, credential.min_body + MORE)
    return lambda rng: credential.prefix + "".join(rng.choices(body, k=rng.randint(credential.min_body, longest)))


def is_bounded(pattern: str) -> bool:
    """Whether no quantifier of a regular expression is without an upper limit."""
    return all(high is not sre.MAXREPEAT for high in _limits(sre.parse(pattern)))


def _limits(parsed: Any) -> Iterator[Any]:
    for kind, what in parsed:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            yield what[1]
            yield from _limits(what[2])
        elif kind is sre.SUBPATTERN:
            yield from _limits(what[3])
        elif kind is sre.BRANCH:
            for branch in what[1]:
                yield from _limits(branch)


def _of_all(parsed: Any) -> Make:
    makes = [_of(kind, what) for kind, what in parsed]
    return lambda rng: "".join(make(rng) for make in makes)


def _of(kind: Any, what: Any) -> Make:
    if kind is sre.LITERAL:
        return lambda _: chr(what)
    if kind is sre.IN:
        members = list(_members(what))
        return lambda rng: rng.choice(members)
    if kind is sre.SUBPATTERN:
        return _of_all(what[3])
    if kind is sre.BRANCH:
        branches = [_of_all(branch) for branch in what[1]]
        return lambda rng: rng.choice(branches)(rng)
    assert kind is sre.MAX_REPEAT, f"a pattern of a pack has no {kind}"
    return _repeated(*what)


def _repeated(low: int, high: int, what: Any) -> Make:
    high = min(high, low + MORE)
    if len(what) == 1 and what[0][0] is sre.IN:
        members = list(_members(what[0][1]))
        return lambda rng: "".join(rng.choices(members, k=rng.randint(low, high)))
    make = _of_all(what)
    return lambda rng: "".join(make(rng) for _ in range(rng.randint(low, high)))


def _members(what: Any) -> Iterator[str]:
    for kind, item in what:
        if kind is sre.RANGE:
            yield from map(chr, range(item[0], item[1] + 1))
        else:
            yield " " if kind is sre.CATEGORY else chr(item)
