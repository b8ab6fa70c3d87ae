"""Where the API's specs come from: a file, or a text.

`load` takes a path. A str with a newline is none, and is a text for good; one line that names no file is taken for a text for
now, with a warning, unless it looks like the name of a file: before there was `loads`, `load` took both.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from cnnspec.api.argument_checks import take_path, take_text
from cnnspec.api.errors import SpecError
from cnnspec.base.source import NamedText, Source, brief, printable
from cnnspec.base.source_files import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.tree import Tree

FILE_NAME = re.compile(r"[^#\"']*\.[A-Za-z][A-Za-z0-9]{0,7}")  # ends as the names of files do
SPEC = re.compile(r"[\s(]")  # what stands in any text that is a network
SPECS = ".cnn"  # how the names of nearly all specs end
LOADS = "cnnspec.loads"
STACK = 4  # whoever called `load`, seen from where the warning is made


def make_source(text: str, name: str) -> Source:
    """A text as a source that has this name. TypeError for what is no str, SpecError for a text that is the name of a file."""
    if not isinstance(text, str):
        raise TypeError(f"a text is a str, not {type(text).__name__}: cnnspec.load and cnnspec.check take a path")
    if FILE_NAME.fullmatch(text) and _exists(text):
        raise SpecError(
            f"{printable(brief(text))} is the name of a file, not a text: give it to cnnspec.load or cnnspec.check"
        )
    return NamedText(take_text(name, "name"), text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def find_model_file(path: str | os.PathLike[str]) -> str:
    """The path of a model file; "" for one that leads to something else or nowhere, and for a text."""
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
    if not name or not isinstance(name, str) or name.endswith(SPECS) or "\n" in name or not _exists(name):
        return ""
    from cnnspec.model_files import is_model_file

    return name if is_model_file(name) else ""


def read_tree(path_or_text: str | os.PathLike[str], over: object) -> Tree:
    """The tree of a spec over whose candidates is gone. SpecError for a model file, which has no parameters, and for a spec with
    mistakes; TypeError for options that are neither texts nor under names."""
    from cnnspec.syntax.parse import parse

    if find_model_file(path_or_text):
        raise SpecError(f"{take_path(path_or_text)} is a model file, which has no parameters")
    check_over(over)
    source = read_source(path_or_text)
    parsed = parse(source)
    if parsed.diagnostics:
        raise SpecError(f"{source.name} has mistakes", parsed.diagnostics)
    return parsed


def check_over(over: object) -> None:
    """TypeError for options that are neither texts nor under names."""
    if isinstance(over, (Mapping, Sequence)) and not isinstance(over, (str, bytes)):
        if all([isinstance(name, str) for name in over]):
            return
    what = "a list of texts, or a dict of options"
    raise TypeError(f"over has a text for each parameter, {what}, not {brief(repr(over))}")


def read_source(path: str | os.PathLike[str], texts: str = LOADS) -> Source:
    """The source in a file, or the text that a str with no such file is. `texts` is the function that takes the same as a
    text; where it is "", there is none, and one line is no text. OSError when the file cannot be read."""
    if isinstance(path, str) and "\n" in path:
        return make_source(path, "<text>")
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"a path is a str or an os.PathLike, not {type(path).__name__}")
    name = os.fspath(path)
    if not name.strip():
        raise FileNotFoundError(2, f"an empty path names no file: give a path, or a text{texts and f' to {texts}'}")
    if texts and isinstance(path, str) and SPEC.search(path) and not FILE_NAME.fullmatch(path) and not _exists(path):
        return _take_for_text(path, texts)
    if find_model_file(path):
        raise SpecError(f"{printable(name)} is a saved model, not a spec: `cnnspec import` writes it as one")
    source = read(name, streams=True)
    if isinstance(source, Source):
        return source
    if not _exists(name):
        other = "" if FILE_NAME.fullmatch(name) or os.sep in name or not texts else f", and {texts} takes a text"
        raise FileNotFoundError(2, f"there is no such file: {printable(brief(name))}{other}")
    raise OSError(f"{source.message}: {source.help}")


def _take_for_text(text: str, texts: str) -> Source:
    from warnings import warn

    shown = printable(brief(text))
    warn(f'"{shown}" names no file and was taken for a text: give texts to {texts}', DeprecationWarning, STACK)
    return make_source(text, "<text>")


def _exists(path: str) -> bool:
    try:
        return os.path.exists(path)
    except ValueError:  # a NUL
        return False
