"""Numbers that do not depend on the network's input: weights, whose values stay in the file, and shapes, which are read."""

from __future__ import annotations

from math import prod

from cnnspec.model_files.onnx.messages import FLOATS, INT64, MAX_VALUES, OnnxTensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any


class Constant:
    """An array of numbers, row by row.

    `name` is the weight that they are, or are made of; "" for numbers that no tensor of the file holds. The values are
    None where the file does not have them, or they are too many to be worth it.
    """

    __slots__ = ("_tensor", "_values", "element", "name", "shape")

    def __init__(
        self, shape: Iterable[int], values: Sequence[Any] | None, element: int = INT64, name: str = "", tensor: OnnxTensor | None = None
    ) -> None:  # fmt: skip
        self.shape = tuple(shape)
        self.element = element
        self.name = name
        self._values = None if values is None else tuple(values)
        self._tensor = tensor

    @property
    def count(self) -> int:
        return prod(self.shape)

    @property
    def values(self) -> tuple[Any, ...] | None:
        """The numbers, which are read from the file at the first use."""
        if self._values is None and self._tensor is not None:
            self._values = self._tensor.read_values()
            self._tensor = None
        return self._values

    @property
    def value(self) -> Any:
        """The one number that it is; None for more than one, and for one that is not known."""
        return self.values[0] if self.count == 1 and self.values is not None else None

    def select(self, shape: Iterable[int], positions: Iterable[int] | None = None) -> Constant:
        """Another arrangement of these numbers: all of them in order, or those at some positions."""
        shape = tuple(shape)
        values = self.values
        if values is not None and positions is not None:
            values = tuple([values[i] for i in positions]) if prod(shape) <= MAX_VALUES else None
        return Constant(shape, values, self.element, self.name)

    @property
    def is_weight(self) -> bool:
        """Whether it may be learned: numbers of the file, more than one, that are no integers."""
        return bool(self.name) and self.count > 1 and self.element in FLOATS

    def is_uniform(self) -> bool:
        """Whether its numbers, more than one, are all the same: a weight at its beginning. False for those not in the file."""
        if self.count < 2:
            return False
        if self._values is None and self._tensor is not None:
            return self._tensor.is_uniform()
        return self._values is not None and len(set(self._values)) == 1

    def rename(self, name: str) -> Constant:
        """The same numbers as a weight of another name."""
        return Constant(self.shape, self._values, self.element, name, self._tensor)

    def __repr__(self) -> str:
        return f"Constant({self.shape}, {self.values}, name={self.name!r})"


def make_constant(tensor: OnnxTensor, name: str | None = None) -> Constant:
    """A tensor of the file, whose values are read when they are asked for."""
    return Constant(tensor.dims, None, tensor.type, tensor.name if name is None else name, tensor)
