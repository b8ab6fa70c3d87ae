"""Random layers that compute over axes, or value by value, and that turn channels into positions and back."""

from __future__ import annotations

import itertools
from math import prod
from typing import Any

from hypothesis import strategies as st

from tests.layers.keras_drawing import Case, Draw, said, shape, size


@st.composite
def reductions(draw: Draw) -> Case:
    rank, word = draw(st.integers(0, 3)), draw(st.sampled_from(["mean", "sum", "max", "l2"]))
    entering = shape(draw, rank, 5, 5)
    number = st.integers(-rank - 2, rank + 2)
    axis = draw(number | st.lists(number, min_size=2, max_size=3).map(tuple))
    keepdims = draw(st.booleans())

    def build(keras: Any, xs: list[Any]) -> Any:
        given = axis if isinstance(axis, tuple) else (axis,)
        counted = [a % (rank + 2) for a in given if -rank - 2 <= a <= rank + 1]
        if len({*counted}) < len(given) or 0 in counted or len(counted) == rank + 1 and not keepdims:
            raise ValueError("there is no such axis but the batch's, one is named twice, or none is left")
        if word == "l2" and len(given) > 2:
            raise ValueError("Keras makes such a model, which then fails")
        return getattr(keras.ops, {"l2": "norm"}.get(word, word))(xs[0], axis=axis, keepdims=keepdims)

    return Case([entering], f"reduce_{word}({said(axis=axis, keepdims=keepdims)})", build)


@st.composite
def stacks(draw: Draw) -> Case:
    rank, count = draw(st.integers(0, 2)), draw(st.sampled_from([2, 2, 3, 1]))
    first = shape(draw, rank, 4, 4)
    shapes = [first, *[tuple([draw(st.sampled_from([n, n, n, n + 1])) for n in first]) for _ in range(count - 1)]]
    axis = draw(st.integers(-rank - 3, rank + 3))

    def build(keras: Any, xs: list[Any]) -> Any:
        if count < 2 or axis in (0, -rank - 3):
            raise ValueError("one tensor is no stack, and the batch stays first")
        return keras.ops.stack(xs, axis=axis)

    names = ", ".join([f"x{i}" for i in range(count)])
    return Case(shapes, f"stack({names}, axis={axis})", build)


@st.composite
def value_functions(draw: Draw) -> Case:
    entering, which = shape(draw, draw(st.integers(0, 3)), 5, 5), draw(st.sampled_from(["power", "abs", "gelu_tanh"]))
    exponent = draw(st.sampled_from([-2, -1, 1, 2, 3]))
    if which == "power":
        return Case([entering], f"power({exponent})", lambda keras, xs: keras.ops.power(xs[0], exponent))
    if which == "abs":
        return Case([entering], which, lambda keras, xs: keras.ops.abs(xs[0]))
    return Case([entering], which, lambda keras, xs: keras.ops.gelu(xs[0], approximate=True))


@st.composite
def blocks(draw: Draw) -> Case:
    """depth_to_space and space_to_depth, by the place of every value."""
    rank, block = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    word, order = draw(st.sampled_from(["depth_to_space", "space_to_depth"])), draw(st.sampled_from(["dcr", "crd"]))
    small = tuple([draw(st.integers(1, 3)) for _ in range(rank)])
    channels = draw(st.integers(1, 3))
    deep, wide = (*small, channels * block**rank), (*[n * block for n in small], channels)
    entering = deep if word == "depth_to_space" else wide
    unfit = block > 1 and draw(st.integers(0, 4)) == 0
    if unfit:
        entering = (*entering[:-1], entering[-1] + 1) if word == "depth_to_space" else (entering[0] + 1, *entering[1:])

    def place(position: tuple[int, ...], channel: int) -> int:
        """Where among the values of the deep map the value at a position of the wide one stands."""
        within = 0
        for index in position:
            within = within * block + index % block
        depth = within * channels + channel if order == "dcr" else channel * block**rank + within
        at = 0
        for index, n in zip(position, small, strict=True):
            at = at * n + index // block
        return at * deep[-1] + depth

    def build(keras: Any, xs: list[Any]) -> Any:
        if unfit:
            raise ValueError("the blocks would not be of one size")
        every = itertools.product(*[range(n) for n in wide[:-1]], range(channels))
        places = [place(tuple(position), channel) for *position, channel in every]
        if word == "space_to_depth":
            places = [places.index(i) for i in range(len(places))]
        taken = keras.ops.take(keras.ops.reshape(xs[0], (-1, prod(entering))), places, axis=1)
        return keras.ops.reshape(taken, (-1, *(wide if word == "depth_to_space" else deep)))

    return Case([entering], f"{word}({size(block)}, order={order})", build)
