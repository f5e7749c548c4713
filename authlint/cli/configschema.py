"""The JSON Schema of a configuration, made from the settings: editors complete and check ``authlint.toml`` with it."""

from __future__ import annotations

import typing
from typing import Any, Literal

from authlint.project.settings import LEAST, Settings

_WORDS = {"type": ["array", "string"], "items": {"type": "string"}}  # one may stand without brackets
_SIMPLE: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    tuple: _WORDS,
    dict: {"type": "object", "additionalProperties": _WORDS},
}


def schema(descriptions: dict[str, str]) -> dict[str, Any]:
    """What may stand in ``authlint.toml``, and below ``[tool.authlint]``."""
    hints = typing.get_type_hints(Settings)
    properties = {}
    for name, default in Settings()._asdict().items():
        key = name.replace("_", "-")
        least = {"minimum": LEAST[name]} if name in LEAST else {}
        properties[key] = {"description": descriptions[key], **_type(hints[name]), **least, "default": default}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "authlint",
        "description": "The configuration of authlint: authlint.toml, or [tool.authlint] in pyproject.toml.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _type(hint: Any) -> dict[str, Any]:
    origin = typing.get_origin(hint)
    return {"enum": list(typing.get_args(hint))} if origin is Literal else _SIMPLE[origin or hint]
