"""A CSV → its examples: image files that it names, numbers, labels and quantities, by the names of its columns.

    path,label
    images/1.jpg,daisy        with an optional column `split`: train, val or test

Examples stand in the order of the lines; classes that are named are numbered in the order of their names.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.join_words import list_some
from cnnspec.base.source import printable
from cnnspec.facts.graph_queries import find_last_function
from cnnspec.train.data.cells import Labels, Numbers, Texts, is_vector
from cnnspec.train.data.columns import Columns, count_numbers, find_columns, is_map
from cnnspec.train.data.files import ORDER, PARTS, Files, is_image
from cnnspec.train.data.table_lines import TableLines, open_lines
from cnnspec.train.data_fit import REGRESSION
from cnnspec.train.ends import Ends, find_ends
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.graph import Graph
    from cnnspec.train.data.columns import Column
    from cnnspec.train.settings import TrainSettings


def read_csv(path: str, graph: Graph, settings: TrainSettings) -> Files:
    """The examples in the lines of a CSV; paths are relative to its folder. Raises TrainingFailed."""
    with open_lines(path) as stream:
        lines = TableLines(path, stream)
        rows = TableRows(lines, graph, settings)
        rows.read()
    if not rows.parts["train"]:
        raise TrainingFailed(f"{path} has no examples to train on", "", 2)
    return rows.make_files()


class TableRows:
    """The examples in the lines of a table. Raises TrainingFailed where a column is missing."""

    def __init__(self, lines: TableLines, graph: Graph, settings: TrainSettings) -> None:
        self.lines, self.path, self.graph, self.settings = lines, lines.path, graph, settings
        first = lines.first[1]
        ends = find_ends(graph, settings)
        if settings.pairing:  # which are drawn from examples of one input and one class
            ends = Ends(ends.inputs[:1], ends.outputs[:1])
        self.columns: Columns = find_columns(self.path, first, ends, settings)
        self.titles = [cell.strip() for cell in first]
        self.parts: dict[str, list[int]] = {"train": []}
        self.inputs: list[Texts | Numbers] = []
        self.outputs: list[Texts | Numbers | Labels] = []
        self.groups = Texts(self.path, str(settings.group))

    def read(self) -> None:
        """Read the lines to the last one. Raises TrainingFailed for one that cannot be read."""
        if not self.columns.headed:
            self._add(*self.lines.first)
        for line, row in self.lines.rest:
            self._add(line, row)

    def _add(self, line: int, row: Sequence[str]) -> None:
        width = len(self.titles)
        if any([cell.strip() for cell in row[width:]]):
            message = f"line {line} of {self.path} has {len(row)} cells, the first line {width}"
            raise TrainingFailed(message, 'write a cell with a comma in it in quotes: "a,b"', 2)
        row = [*[cell.strip() for cell in row], *[""] * (width - len(row))]
        columns = self.columns
        if not self.inputs:
            self.inputs = [self._begin_input(column, row) for column in columns.inputs]
            self.outputs = [self._begin_output(column, row) for column in columns.outputs]
        for column, cells in zip((*columns.inputs, *columns.outputs), (*self.inputs, *self.outputs), strict=True):
            cells.add(line, [row[place] for place in column.places])
        if columns.group is not None:
            self.groups.add(line, [row[columns.group]])
        split = "" if columns.split is None else row[columns.split]
        part = PARTS.get(split.lower(), "") if split else "train"
        if not part:
            raise TrainingFailed(
                f'line {line} of {self.path} has the split "{printable(split)}"', "train, val or test", 2
            )
        self.parts.setdefault(part, []).append(sum(map(len, self.parts.values())))

    def _begin_input(self, column: Column, row: Sequence[str]) -> Texts | Numbers:
        """What the cells of an input are read as, by those of the first line."""
        if column.paths and not is_vector(row[column.places[0]], count_numbers(column.end), exact=True):
            return Texts(
                self.path, "path" if not column.name else f'path in the column "{printable(column.titles[0])}"'
            )
        return Numbers(self.path, column)

    def _begin_output(self, column: Column, row: Sequence[str]) -> Texts | Numbers | Labels:
        if self.settings.pairing:
            return Labels(self.path, column, several=False, quantities=False)
        if len(column.places) == 1 and is_map(column.end) and is_image(row[column.places[0]]):
            return Texts(self.path, f'mask in the column "{printable(column.titles[0])}"')
        count = count_numbers(column.end)
        loss = self.settings.for_output(column.end.name, "").loss
        quantities = loss is not None and loss.name in REGRESSION
        several = self._may_hold_several(column, loss.name if loss is not None else "")
        if len(column.places) > 1 or is_vector(row[column.places[0]], count, exact=several):
            return Numbers(self.path, column)
        return Labels(self.path, column, several, quantities and count == 1)

    def _may_hold_several(self, column: Column, loss: str) -> bool:
        """Whether several labels of an example may hold: each output says yes or no."""
        last = find_last_function(self.graph, column.end.index)
        yes_or_no = loss.startswith("Binary") or not loss and last is not None and last[1] == "sigmoid"
        return len(column.end.shape) == 1 and column.end.shape[-1] != 1 and yes_or_no

    def make_files(self) -> Files:
        """The examples, in the order of the parts."""
        images: dict[str, Sequence[str]] = {}
        numbers: dict[str, Any] = {}
        targets: dict[str, Any] = {}
        masks: dict[str, Sequence[str]] = {}
        names: dict[str, tuple[str, ...]] = {}
        for column, of_input in zip(self.columns.inputs, self.inputs, strict=True):
            if isinstance(of_input, Texts):
                images[column.name] = of_input.values
            else:
                numbers[column.name] = of_input.read()
        for column, cells in zip(self.columns.outputs, self.outputs, strict=True):
            if isinstance(cells, Texts):
                masks[column.name], named = cells.values, None
            elif isinstance(cells, Labels):
                targets[column.name], named = cells.read()
            else:
                targets[column.name], named = cells.read(), column.names
            if named:
                names[column.name] = named
        places = self.columns.places
        unread = [name for place, name in enumerate(self.titles) if name and place not in places]
        note = f"not read of {self.path}: {'column' if len(unread) == 1 else 'columns'} {list_some(unread)}"
        return Files(
            self.path, os.path.dirname(self.path), {part: self.parts[part] for part in ORDER if part in self.parts},
            images, targets, names, numbers, None if self.columns.group is None else self.groups.values,
            (*self.lines.notes, *((note,) if unread else ())), masks,
        )  # fmt: skip
