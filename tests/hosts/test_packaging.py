"""The wheel, built from the sdist as an index would get it, works away from the checkout. Needs no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BUILD = """
import sys
for name in ("click", "hyperscan", "tree_sitter"):
    sys.modules[name] = None  # a build environment has hatchling only
from hatchling import build
print(getattr(build, "build_" + sys.argv[1])(sys.argv[2]))
"""
LOAD = """
import json, sys
from authlint.run import catalog
ruleset = catalog.load()
print(json.dumps({
    "folder": str(catalog.folder()),
    "rules": [rule.name for rule in ruleset.rules],
    "providers": [provider.id for provider in ruleset.providers],
    "fixes": sum(bool(rule.fix) for rule in catalog.load(full=True).rules),
    "parsed": "authlint.ruleset.rulefiles" in sys.modules,
}))
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(kind: str, source: Path, target: Path) -> Path:
    target.mkdir(exist_ok=True)
    name = run(sys.executable, "-c", BUILD, kind, target, cwd=source).split()[-1]
    return target / name


def own_files(folder: str, suffix: str) -> set[str]:
    return {file.relative_to(ROOT).as_posix() for file in (ROOT / folder).rglob(f"*{suffix}")}


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    archive = build("sdist", ROOT, folder)
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(sdist: Path) -> Path:
    return build("wheel", sdist, sdist.parent / "wheel")


def test_the_sdist_has_what_building_and_testing_needs(sdist: Path) -> None:
    there = {file.relative_to(sdist).as_posix() for file in sdist.rglob("*") if file.is_file()}
    assert {"pyproject.toml", "hatch_build.py", "README.md", "CHANGELOG.md", "LICENSE", "PKG-INFO"} <= there
    assert {"action.yml", "ci/gitlab.yml", "docs/configuration.md", "docs/integrations/README.md"} <= there
    assert own_files("authlint", ".css") | own_files("authlint", ".js") <= there
    assert own_files("authlint", ".py") | own_files("rules", ".toml") | own_files("tests", ".py") <= there


def test_the_wheel_has_the_package_the_rules_and_their_index(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert len(names) == len(set(names))
    inside = {name for name in names if ".dist-info/" not in name}
    assert {"authlint/rules/index.json", "authlint/rules/texts.json", "authlint/py.typed"} <= inside
    assert {"authlint/reporters/html/report.css", "authlint/reporters/html/report.js"} <= inside
    assert {f"authlint/{name}" for name in own_files("rules", ".toml")} | own_files("authlint", ".py") <= inside
    assert not {name for name in inside if not name.startswith("authlint/")}


def test_an_installed_wheel_finds_its_own_rules(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    places = json.loads(
        run(python, "-c", "import json, sysconfig; print(json.dumps(sysconfig.get_paths()))", cwd=tmp_path)
    )
    site = Path(places["purelib"])
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    cache = tmp_path / "cache"
    loaded = json.loads(run(python, "-c", LOAD, cwd=tmp_path, AUTHLINT_CACHE_DIR=str(cache)))
    assert Path(loaded["folder"]).resolve() == (site / "authlint" / "rules").resolve()
    rules = {
        Path(name).stem for name in own_files("rules", ".toml") if name.split("/")[1] not in ("providers", "libraries")
    }
    assert set(loaded["rules"]) == rules
    assert loaded["fixes"] == len(rules)
    assert set(loaded["providers"]) == {Path(name).stem for name in own_files("rules/providers", ".toml")}
    assert not loaded["parsed"]
    assert not cache.exists()


def test_an_editable_install_has_no_copy_of_the_rules(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("editable", ROOT, tmp_path)) as archive:
        files = [name for name in archive.namelist() if ".dist-info/" not in name]
        assert [Path(name).suffix for name in files] == [".pth"]
        (tmp_path / "site").mkdir()
        archive.extractall(tmp_path / "site")  # noqa: S202 - we made it
    code = f"import site; site.addsitedir({str(tmp_path / 'site')!r}){LOAD}"
    loaded = json.loads(run(sys.executable, "-c", code, cwd=tmp_path, AUTHLINT_CACHE_DIR=str(tmp_path / "cache")))
    assert Path(loaded["folder"]) == ROOT / "rules"
    assert loaded["providers"]
