"""The layers that slide a window over a map, as the rules that ask for kernels and strides see them."""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.facts.facts import Facts
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.layers.window import Window
    from cnnspec.lint.context import Context


class Sliding(Record):
    """A convolution (it has weights) or a pool, with the window of each spatial axis."""

    node: Node
    entering: Shape
    windows: tuple[Window, ...]
    weighs: bool
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padded: bool


def sliding_layers(context: Context, weighs: bool | None = None) -> list[Sliding]:
    """All of them in order; convolutions alone, or pools alone."""
    return [one for one in context.sliding if weighs is None or weighs is one.weighs]


def sliding(facts: Facts) -> list[Sliding]:
    """The convolutions and pools of a network, in order."""
    known = {node.index: _figures(node.layer, facts.windows[node.index]) for node in facts.firsts}
    found = []
    for node, first in zip(facts.graph.nodes, facts.alike, strict=True):
        figures, inputs = known[first], facts.inputs_of(first)
        if figures is not None and inputs is not None:
            found.append(Sliding(node, inputs[0], *figures))
    return found


def _figures(
    layer: Layer | None, windows: tuple[Window, ...]
) -> tuple[tuple[Window, ...], bool, tuple[int, ...], tuple[int, ...], bool] | None:
    """What layers alike share; None for a layer without windows."""
    if layer is None or not windows:
        return None
    kernel, stride = tuple([window.kernel for window in windows]), tuple([window.stride for window in windows])
    padded = any([window.before != 0 or window.after != 0 for window in windows])
    return windows, bool(layer.counted), kernel, stride, padded


def in_short(sizes: tuple[int, ...]) -> str:
    """A stride: 2 for 2x2, 2x4 where the axes differ."""
    return "x".join(map(str, sizes)) if len(set(sizes)) > 1 else str(sizes[0])
