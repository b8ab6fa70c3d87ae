"""A revision of a git repository, whose files are read without checking them out.

git is asked for names and contents alone: no filter, hook or program that a repository names is run.
"""

from __future__ import annotations

import os
import shutil
import subprocess

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_BYTES
from cnnspec.base.record import Record
from cnnspec.base.source import brief, printable
from cnnspec.base.source_files import decode_source
from cnnspec.cli.messages import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.base.source import Source

SHORT = 10  # digits of a commit's number
FILES = ("100644", "100755")  # git's modes of regular files: no links, no repositories inside
LARGE = f"has more than the {MAX_BYTES:,} bytes that are read"
LINKS = {  # what git says of a path with a symbolic link in it, and the path, or where it leads
    "dangling": "is a symbolic link to what is not there",
    "loop": "is a symbolic link that leads back to itself",
    "symlink": "is a symbolic link to {}, which is none of the repository's files",
}


class Entry(Record):
    """A file ("blob") or a folder ("tree") of a revision: its name among git's objects, and how many bytes it has."""

    name: str
    kind: str
    size: int


class Revision:
    """A commit. `name` is what it was called, `root` the repository's folder; paths in it have slashes and begin there."""

    def __init__(self, name: str, commit: str, root: str) -> None:
        self.name, self.commit, self.root = name, commit, root

    def find_kind(self, path: str) -> str:
        """What stands at a path, or where a symbolic link there leads: "blob", a file; "tree", a folder; "" for nothing.
        UsageError for a link that leads nowhere, and for what lies in a submodule."""
        found = self.find_entry(path)
        if isinstance(found, str):
            raise UsageError(f"{self.label(path)} {found}")
        return found.kind if found is not None else ""

    def find_entry(self, path: str) -> Entry | str | None:
        """What stands at a path, links followed within the revision; None for nothing, and why it is not read in words."""
        wanted = f"{self.commit}:{path.rstrip('/')}"
        given = os.fsencode(wanted + "\n")
        if "\n" in path:  # which ends a question to git; no link is followed then
            given = ask_git(self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted) or b"\n"
        answer = ask_git(self.root, "cat-file", "--batch-check", "--follow-symlinks", given=given) or b""
        head, _, rest = answer.decode("utf-8", "surrogateescape").partition("\n")
        words = head.split(" ")
        if len(words) == 3 and words[1] in ("blob", "tree"):
            return Entry(words[0], words[1], int(words[2]))
        if len(words) == 2 and words[0] in LINKS and words[1].isdigit():
            return LINKS[words[0]].format(printable(brief(rest[: int(words[1])])))
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            listed = ask_git(self.root, "ls-tree", "-z", "--full-tree", self.commit, "--", "/".join(parts[:end])) or b""
            if listed.startswith(b"160000"):
                inner = "/".join(parts[:end])
                return f"is not read: {printable(inner)} is a submodule, a repository of its own; compare in there"
        return None

    def list_files(self, folder: str) -> dict[str, tuple[str, int]]:
        """The files below a folder, "" for all: path → its blob and how many bytes that has; none where there is no such
        folder. UsageError as for `read_blobs`."""
        entry = self.find_entry(folder)
        if not isinstance(entry, Entry) or entry.kind != "tree":
            return {}
        listed = ask_git(self.root, "ls-tree", "-r", "-l", "-z", "--full-tree", entry.name)
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
        return {
            path: decode_source(data[path], self.place(path))
            if path in data
            else Diagnostic("E002", f"{self.label(path)} {LARGE}", None, "split it")
            for path in files
        }

    def read(self, path: str) -> Source | Diagnostic:
        """The source at a path of the working folder, as it was."""
        inner = self.find_inner(path)
        entry = None if inner is None else self.find_entry(inner)
        if isinstance(entry, str):
            return Diagnostic("E002", f"{self.label(inner or path)} {entry}", None, "check the path")
        if inner is None or entry is None or entry.kind != "blob":
            return Diagnostic("E002", f"{self.called} has no {path} that git can read", None, "check the path")
        if entry.size > MAX_BYTES:
            return Diagnostic("E002", f"{self.label(inner)} {LARGE}", None, "split it")
        data = ask_git(self.root, "cat-file", "blob", entry.name)
        if data is None:
            return Diagnostic("E002", f"git has not got {self.label(inner)} here", None, "fetch it")
        return decode_source(data, self.place(inner))

    def find_inner(self, path: str) -> str | None:
        """The path in the repository of one in the working folder; None where that lies outside.

        A folder that is a symbolic link now may have been one of the repository, so a path is taken as it is written where the
        revision has it so.
        """
        full = os.path.abspath(path)
        written = self._find_below_root(full)
        if written is not None and self.find_entry(written) is not None:
            return written
        return self._find_below_root(os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full)))

    def _find_below_root(self, full: str) -> str | None:
        try:
            inner = os.path.relpath(full, self.root).replace(os.sep, "/")
        except ValueError:  # another drive
            return None
        return None if inner == os.pardir or inner.startswith("../") else "" if inner == os.curdir else inner

    def place(self, path: str) -> str:
        """Where a file of it would stand: its path from the working folder if it lies below, else the whole one. What is a symbolic
        link now may have been none."""
        return os.path.join(self.root, *path.split("/")).removeprefix(os.path.join(os.getcwd(), ""))

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
    root = find_root()
    commit = root and ask_git(os.getcwd(), "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return Revision(name, commit.decode().strip(), root) if root and commit else None


def find_root() -> str | None:
    """The top folder of the working folder's repository; of a bare one, which has no files beside it, its own."""
    for question in ("--show-toplevel", "--absolute-git-dir"):
        if root := ask_git(os.getcwd(), "rev-parse", question):
            return os.path.realpath(os.fsdecode(root).rstrip("\n"))
    return None


def explain_no_revision() -> str:
    """Why a name means no revision, in words that follow "is no revision of a git repository"; "" where nothing is known."""
    if shutil.which("git") is None:
        return ": there is no git to ask"
    if find_root() is None:
        return ", and the working folder lies in none"
    shallow = ask_git(os.getcwd(), "rev-parse", "--is-shallow-repository")
    return ": this one is cut short, and git fetch --unshallow brings the rest" if shallow == b"true\n" else ""


def ask_git(folder: str, *words: str, given: bytes = b"") -> bytes | None:
    """What git answers in a folder; None where it refuses, or is not there. A path is a path, whatever signs it has."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_PATHSPECS")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_LITERAL_PATHSPECS": "1"}
    try:
        done = subprocess.run(
            ["git", "--no-pager", *words], cwd=folder, input=given, capture_output=True, check=False, env=environment
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
