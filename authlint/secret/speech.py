"""Can a text be read as words and numbers, as names, paths and sentences are? Random keys cannot."""

from __future__ import annotations

import re

_MAX_WORD = 16
_MAX_LENGTH = 1024
_MIN_MEAN = 3
_MIN_LONG_MEAN = 4
_LONG_NAME = 16
_ABBREVIATION = 5
_SYLLABLE = 2

_ABBREVIATIONS = frozenset(
    ("css", "csrf", "db", "ftp", "html", "http", "https", "id", "js", "jwt", "sql", "ssh", "ssl", "tls", "url", "xml")
)
_PART = re.compile(r"[A-Za-z0-9]+")
_SHAPE = re.compile(r"[0-9]{1,8}|[0-9]{0,4}(?P<letters>[A-Za-z]{1,60})[0-9]{0,4}")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_VOWEL = re.compile(r"[aeiouy]")
_FOUR_CONSONANTS = re.compile(r"[^aeiouy]{4}")
_FIVE_CONSONANTS = re.compile(r"[^aeiouy]{5}")


def is_words(text: str) -> bool:
    """Whether every part of a text is a number, a word, or several words in camelCase, and none is too long."""
    if len(text) > _MAX_LENGTH:
        return False
    return all(_is_spoken(part) for part in _PART.findall(text))


def can_be_said(word: str) -> bool:
    """Whether a lower-case word has vowels, and not too far apart. Short words are taken for abbreviations.

    One that is longer than words are is several, or random letters: these must be easy to say.
    """
    consonants = _FIVE_CONSONANTS if len(word) < _LONG_NAME else _FOUR_CONSONANTS
    return len(word) <= _ABBREVIATION or bool(_VOWEL.search(word) and not consonants.search(word))


def _is_spoken(part: str) -> bool:
    shape = _SHAPE.fullmatch(part)
    if not shape:
        return False
    if not shape["letters"]:
        return True
    words = [word.lower() for word in _WORD.findall(shape["letters"])]
    return _is_a_name(words) and all(len(word) <= _MAX_WORD and can_be_said(word) for word in words)


def _is_a_name(words: list[str]) -> bool:
    """Whether words in camelCase are as long as words are; a long name has at most one abbreviation."""
    letters = sum(map(len, words))
    if len(words) == 1 or letters < _LONG_NAME:
        return len(words) == 1 or letters >= _MIN_MEAN * len(words)
    odd = sum(len(word) <= _SYLLABLE or not _VOWEL.search(word) for word in words if word not in _ABBREVIATIONS)
    return odd <= 1 and letters >= _MIN_LONG_MEAN * len(words)
