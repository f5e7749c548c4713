"""Which sort of credential a name promises: a password, a client secret, an API key, a token, a signing key.

Stricter than ``authlint.names``: the *last* word must name the credential itself (``RESET_PASSWORD_TEXT``,
``tokenAddress`` and ``password_required`` do not), for here the name decides whether a literal is reported at all.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

from authlint.names import last, split

Sort: TypeAlias = Literal[
    "",
    "authorization",
    "token",
    "api-key",
    "client-secret",
    "secret",
    "password",
    "signing-key",
    "secret-key",
    "cipher-key",
]
"""``secret-key`` may be a signing key or a provider's key: ``SECRET_KEY``, ``AUTH_SECRET``."""

_CACHE = 2048
_SHORTEST = 3
_MAX_NAME = 256


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PASSWORDS = _words("password passwords passwd pwd pass passphrase passcode")
_TOKENS = _words("token tokens jwt bearer credential credentials")
_SECRETS = _words("secret secrets")
_KEYS = _words("key keys")
_PROVIDER_KEYS = _words("key keys token pat secret login apikey")
_PAIRS = {
    "apikey": ("api", "key"),
    "apikeys": ("api", "key"),
    "authkey": ("auth", "key"),
    "secretkey": ("secret", "key"),
}
_ENDINGS = ("password", "passwd", "secret", "token")
_TRAILING = _words(  # words behind the credential that do not change what it is
    "prod production dev development staging stage live test sandbox default local value str string base b64 base64 raw"
    " plain plaintext literal base main primary secondary old new backup"
)
_ABOUT = _words(  # a name with one of these is a text, a rule or a place, not the credential
    "reset forgot forgotten invalid required incorrect wrong missing mismatch hash hashed encrypted placeholder label"
    " public publishable site anon anonymous hint strength policy rule rules min max length show hide toggle validate"
    " validation validator prompt question message error csrf xsrf next page cursor continuation push fcm apns device"
    " registration verification invite unsubscribe count limit usage tokenizer design theme css symbol sort foreign"
    " partition cache primary_key color icon title field column header param type mint contract address measurement"
    " tracking recaptcha_site pub verify confirmation mandatory selector regex pattern"
    " idempotency dkim sequence bad weak common breached banned forbidden disallowed"
)
_SIGNERS = _words("jwt session sessions sess cookie cookies signing signature sign hmac hs256 nextauth jws")
_KEY_SIGNERS = _SIGNERS - {"session", "sessions", "sess", "signature", "sign"}
_SIGNING = _words("signing hmac hs256 jws")
_FRAMEWORKS = _words(
    "flask django express passport rails laravel nest server auth token access refresh website web super"
)
_VENDORS = _words(
    "aws access stripe s3 minio recaptcha captcha hcaptcha turnstile api client consumer paystack razorpay binance"
    " oauth twilio paypal kraken coinbase bitfinex google facebook github gitlab linkedin twitter trading exchange"
    " wasabi spaces r2 oss cos tencent aliyun baidu"
)
_REQUESTS = (("client", "token"), ("client", "request", "token"))  # which say that a request is the same as before
_CLIENTS = _words("client consumer app application oauth oauth2")
_KEY_KINDS = _words(
    "api access private secret auth subscription rapidapi service account master storage encryption admin apikey"
)


@lru_cache(_CACHE)
def sort_of(name: str) -> Sort:
    """The sort of credential a name (or the last part of a dotted path) promises; empty for any other name."""
    name = last(name)
    words = () if " " in name or "/" in name else _spread(name)
    while len(words) > 1 and (words[-1] in _TRAILING or words[-1].isdigit()):
        words = words[:-1]
    if not words or not _ABOUT.isdisjoint(words) or words in _REQUESTS:
        return ""
    if words[-1] == "authorization":
        return "authorization"
    if words[-1] in _PASSWORDS:
        return "password"
    if words[-1] in _SECRETS | _KEYS:
        return _secret(words)
    if _is_either(words):  # secretOrKey, secretOrPrivateKey
        return "signing-key"
    return "token" if words[-1] in _TOKENS else ""


@lru_cache(_CACHE)
def is_header(name: str) -> bool:
    """Whether a name is that of a request header that carries a credential: ``X-API-Key``, ``Private-Token``."""
    low = name.lower()
    named = low.startswith(("x-", "ocp-", "private-", "api-")) or low == "authorization"
    return named and sort_of(name) in ("api-key", "token", "authorization", "secret")


@lru_cache(_CACHE)
def is_provider_key(name: str, providers: frozenset[str]) -> bool:
    """Whether a name is that of a provider and of a key: ``netlify_key``, ``config.facebook.key``, ``asana_pat``."""
    words = split(".".join(name[-_MAX_NAME:].split(".")[-2:]))
    while len(words) > 1 and words[-1] in _TRAILING:
        words = words[:-1]
    return (
        len(words) > 1 and words[-1] in _PROVIDER_KEYS and _ABOUT.isdisjoint(words) and not providers.isdisjoint(words)
    )


def is_database(name: str) -> bool:
    """Whether a password of this name opens a database or another service that is started with it."""
    return not _words("db database postgres pg mysql mariadb mongo mongodb redis sql root rabbitmq pgadmin").isdisjoint(
        split(name)
    )


def _spread(name: str) -> tuple[str, ...]:
    """The words of a name; ``apikey`` and ``dbpassword`` count as two."""
    found: list[str] = []
    for word in split(name):
        ending = next((end for end in _ENDINGS if word.endswith(end) and len(word) > len(end) + 1), "")
        if word in _PAIRS:
            found += _PAIRS[word]
        elif ending:
            found += (word[: -len(ending)], ending)
        else:
            found.append(word)
    return tuple(found)


def _secret(words: tuple[str, ...]) -> Sort:
    """The sort of a name that ends in ``secret`` or ``key``."""
    before = set(words[:-1])
    if words[-1] in _SECRETS:
        if not _SIGNERS.isdisjoint(before):
            return "signing-key"
        if any(pair[0] in _CLIENTS and pair[1] in _SECRETS for pair in pairwise(words)):
            return "client-secret"
        return "secret-key" if not _FRAMEWORKS.isdisjoint(before) and not before & {"oauth", "twitter"} else "secret"
    kind = words[-2] if before else ""
    if kind in _KEY_SIGNERS or (kind == "secret" and not _SIGNERS.isdisjoint(before)):
        return "signing-key" if "secret" in before or kind in _SIGNING else "secret-key"
    if _is_either(words):
        return "signing-key"
    if ("secret", "key") in {(pair[0], "key") for pair in pairwise(words) if pair[1] in _KEYS}:
        return "api-key" if before & _VENDORS else "secret-key"
    return "api-key" if any(pair[0] in _KEY_KINDS and pair[1] in _KEYS for pair in pairwise(words)) else ""


def _is_either(words: tuple[str, ...]) -> bool:
    return len(words) >= _SHORTEST and words[0] == "secret" and words[1] == "or"
