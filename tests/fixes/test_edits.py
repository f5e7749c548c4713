"""Edits that are made one group after another are the same as all of them at once."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from authlint.edits import Edit, apply, together

TEXT = st.text("abé😀", max_size=12)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[bytes, list[list[Edit]], bytes]:
    """A text, groups of edits, and the text after them."""
    first = text = draw(TEXT)
    groups = []
    for _ in range(draw(st.integers(0, 4))):
        cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
        spans = [(len(text[:a].encode()), len(text[:b].encode())) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
        apart = [span for n, span in enumerate(spans) if n == 0 or span[0] > spans[n - 1][1]]
        groups.append([Edit(span, draw(TEXT)) for span in apart])
        text = apply(text.encode(), groups[-1]).decode()
    return first.encode(), groups, text.encode()


@given(rounds())
def test_together(made: tuple[bytes, list[list[Edit]], bytes]) -> None:
    before, groups, after = made
    edits = list(together(groups, len(before)))
    assert apply(before, edits) == after
    assert all(one.span[1] < other.span[0] for one, other in pairwise(edits))


def test_what_stays_is_in_no_edit() -> None:
    first, second = [Edit((0, 1), "bb"), Edit((4, 4), "x")], [Edit((1, 2), ""), Edit((7, 8), "")]
    assert list(together([first, second], 10)) == [Edit((0, 1), "b"), Edit((4, 4), "x"), Edit((5, 6), "")]
