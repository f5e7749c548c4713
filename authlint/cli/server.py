"""``authlint server``: for editors."""

from __future__ import annotations

from importlib.util import find_spec

import click


@click.command("server", short_help="Serve an editor that speaks the Language Server Protocol.")
@click.option("--stdio", is_flag=True, help="On standard input and output, which is the only way; editors may say so.")
def command(stdio: bool) -> int:
    """Show findings in an editor as one types, with fixes. Speaks the protocol on standard input and output."""
    if find_spec("pygls") is None:
        raise click.UsageError("the server needs pygls: install authlint with its extra 'lsp', authlint[lsp]")
    from authlint.lsp.server import start  # noqa: PLC0415 - an extra

    return start()
