import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authlint.frontends.jsonstrings import Places, decode_string, embed_string, unescape
from authlint.source import Segment, Source


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        (r'"plain"', "plain"),
        (r'""', ""),
        (r'"a\n\t\"\\\/b"', 'a\n\t"\\/b'),
        (r'"\u00e9\ud83d\ude00"', "é😀"),
        (r'"\ud83d!\ude00"', "\N{REPLACEMENT CHARACTER}!\N{REPLACEMENT CHARACTER}"),
        (r"'it\'s \x41'", "it's A"),
        ('"a\\\r\nb"', "ab"),
        ('"é', "é"),
        ('"', ""),
        (r'"a\u12', "au12"),
        ('"a\\', "a"),
    ],
)
def test_decodes_a_literal(literal: str, expected: str) -> None:
    data = literal.encode()
    assert decode_string(data, 0, len(data))[0].decode() == expected


def test_segments_lead_back() -> None:
    data = rb'x "a\u00e9bc" y'
    assert decode_string(data, 2, 13) == (
        "aébc".encode(),
        [Segment(0, 1, 3, 4), Segment(1, 2, 4, 10), Segment(3, 2, 10, 12)],
    )


def test_embedded_source_knows_its_place() -> None:
    source = Source("package.json", rb'{"a": "x\ncurl -k"}', "json")
    embedded = embed_string(source, (6, 18), "shell", "a")
    assert embedded.data == b"x\ncurl -k"
    assert source.slice(embedded.to_root((2, 6))) == "curl"
    assert source.slice(embedded.to_root((0, 2))) == r"x\n"


@given(st.text(), st.booleans())
def test_agrees_with_json(text: str, ascii_only: bool) -> None:
    data = json.dumps(text, ensure_ascii=ascii_only).encode("utf-8", "replace")
    decoded, segments = decode_string(data, 0, len(data))
    assert decoded.decode() == json.loads(data)
    assert sum(segment.length for segment in segments) == len(decoded)


@given(st.binary())
def test_never_raises(data: bytes) -> None:
    decoded, segments = decode_string(data, 0, len(data))
    assert sum(segment.length for segment in segments) == len(decoded)


def test_places_are_the_segments_in_less_memory() -> None:
    data = b'  "a\\n\\u00e9\\\nb${X}\\\\" '
    decoded, segments = decode_string(data, 2, len(data) - 1)
    places = Places(data, 2, len(data) - 1)
    assert list(places) == segments
    assert places[1:-1] == segments[1:-1]
    assert places[-1] == segments[-1]
    assert unescape(data[3:-2]) == decoded == "a\n\u00e9b${X}\\".encode()
