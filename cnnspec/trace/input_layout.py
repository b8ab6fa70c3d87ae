"""How the numbers of an input lie, as they are written or as they are stored, and whether they are as many as it takes.

Written, channels stand outermost, each with its rows, as a kernel is written and a map is drawn. Stored, channels come last,
as in Keras and in the shapes of the language. A single channel needs no axis of its own.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.record import Record
from cnnspec.layers.shape import show_shape
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.reference.definition import Array

if TYPE_CHECKING:
    from cnnspec.layers.shape import Shape

    Wanted = tuple[int | None, ...]

MOST_VALUES = 2**22  # numbers of an input: a colour image of 1024x1024 has three quarters of that
AXES = ("slice", "row", "number")  # what the axes of one channel count, where there are three


class Asked(Record):
    """An array of numbers that is asked for: what it is, "the input a", the name of its node, and its shape without the batch."""

    what: str
    name: str
    shape: Shape | None


def find_shape(asked: Asked) -> Wanted:
    """The shape of an input, None for a size that is not known. Raises NoTrace where not even the axes are, and for a shape of
    more numbers than are computed."""
    if asked.shape is None:
        raise NoTrace(f"the shape of {asked.what} is not known")
    wanted = tuple([n if isinstance(n, int) else None for n in asked.shape])
    check_count(prod([n or 1 for n in wanted]), asked)
    return wanted


def find_known_shape(asked: Asked) -> tuple[int, ...]:
    """The shape of an input all of whose sizes are known. Raises NoTrace."""
    wanted = find_shape(asked)
    known = tuple([n for n in wanted if n is not None])
    if len(known) < len(wanted):
        raise NoTrace(f"{asked.what} is {show_shape(wanted)}: give its numbers or a file, which say how many there are")
    return known


def check_count(values: int, asked: Asked) -> None:
    """Raises NoTrace for more numbers than are computed."""
    if values > MOST_VALUES:
        raise NoTrace(f"{asked.what} has {values:,} numbers, and at most {MOST_VALUES:,} are computed")


def suits(given: tuple[int, ...], wanted: Wanted) -> bool:
    """Whether the shape of an array is a wanted one; a size that is not known may be any from 1."""
    return len(given) == len(wanted) and all([n == m or m is None and n for n, m in zip(given, wanted, strict=True)])


def drop_single(wanted: Wanted, channels: int) -> tuple[Wanted, ...]:
    """The shape, and the one without the axis of the channels where there is one channel."""
    if len(wanted) == 1 or wanted[channels] != 1:
        return (wanted,)
    return wanted, (*wanted[:channels], *(wanted[channels + 1 :] if channels != -1 else ()))


# ---- as they are written -------------------------------------------------------------------------------------
def check_written(given: tuple[int, ...], asked: Asked, where: str = "") -> None:
    """Raises NoTrace for numbers that are not written as those of the input are. `where`: what the sentence begins with."""
    wanted = find_shape(asked)
    if any([suits(given, shape) for shape in drop_single((*wanted[-1:], *wanted[:-1]), 0)]):
        check_count(prod(given), asked)
        return
    hint = ": write each channel for itself, one behind the other" if len(wanted) > 1 and suits(given, wanted) else ""
    found = f"{show_shape(given)} numbers" if len(given) > 1 else count_nouns(prod(given), "number")
    raise NoTrace(f"{where}{asked.what} takes {describe_written(wanted)}, not {found}{hint}")


def describe_written(wanted: Wanted) -> str:
    """How the numbers of an input are written: 3 channels of 5 rows of 5 numbers."""
    *space, channels = wanted
    words = list(zip(space, AXES[-len(space) :], strict=False)) if space else [(channels, "number")]
    if space and channels != 1:
        words.insert(0, (channels, "channel"))
    parts = [f"any number of {word}s" if n is None else count_nouns(n, word) for n, word in words]
    return " of ".join(parts if len(parts) > 1 else ["a list", *parts])


def lay_out_written(values: Array, asked: Asked) -> Array:
    """The numbers as the network takes them, (1, *shape)."""
    rank = len(find_shape(asked))
    if rank == 1:
        return values[None]
    return np.moveaxis(values if values.ndim == rank else values[None], 0, -1)[None]


# ---- as they are stored --------------------------------------------------------------------------------------
def check_stored(given: tuple[int, ...], asked: Asked, where: str) -> tuple[int, ...]:
    """The shape (1, *shape) of an array of the input's numbers, perhaps with a batch of one. Raises NoTrace."""
    wanted = find_shape(asked)
    for shape in drop_single(wanted, -1):
        for batch in ((), (1,)):
            if suits(given, (*batch, *shape)):
                check_count(prod(given), asked)
                return (1, *given[len(batch) :], *(1,) * (len(wanted) - len(shape)))
    hint = ""
    if len(wanted) > 1 and suits(given[-len(wanted) :], (*wanted[-1:], *wanted[:-1])):
        hint = ": channels come last"
    elif suits(given[1:], wanted):
        hint = ": a batch holds one example"
    raise NoTrace(f"{where}{asked.what} takes {show_shape(wanted)}, not {show_shape(given) or 'one number'}{hint}")
