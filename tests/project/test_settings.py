from __future__ import annotations

from pathlib import Path

import pytest
from edge import RULES

from authlint.cli.config import DESCRIPTIONS
from authlint.errors import ConfigError
from authlint.project.selection import enabled
from authlint.project.settings import KEYS, Config, Configs, Settings, changed, load


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    file = write(
        tmp_path / "authlint.toml",
        """
        select = ["AUT1"]
        extend-select = ["AUT3"]
        ignore = ["AUT102"]
        exclude = ["gen"]
        extend-exclude = ["a/b"]
        respect-gitignore = false
        min-confidence = "low"
        fail-on = "never"
        max-file-size = 5
        rule-paths = ["own"]
        internal-hosts = ["*.corp.example"]
        examples-in-code = "off"
        output-format = "json"
        [per-file-ignores]
        "tests/**" = ["AUT1"]
        """,
    )
    settings = load(file)
    base = tmp_path.as_posix()
    assert settings == Settings(
        select=("AUT1",),
        extend_select=("AUT3",),
        ignore=("AUT102",),
        exclude=("gen",),
        extend_exclude=(f"{base}/a/b",),
        respect_gitignore=False,
        min_confidence="low",
        fail_on="never",
        max_file_size=5,
        rule_paths=(str(tmp_path / "own"),),
        internal_hosts=("*.corp.example",),
        examples_in_code="off",
        output_format="json",
        per_file_ignores={f"{base}/tests/**": ("AUT1",)},
    )
    assert set(DESCRIPTIONS) == set(KEYS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("selct = []", "unknown key 'selct', did you mean 'select'?"),
        ("extend_select = []", "unknown key 'extend_select', did you mean 'extend-select'?"),
        ("select = 3", "'select' must be a list of strings, not an integer"),
        ("fail-on = 'fatal'", "'fail-on' must be 'error', 'warning', 'info' or 'never', not 'fatal'"),
        ("max-file-size = 0", "'max-file-size' must be at least 1"),
        ("select = [", "is not TOML"),
        ("\ud800", "is not UTF-8"),
    ],
)
def test_what_cannot_be_followed_is_said_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "authlint.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigError) as error:
        Configs().at(str(tmp_path))
    assert says in str(error.value)
    assert "authlint.toml: " in str(error.value)
    assert "\n" not in str(error.value)


def test_the_nearest_file_counts_and_nothing_is_mixed(tmp_path: Path) -> None:
    write(tmp_path / "authlint.toml", 'ignore = ["AUT1"]\nfail-on = "error"')
    write(tmp_path / "sub" / "pyproject.toml", '[tool.authlint]\nignore = ["AUT3"]')
    write(tmp_path / "sub" / "other" / "pyproject.toml", '[tool.other]\nauthlint = "is only a word here"')
    configs = Configs()
    assert configs.at(str(tmp_path / "deep" / "er")).settings.fail_on == "error"
    assert configs.at(str(tmp_path / "sub")).settings.fail_on == "warning"
    assert configs.at(str(tmp_path / "sub" / "other")).settings.ignore == ("AUT3",)
    assert configs.at(str(tmp_path / "sub")) is configs.at(str(tmp_path / "sub" / "other"))


def test_authlint_toml_wins_over_pyproject_even_if_it_is_empty(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.authlint]\nfail-on = "error"')
    write(tmp_path / "authlint.toml", "")
    assert Configs().at(str(tmp_path)).settings == Settings()


def test_isolated_and_a_file_of_choice(tmp_path: Path) -> None:
    write(tmp_path / "authlint.toml", 'fail-on = "error"')
    chosen = write(tmp_path / "else" / "my.toml", 'fail-on = "info"\nrule-paths = ["r"]')
    assert Configs(isolated=True).at(str(tmp_path)).settings == Settings()
    settings = Configs(file=chosen).at(str(tmp_path)).settings
    assert (settings.fail_on, settings.rule_paths) == ("info", (str(tmp_path / "else" / "r"),))
    with pytest.raises(ConfigError, match="cannot be read"):
        Configs(file=str(tmp_path / "none.toml")).at(str(tmp_path))
    bare = write(tmp_path / "bare" / "pyproject.toml", "[project]")
    with pytest.raises(ConfigError, match=r"has no table \[tool.authlint\]"):
        Configs(file=bare).at(str(tmp_path))


def test_a_configuration_is_checked_once(tmp_path: Path) -> None:
    write(tmp_path / "authlint.toml", "")
    seen: list[str] = []
    configs = Configs(check=lambda config: seen.append(config.source))
    for folder in ("a", "b", "a/c"):
        configs.at(str(tmp_path / folder))
    assert seen == [str(tmp_path / "authlint.toml")]


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(), "101 102 201 301"),
        (Settings(select=("AUT1",)), "101 102"),
        (Settings(select=("aut1",), ignore=("AUT102",)), "101"),
        (Settings(ignore=("AUT",), select=("AUT201",)), "201"),
        (Settings(select=("bad-other", "AUT2")), "201 301"),
        (Settings(select=("ALL",), ignore=("ALL",)), ""),
        (Settings(ignore=("AUT1",), extend_select=("bad-error",)), "101 201 301"),
        (Settings(select=("AUT101",), ignore=("bad-error",)), ""),
        (Settings(select=()), ""),
    ],
)
def test_the_more_exact_selector_wins(settings: Settings, codes: str) -> None:
    assert enabled(Config(settings), RULES) == {f"AUT{code}" for code in codes.split()}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(select=("AUT91",)), "unknown rule 'AUT91' in 'select'; see 'authlint rules'"),
        (Settings(ignore=("bad-eror",)), "unknown rule 'bad-eror' in 'ignore', did you mean 'bad-error'?"),
        (Settings(per_file_ignores={"a": ("X",)}), "unknown rule 'X' in 'per-file-ignores'; see 'authlint rules'"),
    ],
)
def test_an_unknown_selector_is_refused(settings: Settings, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        enabled(Config(settings), RULES)
    assert says in str(error.value)


def test_the_command_line_comes_on_top() -> None:
    settings = Settings(select=("AUT1",), ignore=("AUT102", "AUT3"), per_file_ignores={"a": ("AUT1",)})
    assert changed(settings, {"ignore": ("AUT101",)}).ignore == ("AUT102", "AUT3", "AUT101")
    assert changed(settings, {"extend_select": ("AUT3",)}).ignore == ("AUT102",)
    fresh = changed(settings, {"select": ("AUT3",)})
    assert (fresh.select, fresh.ignore) == (("AUT3",), ())
    assert changed(settings, {"per_file_ignores": {"a": ("AUT2",)}}).per_file_ignores == {"a": ("AUT1", "AUT2")}
