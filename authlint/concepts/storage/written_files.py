"""Tokens that are written to files which others can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from authlint.concepts.credentials.credential_names import sort_of
from authlint.concepts.tokens.carried import Carried, carried, is_nothing_kept
from authlint.concepts.unit import Meant, Unit
from authlint.facts import Call, Const, Lambda, Map, Member, Ref, Text, Value, walk
from authlint.names import last, split
from authlint.source import Span

_REDIRECTS = (">", ">>", "1>", ">|")
_OWN = 0o077
_GUARDS = frozenset({"chmod", "fchmod", "chmodSync", "fchmodSync", "icacls", "Set-Acl", "install"})
_PRIVATE = frozenset({"mkstemp", "NamedTemporaryFile", "TemporaryFile", "fdopen", "mktemp", "gpg", "age", "Fernet"})
_PLACES = re.compile(
    r"(?i)^/(?:run/secrets|dev)(?:/|$)|GITHUB_(?:ENV|OUTPUT|PATH|STATE)|\.(?:example|sample|enc|gpg|age)$"
)
_ELSEWHERE = re.compile(r"(?i)(?:std(?:out|err)|socket|sock|response|resp?|reply|stream|conn|process|serial|ws|io)$")
_LANGUAGE = re.compile(rb"(?i)tokeni[sz]|lexer|corpus|vocab|n_?tokens|max_?tokens|embedding|design-?tokens")
_KEPT = re.compile(r"(?i)(?:^|[/\\])\.?(?:(?:access|refresh|auth|oauth|api|bearer|id)[._-]?)?token(?:\.(?:json|txt|pickle|pkl|ya?ml|dat|cache))?$")  # fmt: skip  # noqa: E501 - one pattern
_THROWN_AWAY = frozenset({"yaml", "dockerfile"})  # the machine of a pipeline has no other users
_CREDENTIALS = frozenset({"creds", "cred", "credential", "credentials"})
_JQ = re.compile(r"(?i)\.(access_?token|refresh_?token|id_?token|token|jwt)\b")


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A token is written to a file, as far as is known without a mode that keeps others out."""

    file: str
    token: Carried
    span: Span


def token_files(unit: Unit) -> Iterator[TokenFile]:
    """Every token in a file whose mode nothing around it restricts."""
    if unit.source.root.language in _THROWN_AWAY:
        return
    opened = unit.derived(_Opened)
    for meant in unit.meant:
        written = _written(unit, meant, opened)
        if written is None:
            continue
        path, value = written
        shown = _shown(unit, path)
        if _PLACES.search(shown) or _is_guarded(unit, meant):
            continue
        token = _token(unit, value, shown)
        if token:
            yield TokenFile(shown, token, meant.call.span)


def _written(unit: Unit, meant: Meant, opened: _Opened) -> tuple[Value, tuple[Value, ...]] | None:
    """Where a call writes and what, if it writes a file."""
    means, call = meant.row.means, meant.call
    if means in ("log", "filter"):
        target = next((value for name, value in call.named if name in _REDIRECTS), None)
        given = tuple(value for name, value in call.named if name.startswith("<<"))
        return (target, (*call.args, *given)) if target is not None else None
    if means != "file-write":
        return None
    value = unit.argument(meant, "value")
    path = unit.argument(meant, "path")
    if "handle" in meant.row.arguments:
        handle = unit.argument(meant, "handle")
        path = opened.path_of(handle) if handle is not None else None
    if path is None or value is None:
        return None
    piped = isinstance(value, Call) and value is call.receiver  # echo "$TOKEN" | tee file
    return path, (value.args if piped and isinstance(value, Call) and value.args else (value,))


class _Opened:
    """The files that a source opens for writing, by what their handles are called."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._openers = {meant.call.span: meant for meant in unit.meaning("file-open")}
        self._blocks = {a.body: call for call in unit.facts.calls for a in call.args if isinstance(a, Lambda)}

    def path_of(self, handle: Value) -> Value | None:
        """The path of the file behind a handle, if it was opened here, to be written, and for anybody."""
        call: Value | None = self.unit.folder.fold(handle)
        if isinstance(call, Ref):
            owner = self.unit.names.parameter_of(call.path, call.scope)
            call = self._blocks.get(owner) if owner is not None else None
        meant = self._openers.get(call.span) if isinstance(call, Call) else None
        if meant is None or meant.call.open:
            return None
        if not isinstance(self.unit.argument(meant, "guard"), Lambda | None):  # a block comes last, where a mode may
            return None
        mode = self.unit.folder.literal(self.unit.argument(meant, "mode")) or ""
        return self.unit.argument(meant, "path") if set("wax+") & set(mode) else None


def _shown(unit: Unit, path: Value) -> str:
    folded = unit.folder.fold(path)
    if isinstance(folded, Call) and folded.args:
        folded = unit.folder.fold(folded.args[-1])
    if isinstance(folded, Text):
        return "".join(part if isinstance(part, str) else f"{{{_name(part)}}}" for part in folded.parts)
    return _name(folded)


def _name(value: Value) -> str:
    return value.path if isinstance(value, Ref | Member) else "…"


def _token(unit: Unit, values: tuple[Value, ...], file: str) -> Carried | None:
    """The token among what is written: what the values carry, then what the file is called."""
    is_about_language = unit.derived(_is_about_language)
    for value in values:
        found = carried(unit, value) or _credentials(value) or _filtered(value)
        if (
            found
            and sort_of(last(found.name)) not in ("password", "client-secret")
            and not (is_about_language and split(last(found.name)) in (("tokens",), ("token",)))
        ):
            return found
        folded = unit.folder.fold(value)
        if (
            _KEPT.search(file)
            and not isinstance(folded, Text)
            and not is_nothing_kept(folded)
            and not is_about_language
        ):
            return Carried("what is written", "name")
    return None


def _is_about_language(unit: Unit) -> bool:
    """Whether a source is about the tokens of texts or designs."""
    return _LANGUAGE.search(unit.source.data) is not None


def _credentials(value: Value) -> Carried | None:
    """``creds.to_json()``, ``pickle.dump(credentials, f)``."""
    for inner in walk(value):
        if (
            isinstance(inner, Ref | Member)
            and split(last(inner.path))[-1:]
            and split(last(inner.path))[-1] in _CREDENTIALS
        ):
            return Carried(inner.path, "name")
        if isinstance(inner, Call) and inner.callee.endswith(".to_json"):
            owner = split(last(inner.callee.removesuffix(".to_json")))
            if owner and owner[-1] in _CREDENTIALS:
                return Carried(inner.callee.removesuffix(".to_json"), "name")
    return None


def _filtered(value: Value) -> Carried | None:
    """``jq -r .access_token``."""
    match = _JQ.search(value.literal or "") if isinstance(value, Text) else None
    return Carried(match[1], "name") if match else None


def _is_guarded(unit: Unit, meant: Meant) -> bool:
    """Whether the mode keeps others out: given with the call, or set somewhere in the same function."""
    mode = unit.argument(meant, "mode")
    options = unit.argument(meant, "options")
    if mode is not None:
        return not _lets_others_in(unit.folder.fold(mode))
    if meant.call.open or (options is not None and not isinstance(unit.folder.fold(options), Map | Text)):
        return True
    here = {unit.facts.function_of(meant.call.scope), 0}
    return not unit.derived(_guards).isdisjoint(here)


def _guards(unit: Unit) -> frozenset[int]:
    """The functions in which something takes rights from others, or makes a file that only its owner can read."""
    found = set()
    for call in unit.facts.calls:
        method = call.callee.rpartition(".")[2]
        is_guard = method in _PRIVATE or call.callee.endswith("os.open") or "encrypt" in method.lower()
        is_guard = is_guard or (method == "umask" and any(_is_strict(value) for value in call.args))
        if is_guard or (method in _GUARDS and not all(_lets_others_in(value) for value in call.args)):
            found.add(unit.facts.function_of(call.scope))
    return frozenset(found)


def _is_strict(mask: Value) -> bool:
    """Whether a umask takes all rights from others."""
    if isinstance(mask, Const):
        return isinstance(mask.value, int) and mask.value & _OWN == _OWN
    return isinstance(mask, Text) and (mask.literal or "").endswith("77")


def _lets_others_in(mode: Value) -> bool:
    """Whether a mode is known to let others read; anything else may be a path or an option."""
    if isinstance(mode, Const):
        return isinstance(mode.value, int) and bool(mode.value & _OWN)
    literal = mode.literal if isinstance(mode, Text) else None
    return literal is None or not re.fullmatch(r"0?0?[0-7]00|u=rw|go-\w+|go=|og-\w+", literal)
