"""What is recognised in text of no language we parse."""

from __future__ import annotations

import pytest
from timing import grows_linearly

from authlint.factview import lines
from authlint.frontends.lexical import lower
from authlint.source import Source

ATTRIBUTES = [("add", "name"), ("key", "name"), ("value", "abcd"), ("name", "abcd")]


def bindings(text: str) -> list[str]:
    source = Source("a.txt", text.encode(), "text")
    return [line.removeprefix("bind @0 ") for line in lines(lower(source)) if line.startswith("bind")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('String apiKey = "abcd";', ['String = "abcd"', 'apiKey = "abcd"']),
        ("key := `abcd`", ['key = "abcd"']),
        ("$key .= 'abcd';", ['key = "abcd"']),
        ('"key" => "abcd"', ['key = "abcd"']),
        ('put("key", "abcd")', ['key = "abcd"']),
        ('["key", "abcd"], {"key", "abcd"},', ['key = "abcd"', 'key = "abcd"']),
        ('["claims","key","abcd","sign"]', []),
        ('["key","abcd","sign"]', []),
        ("field 'String', 'key', '\"abcd\"'", ['key = "abcd"']),
        ('{\\"key\\":\\"abcd\\"}', ['key = "abcd"']),
        ("export KEY=abcd", ['KEY = "abcd"']),
        ("the key: abcd", ['key = "abcd"']),
        ("<key>\n  abcd\n</key>", ['key = "abcd"']),
        ('<string name="key">abcd</string>', ['key = "abcd"']),
        ('<add key="name" value="abcd"/>', [f'{n} = "{v}"' for n, v in ATTRIBUTES]),
        ('user.setPassword("abcd");', ['setPassword = "abcd"']),
        ('user.getPassword("abcd"); setKeys("abcd"); setKey(abcd)', []),
        (
            "<param-name>app.secretKey</param-name>\n<param-value>abcd</param-value>",
            ['param-name = "app.secretKey"', 'app.secretKey = "abcd"', 'param-value = "abcd"'],
        ),
        ("url = 'https://example.com/x'", []),
        ("if a == b: c", []),
        ("one, two, three", []),
        ("key = abc", []),
    ],
)
def test_assignments(text: str, expected: list[str]) -> None:
    assert bindings(text) == expected


@pytest.mark.parametrize(
    "unit",
    [
        "ab=",
        'ab="',
        "ab=`",
        "<ab>",
        "<ab",
        "ab ",
        'name="ab" ',
        "ab: ",
        'ab:=\\"',
        '"ab",',
        "a",
        'ab="x`',
        "ab='\"",
        "aKey(",
        'a_Key("',
        "<a-name>b</a-name>",
    ],
)
def test_nothing_takes_long(unit: str) -> None:
    assert grows_linearly(lambda size: lower(Source("a.txt", unit.encode() * (size // len(unit)), "text")), 50_000)
