"""Switches that make a program write down what it sends: shell tracing, verbose clients, wire logs of libraries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.credentials.secret_names import reveals
from authlint.concepts.unit import Unit
from authlint.concepts.web.requests import http_requests
from authlint.facts import Call, Const, Ref, Text, dotted, walk
from authlint.names import last
from authlint.source import Span

_OFF = frozenset((0, False, None))


@dataclass(frozen=True, slots=True)
class Trace:
    """A place that makes ``what`` be written ``to`` somewhere."""

    what: str
    to: str
    span: Span


def traces(unit: Unit) -> Iterator[Trace]:
    """Every switch of that kind that meets a credential."""
    yield from _shell_traces(unit)
    if _is_pipeline(unit):
        yield from _pipeline_traces(unit)
    yield from _wire_logs(unit)


def _shell_traces(unit: Unit) -> Iterator[Trace]:
    """``set -x`` before a command that a secret is given to, unless ``set +x`` stands between them."""
    tracing: Call | None = None
    switches = {meant.call.span: unit.folder.literal(unit.argument(meant, "flags")) for meant in unit.meaning("trace")}
    for call in unit.facts.calls if switches else ():
        flags = switches.get(call.span) or ""
        if "x" in flags:
            tracing = (tracing or call) if flags.startswith("-") else None
        shown = next(_given_away(call), None) if tracing is not None and not flags else None
        if shown is not None and tracing is not None:
            yield Trace(shown, "the trace", tracing.span)
            tracing = None  # what else is shown is the same mistake


def _given_away(call: Call) -> Iterator[str]:
    for argument in call.args:
        yield from (value.path for value in walk(argument) if isinstance(value, Ref) and reveals(value.path))


def _is_pipeline(unit: Unit) -> bool:
    """Whether commands run in a pipeline, whose log many may read."""
    root = unit.source.root
    return unit.source.language == "shell" and root is not unit.source and root.language == "yaml"


def _pipeline_traces(unit: Unit) -> Iterator[Trace]:
    for request in http_requests(unit):
        is_verbose = any(name in ("verbose", "trace") for name, _ in request.meant.call.named)
        if is_verbose and "authorization" in request.headers:
            yield Trace("the Authorization header", "the log of the job", request.meant.call.span)
    for meant in unit.meaning("environment-dump"):
        if not meant.call.args and meant.call.span not in unit.taken and not meant.call.named:
            yield Trace("the whole environment", "the log of the job", meant.call.span)


def _wire_logs(unit: Unit) -> Iterator[Trace]:
    for binding in unit.facts.bindings:
        row = unit.meanings.reads.get(unit.names.canonical(binding.path, binding.scope))
        if row is not None and row.means == "wire-log" and not _is_off(binding.value):
            yield Trace("every request with its headers", "the terminal", binding.span)
    for meant in unit.meaning("wire-logger"):
        logger, level = unit.argument(meant, "logger"), unit.argument(meant, "level")
        name = unit.folder.literal(logger.args[0]) if isinstance(logger, Call) and logger.args else ""
        if name in meant.row.attributes["loggers"].split() and level is not None and last(dotted(level)) == "DEBUG":
            yield Trace("each token that the library obtains", "the log", meant.call.span)
    for meant in unit.meaning("wire-middleware"):
        kind, headers = unit.argument(meant, "kind"), unit.argument(meant, "headers")
        if isinstance(kind, Text) and kind.literal == "logger" and isinstance(headers, Const) and headers.value is True:
            yield Trace("every request with its headers", "the log", meant.call.span)


def _is_off(value: object) -> bool:
    return isinstance(value, Const) and value.value in _OFF
