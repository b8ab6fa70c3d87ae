"""The layers that slide a window over a map, as the rules that ask for kernels and strides see them."""

from __future__ import annotations

from cnnspec.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.elaborate.graph import Node
    from cnnspec.layers.base import Shape
    from cnnspec.layers.window import Window
    from cnnspec.rules.context import Context


class Sliding(Record):
    """A convolution (it has weights) or a pool, with the window of each spatial axis."""

    node: Node
    entering: Shape
    windows: tuple[Window, ...]
    weighs: bool

    @property
    def kernel(self) -> tuple[int, ...]:
        return tuple([window.kernel for window in self.windows])

    @property
    def stride(self) -> tuple[int, ...]:
        return tuple([window.stride for window in self.windows])

    @property
    def padded(self) -> bool:
        return any([window.before != 0 or window.after != 0 for window in self.windows])


def slid(context: Context, weighs: bool | None = None) -> Iterator[Sliding]:
    """All of them in order; convolutions alone, or pools alone."""
    for node in context.graph.nodes:
        inputs = context.facts.inputs_of(node.index)
        if node.layer is None or inputs is None or node.shape is None:
            continue
        windows = node.layer.windows(inputs)
        if windows and (weighs is None or weighs is bool(node.layer.counted)):
            yield Sliding(node, inputs[0], windows, bool(node.layer.counted))


def in_short(sizes: tuple[int, ...]) -> str:
    """A stride: 2 for 2x2, 2x4 where the axes differ."""
    return "x".join(map(str, sizes)) if len(set(sizes)) > 1 else str(sizes[0])
