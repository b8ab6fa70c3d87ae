"""Layers that take several tensors: value by value, behind one another, side by side, as a dot product."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import give_to_first, zeros
from cnnspec.trace.reference.definition import Array, Definition, Gradients, gradients
from cnnspec.trace.reference.normalization import bring_to_length_1, bring_to_length_1_backward


# ---- value by value ----------------------------------------------------------------------------------------
def align(xs: Sequence[Array]) -> list[Array]:
    """Tensors with the same number of axes: a vector's values meet the channels of a map, at every position."""
    most = max([x.ndim for x in xs])
    return [x.reshape(len(x), *(1,) * (most - x.ndim), *x.shape[1:]) for x in xs]


def gather(gradient: Array, x: Array) -> Array:
    """The gradient of a tensor that was aligned and repeated: its values get the sum over their repetitions."""
    (aligned, _) = align([x, gradient])
    repeated = tuple([a for a, n in enumerate(aligned.shape) if n == 1 and gradient.shape[a] != 1])
    return gradient.sum(axis=repeated, keepdims=True).reshape(x.shape)


def add(layer: Any, *xs: Array) -> Array:
    return sum(align(xs)[1:], align(xs)[0])


def add_backward(layer: Any, gradient: Array, *xs: Array) -> Gradients:
    return gradients(*[gather(gradient, x) for x in xs])


def subtract(layer: Any, a: Array, b: Array) -> Array:
    a, b = align((a, b))
    return a - b


def subtract_backward(layer: Any, gradient: Array, a: Array, b: Array) -> Gradients:
    return gradients(gather(gradient, a), gather(-gradient, b))


def multiply(layer: Any, *xs: Array) -> Array:
    return reduce(np.multiply, align(xs))


def multiply_backward(layer: Any, gradient: Array, *xs: Array) -> Gradients:
    """Each gets the gradient times the product of all others."""
    made = []
    for place, x in enumerate(xs):
        others = [other for i, other in enumerate(align(xs)) if i != place]
        made.append(gather(reduce(np.multiply, others, gradient), x))
    return gradients(*made)


def average(layer: Any, *xs: Array) -> Array:
    return add(layer, *xs) / len(xs)


def average_backward(layer: Any, gradient: Array, *xs: Array) -> Gradients:
    return add_backward(layer, gradient / len(xs), *xs)


def maximum(layer: Any, *xs: Array) -> Array:
    return reduce(np.maximum, align(xs))


def minimum(layer: Any, *xs: Array) -> Array:
    return reduce(np.minimum, align(xs))


def maximum_backward(layer: Any, gradient: Array, *xs: Array) -> Gradients:
    """The gradient goes to the tensor whose value it was; of several to the first."""
    given = give_to_first(gradient, maximum(layer, *xs), align(xs))
    return gradients(*[gather(part, x) for part, x in zip(given, xs, strict=True)])


def minimum_backward(layer: Any, gradient: Array, *xs: Array) -> Gradients:
    """The gradient goes to the tensor whose value it was; of several to the first."""
    given = give_to_first(gradient, minimum(layer, *xs), align(xs))
    return gradients(*[gather(part, x) for part, x in zip(given, xs, strict=True)])


# ---- behind one another, side by side ----------------------------------------------------------------------
def concat(layer: Any, *xs: Array) -> Array:
    return np.concatenate(xs, axis=layer.axis)


def concat_backward(layer: Any, gradient: Array, *xs: Array) -> Gradients:
    """Each gets its own part."""
    ends = np.cumsum([x.shape[layer.axis] for x in xs])
    return gradients(*np.split(gradient, ends[:-1], axis=layer.axis))


def stack(layer: Any, *xs: Array) -> Array:
    return np.stack(xs, axis=layer.axis)


def stack_backward(layer: Any, gradient: Array, *xs: Array) -> Gradients:
    return gradients(*[np.take(gradient, place, axis=layer.axis) for place in range(len(xs))])


# ---- dot ---------------------------------------------------------------------------------------------------
SHORTEST = 1e-7  # a vector that is shorter is divided by this


def dot(layer: Any, a: Array, b: Array) -> Array:
    """For every example the sum of products along an axis of each; with normalize=true both are brought to length 1 first."""
    first, second = find_axes(layer, a, b)
    if layer.normalize:
        a, b = bring_to_length_1(a, [first], SHORTEST), bring_to_length_1(b, [second], SHORTEST)
    made = [np.tensordot(x, y, (first - 1, second - 1)) for x, y in zip(a, b, strict=True)]
    return np.stack(made).reshape(len(a), *(made[0].shape or (1,)))


def dot_backward(layer: Any, gradient: Array, a: Array, b: Array) -> Gradients:
    """da = dy bᵀ and db = aᵀ dy, with the axes where they were."""
    first, second = find_axes(layer, a, b)
    x, y = a, b
    if layer.normalize:
        x, y = bring_to_length_1(a, [first], SHORTEST), bring_to_length_1(b, [second], SHORTEST)
    dx, dy = zeros(x.shape, x), zeros(y.shape, y)
    apart = (
        *[n for i, n in enumerate(a.shape[1:], 1) if i != first],
        *[n for i, n in enumerate(b.shape[1:], 1) if i != second],
    )
    for example, given in enumerate(gradient.reshape(len(a), *apart)):
        rest = a.ndim - 2  # axes of the output that are those of the first tensor
        behind, before = list(range(rest, given.ndim)), list(range(rest))
        others = [axis for axis in range(b.ndim - 1) if axis != second - 1]
        dx[example] = np.moveaxis(np.tensordot(given, y[example], (behind, others)), -1, first - 1)
        others = [axis for axis in range(a.ndim - 1) if axis != first - 1]
        dy[example] = np.moveaxis(np.tensordot(x[example], given, (others, before)), 0, second - 1)
    if layer.normalize:
        dx = bring_to_length_1_backward(dx, a, [first], SHORTEST)
        dy = bring_to_length_1_backward(dy, b, [second], SHORTEST)
    return gradients(dx, dy)


def find_axes(layer: Any, a: Array, b: Array) -> tuple[int, int]:
    """The axis of each tensor, the batch being 0."""
    first, second = layer.axes if isinstance(layer.axes, tuple) else (layer.axes, layer.axes)
    return first % a.ndim, second % b.ndim


LAYERS = {
    "add": Definition(add, add_backward),
    "subtract": Definition(subtract, subtract_backward),
    "multiply": Definition(multiply, multiply_backward),
    "average": Definition(average, average_backward),
    "maximum": Definition(maximum, maximum_backward),
    "minimum": Definition(minimum, minimum_backward),
    "concat": Definition(concat, concat_backward),
    "stack": Definition(stack, stack_backward),
    "dot": Definition(dot, dot_backward),
}
