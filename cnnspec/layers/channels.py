"""Layers that choose and order channels: slice, channel_shuffle."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import argument, count, integer, optional
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.depth_to_space import DepthToSpace
from cnnspec.layers.shape import Shape, groups_problem, show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from cnnspec.layers.torch_call import TorchCall


class Slice(Layer):
    """Some of the channels: slice(0, 58) are the first 58, slice(58) is what comes behind them.

    Channels count from 0, and `end` is the first that is left out; negative numbers count from the last channel. The
    halves of a tensor are slice(0, in.channels // 2) and slice(in.channels // 2). Becomes x[..., begin:end] in Keras.
    """

    names: ClassVar[tuple[str, ...]] = ("slice", "channels")
    example: ClassVar[str] = "input 28x28x116\nslice(0, 58)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 28x28x116\nconcat(slice(0, 58), slice(58) -> conv(58, 1x1) -> relu) -> channel_shuffle(2)",
        "input 9x7\nslice(-3, -1)",
        "input 12\nslice(2, 5)",
        "input 3x4x5x6\nslice(1)",
    )

    most_calls: ClassVar[int] = 2
    becomes: ClassVar[tuple[str, ...]] = ("ops.get_item",)

    begin: int = argument(integer, "the first channel", keras="-", aliases=("start",))
    end: int | None = argument(optional(integer), "the first channel behind them", None, "-", ("stop",))

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        channels = inputs[0][-1] if inputs is not None else None
        if not isinstance(channels, int):
            return self
        begin, end = self._bounds(channels)
        return self.replace(begin=begin, end=None if end == channels else end)

    def _bounds(self, channels: int) -> tuple[int, int]:
        """The first channel and the one behind the last, from 0."""
        end = channels if self.end is None else self.end
        return (self.begin + channels * (self.begin < 0), end + channels * (end < 0))

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        channels = inputs[0][-1]
        if not isinstance(channels, int):
            message = f"slice of {show_shape(inputs[0])}: how many channels there are is not known"
            return Problem("E017", message, help="give the input a number of channels")
        begin, end = self._bounds(channels)
        if not 0 <= begin < channels:
            message = (
                f"slice begins at channel {self.begin}, but {show_shape(inputs[0])} has channels 0 to {channels - 1}"
            )
            return Problem("E103", message, "begin", f"channels count from 0, or from -{channels}")
        if not begin < end <= channels:
            message = (
                f"slice from channel {self.begin} to {self.end} of {channels} holds no channel"
                if end <= begin
                else (
                    f"slice ends at {self.end}, but {show_shape(inputs[0])} has {channels} channel{'s' * (channels != 1)}"
                )
            )
            return Problem("E103", message, "end", "end is the first channel that is left out; leave it away for all")
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        channels = inputs[0][-1]
        assert isinstance(channels, int)
        begin, end = self._bounds(channels)
        return (*inputs[0][:-1], end - begin)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        chosen = (..., slice(self.begin, self.end))
        return (KerasCall("ops.get_item", {"key": chosen}, "slice"), KerasCall("Identity", {}))

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import TorchCall

        return (TorchCall("[]", {"index": (slice(None), slice(self.begin or None, self.end))}),)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        if calls[0].name != "ops.get_item":
            return None
        chosen = calls[0].arguments["key"][-1]
        return cls(chosen.start, chosen.stop)


class ChannelShuffle(Layer):
    """Channels dealt out anew, one of each group in turn, so that grouped convolutions exchange what they see.

    Source: Zhang et al., "ShuffleNet" (2018), figure 1. Becomes Reshape, Permute, Reshape in Keras.
    """

    names: ClassVar[tuple[str, ...]] = ("channel_shuffle", "channelshuffle", "shuffle")
    example: ClassVar[str] = "input 8x8x12\nconv(12, 1x1, groups=3) -> channel_shuffle(3)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 9x4\nchannel_shuffle(2)",)

    most_calls: ClassVar[int] = 3

    groups: int = argument(count, "number of groups", keras="-")

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        idle = inputs is not None and self.idle(inputs)
        return DepthToSpace(1) if idle else super().canonical(inputs)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.groups in (1, inputs[0][-1])

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return groups_problem(self.groups, (inputs[0][-1], "{} channels"))

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if all([isinstance(n, int) for n in inputs[0]]):
            return None
        message = f"Keras takes no channel_shuffle of {show_shape(inputs[0])}: its Reshape needs known sizes"
        return Problem("E116", message, help="give the input a size")

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        *space, channels = inputs[0]
        rank = len(space)
        return (
            KerasCall("Reshape", {"target_shape": (*space, self.groups, channels // self.groups)}, "split"),
            KerasCall("Permute", {"dims": (*range(1, rank + 1), rank + 2, rank + 1)}, "shuffle"),
            KerasCall("Reshape", {"target_shape": inputs[0]}),
        )

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        return torch_reshaping.shuffle(self.groups, inputs[0])

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        if [call.name for call in calls] != ["Reshape", "Permute", "Reshape"]:
            return None
        split = calls[0].arguments.get("target_shape") or [0]
        return cls(count(split[-2])) if len(split) == len(inputs[0]) + 1 else None
