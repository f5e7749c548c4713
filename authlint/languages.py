"""Which language a file is in, told by its name and its first bytes. One table; ``text`` is what nothing else fits."""

from __future__ import annotations

import re

_BY_SUFFIX = {
    "python": ".py .pyi .pyw .py2 .py3 .wsgi",
    "javascript": ".js .mjs .cjs .jsx .es6",
    "typescript": ".ts .mts .cts",
    "tsx": ".tsx",
    "html": ".html .htm .xhtml .ejs .hbs .jinja .j2",
    "vue": ".vue",
    "svelte": ".svelte .astro",
    "shell": ".sh .bash .zsh .ksh .bats",
    "powershell": ".ps1 .psm1 .psd1",
    "ruby": ".rb .rake .gemspec .ru .erb",
    "yaml": ".yaml .yml",
    "json": ".json .jsonc .json5 .webmanifest .tfstate",
    "toml": ".toml",
    "ini": ".ini .cfg .conf .editorconfig .repo",
    "properties": ".properties",
    "dotenv": ".env .envrc",
    "dockerfile": ".dockerfile",
    "markdown": ".md .mdx .markdown .mdown .rst",
    "notebook": ".ipynb",
}
_BY_NAME = {
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "gemfile": "ruby",
    "rakefile": "ruby",
    ".npmrc": "ini",
    ".gitconfig": "ini",
    ".wgetrc": "ini",
    ".condarc": "yaml",
    ".pypirc": "ini",
    ".flaskenv": "dotenv",
    ".dev.vars": "dotenv",
    ".bashrc": "shell",
    ".bash_profile": "shell",
    ".profile": "shell",
    ".zshrc": "shell",
    "pipfile": "toml",
    ".babelrc": "json",
    ".eslintrc": "json",
}
_SUFFIXES = {suffix: language for language, row in _BY_SUFFIX.items() for suffix in row.split()}
_PROGRAMS = (".py", ".js", ".ts", ".rb")
"""A file ``dockerfile.py`` reads Dockerfiles; ``Dockerfile.dev`` is one."""
_SHEBANG = re.compile(rb"#!\s*\S*?(?:/|\benv\s+(?:-S\s+)?)(python|bash|sh|zsh|ksh|dash|node|deno|bun|ruby|pwsh)")
_INTERPRETERS = {
    "python": "python", "node": "javascript", "deno": "typescript", "bun": "typescript", "ruby": "ruby",
    "pwsh": "powershell",
}  # fmt: skip
_FENCE = re.compile(rb"(?m)^[ \t]*(?:```|~~~)[^`\n]*$")
_DOTENV = re.compile(r"^\.env([._-]|$)|\.env$|^env[._-](example|sample|template|dist)$|\.env\.")

ALIASES = {
    "py": "python", "python3": "python", "pycon": "python", "ipython": "python",
    "js": "javascript", "node": "javascript", "jsx": "javascript", "mjs": "javascript", "es6": "javascript",
    "ts": "typescript",
    "sh": "shell", "bash": "shell", "zsh": "shell", "console": "shell", "curl": "shell", "shell-session": "shell",
    "ps1": "powershell", "pwsh": "powershell", "posh": "powershell",
    "rb": "ruby",
    "yml": "yaml", "jsonc": "json", "json5": "json",
    "env": "dotenv", "cfg": "ini", "conf": "ini", "docker": "dockerfile", "htm": "html",
    "javascriptreact": "javascript", "typescriptreact": "tsx", "shellscript": "shell", "eruby": "ruby",
    "dockercompose": "yaml",
}  # fmt: skip
"""Other names of languages, as they stand in a fence's info string or a ``lang`` attribute, or as editors say them."""

LANGUAGES = frozenset(_BY_SUFFIX)
"""Every language that has a front-end of its own or hands its parts to one."""

CONTAINERS = frozenset({"markdown", "notebook", "html", "vue", "svelte", "yaml", "json", "dockerfile", "text"})
"""Languages whose sources may hold sources in others: fences, cells, scripts."""


def by_name(name: str) -> str:
    """The language that a fence, cell or ``lang`` attribute names; ``text`` for one authlint does not know."""
    name = name.strip().lower()
    name = ALIASES.get(name, name)
    return name if name in LANGUAGES else "text"


def detect(path: str, head: bytes) -> str:
    """The language of a file, from its path (any separators) and its first kilobytes (as UTF-8)."""
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.startswith(("dockerfile.", "containerfile.")) and not name.endswith(_PROGRAMS):
        return "dockerfile"
    stem, dot, suffix = name.rpartition(".")
    if _DOTENV.search(name) and (stem in ("", ".env") or dot + suffix not in _SUFFIXES or suffix == "env"):
        return "dotenv"
    if stem and suffix in ("example", "sample", "template", "dist", "tmpl", "bak", "orig", "local"):
        return detect(stem, head)
    language = _SUFFIXES.get(dot + suffix, "text") if dot else "text"
    if language != "text":
        return language
    if suffix in ("txt", "text"):
        return "markdown" if _FENCE.search(head) else "text"
    match = _SHEBANG.match(head)
    return _INTERPRETERS.get(match[1].decode(), "shell") if match else "text"


def suffix(language: str) -> str:
    """How the names of files in a language usually end, with the dot."""
    return _BY_SUFFIX.get(language, ".txt").partition(" ")[0]
