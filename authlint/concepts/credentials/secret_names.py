"""Names whose values must not be shown, judged more narrowly than what may be a secret: ``token_valid`` is none."""

from __future__ import annotations

from functools import lru_cache

from authlint.names import is_secret_name, last, split

_CACHE = 2048


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ABOUT = _words(  # a name with one of these says something about a credential
    "payload claim claims decoded valid invalid validity exists exist present missing found has is are no not should"
    " can use uses using need needs require required requires mask masked redacted hidden obfuscated hash hashed hashes"
    " digest fingerprint checksum encrypted cipher ciphertext public len size short preview balance price amount"
    " address contract mint supply match matches equal equals changed updated attempts attempt strength policy rules"
    " score form schema class screen component button icon date period duration age expired issued refreshing refreshed"
    " loading failed enabled disabled budget ratio embedding embeddings span lexer parser generator factory helper"
    " helpers util utils check checks checked validation validator source callback scope scopes algorithm kid"
    " starting resume resumption reservation verify verified per sample example potential exposed detected leaked total"
)
_ENDINGS = _words(  # and so does one that ends in these
    "version arn ref alias namespace rule input model view page time success ok mode map names ids types kind kinds"
    " rate index idx position line offset stream buffer table tree node handler client api request req options opts"
    " config params args regexp test tests link user username email owner uid sub subject audience issuer alg header"
    " headers out cost costs identity claim manager list filename folder directory warning help usage prompt title doc"
    " docs seconds secs minutes hours days ms milliseconds lookup backend variable variables reference references"
    " pos filter filters sentinel"
)
_LABELS = _words("types names errors messages labels placeholders files paths filenames")
_ENUMERATIONS = _words(
    "type kind field fields method methods variable variables code codes event events grant grants v"
)
_COUNTS = _words("usage metrics stats counts summary")
_METERS = _words("limiter limiters ratelimiter bucket buckets throttle throttler quota")
_FILLERS = _words(
    "my the new current old result results res resp response data json str string text value values raw obj object info"
    " cur final app bot s i t sess session user db"
)
_COMMON = _words("token tokens credential credentials secret secrets")
_HEADERS = _words("authorization")
_HEADER_PAIRS = frozenset((("auth", "header"), ("authorization", "header"), ("auth", "headers"), ("bearer", "header")))
_FLAGS = frozenset((word,) for word in _words("is has enable enabled should can use uses with no not"))
_GIVING = _words(
    "get fetch read load retrieve obtain acquire generate create sign issue request refresh make new encode"
)
_GIVEN = _words("token tokens jwt secret password key credentials credential")
_DIRECTORIES = ("PWD", "OLDPWD")


@lru_cache(_CACHE)
def reveals(path: str) -> bool:
    """Whether a value of this name is itself a credential. What ends in ``.[]`` is a part of one: ``token[:4]``."""
    name = last(path)
    words = split(name)
    if not words or " " in name or path.endswith(".[]") or name in _DIRECTORIES:
        return False
    if words == ("credential",):
        return False  # of WebAuthn, which is public
    if words[-1] in _HEADERS or words[-2:] in _HEADER_PAIRS:
        return True
    if words[-1] in _ENDINGS or words[-1].endswith("ed") or not _COUNTS.isdisjoint(path.split(".")[:-1]):
        return False  # credentials_created, usage.tokens
    if words[-1] == "tokens" and not _METERS.isdisjoint(split(path.rpartition(".")[0])):
        return False  # rate_limiter.tokens: how many requests are left
    return is_secret_name(name) and _ABOUT.isdisjoint(words) and not _is_label(path.rpartition(".")[0])


def _is_label(owner: str) -> bool:
    """Whether what an owner holds are words about things: ``VariableNames.SECRET``, ``files.credentials``."""
    words = [word for word in split(last(owner)) if not word.isdigit()]
    if not words or words[-1] in _LABELS:
        return bool(words)
    return last(owner)[:1].isupper() and words[-1] in _ENUMERATIONS


@lru_cache(_CACHE)
def is_ambiguous(path: str) -> bool:
    """Whether a name may as well be that of a word in a text, or of a coin: ``token``, ``tokens``, ``secret``."""
    words = [word for word in split(last(path)) if word not in _FILLERS]
    return bool(words) and _COMMON.issuperset(words)


@lru_cache(_CACHE)
def is_flag(path: str) -> bool:
    """Whether a name is that of an answer, yes or no: ``isSignedIn``, ``enable_sync``."""
    return split(last(path))[:1] in _FLAGS


@lru_cache(_CACHE)
def gives(name: str) -> bool:
    """Whether a function of this name gives back a credential: ``getAccessToken``, ``create_jwt``."""
    words = split(last(name))
    return len(words) > 1 and words[0] in _GIVING and words[-1] in _GIVEN and reveals(name)


@lru_cache(_CACHE)
def is_lasting(path: str) -> bool:
    """Whether what a name reveals opens more than one session: a refresh token or the secret of a client."""
    words = set(split(last(path)))
    return "refresh" in words or {"client", "secret"} <= words or words >= {"app", "secret"}
