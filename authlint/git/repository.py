"""A repository, the questions that are put to it, and the contents of its objects."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, NamedTuple

from authlint.errors import InputError
from authlint.project.files import HEAD
from authlint.project.settings import shown
from authlint.source import is_binary

_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.quotePath=true",
    "core.bigFileThreshold=32m",  # larger ones are handed on in pieces and never held in memory
    "protocol.allow=never",  # a partial clone would fetch what it lacks
    "submodule.recurse=false",
)
_OPTIONS = ("--no-pager", "--no-replace-objects", "--literal-pathspecs")
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_UNWANTED = ("GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_NOGLOB_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")
_PATHS = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_COMMON_DIR")
_AHEAD = 200
"""How many objects are asked for before the first is read: their names fit into a pipe."""


class GitError(InputError):
    """Git is not there, the place is no repository, or git could not do what it was asked to."""


class Repository(NamedTuple):
    """Where a repository is. ``top`` is the root of its work tree, or the repository itself where it has none."""

    git: str
    top: str
    has_work_tree: bool
    is_shallow: bool
    more: tuple[str, ...] = ()
    """Settings that take the effect of others away."""

    @classmethod
    def around(cls, path: str) -> Repository:
        """The repository that a path is in; the path need not exist any more."""
        git = shutil.which("git")
        if git is None:
            raise GitError("git is needed for this, and there is no 'git' on the PATH")
        folder = os.path.abspath(path)
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        here = cls(git, folder, has_work_tree=False, is_shallow=False)
        questions = ("--is-inside-work-tree", "--is-shallow-repository", "--absolute-git-dir", "--show-cdup")
        try:
            inside, shallow, folder_of_git, up = here.text("rev-parse", *questions).split("\n")[:4]
        except GitError as error:
            raise GitError(_why(path, str(error))) from None
        top = os.path.normpath(os.path.join(os.path.realpath(folder), up)) if inside == "true" else folder_of_git
        found = cls(git, top.replace(os.sep, "/"), inside == "true", shallow == "true")
        return found._replace(more=tuple(found._without_filters()))

    def text(self, *arguments: str, given: bytes = b"") -> str:
        """What a command of git's prints, as text."""
        return os.fsdecode(self.run(*arguments, given=given))

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What a command of git's prints."""
        done = subprocess.run(  # noqa: S603 - git, with options of ours
            self._command(arguments), cwd=self.top, env=_environment(), input=given, capture_output=True, check=False
        )
        if done.returncode:
            raise GitError(_complaint(arguments[0], done.stderr))
        return done.stdout

    @contextmanager
    def stream(self, *arguments: str, given: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
        """What a command of git's prints, to be read as it comes; an error if the command fails in the end."""
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(  # noqa: S603 - as above
                self._command(arguments),
                cwd=self.top,
                env=_environment(),
                stdin=given or subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # Ctrl-C is for the process that started it
            )
            assert process.stdout is not None, "it is a pipe"  # noqa: S101
            try:
                yield process.stdout
                process.stdout.close()
                if process.wait():
                    errors.seek(0)
                    raise GitError(_complaint(arguments[0], errors.read(10_000)))
            finally:
                process.stdout.close()
                process.kill()
                process.wait()

    def commit(self, revision: str) -> str:
        """The name of the commit that a revision stands for."""
        try:
            if not revision:
                raise GitError("an empty name")
            return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
        except GitError:
            raise GitError(f"there is no revision '{revision}' in {shown(self.top)}") from None

    def head(self) -> str:
        """The name of the commit that is checked out; empty before the first one."""
        try:
            return self.commit("HEAD")
        except GitError:
            return ""

    def relative(self, path: str) -> str:
        """A path as git has it, from the top; ``.`` is all. It must not lead out of the repository."""
        folder, name = os.path.split(os.path.abspath(path))
        full = os.path.join(os.path.realpath(folder), name) if name else folder
        inside = os.path.relpath(full, os.path.realpath(self.top)).replace(os.sep, "/")
        if not self.has_work_tree:
            return "."
        if inside == ".." or inside.startswith("../"):
            inside = os.path.relpath(os.path.realpath(path), os.path.realpath(self.top)).replace(os.sep, "/")
        if inside == ".." or inside.startswith("../"):
            raise GitError(f"{shown(path)}: is not in the repository {shown(self.top)}")
        return inside

    def _command(self, arguments: Sequence[str]) -> list[str]:
        settings = (word for setting in (*_SETTINGS, *self.more) for word in ("-c", setting))
        return [self.git, *settings, *_OPTIONS, *arguments]

    def _without_filters(self) -> Iterator[str]:
        """Settings that switch off the programs through which git would put the files of a work tree."""
        with suppress(GitError):  # there are none
            for name in set(self.text("config", "--name-only", "-z", "--get-regexp", r"^filter\.").split("\0")):
                if name.endswith((".clean", ".smudge", ".process")):
                    yield f"{name}="
                elif name.endswith(".required"):
                    yield f"{name}=false"


class Blob(NamedTuple):
    """The content of a file as git keeps it. ``data`` is ``None`` where it is larger than was asked for or missing.

    Of one that is too large it is said all the same whether it is no text.
    """

    name: str
    size: int
    data: bytes | None
    is_binary: bool = False


class Objects:
    """Reads objects, with one process for all of them. Not for use by two processes at once."""

    def __init__(self, repository: Repository) -> None:
        """Nothing is started before an object is asked for."""
        self._repository = repository
        self._process: subprocess.Popen[bytes] | None = None

    def blobs(self, names: Sequence[str], limit: int) -> Generator[Blob]:
        """The blobs of these names, in order; of those with more than ``limit`` bytes only their size.

        The size of one that is missing is -1.
        """
        asked = answered = 0
        try:
            for number, name in enumerate(names):
                if asked <= number or self._process is None:
                    ahead = names[number : number + _AHEAD]
                    self._ask(ahead)
                    asked = number + len(ahead)
                blob = self._answer(name, limit)
                answered = number + 1
                yield blob
        finally:
            if answered < asked:  # what is left would be taken for an answer to the next question
                self.close()

    def blob(self, name: str, limit: int) -> Blob:
        """One blob."""
        return next(self.blobs([name], limit))

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr] # both are pipes
            process.kill()
            process.wait()

    def _ask(self, names: Sequence[str]) -> None:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - as above
                self._repository._command(("cat-file", "--batch")),
                cwd=self._repository.top,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            assert self._process.stdin is not None, "it is a pipe"  # noqa: S101
            self._process.stdin.write("".join(f"{name}\n" for name in names).encode())
            self._process.stdin.flush()
        except OSError:
            self.close()
            raise GitError("git ended before it had given what it was asked for") from None

    def _answer(self, name: str, limit: int) -> Blob:
        assert self._process is not None, "it was asked"  # noqa: S101
        pipe = self._process.stdout
        assert pipe is not None, "it is a pipe"  # noqa: S101
        words = pipe.readline(1_000).split()
        if len(words) < 2:  # noqa: PLR2004 - a name and "missing"
            self.close()
            raise GitError("git ended before it had given what it was asked for")
        if not words[-1].isdigit():
            return Blob(name, -1, None)
        size = int(words[-1])
        if size > limit:
            head = pipe.read(min(size, HEAD))
            self.close()  # rather than read it
            return Blob(name, size, None, is_binary(head))
        data = pipe.read(size + 1)[:size]
        if len(data) < size:
            self.close()
            raise GitError("git ended before it had given what it was asked for")
        return Blob(name, size, data)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    for name in _PATHS:  # a hook is given them from where it is started
        if name in kept:
            kept[name] = os.path.abspath(kept[name])
    return kept | _ENVIRONMENT


def _complaint(command: str, errors: bytes) -> str:
    """What git said, in a line."""
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    said = next((line for line in lines if line.startswith(("fatal: ", "error: "))), lines[0] if lines else "it failed")
    return f"git {command}: {said.partition(': ')[2] if said.startswith(('fatal: ', 'error: ')) else said}"


def _why(path: str, complaint: str) -> str:
    """The sentence for a place where git finds no repository that it takes."""
    where = shown(path)
    if "not a git repository" in complaint:
        return f"{where}: is not in a git repository"
    if "dubious ownership" in complaint:
        return f"{where}: belongs to somebody else, so that git does not trust it; see 'safe.directory' in git's manual"
    return f"{where}: {complaint}"
