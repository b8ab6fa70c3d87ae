"""The derivatives of what a layer computes, as sums of products: dE/dW11 = dE/dh11*X11 + dE/dh12*X12 + …

They are found for any layer from its definition alone. What a layer adds up changes with a number of a weight or of an input,
if it is linear in it, by what it is for a 1 in its place and 0 elsewhere, less what it is for 0 everywhere. What that is a
product of is found by numbering: with all other arrays full of ones, but one of them full of the numbers of its own cells,
the derivative is the number of the cell that it is a multiple of. Products are kept only if they are the derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cnnspec.base.record import Record
from cnnspec.layers.base import Layer
from cnnspec.trace.reference.arrays import find_float, is_exact, make_floats, zeros
from cnnspec.trace.reference.compute import evaluate, prepare
from cnnspec.trace.reference.definition import Array

Key = int | str  # an input by its number, a weight by its name
Place = tuple[int, ...]
MOST_PLACES = 64  # of an output, up to which derivatives are found place by place where there are no products
ROUNDING = 1e-12
CLOSE = 1e-7  # of the largest value: two results of floats that are the same


class Product(Record):
    """A part of a derivative: the gradient of a place of the output, times a factor, times some values of the layer's arrays,
    each by its array and place. `derivative`: the factor is all of the derivative, and no products were found."""

    place: Place
    factor: Any
    values: tuple[tuple[Key, Place], ...] = ()
    derivative: bool = False


class Part(Record):
    """What a layer computes before its activation, from its arrays: `forward(arrays)`, and `backward(gradient, arrays)`, which
    gives the gradients of those that have one. `probe`: any gradient, and what comes back from it."""

    forward: Callable[[Mapping[Key, Array]], Array]
    backward: Callable[[Array, Mapping[Key, Array]], dict[Key, Array]]
    arrays: Mapping[Key, Array]
    probe: tuple[Array, Mapping[Key, Array]]
    selects: bool

    @property
    def output(self) -> Array:
        return self.forward(self.arrays)


def find_part(layer: Layer, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Part:
    """The part of a layer whose derivatives are written out: its sums, or all of it where it has none."""
    definition, xs, weighed = prepare(layer, inputs, weights, False, None)
    functions = definition.sums or (definition.forward, definition.backward)
    if definition.sums is not None:
        weighed.pop("vector_u", None)

    def forward(arrays: Mapping[Key, Array]) -> Array:
        found: Array = evaluate(functions[0], layer, list_inputs(arrays), list_weights(arrays))
        return found

    def backward(gradient: Array, arrays: Mapping[Key, Array]) -> dict[Key, Array]:
        made = evaluate(functions[1], layer, [gradient, *list_inputs(arrays)], list_weights(arrays))
        given = join_arrays(made.inputs, made.weights)
        return {key: given[key] for key in arrays if given.get(key) is not None}

    arrays = join_arrays(xs, weighed)
    floats = {key: make_floats(array) for key, array in arrays.items()}
    gradient = np.random.default_rng(0).normal(size=forward(floats).shape)
    return Part(forward, backward, arrays, (gradient, backward(gradient, floats)), definition.largest)


def join_arrays(inputs: Sequence[Array], weights: Mapping[str, Array]) -> dict[Key, Array]:
    arrays: dict[Key, Array] = dict(enumerate(inputs))
    arrays.update(weights)
    return arrays


def list_inputs(arrays: Mapping[Key, Array]) -> list[Array]:
    return [array for key, array in arrays.items() if isinstance(key, int)]


def list_weights(arrays: Mapping[Key, Array]) -> dict[str, Array]:
    return {key: array for key, array in arrays.items() if isinstance(key, str)}


# ---- products ------------------------------------------------------------------------------------------------
def find_products(part: Part, of: Key, cell: Place) -> list[Product] | None:
    """What the derivative by one number of an array is the sum of, in reading order of the output; None where that is not
    known."""
    floats = {key: make_floats(array) for key, array in part.arrays.items()}
    slope = find_slope(part, floats, of, cell)
    gradient, given = part.probe
    if slope is None or not is_close((gradient * slope).sum(), given[of][cell]):
        return find_each(part, of, cell)
    found = find_factors(part, floats, slope, of, cell)
    if found is not None:
        return found
    exact = find_slope(part, part.arrays, of, cell)
    assert exact is not None
    return [Product(place, exact[place], (), True) for place in find_places(slope)]


def find_factors(
    part: Part, floats: Mapping[Key, Array], slope: Array, of: Key, cell: Place
) -> list[Product] | None:  # fmt: skip
    """The products that a derivative is made of; None where it is not made of products."""
    moved = part.probe[1]  # what has no gradient is a constant: a word's number, a moving average
    plain = {key: np.ones_like(array) if key in moved else array for key, array in floats.items()}
    base = find_slope(part, plain, of, cell)
    if base is None:
        return None
    base = drop_rounding(base)
    product, cells = base, {}
    for key in [key for key in moved if key != of]:
        numbers = np.arange(2.0, floats[key].size + 2).reshape(floats[key].shape)
        found = find_slope(part, {**plain, key: numbers}, of, cell)
        if found is None:
            return None
        if is_close(found, base):
            continue
        number = np.rint(np.divide(found, base, out=np.full(base.shape, 2.0), where=base != 0)).astype(int) - 2
        if number.min() < 0 or number.max() >= floats[key].size:
            return None
        cells[key] = number
        product = product * floats[key].ravel()[number]
    if not is_close(product, slope):
        return None
    if not np.isin(base, (-1, 0, 1)).all():
        likes = {key: zeros(array.shape, array) + 1 if key in moved else array for key, array in part.arrays.items()}
        exact = find_slope(part, likes, of, cell)
        base = base if exact is None or not is_exact(exact) else exact
    return [
        Product(place, base[place], tuple([
            (key, tuple([int(i) for i in np.unravel_index(number[place], floats[key].shape)])) for key, number in cells.items()
        ]))
        for place in find_places(base)
    ]  # fmt: skip


def find_slope(part: Part, arrays: Mapping[Key, Array], of: Key, cell: Place) -> Array | None:
    """How the output differs between a 1 and a 0 in a cell of an array, which is 0 elsewhere; None where it is not a number."""
    nothing = zeros(arrays[of].shape, arrays[of])
    one = nothing.copy()
    one[cell] = one[cell] + 1
    with np.errstate(all="ignore"):
        slope = part.forward({**arrays, of: one}) - part.forward({**arrays, of: nothing})
    return slope if np.isfinite(make_floats(slope)).all() else None


def find_each(part: Part, of: Key, cell: Place) -> list[Product] | None:
    """The derivatives of the places of an output one by one: of a small one, or of the one place that depends on the cell."""
    output = part.output
    places = list(np.ndindex(output.shape)) if output.size <= MOST_PLACES else [cell]
    if places == [cell] and output.shape != part.arrays[of].shape:
        return None
    found = []
    for place in places:
        one = zeros(output.shape, output)
        one[place] = one[place] + 1
        derivative = part.backward(one, part.arrays)[of][cell]
        if derivative != 0:
            found.append(Product(place, derivative, (), not part.selects))
    gradient, given = part.probe
    total = sum([gradient[product.place] * find_float(product.factor) for product in found])
    return found if is_close(total, given[of][cell]) else None


def drop_rounding(x: Array) -> Array:
    """Floats with whole numbers for those that are nearly whole."""
    whole = np.rint(x)
    return np.where(np.abs(x - whole) < ROUNDING, whole, x)


def find_places(array: Array) -> list[Place]:
    """Where an array is not 0, in reading order."""
    return list(zip(*[axis.tolist() for axis in np.nonzero(array)], strict=True))


def is_close(found: Any, wanted: Any) -> bool:
    """Whether floats are the same but for rounding."""
    largest = np.abs(wanted).max(initial=0) if isinstance(wanted, np.ndarray) else abs(wanted)
    return bool((np.abs(found - wanted) <= CLOSE * max(1, largest)).all())
