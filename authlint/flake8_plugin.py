"""The flake8 plugin ``AUT``: the findings of ``authlint check`` for the file that flake8 is at."""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator
from typing import Any, ClassVar

from authlint import __version__
from authlint.errors import AuthlintError


class Plugin:
    """flake8 asks for one of these a file. ``# noqa`` is left to flake8, and ``# flake8: noqa`` too."""

    name = "authlint"
    version = __version__
    _settings: ClassVar[tuple[str, bool]] = ("", False)
    _session: ClassVar[Any] = None

    def __init__(self, tree: ast.AST, filename: str, lines: list[str]) -> None:
        """``tree`` is not used, but flake8 takes only those that ask for it for plugins of whole files."""
        self._filename = filename
        self._lines = lines

    @classmethod
    def add_options(cls, option_manager: Any) -> None:
        """Which configuration to use: flake8's own files cannot hold ours."""
        add = option_manager.add_option
        add("--authlint-config", default="", metavar="FILE", parse_from_config=True, normalize_paths=True,
            help="authlint: a configuration file to use for all files")  # fmt: skip
        add("--authlint-isolated", action="store_true", default=False, parse_from_config=True,
            help="authlint: look for no configuration files")  # fmt: skip

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Called once for a run, or once for each process; nothing is loaded here."""
        cls._settings = (options.authlint_config, options.authlint_isolated)
        cls._session = None

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Findings that would fail the command line's run. Never raises: that would end flake8."""
        try:
            if Plugin._session is None:
                from authlint.run.session import Session  # noqa: PLC0415 - flake8 imports plugins even for --version

                Plugin._session = Session(*Plugin._settings)
            path = "" if self._filename in ("-", "stdin") else self._filename
            found = [*Plugin._session.messages(path, "".join(self._lines))]
        except Exception as error:
            known = isinstance(error, AuthlintError)
            what = (
                " ".join(str(error).split()) if known else f"internal error ({type(error).__name__}), please report it"
            )
            found = [(1, 0, f"AUT000 {what}")]
        for line, column, text in found:
            yield line, column, text, Plugin
