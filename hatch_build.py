"""Puts ``rules/`` into the wheel as ``authlint/rules/``, with the index that spares a start from reading TOML.

An editable install gets neither: it reads the rules of the checkout.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RulesHook(BuildHookInterface):  # type: ignore[type-arg]
    """A rule file that is not valid fails the build."""

    temporary: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the rules and their index to a wheel's files."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from authlint.ruleset.rulefiles import parse  # noqa: PLC0415
        from authlint.run import catalog  # noqa: PLC0415 - of the tree that is built

        rules = Path(self.root, "rules")
        ruleset = catalog.merge([parse(catalog.files(rules, "rules"))])
        self.temporary = Path(tempfile.mkdtemp())
        include = build_data["force_include"]
        include[str(rules)] = "authlint/rules"
        for name, content in catalog.encode(ruleset).items():
            (self.temporary / name).write_bytes(content)
            include[str(self.temporary / name)] = f"authlint/rules/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the index from the place where it waited to be packed."""
        if self.temporary:
            shutil.rmtree(self.temporary)
