"""Where software is put together and run: images, pipelines, manifests. Whoever runs them reads what they carry."""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.credentials.credential_names import sort_of
from authlint.concepts.credentials.credentials import Known
from authlint.concepts.unit import Unit, once
from authlint.facts import Const, Text
from authlint.source import Span
from authlint.values.texts import partition

_COMPOSE = re.compile(r"(?:services\.[\w.-]{1,100}|x-[\w-]{1,40})\.(?:environment|env|build\.args)\.")
_COMPOSE_PATH = re.compile(r"(?i)(^|/)(?:docker-)?compose[^/]*\.ya?ml$|(^|/)docker-compose")
_GITHUB = re.compile(r"(^|/)\.github/(?:workflows|actions)/")
_PIPELINE = re.compile(r"(?i)(^|/)(?:\.gitlab-ci[^/]*|\.travis|\.drone|azure-pipelines[^/]*|bitbucket-pipelines|appveyor|cloudbuild[^/]*|buildspec[^/]*|config)\.ya?ml$")  # fmt: skip  # noqa: E501
_PULL_REQUEST = re.compile(r"^on\.(?:\d+\.|\[\]\.)?pull_request(?:\.|$)")
_CIRCLE = re.compile(r"(^|/)\.circleci/")
_SET_IN_PIPELINE = re.compile(r"(?:^|\.)(?:env|environment|variables|with|args|global|script|parameters)\.")
_SET_IN_MANIFEST = re.compile(r"^(?:items\.\d+\.)?(?:data|stringData|binaryData)\.|\.env\.\d+\.|\.env\.|\.args\.")
_MANIFESTS = frozenset(
    {"ConfigMap", "Secret", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "ReplicaSet", "List"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret ends up, and what should bring it there instead."""

    where: str
    instead: str


IMAGE = Place("image history", "a secret mount")
CONTAINER = Place("container's definition", "an env file that is not committed")
_COMPOSED = Place("compose file", "a compose secret or an env_file")
_PIPELINES = Place("pipeline definition", "a CI secret")
_MANIFEST = Place("manifest", "a secretKeyRef or a sealed secret")


def place_of(unit: Unit, path: str, span: Span) -> Place | None:
    """Where a configured value ends up, or ``None`` if it is part of no deployment."""
    language = unit.source.language
    if language == "dockerfile":
        return IMAGE if path.startswith(("ENV.", "ARG.")) else None
    if language not in ("yaml", "json"):
        return None
    if _COMPOSE.match(path) and not _PIPELINE.search(unit.source.path):
        return _COMPOSED
    if _is_pipeline(unit.source.path):
        return _PIPELINES if _SET_IN_PIPELINE.search(path) else None
    if _SET_IN_MANIFEST.search(path) and _kind_at(unit, span) in _MANIFESTS:
        return _MANIFEST
    return None


def build_arguments(unit: Unit) -> Iterator[tuple[str, Span]]:
    """Secrets that an image is built with: an ``ARG`` that is used, ``docker build --build-arg``."""
    for binding in unit.facts.bindings if unit.source.language == "dockerfile" else ():
        name = binding.path.removeprefix("ARG.")
        unset = isinstance(binding.value, Const) or (isinstance(binding.value, Text) and not binding.value.parts)
        if name != binding.path and unset and sort_of(name) and _is_used(unit, name):
            yield name, binding.span
    for name, value in _container_pairs(unit, "build"):
        if sort_of(name):
            yield name, value.span


def _is_used(unit: Unit, name: str) -> bool:
    return bool(re.search(rb"\$\{?" + re.escape(name.encode()) + rb"\b", unit.source.data))


def container_values(unit: Unit) -> Iterator[tuple[str, Text]]:
    """Literals that a container is started with: ``docker run -e NAME=value``."""
    return ((name, value) for name, value in _container_pairs(unit, "env") if sort_of(name) and value.literal)


def _container_pairs(unit: Unit, part: str) -> Iterator[tuple[str, Text]]:
    for meant in unit.meaning("container"):
        wanted = meant.row.arguments.get(part, ())
        for flag, value in meant.call.named:
            if flag in wanted and isinstance(value, Text):
                name, _, rest = partition(value, "=")
                if name.literal:
                    yield name.literal, Text(rest.parts, value.span)


def _is_pipeline(path: str) -> bool:
    if _GITHUB.search(path) or _CIRCLE.search(path):
        return True
    return bool(_PIPELINE.search(path)) and not path.lower().endswith(("/config.yml", "/config.yaml"))


def runs_on_pull_requests(unit: Unit, span: Span) -> bool:
    """Whether a place is in a workflow that anybody starts who proposes a change, and no condition says otherwise."""
    if unit.source.language != "yaml" or not _is_pipeline(unit.source.path):
        return False
    starts = [b for b in unit.facts.bindings if b.path == "on" or b.path.startswith("on.")]
    if not any(
        _PULL_REQUEST.search(f"{b.path}.{b.value.literal if isinstance(b.value, Text) else ''}") for b in starts
    ):
        return False
    owner = next((b.path for b in unit.facts.bindings if b.span[0] <= span[0] and span[1] <= b.span[1]), "")
    job = ".".join(owner.split(".")[:2]) + "."
    return not any(b.path.startswith(job) and b.path.endswith(".if") for b in unit.facts.bindings)


def decoded(unit: Unit, path: str, known: Known) -> str:
    """The text of a literal; what a Kubernetes ``Secret`` has under ``data`` is Base64 of it."""
    if not path.startswith("data.") or unit.source.language not in ("yaml", "json"):
        return known.text
    if _kind_at(unit, known.span) != "Secret":
        return known.text
    try:
        return base64.b64decode(known.text, validate=True).decode()
    except (binascii.Error, ValueError):
        return known.text


def _kind_at(unit: Unit, span: Span) -> str:
    """``kind`` of the YAML document around a span."""
    starts, kinds = _documents(unit)
    return kinds.get(bisect_right(starts, span[0]), "")


@once
def _documents(unit: Unit) -> tuple[list[int], dict[int, str]]:
    """Where the documents of a YAML stream begin, and the ``kind`` of each by its number."""
    starts = [match.start() for match in re.finditer(rb"(?m)^---(?=\s|$)", unit.source.data)]
    kinds: dict[int, str] = {}
    for binding in unit.facts.bindings:
        if binding.path == "kind" and isinstance(binding.value, Text):
            kinds.setdefault(bisect_right(starts, binding.span[0]), binding.value.literal or "")
    return starts, kinds
