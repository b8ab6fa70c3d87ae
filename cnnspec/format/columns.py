"""Alignment: a list of equally long tuples is printed in columns, and so are the `=` of neighbouring settings."""

from __future__ import annotations

from cnnspec.format.pieces import pieces
from cnnspec.syntax.tree import (
    Arithmetic,
    Assign,
    Dims,
    Flag,
    Here,
    Hole,
    List,
    Name,
    Node,
    Number,
    Signed,
    Text,
    Tuple,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.format.comments import Attached
    from cnnspec.syntax.tree import Body


def rows(elements: tuple[Node, ...], comments: Attached) -> list[str] | None:
    """A table's rows, numbers to the right; None where the elements are not a table."""
    width = len(elements[0].items) if elements and isinstance(elements[0], (Tuple, List)) else 0
    cells: list[list[str]] = []
    numbers = [True] * width
    for row in elements:
        if type(row) is not type(elements[0]) or not isinstance(row, (Tuple, List)) or len(row.items) != width:
            return None
        if not width or comments.any(row, row.items):
            return None
        cells.append([])
        for number, item in enumerate(row.items):
            text = _atom(item)
            if text is None:
                return None
            cells[-1].append(text)
            numbers[number] &= _is_number(item)
    if len(cells) < 2:
        return None
    widths = [max(len(row[column]) for row in cells) for column in range(width)]
    opening, closing = ("(", ",)" if width == 1 else ")") if isinstance(elements[0], Tuple) else ("[", "]")
    return [opening + _row(row, widths, numbers) + closing for row in cells]


def _row(cells: list[str], widths: list[int], numbers: list[bool]) -> str:
    """Cells with their commas; what is not a number is filled up behind its comma, the last cell not at all."""
    out = ""
    for cell, width, number in zip(cells[:-1], widths, numbers, strict=False):
        out += cell.rjust(width) + ", " if number else (cell + ",").ljust(width + 1) + " "
    return out + (cells[-1].rjust(widths[-1]) if numbers[-1] else cells[-1])


def _is_number(node: Node) -> bool:
    """Whether a node is a number with or without a sign, or one over another."""
    if isinstance(node, Arithmetic):
        return len(node.rest) == 1 and node.rest[0][0] == "/" and all(map(_is_number, (node.first, node.rest[0][1])))
    return isinstance(node.value if isinstance(node, Signed) else node, Number)


def _atom(node: Node) -> str | None:
    if isinstance(node, Arithmetic) and _is_number(node):
        return f"{_atom(node.first)} / {_atom(node.rest[0][1])}"
    if isinstance(node, Signed) and _is_number(node):
        inner = _atom(node.value)
        return inner and node.operator + inner
    if isinstance(node, (Name, Number, Dims, Text, Flag, Here)):
        return str(pieces(node)[0])
    if isinstance(node, Hole) and node.values is None:
        return f"?{node.name}"
    return None


def aligned(body: Body, comments: Attached) -> dict[int, int]:
    """How wide to print the names of assignments that follow one another without a blank line, by the nodes' ids."""
    runs: list[list[Assign]] = []
    run: list[Assign] | None = None
    for item in body.items:
        if not isinstance(item, Assign):
            run = None
            continue
        if run is None or id(item) in comments.blank:
            run = []
            runs.append(run)
        run.append(item)
    widths: dict[int, int] = {}
    for run in runs:
        width = max([len(item.name.text) for item in run])
        widths.update([(id(item), width) for item in run])
    return widths
