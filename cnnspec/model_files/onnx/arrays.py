"""Arrays of constants, row by row: which of their values stand at some places, and what shapes go together."""

from __future__ import annotations

from math import prod

from cnnspec.model_files.onnx.constant import Constant
from cnnspec.model_files.onnx.messages import MAX_VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    Shape: TypeAlias = tuple[int, ...]

MAX_AXES = 64


def walk(steps: Iterable[tuple[int, Sequence[int]]]) -> list[int] | None:
    """Positions that a walk over axes meets, the last axis the fastest; of each: how far apart its places are, and which
    are met. None where they are too many to be worth it."""
    found = [0]
    for stride, places in steps:
        if len(found) * len(places) > MAX_VALUES:
            return None
        found = [at + place * stride for at in found for place in places]
    return found


def find_strides(shape: Sequence[int]) -> list[int]:
    """How far apart neighbours of each axis are."""
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def pick(given: Constant, places: Sequence[Sequence[int]], shape: Iterable[int] | None = None) -> Constant:
    """The values at some places of each axis."""
    met = walk(zip(find_strides(given.shape), places, strict=True))
    shape, view = [len(found) for found in places] if shape is None else shape, given.view
    for axis, found in enumerate(places):
        view = view.cut_out(axis, found) if view is not None and isinstance(found, range) else None
    return given.select(shape, met, view)


def spread(given: Constant, shape: Shape) -> Constant:
    """An array with its axes of size 1 repeated, so that it has a shape."""
    if given.shape == shape:
        return given
    own = (1,) * (len(shape) - len(given.shape)) + given.shape
    met = walk(
        [(stride, range(n) if n == size else [0] * size) for stride, n, size in zip(find_strides(own), own, shape, strict=True)]
        if prod(shape) <= MAX_VALUES
        else [(1, range(MAX_VALUES + 1))]
    )  # fmt: skip
    return given.select(shape, met)


def find_common_shape(*shapes: Shape) -> Shape:
    """The shape of arrays that are taken element by element, axes of size 1 repeated."""
    rank = max(map(len, shapes))
    found = []
    for sizes in zip(*[(1,) * (rank - len(shape)) + shape for shape in shapes], strict=True):
        different = {n for n in sizes if n != 1}
        if len(different) > 1:
            raise ValueError
        found.append(different.pop() if different else 1)
    return tuple(found)


def check_axis(axis: int, rank: int) -> int:
    """An axis counted from 0."""
    if not -rank <= axis < rank:
        raise ValueError
    return axis % rank


def find_weight_name(given: Iterable[Constant]) -> str:
    """The weight that numbers made of several are taken for: the largest of them."""
    return max([c for c in given if c.name], key=lambda c: c.count, default=Constant((), None)).name
