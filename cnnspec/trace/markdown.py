"""A trace as Markdown: a heading for each layer, its grids in a block of code, each value written out below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.base.source import printable
from cnnspec.tables import escape
from cnnspec.trace.formula import write_formula
from cnnspec.trace.side_by_side import write_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.trace.board import Board, Section

COLUMNS = 100  # that a block of code has


def write_markdown(board: Board, decimals: bool = False) -> str:
    """The whole board."""
    blocks = [f"# {escape.markdown(board.title)}"]
    for section in board.sections:
        blocks += write_section(section, decimals)
    blocks += [escape.markdown(note) for note in board.notes]
    return "\n\n".join(blocks) + "\n"


def write_section(section: Section, decimals: bool) -> Iterator[str]:
    yield f"## {escape.markdown(section.title)}"
    yield from [escape.markdown(note) for note in section.notes]
    grids = [printable(line).rstrip() for line in write_groups(section.groups, decimals, COLUMNS)]
    if grids:
        # names of layers stand within a line: nothing of theirs ends the block
        yield "\n".join(["```text", *grids[1:], "```"])
    lines = [line for formula in section.formulas for line in write_formula(formula, decimals)]
    if lines:
        yield "\n".join([f"- {escape.code(line)}" for line in lines])
