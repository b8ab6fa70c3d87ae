"""Sums over axes: reduce_mean, reduce_sum, reduce_max, reduce_l2; of all spatial axes together some are global pools."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import argument, axes, flag
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.global_pooling import GlobalAvgPool, GlobalMaxPool
from cnnspec.layers.operation import BOTH, REDUCED_MEAN, REDUCTION, Keeps, Operation
from cnnspec.layers.shape import Shape, axis_problem, find_places, product, show_shape
from cnnspec.layers.window import EACH, UNTRACED, Reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.torch_call import TorchCall

AXIS = argument(axes, "axis or axes that go, counted from 1; -1 is the channels", keras="-")
KEEPDIMS = argument(flag, "whether the axes stay, with size 1", False, "-")


class Reduction(Layer):
    """What they have in common."""

    most_calls: ClassVar[int] = 2
    reduces: ClassVar[str] = "axis"
    word: ClassVar[str]  # of Keras's function
    torch_name: ClassVar[str]
    as_global: ClassVar[type[GlobalAvgPool | GlobalMaxPool] | None] = None
    if TYPE_CHECKING:  # fields of the subclasses
        axis: Any
        keepdims: bool

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := axis_problem(self.axis, inputs[0]):
            return found
        if len(find_places(self.axis, inputs[0])) == len(inputs[0]) and not self.keepdims:
            message = f"{self.names[0]} over every axis of {show_shape(inputs[0])} leaves no axis"
            return Problem("E011", message, "axis", "keep one axis, or write keepdims=true")
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        gone = find_places(self.axis, inputs[0])
        sizes = [1 if place in gone else n for place, n in enumerate(inputs[0])]
        return tuple([n for place, n in enumerate(sizes) if self.keepdims or place not in gone])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        joined = product(tuple([inputs[0][place] for place in find_places(self.axis, inputs[0])]))
        return (self.operation(inputs, taps=joined, channels=self.output(inputs)[-1]),)

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        gone, last = find_places(self.axis, inputs[0]), len(inputs[0]) - 1
        if gone[:last] == list(range(last)):  # every spatial axis
            return None
        return (EACH,) * last if gone == [last] and self.keepdims else UNTRACED

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.output(inputs) == inputs[0]

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        """The global pool that it is over all spatial axes of a map."""
        pool = self.as_global
        if pool is not None and inputs is not None and 1 < len(inputs[0]) < 5:
            if find_places(self.axis, inputs[0]) == list(range(len(inputs[0]) - 1)):
                return pool(keepdims=self.keepdims).canonical(inputs)
        return super().canonical(inputs)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.reduce(self.torch_name, find_places(self.axis, inputs[0]), self.keepdims, len(inputs[0]))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        places = tuple([place + 1 for place in find_places(self.axis, inputs[0])])
        given = {"axis": places, **({"keepdims": True} if self.keepdims else {})}
        return (KerasCall(f"ops.{self.word}", given, self.word), KerasCall("Identity", {}))

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        given = calls[0].arguments
        if calls[0].name != f"ops.{cls.word}":
            return None
        axis = tuple(given["axis"])
        return cls(axis=axis[0] if len(axis) == 1 else axis, keepdims=given.get("keepdims", False))


class ReduceMean(Reduction):
    """Mean over one axis or several, which go unless keepdims=true; axes count the batch as 0, as in Keras.

    Over all spatial axes of a map it is gap.
    """

    names: ClassVar[tuple[str, ...]] = ("reduce_mean", "reducemean")
    becomes: ClassVar[tuple[str, ...]] = ("ops.mean",)
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 8x6x4\nreduce_mean(-1, keepdims=true)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 8x6x4\nreduce_mean(1)", "input 8x6x4\nreduce_mean((1, 3))")
    kind: ClassVar[str] = REDUCED_MEAN
    word: ClassVar[str] = "mean"
    torch_name: ClassVar[str] = ".mean"
    as_global: ClassVar[type[GlobalAvgPool | GlobalMaxPool] | None] = GlobalAvgPool

    axis: Any = AXIS
    keepdims: bool = KEEPDIMS


class ReduceSum(Reduction):
    """Sum over one axis or several, which go unless keepdims=true; axes count the batch as 0, as in Keras."""

    names: ClassVar[tuple[str, ...]] = ("reduce_sum", "reducesum")
    becomes: ClassVar[tuple[str, ...]] = ("ops.sum",)
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 8x6x4\nreduce_sum(1)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 8x6x4\nreduce_sum((1, 2, 3), keepdims=true)",)
    kind: ClassVar[str] = REDUCTION
    word: ClassVar[str] = "sum"
    torch_name: ClassVar[str] = ".sum"

    axis: Any = AXIS
    keepdims: bool = KEEPDIMS


class ReduceMax(Reduction):
    """Maximum over one axis or several, which go unless keepdims=true; axes count the batch as 0, as in Keras.

    Over all spatial axes of a map it is gmp.
    """

    names: ClassVar[tuple[str, ...]] = ("reduce_max", "reducemax")
    becomes: ClassVar[tuple[str, ...]] = ("ops.max",)
    example: ClassVar[str] = "input 8x6x4\nreduce_max(-1, keepdims=true)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 8x6x4\nreduce_max(2)",)
    kind: ClassVar[str] = REDUCTION
    keeps: ClassVar[Keeps] = BOTH
    takes_largest: ClassVar[bool] = True
    word: ClassVar[str] = "max"
    torch_name: ClassVar[str] = ".amax"
    as_global: ClassVar[type[GlobalAvgPool | GlobalMaxPool] | None] = GlobalMaxPool

    axis: Any = AXIS
    keepdims: bool = KEEPDIMS


class ReduceL2(Reduction):
    """Length over one axis or several, the root of the sum of squares; they go unless keepdims=true.

    Axes count the batch as 0, as in Keras, which takes one or two of them. Over the spatial axes it says how strong each
    channel is, as in global response normalisation: multiply(in, n) with n the length of each channel, divided by their
    mean.

    Source: Woo et al., "ConvNeXt V2" (2023).
    """

    names: ClassVar[tuple[str, ...]] = ("reduce_l2", "reducel2", "l2_norm")
    becomes: ClassVar[tuple[str, ...]] = ("ops.norm",)
    example: ClassVar[str] = "input 8x6x4\nreduce_l2((1, 2), keepdims=true)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 8x6x4\nreduce_l2(-1)",
        "input 8x6x4\nreduce_l2((1, 2), keepdims=true) as n\ndivide(n, reduce_mean(-1, keepdims=true))",
        "input 8x6x4\nreduce_l2((1, 2, 3), keepdims=true)",
    )
    kind: ClassVar[str] = REDUCTION
    keeps: ClassVar[Keeps] = BOTH
    word: ClassVar[str] = "norm"
    torch_name: ClassVar[str] = "torch.linalg.vector_norm"

    axis: Any = AXIS
    keepdims: bool = KEEPDIMS

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return False  # the length of one number is its absolute value

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if (count := len(find_places(self.axis, inputs[0]))) < 3:
            return None
        message = f"Keras takes the length over one axis or two, not over {count}"
        return Problem("E116", message, "axis", "write square -> reduce_sum -> sqrt")
