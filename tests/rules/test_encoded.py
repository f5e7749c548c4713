"""Keys that an encoding hides: found, shown where they are written, once; and nothing takes long to decode."""

from __future__ import annotations

import base64
import json
import random
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import grows_linearly

from authlint.concepts.encoded import decoded
from authlint.engine import prefilter
from authlint.engine.linter import Linter
from authlint.engine.prefilter import Expressions
from authlint.finding import Finding
from authlint.ruleset.examples import fake
from authlint.run.catalog import load
from authlint.secret.encodings import expressions, holds, pieces
from authlint.source import Source

RULES = load()
KEY = fake("ak_live_[A-Za-z0-9]{24}", "encoded")
SCIM = fake("scim_[A-Za-z0-9]{32}", "encoded")
TEST = fake("ak_test_[A-Za-z0-9]{24}", "encoded")
BEGINNINGS = (b"ak_live_", b"scim_", b"AKIA")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@pytest.fixture(scope="module", params=[0, 100_000])
def linter(request: pytest.FixtureRequest) -> Linter:
    """Once with the database, once without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prefilter, "FEW_BYTES", request.param)
        linter = Linter(RULES)
        linter.lint("a.txt", b"nothing")
    return linter


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def percent(text: str) -> str:
    return "".join(char if char.isalnum() else f"%{ord(char):02X}" for char in text)


def lint(linter: Linter, text: str, path: str = "notes.txt") -> list[Finding]:
    report = linter.lint(path, text.encode())
    assert [problem for problem in report.problems if problem.kind == "crash"] == []
    return list(report.findings)


def found(linter: Linter, text: str, path: str = "notes.txt") -> list[tuple[str, str]]:
    data = text.encode()
    return [(finding.code, data[slice(*finding.span)].decode()) for finding in lint(linter, text, path)]


def says(written: str) -> str:
    """What a piece of Base64 says, wherever in a group of four it begins."""
    texts = [base64.b64decode("A" * lead + written + "A" * (-(lead + len(written)) % 4)) for lead in range(4)]
    return " ".join(text.decode("latin-1") for text in texts)


@pytest.mark.parametrize("lead", ["", "a", "ab", "user:", "é:"])
@pytest.mark.parametrize("tail", ["", "\n", ":x", "\n\nmore of it"])
@pytest.mark.parametrize(("key", "code"), [(KEY, "AUT101"), (SCIM, "AUT102"), (TEST, "AUT103")])
def test_base64_wherever_the_key_begins(linter: Linter, lead: str, tail: str, key: str, code: str) -> None:
    ((got, written),) = found(linter, f"é = {b64(f'{lead} {key}{tail}')} é")
    assert got == code
    assert key in says(written)
    assert len(written) <= len(key) * 4 // 3 + 3


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.sh", f'curl -H "Authorization: Basic {b64("user:" + KEY)}" https://api.example.com/'),
        ("a.py", f"headers = {{'Authorization': 'Basic {b64(KEY + ':')}'}}"),
        ("a.yaml", f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  key: {b64(KEY)}\n"),
        ("a.json", json.dumps({"auths": {"registry.example": {"auth": b64("me:" + KEY)}}})),
        ("a.json", '{"a": "' + KEY.replace("_", "\\u005f") + '"}'),
        ("a.md", f"```sh\ncurl https://api.example.com/?q=1&key={percent(KEY)}\n```\n"),
        ("a.txt", "data:text/plain;base64," + b64("it is " + KEY)),
        ("a.txt", "https://example.com/x/" + b64("it is " + KEY) + "/y"),
        ("a.js", f"const a = atob('{base64.urlsafe_b64encode(('???>>>' + KEY).encode()).decode()}')"),
        ("a.yaml", "a: |\n" + "".join(f"  {b64('hello ' * 20 + KEY)[at : at + 76]}\r\n" for at in range(0, 228, 76))),
    ],
)
def test_where_keys_are_hidden(linter: Linter, path: str, text: str) -> None:
    (finding,) = lint(linter, text, path)
    assert (finding.code, finding.tags) == ("AUT101", ("decoded",))
    assert finding.message.endswith(("(in Base64)", "(escaped)"))
    assert KEY not in finding.message


@pytest.mark.parametrize(
    "text",
    [
        b64("x " + b64("y " + KEY)),
        b64(json.dumps({"auths": {"registry.example": {"auth": b64("me:" + KEY)}}})),
        quote(percent(KEY), safe=""),
        b64("key=" + percent(KEY)),
        percent(b64("it is " + KEY) + "=="),
    ],
)
def test_two_layers_and_no_more(linter: Linter, text: str) -> None:
    assert [code for code, _ in found(linter, f"a {text} b")] == ["AUT101"]
    assert found(linter, b64("z" + b64("x" + b64("y" + KEY)))) == []


def test_what_is_hidden_is_weighed_like_anything_else(linter: Linter) -> None:
    assert found(linter, b64("user:ak_live_xxxxxxxxxxxxxxxxxxxxxxxx")) == []
    assert found(linter, b64("user:" + TEST), "tests/test_a.py") == []
    assert found(linter, f"# {b64('user:' + KEY)}  # authlint: ignore[AUT101] an old one", "a.py") == []


def test_a_key_is_found_once_and_plainly_if_it_can_be(linter: Linter) -> None:
    old, escaped = fake("ak_live_[A-Za-z0-9]{24}", "old"), KEY.replace("_", "\\u005f")
    text = f'const old = "{old}";\nconst key = "{escaped}";\n'
    assert [(finding.code, finding.tags) for finding in lint(linter, text, "a.js")] == [("AUT101", ())] * 2
    text = f"apiVersion: v1\nkind: Secret\ndata:\n  password: {b64(KEY)}\n"
    assert [code for code, _ in found(linter, text, "a.yaml")] == ["AUT101"]


@given(st.text(max_size=60), st.text(max_size=20), st.integers(0, 3))
def test_pieces_lead_back_to_what_is_written(text: str, lead: str, layers: int) -> None:
    hidden = f"{lead} {KEY} {text}"
    written = b64(hidden) if layers % 2 else percent(hidden)
    source = Source("a", f"# {written} #".encode())
    for child in decoded(source, BEGINNINGS):
        at = child.data.find(KEY.encode())
        start, end = child.to_root((at, at + len(KEY)))
        assert 0 <= start < end <= len(source.data)
        piece = source.data[start:end].decode()
        assert KEY in (says(piece) if child.encoding == "in Base64" else piece.replace("%5F", "_"))
        break
    else:
        raise AssertionError("nothing was decoded")


@given(st.binary(max_size=400))
def test_anything_can_be_decoded(data: bytes) -> None:
    for piece in pieces(data):
        segments = list(piece.segments(data, 0, len(piece.data)))
        assert all(0 <= segment.start < segment.end <= len(data) for segment in segments)


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["AKIA", "scim_", "ak_live_", "xoxb-", "SG.x"]))
def test_every_form_of_a_beginning_is_among_its_expressions(before: int, after: int, beginning: str) -> None:
    looking = Expressions((), None, (beginning,))
    stream = random.Random(before * 41 + after)  # noqa: S311 - any text will do
    lead = "".join(stream.choice(ALPHABET) for _ in range(before)) + (":" if before else "")
    text = b64(lead + beginning + "".join(stream.choice(ALPHABET) for _ in range(after + 3)))
    assert looking.scan(f' "{text}" '.encode()) != set()


def test_expressions_are_not_too_many() -> None:
    assert len(expressions(RULES.packs.outline.beginnings)) < 5_000


@pytest.mark.parametrize("unit", ["%41%5f", "\\u0041", "QUtJ", "A" * 76 + "\n", "A" * 60 + " ", "-", "%", "\\x"])
def test_no_text_takes_long(unit: str) -> None:
    assert grows_linearly(lambda size: holds((unit * (size // len(unit))).encode(), BEGINNINGS), 50_000)
    text = (unit * (100_000 // len(unit)) + b64(KEY)).encode()
    assert len(list(decoded(Source("a", text * 3), BEGINNINGS))) < 1_000
