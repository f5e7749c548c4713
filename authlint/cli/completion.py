"""``authlint completion``: what a shell needs to complete commands, options, formats and rules."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from authlint.cli import group

VARIABLE = "_AUTHLINT_COMPLETE"
"""The variable by which click is asked for completions; its name follows from the program's."""


@click.command("completion", short_help="Print the script that makes a shell complete authlint.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print a script for SHELL that completes commands, options, formats and rules.

    \b
    bash  add to ~/.bashrc:  eval "$(authlint completion bash)"
    zsh   add to ~/.zshrc:   eval "$(authlint completion zsh)"
    fish  authlint completion fish > ~/.config/fish/completions/authlint.fish
    """
    complete = get_completion_class(shell)
    if complete is None:  # not so with any click that is allowed
        raise click.UsageError(f"this version of click knows nothing of {shell}")
    # the base's method: that for bash starts one to ask for its version
    click.echo(ShellComplete.source(complete(group, {}, "authlint", VARIABLE)))
