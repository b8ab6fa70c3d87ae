"""The numbers of an input, written as the language writes numbers: [[1, 0], [1/3, -0.5]]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.elaborate.value_text import evaluate_text
from cnnspec.elaborate.values import describe
from cnnspec.layers.exact_numbers import read_exact
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.input_layout import Asked, check_written, lay_out_written
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.reference.definition import Array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.layers.exact_numbers import Exact

LONGEST = 2**20  # characters that are read of a text; more numbers stand in a file


def read_numbers(text: str, asked: Asked) -> Array:
    """The numbers of an input, (1, *shape), exact. Raises NoTrace."""
    if len(text) > LONGEST:
        raise NoTrace(f"the numbers of {asked.what} are {len(text):,} characters: put them into a .csv file")
    try:
        value = evaluate_text(text, asked.name)
    except ValueError as error:
        raise NoTrace(f"{asked.what}: {error}") from None
    if asked.shape == (1,) and not isinstance(value, list):
        value = [value]
    shape, first = measure(value)
    if not is_number(first):
        raise NoTrace(f"{asked.what}: {complain(first)}")
    check_written(shape, asked)
    try:
        numbers = list(flatten(value, shape))
    except NoTrace as error:
        raise NoTrace(f"{asked.what}: {error}") from None
    return lay_out_written(make_exact(numbers).reshape(shape), asked)


def measure(value: Any) -> tuple[tuple[int, ...], Any]:
    """The shape of lists in lists, by the first of each, and what stands first in the innermost."""
    shape: tuple[int, ...] = ()
    while isinstance(value, list) and value:
        shape, value = (*shape, len(value)), value[0]
    return shape, value


def flatten(value: Any, shape: tuple[int, ...]) -> Iterator[Exact]:
    """The numbers of lists in lists of a shape, in reading order. Raises NoTrace for what has another shape, or is no number."""
    if not shape:
        if not is_number(value):
            raise NoTrace(complain(value))
        yield read_exact(value)
    elif not isinstance(value, list):
        raise NoTrace(f"{describe(value)} stands among lists")
    elif len(value) != shape[0]:
        raise NoTrace(f"the lists are uneven: one holds {len(value):,}, and the first of its kind {shape[0]:,}")
    else:
        for part in value:
            yield from flatten(part, shape[1:])


def is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def complain(value: Any) -> str:
    """That a value is no number."""
    if isinstance(value, list):
        return "a list stands among numbers" if value else "a list is empty"
    hint = ": lists are written in [ ]" if isinstance(value, tuple) else ""
    return f"{describe(value)} is no number{hint}"
