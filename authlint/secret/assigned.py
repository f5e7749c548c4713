"""Values given to names of secrets, in a line of any language: what ``authlint.secret.redact`` masks.

Works on a line of text, not on facts: the line may be half a statement, in a file that does not parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

from authlint.names import is_secret_name, split
from authlint.secret.placeholders import Verdict, judge
from authlint.secret.speech import is_words
from authlint.source import Span

_Suspicion: TypeAlias = Literal["certain", "possible", "none"]

_MAX_NAME = 100
_MAX_TOKENS = 100
_MAX_HARMLESS = 200
_MIN_SECRET = 4
_FREE_STEPS = 2000
_CHARS_A_STEP = 4


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECRET_WORDS = _set("pass passcode pw psk cred creds")
_POSSIBLE_WORDS = _set(
    "token tokens secret secrets password passwords passwd key keys apikey auth authorization authtoken credential"
    " credentials jwt bearer session sessionid sid cookie nonce code verifier signature sig salt seed hash private csrf"
    " xsrf dsn connection webhook"
)
_TOLD = _set(  # arguments that may be shown if they are words, whatever is made of them
    "algorithm algorithms alg method url uri host hostname type user username path expires exp grant scope scopes"
    " audience issuer id format encoding mode level name file"
)
_GIVEN_A_KEY = _set("sign signed verify hmac encrypt decrypt cipher basic")  # calls
_LOOKUPS = _set("get getenv env fetch getitem item read load require property config string var variable setting form")
_ROOTS = _set(
    "self this process os env config settings req request res response data params session user props state ctx context"
    " event args options opts body query headers payload result secrets vars var local values meta import credentials"
    " app root window document"
)

_NAME = re.compile(r"[A-Za-z_$@][\w$-]*")
_CONNECTOR = re.compile(
    r"""[\\"'`\]?!]{0,5} \s{0,16}
    (?: (?: : \s{0,4} (?:&?(?:'static\ )?(?:str|string|String|bytes|any|unknown|object|SecretStr|char)|Optional\[\w+\])
            (?:\s?\|\s?\w{1,20})? \s{0,4} )?
        (?P<equals> :=|\?\?=|\|\|=|\?=|={1,3}(?!>)|!={1,2}|<- )
      | (?P<arrow> =>)
      | (?P<colon> :)
      | (?P<value> ,?\s{0,4}["']?value["']?\s{0,4}[=:] | ,[^\n=]{0,40}(?:=[^\n=]{0,40}){0,2}\bdefault\s?=)
      | (?P<comma> ,)
      | (?P<either> \)?\s{0,4}(?:\|{1,2}|\?\?|or\b))
      | (?P<call> \()
      | (?P<tag> >)
    )? \s{0,16}""",
    re.VERBOSE,
)
_PAIR = re.compile(r"[\"']?\s{0,4}[=:]\s{0,4}[(\[]")
_QUOTE = re.compile(r"(?:[rRbBuUfF]{1,2}|[@$])?(?P<mark>\\{0,3}[\"'`])")
_BARE = re.compile(
    r"(?:(?!\|\||\?\?)[^\s\"'`,;()\[\]{}&]|&(?![\w.-]{1,40}=)|,(?=[^\s\"'`{}()\[\]])|\$\{[^{}\s\"'`]{0,80}\})+|\|\||\?\?"
)
_OPERATOR = re.compile(r"[^\w$]{1,3}|or|and|if|else|in|is|not|await|new|return|unless")
_PLAIN_REST = re.compile(r"[^\"'`(){}\[\];=|\n]+")
_COMMENT = re.compile(r"\s(?:#|//)")
_ELEMENT = re.compile(r"[^<]+")
_ENDS_KEY = re.compile(r"\s{0,8}(?::(?!:)|=>)")
_LAST_WORD = re.compile(r"([A-Za-z_][\w-]{0,60})[\"'`]?[\s(\[:=>]{0,8}\Z")
_DECLARATION = re.compile(r"(?:\A|\s)(?:export|set|ENV|ARG)\s{1,8}\Z")
_LINE_START = re.compile(r"(?:\A|\n)[\s>-]{0,60}(?:(?:export|set|ENV|ARG|-e|--env)\s{1,8})?\Z")

_REFERENCE = re.compile(
    r"""\$\{\{?[^{}"'`\\]{0,80}\}?\} | \$(?:env:)?[A-Za-z_][\w.]{0,60} | \{\{[^{}]{0,80}\}\}
      | \#?\{[\w.@()\[\] ]{0,80}\} | <[A-Za-z_ -]{1,60}> | <%=?[^%]{0,80}%> | %\(?\w{0,40}\)?[sdr]
      | %[A-Za-z_]{1,60}% | @[A-Z_]{2,60}@ | __[A-Z_]{2,60}__ | \$\([^()"']{0,80}\)
    """,
    re.VERBOSE,
)
_OPEN_REFERENCE = re.compile(r"[#$]?\{{1,2}[\w.@]{0,80}|<[A-Za-z_-]{1,60}")
_CONSTANT = re.compile(
    r"(?i:none|null|nil|undefined|true|false|yes|no|on|off|self|this|new|await|async|function|def|lambda|return|require"
    r"|import|from|typeof|not|and|or|if|else|in|is|as|bearer|basic|str|string|bytes|any|unknown|boolean|bool|number|int"
    r"|integer|object|optional|void|never|secretstr|text|final|required)[?!.:*]{0,3}"
    r"|[0-9]{0,3}|[HREP]S(?:256|384|512)|[^\w]{0,12}|[xX*.\N{BULLET}\N{HORIZONTAL ELLIPSIS}-]{0,80}"
)
_PATH = re.compile(r"[$@:]{0,2}[A-Za-z_][A-Za-z_]{0,40}(?:(?:\?\.|!\.|::|->|[.-])[A-Za-z_]{1,40}){0,6}[!?]?")
_ENVIRONMENT = re.compile(
    r"(?:process\.env|import\.meta\.env|os\.environ|secrets|vars|env|ENV)\.[A-Z][A-Z0-9_]{0,60}!?"
)
_UNFINISHED = re.compile(r"[A-Za-z_.<>*-]{1,80}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]{0,20}(?:_[A-Z0-9]{1,20}){1,6}")
_ALPHANUMERIC = re.compile(r"[^\W_]")
_SCHEME = re.compile(r"(?i)\s{0,4}(?:bearer|basic|token)\s{1,8}(?=\S)")
_MASKED = "…("


def assigned_values(text: str) -> Iterator[Span]:
    """Spans of what is assigned, given or compared to a name that means a secret, except references to it.

    A line of nothing but such names, one inside the other, is not read to its end: the rest of it is one span.
    """
    covered, steps = 0, _FREE_STEPS + len(text) // _CHARS_A_STEP
    for match in _NAME.finditer(text):
        name = match[0][-_MAX_NAME:]
        suspicion = _suspicion(name)
        if suspicion != "certain" and _is_given_a_secret(text, match):
            suspicion = "certain"
        if suspicion == "none" or match.start() < covered:
            continue
        given = _Given(text, match, certain=suspicion == "certain")
        for start, end in given.spans():
            covered = max(covered, end)
            yield start, end
        steps -= given.steps
        if steps < 0:
            yield match.end(), len(text)
            return


def is_harmless(value: str) -> bool:
    """Whether a value only refers to a secret, or leaves it out, so that it may be shown."""
    if len(value) > _MAX_HARMLESS:
        return False
    if _MASKED in value or any(known.fullmatch(value) for known in (_CONSTANT, _ENVIRONMENT, _OPEN_REFERENCE)):
        return True
    if not _ALPHANUMERIC.search(_REFERENCE.sub("", value)):
        return True
    if _PATH.fullmatch(value) and is_words(value):
        rooted = "." in value and not _ROOTS.isdisjoint(split(value.partition(".")[0]))
        return rooted or _suspicion(value) != "none"
    return bool(_UNFINISHED.fullmatch(value)) and judge(value).verdict is Verdict.PLACEHOLDER


def _is_given_a_secret(text: str, name: re.Match[str]) -> bool:
    """Whether what follows says more than the name: ``hmac(…)``, ``jwt.encode(…)``, ``auth=(…)``."""
    if text[name.end() : name.end() + 1] == "(":
        before = text[max(0, name.start() - 4) : name.start()].lower()
        return before in ("jwt.", "jws.", "jwe.") or not _GIVEN_A_KEY.isdisjoint(split(name[0][-_MAX_NAME:]))
    return name[0] == "auth" and _PAIR.match(text, name.end()) is not None


@lru_cache(4096)
def _suspicion(name: str) -> _Suspicion:
    words = split(name)
    if is_secret_name(name) or not _SECRET_WORDS.isdisjoint(words):
        return "certain"
    return "none" if _POSSIBLE_WORDS.isdisjoint(words) else "possible"


class _Given:
    """What one name is given. If it is not ``certain`` that it means a secret, words may be shown."""

    def __init__(self, text: str, name: re.Match[str], *, certain: bool) -> None:
        self.text, self.name, self.certain = text, name, certain
        self.steps = 0

    def spans(self) -> Iterator[Span]:
        """What is to be masked behind the name."""
        connector = _CONNECTOR.match(self.text, self.name.end())
        if connector is None:
            return
        at, kind = connector.end(), connector.lastgroup
        before = self.text[self.name.start() - 1 : self.name.start()]
        plain_arrow = kind == "arrow" and self.text[self.name.end()] not in "\"'" and before != ":"  # x => …
        if kind == "tag":
            element = _ELEMENT.match(self.text, at)
            if element and before == "<":
                yield from self._judged(element.span(), self.certain)
        elif kind == "call":
            yield from self._expression(at, depth=1)
        elif kind in ("comma", "either") or plain_arrow:
            if _QUOTE.match(self.text, at):
                yield from self._next(at)
        elif kind:
            whole = self._rest_of_line(at)
            yield from self._judged(whole, self.certain) if whole else self._expression(at)
        elif self.text[self.name.end() : at].isspace() and self.name[0].lower() != "bearer":  # --password …
            yield from self._next(at, bare=not self.text.startswith("-", at))

    def _judged(self, span: Span, strict: bool) -> Iterator[Span]:
        scheme = _SCHEME.match(self.text, *span)
        span = (scheme.end(), span[1]) if scheme else span
        value = self.text[slice(*span)]
        if len(value.strip()) >= _MIN_SECRET and not is_harmless(value.strip()) and (strict or not is_words(value)):
            yield span

    def _next(self, at: int, *, bare: bool = False) -> Iterator[Span]:
        """The one value that begins here."""
        quoted = self._quoted(at)
        if quoted:
            yield from self._judged(quoted[0], self.certain)
            return
        match = _BARE.match(self.text, at) if bare else None
        if match:
            before = self.text[max(0, self.name.start() - _MAX_NAME) : self.name.start()]
            told = before.endswith("-") or _DECLARATION.search(before)
            strict = self.certain and (told or any(map(str.isdigit, match[0])))  # else it may be a sentence
            yield from self._judged(match.span(), bool(strict))

    def _starts_line(self) -> bool:
        before = self.text[max(0, self.name.start() - _MAX_NAME) : self.name.start()]
        return _LINE_START.search(before) is not None

    def _rest_of_line(self, at: int) -> Span | None:
        """The rest of a line such as ``PASSWORD=correct horse`` or ``password: a, b``, which no code is."""
        if not self._starts_line():
            return None
        rest = _PLAIN_REST.match(self.text, at)
        if rest is None or (rest.end() < len(self.text) and self.text[rest.end()] != "\n"):
            return None
        comment = _COMMENT.search(self.text, at, rest.end())
        value = self.text[at : comment.start() if comment else rest.end()].rstrip().rstrip(",")
        if not self.certain or all(is_harmless(word) for word in value.split()):
            return None
        return at, at + len(value)

    def _quoted(self, at: int) -> tuple[Span, int] | None:
        """The span between the quotes that open here, and where the text goes on."""
        opening = _QUOTE.match(self.text, at)
        if opening is None:
            return None
        mark, start = opening["mark"], opening.end()
        end = self.text.find(mark, start)
        while end > 0 and mark[0] != "\\" and self._is_escaped(end):
            end = self.text.find(mark, end + 1)
        return ((start, len(self.text)), len(self.text)) if end < 0 else ((start, end), end + len(mark))

    def _is_escaped(self, at: int) -> bool:
        backslashes = at
        while backslashes and self.text[backslashes - 1] == "\\":
            backslashes -= 1
        return (at - backslashes) % 2 == 1

    def _expression(self, at: int, depth: int = 0) -> Iterator[Span]:
        """Every value in the expression that begins here and ends with a comma or an unopened bracket."""
        text, begin, previous, inside = self.text, at, "", False
        for self.steps in range(_MAX_TOKENS):
            at = _skip_space(text, at)
            quoted = self._quoted(at)
            bare = None if quoted else _BARE.match(text, at)
            if quoted:
                if inside and text[at - 1] != " ":
                    return  # the end of the text that the name stands in
                span, after = quoted
                if not (depth and previous in ("{", ",") and _ENDS_KEY.match(text, after)):
                    yield from self._judged(span, self.certain and not self._is_told(begin, at, previous, depth))
                previous = "value"
            elif bare:
                if at > begin and text[at - 1].isspace() and bare[0].startswith(("#", "//")):
                    return
                after = bare.end()
                if not depth and previous != "value" and text[after : after + 1] not in ("(", "["):
                    yield from self._judged(bare.span(), self.certain)
                previous = "operator" if _OPERATOR.fullmatch(bare[0]) else "value"
            else:
                mark = text[at : at + 1]
                depth += (mark in ("(", "[", "{")) - (mark in (")", "]", "}"))
                if not mark or depth < 0 or (not depth and mark in ",;&"):
                    return
                previous, after = ("value" if mark in ")]}" else mark), at + 1
            at, inside = after, previous == "value" and bare is not None

    def _is_told(self, begin: int, at: int, previous: str, depth: int) -> bool:
        """Whether a text is the key of a look-up or an argument such as ``algorithm=``, and may be shown if words."""
        if not depth or at == begin or _VARIABLE.match(self.text, at + 1):
            return at != begin and bool(depth)
        word = _LAST_WORD.search(self.text[max(begin, at - _MAX_NAME) : at])
        words = split(word[1]) if word else ()
        if previous == "[":
            return bool(word)
        return bool(words) and (words[-1] in _LOOKUPS if previous == "(" else not _TOLD.isdisjoint(words))


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at
