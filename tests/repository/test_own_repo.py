"""authlint has nothing to say about its own repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_findings_in_the_repository() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "authlint", "check", "--output-format", "json"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert [(finding["path"], finding["line"], finding["code"]) for finding in report["findings"]] == []
    assert (done.returncode, report["problems"]) == (0, [])
    assert report["summary"]["files"] > 100
