"""The command line. Commands are imported when they are run, so that none pays for another."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from authlint import __version__
from authlint.errors import AuthlintError

CLEAN, FINDINGS, FAILED, INTERRUPTED = 0, 1, 2, 130
"""The exit codes, the same for every command and format."""

_COMMANDS = ("check", "rule", "rules", "providers", "facts", "baseline", "config", "completion", "sample", "server")


class _Commands(click.Group):
    """Commands by name, each in a module of its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"authlint.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            from authlint.ruleset.schema import suggest  # noqa: PLC0415 - only errors need it

            hint = f"; to check files: authlint check {args[0]}" if os.path.exists(args[0]) else ""
            raise click.UsageError(f"there is no command '{args[0]}'{hint or suggest(args[0], _COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="authlint", message="%(prog)s %(version)s")
@click.pass_context
def group(ctx: click.Context) -> None:
    """Find the mistakes people make when they authenticate against APIs, and say how to put each one right."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(FAILED)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end the process with its exit code."""
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a character the terminal cannot show is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    code = _run(arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _abandon_stdout()
    except OSError as error:
        _abandon_stdout()
        code = _say(f"standard output cannot be written: {error.strerror}")
    sys.exit(code)


def _open_closed() -> None:
    """Python has ``None`` for a stream that whoever started it has closed (``>&-``)."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - open as long as the process


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = group.main(arguments, prog_name="authlint", standalone_mode=False)
    except click.ClickException as error:
        return _say(error.format_message())
    except AuthlintError as error:
        return _say(str(error))
    except BrokenPipeError:
        return _abandon_stdout()
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return INTERRUPTED
    except OSError as error:
        return _say(f"{error.filename or 'output'}: {error.strerror or error}")
    except Exception as error:
        if os.environ.get("AUTHLINT_DEBUG"):
            raise
        from authlint.run.runner import place  # noqa: PLC0415 - should never be needed

        return _say(f"internal error ({place(error)}), please report it; AUTHLINT_DEBUG=1 shows more")
    return code if isinstance(code, int) else CLEAN


def _say(message: str) -> int:
    """One line on standard error, in which what files and arguments are called drives no terminal."""
    from authlint.secret.redact import clean  # noqa: PLC0415 - only errors need it

    click.echo(f"error: {clean(' '.join(message.split()))}", err=True)
    return FAILED


def _abandon_stdout() -> int:
    """Nobody reads any more (``| head``): be silent, also when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FINDINGS
