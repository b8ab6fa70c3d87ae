"""A revision of a git repository, whose files are read without checking them out.

git is asked for names and contents alone: no filter, hook or program that a repository names is run.
"""

from __future__ import annotations

import os
import subprocess

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_BYTES
from cnnspec.base.source_files import decode_source, name_file
from cnnspec.cli.messages import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.base.source import Source

SHORT = 10  # digits of a commit's number
FILES = ("100644", "100755")  # git's modes of regular files: no links, no repositories inside


class Revision:
    """A commit. `name` is what it was called, `root` the repository's folder; paths in it have slashes and begin there."""

    def __init__(self, name: str, commit: str, root: str) -> None:
        self.name, self.commit, self.root = name, commit, root

    def find_kind(self, path: str) -> str:
        """What stands at a path: "blob", a file; "tree", a folder; "" for nothing."""
        if not path:
            return "tree"
        found = ask_git(self.root, "ls-tree", "-z", "--full-tree", self.commit, "--", path.rstrip("/")) or b""
        return found.partition(b"\t")[0].split()[1].decode() if found else ""

    def list_files(self, folder: str) -> dict[str, tuple[str, int]]:
        """The files below a folder, "" for all: path → its blob and how many bytes that has; none where there is no such
        folder. UsageError as for `read_blobs`."""
        if self.find_kind(folder) != "tree":
            return {}
        listed = ask_git(self.root, "ls-tree", "-r", "-l", "-z", "--full-tree", f"{self.commit}:{folder}")
        if listed is None:
            raise UsageError(f"git cannot read the files of {self.called}")
        found = {}
        for line in listed.decode("utf-8", "surrogateescape").split("\0"):
            about, _, path = line.partition("\t")
            if about.startswith(FILES):
                _, _, blob, size = about.split()
                found[f"{folder}/{path}" if folder else path] = (blob, int(size))
        return found

    def read_blobs(self, blobs: Iterable[str]) -> Iterator[bytes]:
        """The contents of blobs, in their order. UsageError where git has not got them, as in a repository that is cut short."""
        asked = "".join([f"{blob}\n" for blob in blobs]).encode()
        answer, at = ask_git(self.root, "cat-file", "--batch", given=asked), 0
        if answer is None:
            raise UsageError(f"git cannot read the files of {self.called}")
        while at < len(answer):
            head = answer[at : answer.index(b"\n", at)]
            blob, kind, *size = head.decode().split()
            if not size:
                raise UsageError(f"git cannot read {blob}, a file of {self.called}: it is {kind}")
            start = at + len(head) + 1
            at = start + int(size[0]) + 1
            yield answer[start : at - 1]

    def read_sources(self, files: dict[str, tuple[str, int]]) -> dict[str, Source | Diagnostic]:
        """The sources of files, called as they would be in the working folder."""
        fit = {path: blob for path, (blob, size) in files.items() if size <= MAX_BYTES}
        data = dict(zip(fit, self.read_blobs(fit.values()), strict=True))
        large = f"has more than the {MAX_BYTES:,} bytes that are read"
        return {
            path: decode_source(data[path], self.place(path))
            if path in data
            else Diagnostic("E002", f"{self.label(path)} {large}", None, "split it")
            for path in files
        }

    def read(self, path: str) -> Source | Diagnostic:
        """The source at a path of the working folder, as it was."""
        inner = self.find_inner(path)
        data = None if inner is None else ask_git(self.root, "cat-file", "blob", f"{self.commit}:{inner}")
        if inner is None or data is None:
            return Diagnostic("E002", f"{self.called} has no {path} that git can read", None, "check the path")
        return decode_source(data, self.place(inner))

    def find_inner(self, path: str) -> str | None:
        """The path in the repository of one in the working folder; None where that lies outside."""
        full = os.path.join(
            os.path.realpath(os.path.dirname(os.path.abspath(path))), os.path.basename(os.path.abspath(path))
        )
        try:
            inner = os.path.relpath(full, self.root).replace(os.sep, "/")
        except ValueError:  # another drive
            return None
        return None if inner == os.pardir or inner.startswith("../") else "" if inner == os.curdir else inner

    def place(self, path: str) -> str:
        """Where a file of it would stand, as a command would name it."""
        return name_file(os.path.join(self.root, *path.split("/")))

    @property
    def called(self) -> str:
        """What it is called; a commit by the beginning of its number."""
        return self.name[:SHORT] if self.name == self.commit else self.name

    def label(self, path: str) -> str:
        """What a file of it is called, as git does."""
        return f"{self.called}:{path}"


def find_revision(name: str) -> Revision | None:
    """The revision of the working folder's repository that a name means; None where it means none."""
    if not name or "\0" in name or name.startswith("-"):
        return None
    here = os.getcwd()
    root = ask_git(here, "rev-parse", "--show-toplevel")
    commit = root and ask_git(here, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if not root or not commit:
        return None
    return Revision(name, commit.decode().strip(), os.path.realpath(os.fsdecode(root).rstrip("\n")))


def ask_git(folder: str, *words: str, given: bytes = b"") -> bytes | None:
    """What git answers in a folder; None where it refuses, or is not there."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
    try:
        done = subprocess.run(
            ["git", "--no-pager", *words], cwd=folder, input=given, capture_output=True, check=False, env=environment
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
