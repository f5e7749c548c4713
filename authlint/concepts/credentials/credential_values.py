"""Is this text the credential that its name promises? One function for each way of being one.

``authlint.secret.placeholders`` says whether a value looks made up. That is not enough here: a password may be made of
words and still open the door, and a signing key called ``changeme`` is as good a key as any.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

from authlint.concepts.tokens import jwts
from authlint.names import split
from authlint.secret.placeholders import Verdict, judge
from authlint.secret.speech import is_words

_LONGEST_PASSWORD = 72
_LONGEST_KEY = 4000
_SHORTEST_PASSWORD, _SHORTEST_KEY = 4, 8
_REPEATED = 1
_MANY = 3  # of letters that are rare in words
_CACHE = 1024

_CHARACTERS = re.compile(r"[\w.~+/=:|%!@$*^&#?,-]+")
_NOT_RANDOM = re.compile(
    r"""(?i) :// | \A(?:sha\d{1,3}[-:=]|data:|urn:|application/|text/|image/|[./~\#@]|0x[0-9a-f]{40}\Z|pk[_.]|\$[a-z])
      | \.(?:js|ts|py|pem|key|json|ya?ml|txt|html|css|md|com|org|net|io)\Z""",
    re.VERBOSE,
)
_PIECES = re.compile(rb"[\w.~+/|%!@$*^#?-]{8,4000}=*")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HASHED = re.compile(
    r"\$(?:2[abxy]|argon2|[156])\w{0,3}\$|pbkdf2|\{(?:SHA|SSHA|MD5)|(?:bcrypt|sha1|sha256|md5)[:$]"
    r"|(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})\Z"
)
_NOT_TYPED = re.compile(r"[\s()\[\]{}<>|\\;\"'`:,]|\A[#./]|/.*/|\.\w+\.\w|\.{2}|=\Z")
_LETTERS_ONLY = re.compile(r"[A-Za-z._-]+")
_LABEL = re.compile(r"(?i)(?:^|[._-])(?:pass(?:word|wd|phrase)?|pwd)\d{0,2}(?:[._-]|$)|passwords?[A-Z]")
_WIDGET = re.compile(
    r"(?i:\w{0,40}pass(?:word)?)(?:Widget|Input|Field|Box|Control|Component|Element|Validator|Hasher|Type)"
)
_NAME_OF_ONE = re.compile(r"(?i)(?:aws[_-]?)?secret[_-]?access[_-]?key|aws[_-]?secret[_-]?key")
_SETTING = re.compile(r"[A-Za-z]{2,40}(?:[:/.][A-Za-z]{2,80}){1,4}")
_APP_PASSWORD = re.compile(r"[a-z]{4}(?: ?[a-z]{4}){3}")  # Google's
_RARE = re.compile(r"[jkqvwxz]")
_WORDED = re.compile(r"pass|word|secret|admin|login|test")
_MINE = re.compile(r"(?i)\Amy[_-]?")
_TEMPLATE = re.compile(
    r"<[^<>]{1,200}>|\$?\{\{?[^{}]{0,200}\}?\}|\$\w{2,80}|%\w{1,80}%|\$\([^()]{1,200}\)|__\w{1,80}__|\[\w{1,80}\]"
)
_PUBLIC_KEY = re.compile(r"-----BEGIN (?:PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE)|\Assh-(?:rsa|ed25519) ")
_REFERENCE = re.compile(r"\A(?:vault:|op://|ref\+|ssm:|arn:|env:|secretsmanager:|keyring:|encrypted:|ENC\[|file:)")


@lru_cache(_CACHE)
def is_random(value: str, *, name: str, at_least: int, samples: frozenset[str], uuid: bool = False) -> bool:
    """Whether a text looks like a key that a machine has made, and not like an address, a name or a sentence."""
    if (
        len(value) < at_least
        or not value.isascii()
        or not _CHARACTERS.fullmatch(value)
        or _NOT_RANDOM.search(value)
        or is_words(value)
    ):
        return False
    if value.startswith("eyJ") and "." in value and not jwts.TOKEN.fullmatch(value.encode()):
        return False  # cut short, or not signed
    if not uuid and _UUID.fullmatch(value):
        return False
    return judge(value, name=name, doc_examples=samples).verdict is Verdict.REAL


def may_hold_key(text: bytes) -> bool:
    """Whether some of a text looks like a key that a machine has made, whatever it is called."""
    return any(_is_random_piece(piece.decode()) for piece in _PIECES.findall(text))


@lru_cache(8 * _CACHE)
def _is_random_piece(piece: str) -> bool:
    return not is_words(piece) and judge(piece, min_body=_SHORTEST_KEY).verdict is Verdict.REAL


@lru_cache(_CACHE)
def is_password(value: str, *, name: str, likely: bool) -> bool:
    """Whether a text is a password that somebody typed. Plain words are only where it is ``likely``."""
    if not value.isascii() or not _SHORTEST_PASSWORD <= len(value) <= _LONGEST_PASSWORD:
        return False
    letters = value.replace(" ", "")
    if _APP_PASSWORD.fullmatch(value) and not _WORDED.search(letters) and len(_RARE.findall(letters)) >= _MANY:
        return not _is_placeholder(letters, name)
    if _NOT_TYPED.search(value) or _HASHED.match(value):
        return False
    if _is_placeholder(value, name) or _TEMPLATE.fullmatch(value) or _WIDGET.fullmatch(value):
        return False
    if _LETTERS_ONLY.fullmatch(value):
        return likely
    return not _LABEL.search(value) or likely


def is_key(value: str, *, name: str, sure: bool) -> bool:
    """Whether a text serves as a signing key. Where it is ``sure`` that it is used as one, words do not excuse it."""
    if not value.strip() or len(value) > _LONGEST_KEY or _PUBLIC_KEY.search(value) or _REFERENCE.match(value):
        return False
    if _NAME_OF_ONE.fullmatch(value):
        return False
    if _TEMPLATE.fullmatch(value.strip()) or len(set(value.lower()) - set("-_.*")) <= _REPEATED:
        return False
    return sure or not (_is_placeholder(value, name) or _says_something(value, name))


def is_same_word(value: str, name: str) -> bool:
    """Whether a value is the very name it is given to, or that of a variable or a setting: a name, not a value."""
    if _SETTING.fullmatch(value) and split(value)[-2:] == split(name)[-2:]:
        return True  # CONFIG_KEY_SIGNING_KEY = "settings:signingKey"
    return value == name or (value.isupper() and _letters(value) == _letters(name))


def basic_password(value: str) -> str:
    """The password in the value of a ``Basic`` authorization; empty if there is none."""
    try:
        decoded = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return decoded.partition(":")[2] if decoded.isprintable() else ""


def _is_placeholder(value: str, name: str) -> bool:
    return judge(_MINE.sub("", value) or value, name=name).verdict is Verdict.PLACEHOLDER


def _says_something(value: str, name: str) -> bool:
    """Whether a text is a sentence, an address or the name it is given to."""
    return " " in value or "://" in value or value.startswith(("/", "./")) or is_same_word(value, name)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
