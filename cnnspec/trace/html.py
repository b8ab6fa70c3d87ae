"""A trace as a page of its own, which loads nothing: its layers' grids, and sliders that step through their values."""

from __future__ import annotations

from importlib.resources import files
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnspec.base.source import printable
from cnnspec.tables.escape import json_in_script, xml
from cnnspec.trace.board import Grid, name_grid
from cnnspec.trace.formula import write_formula, write_number
from cnnspec.trace.forward import find_values, list_weights, tell_where_from
from cnnspec.trace.grids import draw_map, draw_weight, find_cell, find_part, lay_out_map
from cnnspec.trace.stepping import MOST_NUMBERS, find_stepping

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.graph import Node
    from cnnspec.layers.weight import Weight
    from cnnspec.trace.board import Board, Group, Section
    from cnnspec.trace.linear import Place
    from cnnspec.trace.reference.definition import Array
    from cnnspec.trace.stepping import Step, Stepping
    from cnnspec.trace.trace import Trace

AXES = {1: ("value",), 2: ("position",), 3: ("row", "column")}  # what a position counts, by the number of a map's axes

WIDE = 14  # columns from which on a grid is written small


def write_html(trace: Trace, board: Board, decimals: bool = False) -> str:
    """The whole board."""
    data: list[dict[str, Any]] = []
    parts = [write_section(trace, section, decimals, data) for section in board.sections]
    title = xml(board.title)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    body = "\n".join([f"<h1>{title}</h1>", *parts, *write_notes(board.notes)])
    found = json_in_script(data)
    script = (
        f'<script type="application/json" id="layers">{found}</script>\n<script>\n{read_part("html_page.js")}</script>'
    )
    style = f"<style>\n{read_part('html_page.css')}</style>"
    return f'<!doctype html>\n<html lang="en"><head>{head}{style}</head>\n<body>\n{body}\n{script}\n</body></html>\n'


def read_part(name: str) -> str:
    """A file of the page that stands beside this one."""
    return files("cnnspec.trace").joinpath(name).read_text(encoding="utf-8")


def write_section(trace: Trace, section: Section, decimals: bool, data: list[dict[str, Any]]) -> str:
    """A section, with a slider where it shows the values of a layer; what the slider needs is added to `data`."""
    node = None if section.node is None else trace.network.graph.nodes[section.node]
    stepping = None if node is None else find_stepping(trace, node)
    if node is not None and stepping is not None:
        return write_steps(trace, node, section, stepping, decimals, data)
    notes = [*section.notes]
    if node is not None and node.layer is not None:
        notes.append(
            f"it cannot be stepped through: together with what enters it has more than {MOST_NUMBERS:,} numbers"
        )
    lines = [line for formula in section.formulas for line in write_formula(formula, decimals)]
    shown = [write_group(group, decimals) for group in section.groups]
    return write_block(section.title, notes, shown, write_lines(lines))


def write_block(title: str, notes: Iterable[str], groups: Iterable[str], below: str, attributes: str = "") -> str:
    shown = "\n".join(groups)
    return (
        f"<section{attributes}>\n<h2>{xml(title)}</h2>\n{''.join(write_notes(notes))}"
        f'<div class="groups">\n{shown}\n</div>\n{below}\n</section>'
    )


def write_notes(notes: Iterable[str]) -> list[str]:
    return [f"<p>{xml(note)}</p>\n" for note in notes]


def write_lines(lines: Iterable[str]) -> str:
    return "".join([f"<p><code>{xml(line)}</code></p>" for line in lines])


# ---- grids ---------------------------------------------------------------------------------------------------
def write_group(group: Group, decimals: bool, role: str = "") -> str:
    """Grids under the title of their group; `role` says what a page with sliders marks in them."""
    grids = "\n".join([write_grid(grid, decimals, name_grid(group.replace(title=""), grid)) for grid in group.grids])
    left_out = f"<p>{xml(group.left_out)}</p>" if group.left_out else ""
    title = f"<h3>{xml(group.title)}</h3>" if group.title else ""
    return f'<div class="group {role}">{title}<div class="grids">{grids}</div>{left_out}</div>'


def write_grid(grid: Grid, decimals: bool, title: str) -> str:
    rows = []
    for number, row in enumerate(grid.rows):
        marks = [' class="marked"' * ((number, column) in grid.marked) for column in range(len(row))]
        cells = [f"<td{m}>{xml(write_number(v, decimals=decimals))}</td>" for m, v in zip(marks, row, strict=True)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = f"<caption>{xml(title)}</caption>" if title else ""
    wide = " wide" if len(grid.rows[0]) > WIDE else ""
    return f'<div class="grid{wide}"><table>{caption}<tbody>{"".join(rows)}</tbody></table></div>'


# ---- steps ---------------------------------------------------------------------------------------------------
def write_steps(
    trace: Trace, node: Node, section: Section, stepping: Stepping, decimals: bool, data: list[dict[str, Any]]
) -> str:  # fmt: skip
    """What enters a layer, its weights and what leaves, with a slider; where no script runs, at the first value."""
    graph, output = trace.network.graph, find_values(trace, [node.index])[0][0]
    entering, weights = [value[0] for value in find_values(trace, node.inputs)], list_weights(trace, node)
    start = stepping.places.index(trace.place or (0,) * output.ndim)
    first = stepping.steps[start]
    groups = [
        write_group(draw_map(graph.nodes[index].name, value, find_places(first, number)), decimals, "entering")
        for number, (index, value) in enumerate(zip(node.inputs, entering, strict=True))
    ]
    groups += [write_group(draw_weight(weight, array), decimals, "weight") for weight, array in weights]
    groups.append(write_group(draw_map("output", output, [stepping.places[start]]), decimals, "output"))
    lines = [[printable(line) for line in write_formula(step.formula, decimals)] for step in stepping.steps]
    factors: dict[str, int] = {}
    found = {
        "start": start,
        "positions": [write_position(position, output.ndim) for position in stepping.positions],
        "channels": [channel[0] for channel in stepping.channels if channel],
        "lines": lines,
        "notes": [[*map(printable, step.notes)] for step in stepping.steps],
        "cells": [list_cell(output, place) for place in stepping.places],
        "reads": [list_reads(entering, step, decimals, factors) for step in stepping.steps],
        "factors": [*factors],
        "parts": list_parts(weights, [place[-1] for place in stepping.places], output.shape[-1]),
    }
    data.append(found)
    left = f"The slider goes over {len(stepping.steps):,} of the {output.size:,} values." if stepping.left_out else ""
    below = write_bar(lines[start], first.notes) + "".join(write_notes(filter(None, [left])))
    widest = max(map(len, factors), default=0)
    attributes = f' class="steps" data-layer="{len(data) - 1}" style="--factor: {widest}"'
    return write_block(section.title, tell_where_from(trace, node), groups, below, attributes)


def write_bar(lines: Iterable[str], notes: Iterable[str]) -> str:
    """The sliders, which a script shows, and the value written out."""
    sliders = "".join([
        f'<label class="{name}"><span></span><input type="range" min="0" max="0"></label>'
        for name in ("position", "channel")
    ])  # fmt: skip
    play = '<button type="button">Play</button>'
    written = f'<div class="lines" aria-live="polite">{write_lines(lines)}{"".join(write_notes(notes))}</div>'
    more = '<label class="all"><input type="checkbox">all grids</label>'
    return f'<div class="bar"><div class="controls" hidden>{play}{sliders}{more}</div>{written}</div>'


def write_position(position: Place, ndim: int) -> str:
    """row 1, column 2"""
    names = AXES.get(ndim, ("slice", "row", "column"))
    return ", ".join([f"{name} {at}" for name, at in zip(names, position, strict=True)])


def find_places(step: Step, number: int) -> list[Place]:
    """Where an input is read, without the batch."""
    return [read.place[1:] for read in step.reads if read.input == number]


def list_cell(array: Array, place: Place) -> tuple[int, int, int]:
    """Which grid of a map a value stands in, which row and column."""
    outer, (row, column) = find_cell(place, array.ndim)
    sizes = lay_out_map(array).shape[:-2]
    return (int(np.ravel_multi_index(outer, sizes)) if outer else 0), row, column


def list_reads(entering: Sequence[Array], step: Step, decimals: bool, factors: dict[str, int]) -> list[int]:
    """For each value that is read four numbers: its grid among those of all inputs, row, column, and the number of its factor
    in `factors`, which grows; -1 for factors that are not written."""
    before = [0, *accumulate([prod(lay_out_map(array).shape[:-2]) for array in entering])]
    plain = all([read.factor in (0, 1) for read in step.reads])
    found = []
    for read in step.reads:
        grid, row, column = list_cell(entering[read.input], read.place[1:])
        written = -1 if plain else factors.setdefault(write_factor(read.factor, decimals), len(factors))
        found += [before[read.input] + grid, row, column, written]
    return found


def write_factor(factor: Any, decimals: bool) -> str:
    """A factor as it stands in the corner of a cell, where there is room for few digits."""
    return write_number(factor, decimals=decimals, digits=3)


def list_parts(weights: Sequence[tuple[Weight, Array]], units: Iterable[int], channels: int) -> dict[int, Any]:
    """For each unit or channel, of each weight what makes it: the first of its grids and how many, and where it is a row or a
    cell of one, the row and the column."""
    parts: dict[int, Any] = {unit: [] for unit in units} if weights else {}
    before = 0
    for weight, array in weights:
        for unit, found in parts.items():
            part = find_part(weight, array, unit, channels)
            found.append([before + part.first, part.grids, part.row, part.column])
        before += len(draw_weight(weight, array).grids)
    return parts
