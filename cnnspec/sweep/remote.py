"""What another process is sent to compute parts of a sweep: the text of the spec and of those it uses, what is asked, and the parts."""

from __future__ import annotations

import os
import pickle
from functools import cache
from threading import Lock

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.base.source_files import find_used_file, is_inside, is_stream, name_file
from cnnspec.sweep.reducer import Reducer
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.sweep.candidates import Part
    from cnnspec.sweep.partial import Partial
    from cnnspec.sweep.sweep import Found, Request


class SweepBroken(RuntimeError):
    """A sweep in several processes that cannot go on; the message is a sentence. `found` is what is done; None where nothing is."""

    found: Found | None = None


class Use(Record):
    """Where a file is that another uses: `text` is how that one, called `by`, names it."""

    by: str
    text: str
    found: tuple[str, str]  # the folder of the project, and the file


class Files(Record):
    """The texts of used files, by their paths, in the place of the files."""

    texts: dict[str, Source | Diagnostic]

    def __call__(self, path: str) -> Source | Diagnostic:
        return self.texts.get(path) or Diagnostic(
            "E002", f"cannot read {path}: it was not sent", None, "check the path"
        )


class Setup(Record):
    """What stays the same for all parts. The tree of the request's question is made of the `source` again."""

    request: Request
    source: Source
    uses: tuple[Use, ...]
    rows: bool


def write_setup(request: Request, rows: bool) -> bytes:
    """A setup as it is sent, with the code that must read it."""
    question = request.question
    files = Files({})
    uses = find_uses(question.tree, question.read, files)
    bare: Any = question.replace(tree=None, read=files)
    source = question.tree.source.replace(name=name_anywhere(question.tree.source.name))
    setup = Setup(request.replace(question=bare), source, tuple(uses), rows)
    return pickle.dumps((find_version(), pickle.dumps(setup)))


def find_uses(parsed: tree.Tree, read: Callable[[str], Source | Diagnostic], files: Files) -> list[Use]:
    """Every file that a spec uses, and those use, with their texts."""
    uses = []
    waiting = [parsed]
    while waiting:
        user = waiting.pop()
        for item in [item for item in user.body.items if isinstance(item, tree.Use)]:
            root, path = find_used_file(user.source.name, item.path.value)
            uses.append(Use(name_anywhere(user.source.name), item.path.value, (root, path)))
            if path not in files.texts and is_inside(path, root):
                files.texts[path] = found = read(path)
                if isinstance(found, Source):
                    waiting.append(parse(found.replace(name=name_file(path))))
    return uses


def name_anywhere(name: str) -> str:
    """The name of a source as it is the same in every working folder."""
    return os.path.join(os.getcwd(), os.path.basename(name) if is_stream(name) else name)


@cache
def find_version() -> str:
    """What tells the code of this package, of NumPy and of Python from others."""
    import platform
    from hashlib import sha256

    import numpy

    import cnnspec

    digest = sha256()
    folder = os.path.dirname(cnnspec.__file__)
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith((".py", ".lark")):
                with open(os.path.join(place, name), "rb") as file:
                    digest.update(f"{os.path.relpath(place, folder)} {name} ".encode() + file.read())
    code = f"cnnspec {cnnspec.__version__} ({digest.hexdigest()[:8]})"
    return f"{code}, NumPy {numpy.__version__}, Python {platform.python_version()}"


# ---- where it is computed ----------------------------------------------------------------------------------
LOCK = Lock()  # an analysis and its tape are one at a time
_reducers: dict[bytes, Reducer] = {}  # the last one


def compute(setup: bytes, part: Part) -> Partial:
    """What the candidates of a part come to. Raises SweepBroken where this process cannot say so."""
    with LOCK:
        if setup not in _reducers:
            made = read_setup(setup)
            _reducers.clear()
            _reducers[setup] = made
        return _reducers[setup].reduce(part)


def read_setup(sent: bytes) -> Reducer:
    """The reducer that a setup says."""
    return Reducer(*read_request(sent))


def read_request(sent: bytes) -> tuple[Any, bool]:
    """The request of a setup, and whether rows come along. Raises SweepBroken where this process cannot read it."""
    version, packed = pickle.loads(sent)
    if version != find_version():
        raise SweepBroken(f"a worker has {find_version()}, and this process {version}: install the same for both")
    setup: Setup = pickle.loads(packed)
    for use in setup.uses:
        if find_used_file(use.by, use.text) != use.found:
            raise SweepBroken(
                f'a worker does not find "{use.text}", which the spec uses, in {os.path.dirname(use.by)}: let it see these files'
            )
    question = setup.request.question.replace(tree=parse(setup.source))
    return setup.request.replace(question=question), setup.rows
