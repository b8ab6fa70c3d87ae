"""Interpolation along one axis: how much of each cell every new position has."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import ceil, floor, pi, sin
from typing import Any

import numpy as np

from cnnspec.base.record import Record
from cnnspec.trace.reference.arrays import is_exact, make_floats
from cnnspec.trace.reference.definition import Array


class Kernel(Record):
    """The weight of a cell by its distance from the new position's centre, 0 from a radius on."""

    radius: int
    weight: Callable[[Any], Any]


def triangle(distance: Any) -> Any:
    """1 at 0, 0 at 1, a line between."""
    return max(1 - abs(distance), 0)


def cubic(a: Fraction) -> Callable[[Any], Any]:
    """Two cubic curves that meet smoothly at 1 and end in 0 at 2; `a` is the slope at 1.

    Source: Keys, "Cubic convolution interpolation for digital image processing" (1981).
    """

    def weight(distance: Any) -> Any:
        d = abs(distance)
        if d < 1:
            return (a + 2) * d**3 - (a + 3) * d**2 + 1
        return a * (d**3 - 5 * d**2 + 8 * d - 4) if d < 2 else 0

    return weight


def lanczos(radius: int) -> Callable[[Any], Any]:
    """sinc(d) sinc(d / radius)."""

    def weight(distance: Any) -> Any:
        d = pi * float(distance)
        if d == 0:
            return 1.0
        return radius * sin(d) * sin(d / radius) / d**2 if abs(distance) < radius else 0.0

    return weight


KERNELS = {
    "bilinear": Kernel(1, triangle),
    "bicubic": Kernel(2, cubic(Fraction(-1, 2))),
    "lanczos3": Kernel(3, lanczos(3)),
    "lanczos5": Kernel(5, lanczos(5)),
}
ALIGNED = {"bilinear": Kernel(1, triangle), "bicubic": Kernel(2, cubic(Fraction(-3, 4)))}  # PyTorch's cubic curve


@cache
def weigh_cells(n: int, size: int, interpolation: str, antialias: bool, align_corners: bool) -> Array:
    """The share of each of n cells in each of `size` new positions, a row each.

    Centres lie at half positions: that of new position i is at (i + 1/2) n/size - 1/2 among the cells. nearest: the cell in
    which it lies. Else the cells within the kernel's radius, by their distance, brought to the sum 1; with antialias
    a kernel is as much wider as the map shrinks. With align_corners the first and last centres are those of the cells, and
    a cell beyond the edge counts as the one at the edge.
    """
    shares = np.full((size, n), Fraction(0), dtype=object)
    for i in range(size):
        if interpolation == "nearest":
            shares[i, (2 * i + 1) * n // (2 * size)] = Fraction(1)
        elif align_corners:
            kernel, centre = ALIGNED[interpolation], Fraction(i * (n - 1), max(size - 1, 1))
            for cell in range(floor(centre) - kernel.radius + 1, floor(centre) + kernel.radius + 1):
                shares[i, min(max(cell, 0), n - 1)] += kernel.weight(centre - cell)
        else:
            kernel, centre = KERNELS[interpolation], Fraction((2 * i + 1) * n, 2 * size) - Fraction(1, 2)
            wider = max(Fraction(n, size), Fraction(1)) if antialias else Fraction(1)
            reach = kernel.radius * wider
            for cell in range(max(ceil(centre - reach), 0), min(floor(centre + reach), n - 1) + 1):
                shares[i, cell] = kernel.weight((centre - cell) / wider)
            shares[i] = shares[i] / shares[i].sum()
    return shares


def mix_cells(x: Array, shares: Array, axis: int) -> Array:
    """Along an axis, for every row of shares the sum of the cells, each by its share. Its way back has the shares turned."""
    if not is_exact(x):
        shares = shares.astype(x.dtype)
    elif any(isinstance(share, float) for share in shares.ravel()):
        x, shares = make_floats(x), make_floats(shares)
    return np.moveaxis(np.tensordot(shares, x, (1, axis)), 0, axis)
