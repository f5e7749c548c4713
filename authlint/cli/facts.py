"""``authlint facts``: what authlint reads in a file, for whoever writes a rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from authlint.errors import InputError
from authlint.files import TooLargeError, read
from authlint.settings import Settings

if TYPE_CHECKING:
    from authlint.source import Source


@click.command("facts", short_help="Print the facts that rules see in a file.")
@click.argument("file", metavar="FILE")
@click.option("--language", default="", metavar="NAME", help="The language, where the file's name does not say it.")
def command(file: str, language: str) -> None:
    """Print the facts that rules see in FILE: scopes, imports, bindings, calls, comparisons, comments."""
    from authlint import languages  # noqa: PLC0415 - not before the arguments are known to be good
    from authlint.source import Source, decode  # noqa: PLC0415

    if language and languages.by_name(language) == "text":
        from authlint.schema import either  # noqa: PLC0415 - only errors need it

        raise click.UsageError(f"there is no language '{language}'; there is {either(sorted(languages.LANGUAGES))}")
    data = decode(_content(file))
    name = languages.by_name(language) if language else languages.detect(file, data)
    for line in _lines(Source(file, data, name), 0):
        click.echo(line)


def _content(file: str) -> bytes:
    try:
        raw, binary = read(file, Settings().max_file_size)
    except TooLargeError:
        raise InputError(f"{file}: is larger than {Settings().max_file_size:,} bytes") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    if binary:
        raise InputError(f"{file}: is not text")
    return raw


def _lines(source: Source, depth: int) -> Iterator[str]:
    from authlint import factview  # noqa: PLC0415 - not before the file is read
    from authlint.frontends import lower  # noqa: PLC0415
    from authlint.redact import clean, mask_line  # noqa: PLC0415

    facts = lower(source)
    yield "  " * depth + f"{source.language}{f' ({len(facts.broken)} places do not parse)' if facts.broken else ''}"
    for line in factview.lines(facts):
        if not line.startswith("embedded "):
            yield "  " * (depth + 1) + clean(mask_line(line))
    for embedded in facts.embedded:
        yield from _lines(embedded, depth + 1)
