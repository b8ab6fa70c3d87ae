"""The arithmetic of one output value: what was multiplied and added for it, or which values it is the largest of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from cnnspec.base.record import Record
from cnnspec.layers.base import Layer
from cnnspec.trace.reference.arrays import is_exact, shapes_of, zeros
from cnnspec.trace.reference.compute import compute, prepare
from cnnspec.trace.reference.definition import Array

ROUNDING = 1e-9  # a remainder that is a smaller share of what was added is none, among floats


class Read(Record):
    """An input's value that was read: which input's, at which place, the example first; and the factor of it in a sum."""

    input: int
    place: tuple[int, ...]
    value: Any
    factor: Any = 1


class Sum(Record):
    """An output value that is a sum: of products, in reading order, and an offset (a bias). `function` is what it goes through
    then, "" for nothing, and `value` what comes out."""

    reads: tuple[Read, ...]
    offset: Any
    total: Any
    function: str
    value: Any


class Largest(Record):
    """An output value that is the largest of those that are read."""

    reads: tuple[Read, ...]
    value: Any


def find_arithmetic(
    layer: Layer, inputs: Sequence[Array], weights: Mapping[str, Array], place: tuple[int, ...]
) -> Sum | Largest | None:
    """The arithmetic of the output value at a place, the example first; None where it is neither a sum nor a largest value."""
    definition, xs, weighed = prepare(layer, inputs, weights, False, None)
    if definition.largest:
        reads = tuple([Read(0, cell, xs[0][cell]) for cell in find_window(layer, xs[0], place)])
        return Largest(reads, compute(layer, xs, weighed)[place])
    if definition.sums is None:
        return None
    forward, backward = definition.sums
    weighed.pop("vector_u", None)
    sums = forward(layer, *xs, **weighed)
    one = zeros(sums.shape, sums)
    one[place] = one[place] + 1
    factors = [given for given in backward(layer, one, *xs, **weighed).inputs if given is not None]
    # with weights of 1 nothing that is read has the factor 0
    ones = {name: np.ones_like(weight) for name, weight in weighed.items()}
    seen: list[Any] = [given != 0 for given in backward(layer, one, *[np.ones_like(x) for x in xs], **ones).inputs]
    reads = tuple([
        Read(number, cell, xs[number][cell], factors[number][cell])
        for number, cells in enumerate(seen)
        for cell in zip(*[axis.tolist() for axis in np.nonzero(cells)], strict=True)
    ])  # fmt: skip
    function = layer.ends_in() or ""
    return Sum(
        reads, find_offset(sums[place], reads, is_exact(sums)), sums[place], "" if function == "linear" else function,
        compute(layer, xs, weighed)[place],
    )  # fmt: skip


def find_offset(total: Any, reads: Sequence[Read], exact: bool) -> Any:
    """What a sum has besides its products."""
    products = [read.value * read.factor for read in reads]
    left = total - sum(products)
    size = abs(total) + sum([abs(part) for part in products])
    return left if exact or abs(left) > ROUNDING * size else 0


def find_window(layer: Layer, x: Array, place: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The cells inside the map that an output value reads of its channel, in reading order."""
    (shape,), example, channel = shapes_of(x), place[0], place[-1]
    reaches = layer.reach((shape,))
    axes: list[Sequence[int]] = [range(n) for n in shape[:-1]]
    if reaches is not None:
        for axis, (reach, i, n) in enumerate(zip(reaches, place[1:-1], shape, strict=False)):
            assert reach.low is not None
            first, last = (reach.step * i + reach.low) // reach.over, (reach.step * i + reach.high) // reach.over
            axes[axis] = [cell for cell in range(first, last + 1, reach.gap) if 0 <= cell < n]
    for cells in product(*axes):
        yield (example, *cells, channel)
