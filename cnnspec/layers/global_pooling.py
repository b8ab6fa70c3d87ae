"""Pooling over the whole map: gmp, gap."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import argument, flag
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.operation import BOTH, GLOBAL_AVERAGE, GLOBAL_MAX, Keeps, Operation
from cnnspec.layers.reshaping import Flatten, Reshape
from cnnspec.layers.shape import Shape, needs_space, product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from cnnspec.layers.torch_call import TorchCall
    from cnnspec.layers.window import Reach


class GlobalPool(Layer):
    """What gap and gmp have in common."""

    word: ClassVar[str]
    keras_name: ClassVar[str]
    torch_name: ClassVar[str]
    if TYPE_CHECKING:  # a field of the subclasses
        keepdims: bool

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return needs_space(inputs, self.word)

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        channels = inputs[0][-1:]
        return ((1,) * (len(inputs[0]) - 1) if self.keepdims else ()) + channels

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        return (self.operation(inputs, taps=product(inputs[0][:-1]), channels=inputs[0][-1]),)

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return None

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.output(inputs) == inputs[0]

    def reshaped(self, behind: Layer, inputs: tuple[Shape, ...]) -> Layer | None:
        """The pool that keeps its axes, or drops them, as the reshape behind it does."""
        other = self.replace(keepdims=not self.keepdims)
        reshaped = isinstance(behind, (Flatten, Reshape)) and behind.output((self.output(inputs),))
        return other if reshaped == other.output(inputs) else None

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall(f"{self.keras_name}{len(inputs[0]) - 1}D", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import TorchCall

        kept = {"keepdim": True} if self.keepdims else {}
        return (TorchCall(self.torch_name, {"dim": tuple(range(2, len(inputs[0]) + 1)), **kept}),)


class GlobalAvgPool(GlobalPool):
    """Global average pooling: the mean of each channel over all positions.

    HxWxC becomes C values, or 1x1xC with keepdims=true.
    """

    names: ClassVar[tuple[str, ...]] = (
        "gap", "globalaveragepooling1d", "globalaveragepooling2d", "globalaveragepooling3d",
        "globalavgpool1d", "globalavgpool2d", "globalavgpool3d", "global_avgpool", "globalaveragepooling",
    )  # fmt: skip
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 7x7x64\ngap"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 7x5x6\ngap(keepdims=true)",
        "input 9x4\ngap",
        "input 3x4x5x2\ngap",
    )
    kind: ClassVar[str] = GLOBAL_AVERAGE
    word: ClassVar[str] = "gap"
    keras_name: ClassVar[str] = "GlobalAveragePooling"
    torch_name: ClassVar[str] = ".mean"

    keepdims: bool = argument(flag, "whether the axes stay, with size 1", False)


class GlobalMaxPool(GlobalPool):
    """Global max pooling: the maximum of each channel over all positions.

    HxWxC becomes C values, or 1x1xC with keepdims=true.
    """

    names: ClassVar[tuple[str, ...]] = (
        "gmp", "globalmaxpooling1d", "globalmaxpooling2d", "globalmaxpooling3d",
        "globalmaxpool1d", "globalmaxpool2d", "globalmaxpool3d", "global_maxpool", "globalmaxpooling",
    )  # fmt: skip
    example: ClassVar[str] = "input 7x7x64\ngmp"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 7x5x6\ngmp(keepdims=true)",
        "input 9x4\ngmp",
        "input 3x4x5x2\ngmp",
    )
    kind: ClassVar[str] = GLOBAL_MAX
    keeps: ClassVar[Keeps] = BOTH
    word: ClassVar[str] = "gmp"
    keras_name: ClassVar[str] = "GlobalMaxPooling"
    torch_name: ClassVar[str] = ".amax"

    keepdims: bool = argument(flag, "whether the axes stay, with size 1", False)
