"""The cells of a table's columns → paths, numbers, classes and labels. What a cell cannot mean is said with its line."""

from __future__ import annotations

import math
import re
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cnnspec.base.source import printable
from cnnspec.train.data.columns import count_numbers
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from cnnspec.train.data.columns import Column

    Array = np.ndarray[Any, Any]

DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
TRUTHS = {"true": 1.0, "false": 0.0}  # as pandas writes them
SEPARATORS = ("|", ";", ",", " ")  # of labels in one cell
MOST = 3.4e38  # of a float32


class Texts:
    """The cells of one column, none of them empty: paths or groups. `what` a cell holds is said where it holds nothing."""

    def __init__(self, path: str, what: str) -> None:
        self.path, self.what = path, what
        self.values: list[str] = []

    def add(self, line: int, cells: Sequence[str]) -> None:
        if not cells[0]:
            raise TrainingFailed(f"line {line} of {self.path} has no {self.what}", "", 2)
        self.values.append(cells[0])


class Numbers:
    """Numbers of one or several columns, or several in one cell, apart by spaces."""

    def __init__(self, path: str, column: Column) -> None:
        self.path, self.titles, self.end = path, column.titles, column.end
        self.count = len(column.places) if len(column.places) > 1 else count_numbers(column.end)
        self.rows, self.values = 0, array("d")

    def add(self, line: int, cells: Sequence[str]) -> None:
        several = len(cells) == 1 and self.count != 1
        numbers = split_numbers(cells[0]) if several else cells
        self.count = self.count or len(numbers)
        if several and cells[0] and len(numbers) != self.count:
            verb = f"{self.end.called} has {self.count}"
            message = (
                f'line {line} of {self.path} has {len(numbers)} numbers in the column "{printable(self.titles[0])}"'
            )
            raise TrainingFailed(f"{message}, {verb}", "write them apart by spaces", 2)
        for place, text in enumerate(numbers or [""]):
            number = read_number(text)
            if number is None:
                raise self._refuse(line, text, self.titles[0 if several else place])
            self.values.append(number)
        self.rows += 1

    def _refuse(self, line: int, text: str, title: str) -> TrainingFailed:
        return refuse_number(self.path, line, text, title)

    def read(self) -> Array:
        """(N, count) float32; in the shape of the end where it has several axes and as many numbers."""
        import numpy as np

        found = np.frombuffer(self.values, np.float64).astype(np.float32).reshape(self.rows, -1)
        sizes = self.end.shape
        if len(sizes) > 1 and count_numbers(self.end) == found.shape[1]:
            return found.reshape(-1, *sizes)
        return found


class Labels:
    """The cells of a column of labels: class numbers or quantities where all are numbers, else names of classes; names of
    any number of labels where `several` may hold."""

    def __init__(self, path: str, column: Column, several: bool, quantities: bool) -> None:
        self.path, self.column, self.several, self.quantities = path, column, several, quantities
        self.values: list[str] = []
        self.first: dict[str, int] = {}  # the line of each value that was met

    def add(self, line: int, cells: Sequence[str]) -> None:
        if not cells[0] and not self.several:
            what = "label" if not self.column.name else f'label in the column "{printable(self.column.titles[0])}"'
            raise TrainingFailed(f"line {line} of {self.path} has no {what}", "", 2)
        self.values.append(cells[0])
        self.first.setdefault(cells[0], line)

    def read(self) -> tuple[Array, tuple[str, ...] | None]:
        """The value of each cell, and the names of the classes or labels where these have some."""
        import numpy as np

        separator = find_label_separator(self.first, count_numbers(self.column.end)) if self.several else None
        if separator is not None:
            found = [[one.strip() for one in value.split(separator) if one.strip()] for value in self.values]
            names = sort_names({name for labels in found for name in labels})
            places = {name: place for place, name in enumerate(names)}
            hot = np.zeros((len(found), len(names)), np.uint8)
            for row, labels in enumerate(found):
                hot[row, [places[name] for name in labels]] = 1
            return hot, names
        numbers = read_all_numbers(self.first)
        if numbers is not None:
            return np.asarray([numbers[value] for value in self.values]), None
        self._refuse_text()
        names = tuple(sorted(self.first))
        places = {name: place for place, name in enumerate(names)}
        return np.asarray([places[value] for value in self.values]), names

    def _refuse_text(self) -> None:
        """Raises TrainingFailed for text among numbers, where quantities are asked for or all but a comma is a number."""
        odd = [value for value in self.first if read_number(value) is None]
        commas = all(DECIMAL_COMMA.fullmatch(value) for value in odd)
        if odd and (self.quantities or commas):
            raise refuse_number(self.path, self.first[odd[0]], odd[0], self.column.titles[0])


def split_numbers(cell: str) -> list[str]:
    """What stands for the numbers of a cell: apart by spaces, or by commas; in brackets if you like."""
    found = [text for one in cell.strip("[]() ").split() if (text := one.strip(",;"))]
    return re.split("[,;]", found[0]) if len(found) == 1 else found


def read_number(text: str) -> float | None:
    """The number that a text is, None for one that is none. (Python takes 1_000 for one, nobody else does.)"""
    try:
        number = TRUTHS[text.lower()] if text.lower() in TRUTHS else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < MOST and "_" not in text else None


def refuse_number(path: str, line: int, text: str, title: str) -> TrainingFailed:
    """The error for a cell that holds no number."""
    there = f'in the column "{printable(title)}"'
    if not text:
        return TrainingFailed(f"line {line} of {path} has nothing {there}", "write a number", 2)
    help = f"write {text.replace(',', '.')}" if DECIMAL_COMMA.fullmatch(text) else ""
    return TrainingFailed(f'line {line} of {path} has "{printable(text)[:40]}" {there}, which is no number', help, 2)


def is_vector(cell: str, count: int | None, exact: bool) -> bool:
    """Whether a cell holds several numbers; with `exact` alone where they are as many as are asked for."""
    found = split_numbers(cell) if count != 1 else []
    if len(found) < 2 or exact and len(found) != count:
        return False
    return all(read_number(text) is not None or DECIMAL_COMMA.fullmatch(text) for text in found)


def read_all_numbers(written: Iterable[str]) -> dict[str, Any] | None:
    """The number of each text, whole where all are; None where one is no number."""
    written = [*written]
    if any("_" in text for text in written):
        return None
    for kind in (int, float):
        with suppress(ValueError, OverflowError):
            return {text: kind(text) for text in written}
    return None


def sort_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names of labels in their order: by number where all are whole numbers."""
    found = sorted(names)
    return tuple(sorted(found, key=int) if all(name.isdecimal() for name in found) else found)


def find_label_separator(written: Iterable[str], count: int | None) -> str | None:
    """What parts the labels of a cell: the first sign that leaves as many names as there are to be, else the first but a
    space that stands in any cell; None where each cell has one label."""
    written = [*written]
    met = [sign for sign in SEPARATORS if any(sign in value for value in written)]
    for sign in met:
        if len({one.strip() for value in written for one in value.split(sign) if one.strip()}) == count:
            return sign
    return next((sign for sign in met if sign != " "), SEPARATORS[0] if "" in written else None)
