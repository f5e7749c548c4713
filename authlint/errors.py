"""The errors authlint expects: one small tree, each error one sentence for the person who can act on it."""

from __future__ import annotations


class AuthlintError(Exception):
    """Something the user can put right. The command line prints it as one line and exits with 2."""


class ConfigError(AuthlintError):
    """A configuration file, or a flag that stands for one, says something authlint cannot follow."""


class RuleError(AuthlintError):
    """A rule, provider or library file is not valid; the message names the file and the key."""


class InputError(AuthlintError):
    """A path named on the command line does not exist or cannot be read."""
