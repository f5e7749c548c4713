"""``authlint facts``: what authlint reads in a file, for whoever writes a rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from authlint.errors import InputError
from authlint.project.files import TooLargeError, read
from authlint.project.settings import Settings

if TYPE_CHECKING:
    from authlint.source import Source


@click.command("facts", short_help="Print the facts that rules see in a file.")
@click.argument("file", metavar="FILE")
@click.option("--language", default="", metavar="NAME", help="The language, where the file's name does not say it.")
@click.option("--show-secrets", is_flag=True, help="Print values as they are; without it, credentials are masked.")
def command(file: str, language: str, show_secrets: bool) -> None:
    """Print the facts that rules see in FILE: scopes, imports, bindings, calls, comparisons, comments."""
    from authlint import languages  # noqa: PLC0415 - not before the arguments are known to be good
    from authlint.source import Source, decode  # noqa: PLC0415

    if language and languages.by_name(language) == "text":
        from authlint.ruleset.schema import either  # noqa: PLC0415 - only errors need it

        raise click.UsageError(f"there is no language '{language}'; there is {either(sorted(languages.LANGUAGES))}")
    data = decode(_content(file))
    name = languages.by_name(language) if language else languages.detect(file, data)
    for line in _lines(Source(file, data, name), 0, show_secrets):
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


def _lines(source: Source, depth: int, show_secrets: bool) -> Iterator[str]:
    from authlint import factview  # noqa: PLC0415 - not before the file is read
    from authlint.frontends import lower  # noqa: PLC0415
    from authlint.secret.redact import clean  # noqa: PLC0415

    facts = lower(source)
    shown = str if show_secrets else _masker(source)
    yield "  " * depth + f"{source.language}{f' ({len(facts.broken)} places do not parse)' if facts.broken else ''}"
    for line in factview.lines(facts):
        if not line.startswith("embedded "):
            yield "  " * (depth + 1) + clean(shown(line))
    for embedded in facts.embedded:
        yield from _lines(embedded, depth + 1, show_secrets)


def _masker(source: Source) -> Callable[[str], str]:
    """What masks a line about facts: all that would be masked in the source, where names stand beside values."""
    from authlint.secret.redact import credentials, mask, mask_line  # noqa: PLC0415 - not before the file is read

    text = source.data.decode("utf-8", "replace")
    hidden = {line[start:end] for line in text.splitlines() for start, end in credentials(line)}
    pattern = re.compile("|".join(map(re.escape, sorted(hidden, key=len, reverse=True))) or "(?!)")
    return lambda line: mask_line(pattern.sub(lambda match: mask(match[0]), line))
