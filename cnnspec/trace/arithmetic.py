"""The arithmetic of one output value: what was multiplied and added for it, or what a function took and gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from cnnspec.base.record import Record
from cnnspec.layers.base import Layer
from cnnspec.trace.formula import CallStep, SumStep
from cnnspec.trace.reference.activation import MIXINGS, apply
from cnnspec.trace.reference.arrays import is_exact, make_floats, shapes_of, zeros
from cnnspec.trace.reference.compute import compute, prepare
from cnnspec.trace.reference.definition import Array

ROUNDING = 1e-9  # a remainder that is a smaller share of what was added is none, among floats


class Read(Record):
    """An input's value that was read: which input's, at which place, the example first; and the factor of it in a sum."""

    input: int
    place: tuple[int, ...]
    value: Any
    factor: Any = 1


class Arithmetic(Record):
    """How an output value comes about: the input's values that are read for it, in reading order, and the steps."""

    reads: tuple[Read, ...]
    steps: tuple[SumStep | CallStep, ...]


def find_arithmetic(
    layer: Layer, inputs: Sequence[Array], weights: Mapping[str, Array], place: tuple[int, ...]
) -> Arithmetic | None:
    """The arithmetic of the output value at a place, the example first; None where it is neither a sum nor a function's value."""
    definition, xs, weighed = prepare(layer, inputs, weights, False, None)
    y = compute(layer, xs, weighed)
    value = y[place]
    if definition.largest:
        reads = tuple([Read(0, cell, xs[0][cell]) for cell in find_window(layer, xs[0], place)])
        return Arithmetic(reads, (CallStep("max", tuple([read.value for read in reads]), value),))
    if definition.sums is None:
        return find_call(layer, xs, y, place)
    forward, backward = definition.sums
    weighed.pop("vector_u", None)
    sums = forward(layer, *xs, **weighed)
    reads = find_reads(backward, layer, xs, weighed, sums, place)
    added = SumStep(list_terms(reads, find_offset(sums[place], reads, is_exact(sums))), sums[place])
    function = layer.ends_in() or "linear"
    return Arithmetic(
        reads, (added,) if function == "linear" else (added, make_call(function, sums, place, value))
    )  # fmt: skip


def find_reads(
    backward: Any, layer: Layer, xs: Sequence[Array], weights: Mapping[str, Array], sums: Array, place: tuple[int, ...]
) -> tuple[Read, ...]:
    """What a sum reads, and by which factors: those by which its own gradient comes back."""
    one = zeros(sums.shape, sums)
    one[place] = one[place] + 1
    factors = [given for given in backward(layer, one, *xs, **weights).inputs if given is not None]
    # with weights of 1 nothing that is read has the factor 0
    ones = {name: np.ones_like(weight) for name, weight in weights.items()}
    seen: list[Any] = [given != 0 for given in backward(layer, one, *[np.ones_like(x) for x in xs], **ones).inputs]
    return tuple([
        Read(number, cell, xs[number][cell], factors[number][cell])
        for number, cells in enumerate(seen)
        for cell in zip(*[axis.tolist() for axis in np.nonzero(cells)], strict=True)
    ])  # fmt: skip


def list_terms(reads: Sequence[Read], offset: Any) -> tuple[tuple[Any, ...], ...]:
    """The terms of a sum: products by 0 are none, and factors that are all 1 are not written."""
    plain = all([read.factor in (0, 1) for read in reads])
    terms = [(read.value,) if plain else (read.value, read.factor) for read in reads if read.factor != 0]
    return (*terms, (offset,)) if offset != 0 else tuple(terms)


def find_call(layer: Layer, xs: Sequence[Array], y: Array, place: tuple[int, ...]) -> Arithmetic | None:
    """The value of a layer that is a function, such as relu, of one tensor of the output's shape."""
    function = find_function(layer, xs, y)
    if function is None:
        return None
    step = make_call(function, xs[0], place, y[place])
    cells = [place] if step.index is None else [(*place[:-1], channel) for channel in range(xs[0].shape[-1])]
    return Arithmetic(tuple([Read(0, cell, xs[0][cell]) for cell in cells]), (step,))


def find_function(layer: Layer, xs: Sequence[Array], y: Array) -> str | None:
    """The function that a layer is, of every value or of the channels of every position; None for any other layer. `y`: what it
    puts out."""
    function, shapes = layer.ends_in(), shapes_of(*xs)
    if function is None or len(xs) != 1 or layer.output(shapes) != shapes[0] or layer.own_weights(shapes):
        return None
    if function in MIXINGS and not np.allclose(make_floats(apply(function, xs[0])), make_floats(y)):
        return None  # a softmax along a spatial axis
    return function


def make_call(function: str, x: Array, place: tuple[int, ...], value: Any) -> CallStep:
    """A function of the value at a place, or of its channels together."""
    if function in MIXINGS:
        return CallStep(function, tuple(x[place[:-1]].tolist()), value, place[-1])
    return CallStep(function, (x[place],), value)


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
