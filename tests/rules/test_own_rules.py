"""Rules and providers of one's own on the command line: templates, and the trial of examples."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from authlint.cli import main
from authlint.cli.templates import FOLDER
from authlint.run.catalog import load


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(arguments.split())
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


def test_a_new_rule_passes_its_examples(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "rules new plain-acme-login")
    assert code == 0
    assert out.splitlines() == [
        f"Wrote {FOLDER}/own/plain-acme-login.toml.",
        f'To use it, put this into authlint.toml: rule-paths = ["{FOLDER}"]',
        f"To try it on its examples: authlint rules test {FOLDER}",
    ]
    assert run(capsys, f"rules test {FOLDER}") == (0, "", "1 rule with 1 example: all as expected.\n")


def test_the_next_rule_has_the_next_code(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "authlint.toml").write_text('rule-paths = ["mine"]\n')
    run(capsys, "rules new plain-acme-login --into mine")
    _, out, _ = run(capsys, "rules new plain-acme-logout")
    assert "rule-paths" not in out  # it is there already
    assert [rule.code for rule in load(["mine"]).rules if rule.family == "own"] == ["AUT901", "AUT902"]
    assert run(capsys, "rules new plain-acme-login")[0] == 2


def test_a_new_provider_is_understood(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "providers new acme-pay")[0] == 0
    (here / "authlint.toml").write_text(f'rule-paths = ["{FOLDER}"]\n')
    _, out, _ = run(capsys, "providers acme-pay")
    assert "acme_pay_live_" in out
    assert "ACME_PAY_*" in out
    assert run(capsys, "providers new acme-pay")[0] == 2
    assert run(capsys, f"rules test {FOLDER}")[0] == 0


def test_what_differs_is_said_with_its_place(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "rules new plain-acme-login")
    file = here / FOLDER / "own" / "plain-acme-login.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("«acme.login(user)»", "«acme.login»(user)").replace("acme.connect(user)", "acme.login(None)")
    file.write_text(text, encoding="utf-8")
    code, out, err = run(capsys, f"rules test {FOLDER}")
    assert code == 1
    assert out.splitlines() == [
        "AUT901 plain-acme-login: example 1 (python), bad",
        "  2:1: expected, not found: to 2:11, acme.login",
        "AUT901 plain-acme-login: example 1 (python), bad",
        "  2:1: found, not expected: to 2:17, acme.login(user)",
        "AUT901 plain-acme-login: example 1 (python), good",
        "  2:1: found, not expected: to 2:17, acme.login(None)",
    ]
    assert err == "1 rule with 1 example: 1 rule not as expected.\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("«", "", "'»' without '«' in an example"),
        ("acme.connect(user)\n", "«acme.connect(user)»\n", "a good example has nothing to flag"),
        ('language = "python"', 'language = "python"\nmessage = "no"', "expected 'no'"),
        ("[[example]]", '[cases.odd]\nlevel = "info"\n\n[[example]]\ncase = "odd"', "expected info as in case 'odd'"),
    ],
)
def test_examples_that_say_something_else(
    here: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, expected: str
) -> None:
    run(capsys, "rules new plain-acme-login")
    file = here / FOLDER / "own" / "plain-acme-login.toml"
    text = file.read_text(encoding="utf-8")
    head, mark, tail = text.rpartition(old) if old.startswith("[[") else text.partition(old)
    assert mark
    file.write_text(head + new + tail, encoding="utf-8")
    code, out, _ = run(capsys, f"rules test {FOLDER}")
    assert (code, expected in out) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("rules test nowhere", "nowhere: there is no such file or folder"),
        ("rules test", "'rules test' needs a path"),
        ("rules new", "'rules new' needs a name"),
        ("rules new Plain_Acme", "is no name of a rule"),
        ("rules new required-header", "there is a rule 'required-header' already"),
        ("rules --into x", "--into goes with 'new NAME'"),
        ("providers new", "'providers new' needs a name"),
        ("providers new Acme!", "is no id of a provider"),
        ("providers new stripe", "there is a provider 'stripe' already"),
    ],
)
def test_what_cannot_be_done_is_2(capsys: pytest.CaptureFixture[str], arguments: str, says: str) -> None:
    code, _, err = run(capsys, arguments)
    assert code == 2
    assert says in err


def test_a_file_that_is_not_as_it_must_be_is_2(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "rules new plain-acme-login")
    file = here / FOLDER / "own" / "plain-acme-login.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("\ncall = ", "\ncal = "), encoding="utf-8")
    code, _, err = run(capsys, f"rules test {FOLDER}")
    assert code == 2
    assert "unknown key 'match.cal', did you mean 'call'?" in err


def test_authlints_own_rules_can_be_tried(capsys: pytest.CaptureFixture[str]) -> None:
    path = os.path.join(os.path.dirname(__file__), "..", "..", "rules", "contract", "over-broad-scope.toml")
    assert run(capsys, f"rules test {path}")[0] == 0
