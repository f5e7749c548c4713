"""What names say of tokens: which are kept under them, asked about, made, or something else altogether.

Wider than ``authlint.names``: a password counts as well, with which anybody can get a token, and narrower, for a name
that only speaks of a token (``hasToken``, ``token_type``, ``csrfToken``) promises none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from authlint.concepts.credentials.credential_names import sort_of
from authlint.names import is_expiry_name, is_state_name, is_token_name, split

_CACHE = 2048


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OTHERS = _words(
    "nonce pkce verifier challenge theme locale lang language timestamp recaptcha captcha state push fcm device expo"
)
_FORGERY = re.compile(r"(?i)[cx]srf")
_MAKERS = _words("password client-secret authorization")
_TOKENS = _words("token tokens")
_QUESTIONS = _words("is has had should can needs show with no without")
_ANSWERS = _words("valid invalid exists present required missing expired loaded loading ready validity changed checked")
_GIVEN = _words("user async do handle on post with me")
_LOGIN = _words("login signin logon authenticate register signup")
_ACCOUNT = _words("user account auth session credential credentials authentication profile member admin")
_SETTING = _words("set save store use with add")
_ACTIONS = _SETTING | _words("get fetch clear remove delete update refresh reset load validate on handle")
_INSPECTING = _words(
    "decode decoded parse verify validate check is has hash digest sha256 sha1 md5 sha512 count mask redact boolean"
    " bool extract payload claims delete remove clear revoke len number parseint expired exp"
)
_PASSING = _words(
    "encrypt encode stringify serialize serialise compress dumps dump seal sign escape btoa wrap marshal clone trim"
    " slice replace split concat join substring substr strip tostring from assign pop at json dict"
)


@lru_cache(_CACHE)
def token_key(key: str) -> bool:
    """Whether a key says that a token is kept under it, or what anybody can get one with."""
    return (is_token_name(key) or sort_of(key) in _MAKERS) and not is_other_key(key) and not is_question(key)


@lru_cache(_CACHE)
def is_other_key(key: str) -> bool:
    """Whether a key says that something else is kept: a state, a theme, a time, or something about a token."""
    words = split(key)
    if _FORGERY.search(key) or not _OTHERS.isdisjoint(words) or key.endswith(("_at", "At")):
        return True
    if is_expiry_name(key) or is_state_name(key):
        return True
    return not _TOKENS.isdisjoint(words) and not is_token_name(key)


def is_question(name: str) -> bool:
    """Whether a name asks about a token (``hasToken``, ``tokenValid``) rather than holds one."""
    words = split(name)
    return bool(words) and (words[0] in _QUESTIONS or words[-1] in _ANSWERS)


def is_action(name: str) -> bool:
    """Whether a name says what is done with a token (``setToken``, ``clear_token``)."""
    words = split(name)
    return len(words) > 1 and words[0] in _ACTIONS


def is_account(name: str) -> bool:
    """Whether a name is that of somebody who signed in, or of what signing in gave."""
    return not _ACCOUNT.isdisjoint(split(name))


def gives_token(method: str) -> bool:
    """``createAccessToken``, ``generate_token``, ``signJwt``: a call that is named after what it gives."""
    words = split(method)
    return len(words) > 1 and token_key(method) and words[0] not in _SETTING


def inspects(method: str) -> bool:
    """Whether a call looks into a token rather than gives one: ``jwtDecode(token)``, ``isValid(token)``."""
    return not _INSPECTING.isdisjoint(split(method))


def passes_on(method: str) -> bool:
    """Whether a call gives what it is given in another form: ``encrypt(token)``, ``token.trim()``."""
    return not _PASSING.isdisjoint(split(method))


def is_login(name: str) -> bool:
    """``login``, ``signInUser``, ``handleLogin``, ``register``."""
    words = [word for word in split(name) if word not in _GIVEN]
    return "".join(words[:2]) in _LOGIN or (len(words) == 1 and words[0] in _LOGIN)
