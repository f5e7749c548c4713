"""What ``docs/integrations`` and the files for CI say is so: it is tried, or held against its service's schema."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import formats
import pytest
import ruamel.yaml

from authlint.cli import group

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs/integrations"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
BAD = "import requests\nrequests.get('http://login.corp-net.io/oauth/token', auth=(user, password))\n"


def fences(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


def yaml(text: str) -> Any:
    return ruamel.yaml.YAML(typ="safe").load(text)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which ``authlint`` is the program of this checkout, and ``pip`` has nothing to do."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, command in {"authlint": f'exec "{sys.executable}" -m authlint "$@"', "python": "exit 0"}.items():
        (programs / name).write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path, "NO_COLOR": "1"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src/a b.py").write_text(BAD, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


# -- every page --------------------------------------------------------------------------------------------------------


def commands(page: str) -> Iterator[str]:
    """What is run with authlint, in whatever a fence is of: from its name to the end of the words."""
    for fence in re.findall(r"```\w+\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL):
        for line in re.sub(r"\n\s+(?=--)", " ", fence).splitlines():
            for match in re.finditer(r"\bauthlint (?:check|config|completion)\b[^'\"|;>)#]*", line):
                yield match[0].split(" || ")[0].replace("{posargs:.}", ".")


@pytest.mark.parametrize("page", PAGES)
def test_commands_can_be_given(page: str) -> None:
    for line in commands(page):
        words = shlex.split(line)[1:]
        command = group.get_command(click.Context(group), words[0])
        assert command is not None
        command.make_context(words[0], words[1:])


def test_there_are_commands_to_try() -> None:
    assert sum(1 for page in PAGES for _ in commands(page)) >= 15


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", (DOCS / page).read_text(encoding="utf-8"))
    assert [target for target in targets if "://" not in target and not (DOCS / target).exists()] == []


def test_every_page_and_every_format_is_listed() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert {page for page in PAGES if page != "README.md"} == set(re.findall(r"\]\((\w[\w-]*\.md)\)", index))
    from authlint.reporters import FORMATS  # noqa: PLC0415

    table = index.partition("| Format |")[2]
    assert set(re.findall(r"`([a-z-]+)`", "\n".join(re.findall(r"(?m)^\| (`[^|]*)\|", table)))) == set(FORMATS)


# -- files of services -------------------------------------------------------------------------------------------------


def check_schema(name: str, file: Path, *more: str) -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--regex-variant",
        "python",
        "--builtin-schema",
        f"vendor.{name}",
        *more,
        str(file),
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_and_the_template_are_what_their_services_take() -> None:
    check_schema("github-actions", ROOT / "action.yml")
    check_schema("gitlab-ci", ROOT / "ci/gitlab.yml", "--data-transform", "gitlab-ci")


@pytest.mark.parametrize(
    ("page", "schema"), [("github.md", "github-workflows"), ("gitlab.md", "gitlab-ci"), ("azure.md", "azure-pipelines")]
)
def test_so_are_the_files_of_the_pages(page: str, schema: str, tmp_path: Path) -> None:
    found = fences(page, "yaml")
    assert found
    for number, fence in enumerate(found):
        file = tmp_path / f"{number}.yml"
        file.write_text(fence, encoding="utf-8")
        check_schema(schema, file, *(["--data-transform", "azure-pipelines"] if schema == "azure-pipelines" else []))


def test_the_action_is_used_as_it_is_made() -> None:
    action = yaml((ROOT / "action.yml").read_text(encoding="utf-8"))
    workflow = yaml(fences("github.md", "yaml")[0])
    steps = workflow["jobs"]["authlint"]["steps"]
    (used,) = [step for step in steps if "/authlint@" in step.get("uses", "")]
    assert set(used["with"]) <= set(action["inputs"])
    rows = re.findall(r"(?m)^\| `([\w-]+)` \|", (DOCS / "github.md").read_text(encoding="utf-8"))
    assert rows == [*action["inputs"], *action["outputs"]]
    # nothing that a caller gives becomes part of a script
    assert [step["name"] for step in action["runs"]["steps"] if "${{" in step["run"]] == []


def run_action(project: Path, environment: dict[str, str], **inputs: str) -> tuple[int, str, str, str]:
    """The action's second step, as GitHub runs it: its exit code, the log, the outputs and the summary."""
    action = yaml((ROOT / "action.yml").read_text(encoding="utf-8"))
    programs = Path(environment["PATH"].partition(os.pathsep)[0])
    temporary = project.parent / "temporary"
    (temporary / "authlint-venv").mkdir(parents=True, exist_ok=True)
    (temporary / "authlint-venv/bin").symlink_to(programs)
    step = action["runs"]["steps"][1]
    given = {name: field["default"] for name, field in action["inputs"].items()} | inputs
    named = {name: given[re.sub(r"\$\{\{ inputs\.(\w+) \}\}", r"\1", value)] for name, value in step["env"].items()}
    files = {name: str(temporary / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=project,
        env={**environment, **named, **files, "RUNNER_TEMP": str(temporary)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    left = [Path(file).read_text(encoding="utf-8") if Path(file).exists() else "" for file in files.values()]
    return done.returncode, done.stdout, left[0], left[1]


def test_the_action_annotates_reports_and_fails(project: Path, environment: dict[str, str]) -> None:
    code, log, outputs, summary = run_action(project, environment, paths="src/a b.py\n", options="--isolated\n\n")
    assert code == 1
    assert log.startswith("::error file=src/a b.py,line=2,")
    values = dict(line.split("=", 1) for line in outputs.splitlines())
    assert values["exit-code"] == "1"
    formats.check_sarif(json.loads(Path(values["sarif"]).read_text(encoding="utf-8")))
    assert "AUT301" in summary


def test_the_action_can_be_quiet_and_says_when_it_cannot(project: Path, environment: dict[str, str]) -> None:
    code, log, outputs, summary = run_action(
        project, environment, annotate="false", summary="false", options="--select=NOTHING; touch injected\n"
    )
    assert (code, log, summary) == (2, "", "")
    assert outputs == "exit-code=2\n"
    assert not (project / "injected").exists()


def test_the_job_for_gitlab_writes_what_it_names(project: Path, environment: dict[str, str]) -> None:
    job = yaml((ROOT / "ci/gitlab.yml").read_text(encoding="utf-8"))["authlint"]
    script = "\n".join([*job["before_script"], *job["script"]])
    variables = {**job["variables"], "AUTHLINT_OPTIONS": "--isolated --min-confidence low", "AUTHLINT_PATHS": "src"}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=project, env={**environment, **variables}, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    reports = {kind: project / file for kind, file in job["artifacts"]["reports"].items()}
    formats.check_gitlab_security(json.loads(reports["sast"].read_text(encoding="utf-8")), "sast")
    formats.check_gitlab_security(
        json.loads(reports["secret_detection"].read_text(encoding="utf-8")), "secret_detection"
    )
    formats.check_code_quality(json.loads(reports["codequality"].read_text(encoding="utf-8")))
    assert [(project / path).exists() for path in job["artifacts"]["paths"]] == [True]


# -- editors -----------------------------------------------------------------------------------------------------------


def test_the_patterns_of_editors_fit_the_output(project: Path, environment: dict[str, str]) -> None:
    task = json.loads(fences("vscode.md", "json")[0])["tasks"][0]
    command = [task["command"], *task["args"]]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False)
    pattern = task["problemMatcher"]["pattern"]
    (line,) = done.stdout.splitlines()
    match = re.search(pattern["regexp"], line)
    assert match is not None
    assert [match[pattern[part]] for part in ("file", "line", "column", "code")] == ["src/a b.py", "2", "14", "AUT301"]
    rows = dict(re.findall(r"(?m)^\| ([\w() ]+?) \| `(.*)` \|$", (DOCS / "pycharm.md").read_text(encoding="utf-8")))
    tool = rows["Arguments"].replace("$FilePath$", str(project / "src/a b.py")).split(" ", 4)
    done = subprocess.run(
        ["authlint", *tool], cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    wanted = rows["Output filters (Advanced)"]
    for name, part in {"$FILE_PATH$": ".+?", "$LINE$": r"\d+", "$COLUMN$": r"\d+"}.items():
        wanted = wanted.replace(name, part)
    assert re.fullmatch(wanted, done.stdout.strip())


def neovim(project: Path, environment: dict[str, str], lua: str) -> Any:
    """What a script in Neovim, which has the file open, returns."""
    if shutil.which("nvim") is None:
        pytest.skip("needs nvim")
    result = project.parent / "result.json"
    script = project.parent / "script.lua"
    script.write_text(
        f"local function main()\n{lua}\nend\nlocal file = io.open({json.dumps(str(result))}, 'w')\n"
        "file:write(vim.json.encode(main()))\nfile:close()\nvim.cmd('qa!')\n",
        encoding="utf-8",
    )
    command = ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "src/a b.py", "-c", f"luafile {script}"]
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert result.exists(), done.stderr
    return json.loads(result.read_text(encoding="utf-8"))


def test_neovim_makes(project: Path, environment: dict[str, str]) -> None:
    lines = fences("neovim.md", "vim")[0].strip().splitlines()
    settings = "".join(f"vim.cmd([[{line}]])\n" for line in lines)
    (found,) = neovim(project, environment, f"{settings}vim.cmd('silent make!')\nreturn vim.fn.getqflist()")
    assert (found["lnum"], found["col"]) == (2, 14)
    assert found["text"].startswith("AUT301 ")


def test_nvim_lint_gets_diagnostics(project: Path, environment: dict[str, str]) -> None:
    source = BAD.replace("requests.get(", "é = '😀'; requests.get(")
    (project / "src/a b.py").write_text(source, encoding="utf-8")
    (config,) = fences("neovim.md", "lua")
    lua = """
        package.loaded.lint = { linters = {}, linters_by_ft = {}, try_lint = function() end }
        vim.api.nvim_create_autocmd = vim.api.nvim_create_autocmd or function() end
        CONFIG
        local linter = require("lint").linters.authlint
        local words = { linter.cmd }
        for _, word in ipairs(linter.args) do
          table.insert(words, type(word) == "function" and word() or word)
        end
        local text = vim.api.nvim_buf_get_lines(0, 0, -1, false)
        return linter.parser(vim.fn.system(words, text), 0)
    """.replace("CONFIG", config)
    (found,) = neovim(project, environment, lua)
    line = source.splitlines()[1]
    start = len(line[: line.index("'http")].encode())
    place = (found["lnum"], found["col"], found["end_lnum"], found["end_col"])
    assert place == (1, start, 1, start + len("'http://login.corp-net.io/oauth/token'"))
    assert (found["code"], found["severity"], found["source"]) == ("AUT301", 1, "authlint")
