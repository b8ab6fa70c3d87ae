"""The filters that go by a name, as lectures and textbooks have them."""

from __future__ import annotations

from fractions import Fraction
from math import comb, prod
from typing import TYPE_CHECKING, Any

from cnnspec.layers.array import nest

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.layers.exact_numbers import Exact

# Filters of one size, by the size of their kernel.
OF_ONE_SIZE: dict[str, dict[tuple[int, ...], Any]] = {
    "edge": {(3, 3): ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)), (3,): (-1, 2, -1)},
    "sharpen": {(3, 3): ((0, -1, 0), (-1, 5, -1), (0, -1, 0)), (3,): (-1, 3, -1)},
    "sobel_x": {(3, 3): ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))},
    "sobel_y": {(3, 3): ((-1, -2, -1), (0, 0, 0), (1, 2, 1))},
}


def find_filter(name: str, size: tuple[int, ...]) -> Any | None:
    """The numbers of a filter by its name, for a kernel of some size, as rows; None where it has none of that size."""
    if name in OF_ONE_SIZE:
        return OF_ONE_SIZE[name].get(size)
    return nest(OF_ANY_SIZE[name](size), size) if size else None


def find_sizes(name: str) -> str:
    """The sizes that a filter has."""
    return " or ".join(["x".join(map(str, size)) for size in OF_ONE_SIZE[name]]) if name in OF_ONE_SIZE else "any size"


def take_mean(size: tuple[int, ...]) -> list[Exact]:
    """The mean of a window: 1/9 each for 3x3."""
    return [Fraction(1, prod(size))] * prod(size)


def take_gaussian(size: tuple[int, ...]) -> list[Exact]:
    """Binomial coefficients along each axis, which sum to 1: 1/16 of 1 2 1, 2 4 2, 1 2 1."""
    found: list[Exact] = [1]
    for length in size:
        row = [Fraction(comb(length - 1, place), 2 ** (length - 1)) for place in range(length)]
        found = [outer * inner for outer in found for inner in row]
    return found


OF_ANY_SIZE: dict[str, Callable[[tuple[int, ...]], list[Exact]]] = {"box": take_mean, "gaussian": take_gaussian}
