"""How code of each language reads an environment variable in the place of a literal, or of a part of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from authlint.concepts.unit import Unit
from authlint.edits import Edit
from authlint.facts import Call, Text
from authlint.fixes.given import is_used
from authlint.fixes.modules import called
from authlint.fixes.nest import Nest
from authlint.source import Span

_STRING = re.compile(rb"(?P<prefix>[A-Za-z]{0,2})(?P<quote>\"\"\"|'''|[\"'`])")
_WORKFLOW = re.compile(r"(?i)(^|/)\.github/workflows/[^/]+\.ya?ml$")
_COMPOSE = re.compile(r"(?i)(^|/)(?:docker-)?compose[\w.-]*\.ya?ml$")
_SPRING = re.compile(r"(?i)(^|/)(?:application|bootstrap)[\w-]*\.(?:properties|ya?ml)$")
_TEMPLATE = re.compile(r"(?i)\.(?:example|sample|template|dist|tpl|defaults?)$|\.(?:example|sample|template)\.")
_PAGES = frozenset({"react", "react-dom", "preact", "vue", "svelte", "solid-js", "jquery", "angular"})
_JOB, _SERVICE = re.compile(r"jobs\.[\w-]+\.(?:steps|runs-on)"), re.compile(r"services\.[\w-]+\.\w")
_FLOW = re.compile(rb"[\[{][^\]}\n]*$")
_PLAIN_MARKS = frozenset(b"\"'|>")


class Reading(NamedTuple):
    """Edits that put a variable in the place of a secret, and the modules that they need."""

    edits: tuple[Edit, ...]
    imports: tuple[str, ...] = ()


class Place(NamedTuple):
    """A secret in a text: ``data[span]`` is the secret, ``text.span`` all that is written."""

    unit: Unit
    text: Text
    span: Span

    @property
    def raw(self) -> bytes:
        """The text as it is written."""
        return self.unit.source.data[self.text.span[0] : self.text.span[1]]

    @property
    def is_whole(self) -> bool:
        """Whether the secret is all that the text says."""
        secret = self.unit.source.data[self.span[0] : self.span[1]].decode("utf-8", "replace")
        return self.span == self.text.span or self.text.literal == secret


def read(place: Place, name: str) -> Reading | None:
    """The reading of a variable in the place of a secret; ``None`` where the language has no way to say it."""
    unit = place.unit
    if unit.source.root.language == "dockerfile":
        return None  # an image is built without the environment, and keeps what it is given
    if _is_workflow(unit):
        return _inside(place, f"${{{{ secrets.{_secret_name(name)} }}}}")
    write = _LANGUAGES.get(unit.source.language)
    return write(place, name) if write is not None else None


def required(unit: Unit, name: str, place: Span) -> tuple[str, tuple[str, ...]] | None:
    """The expression that reads a variable and fails where it is not set, and the modules it needs."""
    language = unit.source.language
    if language == "python":
        found = _environ(unit, place)
        return (f'{found[0]}["{name}"]', found[1]) if found else None
    if language in ("javascript", "typescript", "tsx"):
        return (_javascript_read(unit, name), ()) if not (unit.context.browser or unit.derived(_draws)) else None
    texts = {"ruby": f'ENV.fetch("{name}")', "powershell": f"$env:{name}"}
    return (texts[language], ()) if language in texts else None


def _is_workflow(unit: Unit) -> bool:
    root = unit.source.root
    return root.language == "yaml" and bool(_WORKFLOW.search(root.path))


def _secret_name(name: str) -> str:
    """What begins with ``GITHUB_`` is the workflow's own."""
    return name.replace("GITHUB_", "GH_", 1) if name.startswith("GITHUB_") else name


# -- Python ----------------------------------------------------------------------------------------------------------


def _python(place: Place, name: str) -> Reading | None:
    unit, raw = place.unit, place.raw
    found = _environ(unit, place.text.span)
    opening = _STRING.match(raw)
    if found is None or opening is None or _is_nested(place) or not is_used(unit, place.text):
        return None
    environ, imports = found
    prefix, quote = opening["prefix"].decode().lower(), opening["quote"].decode()
    if place.is_whole:
        encode = ".encode()" if "b" in prefix else ""
        return Reading((Edit(place.text.span, f'{environ}["{name}"]{encode}'),), imports)
    inner = _inner(place, opening)
    if inner is None or "b" in prefix or "u" in prefix:
        return None
    other = '"' if quote[0] == "'" else "'"
    edits = [Edit(place.span, f"{{{environ}[{other}{name}{other}]}}")]
    if "f" not in prefix:
        if b"{" in inner or b"}" in inner:
            return None
        edits.append(Edit((place.text.span[0], place.text.span[0]), "f"))
    return Reading(tuple(sorted(edits)), imports)


def _environ(unit: Unit, place: Span) -> tuple[str, tuple[str, ...]] | None:
    """What ``os.environ`` is called at a place, and the module to import for it; ``None`` if the name is taken."""
    return called(unit, "os", "environ", place)


def _is_nested(place: Place) -> bool:
    """Whether a text stands in a hole of another one, where quotes may not be repeated."""
    texts = place.unit.facts.texts
    around = place.unit.derived(_texts_nested).around(place.text.span)
    return any(texts[at] is not place.text and texts[at].span != place.text.span for at in around)


def _texts_nested(unit: Unit) -> Nest:
    return Nest([text.span for text in unit.facts.texts])


def _inner(place: Place, opening: re.Match[bytes]) -> bytes | None:
    """What stands between the quotes, if the text is one literal that holds the secret; ``None`` if it is several."""
    raw, quote = place.raw, opening["quote"]
    if not raw.endswith(quote) or len(raw) < opening.end() + len(quote):
        return None
    inner = raw[opening.end() : len(raw) - len(quote)]
    if re.search(rb"(?<!\\)" + re.escape(quote), inner):
        return None
    start = place.text.span[0]
    held = start + opening.end() <= place.span[0] and place.span[1] <= place.text.span[1] - len(quote)
    return inner if held else None


# -- JavaScript ------------------------------------------------------------------------------------------------------


def _javascript(place: Place, name: str) -> Reading | None:
    unit, raw = place.unit, place.raw
    if unit.context.browser or unit.derived(_draws) or _is_attribute(place):
        return None
    read_ = _javascript_read(unit, name)
    if place.is_whole:
        return Reading((Edit(place.text.span, read_),))
    opening = _STRING.match(raw)
    inner = _inner(place, opening) if opening and not opening["prefix"] else None
    if opening is None or inner is None:
        return None
    edits = [Edit(place.span, f"${{{read_.rstrip('!')}}}")]
    if opening["quote"] != b"`":
        if b"`" in inner or b"${" in inner:
            return None
        start, end = place.text.span
        edits += [Edit((start, start + 1), "`"), Edit((end - 1, end), "`")]
    return Reading(tuple(sorted(edits)))


def _javascript_read(unit: Unit, name: str) -> str:
    """As the file reads its other variables; in TypeScript with the mark that it is there."""
    mark = "!" if unit.source.language in ("typescript", "tsx") else ""
    return unit.derived(_javascript_way).format(name=name, mark=mark)


def _javascript_way(unit: Unit) -> str:
    if any(call.callee.startswith("Deno.env.") for call in unit.facts.calls):
        return 'Deno.env.get("{name}"){mark}'
    paths = [getattr(read_, "path", "") for read_ in unit.facts.reads]
    meta = any(path.startswith("import.meta.env") for path in paths)
    node = any(path.startswith("process.env") for path in paths)
    return "import.meta.env.{name}" if meta and not node else "process.env.{name}{mark}"


def _draws(unit: Unit) -> bool:
    """Whether a file is about what a page looks like: what it reads from the environment is in what is delivered."""
    return any(re.split(r"[./]", item.name, maxsplit=1)[0] in _PAGES for item in unit.facts.imports)


def _is_attribute(place: Place) -> bool:
    """Whether a text is an attribute of an element: ``<Map apiKey="…">``."""
    return id(place.text) in place.unit.derived(_attributes)


def _attributes(unit: Unit) -> set[int]:
    """The identities of what attributes and named arguments are given; the unit keeps them alive."""
    return {id(value) for call in unit.facts.calls for _, value in call.named}


# -- shells ----------------------------------------------------------------------------------------------------------


def _shell(place: Place, name: str) -> Reading | None:
    data, (start, end) = place.unit.source.data, place.text.span
    before = data[start : place.span[0]]
    if b"`" in before or b"$(" in before or b"\n" in before or _begins_line(data, start):
        return None
    wanted = f"${{{name}:?}}"
    raw = place.raw
    if place.is_whole:
        first = raw[:1]
        if first in (b'"', b"'") and (not raw.endswith(first) or first in raw[1:-1]):
            return None
        return Reading((Edit((start, end), f'"{wanted}"'),))
    quote, last = _open_quote(before), place.span[1]
    if quote == "'" and last + 1 == end:  # nothing is left that a quote would have to be opened for again
        return Reading((Edit((place.span[0], end), f'\'"{wanted}"'),))
    text = {"": f'"{wanted}"', '"': wanted, "'": f"'\"{wanted}\"'"}[quote]
    return Reading((Edit(place.span, text),))


def _begins_line(data: bytes, start: int) -> bool:
    """Whether a text is the first of its line, as what is handed to a command line by line (``<<EOF``) is."""
    above, newline, before = data[:start].rpartition(b"\n")
    return not before.strip() and not (newline and above.rstrip(b"\r").endswith(b"\\"))


def _open_quote(text: bytes) -> str:
    """The quote that is open after a piece of a word."""
    quote, escaped = "", False
    for character in text.decode("utf-8", "replace"):
        if escaped:
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
    return quote


def _powershell(place: Place, name: str) -> Reading | None:
    raw = place.raw
    if place.is_whole:
        return Reading((Edit(place.text.span, f"$env:{name}"),))
    inside = f"$($env:{name})"
    if raw[:1] == b'"' and raw[-1:] == b'"':
        return Reading((Edit(place.span, inside),))
    inner = raw[1:-1]
    if raw[:1] != b"'" or raw[-1:] != b"'" or any(mark in inner for mark in (b"$", b"`", b'"', b"'")):
        return None
    return _requoted(place, inside)


def _ruby(place: Place, name: str) -> Reading | None:
    raw = place.raw
    quoted = raw[:1] in (b'"', b"'") and raw[-1:] == raw[:1]
    if not quoted or raw[:1] in raw[1:-1].replace(b"\\" + raw[:1], b""):
        return None
    if place.is_whole:
        return Reading((Edit(place.text.span, f'ENV.fetch("{name}")'),))
    inside = f"#{{ENV.fetch('{name}')}}"
    if raw[:1] == b'"':
        return Reading((Edit(place.span, inside),))
    if any(mark in raw[1:-1] for mark in (b"#", b"\\", b'"')):
        return None
    return _requoted(place, inside)


def _requoted(place: Place, inside: str) -> Reading:
    """A text in single quotes in double ones, so that what is inside is looked at."""
    start, end = place.text.span
    return Reading((Edit((start, start + 1), '"'), Edit(place.span, inside), Edit((end - 1, end), '"')))


# -- configuration ---------------------------------------------------------------------------------------------------


def _yaml(place: Place, name: str) -> Reading | None:
    kind = place.unit.derived(_kind)
    forms = {
        "workflow": f"${{{{ secrets.{_secret_name(name)} }}}}", "compose": f"${{{name}:?}}", "spring": f"${{{name}}}"
    }  # fmt: skip
    return _inside(place, forms[kind]) if kind else None


def _kind(unit: Unit) -> Literal["workflow", "compose", "spring", ""]:
    """What reads a file, if it puts variables in."""
    paths = [binding.path for binding in unit.facts.bindings]
    if any(_JOB.match(path) for path in paths):
        return "workflow"
    if _COMPOSE.search(unit.source.path) or any(_SERVICE.match(path) for path in paths):
        return "compose"
    return "spring" if unit.derived(_is_spring) else ""


def _is_spring(unit: Unit) -> bool:
    paths = (binding.path for binding in unit.facts.bindings)
    return bool(_SPRING.search(unit.source.path)) or any(path.startswith("spring.") for path in paths)


def _properties(place: Place, name: str) -> Reading | None:
    return Reading((Edit(place.span, f"${{{name}}}"),)) if place.unit.derived(_is_spring) else None


def _dotenv(place: Place, name: str) -> Reading | None:
    """A template of a ``.env`` file names variables; their values stand in files that are not part of anything."""
    if place.is_whole and _TEMPLATE.search(place.unit.source.path):
        return Reading((Edit(place.text.span, ""),))
    return None


def _inside(place: Place, reference: str) -> Reading | None:
    """A reference that is put in before the text is read: in its quotes, if it has any."""
    start, end = place.text.span
    data = place.unit.source.data
    if not place.is_whole:
        return Reading((Edit(place.span, reference),))
    if data[start] in _PLAIN_MARKS:
        if data[start : start + 1] not in (b'"', b"'") or b"\n" in data[start:end]:
            return None
        return Reading((Edit((start + 1, end - 1), reference),))
    line = data[data.rfind(b"\n", 0, start) + 1 : start]
    in_flow = place.unit.source.language == "yaml" and _FLOW.search(line)
    return Reading((Edit((start, end), f'"{reference}"' if in_flow else reference),))


_LANGUAGES: dict[str, Callable[[Place, str], Reading | None]] = {
    "python": _python,
    "javascript": _javascript,
    "typescript": _javascript,
    "tsx": _javascript,
    "shell": _shell,
    "powershell": _powershell,
    "ruby": _ruby,
    "yaml": _yaml,
    "properties": _properties,
    "dotenv": _dotenv,
}


def argument_removed(unit: Unit, call: Call, span: Span) -> Edit | None:
    """The edit that takes an argument out of a call, with its comma."""
    ends = sorted(value.span for value in (*call.args, *(value for _, value in call.named)))
    if span not in ends:
        return None
    data, at = unit.source.data, ends.index(span)
    if at:
        start, end = ends[at - 1][1], span[1]
    else:
        start = data.find(b"(", call.name_span[1]) + 1
        end = ends[1][0] if len(ends) > 1 and len(call.named) == 0 else span[1]
        comma = re.compile(rb"\s{0,80},\s{0,80}").match(data, span[1])
        end = comma.end() if comma else end
    between = data[start : span[0]]
    if not start or start > span[0] or b"#" in between or b"/" in between or b")" in between:
        return None
    return Edit((start, end), "")
