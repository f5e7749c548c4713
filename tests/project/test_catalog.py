from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from authlint.errors import RuleError
from authlint.ruleset import rulefiles
from authlint.ruleset.knowledge import expand
from authlint.ruleset.libraries import Row
from authlint.ruleset.rules import RuleFile, RuleSet
from authlint.run import cache, catalog

ROOT = Path(__file__).parents[2]

RULE = """\
name = "plain-token"
code = "AUT901"
summary = "A token is plain"
message = "token in {place}"
level = "error"
confidence = "high"
security_severity = 5
cwe = [312]
owasp = ["A07:2021"]
why = "It is read."
fix = "Wrap it."
references = ["https://www.rfc-editor.org/rfc/rfc6750"]
confirm = "a+"

[cases.cookie]
message = "token in the cookie {name}"

[[example]]
language = "python"
case = "cookie"
bad = "«x»"
good = "y"
"""
PROVIDER = """\
schema = 1

[provider]
id = "acme"
name = "Acme"
seed = "notes.txt"

[[credential]]
id = "key"
kind = "api_key"
pattern = "acme_[a-z]{8}"
evidence = [1, 2]

[[fact]]
id = "acme-rotate"
text = "Rotate keys."
lines = [3]
"""
LIBRARY = """\
languages = "python"

[[call]]
name = "acme.login"
means = "login"
arguments = { user = "0", password = ["1", "password"] }
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    root = tmp_path / "mine"
    for file, text in {
        "storage/plain-token.toml": RULE,
        "providers/acme.toml": PROVIDER,
        "libraries/acme.toml": LIBRARY,
    }.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("AUTHLINT_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files each parse had."""
    counts: list[int] = []
    parse = rulefiles.parse

    def counted(files: list[RuleFile]) -> RuleSet:
        counts.append(len(files))
        return parse(files)

    monkeypatch.setattr(rulefiles, "parse", counted)
    return counts


def parsed(path: Path) -> RuleSet:
    return rulefiles.parse(catalog.files(path, path.name))


def sentence(path: Path) -> str:
    with pytest.raises(RuleError) as error:
        parsed(path)
    return str(error.value)


def test_the_rules_of_this_checkout_are_valid() -> None:
    ruleset = catalog.merge([parsed(ROOT / "rules")])
    assert {"accessiq", "apartmentiq", "generic", "incidentiq", "propertybase"} <= {p.id for p in ruleset.providers}
    assert [provider.id for provider in ruleset.providers if provider.generic] == ["generic"]


def test_a_checkout_has_its_rules_beside_the_package() -> None:
    assert catalog.folder() == str(ROOT / "rules")


def test_the_three_kinds_of_files(rules: Path) -> None:
    ruleset = parsed(rules)
    (rule,), (provider,), (library,) = ruleset.rules, ruleset.providers, ruleset.libraries
    assert (rule.family, rule.check, rule.security_severity) == ("storage", "plain_token", 5.0)
    assert rule.cases["cookie"].message == "token in the cookie {name}"
    assert (provider.id, provider.credential[0].pattern, provider.fact[0].id) == (
        "acme",
        "acme_[a-z]{8}",
        "acme-rotate",
    )
    assert library.languages == ("python",)
    assert library.call[0].arguments == {"user": ("0",), "password": ("1", "password")}


def test_a_byte_order_mark_and_windows_line_ends(rules: Path) -> None:
    (rules / "storage/plain-token.toml").write_bytes(b"\xef\xbb\xbf" + RULE.replace("\n", "\r\n").encode())
    assert parsed(rules).rules[0].code == "AUT901"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("summary", "sumary", "unknown key 'sumary', did you mean 'summary'?"),
        ('"python"', '"phyton"', "'example[0].language' names no language, 'phyton', did you mean 'python'?"),
        (
            'case = "cookie"',
            'case = "cokie"',
            "'example[0].case' names no case of the rule, 'cokie', did you mean 'cookie'?",
        ),
        ("cwe = [312]", 'cwe = ["CWE-312"]', "'cwe[0]' must be an integer, not a string"),
        ('"error"', '"eror"', "'level' must be 'error', 'warning' or 'info', not 'eror'"),
        ('why = "It is read."', "", "key 'why' is missing"),
        ('name = "plain-token"', 'name = "plain"', "'name' must be 'plain-token' like the file, not 'plain'"),
        ("AUT901", "AUT9001", "'code' must be AUT and three digits, not 'AUT9001'"),
        ('["https://www.rfc-editor.org/rfc/rfc6750"]', "[]", "'references' must name one source at least"),
        ("A token is plain", "x" * 101, "'summary' must be 100 characters at most, not 101"),
        ("token in {place}", "x" * 101, "'message' must be 100 characters at most, not 101"),
        ("token in {place}", "in {a b}", "'message' has a field that is not an identifier, '{a b}'"),
        ("token in {place}", "in {}", "'message' has a field that is not an identifier, '{}'"),
        (
            "cookie {name}",
            "cookie {name",
            "'cases.cookie.message' has a brace out of place: expected '}' before end of string",
        ),
        ("severity = 5", "severity = 11", "'security_severity' must be from 0 to 10, not 11.0"),
        ("severity = 5", "severity = nan", "'security_severity' must be from 0 to 10, not nan"),
        ('"a+"', '"a("', "'confirm' is not a regular expression: missing ), unterminated subpattern at position 1"),
        (
            'name = "plain-token"',
            'name = "plain-token"\nfamily = "x"',
            "'family' is the folder's name and cannot be set",
        ),
    ],
)
def test_a_rule_that_is_not_valid(rules: Path, old: str, new: str, expected: str) -> None:
    assert old in RULE
    (rules / "storage/plain-token.toml").write_text(RULE.replace(old, new, 1), encoding="utf-8")
    assert sentence(rules) == f"mine/storage/plain-token.toml: {expected}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('id = "acme"', 'id = "acmee"', "'id' must be 'acme' like the file, not 'acmee'"),
        ("schema = 1", "schema = 2", "'schema' must be 1"),
        ("[provider]", "[providers]", "unknown key 'providers'"),
        (
            'schema = 1\n\n[provider]\nid = "acme"\nname = "Acme"\nseed = "notes.txt"',
            "provider = 1",
            "'provider' must be a table",
        ),
        ("pattern", "patern", "unknown key 'credential[0].patern', did you mean 'pattern'?"),
        (
            "acme_[a-z]{8}",
            "acme_[a-z",
            "'credential[0].pattern' is not a regular expression: unterminated character set at position 5",
        ),
    ],
)
def test_a_provider_that_is_not_valid(rules: Path, old: str, new: str, expected: str) -> None:
    assert old in PROVIDER
    (rules / "providers/acme.toml").write_text(PROVIDER.replace(old, new, 1), encoding="utf-8")
    assert sentence(rules) == f"mine/providers/acme.toml: {expected}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"languages = [", "is not TOML: Invalid value (at end of document)"),
        (b"languages = []\nx = '\xff'", "is not UTF-8"),
        (b"languages = []\ncalls = []", "unknown key 'calls', did you mean 'call'?"),
        (b"languages = []\n[[call]]\nname = 'x'", "key 'call[0].means' is missing"),
    ],
)
def test_a_library_that_is_not_valid(rules: Path, data: bytes, expected: str) -> None:
    (rules / "libraries/acme.toml").write_bytes(data)
    assert sentence(rules) == f"mine/libraries/acme.toml: {expected}"


def test_two_rules_of_one_code_or_name_and_two_providers_of_one_id(rules: Path) -> None:
    other = rules / "storage/other-token.toml"
    other.write_text(RULE.replace("plain-token", "other-token"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"^rules 'other-token' and 'plain-token' have the same code, AUT901$"):
        catalog.merge([parsed(rules)])
    other.unlink()
    family = rules / "transport"
    family.mkdir()
    (family / "plain-token.toml").write_text(RULE.replace("AUT901", "AUT902"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"^rules AUT901 and AUT902 have the same name, 'plain-token'$"):
        catalog.merge([parsed(rules)])
    shutil.rmtree(family)
    with pytest.raises(RuleError, match=r"^two providers have the same id, 'acme'$"):
        catalog.merge([RuleSet((), parsed(rules).providers)] * 2)


def test_rules_of_the_user_join_authlints_own(rules: Path) -> None:
    ruleset = catalog.load([rules])
    assert ruleset.find("plain-token") is ruleset.find("aut901") is not None
    assert {"acme", "generic"} <= {provider.id for provider in ruleset.providers}


def test_a_single_file_is_of_the_kind_its_folder_says(rules: Path) -> None:
    ruleset = catalog.load([rules / "providers/acme.toml"])
    assert "acme" in {provider.id for provider in ruleset.providers}
    assert ruleset.find("plain-token") is None


def test_rule_paths_that_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuleError) as error:
        catalog.load([tmp_path])
    assert str(error.value) == f"{tmp_path.as_posix()}: holds no rules, such as 'transport/some-rule.toml'"
    with pytest.raises(RuleError) as error:
        catalog.load([tmp_path / "absent"])
    assert str(error.value) == f"{tmp_path.as_posix()}/absent: there is no such file or folder"
    (tmp_path / "transport" / "folder.toml").mkdir(parents=True)
    with pytest.raises(RuleError, match=r"folder\.toml: cannot be read: "):
        catalog.load([tmp_path])


def test_a_mistake_is_an_error_each_time(rules: Path, cached: Path) -> None:
    (rules / "storage/plain-token.toml").write_text("x", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(RuleError, match="is not TOML"):
            catalog.load([rules])


def test_the_second_load_parses_nothing(rules: Path, cached: Path, parses: list[int]) -> None:
    first = catalog.load([rules], full=True)
    before = len(parses)
    assert before == 2
    assert catalog.load([rules], full=True) == first
    assert len(parses) == before


def test_long_texts_are_loaded_only_when_asked_for(rules: Path, cached: Path) -> None:
    for _ in range(2):
        full = catalog.load([rules], full=True).by_code["AUT901"]
        assert (full.why, full.fix, full.references[0][:8], len(full.example)) == (
            "It is read.",
            "Wrap it.",
            "https://",
            1,
        )
    short = catalog.load([rules]).by_code["AUT901"]
    assert (short.why, short.fix, short.references, short.example) == ("", "", (), ())


def test_a_changed_file_is_parsed_again(rules: Path, cached: Path, parses: list[int]) -> None:
    catalog.load([rules])
    (rules / "storage/plain-token.toml").write_text(RULE.replace('"high"', '"low"'), encoding="utf-8")
    assert catalog.load([rules]).by_code["AUT901"].confidence == "low"
    assert len(parses) == 3


def test_another_version_reads_no_older_cache(
    rules: Path, cached: Path, parses: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.load([rules])
    monkeypatch.setattr(catalog, "__version__", "9.9.9")
    catalog.load([rules])
    assert len(parses) == 4


def entries(cached: Path) -> list[Path]:
    return sorted(cached.glob("*.json"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b"AUT901", b"AUT999"),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\0" * len(data),
        lambda data: b"{" + data,
    ],
)
@pytest.mark.parametrize("full", [False, True])
def test_a_broken_cache_is_never_believed(rules: Path, cached: Path, spoil: object, full: bool) -> None:
    first = catalog.load([rules], full=full)
    for entry in entries(cached):
        entry.write_bytes(spoil(entry.read_bytes()))  # type: ignore[operator]
    assert catalog.load([rules], full=full) == first


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"rules": []',
        b'{"rules": [{"name": "plain-token"}]}',
        b'{"rules": [], "libraries": [{"languages": 1}]}',
        b'{"rules": 1}',
        b'{"rule": []}',
        b"\xff",
    ],
)
@pytest.mark.parametrize("full", [False, True])
def test_a_sealed_cache_that_makes_no_sense_is_parsed_again(
    rules: Path, cached: Path, payload: bytes, full: bool
) -> None:
    first = catalog.load([rules], full=full)
    for entry in entries(cached):
        cache.write(entry.name, payload, keep=9)
    assert catalog.load([rules], full=full) == first


def test_a_cache_that_cannot_be_written_is_no_error(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("AUTHLINT_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert catalog.load([rules]) == catalog.load([rules])


def test_no_half_written_file_is_left(rules: Path, cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    catalog.load([rules])
    assert list(cached.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner here")
def test_somebody_elses_cache_is_not_read(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write("rules-x.json", b"payload", keep=9)
    assert cache.read("rules-x.json") == b"payload"
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert cache.read("rules-x.json") is None


def test_the_cache_does_not_grow(cached: Path) -> None:
    cache.write("texts-0.json", b"", keep=2)
    for index in range(5):
        cache.write(f"rules-{index}.json", b"payload", keep=2)
        os.utime(cached / f"rules-{index}.json", (index, index))
    assert [entry.name for entry in entries(cached)] == ["rules-3.json", "rules-4.json", "texts-0.json"]


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"AUTHLINT_CACHE_DIR": "/c", "XDG_CACHE_HOME": "/x"}, "/c"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/authlint"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/u/.cache/authlint"),
        ("linux", {}, "/home/u/.cache/authlint"),
        ("darwin", {}, "/home/u/Library/Caches/authlint"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/authlint"),
        ("win32", {}, None),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the paths are POSIX's")
def test_where_the_cache_is(
    platform: str, environment: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AUTHLINT_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/u", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert cache.directory() == expected


def test_without_a_place_for_it_there_is_no_cache(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "directory", lambda: None)
    assert catalog.load([rules]) == catalog.load([rules])


@pytest.fixture
def package(rules: Path, cached: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of rules with an index, as a wheel has it."""
    for name, content in catalog.encode(parsed(rules)).items():
        (rules / name).write_bytes(content)
    monkeypatch.setattr(catalog, "folder", lambda: str(rules))
    return rules


@pytest.mark.parametrize("full", [False, True])
def test_an_index_beside_the_rules_is_all_that_is_read(
    package: Path, cached: Path, parses: list[int], full: bool
) -> None:
    expected = catalog.load(full=full)
    for file in package.glob("*/*.toml"):
        file.unlink()
    assert catalog.load(full=full) == expected
    assert expected.by_code["AUT901"].fix == ("Wrap it." if full else "")
    assert parses == []
    assert not cached.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", json.dumps({"rules": [{}]}).encode()])
def test_a_broken_index_beside_the_rules_is_made_good(package: Path, content: bytes, parses: list[int]) -> None:
    expected = catalog.load()
    (package / catalog.INDEX).write_bytes(content)
    assert catalog.load() == expected
    assert parses == [3]


def test_a_name_has_one_row_in_a_language() -> None:
    """Of two rows of equally many languages the last would count, and the other mean nothing."""
    ruleset = catalog.load()
    twice = set()
    for language in sorted({language for library in ruleset.libraries for language in library.languages}):
        seen: dict[tuple[str, str, int], Row] = {}
        for library in (each for each in ruleset.libraries if language in each.languages):
            for kind, rows in (("call", library.call), ("read", library.read), ("setting", library.setting)):
                for row in rows:
                    for name in (name for pattern in row.name for name in expand(pattern)):
                        other = seen.setdefault((kind, name, len(library.languages)), row)
                        if other._replace(name=()) != row._replace(name=()):
                            twice.add(f"{language} {kind} {name}: {other.means}, {row.means}")
    assert twice == set()
