"""Candidates as rows: their numbers, the options that they take, and their figures."""

from __future__ import annotations

import numpy as np

from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.facts.precision import in_bytes
from cnnspec.layers.argument import show
from cnnspec.layers.base import show_shape
from cnnspec.lint.budget import IN_BYTES, SHARES
from cnnspec.sweep.candidates import find_numbers
from cnnspec.sweep.rows import Key, find_key
from cnnspec.sweep.structure import INPUT, Parameter
from cnnspec.tables.figures import show_figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.structure import Quantity
    from cnnspec.sweep.sweep import Request


class Row(Record):
    """One candidate: its number in the space, from 0, its options, one an axis, and of each quantity the figures, one or one an
    axis of the network; None for what is not known."""

    number: int
    options: tuple[Any, ...]
    figures: tuple[tuple[Any, ...] | None, ...]


def read_rows(kept: Kept, request: Request) -> Iterator[Row]:
    """The rows of some candidates."""
    space = request.space
    numbers = find_numbers(kept.digits, space.sizes)
    for place in range(kept.count):
        options = tuple([axis.options[digits[place]] for axis, digits in zip(space.axes, kept.digits, strict=True)])
        figures: list[tuple[Any, ...] | None] = []
        for columns in kept.figures:
            values = [read_value(column[place]) for column in columns]
            figures.append(tuple([value for value in values if value is not None]) or None)
        yield Row(int(numbers[place]), options, tuple(figures))


def read_value(value: Any) -> Any:
    """A number as Python has it; None for one that is not known."""
    return None if value is np.ma.masked else value.item() if isinstance(value, np.generic) else value


def find_columns(kept: Kept, request: Request) -> dict[str, NDArray[Any]]:
    """The same as arrays, by name: numbers, options, figures. Of a figure for each axis of the network it is the smallest; what is
    not known is masked where that is so for some."""
    space, quantities = request.space, request.question.quantities
    found: dict[str, Any] = {"number": find_numbers(kept.digits, space.sizes)}
    for axis, digits in zip(space.axes, kept.digits, strict=True):
        plain = all(
            [type(option) is type(axis.options[0]) and type(option) in (int, float, bool) for option in axis.options]
        )
        options = (
            axis.options
            if plain
            else [option if type(option) in (int, float) else show(option) for option in axis.options]
        )
        found[axis.name] = np.array(options, None if plain else object)[digits]
    for quantity in quantities:
        if isinstance(quantity, Parameter):
            continue
        values: Any = find_key(kept, Key(quantity), space, quantities)
        if quantity.is_flag:
            values = values.astype(bool)
        found[str(quantity)] = values if np.ma.is_masked(values) else np.ma.getdata(values)
    return found


def find_kinds(request: Request) -> dict[str, type]:
    """The type of each of these columns: str where an option is a word or a list, or numbers may be beyond 64 bits."""
    space = request.space
    found: dict[str, type] = {"number": int if space.count < 2**63 else str}
    for axis in space.axes:
        kinds = {type(option) for option in axis.options}
        small = all([type(option) is not int or -(2**63) <= option < 2**63 for option in axis.options])
        found[axis.name] = kinds.pop() if len(kinds) == 1 and kinds <= {bool, int, float} and small else str
        if kinds == {int, float} and small:
            found[axis.name] = float
    for quantity in request.question.quantities:
        if not isinstance(quantity, Parameter):
            found[str(quantity)] = bool if quantity.is_flag else float if quantity.name in SHARES else int
    return found


def write_word(value: Any) -> str:
    """A number or a word as the language writes it."""
    return value if isinstance(value, str) else show(value)


# ---- for people ----------------------------------------------------------------------------------------------
def show_option(name: str, option: Any) -> str:
    """An option as it is written in a table."""
    if name == INPUT:
        return show_shape(option)
    return show_figure(option) if type(option) is int else show(option)


def show_values(quantity: Quantity | Parameter, values: tuple[Any, ...] | None) -> str:
    """The figures of a quantity as they are written in a table."""
    if values is None:
        return "?"
    if isinstance(values[0], bool):
        return show_quantity(quantity.name, all(values))
    return show_quantity(quantity.name, values[0]) if len(values) == 1 else show_shape(values)


def show_quantity(name: str, value: Any) -> str:
    """One figure of the quantity of that name: bytes as KiB or MiB, shares in percent."""
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return in_bytes(value) if name in IN_BYTES else percent(value) if name in SHARES else show_figure(value)
