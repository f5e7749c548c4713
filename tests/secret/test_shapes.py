"""A candidate is found by its mark as it would be by its pattern alone, however the two stand to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import grows_linearly

from authlint.ruleset.providers import Credential
from authlint.ruleset.shapes import candidate, occurrences

PREFIXED = Credential("a", "api_key", prefix="ab_", min_body=3, max_body=6)
INSIDE = Credential("b", "api_key", pattern="[0-9]{2,4}:AA[a-z]{2,4}", keyword=":AA")


@pytest.mark.parametrize("credential", [PREFIXED, INSIDE])
@given(st.lists(st.sampled_from(["ab_", "ab", "x1y", "_", " ", "12", "3:AA", ":AA", "bcd", "\\n", "é"])).map("".join))
def test_the_mark_finds_what_the_pattern_finds(credential: Credential, text: str) -> None:
    data, pattern = text.encode(), candidate(credential)
    found = occurrences(pattern, credential.mark.encode(), data, inside=bool(credential.keyword))
    assert [match.span() for match in found] == [match.span() for match in pattern.finditer(data)]


def test_what_is_beside_a_mark_is_found_once_and_what_is_far_is_not() -> None:
    beside = Credential("c", "api_key", pattern="[0-9]{12}", keyword="acme")
    pattern = candidate(beside)

    def spans(text: str) -> list[tuple[int, int]]:
        return [match.span() for match in occurrences(pattern, b"acme", text.encode(), inside=True)]

    assert spans("acme acme 123456789012 acme") == [(10, 22)]
    assert spans("123456789012 is acme's") == [(0, 12)]
    assert spans("acme" + " " * 500 + "123456789012") == []


@pytest.mark.parametrize("credential", [PREFIXED, INSIDE])
def test_many_marks_cost_linear_time(credential: Credential) -> None:
    def search(size: int) -> object:
        data = credential.mark.encode() * (size // len(credential.mark))
        return list(occurrences(candidate(credential), credential.mark.encode(), data, inside=bool(credential.keyword)))

    assert grows_linearly(search, 50_000)


def test_a_shape_without_a_mark_is_no_candidate() -> None:
    with pytest.raises(ValueError, match="position"):
        candidate(Credential("d", "api_key", pattern="[0-9]{12}", anchored=True))
