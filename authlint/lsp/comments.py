"""How a comment is written in the files that editors have open."""

from __future__ import annotations

from typing import NamedTuple


class Comment(NamedTuple):
    """What stands before a comment and after it. One that is ``alone`` on its line may be read as a value elsewhere."""

    opener: str
    closer: str = ""
    alone: bool = False


_HASH, _SLASHES, _MARKUP = Comment("# "), Comment("// "), Comment("<!-- ", " -->")
_OF_LANGUAGE: dict[str, tuple[Comment, ...]] = {
    **dict.fromkeys(("javascript", "typescript", "tsx"), (_SLASHES,)),
    **dict.fromkeys(("html", "markdown"), (_MARKUP,)),
    **dict.fromkeys(("vue", "svelte"), (_SLASHES, _MARKUP)),
    **dict.fromkeys(("dotenv", "ini", "properties"), (Comment("# ", alone=True),)),
    **dict.fromkeys(("json", "notebook", "text"), ()),
}
"""Where it is not only with ``#``."""

_OTHERS = {
    _HASH: "awk cmake coffee conf ex exs fish gitconfig hcl jl justfile makefile mk nim nix pl pm procfile r tcl tf"
    " tfvars txt elixir julia perl terraform",
    _SLASHES: "bicep c cc cpp cs dart fs go gradle groovy h hpp java jenkinsfile json5 jsonc kt kts less php proto rs"
    " sass scala scss sol swift v zig csharp fsharp kotlin rust",
    _MARKUP: "axml config csproj plist props resx storyboard svg targets vbproj xaml xml xsd xsl",
    Comment("-- "): "adb ads elm hs lua psql sql haskell",
    Comment("; "): "asm clj cljs el lisp nasm scm clojure",
    Comment("% "): "cls erl hrl sty tex erlang latex",
    Comment("' "): "bas frm vb vbs",
    Comment("/* ", " */"): "css",
}
_OF_SUFFIX = {suffix: (comment,) for comment, row in _OTHERS.items() for suffix in row.split()}
"""By suffix, by a name that has none, or by an editor's name of a language that authlint has no front-end for."""


def comments_in(language: str, path: str, language_id: str) -> tuple[Comment, ...]:
    """How comments may be written in a language, or in a file that is in none that authlint knows."""
    suffix = path.replace("\\", "/").rpartition("/")[2].rpartition(".")[2].lower()
    if language in ("json", "text"):
        return _OF_SUFFIX.get(suffix, _OF_SUFFIX.get(language_id.lower(), ()))
    return _OF_LANGUAGE.get(language, (_HASH,))
