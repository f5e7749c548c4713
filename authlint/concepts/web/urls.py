"""URLs with holes: scheme, host, path and query parameters, whichever way the text was put together."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from authlint.facts import Choice, Opaque, Text, Value
from authlint.source import Span
from authlint.values.texts import join, key_of, partition, query_entries

_SCHEME = re.compile(r"^[\s\"'<(]*([A-Za-z][A-Za-z0-9+.-]{1,20})://")
_QUERY_START = re.compile(r"(?:^|[?&#{}\s])((?:client_id|response_type|redirect_uri|grant_type|scope)=)")
_HOLE = "{}"

_LOOPBACK = frozenset({"localhost", "0.0.0.0", "host.docker.internal", "10.0.2.2", "[::1]", "::1"})  # noqa: S104 - compared, not bound
_METADATA = frozenset({"metadata.google.internal", "metadata", "100.100.100.200", "[fd00:ec2::254]"})
_INTERNAL_ENDINGS = (
    ".local",
    ".internal",
    ".svc",
    ".svc.cluster.local",
    ".lan",
    ".home",
    ".corp",
    ".intranet",
    ".localdomain",
)
_RESERVED = re.compile(r"(^|\.)example\.(com|org|net)$|(^|\.)(example|test|invalid|fake|dummy|domain|tld)$|\.[a-z]$")


@dataclass(frozen=True, slots=True)
class Url:
    """A URL as far as it is known. ``host`` and ``path`` show ``{}`` for each hole; ``host`` is empty if unknown.

    ``query`` holds the parameters of the query and of the fragment, percent-decoded names; ``open``: there may be more.
    ``span`` is that of the text.
    """

    scheme: str
    host: str
    path: str
    query: dict[str, Value]
    open: bool
    span: Span

    @property
    def known_host(self) -> str:
        """The host without port and user, if no part of it is a hole; otherwise empty."""
        return "" if _HOLE in self.host else self.host


def parse(text: Text) -> Url:
    """The URL that a folded text is, or begins with. A text without a scheme has an unknown scheme and host."""
    text = _first_option(text)
    head, has_query, query = partition(text, "?")
    if not has_query:
        head, query = _implied_query(text)
    scheme, host, path = _address(head)
    params: dict[str, Value] = {}
    open_query = _collect(query, params)
    return Url(scheme, host, path, params, open_query, text.span)


def _first_option(text: Text) -> Text:
    """A base that is one of several (``ENV or "https://…"``) counts as the first that is text."""
    if text.parts and isinstance(text.parts[0], Choice):
        option = next((o for o in text.parts[0].options if isinstance(o, Text) and o.parts), None)
        if option is not None:
            return join((option, *text.parts[1:]), text.span)
    return text


def _implied_query(text: Text) -> tuple[Text, Text]:
    """Address and query of a text whose ``?`` is in a part that is not known."""
    for index, part in enumerate(text.parts):
        if isinstance(part, str):
            match = _QUERY_START.search(part)
            if match:
                head = join((*text.parts[:index], part[: match.start(1)]), text.span)
                return head, join((part[match.start(1) :], *text.parts[index + 1 :]), text.span)
        elif index and isinstance(part, Opaque) and part.op == "**":
            return join(text.parts[:index], text.span), join(text.parts[index:], text.span)
    return text, Text((), text.span)


def _collect(query: Text, params: dict[str, Value]) -> bool:
    """Add the parameters of a query text; true if there may be more than those."""
    unknown = False
    for entry in query_entries(_hash_as_ampersand(query)):
        key = key_of(entry)
        if key is not None:
            params.setdefault(unquote(key).strip().lstrip("?#"), entry.value)
        elif isinstance(entry.key, Opaque):
            unknown |= not _from_options(entry.key, params)
        else:
            unknown = True
    return unknown


def _hash_as_ampersand(query: Text) -> Text:
    return Text(
        tuple(p.replace("#", "&").replace("?", "&") if isinstance(p, str) else p for p in query.parts), query.span
    )


def _from_options(key: Opaque, params: dict[str, Value]) -> bool:
    """Parameters that one of several texts would add (``cond ? "&state=" + s : ""``); false if something else may."""
    for part in key.operands:
        if not isinstance(part, Choice) or not all(isinstance(option, Text) for option in part.options):
            return False
        for option in part.options:
            if isinstance(option, Text) and _collect(option, params):
                return False
    return bool(key.operands)


def _address(head: Text) -> tuple[str, str, str]:
    """Scheme, host and path of the part before the query; holes are shown as ``{}``."""
    shown = "".join(part if isinstance(part, str) else _HOLE for part in head.parts)
    match = _SCHEME.match(shown)
    if not match:
        return "", "", shown[shown.find("/") :] if "/" in shown else shown.removeprefix(_HOLE)
    rest = shown[match.end() :]
    cut = re.search(r"[/#\s\"'`<>]", rest)
    authority, path = (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, "")
    authority = authority.rpartition("@")[2]
    host = authority if authority.startswith("[") else authority.partition(":")[0]
    return match[1].lower(), host.rstrip(".").lower(), path


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: localhost, 127.0.0.0/8, ::1 and what emulators and containers call it."""
    host = host.lower().rstrip(".")
    return host in _LOOPBACK or host.endswith(".localhost") or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def is_metadata_service(host: str) -> bool:
    """Whether a host is the machine's own cloud, which answers over plain http and no further than the machine."""
    return host.lower() in _METADATA or host.startswith("169.254.")


def is_internal(host: str, extra: tuple[str, ...] = ()) -> bool:
    """Whether a host is not on the public internet: RFC 1918, link-local, one label, ``.local``, ``.internal``."""
    host = host.lower().strip("[]")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return (
            "." not in host
            or host.endswith(_INTERNAL_ENDINGS)
            or any(host == x or host.endswith("." + x) for x in extra)
        )
    return address.is_private or address.is_link_local


def is_reserved(host: str) -> bool:
    """Whether a host is one of the names kept for documentation and tests (RFC 2606), or cannot be: ``a.b``."""
    return bool(_RESERVED.search(host.lower()))


def known_prefix(text: Text) -> str:
    """The known text that a text begins with."""
    return text.parts[0] if text.parts and isinstance(text.parts[0], str) else ""


def holes(text: Text) -> Iterator[Value]:
    """The holes of a text."""
    return (part for part in text.parts if not isinstance(part, str))
