"""What keeps a token that it is given: a page's state, a store, a cache without a lifetime, a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from authlint.concepts.storage.storage import storage_writes
from authlint.concepts.tokens.expiry import CACHE
from authlint.concepts.unit import Unit
from authlint.facts import Call, dotted, walk

_SETTER = re.compile(r"^set[A-Z]\w*$|^set_?\w*token$", re.I)
_CLIENT_SETTER = re.compile(r"^set_?(?:Access|Auth|Bearer)_?Token$", re.I)
_PERSIST = re.compile(
    r"(?i)(?:(?:update_or_|get_or_|a)?create|save|insert|upsert|store|persist)(?:one|user|account|session|tokens?|credentials?)?$"
)
_FILE_WRITE = re.compile(r"(?i)^(?:write|write_text|writeFile|writeFileSync|Set-Content|Out-File|Add-Content)$")
_REDIRECTIONS = frozenset((">", ">>"))
_STREAM = re.compile(r"(?i)std(?:out|err)|(?:^|\.)(?:res|response|console|logger|socket|conn|ws|wfile|sys)\b")


def keeping_calls(unit: Unit) -> Iterator[tuple[Call, str]]:
    """Calls that keep what they are given: state setters, stores, caches without a lifetime, redirects to a page."""
    stores = {write.span: write.store for write in storage_writes(unit)}
    for call in unit.facts.calls:
        method = call.callee.rpartition(".")[2]
        if call.span in stores:
            yield call, stores[call.span]
        elif "." not in call.callee and _SETTER.match(call.callee) and call.callee not in ("setTimeout", "setInterval"):
            yield call, f"the state that {call.callee}() sets"
        elif method == "dispatch":
            yield call, "the store that dispatch() changes"
        elif method in ("redirect", "sendRedirect"):
            yield call, "the page that it redirects to"
        elif _PERSIST.match(method):
            yield call, f"what {call.callee}() stores"
        elif "." in call.callee and _CLIENT_SETTER.match(method) and _is_run_once(unit, call):
            yield call, f"the client that {call.callee}() sets"
        elif call.callee.startswith("self.") and call.callee.endswith(".headers.update"):
            yield call, f"the headers of {call.callee.removesuffix('.headers.update')}"
        elif method == "set" and CACHE.search(call.callee) and len(call.args) == 2 and not call.named:  # noqa: PLR2004
            yield call, "a cache without a lifetime"
        else:
            where = _written_to(call, method)
            if where:
                yield call, where


def _written_to(call: Call, method: str) -> str:
    """The file that a call writes, in words."""
    if call.callee in ("echo", "printf") and any(name in _REDIRECTIONS for name, _ in call.named):
        return "" if _is_for_the_job(call) else "the file that it is written to"
    writes = _FILE_WRITE.match(method) and not _STREAM.search(call.callee)
    return f"the file that {method}() writes" if writes else ""


def _is_for_the_job(call: Call) -> bool:
    """Whether what is written is for the steps of one job or for the terminal: ``>> "$GITHUB_ENV"``, ``>&2``."""
    files = (value for name, value in call.named if name in _REDIRECTIONS)
    return any("GITHUB_" in dotted(part) or dotted(part).startswith("/dev/") for f in files for part in walk(f))


def _is_run_once(unit: Unit, call: Call) -> bool:
    """Whether a call is made as the file is run, if in a callback: what has a name may be called for each use."""
    scopes = (unit.facts.scopes[place] for place in unit.facts.around(call.scope))
    return not any(scope.kind == "function" and scope.name for scope in scopes)
