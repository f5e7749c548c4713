"""Where a file of a repository would be linted from: its settings, and whether they leave it out."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from authlint.errors import ConfigError
from authlint.finding import Problem
from authlint.git.repository import Repository
from authlint.places import is_development, place_of
from authlint.project.files import excludes
from authlint.project.ignore import Patterns
from authlint.project.settings import Config, Configs, shown

_TELLING = re.compile(
    r"api|app|back|base|build|circleci|compose|conf|const|cred|deploy|dev|drone|env|github|gitlab|i18n|jenkins|key|l10n"
    r"|lang|local|messag|middleware|netrc|npmrc|page|pipeline|prod|pypirc|route|secret|server|setting|stag|tfvars|transl"
    r"|travis"
)
"""What is in the words by which rules and concepts tell from a path what a file is for."""


class Place(NamedTuple):
    """A file's path as it is reported, from the top of the repository, and the settings for it."""

    path: str
    identity: str
    config: Config

    @property
    def kind(self) -> tuple[str | bool, ...]:
        """What is the same for places where the same content means the same."""
        settings = self.config.settings
        if settings.per_file_ignores:
            return self.config.source, self.identity
        words = ",".join(sorted(set(_TELLING.findall(self.identity.lower()))))
        suffix = self.identity.rpartition("/")[2].rpartition(".")[2]
        return self.config.source, suffix, words, place_of(self.identity, ""), is_development(self.identity)


class _Folder(NamedTuple):
    config: Config
    patterns: Patterns
    excluded: bool


class Places:
    """The places of the files of a repository. What ``.gitignore`` names is in git all the same, so it counts."""

    def __init__(self, repository: Repository, configs: Configs) -> None:
        """``excluded`` counts the files that settings leave out."""
        self.excluded = 0
        self._top = repository.top
        self._bare = not repository.has_work_tree
        self._configs = configs
        self._folders: dict[str, _Folder | None] = {}
        self._reported: set[str] = set()

    def of(self, path: bytes) -> Place | Problem | None:
        """The place of a file; ``None`` if it is left out, or a problem said before; a problem with its settings."""
        name = os.fsdecode(path)
        inside, _, base = name.rpartition("/")
        try:
            folder = self._folder(inside)
        except ConfigError as error:
            self._folders[inside] = folder = None
            where, _, message = str(error).partition(": ")
            if str(error) not in self._reported:
                self._reported.add(str(error))
                return Problem(where, "config", message)
        if folder is None:
            return None
        full = f"{self._top}/{name}"
        if folder.excluded or folder.patterns.decide(full[1:], folder=False) or not base:
            self.excluded += 1
            return None
        return Place(name if self._bare else shown(full), name, folder.config)

    def _folder(self, inside: str) -> _Folder | None:
        if inside not in self._folders:
            self._folders[inside] = self._found(inside)
        return self._folders[inside]

    def _found(self, inside: str) -> _Folder:
        full = f"{self._top}/{inside}" if inside else self._top
        config = self._configs.at(full)
        above = self._folder(inside.rpartition("/")[0]) if inside else None
        patterns = above.patterns if above and above.config is config else excludes(config.settings)
        left_out = bool(above and above.excluded) or bool(inside and patterns.decide(full[1:], folder=True))
        return _Folder(config, patterns, left_out)
