"""A Python source → its texts, parsed: the file, or the code cells of a notebook."""

from __future__ import annotations

import ast
import re

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.record import Record
from cnnspec.base.source import CELL, Source, Span
from cnnspec.python_source.written import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PYTHON2 = (
    "Missing parentheses in call to 'print'",
    "Missing parentheses in call to 'exec'",
    "multiple exception types must be",
)


class Part(Record):
    """One text and its tree."""

    source: Source
    tree: ast.Module

    @property
    def written(self) -> Written:
        return Written(self.source)


def read_parts(source: Source) -> list[Part] | Diagnostic:
    """The texts of a source, in order; a diagnostic where one is no Python."""
    texts = read_cells(source) if source.name.endswith(".ipynb") else [source]
    if isinstance(texts, Diagnostic):
        return texts
    parts: list[Part] = []
    for text in texts:
        tree = parse(text)
        if isinstance(tree, Diagnostic):
            return tree
        parts.append(Part(text, tree))
    return parts


def parse(source: Source) -> ast.Module | Diagnostic:
    """The tree of a text. Python compiles it too, and keeps nothing of that: so it says what the tree alone does not, such as
    a `break` outside of loops."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in texts
            tree = ast.parse(source.text)
            compile(tree, "source", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            return tree
    except SyntaxError as error:
        return refuse(source, error)
    except (RecursionError, MemoryError, ValueError):
        return Diagnostic(
            "E001", f"{source.name} is nested deeper than Python reads", None, "write it with fewer brackets"
        )


def refuse(source: Source, error: SyntaxError) -> Diagnostic:
    """What Python says of a text that it cannot read, and where."""
    last = source.text.count("\n") + 1
    line = min(max(error.lineno or 1, 1), last)
    start = min(source.offset(line) + max((error.offset or 1) - 1, 0), len(source.text))
    end = start + 1 if start < len(source.text) else start
    said = error.msg or "it is no Python"
    help = "cnnspec reads Python 3"
    if said.startswith(PYTHON2):
        help = "it is Python 2: 2to3 or python-modernize rewrite it for Python 3"
    return Diagnostic("E001", f"this is no Python: {said}", Span(source, start, end), help)


# ---- notebooks -----------------------------------------------------------------------------------------------------
def read_cells(source: Source) -> list[Source] | Diagnostic:
    """The code cells of a notebook, counted from 1 among all its cells of code, without what only a notebook reads."""
    import json

    try:
        found = json.loads(source.text)
    except (ValueError, RecursionError):
        found, why = None, "it is not JSON"
    else:
        why = "it has no list of cells"
    if not isinstance(found, dict) or not any([isinstance(found.get(key), list) for key in ("cells", "worksheets")]):
        return Diagnostic("E002", f"{source.name} is no notebook: {why}", None, "save it as a notebook again")
    return [
        Source(f"{source.name}{CELL}{number}", blank_magics(text))
        for number, text in enumerate(list_code(found), 1)
        if not text.lstrip().startswith("%%") or text.lstrip().startswith(("%%time", "%%capture"))
    ]


def list_code(notebook: Any) -> list[str]:
    """The texts of the cells of code. Notebooks of version 3 have their cells in worksheets."""
    if not isinstance(notebook, dict):
        return []
    cells = notebook.get("cells")
    if cells is None:
        sheets = notebook.get("worksheets")
        cells = (
            [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells") or ()]
            if isinstance(sheets, list)
            else []
        )
    found: list[str] = []
    for cell in cells if isinstance(cells, list) else ():
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        text = cell.get("source", cell.get("input", ""))
        text = "".join(map(str, text)) if isinstance(text, list) else str(text)
        found.append(text.replace("\r\n", "\n").replace("\r", "\n"))
    return found


MAGICS = ("%", "!", "?")


def blank_magics(text: str) -> str:
    """A cell without its magics and shell commands: `pass` and spaces stand in their places, so that all others stay."""
    readable = not isinstance(parse(Source("", text)), Diagnostic)
    return text if readable else "\n".join(blank_lines(text.split("\n")))


def blank_lines(lines: list[str]) -> Iterator[str]:
    """The lines of a cell; magics are told from Python by how lines begin and end, outside of brackets and long texts."""
    inside = ""  # the quotation marks of a text of several lines
    depth = 0  # brackets that are open
    indent: str | None = None  # of a magic that goes on in the next line
    for line in lines:
        if not inside and depth <= 0 and (indent is not None or is_magic(line.strip())):
            indent = line[: len(line) - len(line.lstrip())] if indent is None else indent
            yield (indent + "pass").ljust(len(line))
            indent = indent if line.rstrip().endswith("\\") else None
            continue
        assigned = None if inside else re.match(r"[\w\s,.\[\]]+=(?=\s*[!%]\w)", line)
        if assigned:
            yield f"{assigned.group()} ...".ljust(len(line))
            continue
        for quotes in ('"""', "'''"):
            if inside in ("", quotes) and line.count(quotes) % 2:
                inside = "" if inside else quotes
        if not inside:
            depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        yield line


def is_magic(line: str) -> bool:
    asks = line.endswith("?") and "#" not in line and line[:1].isalpha()
    return line.startswith(MAGICS) or asks
