"""Layers that turn channels into positions and back: depth_to_space, space_to_depth."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import argument, choice, count
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.shape import Shape, needs_space, show_shape
from cnnspec.layers.window import Reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.torch_call import TorchCall

SIZE = argument(count, "rows and columns of a block", 2, "-", ("block_size", "factor", "scale"))
ORDER = argument(choice("dcr", "crd"), "whether a position in the block or the channel is the outer index", "dcr", "-")


class BlockLayer(Layer):
    """What the two have in common: blocks of size x size positions (along each axis), and the channels that they become."""

    most_calls: ClassVar[int] = 3
    if TYPE_CHECKING:  # fields of the subclasses
        size: int
        order: str

    def _block(self, shape: Shape) -> int:
        """How many positions a block has."""
        return int(self.size ** (len(shape) - 1))

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if all([isinstance(n, int) for n in inputs[0]]):
            return None
        message = f"Keras takes no {self.names[0]} of {show_shape(inputs[0])}: its Reshape needs known sizes"
        return Problem("E116", message, help="give the input a size")

    def _calls(self, divided: Shape, order: list[int], output: Shape) -> tuple[KerasCall, ...]:
        """The values with other axes, those in another order, and the output's axes."""
        given: dict[str, Any] = {"target_shape": divided}
        dims = tuple([axis + 1 for axis in order])
        return (
            KerasCall("Reshape", given, "blocks"),
            KerasCall("Permute", {"dims": dims}, "move"),
            KerasCall("Reshape", {"target_shape": output}),
        )

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        return DepthToSpace(1) if self.size == 1 else super().canonical(inputs)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.size == 1

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """The layer of three such calls: its size is what the rows grow or shrink by."""
        before = inputs[0][0]
        if [call.name for call in calls] != ["Reshape", "Permute", "Reshape"] or not isinstance(before, int):
            return None
        target, moved = calls[2].arguments.get("target_shape"), calls[1].arguments.get("dims")
        if not target or not moved or not isinstance(target[0], int):
            return None
        size = max(before, target[0]) // max(1, min(before, target[0]))
        return cls(size, "dcr" if moved[-1] == 2 * (len(inputs[0]) - 1) + 1 else "crd")


class DepthToSpace(BlockLayer):
    """Channels become positions: HxWxC, with blocks of r x r, becomes rH x rW x C/r^2. No parameters.

    Upsampling by a convolution that gives r^2 values for each position (sub-pixel convolution). With order=dcr, as in
    TensorFlow, the channels are r^2 groups, one for each position of a block; with order=crd, as in PyTorch's
    pixel_shuffle, each output channel comes from r^2 neighbouring channels. Becomes Reshape, Permute, Reshape in Keras.

    Source: Shi et al., "Real-Time Single Image and Video Super-Resolution" (2016).
    """

    names: ClassVar[tuple[str, ...]] = ("depth_to_space", "depthtospace", "pixel_shuffle", "pixelshuffle")
    presets: ClassVar[dict[str, dict[str, Any]]] = {"pixel_shuffle": {"order": "crd"}, "pixelshuffle": {"order": "crd"}}
    example: ClassVar[str] = "input 8x8x3\nconv(48, 3x3, padding=same) -> depth_to_space(4)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 5x6x8\npixel_shuffle(2)",
        "input 7x6\ndepth_to_space(3)",
        "input 2x3x4x16\ndepth_to_space(2, order=crd)",
    )

    size: int = SIZE
    order: str = ORDER

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := needs_space(inputs, "depth_to_space"):
            return found
        channels, block = inputs[0][-1], self._block(inputs[0])
        if isinstance(channels, int) and channels % block:
            message = f"depth_to_space({self.size}) takes {block} channels for each of its output, got {channels}"
            return Problem("E103", message, "size", f"give it a multiple of {block} channels")
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*[n * self.size for n in inputs[0][:-1]], inputs[0][-1] // self._block(inputs[0]))

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return (Reach(1, self.size, 0, 0),) * (len(inputs[0]) - 1)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        *space, channels = inputs[0]
        rank, left = len(space), channels // self._block(inputs[0])
        blocks = (self.size,) * rank
        split = (*blocks, left) if self.order == "dcr" else (left, *blocks)
        first = rank if self.order == "dcr" else rank + 1  # the axis of the block's rows
        mixed = [axis for place in range(rank) for axis in (place, first + place)]
        last = 2 * rank if self.order == "dcr" else rank
        return self._calls((*space, *split), [*mixed, last], self.output(inputs))

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.open_blocks(self.size, self.order == "crd", inputs[0])


class SpaceToDepth(BlockLayer):
    """Positions become channels: HxWxC, with blocks of r x r, becomes H/r x W/r x C r^2. No parameters.

    Halves a map without losing a value. With order=dcr, as in TensorFlow, the channels of one position of a block stand
    together; with order=crd, as in PyTorch's pixel_unshuffle, the positions of one channel do. Becomes Reshape, Permute,
    Reshape in Keras.
    """

    names: ClassVar[tuple[str, ...]] = ("space_to_depth", "spacetodepth", "pixel_unshuffle", "pixelunshuffle")
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "pixel_unshuffle": {"order": "crd"}, "pixelunshuffle": {"order": "crd"},
    }  # fmt: skip
    example: ClassVar[str] = "input 32x32x3\nspace_to_depth(2) -> conv(32, 3x3, padding=same)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 6x8x3\npixel_unshuffle(2)",
        "input 9x4\nspace_to_depth(3)",
        "input 4x6x2x3\nspace_to_depth(2, order=crd)",
    )

    size: int = SIZE
    order: str = ORDER

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := needs_space(inputs, "space_to_depth"):
            return found
        odd = [n for n in inputs[0][:-1] if isinstance(n, int) and n % self.size]
        if odd:
            message = f"space_to_depth({self.size}) takes blocks of {self.size} positions, and {odd[0]} is no multiple"
            return Problem("E103", message, "size", "pad or crop it first, or give a size that divides it")
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*[n // self.size for n in inputs[0][:-1]], inputs[0][-1] * self._block(inputs[0]))

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return (Reach(self.size, 1, 0, self.size - 1),) * (len(inputs[0]) - 1)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        *space, channels = inputs[0]
        rank = len(space)
        divided = (*[size for n in space for size in (n // self.size, self.size)], channels)
        outer, blocks = [2 * place for place in range(rank)], [2 * place + 1 for place in range(rank)]
        behind = [*blocks, 2 * rank] if self.order == "dcr" else [2 * rank, *blocks]
        return self._calls(divided, [*outer, *behind], self.output(inputs))

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.close_blocks(self.size, self.order == "crd", inputs[0])
