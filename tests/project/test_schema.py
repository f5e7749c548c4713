from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authlint.errors import AuthlintError, ConfigError, RuleError
from authlint.ruleset.schema import build, dump, either


class Part(NamedTuple):
    size: int
    label: str = ""


class Whole(NamedTuple):
    name: str
    level: Literal["low", "high"] = "low"
    level_or_none: Literal["low", "high"] | None = None
    weight: float = 1.0
    on: bool = False
    words: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    kinds: tuple[Literal["a", "b"], ...] = ()
    max_size: Optional[int] = None  # noqa: UP045 - the older way to write it
    part: Part = Part(0)
    parts: tuple[Part, ...] = ()
    lists: dict[str, tuple[str, ...]] = {}
    named: dict[str, Part] = {}


FULL = Whole(
    name="n",
    level="high",
    level_or_none="low",
    weight=2.0,
    on=True,
    words=("w", "v"),
    numbers=(1, 2),
    kinds=("a", "b"),
    max_size=3,
    part=Part(1, "one"),
    parts=(Part(2), Part(3, "three")),
    lists={"x": ("y", "z"), "e": ()},
    named={"p": Part(4)},
)
FULL_TABLE = {
    "name": "n",
    "level": "high",
    "level_or_none": "low",
    "weight": 2.0,
    "on": True,
    "words": ["w", "v"],
    "numbers": [1, 2],
    "kinds": ["a", "b"],
    "max_size": 3,
    "part": {"size": 1, "label": "one"},
    "parts": [{"size": 2}, {"size": 3, "label": "three"}],
    "lists": {"x": ["y", "z"], "e": []},
    "named": {"p": {"size": 4}},
}


def test_every_kind_of_field() -> None:
    assert build(Whole, FULL_TABLE, "f.toml") == FULL


def test_missing_fields_have_their_defaults() -> None:
    assert build(Whole, {"name": "n"}, "f.toml") == Whole("n")


def test_an_integer_is_a_number() -> None:
    built = build(Whole, {"name": "n", "weight": 3}, "f.toml")
    assert built.weight == 3.0
    assert isinstance(built.weight, float)


def test_a_string_stands_for_a_list_of_one() -> None:
    built = build(Whole, {"name": "n", "words": "w", "kinds": "b", "lists": {"x": "y"}}, "f.toml")
    assert (built.words, built.kinds, built.lists) == (("w",), ("b",), {"x": ("y",)})


def test_hyphens() -> None:
    table = {"name": "n", "max-size": 3, "level-or-none": "high", "named": {"a_b-c": {"size": 1}}}
    assert build(Whole, table, "f.toml", hyphens=True) == Whole(
        "n", max_size=3, level_or_none="high", named={"a_b-c": Part(1)}
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({}, "key 'name' is missing"),
        ({"part": {"label": "x"}}, "key 'part.size' is missing"),
        ({"parts": [{"size": 1}, {}]}, "key 'parts[1].size' is missing"),
        ({"nane": "n"}, "unknown key 'nane', did you mean 'name'?"),
        ({"max-size": 1}, "unknown key 'max-size', did you mean 'max_size'?"),
        ({"zzz": 1}, "unknown key 'zzz'"),
        ({"parts": [{"sizes": 1}]}, "unknown key 'parts[0].sizes', did you mean 'size'?"),
        ({"named": {"p": {"lable": 1}}}, "unknown key 'named.p.lable', did you mean 'label'?"),
        ({"name": 1}, "'name' must be a string, not an integer"),
        ({"name": {}}, "'name' must be a string, not a table"),
        ({"level": "hihg"}, "'level' must be 'low' or 'high', not 'hihg'"),
        ({"level": 1}, "'level' must be 'low' or 'high', not an integer"),
        ({"level": ["low"]}, "'level' must be 'low' or 'high', not a list"),
        ({"level_or_none": ""}, "'level_or_none' must be 'low' or 'high', not ''"),
        ({"weight": "1"}, "'weight' must be a number, not a string"),
        ({"weight": True}, "'weight' must be a number, not true"),
        ({"on": 1}, "'on' must be true or false, not an integer"),
        ({"max_size": False}, "'max_size' must be an integer, not false"),
        ({"max_size": 1.0}, "'max_size' must be an integer, not a number"),
        ({"words": 1}, "'words' must be a list of strings, not an integer"),
        ({"words": ["w", 1]}, "'words[1]' must be a string, not an integer"),
        ({"words": [["w"]]}, "'words[0]' must be a string, not a list"),
        ({"numbers": 1}, "'numbers' must be a list of integers, not an integer"),
        ({"numbers": "1"}, "'numbers' must be a list of integers, not a string"),
        ({"numbers": [1.5]}, "'numbers[0]' must be an integer, not a number"),
        ({"kinds": ["a", "c"]}, "'kinds[1]' must be 'a' or 'b', not 'c'"),
        ({"part": []}, "'part' must be a table, not a list"),
        ({"parts": {"size": 1}}, "'parts' must be a list of tables, not a table"),
        ({"parts": ["x"]}, "'parts[0]' must be a table, not a string"),
        ({"lists": []}, "'lists' must be a table, not a list"),
        ({"lists": {"x": [1]}}, "'lists.x[0]' must be a string, not an integer"),
        ({"named": {"p": {"size": "x"}}}, "'named.p.size' must be an integer, not a string"),
    ],
)
def test_errors_name_file_and_key(table: Mapping[str, Any], sentence: str) -> None:
    rest = {} if not table or set(table) & {"name", "nane", "zzz"} else {"name": "n"}
    with pytest.raises(RuleError) as error:
        build(Whole, {**rest, **table}, "rules/f.toml")
    assert str(error.value) == f"rules/f.toml: {sentence}"


def test_a_suggestion_with_hyphens() -> None:
    with pytest.raises(ConfigError, match=r"^f\.toml: unknown key 'max_size', did you mean 'max-size'\?$"):
        build(Whole, {"name": "n", "max_size": 3}, "f.toml", hyphens=True, error=ConfigError)


def test_dump_is_the_way_back() -> None:
    assert dump(FULL) == FULL_TABLE
    assert dump(Whole("n")) == {"name": "n"}


def test_a_type_that_no_table_can_hold_is_a_mistake_of_the_program() -> None:
    class Wrong(NamedTuple):
        value: bytes = b""

    with pytest.raises(TypeError, match="a table cannot hold <class 'bytes'>"):
        build(Wrong, {}, "f.toml")


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "'a'"), (["a", "b"], "'a' or 'b'"), (["a", "b", "c"], "'a', 'b' or 'c'")]
)
def test_either(words: list[str], text: str) -> None:
    assert either(words) == text


parts = st.builds(Part, st.integers(), st.text())
texts = st.lists(st.text()).map(tuple)
wholes = st.builds(
    Whole,
    name=st.text(),
    level=st.sampled_from(["low", "high"]),
    level_or_none=st.sampled_from([None, "low", "high"]),
    weight=st.floats(allow_nan=False),
    on=st.booleans(),
    words=texts,
    numbers=st.lists(st.integers()).map(tuple),
    kinds=st.lists(st.sampled_from("ab")).map(tuple),
    max_size=st.none() | st.integers(),
    part=parts,
    parts=st.lists(parts).map(tuple),
    lists=st.dictionaries(st.text(), texts),
    named=st.dictionaries(st.text(), parts),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(wholes)
def test_any_object_survives_json(whole: Whole) -> None:
    assert build(Whole, json.loads(json.dumps(dump(whole))), "f.toml") == whole


@given(st.dictionaries(st.sampled_from(list(FULL_TABLE)), values))
def test_any_table_gives_an_object_or_an_expected_error(table: dict[str, Any]) -> None:
    with suppress(AuthlintError):
        build(Whole, table, "f.toml")
