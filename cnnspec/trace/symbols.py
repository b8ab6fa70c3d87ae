"""The names of single numbers on the board: X11 and W12 as lectures write them, h[0,0,2] where subscripts would not do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnspec.base.record import Record

if TYPE_CHECKING:
    from cnnspec.layers.weight import Weight

Place = tuple[int, ...]
DIGITS = 9  # up to which a subscript is one digit
SPACE = {1: ("position",), 2: ("row", "column"), 3: ("slice", "row", "column")}
LETTERS = {"kernel": "W", "bias": "b", "depthwise_kernel": "D", "pointwise_kernel": "P"}  # others have their own names
INPUTS = "XYZUVQRST"  # of a layer, in order


class Symbol(Record):
    """The names of an array's numbers: a letter, and the place along some axes in an order, each of which has a word.

    A place is written as subscripts that count from 1, or in [ ] and counted from 0, as --at takes it. `short`: subscripts
    would be clear, for the axes are few and short, and rows and columns alone or filters and channels alone.
    """

    letter: str
    axes: tuple[int, ...]
    words: tuple[str, ...]
    short: bool

    def name(self, place: Sequence[int], short: bool) -> str:
        """The name of the number at a place of the array."""
        own = [place[axis] for axis in self.axes]
        if not own:
            return self.letter
        return self.letter + ("".join([str(i + 1) for i in own]) if short else f"[{','.join(map(str, own))}]")


def name_map(letter: str, shape: Place) -> Symbol:
    """The names of a map's values; its shape is that without the batch, and so are its places."""
    rank = len(shape) - 1
    words = (*SPACE.get(rank, ("axis",) * rank), "channel")
    kept = [axis for axis in range(len(shape)) if axis < rank or shape[axis] > 1]
    return Symbol(letter, tuple(kept), tuple([words[axis] for axis in kept]), are_short(shape, kept, range(rank)))


def name_weight(weight: Weight, shape: Place) -> Symbol:
    """The names of a weight's numbers: filter and channel first, as it is drawn, then the place in the window."""
    leading = [axis % len(shape) for axis in weight.drawn.leading] or list(range(len(shape)))
    plain = ("channel",) if len(shape) == 1 else ("row",) * (len(shape) - 1) + ("column",)
    parts = weight.drawn.parts or plain[: len(shape)]
    inside = [axis for axis in range(len(shape)) if axis not in leading]
    words = dict(zip((*leading, *inside), (*parts, *SPACE.get(len(inside), ("axis",) * len(inside))), strict=True))
    kept = [axis for axis in words if axis in inside or shape[axis] > 1]
    letter = LETTERS.get(weight.name, weight.name)
    return Symbol(letter, tuple(kept), tuple([words[axis] for axis in kept]), are_short(shape, kept, inside))


def are_short(shape: Place, kept: Sequence[int], inside: Sequence[int]) -> bool:
    """Whether subscripts of one digit are clear: two at most, of rows and columns alone or of filters and channels alone."""
    kinds = {axis in inside for axis in kept}
    return len(kept) <= 2 and len(kinds) < 2 and all([shape[axis] <= DIGITS for axis in kept])
