"""What different languages say the same way comes to the same facts: each construct of ``same_facts.txt``.

A construct has a snippet for each language that has it (a shell has no attributes, JavaScript no named arguments), then
the facts that all of them come to. Where a name ends in ``, among others``, they are only some: languages differ in
what else they say, such as the parameter that Python's methods have for their object.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from authlint.concepts.unit import Unit
from authlint.facts import walk
from authlint.factview import lines
from authlint.frontends import lower
from authlint.ruleset.knowledge import Knowledge
from authlint.run.catalog import load
from authlint.source import Source

ENVIRONMENT = {"python": "os.environ.", "javascript": "process.env.", "shell": "", "powershell": "env.", "ruby": "ENV."}
"""Facts keep a language's own name of the environment, ``{env}`` in the file; rows of libraries say what it is."""

BLOCKS = Path(__file__).with_name("same_facts.txt").read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
PARTS = {block.partition("\n")[0]: block.partition("\n--- ")[2].split("\n--- ") for block in BLOCKS}
SNIPPETS = {
    name: {part.partition("\n")[0]: part.partition("\n")[2].rstrip("\n") + "\n" for part in parts}
    for name, parts in PARTS.items()
}
CASES = [(name, language) for name, parts in SNIPPETS.items() for language in parts if language != "facts"]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_construct_comes_to_the_same_facts(name: str, language: str) -> None:
    facts = lower(Source("x", SNIPPETS[name][language].encode(), language))
    assert facts.broken == []
    expected = SNIPPETS[name]["facts"].replace("{env}", ENVIRONMENT[language]).splitlines()
    got = list(lines(facts))[1:]
    assert [line for line in got if line in expected or not name.endswith(", among others")] == expected


@pytest.mark.parametrize("name", SNIPPETS)
def test_positions_lie_where_the_names_stand(name: str) -> None:
    for language, code in SNIPPETS[name].items():
        if language == "facts":
            continue
        source = Source("x", code.encode(), language)
        for binding in lower(source).bindings:
            written = source.data[slice(*binding.name_span)].decode()
            assert binding.path.rpartition(".")[2] in written
            assert binding.span[0] <= binding.name_span[0] < binding.name_span[1] <= binding.span[1]


@pytest.mark.parametrize("language", [language for language in ENVIRONMENT if language != "shell"])
def test_the_environment_is_known_by_each_of_its_names(language: str) -> None:
    source = Source("x", SNIPPETS["the environment that is read"][language].encode(), language)
    unit = Unit(source, lower(source), Knowledge(load()))
    (binding,) = unit.facts.bindings
    assert "environment" in {unit.read_means(value) for value in walk(binding.value)}


def test_every_construct_has_at_least_three_languages_or_two_that_have_it() -> None:
    known = set(ENVIRONMENT)
    for name, parts in SNIPPETS.items():
        assert {"powershell", "ruby"} & set(parts) or set(parts) - {"facts"} == {"python", "javascript"}, name
        assert set(parts) - {"facts"} <= known
        assert len(parts) > 2, name
