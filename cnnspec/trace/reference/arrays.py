"""Arrays of exact numbers and of floats, and what both kinds need: zeros, figures, means, cells along an axis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import inf, prod
from numbers import Rational
from typing import Any

import numpy as np

from cnnspec.trace.reference.definition import Array

SIMPLE = 10**6  # the largest denominator of a fraction that a float may stand for
MOST_EXACT = 2**20  # numbers that are computed exactly: more would take minutes
LONGEST = 100_000  # bits of the parts of a fraction, beyond which it is a float: what is squared again and again grows


# ---- exact numbers -----------------------------------------------------------------------------------------
def is_exact(x: Array) -> bool:
    """Whether an array holds Fractions."""
    return bool(x.dtype == object)


def make_exact(values: Any) -> Array:
    """An array of Fractions, of nested lists or an array of numbers: 2, 0.5, "1/3"."""
    given = np.asarray(values, dtype=object)
    made = np.empty(given.size, dtype=object)
    made[:] = [find_fraction(value) for value in given.ravel()]
    return made.reshape(given.shape)


def find_fraction(value: Any) -> Fraction:
    """The number that was meant: 1/3 for the float nearest to it, 1/10 for 0.1, else exactly what the float is."""
    if type(value) is Fraction:
        return value
    if not isinstance(value, (float, np.floating)):
        return Fraction(int(value) if isinstance(value, np.integer) else value)
    simple = Fraction(float(value)).limit_denominator(SIMPLE)
    return simple if float(simple) == float(value) else Fraction(float(value))


def settle(x: Array) -> Array:
    """A computed array in one kind of number: Fractions if all of its values are whole or fractions that are not too long, else
    floats."""
    if not is_exact(x):
        return x
    if not all([isinstance(value, (Rational, np.integer, np.bool_)) for value in x.ravel()]):
        return make_floats(x)
    made = make_exact(x)
    bits = [max(n.numerator.bit_length(), n.denominator.bit_length()) for n in made.ravel()]
    return make_floats(made) if max(bits, default=0) > LONGEST else made


def make_floats(x: Array) -> Array:
    """The array with floats for Fractions; one that is too large for a float is infinity."""
    if not is_exact(x):
        return x
    try:
        return x.astype(float)
    except OverflowError:
        return np.array([find_float(value) for value in x.ravel()]).reshape(x.shape)


def find_float(value: Any) -> float:
    """The float of a number; infinity where it is too large."""
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def number(value: Any, like: Array) -> Any:
    """A figure of a layer in the numbers of an array: 1/10 among Fractions, 0.1 among floats."""
    if isinstance(value, (tuple, list)):
        return make_exact(value) if is_exact(like) else np.asarray(value, dtype=like.dtype)
    return find_fraction(value) if is_exact(like) else float(value)


def zeros(shape: Sequence[int], like: Array) -> Array:
    """Zeros in the numbers of an array."""
    return np.full(shape, number(0, like), dtype=like.dtype)


# ---- sums over axes ----------------------------------------------------------------------------------------
def sum_over(x: Array, axes: Sequence[int], keepdims: bool = True) -> Array:
    """The sum over some axes, which stay with size 1 or go."""
    return x.sum(axis=tuple(axes), keepdims=keepdims)


def mean_over(x: Array, axes: Sequence[int], keepdims: bool = True) -> Array:
    """The mean over some axes."""
    return sum_over(x, axes, keepdims) / prod([x.shape[axis] for axis in axes])


def sum_channels(x: Array) -> Array:
    """The sum over examples and positions: one number for each channel, as the gradient of a bias."""
    return x.sum(axis=tuple(range(x.ndim - 1)))


def spatial_axes(x: Array) -> tuple[int, ...]:
    """The axes between the batch and the channels."""
    return tuple(range(1, x.ndim - 1))


def axes_of(axis: int | tuple[int, ...], x: Array) -> tuple[int, ...]:
    """The axes that an argument names, counted from 0, the batch, in order."""
    given = axis if isinstance(axis, tuple) else (axis,)
    return tuple(sorted([a % x.ndim for a in given]))


def spread(figures: Array, axes: Sequence[int], x: Array) -> Array:
    """Figures of the positions of some axes, shaped so that they meet these axes of an array: gamma of axis 1 of HxWxC."""
    if not isinstance(figures, np.ndarray):
        return figures
    return figures.reshape([x.shape[axis] if axis in axes else 1 for axis in range(x.ndim)])


def fold(gradient: Array, axes: Sequence[int]) -> Array:
    """The way back of `spread`: the sum over all other axes."""
    return gradient.sum(axis=tuple([axis for axis in range(gradient.ndim) if axis not in axes]))


# ---- cells along an axis -----------------------------------------------------------------------------------
def along(axis: int, place: int | slice) -> tuple[Any, ...]:
    """The index of a place, or of several, along one axis."""
    return (*[slice(None)] * axis, place)


def take_cells(x: Array, sources: Sequence[int | None], axis: int, otherwise: Any = 0) -> Array:
    """An array that has at place i of an axis what `x` has at place sources[i], and a constant where that is None."""
    taken = np.take(x, [0 if source is None else source for source in sources], axis)
    for place, source in enumerate(sources):
        if source is None:
            taken[along(axis, place)] = number(otherwise, x)
    return taken


def give_cells(gradient: Array, sources: Sequence[int | None], axis: int, cells: int) -> Array:
    """The way back of `take_cells`: each of the cells along the axis gets the sum of what was made of it."""
    given = zeros([cells if a == axis else n for a, n in enumerate(gradient.shape)], gradient)
    for place, source in enumerate(sources):
        if source is not None:
            given[along(axis, source)] += gradient[along(axis, place)]
    return given


def give_to_first(gradient: Array, y: Array, candidates: Iterable[Array]) -> Iterator[Array]:
    """What each candidate gets of the gradient of a value that was taken from one of them: the first that equals it all."""
    waiting = np.ones(y.shape, dtype=bool)
    for candidate in candidates:
        wins = waiting & (candidate == y)
        waiting &= ~wins
        yield gradient * wins


def shapes_of(*inputs: Array) -> tuple[tuple[int, ...], ...]:
    """The inputs' shapes without the batch, as a layer's methods take them."""
    return tuple([x.shape[1:] for x in inputs])
