"""What a run writes: to standard output or a file as ``--output-format`` says, and a file for each ``--report``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import cached_property
from typing import Any

import click

from authlint.cli.options import wants_color
from authlint.cli.output import output, temporary
from authlint.project.files import Item, Target
from authlint.project.settings import Settings, shown
from authlint.reporters import COLORED, Reporter, Several, Sources, create


def reporter(
    options: Mapping[str, Any], settings: Settings, sources: Sources, files: ExitStack, *, aside: bool = False
) -> Reporter:
    """Writes all that the options ask for; the files are complete when ``files`` are closed.

    ``aside``: what would be on standard output is written to standard error.
    """
    write = files.enter_context(output(options["output_file"]))
    first = _first(options, settings, sources, sys.stderr.write if aside and not options["output_file"] else write)
    others = besides(options, sources, files)
    return Several([first, *others]) if others else first


def besides(options: Mapping[str, Any], sources: Sources, files: ExitStack) -> list[Reporter]:
    """What writes the files that ``--report`` asks for."""
    return [create(form, files.enter_context(output(file)), sources) for form, file in options["report"]]


def _first(
    options: Mapping[str, Any], settings: Settings, sources: Sources, write: Callable[[str], object]
) -> Reporter:
    form, color, file = settings.output_format, options["color"], options["output_file"]
    if options["statistics"]:
        from authlint.reporters.statistics import StatisticsReporter  # noqa: PLC0415 - seldom wanted

        return StatisticsReporter(write, as_json=form.startswith("json"))
    if form not in COLORED:
        return create(form, write, sources)
    colored = color == "always" if file else wants_color(color, sys.stdout, os.environ)
    return create(form, write, sources, color=colored)


def refuse_overwriting(options: Mapping[str, Any]) -> None:
    """A usage error if a file is named twice."""
    files = [os.path.abspath(file) for file in _outputs(options)]
    twice = next((file for file in files if files.count(file) > 1), "")
    if twice:
        raise click.UsageError(f"{shown(twice)} would be written twice")


def unwritten(items: Iterable[Item], options: Mapping[str, Any]) -> Iterable[Item]:
    """What is found, without the files that this run writes: those of the last run are there already."""
    files = [os.path.realpath(file) for file in _outputs(options)]
    return _without(items, {*files, *map(temporary, files)}) if files else items


def _without(items: Iterable[Item], written: set[str]) -> Iterator[Item]:
    for item in items:
        if not isinstance(item, Target) or item.explicit or os.path.realpath(item.path) not in written:
            yield item


def _outputs(options: Mapping[str, Any]) -> list[str]:
    return [file for file in (options["output_file"], *(file for _, file in options["report"])) if file]


class Locator:
    """Paths from the root of the repository, without symbolic links: services show files under no other name.

    The repository is the one that authlint is run in, also for what is in a submodule of it.
    """

    def __init__(self, identity: Callable[[str], str]) -> None:
        """``identity`` gives the path of an absolute path from the root of the repository around it."""
        self._identity = identity

    def __call__(self, path: str) -> str:
        """The path from the root, or an absolute one if it is in no repository and not below the working directory."""
        absolute = os.path.realpath(path).replace(os.sep, "/")
        return absolute.removeprefix(self._root) if absolute.startswith(self._root) else self._identity(absolute)

    @cached_property
    def _root(self) -> str:
        """The root of the repository around the working directory, or that directory; ends with a slash."""
        inside = f"{os.path.realpath(os.getcwd()).replace(os.sep, '/').rstrip('/')}/."
        return inside.removesuffix(self._identity(inside))
