"""Credentials of a configuration with the environment or the service that each is for: which serve more than one?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.credentials.credential_names import sort_of
from authlint.concepts.credentials.credential_values import is_random
from authlint.concepts.credentials.credentials import CONFIGURATION
from authlint.concepts.credentials.environments import Environment, of_key, of_path
from authlint.concepts.credentials.provider_keys import credential_of
from authlint.concepts.unit import Unit, once
from authlint.facts import Text
from authlint.names import last
from authlint.places import are_apart
from authlint.source import Span

_SERVICE = re.compile(r"services\.([\w-]{1,100})\.(?:environment|env)\.")
_SHORTEST = 16


@dataclass(frozen=True, slots=True)
class PlacedKey:
    """A credential and where it serves. ``value`` is the secret itself: it is compared, and never shown."""

    name: str
    value: str
    span: Span
    environment: Environment
    service: str
    kind: str  # live or test for a provider's key, otherwise empty


@dataclass(frozen=True, slots=True)
class SharedKey:
    """A credential that serves two environments or services; ``first`` is where it stood before."""

    key: PlacedKey
    first: PlacedKey
    here: str
    there: str


@once
def placed_keys(unit: Unit) -> tuple[PlacedKey, ...]:
    """Every credential of a configuration of which it is known what it is for."""
    return tuple(_placed(unit))


def _placed(unit: Unit) -> Iterator[PlacedKey]:
    if unit.source.language not in CONFIGURATION or unit.context.place != "code":
        return
    of_file = of_path(unit.source.path, unit.source.root.language)
    for binding in unit.facts.bindings:
        value = binding.value.literal if isinstance(binding.value, Text) else None
        if not value or len(value) < _SHORTEST:
            continue
        path = binding.path
        if (name := value.partition("=")[0]) != value and last(path) in ("", "environment", "env") and name.isupper():
            path, value = f"{path}.{name}", value.partition("=")[2]  # - NAME=value
        service = _SERVICE.match(f"{path}.")
        environment = of_key(path) or of_file
        if not environment and not service:
            continue
        kind = _kind(unit, value)
        if kind is None and not (sort_of(path) and is_random(value, name=last(path), at_least=16, samples=frozenset())):
            continue
        yield PlacedKey(last(path), value, binding.value.span, environment, service[1] if service else "", kind or "")


def _kind(unit: Unit, value: str) -> str | None:
    """``live``, ``test`` or ``any`` for a real key of a provider, otherwise ``None``."""
    credential = credential_of(unit, value)
    return credential.env if credential is not None else None


def shared_keys(unit: Unit) -> Iterator[SharedKey]:
    """The credentials that serve more than one environment or service of one source, each at its later places."""
    first: dict[str, PlacedKey] = {}
    for key in placed_keys(unit):
        before = first.setdefault(key.value, key)
        if key is before:
            continue
        if key.environment and before.environment and are_apart(key.environment, before.environment, key.kind):
            yield SharedKey(key, before, key.environment, before.environment)
        elif key.kind and key.service and before.service and key.service != before.service:
            yield SharedKey(key, before, f"service {key.service}", f"service {before.service}")
