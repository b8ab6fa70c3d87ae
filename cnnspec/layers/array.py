"""An array of exact numbers, without NumPy: what is written down for a weight, as it lies in a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record

if TYPE_CHECKING:
    from cnnspec.layers.exact_numbers import Exact


class Array(Record):
    """Whole numbers and fractions one behind the other, the last axis fastest. Axes are put in another order and given
    another shape as NumPy's are."""

    numbers: tuple[Exact, ...]
    shape: tuple[int, ...]

    def transpose(self, order: tuple[int, ...]) -> Array:
        steps = [1] * len(self.shape)
        for axis in range(len(self.shape) - 1, 0, -1):
            steps[axis - 1] = steps[axis] * self.shape[axis]
        places = [0]
        for axis in order:
            places = [place + steps[axis] * number for place in places for number in range(self.shape[axis])]
        return Array(tuple([self.numbers[place] for place in places]), tuple([self.shape[axis] for axis in order]))

    def reshape(self, shape: tuple[int, ...]) -> Array:
        return Array(self.numbers, tuple(shape))

    def nested(self) -> Any:
        """The numbers as rows in rows."""
        return nest(self.numbers, self.shape)


def nest(numbers: list[Any] | tuple[Any, ...], sizes: tuple[int, ...]) -> Any:
    """Numbers in a row as rows in rows."""
    for size in reversed(sizes):
        numbers = [tuple(numbers[start : start + size]) for start in range(0, len(numbers), size)]
    return numbers[0]
