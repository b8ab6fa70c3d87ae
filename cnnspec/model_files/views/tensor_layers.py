"""Layers that leave every value where it is, and reshapes: what is right in the arrangement that a tensor has."""

from __future__ import annotations

from math import prod

from cnnspec.model_files.layer_words import make_layer
from cnnspec.model_files.views.arrangement import find_values_order
from cnnspec.model_files.views.arranging import (
    align,
    arrange_as_seen,
    arrange_channels_last,
    arrange_for_weights,
    arrange_freely,
)
from cnnspec.model_files.views.atoms import find_telling
from cnnspec.model_files.views.tensor import (
    CutsAcross,
    Inexpressible,
    Tensor,
    complete_output,
    complete_shape,
    flatten,
    holds_batch,
    regroup,
    show_sizes,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.graph import Graph
    from cnnspec.layers.base import Layer
    from cnnspec.model_files.views.atoms import Axis
    from cnnspec.model_files.views.graph_builder import GraphBuilder
    from cnnspec.model_files.views.weight_ref import WeightRef


def add_elementwise(builder: GraphBuilder, layer: Layer, x: Tensor, weights: Sequence[WeightRef] = ()) -> Tensor:
    """A layer that treats each value apart, so that any arrangement is right."""
    return x.replace(node=builder.add_layer(layer, x.node, weights=weights, axes=builder.axes[x.node]))


def add_channelwise(
    builder: GraphBuilder, layer: Layer, x: Tensor, weights: Sequence[WeightRef] = (), in_order: bool = False
) -> Tensor:
    """A layer that keeps its input's shape and treats each channel, the tensor's axis 1, apart from the others. `in_order`: the
    layer itself says something of the channels by their order, as which of them are a group."""
    node = arrange_channels_last(builder, x) if in_order else arrange_for_weights(builder, x, channels=1)
    own = builder.axes[node]
    rows = [follow_axis(weight.reshape((prod(weight.shape),)), x.axes[1], own[-1]) for weight in weights]
    index = builder.add_layer(layer, node, weights=rows, axes=own)
    return x.replace(node=index) if node == x.node else builder.see_channels_first(index)


def follow_axis(weight: WeightRef, seen: Axis, own: Axis) -> WeightRef:
    """A weight with a value, or a row, for each position of an axis as a tensor has it, for the same axis as its node has it."""
    atoms = find_telling(seen)
    order = [atoms.index(atom) for atom in find_telling(own)]
    return weight.reorder(0, [atom.size for atom in atoms], order)


def add_merge(builder: GraphBuilder, layer: Layer, *tensors: Tensor) -> Tensor:
    """A layer that combines tensors value by value; axes of size 1 are repeated."""
    alike = {find_values_order(builder.axes[x.node], x.axes[1:]) for x in tensors}
    if len(alike) == 1:
        first = tensors[0]
        index = builder.add_layer(layer, *[x.node for x in tensors], axes=builder.axes[first.node])
        return first.replace(node=index)
    nodes, order = align(builder, tensors)
    return builder.see(builder.add_layer(layer, *nodes), order)


def reshape(builder: GraphBuilder, x: Tensor, shape: Sequence[int]) -> Tensor:
    """The same values, in the framework's order, in another shape, the batch first; one size may be -1."""
    shape = complete_shape(x, shape)
    if len(shape) == 2 and shape[0] == x.shape[0] and len(x.axes) > 2:
        return flatten_all(builder, x)
    try:
        return regroup(x, shape)
    except CutsAcross:
        if len(shape) < 2 or shape[0] != x.shape[0]:
            what = f"{show_sizes(x.shape)} to {show_sizes(shape)}"
            raise Inexpressible(f"it mixes the examples of a batch with other axes ({what})") from None
    row = arrange_as_seen(builder, flatten(x))
    return builder.see(builder.add_layer(make_layer("reshape", shape[1:]), row))


def flatten_all(builder: GraphBuilder, x: Tensor) -> Tensor:
    """Batch and one row. A map becomes a flat node, whose row may stand in another order than the framework's; of a global
    pool that kept its axes one that drops them is made at once, so that what comes between (dropout) needs no flatten."""
    made = flatten(x)
    own = builder.axes[x.node]
    if holds_batch(made.axes[1]):
        return made
    if len([axis for axis in own if find_telling(axis)]) < 2:
        node = builder.graph.nodes[x.node]
        drops = node.layer is not None and node.layer.reshaped(make_layer("flatten"), builder.find_shapes(node.inputs))
        return made.replace(node=arrange_as_seen(builder, made)) if drops and len(own) > 1 else made
    row = tuple([atom for axis in own for atom in axis])
    return made.replace(node=builder.add_layer(make_layer("flatten"), x.node, axes=(row,)))


def finish(builder: GraphBuilder, outputs: Sequence[Tensor]) -> Graph:
    """The graph of a model with these outputs; what none of them depends on is left out. Raises Inexpressible."""
    return builder.finish([arrange_freely(builder, complete_output(x))[0] for x in outputs])
