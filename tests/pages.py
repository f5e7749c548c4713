"""The pages below docs/, made from rules and providers; ``python tests/readme.py`` writes them with the README."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from authlint.cli.rule import fixes, plain
from authlint.languages import suffix
from authlint.ruleset.providers import Provider
from authlint.ruleset.rules import Example, Rule
from authlint.run.catalog import load

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
GENERATED = ("rules", "providers")
"""The folders below docs/ in which every file is generated."""

NOTE = "<!-- Made from {source} by tests/readme.py; change that file, not this page. -->"
_FENCES = {"dotenv": "sh", "tsx": "tsx", "notebook": "json"}
_FAMILIES = {
    "comments": "Ignore comments", "credentials": "Committed credentials", "storage": "Where tokens are kept and shown",
    "transport": "Transport", "oauth": "The OAuth flow", "lifecycle": "The life of a token",
    "contract": "The provider's contract",
}  # fmt: skip
_EFFECTS = {"keep": "as elsewhere", "lower": "one level less", "info": "`info`", "off": "not reported"}
_PLACES = {"docs": "documentation", "test": "tests", "development": "a development guard"}
RULESET = load(full=True)
_CODES = {rule.code: rule.name for rule in RULESET.rules}


def pages() -> dict[Path, str]:
    """Every generated page by its path, as it should be."""
    found = {DOCS / "rules" / f"{rule.name}.md": _page(_rule(rule)) for rule in RULESET.rules}
    found |= {DOCS / "providers" / f"{each.id}.md": _page(_provider(each)) for each in RULESET.providers}
    found[DOCS / "rules" / "README.md"] = _page(_rules())
    found[DOCS / "providers" / "README.md"] = _page(_providers())
    return found


def write() -> None:
    """Write all pages, and take away those of rules and providers that are gone."""
    current = pages()
    for folder in GENERATED:
        for path in (DOCS / folder).glob("*.md"):
            if path not in current:
                path.unlink()
    for path, text in current.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    """The lines of a Markdown table."""
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _matrix() -> Iterator[str]:
    """Rules by language: a language is supported if a rule has an example in it."""
    languages = dict.fromkeys(example.language for rule in RULESET.rules for example in rule.example)
    rows = [
        [
            f"[{rule.code}]({rule.name}.md)",
            f"{rule.summary} (`{rule.name}`)",
            rule.level,
            " and ".join(line.partition(" ")[0] for line in fixes(rule) if line.startswith(("safe", "unsafe"))),
            *("✓" if any(example.language == language for example in rule.example) else "" for language in languages),
        ]
        for rule in RULESET.rules
    ]
    yield from table(
        ["Code", "What it finds", "Level", "Fix", *(f"`{suffix(language)}`" for language in languages)], rows
    )


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


# -- rules -------------------------------------------------------------------------------------------------------------


def _rule(rule: Rule) -> Iterator[str]:
    yield NOTE.format(source=f"rules/{rule.family}/{rule.name}.toml")
    yield from ("", f"# {rule.code} `{rule.name}`", "", f"{rule.summary}.", "")
    mappings = [*(f"[CWE-{n}](https://cwe.mitre.org/data/definitions/{n}.html)" for n in rule.cwe), *rule.owasp]
    row = [rule.level, rule.confidence, str(rule.security_severity), ", ".join(mappings)]
    yield from table(["Level", "Confidence", "Severity", "Covers"], [row])
    yield from _section("Why", _paragraphs(rule.why))
    yield from _section("What to do", _paragraphs(rule.fix))
    yield from _section("Fix", (f"- {line}" for line in fixes(rule)))
    yield from _section("Examples", _examples(rule))
    yield from _section("What is reported", _messages(rule))
    yield from _section("Configuration", _configuration(rule))
    yield from _section("References", [f"- <{reference}>" for reference in rule.references])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from lines


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        yield from ("",) if number else ()
        yield " ".join(paragraph.split()).replace("<", "&lt;")


def _examples(rule: Rule) -> Iterator[str]:
    if rule.family == "comments":
        yield "The engine reports this itself, in every language."
        yield ""
    for language in dict.fromkeys(example.language for example in rule.example):
        yield f"### {language} (`{suffix(language)}`)"
        for example in rule.example:
            if example.language == language:
                yield from _example(example)
        yield ""


def _example(example: Example) -> Iterator[str]:
    where = f" in `{example.path}`" if example.path else ""
    for word, code in (("Flagged", example.bad), ("Fixed", example.fixed), ("Not flagged", example.good)):
        if not code:
            continue
        text = plain(code).strip("\n")
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`{3,}", text)), default=2))
        yield from ("", f"{word}{where}:", "", f"{fence}{_FENCES.get(example.language, example.language)}", text, fence)


def _messages(rule: Rule) -> Iterator[str]:
    rows = [["", f"`{rule.message}`", rule.level, rule.confidence]]
    for name, case in rule.cases.items():
        message = f"`{case.message}`" if case.message else "the same"
        rows.append([f"`{name}`", message, case.level or rule.level, case.confidence or rule.confidence])
    yield from table(["Case", "Message", "Level", "Confidence"], rows)
    effects = [(name, effect) for name, effect in rule.contexts._asdict().items() if effect != "keep"]
    if effects:
        told = "; ".join(
            f"{'behind' if name == 'development' else 'in'} {_PLACES[name]}: {_EFFECTS[effect]}"
            for name, effect in effects
        )
        yield from ("", f"{told[0].upper()}{told[1:]}.")
    if rule.confidence == "low" or any(case.confidence == "low" for case in rule.cases.values()):
        yield from ("", "What is of low confidence is shown with `--min-confidence low`.")


def _configuration(rule: Rule) -> Iterator[str]:
    yield from ("```toml", "# authlint.toml, or [tool.authlint] in pyproject.toml")
    yield f'ignore = ["{rule.code}"]                            # not at all'
    yield f'per-file-ignores = {{ "legacy/**" = ["{rule.code}"] }}  # not in some files'
    if rule.name == "cleartext-auth-url":
        yield 'internal-hosts = ["*.corp.example"]               # hosts that only your network reaches'
    if rule.family == "credentials":
        yield 'examples-in-code = "off"                          # what looks made up is not reported in code'
    yield from ("```", "")
    if rule.family == "comments":
        yield "No comment takes this finding away: put the comment right that it is about."
    else:
        yield f"On one line, in the comment syntax of the language: `authlint: ignore[{rule.name}] the reason`."
        yield "Findings that are there already go into a [baseline](../../README.md#baseline)."


def _rules() -> Iterator[str]:
    yield NOTE.format(source="rules/")
    yield from (
        "",
        "# Rules",
        "",
        f"{len(RULESET.rules)} rules. `✓`: the rule has an example in that language, and every",
    )
    yield from (
        "example is a test. Since all languages give the same facts, a rule may find something elsewhere too. The page",
        "of a rule says in which languages it has a fix.",
        "",
    )
    yield from _matrix()
    yield from _section("Where code stands", _contexts())
    for family in dict.fromkeys(rule.family for rule in RULESET.rules):
        yield from _section(_FAMILIES.get(family, family), [])
        yield from (
            f"- [{rule.code} `{rule.name}`]({rule.name}.md): {rule.summary}"
            for rule in RULESET.rules
            if rule.family == family
        )


def _contexts() -> Iterator[str]:
    """What becomes of findings in documentation, in tests and behind development guards."""
    yield from (
        "The path and the code around a finding decide how much it weighs. Documentation is Markdown, `.rst`, `.txt`",
        "and `.env.example`; tests are `tests/`, `test_*.py`, `*.spec.ts` and the like; a development guard is",
        "`if DEBUG:` or `NODE_ENV !== 'production'`. In documentation, code that a comment calls bad (`# Bad: …`) is",
        "`info`. All else keeps its level, except:",
        "",
    )
    words = {"keep": "", "lower": "one level less", "info": "`info`", "off": "not reported"}
    effects = [
        (rule.code, (rule.contexts.docs, rule.contexts.test, rule.contexts.development)) for rule in RULESET.rules
    ]
    rows = [[code, *(words[effect] for effect in mine)] for code, mine in effects if set(mine) != {"keep"}]
    yield from table(["Rule", "Documentation", "Tests", "Development only"], rows)


# -- providers ---------------------------------------------------------------------------------------------------------


def _provider(provider: Provider) -> Iterator[str]:
    yield NOTE.format(source=f"rules/providers/{provider.id}.toml")
    yield from ("", f"# {provider.name} (`{provider.id}`)", "")
    if provider.generic:
        yield "Not a provider: what holds for all that say nothing else."
    elif provider.docs:
        yield f"What authlint knows of {provider.name}. Its own words are at <{provider.docs}>."
    else:
        yield f"What authlint knows of {provider.name}."
    credentials = [
        [
            f"`{c.id}`", c.kind.replace("_", " "), f"`{c.prefix}`" if c.prefix else "", c.env,
            f"every {c.rotation_days} days" if c.rotation_days else "", ", ".join(c.collides_with),
        ]
        for c in provider.credential
    ]  # fmt: skip
    yield from _facts("Credentials", ["", "Kind", "Prefix", "Environment", "Rotate", "Also used by"], credentials)
    hosts = [[f"`{host.name}`", ", ".join(host.roles), host.env] for host in provider.host]
    yield from _facts("Hosts", ["Host", "Serves", "Environment"], hosts)
    endpoints = [
        [e.role.replace("_", " "), e.method, f"`{e.url}`", ", ".join(e.grant_types)] for e in provider.endpoint
    ]
    yield from _facts("Endpoints", ["", "Method", "Address", "Grants"], endpoints)
    oauth = provider.oauth
    flows = [["Flows", ", ".join(oauth.flows)], ["For", oauth.use_for], ["`state`", oauth.state], ["PKCE", oauth.pkce]]
    yield from _facts("OAuth", ["", ""], [row for row in flows if row[1]])
    lifetimes = [[name.replace("_", " "), value] for name, value in provider.lifetime._asdict().items() if value]
    yield from _facts("Lifetimes", ["", "ISO 8601"], lifetimes)
    headers = [[f"`{each.name}`", f"`{each.value}`", each.when.replace("-", " ")] for each in provider.header]
    yield from _facts("Required headers", ["Header", "Value", "When"], headers)
    scopes = [[f"`{each.name}`", each.risk, "over-broad" if each.over_broad else ""] for each in provider.scope]
    yield from _facts("Scopes", ["Scope", "Risk", ""], scopes)
    yield from _facts("Errors", ["", "Meaning"], [[f"`{status}`", said] for status, said in provider.errors.items()])
    variables = [[", ".join(f"`{name}`" for name in provider.env_vars)]] if provider.env_vars else []
    yield from _facts("Environment variables", ["Names"], variables)
    told = [[fact.text, " ".join(map(_linked, fact.rules)) or "not to be seen in code"] for fact in provider.fact]
    yield from _facts("What its documentation asks for", ["", "Rules"], told)


def _facts(title: str, head: list[str], rows: list[list[str]]) -> Iterator[str]:
    if rows:
        yield from _section(title, table(head, rows))


def _linked(code: str) -> str:
    return f"[{code}](../rules/{_CODES[code]}.md)" if code in _CODES else code


def _providers() -> Iterator[str]:
    yield NOTE.format(source="rules/providers/")
    yield from ("", "# Providers", "", f"{len(RULESET.providers)} providers. [An API of your own](../own-api.md) is")
    yield from ("described in the same way.", "")
    rows = [
        [
            f"[{provider.name}]({provider.id}.md)",
            " ".join(dict.fromkeys(f"`{c.prefix}`" for c in provider.credential if c.prefix)),
            " ".join(f"`{host.name}`" for host in provider.host if {"api", "auth"} & set(host.roles)),
        ]
        for provider in RULESET.providers
    ]
    yield from table(["Provider", "Prefixes", "Hosts"], rows)
