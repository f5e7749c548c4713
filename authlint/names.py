"""What a name means: ``clientSecret``, ``CLIENT_SECRET`` and ``client-secret`` are one name, and name a secret.

Names are judged by their words, never by substrings (``tokenizer`` is no token), and by what the last word says the
value is: a ``token_url`` is an address, a ``token_type`` a word, a ``token_expires_at`` a time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MAX_NAME = 256  # nobody's name is longer; a hostile one is cut, so that the cache stays small
_CACHE = 2048


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PLURALS = {f"{word}s": word for word in _words("token jwt apikey credential secret password passphrase key")}
_TOKEN_WORDS = _words("token jwt bearer apikey credential")
_SECRET_WORDS = _words("secret password passwd pwd passphrase")
_TOKEN_PAIRS = frozenset(
    tuple(pair.split("-"))
    for pair in _words(
        "api-key access-key access-token refresh-token id-token auth-token session-token client-secret private-key"
    )
)
_RUN_TOGETHER = frozenset("".join(pair) for pair in _TOKEN_PAIRS)  # authtoken, clientsecret

_EXCLUDED = _words(
    "csrf xsrf next page cursor continuation push fcm apns device registration verification reset invite unsubscribe"
    " max count limit usage used tokenizer tokenize design theme css symbol"
)
_COUNTING = _words(
    "num number n total min input output prompt completion cached uncached estimated estimate approx remaining reserved"
    " generated reasoning"
)
_SUFFIXES = _words(
    "url uri endpoint host path file dir type name header prefix field param label id hint format pattern regex length"
    " expiry expires expiration at in ttl lifetime status reason error message count provider store service manager"
)

_EXPIRY_WORDS = _words("expire expires expired expiring expiry expiration ttl lifetime")
_EXPIRY_PAIRS = {("valid", "until"), ("valid", "till"), ("valid", "to"), ("not", "after"), ("max", "age")}
_NOT_EXPIRY = _words("reg regular math experiment")

_NOT_STATE = _words(
    "use set init initial default loading loaded ready component ui view redux store app window history push replace"
    " machine power play player playback game network connection socket device link button form tab lock health job"
    " task run thread process matching address us country city province region"
)
_STATE_HOLDERS = _words("param parameter value cookie key token query string")


@lru_cache(_CACHE)
def split(name: str) -> tuple[str, ...]:
    """The lower-case words of a name: ``accessTokenURL`` is ``access``, ``token``, ``url``. Numbers are words."""
    return tuple(word.lower() for word in _WORD.findall(name[-_MAX_NAME:]))


@lru_cache(_CACHE)
def last(path: str) -> str:
    """The last name of a dotted path: ``token`` of ``self.token``, ``tokens.0``, ``tokens.[]`` and ``self.token()``."""
    for segment in reversed(path[-_MAX_NAME:].split(".")):
        name = segment.removesuffix("()")
        if name and name != "[]" and not name.isdigit():
            return name
    return ""


@lru_cache(_CACHE)
def is_token_name(name: str) -> bool:
    """Whether a value of this name is a token or an API key by which its holder is let in."""
    words = _meaning(name)
    if not words or _says_otherwise(words):
        return False
    return _names_token(words)


@lru_cache(_CACHE)
def is_secret_name(name: str) -> bool:
    """Whether a value of this name must be kept secret: a token, a password, a client secret."""
    words = _meaning(name)
    if not words or _says_otherwise(words):
        return False
    return not _SECRET_WORDS.isdisjoint(words) or _names_token(words)


@lru_cache(_CACHE)
def is_expiry_name(name: str) -> bool:
    """Whether a value of this name says when something ends, how long it lives, or that it is over."""
    return _names_expiry(_without_numbers(name))


@lru_cache(_CACHE)
def is_state_name(name: str) -> bool:
    """Whether a value of this name may be the ``state`` of an authorization request (and not of a widget)."""
    words = list(_without_numbers(name))
    while len(words) > 1 and words[-1] in _STATE_HOLDERS:
        words.pop()
    return bool(words) and words[-1] == "state" and _NOT_STATE.isdisjoint(words)


def _without_numbers(name: str) -> tuple[str, ...]:
    return tuple(word for word in split(name) if not word.isdigit())


def _meaning(name: str) -> tuple[str, ...]:
    """The words of a name, singular; none for an amount of tokens (``input_tokens``) and for names of some."""
    words = _without_numbers(name)
    if words and words[-1] == "tokens" and not _COUNTING.isdisjoint(words):
        return ()
    if words[-2:] in (("token", "keys"), ("tokens", "keys")):
        return ()  # the names that tokens are kept under
    return tuple(_PLURALS.get(word, word) for word in words)


def _says_otherwise(words: tuple[str, ...]) -> bool:
    return words[-1] in _SUFFIXES or not _EXCLUDED.isdisjoint(words) or _names_expiry(words)


def _names_token(words: tuple[str, ...]) -> bool:
    if not _TOKEN_WORDS.isdisjoint(words) or not _RUN_TOGETHER.isdisjoint(words):
        return True
    return not _TOKEN_PAIRS.isdisjoint(pairwise(words))


def _names_expiry(words: tuple[str, ...]) -> bool:
    if not words or not _NOT_EXPIRY.isdisjoint(words):
        return False
    if not _EXPIRY_WORDS.isdisjoint(words) or "exp" in words or words[-1] == "until":
        return True
    return not _EXPIRY_PAIRS.isdisjoint(pairwise(words))
