from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from authlint.cli.config import DESCRIPTIONS, command, toml
from authlint.cli.configschema import schema
from authlint.errors import ConfigError
from authlint.project.settings import KEYS, load

SCHEMA = schema(DESCRIPTIONS)
VALUES: tuple[Any, ...] = (
    True, False, 0, 1, -5, 1.5, "", "text", "error", "off", "high", "json", "html", "xml", [], ["a"], ["a", 1], {},
    {"a": ["b"]}, {"a": "b"}, {"a": [1]},
)  # fmt: skip


def is_valid(document: object) -> bool:
    return jsonschema.Draft7Validator(SCHEMA).is_valid(document)


def test_it_is_a_schema_of_every_key() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert tuple(SCHEMA["properties"]) == KEYS
    assert all(each["description"] for each in SCHEMA["properties"].values())


@pytest.mark.parametrize("key", KEYS)
def test_it_takes_what_authlint_takes_and_nothing_else(key: str, tmp_path: Path) -> None:
    file = tmp_path / "authlint.toml"
    taken = []
    for value in VALUES:
        file.write_text(
            f"{key} = {toml(tuple(value) if isinstance(value, list) else inline(value))}\n", encoding="utf-8"
        )
        try:
            load(str(file))
        except ConfigError:
            assert not is_valid({key: value}), value
        else:
            assert is_valid({key: value}), value
            taken.append(value)
    assert taken
    assert len(taken) < len(VALUES)


def inline(value: Any) -> Any:
    """Lists in a table as the writer of TOML wants them."""
    return (
        {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
        if isinstance(value, dict)
        else value
    )


def test_defaults_fit_and_unknown_keys_do_not() -> None:
    assert is_valid({key: each["default"] for key, each in json.loads(json.dumps(SCHEMA))["properties"].items()})
    assert not is_valid({"selct": ["AUT1"]})


def test_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["--schema"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(SCHEMA))
