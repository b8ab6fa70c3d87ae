"""The specs below a folder. What git ignores is left out, and so are folders that hold copies and other people's files.

Source: gitignore(5). A file's patterns hold for its folder and all below it, the deepest that speaks of a path decides, and
below a folder that is left out nothing is looked at.
"""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source_files import read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pathspec import GitIgnoreSpec

LEFT_OUT = ("__pycache__", "build", "dist", "node_modules", "site-packages", "venv")  # beside hidden folders
VENV = "pyvenv.cfg"  # in a virtual environment of any name


def find_specs(top: str, by_git: bool) -> Iterator[str | Diagnostic]:
    """The .cnn files below a folder, in order; a diagnostic for a folder that cannot be read, and where there are none.
    `by_git`: what git ignores is left out."""
    ignored = IgnoredByGit(top) if by_git else None
    found: list[str] = []
    closed: list[OSError] = []
    left_out: list[str] = []
    for folder, folders, names in os.walk(top, onerror=closed.append):
        if ignored is not None:
            ignored.enter(folder, names)
        kept = []
        for name in sorted(folders):
            path = os.path.join(folder, name)
            if name.startswith("."):
                continue
            if is_left_out(path, name) or ignored is not None and ignored.has(path, is_folder=True):
                left_out.append(path)
            else:
                kept.append(name)
        folders[:] = kept
        specs = [os.path.join(folder, name) for name in sorted(names) if name.endswith(".cnn")]
        found += [path for path in specs if ignored is None or not ignored.has(path)]
        left_out += [path for path in specs if ignored is not None and ignored.has(path)]
    if top == os.curdir:
        found = [os.path.normpath(path) for path in found]
    for error in closed:
        yield Diagnostic("E002", f"cannot read {error.filename}: {error.strerror}", None, "check the path")
    if not found and not closed:
        where = ", ".join(left_out[:3]) + ", …" * (len(left_out) > 3)
        besides = f" ({where} is left out)" if left_out else ""
        yield Diagnostic("E002", f"there is no .cnn file in {top}{besides}", None, "name a file, or another folder")
    yield from found


def is_left_out(path: str, name: str) -> bool:
    """Whether a folder is one in which nobody writes specs of their own."""
    return name in LEFT_OUT or os.path.exists(os.path.join(path, VENV))


class IgnoredByGit:
    """What the .gitignore files of a repository say about the files below one folder of it.

    Where git ignores the folder itself, which somebody has named all the same, nothing around it counts. pathspec takes
    a pattern that brings back folders alone (`!*/`) for their files too: then more is found than git would, which is safe.
    """

    def __init__(self, top: str) -> None:
        self.specs: list[tuple[str, GitIgnoreSpec]] = []  # of each folder, from the outermost inward
        above: list[str] = []
        folder = os.path.abspath(top)
        while not os.path.lexists(os.path.join(folder, ".git")):
            outer = os.path.dirname(folder)
            if outer == folder:
                return  # no repository: the files below the folder count alone
            folder = outer
            above.append(folder)
        for folder in reversed(above):
            self.read(folder)
        parts = os.path.relpath(os.path.abspath(top), above[-1]).split(os.sep) if above else []
        if any([self.has(os.path.join(above[-1], *parts[: n + 1]), is_folder=True) for n in range(len(parts))]):
            self.specs = []

    def enter(self, folder: str, names: list[str]) -> None:
        """Go into a folder, which holds files of these names: what is said in folders beside it holds no more."""
        here = os.path.abspath(folder)
        while self.specs and not is_below(here, self.specs[-1][0]):
            self.specs.pop()
        if ".gitignore" in names:
            self.read(here)

    def read(self, folder: str) -> None:
        """Read the patterns of one folder; a file that cannot be read has none, as for git."""
        data = read_bytes(os.path.join(folder, ".gitignore"))
        if isinstance(data, Diagnostic):
            return
        from pathspec import GitIgnoreSpec

        self.specs.append((folder, GitIgnoreSpec.from_lines(data.decode("utf-8", "replace").splitlines())))

    def has(self, path: str, is_folder: bool = False) -> bool:
        """Whether git ignores a file or a folder, whose folders it does not ignore."""
        path = os.path.abspath(path)
        for folder, spec in reversed(self.specs):
            relative = os.path.relpath(path, folder).replace(os.sep, "/") + "/" * is_folder
            included = spec.check_file(relative).include
            if included is not None:
                return included
        return False


def is_below(path: str, folder: str) -> bool:
    """Whether an absolute path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
