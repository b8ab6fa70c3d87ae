"""The rules of shapes against NumPy on shapes drawn by chance, with sizes hidden by chance: what comes out is NumPy's, or is
not known; what is refused with all sizes known is refused by NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.python_source.arrays import shapes
from cnnspec.python_source.arrays.shapes import IndexArray, Misfit

SIZES = st.integers(0, 4)
SHAPES = st.lists(SIZES, max_size=4).map(tuple)
AXES = st.integers(-4, 3)


@st.composite
def keys(draw: st.DrawFn) -> tuple[Any, ...]:
    """An index of every kind, as NumPy takes it."""
    bounds = st.none() | st.integers(-5, 5)
    part = st.one_of(
        st.integers(-4, 3), st.none(), st.just(Ellipsis), st.builds(slice, bounds, bounds, st.sampled_from([None, 1, 2, -1])),
        st.lists(st.integers(0, 2), min_size=1, max_size=3).map(np.array), st.lists(st.booleans(), min_size=1, max_size=4).map(np.array),
        st.just(np.zeros((2, 2), "int64")),
    )  # fmt: skip
    return tuple(draw(st.lists(part, max_size=4)))


def read_key(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([IndexArray(k.shape, k.dtype == bool) if isinstance(k, np.ndarray) else k for k in key])


def hide(shape: tuple[int, ...], data: st.DataObject) -> tuple[int | None, ...]:
    return tuple([n if data.draw(st.booleans()) else None for n in shape])


def compare(
    ours: Callable[..., Any], theirs: Callable[..., Any], given: list[tuple[int, ...]], data: st.DataObject
) -> None:
    """Our rule on the shapes, with sizes hidden and without, and NumPy's function on arrays of them."""
    try:
        true = theirs(*map(np.zeros, given)).shape
    except (ValueError, IndexError, np.exceptions.AxisError):
        true = None
    hidden = [hide(shape, data) for shape in given]
    for known in (given, hidden):
        try:
            said = ours(*known)
        except Misfit:
            assert true is None, (known, true)
            continue
        if true is None:  # numbers in an index may be too large, which no shape tells
            continue
        assert said is None or len(said) == len(true), (known, said, true)
        assert said is None or all([n in (None, m) for n, m in zip(said, true, strict=True)]), (known, said, true)


@given(SHAPES, st.lists(st.integers(-1, 12), max_size=3).map(tuple), st.data())
def test_reshape(shape: tuple[int, ...], wanted: tuple[int, ...], data: st.DataObject) -> None:
    compare(lambda s: shapes.reshape(s, wanted), lambda x: x.reshape(wanted), [shape], data)


@given(SHAPES, keys(), st.data())
def test_index(shape: tuple[int, ...], key: tuple[Any, ...], data: st.DataObject) -> None:
    compare(lambda s: shapes.index(s, read_key(key)), lambda x: x[key], [shape], data)


@given(st.lists(SHAPES, min_size=1, max_size=3), st.none() | AXES, st.data())
def test_several(given: list[tuple[int, ...]], axis: int | None, data: st.DataObject) -> None:
    compare(lambda *s: shapes.broadcast(*s), lambda *x: np.broadcast_arrays(*x)[0], given, data)
    compare(lambda *s: shapes.concatenate(s, axis), lambda *x: np.concatenate(x, axis), given, data)
    if axis is not None:
        compare(lambda *s: shapes.stack(s, axis), lambda *x: np.stack(x, axis), given, data)


@given(SHAPES, SHAPES, st.data())
def test_products(one: tuple[int, ...], other: tuple[int, ...], data: st.DataObject) -> None:
    compare(shapes.matrix_multiply, np.matmul, [one, other], data)
    compare(shapes.dot, np.dot, [one, other], data)


@given(SHAPES, AXES, AXES, st.lists(AXES, max_size=4), st.booleans(), st.data())
def test_axes(
    shape: tuple[int, ...], one: int, other: int, axes: list[int], keepdims: bool, data: st.DataObject
) -> None:
    some = tuple(axes)
    for ours, theirs in (
        (lambda s: shapes.reduce(s, one, keepdims), lambda x: x.sum(one, keepdims=keepdims)),
        (lambda s: shapes.reduce(s, some, keepdims), lambda x: x.sum(some, keepdims=keepdims)),
        (lambda s: shapes.expand(s, one), lambda x: np.expand_dims(x, one)),
        (lambda s: shapes.squeeze(s, one), lambda x: np.squeeze(x, one)),
        (lambda s: shapes.squeeze(s, None), np.squeeze),
        (lambda s: shapes.transpose(s, axes), lambda x: np.transpose(x, axes)),
        (lambda s: shapes.move_axis(s, one, other), lambda x: np.moveaxis(x, one, other)),
        (lambda s: shapes.swap_axes(s, one, other), lambda x: np.swapaxes(x, one, other)),
        (lambda s: shapes.repeat(s, 2, one), lambda x: np.repeat(x, 2, one)),
        (lambda s: shapes.tile(s, (2, 3)), lambda x: np.tile(x, (2, 3))),
    ):  # fmt: skip
        compare(ours, theirs, [shape], data)
