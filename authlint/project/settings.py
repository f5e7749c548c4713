"""What a project decides: ``authlint.toml``, or ``[tool.authlint]`` in ``pyproject.toml``, found for each file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from authlint.errors import ConfigError
from authlint.ruleset.rules import Confidence

FailOn: TypeAlias = Literal["error", "warning", "info", "never"]
Format: TypeAlias = Literal[
    "text", "concise", "json", "json-lines", "sarif", "github", "gitlab-sast", "gitlab-secrets", "gitlab-codequality",
    "azure", "junit", "checkstyle", "rdjson", "sonarqube", "csv", "markdown", "html",
]  # fmt: skip

CONFIG, PYPROJECT = "authlint.toml", "pyproject.toml"

EXCLUDED = (
    ".git/", ".hg/", ".svn/", "node_modules/", ".venv/", "venv/", "site-packages/", "__pycache__/", ".eggs/", ".tox/",
    ".nox/", ".mypy_cache/", ".pytest_cache/", ".ruff_cache/", "dist/", "build/",
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "poetry.lock", "uv.lock",
    "pdm.lock", "Pipfile.lock", "Cargo.lock", "composer.lock", "Gemfile.lock",
)  # fmt: skip
"""What is not looked into when walking: what tools keep for themselves, and lock files."""


class Settings(NamedTuple):
    """Every key of a configuration file; in TOML with hyphens. ``authlint config`` says what each one means."""

    select: tuple[str, ...] = ("ALL",)
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    exclude: tuple[str, ...] = EXCLUDED
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    min_confidence: Confidence = "medium"
    fail_on: FailOn = "warning"
    max_file_size: int = 10_000_000
    max_file_seconds: int = 10
    rule_paths: tuple[str, ...] = ()
    baseline: str = ""
    internal_hosts: tuple[str, ...] = ()
    examples_in_code: Literal["warning", "off", "error"] = "warning"
    output_format: Format = "text"


LEAST = {"max_file_size": 1, "max_file_seconds": 0}
"""The least value of settings that are numbers; no seconds are no limit."""


KEYS: tuple[str, ...] = tuple(name.replace("_", "-") for name in Settings._fields)


class Config(NamedTuple):
    """Settings and the file they come from; no file stands for the defaults. Patterns with a slash are absolute."""

    settings: Settings = Settings()
    source: str = ""


class Configs:
    """Finds and keeps the configuration of each folder: that of the nearest file above it, never a mixture of two.

    ``file`` is used for every folder instead, ``isolated`` looks for none. ``changes`` is what the command line says.
    ``check`` is called once for each configuration before it is used, and may raise ``ConfigError``.
    """

    def __init__(
        self,
        file: str = "",
        isolated: bool = False,
        changes: Mapping[str, Any] | None = None,
        check: Callable[[Config], object] = lambda config: None,
    ) -> None:
        """Nothing is read before it is asked for."""
        self._file = file
        self._isolated = isolated
        self._changes = changes or {}
        self._check = check
        self._folders: dict[str, Config | ConfigError] = {}
        self._default: Config | None = None

    def at(self, folder: str) -> Config:
        """The configuration for the files in a folder, given by its absolute path."""
        if self._file or self._isolated:
            self._default = self._default or self._made(self._file)
            return self._default
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self._find(folder)
        if isinstance(known, ConfigError):
            raise known
        return known

    def _find(self, folder: str) -> Config | ConfigError:
        try:
            for name in (CONFIG, PYPROJECT):
                file = os.path.join(folder, name)
                if os.path.isfile(file) and (name == CONFIG or _mentions_us(file)):
                    table = _table(file)
                    if table is not None:
                        return self._made(file, table)
            above = os.path.dirname(folder)
            if above != folder:
                return self.at(above)
            self._default = self._default or self._made("")
        except ConfigError as error:
            return error
        return self._default

    def _made(self, file: str, table: Mapping[str, Any] | None = None) -> Config:
        settings = load(file, table) if file else Settings()
        config = Config(changed(settings, self._changes), file)
        try:
            self._check(config)
        except ConfigError:
            self._check(Config(settings, file))  # the file's mistake …
            self._check(config._replace(source=""))  # … or the command line's
            raise
        return config


def load(file: str, table: Mapping[str, Any] | None = None) -> Settings:
    """The settings in one file, with the paths in it made absolute."""
    from authlint.ruleset.schema import build  # noqa: PLC0415 - not needed where there is no configuration

    if table is None:
        table = _table(file)
    if table is None:
        raise ConfigError(f"{shown(file)}: has no table [tool.authlint]")
    where = shown(file) + (": [tool.authlint]" if os.path.basename(file) == PYPROJECT else "")
    settings = build(Settings, table, where, hyphens=True, error=ConfigError)
    for name, least in LEAST.items():
        if getattr(settings, name) < least:
            raise ConfigError(f"{where}: '{name.replace('_', '-')}' must be at least {least}")
    return anchored(settings, os.path.dirname(os.path.abspath(file)))


def anchored(settings: Settings, base: str) -> Settings:
    """The same settings where patterns and folders, written relative to ``base``, are absolute."""
    from authlint.project.ignore import anchor  # noqa: PLC0415 - not needed where there is no configuration

    slashed = base.replace(os.sep, "/")
    return settings._replace(
        exclude=tuple(anchor(pattern, slashed) for pattern in settings.exclude),
        extend_exclude=tuple(anchor(pattern, slashed) for pattern in settings.extend_exclude),
        per_file_ignores={anchor(key, slashed): codes for key, codes in settings.per_file_ignores.items()},
        rule_paths=tuple(os.path.normpath(os.path.join(base, path)) for path in settings.rule_paths),
        baseline=os.path.normpath(os.path.join(base, settings.baseline)) if settings.baseline else "",
    )


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Settings with what the command line says on top.

    ``select`` starts afresh, so nothing that a file ignores or adds is left; what is added or ignored on the command
    line comes on top of a file's.
    """
    if not changes:
        return settings
    new = dict(changes)
    if "select" in new:
        settings = settings._replace(ignore=(), extend_select=())
    added = tuple(new.get("extend_select", ()))
    new["extend_select"] = settings.extend_select + added
    new["ignore"] = tuple(word for word in settings.ignore if word not in added) + tuple(new.get("ignore", ()))
    new["extend_exclude"] = settings.extend_exclude + tuple(new.get("extend_exclude", ()))
    new["per_file_ignores"] = _joined(settings.per_file_ignores, new.get("per_file_ignores", {}))
    return settings._replace(**new)


def shown(path: str) -> str:
    """A path as it is put in a message: relative where it is below the working directory, with ``/``."""
    here, full = os.getcwd(), os.path.abspath(path)
    if full == here:
        return "."
    return (full[len(here) + 1 :] if full.startswith(here + os.sep) else path).replace(os.sep, "/")


def _joined(one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    joined = dict(one)
    for pattern, codes in other.items():
        joined[pattern] = joined.get(pattern, ()) + tuple(codes)
    return joined


def _mentions_us(file: str) -> bool:
    """Whether a ``pyproject.toml`` can have a table of ours; spares most projects a TOML parser."""
    return b"authlint" in _read(file)


def _read(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise ConfigError(f"{shown(file)}: cannot be read: {error.strerror}") from None


def _table(file: str) -> Mapping[str, Any] | None:
    """The table of ours in a file; ``None`` for a ``pyproject.toml`` that has none."""
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - not needed where there is no configuration
    else:
        import tomli as tomllib  # noqa: PLC0415 - the same
    raw = _read(file)
    try:
        table: Mapping[str, Any] = tomllib.loads(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except UnicodeDecodeError:
        raise ConfigError(f"{shown(file)}: is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{shown(file)}: is not TOML: {error}") from None
    if os.path.basename(file) != PYPROJECT:
        return table
    tool = table.get("tool", {})
    ours = tool.get("authlint") if isinstance(tool, dict) else None
    if ours is not None and not isinstance(ours, dict):
        raise ConfigError(f"{shown(file)}: 'tool.authlint' must be a table")
    return ours
