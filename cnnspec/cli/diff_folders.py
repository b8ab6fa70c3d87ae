"""The specs of two folders, or of two revisions, in pairs: those whose text changed, or that use others, and what is new or gone."""

from __future__ import annotations

import argparse
import os
import re
from difflib import SequenceMatcher

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.cli.load import analyse_as_asked
from cnnspec.cli.messages import UsageError
from cnnspec.cli.settings import Lookup
from cnnspec.cli.spec_files import LEFT_OUT, find_specs
from cnnspec.diff.changes import FileChanges, FileState, compare_files
from cnnspec.diff.difference import SAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnnspec.cli.diff_sides import Side
    from cnnspec.diff.limits import ChangeLimit
    from cnnspec.elaborate.files import Read

USES = re.compile(r"^\s*use\b", re.M)
ALIKE = 0.5  # from which on a file is another one renamed, as git has it
MOST_COMPARED = 2_500  # pairs of files whose lines are compared


class SpecFile(Record):
    """A spec of one side: its path from there, what it is called, its source or why it cannot be read, and how it reads the
    files that it uses."""

    path: str
    name: str
    source: Source | Diagnostic
    read: Read

    @property
    def text(self) -> str:
        return self.source.text if isinstance(self.source, Source) else ""

    def is_as(self, other: SpecFile) -> bool:
        """Whether two files hold the same networks for certain: the same text, which uses no other file."""
        both = isinstance(self.source, Source) and isinstance(other.source, Source)
        return both and self.text == other.text and not USES.search(self.text)


def compare_folders(a: Side, b: Side, limits: Sequence[ChangeLimit], options: argparse.Namespace) -> FileChanges:
    """What changed in the specs of two folders. UsageError for limits that make no sense, and options for two networks."""
    refuse_options(a, b, options)
    lookup = Lookup(options)
    links = a.revision is b.revision is None  # in a revision they are no files
    old, new = list_side(a, lookup, links), list_side(b, lookup, links)
    add_ignored(old, new, b)
    add_ignored(new, old, a)
    if not old and not new:
        raise UsageError(f"there is no .cnn file in {a.label} and none in {b.label}")
    return compare_pairs(a, b, pair_files(old, new), limits, options)


def compare_models(a: Side, b: Side, limits: Sequence[ChangeLimit], options: argparse.Namespace) -> FileChanges:
    """What changed in the models of two specs, one of which may be missing. UsageError as for folders."""
    refuse_options(a, b, options)
    before, after = (None if side.is_missing else read_file(side) for side in (a, b))
    return compare_pairs(a, b, [(before, after)], limits, options)


def refuse_options(a: Side, b: Side, options: argparse.Namespace) -> None:
    """UsageError for an option that is for two networks."""
    for name in ("set", "set_a", "set_b", "model", "call", "output"):
        if getattr(options, name):
            option = "-o" if name == "output" else f"--{name.replace('_', '-')}"
            give = "two files" if a.is_folder else "FILE:MODEL"
            raise UsageError(f"{option} is for two networks, and {a.label} and {b.label} hold many: give {give}")


def compare_pairs(
    a: Side,
    b: Side,
    pairs: Iterable[tuple[SpecFile | None, SpecFile | None]],
    limits: Sequence[ChangeLimit],
    options: argparse.Namespace,
) -> FileChanges:
    """What changed in pairs of files."""
    found = []
    for before, after in pairs:
        states = [None if file is None else read_state(file, options) for file in (before, after)]
        try:
            changes = compare_files(states[0], states[1], limits)
        except ValueError as error:
            raise UsageError(str(error)) from None
        if before is not None and after is not None and (before.path, before.text) == (after.path, after.text):
            changes = [change for change in changes if change.status != SAME]
        found += changes
    return FileChanges(a.label, b.label, tuple(found), bool(limits))


# ---- files -------------------------------------------------------------------------------------------------
def list_side(side: Side, lookup: Lookup, links: bool) -> dict[str, SpecFile]:
    """The specs of a side that no setting excludes, by their paths from its folder; `links`: symbolic ones, too, and those of
    repositories inside, which a revision does not hold."""
    folder = side.path or ""
    if side.revision is None:
        return {
            name: SpecFile(name, path, read(path), read)
            for name, path in list_folder(folder)
            if (links or not (os.path.islink(path) or lies_in_repository(name, folder)))
            and not lookup.of(path).excludes(path, False)
        }
    files = {
        path: entry
        for path, entry in side.revision.list_files(folder).items()
        if is_taken(path, folder) and not lookup.of(place := side.revision.place(path)).excludes(place, False)
    }
    found = side.revision.read_sources(files)
    start = len(folder) + 1 if folder else 0
    return {
        path[start:]: SpecFile(path[start:], side.revision.label(path), source, side.revision.read)
        for path, source in found.items()
    }


def read_file(side: Side) -> SpecFile:
    """The file of a side."""
    return SpecFile(
        side.path or "", side.label, side.read_source(), read if side.revision is None else side.revision.read
    )


def add_ignored(files: dict[str, SpecFile], others: dict[str, SpecFile], other: Side) -> None:
    """Add to the specs of a folder those that the other side has, and that are there: git has files that it ignores, too."""
    for name in files.keys() - others.keys():
        path = os.path.join(other.path or "", name)
        if other.revision is None and os.path.isfile(path):
            others[name] = SpecFile(name, path, read(path), read)


def list_folder(folder: str) -> Iterator[tuple[str, str]]:
    """The specs below a folder: path from there, path. UsageError for a folder that cannot be read."""
    for path in find_specs(folder, by_git=True):
        if isinstance(path, str):
            yield os.path.relpath(path, folder).replace(os.sep, "/"), path
        elif path.message.startswith("cannot read"):  # not that there is no spec
            raise UsageError(f"{path.message}: {path.help}")


def lies_in_repository(name: str, folder: str) -> bool:
    """Whether a file below a folder lies in a git repository of its own there, such as a submodule."""
    parts = name.split("/")[:-1]
    return any([os.path.lexists(os.path.join(folder, *parts[:end], ".git")) for end in range(1, len(parts) + 1)])


def is_taken(path: str, folder: str) -> bool:
    """Whether a file of a revision is a spec, and in no folder that is left out."""
    *folders, name = path[len(folder) :].strip("/").split("/")
    return name.endswith(".cnn") and not any([part.startswith(".") or part in LEFT_OUT for part in folders])


def pair_files(old: dict[str, SpecFile], new: dict[str, SpecFile]) -> Iterator[tuple[SpecFile | None, SpecFile | None]]:
    """The pairs that may differ, in the order of their paths."""
    renamed = find_renamed(
        {n: f for n, f in old.items() if n not in new}, {n: f for n, f in new.items() if n not in old}
    )
    gone = old.keys() - new.keys() - set(renamed.values())
    for name in sorted({*new, *gone}):
        before, after = old.get(renamed.get(name, name)), new.get(name)
        if before is None or after is None or name in renamed or not before.is_as(after):
            yield before, after


def find_renamed(gone: dict[str, SpecFile], come: dict[str, SpecFile]) -> dict[str, str]:
    """What files that are new were called: those with the same text, then those with the most lines in common."""
    if len(gone) * len(come) > MOST_COMPARED:
        gone = {name: file for name, file in gone.items() if file.text in {f.text for f in come.values()}}
    scores = [
        (compare_lines(before.text, after.text), name, was)
        for name, after in come.items()
        for was, before in gone.items()
    ]
    found: dict[str, str] = {}
    for score, name, was in sorted(scores, key=lambda one: (-one[0], *one[1:])):
        if score >= ALIKE and name not in found and was not in found.values():
            found[name] = was
    return found


def compare_lines(a: str, b: str) -> float:
    """How alike two texts are, from 0 to 1: the share of the longer one that stands in lines of both."""
    lines, others = a.splitlines(keepends=True), b.splitlines(keepends=True)
    blocks = SequenceMatcher(None, lines, others, autojunk=False).get_matching_blocks()
    both = sum([len(line) for block in blocks for line in lines[block.a : block.a + block.size]])
    return both / (max(len(a), len(b)) or 1)


# ---- networks ----------------------------------------------------------------------------------------------
def read_state(file: SpecFile, options: argparse.Namespace) -> FileState:
    """A file's networks. No rule is asked: what would only be a warning is no matter here."""
    if isinstance(file.source, Diagnostic):
        return FileState(file.name, (), (file.source,))
    asked = argparse.Namespace(
        set=[], model=None, input=[], block=None, call=None, read_installed=None, max_layers=options.max_layers
    )
    analysis = analyse_as_asked(file.source, asked, frozenset(), file.read)
    called = file.source.replace(name=file.name)
    networks = tuple([one.replace(source=called) for one in analysis.networks if one.graph.nodes])
    mistakes = tuple([found for found in analysis.diagnostics if found.severity == ERROR])
    return FileState(file.name, networks, () if networks else mistakes)
