"""Numbers that do not depend on the network's input: weights, whose values stay in the file, and shapes, which are read."""

from __future__ import annotations

from math import prod

from cnnspec.base.record import Record
from cnnspec.model_files.onnx.messages import FLOATS, INT64, MAX_VALUES, OnnxTensor
from cnnspec.model_files.views.weight_ref import WeightRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any


class Constant:
    """An array of numbers, row by row.

    `name` is the weight that they are, or are made of; "" for numbers that no tensor of the file holds. The values are
    None where the file does not have them, or they are too many to be worth it; `view` is what they are of a tensor of the
    file, None where they are computed of others.
    """

    __slots__ = ("_tensor", "_values", "element", "name", "shape", "view")

    def __init__(
        self, shape: Iterable[int], values: Sequence[Any] | None, element: int = INT64, name: str = "",
        tensor: OnnxTensor | None = None, view: WeightRef | None = None,
    ) -> None:  # fmt: skip
        self.shape = tuple(shape)
        self.element = element
        self.name = name
        self._values = None if values is None else tuple(values)
        self._tensor = tensor
        self.view = view

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

    def reshape(self, shape: Iterable[int]) -> Constant:
        """The same numbers in the same order."""
        shape = tuple(shape)
        return Constant(shape, self.values, self.element, self.name, view=self.view and self.view.reshape(shape))

    def select(self, shape: Iterable[int], positions: Iterable[int] | None, view: WeightRef | None = None) -> Constant:
        """The numbers at some positions, None: too many to be worth it; `view` is what they are of a tensor of the file."""
        shape = tuple(shape)
        values = self.values
        if values is not None:
            few = positions is not None and prod(shape) <= MAX_VALUES
            values = tuple([values[i] for i in positions or ()]) if few else None
        return Constant(shape, values, self.element, self.name, view=view)

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
        return Constant(self.shape, self._values, self.element, name, self._tensor, self.view)

    def __repr__(self) -> str:
        return f"Constant({self.shape}, {self.values}, name={self.name!r})"


class WorkedOut(Record):
    """The numbers of a weight that no tensor of the file has as they are: worked out of others."""

    shape: tuple[int, ...]
    values: tuple[Any, ...]


def make_constant(tensor: OnnxTensor, name: str | None = None) -> Constant:
    """A tensor of the file, whose values are read when they are asked for."""
    name = tensor.name if name is None else name
    return Constant(tensor.dims, None, tensor.type, name, tensor, WeightRef(name, tensor.dims, tensor))
