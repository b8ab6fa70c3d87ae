"""A weight of a model file, and how its numbers become those of a layer: a layer's weights are laid out as Keras has them."""

from __future__ import annotations

from math import prod

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class WeightRef(Record):
    """A weight by its name, and its shape: the framework's, or that of the layer that it was laid out for.

    `stored` is what the file's reader finds its numbers by, None where they are computed of others; `steps` are methods of a
    NumPy array, with their arguments, that make the weight of what is stored; `trainable`: whether training changes it.
    """

    name: str
    shape: tuple[int, ...]
    stored: Any = None
    steps: tuple[tuple[Any, ...], ...] = ()
    trainable: bool = True

    def permute(self, order: Sequence[int]) -> WeightRef:
        """With its axes in another order."""
        shape = tuple([self.shape[axis] for axis in order])
        return self._add("transpose", tuple(order), shape) if tuple(order) != tuple(range(len(shape))) else self

    def reshape(self, shape: Sequence[int]) -> WeightRef:
        """The same numbers in the same order."""
        return self._add("reshape", tuple(shape), tuple(shape)) if tuple(shape) != self.shape else self

    def repeat(self, shape: Sequence[int]) -> WeightRef | None:
        """With its axes of size 1 repeated, so that it has a shape; None where that does not give it."""
        pairs = list(zip(self.shape, shape, strict=False))
        if len(self.shape) != len(shape) or any([have not in (1, n) for have, n in pairs]):
            return None
        steps = [("repeat", n, axis) for axis, (have, n) in enumerate(pairs) if have != n]
        return self.replace(shape=tuple(shape), steps=(*self.steps, *steps))

    def cut_out(self, axis: int, places: range) -> WeightRef:
        """Some positions of an axis."""
        if places == range(self.shape[axis]):
            return self
        shape = (*self.shape[:axis], len(places), *self.shape[axis + 1 :])
        return self.replace(shape=shape, steps=(*self.steps, ("take", places, axis)))

    def reorder(self, axis: int, sizes: Sequence[int], order: Sequence[int]) -> WeightRef:
        """With the positions along an axis, which are those of a map of these sizes, in another order of the map's axes."""
        if list(order) == sorted(order):
            return self
        inner = range(axis, axis + len(sizes))
        apart = self.reshape((*self.shape[:axis], *sizes, *self.shape[axis + 1 :]))
        behind = range(inner.stop, len(apart.shape))
        return apart.permute((*range(axis), *[axis + place for place in order], *behind)).reshape(self.shape)

    def fit(self, shape: Sequence[Any]) -> WeightRef | None:
        """In a layer's shape: its own, or, of a row of numbers, one with more or fewer axes of size 1; else None."""
        if self.shape == tuple(shape):
            return self
        told = [[n for n in sizes if n != 1] for sizes in (self.shape, shape)]
        return self.reshape(shape) if told[0] == told[1] and prod(shape) == prod(self.shape) else None

    def _add(self, method: str, argument: Any, shape: tuple[int, ...]) -> WeightRef:
        return self.replace(shape=shape, steps=(*self.steps, (method, argument)))


class Filled(Record):
    """Numbers that no file holds, since they are all the same."""

    value: float


def widen_bfloat16(bits: Any) -> Any:
    """Numbers of 16 bits, the upper half of those of 32, as the latter."""
    import numpy as np

    return (bits.astype(np.uint32) << 16).view(np.float32)


def find_array(weight: WeightRef, stored: Any) -> Any:
    """The weight's numbers, made of the array that is stored."""
    for method, *arguments in weight.steps:
        stored = getattr(stored, method)(*arguments)
    return stored
