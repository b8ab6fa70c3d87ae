"""The sides of a diff: files, or the specs of folders; either may be that of a git revision.

FILE, FILE:MODEL and FOLDER are of the working folder, REVISION:FILE and REVISION:FOLDER are as git has them, and a
REVISION alone has what the other side names, or all.
"""

from __future__ import annotations

import os
import posixpath
import re

from cnnspec.base.record import Record
from cnnspec.base.source import Source, brief, printable
from cnnspec.base.source_files import read
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.messages import UsageError
from cnnspec.cli.python_files import split_model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.cli.revision import Revision

MODELS = re.compile(r"^\s*model\b", re.M)


class Side(Record):
    """One side. `path`: of a file, or a folder; in a revision from its root, None where that alone was named. `model`: the one
    that is chosen in a file."""

    path: str | None
    model: str | None = None
    revision: Revision | None = None
    is_folder: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether it is a file that its revision does not have: a network that is new, or gone."""
        return not self.is_folder and self.revision is not None and not self.revision.find_kind(self.path or "")

    def read_source(self) -> Source | Diagnostic:
        """The source of a file; a diagnostic where it cannot be read."""
        path = self.path or ""
        return read(path) if self.revision is None else self.revision.read(self.revision.place(path))

    @property
    def is_called(self) -> bool:
        """Whether --call is for it: a Python source of which no model is named."""
        return Source(self.path or "", "").is_python and self.model is None

    @property
    def label(self) -> str:
        """What the side is called."""
        if self.revision is None:
            return "the working folder" if self.path == os.curdir else str(self.path)
        return self.revision.label(self.path) if self.path else self.revision.called


def read_sides(a: str, b: str, model: str | None) -> tuple[Side, Side]:
    """Both sides, of one kind. UsageError where they are none."""
    first, second = read_side(a, model), read_side(b, model)
    first, second = complete_side(first, second), complete_side(second, first)
    if first.is_folder != second.is_folder:
        folder, file = (first, second) if first.is_folder else (second, first)
        raise UsageError(f"{folder.label} is a folder, and {file.label} is a file: give two files, or two folders")
    return first, second


def read_side(text: str, model: str | None) -> Side:
    """What one argument names."""
    path, chosen = split_model(text, model)
    if path == "-" or os.path.lexists(path) and not is_own_file_of_git(path):
        return Side(path, chosen, None, os.path.isdir(path) and not leads_to_model(path))
    from cnnspec.cli.revision import explain_no_revision, find_revision

    name, colon, rest = text.partition(":")
    revision = find_revision(name)
    if revision is None:
        if not os.path.splitext(path)[1] and not os.path.dirname(path):
            called = printable(brief(text))
            raise UsageError(
                f'"{called}" is no file, no folder and no revision of a git repository{explain_no_revision()}'
            )
        if ":" in path[2:]:  # not that of a drive, nor of FILE:MODEL
            called, whole = printable(brief(name)), printable(brief(text))
            raise UsageError(f"{called}, of {whole}, is no revision of a git repository{explain_no_revision()}")
        return Side(path, chosen)  # which cannot be read, and says so
    if not colon:
        return Side(None, model, revision)
    return read_inner(revision, rest, model)


def is_own_file_of_git(path: str) -> bool:
    """Whether a path is that of a file in which a bare repository keeps a revision of its name."""
    return path in ("HEAD", "FETCH_HEAD", "ORIG_HEAD") and os.path.isdir("objects") and os.path.isdir("refs")


def hold_many(a: Side, b: Side) -> bool:
    """Whether the sides are more, or less, than a network each: folders, a file that is new or gone, two specs of several
    models of which none is chosen."""
    if a.is_folder or a.is_missing or b.is_missing:
        return True
    return all(
        [
            side.model is None
            and str(side.path).endswith(".cnn")
            and isinstance(source := side.read_source(), Source)
            and len(MODELS.findall(source.text)) > 1
            for side in (a, b)
        ]
    )


def read_inner(revision: Revision, text: str, model: str | None) -> Side:
    """A file or a folder of a revision. UsageError where it has none such."""
    for path, chosen in dict.fromkeys([(text, model), split_model(text, model)]):
        near = path.startswith(("./", "../"))  # as git reads it, from the working folder
        inner = revision.find_inner(path) if near else posixpath.normpath("/" + path.strip("/")).strip("/")
        kind = revision.find_kind(inner) if inner is not None else ""
        if inner is not None and kind in ("blob", "tree"):
            return Side(inner, chosen, revision, kind == "tree")
    here = revision.find_inner(text)
    hint = f"; did you mean {revision.name}:./{text}?" if here is not None and revision.find_kind(here) else ""
    raise UsageError(f"{revision.name} has no {printable(brief(text))}{hint}")


def complete_side(side: Side, other: Side) -> Side:
    """A revision alone, with the path of the other side, or all of it."""
    if side.path is not None or side.revision is None:
        return side
    if other.path is None:
        return side.replace(path="", is_folder=True)
    if other.path == "-":
        raise UsageError(f"stdin has no name to look for in {side.revision.name}: give {side.revision.name}:FILE")
    inner = other.path if other.revision is not None else side.revision.find_inner(other.path)
    if inner is None:
        raise UsageError(f"{other.path} lies outside of the repository of {side.revision.name}")
    made = side.replace(path=inner, model=other.model, is_folder=other.is_folder)
    side.revision.find_kind(inner)  # which refuses submodules
    if made.is_missing and not (inner.endswith(".cnn") and (other.revision is not None or os.path.exists(other.path))):
        raise UsageError(f"{side.revision.name} has no {inner}")
    return made
