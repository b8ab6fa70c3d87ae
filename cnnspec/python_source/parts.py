"""A Python source → its texts, parsed: the file, or the code cells of a notebook."""

from __future__ import annotations

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.record import Record
from cnnspec.base.source import Source, Span
from cnnspec.python_source.written import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
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
    """The tree of a text."""
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in texts
            return ast.parse(source.text)
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
        return Diagnostic("E002", f"{source.name} is no notebook: it is not JSON", None, "save it as a notebook again")
    return [
        Source(f"{source.name}:cell {number}", blank_magics(text))
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


def blank_magics(text: str) -> str:
    """A cell without its magics and shell commands: `pass` and spaces stand in their places, so that all others stay."""
    from re import compile

    assigned = compile(r"^\s*[\w, .\[\]]+=\s*[!%]\w")
    lines = text.split("\n")
    inside = ""  # a text in three quotation marks
    continued = False
    for number, line in enumerate(lines):
        stripped = line.lstrip()
        if not inside and (
            continued
            or stripped.startswith(("%", "!", "?"))
            or stripped.rstrip().endswith("?")
            and "#" not in line
            and stripped[:1].isalpha()
        ):
            continued = line.rstrip().endswith("\\")
            indent = line[: len(line) - len(stripped)]
            lines[number] = (indent + "pass").ljust(len(line))[: max(len(line), len(indent) + 4)]
            continue
        if not inside and assigned.match(line):
            at = line.index("=")
            lines[number] = (line[: at + 1] + " ...").ljust(len(line))
            continue
        continued = False
        for quotes in ('"""', "'''"):
            if inside in ("", quotes) and line.count(quotes) % 2:
                inside = "" if inside else quotes
    return "\n".join(lines)
