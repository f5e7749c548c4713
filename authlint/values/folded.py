"""What the folder of values hands around: results, and the state of one walk."""

from __future__ import annotations

from dataclasses import dataclass, field

from authlint.facts import Value

STEPS = 1500

Env = dict[tuple[int, str], Value]


@dataclass(slots=True)
class Folded:
    """A folded value, and the identities of the values that went into it."""

    value: Value
    parts: frozenset[int]


@dataclass(slots=True)
class Run:
    """One walk of the folder: what is left of its budget, and what it has seen."""

    env: Env = field(default_factory=dict)
    functions: frozenset[int] = frozenset()
    seen: set[int] = field(default_factory=set)
    steps: list[int] = field(default_factory=lambda: [STEPS])
    depth: int = 0

    def inside(self, function: int, env: Env) -> Run:
        """The same walk, in a function of the file that was called with these arguments."""
        return Run({**self.env, **env}, self.functions | {function}, self.seen, self.steps, self.depth)
