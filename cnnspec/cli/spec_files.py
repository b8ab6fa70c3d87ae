"""The specs below a folder, and the Python sources where they are asked for. What git ignores is left out, and so are folders that hold copies and other people's files.

The patterns of a .gitignore hold for its folder and all below it, the deepest that speaks of a path decides, and below a
folder that is left out nothing is looked at. Those of the whole repository count; a folder outside of any has its own.
"""

from __future__ import annotations

import os
from itertools import islice

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import PYTHON
from cnnspec.base.source_files import read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.cli.gitignore import Pattern

LEFT_OUT = ("__pycache__", "build", "dist", "node_modules", "site-packages", "venv")  # beside hidden folders
MOST = 100  # files of a folder that are looked into for a hint
VENV = "pyvenv.cfg"  # in a virtual environment of any name


def find_specs(
    top: str, by_git: bool, most: int | None = None, python: bool | None = None
) -> Iterator[str | Diagnostic]:
    """The .cnn files below a folder, in order; a diagnostic for a folder that cannot be read, and where there are none.
    `by_git`: what git ignores is left out. `most`: so many folders are looked into. `python`: so are the Python files and
    notebooks that mention Keras; None: whoever asks cannot take them."""
    endings = (".cnn", *PYTHON) if python else (".cnn",)
    ignored = IgnoredByGit(top) if by_git else None
    found: list[str] = []
    closed: list[OSError] = []
    left_out: list[str] = []
    for folder, folders, names in islice(os.walk(top, onerror=closed.append), most):
        if ignored is not None:
            ignored.enter(folder, ".gitignore" in names)
        kept = []
        for name in sorted(folders):
            if name.startswith("."):
                continue
            path = os.path.join(folder, name)
            if is_left_out(path, name) or ignored is not None and ignored.has(name, is_folder=True):
                left_out.append(path)
            else:
                kept.append(name)
        folders[:] = kept
        for name in sorted(names):
            if name.endswith(endings):
                path = os.path.join(folder, name)
                if ignored is not None and ignored.has(name):
                    left_out.append(path)
                elif name.endswith(".cnn") or mentions_keras(path):
                    found.append(path)
    if top == os.curdir:
        found, left_out = [*map(os.path.normpath, found)], [*map(os.path.normpath, left_out)]
    for error in closed:
        yield Diagnostic("E002", f"cannot read {error.filename}: {error.strerror}", None, "check the path")
    if not found and not closed:
        model = find_first_model(top)
        if model == top:  # the folder itself is one
            found = [top]
        else:
            besides = f" (left out: {', '.join(left_out[:3])}{', …' * (len(left_out) > 3)})" if left_out else ""
            help = f"a model is checked where it is named, as {model}" if model else "name a file, or another folder"
            if not model and python is False and has_keras(top):
                help = "--python takes the Python files that mention Keras, too"
            what = "no .cnn file, and no Python file that mentions Keras," if python else "no .cnn file"
            yield Diagnostic("E002", f"there is {what} in {top}{besides}", None, help)
    yield from found


def mentions_keras(path: str) -> bool:
    """Whether a Python file may build a model with Keras: without the word it cannot."""
    data = read_bytes(path)
    return isinstance(data, bytes) and b"keras" in data


def has_keras(folder: str) -> bool:
    """Whether a Python file that mentions Keras lies in a folder."""
    with os.scandir(folder) as entries:
        return any([e.name.endswith(PYTHON) and e.is_file() and mentions_keras(e.path) for e in islice(entries, MOST)])


def find_first_model(folder: str) -> str:
    """A folder that is a model itself, or the first model that lies in it; "" where there is none."""
    from cnnspec.model_files import is_model_file, list_endings

    if is_model_file(folder):
        return folder
    endings = tuple([ending for ending in list_endings() if ending != ".json"])  # which is mostly something else
    with os.scandir(folder) as entries:
        names = sorted([entry.name for entry in entries if entry.name.endswith(endings) and entry.is_file()])
    return os.path.join(folder, names[0]) if names else ""


def is_left_out(path: str, name: str) -> bool:
    """Whether a folder is one in which nobody writes specs of their own."""
    return name in LEFT_OUT or os.path.exists(os.path.join(path, VENV))


class IgnoredByGit:
    """What the .gitignore files of a repository say about what lies in one folder after the other, as they are walked.

    Where git ignores the first folder itself, which somebody has named all the same, nothing around it counts.
    """

    def __init__(self, top: str) -> None:
        self.files: list[tuple[int, list[Pattern]]] = []  # from the outermost inward, by the depth of their folders
        self.names: list[str] = []  # of the folder that is walked, from the root on
        top = os.path.abspath(top)
        root = top
        while not os.path.lexists(os.path.join(root, ".git")):
            above = os.path.dirname(root)
            if above == root:
                root = top  # no repository
                break
            root = above
        self.root = root
        walked = root
        for name in split_path(os.path.relpath(top, root)):
            self.enter(walked, os.path.lexists(os.path.join(walked, ".gitignore")))
            walked = os.path.join(walked, name)
            if self.has(name, is_folder=True):
                self.files = []
                break

    def enter(self, folder: str, has_patterns: bool) -> None:
        """Go into a folder: what is said in folders beside it holds no more."""
        self.names = split_path(os.path.relpath(folder, self.root))
        while self.files and self.files[-1][0] >= len(self.names):
            self.files.pop()
        if has_patterns:
            data = read_bytes(os.path.join(folder, ".gitignore"))
            if not isinstance(data, Diagnostic):  # one that cannot be read says nothing, as for git
                from cnnspec.cli.gitignore import read_patterns

                self.files.append((len(self.names), read_patterns(data)))

    def has(self, name: str, is_folder: bool = False) -> bool:
        """Whether git ignores what has this name in the folder."""
        names = [*self.names, name]
        for depth, patterns in reversed(self.files):
            below = names[depth:]
            for pattern in patterns:
                if pattern.matches(below, is_folder):
                    return pattern.ignores
        return False


def split_path(path: str) -> list[str]:
    """The names in a relative path."""
    return [] if path == os.curdir else path.split(os.sep)
