"""The arithmetic of one output value: what was multiplied and added for it, or what a function took and gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from numbers import Rational
from typing import Any

import numpy as np

from cnnspec.base.record import Record
from cnnspec.layers.base import Layer
from cnnspec.trace.formula import CallStep, SumStep
from cnnspec.trace.linear import Place, make_cells, unfold
from cnnspec.trace.nought import keep
from cnnspec.trace.reference.activation import MIXINGS, apply
from cnnspec.trace.reference.arrays import find_float, is_exact, make_floats, settle, shapes_of
from cnnspec.trace.reference.compute import compute, prepare
from cnnspec.trace.reference.definition import Array

ROUNDING = 1e-9  # a remainder that is a smaller share of what was added is none, among floats


class Read(Record):
    """An input's value that was read: which input's, at which place, the example first; and the factor of it in a sum."""

    input: int
    place: Place
    value: Any
    factor: Any = 1


class Arithmetic(Record):
    """How an output value comes about: the input's values that are read for it, in reading order, and the steps."""

    reads: tuple[Read, ...]
    steps: tuple[SumStep | CallStep, ...]


def find_arithmetic(
    layer: Layer, inputs: Sequence[Array], weights: Mapping[str, Array], place: Place
) -> Arithmetic | None:  # fmt: skip
    """The arithmetic of the output value at a place, the example first; None where it is neither a sum nor a function's value."""
    return next(find_each(layer, inputs, weights, [place]))


def find_each(
    layer: Layer, inputs: Sequence[Array], weights: Mapping[str, Array], places: Sequence[Place], output: Array | None = None
) -> Iterator[Arithmetic | None]:  # fmt: skip
    """The arithmetic of the output values at some places, in their order; what they share is computed once. `output`: what the
    layer puts out, where that is computed already."""
    definition, xs, weighed = prepare(layer, inputs, weights, False, None)
    values = compute(layer, xs, weighed) if output is None else output
    if definition.sums is not None:
        yield from find_sums(definition.sums, layer, xs, weighed, places, values)
        return
    function = None if definition.largest else find_function(layer, xs, values)
    for place in places:
        if definition.largest:
            reads = tuple([Read(0, cell, xs[0][cell]) for cell in find_window(layer, xs[0], place)])
            yield Arithmetic(reads, (CallStep("max", tuple([read.value for read in reads]), values[place]),))
        elif definition.joins:
            yield join_values(definition.joins, xs, place, values[place])
        else:
            yield None if function is None else find_call(function, xs[0], place, values[place])


# ---- sums ----------------------------------------------------------------------------------------------------
def find_sums(
    definition: Any, layer: Layer, xs: Sequence[Array], weights: dict[str, Array], places: Sequence[Place], values: Array
) -> Iterator[Arithmetic]:  # fmt: skip
    """What is added up at each place, and what an activation makes of it."""
    forward, backward = [np.errstate(all="ignore")(function) for function in definition]  # infinite numbers may meet
    weights.pop("vector_u", None)
    function = layer.ends_in() or "linear"
    sums = values if function == "linear" else None
    if sums is None and (len(places) > 1 or function in MIXINGS or not all(map(is_exact, xs))):
        sums = settle(forward(layer, *xs, **weights))
    if len(places) > 1 and sums is not None and is_exact(sums):
        find_reads = recall_terms(forward, layer, xs, weights)
    else:
        find_reads = follow_gradients(backward, layer, xs, weights, values.shape)
    for place in places:
        reads = find_reads(place)
        added = forward(layer, *keep_read(xs, reads), **weights) if sums is None else sums
        step = SumStep(list_terms(reads, find_offset(added[place], reads)), added[place])
        steps = (step,) if function == "linear" else (step, make_call(function, added, place, values[place]))
        yield Arithmetic(reads, steps)


FindReads = Callable[[Place], tuple[Read, ...]]  # what the sum at a place reads, in reading order


def follow_gradients(
    backward: Any, layer: Layer, xs: Sequence[Array], weights: Mapping[str, Array], shape: Place
) -> FindReads:
    """The factors are those by which a sum's own gradient comes back, which do not depend on what is read; each place takes
    two passes. `shape`: that of the output."""
    exact, random = all(map(is_exact, xs)), np.random.default_rng(0)
    # with weights drawn above 0, nothing that is read has the factor 0
    drawn = {name: random.uniform(1, 2, weight.shape) for name, weight in weights.items()}
    ones, unread = [np.ones(x.shape) for x in xs], [keep(x, ()) for x in xs] if exact else xs

    def find_reads(place: Place) -> tuple[Read, ...]:
        one = np.zeros(shape)
        one[place] = 1
        seen = backward(layer, one, *ones, **drawn).inputs
        if exact:
            one = keep(one, ())
            one[place] = Fraction(1)
        factors = backward(layer, one, *unread, **weights).inputs
        return tuple([
            Read(number, cell, xs[number][cell], factors[number][cell])
            for number, cells in enumerate(seen) if cells is not None
            for cell in zip(*[axis.tolist() for axis in np.nonzero(cells)], strict=True)
        ])  # fmt: skip

    return find_reads


def keep_read(xs: Sequence[Array], reads: Sequence[Read]) -> list[Array]:
    """Exact inputs with what is read of them alone."""
    return [keep(x, [read.place for read in reads if read.input == number]) for number, x in enumerate(xs)]


def recall_terms(forward: Any, layer: Layer, xs: Sequence[Array], weights: Mapping[str, Array]) -> FindReads:
    """The factors are those that exact numbers remember; two passes for all places together."""
    cells = make_cells(xs)
    sums = forward(layer, *cells, **weights)
    plain = forward(layer, *cells, **{name: np.ones_like(weight) for name, weight in weights.items()})

    def find_reads(place: Place) -> tuple[Read, ...]:
        factors = unfold(sums[place])
        seen = [cell for cell, factor in unfold(plain[place]).items() if factor != 0]
        return tuple([Read(*cell, xs[cell[0]][cell[1]], factors.get(cell, 0)) for cell in sorted(seen)])

    return find_reads


def list_terms(reads: Sequence[Read], offset: Any) -> tuple[tuple[Any, ...], ...]:
    """The terms of a sum: products by 0 are none, and factors that are all 1 are not written."""
    plain = all([read.factor in (0, 1) for read in reads])
    terms = [(read.value,) if plain else (read.value, read.factor) for read in reads if read.factor != 0]
    return (*terms, (offset,)) if offset != 0 else tuple(terms)


# ---- functions -----------------------------------------------------------------------------------------------
def find_call(function: str, x: Array, place: Place, value: Any) -> Arithmetic:
    """The value of a layer that is a function, such as relu, of one tensor of the output's shape."""
    step = make_call(function, x, place, value)
    cells = [place] if step.index is None else [(*place[:-1], channel) for channel in range(x.shape[-1])]
    return Arithmetic(tuple([Read(0, cell, x[cell]) for cell in cells]), (step,))


def join_values(joins: str, xs: Sequence[Array], place: Place, value: Any) -> Arithmetic:
    """The product of a value of each input, or what a function makes of them. What has fewer axes than the output is repeated
    along its first ones, and what has the size 1, along that axis."""
    reads = []
    for number, x in enumerate(xs):
        along = zip(x.shape[1:], place[len(place) - x.ndim + 1 :], strict=True)
        cell = (place[0], *[0 if n == 1 else at for n, at in along])
        reads.append(Read(number, cell, x[cell]))
    taken = tuple([read.value for read in reads])
    return Arithmetic(
        tuple(reads), (SumStep((taken,), value) if joins == "product" else CallStep(joins, taken, value),)
    )


def find_function(layer: Layer, xs: Sequence[Array], y: Array) -> str | None:
    """The function that a layer is, of every value or of the channels of every position; None for any other layer. `y`: what it
    puts out."""
    function, shapes = layer.ends_in(), shapes_of(*xs)
    if function is None or len(xs) != 1 or layer.output(shapes) != shapes[0] or layer.own_weights(shapes):
        return None
    if function in MIXINGS:
        with np.errstate(all="ignore"):
            made = make_floats(apply(function, xs[0]))
        if not np.allclose(made, make_floats(y), equal_nan=True):
            return None  # a softmax along a spatial axis
    return function


def make_call(function: str, x: Array, place: Place, value: Any) -> CallStep:
    """A function of the value at a place, or of its channels together."""
    if function in MIXINGS:
        return CallStep(function, tuple(x[place[:-1]].tolist()), value, place[-1])
    return CallStep(function, (x[place],), value)


@np.errstate(all="ignore")
def find_offset(total: Any, reads: Sequence[Read]) -> Any:
    """What a sum has besides its products."""
    if isinstance(total, Rational):
        return total - sum([read.value * read.factor for read in reads])
    products = [find_float(read.value) * find_float(read.factor) for read in reads]
    left = total - sum(products)
    size = abs(total) + sum([abs(part) for part in products])
    return left if abs(left) > ROUNDING * size else 0


def find_window(layer: Layer, x: Array, place: Place) -> Iterator[Place]:
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
