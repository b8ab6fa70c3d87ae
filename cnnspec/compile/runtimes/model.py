"""A model that a runtime computes, asked as a Keras model is: examples of float32, channels last, in batches of any size."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]
    Shape = tuple[int | None, ...]


class RuntimeRefused(Exception):
    """A file is not run; one sentence says why."""


class RuntimeEnd(Record):
    """An input or an output: `shape` is that of an example, channels last, None for a size that is open.

    `dtype` is NumPy's name of what the file takes or yields; where that is quantised, an integer q stands for
    `scale` * (q - `zero`). `turned`: the file has channels first.
    """

    name: str
    shape: Shape
    dtype: str
    scale: float = 0.0
    zero: int = 0
    turned: bool = False

    def encode(self, values: Array) -> Array:
        """Values (N, …), float32, as the file takes them."""
        import numpy as np

        if self.turned:
            values = np.moveaxis(values, -1, 1)
        if self.scale:
            values = values / np.float32(self.scale) + np.float32(self.zero)
        if self.dtype == "bool":
            return values > 0.5
        if np.issubdtype(self.dtype, np.integer):
            range = np.iinfo(self.dtype)
            values = np.clip(np.rint(values.astype(np.float64)), range.min, range.max)
        return np.ascontiguousarray(values, self.dtype)

    def decode(self, values: Array) -> Array:
        """What the file yields, (N, …), as float32."""
        import numpy as np

        values = values.astype(np.float32)
        if self.scale:
            values = np.float32(self.scale) * (values - np.float32(self.zero))
        return np.moveaxis(values, 1, -1) if self.turned else values


class RuntimeModel(ABC):
    """`runtime` is its name, `batch` the only number of examples that the file takes at once, None where it takes any.

    `activations` has the function that each output has passed through last, "" where that is not known; `metadata` is what the
    file says of itself.
    """

    runtime: str
    inputs: tuple[RuntimeEnd, ...]
    outputs: tuple[RuntimeEnd, ...]
    activations: tuple[str, ...]
    metadata: Mapping[str, str]
    batch: int | None

    @abstractmethod
    def compute(self, given: Sequence[Array]) -> list[Array]:
        """The outputs for one batch, both as the file has them."""

    def predict_on_batch(self, given: Any) -> list[Array]:
        """Each output, float32, for an array, or for a tuple of one an input; MemoryError where there is no room for it."""
        import numpy as np

        arrays = [np.asarray(one, np.float32) for one in (given if isinstance(given, (tuple, list)) else (given,))]
        count, step = len(arrays[0]), self.batch or len(arrays[0])
        made = [self._compute_rows([one[start : start + step] for one in arrays]) for start in range(0, count, step)]
        return [np.concatenate(rows)[:count] for rows in zip(*made, strict=True)]

    def _compute_rows(self, arrays: Sequence[Array]) -> list[Array]:
        """The outputs for as many examples as the file takes at once, or for fewer, which are filled up."""
        import numpy as np

        missing = 0 if self.batch is None else self.batch - len(arrays[0])
        if missing:
            arrays = [np.concatenate([one, np.repeat(one[-1:], missing, axis=0)]) for one in arrays]
        made = self.compute([end.encode(one) for end, one in zip(self.inputs, arrays, strict=True)])
        return [end.decode(one) for end, one in zip(self.outputs, made, strict=True)]
