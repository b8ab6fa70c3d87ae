"""Layers that take several tensors: value by value, behind one another, side by side, as products of vectors and matrices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import give_to_first
from cnnspec.trace.reference.definition import Array, Definition, Gradients, define_sum, gradients
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


def divide(layer: Any, a: Array, b: Array) -> Array:
    a, b = align((a, b))
    return a / b


def divide_backward(layer: Any, gradient: Array, a: Array, b: Array) -> Gradients:
    """da = dy / b, db = -dy a / b^2."""
    x, y = align((a, b))
    return gradients(gather(gradient / y, a), gather(-gradient * x / y**2, b))


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
    y = as_matrix(a, first).swapaxes(1, 2) @ as_matrix(b, second)
    return y.reshape(len(a), *(find_rest(a, first) + find_rest(b, second) or (1,)))


def dot_backward(layer: Any, gradient: Array, a: Array, b: Array) -> Gradients:
    """da = b dyᵀ and db = a dy, all as matrices."""
    first, second = find_axes(layer, a, b)
    x, y = a, b
    if layer.normalize:
        x, y = bring_to_length_1(a, [first], SHORTEST), bring_to_length_1(b, [second], SHORTEST)
    rows, columns = as_matrix(x, first), as_matrix(y, second)
    dy = gradient.reshape(len(a), rows.shape[2], columns.shape[2])
    da = from_matrix(columns @ dy.swapaxes(1, 2), first, a)
    db = from_matrix(rows @ dy, second, b)
    if layer.normalize:
        da = bring_to_length_1_backward(da, a, [first], SHORTEST)
        db = bring_to_length_1_backward(db, b, [second], SHORTEST)
    return gradients(da, db)


def as_matrix(x: Array, axis: int) -> Array:
    """For each example a matrix: a row for each place of the axis, a column for each place of all others."""
    return np.moveaxis(x, axis, 1).reshape(len(x), x.shape[axis], -1)


def from_matrix(matrix: Array, axis: int, x: Array) -> Array:
    """The way back of `as_matrix`."""
    return np.moveaxis(matrix.reshape(*matrix.shape[:2], *find_rest(x, axis)), 1, axis)


def find_rest(x: Array, axis: int) -> tuple[int, ...]:
    """The sizes of all axes but the batch and one."""
    return tuple([n for place, n in enumerate(x.shape[1:], 1) if place != axis])


def find_axes(layer: Any, a: Array, b: Array) -> tuple[int, int]:
    """The axis of each tensor, the batch being 0."""
    first, second = layer.axes if isinstance(layer.axes, tuple) else (layer.axes, layer.axes)
    return first % a.ndim, second % b.ndim


# ---- matmul ------------------------------------------------------------------------------------------------
def matmul(layer: Any, a: Array, b: Array) -> Array:
    """The products of matrices, the last two axes of both; sizes of 1 on the axes before are repeated."""
    return a @ b


def matmul_backward(layer: Any, gradient: Array, a: Array, b: Array) -> Gradients:
    """dA = dY Bᵀ and dB = Aᵀ dY."""
    return gradients(gather(gradient @ b.swapaxes(-1, -2), a), gather(a.swapaxes(-1, -2) @ gradient, b))


LAYERS = {
    "add": define_sum(add, add_backward),
    "subtract": define_sum(subtract, subtract_backward),
    "multiply": Definition(multiply, multiply_backward, joins="product"),
    "divide": Definition(divide, divide_backward, joins="divide"),
    "average": define_sum(average, average_backward),
    "maximum": Definition(maximum, maximum_backward, joins="max"),
    "minimum": Definition(minimum, minimum_backward, joins="min"),
    "concat": define_sum(concat, concat_backward),
    "stack": define_sum(stack, stack_backward),
    "dot": Definition(dot, dot_backward),
    "matmul": Definition(matmul, matmul_backward),
}
