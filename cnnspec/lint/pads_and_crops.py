"""Layers that add positions around a map, cut some off, or shift it: pads and crops, whichever they are."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.lint.context import Context


def moves_edges(node: Node, context: Context) -> bool:
    """Whether each position of a node is one of its input's or padding, at other places or as many as not before."""
    inputs, output, reach = context.facts.inputs_of(node.index), node.shape, context.reaches[node.index]
    if node.layer is None or not reach or inputs is None or len(inputs) != 1 or output is None:
        return False
    if context.facts.windows[node.index] or any([axis.low != axis.high or axis.step != axis.over for axis in reach]):
        return False
    return inputs[0][:-1] != output[:-1] or any([axis.low != 0 for axis in reach])
