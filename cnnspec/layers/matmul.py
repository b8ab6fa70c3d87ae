"""Products of matrices that both are computed: matmul."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.agreement import may_agree
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.merging import Dot, simplest
from cnnspec.layers.operation import BATCH_PRODUCT, INPUT, Operation
from cnnspec.layers.shape import Shape, product, show_shape
from cnnspec.layers.window import UNTRACED, Reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.torch_call import TorchCall


class Matmul(Layer):
    """Products of two tensors' matrices, which are their last two axes: one product for each place on the axes before.

    4x49x8 and 4x8x49 become 4x49x49, as attention with 4 heads multiplies queries with keys. Sizes of 1 on the axes before
    are repeated. Of two matrices it is dot along the last axis of one and the first of the other.
    """

    names: ClassVar[tuple[str, ...]] = ("matmul",)
    merges: ClassVar[bool] = True
    multiplies: ClassVar[bool] = True
    becomes: ClassVar[tuple[str, ...]] = ("ops.matmul",)
    most_calls: ClassVar[int] = 2
    counted: ClassVar[str] = "the length of a row for each output value"
    example: ClassVar[str] = "input 4x49x8\nmatmul(in, permute((1, 3, 2))) -> softmax"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 6x5\nmatmul(in, dense(5) -> permute((2, 1)))",
        "input 2x3x4x5\nmatmul(in, reduce_mean(1, keepdims=true) -> permute((1, 2, 4, 3)))",
    )

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if len(inputs) != 2:
            return Problem("E011", f"matmul takes 2 tensors, got {len(inputs)}", help="write matmul(in, …)")
        first, second = inputs
        shown = f"matmul of {show_shape(first)} and {show_shape(second)}"
        if len(first) != len(second) or len(first) < 2:
            what = "has no matrix" if min(len(first), len(second)) < 2 else "has different numbers of axes"
            return Problem("E102", f"{shown} {what}", "#2", "bring both to the same number of axes, at least 2")
        if not may_agree(first[-1], second[-2]):
            message = f"{shown}: rows of {first[-1]} meet columns of {second[-2]}"
            return Problem("E102", message, "#2", "swap axes by permute, so that both are of one length")
        if not all([1 in (a, b) or may_agree(a, b) for a, b in zip(first[:-2], second[:-2], strict=True)]):
            return Problem(
                "E102", f"{shown}: the axes before the matrices differ", "#2", "bring both to the same sizes"
            )
        return None

    def agreements(self, inputs: tuple[Shape, ...]) -> tuple[tuple[Dim, Dim], ...]:
        first, second = inputs
        before = [(a, b) for a, b in zip(first[:-2], second[:-2], strict=True) if 1 not in (a, b)]
        return ((first[-1], second[-2]), *before)

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        first, second = inputs
        before = [simplest([n for n in pair if n != 1] or [1]) for pair in zip(first[:-2], second[:-2], strict=True)]
        return (*before, first[-2], second[-1])

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        return self if inputs is None or len(inputs[0]) != 2 else Dot((2, 1)).canonical(inputs)

    def macs(self, inputs: tuple[Shape, ...]) -> Dim:
        return product(self.output(inputs)) * simplest([inputs[0][-1], inputs[1][-2]])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        length = simplest([inputs[0][-1], inputs[1][-2]])
        return (self.operation(inputs, kind=BATCH_PRODUCT, macs=self.macs(inputs), taps=length, keeps=INPUT),)

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return UNTRACED

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("ops.matmul", {}, "product"), KerasCall("Identity", {}))

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.multiply_matrices(len(inputs[0]))

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        return cls() if calls[0].name == "ops.matmul" else None
